"""The context menu for seals and for empty positions on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.ui.prepare.seals.actions import fill_with_arranging
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.theme import signer_colour

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QIcon

    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.seals.actions import SealActions
    from esign_desktop.ui.prepare.seals.commands import SealCommands
    from esign_desktop.ui.prepare.seals.placing import SealPlacing
    from esign_desktop.ui.prepare.seals.sizes import SealSizes
    from esign_desktop.ui.viewer.view import PagesView

_SWATCH_PX = 12
_LAST_KEY = 9


@dataclass(frozen=True, slots=True)
class MenuPlace:
    """A position on a page, in page space, for which the menu was requested."""

    document_id: DocumentId
    page_number: int
    point: PagePoint


class SealMenu(QMenu):
    """Offers the commands for the selected seals or, without a selection, for a position on a page.

    If ``place`` is None, the commands for a position are left out.
    """

    def __init__(
        self,
        session: ContractSession,
        commands: SealCommands,
        placing: SealPlacing,
        actions: SealActions,
        sizes: SealSizes,
        view: PagesView,
        place: MenuPlace | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._commands = commands
        self._placing = placing
        self._actions = actions
        self._sizes = sizes
        self._view = view
        self._place = place
        if commands.selected:
            self._fill_for_seals()
        else:
            self._fill_for_paper()

    def _fill_for_seals(self) -> None:
        actions = self._actions
        if self._session.draft.signers:
            signers = self.addMenu(icon("person"), self.tr("Change signer to"))
            self._add_signers(signers, self._on_assign_triggered)
        sizes = self.addMenu(icon("seal"), self.tr("Size"))
        self._add_sizes(sizes)
        for name in (ActionName.CONFIRM, ActionName.TO_COORDINATES, ActionName.SPLIT):
            if actions[name].isEnabled():
                self.addAction(actions[name])
        self.addSeparator()
        self._add_all(ActionName.CUT_SEALS, ActionName.COPY_SEALS, ActionName.PASTE_SEALS, ActionName.DUPLICATE)
        self._add_all(ActionName.COPY_TO_PAGES)
        self.addSeparator()
        if actions[ActionName.ALIGN_LEFT].isEnabled():
            fill_with_arranging(self.addMenu(icon("align-left"), self.tr("Arrange")), actions)
        self._add_all(ActionName.REMOVE_SEALS, ActionName.DETAILS)

    def _fill_for_paper(self) -> None:
        if self._place is not None:
            signers = self._session.draft.signers
            if len(signers) > 1:
                self._add_signers(self.addMenu(icon("seal"), self.tr("Place seal here for")), self._on_place_triggered)
            else:
                self._add(icon("seal"), self.tr("Place seal here"), self._on_place_triggered)
            if self._session.draft.document(self._place.document_id).page_count > 1:
                self._add(icon("cross-page"), self.tr("Place cross-page seal here"), self._on_cross_page_triggered)
            if self._placing.can_place_everywhere:
                everywhere = self.tr("Place cross-page seals in all documents")
                self._add(icon("cross-page"), everywhere, self._on_everywhere_triggered)
            paste = self._add(icon("paste"), self.tr("Paste on this page"), self._on_paste_triggered)
            paste.setEnabled(self._commands.can_paste)
            self.addSeparator()
            self._add(None, self.tr("Select all on this page"), self._on_select_page_triggered)
        self._add(None, self.tr("Select all"), self._commands.select_all)
        self.addSeparator()
        for symbol, text, slot in (
            ("fit-width", self.tr("Fit width"), self._view.fit_width),
            ("fit-page", self.tr("Fit page"), self._view.fit_page),
            ("zoom-in", self.tr("Actual size"), self._view.actual_size),
        ):
            self._add(icon(symbol), text, slot)

    def _add(self, symbol: QIcon | None, text: str, slot: Callable[[], None]) -> QAction:
        action = QAction(text.replace("&", "&&"), self)
        if symbol is not None:
            action.setIcon(symbol)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def _add_all(self, *names: ActionName) -> None:
        self.addActions([self._actions[name] for name in names])

    def _add_signers(self, menu: QMenu, slot: Callable[[], None]) -> None:
        for number, signer in enumerate(self._session.draft.signers, 1):
            key = f"\t{number}" if number <= _LAST_KEY else ""
            action = menu.addAction(f"{number}  {signer_name(signer)}".replace("&", "&&") + key)
            swatch = QPixmap(_SWATCH_PX, _SWATCH_PX)
            swatch.fill(signer_colour(number))
            action.setIcon(swatch)
            action.setData(signer.id)
            action.triggered.connect(slot)

    def _add_sizes(self, menu: QMenu) -> None:
        widths = {placement.width_pt for placement in self._commands.selected}
        for text, width_pt in self._sizes.choices():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(widths == {width_pt})
            action.setData(width_pt)
            action.triggered.connect(self._on_size_triggered)

    def _on_assign_triggered(self) -> None:
        signer_id = self._chosen()
        if signer_id is not None:
            self._commands.assign(signer_id)

    def _on_place_triggered(self) -> None:
        if self._place is not None:
            place = self._place
            self._placing.place_seal(place.document_id, place.page_number, place.point, self._chosen())

    def _on_cross_page_triggered(self) -> None:
        if self._place is not None:
            self._placing.place_cross_page(self._place.document_id, self._place.point.y_pt)

    def _on_everywhere_triggered(self) -> None:
        if self._place is not None:
            self._placing.place_cross_page_everywhere(self._place.point.y_pt)

    def _on_paste_triggered(self) -> None:
        if self._place is not None:
            self._commands.paste_on(self._place.document_id, self._place.page_number)

    def _on_select_page_triggered(self) -> None:
        if self._place is not None:
            self._commands.select_page(self._place.document_id, self._place.page_number)

    def _on_size_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._commands.set_width(action.data())

    def _chosen(self) -> SignerId | None:
        action = self.sender()
        signer_id: SignerId | None = action.data() if isinstance(action, QAction) else None
        return signer_id
