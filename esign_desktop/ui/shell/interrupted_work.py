"""Inform the user about sends and sheets that were interrupted, and about how to continue them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from esign_desktop.services.bulk.values import InterruptedRun
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


_SHEET: Final = "interrupted"


class InterruptedWork(QObject):
    """Shows messages about sends and sheets that were interrupted in an earlier run of the program.

    The room in which a send is interrupted reports the interruption itself.
    """

    track_requested = Signal()
    """Emitted when the user wants to see the unfinished sends in the Track room."""
    bulk_requested = Signal()
    """Emitted when the user wants to see the interrupted sheet in the Bulk room."""
    sheet_read = Signal()
    """Emitted when ``has_sheet`` has been read."""

    def __init__(self, services: Services, tasks: TaskRunner, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._messages = services, tasks, messages
        self._told = 0
        self._told_sheets: set[str] = set()
        self.has_sheet = False
        """Whether a sheet was not completely sent in the chosen environment."""

    def look(self) -> None:
        """Look for sends that have not ended, in the background, and show a message if there are any."""
        self._tasks.start(self._services.submission.unfinished, owner=self, on_done=self._on_unfinished_read)

    def look_at_sheets(self) -> None:
        """Look for a sheet that was not completely sent in the chosen environment, and show a message once.

        If there is no such sheet, the message is removed.
        """
        self._tasks.start(self._services.bulk.interrupted, owner=self, on_done=self._on_interrupted_read)

    def count_again(self) -> None:
        """Update the message about sends if fewer are left, or remove it if none is left."""
        self._tasks.start(self._services.submission.unfinished, owner=self, on_done=self._on_unfinished_read_again)

    def _on_unfinished_read_again(self, unfinished: tuple[object, ...]) -> None:
        if not unfinished:
            self._messages.clear("unfinished")
        elif len(unfinished) < self._told:
            self._on_unfinished_read(unfinished)

    def _on_unfinished_read(self, unfinished: tuple[object, ...]) -> None:
        self._told = len(unfinished)
        if unfinished:
            self._messages.show_message(
                self.tr("%n contract(s) not completely sent.", "", len(unfinished)),
                MessageLevel.WARNING,
                remedy=self.tr("Continue or cancel these contracts in Track."),
                key="unfinished",
                everywhere=True,
                action=(self.tr("Show"), self.track_requested.emit),
            )

    def _on_interrupted_read(self, run: InterruptedRun | None) -> None:
        self.has_sheet = run is not None
        self.sheet_read.emit()
        if run is None:
            self._messages.clear(_SHEET)
        elif run.run_id not in self._told_sheets:
            self._told_sheets.add(run.run_id)
            self._messages.show_message(
                self.tr("“{sheet}” was not completely sent.").format(sheet=one_line(Path(run.sheet_path).name)),
                MessageLevel.WARNING,
                remedy=self.tr("Continue in Bulk; no one receives a contract twice."),
                key=_SHEET,
                everywhere=True,
                action=(self.tr("Show"), self.bulk_requested.emit),
            )
