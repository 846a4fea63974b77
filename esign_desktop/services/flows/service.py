"""The contracts on the platform: their list, state, revocation and signed files."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esign_desktop.api.errors import OutcomeUnknown, Refused
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.customers import customer_of_flow
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.errors import ApiError, AppError, InputError, StoreError
from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.domain.flow import FlowRecord, FlowStatus
from esign_desktop.services.flows.files import file_stem, files_as_fetched, free_path, subfolder, twin_of
from esign_desktop.services.flows.news import NewsBoard
from esign_desktop.services.flows.polling import PollingSchedule
from esign_desktop.services.flows.rows import FlowRow, flow_row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.environment import Environment, EnvironmentKind
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.flow import FlowDetail, FlowId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.store.tables.audit import Audit
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.notices import NoticeInbox


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FlowRows:
    """A page of the list of flows. For the revisions, see ``store.tables.flows.FlowPage``."""

    rows: tuple[FlowRow, ...]
    first_revision: int
    last_revision: int
    is_complete: bool


class FlowService:
    """The service for the list of flows. It queries the platform to update the list.

    Calls block on the store and the network.
    """

    def __init__(
        self,
        flows: Flows,
        *,
        environment_of: Callable[[EnvironmentKind], Environment],
        client_for: Callable[[Environment], PlatformClient],
        clock_ms: Callable[[], int],
        monotonic_s: Callable[[], float] = time.monotonic,
        schedule: PollingSchedule | None = None,
        audit: Audit | None = None,
        inbox: NoticeInbox | None = None,
        documents: DocumentService | None = None,
        ours: Callable[[], frozenset[str]] = frozenset,
        layout: Callable[[], FolderLayout] = lambda: FolderLayout.CUSTOMER,
    ) -> None:
        """Create the service. ``documents`` checks that downloaded originals are PDFs.

        ``ours`` returns the names of the user's own organizations, and ``layout`` the subfolders into which files are
        saved; both may block on the store.
        """
        self._ours = ours
        self._layout = layout
        self._flows = flows
        self._audit = audit
        self._inbox = inbox
        self._documents = documents
        self._environment_of = environment_of
        self._client_for = client_for
        self._clock_ms = clock_ms
        self._monotonic_s = monotonic_s
        self.news = NewsBoard()
        """Status changes of open flows, collected for the notifier."""
        self._schedule_lock = threading.Lock()
        self._schedule = schedule or PollingSchedule()

    def list(self, kind: EnvironmentKind | None = None) -> tuple[FlowRecord, ...]:
        """Return the flows of an environment, or of all environments if ``kind`` is None, most recent first."""
        return self._flows.list(kind)

    def rows(self, *, since: int = 0, before: int | None = None, limit: int = 500) -> FlowRows:
        """Return a page of the flows that changed after the revision ``since``.

        See ``store.tables.flows.Flows.changed``.
        """
        page = self._flows.changed(since=since, before=before, limit=limit)
        rows = tuple(map(flow_row, page.records))
        return FlowRows(rows, page.first_revision, page.last_revision, page.is_complete)

    def last_sent(self, titles: Collection[str]) -> dict[str, int]:
        """Return, for each title, the time at which a contract with that title was last sent, in epoch milliseconds.

        A title may contain a placeholder of the customer. Titles without such a contract are left out.
        """
        return self._flows.last_sent(titles)

    def get(self, flow_id: FlowId) -> FlowRecord:
        """Return a flow with the state stored on this computer. Raises StoreError ``store.no_such_flow``."""
        return self._flows.get(flow_id)

    def customers(self, flow_id: FlowId, ours: frozenset[str]) -> tuple[str, ...]:
        """Return the names of a flow's customers, or nothing if the flow is not stored or the customers are erased.

        ``ours`` contains the names of the user's own organizations.
        """
        try:
            names = flow_row(self.get(flow_id)).customers(ours)
        except StoreError:
            return ()
        return tuple(name for name in names if name != FORGOTTEN_NAME)

    def customer_of(self, record: FlowRecord) -> str:
        """Return the name of a flow's first customer, or an empty string if there is none."""
        return customer_of_flow(record, self.our_names())

    def our_names(self) -> frozenset[str]:
        """Return the names of the user's own organizations, or an empty set if they can't be read."""
        try:
            return self._ours()
        except AppError:
            # Without the contacts, all parties are shown as customers.
            return frozenset()

    def refresh(self, flow_id: FlowId) -> FlowRecord:
        """Query the platform for the state of a flow, and return the flow with its new state.

        Raises ApiError, StoreError or InputError ``flow.other_project``.
        """
        record = self.get(flow_id)
        self._ask(record, self._client_of(record))
        return self.get(flow_id)

    def revoke(self, flow_id: FlowId) -> FlowRecord:
        """Revoke a flow for all signers, query the platform to confirm this, and return the flow with its new state.

        Raises ApiError, in particular Refused if the platform refuses and the flow continues, and OutcomeUnknown if it
        is unknown whether the flow was revoked.
        """
        record = self.get(flow_id)
        client = self._client_of(record)
        failure: ApiError | None = None
        try:
            client.revoke(flow_id)
        except ApiError as error:
            failure = error
        try:
            detail = self._ask_after(record, client, failure)
            if detail.status is not FlowStatus.REVOKED:
                raise failure or OutcomeUnknown("flow.not_revoked", f"status {detail.code}")
        except ApiError as error:
            self._note(AuditAction.REVOKED, record, error.code)
            raise
        self._note(AuditAction.REVOKED, record)
        return self.get(flow_id)

    def end_replaced(self, flow_id: FlowId) -> FlowRecord:
        """Revoke a flow that another contract replaces, unless the flow has already ended. Return the flow.

        Raises InputError ``correction.completed`` if all signers have signed the flow, and the errors of ``revoke``.
        """
        record = self.refresh(flow_id)
        if not record.status.is_final:
            try:
                record = self.revoke(flow_id)
            except ApiError:
                # The flow may have ended just before the revocation.
                record = self.get(flow_id)
                if not record.status.is_final:
                    raise
        if record.status is FlowStatus.COMPLETED:
            raise InputError("correction.completed")
        return record

    def download(
        self,
        flow_id: FlowId,
        folder: Path,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> tuple[Path, ...]:
        """Download every signed document of a flow, and return the paths of the files in the order of the documents.

        The files are named ``{customer}/{date}_{contract}_{customer}.pdf`` below ``folder``, with the subfolder of the
        layout that is set. No other file is overwritten. Files that were downloaded before a failure are kept, and the
        next attempt reuses them. ``on_progress`` receives the number of bytes downloaded so far and the total number of
        bytes of the current file. Raises ApiError, StoreError if the folder cannot be created, InputError
        ``flow.nothing_signed``, and Cancelled.
        """
        record = self.get(flow_id)
        client = self._client_of(record)
        signed = {document.doc_id: document for document in client.signed_documents(flow_id)}
        if not signed:
            raise InputError("flow.nothing_signed")
        names = {document.doc_id: document.name for document in record.documents}
        customer = self.customer_of(record)
        target = _made_folder(folder / subfolder(record, customer, self._layout()))
        paths: list[Path] = []
        hashes: list[str] = []
        for doc_id in (*(i for i in names if i in signed), *(i for i in signed if i not in names)):
            stem = file_stem(record, names.get(doc_id, ""), customer, fallback=doc_id)
            path = free_path(target, stem, ".pdf", taken=paths)
            hashes.append(client.download(signed[doc_id].url, path, on_progress=on_progress, cancel=cancel))
            paths.append(_without_twin(path, target, stem, paths))
        self._flows.set_downloaded(flow_id, paths, hashes)
        self._note(AuditAction.DOWNLOADED, record)
        return tuple(paths)

    def signed_files(self, flow_id: FlowId, folder: Path, *, cancel: CancelToken | None = None) -> tuple[Path, ...]:
        """Return the paths of a flow's signed files. If any file is missing or has changed, all are downloaded again.

        Raises the errors of ``download``.
        """
        return files_as_fetched(self.get(flow_id)) or self.download(flow_id, folder, cancel=cancel)

    def download_originals(
        self,
        flow_id: FlowId,
        folder: Path,
        *,
        mark: str,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> tuple[Path, ...]:
        """Download the original, unsigned documents of a flow, and return the paths of the files.

        The files are stored beside the signed files, and their names end with ``mark``. Each URL is requested just
        before its download, because it is valid for only 30 minutes (platform documentation 4.8.3). A file that is not
        a PDF is deleted. Raises PdfError and the errors of ``download``.
        """
        record = self.get(flow_id)
        client = self._client_of(record)
        customer = self.customer_of(record)
        target = _made_folder(folder / subfolder(record, customer, self._layout()))
        paths: list[Path] = []
        for document in record.documents:
            stem = f"{file_stem(record, document.name, customer, fallback=document.doc_id)}{mark}"
            path = free_path(target, stem, ".pdf", taken=paths)
            client.download(client.document_url(document.doc_id), path, on_progress=on_progress, cancel=cancel)
            if self._documents is not None:
                try:
                    self._documents.check(path)
                except AppError:
                    path.unlink(missing_ok=True)
                    raise
            paths.append(_without_twin(path, target, stem, paths))
        self._note(AuditAction.ORIGINAL_DOWNLOADED, record)
        return tuple(paths)

    def without_files(self, kind: EnvironmentKind, *, since_ms: int) -> tuple[FlowId, ...]:
        """Return the ids of completed flows whose files have not been downloaded, oldest first.

        Only flows of the current project that were sent at ``since_ms`` (epoch milliseconds) or later are included.
        """
        return self._flows.without_files(kind, self._environment_of(kind).project_id, since_ms)

    def watch(self, flow_id: FlowId | None) -> None:
        """Query a flow more often than others, for example while a customer looks at its QR code. Pass None to stop."""
        with self._schedule_lock:
            self._schedule.watch(flow_id)

    def poll(self, kind: EnvironmentKind) -> FlowRecord | None:
        """Query the platform for the flow that is due, and return the flow with its new state.

        The result is None if no flow is due. Call this again after ``poll_wait_s`` seconds. Raises ApiError. A failed
        query also counts for the schedule.
        """
        open_flows = self._open_flows(kind)
        noticed = self._noticed(kind, open_flows)
        with self._schedule_lock:
            self._schedule.set_flows(open_flows)
            self._schedule.prefer(noticed)
            now_s = self._monotonic_s()
            flow_id = self._schedule.due(now_s)
            if flow_id is None:
                return None
            self._schedule.asked(flow_id, now_s)
        asked_at_ms = self._clock_ms()
        record = self.refresh(flow_id)
        if self._inbox is not None and flow_id in noticed:
            self._inbox.settle(flow_id, received_until_ms=asked_at_ms)
        return record

    def poll_wait_s(self) -> float | None:
        """Return the number of seconds until the next query is due, or None if the last ``poll`` found no open flow."""
        with self._schedule_lock:
            return self._schedule.wait_s(self._monotonic_s())

    def _noticed(self, kind: EnvironmentKind, open_flows: tuple[FlowId, ...]) -> frozenset[FlowId]:
        """Return the open flows for which a notice has arrived. Notices for other flows are marked as settled."""
        if self._inbox is None:
            return frozenset()
        now_ms, known, waiting = self._clock_ms(), frozenset(open_flows), self._inbox.open_flows(kind)
        for flow_id in waiting:
            if flow_id not in known:
                self._inbox.settle(flow_id, received_until_ms=now_ms)
        return known.intersection(waiting)

    def _open_flows(self, kind: EnvironmentKind) -> tuple[FlowId, ...]:
        return self._flows.open_ids(kind, self._environment_of(kind).project_id)

    def _ask_after(self, record: FlowRecord, client: PlatformClient, failure: ApiError | None) -> FlowDetail:
        try:
            return self._ask(record, client)
        except ApiError as error:
            # The refusal is certain, and it is more informative than the failure of the query that followed.
            if isinstance(failure, Refused):
                raise failure from error
            raise

    def _ask(self, record: FlowRecord, client: PlatformClient) -> FlowDetail:
        with self._schedule_lock:
            self._schedule.asked(record.flow_id, self._monotonic_s())
        # Queries run in parallel, and the response to an earlier query may arrive last.
        asked_at_ms = self._clock_ms()
        detail = client.detail(record.flow_id)
        self._flows.update_detail(record.flow_id, detail, asked_at_ms, now_ms=self._clock_ms())
        self.news.compare(record, self.get(record.flow_id), self.customer_of(record))
        return detail

    def _client_of(self, record: FlowRecord) -> PlatformClient:
        """Return the client for the project of a flow. Raises InputError ``flow.other_project``.

        The user may have switched to another project since the flow was sent. The client then needs the secret of the
        flow's project, which may still be stored.
        """
        environment = self._environment_of(record.environment)
        try:
            return self._client_for(replace(environment, project_id=record.project_id))
        except InputError as error:
            if environment.project_id != record.project_id and error.code == "environment.no_secret":
                raise InputError("flow.other_project", project_id=record.project_id) from error
            raise

    def note_export(self, what: str) -> None:
        """Record in the audit log that a list was exported. ``what`` is the kind of list."""
        if self._audit is not None:
            with suppress(StoreError):
                self._audit.note(AuditAction.EXPORTED, title=what)

    def note_printed(self, flow_id: FlowId | None = None, what: str = "signed") -> None:
        """Record a printout in the audit log.

        ``what`` is the kind of printout. ``flow_id`` is the id of the printed flow, or None if the printout is not of a
        single flow.
        """
        if self._audit is not None:
            with suppress(StoreError):
                self._audit.note(AuditAction.PRINTED, flow_id=flow_id or "", title=what)

    def _note(self, action: AuditAction, record: FlowRecord, outcome: str = "") -> None:
        """Record an action in the audit log. If this fails, the action still counts as successful."""
        if self._audit is None:
            return
        try:
            self._audit.note(
                action,
                environment=record.environment,
                flow_id=record.flow_id,
                title=record.title,
                outcome=outcome,
            )
        except StoreError as error:
            _log.error("what was done can't be noted: %s", error.code)


def _made_folder(target: Path) -> Path:
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(error) from error
    return target


def _without_twin(path: Path, folder: Path, stem: str, taken: Collection[Path]) -> Path:
    """Return the path of a downloaded file or, after deleting it, of an identical file from an earlier download."""
    try:
        twin = twin_of(path, folder, stem, ".pdf", taken=taken)
        if twin is None:
            return path
        path.unlink()
    except OSError:
        # The download succeeded, even if the file now exists twice.
        return path
    return twin
