"""Held sends, whose start requests have an unknown outcome, and the decisions that the user can make about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.china_time import china_datetime
from esign_desktop.domain.environment import EnvironmentKind, host_of
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.sending.facts import SubmissionFacts

if TYPE_CHECKING:
    from esign_desktop.store.tables.journal import Submission


RESTORED: Final = "submission.restored"
"""The reason code of a send that was restored from another computer's backup, where it was in progress."""


class HeldChoice(StrEnum):
    """A decision that the user can make about a held send."""

    LOOK_AGAIN = "look_again"
    START_AGAIN = "start_again"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class HeldSend:
    """The details of a held send, for display.

    ``asked_at_ms`` is the time of the last start request in epoch milliseconds, or None if there was none, and
    ``reason`` is the code of its failure. ``may_be_visible`` means that signers can see the flow if it exists.
    Otherwise, no signer has seen or will see the flow. ``evidence`` is English text for the platform's support, with
    ids and times but without names and links.
    """

    id: SubmissionId
    environment: EnvironmentKind
    project_id: str
    title: str = field(repr=False)
    asked_at_ms: int | None
    reason: str
    start_count: int
    contract_count: int
    may_be_visible: bool
    choices: tuple[HeldChoice, ...]
    evidence: str = field(repr=False)


def held_send(submission: Submission) -> HeldSend:
    """Return the details of a held send, computed from its journal."""
    facts, record = SubmissionFacts(submission), submission.record
    asked_at_ms = facts.sent_at_ms if facts.start_count else None
    reason = str(next((s.data["code"] for s in reversed(submission.steps) if "code" in s.data), ""))
    again = () if facts.may_be_visible else (HeldChoice.START_AGAIN,)
    return HeldSend(
        record.id,
        record.environment,
        record.project_id,
        record.draft.title,
        asked_at_ms,
        reason,
        facts.start_count,
        len(record.draft.documents),
        facts.may_be_visible,
        (HeldChoice.LOOK_AGAIN, *again, HeldChoice.GIVE_UP),
        _evidence(submission, facts, reason),
    )


def _evidence(submission: Submission, facts: SubmissionFacts, reason: str) -> str:
    record = submission.record
    accounts = facts.signer_accounts() if facts.has_accounts else {}
    account_ids = dict.fromkeys(
        account_id for each in accounts.values() for account_id in (each.account_id, each.organization_account_id)
    )
    lines = [
        f"submission: {record.id}",
        f"environment: {record.environment.value} {host_of(facts.base_url)}".rstrip(),
        f"project: {record.project_id}",
        f"queued: {_time(record.queued_at_ms)}",
        f"autoInitiate: {int(facts.is_shown_at_once)}",
    ]
    for step in submission.steps:
        if step.state is SubmissionState.START_INTENT and "sent_at_ms" in step.data:
            lines.append(f"POST /sign/start: {_time(int(step.data['sent_at_ms']))}")
        if step.state is SubmissionState.HELD:
            lines.append(f"answer: {step.data.get('code', '')}, noticed {_time(step.at_ms)}")
    lines += [f"docId: {doc_id}" for _index, doc_id in sorted(facts.doc_ids.items())]
    lines += [f"accountId: {account_id}" for account_id in account_ids if account_id]
    return "\n".join(lines) if reason else "\n".join((*lines, "answer: not known"))


def _time(at_ms: int) -> str:
    return china_datetime(at_ms).isoformat(timespec="milliseconds")
