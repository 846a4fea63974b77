"""Snapping, which aligns a moving seal or field with objects on its page and paints the guide lines."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRectF, Signal

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.placing.snapping import Orientation, Snap, SnapTargets
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.viewer.guides import PAGE_MARGINS, REACH_PX, guide_areas, paint_guides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QPainter

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.placing.placement import PlacementId, SealMark
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.seals.mark_index import MarkIndex
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.layout import PageSlot
    from esign_desktop.ui.viewer.tool import PaintedPage

_KEPT_PAGES: Final = 256
_NO_SNAP: Final = Snap()

_TextKey = tuple[str, str, int]


class SnapGuides(QObject):
    """Finds and paints guides for a seal that is dragged or previewed, or for a field of a template.

    The text lines of a page are read in the background when a seal first moves over the page, and are used once they
    are known. ``changed`` is emitted when the guides have changed and must be repainted.
    """

    changed = Signal()

    def __init__(
        self,
        session: ContractSession,
        marks: MarkIndex,
        documents: DocumentService,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._marks = marks
        self._documents = documents
        self._tasks = tasks
        self._moving: frozenset[PlacementId] = frozenset()
        self._in_hand: PlacementId | None = None
        self._fields_on: Callable[[int], Iterable[PageRect]] | None = None
        self._targets: dict[tuple[DocumentId, int], SnapTargets] = {}
        self._targets_of: tuple[SealMark, ...] | None = None
        self._text: OrderedDict[_TextKey, tuple[PageRect, ...] | None] = OrderedDict()
        self._shown: tuple[DocumentId, int] | None = None
        self._snap = _NO_SNAP

    @property
    def shown(self) -> Snap:
        """The current snap, without guides if there is none."""
        return self._snap

    @property
    def in_hand(self) -> PlacementId | None:
        """The placement under the mouse during a drag, or None."""
        return self._in_hand

    def take_hold(self, placement_ids: Iterable[PlacementId], in_hand: PlacementId | None = None) -> None:
        """Begin a drag of placements, of which ``in_hand`` is under the mouse. Other seals remain snap targets."""
        self._moving = frozenset(placement_ids)
        self._in_hand = in_hand
        self._targets.clear()

    def take_hold_of_fields(self, others_on: Callable[[int], Iterable[PageRect]]) -> None:
        """Begin a drag of fields. ``others_on`` returns the fields of a page, by its number, that do not move."""
        self.take_hold(())
        self._fields_on = others_on

    def let_go(self) -> None:
        """End the drag, and hide the guides."""
        self._moving, self._fields_on = frozenset(), None
        self._in_hand = None
        self._targets.clear()
        self.clear()

    def clear(self) -> None:
        """Hide the guides."""
        self._show(None, _NO_SNAP)

    def snapped(self, slot: PageSlot, rect: PageRect, *, only_up_and_down: bool = False) -> PagePoint:
        """Return the shift, right and up in page space, that aligns a rectangle, and show the guides for it.

        The shift is 0 if no guide is near. ``only_up_and_down`` is for cross-page seals, which stay at the page's edge.
        """
        tolerance_pt = REACH_PX / slot.scale / slot.frame.user_unit
        snap = self._targets_on(slot).snap(rect, tolerance_pt)
        guides = snap.guides
        if only_up_and_down:
            guides = tuple(guide for guide in guides if guide.orientation is Orientation.HORIZONTAL)
            snap = Snap(0.0, snap.dy_pt, guides)
        self._show((slot.document_id, slot.page_number), snap)
        return PagePoint(snap.dx_pt, snap.dy_pt)

    def snapped_growth_pt(self, slot: PageSlot, rect: PageRect, *, only_up_and_down: bool = False) -> float:
        """Return the growth in points that aligns an edge of a rectangle with a fixed center, and show the guides.

        The growth is 0 if no guide is near. ``only_up_and_down`` is for slices of cross-page seals, whose height
        determines the seal's size.
        """
        tolerance_pt = REACH_PX / slot.scale / slot.frame.user_unit
        snap = self._targets_on(slot).snap_size(rect, tolerance_pt, only_up_and_down=only_up_and_down)
        self._show((slot.document_id, slot.page_number), Snap(guides=snap.guides))
        return snap.growth_pt

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the guides of one page."""
        if self._shown != (page.slot.document_id, page.slot.page_number):
            return
        paint_guides(painter, page, self._snap.guides)

    def areas(self, page: PaintedPage) -> tuple[QRectF, ...]:
        """Return the areas of the guides that are shown on a page, in view coordinates."""
        if self._shown != (page.slot.document_id, page.slot.page_number):
            return ()
        return guide_areas(page, self._snap.guides)

    def _targets_on(self, slot: PageSlot) -> SnapTargets:
        # During a drag, only the dragged seals move, and they are not snap targets.
        if not self._moving and self._targets_of is not self._session.marks:
            self._targets_of = self._session.marks
            self._targets.clear()
        page = (slot.document_id, slot.page_number)
        targets = self._targets.get(page)
        if targets is None:
            seals = [m.rect for m in self._marks.on_page(*page) if m.placement_id not in self._moving]
            seals.extend(self._fields_on(slot.page_number) if self._fields_on is not None else ())
            text = self._text_on(slot)
            self._targets[page] = targets = SnapTargets(slot.frame, seals=seals, text_lines=text, margins=PAGE_MARGINS)
        return targets

    def _text_on(self, slot: PageSlot) -> tuple[PageRect, ...]:
        document = self._session.draft.document(slot.document_id)
        key = (document.id, document.sha256, slot.page_number)
        if key not in self._text:
            self._text[key] = None
            if len(self._text) > _KEPT_PAGES:
                self._text.popitem(last=False)
            self._tasks.start(
                partial(self._documents.text_lines, document.id, slot.page_number),
                owner=self,
                on_done=partial(self._on_text_read, key),
                on_error=partial(self._on_text_failed, key),
                lane=Lane.PDF,
            )
        return self._text[key] or ()

    def _on_text_read(self, key: _TextKey, lines: tuple[PageRect, ...]) -> None:
        self._text[key] = lines
        self._targets = {page: targets for page, targets in self._targets.items() if page != (key[0], key[2])}

    def _on_text_failed(self, key: _TextKey, _error: AppError) -> None:
        # Without text lines there are fewer snap targets. The next drag reads them again.
        self._text.pop(key, None)

    def _show(self, page: tuple[DocumentId, int] | None, snap: Snap) -> None:
        if (page, snap) != (self._shown, self._snap):
            self._shown, self._snap = page, snap
            self.changed.emit()
