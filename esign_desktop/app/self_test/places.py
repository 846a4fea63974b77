"""Chooses where to put seals on a contract that nobody has seen before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.app.self_test.failure import SelfTestFailed
from esign_desktop.domain.geometry import PagePoint, PageRect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placement import KeywordHit, SealMark

    Find = Callable[[str], tuple[KeywordHit, ...]]

USUAL_KEYWORDS: Final = (
    *("乙方(签字或盖章)", "乙方(签字)", "乙方(签章)", "乙方(盖章)", "乙方签字", "乙方签章", "乙方盖章"),
    *("法定代表人(签字)", "签字或盖章", "签字盖章", "签字", "签章", "盖章", "Signature", "Signed by", "乙方", "甲方"),
)
FIRST_PARTY_KEYWORDS: Final = ("甲方(签字或盖章)", "甲方(盖章)", "甲方(签章)", "甲方(签字)", "甲方盖章", "甲方签章")
MOST_HITS: Final = 12
_GAP_PT: Final = 16.0
_GRID_PT: Final = 24.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of page space on a page."""

    page_number: int
    point: PagePoint


def usable_keyword(find: Find, wanted: str | None) -> str:
    """Return the wanted keyword if the document holds it, else a usual one as the document spells it.

    Raises SelfTestFailed.
    """
    for keyword in (wanted,) if wanted else USUAL_KEYWORDS:
        hits = find(keyword)
        if 1 <= len(hits) <= MOST_HITS:
            return wanted or hits[0].text
    raise SelfTestFailed("the document holds no usable keyword; name one with --keyword")


def free_spot(document: Document, find: Find, width_pt: float, taken: Sequence[SealMark]) -> Spot:
    """Return where a seal overlaps no other one: beside a place to sign if there is one. Raises SelfTestFailed."""
    for spot in (*_signature_spots(find), *_grid(document)):
        rect = PageRect.around(spot.point, width_pt + _GAP_PT, width_pt + _GAP_PT)
        if document.frame(spot.page_number).bounds.contains(rect) and _is_free(spot.page_number, rect, taken):
            return spot
    raise SelfTestFailed("the document has no room for a seal")


def free_height(document: Document, width_pt: float, taken: Sequence[SealMark]) -> float:
    """Return a height at which the right edge of every page is free. Raises SelfTestFailed."""
    lowest = min(page.height_pt for page in document.pages)
    half = (width_pt + _GAP_PT) / 2
    part = width_pt / document.page_count + _GAP_PT
    middle = lowest / 2
    steps = range(int(lowest / _GRID_PT))
    heights = sorted((step * _GRID_PT for step in steps), key=lambda y: abs(y - middle))
    for y in (middle, *heights):
        if not half <= y <= lowest - half:
            continue
        edges = (
            (number, PageRect(page.width_pt - part, y - half, page.width_pt, y + half))
            for number, page in enumerate(document.pages, 1)
        )
        if all(_is_free(number, rect, taken) for number, rect in edges):
            return y
    raise SelfTestFailed("the document has no room for a cross-page seal")


def _is_free(page_number: int, rect: PageRect, taken: Sequence[SealMark]) -> bool:
    return all(mark.page_number != page_number or rect.intersection_area(mark.rect) <= 0 for mark in taken)


def _signature_spots(find: Find) -> Iterator[Spot]:
    for keyword in FIRST_PARTY_KEYWORDS:
        for hit in find(keyword):
            middle = hit.rects[0].center
            yield from (Spot(hit.page_number, middle.moved(dx, dy)) for dx, dy in ((18, -24), (0, 0), (60, 0)))


def _grid(document: Document) -> Iterator[Spot]:
    for number in range(document.page_count, 0, -1):
        frame = document.frame(number)
        for row in range(1, int(frame.height_pt / _GRID_PT)):
            for column in range(1, int(frame.width_pt / _GRID_PT)):
                yield Spot(number, PagePoint(column * _GRID_PT, row * _GRID_PT))
