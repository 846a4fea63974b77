"""Decode an untrusted picture in a sandboxed process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.isolated.run import read_isolated

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S: Final = 20.0
MOST_BYTES: Final = 20 * 1024 * 1024
"""The size of the largest file that is read. No institution's logo is larger."""
_KINDS: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
_SIDEWAYS: Final = frozenset({2, 4, 6, 8})
"""The library's orientation numbers for pictures that lie on their side."""
_COLOURS: Final = 3
CUT_OFF: Final = ("truncated", "premature end")
"""The library's warnings for a picture whose end is missing."""


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A picture on a white background, stored as rows of RGB values from top to bottom without padding."""

    width_px: int
    height_px: int
    data: bytes = field(repr=False)


def draw_picture(path: Path, *, most_width_px: int, most_height_px: int, limit_s: float = LIMIT_S) -> DrawnPicture:
    """Return the upright picture in a PNG or JPEG file, reduced to at most the given size. This call blocks.

    Raises PdfError ``pdf.damaged`` for any other file, and the errors of ``read_isolated``.
    """
    most_bytes = most_width_px * most_height_px * _COLOURS
    return read_isolated(
        "picture",
        path,
        draw,
        most_width_px,
        most_height_px,
        load=load,
        answer=DrawnPicture,
        is_sound=lambda picture: (
            0 < len(picture.data) == picture.width_px * picture.height_px * _COLOURS
            and picture.width_px <= most_width_px
            and picture.height_px <= most_height_px
        ),
        most_bytes=2 * most_bytes + 1000,
        limit_s=limit_s,
    )


def load(most_width_px: int, most_height_px: int) -> tuple[int, int]:
    """Import the modules needed for drawing, in the child process."""
    from esign_desktop.pdf.worker import document as _  # noqa: F401

    return most_width_px, most_height_px


def draw(file: BinaryIO, most_width_px: int, most_height_px: int) -> DrawnPicture:
    """Draw the picture in a file, in the child process. See ``draw_picture`` for the result."""
    from esign_desktop.pdf.worker.document import failures
    from esign_desktop.pdf.worker.library import lib, package

    data = file.read(MOST_BYTES + 1)
    kind = next((name for start, name in _KINDS.items() if data.startswith(start)), None)
    if kind is None or len(data) > MOST_BYTES:
        raise PdfError("pdf.damaged", "not a picture")
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
    # The library fills in missing data and only issues a warning.
    warnings = package.TOOLS.mupdf_warnings()
    if any(word in warnings for word in CUT_OFF):
        raise PdfError("pdf.damaged", "truncated")
    return DrawnPicture(pixels.width, pixels.height, bytes(pixels.samples))
