"""Send contracts. A send can be resumed after an interruption at any step, and no contract is sent twice.

A send is a journal of committed steps: ``queued → snapshot → accounts → upload_url → uploaded → contract → made →
start_intent → started → execute_intent → running → done``, or ``held``, ``cancelled``, ``failed``. A send for later
becomes ``prepared`` after ``started`` and waits until the user starts the signing. After a crash, a power failure or a
lost response, the send resumes from its last step, and no signer is ever shown two flows.
"""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from esign_desktop.api.errors import Refused, StorageRefused
from esign_desktop.api.payload import preview_body
from esign_desktop.domain.contract.checks import obstacles
from esign_desktop.domain.contract.problems import Severity
from esign_desktop.domain.errors import ApiError, AppError, Cancelled, CancelToken, InputError
from esign_desktop.domain.submission import SubmissionId, SubmissionState, new_submission_id
from esign_desktop.services.exclusive import Exclusive
from esign_desktop.services.presets.form_values import value_problems
from esign_desktop.services.sending.accounts import scrub_journal
from esign_desktop.services.sending.approvals import Approvals, digest_of
from esign_desktop.services.sending.documents import take_snapshots
from esign_desktop.services.sending.facts import SubmissionFacts, signing_links
from esign_desktop.services.sending.flow import depends_on_links, execute, expects_links, persist_flow, revoke_unseen
from esign_desktop.services.sending.held import HeldSend, held_send
from esign_desktop.services.sending.made import MadeDocument, accepts_made, made_documents
from esign_desktop.services.sending.preparation import drop_replaced_values, end_replaced, prepare_in_turn
from esign_desktop.services.sending.send import ActiveSends, SendContext
from esign_desktop.services.sending.start import (
    NO_LINKS_LATER,
    end_in_ledger,
    lacks_links,
    note_end,
    recover_from_ledger,
    recover_start,
    start,
    start_showing_at_once,
    was_started_elsewhere,
)
from esign_desktop.services.sending.values import (
    RetryPolicy,
    SubmissionOutcome,
    SubmissionPlatforms,
    SubmissionProgress,
    SubmissionStores,
    SubmissionSummary,
)
from esign_desktop.store.tables.journal import SubmissionRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import Environment
    from esign_desktop.store.tables.journal import Submission


_TOO_LATE = frozenset({SubmissionState.EXECUTE_INTENT, SubmissionState.RUNNING, SubmissionState.DONE})


_log = logging.getLogger(__name__)


class SubmissionService:
    """The service that sends contracts, one at a time.

    Calls block on the disk and the network, so they must be made on a worker thread. Several services may send in
    parallel if they share ``turns``. ``prepare`` performs all steps before the start request. ``queue`` and ``send``
    require the approvals of second persons in ``approvals``. A send that fails or is cancelled gives its approval back.
    """

    def __init__(
        self,
        stores: SubmissionStores,
        platforms: SubmissionPlatforms,
        *,
        clock_ms: Callable[[], int],
        retry: RetryPolicy | None = None,
        turns: ActiveSends | None = None,
        prepare: Callable[[SendContext], None] = prepare_in_turn,
        approvals: Approvals | None = None,
    ) -> None:
        self._stores = stores
        self._platforms = platforms
        self._clock_ms = clock_ms
        self._retry = retry or RetryPolicy()
        self._turns = turns or ActiveSends()
        self._prepare = prepare
        self._approvals = approvals or Approvals()
        self._approved: dict[SubmissionId, tuple[str, ...]] = {}
        self._one_at_a_time = Exclusive("submission.busy")

    def preview(self, draft: ContractDraft, environment: Environment) -> str:
        """Return the JSON body of ``start`` as it would be sent now. Names take the place of ids not yet known."""
        auto_initiate: int | str = 0
        ask = self._platforms.reports_links
        if depends_on_links(draft) and ask is not None:
            are_told = ask(environment.kind)
            # If this is unknown, the first send finds it out.
            auto_initiate = "<0 or 1>" if are_told is None else int(not are_told)
        body = preview_body(draft, environment.behaviour, self._clock_ms(), auto_initiate=auto_initiate)
        return json.dumps(body, ensure_ascii=False, indent=2)

    def queue(
        self,
        draft: ContractDraft,
        environment: Environment,
        *,
        cancel: CancelToken | None = None,
        is_for_later: bool = False,
        shows_made: bool = False,
    ) -> SubmissionId:
        """Queue a contract with copies of its current files, and return the id of the send. ``run`` then sends it.

        If ``is_for_later`` is True, the flow stays in preparation on the platform, invisible to its signers, until
        ``start_signing`` is called. If documents created from templates differ from the entered values, the send waits
        for ``accept_made``. If ``shows_made`` is True, the send always waits for ``accept_made``.

        If an error is raised, nothing remains queued. Raises StoreError, Cancelled, and InputError
        ``submission.sent_before`` if the draft is being sent or was sent, ``document.missing``, ``document.changed``,
        the code of an obstacle (``domain.obstacles``), ``submission.no_links_later`` if the signers of a contract for
        later would have no link, or ``second_person.missing`` if a second person must approve the contract first.
        """
        submission_id = new_submission_id()
        with self._exclusive(submission_id):
            choices = {"is_for_later": is_for_later, "shows_made": shows_made}
            self._queue(submission_id, draft, environment, cancel=cancel, choices=choices)
            return submission_id

    def send(
        self,
        draft: ContractDraft,
        environment: Environment,
        *,
        on_progress: Callable[[SubmissionProgress], None] | None = None,
        cancel: CancelToken | None = None,
        origin: str = "",
    ) -> SubmissionOutcome:
        """Queue and send a contract in one call, so that no other worker can take over the send after it is queued.

        ``on_progress`` may be called on other threads, one call at a time. ``origin`` is the caller's label for the
        source of the send; it is included in the summary. The outcome contains errors that occur after queuing. Raises
        the errors of ``queue``.
        """
        submission_id = new_submission_id()
        with self._exclusive(submission_id):
            return self._run(self._queue(submission_id, draft, environment, on_progress, cancel, origin))

    def run(
        self,
        submission_id: SubmissionId,
        *,
        on_progress: Callable[[SubmissionProgress], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> SubmissionOutcome:
        """Resume a send from its current state, and return the outcome, which contains any error of the send.

        ``on_progress`` is called on this thread. The send can be cancelled until the flow is about to be shown to its
        signers; a flow that has already been started is then revoked. Raises InputError ``submission.busy`` while
        another contract is being sent, and StoreError if the journal cannot be read.
        """
        with self._exclusive(submission_id):
            return self._run(self._send(submission_id, on_progress, cancel))

    def sweep_copies(self) -> None:
        """Delete copies of files that are no longer needed by any send, such as those left by a crash.

        Raises StoreError.
        """
        with self._turns.intake_lock:
            journal = self._stores.journal
            # A held send may be started again, so its copies are kept.
            needed = [submission.record.id for submission in (*journal.unfinished(), *journal.held())]
            self._stores.snapshots.sweep(needed)

    def unfinished(self) -> tuple[SubmissionSummary, ...]:
        """Return a summary of each send that has not ended, including held sends, oldest first."""
        journal = self._stores.journal
        found = sorted((*journal.unfinished(), *journal.held()), key=lambda submission: submission.record.queued_at_ms)
        return tuple(
            _summary(submission, is_under_way=self._turns.is_held(submission.record.id)) for submission in found
        )

    def contract(self, submission_id: SubmissionId) -> ContractDraft:
        """Return the draft that is being sent, without the personal data of parties whose accounts are known.

        Raises InputError ``submission.unknown``.
        """
        return self._submission(submission_id).record.draft

    def outcome(self, submission_id: SubmissionId) -> SubmissionOutcome:
        """Return the current outcome of a send without resuming it. Raises InputError ``submission.unknown``."""
        return _outcome(SubmissionFacts(self._submission(submission_id)), None)

    def cancel_before_execute(self, submission_id: SubmissionId) -> SubmissionOutcome:
        """Cancel a paused or held send, revoke its flow, which no signer has seen, and return the outcome.

        If the state in the outcome is not CANCELLED, the outcome contains the error that prevented the revocation, and
        ``run`` tries again. Raises InputError ``submission.too_late`` if signers may already be able to see the flow.
        """
        with self._exclusive(submission_id):
            send = self._send(submission_id)
            if _is_too_late(send.facts):
                raise InputError("submission.too_late")
            if send.facts.state.is_final:
                return _outcome(send.facts, None)
            return self._guarded(send, lambda: self._cancel(send))

    def start_again(self, submission_id: SubmissionId) -> SubmissionId:
        """Release a held send at the user's request, so that ``run`` starts a new flow.

        The platform may have received the earlier start request although its response was lost. The first flow then
        stays in preparation, and no signer ever sees it. Raises InputError ``submission.not_held``, or
        ``submission.may_be_visible`` if the earlier request was to show the flow immediately.
        """
        with self._exclusive(submission_id):
            send = self._held(submission_id)
            if send.facts.may_be_visible:
                raise InputError("submission.may_be_visible")
            send.record(SubmissionState.CONTRACT, starts_again=True)
            return submission_id

    def is_prepared(self, submission_id: SubmissionId) -> bool:
        """Return whether a send is prepared and is waiting to be started. The result is False for an unknown send."""
        submission = self._stores.journal.get(submission_id)
        return submission is not None and submission.state is SubmissionState.PREPARED

    def start_signing(
        self, submission_id: SubmissionId, *, on_progress: Callable[[SubmissionProgress], None] | None = None
    ) -> SubmissionOutcome:
        """Show a prepared flow to its signers, and return the outcome.

        If the platform refuses, the flow stays prepared and the call can be repeated. Raises InputError
        ``submission.not_prepared``.
        """
        with self._exclusive(submission_id):
            send = self._send(submission_id, on_progress)
            if send.facts.state is not SubmissionState.PREPARED:
                raise InputError("submission.not_prepared")
            send.record(SubmissionState.EXECUTE_INTENT)
            return self._guarded(send, lambda: self._advance(send))

    def made(self, submission_id: SubmissionId) -> tuple[MadeDocument, ...]:
        """Return the documents that the platform created, for review. Missing files are downloaded first.

        Raises InputError ``submission.not_made`` if the send is not waiting for a review, and StoreError.
        """
        with self._exclusive(submission_id):
            return made_documents(self._made(submission_id))

    def accept_made(self, submission_id: SubmissionId) -> SubmissionId:
        """Accept, at the user's request, the documents that the platform created, so that ``run`` resumes the send.

        Raises InputError ``submission.not_made``.
        """
        with self._exclusive(submission_id):
            self._made(submission_id).record(SubmissionState.CONTRACT, is_made_accepted=True)
            return submission_id

    def look_again(self, submission_id: SubmissionId) -> SubmissionOutcome:
        """Look for the lost response of a held send in the ledger, and return the outcome.

        If the response is found, the send is resumed. The platform cannot be queried for a flow whose id is not known.
        Raises InputError ``submission.not_held``.
        """
        with self._exclusive(submission_id):
            send = self._held(submission_id)
            if send.facts.flow_id is None:
                recover_from_ledger(send)
            return self._run(send)

    def held(self, submission_id: SubmissionId) -> HeldSend:
        """Return the details of a held send, including the decisions that the user can make.

        Raises InputError ``submission.not_held``.
        """
        submission = self._submission(submission_id)
        if submission.state is not SubmissionState.HELD:
            raise InputError("submission.not_held")
        return held_send(submission)

    def _queue(
        self,
        submission_id: SubmissionId,
        draft: ContractDraft,
        environment: Environment,
        on_progress: Callable[[SubmissionProgress], None] | None = None,
        cancel: CancelToken | None = None,
        origin: str = "",
        *,
        choices: Mapping[str, bool] | None = None,
    ) -> SendContext:
        choices = choices or {}
        approved = (digest_of(draft, environment),) if self._approvals.are_needed(environment) else ()
        self._approvals.require(approved)
        self._refuse_second_send(draft)
        found = (
            *obstacles(draft),
            *(problem for problem in value_problems(draft) if problem.severity is Severity.BLOCKING),
        )
        if found:
            # A document's name may be personal, so it stays out of logs.
            params = {name: value for name, value in found[0].params.items() if name not in {"name", "choices"}}
            raise InputError(found[0].code, "", retryable=False, **params)
        ask = self._platforms.reports_links
        if (
            choices.get("is_for_later")
            and depends_on_links(draft)
            and ask is not None
            and ask(environment.kind) is False
        ):
            raise InputError(NO_LINKS_LATER)
        record = SubmissionRecord(submission_id, environment.kind, environment.project_id, draft, self._clock_ms())
        with self._turns.intake_lock:
            # Recorded in the first step, so that the flow is never shown by mistake.
            self._stores.journal.queue(record, origin=origin, **choices)
        send = self._send(record.id, on_progress, cancel)
        if was_started_elsewhere(send):
            self._end(send, SubmissionState.FAILED)
            raise InputError("submission.sent_before", state="lost")
        send.record(
            SubmissionState.QUEUED,
            base_url=environment.base_url,
            behaviour=json.dumps(environment.behaviour.as_values()),
        )
        try:
            take_snapshots(send)
        except (AppError, Cancelled) as error:
            self._end(send, SubmissionState.CANCELLED if isinstance(error, Cancelled) else SubmissionState.FAILED)
            raise
        self._approvals.use(approved)
        self._approved[submission_id] = approved
        return send

    def _run(self, send: SendContext) -> SubmissionOutcome:
        if send.facts.state.is_final or send.facts.state.waits_for_person:
            return _outcome(send.facts, None)
        return self._guarded(send, lambda: self._advance(send))

    def _guarded(self, send: SendContext, work: Callable[[], None]) -> SubmissionOutcome:
        error: AppError | None = None
        try:
            try:
                work()
            except Cancelled:
                # Closing the client also raises Cancelled, but then the send only pauses.
                if send.cancel.is_cancelled and not _is_too_late(send.facts):
                    self._cancel(send)
                else:
                    error = ApiError("submission.interrupted", retryable=True)
            except AppError as failure:
                error = failure
                if _is_permanent(failure) and not send.facts.state.is_final:
                    self._end(send, SubmissionState.FAILED, failure)
            if send.facts.has_accounts and not send.facts.state.is_final:
                scrub_journal(send)
        except AppError as failure:
            error = failure
        _log.info("a send is %s: %s", send.facts.state, error.code if error is not None else "no error")
        return _outcome(send.facts, error)

    def _advance(self, send: SendContext) -> None:
        end = end_in_ledger(send)
        if end is not None:
            self._end(send, end)
            return
        facts = send.facts
        if facts.state is SubmissionState.START_INTENT:
            recover_start(send)
        elif facts.flow_id is None and not recover_from_ledger(send):
            self._prepare(send)
            if not accepts_made(send):
                return
            end_replaced(send)
            start(send)
        is_cancelled = facts.is_cancelling or send.cancel.is_cancelled
        if facts.state is SubmissionState.STARTED and lacks_links(send) and not is_cancelled:
            start_showing_at_once(send)
        if facts.state is SubmissionState.HELD:
            if is_cancelled and not facts.may_be_visible:
                # The flow will not be executed, regardless of whether it was started.
                self._cancel(send)
            return
        if facts.state is SubmissionState.STARTED:
            persist_flow(send)
            if (facts.is_cancelling or send.cancel.is_cancelled) and not _is_too_late(facts):
                self._cancel(send)
                return
        self._show(send)

    def _show(self, send: SendContext) -> None:
        """Show the flow to its signers, or leave it in preparation if it is for later."""
        facts, end = send.facts, SubmissionState.DONE
        if facts.state is SubmissionState.STARTED and facts.is_for_later:
            end = SubmissionState.PREPARED
        elif facts.state in {SubmissionState.STARTED, SubmissionState.EXECUTE_INTENT} and not execute(send):
            return
        self._stores.drafts.delete(facts.draft.id)
        self._end(send, end)

    def _cancel(self, send: SendContext) -> None:
        facts = send.facts
        if facts.state is SubmissionState.START_INTENT:
            if not facts.is_cancelling:
                # The cancellation is recorded even if the response cannot be recovered now.
                send.record(SubmissionState.START_INTENT, is_cancelling=True)
            with suppress(Refused):
                recover_start(send)
        if facts.flow_id is not None and facts.state is SubmissionState.STARTED:
            if not facts.is_cancelling:
                # From now on, the flow will never be executed, even if its revocation has to wait.
                send.record(SubmissionState.STARTED, is_cancelling=True)
            persist_flow(send)
            revoke_unseen(send)
        self._end(send, SubmissionState.CANCELLED)

    def _end(self, send: SendContext, state: SubmissionState, error: AppError | None = None) -> None:
        scrub_journal(send, is_over=True)
        if state in {SubmissionState.DONE, SubmissionState.PREPARED}:
            drop_replaced_values(send)
        else:
            # The draft still contains the values.
            self._stores.values.drop(send.id)
            note_end(send, state)
        self._stores.snapshots.discard(send.id)
        approved = self._approved.pop(send.id, ())
        if state in {SubmissionState.FAILED, SubmissionState.CANCELLED}:
            self._approvals.add(approved)
        if isinstance(error, Refused):
            # The message may quote sent data, so it is shown but not stored.
            send.record(state, code=error.code, err_code=error.err_code)
        elif error is not None:
            send.record(state, code=error.code)
        else:
            send.record(state)

    def _refuse_second_send(self, draft: ContractDraft) -> None:
        for submission in self._stores.journal.of_draft(draft.id):
            if submission.state not in {SubmissionState.FAILED, SubmissionState.CANCELLED}:
                raise InputError("submission.sent_before", state=submission.state.value)

    def _submission(self, submission_id: SubmissionId) -> Submission:
        submission = self._stores.journal.get(submission_id)
        if submission is None:
            raise InputError("submission.unknown")
        return submission

    def _held(self, submission_id: SubmissionId) -> SendContext:
        send = self._send(submission_id)
        if send.facts.state is not SubmissionState.HELD:
            raise InputError("submission.not_held")
        return send

    def _made(self, submission_id: SubmissionId) -> SendContext:
        send = self._send(submission_id)
        if send.facts.state is not SubmissionState.MADE:
            raise InputError("submission.not_made")
        return send

    def _send(
        self,
        submission_id: SubmissionId,
        on_progress: Callable[[SubmissionProgress], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> SendContext:
        return SendContext(
            SubmissionFacts(self._submission(submission_id)),
            self._stores,
            self._platforms,
            retry=self._retry,
            on_progress=on_progress or (lambda _progress: None),
            cancel=cancel or CancelToken(),
            clock_ms=self._clock_ms,
        )

    @contextmanager
    def _exclusive(self, submission_id: SubmissionId | None = None) -> Iterator[None]:
        with self._one_at_a_time(), self._turns.hold(submission_id) if submission_id is not None else nullcontext():
            yield


def _is_too_late(facts: SubmissionFacts) -> bool:
    """Return whether the signers can already see the flow or may see it at any moment."""
    # A send that is being cancelled was not shown, even if it came from another computer's backup.
    may_be_visible = facts.may_be_visible and not facts.is_cancelling
    if may_be_visible and facts.state in {SubmissionState.START_INTENT, SubmissionState.STARTED}:
        return True
    return facts.state in _TOO_LATE


def _is_permanent(error: AppError) -> bool:
    """Return whether trying again would fail in the same way, so that the contract must be changed or sent anew."""
    match error:
        case Refused():
            return True
        case StorageRefused():
            return not error.retryable
        case InputError():
            return not error.code.startswith("environment.")
        case _:
            return False


def _outcome(facts: SubmissionFacts, error: AppError | None) -> SubmissionOutcome:
    links = signing_links(facts)
    is_missing = facts.flow_id is not None and not links and expects_links(facts.draft)
    return SubmissionOutcome(facts.record.id, facts.state, facts.flow_id, links, error, is_missing)


def _summary(submission: Submission, *, is_under_way: bool) -> SubmissionSummary:
    record, facts = submission.record, SubmissionFacts(submission)
    return SubmissionSummary(
        record.id,
        submission.state,
        record.environment,
        record.project_id,
        record.draft.id,
        record.draft.title,
        record.queued_at_ms,
        can_be_cancelled=not _is_too_late(facts),
        may_be_visible=submission.state is SubmissionState.HELD and facts.may_be_visible,
        origin=facts.origin,
        base_url=facts.base_url,
        is_under_way=is_under_way,
        signers=record.draft.signers,
    )
