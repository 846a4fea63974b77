"""Cells from the clipboard of spreadsheets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.added_pages import MOST_COLUMNS, MOST_ROWS
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.pasted_cells import pasted_cells, trimmed

EXCEL = """<html><head><style>td {mso: x}</style><title>t</title></head><body><table>
<col width=64><tr height=19><td>品名</td><td colspan=2>数量 &amp; 单位</td></tr>
<tr><td>苹<br>果</td><td align=right>12</td><td>箱</td></tr></table></body></html>"""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\r\nc\td\r\n", (("a", "b"), ("c", "d"))),
        ('"two\nlines"\t"say ""yes"""\n', (("two lines", 'say "yes"'),)),
        ("one", (("one",),)),
        ("a\n\tb\n\n", (("a", ""), ("", "b"))),
        ("", ()),
    ],
)
def test_text_is_read_as_spreadsheets_write_it(text: str, rows: tuple[tuple[str, ...], ...]) -> None:
    assert pasted_cells(text) == rows


def test_a_table_of_html_is_taken_before_the_text() -> None:
    assert pasted_cells("x\ty", EXCEL) == (("品名", "数量 & 单位", ""), ("苹 果", "12", "箱"))
    assert pasted_cells("x\ty", "<p>no cells</p>") == (("x", "y"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x\n" * (MOST_ROWS + 1), "table.too_large"),
        ("\t".join("x" * (MOST_COLUMNS + 1)), "table.too_large"),
        ("x" * 1001, "table.long_cell"),
        ("x" * 4_000_001, "table.too_large"),
    ],
)
def test_what_is_too_large_is_not_taken_in_part(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        pasted_cells(text)
    assert caught.value.code == code


@given(st.text(max_size=200), st.text(st.sampled_from("<>tabletrd/ th=1a&;"), max_size=200))
def test_whatever_is_pasted_gives_even_rows(text: str, html: str) -> None:
    rows = pasted_cells(text, f"<table>{html}")
    assert len({len(row) for row in rows}) <= 1
    assert trimmed(rows) == rows
