"""Fills a template's form fields and turns HTML into pages."""

from __future__ import annotations

import html
import io
import itertools
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.pdf_files import PDF_LOCK, pymupdf_module
from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A hostile file may hold tens of thousands of them.
_MAX_FIELDS: Final = 2000
_A4: Final = (0, 0, 595, 842)
_MARGIN_PT: Final = 56
_STYLE: Final = "* {font-family: sans-serif;} body {font-size: 11pt; line-height: 1.5;}"


def field_names(pdf: Any) -> list[str]:
    """Names of the form's fields, each once, in the order of the pages."""
    return list(dict.fromkeys(widget.field_name for _, widget in _widgets(pdf)))


def fill_form(pdf: Any, values: Mapping[str, str]) -> None:
    """Write the values into the fields and make the whole form part of the pages.

    Texts are drawn anew, because the fields' own fonts seldom have Chinese characters.
    """
    pymupdf = pymupdf_module()
    drawn: list[tuple[int, Any, str, float]] = []
    for page, widget in _widgets(pdf):
        if widget.field_name not in values:
            continue
        value = values[widget.field_name]
        if widget.field_type == pymupdf.PDF_WIDGET_TYPE_TEXT:
            widget.field_value = ""
            widget.update()
            drawn.append((page.number, +widget.rect, value, widget.text_fontsize))
        elif widget.field_type == pymupdf.PDF_WIDGET_TYPE_CHECKBOX:
            widget.field_value = value.strip().lower() in ("1", "true", "yes", "on", "是")
            widget.update()
        else:
            raise Refusal(
                ErrCode.TEMPLATE,
                f"表单域不是文本域 / form field is not a text field: {widget.field_name!r}",
            )
    pdf.bake(annots=False, widgets=True)
    for page_index, rect, value, size in drawn:
        if value:
            _draw_text(pdf[page_index], rect, value, size)
    if drawn:
        pdf.subset_fonts()


def html_to_pdf(data: bytes, max_pages: int) -> bytes:
    """HTML as A4 pages; stops after ``max_pages``. Nothing is loaded from outside."""
    pymupdf = pymupdf_module()
    out = io.BytesIO()
    try:
        with PDF_LOCK:
            story = pymupdf.Story(html=data.decode("utf-8"), user_css=_STYLE)
            writer = pymupdf.DocumentWriter(out)
            page_rect = pymupdf.Rect(_A4)
            body = pymupdf.Rect(_MARGIN_PT, _MARGIN_PT, page_rect.x1 - _MARGIN_PT, page_rect.y1 - _MARGIN_PT)
            for _ in range(max_pages):
                device = writer.begin_page(page_rect)
                more, _filled = story.place(body)
                story.draw(device)
                writer.end_page()
                if not more:
                    break
            writer.close()
    except Exception as error:
        raise Refusal(ErrCode.TEMPLATE, "HTML 无法转换 / the HTML can't be converted") from error
    return out.getvalue()


def append_pdf(pdf: Any, addition: Any) -> None:
    """Put the other document's pages at the end."""
    pdf.insert_pdf(addition)


def _draw_text(page: Any, rect: Any, value: str, size: float) -> None:
    rotation = page.rotation
    # PyMuPDF's drawing is right on unrotated pages only.
    page.set_rotation(0)
    height = size if size > 0 else min(12.0, rect.height * 0.7)
    text = html.escape(value).replace("\n", "<br/>")
    page.insert_htmlbox(
        rect,
        f"<div>{text}</div>",
        css=f"* {{font-family: sans-serif; font-size: {height}pt; line-height: 1.1;}}",
        scale_low=0.2,
    )
    page.set_rotation(rotation)


def _widgets(pdf: Any) -> Iterator[tuple[Any, Any]]:
    every = ((page, widget) for page in pdf for widget in page.widgets() if widget.field_name)
    return itertools.islice(every, _MAX_FIELDS)
