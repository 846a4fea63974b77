"""What is asked for with the chosen flows, and what is told of it: codes, links, revoking, correcting, files.

What can be done with the chosen flows, as a menu, with the keys that do the same.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from esign_desktop.domain.environment import Environment, is_elsewhere
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flows.links import links_of
from esign_desktop.services.flows.progress import current_signers
from esign_desktop.ui.send.qr_window import QrWindow
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.environment import elsewhere_sentence
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import flow_signer_name
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.track.commands import DownloadReport, FlowActions, RevocationReport
from esign_desktop.ui.track.revoke_sheet import RevokeSheet
from esign_desktop.ui.track.signed_file import SignedFileWindow
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, action_text
from esign_desktop.ui.widgets.file_dialogs import FileKind, choose_folder
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.qr import is_web_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.track.details import DetailsPane
    from esign_desktop.ui.track.table import FlowTable
    from esign_desktop.ui.widgets.notice_bar import Messages


class FlowHandling(QObject):
    """Works on the record that was shown last, while its row is the chosen one, or on all selected rows."""

    correction_made = Signal(object)
    """A ``Correction`` that is to be put on the desk."""
    reload_requested = Signal()

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        messages: Messages,
        poller: FlowPoller,
        table: FlowTable,
        details: DetailsPane,
        window: QWidget,
        *,
        watch: EnvironmentWatch | None = None,
    ) -> None:
        super().__init__(window)
        self._watch = watch
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._poller = poller
        self._table = table
        self._details = details
        self._window = window
        self._record: FlowRecord | None = None
        self._actions = FlowActions(services, tasks, self)
        self._connect()

    @property
    def chosen(self) -> FlowRecord | None:
        """The flow whose row is chosen, once it is read."""
        record = self._record
        return record if record is not None and record.flow_id == self._table.current_id else None

    @property
    def can_download(self) -> bool:
        """Whether any selected flow has files that carry a seal."""
        return any(row.can_download for row in self._table.chosen_rows)

    @property
    def elsewhere(self) -> str:
        """Say that the chosen flow is in another environment than the chosen one; empty for one that is not."""
        record = self.chosen
        if record is None or self._watch is None:
            return ""
        home, here = Environment(record.environment, "", record.project_id), self._watch.environment
        return elsewhere_sentence(home, here) if is_elsewhere(home, here) else ""

    @property
    def can_revoke(self) -> bool:
        """Whether any chosen flow can still be signed."""
        return any(not row.status.is_final for row in self._table.chosen_rows)

    def take(self, record: FlowRecord | None) -> None:
        """Work with this one from now on."""
        self._record = record

    def show_code(self, number: int = 0) -> None:
        """Show the signing code of a signer by its number, or of whose turn it is, in a window of its own."""
        record = self.chosen
        if record is None:
            return
        window = QrWindow(self._poller, self._window, watch=self._watch)
        window.show_flow(record)
        if number:
            window.card.choose(number)
        window.show()

    def show_code_if_any(self) -> None:
        """Show the code, unless nobody can sign with one."""
        record = self.chosen
        if record is not None and not record.status.is_final and any(signer.urls for signer in record.signers):
            self.show_code()

    def activate(self) -> None:
        """Do what is next for the chosen flow: show its code while it is open, its signed file once it is here."""
        record = self.chosen
        if record is not None and record.status.is_final:
            self.show_file()
        else:
            self.show_code_if_any()

    def show_file(self) -> None:
        """Show the chosen flow's first signed file; say so if there is none on this computer."""
        record = self.chosen
        if record is None:
            return
        if record.downloaded_to:
            self._on_open_requested(Path(record.downloaded_to[0]))
        elif record.status is FlowStatus.COMPLETED:
            self._messages.show_message(
                self.tr("The signed files are not on this computer yet."),
                key="track.download",
                action=(self.tr("Download"), self.download),
            )
        else:
            self._messages.show_message(self.tr("There is no signed file."), key="track.download")

    def copy_link(self) -> None:
        """Copy the link of whose turn it is."""
        record = self.chosen
        if record is None:
            return
        for signer in current_signers(record):
            link = next((url for url in links_of(record, signer) if is_web_link(url)), "")
            if link:
                QGuiApplication.clipboard().setText(link)
                name = flow_signer_name(signer)
                self._messages.show_message(
                    self.tr("The link of {name} is copied.").format(name=name), MessageLevel.SUCCESS, key="track.link"
                )
                return
        self._messages.show_message(self.tr("There is no link: nobody's turn, or none was told."), key="track.link")

    def refresh(self) -> None:
        """Ask the platform about the chosen flow; read the list anew when none is."""
        record = self.chosen
        if record is None:
            self.reload_requested.emit()
        else:
            self._actions.refresh(record)

    def press_revoke(self) -> None:
        """Ask whether to revoke, or do it if that was asked a moment ago; of several, ask with their list."""
        if len(self._table.chosen_rows) > 1:
            self.ask_revoke_all()
        elif self.chosen is not None:
            self._details.press_revoke()

    def ask_revoke_all(self) -> None:
        """List the chosen contracts that can still be signed, and ask whether to revoke them."""
        rows = [row for row in self._table.chosen_rows if not row.status.is_final]
        if self._actions.is_busy:
            return
        if not rows:
            self._messages.show_message(self.tr("None of these contracts can still be signed."), key="track.one")
            return
        here = self._watch.environment if self._watch is not None else Environment(rows[0].environment, "")
        RevokeSheet(rows, self._actions, here, self._window).open()

    def press_correct(self) -> None:
        """Take the chosen contract up again, to be corrected."""
        if self._is_one_chosen():
            self._details.press_correct()

    def download(self, folder: Path | None = None) -> None:
        """Fetch the signed files of all selected flows; None stands for the usual folder."""
        if self._actions.is_busy:
            return
        flow_ids = [row.flow_id for row in self._table.chosen_rows if row.can_download]
        if flow_ids:
            self._actions.download(flow_ids, folder)
        else:
            self._messages.show_message(
                self.tr("There is nothing to download yet: nobody has signed."), key="track.download"
            )

    def _connect(self) -> None:
        details, actions = self._details, self._actions
        details.qr_requested.connect(self.show_code)
        details.refresh_requested.connect(self.refresh)
        details.revoke_requested.connect(self._on_revoke_requested)
        details.correct_requested.connect(self._on_correct_requested)
        details.download_requested.connect(self._on_download_requested)
        details.download_to_requested.connect(self._on_download_to_requested)
        details.stop_requested.connect(actions.stop)
        details.open_requested.connect(self._on_open_requested)
        details.check_requested.connect(self._on_check_requested)
        actions.busy_changed.connect(details.show_busy)
        actions.refreshed.connect(self._poller.announce)
        actions.revoked.connect(self._on_revoked)
        actions.several_revoked.connect(self._on_several_revoked)
        details.revoke_all_requested.connect(self.ask_revoke_all)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        actions.corrected.connect(self.correction_made)
        actions.downloaded.connect(self._on_downloaded)
        actions.failed.connect(self._on_failed)

    def _is_one_chosen(self) -> bool:
        """Whether it is certain which flow is meant."""
        if len(self._table.chosen_rows) > 1:
            self._messages.show_message(self.tr("Choose one contract: they are corrected one by one."), key="track.one")
            return False
        return self.chosen is not None

    def _on_revoke_requested(self) -> None:
        if self.chosen is not None:
            self._actions.revoke(self.chosen)

    def _on_correct_requested(self) -> None:
        if self.chosen is not None:
            self._actions.correct(self.chosen)

    def _on_revoked(self, record: FlowRecord) -> None:
        self._poller.announce(record)
        self._messages.show_message(
            self.tr("“{title}” is revoked.").format(title=one_line(record.title)), MessageLevel.SUCCESS
        )

    def _on_several_revoked(self, report: RevocationReport) -> None:
        for record in report.records:
            self._poller.announce(record)
        self.reload_requested.emit()

    def _on_selection_changed(self) -> None:
        self._details.show_count(len(self._table.chosen_rows))

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error)

    def _on_download_requested(self) -> None:
        self.download()

    def _on_download_to_requested(self) -> None:
        choose_folder(self._window, self.tr("Folder for the signed files"), FileKind.SIGNED, self.download)

    def _on_downloaded(self, report: DownloadReport) -> None:
        for record in report.records:
            self._poller.announce(record)
        if report.file_count:
            self._messages.show_message(self.tr("%n file(s) downloaded.", "", report.file_count), MessageLevel.SUCCESS)
        for title, error in report.failures[:1]:
            if len(report.failures) == 1:
                self._messages.show_message(error, about=title if report.records else "")
            else:
                text = self.tr("%n contract(s) could not be downloaded.", "", len(report.failures))
                self._messages.show_message(text, MessageLevel.ERROR, remedy=f"{title}: {error_sentence(error).title}")

    def _on_open_requested(self, path: Path) -> None:
        SignedFileWindow(path, self._services.documents, self._services.signatures, self._tasks, self._window).show()

    def _on_check_requested(self, path: Path) -> None:
        signatures = self._services.signatures
        files = self._details.files
        self._tasks.start(
            lambda: signatures.check(path),
            owner=self,
            on_done=partial(files.show_signatures, path),
            on_error=partial(files.show_failure, path),
            lane=Lane.NETWORK,
        )


class FlowMenu(QMenu):
    """Made for one showing. The keys are only named: the room's own shortcuts hear them."""

    def __init__(self, handling: FlowHandling, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        record = handling.chosen
        is_open = record is not None and not record.status.is_final
        has_code = record is not None and is_open and any(signer.urls for signer in record.signers)
        can_correct = record is not None and record.status is not FlowStatus.COMPLETED
        if handling.elsewhere:
            # Said where the pointer is too, above all that acts on it.
            said = self.addAction(handling.elsewhere)
            said.setEnabled(False)
            self.addSeparator()
        for name, slot, is_offered in (
            (ActionName.SHOW_CODE, handling.show_code_if_any, has_code),
            (ActionName.COPY_LINK, handling.copy_link, has_code),
            (ActionName.SHOW_FILE, handling.show_file, bool(record and record.downloaded_to)),
            (ActionName.DOWNLOAD, handling.download, handling.can_download),
            (ActionName.REFRESH, handling.refresh, record is not None),
            (ActionName.REVOKE, handling.press_revoke, handling.can_revoke),
            (ActionName.CORRECT, handling.press_correct, can_correct),
        ):
            if name is ActionName.REVOKE:
                self.addSeparator()
            row = ACTIONS[name]
            action = QAction(icon(row.icon), f"{action_text(name)}\t{row.shown_keys}", self)
            action.setEnabled(bool(is_offered))
            action.triggered.connect(partial(call, slot))
            self.addAction(action)


def call(slot: Callable[[], object], _is_checked: bool = False) -> None:  # noqa: FBT002  Qt's own call
    """Do what an action does, without what Qt says of it."""
    slot()
