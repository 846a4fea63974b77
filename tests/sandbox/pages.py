"""PDFs made by code, and where two of them differ in pixels."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from typing import Any

from esign_desktop.sandbox.pages import pymupdf_module

pymupdf = pymupdf_module()


def save(pdf: Any) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    pdf.close()
    return out.getvalue()


def blank_pdf(pages: int = 1, width: float = 400, height: float = 600) -> bytes:
    pdf = pymupdf.open()
    for _ in range(pages):
        pdf.new_page(width=width, height=height)
    return save(pdf)


def text_pdf(*lines: str, fontsize: float = 14, left: float = 72, top: float = 100) -> bytes:
    """One page with lines 40 pt apart; baseline of the first at ``top`` from the top."""
    pdf = pymupdf.open()
    page = pdf.new_page(width=400, height=600)
    for i, line in enumerate(lines):
        page.insert_text((left, top + 40 * i), line, fontname="china-s", fontsize=fontsize)
    return save(pdf)


def raw_page(
    media: tuple[float, float, float, float],
    crop: tuple[float, float, float, float] | None = None,
    rotation: int = 0,
    user_unit: float = 1.0,
    content: bytes = b"",
) -> bytes:
    """One page whose boxes are exactly these, which PyMuPDF's own setters would not allow."""
    pdf = pymupdf.open()
    page = pdf.new_page(width=100, height=100)
    xref = page.xref
    pdf.xref_set_key(xref, "MediaBox", _array(media))
    if crop is not None:
        pdf.xref_set_key(xref, "CropBox", _array(crop))
    pdf.xref_set_key(xref, "Rotate", str(rotation))
    if user_unit != 1.0:
        pdf.xref_set_key(xref, "UserUnit", str(user_unit))
    if content:
        stream = pdf.get_new_xref()
        pdf.update_object(stream, "<<>>")
        pdf.update_stream(stream, content)
        pdf.xref_set_key(xref, "Contents", f"{stream} 0 R")
    return save(pdf)


def form_pdf(*names: str) -> bytes:
    pdf = pymupdf.open()
    page = pdf.new_page(width=400, height=600)
    for i, name in enumerate(names):
        widget = pymupdf.Widget()
        widget.field_name = name
        widget.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
        widget.rect = pymupdf.Rect(72, 100 + 40 * i, 300, 122 + 40 * i)
        page.add_widget(widget)
    return save(pdf)


@dataclass(frozen=True)
class ChangedBox:
    """Bounding box of the pixels that differ, as fractions of the shown page, y down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def changed_box(before: bytes, after: bytes, page_index: int = 0, long_side_px: int = 2400) -> ChangedBox | None:
    """Where two versions of a page differ; None if nowhere."""
    planes = []
    width = height = 0
    for content in (before, after):
        with pymupdf.open(stream=content, filetype="pdf") as pdf:
            page = pdf[page_index]
            zoom = long_side_px / max(page.rect.width, page.rect.height)
            pixmap = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csGRAY, alpha=False)
            width, height = pixmap.width, pixmap.height
            planes.append(pixmap.samples)
    old, new = planes
    rows = [y for y in range(height) if old[y * width : (y + 1) * width] != new[y * width : (y + 1) * width]]
    columns = [x for x in range(width) if old[x::width] != new[x::width]]
    if not rows or not columns:
        return None
    return ChangedBox(columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height)


def find_text(content: bytes, needle: str) -> list[tuple[int, Any]]:
    with pymupdf.open(stream=content, filetype="pdf") as pdf:
        return list(itertools.chain.from_iterable(((p.number, r) for r in p.search_for(needle)) for p in pdf))


def all_text(content: bytes) -> str:
    with pymupdf.open(stream=content, filetype="pdf") as pdf:
        return "".join(page.get_text() for page in pdf)


def page_count(content: bytes) -> int:
    with pymupdf.open(stream=content, filetype="pdf") as pdf:
        return int(pdf.page_count)


def _array(numbers: tuple[float, ...]) -> str:
    return "[" + " ".join(str(one) for one in numbers) + "]"
