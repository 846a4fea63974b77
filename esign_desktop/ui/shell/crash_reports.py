"""Catches what nobody expected: the contract is saved, the log told, and a report shown that can be sent to support."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from esign_desktop.domain.errors import AppError

    Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]
    ThreadHook = Callable[[threading.ExceptHookArgs], object]
    Flush = Callable[[Callable[[AppError | None], None]], None]


class CrashReports(QObject):
    """Takes the place of ``sys.excepthook`` while installed; works from any thread."""

    occurred = Signal(str)

    def __init__(self, log_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self._window: QWidget | None = None
        self._flush: Flush | None = None
        self._dialog: ReportDialog | None = None
        self._before: tuple[Hook, ThreadHook] | None = None
        self.occurred.connect(self._on_occurred)

    def install(self) -> None:
        """Catch from now on."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Leave it to whoever caught before."""
        if self._before is not None:
            sys.excepthook, threading.excepthook = self._before
            self._before = None

    def attend(self, window: QWidget, flush: Flush) -> None:
        """From now on reports belong to this window, and ``flush`` saves the contract."""
        self._window = window
        self._flush = flush

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        import logging

        from esign_desktop.ui.text.traceback import report_text

        report = report_text(error)
        logging.getLogger(__name__).error("unexpected failure\n%s", report)
        self.occurred.emit(report)

    def _on_thread_exception(self, hook: threading.ExceptHookArgs) -> None:
        if hook.exc_value is not None:
            self._on_exception(hook.exc_type, hook.exc_value, hook.exc_traceback)

    def _on_occurred(self, report: str) -> None:
        # Not in the middle of what failed.
        QTimer.singleShot(0, lambda: self._tell(report))

    def _tell(self, report: str) -> None:

        if self._dialog is None:
            self._dialog = ReportDialog(self._log_dir, self._window)
            self._dialog.finished.connect(self._on_dialog_finished)
        self._dialog.add(report)
        self._dialog.show()
        if self._flush is not None:
            self._flush(self._on_flushed)

    def _on_flushed(self, error: AppError | None) -> None:
        if self._dialog is not None:
            self._dialog.show_saved(is_saved=error is None)

    def _on_dialog_finished(self) -> None:
        self._dialog = None


class ReportDialog(QDialog):
    """Shows a report that holds nothing personal. Further mistakes are added to the one that stands."""

    def __init__(self, log_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Something went wrong"))
        self._title = PlainLabel(self, self.tr("The program has made a mistake."))
        self._title.setObjectName("sectionTitle")
        self._safe = PlainLabel(self)
        self._safe.setWordWrap(True)
        self._hint = PlainLabel(
            self, self.tr("You can go on working. Please send this text to support; it holds no personal data.")
        )
        self._hint.setWordWrap(True)
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setAccessibleName(self.tr("Report"))
        self._text.setMinimumSize(560, 240)
        self._copy = QPushButton(self.tr("Copy"), self)
        self._folder = QPushButton(self.tr("Open log folder"), self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self._folder, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        for widget in (self._title, self._safe, self._hint, self._text, buttons):
            column.addWidget(widget)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._folder.clicked.connect(self._on_folder_clicked)
        buttons.rejected.connect(self.reject)

    @property
    def text(self) -> str:
        """The report."""
        return self._text.toPlainText()

    def add(self, report: str) -> None:
        """Add a mistake; one that is there already is not repeated."""
        if report not in self.text:
            self._text.appendPlainText(report)

    def show_saved(self, *, is_saved: bool) -> None:
        """Say whether the contract on the desk is on the disk."""
        self._safe.setText(
            self.tr("Your contract has been saved.")
            if is_saved
            else self.tr("Your contract could not be saved: leave the window open, and try again.")
        )

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text)

    def _on_folder_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_dir)))
