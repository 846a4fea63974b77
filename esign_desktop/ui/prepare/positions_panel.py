"""The table of all placements, which selects, changes and removes like the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from esign_desktop.domain import edits
from esign_desktop.override import override
from esign_desktop.services.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.cell_editors import SignerDelegate, TextDelegate
from esign_desktop.ui.prepare.positions_model import Column, PositionsModel

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from esign_desktop.ui.prepare.lengths import LengthUnit
    from esign_desktop.ui.prepare.seal_commands import SealCommands
    from esign_desktop.ui.prepare.selection import Selection

_LEAST_KIND_PX: Final = 104
"""“Cross-page” in English, and a keyword's first characters."""


class PositionsTable(QTableView):
    """One row a placement. Keys 1–9 give the selected rows to that signer, Delete removes them."""

    input_failed = Signal(object)
    addition_requested = Signal()
    placement_activated = Signal(object)
    """A ``PlacementId`` that is to be shown on its page."""

    def __init__(
        self, session: ContractSession, selection: Selection, commands: SealCommands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._selection = selection
        self._commands = commands
        self._is_following = False
        self._model = PositionsModel(session, self)
        self.setModel(self._model)
        self.setItemDelegate(TextDelegate(self))
        self.setItemDelegateForColumn(Column.SIGNER, SignerDelegate(session, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # By the rows that are seen: asking a thousand takes longer than a frame.
        header.setResizeContentsPrecision(0)
        header.setSectionResizeMode(Column.KIND, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(32)
        self._connect()
        self.retranslate()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self.setAccessibleName(self.tr("Positions of all seals"))
        self._model.retranslate()

    def set_unit(self, unit: LengthUnit) -> None:
        """Show lengths in another unit."""
        self._model.set_unit(unit)
        self._on_selection_changed()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        for keys, command in (
            (QKeySequence.StandardKey.Delete, self._commands.remove),
            (QKeySequence.StandardKey.Copy, self._commands.copy),
            (QKeySequence.StandardKey.Cut, self._commands.cut),
            (QKeySequence.StandardKey.Paste, self._commands.paste),
        ):
            if event.matches(keys):
                command()
                return
        if event.key() == Qt.Key.Key_Insert:
            self.addition_requested.emit()
            return
        if Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9 and not event.modifiers():
            self._assign(event.key() - Qt.Key.Key_0)
            return
        super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_kind_room()

    def _give_kind_room(self) -> None:
        """Let the kind have what the others leave, but never less than it can be read in: then the table scrolls."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(Column.KIND, QHeaderView.ResizeMode.Stretch)
        if header.sectionSize(Column.KIND) < _LEAST_KIND_PX:
            header.setSectionResizeMode(Column.KIND, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(Column.KIND, _LEAST_KIND_PX)

    def _connect(self) -> None:
        self._selection.changed.connect(self._on_selection_changed)
        self.selectionModel().selectionChanged.connect(self._on_rows_selected)
        self._model.modelReset.connect(self._on_selection_changed)
        self._model.input_failed.connect(self.input_failed)
        self.clicked.connect(self._on_row_clicked)
        self.activated.connect(self._on_row_clicked)
        self._session.subscribe(self._on_session_changed)

    def _assign(self, signer_number: int) -> None:
        signers = self._session.draft.signers
        ids = self._selection.ids
        if signer_number <= len(signers) and ids:
            signer_id = signers[signer_number - 1].id
            self._session.apply(
                EditName.ASSIGN_SEALS, lambda draft: edits.assign_signer(draft, ids, signer_id), origin=self
            )

    def _on_session_changed(self, change: Change) -> None:
        if change.before.documents != change.after.documents:
            self.setColumnHidden(Column.DOCUMENT, len(change.after.documents) < 2)
            self._give_kind_room()

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
