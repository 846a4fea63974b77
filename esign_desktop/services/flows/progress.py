"""Each signer's progress with the documents of a flow, as last reported by the platform, and the signing links."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.api.url_gate import is_allowed
from esign_desktop.domain.flow import FlowRecord, FlowSigner, FlowStatus, SignerProgress, SignStatus

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class DocumentStep:
    """The progress of a signer with one document."""

    document_name: str
    progress: SignerProgress


@dataclass(frozen=True, slots=True)
class SignerState:
    """The progress of a signer with all documents of a flow.

    ``status`` is None until the platform lists the signer, which happens when it is the signer's turn. ``code`` is the
    platform's numeric status, which may be unknown to this program.
    """

    signer: FlowSigner
    status: SignStatus | None
    code: int = 0
    signed_count: int = 0
    document_count: int = 0
    received_at_ms: int | None = None
    signed_at_ms: int | None = None
    remark: str = field(default="", repr=False)
    flow_has_ended: bool = False
    steps: tuple[DocumentStep, ...] = ()

    @property
    def has_signed(self) -> bool:
        """Whether the signer has signed every document."""
        return self.status is SignStatus.SIGNED

    @property
    def has_stopped(self) -> bool:
        """Whether the signer refused to sign or the signature failed."""
        return self.status in {SignStatus.REFUSED, SignStatus.FAILED}


_MOST_SEVERE_FIRST = (
    SignStatus.REFUSED,
    SignStatus.FAILED,
    SignStatus.UNKNOWN,
    SignStatus.TO_BE_CONFIRMED,
    SignStatus.SIGNING,
    SignStatus.WAITING,
)


def signer_states(record: FlowRecord) -> tuple[SignerState, ...]:
    """Return the state of each signer of a flow, ordered by signer number."""
    return tuple(_state(record, signer) for signer in sorted(record.signers, key=lambda signer: signer.number))


def stopped_by(states: Iterable[SignerState]) -> SignStatus | None:
    """Return the status that explains why a flow was terminated: REFUSED or FAILED.

    The result is None if no signer has such a status.
    """
    found = {state.status for state in states}
    return next((status for status in (SignStatus.REFUSED, SignStatus.FAILED) if status in found), None)


def end_reason(record: FlowRecord) -> str:
    """Return why a flow ended before all signers had signed, or an empty string if the reason is not known.

    A remark by the signer takes precedence over a remark by the platform.
    """
    if not record.status.is_final or record.status is FlowStatus.COMPLETED:
        return ""
    stopped = (state.remark for state in signer_states(record) if state.has_stopped and state.remark)
    return next(stopped, "") or record.remark_of("")


def initiator_name(record: FlowRecord) -> str:
    """Return the name of the signer who initiated a flow, or an empty string if no signer has the initiator's account.

    The result is also empty if the platform has not reported an initiator.
    """
    account_id = record.detail.initiator_account_id if record.detail is not None else ""
    theirs = (signer for signer in record.signers if account_id in {signer.account_id, signer.organization_account_id})
    return next((signer.name for signer in theirs if account_id and signer.name), "")


def payer_name(record: FlowRecord) -> str:
    """Return the name of the signer who pays for a flow, or an empty string if the payer is not a signer."""
    account_id = record.payer_account_id
    theirs = (
        signer for signer in record.signers if account_id == (signer.organization_account_id or signer.account_id)
    )
    return next((signer.name for signer in theirs if account_id and signer.name), "")


def current_signers(record: FlowRecord) -> tuple[FlowSigner, ...]:
    """Return the signers whose turn it is, or an empty tuple if the flow has ended."""
    return () if record.status.is_final else tuple(state.signer for state in states_in_turn(signer_states(record)))


def own_signer_due(record: FlowRecord) -> FlowSigner | None:
    """Return the signer with the platform's own account if its seal must now be applied by hand.

    Return None if the seal is not due, or if no link to the web page for it is allowed in the flow's environment.
    """
    if record.status.is_final or record.status is FlowStatus.DRAFT or all(one.account_id for one in record.signers):
        return None
    for state in states_in_turn(signer_states(record)):
        is_ours = not state.signer.account_id and not state.signer.is_silent
        if is_ours and not state.has_stopped and state.status is not SignStatus.TO_BE_CONFIRMED:
            return state.signer if links_of(record, state.signer) else None
    return None


def states_in_turn(states: Iterable[SignerState]) -> tuple[SignerState, ...]:
    """Return the states of the signers whose turn it is.

    These signers have not signed yet, and they belong to the first unfinished step or to no step.
    """
    unsigned = [state for state in states if not state.has_signed]
    first = min((state.signer.step for state in unsigned if state.signer.step), default=0)
    return tuple(state for state in unsigned if state.signer.step in {0, first})


def _state(record: FlowRecord, signer: FlowSigner) -> SignerState:
    steps = tuple(_steps(record, signer))
    progresses = [step.progress for step in steps]
    if not progresses:
        # A completed flow was signed by all signers, including those the platform does not list.
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
        known = progress.status in _MOST_SEVERE_FIRST
        return _MOST_SEVERE_FIRST.index(progress.status) if known else len(_MOST_SEVERE_FIRST)

    return min(progresses, key=weight)


def _steps(record: FlowRecord, signer: FlowSigner) -> Iterable[DocumentStep]:
    for document in record.detail.documents if record.detail is not None else ():
        for progress in document.signers:
            if _is_of(record, signer, progress):
                yield DocumentStep(document.name, progress)


def _is_of(record: FlowRecord, signer: FlowSigner, progress: SignerProgress) -> bool:
    appearances = [other for other in record.signers if other.account_id == progress.account_id]
    if not appearances:
        # This is the platform account's own seal, whose account is not known on this computer.
        return not signer.account_id
    if signer.account_id != progress.account_id:
        return False
    if progress.organization_account_id == signer.organization_account_id:
        return True
    # An account with a single signature may be reported without its organization.
    return len(appearances) == 1 and not progress.organization_account_id


def has_insecure_links_only(record: FlowRecord, signer: FlowSigner) -> bool:
    """Return whether a signer has links, but no link that may be opened in the flow's environment."""
    return bool(signer.urls) and not links_of(record, signer)


def links_of(record: FlowRecord, signer: FlowSigner) -> tuple[str, ...]:
    """Return the links of a signer that lead to hosts allowed in the flow's environment."""
    return tuple(url for url in signer.urls if is_allowed(url, record.environment))
