"""No cell of a table that is written for others is computed by the program that opens it."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.services.counter.shift import ShiftLine, ShiftSheet, write_shift_csv
from esign_desktop.services.sheets.csv_table import csv_bytes, harmless, is_formula, without_mark

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
