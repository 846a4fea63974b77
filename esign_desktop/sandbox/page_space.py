"""A page's visible box, read from its raw boxes, and the transforms that PyMuPDF gets wrong.

*Page space*: the visible page (CropBox ∩ MediaBox) unrotated, origin lower-left, y up, user units. *Raw space*: the
page's own PDF user space, where content streams draw. *Shown fraction*: 0..1 from the upper-left corner of the page as
a reader sees it. PyMuPDF's own matrices are wrong with UserUnit, and with CropBox and rotation together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_MAX_PARENTS: Final = 50
_LETTER: Final = (0.0, 0.0, 612.0, 792.0)


@dataclass(frozen=True, slots=True)
class PageSpace:
    """Frame of one page; ``raw_left`` and ``raw_bottom`` are the visible page's corner in raw space."""

    raw_left: float
    raw_bottom: float
    width: float
    height: float
    rotation_degrees: int = 0
    user_unit: float = 1.0

    @property
    def shown_aspect(self) -> float:
        """Width over height of the page as shown."""
        aspect = self.width / self.height
        return 1 / aspect if self.rotation_degrees in (90, 270) else aspect

    def to_raw(self, x: float, y: float) -> tuple[float, float]:
        """A point of page space where content streams draw it."""
        return self.raw_left + x, self.raw_bottom + y

    def to_shown(self, x: float, y: float) -> tuple[float, float]:
        """A point of page space as fractions of the shown page, y down."""
        fx, fy = x / self.width, y / self.height
        return {
            0: (fx, 1 - fy),
            90: (fy, fx),
            180: (1 - fx, fy),
            270: (1 - fy, 1 - fx),
        }[self.rotation_degrees]

    def from_shown(self, fx: float, fy: float) -> tuple[float, float]:
        """Fractions of the shown page as a point of page space; the inverse of ``to_shown``."""
        x, y = {
            0: (fx, 1 - fy),
            90: (fy, fx),
            180: (1 - fx, fy),
            270: (1 - fy, 1 - fx),
        }[self.rotation_degrees]
        return x * self.width, y * self.height

    def from_text(self, x: float, y: float) -> tuple[float, float]:
        """A point of PyMuPDF's text output in page space: unrotated, scaled by UserUnit, y down."""
        return x / self.user_unit, self.height - y / self.user_unit


def page_space(pdf: Any, page_xref: int) -> PageSpace:
    """Read the frame of one page; ``pdf`` is an open PyMuPDF document."""
    media = _box(pdf, page_xref, "MediaBox") or _LETTER
    crop = _box(pdf, page_xref, "CropBox") or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    rotation = _number(_inherited(pdf, page_xref, "Rotate"), 0.0)
    user_unit = _number(pdf.xref_get_key(page_xref, "UserUnit"), 1.0)
    return PageSpace(
        left,
        bottom,
        right - left,
        top - bottom,
        0 if rotation % 90 else int(rotation) % 360,
        user_unit if user_unit > 0 else 1.0,
    )


def _box(pdf: Any, xref: int, key: str) -> tuple[float, float, float, float] | None:
    kind, value = _inherited(pdf, xref, key)
    if kind == "xref":
        value = pdf.xref_object(int(value.split()[0]))
    elif kind != "array":
        return None
    numbers = [float(one) for one in _NUMBER.findall(value)]
    if len(numbers) != 4:
        return None
    x0, y0, x1, y1 = numbers
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if box[2] > box[0] and box[3] > box[1] else None


def _inherited(pdf: Any, xref: int, key: str) -> tuple[str, str]:
    for _ in range(_MAX_PARENTS):
        kind, value = pdf.xref_get_key(xref, key)
        if kind != "null":
            return str(kind), str(value)
        kind, value = pdf.xref_get_key(xref, "Parent")
        if kind != "xref":
            break
        xref = int(value.split()[0])
    return "null", "null"


def _number(kind_and_value: tuple[str, str], default: float) -> float:
    kind, value = kind_and_value
    return float(value) if kind in ("int", "float", "real") else default
