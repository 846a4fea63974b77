"""One visit at the desk: everything that is known about the customers and their contract, and nothing anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.domain.account import Identity, Person, masked_number
from esign_desktop.domain.cancel import CancelToken
from esign_desktop.domain.errors import ApiError, AppError
from esign_desktop.domain.flow import FlowId, FlowStatus, SignStatus
from esign_desktop.domain.preset.filling import DeskFacts, required_questions
from esign_desktop.domain.preset.preset import CustomerDatum, PlatformTemplate, Preset, RoleId
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.counter.shift import WaitingContract
from esign_desktop.services.counter.values import Asked, CounterState, CounterView, CustomerAtDesk, Earlier
from esign_desktop.services.flows.progress import current_signers, signer_states
from esign_desktop.services.people.customers import CustomerLook
from esign_desktop.services.presets.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.sending.values import SubmissionOutcome

_ENDS = {
    FlowStatus.COMPLETED: CounterState.SIGNED,
    FlowStatus.REVOKED: CounterState.REVOKED,
    FlowStatus.TERMINATED: CounterState.BROKEN_OFF,
    FlowStatus.EXPIRED: CounterState.EXPIRED,
}


@dataclass(slots=True)
class Visit:
    """Mutable, under the counter's lock. Dropping it forgets the customers."""

    preset: Preset
    state: CounterState = CounterState.READY
    persons: dict[RoleId, Person] = field(default_factory=dict, repr=False)
    identities: dict[RoleId, Identity | None] = field(default_factory=dict, repr=False)
    accounts: dict[RoleId, frozenset[str]] = field(default_factory=dict)
    """Every account of the customers who were entered."""
    data: dict[RoleId, Mapping[CustomerDatum, str]] = field(default_factory=dict, repr=False)
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)
    """What was typed in for the forms, by the preset's questions."""
    typed: dict[str, str] = field(default_factory=dict, repr=False)
    """Lines as they were typed, by role or question, for whoever goes back to one."""
    looked_at: tuple[str, CustomerLook] | None = field(default=None, repr=False)
    """The last line that was read, and what was read of it: it costs some milliseconds that nobody is to wait for."""
    cancel: CancelToken = field(default_factory=CancelToken)
    is_taken_up: bool = False
    """Whether it was found in the journal after a restart: what forms were to be filled with is gone by then."""
    is_leaving: bool = False
    """Whether the customer goes: what is under way is taken back, and then all is forgotten."""
    is_by_sms: bool = False
    """Whether the platform is to send the link itself."""
    submission_id: SubmissionId | None = None
    flow_id: FlowId | None = None
    links: dict[RoleId, str] = field(default_factory=dict, repr=False)
    signed: frozenset[RoleId] = frozenset()
    current: RoleId | None = None
    is_live: bool = False
    links_are_missing: bool = False
    deadline_ms: int | None = None
    error: AppError | None = None
    remark: str = field(default="", repr=False)
    waiting: WaitingContract | None = field(default=None, repr=False)
    """A contract of today that was found, about which the teller has to decide."""
    _role_numbers: dict[int, RoleId] = field(default_factory=dict)
    _role_ids: dict[SignerId, RoleId] = field(default_factory=dict)

    def begin(self, draft: ContractDraft) -> None:
        """Forget an earlier contract of the same customers, and be about this one."""
        self.submission_id = self.flow_id = self.current = self.deadline_ms = self.error = None
        self.links, self.signed, self.remark = {}, frozenset(), ""
        self.is_live = self.links_are_missing = False
        self.waiting = None
        self.cancel = CancelToken()
        role_ids = [role.id for role in self.preset.roles]
        self._role_numbers = dict(enumerate(role_ids, 1))
        self._role_ids = dict(zip((signer.id for signer in draft.signers), role_ids, strict=True))

    def resume(self, draft: ContractDraft, outcome: SubmissionOutcome) -> None:
        """Be about a contract that was under way when the program ended."""
        self.begin(draft)
        self._take_persons(draft)
        self.submission_id, self.flow_id = outcome.submission_id, outcome.flow_id
        self.is_taken_up = True
        self.state = CounterState.HELD if outcome.state is SubmissionState.HELD else CounterState.PAUSED
        self.error = ApiError("submission.interrupted", retryable=True)

    def find(self, waiting: WaitingContract, *, is_entered_anew: bool) -> None:
        """Be about a contract of today that its customers can still sign, without showing its code yet."""
        record, draft = waiting.record, waiting.draft
        self.begin(draft)
        if not is_entered_anew:
            self._take_persons(draft)
            self.is_taken_up = True
        self.waiting = waiting
        self.submission_id, self.flow_id = SubmissionId(record.submission_id), record.flow_id
        if waiting.is_sent:
            self.is_live = True
            numbered = {number: signer.id for number, signer in enumerate(draft.signers, 1)}
            self.take_links({numbered[one.number]: one.urls for one in record.signers if one.number in numbered})
            self.links_are_missing = not self.links
        self.take_record(record)
        self.state = CounterState.WAITING

    @property
    def is_about_signed(self) -> bool:
        """Whether the contract that was found is signed already."""
        return self.waiting is not None and self.waiting.is_signed

    def _take_persons(self, draft: ContractDraft) -> None:
        customers = {role.id for role in self.preset.customers}
        for role, signer in zip(self.preset.roles, draft.signers, strict=True):
            if role.id in customers and isinstance(signer, PersonSigner):
                self.persons[role.id] = signer.person

    def take_links(self, links: Mapping[SignerId, tuple[str, ...]]) -> bool:
        """Take in links by signer; True when the desk has its first one by that."""
        had_one = bool(self.link)
        customers = {role.id for role in self.preset.customers}
        for signer_id, urls in links.items():
            role_id = self._role_ids.get(signer_id)
            if role_id in customers and urls:
                self.links[role_id] = urls[0]
        if self.current is None:
            self.current = next((role.id for role in self.preset.customers if role.id in self.links), None)
        return not had_one and bool(self.link)

    @property
    def link(self) -> str:
        """The current customer's; empty when nobody's turn it is."""
        return self.links.get(self.current, "") if self.current is not None else ""

    def take_record(self, record: FlowRecord) -> bool:
        """Take in how the flow stands; True when another customer's turn has come."""
        before = self.current
        self.error = None
        self.deadline_ms = record.deadline_ms
        states = {self._role_numbers.get(state.signer.number): state for state in signer_states(record)}
        customers = self.preset.customers
        self.signed = frozenset(role.id for role in customers if role.id in states and states[role.id].has_signed)
        turns = {self._role_numbers.get(signer.number) for signer in current_signers(record)}
        self.current = next((role.id for role in customers if role.id in turns and role.id not in self.signed), None)
        if record.status.is_final:
            self.state = _ENDS[record.status]
            if self.state is CounterState.BROKEN_OFF and any(
                states[role.id].status is SignStatus.REFUSED for role in customers if role.id in states
            ):
                self.state = CounterState.REFUSED
            self.current = None
            self.remark = next((state.remark for state in states.values() if state.has_stopped and state.remark), "")
        return self.current is not None and self.current != before

    def view(self) -> CounterView:
        """Return how the desk stands."""
        customers = tuple(
            CustomerAtDesk(
                role.id,
                role.title,
                self.persons[role.id].name if role.id in self.persons else "",
                role.id in self.signed,
                role.id == self.current,
                masked_number(self.data.get(role.id, {}).get(CustomerDatum.ID_NUMBER, "")),
            )
            for role in self.preset.customers
        )
        is_shown = self.state in {CounterState.SENDING, CounterState.SHOWING}
        return CounterView(
            self.state,
            self.preset.id,
            self.preset.name,
            self.preset.title,
            customers,
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
        )

    @property
    def questions(self) -> tuple[str, ...]:
        """What is typed in for the forms: what the preset asks, and what the customers' own data do not tell."""
        if any(role.id not in self.persons for role in self.preset.customers):
            return self.preset.questions
        return required_questions(self.preset, DeskFacts(self.data))

    def _asked(self) -> Iterator[Asked]:
        for name in self.questions:
            question, answer = self.preset.question(name), self.answers.get(name)
            yield Asked(question) if answer is None else Asked(question, answer.value, answer.check)

    @property
    def is_at(self) -> str:
        """Which role or question the line is for; empty when it is for none."""
        view = self.view()
        if view.next_role is not None:
            return view.next_role.role_id
        return view.next_question.name if view.next_question is not None else ""

    def step_back(self) -> None:
        """Take back what was taken in last, so that its line can be typed anew."""
        answered = [name for name in self.questions if name in self.answers]
        named = [role.id for role in self.preset.customers if role.id in self.persons]
        if answered:
            del self.answers[answered[-1]]
        elif named:
            for known in (self.persons, self.identities, self.accounts, self.data):
                known.pop(named[-1], None)

    def _earlier(self) -> Earlier | None:
        if self.waiting is None or self.state is not CounterState.WAITING:
            return None
        has_form = any(isinstance(document.source, PlatformTemplate) for document in self.preset.documents)
        return Earlier(self.waiting.record.sent_at_ms, not self.is_taken_up, has_form, self.waiting.is_signed)
