"""The one call that is never repeated once a byte of it may have arrived: a lost answer holds the send.

A start is written down in the ledger too, before it is made: should the database be lost to an older copy of itself,
the ledger still knows that this contract was started.
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
"""A line of the ledger: start is about to be called, for the draft it names."""
END: Final = "end"
"""A line of the ledger: a send ended without a flow that anybody sees."""


def start(send: SendContext) -> None:
    """Start the flow, unseen by the signers. Leaves the send STARTED, or HELD when nobody knows.

    Raises NotSent, with the send as it was; Refused; StoreError.
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
    """Go on after a crash between the intent to start and the flow's id: with the answer, if one is on the disk."""
    answer = send.facts.start_answer
    if answer is not None:
        _read_answer(send, answer)
    elif not recover_from_ledger(send):
        send.record(SubmissionState.HELD, code=INTERRUPTED)


def recover_from_ledger(send: SendContext) -> bool:
    """Take over what the ledger knows and the journal does not; False when that is nothing."""
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
    """Whether the flow would be shown to people of whom none has a link, nor gets a message from the platform."""
    facts = send.facts
    return not facts.may_be_visible and depends_on_links(facts.draft) and not signing_links(facts)


def start_showing_at_once(send: SendContext) -> None:
    """Call the unseen flow back and start another that is shown by start itself, since only that tells links here.

    Raises as ``start``, ApiError when the unseen flow can't be asked, and InputError for one that nobody is to see yet.
    """
    revoke_unseen(send)
    if send.facts.is_for_later:
        raise InputError(NO_LINKS_LATER)
    send.record(SubmissionState.CONTRACT, starts_again=True, shows_at_once=True)
    # A database that is older than what was sent does not know of the other one.
    if not recover_from_ledger(send):
        start(send)


def was_started_elsewhere(send: SendContext) -> bool:
    """Whether the ledger knows of a start of this draft by a send that the database has lost."""
    ledger, journal = send.stores.ledger, send.stores.journal
    starts = [entry for entry in ledger.find(send.facts.draft.id) if entry.kind == START]
    # One that was refused may have been followed by another.
    for other in dict.fromkeys(str(entry.values.get("submission_id", "")) for entry in starts):
        is_lost = journal.get(type(send.id)(other)) is None
        if is_lost and all(line.kind != END for line in ledger.find(other)):
            return True
    return False


def note_end(send: SendContext, state: SubmissionState) -> None:
    """Tell the ledger that no flow came of it.

    That only helps a database that was restored from a copy, so a full disk is no reason to wait.
    """
    with suppress(StoreError):
        send.note_in_ledger(END, draft_id=send.facts.draft.id, state=state.value)


def end_in_ledger(send: SendContext) -> SubmissionState | None:
    """Return how the send ended as the ledger has it: a restored database may take it for one that can go on."""
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
        and (facts.shows_at_once or send.are_links_told is False)
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
        # Nothing has been sent. If this can't be written either, the send will be held.
        send.record(SubmissionState.CONTRACT)
        raise
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
    learn = send.platforms.learn_links_told
    if learn is not None and expects_links(send.facts.draft) and not send.facts.is_shown_at_once:
        learn(send.environment.kind, is_told=bool(started.links))


def _is_stale(send: SendContext, started: StartedFlow) -> bool:
    """Whether this is the genuine answer to another start: a signature does not say to what it answers."""
    facts = send.facts
    if started.flow_id in facts.dropped_flow_ids:
        return True
    # What can't be read now is read before the flow is shown.
    with suppress(StoreError):
        if any(entry.values.get("submission_id") != send.id for entry in send.stores.ledger.find(started.flow_id)):
            return True
    with suppress(StoreError):
        if send.stores.flows.get(started.flow_id).submission_id != send.id:
            return True
    # The application signs with an account that is not known here.
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
    """Ask the flow which documents it holds, when no link says whose it is."""
    try:
        detail = send.repeat(lambda: send.client.detail(flow_id), is_cancellable=False)
    except Refused:
        # It may tell nothing of a flow that is not executed.
        return False
    return is_about_other_documents(send.facts, detail)


def _links_json(flow: FlowRecord) -> str:
    return json.dumps({signer.number: signer.urls for signer in flow.signers if signer.urls})


def _save_from_full_disk(send: SendContext, answer: RawAnswer) -> None:
    """Note the flow in the ledger, which may lie elsewhere; failing that, call it back while its id is still known."""
    # What was refused has no flow; what can't be called back was seen by nobody, and is never executed.
    with suppress(ApiError):
        started = wire.parse_started(answer)
        if _is_stale(send, started):
            return
        try:
            send.stores.ledger.append(FLOW, flow_values(flow_record(send, started)))
        except StoreError:
            send.client.revoke(started.flow_id)
