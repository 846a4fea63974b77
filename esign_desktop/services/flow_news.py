"""What has happened to a flow between two looks at it, as far as somebody at a desk wants to be told."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.flow import FlowId, FlowStatus, SignStatus
from esign_desktop.services.signer_progress import signer_states

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.store.flows import FlowRecord

_TOLD: Final = frozenset({SignStatus.SIGNED, SignStatus.REFUSED, SignStatus.FAILED})
_ENDS: Final = frozenset({FlowStatus.COMPLETED, FlowStatus.TERMINATED, FlowStatus.EXPIRED})
_MOST: Final = 100
"""News that nobody takes are not heaped up."""


@dataclass(frozen=True, slots=True)
class FlowNews:
    """A signer came to stand so, or, without a signer, the flow ended so."""

    flow_id: FlowId
    title: str = field(repr=False)
    signer_name: str = field(default="", repr=False)
    signed: SignStatus | None = None
    ended: FlowStatus | None = None


def news_between(before: FlowRecord, after: FlowRecord) -> Iterator[FlowNews]:
    """Yield what is new: who signed, refused or failed of those who are asked to sign, then how it ended.

    That everybody has signed says enough of the last.
    """
    if after.status is FlowStatus.COMPLETED:
        if before.status is not after.status:
            yield FlowNews(after.flow_id, after.title, ended=after.status)
        return
    stood = {state.signer.number: state.status for state in signer_states(before)}
    for state in signer_states(after):
        is_new = state.status is not stood.get(state.signer.number)
        if is_new and state.status in _TOLD and not state.signer.is_silent and state.steps:
            yield FlowNews(after.flow_id, after.title, state.signer.name, signed=state.status)
    if after.status in _ENDS and before.status is not after.status:
        yield FlowNews(after.flow_id, after.title, ended=after.status)


class NewsBoard:
    """Gathers news on whatever thread they are heard, until somebody takes them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: list[FlowNews] = []

    def compare(self, before: FlowRecord, after: FlowRecord) -> None:
        """Put up what is new."""
        found = list(news_between(before, after))
        with self._lock:
            self._news = [*self._news, *found][-_MOST:]

    def take(self) -> tuple[FlowNews, ...]:
        """Return what is new since this was called last."""
        with self._lock:
            news, self._news = tuple(self._news), []
        return news
