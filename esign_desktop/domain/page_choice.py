"""Which pages of a document are meant, without counting them: all, odd, even, first, last, or just these."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from esign_desktop.domain.page_ranges import PageRanges

if TYPE_CHECKING:
    from collections.abc import Iterable


class PageSelection(StrEnum):
    """Pages by a rule, for a document of any length. Odd pages are the fronts of sheets printed on both sides."""

    ALL = "all"
    ODD = "odd"
    EVEN = "even"
    FIRST = "first"
    LAST = "last"


PageChoice = PageSelection | PageRanges


def chosen_pages(choice: PageChoice, page_count: int, *, skips_cover: bool = False) -> PageRanges | None:
    """Return the pages of a document of this length, without its first page if that is a cover; None if none is left.

    Leaving the cover out does not change which pages are odd: the sheets stay the same.
    """
    numbers: Iterable[int]
    first = 2 if skips_cover else 1
    match choice:
        case PageRanges():
            numbers = choice
        case PageSelection.ALL:
            numbers = range(1, page_count + 1)
        case PageSelection.ODD:
            numbers = range(1, page_count + 1, 2)
        case PageSelection.EVEN:
            numbers = range(2, page_count + 1, 2)
        case PageSelection.FIRST:
            numbers = (first,)
        case PageSelection.LAST:
            numbers = (page_count,)
    kept = [number for number in numbers if first <= number <= page_count]
    return PageRanges.of(kept) if kept else None
