"""A contract that came to nothing, taken up again: its draft under a new id, and what is probably wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.draft import ContractDraft, DraftId
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.problems import OptionsSubject, SignerSubject, Subject
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner
from esign_desktop.services.signer_progress import current_signers, signer_states
from esign_desktop.store.audit import AuditAction
from esign_desktop.store.journal import SubmissionId

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.store.audit import Audit
    from esign_desktop.store.flows import FlowRecord, Flows
    from esign_desktop.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Correction:
    """A new draft like the old one. ``focus`` is where to look first; ``reason`` what a signer said, if anything."""

    draft: ContractDraft = field(repr=False)
    focus: Subject
    reason: str = field(default="", repr=False)


class CorrectionService:
    """Blocks for the store."""

    def __init__(self, flows: Flows, journal: Journal, *, audit: Audit | None = None) -> None:
        self._flows = flows
        self._journal = journal
        self._audit = audit

    def take_up(self, flow_id: FlowId) -> Correction:
        """Return what a flow was made of, to be sent once more.

        People keep their accounts, so that no number has to be typed again. Raises InputError ``flow.still_open``
        unless the flow ended without success, ``flow.no_draft`` when this computer did not send it; StoreError.
        """
        record = self._flows.get(flow_id)
        if not record.status.is_final or record.status is FlowStatus.COMPLETED:
            raise InputError("flow.still_open")
        submission = self._journal.get(SubmissionId(record.submission_id))
        if submission is None:
            raise InputError("flow.no_draft")
        draft = replace(submission.record.draft, id=DraftId(ContractDraft.new().id))
        if self._audit is not None:
            self._audit.note(AuditAction.CORRECTED, environment=record.environment, flow_id=flow_id, title=record.title)
        focus, reason = _suspect(record, draft)
        return Correction(draft, focus, reason)


def _suspect(record: FlowRecord, draft: ContractDraft) -> tuple[Subject, str]:
    """Say what is probably wrong: whoever refused, the deadline that passed, or whoever it was waiting for."""
    states = signer_states(record)
    stopped = next((state for state in states if state.has_stopped), None)
    if stopped is not None:
        return _signer(draft, stopped.signer.number), stopped.remark
    if record.status is FlowStatus.EXPIRED:
        return OptionsSubject("deadline"), ""
    # As long as it could still be signed.
    waiting = current_signers(replace(record, status=FlowStatus.SIGNING))
    return (_signer(draft, waiting[0].number) if waiting else None), ""


def _signer(draft: ContractDraft, number: int) -> Subject:
    """Point at where a signer can be reached: an old number is the usual reason for a contract that stands still."""
    if not 0 < number <= len(draft.signers):
        return None
    match draft.signers[number - 1]:
        case PersonSigner(id=signer_id):
            return SignerSubject(signer_id, "person.mobile")
        case OrganizationSigner(id=signer_id):
            return SignerSubject(signer_id, "agent.mobile")
        case ApplicationSigner(id=signer_id):
            return SignerSubject(signer_id)
