"""Classify files by their names: PDFs, images, and files that another program must convert to PDF."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

IMAGE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
WORD_SUFFIXES: Final = (".doc", ".docx", ".docm", ".dot", ".dotx", ".wps", ".wpt", ".rtf", ".odt")
_OFFICE: Final = frozenset(
    {
        *(".pages", ".ofd", ".txt"),
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
    """The possible use of a file in a contract."""

    DOCUMENT = "document"
    """The file is opened as a PDF. If it is not a PDF, an error is reported."""
    IMAGE = "image"
    WORD = "word"
    """LibreOffice, if it is installed, or another program can convert the file to PDF."""
    OFFICE = "office"
    """Another program can convert the file to PDF."""
    OTHER_IMAGE = "other image"


def use_of(path: Path) -> FileUse:
    """Return the possible use of a file, based on the suffix of its name."""
    suffix = path.suffix.lower()
    if suffix in IMAGE_SUFFIXES:
        return FileUse.IMAGE
    if suffix in WORD_SUFFIXES:
        return FileUse.WORD
    if suffix in _OFFICE:
        return FileUse.OFFICE
    return FileUse.OTHER_IMAGE if suffix in _OTHER_IMAGES else FileUse.DOCUMENT
