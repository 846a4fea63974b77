"""One line of the table, and the clock under it."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Row:
    """``ratio`` is ours over the peer's: below 1 is better than the peer."""

    name: str
    ours: float
    peer_name: str
    peer: float

    def as_dict(self) -> dict[str, str | float]:
        rounded = {key: round(value, 1) if isinstance(value, float) else value for key, value in asdict(self).items()}
        return {**rounded, "ratio": round(self.ours / self.peer, 3)}


def median(values: Sequence[float]) -> float:
    return float(statistics.median(values))
