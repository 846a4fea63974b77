"""The table of all placements, in which they can be selected, edited and removed, and the menu that adds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.override import override
from esign_desktop.ui.prepare.placements.table import Column, PlacementsModel, SignerDelegate, TextDelegate
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.tables import set_up_table
from esign_desktop.ui.widgets.theme import are_letters_large, sized

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.seals.commands import SealCommands
    from esign_desktop.ui.prepare.seals.placing import SealPlacing
    from esign_desktop.ui.prepare.tools.state import Selection
    from esign_desktop.ui.viewer.view import PagesView
    from esign_desktop.ui.widgets.lengths import LengthUnit


class PlacementsPanel(QWidget):
    """The table with a menu that adds placements for the active signer on the current page.

    ``keyword_added`` means that the user should now enter the keyword.
    """

    manual_page = "seals#positions"

    keyword_added = Signal()

    def __init__(
        self,
        table: PlacementsTable,
        session: ContractSession,
        placing: SealPlacing,
        view: PagesView,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._placing = placing
        self._view = view
        keys = QKeySequence(Qt.Key.Key_Insert).toString(QKeySequence.SequenceFormat.NativeText)
        hint = PlainLabel(
            self, self.tr("F2 edits, 1–9 changes the signer"), look="hint", is_wrapped=are_letters_large()
        )
        self._add = QToolButton(self)
        self._add.setText(self.tr("Add"))
        self._add.setToolTip(self.tr("Add seal position ({keys})").format(keys=keys))
        self._add.setIcon(icon("add"))
        self._add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._add)
        self._menu.addAction(icon("seal"), self.tr("&Seal at the center of this page"), self._on_seal_triggered)
        self._menu.addAction(icon("keyword"), self.tr("&Keyword seals…"), self._on_keyword_triggered)
        self._menu.addAction(icon("cross-page"), self.tr("&Cross-page seal"), self._on_cross_page_triggered)
        self._add.setMenu(self._menu)
        table.addition_requested.connect(self.open_menu)
        vbox(hbox(self._add, 0, hint, spacing=6, margins=(8, 4, 8, 4)), (table, 1), spacing=0, parent=self)

    def open_menu(self) -> None:
        """Open the menu of placements to add, with its first action selected."""
        self._menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height())))
        self._menu.setActiveAction(self._menu.actions()[0])

    def _on_seal_triggered(self) -> None:
        current = self._view.current_page
        if current is not None:
            frame = self._session.draft.document(current[0]).frame(current[1])
            self._placing.place_seal(*current, frame.bounds.center)

    def _on_keyword_triggered(self) -> None:
        current = self._view.current_page
        if current is not None and self._placing.place_keyword(current[0], ""):
            self.keyword_added.emit()

    def _on_cross_page_triggered(self) -> None:
        current = self._view.current_page
        if current is not None:
            frame = self._session.draft.document(current[0]).frame(current[1])
            self._placing.place_cross_page(current[0], frame.height_pt / 2)


_LEAST_KIND_PX: Final = 80
_MOST_KIND_PX: Final = 104
"""The maximum width of the type column. The tool tip contains the whole text."""
_ROW_PX: Final = 28
_TWO_LINES_PX: Final = 44


class PlacementsTable(QTableView):
    """One row for each placement. The keys 1–9 assign the selected rows to a signer, and Delete removes them."""

    manual_page = "seals#positions"

    input_failed = Signal(object)
    addition_requested = Signal()
    placement_activated = Signal(object)
    """The ``PlacementId`` of a placement to be shown on its page."""

    def __init__(
        self, session: ContractSession, selection: Selection, commands: SealCommands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._selection = selection
        self._commands = commands
        self._is_following = False
        self._model = PlacementsModel(session, self)
        self.setModel(self._model)
        set_up_table(self, row_px=_ROW_PX)
        self.setItemDelegate(TextDelegate(self))
        self.setItemDelegateForColumn(Column.SIGNER, SignerDelegate(session, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setAlternatingRowColors(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # Only visible rows are measured, because measuring a thousand would take longer than a frame.
        header.setResizeContentsPrecision(0)
        header.setSectionResizeMode(Column.KIND, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(sized(32))
        self._fit_rows()
        self.setAccessibleName(self.tr("Positions of all seals"))
        self._connect()

    def set_unit(self, unit: LengthUnit) -> None:
        """Show lengths in this unit."""
        self._model.set_unit(unit)
        self._on_selection_changed()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete):
            self._commands.remove()
        elif event.key() == Qt.Key.Key_Insert:
            self.addition_requested.emit()
        elif Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9 and not event.modifiers():
            self._assign(event.key() - Qt.Key.Key_0)
        elif not self._commands.use_key(event):
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_kind_room()

    def _give_kind_room(self) -> None:
        """Give the remaining width to the type column. If it would be too narrow, hide the width column."""
        header = self.horizontalHeader()
        others_px = {
            column: max(self.sizeHintForColumn(column), header.sectionSizeHint(column))
            for column in Column
            if column is not Column.KIND
        }
        wanted_px = min(_MOST_KIND_PX, max(_LEAST_KIND_PX, self.sizeHintForColumn(Column.KIND)))
        self.setColumnHidden(Column.WIDTH, sum(others_px.values()) + wanted_px > self.viewport().width())

    def _fit_rows(self) -> None:
        """Use two text lines for keyword placements, and for all placements if there are several documents."""
        has_several = len(self._session.draft.documents) > 1
        for row, placement in enumerate(self._session.draft.placements):
            height_px = _TWO_LINES_PX if has_several or isinstance(placement, KeywordPlacement) else _ROW_PX
            if self.rowHeight(row) != height_px:
                self.setRowHeight(row, height_px)
        self._give_kind_room()

    def _connect(self) -> None:
        self._selection.changed.connect(self._on_selection_changed)
        self.selectionModel().selectionChanged.connect(self._on_rows_selected)
        self._model.modelReset.connect(self._on_selection_changed)
        self._model.modelReset.connect(self._fit_rows)
        self._model.input_failed.connect(self.input_failed)
        self.clicked.connect(self._on_row_clicked)
        self.activated.connect(self._on_row_clicked)
        self._session.subscribe(self._on_session_changed)

    def _assign(self, signer_number: int) -> None:
        signers = self._session.draft.signers
        if signer_number <= len(signers) and self._selection.ids:
            self._commands.assign(signers[signer_number - 1].id)

    def _on_session_changed(self, change: Change) -> None:
        if change.before.documents != change.after.documents:
            self._fit_rows()

    def _on_rows_selected(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        if not self._is_following:
            rows = {index.row() for index in self.selectionModel().selectedRows()}
            self._selection.set(self._model.placement_at(row).id for row in rows)

    def _on_selection_changed(self) -> None:
        self._is_following = True
        try:
            rows = QItemSelection()
            for placement_id in self._selection.ids:
                row = self._model.row_of(placement_id)
                if row is not None:
                    rows.select(self._model.index(row, 0), self._model.index(row, len(Column) - 1))
            self.selectionModel().select(rows, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        finally:
            self._is_following = False

    def _on_row_clicked(self, index: QModelIndex) -> None:
        self.placement_activated.emit(self._model.placement_at(index.row()).id)
