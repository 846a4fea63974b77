"""Has a picture read by a process that is locked in: one that came from anybody is no safer than a PDF."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.isolated.run import ask_apart, open_for_reading
from esign_desktop.pdf.untrusted import BadAnswer, as_array, as_integer, as_text

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S: Final = 20.0
MOST_BYTES: Final = 20 * 1024 * 1024
"""Of a file: no institution's mark is larger."""
_KINDS: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
_SIDEWAYS: Final = frozenset({2, 4, 6, 8})
"""How the library numbers pictures that lie on their side."""
_COLOURS: Final = 3


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A picture on white: rows of red, green and blue from the top, without a gap."""

    width_px: int
    height_px: int
    data: bytes = field(repr=False)


def draw_picture(path: Path, *, most_width_px: int, most_height_px: int, limit_s: float = LIMIT_S) -> DrawnPicture:
    """Return a PNG's or JPEG's picture, upright, made smaller if it is larger than that. Blocks.

    Raises PdfError ``document.missing``, ``pdf.damaged`` for what is no such picture, ``pdf.too_slow``, ``pdf.memory``
    and ``pdf.worker_died``.
    """
    most_bytes = most_width_px * most_height_px * _COLOURS
    found = ask_apart(
        "picture",
        _draw,
        str(path),
        most_width_px,
        most_height_px,
        limit_s=limit_s,
        most_bytes=2 * most_bytes + 1000,
        prepare=_open_for_reading,
    )
    try:
        width, height, data = as_array(found, 3, exactly=3)
        picture = DrawnPicture(
            as_integer(width, most_width_px),
            as_integer(height, most_height_px),
            b64decode(as_text(data, 2 * most_bytes), validate=True),
        )
    except (ValueError, BadAnswer) as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None
    if not picture.data or len(picture.data) != picture.width_px * picture.height_px * _COLOURS:
        raise PdfError("pdf.worker_died", "pixels", retryable=True)
    return picture


def _open_for_reading(path: str, most_width_px: int, most_height_px: int) -> tuple[BinaryIO, int, int]:
    """Run in the child, before it is locked in."""
    from esign_desktop.pdf.worker import document as mupdf  # noqa: F401

    return open_for_reading(path), most_width_px, most_height_px


def _draw(file: BinaryIO, most_width_px: int, most_height_px: int) -> list[object]:
    """Run in the child."""
    from esign_desktop.pdf.worker.document import failures
    from esign_desktop.pdf.worker.library import lib, package

    data = file.read(MOST_BYTES + 1)
    kind = next((name for start, name in _KINDS.items() if data.startswith(start)), None)
    if kind is None or len(data) > MOST_BYTES:
        raise PdfError("pdf.damaged", "no picture")
    with failures("pdf.damaged"):
        image: Any = lib.fz_new_image_from_buffer(lib.fz_new_buffer_from_copied_data(data))
        width, height = image.w(), image.h()
        if lib.fz_image_orientation(image) in _SIDEWAYS:
            width, height = height, width
        factor = min(1.0, most_width_px / width, most_height_px / height)
        page = package.open(stream=data, filetype=kind)[0]
        columns, rows = max(1, round(width * factor)), max(1, round(height * factor))
        scale = package.Matrix(columns / page.rect.width, rows / page.rect.height)
        pixels = page.get_pixmap(matrix=scale, alpha=False, colorspace=package.csRGB)
    # The library fills up what is missing, and only says so.
    if "truncated" in package.TOOLS.mupdf_warnings():
        raise PdfError("pdf.damaged", "truncated")
    return [pixels.width, pixels.height, b64encode(pixels.samples).decode("ascii")]
