"""The changes between two states of a flow, and the board that collects them for the notifier."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.flow import FlowId, FlowStatus, SignStatus
from esign_desktop.services.flows.progress import signer_states

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.flow import FlowRecord


_REPORTED: Final = frozenset({SignStatus.SIGNED, SignStatus.REFUSED, SignStatus.FAILED})
_ENDS: Final = frozenset({FlowStatus.COMPLETED, FlowStatus.TERMINATED, FlowStatus.EXPIRED})
_MOST: Final = 100
"""Maximum number of changes that are kept. If they are not collected, the oldest changes are dropped."""


@dataclass(frozen=True, slots=True)
class FlowNews:
    """A change in a flow: the new status of a signer, or the final status of the flow."""

    flow_id: FlowId
    title: str = field(repr=False)
    signer_name: str = field(default="", repr=False)
    signed: SignStatus | None = None
    ended: FlowStatus | None = None
    customer: str = field(default="", repr=False)


def news_between(before: FlowRecord, after: FlowRecord, customer: str = "") -> Iterator[FlowNews]:
    """Yield the changes between two states of a flow: first new statuses of signers, then the end of the flow.

    Only signers who are asked to sign by hand are included. The completion of a flow implies the last signature, so
    only the completion is reported. ``customer`` is the name of the flow's customer.
    """
    if after.status is FlowStatus.COMPLETED:
        if before.status is not after.status:
            yield FlowNews(after.flow_id, after.title, ended=after.status, customer=customer)
        return
    stood = {state.signer.number: state.status for state in signer_states(before)}
    for state in signer_states(after):
        is_new = state.status is not stood.get(state.signer.number)
        if is_new and state.status in _REPORTED and not state.signer.is_silent and state.steps:
            yield FlowNews(after.flow_id, after.title, state.signer.name, signed=state.status, customer=customer)
    if after.status in _ENDS and before.status is not after.status:
        yield FlowNews(after.flow_id, after.title, ended=after.status, customer=customer)


class NewsBoard:
    """A thread-safe collection of changes that the notifier has not shown yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: list[FlowNews] = []

    def compare(self, before: FlowRecord, after: FlowRecord, customer: str = "") -> None:
        """Add the changes between two states of a flow. ``customer`` is the name of the flow's customer."""
        found = list(news_between(before, after, customer))
        with self._lock:
            self._news = [*self._news, *found][-_MOST:]

    def take(self) -> tuple[FlowNews, ...]:
        """Return the changes collected since the last call, and remove them."""
        with self._lock:
            news, self._news = tuple(self._news), []
        return news
