"""Where the payload says that seals stand, computed anew from what was sent.

Nothing here is shared with the window's own drawing or with the code that wrote the payload, so that a mistake there
shows. Points are page space; seals are square.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.platform_behaviour import PlatformBehaviour

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placement import KeywordHit

_REHEARSED = PlatformBehaviour()
_KINDS = {1: "keyword", 2: "coordinate", 3: "cross_page"}
_KEYWORD, _COORDINATE = 1, 2


@dataclass(frozen=True, slots=True)
class ExpectedMark:
    """A seal or a slice on one page; ``slice_index`` of ``slice_count`` parts counts from 0 at the seal's left."""

    kind: str
    page_number: int
    rect: PageRect
    slice_index: int = 0
    slice_count: int = 1

    @property
    def center(self) -> PagePoint:
        """Where the mark's middle has to be."""
        return self.rect.center

    def overlaps(self, other: ExpectedMark, *, margin_pt: float = 0.0) -> bool:
        """Whether both marks, with a margin about this one, touch the same part of a page."""
        if self.page_number != other.page_number:
            return False
        rect = self.rect
        wide = PageRect(
            rect.left_pt - margin_pt, rect.bottom_pt - margin_pt, rect.right_pt + margin_pt, rect.top_pt + margin_pt
        )
        return wide.intersection_area(other.rect) > 0


def expected_marks(
    payload: Mapping[str, Any],
    document: Document,
    find: Callable[[str], tuple[KeywordHit, ...]],
    own_width_pt: Callable[[Mapping[str, Any]], float],
) -> tuple[ExpectedMark, ...]:
    """Return every mark that a contract of one document must carry once all have signed.

    ``own_width_pt`` tells, for an entry of signerList, how wide a seal without ``scale`` is.
    """
    marks: list[ExpectedMark] = []
    for signer in payload["recipientList"]["signerList"]:
        for entry in signer.get("docPosList", ()):
            for bean in entry["posBeanList"]:
                width = float(bean.get("scale") or own_width_pt(signer))
                marks.extend(_marks(int(entry["signType"]), bean, width, document, find))
    return tuple(marks)


def _marks(
    sign_type: int,
    bean: Mapping[str, Any],
    width_pt: float,
    document: Document,
    find: Callable[[str], tuple[KeywordHit, ...]],
) -> list[ExpectedMark]:
    kind = _KINDS[sign_type]
    if sign_type == _KEYWORD:
        dx, dy = float(bean.get("posX", 0)), float(bean.get("posY", 0))
        return [
            ExpectedMark(
                kind, hit.page_number, PageRect.around(hit.origin(_REHEARSED).moved(dx, dy), width_pt, width_pt)
            )
            for hit in find(bean["key"])
        ]
    pages = tuple(PageRanges.parse(bean["posPage"], page_count=document.page_count))
    if sign_type == _COORDINATE:
        center = PagePoint(float(bean["posX"]), float(bean["posY"]))
        return [ExpectedMark(kind, number, PageRect.around(center, width_pt, width_pt)) for number in pages]
    y, slice_pt = float(bean["posY"]), width_pt / len(pages)
    return [
        ExpectedMark(
            kind,
            number,
            PageRect(
                document.frame(number).width_pt - slice_pt,
                y - width_pt / 2,
                document.frame(number).width_pt,
                y + width_pt / 2,
            ),
            index,
            len(pages),
        )
        for index, number in enumerate(pages)
    ]
