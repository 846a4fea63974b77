"""Tables in pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.added_pages import FRAME, AddedPdf, AddedTable, CellLook, block_at, frames_of, laid_out
from esign_desktop.domain.geometry import PageFrame

CELLS = st.text(st.sampled_from("货物名称 abc123"), max_size=80)
HEADER = ("序号", "名称", "金额")


def rows(count: int) -> tuple[tuple[str, ...], ...]:
    return (HEADER, *((str(number), f"货物 {number}", "1,000.00") for number in range(1, count)))


def test_an_empty_table_adds_no_page() -> None:
    assert laid_out(AddedTable()) == ()
    assert laid_out(AddedTable((("", " "),))) == ()


def test_the_header_stands_on_every_page() -> None:
    pages = laid_out(AddedTable(rows(100), "明细"))
    assert len(pages) > 1
    for page in pages:
        assert tuple(cell.lines[0] for cell in page if cell.look is CellLook.HEADER) == HEADER
    assert [cell.lines for cell in pages[0] if cell.look is CellLook.TITLE] == [("明细",)]
    assert all(cell.look is not CellLook.TITLE for cell in pages[1])


def test_without_a_header_the_first_row_is_one_like_the_others() -> None:
    (page,) = laid_out(AddedTable(rows(3), has_header=False))
    assert {cell.look for cell in page} == {CellLook.BODY}


def test_each_table_begins_a_page() -> None:
    assert len(frames_of((AddedTable(rows(2)), AddedTable(rows(2))))) == 2


def test_pages_of_tables_and_files_follow_each_other_in_the_order_of_their_blocks() -> None:
    table, wide = AddedTable(rows(2)), PageFrame(842.0, 595.0)
    pdf = AddedPdf("terms.pdf", "a" * 64, 9, (FRAME, wide))
    blocks = (pdf, AddedTable(), table)
    assert frames_of(blocks) == (FRAME, wide, FRAME)
    assert [block_at(blocks, index) for index in range(4)] == [(pdf, 0), (pdf, 1), (table, 0), None]


def test_a_row_that_no_page_holds_is_divided() -> None:
    text = "很长的说明" * 600
    pages = laid_out(AddedTable((("a", text),), has_header=False))
    assert len(pages) > 1
    assert "".join(line for page in pages for cell in page for line in cell.lines if line != "a") == text


def test_below_a_header_a_long_row_is_divided_so_that_it_ends_above_the_margin() -> None:
    body, margin_pt = laid_out(AddedTable((("序号", "一\n二\n三\n四"), ("a", "很长的说明" * 600)))), 56.0
    assert len(body) > 1
    assert all(cell.rect.bottom_pt >= margin_pt for page in body for cell in page)


def test_a_page_is_filled_to_its_last_line() -> None:
    row = ("一\n二\n三\n四\n五",)
    assert [len(laid_out(AddedTable((row,) * count, has_header=False))) for count in (10, 11)] == [1, 2]


@given(st.lists(st.lists(CELLS, min_size=1, max_size=6).map(tuple), max_size=40).map(tuple), st.booleans())
def test_every_cell_lies_on_its_page_and_none_is_lost(cells: tuple[tuple[str, ...], ...], has_header: bool) -> None:
    pages = laid_out(AddedTable(cells, has_header=has_header))
    for page in pages:
        assert all(FRAME.bounds.contains(cell.rect) for cell in page)
        for cell in page:
            assert all(cell.rect.bottom_pt <= y <= cell.rect.top_pt for _x, y, _line in cell.placed_lines())
    wanted = sorted(character for row in cells for cell in row for character in cell if not character.isspace())
    found = sorted(
        character
        for number, page in enumerate(pages)
        for cell in page
        if number == 0 or cell.look is not CellLook.HEADER
        for line in cell.lines
        for character in line
        if not character.isspace()
    )
    assert found == wanted
