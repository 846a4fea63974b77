"""The schedule that determines when each flow is queried, within the limits of docs/platform-answers.md#query-limits.

The schedule has no clock of its own. The caller passes the current time in seconds, read from any monotonic clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.flow import FlowId


@dataclass(frozen=True, slots=True)
class PollingLimits:
    """The minimum intervals between queries, in seconds.

    ``per_flow_s`` is the interval between two queries of the same flow. ``watched_s`` replaces this interval for the
    flow whose QR code is being shown to a customer. ``between_any_s`` is the interval between any two queries.
    """

    per_flow_s: float = 30.0
    watched_s: float = 2.0
    between_any_s: float = 0.5


DEFAULT_LIMITS: Final = PollingLimits()


class PollingSchedule:
    """A schedule that selects the next flow to query.

    The watched flow comes first, then the flows with a new notice, then the flow that has waited longest.
    """

    def __init__(self, limits: PollingLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._asked_s: dict[FlowId, float | None] = {}
        self._watched: FlowId | None = None
        self._preferred: frozenset[FlowId] = frozenset()
        self._last_s: float | None = None

    def set_flows(self, flow_ids: Iterable[FlowId]) -> None:
        """Schedule queries for these flows only. Flows that are already scheduled keep the time of their last query."""
        self._asked_s = {flow_id: self._asked_s.get(flow_id) for flow_id in flow_ids}

    def watch(self, flow_id: FlowId | None) -> None:
        """Query a flow at the shorter interval while the flow is scheduled. Pass None to stop watching."""
        self._watched = flow_id

    def prefer(self, flow_ids: Iterable[FlowId]) -> None:
        """If several flows are due, query the flows in ``flow_ids`` first.

        A notice has arrived for each of these flows.
        """
        self._preferred = frozenset(flow_ids)

    def asked(self, flow_id: FlowId, now_s: float) -> None:
        """Record that a flow was queried. The result and the origin of the query do not matter."""
        self._last_s = now_s
        if flow_id in self._asked_s:
            self._asked_s[flow_id] = now_s

    def due(self, now_s: float) -> FlowId | None:
        """Return the flow to query now, or None if no query is due."""
        if now_s < self._free_at_s(now_s):
            return None
        due_at = self._due_at_s()
        due = [flow_id for flow_id, at_s in due_at.items() if at_s <= now_s]
        return min(due, key=lambda flow_id: (self._rank(flow_id), due_at[flow_id]), default=None)

    def wait_s(self, now_s: float) -> float | None:
        """Return the number of seconds until ``due`` returns a flow, or None if no flow is scheduled."""
        due_at = self._due_at_s()
        if not due_at:
            return None
        return max(0.0, max(min(due_at.values()), self._free_at_s(now_s)) - now_s)

    def _rank(self, flow_id: FlowId) -> int:
        return 0 if flow_id == self._watched else 1 if flow_id in self._preferred else 2

    def _free_at_s(self, now_s: float) -> float:
        return now_s if self._last_s is None else self._last_s + self._limits.between_any_s

    def _due_at_s(self) -> dict[FlowId, float]:
        return {
            flow_id: -math.inf if asked_s is None else asked_s + self._interval_s(flow_id)
            for flow_id, asked_s in self._asked_s.items()
        }

    def _interval_s(self, flow_id: FlowId) -> float:
        return self._limits.watched_s if flow_id == self._watched else self._limits.per_flow_s
