"""Where on the pages one looks, to come back to it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite

from esign_desktop.domain.document import DocumentId


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
