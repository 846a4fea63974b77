"""Compare the pages stamped in a trial run with the original pages to find the seals of each signer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import Document
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import Stamp
from esign_desktop.domain.geometry import DisplayRect, PageRect
from esign_desktop.domain.placing.placement import SealMark
from esign_desktop.domain.signer import SignerId
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL, PixelRect

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.services.editing.documents import DocumentService

_PIXELS_PER_POINT: Final = 1.0
_FILLED: Final = 0.6
"""The share of a seal's width and height that new ink must span. If the seal is elsewhere, its position is empty."""
_FILLED_SLICE: Final = 0.2
"""The same share for a slice of a cross-page seal. It is lower, because the last slice contains little of the ring."""
_SEEN: Final = 16
"""The difference, of 255, above which a changed pixel counts as ink. Differences in rendering are smaller."""
_AROUND_PX: Final = 2
"""Pixels by which a seal may exceed its position because of rounding and soft edges."""
_APART_PX: Final = 12
"""Pixels within which areas of ink belong to the same stamp."""
_LEAST_INK_PX: Final = 12


@dataclass(frozen=True, slots=True)
class RehearsedSeal:
    """A seal of the draft, and whether it was found at its position. A cross-page seal has one mark per slice."""

    marks: tuple[SealMark, ...]
    is_found: bool


@dataclass(frozen=True, slots=True)
class UnexpectedStamp:
    """An area of new ink on a page outside the positions of all seals, or a second stamp on top of a seal."""

    page_number: int
    rect: PageRect


@dataclass(frozen=True, slots=True)
class Sealed:
    """A version of a document after one signer has sealed it, and the seals that the platform reports as drawn.

    If ``signer_id`` is None, this is the final version, in which no further ink is expected.
    """

    signer_id: SignerId | None
    document: Document
    stamps: tuple[Stamp, ...] = ()


def compare(
    documents: DocumentService,
    before: Document,
    sealed: Sequence[Sealed],
    seals: tuple[tuple[SealMark, ...], ...],
    raise_if_cancelled: Callable[[], None],
    *,
    free_signers: Collection[SignerId] = (),
    free_height_pt: float = 0.0,
) -> tuple[tuple[RehearsedSeal, ...], tuple[UnexpectedStamp, ...]]:
    """Check that each signer's changes to a document contain the expected seals, and find unexpected stamps.

    ``before`` is the original document, and ``sealed`` contains its versions in the order of signing. All documents
    must be open. ``seals`` contains the marks of each seal. The signers in ``free_signers`` position their seals
    themselves, at most ``free_height_pt`` above the bottom of the last page. Raises PdfError, InputError
    ``rehearsal.other_pages`` if the pages differ in number or size, and any exception that ``raise_if_cancelled``
    raises.
    """
    if any(each.document.page_count != before.page_count for each in sealed):
        raise InputError("rehearsal.other_pages")
    every = [mark for seal in seals for mark in seal]
    hidden = [stamp for each in sealed for stamp in _hidden([m for m in every if m.signer_id == each.signer_id], each)]
    found: set[SealMark] = set()
    unexpected: list[UnexpectedStamp] = []
    for number in range(1, before.page_count + 1):
        raise_if_cancelled()
        frame, marks = before.frame(number), [mark for mark in every if mark.page_number == number]
        unexpected += (stamp for stamp in hidden if stamp.page_number == number)
        for signer_id, new, all_ink in _steps(documents, before, sealed, number):
            own = [mark for mark in marks if mark.signer_id == signer_id]
            # A seal may cover ink of its own color where seals overlap, so its span is checked in all changes so far.
            found.update(mark for mark in own if new.touches(mark, frame) and all_ink.spans(mark, frame))
            is_free = signer_id in free_signers and number == before.page_count
            for area in new.areas_without(own, frame):
                rect = frame.rect_to_page(_display_rect(area))
                if is_free and rect.top_pt <= free_height_pt:
                    is_free = False
                else:
                    unexpected.append(UnexpectedStamp(number, rect))
    return tuple(RehearsedSeal(seal, found.issuperset(seal)) for seal in seals), tuple(unexpected)


def _hidden(own: list[SealMark], sealed: Sealed) -> Iterator[UnexpectedStamp]:
    """Yield the stamps of a signer that are covered by another of their seals, where no pixel shows them."""
    left = list(own)
    for stamp in sealed.stamps:
        around = [mark for mark in own if mark.page_number == stamp.page_number and _holds(mark.rect, stamp.rect)]
        meant = next((mark for mark in left if mark in around and _holds(stamp.rect, mark.rect)), None)
        if meant is not None:
            left.remove(meant)
        elif around:
            yield UnexpectedStamp(stamp.page_number, stamp.rect)


def _holds(outer: PageRect, inner: PageRect) -> bool:
    return outer.contains(inner, slack_pt=_AROUND_PX / _PIXELS_PER_POINT)


def _steps(
    documents: DocumentService, before: Document, sealed: Sequence[Sealed], page_number: int
) -> Iterator[tuple[SignerId | None, _Changes, _Changes]]:
    """Yield each signer's changes to a page together with all changes so far, or nothing if the page is unchanged."""
    old, last = (_rows(documents, each, page_number) for each in (before, sealed[-1].document))
    if old == last:
        return
    all_ink: _Changes | None = None
    for step in sealed:
        new = last if step is sealed[-1] else _rows(documents, step.document, page_number)
        changes = _changes(old, new)
        all_ink = changes if all_ink is None else all_ink.with_more(changes)
        yield step.signer_id, changes, all_ink
        old = new


def _changes(old: list[bytes], new: list[bytes]) -> _Changes:
    if [*map(len, old)] != [*map(len, new)]:
        raise InputError("rehearsal.other_pages")
    return _Changes(len(new[0]) // BYTES_PER_PIXEL, len(new), tuple(map(_differing, old, new)))


def _rows(documents: DocumentService, document: Document, page_number: int) -> list[bytes]:
    pixels = documents.render(document.id, page_number, _PIXELS_PER_POINT)
    length = pixels.width_px * BYTES_PER_PIXEL
    return [bytes(pixels.data[y * pixels.stride_bytes :][:length]) for y in range(pixels.height_px)]


def _differing(one: bytes, other: bytes) -> int:
    """Return an integer with one bit per pixel of a row, which is 1 if the pixel differs visibly.

    The first pixel is the lowest bit.
    """
    bits = 0
    if one != other:
        for x, (old, new) in enumerate(zip(memoryview(one).cast("I"), memoryview(other).cast("I"), strict=True)):
            if old != new and any(abs((old >> shift & 255) - (new >> shift & 255)) > _SEEN for shift in (0, 8, 16, 24)):
                bits |= 1 << x
    return bits


def _display_rect(area: PixelRect) -> DisplayRect:
    scale = _PIXELS_PER_POINT
    return DisplayRect(area.left_px / scale, area.top_px / scale, area.width_px / scale, area.height_px / scale)


@dataclass(frozen=True, slots=True)
class _Changes:
    width_px: int
    height_px: int
    rows: tuple[int, ...]

    def with_more(self, other: _Changes) -> _Changes:
        """Return these changes combined with those of another comparison of the same page."""
        return replace(self, rows=tuple(row | more for row, more in zip(self.rows, other.rows, strict=True)))

    def touches(self, mark: SealMark, frame: PageFrame) -> bool:
        """Return whether there is any new ink at the position of a mark."""
        return bool(self._parts(self._place(mark, frame)))

    def spans(self, mark: SealMark, frame: PageFrame) -> bool:
        """Return whether new ink spans the position of a mark."""
        place = self._place(mark, frame)
        parts = self._parts(place)
        if not parts:
            return False
        first = min((part & -part).bit_length() - 1 for _, part in parts)
        last = max(part.bit_length() - 1 for _, part in parts)
        limit = _FILLED if mark.slice_count == 1 else _FILLED_SLICE
        height = parts[-1][0] - parts[0][0] + 1
        return last - first + 1 >= limit * place.width_px and height >= limit * place.height_px

    def _parts(self, place: PixelRect) -> list[tuple[int, int]]:
        """Return the rows with new ink in a rectangle, each with its bits counted from the rectangle's left edge."""
        if place.width_px <= 0:
            return []
        window = (1 << place.width_px) - 1
        rows = ((y, (self.rows[y] >> place.left_px) & window) for y in range(place.top_px, place.bottom_px))
        return [(y, part) for y, part in rows if part]

    def areas_without(self, marks: list[SealMark], frame: PageFrame) -> list[PixelRect]:
        """Return the areas of new ink outside the positions of the marks, from the top of the page to the bottom."""
        places = [self._place(mark, frame, _AROUND_PX) for mark in marks]
        areas: list[tuple[PixelRect, int]] = []
        for y, row in enumerate(self.rows):
            bits = row
            for place in places:
                if bits and place.top_px <= y < place.bottom_px and place.width_px > 0:
                    bits &= ~(((1 << place.width_px) - 1) << place.left_px)
            for left, right in _runs(bits):
                areas = _joined(areas, PixelRect(left, y, right, y + 1), right - left)
        whole: list[tuple[PixelRect, int]] = []
        for area, ink in areas:
            whole = _joined(whole, area, ink)
        return [area for area, ink in sorted(whole, key=lambda item: item[0].top_px) if ink >= _LEAST_INK_PX]

    def _place(self, mark: SealMark, frame: PageFrame, around_px: int = 0) -> PixelRect:
        shown, scale = frame.rect_to_display(mark.rect), _PIXELS_PER_POINT
        left, top = round(shown.left_pt * scale), round(shown.top_pt * scale)
        right, bottom = (
            round((shown.left_pt + shown.width_pt) * scale),
            round((shown.top_pt + shown.height_pt) * scale),
        )
        return PixelRect(
            max(0, left - around_px),
            max(0, top - around_px),
            min(self.width_px, right + around_px),
            min(self.height_px, bottom + around_px),
        )


def _runs(bits: int) -> Iterator[tuple[int, int]]:
    """Yield the start and the exclusive end of each run of set bits."""
    at = 0
    while bits:
        gap = (bits & -bits).bit_length() - 1
        bits >>= gap
        length = (~bits & (bits + 1)).bit_length() - 1
        yield at + gap, at + gap + length
        bits >>= length
        at += gap + length


def _joined(areas: list[tuple[PixelRect, int]], run: PixelRect, ink: int) -> list[tuple[PixelRect, int]]:
    """Return the areas with one more run of ink, which is joined to all areas near it."""
    others = []
    for area, more in areas:
        if _is_near(area, run):
            run, ink = _around(area, run), ink + more
        else:
            others.append((area, more))
    return [*others, (run, ink)]


def _is_near(one: PixelRect, other: PixelRect) -> bool:
    return (
        one.left_px - _APART_PX < other.right_px
        and other.left_px - _APART_PX < one.right_px
        and one.top_px - _APART_PX < other.bottom_px
        and other.top_px - _APART_PX < one.bottom_px
    )


def _around(one: PixelRect, other: PixelRect) -> PixelRect:
    return PixelRect(
        min(one.left_px, other.left_px),
        min(one.top_px, other.top_px),
        max(one.right_px, other.right_px),
        max(one.bottom_px, other.bottom_px),
    )
