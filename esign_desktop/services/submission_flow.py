"""The flow of a send: started unseen, kept on the disk, and only then shown to the signers.

Start is the one call that is never repeated once a byte of it may have arrived: a lost answer holds the send.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from esign_desktop.api import wire
from esign_desktop.api.errors import NotSent, OutcomeUnknown, Refused
from esign_desktop.api.payload import start_body_bytes
from esign_desktop.domain.errors import ApiError, Cancelled, StoreError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.domain.signer import display_name
from esign_desktop.services.signing_links import links_by_signer
from esign_desktop.store.flows import FlowDocument, FlowRecord, FlowSigner
from esign_desktop.store.journal import SubmissionState

if TYPE_CHECKING:
    from esign_desktop.api.exchange import RawAnswer
    from esign_desktop.domain.flow import FlowDetail
    from esign_desktop.domain.signer import Signer, SignerId
    from esign_desktop.services.submission_facts import SubmissionFacts
    from esign_desktop.services.submission_send import Send

INTERRUPTED: Final = "submission.interrupted"


def start(send: Send) -> None:
    """Start the flow, unseen by the signers. Leaves the send STARTED, or HELD when nobody knows.

    Raises NotSent, with the send as it was; Refused; StoreError.
    """
    send.make_sure_of_connection()
    for pause_s in (*send.patience.call_s, None):
        send.cancel.raise_if_cancelled()
        try:
            _start_once(send)
        except NotSent as error:
            send.record(SubmissionState.CONTRACT, code=error.code)
            if not error.retryable or pause_s is None:
                raise
            send.pause(pause_s)
        else:
            return


def take_up_start(send: Send) -> None:
    """Go on after a crash between the intent to start and the flow's id: with the answer, if one is on the disk."""
    answer = send.facts.start_answer
    if answer is not None:
        _read_answer(send, answer)
        return
    for entry in send.stores.ledger.read():
        if entry.kind == "flow" and entry.values.get("submission_id") == send.id:
            send.record(SubmissionState.STARTED, flow_id=str(entry.values["flow_id"]))
            return
    send.record(SubmissionState.HELD, code=INTERRUPTED)


def keep_flow(send: Send) -> FlowId:
    """Put the flow into the list of flows and the ledger, where it has to be before anybody sees it."""
    facts = send.facts
    flow_id = _flow_id(facts)
    send.stores.flows.add(_flow_record(send, flow_id))
    if all(entry.kind != "flow" or entry.values.get("flow_id") != flow_id for entry in send.stores.ledger.read()):
        send.note_in_ledger("flow", flow_id=flow_id)
    return flow_id


def execute(send: Send) -> None:
    """Show the flow to its signers, and repeat that until it says itself that it runs.

    Leaves the send RUNNING. Raises Refused when the platform would not, with the flow called back; other ApiErrors
    leave it to be taken up again.
    """
    flow_id = _flow_id(send.facts)
    if send.facts.state is not SubmissionState.EXECUTE_INTENT:
        send.record(SubmissionState.EXECUTE_INTENT)
    failure: ApiError | None = None
    for pause_s in (0.0, *send.patience.execute_s):
        send.pause(pause_s, is_cancellable=False)
        failure = None
        try:
            send.client.execute(flow_id)
            send.tell_progress(is_execute_answered=True)
        except ApiError as error:
            # "Already executed" is a refusal too: only the flow itself tells.
            failure = error
        detail = ask_for_detail(send, flow_id)
        if detail.status is not FlowStatus.DRAFT:
            send.record(SubmissionState.RUNNING, flow_status=detail.code)
            return
        if failure is not None and not failure.retryable and not isinstance(failure, Refused):
            raise failure
    if isinstance(failure, Refused):
        detail = call_back(send)
        if detail.status not in {FlowStatus.DRAFT, FlowStatus.REVOKED}:
            # It took effect at the last moment after all.
            send.record(SubmissionState.RUNNING, flow_status=detail.code)
            return
    raise failure or OutcomeUnknown("submission.not_executed")


def call_back(send: Send) -> FlowDetail:
    """Revoke a flow that nobody has seen, and return how it stands then. Raises ApiError when it can't be asked.

    A platform that would not revoke a flow in preparation is as good: it will never be executed.
    """
    flow_id = _flow_id(send.facts)

    def revoke() -> None:
        try:
            send.client.revoke(flow_id)
        except Refused:
            return

    send.repeat(revoke, is_cancellable=False)
    return ask_for_detail(send, flow_id)


def ask_for_detail(send: Send, flow_id: FlowId) -> FlowDetail:
    """Ask how the flow stands, and keep the answer."""
    detail = send.repeat(lambda: send.client.detail(flow_id), is_cancellable=False)
    send.stores.flows.update_detail(flow_id, detail, send.clock_ms())
    return detail


def told_links(facts: SubmissionFacts) -> dict[SignerId, tuple[str, ...]]:
    """Return the links that start told, by signer."""
    if facts.start_answer is None or facts.flow_id is None:
        return {}
    started = wire.parse_started(facts.start_answer)
    return links_by_signer(facts.draft, facts.signer_accounts(), started.links)


def expects_links(facts: SubmissionFacts) -> bool:
    """Whether anybody signs by a link."""
    return any(not signer.terms.is_silent for signer in facts.draft.signers)


def _start_once(send: Send) -> None:
    facts = send.facts
    sent_at_ms = send.clock_ms()
    body = start_body_bytes(
        facts.draft,
        doc_ids={document.id: facts.doc_ids[index] for index, document in enumerate(facts.draft.documents)},
        account_ids=facts.signer_accounts(),
        auto_initiate=0,
        anchor=send.environment.seal_anchor,
        sent_at_ms=sent_at_ms,
    )
    send.record(SubmissionState.START_INTENT, sent_at_ms=sent_at_ms)
    try:
        answer = send.post(wire.START_PATH, body, is_cancellable=False)
    except OutcomeUnknown as error:
        send.record(SubmissionState.HELD, code=error.code)
        return
    except Cancelled:
        # The client was closed, and no byte had left.
        send.record(SubmissionState.CONTRACT)
        raise
    try:
        send.record(SubmissionState.START_INTENT, raw=answer.body, status=answer.status)
    except StoreError:
        _save_from_full_disk(send, answer)
        raise
    _read_answer(send, answer)


def _read_answer(send: Send, answer: RawAnswer) -> None:
    try:
        started = wire.parse_started(answer)
    except OutcomeUnknown as error:
        send.record(SubmissionState.HELD, code=error.code)
        return
    send.record(SubmissionState.STARTED, flow_id=started.flow_id)
    learn = send.platforms.learn_links_told
    if learn is not None and expects_links(send.facts):
        learn(send.environment.kind, is_told=bool(started.links))


def _save_from_full_disk(send: Send, answer: RawAnswer) -> None:
    """Note the flow in the ledger, which may lie elsewhere; failing that, call it back while its id is still known."""
    # What was refused has no flow; what can't be called back was seen by nobody, and is never executed.
    with suppress(ApiError):
        flow_id = wire.parse_started(answer).flow_id
        try:
            send.note_in_ledger("flow", flow_id=flow_id)
        except StoreError:
            send.client.revoke(flow_id)


def _flow_id(facts: SubmissionFacts) -> FlowId:
    if facts.flow_id is None:
        raise RuntimeError("the flow has no id yet")
    return facts.flow_id


def _flow_record(send: Send, flow_id: FlowId) -> FlowRecord:
    facts = send.facts
    draft = facts.draft
    links = told_links(facts)
    return FlowRecord(
        flow_id=flow_id,
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
    )


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
