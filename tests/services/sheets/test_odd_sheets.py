"""Sheets that hold more than rows, or nothing that makes sense: the first are read, the others are refused."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from esign_desktop.domain.errors import InputError
from esign_desktop.services.sheets.parsing import read_rows
from esign_desktop.services.sheets.reading import open_sheet
from tests.bulk_samples import HEADINGS, person_row, read_sheet

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def plain_book() -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADINGS, *map(person_row, range(5))):
        book.worksheets[0].append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_workbook_with_everything_in_it_is_read(tmp_path: Path) -> None:
    """Locked in, a reader that looked for a module only now would find none."""
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.worksheets[0]
    page.title = "客户 & 名单"
    page.append([*HEADINGS, "日期", "金额"])
    for number in range(5):
        page.append([*person_row(number), date(2026, 1, 31), 12.5])
    page["A2"].font, page["B2"].fill = Font(bold=True, color="FF0000"), PatternFill("solid", "00FF00")
    page["C2"].border, page["C2"].alignment = Border(left=Side("thin")), Alignment(wrap_text=True)
    page["A3"].comment = Comment("确认", "经办")
    page["B3"].hyperlink = "https://example.com"
    page["E3"] = "=SUM(E2:E2)"
    page["E2"].number_format = "#,##0.00_);[Red](#,##0.00)"
    page.merge_cells("G1:H2")
    page.freeze_panes, page.auto_filter.ref = "A2", "A1:E6"
    validation = DataValidation("list", formula1='"a,b"')
    validation.add("C2:C6")
    page.add_data_validation(validation)
    rule: Any = CellIsRule
    page.conditional_formatting.add("E2:E6", rule(operator="lessThan", formula=["5"], font=Font(bold=True)))
    page.protection.enable()
    table = Table(displayName="t", ref="A1:E6")
    page.auto_filter.ref = None
    page.add_table(table)
    chart = BarChart()
    chart.add_data(Reference(page, min_col=5, min_row=1, max_row=6), titles_from_data=True)
    page.add_chart(chart, "J2")
    other = BarChart()
    other.add_data(Reference(page, min_col=5, min_row=1, max_row=6))
    book.create_chartsheet("图").add_chart(other)
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.defined_names["name"] = DefinedName("name", attr_text="'客户 & 名单'!$A$1")
    book.properties.title = "标题"
    path = tmp_path / "rich.xlsx"
    book.save(path)
    sheet = read_sheet(path)
    assert sheet.worksheet == "客户 & 名单"
    assert [row.cells[:3] for row in sheet.rows] == [person_row(n) for n in range(5)]
    assert sheet.rows[0].cells[3] == "2026-01-31"
    assert sheet.rows[0].cells[4] == "12.50"
    assert list(sheet.rows[1].damages) == [4]


def test_random_bytes_are_refused_by_the_process_that_reads_them(tmp_path: Path) -> None:
    chance = random.Random(20260101)  # noqa: S311  the same each time
    good = plain_book()
    for number in range(12):
        content = bytearray(good)
        for _ in range(chance.randrange(1, 40)):
            content[chance.randrange(4, len(content))] = chance.randrange(256)
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(bytes(content) if number % 3 else chance.randbytes(5_000))
        try:
            open_sheet(path)
        except InputError as error:
            assert error.code.startswith("sheet.")  # noqa: PT017  any of them will do


def told(content: bytes) -> list[dict[str, Any]]:
    """Return what the process would tell; whatever it raises beside a refusal is a mistake."""
    return list(read_rows(content, None))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000) | st.text(max_size=2_000).map(str.encode))
def test_no_bytes_make_the_reader_fail(content: bytes) -> None:
    assert all(set(piece) & {"rows", "refused"} for piece in told(content))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=600))
def test_no_worksheet_makes_the_reader_fail(xml: str) -> None:
    content = with_page(f"<worksheet xmlns='{MAIN}'><sheetData>{xml}</sheetData></worksheet>")
    assert all(set(piece) & {"rows", "worksheets", "refused"} for piece in told(content))


TAGS = st.sampled_from(
    [
        "<row>",
        "</row>",
        "<row_r='5'>",
        "<row_r='-1'>",
        "<row_r='x'>",
        "<c>",
        "</c>",
        "<c_r='A1'_t='s'>",
        "<c_r='ZZZ9'>",
        "<c_t='d'>",
        "<c_t='b'>",
        "<c_t='e'>",
        "<c_t='inlineStr'>",
        "<c_s='99'>",
        "<v>",
        "</v>",
        "<v>1e400</v>",
        "<v>nan</v>",
        "<v>9</v>",
        "<is><t>a</t></is>",
        "<f>A1</f>",
        "<f_t='shared'_si='0'/>",
        "<f_t='array'_ref='A1'>1</f>",
        "<!--_-->",
        "a",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TAGS, max_size=30))
def test_no_order_of_tags_makes_the_reader_fail(tags: list[str]) -> None:
    content = with_page(
        f"<worksheet xmlns='{MAIN}'><sheetData>{''.join(tags).replace('_', ' ')}</sheetData></worksheet>"
    )
    assert all(set(piece) & {"rows", "worksheets", "refused"} for piece in told(content))


def with_page(xml: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return file.getvalue()


PLAIN = plain_book()
