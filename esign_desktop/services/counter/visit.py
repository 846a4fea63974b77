"""The current visit. No other object holds the data of the customers and their contract."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Identity, masked_number
from esign_desktop.domain.errors import ApiError, AppError, CancelToken, InputError
from esign_desktop.domain.flow import FlowId, FlowStatus, SignStatus
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.preset.filling import FormFacts, required_questions
from esign_desktop.domain.preset.preset import Preset
from esign_desktop.domain.signer import OpenParty, SignerId, party_name, party_of
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.counter.shift import WaitingContract
from esign_desktop.services.counter.states import CounterEvent, CounterState, next_state
from esign_desktop.services.counter.values import Asked, CounterCustomer, CounterNews, CounterView, Earlier
from esign_desktop.services.flows.progress import current_signers, end_reason, signer_states, stopped_by
from esign_desktop.services.people.customers import CustomerLook
from esign_desktop.services.presets.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.counter.values import CounterListener
    from esign_desktop.services.sending.values import SubmissionOutcome

_log = logging.getLogger(__name__)
_ENDS: Final = {
    FlowStatus.COMPLETED: CounterEvent.SIGN,
    FlowStatus.REVOKED: CounterEvent.END_REVOKED,
    FlowStatus.TERMINATED: CounterEvent.BREAK_OFF,
    FlowStatus.EXPIRED: CounterEvent.EXPIRE,
}


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer who has been entered. After a restart, only ``party`` is known; it comes from the journal."""

    party: OpenParty = field(repr=False)
    identity: Identity | None = field(default=None, repr=False)
    account_ids: frozenset[str] = frozenset()
    """The ids of all platform accounts of the customer."""
    data: Mapping[CustomerDatum, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Visit:
    """A visit of one or more customers, protected by the counter's lock.

    Discarding the visit deletes the customers' data.
    """

    preset: Preset
    customers: dict[SignerId, Customer] = field(default_factory=dict, repr=False)
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)
    """Answers for the forms, keyed by the name of the question."""
    typed: dict[str, str] = field(default_factory=dict, repr=False)
    """Lines as typed, keyed by role id or question name, for a teller who returns to one of them."""
    looked_at: tuple[str, CustomerLook] | None = field(default=None, repr=False)
    """The last line that was read, with its result, so that the line is not read again, which takes milliseconds."""
    cancel: CancelToken = field(default_factory=CancelToken)
    handed: HandedCustomer | None = field(default=None, repr=False)
    """The customer handed over by another program, or None. Their reference is added to the contract."""
    before: Preset | None = None
    """The preset that was chosen before the customer was handed over."""
    is_resumed: bool = False
    """Whether the contract was found in the journal after a restart. Its form values are then lost."""
    is_leaving: bool = False
    """Whether the customer is leaving, so that the current action is undone and the counter is cleared afterwards."""
    is_by_sms: bool = False
    """Whether the platform is asked to send the link by text message."""
    submission_id: SubmissionId | None = None
    flow_id: FlowId | None = None
    links: dict[SignerId, str] = field(default_factory=dict, repr=False)
    signed: frozenset[SignerId] = frozenset()
    current: SignerId | None = None
    is_live: bool = False
    links_are_missing: bool = False
    deadline_ms: int | None = None
    error: AppError | None = None
    remark: str = field(default="", repr=False)
    is_to_be_confirmed: bool = False
    stopped: SignStatus | None = None
    waiting: WaitingContract | None = field(default=None, repr=False)
    """A contract from today that was found and needs the teller's decision."""
    is_called_off: bool = False
    """Whether the contract was cancelled before its customers could see it."""
    _state: CounterState = CounterState.READY
    _before_revoking: CounterState = CounterState.READY
    _role_numbers: dict[int, SignerId] = field(default_factory=dict)
    _role_ids: dict[SignerId, SignerId] = field(default_factory=dict)

    @property
    def state(self) -> CounterState:
        return self._state

    def happen(self, event: CounterEvent) -> None:
        """Change the state according to ``next_state``. This is the only way in which the state changes."""
        state = next_state(self._state, event, self._before_revoking)
        if event is CounterEvent.REVOKE:
            self._before_revoking = self._state
        self._state = state

    @property
    def reference(self) -> str:
        """The other program's reference for the customer, or an empty string if the customer was not handed over."""
        return self.handed.reference if self.handed is not None else ""

    @property
    def is_untouched(self) -> bool:
        """Whether no customer has been entered yet, so that the visit may be replaced."""
        return self.state is CounterState.READY and not self.customers

    @property
    def is_through(self) -> bool:
        """Whether the contract has ended or waits only for signers who are not customers."""
        return self.state.is_ended or (self.state is CounterState.SHOWING and self.view().customers_have_signed)

    @property
    def ends_without_contract(self) -> bool:
        """Whether the visit would end without a contract if it were dropped now.

        This is false if a contract was sent, or if an interrupted send can still be continued.
        """
        if self.waiting is not None:
            return True
        is_unfinished = self.submission_id is not None and self.state in {CounterState.PAUSED, CounterState.HELD}
        return not self.is_live and (self.is_called_off or not is_unfinished)

    def prefill(self, handed: HandedCustomer) -> None:
        """Store a handed-over customer's line and answers, which the teller then confirms one by one."""
        self.handed = handed
        self.typed[self.preset.customers[0].id] = handed.line
        for name in dict.fromkeys((*self.preset.questions, *required_questions(self.preset, FormFacts()))):
            answer = handed.answers.get(name, handed.answers.get(self.preset.question(name).label))
            if answer is not None:
                self.typed[name] = answer

    def begin(self, draft: ContractDraft) -> None:
        """Discard the state of the customers' previous contract, and begin a new contract with this draft."""
        self.submission_id = self.flow_id = self.current = self.deadline_ms = self.error = None
        self.links, self.signed, self.remark, self.stopped = {}, frozenset(), "", None
        self.is_live = self.links_are_missing = self.is_to_be_confirmed = self.is_called_off = False
        self.waiting = None
        self.cancel = CancelToken()
        role_ids = [role.id for role in self.preset.signers]
        self._role_numbers = dict(enumerate(role_ids, 1))
        self._role_ids = dict(zip((signer.id for signer in draft.signers), role_ids, strict=True))

    def resume(self, draft: ContractDraft, outcome: SubmissionOutcome) -> None:
        """Use a contract whose send was interrupted when the program ended. ``outcome`` is the state of that send."""
        self.begin(draft)
        self._resume_customers(draft)
        self.submission_id, self.flow_id = outcome.submission_id, outcome.flow_id
        self.happen(CounterEvent.HOLD if outcome.state is SubmissionState.HELD else CounterEvent.PAUSE)
        is_made = outcome.state is SubmissionState.MADE
        interrupted = ApiError("submission.interrupted", retryable=True)
        self.error = InputError("submission.made_differs") if is_made else interrupted

    def find(self, waiting: WaitingContract, *, is_entered_anew: bool) -> None:
        """Use a contract from today that was found for the customers, without showing its QR code yet.

        ``is_entered_anew`` means that the teller has just entered these customers again.
        """
        record, draft = waiting.record, waiting.draft
        self.begin(draft)
        if not is_entered_anew:
            self._resume_customers(draft)
        self.waiting = waiting
        self.submission_id, self.flow_id = SubmissionId(record.submission_id), record.flow_id
        if waiting.is_sent:
            self.is_live = True
            numbered = {number: signer.id for number, signer in enumerate(draft.signers, 1)}
            self.take_links(
                {numbered[signer.number]: signer.urls for signer in record.signers if signer.number in numbered}
            )
            self.links_are_missing = not self.links
        self._take_progress(record)
        self.happen(CounterEvent.FIND)

    @property
    def is_about_signed(self) -> bool:
        """Whether the contract that was found for these customers is already signed."""
        return self.waiting is not None and self.waiting.is_signed

    def _resume_customers(self, draft: ContractDraft) -> None:
        self.is_resumed = True
        for role, signer in zip(self.preset.signers, draft.signers, strict=True):
            party = party_of(signer) if role in self.preset.customers else None
            if party is not None:
                self.customers[role.id] = Customer(party)

    def take_links(self, links: Mapping[SignerId, tuple[str, ...]]) -> bool:
        """Store the signers' links, and return whether the current customer's link has just become available."""
        had_one = bool(self.link)
        for signer_id, urls in links.items():
            role_id = self._role_ids.get(signer_id)
            if role_id in self._customer_ids and urls:
                self.links[role_id] = urls[0]
        if self.current is None:
            self.current = next((role_id for role_id in self._customer_ids if role_id in self.links), None)
        return not had_one and bool(self.link)

    @property
    def link(self) -> str:
        """The current customer's link, or an empty string if no customer is to sign next or the link is unknown."""
        return self.links.get(self.current, "") if self.current is not None else ""

    def take_record(self, record: FlowRecord) -> bool:
        """Update the visit from the stored flow, and return whether it is now another customer's turn to sign."""
        before = self.current
        self._take_progress(record)
        if record.status.is_final:
            has_refused = any(
                state.status is SignStatus.REFUSED and self._role_numbers.get(state.signer.number) in self._customer_ids
                for state in signer_states(record)
            )
            is_refusal = has_refused and record.status is FlowStatus.TERMINATED
            self.happen(CounterEvent.REFUSE if is_refusal else _ENDS[record.status])
        return self.current is not None and self.current != before

    def _take_progress(self, record: FlowRecord) -> None:
        self.error = None
        self.deadline_ms = record.deadline_ms
        states = {self._role_numbers.get(state.signer.number): state for state in signer_states(record)}
        customers = self._customer_ids
        self.signed = frozenset(role_id for role_id in customers if role_id in states and states[role_id].has_signed)
        turns = {self._role_numbers.get(signer.number) for signer in current_signers(record)}
        self.current = next((role_id for role_id in customers if role_id in turns and role_id not in self.signed), None)
        shown = states.get(self.current)
        self.is_to_be_confirmed = shown is not None and shown.status is SignStatus.TO_BE_CONFIRMED
        if record.status.is_final:
            self.current = None
            self.remark, self.stopped = end_reason(record), stopped_by(states.values())

    @property
    def _customer_ids(self) -> tuple[SignerId, ...]:
        return tuple(role.id for role in self.preset.customers)

    def view(self) -> CounterView:
        customers = []
        for role in self.preset.customers:
            known = self.customers.get(role.id)
            name = party_name(known.party) if known is not None else ""
            number = known.data.get(CustomerDatum.ID_NUMBER, "") if known is not None else ""
            customers.append(
                CounterCustomer(
                    *(role.id, role.role, name, role.id in self.signed, role.id == self.current),
                    masked_number(number),
                    role.kind,
                )
            )
        is_shown = self.state in {CounterState.SENDING, CounterState.SHOWING}
        return CounterView(
            self.state,
            self.preset.id,
            self.preset.name,
            self.preset.title,
            tuple(customers),
            self.link if is_shown else "",
            self.is_live and is_shown,
            self.links_are_missing,
            self.deadline_ms,
            self.flow_id,
            self.submission_id,
            self.error,
            self.remark,
            tuple(self._asked()),
            self._earlier(),
            self.is_to_be_confirmed,
            self.stopped,
        )

    @property
    def questions(self) -> tuple[str, ...]:
        """The names of the preset's questions, and of the questions for values missing from the customers' data."""
        if any(role_id not in self.customers for role_id in self._customer_ids):
            return self.preset.questions
        return required_questions(self.preset, FormFacts(self.data))

    @property
    def parties(self) -> dict[SignerId, OpenParty]:
        return {role_id: customer.party for role_id, customer in self.customers.items()}

    @property
    def data(self) -> dict[SignerId, Mapping[CustomerDatum, str]]:
        """The customers' data for form fields, keyed by role. The result is empty after a restart."""
        return {role_id: customer.data for role_id, customer in self.customers.items() if customer.data}

    def _asked(self) -> Iterator[Asked]:
        for name in self.questions:
            question, answer = self.preset.question(name), self.answers.get(name)
            yield Asked(question) if answer is None else Asked(question, answer.value, answer.check)

    @property
    def is_at(self) -> str:
        """The role id or question name of the line to be entered, or an empty string if no line is expected."""
        view = self.view()
        if view.next_role is not None:
            return view.next_role.role_id
        return view.next_question.name if view.next_question is not None else ""

    def step_back(self) -> None:
        """Remove the answer or the customer that was entered last, so that the line can be typed again."""
        answered = [name for name in self.questions if name in self.answers]
        named = [role_id for role_id in self._customer_ids if role_id in self.customers]
        if answered:
            del self.answers[answered[-1]]
        elif named:
            del self.customers[named[-1]]

    def _earlier(self) -> Earlier | None:
        if self.waiting is None or self.state is not CounterState.WAITING:
            return None
        has_form = any(document.template is not None for document in self.preset.documents)
        return Earlier(self.waiting.record.sent_at_ms, not self.is_resumed, has_form, self.waiting.is_signed)


class CurrentVisit:
    """The holder of the counter's current visit.

    ``lock`` is held only for changes in memory, so reading the view never blocks for long. ``on_unsent`` receives the
    reference of each handed-over customer who is dropped without a contract.
    """

    def __init__(self, on_unsent: Callable[[str], None] = lambda _reference: None) -> None:
        self.lock = threading.RLock()
        self.visit: Visit | None = None
        self.listener: CounterListener | None = None
        self._on_unsent = on_unsent

    @property
    def view(self) -> CounterView:
        with self.lock:
            return CounterView() if self.visit is None else self.visit.view()

    def put(self, visit: Visit | None, news: CounterNews, *, is_set_aside: bool = False) -> None:
        """Replace the current visit with ``visit``, which may be None, and notify the listener of ``news``.

        If a handed-over customer of the previous visit gets no contract, the customer's reference is passed to
        ``on_unsent``. If ``is_set_aside`` is True, the caller keeps this customer, and nothing is reported.
        """
        with self.lock:
            dropped, self.visit = self.visit, visit
        self.notify(news)
        if dropped is None or is_set_aside or (visit is not None and visit.handed is dropped.handed):
            return
        if dropped.reference and dropped.ends_without_contract:
            self._on_unsent(dropped.reference)

    def clear(self, visit: Visit) -> None:
        """Drop the customers of a visit, and keep its preset for the next visit."""
        self.put(Visit(visit.preset), CounterNews.CLEARED)

    def change(self, visit: Visit, event: CounterEvent, error: AppError | None = None) -> None:
        """Apply an event to a visit, set its error, and notify the listener."""
        with self.lock:
            before = visit.state
            visit.happen(event)
            visit.error = error
        if before is not visit.state:
            _log.info("the counter is %s: %s", visit.state, error.code if error is not None else "no error")
        self.notify_state(visit)

    def notify_state(self, visit: Visit) -> None:
        """Notify the listener that the visit's state has changed or the contract has ended."""
        self.notify(CounterNews.ENDED if visit.state.is_ended else CounterNews.CHANGED)

    def notify(self, news: CounterNews) -> None:
        listener = self.listener
        if listener is not None:
            listener(news, self.view)
