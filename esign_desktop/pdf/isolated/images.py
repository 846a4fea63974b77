"""Read photographs and scans, and convert them to PDF pages, in sandboxed processes.

Every picture is drawn and encoded again. This keeps malformed data and hidden metadata, such as the place where a
photograph was taken, out of the contract.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.picture_pages import place_picture, useful_factor
from esign_desktop.pdf.isolated.pictures import CUT_OFF, DrawnPicture
from esign_desktop.pdf.isolated.run import read_isolated, run_isolated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LIMIT_S: Final = 60.0
MOST_BYTES: Final = 100 * 1024 * 1024
"""The size of the largest file that is read."""
MOST_PIXELS: Final = 120_000_000
"""The size in pixels of the largest picture that is read. The largest phone cameras and A3 scanners stay below it."""
MOST_PAGES: Final = 100
"""The largest number of pictures in one file."""
MOST_MADE_BYTES: Final = 96 * 1024 * 1024
PREVIEW_PX: Final = 320
"""The length in pixels of the longer side of a page's preview."""
_JPEG_QUALITY: Final = 90
_PIECE: Final = 3 << 20
_KINDS: Final = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
}
_PNG_SIZE: Final = struct.Struct(">16xII")
_SIDEWAYS: Final = frozenset({2, 4, 6, 8})
"""The library's orientation numbers for pictures that lie on their side."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """An upright picture as it will appear in the PDF. ``preview`` is a small version for display."""

    width_px: int
    height_px: int
    data: bytes = field(repr=False)
    preview: DrawnPicture


def read_images(path: Path, *, limit_s: float = LIMIT_S) -> tuple[PageImage, ...]:
    """Return the pictures in a PNG, JPEG or TIFF file. A TIFF file may contain several pictures. This call blocks.

    Raises PdfError ``pdf.image_unreadable``, ``pdf.image_too_large``, ``pdf.image_too_many`` and the errors of
    ``read_isolated``.
    """
    return read_isolated(
        "image",
        path,
        read,
        load=load,
        answer=tuple[PageImage, ...],
        is_sound=lambda pages: 0 < len(pages) <= MOST_PAGES and all(map(_is_sound, pages)),
        most_bytes=MOST_MADE_BYTES,
        limit_s=limit_s,
    )


def images_pdf(pages: Sequence[tuple[PageImage, int]], *, limit_s: float = LIMIT_S) -> bytes:
    """Return a PDF with one page for each picture. This call blocks.

    Each item of ``pages`` consists of a picture and the number of quarter turns by which to rotate it clockwise. The
    same input always results in the same output. Raises the PdfErrors of ``run_isolated``.
    """
    wanted = tuple((page.data, page.width_px, page.height_px, turns % 4) for page, turns in pages)
    found = run_isolated(
        "images", write, wanted, limit_s=limit_s, most_bytes=2 * MOST_MADE_BYTES, prepare=load_for_writing
    )
    try:
        pdf = b"".join(base64.b64decode(piece, validate=True) for piece in found)
    except (ValueError, TypeError, binascii.Error):
        raise PdfError("pdf.worker_died", "images", retryable=True) from None
    if not pdf.startswith(b"%PDF-"):
        raise PdfError("pdf.worker_died", "images", retryable=True)
    return pdf


def load() -> tuple[()]:
    """Import the modules needed for reading, in the child process."""
    from esign_desktop.pdf.worker import document as _  # noqa: F401

    return ()


def read(file: BinaryIO) -> tuple[PageImage, ...]:
    """Read the pictures in a file, in the child process. See ``read_images`` for the result."""
    from esign_desktop.pdf.worker.document import failures
    from esign_desktop.pdf.worker.library import lib, package

    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise PdfError("pdf.image_too_large", "file size")
    kind = next((name for start, name in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise PdfError("pdf.image_unreadable", "not a picture")
    if kind == "png" and len(data) >= _PNG_SIZE.size:
        # The library reports a size beyond its own limits as damage, so check it first.
        _check_size(*_PNG_SIZE.unpack_from(data))
    with failures("pdf.image_unreadable"):
        # This reads only the size and decodes nothing.
        image: Any = lib.fz_new_image_from_buffer(lib.fz_new_buffer_from_copied_data(data))
        _check_size(image.w(), image.h())
        is_sideways = lib.fz_image_orientation(image) in _SIDEWAYS
        document = package.open(stream=data, filetype=kind)
        if document.page_count > MOST_PAGES:
            raise PdfError("pdf.image_too_many")
        pages = tuple(_page_image(package, page, kind, is_sideways=is_sideways) for page in document)
    # The library fills in missing data and only issues a warning.
    warnings = package.TOOLS.mupdf_warnings()
    if any(word in warnings for word in CUT_OFF):
        raise PdfError("pdf.image_unreadable", "truncated")
    return pages


def _page_image(package: Any, page: Any, kind: str, *, is_sideways: bool) -> PageImage:
    found = page.get_image_info()
    width, height = (found[0]["width"], found[0]["height"]) if found else (0, 0)
    _check_size(width, height)
    if is_sideways:
        width, height = height, width
    pixels = _drawn(package, page, width, height, useful_factor(width, height))
    if pixels.is_monochrome or kind == "png":
        # Drawings and black-and-white pictures stay lossless unless that takes much more space.
        lossless, lossy = pixels.tobytes("png"), pixels.tobytes("jpeg", jpg_quality=_JPEG_QUALITY)
        data = lossless if len(lossless) <= 2 * len(lossy) else lossy
    else:
        data = pixels.tobytes("jpeg", jpg_quality=_JPEG_QUALITY)
    small = _drawn(package, page, width, height, min(1.0, PREVIEW_PX / max(width, height)), is_grey_kept=False)
    return PageImage(
        pixels.width, pixels.height, bytes(data), DrawnPicture(small.width, small.height, bytes(small.samples))
    )


def _drawn(package: Any, page: Any, width: int, height: int, factor: float, *, is_grey_kept: bool = True) -> Any:
    columns, rows = max(1, round(width * factor)), max(1, round(height * factor))
    scale = package.Matrix(columns / page.rect.width, rows / page.rect.height)
    pixels = page.get_pixmap(matrix=scale, alpha=False, colorspace=package.csRGB)
    if is_grey_kept and pixels.is_monochrome:
        return page.get_pixmap(matrix=scale, alpha=False, colorspace=package.csGRAY)
    return pixels


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise PdfError("pdf.image_unreadable", "no pixels")
    if width * height > MOST_PIXELS:
        raise PdfError("pdf.image_too_large", "pixel count")


def _is_sound(page: PageImage) -> bool:
    preview = page.preview
    return (
        page.width_px > 0
        and page.height_px > 0
        and page.width_px * page.height_px <= MOST_PIXELS
        and 0 < preview.width_px <= PREVIEW_PX + 1
        and 0 < preview.height_px <= PREVIEW_PX + 1
        and len(preview.data) == preview.width_px * preview.height_px * 3
    )


def load_for_writing(wanted: tuple[tuple[bytes, int, int, int], ...]) -> tuple[Any, ...]:
    """Import the modules needed for writing, in the child process."""
    from esign_desktop.pdf.worker.library import package

    return package, wanted


def write(package: Any, wanted: tuple[tuple[bytes, int, int, int], ...]) -> Iterator[str]:
    """Write a PDF of pictures, in the child process, and yield it in Base64-encoded pieces. See ``images_pdf``."""
    pdf = package.open()
    for data, width_px, height_px, turns in wanted:
        placed = place_picture(*((height_px, width_px) if turns % 2 else (width_px, height_px)))
        page = pdf.new_page(width=placed.width_pt, height=placed.height_pt)
        box = package.Rect(placed.left_pt, placed.top_pt, placed.right_pt, placed.bottom_pt)
        page.insert_image(box, stream=data, rotate=-90 * turns % 360)
    made = pdf.tobytes(garbage=3, deflate=True, no_new_id=True)
    for start in range(0, len(made), _PIECE):
        yield base64.b64encode(made[start : start + _PIECE]).decode("ascii")
