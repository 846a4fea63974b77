"""Edits of the fields that are drawn on a template's pages: fields → fields. Fields are told by their index.

Shifts are as seen, right and down in points; rectangles are in page space, and stay on their page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.geometry import DisplayRect, PageRect
from esign_desktop.domain.placing.arranging import Alignment
from esign_desktop.domain.placing.clamping import shift_on_page
from esign_desktop.domain.templates import SMALLEST_PT, TemplateField, free_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence, Set

    from esign_desktop.domain.geometry import PageFrame

Fields = tuple[TemplateField, ...]
Pages = tuple["PageFrame", ...]


def on_page(rect: PageRect, frame: PageFrame) -> PageRect:
    """Return the rectangle shifted onto its page, cut to the page's size, and no smaller than a field may be."""
    left, right = _within(rect.left_pt, rect.right_pt, frame.width_pt)
    bottom, top = _within(rect.bottom_pt, rect.top_pt, frame.height_pt)
    return PageRect(left, bottom, right, top)


def add(fields: Fields, field: TemplateField) -> Fields:
    """Add a field, under a name that no other one has."""
    return (*fields, replace(field, name=free_name(field.name, {one.name for one in fields})))


def remove(fields: Fields, indexes: Set[int]) -> Fields:
    """Take fields out."""
    return tuple(one for index, one in enumerate(fields) if index not in indexes)


def change(fields: Fields, index: int, field: TemplateField) -> Fields:
    """Put another field in one's place."""
    return (*fields[:index], field, *fields[index + 1 :])


def move(fields: Fields, indexes: Set[int], right_pt: float, down_pt: float, pages: Pages) -> Fields:
    """Shift fields together, no further than all of them have room for."""
    chosen = [one for index, one in enumerate(fields) if index in indexes]
    for one in chosen:
        frame, rect = _frame(one, pages), one.rect
        if frame is None or rect is None:
            continue
        shown = frame.rect_to_display(rect)
        right_pt = _limited(right_pt, shown.left_pt, shown.width_pt, frame.display_width_pt)
        down_pt = _limited(down_pt, shown.top_pt, shown.height_pt, frame.display_height_pt)
    return _each(fields, indexes, lambda one: _shifted(one, right_pt, down_pt, pages))


def resize(fields: Fields, index: int, rect: PageRect, pages: Pages) -> Fields:
    """Give a field another rectangle."""
    frame = _frame(fields[index], pages)
    return fields if frame is None else change(fields, index, replace(fields[index], rect=on_page(rect, frame)))


def grow(fields: Fields, indexes: Set[int], right_pt: float, down_pt: float, pages: Pages) -> Fields:
    """Make fields wider and higher by so much, at their right and lower sides as seen."""

    def grown(one: TemplateField) -> TemplateField:
        frame = _frame(one, pages)
        if frame is None or one.rect is None:
            return one
        shown = frame.rect_to_display(one.rect)
        width = min(max(SMALLEST_PT, shown.width_pt + right_pt), frame.display_width_pt - shown.left_pt)
        height = min(max(SMALLEST_PT, shown.height_pt + down_pt), frame.display_height_pt - shown.top_pt)
        rect = frame.rect_to_page(DisplayRect(shown.left_pt, shown.top_pt, width, height))
        return replace(one, rect=on_page(rect, frame))

    return _each(fields, indexes, grown)


def align(fields: Fields, indexes: Set[int], alignment: Alignment, pages: Pages) -> Fields:
    """Line up the fields that stand on the page of the first of them; the outermost says where."""
    page_number = next((fields[index].page_number for index in sorted(indexes)), None)
    frame = None if page_number is None else pages[page_number - 1]
    shown = {
        index: frame.rect_to_display(rect)
        for index in indexes
        if frame is not None and fields[index].page_number == page_number and (rect := fields[index].rect) is not None
    }
    if frame is None or len(shown) < 2:
        return fields
    left, top = min(one.left_pt for one in shown.values()), min(one.top_pt for one in shown.values())
    right = max(one.left_pt + one.width_pt for one in shown.values())
    bottom = max(one.top_pt + one.height_pt for one in shown.values())
    found = list(fields)
    for index, one in shown.items():
        x, y = one.left_pt, one.top_pt
        match alignment:
            case Alignment.LEFT:
                x = left
            case Alignment.CENTER:
                x = (left + right - one.width_pt) / 2
            case Alignment.RIGHT:
                x = right - one.width_pt
            case Alignment.TOP:
                y = top
            case Alignment.MIDDLE:
                y = (top + bottom - one.height_pt) / 2
            case Alignment.BOTTOM:
                y = bottom - one.height_pt
        rect = frame.rect_to_page(DisplayRect(x, y, one.width_pt, one.height_pt))
        found[index] = replace(fields[index], rect=on_page(rect, frame))
    return tuple(found)


def same_size(fields: Fields, indexes: Set[int], pages: Pages) -> Fields:
    """Give fields the size of the first of them, as seen; their upper left corners stay."""
    first = next((fields[index] for index in sorted(indexes)), None)
    frame = None if first is None else _frame(first, pages)
    if first is None or first.rect is None or frame is None:
        return fields
    size = frame.rect_to_display(first.rect)

    def sized(one: TemplateField) -> TemplateField:
        own = _frame(one, pages)
        if own is None or one.rect is None:
            return one
        at = own.rect_to_display(one.rect)
        rect = own.rect_to_page(DisplayRect(at.left_pt, at.top_pt, size.width_pt, size.height_pt))
        return replace(one, rect=on_page(rect, own))

    return _each(fields, indexes, sized)


def duplicate(fields: Fields, indexes: Set[int], pages: Pages, *, by_pt: float = 12.0) -> Fields:
    """Add a copy of each field, a little to the right and below."""
    copies = (_shifted(fields[index], by_pt, by_pt, pages) for index in sorted(indexes))
    for copy in copies:
        fields = add(fields, copy)
    return fields


def copy_to_pages(fields: Fields, indexes: Set[int], numbers: Sequence[int], pages: Pages) -> Fields:
    """Add copies at the same place of other pages; a page that has the field already gets none."""
    for index in sorted(indexes):
        one = fields[index]
        if one.rect is None:
            continue
        for number in numbers:
            if number != one.page_number and 1 <= number <= len(pages):
                fields = add(fields, replace(one, page_number=number, rect=on_page(one.rect, pages[number - 1])))
    return fields


def _each(fields: Fields, indexes: Set[int], edit: Callable[[TemplateField], TemplateField]) -> Fields:
    return tuple(edit(one) if index in indexes else one for index, one in enumerate(fields))


def _shifted(one: TemplateField, right_pt: float, down_pt: float, pages: Pages) -> TemplateField:
    frame = _frame(one, pages)
    if frame is None or one.rect is None:
        return one
    dx_pt, dy_pt = shift_on_page(frame, right_pt, down_pt)
    rect = one.rect
    moved = PageRect(rect.left_pt + dx_pt, rect.bottom_pt + dy_pt, rect.right_pt + dx_pt, rect.top_pt + dy_pt)
    return replace(one, rect=on_page(moved, frame))


def _frame(one: TemplateField, pages: Pages) -> PageFrame | None:
    number = one.page_number
    return pages[number - 1] if number is not None and 1 <= number <= len(pages) else None


def _limited(shift_pt: float, at_pt: float, size_pt: float, extent_pt: float) -> float:
    return max(-at_pt, min(shift_pt, extent_pt - at_pt - size_pt))


def _within(low: float, high: float, extent: float) -> tuple[float, float]:
    size = min(max(high - low, SMALLEST_PT), extent)
    low = min(max(low, 0.0), extent - size)
    return low, low + size
