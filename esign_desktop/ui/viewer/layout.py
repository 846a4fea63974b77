"""Where every page of every document lies: a pure computation.

All documents stand one above another in one *content* area of logical pixels, origin at its upper-left corner. A
page's size follows the zoom; gaps and captions do not. ``scale`` is pixels per displayed point, so it holds the zoom
and the screen's resolution but never the device ratio, which belongs to the renderer.
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
    """One page and where it lies in the content area."""

    document_id: DocumentId
    page_number: int
    frame: PageFrame
    left_px: float
    top_px: float
    scale: float

    @property
    def width_px(self) -> float:
        """Width as laid out."""
        return self.frame.display_width_pt * self.scale

    @property
    def height_px(self) -> float:
        """Height as laid out."""
        return self.frame.display_height_pt * self.scale

    @property
    def right_px(self) -> float:
        """Right edge."""
        return self.left_px + self.width_px

    @property
    def bottom_px(self) -> float:
        """Lower edge."""
        return self.top_px + self.height_px

    def contains(self, x_px: float, y_px: float) -> bool:
        """Whether the point of the content area is on the page."""
        return self.left_px <= x_px <= self.right_px and self.top_px <= y_px <= self.bottom_px

    def to_display(self, x_px: float, y_px: float) -> DisplayPoint:
        """Map a point of the content area to the page as shown; it may lie off the page."""
        return DisplayPoint((x_px - self.left_px) / self.scale, (y_px - self.top_px) / self.scale)

    def to_page(self, x_px: float, y_px: float) -> PagePoint:
        """Map a point of the content area into page space."""
        return self.frame.to_page(self.to_display(x_px, y_px))

    def point_px(self, point: PagePoint) -> tuple[float, float]:
        """Return where a point of page space lies in the content area."""
        shown = self.frame.to_display(point)
        return self.left_px + shown.x_pt * self.scale, self.top_px + shown.y_pt * self.scale

    def rect_px(self, rect: PageRect) -> tuple[float, float, float, float]:
        """Return left, top, width and height of a rectangle of page space in the content area."""
        shown = self.frame.rect_to_display(rect)
        return (
            self.left_px + shown.left_pt * self.scale,
            self.top_px + shown.top_pt * self.scale,
            shown.width_pt * self.scale,
            shown.height_pt * self.scale,
        )

    def visible_part(self, left_px: float, top_px: float, right_px: float, bottom_px: float) -> DisplayRect | None:
        """Return the part of the page, in points, that lies in a rectangle of the content area; None if none does."""
        left, top = max(self.left_px, left_px), max(self.top_px, top_px)
        right, bottom = min(self.right_px, right_px), min(self.bottom_px, bottom_px)
        if right <= left or bottom <= top:
            return None
        corner = self.to_display(left, top)
        return DisplayRect(corner.x_pt, corner.y_pt, (right - left) / self.scale, (bottom - top) / self.scale)


@dataclass(frozen=True, slots=True)
class CaptionSlot:
    """The line above a document that says its name."""

    document_id: DocumentId
    name: str
    page_count: int
    top_px: float


class PageLayout:
    """The laid-out pages of some documents at one scale; made anew when any of that changes."""

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
        """Return where a page lies, or None if it is not here."""
        return self._index.get((document_id, page_number))

    def between(self, top_px: float, bottom_px: float) -> tuple[PageSlot, ...]:
        """Return the pages of which some part lies between two heights, from above."""
        first = max(0, bisect_right(self._tops, top_px) - 1)
        last = bisect_left(self._tops, bottom_px)
        return tuple(slot for slot in self.slots[first:last] if slot.bottom_px > top_px)

    def captions_between(self, top_px: float, bottom_px: float) -> tuple[CaptionSlot, ...]:
        """Return the captions of which some part lies between two heights."""
        return tuple(c for c in self.captions if c.top_px < bottom_px and c.top_px + CAPTION_PX > top_px)

    def page_at(self, x_px: float, y_px: float) -> PageSlot | None:
        """Return the page under a point of the content area."""
        slot = self._above(y_px)
        return slot if slot is not None and slot.contains(x_px, y_px) else None

    def nearest_page(self, y_px: float) -> PageSlot | None:
        """Return the page at a height, or the one whose edge is nearest to it; None without any page."""
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
    """Return the scale at which a page fills the width."""
    return max(1.0, viewport_width_px - 2 * MARGIN_PX) / frame.display_width_pt


def fit_page_scale(frame: PageFrame, viewport_width_px: float, viewport_height_px: float) -> float:
    """Return the scale at which a page is seen whole."""
    fitting_height = max(1.0, viewport_height_px - 2 * PAGE_GAP_PX) / frame.display_height_pt
    return min(fit_width_scale(frame, viewport_width_px), fitting_height)


class Fit(StrEnum):
    """What the zoom follows when the view changes its size."""

    NOTHING = "nothing"
    WIDTH = "width"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class ViewPlace:
    """The upper left corner of the view, in points of a page as shown, and the zoom."""

    document_id: DocumentId
    page_number: int
    left_pt: float
    top_pt: float
    zoom: float
    fit: Fit

    @property
    def in_words(self) -> str:
        """The place as it is kept."""
        return json.dumps(asdict(self))


def read_view_place(words: str) -> ViewPlace | None:
    """Return a place as it was kept; None for what makes no sense."""
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
