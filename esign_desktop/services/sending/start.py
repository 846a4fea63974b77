"""Send the start request. The request is never repeated after a byte of it may have reached the platform.

If the response is lost, the send is held. Each start request is recorded in the ledger before it is sent. If the
database is later replaced with an older copy, the ledger still shows that the contract was started.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from esign_desktop.api import strict_json, wire
from esign_desktop.api.errors import NotSent, OutcomeUnknown, Refused
from esign_desktop.api.payload import start_body
from esign_desktop.domain.errors import ApiError, Cancelled, InputError, StoreError
from esign_desktop.domain.signer import ApplicationSigner
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.facts import signing_links
from esign_desktop.services.sending.flow import (
    depends_on_links,
    expects_links,
    flow_record,
    is_about_other_documents,
    revoke_unseen,
)
from esign_desktop.store.files.ledger_entries import FLOW, flow_of, flow_values

if TYPE_CHECKING:
    from esign_desktop.api.exchange import RawAnswer
    from esign_desktop.domain.flow import FlowId, FlowRecord, StartedFlow
    from esign_desktop.services.sending.send import SendContext

INTERRUPTED: Final = "submission.interrupted"
STALE_ANSWER: Final = "submission.stale_answer"
NO_LINKS_LATER: Final = "submission.no_links_later"
START: Final = "start"
"""The kind of a ledger entry which states that the draft named in it is about to be started."""
END: Final = "end"
"""The kind of a ledger entry which states that a send ended without a visible flow."""


def start(send: SendContext) -> None:
    """Start the flow, which is not yet visible to its signers.

    The send becomes STARTED, or HELD if the outcome is unknown. Raises NotSent, Refused, ApiError, StoreError or
    Cancelled. After NotSent, the start can be repeated.
    """
    send.verify_connection()
    for pause_s in (*send.retry.call_s, None):
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


def recover_start(send: SendContext) -> None:
    """Resume a send that was interrupted between its start request and the recording of the flow's id.

    If the response to ``start`` was stored, that response is used. Otherwise, the flow is looked up in the ledger. If
    neither is available, the send becomes HELD.
    """
    answer = send.facts.start_answer
    if answer is not None:
        _read_answer(send, answer)
    elif not recover_from_ledger(send):
        send.record(SubmissionState.HELD, code=INTERRUPTED)


def recover_from_ledger(send: SendContext) -> bool:
    """Record a flow or a start request that only the ledger contains, and return whether one was found."""
    facts = send.facts
    entries = [entry for entry in send.stores.ledger.find(send.id) if entry.values.get("submission_id") == send.id]
    flows = [flow for entry in entries if (flow := flow_of(entry)) and flow.flow_id not in facts.dropped_flow_ids]
    if flows:
        flow = flows[-1]
        for index, document in enumerate(flow.documents):
            if facts.doc_ids.get(index) != document.doc_id:
                send.record(facts.state, document_index=index, doc_id=document.doc_id)
        send.record(SubmissionState.STARTED, flow_id=flow.flow_id, links=_links_json(flow))
        return True
    if sum(entry.kind == START for entry in entries) > facts.start_count:
        send.record(SubmissionState.HELD, code=INTERRUPTED)
        return True
    return False


def lacks_links(send: SendContext) -> bool:
    """Return whether no signer can open the flow, because there are no links and the platform sends no messages."""
    facts = send.facts
    return not facts.may_be_visible and depends_on_links(facts.draft) and not signing_links(facts)


def start_showing_at_once(send: SendContext) -> None:
    """Replace the flow, which no signer has seen, with a flow that is visible immediately and therefore has links.

    Raises the errors of ``start``. Raises ApiError if the first flow cannot be queried, and InputError
    ``submission.no_links_later`` if the flow is to be signed later.
    """
    revoke_unseen(send)
    if send.facts.is_for_later:
        raise InputError(NO_LINKS_LATER)
    send.record(SubmissionState.CONTRACT, starts_again=True, shows_at_once=True)
    # A restored database may not contain the other flow yet.
    if not recover_from_ledger(send):
        start(send)


def was_started_elsewhere(send: SendContext) -> bool:
    """Return whether, according to the ledger, this draft was started by a send that the database does not contain."""
    ledger, journal = send.stores.ledger, send.stores.journal
    starts = [entry for entry in ledger.find(send.facts.draft.id) if entry.kind == START]
    # A start that was refused may have been followed by another start.
    for other in dict.fromkeys(str(entry.values.get("submission_id", "")) for entry in starts):
        is_lost = journal.get(type(send.id)(other)) is None
        if is_lost and all(line.kind != END for line in ledger.find(other)):
            return True
    return False


def note_end(send: SendContext, state: SubmissionState) -> None:
    """Record in the ledger that the send ended without a visible flow.

    The entry is needed only if the database is restored from a backup, so a failure to write it is ignored.
    """
    with suppress(StoreError):
        send.note_in_ledger(END, draft_id=send.facts.draft.id, state=state.value)


def end_in_ledger(send: SendContext) -> SubmissionState | None:
    """Return the state in which the send ended according to the ledger, or None if the ledger does not contain its end.

    A database that was restored from a backup may still list the send as unfinished.
    """
    ends = [entry for entry in send.stores.ledger.find(send.id) if entry.kind == END]
    if not ends:
        return None
    is_cancelled = ends[-1].values.get("state") == SubmissionState.CANCELLED
    return SubmissionState.CANCELLED if is_cancelled else SubmissionState.FAILED


def _start_once(send: SendContext) -> None:
    facts = send.facts
    sent_at_ms = send.clock_ms()
    shows_at_once = (
        depends_on_links(facts.draft)
        and not facts.is_for_later
        and (facts.shows_at_once or send.reports_links is False)
    )
    body = strict_json.write(
        start_body(
            facts.draft,
            doc_ids={document.id: facts.doc_ids[index] for index, document in enumerate(facts.draft.documents)},
            account_ids=facts.signer_accounts(),
            auto_initiate=int(shows_at_once),
            behaviour=send.environment.behaviour,
            sent_at_ms=sent_at_ms,
        )
    )
    if shows_at_once:
        send.record(SubmissionState.START_INTENT, sent_at_ms=sent_at_ms, is_shown_at_once=True)
    else:
        send.record(SubmissionState.START_INTENT, sent_at_ms=sent_at_ms)
    try:
        send.note_in_ledger(START, draft_id=facts.draft.id)
    except StoreError:
        # Nothing has been sent. If this record fails too, the send will be held.
        send.record(SubmissionState.CONTRACT)
        raise
    try:
        answer = send.post(wire.START_PATH, body, is_cancellable=False)
    except OutcomeUnknown as error:
        send.record(SubmissionState.HELD, code=error.code)
        return
    except Cancelled:
        # The client was closed before the first byte was sent.
        send.record(SubmissionState.CONTRACT)
        raise
    try:
        send.record(SubmissionState.START_INTENT, raw=answer.body, status=answer.status)
    except StoreError:
        _save_from_full_disk(send, answer)
        raise
    _read_answer(send, answer)


def _read_answer(send: SendContext, answer: RawAnswer) -> None:
    try:
        started = wire.parse_started(answer)
    except OutcomeUnknown as error:
        send.record(SubmissionState.HELD, code=error.code)
        return
    if _is_stale(send, started) or (not _tells_whose(send, started) and _is_another(send, started.flow_id)):
        send.record(SubmissionState.HELD, code=STALE_ANSWER)
        return
    send.record(SubmissionState.STARTED, flow_id=started.flow_id)
    learn = send.platforms.learn_reports_links
    if learn is not None and expects_links(send.facts.draft) and not send.facts.is_shown_at_once:
        learn(send.environment.kind, reports_links=bool(started.links))


def _is_stale(send: SendContext, started: StartedFlow) -> bool:
    """Return whether a response is a genuine response to a different start request.

    The signature of a response does not identify its request.
    """
    facts = send.facts
    if started.flow_id in facts.dropped_flow_ids:
        return True
    # If the ledger or the list of flows cannot be read now, this is checked again before the flow is shown.
    with suppress(StoreError):
        if any(entry.values.get("submission_id") != send.id for entry in send.stores.ledger.find(started.flow_id)):
            return True
    with suppress(StoreError):
        if send.stores.flows.get(started.flow_id).submission_id != send.id:
            return True
    # The application signs with an account that is not known on this computer.
    is_own_seal_told = any(
        isinstance(signer, ApplicationSigner) and not signer.terms.is_silent for signer in facts.draft.signers
    )
    return bool(started.links) and not is_own_seal_told and not _tells_whose(send, started)


def _tells_whose(send: SendContext, started: StartedFlow) -> bool:
    ours = {
        account_id
        for accounts in send.facts.signer_accounts().values()
        for account_id in (accounts.account_id, accounts.organization_account_id)
    }
    return not ours.isdisjoint(link.account_id for link in started.links)


def _is_another(send: SendContext, flow_id: FlowId) -> bool:
    """Return whether a flow that cannot be identified by its links contains other documents."""
    try:
        detail = send.repeat(lambda: send.client.detail(flow_id), is_cancellable=False)
    except Refused:
        # The platform may refuse queries of a flow that is not executed.
        return False
    return is_about_other_documents(send.facts, detail)


def _links_json(flow: FlowRecord) -> str:
    return json.dumps({signer.number: signer.urls for signer in flow.signers if signer.urls})


def _save_from_full_disk(send: SendContext, answer: RawAnswer) -> None:
    """Record the flow in the ledger, which may be on another disk than the database.

    If this fails, the flow is revoked while its id is still known.
    """
    # A start that was refused created no flow. A flow that cannot be revoked was never visible and is never executed.
    with suppress(ApiError):
        started = wire.parse_started(answer)
        if _is_stale(send, started):
            return
        try:
            send.stores.ledger.append(FLOW, flow_values(flow_record(send, started)))
        except StoreError:
            send.client.revoke(started.flow_id)
