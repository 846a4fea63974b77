"""The coordinate spaces of a page, as distinct types, and conversions between them.

*Page space* is the visible page (CropBox ∩ MediaBox) before rotation. Its origin is the lower-left corner, y points
upwards, and the unit is the page's user unit. The platform's ``posX`` and ``posY`` are in page space
(docs/platform-answers.md#page-space).

*Display space* is the page as displayed: rotated, and scaled by UserUnit. Its origin is the upper-left corner, y points
downwards, and the unit is the point (1/72 inch). Display space is independent of zoom and device pixel ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

MM_PER_INCH: Final = 25.4
POINTS_PER_INCH: Final = 72.0


def mm_to_pt(length_mm: float) -> float:
    """Convert millimeters to PDF points (1 cm = 28.346 pt)."""
    return length_mm * POINTS_PER_INCH / MM_PER_INCH


def pt_to_mm(length_pt: float) -> float:
    """Convert PDF points to millimeters."""
    return length_pt * MM_PER_INCH / POINTS_PER_INCH


class Rotation(IntEnum):
    """The clockwise rotation of a displayed page, in degrees."""

    NONE = 0
    RIGHT = 90
    HALF = 180
    LEFT = 270

    @classmethod
    def nearest(cls, degrees: float) -> Rotation:
        """Return the rotation for a /Rotate value of a PDF. A value that is not a multiple of 90 counts as 0."""
        if degrees % 90:
            return cls.NONE
        return cls(int(degrees) % 360)


@dataclass(frozen=True, slots=True)
class PagePoint:
    """A point in page space, in user units. The origin is the visible page's lower-left corner; y points upwards."""

    x_pt: float
    y_pt: float

    def moved(self, dx_pt: float, dy_pt: float) -> PagePoint:
        """Return the point shifted to the right by ``dx_pt`` and upwards by ``dy_pt``."""
        return PagePoint(self.x_pt + dx_pt, self.y_pt + dy_pt)


@dataclass(frozen=True, slots=True)
class DisplayPoint:
    """A point in display space, in points. The origin is the displayed page's upper-left corner; y points downwards."""

    x_pt: float
    y_pt: float


@dataclass(frozen=True, slots=True)
class PageRect:
    """A rectangle in page space, in user units, with ``left_pt <= right_pt`` and ``bottom_pt <= top_pt``."""

    left_pt: float
    bottom_pt: float
    right_pt: float
    top_pt: float

    @classmethod
    def around(cls, center: PagePoint, width_pt: float, height_pt: float) -> PageRect:
        """Return a rectangle of this size with the given center."""
        return cls(
            center.x_pt - width_pt / 2,
            center.y_pt - height_pt / 2,
            center.x_pt + width_pt / 2,
            center.y_pt + height_pt / 2,
        )

    @property
    def width_pt(self) -> float:
        return self.right_pt - self.left_pt

    @property
    def height_pt(self) -> float:
        return self.top_pt - self.bottom_pt

    @property
    def center(self) -> PagePoint:
        return PagePoint((self.left_pt + self.right_pt) / 2, (self.bottom_pt + self.top_pt) / 2)

    @property
    def area(self) -> float:
        return max(0.0, self.width_pt) * max(0.0, self.height_pt)

    def intersection_area(self, other: PageRect) -> float:
        """Return the area that both rectangles have in common, in square user units."""
        width = min(self.right_pt, other.right_pt) - max(self.left_pt, other.left_pt)
        height = min(self.top_pt, other.top_pt) - max(self.bottom_pt, other.bottom_pt)
        return max(0.0, width) * max(0.0, height)

    def contains(self, other: PageRect, *, slack_pt: float = 0.01) -> bool:
        """Return whether the other rectangle is inside this one, with a tolerance of ``slack_pt`` for rounding."""
        return (
            other.left_pt >= self.left_pt - slack_pt
            and other.right_pt <= self.right_pt + slack_pt
            and other.bottom_pt >= self.bottom_pt - slack_pt
            and other.top_pt <= self.top_pt + slack_pt
        )


@dataclass(frozen=True, slots=True)
class DisplayRect:
    """A rectangle in display space, in points. The y axis points downwards."""

    left_pt: float
    top_pt: float
    width_pt: float
    height_pt: float

    @property
    def center(self) -> DisplayPoint:
        return DisplayPoint(self.left_pt + self.width_pt / 2, self.top_pt + self.height_pt / 2)


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The size and rotation of a page, derived from the boxes of the PDF page.

    ``width_pt`` and ``height_pt`` are the size of the visible page before rotation, in user units. ``user_unit`` is the
    size of one user unit, in points. ``origin_x_pt`` and ``origin_y_pt`` are the coordinates of the visible page's
    lower-left corner in PDF user space. Only the ``pdf`` package needs these coordinates.
    """

    width_pt: float
    height_pt: float
    rotation: Rotation = Rotation.NONE
    user_unit: float = 1.0
    origin_x_pt: float = 0.0
    origin_y_pt: float = 0.0

    @property
    def display_width_pt(self) -> float:
        """The width of the displayed page, in points."""
        turned = self.rotation in (Rotation.RIGHT, Rotation.LEFT)
        return (self.height_pt if turned else self.width_pt) * self.user_unit

    @property
    def display_height_pt(self) -> float:
        """The height of the displayed page, in points."""
        turned = self.rotation in (Rotation.RIGHT, Rotation.LEFT)
        return (self.width_pt if turned else self.height_pt) * self.user_unit

    @property
    def bounds(self) -> PageRect:
        return PageRect(0.0, 0.0, self.width_pt, self.height_pt)

    @property
    def is_plain(self) -> bool:
        """Whether page space and display space differ only in the origin and in the direction of the y axis."""
        return (
            self.rotation is Rotation.NONE
            and self.user_unit == 1.0
            and self.origin_x_pt == 0.0
            and self.origin_y_pt == 0.0
        )

    def to_page(self, point: DisplayPoint) -> PagePoint:
        """Convert a point from display space to page space (docs/platform-answers.md#page-space)."""
        x, y = point.x_pt / self.user_unit, point.y_pt / self.user_unit
        match self.rotation:
            case Rotation.NONE:
                return PagePoint(x, self.height_pt - y)
            case Rotation.RIGHT:
                return PagePoint(y, x)
            case Rotation.HALF:
                return PagePoint(self.width_pt - x, y)
            case Rotation.LEFT:
                return PagePoint(self.width_pt - y, self.height_pt - x)

    def to_display(self, point: PagePoint) -> DisplayPoint:
        """Convert a point from page space to display space. This is the inverse of ``to_page``."""
        x, y, unit = point.x_pt, point.y_pt, self.user_unit
        match self.rotation:
            case Rotation.NONE:
                return DisplayPoint(x * unit, (self.height_pt - y) * unit)
            case Rotation.RIGHT:
                return DisplayPoint(y * unit, x * unit)
            case Rotation.HALF:
                return DisplayPoint((self.width_pt - x) * unit, y * unit)
            case Rotation.LEFT:
                return DisplayPoint((self.height_pt - y) * unit, (self.width_pt - x) * unit)

    def rect_to_display(self, rect: PageRect) -> DisplayRect:
        """Convert a rectangle from page space to display space."""
        a = self.to_display(PagePoint(rect.left_pt, rect.bottom_pt))
        b = self.to_display(PagePoint(rect.right_pt, rect.top_pt))
        return DisplayRect(min(a.x_pt, b.x_pt), min(a.y_pt, b.y_pt), abs(a.x_pt - b.x_pt), abs(a.y_pt - b.y_pt))

    def rect_to_page(self, rect: DisplayRect) -> PageRect:
        """Convert a rectangle from display space to page space."""
        a = self.to_page(DisplayPoint(rect.left_pt, rect.top_pt))
        b = self.to_page(DisplayPoint(rect.left_pt + rect.width_pt, rect.top_pt + rect.height_pt))
        return PageRect(min(a.x_pt, b.x_pt), min(a.y_pt, b.y_pt), max(a.x_pt, b.x_pt), max(a.y_pt, b.y_pt))
