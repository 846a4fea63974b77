"""Copy reminders for signers, or write them to a table, so that the user can send them as messages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from esign_desktop.services.flows.reminders import Reminder, Reminders, copy_reminders, export_reminders
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


class Reminding(QObject):
    """Copies or saves reminders with signing links for the signers whose signatures are due.

    The reminders are read in the background. Their number, or an error, is shown as a message.
    """

    def __init__(self, services: Services, tasks: TaskRunner, messages: Messages, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._window = parent

    def copy(self, flow_ids: Sequence[FlowId]) -> None:
        """Copy the reminders for all signers of the flows whose signatures are due, one on each line."""
        work = partial(copy_reminders, tuple(flow_ids), self._services.flows)
        self._tasks.start(work, owner=self, on_done=self._on_read, on_error=self._on_failed)

    def save(self, flow_ids: Sequence[FlowId]) -> None:
        """Ask the user for a target file, and write the reminders for the flows to it.

        Do nothing if the user cancels.
        """
        choose_target(
            self._window,
            self.tr("Save reminders"),
            FileKind.REPORT,
            (FileType.XLSX, FileType.CSV),
            partial(self.write, tuple(flow_ids)),
            suffix="xlsx",
        )

    def write(self, flow_ids: tuple[FlowId, ...], target: Path) -> None:
        """Write the reminders for the flows to an XLSX or CSV file, according to its suffix, in the background."""
        headings = (self.tr("Name"), self.tr("Contract"), self.tr("Due"), self.tr("Link"), self.tr("Text"))
        work = partial(export_reminders, flow_ids, self._services.flows, target, headings, self.text_of)
        self._tasks.start(work, owner=self, on_done=self._on_written, on_error=self._on_failed)

    def text_of(self, reminder: Reminder) -> str:
        """Return the text of a reminder, as one line that can be sent to the signer."""
        if reminder.deadline_ms is None:
            text = self.tr("Hello {name}, “{title}” is ready for your signature: {link}")
        else:
            text = self.tr("Hello {name}, “{title}” is ready for your signature: {link} (valid until {moment})")
        moment = china_time(reminder.deadline_ms) if reminder.deadline_ms is not None else ""
        # The values come from outside and may contain braces, so they are inserted at once.
        return text.format(
            name=one_line(reminder.name), title=one_line(reminder.title), link=reminder.link, moment=moment
        )

    def _on_read(self, found: Reminders) -> None:
        if found.reminders:
            QGuiApplication.clipboard().setText("\n".join(map(self.text_of, found.reminders)))
        self._tell(found, self.tr("%n reminder(s) copied.", "", len(found.reminders)))

    def _on_written(self, found: Reminders) -> None:
        self._tell(found, self.tr("%n reminder(s) saved.", "", len(found.reminders)))

    def _tell(self, found: Reminders, done: str) -> None:
        if not found.reminders:
            text = self.tr("No reminder to copy: no signature is due now, or the platform returned no link.")
            self._messages.show_message(text, key="track.remind")
            return
        left_out = self.tr("%n contract(s) without a reminder were left out.", "", found.left_out)
        remedy = left_out if found.left_out else self.tr("Anyone who has the link can sign.")
        self._messages.show_message(done, MessageLevel.SUCCESS, remedy=remedy, key="track.remind")

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error, key="track.remind")
