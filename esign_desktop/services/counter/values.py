"""Values displayed at the counter, such as the state, the customers and the QR code."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from esign_desktop.domain.account import masked_name
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.flow import FlowId, SignStatus
from esign_desktop.domain.preset.preset import PresetId, RoleId
from esign_desktop.domain.preset.questions import Question
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.services.counter.states import CounterState

WATCH_INTERVAL_S: Final = 2.0
"""Seconds between calls of ``refresh`` while a code is shown (spec/decisions.md, "Flows")."""


class CounterNews(StrEnum):
    """An event at the counter for which a sound or an animation is played. The view contains the resulting state.

    QR_READY means that a link has arrived and the code can be drawn, LIVE that the link works, and NEXT_CUSTOMER that
    the code is now that of another customer.
    """

    CHANGED = "changed"
    QR_READY = "qr_ready"
    LIVE = "live"
    NEXT_CUSTOMER = "next_customer"
    ENDED = "ended"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class CustomerAtDesk:
    """A customer of the contract. ``name`` is empty until the customer is entered."""

    role_id: RoleId
    title: str
    name: str = field(default="", repr=False)
    has_signed: bool = False
    is_current: bool = False
    masked_number: str = field(default="", repr=False)

    @property
    def masked_name(self) -> str:
        """The name masked for the customer's screen."""
        return masked_name(self.name)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A contract of today with the same customers, found before a send.

    ``is_entered_anew`` means that these customers were just entered again. ``has_form`` means that the contract
    contains a form, filled in with the values entered at that time.
    """

    sent_at_ms: int
    is_entered_anew: bool
    has_form: bool
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the forms, with its answer.

    ``value`` is None until the question is answered. ``check`` repeats the answer in other words.
    """

    question: Question
    value: str | None = field(default=None, repr=False)
    check: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CounterView:
    """The state of the counter, with all displayed values.

    ``link`` is the link of the current customer, and works once ``is_live`` is set. ``remark`` is the reason for the
    end given by a signer or the platform, to be shown as plain text. ``error`` explains PAUSED and FAILED, or why the
    last query of a shown contract failed. ``links_are_missing`` means that the platform reported no link at all.
    ``asked`` holds the preset's questions, each with its answer if there is one. ``earlier`` is set in WAITING.
    ``is_to_be_confirmed`` means that the current customer's signature has the platform's status "to be confirmed".
    ``stopped`` is the reason why a terminated contract ended, REFUSED or FAILED, if a signer's state explains it.
    """

    state: CounterState = CounterState.IDLE
    preset_id: PresetId | None = None
    preset_name: str = ""
    title: str = ""
    customers: tuple[CustomerAtDesk, ...] = ()
    link: str = field(default="", repr=False)
    is_live: bool = False
    links_are_missing: bool = False
    deadline_ms: int | None = None
    flow_id: FlowId | None = None
    submission_id: SubmissionId | None = None
    error: AppError | None = None
    remark: str = field(default="", repr=False)
    asked: tuple[Asked, ...] = field(default=(), repr=False)
    earlier: Earlier | None = None
    is_to_be_confirmed: bool = False
    stopped: SignStatus | None = None

    @property
    def next_role(self) -> CustomerAtDesk | None:
        """The customer to enter next, or None if all are entered."""
        return next((customer for customer in self.customers if not customer.name), None)

    @property
    def next_question(self) -> Question | None:
        """The question to answer next, or None if a customer is missing or no question is open."""
        if self.next_role is not None:
            return None
        return next((asked.question for asked in self.asked if asked.value is None), None)

    @property
    def is_complete(self) -> bool:
        """Whether every customer is entered and every question is answered, so that ``send`` can be called."""
        return bool(self.customers) and self.next_role is None and self.next_question is None

    @property
    def wants_look(self) -> bool:
        """Whether the teller should check the typed answers before sending."""
        return self.state is CounterState.READY and self.is_complete and bool(self.asked)

    @property
    def sends_next(self) -> bool:
        """Whether the contract is sent as soon as the next line is entered."""
        return not self.asked and sum(not customer.name for customer in self.customers) <= 1

    @property
    def customers_have_signed(self) -> bool:
        """Whether all customers have signed, even if other signers have not."""
        return bool(self.customers) and all(customer.has_signed for customer in self.customers)


class CounterListener(Protocol):
    """A function that receives news on the thread that causes it. It must return at once."""

    def __call__(self, news: CounterNews, view: CounterView, /) -> None: ...
