"""A picture as a small PNG: 256 colours at most, chosen so that what is smooth stays smooth, and never dithered."""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MOST_COLOURS: Final = 256
_CHANNELS: Final = (16, 8, 0)
Box = "list[tuple[int, int]]"


def write_if_changed(picture: QImage, path: Path) -> bool:
    """Write a picture unless the file shows the same already; return whether it was written."""
    image = with_palette(picture)
    if path.exists() and _shows(path, image):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Qt takes 0 for the strongest compression of what is without loss anyway.
    image.save(buffer, "PNG", 0)  # type: ignore[call-overload]  # the format is a text in fact
    path.write_bytes(content.data())
    return True


def with_palette(picture: QImage) -> QImage:
    """Reduce a picture to 256 colours."""
    source = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(source.constBits()).cast("B").cast("I")
    counts = Counter(pixels)
    colours, index_of = _palette(counts)
    width, height = source.width(), source.height()
    indices = bytes(map(index_of.__getitem__, pixels))
    stride = (width + 3) // 4 * 4
    if stride != width:
        rows = (indices[start : start + width] for start in range(0, width * height, width))
        indices = b"".join(row.ljust(stride, b"\0") for row in rows)
    image = QImage(indices, width, height, stride, QImage.Format.Format_Indexed8)
    image.setColorTable([0xFF000000 | colour for colour in colours])
    return image.copy()


def _palette(counts: Counter[int]) -> tuple[list[int], dict[int, int]]:
    """Return up to 256 colours and which of them stands for each colour of the picture."""
    number = count()
    heap = [(0.0, next(number), sorted(counts.items()))]
    while len(heap) < MOST_COLOURS and len(heap[0][2]) > 1:
        _, _, box = heappop(heap)
        for half in _halves(box):
            heappush(heap, (-_spread(half), next(number), half))
    colours: list[int] = []
    index_of: dict[int, int] = {}
    for box in sorted(box for _, _, box in heap):
        index_of.update((colour, len(colours)) for colour, _ in box)
        colours.append(_middle(box))
    return colours, index_of


def _spread(box: Sequence[tuple[int, int]]) -> float:
    """How badly one colour would do for all of a box: its width, and a little how often it is seen."""
    if len(box) == 1:
        return 0.0
    seen_often: float = sum(seen for _, seen in box) ** 0.2
    return max(_extents(box)) * seen_often


def _extents(box: Iterable[tuple[int, int]]) -> list[int]:
    channels = ([colour >> shift & 0xFF for colour, _ in box] for shift in _CHANNELS)
    return [max(values) - min(values) for values in channels]


def _halves(box: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Cut a box across its longest side, in the middle of it."""
    extents = _extents(box)
    shift = _CHANNELS[extents.index(max(extents))]
    values = [colour >> shift & 0xFF for colour, _ in box]
    middle = (max(values) + min(values)) // 2
    lower = [entry for entry, value in zip(box, values, strict=True) if value <= middle]
    upper = [entry for entry, value in zip(box, values, strict=True) if value > middle]
    return lower, upper


def _middle(box: Sequence[tuple[int, int]]) -> int:
    """Return the colour that is seen most by far, or the mean; grounds keep their exact colour so."""
    colour, most = max(box, key=lambda entry: entry[1])
    total = sum(one for _, one in box)
    if most * 2 >= total:
        return colour & 0xFFFFFF
    mean = 0
    for shift in _CHANNELS:
        mean |= round(sum((one >> shift & 0xFF) * seen for one, seen in box) / total) << shift
    return mean


def _shows(path: Path, image: QImage) -> bool:
    kept = QImage(str(path))
    rgb = QImage.Format.Format_RGB32
    return bool(not kept.isNull() and kept.convertToFormat(rgb) == image.convertToFormat(rgb))
