"""What a process may take that parses files: kept apart from ``limits`` for the one that has no time to import it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

TILE_PIXELS: Final = 10_000_000
STORE_BYTES: Final = 64 * 1024 * 1024
"""For what the library keeps decoded."""
ADDRESS_SPACE_BYTES: Final = 2 * 1024**3
