"""``esign-desktop --check-sheet``, as it is called."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import openpyxl

from tests.bulk_samples import HEADINGS, id_number, person_row

if TYPE_CHECKING:
    from pathlib import Path


def check(path: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    command = [sys.executable, "-m", "esign_desktop", "--check-sheet", str(path), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert not done.stderr
    return done.returncode, json.loads(done.stdout), done.stdout


def test_sheet_is_told_with_numbers_and_names_masked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    name, number, mobile = person_row(1)
    rows = [(name, number, mobile, "a.b@example.com"), (person_row(2)[0], number[:-1], mobile, f"电话 {mobile}")]
    path.write_text("\n".join(",".join(row) for row in ((*HEADINGS, "备注"), *rows)), encoding="utf-8")
    status, report, text = check(path)
    assert status == 0
    assert (report["has_headings"], report["headings"]) == (True, [*HEADINGS, "备注"])
    assert report["taken_as"] == ["name", "id_number", "mobile", None]
    first, second = report["rows"]
    assert (first["number"], first["cells"][1:], first["problems"]) == (
        2, [f"****{number[-4:]}", f"****{mobile[-4:]}", "***@example.com"], [],
    )  # fmt: skip
    assert [(one["code"], one["column"]) for one in second["problems"]] == [("bulk.bad_id_number", 2)]
    assert not any(value in text for value in (number, number[:-1], mobile))
    assert not any(json.dumps(one[0])[1:-1] in text for one in rows)


def test_number_in_the_place_of_a_heading_is_masked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"姓名,身份证号,{person_row(3)[2]}\n{','.join(person_row(1))}\n", encoding="utf-8")
    _status, report, text = check(path)
    assert report["has_headings"]
    assert person_row(3)[2] not in text
    assert id_number(1) not in text


def test_worksheets_are_told_and_one_is_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, count in (("甲", 1), ("乙", 2)):
        page = book.create_sheet(title)
        for row in (HEADINGS, *map(person_row, range(count))):
            page.append(list(row))
    book.save(tmp_path / "a.xlsx")
    assert check(tmp_path / "a.xlsx")[:2] == (0, {"choose_from": ["甲", "乙"]})
    _status, report, _text = check(tmp_path / "a.xlsx", "--worksheet", "乙")
    assert (report["worksheet"], len(report["rows"])) == ("乙", 2)


def test_what_can_not_be_read_ends_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("姓名,手机号\n", encoding="utf-8")
    status, report, _text = check(tmp_path / "a.csv")
    assert (status, report["error"]) == (1, "sheet.no_rows")
    assert check(tmp_path / "gone.csv")[1]["error"] == "sheet.vanished"
