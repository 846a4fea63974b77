"""The institution's text and picture on the customer's screen. The picture file is not trusted."""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.atomic_files import atomic_target, create_private
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.pdf.isolated.pictures import DrawnPicture, draw_picture
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.store.tables.settings import Settings


MAX_TEXT_CHARACTERS: Final = 40
MAX_PICTURE_BYTES: Final = 2 * 1024 * 1024
MAX_SIDE_PX: Final = 4000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_HEAD: Final = struct.Struct(">8xI4sII")
_JPEG: Final = b"\xff\xd8\xff"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_TEXT_KEY: Final = "brand_text"
_PICTURE_KEY: Final = "brand_picture"


@dataclass(frozen=True, slots=True)
class Brand:
    """The text and picture above the QR code. ``picture`` is None if no picture is set or its file is missing."""

    text: str = ""
    picture: Path | None = None


class BrandService:
    """The service that stores the institution's text and picture.

    Calls block on the store and the disk, and may raise StoreError.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder

    def brand(self) -> Brand:
        """Return the stored text and picture. The text is empty if none was set."""
        name = self._settings.get(_PICTURE_KEY) or ""
        path = self._folder / name
        is_there = bool(name) and path.name == name and path.is_file()
        return Brand(self._settings.get(_TEXT_KEY) or "", path if is_there else None)

    def set_text(self, text: str) -> Brand:
        self._settings.set(_TEXT_KEY, " ".join(text.split())[:MAX_TEXT_CHARACTERS])
        return self.brand()

    def set_picture(self, source: Path, *, can_be_shown: Callable[[Path], bool]) -> Brand:
        """Copy a picture into the program's folder, and use it as the picture above the QR code.

        ``can_be_shown`` receives the path of the copy and returns whether the picture can be displayed. Raises
        InputError ``brand.missing``, ``brand.too_large`` if the file has too many bytes or pixels, or
        ``brand.not_a_picture`` if the file is not a valid PNG or JPEG file. After an error, the previous picture is
        kept.
        """
        content = _read(source)
        suffix = _suffix(content)
        name = f"{uuid4().hex}{suffix}"
        make_private_dir(self._folder)
        path = self._folder / name
        with disk_errors(), atomic_target(path) as scratch, create_private(scratch) as copy:
            copy.write(content)
        if not can_be_shown(path):
            path.unlink(missing_ok=True)
            raise InputError("brand.not_a_picture")
        self._settings.set(_PICTURE_KEY, name)
        self._sweep(name)
        return self.brand()

    def remove_picture(self) -> Brand:
        """Remove the picture and return the brand. The text is kept."""
        self._settings.delete(_PICTURE_KEY)
        self._sweep("")
        return self.brand()

    def _sweep(self, keep: str) -> None:
        with suppress(OSError):
            for path in self._folder.iterdir():
                if path.name != keep:
                    path.unlink(missing_ok=True)


def _read(source: Path) -> bytes:
    try:
        with source.open("rb") as picture:
            content = picture.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        raise InputError("brand.missing") from error
    if len(content) > MAX_PICTURE_BYTES:
        raise InputError("brand.too_large")
    return content


def _suffix(content: bytes) -> str:
    """Return the file suffix that matches the picture's content. The suffix of the source file is not trusted.

    Raises InputError ``brand.not_a_picture`` or ``brand.too_large``.
    """
    if content.startswith(_PNG) and len(content) >= _PNG_HEAD.size + 8:
        _length, kind, width, height = _PNG_HEAD.unpack_from(content)
        size, suffix = (width, height) if kind == b"IHDR" else None, ".png"
    elif content.startswith(_JPEG):
        size, suffix = _jpeg_size(content), ".jpg"
    else:
        size, suffix = None, ""
    if size is None or min(size) < 1:
        raise InputError("brand.not_a_picture")
    if max(size) > MAX_SIDE_PX:
        raise InputError("brand.too_large")
    return suffix


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def read_picture(path: Path, *, most_width_px: int, most_height_px: int) -> DrawnPicture | None:
    """Return a PNG or JPEG picture scaled to fit the given maximum size, or None if it cannot be read.

    The call blocks on the disk.
    """
    try:
        return draw_picture(path, most_width_px=most_width_px, most_height_px=most_height_px)
    except PdfError:
        return None
