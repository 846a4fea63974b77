"""Contracts that are at the platform: their list, their state, their end, their signed files."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from esign_desktop.api.errors import OutcomeUnknown, Refused
from esign_desktop.api.exchange import CancelToken
from esign_desktop.domain.errors import ApiError, InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.file_names import free_path, safe_stem
from esign_desktop.services.polling import PollingSchedule
from esign_desktop.store.disk_errors import disk_error
from esign_desktop.store.flows import FlowRecord, FlowSigner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.environment import Environment, EnvironmentKind
    from esign_desktop.domain.flow import FlowDetail, FlowId
    from esign_desktop.store.flows import Flows

__all__ = ["CancelToken", "FlowRecord", "FlowService", "FlowSigner"]


class FlowService:
    """The only list of flows there is, kept true by asking. Calls block for store and network."""

    def __init__(
        self,
        flows: Flows,
        *,
        environment_of: Callable[[EnvironmentKind], Environment],
        client_for: Callable[[Environment], PlatformClient],
        clock_ms: Callable[[], int],
        monotonic_s: Callable[[], float] = time.monotonic,
        schedule: PollingSchedule | None = None,
    ) -> None:
        self._flows = flows
        self._environment_of = environment_of
        self._client_for = client_for
        self._clock_ms = clock_ms
        self._monotonic_s = monotonic_s
        self._schedule_lock = threading.Lock()
        self._schedule = schedule or PollingSchedule()

    def list(self, kind: EnvironmentKind | None = None) -> tuple[FlowRecord, ...]:
        """Return the flows of an environment, or of all, the latest first."""
        return self._flows.list(kind)

    def get(self, flow_id: FlowId) -> FlowRecord:
        """Return what is known about a flow. Raises StoreError ``store.no_such_flow``."""
        return self._flows.get(flow_id)

    def refresh(self, flow_id: FlowId) -> FlowRecord:
        """Ask the platform how the flow stands. Raises ApiError, and InputError ``flow.other_project``."""
        record = self.get(flow_id)
        self._ask(record, self._client_of(record))
        return self.get(flow_id)

    def revoke(self, flow_id: FlowId) -> FlowRecord:
        """End the flow for everybody; believed only when the flow itself says so.

        Raises ApiError: Refused when the platform would not and the flow goes on, OutcomeUnknown when nobody knows.
        """
        record = self.get(flow_id)
        client = self._client_of(record)
        failure: ApiError | None = None
        try:
            client.revoke(flow_id)
        except ApiError as error:
            failure = error
        detail = self._ask_after(record, client, failure)
        if detail.status is not FlowStatus.REVOKED:
            raise failure or OutcomeUnknown("flow.not_revoked", f"status {detail.code}")
        return self.get(flow_id)

    def download(
        self,
        flow_id: FlowId,
        folder: Path,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> tuple[Path, ...]:
        """Fetch every file that carries a seal into the folder, on top of none; return them in the flow's order.

        Files that came before a failure stay. ``on_progress`` gets bytes done and in all, of the current file. Raises
        ApiError, StoreError for the folder, InputError ``flow.nothing_signed``, and Cancelled.
        """
        record = self.get(flow_id)
        client = self._client_of(record)
        signed = {document.doc_id: document for document in client.signed_documents(flow_id)}
        if not signed:
            raise InputError("flow.nothing_signed")
        names = {document.doc_id: document.name for document in record.documents}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error) from error
        paths: list[Path] = []
        for doc_id in (*(i for i in names if i in signed), *(i for i in signed if i not in names)):
            stem = safe_stem(names.get(doc_id, ""), fallback=doc_id)
            path = free_path(folder, stem, ".pdf", taken=paths)
            client.download(signed[doc_id].url, path, on_progress=on_progress, cancel=cancel)
            paths.append(path)
        self._flows.set_downloaded(flow_id, paths)
        return tuple(paths)

    def watch(self, flow_id: FlowId | None) -> None:
        """Poll this flow often: somebody stands in front of its QR code."""
        with self._schedule_lock:
            self._schedule.watch(flow_id)

    def poll(self, kind: EnvironmentKind) -> FlowRecord | None:
        """Ask about the one flow whose turn it is, if it is anybody's; return it as it stands then.

        To be called again after ``poll_wait_s``. Raises ApiError; the flow has had its turn all the same.
        """
        open_flows = self._open_flows(kind)
        with self._schedule_lock:
            self._schedule.set_flows(open_flows)
            now_s = self._monotonic_s()
            flow_id = self._schedule.due(now_s)
            if flow_id is None:
                return None
            self._schedule.asked(flow_id, now_s)
        return self.refresh(flow_id)

    def poll_wait_s(self) -> float | None:
        """Return how long nothing may be asked; None when no flow of the last ``poll`` is open."""
        with self._schedule_lock:
            return self._schedule.wait_s(self._monotonic_s())

    def _open_flows(self, kind: EnvironmentKind) -> tuple[FlowId, ...]:
        project_id = self._environment_of(kind).project_id
        return tuple(
            flow.flow_id
            for flow in self._flows.list(kind)
            if flow.project_id == project_id and not flow.status.is_final and flow.status is not FlowStatus.DRAFT
        )

    def _ask_after(self, record: FlowRecord, client: PlatformClient, failure: ApiError | None) -> FlowDetail:
        try:
            return self._ask(record, client)
        except ApiError as error:
            # A refusal is certain, and says more than that the question afterwards failed.
            if isinstance(failure, Refused):
                raise failure from error
            raise

    def _ask(self, record: FlowRecord, client: PlatformClient) -> FlowDetail:
        with self._schedule_lock:
            self._schedule.asked(record.flow_id, self._monotonic_s())
        detail = client.detail(record.flow_id)
        self._flows.update_detail(record.flow_id, detail, self._clock_ms())
        return detail

    def _client_of(self, record: FlowRecord) -> PlatformClient:
        environment = self._environment_of(record.environment)
        if environment.project_id != record.project_id:
            raise InputError("flow.other_project", project_id=record.project_id)
        return self._client_for(environment)
