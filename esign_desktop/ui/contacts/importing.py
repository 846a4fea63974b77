"""Provide the dialog that imports contacts from a file. It shows what would change, and asks about collisions."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableView,
    QWidget,
)

from esign_desktop.domain.account import Organization, Person, masked_mobile, masked_number
from esign_desktop.domain.bulk.sheet import Worksheets
from esign_desktop.domain.errors import Cancelled, CancelToken
from esign_desktop.domain.people.importing import ImportChoice, ImportFate, ImportPlan
from esign_desktop.override import override
from esign_desktop.services.people.importing import ContactImport
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.contact_table import change_words, fault_words
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.lists import listed, one_after_another
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.flow_layout import ChoiceBar
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MarkedText, MessageLevel
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.importing import PlannedContact
    from esign_desktop.services.people.contacts import ContactService, ImportUndo
    from esign_desktop.ui.tasks import TaskRunner

_SIZE_PX: Final = (1000, 580)
_WHAT, _ROW, _NAME, _NUMBER, _MOBILE, _REMARK = range(6)
_WIDTHS_PX: Final = {_WHAT: 112, _ROW: 56, _NAME: 150, _NUMBER: 110, _MOBILE: 120}
_BUSY, _WORKSHEETS, _PREVIEW = range(3)
_Index = QModelIndex | QPersistentModelIndex


class ImportView(StrEnum):
    """A filter that selects the rows of an import plan to be shown."""

    ALL = "all"
    NEW = "new"
    CHANGED = "changed"
    COLLIDING = "colliding"
    FAULTY = "faulty"
    SAME = "same"


_FATES: Final = {
    ImportView.ALL: frozenset(ImportFate),
    ImportView.NEW: frozenset({ImportFate.NEW}),
    ImportView.CHANGED: frozenset({ImportFate.CHANGED}),
    ImportView.COLLIDING: frozenset({ImportFate.OTHER_NAME, ImportFate.SAME_NUMBER}),
    ImportView.FAULTY: frozenset({ImportFate.FAULTY}),
    ImportView.SAME: frozenset({ImportFate.SAME}),
}
_ORDER: Final = (
    *(ImportFate.OTHER_NAME, ImportFate.SAME_NUMBER, ImportFate.FAULTY),
    *(ImportFate.CHANGED, ImportFate.NEW, ImportFate.SAME),
)


class ImportRows(QAbstractTableModel):
    """A table model of the rows of an import plan.

    A row that collides with a contact or another row has a check box.
    """

    choice_made = Signal(int, bool)
    """Carries the index of the row in the plan, and whether the user wants to import the row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._plan = ImportPlan(())
        self._shown: list[PlannedContact] = []

    def show_rows(self, plan: ImportPlan, view: ImportView) -> None:
        """Show the rows of a plan that ``view`` selects. Rows that need a decision come first."""
        shown = [row for row in plan.rows if row.fate in _FATES[view]]
        shown.sort(key=lambda row: _ORDER.index(row.fate))
        is_same = [row.index for row in shown] == [row.index for row in self._shown]
        if not is_same:
            self.beginResetModel()
        self._plan, self._shown = plan, shown
        if not is_same:
            self.endResetModel()
        elif shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, _REMARK))

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_WIDTHS_PX) + 1

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            _WHAT: self.tr("Result"),
            _ROW: self.tr("Row"),
            _NAME: self.tr("Name"),
            _NUMBER: self.tr("ID number"),
            _MOBILE: self.tr("Mobile"),
            _REMARK: self.tr("Reason"),
        }[section]

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        row = self._shown[index.row()]
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == _WHAT and row.wants_choice else flags

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._shown[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == _WHAT and row.wants_choice:
            return Qt.CheckState.Checked if row.is_taken else Qt.CheckState.Unchecked
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            is_tip = role == Qt.ItemDataRole.ToolTipRole
            return self._text(row, index.column()) if not is_tip or index.column() == _REMARK else None
        return None

    @override
    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.choice_made.emit(self._shown[index.row()].index, Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def _text(self, row: PlannedContact, column: int) -> str:
        subject = row.read.subject
        match column:
            case n if n == _WHAT:
                return self._fate(row)
            case n if n == _ROW:
                return str(row.read.number)
            case n if n == _NAME:
                return one_line(row.read.name)
            case n if n == _NUMBER:
                return _masked(subject)
            case n if n == _MOBILE:
                return masked_mobile(subject.mobile) if isinstance(subject, Person) else ""
            case _:
                return self._remark(row)

    def _fate(self, row: PlannedContact) -> str:
        return {
            ImportFate.NEW: self.tr("Added"),
            ImportFate.CHANGED: self.tr("Updated"),
            ImportFate.SAME: self.tr("Unchanged"),
            ImportFate.FAULTY: self.tr("Not imported"),
        }.get(row.fate, self.tr("Added") if row.is_taken else self.tr("Not imported"))

    def _remark(self, row: PlannedContact) -> str:
        faults = fault_words(row.read.faults)
        match row.fate:
            case ImportFate.OTHER_NAME if row.contact is not None:
                sentence = self.tr("This ID number belongs to {name} in Contacts. Select to keep both.")
                return sentence.format(name=one_line(row.contact.name))
            case ImportFate.SAME_NUMBER if row.rival is not None:
                sentence = self.tr(
                    "Row {row} has the same ID number but different data. Select to use this row instead."
                )
                return sentence.format(row=self._plan.rows[row.rival].read.number)
            case ImportFate.SAME_NUMBER:
                return self.tr("Another row has the same ID number but different data.")
            case ImportFate.CHANGED:
                return " ".join(part for part in (change_words(row.changes), faults) if part)
            case _:
                return faults


def _masked(subject: Person | Organization | None) -> str:
    return masked_number(subject.identity.number) if subject is not None else ""


class ImportDialog(FittingDialog):
    """Shows which contacts of a file would be added or changed, and imports them when the user confirms.

    The file is read and imported in the background. *Stop* undoes a partial import. The dialog is deleted when it is
    closed.
    """

    manual_page = "contacts#import-export-merge"

    imported = Signal(object, int, int)
    """Carries the ``ImportUndo``, the number of added contacts, and the number of updated contacts.

    Not emitted if the import changed no contact.
    """

    def __init__(self, path: Path, contacts: ContactService, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Import contacts"))
        self._path, self._tasks = path, tasks
        self._import = ContactImport(contacts)
        self._token = CancelToken()
        self._is_importing = self._may_lack_numbers = False
        self.plan = ImportPlan(())
        """The import plan, including the user's choices. Empty until the file has been read."""
        self._title = PlainLabel(self, one_line(path.name), look="sectionTitle", is_wrapped=True)
        self._said = MarkedText(self)
        self._doing = PlainLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName(self.windowTitle())
        self._bar.setTextVisible(False)
        self.worksheets = QComboBox(self)
        self.read_worksheet = QPushButton(self.tr("&Read"), self)
        self.views: ChoiceBar[ImportView] = ChoiceBar(ImportView, self)
        self._model = ImportRows(self)
        self.table = QTableView(self)
        self.take = DeliberateButton(self)
        self.take.setObjectName("primary")
        self.close_button = QPushButton(self.tr("Cancel"), self)
        self.close_button.setAutoDefault(False)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.views.chosen.connect(self._show_rows)
        self._model.choice_made.connect(self._on_model_choice_made)
        self.read_worksheet.clicked.connect(self._on_read_worksheet_clicked)
        self.take.meant.connect(self._on_take_meant)
        self.close_button.clicked.connect(self.reject)
        fit_on_screen(self, *_SIZE_PX)
        self._read(None)

    @property
    def said(self) -> str:
        """The displayed note or error, or an empty text."""
        return self._said.text

    @override
    def reject(self) -> None:
        self._token.cancel()
        if self._is_importing:
            # The dialog stays open until it is known whether the import was stopped in time.
            self._doing.setText(self.tr("Stopping…"))
            self.close_button.setEnabled(False)
            return
        super().reject()

    def _lay_out(self) -> None:
        self.table.setModel(self._model)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setObjectName("rowGrid")
        self.table.setWordWrap(False)
        self.table.setAccessibleName(self.tr("Contacts in the file"))
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width_px in _WIDTHS_PX.items():
            self.table.setColumnWidth(column, sized(width_px))
        busy, choosing, preview = QWidget(self), QWidget(self), QWidget(self)
        vbox(1, self._doing, self._bar, 2, parent=busy)
        label = PlainLabel(choosing, self.tr("Several worksheets contain rows. Which one contains the contacts?"))
        label.setBuddy(self.worksheets)
        vbox(label, hbox(self.worksheets, self.read_worksheet, 1), 1, parent=choosing)
        vbox(self.views, (self.table, 1), parent=preview)
        for page in (busy, choosing, preview):
            self._pages.addWidget(page)
        buttons = hbox(1, self.close_button, self.take)
        vbox(self._title, self._said, (self._pages, 1), buttons, spacing=12, margins=(20, 20, 20, 16), parent=self)

    # Reading

    def _read(self, worksheet: str | None) -> None:
        self._said.show_text(None)
        self._wait(self.tr("Reading…"), 0)
        progress = self._tasks.reporter(self._on_rows_read, owner=self)
        plan = partial(self._import.plan, self._path, worksheet=worksheet, cancel=self._token, on_rows=progress)
        self._tasks.start(
            plan, owner=self, on_done=self._on_planned, on_error=self._on_reading_failed, lane=Lane.SEARCH
        )

    def _on_rows_read(self, count: int) -> None:
        if self._pages.currentIndex() == _BUSY:
            self._doing.setText(self.tr("%n row(s) read…", "", count))

    def _on_planned(self, found: ImportPlan | Worksheets) -> None:
        if isinstance(found, Worksheets):
            self.worksheets.clear()
            for name in found.filled:
                self.worksheets.addItem(one_line(name), name)
            self._pages.setCurrentIndex(_WORKSHEETS)
            self.read_worksheet.setDefault(True)
            self.worksheets.setFocus()
            return
        self.plan = found
        notes = []
        if found.unreadable:
            notes.append(self.tr("%n entry(s) of the file couldn't be read.", "", found.unreadable))
        if found.left_out_columns:
            notes.append(
                self.tr("Unrecognized columns won't be imported: {names}.").format(
                    names=listed(one_line(name, most_characters=30) for name in found.left_out_columns[:6])
                )
            )
        self._said.show_text(MessageLevel.INFO if notes else None, one_after_another(*notes))
        self._pages.setCurrentIndex(_PREVIEW)
        self._show_plan()
        # Enter imports, as the button's text says; Esc cancels.
        (self.take if self.take.isEnabled() else self.close_button).setFocus()

    def _on_reading_failed(self, error: AppError) -> None:
        sentence = error_sentence(error)
        self._said.show_text(MessageLevel.ERROR, sentence.title, sentence.remedy)
        self._pages.setVisible(False)
        self.take.hide()
        self.close_button.setText(self.tr("Close"))

    def _on_read_worksheet_clicked(self) -> None:
        self._read(self.worksheets.currentData())

    # Preview

    def _show_plan(self) -> None:
        names = {
            ImportView.ALL: self.tr("All"),
            ImportView.NEW: self.tr("New"),
            ImportView.CHANGED: self.tr("Updated"),
            ImportView.COLLIDING: self.tr("Needs a choice"),
            ImportView.FAULTY: self.tr("Can't be imported"),
            ImportView.SAME: self.tr("Unchanged"),
        }
        for view, name in names.items():
            count = self.plan.count(*_FATES[view])
            self.views.button(view).setText(f"{name} {count:,}")
            self.views.button(view).setVisible(bool(count) or view is ImportView.ALL)
        self._show_rows()
        self.take.setDefault(True)
        self.take.setText(self.tr("Import %n contact(s)", "", len(self.plan.taken)))
        self.take.setEnabled(bool(self.plan.taken))
        self.take.show()

    def _show_rows(self) -> None:
        self._model.show_rows(self.plan, self.views.kind)

    def _on_model_choice_made(self, index: int, is_taken: bool) -> None:
        self.plan = self.plan.choosing(index, ImportChoice.ADD if is_taken else ImportChoice.LEAVE_OUT)
        self._show_plan()

    # Import

    def _on_take_meant(self) -> None:
        self.take.setEnabled(False)
        self._is_importing = True
        self._wait(self.tr("Importing…"), len(self.plan.taken))
        self.close_button.setText(self.tr("Stop"))
        plan, token, may_lack_numbers = self.plan, self._token, self._may_lack_numbers
        progress = self._tasks.reporter(self._bar.setValue, owner=self)

        def take() -> ImportUndo | None:
            try:
                return self._import.take(plan, may_lack_numbers=may_lack_numbers, cancel=token, on_progress=progress)
            except Cancelled:
                return None

        self._tasks.start(take, owner=self, on_done=self._on_taken, on_error=self._on_taking_failed)

    def _on_taken(self, undo: ImportUndo | None) -> None:
        self._is_importing = False
        if undo is None:
            self.reject()
            return
        if undo.contacts:
            self.imported.emit(undo, len(undo.added), len(undo.updated))
        self.accept()

    def _on_taking_failed(self, error: AppError) -> None:
        self._is_importing = False
        sentence = error_sentence(error)
        self._said.show_text(MessageLevel.ERROR, sentence.title, sentence.remedy)
        self._pages.setCurrentIndex(_PREVIEW)
        if error.code == "contact.no_keyring":
            self._may_lack_numbers = True
            self.take.setText(self.tr("Import without numbers"))
        self.close_button.setText(self.tr("Cancel"))
        self.close_button.setEnabled(True)
        self.take.setEnabled(not self._token.is_cancelled)

    def _wait(self, doing: str, most: int) -> None:
        self.take.setVisible(bool(most))
        self._doing.setText(doing)
        self._bar.setRange(0, most)
        self._bar.setValue(0)
        self._pages.setCurrentIndex(_BUSY)
