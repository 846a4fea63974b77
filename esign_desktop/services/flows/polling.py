"""When a flow may be asked about: the limits of spec/decisions.md ("Flows"), as a pure schedule.

Times are seconds of any clock that only moves forward.
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
    """``watched_s`` holds for the one flow whose QR code somebody stands in front of."""

    per_flow_s: float = 30.0
    watched_s: float = 2.0
    between_any_s: float = 0.5


DEFAULT_LIMITS: Final = PollingLimits()


class PollingSchedule:
    """Says which flow is to be asked about next, the watched one first, then the one that waited longest."""

    def __init__(self, limits: PollingLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._asked_s: dict[FlowId, float | None] = {}
        self._watched: FlowId | None = None
        self._preferred: frozenset[FlowId] = frozenset()
        self._last_s: float | None = None

    def set_flows(self, flow_ids: Iterable[FlowId]) -> None:
        """Follow these flows and no others; how long each has waited is kept."""
        self._asked_s = {flow_id: self._asked_s.get(flow_id) for flow_id in flow_ids}

    def watch(self, flow_id: FlowId | None) -> None:
        """Ask about this flow often, while it is one of those that are followed."""
        self._watched = flow_id

    def prefer(self, flow_ids: Iterable[FlowId]) -> None:
        """Ask about these before the others, once they may be asked about: a notice came for each."""
        self._preferred = frozenset(flow_ids)

    def asked(self, flow_id: FlowId, now_s: float) -> None:
        """Record that the flow was asked about, whatever the answer and whoever asked."""
        self._last_s = now_s
        if flow_id in self._asked_s:
            self._asked_s[flow_id] = now_s

    def due(self, now_s: float) -> FlowId | None:
        """Return the flow that may be asked about now, or None."""
        if now_s < self._free_at_s(now_s):
            return None
        due_at = self._due_at_s()
        due = [flow_id for flow_id, at_s in due_at.items() if at_s <= now_s]
        return min(due, key=lambda flow_id: (self._rank(flow_id), due_at[flow_id]), default=None)

    def wait_s(self, now_s: float) -> float | None:
        """Return how long to wait until ``due`` names a flow; None when there is nothing to follow."""
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
