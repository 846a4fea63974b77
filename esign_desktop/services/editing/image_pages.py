"""Convert photographs and scans to a PDF document stored by this program."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.pdf.isolated.images import PageImage, images_pdf, read_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.services.editing.copies import DocumentCopies

__all__ = ["PageImage", "keep_images", "read_pages"]


def read_pages(source: Path | bytes) -> tuple[PageImage, ...]:
    """Return the pages of an image file, given by its path or content.

    This blocks. Raises PdfError and StoreError.
    """
    if isinstance(source, Path):
        return read_images(source)
    with disk_errors(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pasted")
        path.write_bytes(source)
        return read_images(path)


def keep_images(copies: DocumentCopies, pages: Sequence[tuple[PageImage, int]], name: str) -> Path:
    """Write a PDF of images, each with its number of clockwise quarter turns, and return its path.

    This blocks. Raises the PdfErrors of ``images_pdf``, and StoreError.
    """
    return copies.keep(name, images_pdf(pages))
