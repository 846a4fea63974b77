"""Contracts that were sent at this counter today and that their customers can still sign.

After a crash nobody sees their codes any more, and the customer must not be sent a second one unawares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.domain.draft import ContractDraft
from esign_desktop.domain.forgetting import is_forgotten
from esign_desktop.domain.preset import PresetId
from esign_desktop.services.flow_rows import CHINA_MS, DAY_MS
from esign_desktop.services.signer_progress import signer_states
from esign_desktop.services.submission_facts import SubmissionFacts
from esign_desktop.store.flows import FlowRecord
from esign_desktop.store.journal import SubmissionId, SubmissionState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.domain.preset import Preset
    from esign_desktop.store.flows import Flows
    from esign_desktop.store.journal import Journal

_OVER = frozenset({SubmissionState.CANCELLED, SubmissionState.FAILED, SubmissionState.HELD})


@dataclass(frozen=True, slots=True)
class WaitingContract:
    """A contract of a preset that waits for its customers. ``is_sent``: nothing is left to do to show it to them.

    Or one that they have signed: then it ``is_signed``.
    """

    record: FlowRecord
    draft: ContractDraft = field(repr=False)
    preset_id: PresetId
    is_sent: bool
    is_signed: bool = False


class WaitingContracts:
    """Reads what is kept here and asks nobody: what the platform says may be newer. Calls block for the store."""

    def __init__(self, flows: Flows, journal: Journal, *, clock_ms: Callable[[], int]) -> None:
        self._flows = flows
        self._journal = journal
        self._clock_ms = clock_ms

    def today(self, environment: Environment, *, without: Collection[FlowId] = ()) -> Iterator[WaitingContract]:
        """Yield all that were sent from a counter, the one sent last first. Raises StoreError."""
        return self._found(environment, "", without)

    def of_customers(
        self, preset: Preset, customers: Sequence[Collection[str]], environment: Environment
    ) -> WaitingContract | None:
        """Return the newest contract of a preset with exactly these customers, each by all accounts that are theirs.

        Who has no account yet was never sent anything. Raises StoreError.
        """
        if not customers or not all(customers):
            return None
        found = [
            one
            for account_id in customers[0]
            for one in self._found(environment, account_id, ())
            if one.preset_id == preset.id and _are_of(customer_accounts(preset, one), customers)
        ]
        return max(found, key=_sent_at_ms, default=None)

    def signed_by(
        self, preset: Preset, customers: Sequence[Collection[str]], environment: Environment
    ) -> WaitingContract | None:
        """Return the newest contract of a preset that all of these customers have signed today. Raises StoreError."""
        if not customers or not all(customers):
            return None
        home = environment.kind, environment.project_id
        midnight_ms = _midnight_ms(self._clock_ms())
        records = {
            record.flow_id: record
            for account_id in customers[0]
            for record in self._flows.sent_to(*home, midnight_ms, account_id)
        }
        for record in sorted(records.values(), key=lambda one: -one.sent_at_ms):
            signed = {state.signer.account_id for state in signer_states(record) if state.has_signed}
            submission = self._journal.get(SubmissionId(record.submission_id))
            if submission is None or not all(signed.intersection(one) for one in customers):
                continue
            if SubmissionFacts(submission).origin == preset.id:
                return WaitingContract(record, submission.record.draft, preset.id, is_sent=True, is_signed=True)
        return None

    def _found(
        self, environment: Environment, account_id: str, without: Collection[FlowId]
    ) -> Iterator[WaitingContract]:
        now_ms = self._clock_ms()
        home = environment.kind, environment.project_id
        for record in self._flows.unsigned_since(*home, _midnight_ms(now_ms), now_ms, account_id=account_id):
            if record.flow_id in without or any(is_forgotten(one.account_id) for one in record.signers):
                continue
            submission = self._journal.get(SubmissionId(record.submission_id))
            if submission is None or submission.state in _OVER:
                continue
            facts = SubmissionFacts(submission)
            if facts.origin:
                is_sent = submission.state is SubmissionState.DONE
                yield WaitingContract(record, submission.record.draft, PresetId(facts.origin), is_sent)


def _midnight_ms(now_ms: int) -> int:
    """Return when the day began in China."""
    return (now_ms + CHINA_MS) // DAY_MS * DAY_MS - CHINA_MS


def _sent_at_ms(found: WaitingContract) -> int:
    return found.record.sent_at_ms


def _are_of(account_ids: set[str], customers: Sequence[Collection[str]]) -> bool:
    """Whether the accounts are those of all of the customers, and of nobody else."""
    theirs = [account_ids.intersection(one) for one in customers]
    return all(theirs) and set().union(*theirs) == account_ids


def customer_accounts(preset: Preset, waiting: WaitingContract) -> set[str]:
    """Return the accounts of a contract's customers who have not signed; empty when it is not of the preset's shape."""
    if len(preset.roles) != len(waiting.draft.signers):
        return set()
    numbers = {number for number, role in enumerate(preset.roles, 1) if role in preset.customers}
    states = [state for state in signer_states(waiting.record) if state.signer.number in numbers]
    if all(state.has_signed for state in states):
        return set()
    return {state.signer.account_id for state in states}
