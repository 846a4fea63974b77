"""List the contracts sent from this computer on one day (the *shift sheet*), and find contracts still to be signed.

A day is a calendar day in China. The sheet is printed and may be seen by others, so customers' names are masked on it.
After a crash, no screen shows the QR codes of contracts that are waiting for a customer. These contracts must be found
so that no customer is sent a second contract by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import masked_name
from esign_desktop.domain.china_time import DAY_MS, china_datetime, china_text, day_begin_ms, midnight_ms
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.erasure import is_forgotten
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.flow import FlowId, FlowRecord, FlowSigner, FlowStatus, SignStatus
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.flows.progress import end_reason, signer_states, stopped_by
from esign_desktop.services.sending.facts import SubmissionFacts
from esign_desktop.services.sheets.csv_file import save_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.journal import Journal


_OPEN: Final = frozenset({FlowStatus.DRAFT, FlowStatus.SIGNING, FlowStatus.UNKNOWN})


@dataclass(frozen=True, slots=True)
class ShiftHeading:
    """The heading of a shift sheet.

    ``audit_lines`` is the number of lines in the audit log. ``audit_head`` is the abbreviated digest of all its lines,
    with which the log can be compared later.
    """

    branch: str = ""
    teller: str = ""
    audit_lines: int = 0
    audit_head: str = ""


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A contract on a shift sheet. Times are in epoch milliseconds.

    ``signed_at_ms`` is the time of the last signature, or None if the contract is not complete. ``has_expired`` is true
    after the deadline, even if the platform has not ended the contract yet.
    """

    flow_id: FlowId
    title: str = field(repr=False)
    masked_names: tuple[str, ...] = field(repr=False)
    status: FlowStatus
    sent_at_ms: int
    signed_at_ms: int | None
    deadline_ms: int | None
    contract_count: int
    has_expired: bool
    stopped: SignStatus | None = None
    """The reason why a terminated flow ended, REFUSED or FAILED, or None if no signer's state explains it."""
    reason: str = field(default="", repr=False)
    """The reason for the end in the signer's or the platform's own words."""


@dataclass(frozen=True, slots=True)
class ShiftSheet:
    """The contracts sent on one day, earliest first."""

    day: date
    lines: tuple[ShiftLine, ...]

    def count(self, status: FlowStatus) -> int:
        """Return the number of contracts with this status."""
        return sum(line.status is status for line in self.lines)

    @property
    def waiting_count(self) -> int:
        """The number of contracts that can still be signed."""
        return sum(line.status in _OPEN and not line.has_expired for line in self.lines)

    @property
    def expired_count(self) -> int:
        """The number of expired contracts, including those that still have to be revoked."""
        return sum(line.has_expired for line in self.lines)


@dataclass(frozen=True, slots=True)
class ShiftRevocation:
    """The result of revoking expired contracts.

    ``ended`` contains the contracts that had already ended and did not need to be revoked.
    """

    revoked: tuple[FlowId, ...] = ()
    ended: tuple[FlowId, ...] = ()
    failed: Mapping[FlowId, AppError] = field(default_factory=dict)


class ShiftService:
    """The service that creates shift sheets and revokes expired contracts. Calls block on the store and the network."""

    def __init__(
        self,
        flows: Flows,
        flow_service: FlowService,
        *,
        environment: Callable[[], Environment],
        clock_ms: Callable[[], int],
    ) -> None:
        self._flows = flows
        self._flow_service = flow_service
        self._environment = environment
        self._clock_ms = clock_ms

    def sheet(self, day: date | None = None) -> ShiftSheet:
        """Return the shift sheet of a day, by default today. The sheet shows the states stored on this computer.

        Raises StoreError.
        """
        now_ms = self._clock_ms()
        day = day or china_datetime(now_ms).date()
        began_ms = day_begin_ms(day)
        environment = self._environment()
        records = self._flows.sent_between(environment.kind, environment.project_id, began_ms, began_ms + DAY_MS)
        return ShiftSheet(day, tuple(_line(record, now_ms) for record in reversed(records)))

    def export(self, sheet: ShiftSheet, target: Path, *, headings: Sequence[str], words: Mapping[FlowId, str]) -> None:
        """Write a shift sheet as a CSV file (see ``write_shift_csv``), and record the export in the audit log.

        Raises StoreError.
        """
        write_shift_csv(sheet, target, headings=headings, words=words)
        self._flow_service.note_export("shift")

    def note_printed(self) -> None:
        """Record in the audit log that a shift sheet was printed."""
        self._flow_service.note_printed(what="shift")

    def revoke_expired(self) -> ShiftRevocation:
        """Revoke all contracts of the project that are past their deadline and have not ended.

        This includes contracts that were sent on earlier days. If a contract cannot be revoked, it is listed in
        ``failed``, and the others are still revoked. Raises StoreError or InputError.
        """
        environment, now_ms = self._environment(), self._clock_ms()
        revoked: list[FlowId] = []
        ended: list[FlowId] = []
        failed: dict[FlowId, AppError] = {}
        for flow_id in self._flows.open_ids(environment.kind, environment.project_id):
            deadline_ms = self._flows.get(flow_id).deadline_ms
            if deadline_ms is None or deadline_ms > now_ms:
                continue
            try:
                is_over = self._flow_service.refresh(flow_id).status.is_final
                if not is_over:
                    self._flow_service.revoke(flow_id)
                (ended if is_over else revoked).append(flow_id)
            except AppError as error:
                if self._flows.get(flow_id).status.is_final:
                    ended.append(flow_id)
                else:
                    failed[flow_id] = error
        return ShiftRevocation(tuple(revoked), tuple(ended), failed)


def write_shift_csv(sheet: ShiftSheet, target: Path, *, headings: Sequence[str], words: Mapping[FlowId, str]) -> None:
    """Write a shift sheet as a CSV file. Raises StoreError.

    ``headings`` are the headings of the columns for time sent, contract, customers, state, time signed and flow id, in
    this order. ``words`` maps each flow id to the text of the state column.
    """
    rows = [
        (
            china_text(line.sent_at_ms),
            line.title,
            " ".join(filter(None, line.masked_names)),
            words.get(line.flow_id, ""),
            "" if line.signed_at_ms is None else china_text(line.signed_at_ms),
            line.flow_id,
        )
        for line in sheet.lines
    ]
    save_csv([headings, *rows], target)


def _line(record: FlowRecord, now_ms: int) -> ShiftLine:
    states = signer_states(record)
    signed = [state.signed_at_ms for state in states if state.signed_at_ms is not None]
    is_late = record.deadline_ms is not None and record.deadline_ms <= now_ms
    return ShiftLine(
        record.flow_id,
        record.title,
        tuple(
            masked_name(signer.name) for signer in record.signers if signer.name and not signer.organization_account_id
        ),
        record.status,
        record.sent_at_ms,
        max(signed) if signed and record.status is FlowStatus.COMPLETED else None,
        record.deadline_ms,
        record.contract_count,
        record.status is FlowStatus.EXPIRED or (record.status in _OPEN and is_late),
        stopped_by(states) if record.status is FlowStatus.TERMINATED else None,
        end_reason(record),
    )


_OVER = frozenset(state for state in SubmissionState if state.waits_for_person) | {
    SubmissionState.CANCELLED,
    SubmissionState.FAILED,
}


@dataclass(frozen=True, slots=True)
class WaitingContract:
    """A contract that a counter started sending today and that customers still have to sign or have already signed.

    ``is_sent`` means that sending is complete, so the QR code can be shown at once. ``is_signed`` means that all
    customers have signed.
    """

    record: FlowRecord
    draft: ContractDraft = field(repr=False)
    preset_id: PresetId
    is_sent: bool
    is_signed: bool = False


class WaitingContracts:
    """The service that finds waiting contracts in the store without querying the platform. Calls block on the store."""

    def __init__(self, flows: Flows, journal: Journal, *, clock_ms: Callable[[], int]) -> None:
        self._flows = flows
        self._journal = journal
        self._clock_ms = clock_ms

    def today(self, environment: Environment, *, without: Collection[FlowId] = ()) -> Iterator[WaitingContract]:
        """Yield today's unsigned contracts that were sent from a counter, most recent first. Raises StoreError.

        Flows whose ids are in ``without`` are skipped.
        """
        return self._found(environment, "", without)

    def of_customers(
        self, preset: Preset, customers: Sequence[Collection[str]], environment: Environment
    ) -> WaitingContract | None:
        """Return today's newest waiting contract that was made from a preset for exactly these customers.

        The result is None if there is no such contract. ``customers`` contains all account ids of each customer. If a
        customer has no account, no contract can have been sent to that customer. Raises StoreError.
        """
        if not customers or not all(customers):
            return None
        found = [
            waiting
            for account_id in customers[0]
            for waiting in self._found(environment, account_id, ())
            if waiting.preset_id == preset.id and _are_of(customer_accounts(preset, waiting), customers)
        ]
        return max(found, key=_sent_at_ms, default=None)

    def signed_by(
        self, preset: Preset, customers: Sequence[Collection[str]], environment: Environment
    ) -> WaitingContract | None:
        """Return today's newest contract that was made from a preset and signed by all these customers.

        The result is None if there is no such contract. ``customers`` contains all account ids of each customer. Raises
        StoreError.
        """
        if not customers or not all(customers):
            return None
        home = environment.kind, environment.project_id
        began_ms = midnight_ms(self._clock_ms())
        records = {
            record.flow_id: record
            for account_id in customers[0]
            for record in self._flows.sent_to(*home, began_ms, account_id)
        }
        for record in sorted(records.values(), key=lambda record: -record.sent_at_ms):
            signed = {_account_of(state.signer) for state in signer_states(record) if state.has_signed}
            submission = self._journal.get(SubmissionId(record.submission_id))
            if submission is None or not all(signed.intersection(customer) for customer in customers):
                continue
            if SubmissionFacts(submission).origin == preset.id:
                return WaitingContract(record, submission.record.draft, preset.id, is_sent=True, is_signed=True)
        return None

    def _found(
        self, environment: Environment, account_id: str, without: Collection[FlowId]
    ) -> Iterator[WaitingContract]:
        now_ms = self._clock_ms()
        home = environment.kind, environment.project_id
        for record in self._flows.unsigned_since(*home, midnight_ms(now_ms), now_ms, account_id=account_id):
            if record.flow_id in without or any(is_forgotten(signer.account_id) for signer in record.signers):
                continue
            submission = self._journal.get(SubmissionId(record.submission_id))
            if submission is None or submission.state in _OVER:
                continue
            facts = SubmissionFacts(submission)
            if facts.origin:
                is_sent = submission.state is SubmissionState.DONE
                yield WaitingContract(record, submission.record.draft, PresetId(facts.origin), is_sent)


def _sent_at_ms(found: WaitingContract) -> int:
    return found.record.sent_at_ms


def _are_of(account_ids: set[str], customers: Sequence[Collection[str]]) -> bool:
    """Return whether every customer has one of the accounts and every account belongs to a customer."""
    theirs = [account_ids.intersection(customer) for customer in customers]
    return all(theirs) and set().union(*theirs) == account_ids


def customer_accounts(preset: Preset, waiting: WaitingContract) -> set[str]:
    """Return the account ids of a waiting contract's customers.

    The result is empty if all customers have signed, or if the contract and the preset have different numbers of
    signers.
    """
    if len(preset.signers) != len(waiting.draft.signers):
        return set()
    numbers = {number for number, role in enumerate(preset.signers, 1) if role in preset.customers}
    states = [state for state in signer_states(waiting.record) if state.signer.number in numbers]
    if all(state.has_signed for state in states):
        return set()
    return {_account_of(state.signer) for state in states}


def _account_of(signer: FlowSigner) -> str:
    """Return the account of the party: the organization's if the signer acts for one. An agent may act for several."""
    return signer.organization_account_id or signer.account_id
