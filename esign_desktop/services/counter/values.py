"""What a counter shows: its state, its customers, the code that stands on the screen."""

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
"""How often ``refresh`` is to be called while a code is shown (spec/decisions.md, "Flows")."""


class CounterNews(StrEnum):
    """What just happened, for a tone or an animation; the view says how things stand.

    QR_READY: a link is told, the code can be drawn. LIVE: it works. NEXT_CUSTOMER: the code is another one's now.
    """

    CHANGED = "changed"
    QR_READY = "qr_ready"
    LIVE = "live"
    NEXT_CUSTOMER = "next_customer"
    ENDED = "ended"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class CustomerAtDesk:
    """One customer of the contract, or the place for one: then ``name`` is empty."""

    role_id: RoleId
    title: str
    name: str = field(default="", repr=False)
    has_signed: bool = False
    is_current: bool = False
    masked_number: str = field(default="", repr=False)

    @property
    def masked_name(self) -> str:
        """What the customer's own screen may show."""
        return masked_name(self.name)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A contract of today that its customer has not signed, or has, if it ``is_signed``.

    ``is_entered_anew``: the same customer was just entered. ``has_form``: it was filled in with what was entered then.
    """

    sent_at_ms: int
    is_entered_anew: bool
    has_form: bool
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the forms, and what was answered: None is nothing yet. ``check`` is the answer in other words."""

    question: Question
    value: str | None = field(default=None, repr=False)
    check: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CounterView:
    """How the counter stands. ``link`` is that of the current customer, and works once ``is_live``.

    ``remark`` is the reason that a signer or the platform gave for an end, to be shown as plain text. ``error`` belongs
    to PAUSED and FAILED, or says why the last look at a shown contract failed. ``links_are_missing``: the platform told
    no link at all. ``asked`` are the preset's questions, each with what was typed in, or with nothing yet. ``earlier``
    belongs to WAITING. ``is_to_be_confirmed``: the current customer's signature is what the platform calls so.
    ``stopped`` is what a terminated contract ended of, REFUSED or FAILED, as far as a signer tells.
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
        """Whose line is wanted now."""
        return next((one for one in self.customers if not one.name), None)

    @property
    def next_question(self) -> Question | None:
        """What the teller is to type in for the forms, once every customer is named; None when nothing is."""
        if self.next_role is not None:
            return None
        return next((one.question for one in self.asked if one.value is None), None)

    @property
    def is_complete(self) -> bool:
        """Whether every customer is named and every question answered, so that ``send`` may come."""
        return bool(self.customers) and self.next_role is None and self.next_question is None

    @property
    def wants_look(self) -> bool:
        """Whether what was typed in is to be looked at once more before it is sent."""
        return self.state is CounterState.READY and self.is_complete and bool(self.asked)

    @property
    def sends_next(self) -> bool:
        """Whether the contract is sent once the line that is wanted now is taken."""
        return not self.asked and sum(not one.name for one in self.customers) <= 1

    @property
    def customers_have_signed(self) -> bool:
        """Whether all customers are through, even if others of the contract are not."""
        return bool(self.customers) and all(one.has_signed for one in self.customers)


class CounterListener(Protocol):
    """Hears of news on whatever thread makes them; must return at once."""

    def __call__(self, news: CounterNews, view: CounterView, /) -> None: ...
