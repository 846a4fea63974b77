"""Values that the counter displays, such as the state, the customers and the QR code."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from esign_desktop.domain.account import AccountKind, masked_name
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.flow import FlowId, SignStatus
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.domain.preset.questions import Question
from esign_desktop.domain.signer import SignerId
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.services.counter.states import CounterState

WATCH_INTERVAL_S: Final = 2.0
"""Seconds between calls of ``refresh`` while a QR code is shown (docs/platform-answers.md#query-limits)."""


class CounterNews(StrEnum):
    """An event at the counter that is announced by a sound or an animation. The view contains the resulting state.

    QR_READY means that a link has arrived and its QR code can be drawn. LIVE means that the link works. NEXT_CUSTOMER
    means that the QR code of another customer is now displayed.
    """

    CHANGED = "changed"
    QR_READY = "qr_ready"
    LIVE = "live"
    NEXT_CUSTOMER = "next_customer"
    ENDED = "ended"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class CounterCustomer:
    """A customer of the contract. ``name`` is empty until the teller has entered the customer."""

    role_id: SignerId
    title: str = field(repr=False)
    name: str = field(default="", repr=False)
    has_signed: bool = False
    is_current: bool = False
    masked_number: str = field(default="", repr=False)
    kind: AccountKind = AccountKind.PERSON

    @property
    def masked_name(self) -> str:
        """The customer's name, masked for the customer's screen."""
        return masked_name(self.name)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A contract with the same customers, found among today's contracts before a new one is sent.

    ``is_entered_anew`` means that the teller has just entered these customers again. ``has_form`` means that the
    contract contains a form, which was filled in with the earlier values.
    """

    sent_at_ms: int
    is_entered_anew: bool
    has_form: bool
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question from the contract's forms, with its answer.

    ``value`` is None until the question is answered. ``check`` repeats the answer in other words for the teller to
    check.
    """

    question: Question
    value: str | None = field(default=None, repr=False)
    check: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CounterView:
    """The state of the counter, with all values to be displayed.

    ``link`` is the current customer's link, which works once ``is_live`` is set. ``links_are_missing`` means that the
    platform returned no link at all. ``error`` is the reason for PAUSED or FAILED, or the error of the last query about
    a displayed contract. ``remark`` is the reason that a signer or the platform gave for the end of the contract, to be
    displayed as plain text. ``stopped`` is REFUSED or FAILED if a signer's state explains why a terminated contract
    ended, and None otherwise. ``asked`` contains the preset's questions with the answers given so far. ``earlier`` is
    set in the state WAITING. ``is_to_be_confirmed`` means that the current customer's signature has the platform's
    status "to be confirmed".
    """

    state: CounterState = CounterState.IDLE
    preset_id: PresetId | None = None
    preset_name: str = ""
    title: str = field(default="", repr=False)
    customers: tuple[CounterCustomer, ...] = ()
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
    def next_role(self) -> CounterCustomer | None:
        """The customer to be entered next, or None if all customers are entered."""
        return next((customer for customer in self.customers if not customer.name), None)

    @property
    def next_question(self) -> Question | None:
        """The question to be answered next, or None if a customer is still missing or all questions are answered."""
        if self.next_role is not None:
            return None
        return next((asked.question for asked in self.asked if asked.value is None), None)

    @property
    def is_complete(self) -> bool:
        """Whether all customers are entered and all questions answered, so that ``send`` can be called."""
        return bool(self.customers) and self.next_role is None and self.next_question is None

    @property
    def wants_look(self) -> bool:
        """Whether the contract is complete and has answers that the teller should check before sending it."""
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
    """A function that receives news on the thread that causes the news. The function must return quickly."""

    def __call__(self, news: CounterNews, view: CounterView, /) -> None: ...
