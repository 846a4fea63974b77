"""Remove page headers, page footers and page numbers, which do not belong to the text of the contract."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.pdf.proposing.segments import PageRow

_EDGE_ROWS: Final = 2
_FEWEST_PAGES: Final = 3
_PAGE_NUMBER: Final = re.compile(r"_*(?:第?[0-9]{1,4}页?)(?:[/,]?共?[0-9]{1,4}页?)?_*")


def without_heads_and_feet(pages: Sequence[list[PageRow]]) -> list[PageRow]:
    """Return the rows of all pages without page numbers, headers and footers.

    A header or footer is a row at the edge of a page that most pages repeat at the same height.
    """
    repeated = Counter(key for page in pages for key in {_key(row) for row in _edges(page)})
    heads = {key for key, count in repeated.items() if count >= _FEWEST_PAGES and 2 * count > len(pages)}
    found: list[PageRow] = []
    for page in pages:
        edges = _edges(page)
        found += [row for row in page if not (row in edges and (_key(row) in heads or _is_page_number(row)))]
    return found


def _edges(page: list[PageRow]) -> list[PageRow]:
    edges = [*page[:_EDGE_ROWS], *page[_EDGE_ROWS:][-_EDGE_ROWS:]]
    return [row for row in edges if not row.is_ruled]


def _text(row: PageRow) -> str:
    return "".join(segment.text for segment in row.segments)


def _key(row: PageRow) -> tuple[str, int]:
    height = round(row.segments[0].letters[0].top_pt / 4) if row.segments else 0
    return re.sub(r"[0-9]+", "#", _text(row)), height


def _is_page_number(row: PageRow) -> bool:
    return _PAGE_NUMBER.fullmatch(_text(row)) is not None
