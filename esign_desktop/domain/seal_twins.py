"""Seals that would cover one another: equal in signer, kind, size and place, so that a person sees only one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.domain.placement import CoordinatePlacement, CrossPagePlacement, KeywordPlacement, Placement

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from esign_desktop.domain.page_ranges import PageRanges

_DECIMALS: Final = 2
"""Places that differ by less than can be seen are the same."""


class SealTwins:
    """Tells whether an equal seal stands already where another is to be put; it grows with ``add``."""

    def __init__(self, placements: Iterable[Placement]) -> None:
        self._pages_by_place: dict[Hashable, list[PageRanges | None]] = {}
        for placement in placements:
            self.add(placement)

    def add(self, placement: Placement) -> None:
        """Take note of a placement."""
        self._pages_by_place.setdefault(_place(placement), []).append(_pages(placement))

    def has_twin(self, placement: Placement) -> bool:
        """Whether an equal seal stands on one of the placement's pages; a keyword's seals stand wherever it does."""
        pages = _pages(placement)
        return any(
            taken is None or pages is None or any(number in taken for number in pages)
            for taken in self._pages_by_place.get(_place(placement), ())
        )

    def has_twin_on(self, placement: CoordinatePlacement, page_number: int) -> bool:
        """Whether an equal seal, or this one, stands on a page."""
        return any(taken and page_number in taken for taken in self._pages_by_place.get(_place(placement), ()))


def _pages(placement: Placement) -> PageRanges | None:
    return None if isinstance(placement, KeywordPlacement) else placement.pages


def _place(placement: Placement) -> Hashable:
    seal = (placement.signer_id, placement.document_id, placement.width_pt)
    match placement:
        case CoordinatePlacement(center=center):
            return (*seal, "coordinate", round(center.x_pt, _DECIMALS), round(center.y_pt, _DECIMALS))
        case KeywordPlacement(keyword=keyword, offset_x_pt=x, offset_y_pt=y):
            return (*seal, "keyword", keyword, round(x, _DECIMALS), round(y, _DECIMALS))
        case CrossPagePlacement(center_y_pt=y):
            return (*seal, "cross_page", round(y, _DECIMALS))
