"""Provide the commands for the chosen flows, such as QR code, links, downloads, queries, revocation and correction."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication

from esign_desktop.domain.customers import customer_of_flow
from esign_desktop.domain.environment import Environment, is_elsewhere
from esign_desktop.domain.errors import AppError, Cancelled, CancelToken
from esign_desktop.domain.flow import FlowId, FlowRecord, FlowStatus, SignStatus
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.services.flows.progress import (
    current_signers,
    has_insecure_links_only,
    links_of,
    own_signer_due,
    signer_states,
    states_in_turn,
)
from esign_desktop.ui.send.qr_card import QrWindow
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.environment import elsewhere_sentence
from esign_desktop.ui.text.flow import contract_name, flow_signer_name, insecure_link_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.track.reminding import Reminding
from esign_desktop.ui.track.revoke_sheet import RevocationReport, RevokeSheet
from esign_desktop.ui.track.several_files import DownloadReport, Merging, SeveralPrint, download_all, failures_text
from esign_desktop.ui.track.signed_file import SignedFileWindow
from esign_desktop.ui.widgets.actions import ActionName, make_action
from esign_desktop.ui.widgets.environment_banner import ask_if_elsewhere
from esign_desktop.ui.widgets.file_dialogs import FileKind, choose_folder, usual_folder
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.opening import open_link
from esign_desktop.ui.widgets.qr import is_web_link

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.corrections import Correction
    from esign_desktop.services.flows.rows import FlowRow
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.track.table import FlowTable
    from esign_desktop.ui.widgets.notice_bar import Messages

_PAUSE_S: Final = 0.5
"""The pause between two revocations, in seconds.

Each also queries the flow, and queries are limited to two per second.
"""


def has_code(record: FlowRecord) -> bool:
    """Return whether a QR code can be shown: the flow is open, and at least one signer has a signing link."""
    is_shown = not record.status.is_final and record.status is not FlowStatus.DRAFT
    return is_shown and any(signer.urls for signer in record.signers)


class FlowCommands(QObject):
    """Executes the commands for the chosen flow or, if several rows are selected, for all selected flows.

    A command that contacts the platform runs in the background. While one is running, others do nothing. Results and
    errors are shown as messages. The shortcut keys work inside ``parent``.
    """

    correction_made = Signal(object)
    """Carries a ``Correction`` whose draft is to be opened in the Prepare room."""
    reload_requested = Signal()
    """Emitted when the list of flows and unfinished sends must be read again."""
    revoke_pressed = Signal()
    """Emitted when the user pressed the shortcut key for revoking the chosen flow, which still needs a confirmation."""
    correct_pressed = Signal()
    """Emitted when the user pressed the shortcut key for correcting the chosen flow."""
    prepared_found = Signal()
    """Emitted when the chosen flow turned out to be prepared, so that its signing can be started."""
    busy_changed = Signal(str, bool)
    """Carries a description of the running command, or an empty text at its end, and whether the user can stop it."""
    several_progressed = Signal(int)
    """Carries the number of contracts processed so far while several contracts are being revoked."""
    several_revoked = Signal(object)
    """Carries the ``RevocationReport`` when the revocation of several contracts has ended or was stopped."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        messages: Messages,
        poller: FlowPoller,
        table: FlowTable,
        parent: QWidget,
        *,
        watch: EnvironmentWatch | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._poller = poller
        self._table = table
        self._window = parent
        self._watch = watch
        self._reminding = Reminding(services, tasks, messages, parent)
        self._merging = Merging(*(services, tasks, messages, self._start, self._show_stoppable, self.open_file, parent))
        holding = (self._begin, self._end, self._show_stoppable)
        self._printing = SeveralPrint(services, tasks, messages, *holding, parent)
        self._record: FlowRecord | None = None
        self._prepared_id: FlowId | None = None
        self._is_busy = False
        self._cancel: CancelToken | None = None
        self.actions_by_name: dict[ActionName, QAction] = {}
        """The actions with shortcut keys, keyed by name.

        They stay enabled, so that a slot can report why it does nothing.

        An open menu disables those that do not apply.
        """
        for name, slot in (
            (ActionName.SIGN_HERE, self.open_own_page),
            (ActionName.SHOW_CODE, self.show_code_if_any),
            (ActionName.COPY_LINK, self.copy_link),
            (ActionName.COPY_REMINDER, self.copy_reminders),
            (ActionName.SHOW_FILE, self.show_file),
            (ActionName.DOWNLOAD, self.download),
            (ActionName.DOWNLOAD_ORIGINAL, self.download_original),
            (ActionName.MERGE_FILES, self.merge_files),
            (ActionName.PRINT_FILES, self.print_files),
            (ActionName.REFRESH, self.refresh),
            (ActionName.CORRECT, self.press_correct),
            (ActionName.REVOKE, self.press_revoke),
        ):
            action = make_action(name, self)
            action.setAutoRepeat(False)
            action.triggered.connect(slot)
            parent.addAction(action)
            self.actions_by_name[name] = action

    @property
    def chosen(self) -> FlowRecord | None:
        """The flow of the current row, or None if there is none or its record has not been read yet."""
        record = self._record
        return record if record is not None and record.flow_id == self._table.current_id else None

    def name_of(self, record: FlowRecord) -> str:
        """Return the title of a flow with the name of its customer."""
        return contract_name(record.title, customer_of_flow(record, self._table.flows.ours))

    def take(self, record: FlowRecord | None) -> None:
        """Set the record of the chosen flow, or None if no flow is chosen.

        For a flow in preparation, find out in the background whether its signing can be started, and emit
        ``prepared_found`` if it can.
        """
        self._record = record
        if record is None or record.status is not FlowStatus.DRAFT:
            self._prepared_id = None
        elif record.flow_id != self._prepared_id:
            # The send of a flow in preparation may also have been paused halfway.
            submission, submission_id = self._services.submission, SubmissionId(record.submission_id)
            self._tasks.start(
                lambda: submission.is_prepared(submission_id),
                owner=self,
                on_done=partial(self._on_prepared_known, record.flow_id),
                on_error=self._on_prepared_unread,
            )

    @property
    def chosen_rows(self) -> list[FlowRow]:
        """The rows that the commands apply to: the selected rows, or the current row if no row is selected."""
        return self._table.chosen_rows

    @property
    def can_start_signing(self) -> bool:
        """Whether the chosen flow is known to be prepared, so that the user can start its signing."""
        return self.chosen is not None and self.chosen.flow_id == self._prepared_id

    @property
    def first_act(self) -> ActionName | None:
        """The command that the state of the chosen flow suggests, or None if it suggests none.

        Starting and correcting are not included, because they have buttons of their own. For several selected flows,
        the only suggestion is to download.
        """
        record = self.chosen
        if record is None:
            return None
        if len(self._table.chosen_rows) > 1:
            return ActionName.DOWNLOAD if any(row.can_download for row in self._table.chosen_rows) else None
        if own_signer_due(record) is not None:
            return ActionName.SIGN_HERE
        in_turn = states_in_turn(signer_states(record))
        if has_code(record) and any(state.status is not SignStatus.TO_BE_CONFIRMED for state in in_turn):
            return ActionName.SHOW_CODE
        if record.status is FlowStatus.COMPLETED:
            return ActionName.SHOW_FILE if record.downloaded_to else ActionName.DOWNLOAD
        return None if record.status.is_final else ActionName.REFRESH

    # QR codes, links and files

    def show_code(self, number: int = 0) -> None:
        """Show the chosen flow's QR codes in a window. Do nothing if no flow is chosen.

        ``number`` selects a signer; 0 selects one whose turn it is.
        """
        record = self.chosen
        if record is None:
            return
        window = QrWindow(self._poller, self._window, watch=self._watch)
        window.show_flow(record, self.name_of(record))
        if number:
            window.card.choose(number)
        window.show()

    def open_own_page(self) -> None:
        """Open the web page on which the platform's own seal is applied to the chosen flow.

        Do nothing if this is not due.
        """
        record = self.chosen
        signer = own_signer_due(record) if record is not None else None
        link = next(filter(is_web_link, links_of(record, signer)), "") if record is not None and signer else ""
        if link:
            open_link(link, self._tell_of_link)

    def show_code_if_any(self) -> None:
        """Show the chosen flow's QR codes. Do nothing if no signer can sign with a QR code."""
        record = self.chosen
        if record is not None and has_code(record):
            self.show_code()

    def activate(self) -> None:
        """Show the signed file of a flow that has ended, or the QR code of another flow."""
        record = self.chosen
        if record is not None and record.status.is_final:
            self.show_file()
        else:
            self.show_code_if_any()

    def copy_link(self) -> None:
        """Copy the signing link of a signer whose turn it is, or show a message that states why there is none."""
        record = self.chosen
        if record is None:
            return
        signers = current_signers(record)
        for signer in signers:
            link = next((url for url in links_of(record, signer) if is_web_link(url)), "")
            if link:
                QGuiApplication.clipboard().setText(link)
                text = self.tr("The signing link of {name} has been copied.").format(name=flow_signer_name(signer))
                self._messages.show_message(text, MessageLevel.SUCCESS, key="track.link")
                return
        if any(has_insecure_links_only(record, signer) for signer in signers):
            self._messages.show_message(insecure_link_sentence(), key="track.link")
            return
        self._messages.show_message(
            self.tr("No link to copy: no signature is due now, or the platform returned no link."), key="track.link"
        )

    def copy_reminders(self) -> None:
        """Copy a text with the signing link for each signer of the chosen flows whose signature is due."""
        self._reminding.copy([row.flow_id for row in self._table.chosen_rows])

    def save_reminders(self) -> None:
        """Ask the user for a file, and write the reminders for the chosen flows to it.

        Do nothing if the user cancels.
        """
        self._reminding.save([row.flow_id for row in self._table.chosen_rows])

    def _tell_of_link(self, text: str) -> None:
        """Show why a signer's link could not be opened."""
        self._messages.show_message(text, MessageLevel.ERROR, key="track.link")

    def show_file(self) -> None:
        """Open the chosen flow's first signed file.

        If the file is not on this computer, show a message that offers the download.
        """
        record = self.chosen
        if record is None:
            return
        if record.downloaded_to:
            self.open_file(Path(record.downloaded_to[0]))
        elif record.status is FlowStatus.COMPLETED:
            self._messages.show_message(
                self.tr("The signed files haven't been downloaded to this computer yet."),
                key="track.download",
                action=(self.tr("Download"), self.download),
            )
        else:
            self._messages.show_message(self.tr("There is no signed file."), key="track.download")

    def open_file(self, path: Path) -> None:
        """Show a signed file, with the result of verifying its signatures, in a window of its own."""
        services = self._services
        SignedFileWindow(
            *(path, services.documents, services.signatures, self._tasks, self._window),
            note_printed=services.flows.note_printed,
        ).show()

    # Requests to the platform

    def refresh(self) -> None:
        """Query the platform for the chosen flow's state, or request a reload of the list if no flow is chosen."""
        flows, record = self._services.flows, self.chosen
        if record is None:
            self.reload_requested.emit()
        else:
            ask = partial(flows.refresh, record.flow_id)
            self._start(ask, self._poller.announce, self.tr("Checking with the platform…"))

    def press_revoke(self) -> None:
        """Emit ``revoke_pressed`` for the chosen flow.

        If several flows are selected, list them and ask for confirmation.
        """
        if len(self._table.chosen_rows) > 1:
            self.ask_revoke_all()
        elif self.chosen is not None:
            self.revoke_pressed.emit()

    def revoke(self) -> None:
        """Revoke the chosen flow for all signers, without asking the user. Do nothing if no flow is chosen."""
        if self.chosen is not None:
            work = partial(self._services.flows.revoke, self.chosen.flow_id)
            self._start(work, self._on_revoked, self.tr("Revoking…"))

    def start_signing(self) -> None:
        """Make the chosen prepared flow available to its signers. Do nothing if the flow is not prepared.

        If the flow does not belong to the current environment, ask the user first.
        """
        record = self.chosen
        if record is None or not self.can_start_signing:
            return
        home = Environment(record.environment, "", record.project_id)
        ask_if_elsewhere(
            self._window,
            home,
            self._watch.environment if self._watch is not None else home,
            title=self.name_of(record),
            act=self.tr("Start signing"),
            then=partial(self._start_signing, record),
        )

    def ask_revoke_all(self) -> None:
        """List the selected contracts that have not ended, and revoke them if the user confirms.

        If all of them have ended, show a message instead. Do nothing while a command is running.
        """
        rows = [row for row in self._table.chosen_rows if not row.status.is_final]
        if self._is_busy:
            return
        if not rows:
            self._messages.show_message(
                self.tr("The selected contracts have all ended, so there is nothing to revoke."), key="track.one"
            )
            return
        here = self._watch.environment if self._watch is not None else Environment(rows[0].environment, "")
        sheet = RevokeSheet(rows, here, self._window)
        sheet.confirmed.connect(partial(self._revoke_all, tuple(row.flow_id for row in rows)))
        sheet.stop_requested.connect(self.stop)
        self.several_progressed.connect(sheet.show_progress)
        self.several_revoked.connect(sheet.show_report)
        sheet.open()

    def press_correct(self) -> None:
        """Emit ``correct_pressed`` for the chosen flow, or show a message if several flows are selected."""
        if len(self._table.chosen_rows) > 1:
            self._messages.show_message(
                self.tr("Choose one contract. Contracts are corrected one at a time."), key="track.one"
            )
        elif self.chosen is not None:
            self.correct_pressed.emit()

    def correct(self) -> None:
        """Create a draft that corrects the chosen flow, and emit ``correction_made``. The flow itself is unchanged."""
        if self.chosen is not None:
            work = partial(self._services.corrections.begin, self.chosen.flow_id)
            self._start(work, self._on_corrected, self.tr("Opening a copy of the contract for editing…"))

    def download(self) -> None:
        """Download the signed files of all chosen flows to the folder that is set for downloads.

        A flow that fails does not stop the others. If no flow has signed files, show a message.
        """
        self._download(None)

    def download_elsewhere(self) -> None:
        """Ask the user for a folder, and download the signed files of all chosen flows to it, as ``download`` does."""
        choose_folder(self._window, self.tr("Folder for the signed files"), FileKind.SIGNED, self._download)

    def merge_files(self) -> None:
        """Ask the user for a file, and merge the signed files of all chosen flows into it.

        If there are no signed files, show a message instead. Do nothing if the user cancels.
        """
        self._merging.ask([row.flow_id for row in self._table.chosen_rows if row.can_download])

    def print_files(self) -> None:
        """Ask the user for a printer, and print the signed files of all chosen flows.

        If there are no signed files, show a message instead. Do nothing if the user cancels.
        """
        self._printing.ask([row.flow_id for row in self._table.chosen_rows if row.can_download])

    def download_original(self) -> None:
        """Download the chosen flow's original documents to the download folder, and offer to open the first.

        Do nothing if no flow is chosen.
        """
        record = self.chosen
        if record is None:
            return
        flows, preferences, cancel = self._services.flows, self._services.preferences, CancelToken()
        report = self._tasks.reporter(partial(self._show_progress, 1, 1), owner=self)
        mark = self.tr(" (original)")

        def work() -> tuple[Path, ...]:
            folder = usual_folder(preferences.download_folder)
            try:
                return flows.download_originals(record.flow_id, folder, mark=mark, on_progress=report, cancel=cancel)
            except Cancelled:
                return ()

        self._start(work, self._on_originals_downloaded, self.tr("Downloading…"), cancel)

    def stop(self) -> None:
        """Stop the running download or the revocation of several flows, if there is one.

        Completed steps are not undone.
        """
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            self.busy_changed.emit(self.tr("Stopping…"), False)
            # Aborting a connection may block, so it runs outside the window's thread.
            self._tasks.start(cancel.cancel, owner=self, lane=Lane.STORE)

    def _start_signing(self, record: FlowRecord) -> None:
        flows, submission = self._services.flows, self._services.submission

        def work() -> FlowRecord:
            outcome = submission.start_signing(SubmissionId(record.submission_id))
            if outcome.error is not None:
                raise outcome.error
            return flows.get(record.flow_id)

        self._start(work, self._on_signing_started, self.tr("Making the contract available to signers…"))

    def _download(self, folder: Path | None) -> None:
        flow_ids = tuple(row.flow_id for row in self._table.chosen_rows if row.can_download)
        if self._is_busy:
            return
        if not flow_ids:
            text = self.tr("Nothing to download yet: no one has signed.")
            self._messages.show_message(text, key="track.download")
            return
        flows, preferences, cancel = self._services.flows, self._services.preferences, CancelToken()
        report_progress = self._tasks.reporter(partial(self._show_progress, len(flow_ids)), owner=self)

        def work() -> DownloadReport:
            target = folder or usual_folder(preferences.download_folder)
            return download_all(flow_ids, flows, target, report_progress, cancel)

        self._start(work, self._on_downloaded, self.tr("Downloading…"), cancel)

    def _revoke_all(self, flow_ids: Sequence[FlowId]) -> None:
        flows, cancel = self._services.flows, CancelToken()
        report_count = self._tasks.reporter(self.several_progressed.emit, owner=self)

        def work() -> RevocationReport:
            records: list[FlowRecord] = []
            failures: dict[FlowId, AppError] = {}
            for number, flow_id in enumerate(flow_ids):
                if cancel.is_cancelled:
                    return RevocationReport(tuple(records), failures, frozenset(flow_ids[number:]))
                if number:
                    time.sleep(_PAUSE_S)
                try:
                    records.append(flows.revoke(flow_id))
                except AppError as error:
                    failures[flow_id] = error
                report_count(number + 1)
            return RevocationReport(tuple(records), failures)

        self._start(work, self._on_several_revoked, self.tr("Revoking…"), cancel)

    def _start(
        self, work: Callable[[], object], on_done: Callable[..., None], sentence: str, cancel: CancelToken | None = None
    ) -> None:
        if not self._begin(sentence, cancel):
            return

        def end(result: object) -> None:
            self._end()
            on_done(result)

        self._tasks.start(work, owner=self, on_done=end, on_error=self._on_failed, lane=Lane.NETWORK)

    def _begin(self, sentence: str, cancel: CancelToken | None) -> bool:
        """Start a command, and return True. Return False if another command is running."""
        if self._is_busy:
            return False
        self._is_busy, self._cancel = True, cancel
        self.busy_changed.emit(sentence, cancel is not None)
        return True

    def _show_stoppable(self, sentence: str) -> None:
        self.busy_changed.emit(sentence, True)

    def _end(self) -> None:
        self._is_busy, self._cancel = False, None
        self.busy_changed.emit("", False)

    def _on_failed(self, error: AppError) -> None:
        self._end()
        self._messages.show_message(error)
        # A send that has just been paused must appear in the list of unfinished sends.
        self.reload_requested.emit()

    def _on_prepared_known(self, flow_id: FlowId, is_prepared: bool) -> None:
        if is_prepared and self._record is not None and self._record.flow_id == flow_id:
            self._prepared_id = flow_id
            self.prepared_found.emit()

    def _on_prepared_unread(self, error: AppError) -> None:
        self._messages.show_message(error)

    def _on_signing_started(self, record: FlowRecord) -> None:
        self._poller.announce(record)
        text = self.tr("“{title}” is now available to its signers.").format(title=self.name_of(record))
        self._messages.show_message(text, MessageLevel.SUCCESS)

    def _on_revoked(self, record: FlowRecord) -> None:
        self._poller.announce(record)
        text = self.tr("“{title}” has been revoked.").format(title=self.name_of(record))
        self._messages.show_message(text, MessageLevel.SUCCESS)

    def _on_several_revoked(self, report: RevocationReport) -> None:
        self.several_revoked.emit(report)
        for record in report.records:
            self._poller.announce(record)
        self.reload_requested.emit()

    def _on_corrected(self, correction: Correction) -> None:
        self.correction_made.emit(correction)

    def _show_progress(self, count: int, number: int, done_bytes: int, total_bytes: int) -> None:
        if self._cancel is None:
            return
        text = self.tr("Downloading: {done} of {total} MB") if total_bytes else self.tr("Downloading: {done} MB")
        sentence = text.format(done=f"{done_bytes / 1e6:.1f}", total=f"{total_bytes / 1e6:.1f}")
        if count > 1:
            several = self.tr("Contract {number} of {count} — {progress}")
            sentence = several.format(number=number, count=count, progress=sentence)
        self.busy_changed.emit(sentence, True)

    def _on_downloaded(self, report: DownloadReport) -> None:
        for record in report.records:
            self._poller.announce(record)
        file_count = sum(len(record.downloaded_to) for record in report.records)
        if file_count:
            self._messages.show_message(self.tr("%n file(s) downloaded.", "", file_count), MessageLevel.SUCCESS)
        if len(report.failures) == 1:
            ((name, error),) = report.failures
            self._messages.show_message(error, about=name if report.records else "")
        elif report.failures:
            text = self.tr("%n contract(s) couldn't be downloaded.", "", len(report.failures))
            self._messages.show_message(text, MessageLevel.ERROR, remedy=failures_text(report.failures))

    def _on_originals_downloaded(self, paths: tuple[Path, ...]) -> None:
        if not paths:
            return
        self._messages.show_message(
            self.tr("%n original(s) downloaded.", "", len(paths)),
            MessageLevel.SUCCESS,
            remedy=one_line(str(paths[0].parent), most_characters=200),
            key="track.download",
            action=(self.tr("Open"), partial(self.open_file, paths[0])),
        )

    @property
    def elsewhere(self) -> str:
        """A sentence that names the chosen flow's environment, or an empty text if it is the current environment."""
        record = self.chosen
        if record is None or self._watch is None:
            return ""
        home, here = Environment(record.environment, "", record.project_id), self._watch.environment
        return elsewhere_sentence(home, here) if is_elsewhere(home, here) else ""
