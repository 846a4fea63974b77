"""Handle unexpected exceptions: save the contract, write to the log, and show a report for technical support."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.ui.shell.report_dialog import ReportDialog

    Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]
    ThreadHook = Callable[[threading.ExceptHookArgs], object]
    Flush = Callable[[Callable[[AppError | None], None]], None]


class CrashReports(QObject):
    """Replaces ``sys.excepthook`` and ``threading.excepthook``. Exceptions of any thread are handled.

    An exception is written to the log without its message, the contract is saved, and the user sees a report.
    """

    occurred = Signal(str)
    """Carries the text of a report, which contains no personal data."""

    def __init__(self, log_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self._window: QWidget | None = None
        self._flush: Flush | None = None
        self._dialog: ReportDialog | None = None
        self._before: tuple[Hook, ThreadHook] | None = None
        self.occurred.connect(self._on_occurred)

    def install(self) -> None:
        """Replace the exception hooks. Call ``uninstall`` before the object is deleted."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Restore the previous exception hooks. Do nothing if the hooks are not replaced."""
        if self._before is not None:
            sys.excepthook, threading.excepthook = self._before
            self._before = None

    def attend(self, window: QWidget, flush: Flush) -> None:
        """Set the parent window of reports, and the function that saves the contract.

        Before this call, there is neither.
        """
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
        # Deferred, so that the function that failed has ended.
        QTimer.singleShot(0, lambda: self._tell(report))

    def _tell(self, report: str) -> None:
        from esign_desktop.ui.shell.report_dialog import ReportDialog

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
