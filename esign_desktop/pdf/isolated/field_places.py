"""Find the pages and rectangles of form fields with pyHanko. This code runs in a sandboxed process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.signature import SignaturePlace
from esign_desktop.pdf.limits import MAX_SIDE_PT

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_PAGES: Final = 20_000
_MOST_NODES: Final = 5_000
_SMALLEST_PT: Final = 1.0
_LETTER: Final = (0.0, 0.0, 612.0, 792.0)

Box = tuple[float, float, float, float]


def entry(dictionary: Any, key: str) -> Any:
    """Return the value of a key in a PDF dictionary, or None if the key is missing.

    Unlike the dictionary's own ``get``, this function resolves indirect references.
    """
    try:
        return dictionary[key]
    except KeyError:
        return None


class PageBoxes:
    """The visible boxes of a file's pages in PDF user space. The boxes are read only once."""

    def __init__(self, reader: Any) -> None:
        self._numbers: dict[int, int] = {}
        self._boxes: list[Box] = []
        self._widgets: dict[int, int] = {}
        for reference, box, widgets in _pages(reader.root.raw_get("/Pages"), {}, set()):
            if len(self._boxes) >= _MOST_PAGES:
                break
            self._boxes.append(box)
            number = len(self._boxes)
            self._numbers[reference] = number
            self._widgets.update(dict.fromkeys(widgets, number))

    def place_of(self, field: Any) -> SignaturePlace | None:
        """Return the place of a signature field's first visible widget, or None if no widget is visible."""
        for widget in _widgets(field):
            number = self._page_number(widget)
            corners = _box(entry(widget, "/Rect"))
            if number is None or corners is None:
                continue
            left, bottom, right, top = self._boxes[number - 1]
            rect = PageRect(
                max(corners[0], left) - left,
                max(corners[1], bottom) - bottom,
                min(corners[2], right) - left,
                min(corners[3], top) - bottom,
            )
            can_be_shown = (
                _SMALLEST_PT <= rect.width_pt <= MAX_SIDE_PT and _SMALLEST_PT <= rect.height_pt <= MAX_SIDE_PT
            )
            if can_be_shown:
                return SignaturePlace(number, rect)
        return None

    def page_of(self, field: Any) -> int | None:
        """Return the number of the first page that shows a field, or None if no page shows it."""
        numbers = (self._page_number(widget) for widget in _widgets(field))
        return next((number for number in numbers if number is not None), None)

    def _page_number(self, widget: Any) -> int | None:
        number = self._numbers.get(_number_of(widget.raw_get("/P")) if "/P" in widget else 0)
        return number if number is not None else self._widgets.get(_number_of(widget.container_ref))


def page_boxes(reader: Any) -> PageBoxes | None:
    """Return the boxes of a file's pages, or None if they cannot be read."""
    try:
        return PageBoxes(reader)
    except Exception:  # noqa: BLE001  field values do not depend on the places
        return None


def _widgets(field: Any) -> Iterator[Any]:
    yield field
    if "/Kids" in field:
        kids = field["/Kids"]
        # Accessed by index, because that resolves references.
        yield from (kids[index] for index in range(len(kids)))


def _pages(node: Any, inherited: dict[str, Any], seen: set[int]) -> Iterator[tuple[int, Box, list[int]]]:
    """Yield the object number, the visible box and the annotation numbers of each page, in page order."""
    own = _number_of(node)
    if own in seen or len(seen) > _MOST_NODES:
        return
    found = node.get_object()
    known = inherited | {name: found[name] for name in ("/MediaBox", "/CropBox") if name in found}
    if "/Kids" in found:
        kids = found["/Kids"]
        # Never removed: a node that is reached twice does not belong to a tree.
        seen.add(own)
        for index in range(len(kids)):
            yield from _pages(kids.raw_get(index), known, seen)
        return
    annotations = entry(found, "/Annots") or ()
    numbers = [_number_of(annotations.raw_get(index)) for index in range(len(annotations))] if annotations else []
    yield _number_of(node), _visible(known), numbers


def _visible(known: dict[str, Any]) -> Box:
    media = _box(known.get("/MediaBox")) or _LETTER
    crop = _box(known.get("/CropBox")) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if right > left and top > bottom else media


def _box(array: Any) -> Box | None:
    if array is None or len(array) != 4:
        return None
    x0, y0, x1, y1 = (float(side) for side in array)
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if box[2] > box[0] and box[3] > box[1] else None


def _number_of(reference: Any) -> int:
    """Return the object number of a reference, or 0 for a direct object."""
    return int(getattr(reference, "idnum", 0))
