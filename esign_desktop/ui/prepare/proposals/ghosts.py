"""The display of proposed seals on the pages: dashed and pale, in the signer's color, with the reason for each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QMenu

from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.handles import paint_outline
from esign_desktop.ui.viewer.seals import paint_caption
from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPainter

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import PlacementId, SealMark
    from esign_desktop.domain.placing.proposed_seals import Ghost
    from esign_desktop.domain.signer import Signer
    from esign_desktop.ui.viewer.seals import SealPainter
    from esign_desktop.ui.viewer.tool import PaintedPage, Pointer
    from esign_desktop.ui.viewer.view import PagesView

_LONGEST_REASON: Final = 24


class GhostOverlay(QObject):
    """Paints the proposed seals, and finds the one under the mouse. ``current`` is the one chosen by the keyboard.

    ``chosen`` and ``dismissed`` carry the ``PlacementId`` of the proposal that the user accepts or dismisses.
    ``all_chosen`` is emitted when the user accepts all proposals, and ``left`` when the user dismisses them for now.
    """

    chosen = Signal(str)
    dismissed = Signal(str)
    current_changed = Signal()
    all_chosen = Signal()
    left = Signal()

    def __init__(self, view: PagesView, seals: SealPainter) -> None:
        super().__init__(view)
        self._view = view
        self._seals = seals
        self._draft: ContractDraft | None = None
        self._ghosts: tuple[Ghost, ...] = ()
        self._by_page: dict[tuple[DocumentId, int], list[tuple[SealMark, Ghost]]] = {}
        self._hovered: Ghost | None = None
        self._current: Ghost | None = None
        self.is_hidden = False
        """Whether the proposals are hidden, because the pages are shown in the finished look."""

    def __bool__(self) -> bool:
        """Return whether there are proposals to accept or dismiss."""
        return self._draft is not None

    @property
    def current(self) -> Ghost | None:
        """The proposal chosen by the keyboard, or None."""
        return self._current

    def set_current(self, placement_id: str | None) -> None:
        """Make the proposal with this placement the current one, or none if there is no such proposal."""
        current = next((ghost for ghost in self._ghosts if ghost.placement.id == placement_id), None)
        if current is not self._current:
            self._current = current
            self._view.viewport().update()
            self.current_changed.emit()

    @property
    def marks(self) -> tuple[SealMark, ...]:
        """The marks of all proposals, or an empty tuple while the proposals are hidden."""
        if self._draft is None or self.is_hidden:
            return ()
        return tuple(mark for ghost in self._ghosts for mark in ghost.marks)

    def on_page(self, document_id: DocumentId, page_number: int) -> dict[PlacementId, tuple[SealMark, Ghost]]:
        """Return the mark and the proposal of each proposed placement on a page, keyed by the placement's id."""
        found = self._by_page.get((document_id, page_number), ()) if self._draft is not None else ()
        return {mark.placement_id: (mark, ghost) for mark, ghost in found}

    def signer(self, ghost: Ghost) -> Signer:
        """Return the signer of a proposed seal. Raises LookupError if there are no proposals."""
        if self._draft is None:
            raise LookupError("nothing is proposed")
        return self._draft.signer(ghost.placement.signer_id)

    def show_ghosts(self, draft: ContractDraft, ghosts: tuple[Ghost, ...], *, is_open: bool) -> None:
        """Show ``ghosts`` in place of the previous proposals. ``draft`` includes their signers.

        ``is_open`` states whether there are proposals to accept or dismiss.
        """
        self._draft = draft if is_open else None
        self._ghosts = ghosts
        self._by_page = {}
        for ghost in ghosts:
            for mark in ghost.marks:
                self._by_page.setdefault((mark.document_id, mark.page_number), []).append((mark, ghost))
        self._hovered = None
        self._view.viewport().update()
        if self._current is not None:
            self.set_current(self._current.placement.id)

    def at(self, pointer: Pointer) -> Ghost | None:
        """Return the proposal under the mouse, or None."""
        slot = pointer.slot
        if slot is None:
            return None
        found = self._by_page.get((slot.document_id, slot.page_number), ())
        point = QPointF(pointer.x_px, pointer.y_px)
        return next((ghost for mark, ghost in found if QRectF(*slot.rect_px(mark.rect)).contains(point)), None)

    def open_menu(self, ghost: Ghost, position: QPoint) -> QMenu:
        """Open a menu that accepts or dismisses a proposal, at a screen position, and return the menu."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("check"), self.tr("Accept"), partial(self.chosen.emit, ghost.placement.id))
        menu.addAction(icon("close"), self.tr("Dismiss"), partial(self.dismissed.emit, ghost.placement.id))
        menu.popup(position)
        return menu

    def show_hovered(self, ghost: Ghost | None) -> None:
        """Show the reason for the proposal under the mouse, or no reason if ``ghost`` is None."""
        if ghost is not self._hovered:
            self._hovered = ghost
            self._view.viewport().update()

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the proposals on one page, unless they are hidden."""
        if self._draft is None or self.is_hidden:
            return
        found = self._by_page.get((page.slot.document_id, page.slot.page_number), ())
        for mark, _ghost in found:
            self._seals.paint_mark(painter, page, mark, self._draft, is_ghost=True, is_proposed=True)
        for mark, ghost in found:
            if ghost is self._current:
                paint_outline(painter, page.rect(mark.rect), self._view.palette().color(QPalette.ColorRole.Highlight))
                paint_caption(painter, page, mark, self.tr("Enter accepts, Delete dismisses"))
            elif ghost is self._hovered:
                paint_caption(painter, page, mark, self._reason(ghost, mark))

    def _reason(self, ghost: Ghost, mark: SealMark) -> str:
        if not ghost.reason:
            return self.tr("Proposed cross-page seal. Click to accept")
        label = one_line(ghost.reason, most_characters=_LONGEST_REASON)
        return self.tr("“{label}” on page {number}. Click to accept").format(label=label, number=mark.page_number)
