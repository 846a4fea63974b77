"""What files are by their names: contracts, pictures that pages are made of, and what has to become a PDF elsewhere."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

IMAGE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
_OFFICE: Final = frozenset(
    {
        *(".doc", ".docx", ".docm", ".dot", ".dotx", ".wps", ".wpt", ".rtf", ".odt", ".pages", ".ofd", ".txt"),
        *(".xls", ".xlsx", ".xlsm", ".et", ".ett", ".ods", ".numbers", ".csv", ".tsv", ".htm", ".html", ".md"),
        *(".ppt", ".pptx", ".dps", ".odp"),
    }
)
_OTHER_IMAGES: Final = frozenset(
    {".heic", ".heif", ".avif", ".webp", ".gif", ".bmp", ".jfif", ".jp2", ".svg", ".psd", ".raw", ".dng"}
)


PRESET_SUFFIX: Final = ".esignpreset"
SHEET_SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".csv", ".tsv", ".txt"})


class FileUse(Enum):
    """What may be made of a file for a contract."""

    DOCUMENT = "document"
    """It is opened as a PDF, and told of where it is none."""
    IMAGE = "image"
    OFFICE = "office"
    """A program of its own can save it as a PDF."""
    OTHER_IMAGE = "other image"


def use_of(path: Path) -> FileUse:
    """Return what may be made of a file, by the ending of its name."""
    suffix = path.suffix.lower()
    if suffix in IMAGE_SUFFIXES:
        return FileUse.IMAGE
    if suffix in _OFFICE:
        return FileUse.OFFICE
    return FileUse.OTHER_IMAGE if suffix in _OTHER_IMAGES else FileUse.DOCUMENT
