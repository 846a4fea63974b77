from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.page_ranges import PageChoice, PageRanges, PageSelection, chosen_pages

choices = st.one_of(st.sampled_from(PageSelection), st.builds(PageRanges.of, st.sets(st.integers(1, 40), min_size=1)))


@pytest.mark.parametrize(
    ("choice", "page_count", "pages"),
    [
        (PageSelection.ALL, 5, "1-5"),
        (PageSelection.FIRST, 5, "1"),
        (PageSelection.LAST, 5, "5"),
        (PageSelection.LAST, 1, "1"),
        (PageRanges.parse("2-4,9"), 5, "2-4"),
    ],
)
def test_pages_are_chosen_by_a_rule_or_by_number(choice: PageChoice, page_count: int, pages: str) -> None:
    assert str(chosen_pages(choice, page_count)) == pages


@pytest.mark.parametrize(
    ("choice", "page_count", "pages"),
    [
        (PageSelection.ALL, 5, "2-5"),
        (PageSelection.FIRST, 5, "2"),
        (PageSelection.LAST, 2, "2"),
        (PageRanges.parse("1-3"), 5, "2-3"),
    ],
)
def test_a_cover_is_left_out_and_the_sheets_stay_the_same(choice: PageChoice, page_count: int, pages: str) -> None:
    assert str(chosen_pages(choice, page_count, skips_cover=True)) == pages


@pytest.mark.parametrize("choice", [*PageSelection, PageRanges.single(1)])
def test_nothing_is_left_of_a_document_that_is_all_cover_or_has_no_page(choice: PageChoice) -> None:
    assert chosen_pages(choice, 1, skips_cover=True) is None
    assert chosen_pages(choice, 0) is None


def test_pages_behind_the_end_are_no_choice() -> None:
    assert chosen_pages(PageRanges.parse("7-9"), 6) is None


@given(choices, st.integers(1, 40), st.booleans())
def test_every_chosen_page_is_one_of_the_document(choice: PageChoice, page_count: int, skips_cover: bool) -> None:
    pages = chosen_pages(choice, page_count, skips_cover=skips_cover)
    assert pages is None or set(pages) <= set(range(2 if skips_cover else 1, page_count + 1))
