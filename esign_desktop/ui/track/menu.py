"""Provide the menu with the commands for the chosen flows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.erasure.service import person_of_flow
from esign_desktop.services.flows.progress import own_signer_due
from esign_desktop.ui.text.flow import flow_signer_name
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.track.commands import FlowCommands, has_code
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.labels import plain_tip

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowRecord


class FlowMenu(QMenu):
    """A menu with all commands for the chosen flows. Commands that do not apply are disabled while the menu is open."""

    forget_requested = Signal(object)
    """Carries the ``KnownPerson`` whose data the user wants to delete."""

    def __init__(self, commands: FlowCommands, parent: QWidget) -> None:
        super().__init__(parent)
        self._commands = commands
        self.aboutToShow.connect(self._on_about_to_show)
        self.aboutToHide.connect(self._on_about_to_hide)

    def _on_about_to_show(self) -> None:
        commands = self._commands
        record, rows = commands.chosen, commands.chosen_rows
        can_show_code = record is not None and has_code(record)
        can_remind = any(row.waiting_since_ms is not None for row in rows)
        can_download = any(row.can_download for row in rows)
        offered = {
            ActionName.SIGN_HERE: record is not None and own_signer_due(record) is not None,
            ActionName.SHOW_CODE: can_show_code,
            ActionName.COPY_LINK: can_show_code,
            ActionName.COPY_REMINDER: can_remind,
            ActionName.SHOW_FILE: record is not None and bool(record.downloaded_to),
            ActionName.DOWNLOAD: can_download,
            ActionName.DOWNLOAD_ORIGINAL: record is not None and bool(record.documents),
            ActionName.MERGE_FILES: can_download,
            ActionName.PRINT_FILES: can_download,
            ActionName.REFRESH: record is not None,
            ActionName.REVOKE: any(not row.status.is_final for row in rows),
            ActionName.CORRECT: record is not None and record.status is not FlowStatus.COMPLETED,
        }
        self.clear()
        if commands.elsewhere:
            # A user who right-clicks looks at the menu, so it names a different environment, too.
            self.addAction(commands.elsewhere).setEnabled(False)
            self.addSeparator()
        for name, action in commands.actions_by_name.items():
            action.setEnabled(offered[name])
            if name in {ActionName.REFRESH, ActionName.REVOKE}:
                self.addSeparator()
            self.addAction(action)
            if name is ActionName.COPY_REMINDER:
                save = self.addAction(self.tr("Save reminders as a table…"), commands.save_reminders)
                save.setEnabled(can_remind)
            if name is ActionName.DOWNLOAD:
                more = self.addAction(self.tr("Download to another folder…"), commands.download_elsewhere)
                more.setEnabled(can_download)
        if record is not None:
            self.addSeparator()
            self.addAction(self.tr("Copy technical details"), partial(_copy_details, record))
            for signer in record.signers:
                person = person_of_flow(record, signer)
                if person is not None:
                    text = self.tr("Delete {name}'s data…").format(name=flow_signer_name(signer).replace("&", "&&"))
                    forget = self.addAction(text, partial(self.forget_requested.emit, person))
                    # Qt makes a tool tip of the text, and interprets markup in tool tips.
                    forget.setToolTip(plain_tip(text))

    def _on_about_to_hide(self) -> None:
        for action in self._commands.actions_by_name.values():
            action.setEnabled(True)


def _copy_details(record: FlowRecord) -> None:
    """Copy the facts about a flow that support asks for. The text contains no personal data and no links."""
    detail = record.detail
    started_at_ms = detail.started_at_ms if detail is not None else None
    facts = {
        "flow": record.flow_id,
        "environment": f"{record.environment.value} {record.project_id}",
        "status": str(detail.code if detail is not None else record.status.value),
        "sent": china_time(record.sent_at_ms),
        "started": china_time(started_at_ms) if started_at_ms is not None else "",
        "submission": record.submission_id,
    }
    QGuiApplication.clipboard().setText("\n".join(f"{name}: {one_line(fact)}" for name, fact in facts.items()))
