from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.page_ranges import MAX_PAGE_NUMBER, PageRanges

page_sets = st.sets(st.integers(1, 60), min_size=1)


@given(page_sets)
def test_what_is_written_is_read_back(numbers: set[int]) -> None:
    pages = PageRanges.of(numbers)
    assert PageRanges.parse(str(pages)) == pages
    assert PageRanges.parse(str(pages), page_count=60) == pages


@given(page_sets)
def test_a_set_of_pages_holds_just_these_in_order(numbers: set[int]) -> None:
    pages = PageRanges.of(numbers)
    assert list(pages) == sorted(numbers)
    assert len(pages) == len(numbers)
    assert (pages.first, pages.last) == (min(numbers), max(numbers))
    assert all((number in pages) is (number in numbers) for number in range(62))


@given(page_sets, st.integers(1, 60))
def test_pages_are_cut_off_where_the_document_ends(numbers: set[int], page_count: int) -> None:
    kept = PageRanges.of(numbers).within(page_count)
    assert (set(kept) if kept is not None else set()) == {number for number in numbers if number <= page_count}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("1-3,5", "1-3,5"),
        (" 5 , 1 - 3 ", "1-3,5"),
        ("１－３，５", "1-3,5"),
        ("1–3、5", "1-3,5"),
        ("1至3；5", "1-3,5"),
        ("1~2,3;4", "1-4"),
        ("3,2,1,2-3", "1-3"),
        ("1-5,2-3", "1-5"),
        ("7-7", "7"),
        ("007", "7"),
        ("1\u30003", None),
    ],
)
def test_what_people_type_is_written_in_one_form(typed: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(InputError):
            PageRanges.parse(typed)
    else:
        assert str(PageRanges.parse(typed)) == written


@pytest.mark.parametrize(
    ("typed", "code", "position"),
    [
        ("", "pages.empty", 0),
        ("  ", "pages.empty", 0),
        ("1,,2", "pages.empty", 2),
        ("1,", "pages.empty", 2),
        ("a", "pages.not_a_number", 0),
        ("1,  b", "pages.not_a_number", 4),
        ("1-", "pages.not_a_number", 2),
        ("-3", "pages.not_a_number", 0),
        ("1-2-3", "pages.not_a_number", 2),
        ("1.5", "pages.not_a_number", 0),
        ("½", "pages.not_a_number", 0),
        ("0", "pages.zero", 0),
        ("0-3", "pages.zero", 0),
        ("3-1", "pages.backwards", 2),
        ("１，５－ ２", "pages.backwards", 4),
        ("99999999999999999999", "pages.beyond_the_end", 0),
    ],
)
def test_a_mistake_is_named_with_its_place(typed: str, code: str, position: int) -> None:
    with pytest.raises(InputError) as caught:
        PageRanges.parse(typed)
    assert (caught.value.code, caught.value.params["position"]) == (code, position)


def test_a_page_behind_the_last_is_told_with_the_length() -> None:
    with pytest.raises(InputError) as caught:
        PageRanges.parse("1, 9", page_count=8)
    assert caught.value.code == "pages.beyond_the_end"
    assert caught.value.params == {"position": 3, "page_count": 8}


@given(st.text(alphabet="0123456789,-， －至a", max_size=20))
def test_whatever_is_typed_is_read_or_refused_with_a_place_inside_the_text(typed: str) -> None:
    try:
        pages = PageRanges.parse(typed)
    except InputError as error:
        position = error.params["position"]
        assert isinstance(position, int)
        assert 0 <= position <= len(typed)
    else:
        assert PageRanges.parse(str(pages)) == pages


def test_the_longest_ranges_over_and_over_are_read_at_once() -> None:
    typed = ",".join([f"1-{MAX_PAGE_NUMBER}"] * 2000)
    assert PageRanges.parse(typed).runs == ((1, MAX_PAGE_NUMBER),)


def test_every_page_and_a_single_one_are_written_out() -> None:
    assert str(PageRanges.all_of(12)) == "1-12"
    assert str(PageRanges.all_of(1)) == str(PageRanges.single(1)) == "1"


def test_no_page_at_all_is_refused() -> None:
    with pytest.raises(InputError):
        PageRanges.of([])
