"""All that ever reaches the customer's screen, and the only way there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from esign_desktop.services.counter import CounterState

if TYPE_CHECKING:
    from esign_desktop.services.counter import CounterView


class Face(Enum):
    """What the customer's screen shows. WAIT: a code comes in a moment; ASK: please ask at the desk."""

    BLANK = auto()
    WAIT = auto()
    CODE = auto()
    SIGNED = auto()
    ASK = auto()


@dataclass(frozen=True, slots=True)
class CustomerView:
    """The name is masked already, and nothing of the operator is in it."""

    face: Face = Face.BLANK
    title: str = field(default="", repr=False)
    masked_name: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    deadline_ms: int | None = None


_BLANK: Final = frozenset(
    {CounterState.IDLE, CounterState.READY, CounterState.WAITING, CounterState.REVOKING, CounterState.REVOKED}
)


def customer_view(view: CounterView) -> CustomerView:
    """Return what the customer may see of the desk. A code that can't be used yet stays away."""
    current = next((one for one in view.customers if one.is_current), None)
    name = current.masked_name if current is not None else ""
    if view.state in _BLANK:
        return CustomerView()
    if view.state is CounterState.SIGNED or (view.state is CounterState.SHOWING and view.customers_have_signed):
        return CustomerView(Face.SIGNED, view.title)
    if view.link and view.is_live:
        return CustomerView(Face.CODE, view.title, name, view.link, view.deadline_ms)
    if view.state is CounterState.SENDING:
        return CustomerView(Face.WAIT, view.title, name)
    return CustomerView(Face.ASK)
