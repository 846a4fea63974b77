"""Convert Word, WPS, OpenDocument and RTF documents to PDF, and store the PDFs in the program's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.pdf.isolated.office import convert_office

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.editing.copies import DocumentCopies


@dataclass(frozen=True, slots=True)
class KeptWord:
    """The path of a PDF that was created from a document, and the names of fonts that this computer lacks."""

    path: Path
    replaced_fonts: tuple[str, ...]


def keep_word(copies: DocumentCopies, path: Path, check_cancelled: Callable[[], None]) -> KeptWord:
    """Convert a document to PDF, and store the PDF under the document's name.

    The call blocks. ``check_cancelled`` is called many times a second and stops the work by raising an exception.
    Raises the PdfErrors of ``convert_office``, and StoreError.
    """
    with disk_errors():
        converted = convert_office(path, check_cancelled)
    return KeptWord(copies.keep(path.stem, converted.content), converted.replaced_fonts)
