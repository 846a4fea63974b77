"""Tables become PDFs in a process of its own, as they were laid out."""

from __future__ import annotations

from typing import Any

import pymupdf
import pytest

from esign_desktop.domain.added_pages import AddedTable, laid_out
from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.pdf.isolated.tables import table_pdf
from tests.raised import raises_code

mupdf: Any = pymupdf

ROWS = (("序号", "Name 名称"), *((str(number), f"货物 {number} <b>&") for number in range(1, 60)))


def test_the_pages_are_those_that_were_laid_out_and_every_text_stands_in_its_cell() -> None:
    table = AddedTable(ROWS, "明细 Schedule")
    with mupdf.open(stream=table_pdf(table), filetype="pdf") as pdf:
        pages = laid_out(table)
        assert pdf.page_count == len(pages) == 2
        for page, cells in zip(pdf, pages, strict=True):
            for cell in cells:
                rect = cell.rect
                box = mupdf.Rect(rect.left_pt - 1, 841 - rect.top_pt, rect.right_pt + 1, 843 - rect.bottom_pt)
                found = page.get_text(clip=box).split()
                assert found == [word for line in cell.lines for word in line.split()]


def test_what_no_font_has_is_told() -> None:
    with raises_code(InputError, "table.no_such_letters"):
        table_pdf(AddedTable((("😀",),)))


def test_one_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(PdfError) as caught:
        table_pdf(AddedTable(ROWS), limit_s=0.01)
    assert caught.value.code == "pdf.too_slow"
