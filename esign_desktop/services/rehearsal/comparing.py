"""Looks where a rehearsed contract was stamped: its pixels against those of the file that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.placing.placement import SealMark
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document, Pixels
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.services.editing.documents import DocumentService

_PIXELS_PER_POINT: Final = 1.0
_FILLED: Final = 0.6
"""How much of a seal's width and height new ink has to span there; a seal that went elsewhere leaves it bare."""
_FILLED_SLICE: Final = 0.2
"""The same for a slice: that at the end of many holds little of the ring."""


@dataclass(frozen=True, slots=True)
class RehearsedSeal:
    """A seal of the draft, in one mark or in slices, and whether it is on the stamped pages where it was placed."""

    marks: tuple[SealMark, ...]
    is_found: bool


def compare(
    documents: DocumentService,
    before: Document,
    after: Document,
    seals: tuple[tuple[SealMark, ...], ...],
    raise_if_cancelled: Callable[[], None],
) -> tuple[RehearsedSeal, ...]:
    """Look for every seal of one document; both are open. Raises PdfError, and what ``raise_if_cancelled`` raises."""
    found: dict[SealMark, bool] = {}
    changes: _Changes | None = None
    shown = 0
    for mark in sorted((mark for seal in seals for mark in seal), key=lambda mark: mark.page_number):
        if mark.page_number != shown:
            raise_if_cancelled()
            shown = mark.page_number
            changes = _changes(documents, before, after, shown)
        found[mark] = changes is not None and changes.has(mark, after.frame(shown))
    return tuple(RehearsedSeal(seal, all(found[mark] for mark in seal)) for seal in seals)


def _changes(documents: DocumentService, before: Document, after: Document, page_number: int) -> _Changes | None:
    if page_number > after.page_count:
        return None
    old, new = (documents.render(one.id, page_number, _PIXELS_PER_POINT) for one in (before, after))
    if (old.width_px, old.height_px) != (new.width_px, new.height_px):
        return None
    return _Changes(new.width_px, new.height_px, tuple(map(_differing, _rows(old), _rows(new))))


def _rows(pixels: Pixels) -> list[bytes]:
    length = pixels.width_px * BYTES_PER_PIXEL
    return [bytes(pixels.data[y * pixels.stride_bytes :][:length]) for y in range(pixels.height_px)]


def _differing(one: bytes, other: bytes) -> int:
    """Return the bits that differ in a row, as one number of which the lowest byte is the row's first."""
    return 0 if one == other else int.from_bytes(one, "little") ^ int.from_bytes(other, "little")


@dataclass(frozen=True, slots=True)
class _Changes:
    width_px: int
    height_px: int
    rows: tuple[int, ...]

    def has(self, mark: SealMark, frame: PageFrame) -> bool:
        """Whether new ink spans the mark's place."""
        shown, scale = frame.rect_to_display(mark.rect), _PIXELS_PER_POINT
        left, top = max(0, round(shown.left_pt * scale)), max(0, round(shown.top_pt * scale))
        right = min(self.width_px, round((shown.left_pt + shown.width_pt) * scale))
        bottom = min(self.height_px, round((shown.top_pt + shown.height_pt) * scale))
        width, height = right - left, bottom - top
        if width <= 0 or height <= 0:
            return False
        bits = 8 * BYTES_PER_PIXEL
        window = (1 << width * bits) - 1
        parts = [(y, part) for y in range(top, bottom) if (part := (self.rows[y] >> left * bits) & window)]
        if not parts:
            return False
        first = min(((part & -part).bit_length() - 1) // bits for _, part in parts)
        last = max((part.bit_length() - 1) // bits for _, part in parts)
        limit = _FILLED if mark.slice_count == 1 else _FILLED_SLICE
        return (last - first + 1) >= limit * width and (parts[-1][0] - parts[0][0] + 1) >= limit * height
