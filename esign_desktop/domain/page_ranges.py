"""Page ranges as users write them, such as ``1-3,5``, and rules such as "the last page" for documents of any length.

Full-width digits, commas and dashes are accepted as input; the output always has the same notation. Page numbers are
counted from 1, as in ``posPage``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import InputError
from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


MAX_PAGE_NUMBER: Final = 99_999
_SEPARATORS: Final = ",、;，；"
_DASHES: Final = "-–—−~～－至"
_DIGITS: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class PageRanges:
    """A non-empty set of page numbers, stored as runs (first, last) of consecutive pages.

    The runs are in ascending order and neither overlap nor adjoin.
    """

    runs: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, page_numbers: Iterable[int]) -> PageRanges:
        """Return the set of these page numbers, which may be in any order.

        Raises InputError ``pages.empty`` if there are no page numbers.
        """
        return cls._merged((number, number) for number in page_numbers)

    @classmethod
    def _merged(cls, runs: Iterable[tuple[int, int]]) -> PageRanges:
        merged: list[tuple[int, int]] = []
        for first, last in sorted(runs):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        if not merged:
            raise InputError("pages.empty", position=0)
        return cls(tuple(merged))

    @classmethod
    def single(cls, page_number: int) -> PageRanges:
        """Return a set that contains only this page."""
        return cls(((page_number, page_number),))

    @classmethod
    def all_of(cls, page_count: int) -> PageRanges:
        """Return the set of all pages of a document.

        The API also accepts the value ``all``, but this value is not used because its meaning is not documented.
        """
        return cls(((1, page_count),))

    @classmethod
    def parse(cls, text: str, *, page_count: int | None = None) -> PageRanges:
        """Parse page ranges that a user typed.

        Raises InputError ``pages.empty``, ``pages.not_a_number``, ``pages.zero``, ``pages.backwards`` or
        ``pages.beyond_the_end``. The parameter ``position`` of the error is an index in ``text``. If ``page_count`` is
        not given, only numbers above MAX_PAGE_NUMBER are rejected as beyond the end.
        """
        # Each character is replaced with exactly one character, so that positions remain valid in the text that was
        # typed.
        plain = "".join(_plain(character) for character in text)
        if not plain.strip():
            raise InputError("pages.empty", position=0)
        runs: list[tuple[int, int]] = []
        start = 0
        for part in plain.split(","):
            runs.append(_run(part, start, page_count))
            start += len(part) + 1
        return cls._merged(runs)

    def __iter__(self) -> Iterator[int]:
        """Yield the page numbers in ascending order."""
        for first, last in self.runs:
            yield from range(first, last + 1)

    def __len__(self) -> int:
        """Return the number of pages in the set."""
        return sum(last - first + 1 for first, last in self.runs)

    def __contains__(self, page_number: object) -> bool:
        """Return whether the set contains the page."""
        return isinstance(page_number, int) and any(first <= page_number <= last for first, last in self.runs)

    @override
    def __str__(self) -> str:
        """Return the page ranges in their canonical form, which is also the format of ``posPage``."""
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in self.runs)

    @property
    def first(self) -> int:
        return self.runs[0][0]

    @property
    def last(self) -> int:
        return self.runs[-1][1]

    def within(self, page_count: int) -> PageRanges | None:
        """Return the pages of this set that exist in a document with ``page_count`` pages.

        The result is None if there are no such pages.
        """
        kept = [number for number in self if number <= page_count]
        return PageRanges.of(kept) if kept else None


def _plain(character: str) -> str:
    if character in _SEPARATORS:
        return ","
    if character in _DASHES:
        return "-"
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        return character
    if folded in _SEPARATORS:
        return ","
    return " " if folded.isspace() else folded


def _run(part: str, start: int, page_count: int | None) -> tuple[int, int]:
    if not part.strip():
        raise InputError("pages.empty", position=start)
    head, dash, tail = part.partition("-")
    first = _number(head, start, page_count)
    if not dash:
        return first, first
    tail_start = start + len(head) + 1
    last = _number(tail, tail_start, page_count)
    if last < first:
        raise InputError("pages.backwards", position=tail_start, first=first, last=last)
    return first, last


def _number(text: str, start: int, page_count: int | None) -> int:
    word = text.strip()
    position = start + (len(text) - len(text.lstrip()) if word else 0)
    if not _DIGITS.fullmatch(word):
        raise InputError("pages.not_a_number", position=position)
    number = int(word) if len(word) <= len(str(MAX_PAGE_NUMBER)) else MAX_PAGE_NUMBER + 1
    if number == 0:
        raise InputError("pages.zero", position=position)
    if number > (MAX_PAGE_NUMBER if page_count is None else page_count):
        raise InputError("pages.beyond_the_end", position=position, page_count=page_count or MAX_PAGE_NUMBER)
    return number


class PageSelection(StrEnum):
    """A rule that selects pages of a document."""

    ALL = "all"
    FIRST = "first"
    LAST = "last"


PageChoice = PageSelection | PageRanges


def chosen_pages(choice: PageChoice, page_count: int, *, skips_cover: bool = False) -> PageRanges | None:
    """Return the selected pages of a document with ``page_count`` pages, or None if no page is selected.

    If ``skips_cover`` is True, the first page is omitted. The other pages keep their numbers.
    """
    numbers: Iterable[int]
    first = 2 if skips_cover else 1
    match choice:
        case PageRanges():
            numbers = choice
        case PageSelection.ALL:
            numbers = range(1, page_count + 1)
        case PageSelection.FIRST:
            numbers = (first,)
        case PageSelection.LAST:
            numbers = (page_count,)
    kept = [number for number in numbers if first <= number <= page_count]
    return PageRanges.of(kept) if kept else None
