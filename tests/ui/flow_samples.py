"""Made-up flows, and services that answer at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esign_desktop.domain.customers import customer_of_flow
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.flow import (
    DocumentProgress,
    FlowDetail,
    FlowDocument,
    FlowId,
    FlowRecord,
    FlowSigner,
    FlowStatus,
    SignerProgress,
    SignStatus,
)
from esign_desktop.services.flows.rows import flow_row
from esign_desktop.services.flows.service import FlowRows
from esign_desktop.services.sending.held import HeldChoice, HeldSend
from tests.drafts import NOW_MS

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.submission import SubmissionId

DAY_MS = 86_400_000


def make_signer(number: int = 1, name: str = "张三", **changes: Any) -> FlowSigner:
    url = f"https://sign.example.com/s/{number}"
    return replace(FlowSigner(f"account {number}", name, number, number, urls=(url,)), **changes)


def progress(number: int, code: int, **changes: Any) -> SignerProgress:
    return replace(SignerProgress(f"account {number}", SignStatus.of(code), code), **changes)


def make_flow(
    *,
    name: str = "flow",
    status: FlowStatus = FlowStatus.SIGNING,
    signers: tuple[FlowSigner, ...] | None = None,
    steps: tuple[SignerProgress, ...] = (),
    code: int | None = None,
    **changes: Any,
) -> FlowRecord:
    """One document and two signers in order; ``steps`` are what the platform says about the document."""
    detail = FlowDetail(
        FlowId(name), status, int(status) if code is None else code, (DocumentProgress("doc", "合同", steps),)
    )
    record = FlowRecord(
        FlowId(name),
        EnvironmentKind.TEST,
        "project",
        "submission",
        f"title of {name}",
        NOW_MS,
        NOW_MS + 30 * DAY_MS,
        1,
        status,
        (FlowDocument("doc", "合同"),),
        (make_signer(1, "张三"), make_signer(2, "李四")) if signers is None else signers,
        detail,
        NOW_MS,
    )
    return replace(record, **changes)


class FakeFlows:
    """Flows in memory. ``poll`` gives what was put into ``answers``, a record or an error, one a call."""

    def __init__(self, *records: FlowRecord) -> None:
        self.records = {record.flow_id: record for record in records}
        self.answers: list[FlowRecord | Exception] = []
        self.ours: frozenset[str] = frozenset()
        self.watched: list[FlowId | None] = []
        self.calls: list[str] = []
        self.failure: Exception | None = None
        self.refused: dict[FlowId, Exception] = {}
        self._cancel: CancelToken | None = None
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def list(self, _kind: EnvironmentKind | None = None) -> tuple[FlowRecord, ...]:
        return tuple(self.records.values())

    def rows(self, *, since: int = 0, before: int | None = None, limit: int = 500) -> FlowRows:
        """All flows on one page, whatever was asked for."""
        return FlowRows(tuple(map(flow_row, self.records.values())), 0, 1, is_complete=True)

    def get(self, flow_id: FlowId) -> FlowRecord:
        return self.records[flow_id]

    def our_names(self) -> frozenset[str]:
        return self.ours

    def customer_of(self, record: FlowRecord) -> str:
        return customer_of_flow(record, self.ours)

    def without_files(self, _kind: EnvironmentKind, *, since_ms: int) -> tuple[FlowId, ...]:
        done = (one for one in self.records.values() if one.status is FlowStatus.COMPLETED)
        return tuple(one.flow_id for one in done if not one.downloaded_to and one.sent_at_ms >= since_ms)

    def note_export(self, what: str) -> None:
        self.calls.append(f"exported {what}")

    def note_printed(self, flow_id: FlowId | None = None) -> None:
        self.calls.append(f"printed {flow_id}")

    def watch(self, flow_id: FlowId | None) -> None:
        self.watched.append(flow_id)

    def poll(self, kind: EnvironmentKind) -> FlowRecord | None:
        self.calls.append(f"poll {kind.value}")
        if not self.answers:
            return None
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.records[answer.flow_id] = answer
        return answer

    def poll_wait_s(self) -> float | None:
        return 0.0 if self.answers else None

    def refresh(self, flow_id: FlowId) -> FlowRecord:
        return self._do("refresh", flow_id)

    def revoke(self, flow_id: FlowId) -> FlowRecord:
        if flow_id in self.refused:
            self.calls.append(f"revoke {flow_id}")
            raise self.refused[flow_id]
        self.records[flow_id] = self._ended(flow_id, FlowStatus.REVOKED)
        return self._do("revoke", flow_id)

    def download(
        self, flow_id: FlowId, folder: Path, *, on_progress: Any = None, cancel: Any = None
    ) -> tuple[Path, ...]:
        self._cancel = cancel
        self.may_go_on.wait(5)
        if cancel is not None:
            cancel.raise_if_cancelled()
        if on_progress is not None:
            on_progress(10, 20)
        path = folder / "合同.pdf"
        self.records[flow_id] = replace(self.records[flow_id], downloaded_to=(str(path),))
        self._do("download", flow_id)
        return (path,)

    def signed_files(self, flow_id: FlowId, folder: Path, *, cancel: Any = None) -> tuple[Path, ...]:
        return self.download(flow_id, folder, cancel=cancel)

    def download_originals(
        self, flow_id: FlowId, folder: Path, *, mark: str, on_progress: Any = None, cancel: Any = None
    ) -> tuple[Path, ...]:
        self._cancel = cancel
        self.may_go_on.wait(5)
        if cancel is not None:
            cancel.raise_if_cancelled()
        if on_progress is not None:
            on_progress(10, 20)
        self._do("original", flow_id)
        return (folder / f"合同{mark}.pdf",)

    def was_cancelled(self) -> bool:
        """Whether the last download was told to stop."""
        return self._cancel is not None and self._cancel.is_cancelled

    def _ended(self, flow_id: FlowId, status: FlowStatus) -> FlowRecord:
        return replace(self.records[flow_id], status=status)

    def _do(self, call: str, flow_id: FlowId) -> FlowRecord:
        self.calls.append(f"{call} {flow_id}")
        if self.failure is not None:
            raise self.failure
        return self.records[flow_id]


class FakeEnvironments:
    """The test environment is the chosen one, unless told otherwise."""

    def __init__(self, kind: EnvironmentKind = EnvironmentKind.TEST) -> None:
        self.kind = kind

    def current(self) -> Environment:
        return Environment(self.kind, "https://platform.example.com/v3", "project")


def make_held(submission_id: SubmissionId, *, may_be_visible: bool = False) -> HeldSend:
    again = () if may_be_visible else (HeldChoice.START_AGAIN,)
    return HeldSend(
        id=submission_id,
        environment=EnvironmentKind.TEST,
        project_id="project",
        title="劳动合同",
        asked_at_ms=None,
        reason="api.timeout",
        start_count=1,
        contract_count=1,
        may_be_visible=may_be_visible,
        choices=(HeldChoice.LOOK_AGAIN, *again, HeldChoice.GIVE_UP),
        evidence=f"submission: {submission_id}",
    )
