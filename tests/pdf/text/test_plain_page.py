"""The quick look at a page says what the closer one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import event, given
from hypothesis import strategies as st

from esign_desktop.domain.geometry import PageFrame
from esign_desktop.pdf.text import plain_page
from esign_desktop.pdf.text.layout import LineBox, joined_rows
from esign_desktop.pdf.text.plain_page import PlainRow, plain_passages

if TYPE_CHECKING:
    from collections.abc import Sequence

    Lines = Sequence[tuple[float, float, float, float]]

FRAME = PageFrame(595.0, 842.0)

LINES = st.lists(
    st.tuples(
        st.sampled_from([10.0, 10.0, 10.0, 14.0, 20.0]),
        st.one_of(st.sampled_from([3.0, 4.5, 15.0, 26.0, 26.1, 45.0]), st.floats(0, 60)),
        st.sampled_from([60.0, 64.0, 90.0, 300.0]),
        st.sampled_from([5.0, 60.0, 90.0, 220.0]),
    ),
    min_size=1,
    max_size=12,
)
"""Size, distance from the line above, left edge and width, all in points."""


def boxes(lines: Lines) -> list[LineBox]:
    found: list[LineBox] = []
    baseline = 40.0
    for number, (size, distance, left, width) in enumerate(lines):
        baseline += distance
        found.append(
            LineBox(f"行{number}", False, left, baseline - size, left + width, baseline + 0.2, left, baseline, size)
        )
    return found


@given(LINES)
def test_lines_one_below_the_other_run_on_as_the_general_rule_has_it(lines: Lines) -> None:
    rows = [PlainRow(box) for box in boxes(lines)]
    column = plain_page._single_column(rows)  # noqa: SLF001  what it leaves to the general rule is not told
    event("a column" if column is not None else "left to the general rule")
    if column is not None:
        assert column == list(joined_rows(rows))


def test_a_column_of_even_lines_is_one_passage_and_a_wide_gap_ends_it() -> None:
    passages = plain_passages(boxes([(10, 15, 60, 220)] * 3 + [(10, 45, 60, 220)]), FRAME)
    assert passages is not None
    assert [[row.box.text for row in passage] for passage in passages] == [["行0", "行1", "行2"], ["行3"]]
