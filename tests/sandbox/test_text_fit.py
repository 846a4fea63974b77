"""What the program says of a text in a field is what the platform in a box makes of it."""

from __future__ import annotations

from typing import Any

import pymupdf
import pytest

from esign_desktop.domain.text_fit import fitted
from esign_desktop.sandbox.documents import fill_form

mupdf: Any = pymupdf
LONG = "购买农用机械设备及配套种子化肥，用于春季农业生产经营周转资金需要，详见附表所列之明细清单与报价单"


@pytest.mark.parametrize("text", ["张三", LONG, "A rather long line of English words, and (some) 中文字", "1" * 60])
@pytest.mark.parametrize("width_pt", [120.0, 280.0, 330.0])
def test_size_and_lines_are_the_same(text: str, width_pt: float) -> None:
    with mupdf.open() as pdf:
        page = pdf.new_page(width=595, height=842)
        widget = mupdf.Widget()
        widget.field_name, widget.field_type = "name", mupdf.PDF_WIDGET_TYPE_TEXT
        widget.rect = mupdf.Rect(60, 100, 60 + width_pt, 124)
        page.add_widget(widget)
        fill_form(pdf, {"name": text})
        lines = [line for block in pdf[0].get_text("dict")["blocks"] for line in block["lines"]]
    drawn = fitted(text, width_pt, 24.0)
    sizes = {round(span["size"], 1) for line in lines for span in line["spans"]}
    assert all(abs(size - drawn.size_pt) < 0.12 * drawn.size_pt for size in sizes), (sizes, drawn.size_pt)
    rows = {round(line["bbox"][1] / (drawn.size_pt * 0.7)) for line in lines}
    assert abs(len(rows) - len(drawn.lines)) <= 1
