"""The list of flows for display: compact rows, filters, search and order.

The functions are pure and suitable for a worker thread.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.china_time import DAY_MS, china_text, midnight_ms
from esign_desktop.domain.customers import customer_names
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowId, FlowSigner, FlowStatus, SignStatus
from esign_desktop.services.flows.progress import SignerState, own_signer_due, signer_states, states_in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from esign_desktop.domain.flow import FlowRecord

UNSIGNED_DAYS: Final = 3
"""A missing signature is late from this number of days after the day of the request, in China time."""
_NEVER_MS: Final = 2**62
_RUN_ROWS: Final = 2_000
"""The number of rows sorted at once. Sorting holds Python's global lock, so sorting more would stall the window."""

_BIDI_CONTROLS: Final = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


class FlowFilter(StrEnum):
    """A filter that selects the flows to be shown.

    WAITING_FOR_ME selects flows whose next step can be taken on this computer: starting the flow, applying the
    platform's own seal or downloading the signed files. DUE_TODAY selects open flows with a deadline before midnight in
    China. UNKNOWN_OUTCOME selects open flows whose state is unknown. UNSIGNED_LONG selects flows that have waited for
    a signer for three days or more, counted in days in China. The platform does not report whether a signer has opened
    the contract.
    """

    WAITING_FOR_ME = "waiting_for_me"
    OPEN = "open"
    FINISHED = "finished"
    ALL = "all"
    DUE_TODAY = "due_today"
    UNKNOWN_OUTCOME = "unknown_outcome"
    UNSIGNED_LONG = "unsigned_long"


class FlowOrder(IntEnum):
    """The sort key of the list. The values are the numbers of the columns."""

    TITLE = 0
    CUSTOMER = 1
    PROGRESS = 2
    SENT = 3
    DEADLINE = 4
    ENVIRONMENT = 5


class SentSpan(StrEnum):
    """The period in which a flow was sent: any time, today in China, or a number of days before now."""

    ANY = "any"
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_SPAN_DAYS: Final = {SentSpan.WEEK: 7, SentSpan.MONTH: 30, SentSpan.YEAR: 365}


class MyTurn(StrEnum):
    """The step that the user must take, and can take on this computer."""

    START = "start"
    SIGN = "sign"
    DOWNLOAD = "download"


CompactSigner = tuple[int, str, int | None, int, int, int, int, bool]
"""A signer's number, name, status, numeric status code, count of signed documents, count of documents, and step.

The last value is whether the signer is known to belong to the user (see ``domain.customers.customer_names``).

A plain tuple is used because Python's garbage collector does not traverse it. Traversing three hundred thousand objects
would sometimes stall the window for a tenth of a second.
"""


@dataclass(frozen=True, slots=True)
class FlowRow:
    """The fields of a flow that the list shows. Rows are kept small, because the list may contain fifty thousand rows.

    ``search_text`` is in the form returned by ``searchable``. ``was_asked`` means that the platform has been queried
    for the flow's state, and ``our_seal_is_due`` that the platform's own seal is to be applied by hand now.
    ``waiting_since_ms`` is the time at which the signer whose turn it is was asked, in epoch milliseconds. It is None
    if the flow does not wait for a signer who signs by hand.
    """

    flow_id: FlowId
    environment: EnvironmentKind
    title: str = field(repr=False)
    sent_at_ms: int
    deadline_ms: int | None
    status: FlowStatus
    code: int | None
    was_asked: bool
    our_seal_is_due: bool
    has_files: bool
    waiting_since_ms: int | None
    signers: tuple[CompactSigner, ...] = field(repr=False)
    search_text: str = field(repr=False)
    title_key: bytes = field(repr=False)

    @property
    def states(self) -> tuple[SignerState, ...]:
        """The state of each signer, without links, remarks or documents."""
        is_over = self.status.is_final
        return tuple(
            SignerState(
                FlowSigner("", name, number, step),
                None if status is None else SignStatus(status),
                code,
                signed_count,
                document_count,
                flow_has_ended=is_over,
            )
            for number, name, status, code, signed_count, document_count, step, _ in self.signers
        )

    @property
    def signed_count(self) -> int:
        """The number of signers who have signed every document."""
        return sum(status == SignStatus.SIGNED for _, _, status, *_ in self.signers)

    def has_signer_who_is(self, wanted: SignStatus) -> bool:
        """Return whether at least one signer has the status ``wanted``."""
        return any(status == wanted for _, _, status, *_ in self.signers)

    @property
    def my_turn(self) -> MyTurn | None:
        """The step that the user must take on this computer, or None if there is none."""
        if self.status is FlowStatus.DRAFT:
            return MyTurn.START
        if self.status.is_final:
            is_missing = self.status is FlowStatus.COMPLETED and not self.has_files
            return MyTurn.DOWNLOAD if is_missing else None
        return MyTurn.SIGN if self.our_seal_is_due else None

    def customers(self, ours: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Return the names of the customers or, if there are none, of all signers.

        ``ours`` are the names of the user's own organizations. The platform account, which has no name, is left out.
        """
        found = customer_names(((signer[1], signer[-1]) for signer in self.signers), ours)
        return found or tuple(dict.fromkeys(name for _, name, *_ in self.signers if name))

    @property
    def can_download(self) -> bool:
        """Whether at least one document has been signed, so that it can be downloaded."""
        return self.status is FlowStatus.COMPLETED or any(signer[4] for signer in self.signers)


@dataclass(frozen=True, slots=True)
class FlowQuery:
    """The filter, search text and order of the list."""

    kind: FlowFilter = FlowFilter.ALL
    text: str = field(default="", repr=False)
    order: FlowOrder = FlowOrder.SENT
    is_descending: bool = True
    only: frozenset[FlowId] | None = None
    """The flows to which the query is limited, or None for all flows."""
    also: FlowFilter = FlowFilter.ALL
    """A second filter, which must select the row, too."""
    span: SentSpan = SentSpan.ANY
    ours: frozenset[str] = frozenset()
    """The names of the user's own organizations, which are not customers."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The rows to be shown, in order, and the position of each flow among these rows.

    ``counts`` contains, for each filter, the number of flows in the whole list that the filter selects. ``is_mixed``
    means that the whole list has flows of several environments. ``at_ms`` is the time of the arrangement in epoch
    milliseconds.
    """

    rows: list[FlowRow]
    positions: dict[FlowId, int]
    counts: dict[FlowFilter, int]
    ours: frozenset[str] = frozenset()
    is_mixed: bool = False
    at_ms: int = 0


def flow_row(record: FlowRecord) -> FlowRow:
    """Return the row that represents a flow in the list."""
    signers = tuple(
        (
            state.signer.number,
            state.signer.name,
            None if state.status is None else int(state.status),
            state.code,
            state.signed_count,
            state.document_count,
            state.signer.step,
            state.signer.is_silent or not state.signer.account_id,
        )
        for state in signer_states(record)
    )
    names = (name for _, name, *_ in signers)
    documents = (document.name for document in record.documents)
    text = "\n".join((record.title, *names, *documents, china_text(record.sent_at_ms, "%Y-%m-%d"), record.flow_id))
    return FlowRow(
        record.flow_id,
        record.environment,
        record.title,
        record.sent_at_ms,
        record.deadline_ms,
        record.status,
        record.detail.code if record.detail is not None else None,
        record.seen_at_ms is not None,
        own_signer_due(record) is not None,
        bool(record.downloaded_to),
        _waiting_since_ms(record),
        signers,
        searchable(text),
        _by_pinyin(record.title),
    )


def _waiting_since_ms(record: FlowRecord) -> int | None:
    if record.status is not FlowStatus.SIGNING:
        return None
    asked = [
        record.sent_at_ms if state.received_at_ms is None else state.received_at_ms
        for state in states_in_turn(signer_states(record))
        if state.signer.account_id and not state.signer.is_silent and state.status is not SignStatus.TO_BE_CONFIRMED
    ]
    return min(asked, default=None)


def searchable(text: str) -> str:
    """Return text in the form used for search: case-folded and without characters that change the writing direction."""
    return text.casefold().translate(_BIDI_CONTROLS)


def end_of_day_ms(now_ms: int) -> int:
    """Return the next midnight in China, in epoch milliseconds."""
    return midnight_ms(now_ms) + DAY_MS


def is_of(kind: FlowFilter, row: FlowRow, day_end_ms: int) -> bool:
    """Return whether a filter selects a row. ``day_end_ms`` is the next midnight in China, in epoch milliseconds."""
    status = row.status
    match kind:
        case FlowFilter.ALL:
            return True
        case FlowFilter.OPEN:
            return not status.is_final
        case FlowFilter.FINISHED:
            return status.is_final
        case FlowFilter.DUE_TODAY:
            return not status.is_final and row.deadline_ms is not None and row.deadline_ms < day_end_ms
        case FlowFilter.WAITING_FOR_ME:
            return row.my_turn is not None
        case FlowFilter.UNSIGNED_LONG:
            return row.waiting_since_ms is not None and row.waiting_since_ms < day_end_ms - UNSIGNED_DAYS * DAY_MS
        case FlowFilter.UNKNOWN_OUTCOME:
            is_odd = status is FlowStatus.UNKNOWN or row.has_signer_who_is(SignStatus.UNKNOWN)
            return not status.is_final and (is_odd or not (row.was_asked or status is FlowStatus.DRAFT))


def arrange(rows: Sequence[FlowRow], query: FlowQuery, now_ms: int) -> Arrangement:
    """Filter, search and sort rows, and return the rows to be shown.

    ``now_ms`` is the current time in epoch milliseconds. The call is slow for many rows, but holds Python's global
    interpreter lock only briefly at a time.
    """
    day_end_ms = end_of_day_ms(now_ms)
    counts = dict.fromkeys(FlowFilter, 0)
    words = searchable(query.text).split()
    since_ms = _since_ms(query.span, now_ms)
    environments: set[EnvironmentKind] = set()
    shown: list[FlowRow] = []
    for row in rows:
        if query.only is not None and row.flow_id not in query.only:
            continue
        environments.add(row.environment)
        for kind in FlowFilter:
            if is_of(kind, row, day_end_ms):
                counts[kind] += 1
                if (
                    kind is query.kind
                    and row.sent_at_ms >= since_ms
                    and all(word in row.search_text for word in words)
                    and is_of(query.also, row, day_end_ms)
                ):
                    shown.append(row)
    ordered = list(_sorted(shown, _key(query), is_descending=query.is_descending))
    positions = {row.flow_id: index for index, row in enumerate(ordered)}
    return Arrangement(ordered, positions, counts, query.ours, len(environments) > 1, now_ms)


def _since_ms(span: SentSpan, now_ms: int) -> int:
    if span is SentSpan.TODAY:
        return midnight_ms(now_ms)
    return now_ms - _SPAN_DAYS[span] * DAY_MS if span in _SPAN_DAYS else -_NEVER_MS


def _sorted(
    rows: list[FlowRow], key: Callable[[FlowRow], tuple[object, ...]], *, is_descending: bool
) -> Iterator[FlowRow]:
    runs: Iterable[list[FlowRow]] = (
        sorted(rows[start : start + _RUN_ROWS], key=key, reverse=is_descending)
        for start in range(0, len(rows), _RUN_ROWS)
    )
    return heapq.merge(*runs, key=key, reverse=is_descending)


def _key(query: FlowQuery) -> Callable[[FlowRow], tuple[object, ...]]:
    """Return the function that computes the sort key of a row. Rows with equal values are ordered by sending time."""
    ours = query.ours
    match query.order:
        case FlowOrder.TITLE:
            return lambda row: (row.title_key, row.sent_at_ms, row.flow_id)
        case FlowOrder.CUSTOMER:
            return lambda row: ([_by_pinyin(name) for name in row.customers(ours)], row.sent_at_ms, row.flow_id)
        case FlowOrder.PROGRESS:
            return lambda row: (row.status.value, row.signed_count, row.sent_at_ms, row.flow_id)
        case FlowOrder.SENT:
            return lambda row: (row.sent_at_ms, row.flow_id)
        case FlowOrder.DEADLINE:
            # The deadlines of contracts that have ended no longer matter, and aren't shown.
            return lambda row: (
                _NEVER_MS if row.deadline_ms is None or row.status.is_final else row.deadline_ms,
                row.sent_at_ms,
                row.flow_id,
            )
        case FlowOrder.ENVIRONMENT:
            return lambda row: (row.environment.value, row.sent_at_ms, row.flow_id)


def _by_pinyin(text: str) -> bytes:
    # GB 18030 orders common characters by their pinyin.
    return text.casefold().encode("gb18030", "replace")
