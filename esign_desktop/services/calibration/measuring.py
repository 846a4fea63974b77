"""Measure the seals on a signed calibration sheet by comparing the sheet with the unsigned sheet, pixel by pixel."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.calibration.sheet import (
    CELL_PT,
    KEYWORD,
    PIXELS_PER_CELL,
    REGISTER_MARKS,
    Ink,
    Seal,
    Sighting,
    Sightings,
    spots,
)
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from esign_desktop.domain.calibration.sheet import Spot
    from esign_desktop.domain.document import Document, Pixels
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.services.editing.documents import DocumentService

COARSE_PIXELS_PER_POINT: Final = 1.0
MOVED_PT: Final = 0.5
"""Maximum distance of a text from its original position, in points. If it is exceeded, the page cannot be measured."""
_GAP_PT: Final = 24.0
"""Areas of ink that are farther apart than this belong to different marks."""
_SLICE_GAP_PT: Final = 60.0
"""The same limit for a slice of a cross-page seal, which may be cut through the middle of the seal."""
_COARSE_CELL_PX: Final = 6
_WHITE: Final = 255
_INKED: Final = 0.35
"""Minimum darkness of ink, on a scale from white (0) to the darkest pixel in a window (1).

Lighter pixels are soft edges and compression artifacts.
"""
_LEAST_DARK: Final = 24
_LEAST_OTHER_PT: Final = 3.0


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A rendered page of the signed file. ``data`` holds the pixels row by row."""

    page_number: int
    width_px: int
    height_px: int
    stride_bytes: int
    data: bytes = field(repr=False)
    pixels_per_point: float


def measure(
    documents: DocumentService,
    before: Document,
    after: Document,
    *,
    with_person: bool,
    raise_if_cancelled: Callable[[], None],
) -> Sightings:
    """Find each seal on the signed sheet ``after`` by comparing the sheet with the unsigned sheet ``before``.

    Both documents must be open. ``with_person`` states whether the sheet contains a person's seals.
    ``raise_if_cancelled`` is called between renderings, and exceptions that it raises are passed on. Raises PdfError,
    and InputError ``calibration.other_file`` if the signed sheet's pages or text do not match those of the unsigned
    sheet.
    """
    _require_same_pages(documents, before, after)
    (keyword,) = documents.find(after.id, KEYWORD)
    seen = []
    for spot in spots(with_person=with_person):
        raise_if_cancelled()
        seen.append(_sighting(documents, before, after, spot))
    unexplained = []
    for number in range(1, after.page_count + 1):
        raise_if_cancelled()
        windows = [spot.window for spot in spots(with_person=True) if spot.page_number == number]
        unexplained += [(number, box) for box in _elsewhere(documents, before, after, number, windows)]
    return Sightings(tuple(seen), keyword.rects[0], tuple(unexplained))


def picture_of(documents: DocumentService, document: Document, page_number: int, scale: float) -> PagePicture:
    """Render a page of an open document at ``scale`` pixels per point. Raises PdfError."""
    pixels = documents.render(document.id, page_number, scale)
    return PagePicture(page_number, pixels.width_px, pixels.height_px, pixels.stride_bytes, bytes(pixels.data), scale)


def _require_same_pages(documents: DocumentService, before: Document, after: Document) -> None:
    if after.pages != before.pages:
        raise InputError("calibration.other_file", "pages")
    for text in (KEYWORD, *(mark.text for mark in REGISTER_MARKS)):
        here, there = documents.find(before.id, text), documents.find(after.id, text)
        if len(here) != 1 or len(there) != 1 or not _is_at_same_place(here[0], there[0]):
            raise InputError("calibration.other_file", "texts")


def _is_at_same_place(one: KeywordHit, other: KeywordHit) -> bool:
    pairs = zip(astuple(one.rects[0]), astuple(other.rects[0]), strict=True)
    return one.page_number == other.page_number and all(abs(here - there) <= MOVED_PT for here, there in pairs)


def _sighting(documents: DocumentService, before: Document, after: Document, spot: Spot) -> Sighting:
    frame, scale = after.frame(spot.page_number), PIXELS_PER_CELL / CELL_PT
    shown = frame.rect_to_display(spot.window)
    old, new = (documents.render(document.id, spot.page_number, scale, shown) for document in (before, after))
    rows = _changed_rows(old, new)
    cells = [_cells(rows[top : top + PIXELS_PER_CELL]) for top in range(0, len(rows), PIXELS_PER_CELL)]
    gap_pt = _SLICE_GAP_PT if spot.seal is Seal.CROSS_PAGE else _GAP_PT
    groups = sorted(_groups(cells, round(gap_pt / CELL_PT)), key=_area, reverse=True)
    if not groups:
        return Sighting(spot.seal, spot.page_number)
    boxes = [_exact(rows, group, new, scale) for group in groups]
    first, others = boxes[0], [box for box in boxes[1:] if max(box.width_pt, box.height_pt) >= _LEAST_OTHER_PT]
    left, top, right, bottom = groups[0]
    # Ink that reaches the edge of the page is not cut off.
    right_edge = round((frame.width_pt - spot.window.left_pt) / CELL_PT)
    is_cut = left == 0 or top == 0 or bottom == len(cells) or (right == len(cells[0]) and right != right_edge)
    page = [frame.rect_to_page(box) for box in (first, *others)]
    # Rows of pixels go down, rows of page coordinates go up.
    ink = Ink(spot.window, tuple(reversed([_within(row, index, groups[0]) for index, row in enumerate(cells)])))
    return Sighting(spot.seal, spot.page_number, page[0], ink, is_cut, tuple(page[1:]))


def _changed_rows(old: Pixels, new: Pixels) -> list[bytes]:
    """Return rows with one byte per pixel, which is 1 where the new page has ink and the old page has none."""
    if (old.width_px, old.height_px) != (new.width_px, new.height_px):
        raise InputError("calibration.other_file", "sizes")
    row_bytes = new.width_px * BYTES_PER_PIXEL
    here, there = (
        [
            bytes(picture.data[y * picture.stride_bytes : y * picture.stride_bytes + row_bytes])
            for y in range(picture.height_px)
        ]
        for picture in (old, new)
    )
    pairs = list(zip(here, there, strict=True))
    darkest = _WHITE
    for before, after in pairs:
        if before != after and (darker := after.translate(None, bytes(range(darkest, 256)))):
            darkest = min(darker)
    limit = _WHITE - max(_LEAST_DARK, round(_INKED * (_WHITE - darkest)))
    table = bytes(value < limit for value in range(256))
    blank = bytes(new.width_px)
    return [blank if before == after else _more_ink(before, after, table) for before, after in pairs]


def _more_ink(before: bytes, after: bytes, table: bytes) -> bytes:
    here, there = _inked(before, table), _inked(after, table)
    more = int.from_bytes(there, "little") & ~int.from_bytes(here, "little")
    return more.to_bytes(len(there), "little")


def _inked(row: bytes, table: bytes) -> bytes:
    """Return one byte per pixel, which is 1 if any of the pixel's color components is dark."""
    marks = row.translate(table)
    length = len(marks) // BYTES_PER_PIXEL
    any_dark = 0
    for channel in range(3):
        any_dark |= int.from_bytes(marks[channel::BYTES_PER_PIXEL], "little")
    return any_dark.to_bytes(length, "little")


def _cells(rows: Sequence[bytes], side: int = PIXELS_PER_CELL) -> bytes:
    """Return the share of ink in each cell of one row of cells, on a scale from 0 to 255."""
    if not any(1 in row for row in rows):
        return bytes(-(-len(rows[0]) // side))
    # The number of rows is so small that no byte overflows.
    total = sum(int.from_bytes(row, "little") for row in rows).to_bytes(len(rows[0]), "little")
    pixels = side * side
    return bytes(min(255, sum(total[x : x + side]) * 255 // pixels) for x in range(0, len(total), side))


_Group = tuple[int, int, int, int]
"""The left, top, right and bottom edges of a group, in cells. The right and bottom edges are exclusive."""


def _groups(cells: Sequence[bytes], gap: int) -> list[_Group]:
    """Return the boxes around groups of inked cells that are at most ``gap`` cells apart."""
    groups: list[_Group] = []
    for y, row in enumerate(cells):
        for left, right in _runs(row, gap):
            box = (left, y, right, y + 1)
            while near := [group for group in groups if _is_near(group, box, gap)]:
                groups = [group for group in groups if group not in near]
                lefts, tops, rights, bottoms = zip(box, *near, strict=True)
                box = (min(lefts), min(tops), max(rights), max(bottoms))
            groups.append(box)
    return groups


def _runs(row: bytes, gap: int) -> Iterator[tuple[int, int]]:
    start, last = -1, -1
    for x, value in enumerate(row):
        if not value:
            continue
        if start >= 0 and x - last > gap:
            yield start, last + 1
            start = x
        elif start < 0:
            start = x
        last = x
    if start >= 0:
        yield start, last + 1


def _is_near(one: _Group, other: _Group, gap: int) -> bool:
    return all(a[i] - b[i + 2] <= gap for a, b in ((one, other), (other, one)) for i in (0, 1))


def _area(group: _Group) -> int:
    left, top, right, bottom = group
    return (right - left) * (bottom - top)


def _within(row: bytes, y: int, group: _Group) -> bytes:
    left, top, right, bottom = group
    if not top <= y < bottom:
        return bytes(len(row))
    return bytes(left) + row[left:right] + bytes(len(row) - right)


def _exact(rows: Sequence[bytes], group: _Group, pixels: Pixels, scale: float) -> DisplayRect:
    """Return the smallest box around the ink of a group, in points of the displayed page."""
    side = PIXELS_PER_CELL
    left, top, right, bottom = (value * side for value in group)
    inked = [
        (y, part.find(1), part.rfind(1)) for y in range(top, min(bottom, len(rows))) if any(part := rows[y][left:right])
    ]
    x0, x1 = left + min(first for _, first, _ in inked), left + max(last for *_, last in inked) + 1
    y0, y1 = inked[0][0], inked[-1][0] + 1
    edges = (pixels.left_px + x0, pixels.top_px + y0, x1 - x0, y1 - y0)
    return DisplayRect(*(edge / scale for edge in edges))


def _elsewhere(
    documents: DocumentService, before: Document, after: Document, page_number: int, windows: Sequence[PageRect]
) -> Iterator[PageRect]:
    """Yield the boxes of new ink that lies outside all windows."""
    scale, frame, side = COARSE_PIXELS_PER_POINT, after.frame(page_number), _COARSE_CELL_PX
    old, new = (documents.render(document.id, page_number, scale) for document in (before, after))
    rows = _changed_rows(old, new)
    cells = [_cells(rows[top : top + side], side) for top in range(0, len(rows), side)]
    for left, top, right, bottom in _groups(cells, round(_GAP_PT * scale / side)):
        shown = DisplayRect(*(value * side / scale for value in (left, top, right - left, bottom - top)))
        box = frame.rect_to_page(shown)
        if max(box.width_pt, box.height_pt) > side / scale and not any(
            window.intersection_area(box) > 0 for window in windows
        ):
            yield box
