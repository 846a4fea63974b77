"""Create drafts that correct earlier contracts and replace them."""

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
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner
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
    """A draft that corrects and replaces an earlier contract. At first, it has the same content as that contract.

    ``focus`` is the field that most likely needs a correction, or None. ``reason`` is the remark of the signer who
    refused to sign, or empty if there is none.
    """

    draft: ContractDraft = field(repr=False)
    focus: Subject
    reason: str = field(default="", repr=False)
    is_open: bool = False
    """Whether the contract to be corrected can still be signed."""
    are_values_lost: bool = False
    """Whether form values were sent that can no longer be decrypted."""


class CorrectionService:
    """The service that creates corrections of flows. Calls block on the store."""

    def __init__(
        self, flows: Flows, journal: Journal, drafts: Drafts, values: KeptValues, *, audit: Audit | None = None
    ) -> None:
        self._flows = flows
        self._journal = journal
        self._drafts = drafts
        self._values = values
        self._audit = audit

    def begin(self, flow_id: FlowId) -> Correction:
        """Return the draft that corrects a flow. At first, the draft has the same content as the flow.

        The flow does not change until the draft is sent. Each flow has at most one correction: a correction that was
        begun earlier is returned with its edits. Signers keep their accounts, so the user need not enter their ID
        numbers again. Raises StoreError, and InputError ``flow.completed`` if all signers have signed,
        ``flow.no_draft`` if the flow was not sent from this computer, or ``correction.sent_before`` if the correction
        was already sent.
        """
        record = self._flows.get(flow_id)
        if record.status is FlowStatus.COMPLETED:
            raise InputError("flow.completed")
        submission = self._journal.get(SubmissionId(record.submission_id))
        if submission is None:
            raise InputError("flow.no_draft")
        draft_id = correction_id(flow_id)
        if any(submission.state not in _NOT_SENT for submission in self._journal.of_draft(draft_id)):
            raise InputError("correction.sent_before")
        draft = self._begun(draft_id)
        are_values_lost = self._drafts.are_values_lost(draft_id)
        if draft is None:
            draft = replace(self._filled(submission), id=draft_id, replaces=flow_id)
            are_values_lost = self._values.are_lost(submission.record.id)
        if self._audit is not None:
            self._audit.note(AuditAction.CORRECTED, environment=record.environment, flow_id=flow_id, title=record.title)
        focus, reason = _suspect(record, draft)
        is_open = not record.status.is_final
        return Correction(draft, focus, reason, is_open=is_open, are_values_lost=are_values_lost)

    def sweep(self) -> None:
        """Delete form values that were kept for corrections and have reached the end of their retention period.

        Raises StoreError.
        """
        self._values.sweep()

    def _begun(self, draft_id: DraftId) -> ContractDraft | None:
        try:
            return self._drafts.load(draft_id)
        except StoreError as error:
            if error.code not in {"store.no_such_draft", "store.bad_draft"}:
                raise
            return None

    def _filled(self, submission: Submission) -> ContractDraft:
        """Return the draft that was sent, with its form values."""
        draft = submission.record.draft
        bare = replace(draft, documents=tuple(map(_with_file_that_is_there, without_form_values(draft).documents)))
        if self._values.is_locked(submission.record.id):
            raise StoreError("store.draft_locked", retryable=True)
        return with_form_values(bare, self._values.get(submission.record.id))


def _with_file_that_is_there(document: Document) -> Document:
    """Return the document, without its path if it was created from a template and its file no longer exists.

    A document created from a template does not need its file.
    """
    if document.template is None or not document.path or Path(document.path).is_file():
        return document
    return replace(document, path="")


def correction_id(flow_id: FlowId) -> DraftId:
    """Return the draft id of a flow's correction.

    The id depends only on the flow, so a second correction cannot be sent.
    """
    return DraftId(uuid5(_NAMESPACE, flow_id).hex)


def _suspect(record: FlowRecord, draft: ContractDraft) -> tuple[Subject, str]:
    """Return the field that is the probable cause of the failure, and the remark of the signer who refused.

    The cause is the signer who stopped the flow, the deadline that passed, or the first signer for whom the flow
    waited.
    """
    states = signer_states(record)
    stopped = next((state for state in states if state.has_stopped), None)
    if stopped is not None:
        return _signer(draft, stopped.signer.number), stopped.remark
    if record.status is FlowStatus.EXPIRED:
        return OptionsSubject("deadline"), ""
    # Compute the signers whose turn it was before the flow ended.
    waiting = current_signers(replace(record, status=FlowStatus.SIGNING))
    return (_signer(draft, waiting[0].number) if waiting else None), ""


def _signer(draft: ContractDraft, number: int) -> Subject:
    """Return the field with a signer's mobile number, or None if the draft has no signer with this number.

    An outdated mobile number is the usual reason why a contract makes no progress.
    """
    if not 0 < number <= len(draft.signers):
        return None
    match draft.signers[number - 1]:
        case PersonSigner(id=signer_id):
            return SignerSubject(signer_id, "person.mobile")
        case OrganizationSigner(id=signer_id):
            return SignerSubject(signer_id, "agent.mobile")
        case ApplicationSigner(id=signer_id) | OpenSigner(id=signer_id):
            return SignerSubject(signer_id)
