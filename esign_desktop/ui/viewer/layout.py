"""Compute the position of every page of every document.

The documents are placed one below the other in one *content* area, which is measured in logical pixels from its upper
left corner. The size of a page depends on the zoom, but gaps and captions do not. ``scale`` is the number of logical
pixels per displayed point. It includes the zoom and the screen's logical resolution, but not the device pixel ratio,
which only the renderer needs.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import DisplayPoint, DisplayRect, PageFrame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.geometry import PagePoint, PageRect

PAGE_GAP_PX: Final = 16.0
MARGIN_PX: Final = 24.0
CAPTION_PX: Final = 40.0

MIN_ZOOM: Final = 0.25
MAX_ZOOM: Final = 8.0


@dataclass(frozen=True, slots=True)
class PageSlot:
    """A page and the position of its upper left corner in the content area.

    ``page_number`` counts within the document.
    """

    document_id: DocumentId
    page_number: int
    frame: PageFrame
    left_px: float
    top_px: float
    scale: float

    @property
    def width_px(self) -> float:
        """The displayed width, in logical pixels."""
        return self.frame.display_width_pt * self.scale

    @property
    def height_px(self) -> float:
        """The displayed height, in logical pixels."""
        return self.frame.display_height_pt * self.scale

    @property
    def right_px(self) -> float:
        """The position of the right edge in the content area, in logical pixels."""
        return self.left_px + self.width_px

    @property
    def bottom_px(self) -> float:
        """The position of the lower edge in the content area, in logical pixels."""
        return self.top_px + self.height_px

    def contains(self, x_px: float, y_px: float) -> bool:
        """Return whether a point of the content area is on the page, edges included."""
        return self.left_px <= x_px <= self.right_px and self.top_px <= y_px <= self.bottom_px

    def to_display(self, x_px: float, y_px: float) -> DisplayPoint:
        """Map a point of the content area to points of the displayed page. The result may be outside the page."""
        return DisplayPoint((x_px - self.left_px) / self.scale, (y_px - self.top_px) / self.scale)

    def to_page(self, x_px: float, y_px: float) -> PagePoint:
        """Map a point of the content area to page space. The result may be outside the page."""
        return self.frame.to_page(self.to_display(x_px, y_px))

    def point_px(self, point: PagePoint) -> tuple[float, float]:
        """Map a point of page space to the content area, and return its x and y in logical pixels."""
        shown = self.frame.to_display(point)
        return self.left_px + shown.x_pt * self.scale, self.top_px + shown.y_pt * self.scale

    def rect_px(self, rect: PageRect) -> tuple[float, float, float, float]:
        """Return left, top, width and height, in logical pixels of the content area, of a rectangle of page space."""
        shown = self.frame.rect_to_display(rect)
        return (
            self.left_px + shown.left_pt * self.scale,
            self.top_px + shown.top_pt * self.scale,
            shown.width_pt * self.scale,
            shown.height_pt * self.scale,
        )

    def visible_part(self, left_px: float, top_px: float, right_px: float, bottom_px: float) -> DisplayRect | None:
        """Return the part of the page inside a rectangle of the content area, in displayed points.

        Return None if no part of the page is inside the rectangle.
        """
        left, top = max(self.left_px, left_px), max(self.top_px, top_px)
        right, bottom = min(self.right_px, right_px), min(self.bottom_px, bottom_px)
        if right <= left or bottom <= top:
            return None
        corner = self.to_display(left, top)
        return DisplayRect(corner.x_pt, corner.y_pt, (right - left) / self.scale, (bottom - top) / self.scale)


@dataclass(frozen=True, slots=True)
class CaptionSlot:
    """The position of the caption above a document's first page.

    The caption shows the document's name and number of pages.
    """

    document_id: DocumentId
    name: str
    page_count: int
    top_px: float


class PageLayout:
    """The positions of all pages at one scale. The view creates a new layout when documents, scale or width change.

    ``width_px`` and ``height_px`` are the size of the content area, which is at least as wide as the viewport.
    """

    def __init__(self, documents: Sequence[Document], scale: float, viewport_width_px: float) -> None:
        self.scale = scale
        widest_pt = max((f.display_width_pt for d in documents for f in d.pages), default=0.0)
        self.width_px = max(viewport_width_px, widest_pt * scale + 2 * MARGIN_PX)
        slots: list[PageSlot] = []
        captions: list[CaptionSlot] = []
        top = 0.0
        for document in documents:
            captions.append(CaptionSlot(document.id, document.name, document.page_count, top))
            top += CAPTION_PX
            for number, frame in enumerate(document.pages, 1):
                left = (self.width_px - frame.display_width_pt * scale) / 2
                slots.append(PageSlot(document.id, number, frame, left, top, scale))
                top += frame.display_height_pt * scale + PAGE_GAP_PX
        self.slots = tuple(slots)
        self.captions = tuple(captions)
        self.height_px = top + MARGIN_PX - PAGE_GAP_PX if slots else 0.0
        self._tops = [slot.top_px for slot in slots]
        self._index = {(slot.document_id, slot.page_number): slot for slot in slots}

    def slot(self, document_id: DocumentId, page_number: int) -> PageSlot | None:
        """Return the position of a page, or None if the page is not part of the layout."""
        return self._index.get((document_id, page_number))

    def between(self, top_px: float, bottom_px: float) -> tuple[PageSlot, ...]:
        """Return the pages that are at least partly between two heights of the content area, from top to bottom."""
        first = max(0, bisect_right(self._tops, top_px) - 1)
        last = bisect_left(self._tops, bottom_px)
        return tuple(slot for slot in self.slots[first:last] if slot.bottom_px > top_px)

    def captions_between(self, top_px: float, bottom_px: float) -> tuple[CaptionSlot, ...]:
        """Return the captions that are at least partly between two heights of the content area, from top to bottom."""
        return tuple(c for c in self.captions if c.top_px < bottom_px and c.top_px + CAPTION_PX > top_px)

    def page_at(self, x_px: float, y_px: float) -> PageSlot | None:
        """Return the page at a point of the content area, or None if there is no page."""
        slot = self._above(y_px)
        return slot if slot is not None and slot.contains(x_px, y_px) else None

    def nearest_page(self, y_px: float) -> PageSlot | None:
        """Return the page at a height of the content area or, between pages, the page with the nearest edge.

        Return None if the layout has no page.
        """
        slot = self._above(y_px)
        if slot is None:
            return self.slots[0] if self.slots else None
        if y_px <= slot.bottom_px:
            return slot
        below = self.slots[index] if (index := bisect_right(self._tops, y_px)) < len(self.slots) else None
        return below if below is not None and below.top_px - y_px < y_px - slot.bottom_px else slot

    def _above(self, y_px: float) -> PageSlot | None:
        index = bisect_right(self._tops, y_px) - 1
        return self.slots[index] if index >= 0 else None


def fit_width_scale(frame: PageFrame, viewport_width_px: float) -> float:
    """Return the scale at which a page and its margins are as wide as the viewport.

    The scale is in logical pixels per displayed point.
    """
    return max(1.0, viewport_width_px - 2 * MARGIN_PX) / frame.display_width_pt


def fit_page_scale(frame: PageFrame, viewport_width_px: float, viewport_height_px: float) -> float:
    """Return the scale, in logical pixels per displayed point, at which a page is completely visible."""
    fitting_height = max(1.0, viewport_height_px - 2 * PAGE_GAP_PX) / frame.display_height_pt
    return min(fit_width_scale(frame, viewport_width_px), fitting_height)


class Fit(StrEnum):
    """What the zoom follows when the view is resized: nothing, the width of the page, or the whole page."""

    NOTHING = "nothing"
    WIDTH = "width"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class ViewPlace:
    """The scroll position and the zoom of a view, which can be stored and restored.

    ``left_pt`` and ``top_pt`` are the position of the view's upper left corner in displayed points of a page.
    """

    document_id: DocumentId
    page_number: int
    left_pt: float
    top_pt: float
    zoom: float
    fit: Fit

    @property
    def in_words(self) -> str:
        """The place as a JSON text, from which ``read_view_place`` restores it."""
        return json.dumps(asdict(self))


def read_view_place(words: str) -> ViewPlace | None:
    """Return the place from the text that ``ViewPlace.in_words`` returned, or None if the text is invalid."""
    try:
        values = json.loads(words)
        place = ViewPlace(
            DocumentId(str(values["document_id"])),
            int(values["page_number"]),
            float(values["left_pt"]),
            float(values["top_pt"]),
            float(values["zoom"]),
            Fit(values["fit"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
    return place if all(map(isfinite, (place.left_pt, place.top_pt, place.zoom))) else None
