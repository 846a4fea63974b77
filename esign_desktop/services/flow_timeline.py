"""What happened to a flow, in the order in which it happened: pure reading of what is known here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.flow import SignStatus
from esign_desktop.services.signer_progress import signer_states

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.services.signer_progress import DocumentStep, SignerState
    from esign_desktop.store.flows import FlowRecord


class Happening(StrEnum):
    """What kind of thing happened."""

    SENT = "sent"
    RECEIVED = "received"
    SIGNED = "signed"
    REFUSED = "refused"
    FAILED = "failed"
    ENDED = "ended"


_LATE_MS: Final = 2**62
"""Where things stand whose moment is not known."""

_OF_STATUS: Final = {
    SignStatus.SIGNED: Happening.SIGNED,
    SignStatus.REFUSED: Happening.REFUSED,
    SignStatus.FAILED: Happening.FAILED,
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing. ``at_ms`` None is a moment that the platform does not tell; ``document_name`` is of one of several."""

    what: Happening
    at_ms: int | None
    signer_number: int = 0
    signer_name: str = field(default="", repr=False)
    document_name: str = field(default="", repr=False)
    remark: str = field(default="", repr=False)


def timeline(record: FlowRecord) -> tuple[TimelineEntry, ...]:
    """Return what happened; things of one moment stay in the order of the signers, and the end stands last."""
    middle = [entry for state in signer_states(record) for entry in _of_signer(state)]
    middle.sort(key=lambda entry: entry.at_ms if entry.at_ms is not None else _LATE_MS)
    detail = record.detail
    end = (TimelineEntry(Happening.ENDED, detail.ended_at_ms if detail else None),) if record.status.is_final else ()
    return (TimelineEntry(Happening.SENT, record.sent_at_ms), *middle, *end)


def _of_signer(state: SignerState) -> Iterator[TimelineEntry]:
    signer = state.signer
    if state.received_at_ms is not None:
        yield TimelineEntry(Happening.RECEIVED, state.received_at_ms, signer.number, signer.name)
    is_same = len({_sign(step) for step in state.steps}) <= 1
    for step in state.steps[:1] if is_same else state.steps:
        what = _OF_STATUS.get(step.progress.status)
        if what is not None:
            name = "" if is_same else step.document_name
            at_ms = step.progress.signed_at_ms
            yield TimelineEntry(what, at_ms, signer.number, signer.name, name, step.progress.remark)


def _sign(step: DocumentStep) -> tuple[object, ...]:
    return step.progress.status, step.progress.signed_at_ms, step.progress.remark
