"""Edits of the form fields on a template's pages: functions that take fields and return changed fields.

Fields are identified by their index. Shifts are in points, to the right and downwards as displayed. Rectangles are in
page space and are kept within their pages.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.geometry import DisplayRect, PageRect
from esign_desktop.domain.placing.arranging import aligned
from esign_desktop.domain.placing.clamping import shift_on_page
from esign_desktop.domain.templates import MAX_FIELDS, SMALLEST_PT, TemplateField, free_name, usable_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence, Set

    from esign_desktop.domain.blanks import Blank
    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.domain.placing.arranging import Alignment

_ROOM_SHARE: Final = 0.2
"""The share of a blank's height by which a field extends above and below it."""

Fields = tuple[TemplateField, ...]
Pages = tuple["PageFrame", ...]


def on_page(rect: PageRect, frame: PageFrame) -> PageRect:
    """Return the rectangle, moved to the nearest position at which it is entirely on the page.

    If necessary, the rectangle is also resized: it is never smaller than the minimum size of a field, and never larger
    than the page.
    """
    left, right = _within(rect.left_pt, rect.right_pt, frame.width_pt)
    bottom, top = _within(rect.bottom_pt, rect.top_pt, frame.height_pt)
    return PageRect(left, bottom, right, top)


def add(fields: Fields, field: TemplateField) -> Fields:
    """Append a field. If the field's name is already taken, the field gets a new, unique name."""
    return (*fields, replace(field, name=free_name(field.name, {existing.name for existing in fields})))


def add_blanks(fields: Fields, blanks: Iterable[tuple[int, Blank]], pages: Pages, unnamed: str) -> Fields:
    """Append a field for each blank of a page, given with the page's number, that no field covers yet.

    A field is higher than its blank, so that its text is as large as the text beside it. Fields are named by the
    labels of the blanks, or ``unnamed``. There are at most MAX_FIELDS fields.
    """
    for page_number, blank in blanks:
        taken = [field.rect for field in fields if field.page_number == page_number and field.rect is not None]
        if len(fields) >= MAX_FIELDS or any(_is_covered(blank.rect, rect) for rect in taken):
            continue
        rect = blank.rect
        more = (rect.top_pt - rect.bottom_pt) * _ROOM_SHARE
        rect = PageRect(rect.left_pt, rect.bottom_pt - more, rect.right_pt, rect.top_pt + more)
        name = usable_name(blank.label) or unnamed
        rect = on_page(rect, pages[page_number - 1])
        fields = add(fields, TemplateField(name, blank.kind, page_number=page_number, rect=rect))
    return fields


def _is_covered(rect: PageRect, by: PageRect) -> bool:
    """Return whether a rectangle covers more than a third of the width of another one at the same height."""
    wide = min(rect.right_pt, by.right_pt) - max(rect.left_pt, by.left_pt)
    return wide * 3 > rect.right_pt - rect.left_pt and rect.bottom_pt < by.top_pt and by.bottom_pt < rect.top_pt


def remove(fields: Fields, indexes: Set[int]) -> Fields:
    """Remove the fields at these indexes."""
    return tuple(field for index, field in enumerate(fields) if index not in indexes)


def change(fields: Fields, index: int, field: TemplateField) -> Fields:
    """Replace the field at this index."""
    return (*fields[:index], field, *fields[index + 1 :])


def move(fields: Fields, indexes: Set[int], right_pt: float, down_pt: float, pages: Pages) -> Fields:
    """Move fields by the same shift. The shift is limited so that all of the fields stay on their pages."""
    chosen = [field for index, field in enumerate(fields) if index in indexes]
    for field in chosen:
        frame, rect = _frame(field, pages), field.rect
        if frame is None or rect is None:
            continue
        shown = frame.rect_to_display(rect)
        right_pt = _limited(right_pt, shown.left_pt, shown.width_pt, frame.display_width_pt)
        down_pt = _limited(down_pt, shown.top_pt, shown.height_pt, frame.display_height_pt)
    return _each(fields, indexes, lambda field: _shifted(field, right_pt, down_pt, pages))


def resize(fields: Fields, index: int, rect: PageRect, pages: Pages) -> Fields:
    """Set the rectangle of a field, in page space. The rectangle is kept on the field's page."""
    frame = _frame(fields[index], pages)
    return fields if frame is None else change(fields, index, replace(fields[index], rect=on_page(rect, frame)))


def grow(fields: Fields, indexes: Set[int], right_pt: float, down_pt: float, pages: Pages) -> Fields:
    """Move the right and lower edges of fields, as displayed, by these distances.

    The edges stay on the page. Fields without a position are unchanged.
    """

    def grown(field: TemplateField) -> TemplateField:
        frame = _frame(field, pages)
        if frame is None or field.rect is None:
            return field
        shown = frame.rect_to_display(field.rect)
        width = min(max(SMALLEST_PT, shown.width_pt + right_pt), frame.display_width_pt - shown.left_pt)
        height = min(max(SMALLEST_PT, shown.height_pt + down_pt), frame.display_height_pt - shown.top_pt)
        rect = frame.rect_to_page(DisplayRect(shown.left_pt, shown.top_pt, width, height))
        return replace(field, rect=on_page(rect, frame))

    return _each(fields, indexes, grown)


def align(fields: Fields, indexes: Set[int], alignment: Alignment, pages: Pages) -> Fields:
    """Align the given fields that are on the same page as the first of the given fields.

    The fields are aligned with an edge or the center of their bounding box, as displayed.
    """
    page_number = next((fields[index].page_number for index in sorted(indexes)), None)
    frame = None if page_number is None else pages[page_number - 1]
    shown = {
        index: frame.rect_to_display(rect)
        for index in indexes
        if frame is not None and fields[index].page_number == page_number and (rect := fields[index].rect) is not None
    }
    if frame is None or len(shown) < 2:
        return fields
    rects = aligned(shown, alignment)
    return tuple(
        replace(field, rect=on_page(frame.rect_to_page(rects[index]), frame)) if index in rects else field
        for index, field in enumerate(fields)
    )


def same_size(fields: Fields, indexes: Set[int], pages: Pages) -> Fields:
    """Give the fields the size of the first field, as displayed. The upper-left corners of the fields stay in place."""
    first = next((fields[index] for index in sorted(indexes)), None)
    frame = None if first is None else _frame(first, pages)
    if first is None or first.rect is None or frame is None:
        return fields
    size = frame.rect_to_display(first.rect)

    def sized(field: TemplateField) -> TemplateField:
        own = _frame(field, pages)
        if own is None or field.rect is None:
            return field
        at = own.rect_to_display(field.rect)
        rect = own.rect_to_page(DisplayRect(at.left_pt, at.top_pt, size.width_pt, size.height_pt))
        return replace(field, rect=on_page(rect, own))

    return _each(fields, indexes, sized)


def duplicate(fields: Fields, indexes: Set[int], pages: Pages, *, by_pt: float = 12.0) -> Fields:
    """Append a copy of each field, shifted by ``by_pt`` to the right and downwards."""
    copies = (_shifted(fields[index], by_pt, by_pt, pages) for index in sorted(indexes))
    for copy in copies:
        fields = add(fields, copy)
    return fields


def copy_to_pages(fields: Fields, indexes: Set[int], numbers: Sequence[int], pages: Pages) -> Fields:
    """Append copies of the fields, at the same positions, on the pages with these numbers.

    Page numbers are counted from 1. No copy is added on a field's own page.
    """
    for index in sorted(indexes):
        field = fields[index]
        if field.rect is None:
            continue
        for number in numbers:
            if number != field.page_number and 1 <= number <= len(pages):
                fields = add(fields, replace(field, page_number=number, rect=on_page(field.rect, pages[number - 1])))
    return fields


def _each(fields: Fields, indexes: Set[int], edit: Callable[[TemplateField], TemplateField]) -> Fields:
    return tuple(edit(field) if index in indexes else field for index, field in enumerate(fields))


def _shifted(field: TemplateField, right_pt: float, down_pt: float, pages: Pages) -> TemplateField:
    frame = _frame(field, pages)
    if frame is None or field.rect is None:
        return field
    dx_pt, dy_pt = shift_on_page(frame, right_pt, down_pt)
    rect = field.rect
    moved = PageRect(rect.left_pt + dx_pt, rect.bottom_pt + dy_pt, rect.right_pt + dx_pt, rect.top_pt + dy_pt)
    return replace(field, rect=on_page(moved, frame))


def _frame(field: TemplateField, pages: Pages) -> PageFrame | None:
    number = field.page_number
    return pages[number - 1] if number is not None and 1 <= number <= len(pages) else None


def _limited(shift_pt: float, at_pt: float, size_pt: float, extent_pt: float) -> float:
    return max(-at_pt, min(shift_pt, extent_pt - at_pt - size_pt))


def _within(low: float, high: float, extent: float) -> tuple[float, float]:
    size = min(max(high - low, SMALLEST_PT), extent)
    low = min(max(low, 0.0), extent - size)
    return low, low + size
