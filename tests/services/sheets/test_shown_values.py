"""Numbers and dates go into a contract as the spreadsheet program shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import openpyxl
import pytest

from esign_desktop.services.sheets.cells import shown_date, shown_number
from tests.bulk_samples import HEADINGS, read_sheet

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (1234567, "#,##0", "1,234,567"),
        (-1234.5, "#,##0.00", "-1,234.50"),
        (-1234.5, '#,##0.00;[Red]"负"#,##0.00', "负1,234.50"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (0, '0.00;-0.00;"无"', None),
        (1234.5, '"¥"#,##0.00', "¥1,234.50"),
        (1234.5, "[$¥-804]#,##0.00", "¥1,234.50"),
        (1234.5, r"\¥#,##0.00", "¥1,234.50"),
        (12, '0"个月"', "12个月"),
        (0.035, "0.00%", "3.50%"),
        (0.035, "0%", "4%"),
        (7, "0000", "0007"),
        (13800000000, "0", "13800000000"),
        (0.1 + 0.2, "0.0##", "0.3"),
        (2.675, "0.00", "2.68"),
        (-0.001, "0.00", "0.00"),
        (0.5, "#.00", ".50"),
        (999, "#,##0", "999"),
        (5, "General", None),
        (5, "@", None),
        (5, "0.00E+00", None),
        (5, "# ?/?", None),
        (5000, "0,", None),
        (5, "[>4]0", None),
        (5, "", None),
    ],
)
def test_number_is_as_its_format_shows_it(value: float, number_format: str, shown: str | None) -> None:
    assert shown_number(value, number_format) == shown


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (date(2026, 1, 31), 'yyyy"年"m"月"d"日"', "2026年1月31日"),
        (date(2026, 1, 31), '[$-804]yyyy"年"m"月"d"日"', "2026年1月31日"),
        (date(2026, 1, 31), "yyyy/m/d", "2026/1/31"),
        (date(2026, 1, 3), "yyyy-mm-dd", "2026-01-03"),
        (datetime(2026, 1, 3, 9, 5, tzinfo=UTC), "yyyy-mm-dd h:mm", "2026-01-03 9:05"),
        (datetime(2026, 1, 3, 9, 5, 7, tzinfo=UTC), "mm:ss", "05:07"),
        (time(9, 5), "hh:mm", "09:05"),
        (time(9, 5), "yyyy-mm-dd", None),
        (date(2026, 1, 3), "mmm d", None),
        (date(2026, 1, 3), "mm-dd-yy", None),
        (date(2026, 1, 3), "General", None),
    ],
)
def test_moment_is_as_its_format_shows_it(value: date | time, number_format: str, shown: str | None) -> None:
    assert shown_date(value, number_format) == shown


def test_an_amount_is_read_with_its_commas_and_noughts(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append([*HEADINGS, "金额", "日期", "期限"])
    page.append(["样本甲", "x", "y", 1234.5, date(2026, 1, 31), 12.5])
    page["D2"].number_format = "#,##0.00"
    page["E2"].number_format = 'yyyy"年"m"月"d"日"'
    book.save(path)
    (row,) = read_sheet(path).rows
    assert row.cells[3:] == ("1,234.50", "2026年1月31日", "12.5")


def test_an_amount_of_a_csv_file_stays_as_it_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('姓名,身份证号,金额\n样本甲,1,"1,234.50"\n', encoding="utf-8")
    assert read_sheet(path).rows[0].cells[2] == "1,234.50"
