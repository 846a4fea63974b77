"""A contract that came to nothing, taken up again: its draft under a new id, and what is probably wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.contract.form_values import with_form_values, without_form_values
from esign_desktop.domain.contract.problems import OptionsSubject, SignerSubject, Subject
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.flows.progress import current_signers, signer_states

if TYPE_CHECKING:
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.store.tables.audit import Audit
    from esign_desktop.store.tables.drafts import Drafts
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.journal import Journal, Submission
    from esign_desktop.store.tables.kept_values import KeptValues

_NAMESPACE: Final = UUID("0d0e2c9e-7a57-5c3f-9a35-6f5ab3a2c1d4")
_NOT_SENT: Final = frozenset({SubmissionState.FAILED, SubmissionState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Correction:
    """A new draft like the old one. ``focus`` is where to look first; ``reason`` what a signer said, if anything."""

    draft: ContractDraft = field(repr=False)
    focus: Subject
    reason: str = field(default="", repr=False)
    is_open: bool = False
    """Whether the contract that is corrected can still be signed."""


class CorrectionService:
    """Blocks for the store."""

    def __init__(
        self, flows: Flows, journal: Journal, drafts: Drafts, values: KeptValues, *, audit: Audit | None = None
    ) -> None:
        self._flows = flows
        self._journal = journal
        self._drafts = drafts
        self._values = values
        self._audit = audit

    def begin(self, flow_id: FlowId) -> Correction:
        """Return what a flow was made of, to be sent in its place; the flow itself stays as it is until then.

        There is one correction of a flow: one that was begun is returned as it stands. People keep their accounts, so
        that no number has to be typed again. Raises InputError ``flow.completed`` when everybody has signed,
        ``flow.no_draft`` when this computer did not send it, ``correction.sent_before``; StoreError.
        """
        record = self._flows.get(flow_id)
        if record.status is FlowStatus.COMPLETED:
            raise InputError("flow.completed")
        submission = self._journal.get(SubmissionId(record.submission_id))
        if submission is None:
            raise InputError("flow.no_draft")
        draft_id = correction_id(flow_id)
        if any(one.state not in _NOT_SENT for one in self._journal.of_draft(draft_id)):
            raise InputError("correction.sent_before")
        draft = self._begun(draft_id)
        if draft is None:
            draft = replace(self._filled(submission), id=draft_id, replaces=flow_id)
        if self._audit is not None:
            self._audit.note(AuditAction.CORRECTED, environment=record.environment, flow_id=flow_id, title=record.title)
        focus, reason = _suspect(record, draft)
        return Correction(draft, focus, reason, is_open=not record.status.is_final)

    def sweep(self) -> None:
        """Delete what forms were filled with, once it has waited for a correction long enough. Raises StoreError."""
        self._values.sweep()

    def _begun(self, draft_id: DraftId) -> ContractDraft | None:
        try:
            return self._drafts.load(draft_id)
        except StoreError as error:
            if error.code not in {"store.no_such_draft", "store.bad_draft"}:
                raise
            return None

    def _filled(self, submission: Submission) -> ContractDraft:
        """Return what was sent, with its forms filled as they were."""
        draft = submission.record.draft
        bare = replace(draft, documents=tuple(map(_with_file_that_is_there, without_form_values(draft).documents)))
        return with_form_values(bare, self._values.get(submission.record.id))


def _with_file_that_is_there(document: Document) -> Document:
    """Return a document of a template without its file where that is gone: it is not needed."""
    if document.template is None or not document.path or Path(document.path).is_file():
        return document
    return replace(document, path="")


def correction_id(flow_id: FlowId) -> DraftId:
    """Return the id that every correction of a flow has: two of them can't be sent."""
    return DraftId(uuid5(_NAMESPACE, flow_id).hex)


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
