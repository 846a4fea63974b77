"""How far each signer of a flow is, over all of its documents, as the platform said last; and their links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.api.url_gate import is_allowed
from esign_desktop.domain.flow import FlowRecord, FlowSigner, FlowStatus, SignerProgress, SignStatus

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class DocumentStep:
    """What a signer did with one document."""

    document_name: str
    progress: SignerProgress


@dataclass(frozen=True, slots=True)
class SignerState:
    """Where a signer stands. ``status`` None means that the platform has not named them yet: it is not their turn.

    ``signed_count`` of ``document_count`` documents are signed. ``code`` is the raw status, for one that is unknown.
    """

    signer: FlowSigner
    status: SignStatus | None
    code: int = 0
    signed_count: int = 0
    document_count: int = 0
    received_at_ms: int | None = None
    signed_at_ms: int | None = None
    remark: str = ""
    flow_has_ended: bool = False
    steps: tuple[DocumentStep, ...] = ()

    @property
    def has_signed(self) -> bool:
        """Whether the signer is through with every document."""
        return self.status is SignStatus.SIGNED

    @property
    def has_stopped(self) -> bool:
        """Whether the signer refused, or the signature failed."""
        return self.status in {SignStatus.REFUSED, SignStatus.FAILED}


_GRAVEST_FIRST = (
    SignStatus.REFUSED,
    SignStatus.FAILED,
    SignStatus.UNKNOWN,
    SignStatus.TO_BE_CONFIRMED,
    SignStatus.SIGNING,
    SignStatus.WAITING,
)


def signer_states(record: FlowRecord) -> tuple[SignerState, ...]:
    """Return the state of every signer, in the order of their numbers."""
    return tuple(_state(record, signer) for signer in sorted(record.signers, key=lambda one: one.number))


def stopped_by(states: Iterable[SignerState]) -> SignStatus | None:
    """Return what a flow ended of that was terminated: REFUSED or FAILED; None where no signer tells."""
    found = {state.status for state in states}
    return next((status for status in (SignStatus.REFUSED, SignStatus.FAILED) if status in found), None)


def end_reason(record: FlowRecord) -> str:
    """Return why a flow ended before everybody had signed: the signer's own words, else the platform's; or nothing."""
    if not record.status.is_final or record.status is FlowStatus.COMPLETED:
        return ""
    stopped = (state.remark for state in signer_states(record) if state.has_stopped and state.remark)
    return next(stopped, "") or record.remark_of("")


def initiator_name(record: FlowRecord) -> str:
    """Return who the platform says began the flow: a signer's name, else the account's id; empty if it does not say."""
    account_id = record.detail.initiator_account_id if record.detail is not None else ""
    theirs = (one for one in record.signers if account_id in {one.account_id, one.organization_account_id})
    return next((one.name for one in theirs if account_id and one.name), account_id)


def payer_name(record: FlowRecord) -> str:
    """Return the signer who pays; empty if it is us, or somebody who does not sign."""
    account_id = record.payer_account_id
    theirs = (one for one in record.signers if account_id == (one.organization_account_id or one.account_id))
    return next((one.name for one in theirs if account_id and one.name), "")


def current_signers(record: FlowRecord) -> tuple[FlowSigner, ...]:
    """Return whose turn it is: everybody of the first step that is not through; nobody when the flow has ended."""
    if record.status.is_final:
        return ()
    open_states = [state for state in signer_states(record) if not state.has_signed]
    first = min((state.signer.step for state in open_states), default=0)
    return tuple(state.signer for state in open_states if state.signer.step == first)


def _state(record: FlowRecord, signer: FlowSigner) -> SignerState:
    steps = tuple(_steps(record, signer))
    progresses = [step.progress for step in steps]
    if not progresses:
        # A flow that is complete was signed by everybody, also by whom the platform does not list.
        ended = SignStatus.SIGNED if record.status is FlowStatus.COMPLETED else None
        return SignerState(signer, ended, flow_has_ended=record.status.is_final)
    decisive = _decisive(progresses)
    signed = [p for p in progresses if p.status is SignStatus.SIGNED]
    status = decisive.status
    if status is SignStatus.WAITING and signed:
        status = SignStatus.SIGNING
    return SignerState(
        signer,
        status,
        decisive.code,
        len(signed),
        len(progresses),
        min((p.received_at_ms for p in progresses if p.received_at_ms is not None), default=None),
        max((p.signed_at_ms for p in progresses if p.signed_at_ms is not None), default=None),
        next((p.remark for p in (decisive, *progresses) if p.remark), "") or record.remark_of(signer.account_id),
        record.status.is_final,
        steps,
    )


def _decisive(progresses: Iterable[SignerProgress]) -> SignerProgress:
    def weight(progress: SignerProgress) -> int:
        known = progress.status in _GRAVEST_FIRST
        return _GRAVEST_FIRST.index(progress.status) if known else len(_GRAVEST_FIRST)

    return min(progresses, key=weight)


def _steps(record: FlowRecord, signer: FlowSigner) -> Iterable[DocumentStep]:
    for document in record.detail.documents if record.detail is not None else ():
        for progress in document.signers:
            if _is_of(record, signer, progress):
                yield DocumentStep(document.name, progress)


def _is_of(record: FlowRecord, signer: FlowSigner, progress: SignerProgress) -> bool:
    appearances = [one for one in record.signers if one.account_id == progress.account_id]
    if not appearances:
        # The platform account's own seal: its account is not known here.
        return not signer.account_id
    if signer.account_id != progress.account_id:
        return False
    if progress.organization_account_id == signer.organization_account_id:
        return True
    # An account that signs once may be told without its organization.
    return len(appearances) == 1 and not progress.organization_account_id


def links_of(record: FlowRecord, signer: FlowSigner) -> tuple[str, ...]:
    """Return the links of a signer that the flow's environment lets through."""
    return tuple(url for url in signer.urls if is_allowed(url, record.environment))
