"""Files as clerks have them: of both kinds, in every encoding, with titles on top, and spoiled in every way."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from esign_desktop.domain.bulk.headings import match_columns
from esign_desktop.domain.bulk.rows import read_rows
from esign_desktop.domain.bulk.sheet import (
    MAX_CELL_TEXT,
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_ROWS,
    CellDamage,
    Sheet,
    Worksheets,
)
from esign_desktop.domain.errors import Cancelled, CancelToken, InputError, StoreError
from esign_desktop.services.sheets.reading import open_sheet
from esign_desktop.services.sheets.writing import RowNotes, save_rows, save_template
from tests.bulk_samples import CHECKS, HEADINGS, id_number, make_preset, make_sheet, person_row, read_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROWS = [person_row(1), person_row(2)]
LINES = [",".join(row) for row in (HEADINGS, *ROWS)]
TEXT = "\r\n".join(LINES) + "\r\n"


def write_book(path: Path, *pages: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(pages, 1):
        page = book.create_sheet(f"表{number}")
        for row in rows:
            page.append(list(row))
    book.save(path)
    return path


def patch(path: Path, old: str, new: str) -> Path:
    """Change the first worksheet's own XML, for what openpyxl would not write."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert old.encode() in files[name]
    files[name] = files[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in files.items():
            archive.writestr(one, content)
    return path


def code_of(path: Path, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read_sheet(path, **options)
    return caught.value.code


def test_workbook_is_read_as_it_looks(tmp_path: Path) -> None:
    rows = [("2026年名单",), (), HEADINGS, ROWS[0], (None, None), (ROWS[1][0], ROWS[1][1], int(ROWS[1][2]))]
    sheet = read_sheet(write_book(tmp_path / "名单.xlsx", [], rows, [("别的", "表")]))
    assert (sheet.name, sheet.worksheet, sheet.worksheets) == ("名单.xlsx", "表2", ("表1", "表2", "表3"))
    assert sheet.headings == HEADINGS
    assert [row.cells for row in sheet.rows] == ROWS
    assert [row.number for row in sheet.rows] == [4, 6]
    assert not any(row.damages for row in sheet.rows)


def test_named_worksheet_is_read_and_none_else(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, ROWS[0]], [HEADINGS, ROWS[1]])
    assert read_sheet(path, worksheet="表2").rows[0].cells == ROWS[1]
    assert code_of(path, worksheet="表9") == "sheet.no_rows"


def test_numbers_dates_and_padding_are_what_the_screen_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    values = [13800000000, 13800000000.0, 0.1 + 0.2, 1234.5, date(2026, 1, 31), True, 7]
    write_book(path, [["甲", "乙"] * 3 + ["编"], values])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["G2"].number_format = "0000"
    book.save(path)
    (row,) = read_sheet(path).rows
    assert row.cells == ("13800000000", "13800000000", "0.3", "1234.5", "2026-01-31", "TRUE", "0007")


@pytest.mark.parametrize("kept", ["3.3010219900101101E+17", "330102199001011000"])
def test_id_number_that_was_kept_as_a_number_is_told_as_damaged(tmp_path: Path, kept: str) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, (ROWS[0][0], 77, ROWS[0][2])])
    sheet = read_sheet(patch(path, "<v>77</v>", f"<v>{kept}</v>"))
    assert sheet.rows[0].damages == {1: CellDamage.NUMBER_ROUNDED}
    preset = make_preset()
    (reading,) = read_rows(preset, match_columns(preset, sheet.headings), sheet.rows, CHECKS)
    assert [(problem.code, problem.column_index) for problem in reading.problems] == [("bulk.number_rounded", 1)]


def test_formula_counts_by_its_result_and_without_one_is_told(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, (ROWS[0][0], '="1"&"2"', "=A1"), ("#N/A", "x", "y")])
    patch(path, '<c r="C2"><f>A1</f><v></v></c>', '<c r="C2" t="str"><f>A1</f><v>13800000001</v></c>')
    first, second = read_sheet(path).rows
    assert first.cells == (ROWS[0][0], "", "13800000001")
    assert first.damages == {1: CellDamage.FORMULA}
    assert second.damages == {0: CellDamage.ERROR}


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "，").encode("gb18030"),
        TEXT.replace("\r\n", "\n\n").encode(),
        f"名单,,\n{TEXT}".encode(),
    ],
)
def test_csv_is_read_whatever_its_encoding_and_delimiter(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    sheet = read_sheet(path)
    assert (sheet.headings, [row.cells for row in sheet.rows]) == (HEADINGS, ROWS)


def test_quoted_cells_hold_commas_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('姓名,备注\n"张,三","一\n二"\n李四,\n', encoding="utf-8")
    assert [row.cells for row in read_sheet(path).rows] == [("张,三", "一\n二"), ("李四", "")]


def zip_of(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet.no_rows"),
        (b"\n\n \n", "sheet.no_rows"),
        (LINES[0].encode(), "sheet.no_rows"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "sheet.not_a_sheet"),
        (b"%PDF-1.7\n\x00\x01\x02", "sheet.not_a_sheet"),
        (b"a,b\n\xff\xff\xff,1\n", "sheet.not_a_sheet"),
        (zip_of("word/document.xml", b"<a/>"), "sheet.not_a_sheet"),
        (zip_of("xl/workbook.xml", b"<a/>"), "sheet.damaged"),
        (zip_of("xl/workbook.xml", b"<a/>")[:-30], "sheet.damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "sheet.encrypted"),
        (OLE + "Workbook".encode("utf-16-le"), "sheet.old_format"),
        (b"a,b\n" + b"1,2\n" * (MAX_ROWS + 20), "sheet.too_many_rows"),
        (b"a,b\n" + b"1,2\n" * (MAX_ROWS + 1), "sheet.too_many_rows"),
        (b"a," * MAX_COLUMNS + b"a\n1,2\n", "sheet.too_many_columns"),
    ],
)
def test_what_cannot_be_used_is_told_apart(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(content)
    assert code_of(path) == code


def test_a_workbook_that_unpacks_to_too_much_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(zip_of("xl/workbook.xml", bytes(201 * 1024 * 1024)))
    assert code_of(path) == "sheet.too_large"


def test_file_that_is_gone_locked_or_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(tmp_path / "gone.xlsx") == "sheet.vanished"
    # A folder can be read as a file by nobody, not even by root.
    assert code_of(tmp_path) == "sheet.unreadable"
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert code_of(tmp_path / "large.csv") == "sheet.too_large"


def test_workbook_cut_off_in_a_worksheet_is_damaged(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, *ROWS])
    assert code_of(patch(path, "</sheetData>", "<row")) == "sheet.damaged"


def test_rows_that_are_hidden_or_filtered_out_are_told(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, *(person_row(count) for count in range(4000 // 2))])
    book = openpyxl.load_workbook(path)
    for number in (3, 1999):
        book.worksheets[0].row_dimensions[number].hidden = True
    book.save(path)
    sheet = read_sheet(path)
    assert [row.number for row in sheet.rows if row.is_hidden] == [3, 1999]
    preset = make_preset()
    readings = read_rows(preset, match_columns(preset, sheet.headings), sheet.rows, CHECKS)
    assert [reading.number for reading in readings if not reading.is_ready] == [3, 1999]
    assert readings[1].problems[0].code == "bulk.hidden_row"


def test_workbook_of_another_program_is_read(tmp_path: Path) -> None:
    """As exporters write them: no styles, no shared texts, prefixed names, rows without numbers."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"

    def row(cells: Sequence[str], attributes: str = "") -> str:
        inner = "".join(f'<x:c t="inlineStr"><x:is><x:t>{cell}</x:t></x:is></x:c>' for cell in cells)
        return f"<x:row{attributes}>{inner}</x:row>"

    rows = row(HEADINGS) + row(ROWS[0]) + row(ROWS[1], ' spans="1:3" hidden="true"')
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType='
        '"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type='
        f'"{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="导出" sheetId="1" '
        'r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="s" Type='
        f'"{relation}/worksheet" Target="worksheets/one.xml"/></Relationships>',
        "xl/worksheets/one.xml": f'<x:worksheet xmlns:x="{main}"><x:sheetData>{rows}</x:sheetData></x:worksheet>',
    }
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    sheet = read_sheet(path)
    assert (sheet.worksheet, sheet.headings, [r.cells for r in sheet.rows]) == ("导出", HEADINGS, ROWS)
    assert [r.is_hidden for r in sheet.rows] == [False, True]


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, ("填充", "1", "2")])
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    patch(path, "<worksheet", f'<!DOCTYPE w [<!ENTITY l0 "ha">{levels}]><worksheet')
    patch(path, "</sheetData>", '<row r="9"><c r="A9" t="str"><v>&l9;</v></c></row></sheetData>')
    assert code_of(path) in {"sheet.damaged", "sheet.too_heavy"}


def test_reading_can_be_called_off(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT, encoding="utf-8")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        open_sheet(path, cancel=cancel)


def test_full_sheet_is_read(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADINGS, *(person_row(count) for count in range(MAX_ROWS))])
    assert len(read_sheet(path).rows) == MAX_ROWS


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_empty_sheet_for_a_preset_is_matched_when_it_is_filled_in(tmp_path: Path, suffix: str) -> None:
    preset = make_preset(customers=2, questions=("借款金额",), bank=True)
    path = tmp_path / f"empty{suffix}"
    save_template(preset, path)
    assert code_of(path) == "sheet.no_rows"
    values = ["张三", id_number(1), "13800000001", "", "", "李四", id_number(2), "", "", "", "10000"]
    if suffix == ".csv":
        with path.open("a", encoding="utf-8") as file:
            file.write(",".join(values) + "\n")
    else:
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        assert page["B2"].number_format == "@"
        for column, value in enumerate(values, 1):
            page.cell(2, column).value = value
        book.save(path)
    sheet = read_sheet(path)
    (reading,) = read_rows(preset, match_columns(preset, sheet.headings), sheet.rows, CHECKS)
    assert reading.is_ready
    assert len(reading.values) == 6


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_rows_to_correct_come_back_as_they_were(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"faulty{suffix}"
    rows = [person_row(1), ("=1+1", "3.301E+17", "+86 13711112222"), person_row(3)]
    assert save_rows(make_sheet(*rows), [0, 1], path) == 2
    sheet = read_sheet(path)
    assert sheet.headings == HEADINGS
    assert [row.cells for row in sheet.rows] == rows[:2]
    assert sheet.rows[1].damages == {}
    if suffix == ".csv":
        assert b",'+86 137" in path.read_bytes()


def test_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        save_rows(make_sheet(person_row(1)), [0], tmp_path / "gone" / "a.xlsx")
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(StoreError):
        save_rows(make_sheet(person_row(1)), [0], tmp_path / "a.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("row", ['a,b\n1,"{}"\n', "a,b\n1,{}\n", '1,"2\n{}'])
def test_cell_that_is_too_long_is_told_in_words(tmp_path: Path, row: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(row.format("x," * 60_000 if '"' in row else "x" * 100_001), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_sheet(path)
    assert (caught.value.code, caught.value.params) == ("sheet.cell_too_long", {"max": MAX_CELL_TEXT})


def test_sheet_of_too_much_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + f"1,{'x' * 99_000}\n" * 42, encoding="utf-8")
    assert code_of(path) == "sheet.too_much_text"


def test_worksheet_is_to_be_chosen_where_several_hold_rows(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", [("说明",)], [HEADINGS, ROWS[0]], [], [HEADINGS, ROWS[1]])
    assert open_sheet(path) == Worksheets("a.xlsx", str(path), ("表2", "表4"))
    chosen = open_sheet(path, worksheet="表4")
    assert isinstance(chosen, Sheet)
    assert chosen.rows[0].cells == ROWS[1]
    only = open_sheet(write_book(tmp_path / "b.xlsx", [("说明",)], [HEADINGS, ROWS[0]]))
    assert isinstance(only, Sheet)
    assert only.worksheet == "表2"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_first_customer_is_no_heading(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        path.write_text("\n".join(LINES[1:]), encoding="utf-8")
    else:
        write_book(path, ROWS)
    sheet = read_sheet(path)
    assert (sheet.has_headings, sheet.headings) == (False, ("", "", ""))
    assert [(row.number, row.cells) for row in sheet.rows] == [(1, ROWS[0]), (2, ROWS[1])]


def test_only_customer_of_a_sheet_without_headings_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(LINES[1], encoding="utf-8")
    assert [row.cells for row in read_sheet(path).rows] == [ROWS[0]]


def test_customer_above_the_headings_is_not_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["名单,,", LINES[1], LINES[0], LINES[2]]), encoding="utf-8")
    sheet = read_sheet(path)
    assert sheet.headings == HEADINGS
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ROWS[0]), (4, ROWS[1])]


def test_notes_beside_rows_to_correct_leave_a_wide_sheet_readable(tmp_path: Path) -> None:
    headings = (*HEADINGS, *(f"列{number}" for number in range(MAX_COLUMNS - len(HEADINGS))))
    row = (*person_row(1), *("x",) * (MAX_COLUMNS - len(HEADINGS)))
    notes = RowNotes("行", "原因", {0: "2"}, {0: "缺手机号"})
    save_rows(make_sheet(row, headings=headings), [0], tmp_path / "a.xlsx", notes=notes)
    assert read_sheet(tmp_path / "a.xlsx").rows[0].cells == row
    save_rows(make_sheet(person_row(1)), [0], tmp_path / "b.xlsx", notes=notes)
    assert read_sheet(tmp_path / "b.xlsx").rows[0].cells == (*person_row(1), "2", "缺手机号")


def test_hidden_row_is_left_out_of_a_csv_file_where_it_would_be_sent(tmp_path: Path) -> None:
    sheet = make_sheet(person_row(1), person_row(2))
    sheet = replace(sheet, rows=(replace(sheet.rows[0], is_hidden=True), sheet.rows[1]))
    assert save_rows(sheet, [0, 1], tmp_path / "a.csv") == 1
    assert [row.cells for row in read_sheet(tmp_path / "a.csv").rows] == [person_row(2)]
    assert save_rows(sheet, [0, 1], tmp_path / "a.xlsx") == 2
    assert [row.is_hidden for row in read_sheet(tmp_path / "a.xlsx").rows] == [True, False]
