"""Templates at the rehearsal platform."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.domain.added_pages import AddedPdf
from esign_desktop.domain.geometry import PageFrame

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from esign_desktop.api.client import PlatformClient

# The library's types are incomplete.
mupdf: Any = pymupdf


def write_form(path: Path, fields: Sequence[str], *, pages: int = 2, mark: str = "", text: str = "") -> Path:
    """Write a PDF with text fields on its first page; ``mark`` makes it another file than the others."""
    with mupdf.open() as pdf:
        for _ in range(pages):
            pdf.new_page(width=595, height=842).insert_text((60, 60), text)
        for number, name in enumerate(fields):
            widget = mupdf.Widget()
            widget.field_name = name
            widget.field_type = mupdf.PDF_WIDGET_TYPE_TEXT
            widget.rect = mupdf.Rect(60, 100 + 40 * number, 400, 124 + 40 * number)
            pdf[0].add_widget(widget)
        pdf.set_metadata({"subject": mark})
        pdf.save(path)
    return path


def make_part(
    folder: Path, *texts: str, name: str = "terms.pdf", sizes_pt: Sequence[tuple[float, float]] = ((595.0, 842.0),)
) -> AddedPdf:
    """Write a PDF with a page for each text, as the program keeps it to follow a template's document.

    The pages have the given sizes in turn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, frames = folder / name, []
    with mupdf.open() as pdf:
        for index, text in enumerate(texts):
            width_pt, height_pt = sizes_pt[index % len(sizes_pt)]
            pdf.new_page(width=width_pt, height=height_pt).insert_text((60, 60), text)
            frames.append(PageFrame(width_pt, height_pt))
        content = pdf.tobytes()
    path.write_bytes(content)
    return AddedPdf(name, hashlib.sha256(content).hexdigest(), len(content), tuple(frames), str(path))


def make_template(client: PlatformClient, path: Path, fields: Sequence[str], *, pages: int = 2) -> str:
    """Write a PDF with text fields, make it a template, and return the template's id."""
    content = write_form(path, fields, pages=pages).read_bytes()
    md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode("ascii")
    slot = client.create_upload_url(path.name, len(content), md5)
    client.upload(slot.upload_url, path, md5)
    return client.create_template(slot.file_key, path.stem)
