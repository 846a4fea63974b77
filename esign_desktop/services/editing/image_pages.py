"""Convert photographs and scans to PDF documents, and store the documents in the program's folder."""

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
    """Return the pages of an image file. ``source`` is the path of the file or its content.

    The call blocks. Raises PdfError or StoreError.
    """
    if isinstance(source, Path):
        return read_images(source)
    with disk_errors(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pasted")
        path.write_bytes(source)
        return read_images(path)


def keep_images(copies: DocumentCopies, pages: Sequence[tuple[PageImage, int]], name: str) -> Path:
    """Write a PDF with one page per image, and return its path.

    Each image is given with its rotation in clockwise quarter turns. The call blocks. Raises the PdfErrors of
    ``images_pdf``, and StoreError.
    """
    return copies.keep(name, images_pdf(pages))
