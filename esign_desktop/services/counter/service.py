"""The counter: choose a preset, enter a customer, show the QR code, and clear the counter for the next customer.

A contract is sent in two steps and recorded in the journal like any other contract, but its requests run in parallel.
After a failure, the customer's data stays in memory until the counter is cleared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.domain.people.customer_line import PartKind
from esign_desktop.services.counter.states import CounterEvent, CounterState
from esign_desktop.services.counter.values import CounterNews
from esign_desktop.services.counter.visit import CurrentVisit, Customer, Visit
from esign_desktop.services.counter.workflow import CounterWorkflow, require_usable_here
from esign_desktop.services.exclusive import Exclusive
from esign_desktop.services.presets.answers import read_answer
from esign_desktop.services.sending.held import HeldChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.domain.people.handover import HandedCustomer
    from esign_desktop.domain.preset.preset import PresetId
    from esign_desktop.services.audit import Note
    from esign_desktop.services.counter.shift import WaitingContracts
    from esign_desktop.services.counter.values import CounterListener, CounterView
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.services.people.customers import CustomerLook, CustomerReader
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.services.sending.held import HeldSend
    from esign_desktop.services.sending.submission import SubmissionService
    from esign_desktop.store.tables.accounts import Accounts


_S = CounterState
_MAY_BE_RENEWED = frozenset({_S.WAITING, *(state for state in _S if state.may_be_renewed)})
_MAY_BE_CLEARED = frozenset(
    {_S.READY, _S.WAITING, _S.SHOWING, _S.PAUSED, _S.FAILED, _S.HELD, *(state for state in _S if state.is_ended)}
)


TURN_S: Final = 0.5
"""Seconds that a call waits for the previous one, because a listener may call the service before that one returns."""


class CounterService:
    """The service of one counter.

    Calls block on the store and the network, and may come from any thread. News is delivered on the thread that causes
    it. Only one call at a time may change the counter; a second call raises InputError ``counter.busy`` after
    ``TURN_S`` seconds. This does not apply to ``refresh``, or to ``revoke_and_clear`` while a contract is being sent.
    """

    def __init__(
        self,
        presets: PresetService,
        customers: CustomerReader,
        accounts: Accounts,
        submission: SubmissionService,
        flows: FlowService,
        waiting: WaitingContracts,
        *,
        environment: Callable[[], Environment],
        note: Note = lambda _action, _title: None,
        on_unsent: Callable[[str], None] = lambda _reference: None,
    ) -> None:
        """Create the service.

        ``note`` adds lines to the audit log. ``on_unsent`` receives the reference of each handed-over customer for whom
        no contract was sent.
        """
        self._presets = presets
        self._note = note
        self._customers = customers
        self._submission = submission
        self._flows = flows
        self._environment = environment
        self._exclusive = Exclusive("counter.busy", wait_s=TURN_S)
        self._on_unsent = on_unsent
        self._current = CurrentVisit(on_unsent)
        self._workflow = CounterWorkflow(
            self._current, presets, accounts, submission, flows, waiting, environment=environment
        )
        self._left_waiting: set[FlowId] = set()
        """Waiting contracts that were offered and declined. They are not offered again while the program runs."""

    def listen(self, listener: CounterListener | None) -> None:
        """Deliver news to ``listener`` from now on. If ``listener`` is None, stop delivering news."""
        self._current.listener = listener

    @property
    def view(self) -> CounterView:
        """The current state of the counter. Reading it does not block."""
        return self._current.view

    # Before sending

    def resume(self) -> CounterView:
        """Show an interrupted or waiting contract if the counter is empty, and return the view.

        A send that was interrupted when the program ended takes precedence. Such a send waits for the teller's
        decision, or continues at once if the customer may already see the contract. If there is no such send, today's
        newest contract that its customer has not signed yet is shown as WAITING. Raises StoreError or InputError
        ``counter.busy``.
        """
        visit = None
        if self._is_empty:
            visit = self._workflow.interrupted() or self._workflow.still_waiting(without=self._left_waiting)
        if visit is None:
            return self.view
        with self._exclusive():
            if self._is_empty:
                self._current.put(visit, CounterNews.CHANGED)
                if visit.state is _S.PAUSED and self._workflow.may_be_seen(visit):
                    self._workflow.go_on(visit)
            return self.view

    def choose(self, preset_id: PresetId, *, seen: CounterView | None = None) -> CounterView:
        """Use a preset for the next customers, and return the view.

        ``seen`` is the view that the teller last saw. If the displayed contract has ended since then, the call has no
        effect. Raises InputError ``counter.in_use`` or ``counter.code_shown`` while another contract is current,
        InputError ``preset.no_customer``, ``preset.staff_unknown`` or ``preset.other_environment`` if the preset cannot
        be used in this environment, and StoreError.
        """
        with self._exclusive():
            visit = self._current.visit
            if self._has_ended_since(seen):
                return self.view
            is_offered = visit is not None and visit.state is _S.WAITING and visit.is_resumed
            is_free = visit is None or is_offered or visit.is_through or visit.is_untouched
            if visit is not None and not is_free:
                raise InputError("counter.code_shown" if visit.state is _S.SHOWING else "counter.in_use")
            preset = self._presets.get(preset_id)
            require_usable_here(preset, self._environment())
            self._presets.pages.require_settled(preset)
            self._leave_alone(visit)
            chosen = Visit(preset)
            if visit is not None and visit.is_untouched and visit.handed is not None:
                chosen.prefill(visit.handed)
            self._current.put(chosen, CounterNews.CHANGED)
            self._presets.note_seen(preset_id)
            return self.view

    def lay_out(self, handed: HandedCustomer) -> str:
        """Begin a visit for a customer handed over by another program, and return the text of the customer's line.

        The teller still has to enter the line. Raises InputError ``counter.in_use`` while the counter shows another
        customer or the result of that customer's contract, ``handover.no_preset`` if no preset has the requested
        function key, and ``handover.unreadable`` if the line would be read as different data. Also raises the errors of
        ``choose``, and StoreError.
        """
        with self._exclusive():
            visit = self._current.visit
            if visit is not None and not visit.is_untouched:
                raise InputError("counter.in_use")
            preset = visit.preset if visit is not None and handed.preset_key is None else None
            if handed.preset_key is not None:
                preset = self._presets.on_key(handed.preset_key)
            if preset is None:
                raise InputError("handover.no_preset", key=handed.preset_key or "–")
            require_usable_here(preset, self._environment())
            self._presets.pages.require_settled(preset)
            line = self._customers.look(handed.line, self._environment()).line
            read = tuple(map(line.value, (PartKind.NAME, PartKind.ID_NUMBER, PartKind.MOBILE)))
            if read != (handed.name, handed.number.upper(), handed.mobile):
                raise InputError("handover.unreadable")
            laid_out = Visit(preset, before=visit.preset if visit is not None else None)
            laid_out.prefill(handed)
            self._current.put(laid_out, CounterNews.CHANGED)
            self._note(AuditAction.HANDED_OVER, handed.reference)
            self._presets.note_seen(preset.id)
            return self.typed_before

    def set_aside(self) -> HandedCustomer | None:
        """Undo the last ``lay_out``, and return the handed-over customer.

        Return None if the teller has already entered the customer. The previously chosen preset is chosen again. Raises
        InputError ``counter.busy``.
        """
        with self._exclusive():
            visit = self._current.visit
            if visit is None or visit.handed is None or not visit.is_untouched:
                return None
            before = Visit(visit.before) if visit.before is not None else None
            self._current.put(before, CounterNews.CHANGED, is_set_aside=True)
            return visit.handed

    def drop(self, customers: Iterable[HandedCustomer]) -> None:
        """Report that no contract was sent for these handed-over customers. Their visits never began."""
        for customer in customers:
            if customer.reference:
                self._on_unsent(customer.reference)

    def look(self, text: str) -> CustomerLook:
        """Interpret a line of customer data without submitting it, to give feedback while the teller types.

        Raises StoreError.
        """
        visit = self._current.visit
        with self._current.lock:
            expected = visit.view().next_role if visit is not None else None
        kind = expected.kind if expected is not None else AccountKind.PERSON
        look = self._customers.look(text, self._environment(), kind)
        if visit is not None and look.account_ids:
            look = replace(look, signed_at_ms=self._workflow.signed_at_ms(visit, look.account_ids))
        if visit is not None:
            visit.looked_at = text, look
        return look

    def enter(self, text: str) -> CustomerLook:
        """Enter the next customer from a line of customer data, unless something prevents sending.

        Return the result of reading the line, including the obstacles to sending (see ``CustomerLook.is_ready``).
        Raises StoreError, and InputError ``counter.not_ready`` if no customer is expected or ``counter.same_customer``
        if the customer was already entered.
        """
        with self._exclusive():
            visit = self._require(_S.READY)
            role = visit.view().next_role
            if role is None:
                raise InputError("counter.not_ready")
            looked_at, visit.looked_at = visit.looked_at, None
            look = looked_at[1] if looked_at is not None and looked_at[0] == text else self.look(text)
            if look.party is not None:
                if any(look.identity == other.identity for other in visit.customers.values()):
                    raise InputError("counter.same_customer")
                if not visit.customers:
                    self._check_handed(visit, look.line.value(PartKind.ID_NUMBER))
                with self._current.lock:
                    visit.customers[role.role_id] = Customer(look.party, look.identity, look.account_ids, look.data)
                    visit.typed[role.role_id] = text
                self._current.notify(CounterNews.CHANGED)
            return look

    def _check_handed(self, visit: Visit, number: str) -> None:
        """Drop the handed-over customer if a different one is entered, so that no contract gets the wrong reference."""
        handed = visit.handed
        if handed is None or handed.number.upper() == number.upper():
            return
        with self._current.lock:
            visit.handed = None
            visit.typed.clear()
        self.drop([handed])

    def answer(self, text: str) -> CounterView:
        """Enter the answer to the next question of the forms, and return the view.

        Raises InputError ``counter.not_ready`` if no question is open, and ``answer.*`` (see
        ``services.presets.answers``) if the text is not a valid answer.
        """
        with self._exclusive():
            visit = self._require(_S.READY)
            question = visit.view().next_question
            if question is None:
                raise InputError("counter.not_ready")
            answer = read_answer(question, text)
            with self._current.lock:
                visit.answers[question.name] = answer
                visit.typed[question.name] = text
            self._current.notify(CounterNews.CHANGED)
            return self.view

    def step_back(self, text: str) -> CounterView:
        """Go back to the previous line, and return the view.

        ``text`` is the text typed so far in the current line; ``typed_before`` returns it later. Raises InputError
        ``counter.not_ready`` if no line is being entered.
        """
        with self._exclusive():
            visit = self._require(_S.READY)
            with self._current.lock:
                visit.typed[visit.is_at] = text
                visit.step_back()
            self._current.notify(CounterNews.CHANGED)
            return self.view

    @property
    def typed_before(self) -> str:
        """The text that the teller typed in the current line before leaving the line, or an empty string.

        The text is personal data.
        """
        with self._current.lock:
            visit = self._current.visit
            return visit.typed.get(visit.is_at, "") if visit is not None else ""

    # Sending

    def send(self) -> CounterView:
        """Send the contract to the entered customers. Return the view once the QR code works or the send has failed.

        If the same contract was already sent to these customers today, nothing is sent and the state becomes WAITING.
        The view contains any error. Raises InputError ``counter.not_ready``.
        """
        with self._exclusive():
            visit = self._require(_S.READY)
            if not visit.view().is_complete:
                raise InputError("counter.not_ready")
            if not self._workflow.finds_earlier(visit):
                self._workflow.send(visit)
            return self.view

    def show_waiting(self) -> CounterView:
        """Show the QR code of the waiting contract, or its result if it has ended, and return the view.

        Raises InputError ``counter.not_ready`` if no contract is waiting.
        """
        with self._exclusive():
            self._workflow.show_waiting(self._require(_S.WAITING))
            return self.view

    def retry(self) -> CounterView:
        """Continue a paused send, or send a failed contract again, and return the view.

        Raises InputError ``counter.not_ready``, or ``counter.data_gone`` if the customers' data was lost when the
        program was restarted.
        """
        with self._exclusive():
            visit = self._require(_S.PAUSED, _S.FAILED)
            if visit.state is _S.FAILED:
                _require_data(visit)
                self._workflow.send(visit)
            else:
                self._workflow.go_on(visit)
            return self.view

    def decide(self, choice: HeldChoice) -> CounterView:
        """Carry out the teller's decision about a held send, and return the view.

        Raises InputError ``counter.not_ready`` if no send is held, or ``submission.*`` if the decision is no longer
        possible.
        """
        with self._exclusive():
            visit = self._require(_S.HELD)
            if visit.submission_id is None:
                raise InputError("counter.not_ready")
            match choice:
                case HeldChoice.LOOK_AGAIN:
                    outcome = self._submission.look_again(visit.submission_id)
                    self._workflow.settle(visit, outcome)
                case HeldChoice.START_AGAIN:
                    self._submission.start_again(visit.submission_id)
                    self._workflow.go_on(visit)
                case HeldChoice.GIVE_UP:
                    self._workflow.settle(visit, self._submission.cancel_before_execute(visit.submission_id))
            return self.view

    def held(self) -> HeldSend:
        """Return the details of the held send. Raises InputError ``counter.not_ready`` if no send is held."""
        visit = self._require(_S.HELD)
        if visit.submission_id is None:
            raise InputError("counter.not_ready")
        return self._submission.held(visit.submission_id)

    # While the code is shown

    def refresh(self) -> CounterView:
        """Query the platform for the state of the displayed contract, and return the view, which contains any error.

        Call this every ``WATCH_INTERVAL_S`` seconds while a QR code is shown. Also call it once for a WAITING contract,
        which may have been signed since the last query.
        """
        with self._current.lock:
            visit = self._current.visit
            flow_id = visit.flow_id if visit is not None and self._is_asked_about(visit) else None
        if visit is None or flow_id is None:
            return self.view
        try:
            record = self._flows.refresh(flow_id)
        except AppError as error:
            with self._current.lock:
                if self._is_asked_about(visit) and visit.state is _S.SHOWING:
                    visit.error = error
            self._current.notify(CounterNews.CHANGED)
            return self.view
        with self._current.lock:
            if not self._is_asked_about(visit) or visit.flow_id != flow_id:
                return self.view
            before = visit.view()
            is_next = visit.take_record(record)
            if visit.state is _S.WAITING and visit.view().customers_have_signed:
                visit.happen(CounterEvent.SHOW)
            news = CounterNews.ENDED if visit.state.is_ended else CounterNews.NEXT_CUSTOMER if is_next else None
            if news is None and visit.view() != before:
                news = CounterNews.CHANGED
        if visit.state.is_ended:
            self._flows.watch(None)
        if news is not None:
            self._current.notify(news)
        return self.view

    def renew(self, *, by_sms: bool = False) -> CounterView:
        """Revoke the contract if it has not ended, send a new contract to the same customers, and return the view.

        If ``by_sms`` is True, the platform is asked to send the link by text message. If the contract has already been
        signed, the contract is kept and no new one is sent. The view contains any error. Raises InputError
        ``counter.not_ready``, or ``counter.data_gone`` if the customers' data was lost when the program was restarted.
        """
        with self._exclusive():
            visit = self._require(*_MAY_BE_RENEWED)
            _require_data(visit)
            if not self._workflow.revoke_or_cancel(visit):
                return self.view
            with self._current.lock:
                visit.is_by_sms = by_sms
            self._workflow.send(visit)
            return self.view

    def revoke_and_clear(self, *, seen: CounterView | None = None) -> CounterView:
        """Revoke the contract that is being sent or shown, clear the counter, and return the view.

        A contract that cannot be revoked stays on the counter with its error. A contract that has been signed or has
        ended since the teller last saw it (``seen``) also stays, because the teller has not yet seen the outcome. While
        a contract is being sent, this call only requests the revocation, and ``send`` clears the counter before it
        returns.
        """
        with self._current.lock:
            visit = self._current.visit
            if visit is not None and visit.state is _S.SENDING:
                visit.is_leaving = True
                visit.cancel.cancel()
                return visit.view()
        with self._exclusive():
            visit = self._current.visit
            if visit is not None and not self._has_ended_since(seen) and self._workflow.revoke_or_cancel(visit):
                self._clear(visit)
            return self.view

    def clear(self, *, seen: CounterView | None = None) -> CounterView:
        """Clear the counter for the next customer, and return the view.

        A sent contract continues and is listed in Track. ``seen`` is the view that the teller last saw. If the contract
        has ended since then, the call has no effect, because the teller has not yet seen the outcome. Raises InputError
        ``counter.busy`` during another call.
        """
        with self._exclusive():
            visit = self._current.visit
            if visit is not None and visit.state in _MAY_BE_CLEARED and not self._has_ended_since(seen):
                self._leave_alone(visit)
                self._clear(visit)
            return self.view

    def save_files(self, folder: Path) -> tuple[Path, ...]:
        """Download the signed files of the current contract into a folder, and return their paths.

        Raises InputError ``counter.not_ready`` if no contract is shown or signed, and ApiError.
        """
        visit = self._require(_S.SIGNED, _S.SHOWING)
        if visit.flow_id is None:
            raise InputError("counter.not_ready")
        return self._flows.download(visit.flow_id, folder)

    def _leave_alone(self, visit: Visit | None) -> None:
        if visit is not None and visit.state is _S.WAITING and visit.flow_id is not None:
            self._left_waiting.add(visit.flow_id)

    def _clear(self, visit: Visit) -> None:
        self._flows.watch(None)
        self._current.clear(visit)

    def _has_ended_since(self, seen: CounterView | None) -> bool:
        visit = self._current.visit
        if visit is None or seen is None or not visit.is_through:
            return False
        return seen.flow_id != visit.flow_id or not (seen.state.is_ended or seen.customers_have_signed)

    @property
    def _is_empty(self) -> bool:
        visit = self._current.visit
        return visit is None or (visit.state is _S.READY and not visit.customers)

    def _is_asked_about(self, visit: Visit) -> bool:
        is_open = visit.state is _S.SHOWING or (visit.state is _S.WAITING and not visit.is_about_signed)
        return is_open and self._current.visit is visit

    def _require(self, *states: CounterState) -> Visit:
        visit = self._current.visit
        if visit is None or visit.state not in states:
            raise InputError("counter.not_ready")
        return visit


def _require_data(visit: Visit) -> None:
    if visit.is_resumed:
        raise InputError("counter.data_gone")
