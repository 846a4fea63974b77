"""The one thing that is asked of a request's headers."""

from __future__ import annotations

from typing import Protocol


class HeaderSource(Protocol):
    """Finds a header by its name in any case."""

    def get(self, name: str, /) -> str | None:
        """The value, or None."""
