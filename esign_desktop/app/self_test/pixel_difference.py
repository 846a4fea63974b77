"""Which pixels of a page differ between two files: the only witness that is asked where a seal stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.geometry import DisplayRect, PageRect
from esign_desktop.pdf.engine import PdfEngine, PdfHandle, RenderRequest
from esign_desktop.pdf.pixel_rounding import BYTES_PER_PIXEL

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.pdf.engine import Pixels

PIXELS_PER_POINT: Final = 6.0


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One row of pixels, in points of the page as shown: its middle, and from where to where it differs."""

    y_pt: float
    left_pt: float
    right_pt: float


@dataclass(frozen=True, slots=True)
class Change:
    """The differing part of a region."""

    rows: tuple[ChangedRow, ...]
    bounds: DisplayRect


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """A file before and after, open in one engine, compared at so many pixels per displayed point."""

    engine: PdfEngine
    before: PdfHandle
    after: PdfHandle
    pixels_per_point: float = PIXELS_PER_POINT

    def change_in(self, frame: PageFrame, page_number: int, region: PageRect) -> Change | None:
        """Return what differs inside a region of page space, or None if nothing does. Raises PdfError."""
        shown = _clipped(frame.rect_to_display(region), frame)
        if shown is None:
            return None
        old, new = (
            self.engine.render(RenderRequest(handle, page_number, self.pixels_per_point, shown))
            for handle in (self.before, self.after)
        )
        return _change(old, new, self.pixels_per_point)


def _clipped(rect: DisplayRect, frame: PageFrame) -> DisplayRect | None:
    left, top = max(0.0, rect.left_pt), max(0.0, rect.top_pt)
    right = min(frame.display_width_pt, rect.left_pt + rect.width_pt)
    bottom = min(frame.display_height_pt, rect.top_pt + rect.height_pt)
    return DisplayRect(left, top, right - left, bottom - top) if left < right and top < bottom else None


def _change(old: Pixels, new: Pixels, scale: float) -> Change | None:
    if (old.width_px, old.height_px) != (new.width_px, new.height_px):
        raise ValueError("the versions are of different sizes")
    rows: list[ChangedRow] = []
    row_bytes = old.width_px * BYTES_PER_PIXEL
    for y in range(old.height_px):
        a = bytes(old.data[y * old.stride_bytes : y * old.stride_bytes + row_bytes])
        b = bytes(new.data[y * new.stride_bytes : y * new.stride_bytes + row_bytes])
        if a != b:
            first, last = _first_and_last(a, b)
            rows.append(
                ChangedRow(
                    (old.top_px + y + 0.5) / scale,
                    (old.left_px + first) / scale,
                    (old.left_px + last + 1) / scale,
                )
            )
    if not rows:
        return None
    left, right = min(row.left_pt for row in rows), max(row.right_pt for row in rows)
    half_pixel_pt = 0.5 / scale
    top, bottom = rows[0].y_pt - half_pixel_pt, rows[-1].y_pt + half_pixel_pt
    return Change(tuple(rows), DisplayRect(left, top, right - left, bottom - top))


def _first_and_last(a: bytes, b: bytes) -> tuple[int, int]:
    """Return the indexes of the first and the last pixel that differ; some pixel does."""
    difference = int.from_bytes(a, "little") ^ int.from_bytes(b, "little")
    first = (difference & -difference).bit_length() - 1
    bits_per_pixel = 8 * BYTES_PER_PIXEL
    return first // bits_per_pixel, (difference.bit_length() - 1) // bits_per_pixel
