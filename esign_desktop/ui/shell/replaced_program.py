"""Detect that the program's own file was replaced while it runs, as happens when a package is upgraded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


class ReplacedProgram(QObject):
    """Checks whether the program's file was replaced, whenever the user returns to the window, and reports it once.

    A frozen program loads some of its modules when they are first used. After an upgrade, these modules belong to
    another version and may not be compatible with the running program. The user must know this before an error occurs.
    """

    def __init__(self, path: Path, tasks: TaskRunner, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._path, self._tasks, self._messages = path, tasks, messages
        self._started_from = _identity(path)
        self._is_told = self._started_from is None
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application_state_changed)

    def look(self) -> None:
        """Check the program's file in the background, because it may be on a share that hangs.

        Do nothing after the message.
        """
        if not self._is_told:
            self._tasks.start(lambda: _identity(self._path), owner=self, on_done=self._on_looked)

    def _on_looked(self, found: tuple[int, int, int] | None) -> None:
        if found == self._started_from or self._is_told:
            return
        self._is_told = True
        self._messages.show_message(
            self.tr("This program was replaced while it was open."),
            MessageLevel.WARNING,
            remedy=self.tr(
                "Close and restart the program before you send again. Drafts are saved, and "
                "sending in progress will continue where it stopped."
            ),
            everywhere=True,
        )

    def _on_application_state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.look()


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns
