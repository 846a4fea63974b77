"""How much time and memory a PDF may cost, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TILE_PIXELS: Final = 10_000_000
STORE_BYTES: Final = 64 * 1024 * 1024
"""For what the library keeps decoded."""
ADDRESS_SPACE_BYTES: Final = 2 * 1024**3

MAX_PAGES: Final = 200_000
MAX_HITS: Final = 100_000
"""Of one keyword in one document; a thousand pages full of it have some 35,000."""
MAX_TEXT_LINES: Final = 5_000
MAX_PAGE_CHARACTERS: Final = 500_000
"""Of the text of a page that is remembered."""
MAX_KEYWORD_CHARACTERS: Final = 500
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
"""Longest answer of the child that is read."""

MAX_PIXEL_COORDINATE: Final = 1 << 30

MAX_SIDE_PT: Final = 1e9
"""PDF allows 14,400 units of 75,000 points; a larger box is nonsense and read as a missing one."""

IN_MEMORY_BYTES: Final = 32 * 1024 * 1024
"""Files up to this size are read at once, so that nobody's file stays open or changes under the parser."""

MAX_INDEX_CHARACTERS: Final = 64 * 1024 * 1024
"""Of the text of all pages of a document that is remembered."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that are enforced from outside, by killing the process; budgets are kept by the process itself."""

    start_s: float = 20.0
    open_s: float = 10.0
    render_s: float = 8.0
    find_s: float = 20.0
    text_lines_s: float = 5.0
    propose_s: float = 20.0
    facts_page_s: float = 3.0
    """For one step of reading the text; a step is a page or as many as fit the budget."""
    facts_budget_s: float = 1.5
    """For the look for text layers when a document is opened completely."""
    find_step_budget_s: float = 0.02
    """A search, and reading in the background, let others use the process after this time."""
    copy_s: float = 120.0
    """For writing an upright copy."""
    sum_s: float = 60.0
    """For the sum of a file's bytes."""
    tile_pixels: int = TILE_PIXELS
    store_bytes: int = STORE_BYTES
    child_memory_bytes: int = 288 * 1024 * 1024
    """A child that takes more after it gave back what it can is replaced by a fresh one."""
    address_space_bytes: int = ADDRESS_SPACE_BYTES
