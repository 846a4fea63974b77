"""How texts are fitted into fields."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.text_fit import LINE_HEIGHT, field_size_pt, fitted, width_em, wrapped

TEXTS = st.text(st.sampled_from("张三李四，。 abcABC123-"), max_size=60)


def test_chinese_is_as_wide_as_its_size_and_latin_is_helvetica() -> None:
    assert width_em("张三") == 2.0
    assert width_em("iW1") == 0.222 + 0.944 + 0.556


def test_a_text_that_fits_keeps_its_size() -> None:
    drawn = fitted("张三", 100, 24)
    assert (drawn.lines, drawn.size_pt, drawn.is_cut) == (("张三",), 12.0, False)


def test_the_height_of_a_low_field_decides_the_size() -> None:
    assert field_size_pt(10.0) == 7.0
    assert field_size_pt(10.0, 9.0) == 9.0


def test_a_long_text_becomes_smaller_until_it_fits() -> None:
    drawn = fitted("很长" * 20, 100, 16)
    assert 0 < drawn.size_pt < field_size_pt(16)
    assert not drawn.is_cut
    assert "".join(drawn.lines) == "很长" * 20


def test_what_not_even_the_smallest_size_lets_in_is_cut() -> None:
    assert fitted("很长" * 2000, 60, 16).is_cut


def test_a_field_without_height_shows_nothing() -> None:
    assert fitted("张三", 100, 0).size_pt == 0.0


def test_latin_is_broken_at_spaces_and_long_words_within() -> None:
    assert wrapped("one two", width_em("one t")) == ("one", "two")
    assert wrapped("aaaa", width_em("aa")) == ("aa", "aa")


def test_no_line_begins_with_a_comma_and_only_one_letter_is_carried_over_with_it() -> None:
    assert wrapped("一二，三", 2.0) == ("一", "二，", "三")
    assert wrapped("一二三，四", 3.0) == ("一二", "三，四")


@given(TEXTS, st.floats(2.0, 40.0))
def test_no_line_is_wider_than_it_may_be_and_no_letter_is_lost(text: str, most_em: float) -> None:
    lines = wrapped(text, most_em)
    assert all(width_em(line) <= most_em + 1e-9 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXTS, st.floats(20, 400), st.floats(8, 60))
def test_what_is_not_cut_lies_in_the_field(text: str, width_pt: float, height_pt: float) -> None:
    drawn = fitted(text, width_pt, height_pt)
    high = 2 * drawn.margin_pt + LINE_HEIGHT * drawn.size_pt * len(drawn.lines)
    assert drawn.is_cut or high <= height_pt + 0.02
