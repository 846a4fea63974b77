"""Limits on the time and memory that processing a PDF may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TILE_PIXELS: Final = 10_000_000
STORE_BYTES: Final = 64 * 1024 * 1024
"""The limit of the PDF library's cache of decoded objects."""
ADDRESS_SPACE_BYTES: Final = 2 * 1024**3

MAX_PAGES: Final = 200_000
MAX_HITS: Final = 100_000
"""The largest number of matches of a keyword in a document. A thousand pages full of a keyword have about 35,000."""
MAX_TEXT_LINES: Final = 5_000
MAX_PAGE_CHARACTERS: Final = 500_000
"""The largest number of characters kept for one page."""
MAX_KEYWORD_CHARACTERS: Final = 500
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
"""The longest answer accepted from a child process. Pixels are not part of answers."""
MAX_ANSWER_VALUES: Final = 400_000
"""The largest number of values in an answer. Parsed, a value takes about 100 bytes."""
MAX_WIDE_BYTES: Final = 6 * 1024 * 1024
"""The longest answer with characters beyond ASCII. Parsed, each of its characters may take four bytes, twice."""

MAX_PIXEL_COORDINATE: Final = 1 << 30

MAX_SIDE_PT: Final = 1e9
"""The longest side of a page box: 14,400 units of 75,000 points in PDF. A larger box is treated as missing."""

IN_MEMORY_BYTES: Final = 32 * 1024 * 1024
"""Files up to this size are read into memory, so that the file neither stays open nor changes during parsing."""

MAX_INDEX_CHARACTERS: Final = 64 * 1024 * 1024
"""The largest number of characters kept for all pages of a document."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one PDF process.

    The parent enforces the time limits (``…_s``) by killing the process. The process itself observes the budgets
    (``…_budget_s``).
    """

    start_s: float = 20.0
    open_s: float = 10.0
    render_s: float = 8.0
    find_s: float = 20.0
    text_lines_s: float = 5.0
    propose_s: float = 20.0
    facts_page_s: float = 3.0
    """The time limit for one step of reading the text: a page, or as many pages as the budget permits."""
    facts_budget_s: float = 1.5
    """The budget for finding the pages with a text layer when a document is opened completely."""
    find_step_budget_s: float = 0.02
    """Searches and background reading yield the process to other requests after this time."""
    copy_s: float = 120.0
    """The time limit for writing an upright copy."""
    sum_s: float = 60.0
    """The time limit for computing the digest of a file."""
    tile_pixels: int = TILE_PIXELS
    store_bytes: int = STORE_BYTES
    child_memory_bytes: int = 288 * 1024 * 1024
    """A child that still uses more than this after releasing its caches is replaced."""
    address_space_bytes: int = ADDRESS_SPACE_BYTES
