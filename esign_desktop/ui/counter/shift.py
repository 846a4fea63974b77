"""Show, print and export the shift sheet, which lists today's contracts of this computer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import (
    QFont,
    QKeySequence,
    QShortcut,
    QShowEvent,
    QTextCursor,
    QTextDocument,
    QTextTableFormat,
)
from PySide6.QtWidgets import (
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.override import override
from esign_desktop.services.counter.shift import ShiftHeading, ShiftLine, ShiftRevocation, ShiftSheet
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import flow_state_word
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, vbox
from esign_desktop.ui.widgets.printing import ask_for_printer
from esign_desktop.ui.widgets.state_mark import status_ink
from esign_desktop.ui.widgets.tables import set_up_table
from esign_desktop.ui.widgets.theme import are_letters_large

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtPrintSupport import QPrinter

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.counter.shift import ShiftService
    from esign_desktop.ui.tasks import TaskRunner


def sheet_document(title: str, headings: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> QTextDocument:
    """Return a table with a title as a document to be printed. All texts are inserted as plain text."""
    document = QTextDocument()
    font = QFont()
    font.setPointSize(9)
    document.setDefaultFont(font)
    cursor = QTextCursor(document)
    cursor.insertText(f"{title}\n")
    look = QTextTableFormat()
    look.setHeaderRowCount(1)
    look.setCellPadding(3)
    look.setCellSpacing(0)
    look.setBorder(0.5)
    table = cursor.insertTable(len(rows) + 1, len(headings), look)
    for row, cells in enumerate((headings, *rows)):
        for column, text in enumerate(cells):
            table.cellAt(row, column).firstCursorPosition().insertText(text)
    return document


_SIZE_PX: Final = (1000, 640)
_STATE_COLUMN: Final = 3


class ShiftWindow(FittingDialog):
    """Shows the shift sheet. Names are masked, because others may see a printed sheet.

    The sheet is read in the background whenever the window is shown. Ctrl+P prints it, Ctrl+S exports it, Esc closes
    the window, and Ctrl+L requests that the counter be locked.
    """

    manual_page = "counter#the-shift-sheet"

    lock_requested = Signal()
    """Emitted when the teller pressed Ctrl+L."""

    def __init__(
        self,
        shift: ShiftService,
        tasks: TaskRunner,
        parent: QWidget | None = None,
        *,
        heading: Callable[[], ShiftHeading] | None = None,
    ) -> None:
        """Create the window. ``heading`` returns the sheet's heading. It blocks, so it is called in the background."""
        super().__init__(parent)
        self._shift = shift
        self._heading = heading or ShiftHeading
        self._tasks = tasks
        self._sheet = ShiftSheet(date.min, ())
        self._summary = PlainLabel(self)
        self._whose = PlainLabel(self, look="hint")
        self._table = QTableWidget(self)
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._revoke = DeliberateButton(self, self.tr("&Revoke all expired"))
        self._print = QPushButton(self.tr("&Print…"), self)
        self._save = QPushButton(self.tr("&Save as table…"), self)
        self._close = QPushButton(self.tr("Close"), self)
        self._lay_out()
        self._connect()
        fit_on_screen(self, *_SIZE_PX)

    @property
    def summary(self) -> str:
        return self._summary.text()

    @property
    def status(self) -> str:
        return self._status.text()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour_states()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()

    @property
    def whose(self) -> str:
        """The displayed heading: branch, teller, and lines and checksum of the audit log, as far as they are known."""
        return self._whose.text()

    def read(self) -> None:
        def look() -> tuple[ShiftSheet, ShiftHeading]:
            return self._shift.sheet(), self._heading()

        self._tasks.start(look, owner=self, on_done=self._on_read, on_error=self._on_failed)

    def write(self, path: Path) -> None:
        sheet, headings = self._sheet, (*self.headings(), self.tr("Flow number"))
        words = {line.flow_id: self._state(line) for line in sheet.lines}
        self._tasks.start(
            lambda: self._shift.export(sheet, path, headings=headings, words=words),
            owner=self,
            on_done=self._on_written,
            on_error=self._on_failed,
        )

    def revoke_expired(self) -> None:
        """Revoke all expired contracts, including those of earlier days, in the background.

        Then read the sheet again.
        """
        self._revoke.setEnabled(False)
        self._status.setText(self.tr("Revoking…"))
        self._tasks.start(
            self._shift.revoke_expired,
            owner=self,
            on_done=self._on_revoked,
            on_error=self._on_failed,
            lane=Lane.NETWORK,
        )

    def headings(self) -> tuple[str, ...]:
        return self.tr("Sent"), self.tr("Contract"), self.tr("Customers"), self.tr("Status"), self.tr("Signed")

    def _lay_out(self) -> None:
        self.setWindowTitle(self.tr("Shift sheet"))
        set_font_px(self._summary, 18, is_bold=True)
        self._summary.setWordWrap(are_letters_large())
        self._table.setAccessibleName(self.tr("Today's contracts"))
        set_up_table(self._table, row_px=32)
        self._table.setAlternatingRowColors(True)
        self._table.setColumnCount(len(self.headings()))
        self._table.setHorizontalHeaderLabels(self.headings())
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for button in (self._save, self._print, self._close):
            button.setAutoDefault(False)
        buttons = hbox(self._revoke, 1, self._save, self._print, self._close)
        items = (self._summary, self._whose, (self._table, 1), self._status, buttons)
        vbox(*items, spacing=12, margins=(24, 20, 24, 20), parent=self)

    def _connect(self) -> None:
        self._revoke.meant.connect(self.revoke_expired)
        self._print.clicked.connect(self._on_print_clicked)
        self._save.clicked.connect(self._on_save_clicked)
        self._close.clicked.connect(self.accept)
        QShortcut(QKeySequence("Ctrl+P"), self).activated.connect(self._on_print_clicked)
        QShortcut(QKeySequence("Ctrl+S"), self).activated.connect(self._on_save_clicked)
        QShortcut(QKeySequence("Ctrl+L"), self).activated.connect(self.lock_requested)

    def _cells(self, line: ShiftLine) -> tuple[str, ...]:
        signed = china_time(line.signed_at_ms) if line.signed_at_ms is not None else ""
        names = one_line(" ".join(line.masked_names))
        return china_time(line.sent_at_ms), one_line(line.title), names, self._state(line), signed

    def _state(self, line: ShiftLine) -> str:
        if line.has_expired and line.status is not FlowStatus.EXPIRED:
            return self.tr("expired")
        state, reason = flow_state_word(line.status, int(line.status), line.stopped), one_line(line.reason)
        return self.tr("{state} — “{reason}”").format(state=state, reason=reason) if reason else state

    def _on_read(self, found: tuple[ShiftSheet, ShiftHeading]) -> None:
        sheet, heading = found
        parts = (
            one_line(heading.branch),
            self.tr("Teller: {name}").format(name=one_line(heading.teller)) if heading.teller else "",
            self.tr("Audit log: {count} lines, checksum {seal}").format(
                count=heading.audit_lines, seal=heading.audit_head
            )
            if heading.audit_head
            else "",
        )
        self._whose.setText("  ·  ".join(part for part in parts if part))
        self._whose.setVisible(bool(self._whose.text()))
        self._on_sheet_read(sheet)

    def _colour_states(self) -> None:
        for row, line in enumerate(self._sheet.lines):
            ink = status_ink(FlowStatus.EXPIRED if line.has_expired else line.status)
            item = self._table.item(row, _STATE_COLUMN)
            if item is not None and ink is not None:
                item.setForeground(ink)

    def _on_sheet_read(self, sheet: ShiftSheet) -> None:
        self._sheet = sheet
        self._summary.setText(
            self.tr(
                "{day}: {sent} sent, {signed} signed, {waiting} waiting, {expired} expired, {back} revoked,"
                " {ended} declined or failed"
            ).format(
                day=sheet.day.isoformat(),
                sent=len(sheet.lines),
                signed=sheet.count(FlowStatus.COMPLETED),
                waiting=sheet.waiting_count,
                expired=sheet.expired_count,
                back=sheet.count(FlowStatus.REVOKED),
                ended=sheet.count(FlowStatus.TERMINATED),
            )
        )
        self._table.setRowCount(len(sheet.lines))
        for row, line in enumerate(sheet.lines):
            for column, text in enumerate(self._cells(line)):
                self._table.setItem(row, column, QTableWidgetItem(text))
        self._colour_states()
        if sheet.lines:
            self._table.setCurrentCell(0, 0)
        self._revoke.setEnabled(True)

    def _on_revoked(self, done: ShiftRevocation) -> None:
        parts = [self.tr("%n contract(s) revoked.", "", len(done.revoked))]
        if done.failed:
            parts.append(self.tr("%n couldn't be revoked. Try again later.", "", len(done.failed)))
        self._status.setText(one_after_another(*parts))
        self.read()

    def _on_print_clicked(self) -> None:
        ask_for_printer(self, self._print_on, is_landscape=True)

    def _print_on(self, printer: QPrinter) -> None:
        rows = tuple(map(self._cells, self._sheet.lines))
        title = "\n".join(part for part in (self._whose.text(), self._summary.text()) if part)
        sheet_document(title, self.headings(), rows).print_(printer)
        if printer.printerState() is printer.PrinterState.Error:
            self._on_failed(InputError("print.failed"))
            return
        self._tasks.start(self._shift.note_printed, owner=self)

    def _on_save_clicked(self) -> None:
        title = self.tr("Save shift sheet")
        choose_target(self, title, FileKind.REPORT, (FileType.CSV,), self.write, suffix="csv")

    def _on_written(self, _nothing: None) -> None:
        self._status.setText(self.tr("Table saved."))

    def _on_failed(self, error: AppError) -> None:
        self._status.setText(error_sentence(error).text)
        self._revoke.setEnabled(True)
