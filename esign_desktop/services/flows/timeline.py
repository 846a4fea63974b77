"""The events of a flow in chronological order, and the changes between two of its states."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.flow import FlowId, FlowStatus, SignStatus
from esign_desktop.services.flows.progress import signer_states

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.flows.progress import DocumentStep, SignerState


class TimelineEventKind(StrEnum):
    """The kind of an event in the timeline of a flow."""

    SENT = "sent"
    RECEIVED = "received"
    SIGNED = "signed"
    REFUSED = "refused"
    FAILED = "failed"
    TO_BE_CONFIRMED = "to_be_confirmed"
    ENDED = "ended"


_LATE_MS: Final = 2**62
"""Sort key of events for which no time is known."""

_OF_STATUS: Final = {
    SignStatus.SIGNED: TimelineEventKind.SIGNED,
    SignStatus.REFUSED: TimelineEventKind.REFUSED,
    SignStatus.FAILED: TimelineEventKind.FAILED,
    SignStatus.TO_BE_CONFIRMED: TimelineEventKind.TO_BE_CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An event in the timeline of a flow.

    ``at_ms`` is the time in epoch milliseconds, or None if the platform has not reported it. ``document_name`` is set
    if the event concerns only one of several documents.
    """

    what: TimelineEventKind
    at_ms: int | None
    signer_number: int = 0
    signer_name: str = field(default="", repr=False)
    document_name: str = field(default="", repr=False)
    remark: str = field(default="", repr=False)


def timeline(record: FlowRecord) -> tuple[TimelineEntry, ...]:
    """Return the events of a flow, earliest first. Simultaneous events are in the order of their signers.

    Signer events whose time is unknown follow all other signer events, and the end of the flow comes last.
    """
    middle = [entry for state in signer_states(record) for entry in _of_signer(state)]
    middle.sort(key=lambda entry: entry.at_ms if entry.at_ms is not None else _LATE_MS)
    detail = record.detail
    end = (
        (TimelineEntry(TimelineEventKind.ENDED, detail.ended_at_ms if detail else None, remark=record.remark_of("")),)
        if record.status.is_final
        else ()
    )
    return (TimelineEntry(TimelineEventKind.SENT, record.sent_at_ms), *middle, *end)


def _of_signer(state: SignerState) -> Iterator[TimelineEntry]:
    signer = state.signer
    if state.received_at_ms is not None:
        yield TimelineEntry(TimelineEventKind.RECEIVED, state.received_at_ms, signer.number, signer.name)
    is_same = len({_sign(step) for step in state.steps}) <= 1
    for step in state.steps[:1] if is_same else state.steps:
        what = _OF_STATUS.get(step.progress.status)
        if what is not None:
            name = "" if is_same else step.document_name
            at_ms = step.progress.signed_at_ms
            # Only a notice contains the reason why a signature failed.
            remark = step.progress.remark or (state.remark if state.has_stopped else "")
            yield TimelineEntry(what, at_ms, signer.number, signer.name, name, remark)


def _sign(step: DocumentStep) -> tuple[object, ...]:
    return step.progress.status, step.progress.signed_at_ms, step.progress.remark


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


def news_between(before: FlowRecord, after: FlowRecord) -> Iterator[FlowNews]:
    """Yield the changes between two states of a flow: first new statuses of signers, then the end of the flow.

    Only signers who are asked to sign by hand are included. The completion of a flow implies the last signature, so
    only the completion is reported.
    """
    if after.status is FlowStatus.COMPLETED:
        if before.status is not after.status:
            yield FlowNews(after.flow_id, after.title, ended=after.status)
        return
    stood = {state.signer.number: state.status for state in signer_states(before)}
    for state in signer_states(after):
        is_new = state.status is not stood.get(state.signer.number)
        if is_new and state.status in _REPORTED and not state.signer.is_silent and state.steps:
            yield FlowNews(after.flow_id, after.title, state.signer.name, signed=state.status)
    if after.status in _ENDS and before.status is not after.status:
        yield FlowNews(after.flow_id, after.title, ended=after.status)


class NewsBoard:
    """A thread-safe collection of changes that the notifier has not shown yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: list[FlowNews] = []

    def compare(self, before: FlowRecord, after: FlowRecord) -> None:
        """Add the changes between two states of a flow."""
        found = list(news_between(before, after))
        with self._lock:
            self._news = [*self._news, *found][-_MOST:]

    def take(self) -> tuple[FlowNews, ...]:
        """Return the changes collected since the last call, and remove them."""
        with self._lock:
            news, self._news = tuple(self._news), []
        return news
