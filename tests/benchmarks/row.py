"""One line of the table, and the clock under it."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Row:
    """``ratio`` is ours over the peer's: below 1 is better than the peer; ``limit`` is what it must not exceed."""

    name: str
    ours: float
    peer_name: str
    peer: float
    limit: float | None = None

    def as_dict(self) -> dict[str, str | float]:
        told = {key: value for key, value in asdict(self).items() if value is not None}
        rounded = {key: round(told[key], 1) for key in ("ours", "peer")}
        return {**told, **rounded, "ratio": round(self.ours / self.peer, 3)}


def median(values: Sequence[float]) -> float:
    """Return the middle one: of waiting for others, where there is no best case to come close to."""
    return float(statistics.median(values))


def best(values: Sequence[float]) -> float:
    """Return the least: of computing, where all that is above it is other work on the same machine."""
    return float(min(values))
