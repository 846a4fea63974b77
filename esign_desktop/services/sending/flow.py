"""Store the flow of a send on disk, and then show the flow to its signers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.api.errors import OutcomeUnknown, Refused
from esign_desktop.api.payload import party_account_id
from esign_desktop.domain.errors import ApiError
from esign_desktop.domain.flow import FlowDocument, FlowId, FlowRecord, FlowSigner, FlowStatus
from esign_desktop.domain.signer import display_name
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.facts import signing_links
from esign_desktop.store.files.ledger_entries import FLOW, flow_of, flow_values

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.flow import FlowDetail, StartedFlow
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.sending.facts import SubmissionFacts
    from esign_desktop.services.sending.send import SendContext


def persist_flow(send: SendContext) -> FlowId:
    """Store the flow in the list of flows and in the ledger, and return its id.

    This must be done before any signer can see the flow. Raises StoreError.
    """
    flow_id = _flow_id(send.facts)
    known = [flow for entry in send.stores.ledger.find(flow_id) if (flow := flow_of(entry)) is not None]
    if known and known[-1].signers:
        # A restored database may contain less than the ledger.
        send.stores.flows.add(_named(known[-1], send.facts.draft))
        return flow_id
    record = flow_record(send)
    send.stores.flows.add(record)
    send.stores.ledger.append(FLOW, flow_values(record))
    return flow_id


def execute(send: SendContext) -> bool:
    """Show the flow to its signers by repeating the request until the platform reports that the flow is running.

    The send becomes RUNNING, or HELD if the flow contains other documents. Return whether the send is RUNNING. Raises
    Refused if the platform refuses; the flow is then revoked. After any other ApiError, the send can be resumed.
    """
    facts = send.facts
    flow_id = _flow_id(facts)
    if facts.state is not SubmissionState.EXECUTE_INTENT:
        send.record(SubmissionState.EXECUTE_INTENT)
    if facts.refusal is not None:
        return _give_up(send, facts.refusal)
    if facts.may_be_visible and _has_taken_effect(send, ask_for_detail(send, flow_id)):
        return facts.state is SubmissionState.RUNNING
    failure: ApiError | None = None
    for pause_s in (0.0, *send.retry.execute_s):
        send.pause(pause_s, is_cancellable=False)
        failure = None
        try:
            send.client.execute(flow_id)
            send.tell_progress(is_execute_answered=True)
        except ApiError as error:
            # The platform also refuses to execute a flow again, so only the state of the flow shows the result.
            failure = error
        if _has_taken_effect(send, ask_for_detail(send, flow_id)):
            return facts.state is SubmissionState.RUNNING
        if failure is not None and not failure.retryable and not isinstance(failure, Refused):
            raise failure
    if isinstance(failure, Refused):
        return _give_up(send, failure)
    raise failure or OutcomeUnknown("submission.not_executed")


def revoke_unseen(send: SendContext) -> FlowDetail:
    """Revoke a flow that its signers have not seen, and return its state on the platform.

    The platform may refuse to revoke a flow in preparation. This is accepted, because the flow is never executed.
    Raises ApiError if the state cannot be queried.
    """
    flow_id = _flow_id(send.facts)

    def revoke() -> None:
        try:
            send.client.revoke(flow_id)
        except Refused:
            return

    send.repeat(revoke, is_cancellable=False)
    return ask_for_detail(send, flow_id)


def ask_for_detail(send: SendContext, flow_id: FlowId) -> FlowDetail:
    """Query the platform for the state of a flow, and store and return the state. Raises ApiError or StoreError."""

    def ask() -> tuple[int, FlowDetail]:
        asked_at_ms = send.clock_ms()
        return asked_at_ms, send.client.detail(flow_id)

    asked_at_ms, detail = send.repeat(ask, is_cancellable=False)
    send.stores.flows.update_detail(flow_id, detail, asked_at_ms, now_ms=send.clock_ms())
    return detail


def expects_links(draft: ContractDraft) -> bool:
    """Return whether any signer of a draft signs by opening a link."""
    return any(not signer.terms.is_silent for signer in draft.signers)


def depends_on_links(draft: ContractDraft) -> bool:
    """Return whether signers can sign only through links from this program, because the platform sends no messages."""
    return expects_links(draft) and not draft.options.notices


def is_about_other_documents(facts: SubmissionFacts, detail: FlowDetail) -> bool:
    """Return whether a flow contains none of this send's documents and therefore belongs to a different send."""
    told = {document.doc_id for document in detail.documents}
    return bool(told) and told.isdisjoint(facts.doc_ids.values())


def flow_record(send: SendContext, started: StartedFlow | None = None) -> FlowRecord:
    """Return the record of the flow that a send created.

    ``started`` is the platform's response to ``start``, or None to read the response from the journal.
    """
    facts = send.facts
    draft = facts.draft
    links = signing_links(facts, started)
    return FlowRecord(
        flow_id=started.flow_id if started else _flow_id(facts),
        environment=send.environment.kind,
        project_id=send.environment.project_id,
        submission_id=send.id,
        title=draft.title,
        sent_at_ms=facts.sent_at_ms,
        deadline_ms=draft.options.deadline_ms(facts.sent_at_ms),
        contract_count=len(draft.documents),
        documents=tuple(
            FlowDocument(facts.doc_ids[index], document.name) for index, document in enumerate(draft.documents)
        ),
        signers=tuple(
            _flow_signer(facts, signer, number, links.get(signer.id, ()))
            for number, signer in enumerate(draft.signers, 1)
        ),
        payer_account_id=party_account_id(draft.options.payer, facts.signer_accounts()),
    )


def _named(flow: FlowRecord, draft: ContractDraft) -> FlowRecord:
    """Return a flow read from the ledger with its title and names, which the ledger does not contain."""
    return replace(
        flow,
        title=draft.title,
        documents=tuple(
            replace(flow_document, name=document.name)
            for flow_document, document in zip(flow.documents, draft.documents, strict=False)
        ),
        signers=tuple(
            replace(flow_signer, name=display_name(signer))
            for flow_signer, signer in zip(flow.signers, draft.signers, strict=False)
        ),
    )


def _has_taken_effect(send: SendContext, detail: FlowDetail) -> bool:
    """Record RUNNING if the flow is visible, or HELD if it contains other documents.

    Return whether either state was recorded.
    """
    if is_about_other_documents(send.facts, detail):
        send.record(SubmissionState.HELD, code="submission.stale_answer")
        return True
    if detail.status is FlowStatus.DRAFT:
        return False
    send.record(SubmissionState.RUNNING, flow_status=detail.code)
    return True


def _give_up(send: SendContext, refusal: Refused) -> bool:
    """Revoke a flow that the platform refused to execute, and raise the refusal, even after a restart.

    A flow prepared for later is not revoked, because the user who started the signing may try again. Return True if the
    flow has taken effect nevertheless.
    """
    if send.facts.is_for_later:
        send.record(SubmissionState.PREPARED, code=refusal.code, err_code=refusal.err_code)
        raise refusal
    if send.facts.refusal is None:
        send.record(SubmissionState.EXECUTE_INTENT, refused=refusal.err_code)
    detail = revoke_unseen(send)
    if detail.status not in {FlowStatus.DRAFT, FlowStatus.REVOKED}:
        send.record(SubmissionState.RUNNING, flow_status=detail.code)
        return True
    raise refusal


def _flow_id(facts: SubmissionFacts) -> FlowId:
    if facts.flow_id is None:
        raise RuntimeError("the flow has no id yet")
    return facts.flow_id


def _flow_signer(facts: SubmissionFacts, signer: Signer, number: int, urls: tuple[str, ...]) -> FlowSigner:
    accounts = facts.signer_accounts().get(signer.id)
    return FlowSigner(
        account_id=accounts.account_id if accounts else "",
        name=display_name(signer),
        number=number,
        step=signer.terms.step if facts.draft.is_ordered else 1,
        organization_account_id=accounts.organization_account_id if accounts else "",
        is_silent=signer.terms.is_silent,
        urls=urls,
    )
