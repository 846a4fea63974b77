"""The steps of a visit: send, show, find and revoke its contract."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.domain.errors import ApiError, AppError, Cancelled, InputError, StoreError
from esign_desktop.domain.options import NoticeChannel
from esign_desktop.domain.preset.checks import require_usable
from esign_desktop.domain.preset.filling import FormFacts, fill
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.counter.shift import customer_accounts
from esign_desktop.services.counter.states import CounterEvent, CounterState
from esign_desktop.services.counter.values import CounterNews
from esign_desktop.services.counter.visit import Visit
from esign_desktop.services.people.staff import with_known_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.counter.shift import WaitingContracts
    from esign_desktop.services.counter.visit import CurrentVisit
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.services.sending.submission import SubmissionService
    from esign_desktop.services.sending.values import SubmissionOutcome, SubmissionProgress
    from esign_desktop.store.tables.accounts import Accounts

_S, _E = CounterState, CounterEvent


class CounterWorkflow:
    """The steps of a visit.

    They run on the caller's thread, one at a time, and store their results and errors in the visit.
    """

    def __init__(
        self,
        current: CurrentVisit,
        presets: PresetService,
        accounts: Accounts,
        submission: SubmissionService,
        flows: FlowService,
        waiting: WaitingContracts,
        *,
        environment: Callable[[], Environment],
    ) -> None:
        self._waiting = waiting
        self._current = current
        self._presets = presets
        self._accounts = accounts
        self._submission = submission
        self._flows = flows
        self._environment = environment

    def interrupted(self) -> Visit | None:
        """Return a visit for the newest contract whose send was interrupted when the program ended.

        The result is None if there is no such contract. Contracts whose preset was deleted or edited are skipped.
        Raises StoreError.
        """
        environment = self._environment()
        home = environment.kind, environment.project_id
        for summary in reversed(self._submission.unfinished()):
            if not summary.origin or (summary.environment, summary.project_id) != home:
                continue
            # If the project's address has been changed since, the contract belongs to another server.
            if is_elsewhere(summary.home, environment):
                continue
            draft = self._submission.contract(summary.id)
            # If the preset was deleted or edited, the contract no longer fits it and is finished in Track.
            with suppress(StoreError):
                visit = Visit(self._presets.get(PresetId(summary.origin)))
                if len(visit.preset.signers) == len(draft.signers):
                    visit.resume(draft, self._submission.outcome(summary.id))
                    return visit
        return None

    def still_waiting(self, *, without: Collection[FlowId]) -> Visit | None:
        """Return a visit for today's newest contract that is waiting for its customer, or None if there is none.

        Flows whose ids are in ``without`` are skipped. Raises StoreError.
        """
        for found in self._waiting.today(self._environment(), without=without):
            with suppress(StoreError):
                visit = Visit(self._presets.get(found.preset_id))
                if customer_accounts(visit.preset, found):
                    visit.find(found, is_entered_anew=False)
                    return visit
        return None

    def finds_earlier(self, visit: Visit) -> bool:
        """Return whether the same contract was already sent to the customers today.

        Signed contracts count too. If there is such a contract, the visit uses it.
        """
        with suppress(StoreError):
            customers = [customer.account_ids for customer in visit.customers.values()]
            environment = self._environment()
            found = self._waiting.of_customers(visit.preset, customers, environment)
            found = found or self._waiting.signed_by(visit.preset, customers, environment)
            if found is not None:
                with self._current.lock:
                    visit.find(found, is_entered_anew=True)
                self._current.notify(CounterNews.CHANGED)
                return True
        return False

    def signed_at_ms(self, visit: Visit, account_ids: Collection[str]) -> int | None:
        """Return the sending time of today's contract that a customer has already signed, in epoch milliseconds.

        The result is None if there is no such contract. Only contracts made from the visit's preset count. Raises
        StoreError.
        """
        found = self._waiting.signed_by(visit.preset, [account_ids], self._environment())
        return None if found is None else found.record.sent_at_ms

    def show_waiting(self, visit: Visit) -> None:
        """Show the QR code of the waiting contract, or its result if the platform reports that it has ended."""
        waiting, flow_id = visit.waiting, visit.flow_id
        if waiting is None or flow_id is None:
            return
        if not waiting.is_sent:
            self.go_on(visit)
            return
        error: AppError | None = None
        record = waiting.record
        try:
            record = self._flows.refresh(flow_id)
        except AppError as failure:
            # Show the QR code nevertheless, because the platform's page tells the customer if the contract has ended.
            error = failure
        with self._current.lock:
            visit.happen(_E.SHOW)
            visit.take_record(record)
            visit.error = error
        self._flows.watch(None if visit.state.is_ended else flow_id)
        self._current.notify(CounterNews.ENDED if visit.state.is_ended else CounterNews.LIVE)

    def send(self, visit: Visit) -> None:
        """Send a new contract to the customers of the visit.

        An error changes the visit's state and is stored in the visit.
        """
        current, preset = self._current, visit.preset
        try:
            environment = self._environment()
            require_usable_here(preset, environment)
            answers = {name: answer.value for name, answer in visit.answers.items()}
            documents = self._presets.documents_of(preset, FormFacts(visit.data, answers))
            known = with_known_accounts(preset, environment, self._accounts)
            draft = fill(known, documents, visit.parties, naming=self._presets.naming())
            draft = replace(draft, reference=visit.reference)
            if visit.is_by_sms:
                notices = draft.options.notices | {NoticeChannel.SMS}
                draft = replace(draft, options=replace(draft.options, notices=notices))
            with current.lock:
                visit.begin(draft)
            current.change(visit, _E.SEND)
            outcome = self._submission.send(
                draft,
                environment,
                on_progress=lambda progress: self._on_progress(visit, progress),
                cancel=visit.cancel,
                origin=preset.id,
            )
        except Cancelled:
            current.clear(visit)
        except AppError as error:
            self._fail(visit, error)
        else:
            self.settle(visit, outcome)

    def go_on(self, visit: Visit) -> None:
        """Resume sending the visit's contract from where it was interrupted."""
        if visit.submission_id is None:
            self.send(visit)
            return
        self._current.change(visit, _E.SEND)
        try:
            outcome = self._submission.run(
                visit.submission_id,
                on_progress=lambda progress: self._on_progress(visit, progress),
                cancel=visit.cancel,
            )
        except AppError as error:
            self._pause(visit, error)
        else:
            self.settle(visit, outcome)

    def settle(self, visit: Visit, outcome: SubmissionOutcome) -> None:
        """Update the visit with the outcome of a send."""
        match outcome.state:
            case SubmissionState.DONE:
                self._show(visit, outcome)
            case SubmissionState.CANCELLED if visit.is_leaving:
                visit.is_called_off = True
                self._current.clear(visit)
            case SubmissionState.CANCELLED:
                self._current.change(visit, _E.END_REVOKED)
            case SubmissionState.HELD:
                visit.is_leaving = False
                self._current.change(visit, _E.HOLD, outcome.error)
            case SubmissionState.FAILED:
                self._fail(visit, outcome.error)
            case SubmissionState.MADE if not visit.is_leaving:
                # A teller has no time to compare the document with the form values. It can be accepted in Track.
                self._pause(visit, InputError("submission.made_differs"))
            case _ if visit.is_leaving and self._is_called_off(visit):
                self._current.clear(visit)
            case _ if not visit.state.is_ended:
                self._pause(visit, outcome.error)
            case _:
                # Cancelling came too late, and the contract has ended by itself.
                pass

    def may_be_seen(self, visit: Visit) -> bool:
        """Return whether the customer may already see the visit's unfinished contract."""
        return any(
            summary.id == visit.submission_id and not summary.can_be_cancelled
            for summary in self._submission.unfinished()
        )

    def revoke_or_cancel(self, visit: Visit) -> bool:
        """Revoke or cancel the visit's contract, and return whether this succeeded.

        If this fails, the error is stored in the visit.
        """
        match visit.state:
            case _S.SHOWING:
                return self.is_revoked(visit)
            case _S.WAITING if visit.is_about_signed:
                return True
            case _S.WAITING if visit.waiting is not None and visit.waiting.is_sent:
                return self.is_revoked(visit)
            case _S.PAUSED | _S.HELD | _S.WAITING:
                return self._is_called_off(visit)
            case _:
                return True

    def is_revoked(self, visit: Visit) -> bool:
        """Revoke the flow of the visit, and return whether this succeeded.

        If the flow continues, the error is stored in the visit. If the flow was signed, the visit's state shows this.
        """
        flow_id = visit.flow_id
        if flow_id is None:
            return True
        self._current.change(visit, _E.REVOKE)
        try:
            self._flows.revoke(flow_id)
        except AppError as error:
            return self._is_over_anyway(visit, flow_id, error)
        finally:
            visit.is_leaving = False
        return True

    def _is_over_anyway(self, visit: Visit, flow_id: FlowId, error: AppError) -> bool:
        """Return whether a flow whose revocation failed has nevertheless been revoked or has expired."""
        record = self._kept(flow_id)
        with self._current.lock:
            if record is None or not record.status.is_final:
                visit.happen(_E.KEEP)
            if record is not None:
                visit.take_record(record)
            if not visit.state.is_ended:
                visit.error = error
        self._current.notify_state(visit)
        return visit.state in {_S.REVOKED, _S.EXPIRED}

    def _kept(self, flow_id: FlowId | None) -> FlowRecord | None:
        """Return the stored flow, or None if it cannot be read. The platform is queried soon in any case."""
        with suppress(StoreError):
            return None if flow_id is None else self._flows.get(flow_id)
        return None

    def _is_called_off(self, visit: Visit) -> bool:
        if visit.submission_id is None:
            return True
        try:
            outcome = self._submission.cancel_before_execute(visit.submission_id)
        except InputError as error:
            if error.code == "submission.too_late" and visit.flow_id is not None:
                return self.is_revoked(visit)
            visit.is_leaving = False
            with self._current.lock:
                visit.error = error
            self._current.notify_state(visit)
            return False
        # A flow that cannot be revoked now will be revoked later, and is never executed.
        visit.is_called_off = outcome.state is not SubmissionState.HELD
        return visit.is_called_off

    def _on_progress(self, visit: Visit, progress: SubmissionProgress) -> None:
        news: CounterNews | None = None
        with self._current.lock:
            visit.submission_id, visit.flow_id = progress.submission_id, progress.flow_id
            if visit.take_links(progress.links):
                news = CounterNews.QR_READY
            is_live = progress.is_execute_answered or progress.state is SubmissionState.RUNNING
            if is_live and not visit.is_live and not visit.is_leaving:
                visit.is_live = True
                news = CounterNews.LIVE
        if news is not None:
            self._current.notify(news)

    def _show(self, visit: Visit, outcome: SubmissionOutcome) -> None:
        current, flow_id = self._current, outcome.flow_id
        record = self._kept(flow_id)
        with current.lock:
            visit.flow_id = flow_id
            visit.take_links(outcome.links)
            visit.is_live, visit.links_are_missing = True, outcome.links_are_missing
            visit.happen(_E.SHOW)
            visit.error = None
            if record is not None:
                visit.take_record(record)
        if visit.is_leaving:
            if self.revoke_or_cancel(visit):
                current.clear(visit)
            return
        self._flows.watch(None if visit.state.is_ended else flow_id)
        current.notify_state(visit)
        if self._environment().is_binding:
            # ID numbers that cannot be deleted now are deleted after the next contract.
            with suppress(StoreError):
                visit.preset = self._presets.forget_numbers(visit.preset.id)

    def _pause(self, visit: Visit, error: AppError | None) -> None:
        visit.is_leaving = False
        self._current.change(visit, _E.PAUSE, error or ApiError("submission.interrupted", retryable=True))

    def _fail(self, visit: Visit, error: AppError | None) -> None:
        if visit.is_leaving:
            self._current.clear(visit)
        else:
            self._current.change(visit, _E.FAIL, error or ApiError("submission.interrupted"))


def require_usable_here(preset: Preset, environment: Environment) -> None:
    """Raise InputError ``preset.no_customer`` if a preset has no customer, or the errors of ``require_usable``."""
    if not preset.customers:
        raise InputError("preset.no_customer")
    require_usable(preset, environment)
