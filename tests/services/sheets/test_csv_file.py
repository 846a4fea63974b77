"""A written table has no cell that a program computes, and one is read as whatever program wrote it."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.bulk.sheet import MAX_CELL_TEXT, MAX_COLUMNS
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.services.counter.shift import ShiftLine, ShiftSheet, write_shift_csv
from esign_desktop.services.sheets.csv_file import csv_bytes, csv_rows, harmless, is_formula, without_mark
from tests.raised import raises_code

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "cell", ["=1", "+1", "-1", "@A1", "\n=1", "\r\n=1", "\t=1", " =1", "\ufeff=1", "\u200b=1", "＝1"]
)
def test_what_a_spreadsheet_would_compute_is_written_as_text(cell: str) -> None:
    ((written,),) = csv.reader(io.StringIO(csv_bytes([[cell]]).decode("utf-8-sig"), newline=""))
    assert written.startswith("'")


def test_shift_sheet_has_a_title_that_begins_with_a_line_break_written_as_text(tmp_path: Path) -> None:
    line = ShiftLine(FlowId("f"), "\n=1", ("", "张*"), FlowStatus.SIGNING, 0, None, None, 1, False)
    write_shift_csv(ShiftSheet(date(2026, 1, 1), (line,)), tmp_path / "a.csv", headings=("a",) * 6, words={})
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        _head, (_sent, title, customers, *_rest) = csv.reader(file)
    assert (title, customers) == ("' =1", "张*")


@given(st.text())
def test_nothing_that_is_written_begins_as_a_formula_does(cell: str) -> None:
    assert not is_formula(harmless(cell))


@given(st.text(st.characters(min_codepoint=32)))
def test_what_was_marked_as_text_comes_back_as_it_was(cell: str) -> None:
    assert without_mark(harmless(cell)) == cell or cell.startswith("'")


def texts(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in cells] for _number, cells, _is_hidden in csv_rows(content)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，", "|"])
def test_every_usual_encoding_and_delimiter_is_read(encoding: str, delimiter: str) -> None:
    rows = [["姓名", "手机"], ["张三", "13800000000"], ["李四", "13900000000"]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert texts(content) == rows


def test_utf_16_with_the_high_byte_first_is_read() -> None:
    assert texts(b"\xfe\xff" + "姓名,手机\n张三,1".encode("utf-16-be")) == [["姓名", "手机"], ["张三", "1"]]


def test_what_parts_most_lines_evenly_parts_the_cells() -> None:
    assert texts("姓名;备注\n张三;a,b\n李四;c,d,e\n王五;f".encode())[1] == ["张三", "a,b"]


@pytest.mark.parametrize("text", ["<html>a,b</html>", "  \n<?xml?>", "a,b\x00c", "a,\x1bb", "\x7fELF\x02\x01"])
def test_markup_and_control_characters_are_no_sheet(text: str) -> None:
    with raises_code(InputError, "sheet.not_a_sheet"):
        texts(text.encode())


def test_bytes_that_are_no_text_are_no_sheet() -> None:
    for content in (b"\xff\xff\xff", b"\xef\xbb\xbf\xff", b"\xff\xfea"):
        with raises_code(InputError, "sheet.not_a_sheet"):
            texts(content)


def test_a_row_on_several_lines_is_one_and_its_breaks_are_one_character() -> None:
    found = list(csv_rows(b'a,"x\r\ny\rz"\r\nb,c\rd,e'))
    assert not any(is_hidden for _number, _cells, is_hidden in found)
    assert [(number, [cell.text for cell in cells]) for number, cells, _is_hidden in found] == [
        (1, ["a", "x\ny\nz"]),
        (2, ["b", "c"]),
        (3, ["d", "e"]),
    ]


def test_a_cell_is_read_up_to_its_limit_and_refused_beyond() -> None:
    assert texts(b"a," + b"x" * MAX_CELL_TEXT) == [["a", "x" * MAX_CELL_TEXT]]
    with raises_code(InputError, "sheet.cell_too_long"):
        texts(b"a," + b"x" * (MAX_CELL_TEXT + 1))


def test_one_column_more_than_may_be_is_read_so_that_it_can_be_told() -> None:
    assert [len(row) for row in texts(b",".join([b"x"] * (MAX_COLUMNS + 5)))] == [MAX_COLUMNS + 1]
