from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.geometry import PageRect
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.text.layout import passages
from esign_desktop.pdf.text.search import Keyword, find_on_page
from esign_desktop.pdf.worker.document import MupdfDocument
from tests.pdf.builder import Page, Text, build
from tests.pdf.ink import ink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.placing.placement import KeywordHit
    from tests.pdf.local_engine import LocalEngine

    Find = Callable[[Page, str], tuple[KeywordHit, ...]]


@pytest.fixture
def find(local: LocalEngine, write: Callable[[bytes], Path]) -> Find:
    """Finds a keyword on a page, and sees that counting and the closest look say the same."""

    def found(page: Page, keyword: str) -> tuple[KeywordHit, ...]:
        path = write(build(page))
        opened = local.open(path)
        hits = local.find(opened.handle, keyword)
        assert local.count(opened.handle, keyword) == (len(hits),)
        lines = MupdfDocument(path).text_lines(0)
        frame = opened.pages[0]
        assert find_on_page(passages(lines, frame), Keyword(keyword), frame, 1) == hits
        return hits

    return found


def test_plain_match_is_literal_and_lies_on_its_characters(find: Find) -> None:
    (hit,) = find(Page().write("本合同由乙方(签字或盖章)确认", 100, 700), "乙方(签字或盖章)")
    assert hit.is_literal
    assert hit.text == "乙方(签字或盖章)"
    # Four characters of 12 pt lead to it; seven of 12 and two of 6 are it.
    assert hit.rects == (PageRect(148, 700, 148 + 8 * 12 + 2 * 6 - 12, 712),)
    assert hit.context == "本合同由乙方(签字或盖章)确认"


def test_context_is_cut_to_a_dozen_characters_on_each_side(find: Find) -> None:
    (hit,) = find(Page().write("一二三四五六七八九十" * 2 + "甲方" + "壹贰叁肆伍陆柒捌玖拾" * 2, 10, 700), "甲方")
    assert hit.context == "九十一二三四五六七八九十甲方壹贰叁肆伍陆柒捌玖拾壹贰"


def test_compatibility_forms_are_found_and_told_apart(find: Find) -> None:
    page = Page().write("甲⽅", 100, 700).write("甲方", 100, 600).write("⻓期⻅证", 100, 500)
    radical, plain = find(page, "甲方")
    assert (radical.text, radical.is_literal) == ("甲⽅", False)
    assert (plain.text, plain.is_literal) == ("甲方", True)
    (supplement,) = find(page, "长期见证")
    assert supplement.text == "⻓期⻅证"


def test_width_case_and_punctuation_do_not_matter(find: Find) -> None:
    page = Page().write("乙方（签字）：ＡＢＣ", 100, 700)
    (hit,) = find(page, "乙方(签字):abc")
    assert hit.text == "乙方（签字）：ＡＢＣ"
    assert not hit.is_literal


@pytest.mark.parametrize("gap", [" ", "  ", "　", "　　", "\u200b", "\u00a0", "      "])
def test_spaces_within_the_text_do_not_matter(gap: str, find: Find) -> None:
    (hit,) = find(Page().write(f"甲{gap}方：", 100, 700), "甲方")
    assert hit.text == f"甲{gap}方"
    assert not hit.is_literal
    assert find(Page().write("甲方", 100, 700), f"甲{gap}方")[0].text == "甲方"


@pytest.mark.parametrize("spacing", [1, 3, 6, 12, 18, 24, 30])
def test_spaced_letters_belong_together(spacing: float, find: Find) -> None:
    (hit,) = find(Page().write("劳动合同书", 50, 700, 12, spacing), "劳动合同书")
    (rect,) = hit.rects
    assert (rect.left_pt, rect.bottom_pt, rect.top_pt) == (50, 700, 712)
    assert rect.right_pt == pytest.approx(50 + 60 + 4 * spacing)
    assert len(find(Page().write("甲方：", 50, 700, 12, spacing), "甲方")) == 1


def test_letters_drawn_one_by_one_in_any_order_are_found(find: Find) -> None:
    page = Page()
    for index in (3, 0, 4, 2, 1):
        page.write("乙方签字处"[index], 100 + 12 * index, 700)
    (hit,) = find(page, "乙方签字处")
    assert hit.rects == (PageRect(100, 700, 160, 712),)
    assert hit.text == "乙方签字处"
    assert not hit.is_literal


def test_a_text_of_several_fonts_and_sizes_is_found(find: Find) -> None:
    page = Page().write("甲", 100, 700, 16).write("方", 116, 700, 12).write("（盖章）", 128, 700, 10)
    (hit,) = find(page, "甲方(盖章)")
    assert hit.rects == (PageRect(100, 700, 168, 716),)


def test_a_value_written_into_a_gap_later_is_read_in_its_place(find: Find) -> None:
    page = Page().write("甲方", 100, 700).write("签字", 148, 700).write("张三", 124, 700)
    assert len(find(page, "甲方张三签字")) == 1


def test_twice_on_a_line_counts_twice(find: Find) -> None:
    hits = find(Page().write("甲方与甲方", 100, 700), "甲方")
    assert [hit.rects[0].left_pt for hit in hits] == [100, 136]


def test_matches_do_not_overlap(find: Find) -> None:
    assert len(find(Page().write("签签签签签", 100, 700), "签签")) == 2


@pytest.mark.parametrize("shift", [0.0, 0.2, 0.5, 1.0])
def test_bold_by_drawing_twice_counts_once(shift: float, find: Find) -> None:
    whole = Page().write("甲方签字", 100, 700).write("甲方签字", 100 + shift, 700)
    assert len(find(whole, "甲方签字")) == 1
    each = Page()
    for index, character in enumerate("甲方签字"):
        for step in (0.0, shift):
            each.write(character, 100 + 12 * index + step, 700)
    assert len(find(each, "甲方签字")) == 1


def test_doubled_characters_are_not_taken_for_bold(find: Find) -> None:
    assert len(find(Page().write("谢谢 illness 11", 100, 700), "谢谢illness11")) == 1


def test_text_runs_over_lines_with_a_rectangle_for_each(find: Find) -> None:
    page = Page().write("本合同一式两份，甲乙双方各执", 100, 700).write("一份，具有同等效力。乙方签", 100, 680)
    page.write("字或盖章后生效。", 100, 660)
    (hit,) = find(page, "乙方签字或盖章")
    assert hit.rects == (PageRect(220, 680, 256, 692), PageRect(100, 660, 148, 672))
    assert hit.text == "乙方签字或盖章"
    assert not hit.is_literal
    assert hit.rects[0].bottom_pt == 680


def test_text_runs_from_an_indented_line_to_a_short_last_one(find: Find) -> None:
    page = Page().write("本合同一式两份由甲乙双方各执一份乙", 124, 700).write("方。", 100, 680)
    (hit,) = find(page, "乙方")
    assert len(hit.rects) == 2


def test_latin_words_on_two_lines_are_found(find: Find) -> None:
    page = Page().write("This agreement is made between Party", 100, 700).write("A and Party B", 100, 684)
    (hit,) = find(page, "party a")
    assert hit.text == "Party A"


def test_one_character_a_line_is_found(find: Find) -> None:
    page = Page()
    for index, character in enumerate("甲方签章"):
        page.write(character, 100, 700 - 20 * index)
    (hit,) = find(page, "甲方签章")
    assert len(hit.rects) == 4
    assert hit.rects[3] == PageRect(100, 640, 112, 652)


def test_columns_of_single_characters_are_read_downwards(find: Find) -> None:
    page = Page()
    for column, text in enumerate(("甲方签章", "乙方盖章")):
        for index, character in enumerate(text):
            page.write(character, 100 + 20 * column, 700 - 13 * index)
    assert len(find(page, "甲方签章")) == 1
    assert len(find(page, "乙方盖章")) == 1


def test_vertical_writing_is_found(find: Find) -> None:
    page = Page(texts=[Text("甲方签字", 300, 500, is_vertical=True), Text("乙方盖章", 282, 500, is_vertical=True)])
    (hit,) = find(page, "甲方签字")
    (rect,) = hit.rects
    assert rect.width_pt == pytest.approx(12, abs=0.5)
    assert rect.height_pt == pytest.approx(48, abs=0.5)
    assert rect.center.x_pt == pytest.approx(300, abs=0.5)
    assert hit.is_literal


def test_vertical_writing_runs_on_in_the_column_to_the_left(find: Find) -> None:
    page = Page(texts=[Text("本合同由乙", 300, 500, is_vertical=True), Text("方签字生效", 282, 500, is_vertical=True)])
    (hit,) = find(page, "乙方签字")
    assert len(hit.rects) == 2
    assert not hit.is_literal


@pytest.mark.parametrize("matrix", [(0, 1, -1, 0), (0, -1, 1, 0), (-1, 0, 0, -1), (0.8, 0.6, -0.6, 0.8)])
def test_turned_text_is_found(matrix: tuple[float, float, float, float], find: Find) -> None:
    page = Page(texts=[Text("乙方签字", 300, 400, 12, matrix=matrix)])
    (hit,) = find(page, "乙方签字")
    assert hit.is_literal
    a, b, _, _ = matrix
    assert hit.rects[0].contains(PageRect(300, 400, 300, 400), slack_pt=0.5)
    assert max(hit.rects[0].width_pt, hit.rects[0].height_pt) >= 48 * max(abs(a), abs(b)) - 0.5


def test_columns_stay_apart(find: Find) -> None:
    page = Page()
    for row in range(4):
        page.write("左栏文字左栏文字左栏文字甲", 50, 700 - 16 * row)
        page.write("方右栏文字右栏文字右栏文字", 50 + 13 * 12 + 18, 700 - 16 * row)
    assert find(page, "甲方") == ()
    assert len(find(page, "字甲左栏")) == 3


def test_far_cells_of_a_table_stay_apart(find: Find) -> None:
    page = Page().write("甲", 100, 700).write("方", 200, 700).write("签", 300, 700)
    assert find(page, "甲方") == ()
    spaced = Page().write("甲" + " " * 12 + "方", 100, 700)
    assert find(spaced, "甲方") == ()


def test_a_row_does_not_run_on_to_the_first_cell_of_the_next(find: Find) -> None:
    page = Page()
    for row, texts in enumerate((("姓名", "职务", "签字甲"), ("方案", "经理", "盖章"))):
        for column, text in enumerate(texts):
            page.write(text, 60 + 160 * column, 700 - 22 * row)
    assert find(page, "甲方") == ()


def test_far_lines_stay_apart(find: Find) -> None:
    assert find(Page().write("甲", 100, 700).write("方", 100, 660), "甲方") == ()


def test_a_heading_does_not_run_on_into_small_print(find: Find) -> None:
    assert find(Page().write("合同甲", 100, 700, 24).write("方为出租人", 100, 680, 10), "甲方") == ()


def test_nothing_off_the_page_is_found(find: Find) -> None:
    page = Page(crop_box="[50 50 300 400]")
    page.write("甲方", 100, 100).write("甲方", 10, 100).write("甲方", 100, 500).write("甲方", 100, -30)
    (hit,) = find(page, "甲方")
    assert hit.rects == (PageRect(50, 50, 74, 62),)


@pytest.mark.parametrize("rotate", ["0", "90", "180", "270"])
def test_text_written_upright_for_a_turned_page_runs_over_its_lines(rotate: str, find: Find) -> None:
    across = {"0": (1, 0, 0, 1), "90": (0, 1, -1, 0), "180": (-1, 0, 0, -1), "270": (0, -1, 1, 0)}
    a, b, c, d = matrix = across[rotate]
    page = Page(rotate=rotate, user_unit="2")
    for row, text in enumerate(("本合同由甲方乙", "方签字生效")):
        page.texts.append(Text(text, 300 - 20 * row * c, 400 - 20 * row * d, 12, matrix=matrix))
    (hit,) = find(page, "乙方签字")
    assert len(hit.rects) == 2
    assert hit.rects[0].center.x_pt == pytest.approx(300 + 78 * a + 6 * c)
    assert hit.rects[0].center.y_pt == pytest.approx(400 + 78 * b + 6 * d)


def test_combining_accents_belong_to_their_letter(find: Find) -> None:
    assert len(find(Page().write("Jose\u0301 signs", 100, 700), "José")) == 1
    assert len(find(Page().write("José signs", 100, 700), "Jose\u0301")) == 1
    assert find(Page().write("Jose\u0301 signs", 100, 700), "Jose ") == ()


def test_a_ligature_is_found_by_its_letters(find: Find) -> None:
    (hit,) = find(Page().write("ofﬁce", 100, 700), "office")
    assert hit.text == "ofﬁce"
    assert not hit.is_literal


def test_text_typed_into_a_form_field_is_drawn_but_not_searched(
    local: LocalEngine, write: Callable[[bytes], Path]
) -> None:
    widget = "<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/Rect[100 100 200 120]/F 4/AP<</N 1000 0 R>>>>"
    appearance = (
        "1000 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F 3 0 R>>>>/Length 34>>stream\n"
        "BT /F 12 Tf 5 5 Td <01> Tj ET     \nendstream\nendobj\n"
    )
    page = Page(media_box="[0 0 300 300]", extra=f"/Annots[{widget}]").write("甲", 10, 250)
    opened = local.open(write(build(page, objects=appearance)))
    (hit,) = local.find(opened.handle, "甲")
    assert hit.rects[0].bottom_pt == 250
    drawn = ink(local.render(RenderRequest(opened.handle, 1, 1.0)), 1.0)
    assert drawn.top_pt + drawn.height_pt == 300 - 105


def test_order_of_hits_is_from_top_to_bottom_as_shown(find: Find) -> None:
    page = Page(rotate="180").write("甲", 100, 100).write("甲", 100, 700).write("甲", 300, 700)
    assert [(hit.rects[0].left_pt, hit.rects[0].bottom_pt) for hit in find(page, "甲")] == [
        (100, 100),
        (300, 700),
        (100, 700),
    ]


def test_any_number_of_invisible_characters_makes_no_endless_spelling(find: Find) -> None:
    (hit,) = find(Page().write("甲" + "\u200b" * 3000 + "方", 100, 700), "甲方")
    assert len(hit.text) <= 1000


def test_text_of_any_size_is_searched_in_bounded_time(find: Find) -> None:
    page = Page(media_box="[0 0 100000 100000]")
    for index in range(500):
        page.write("甲", 100 * index, 100 * index, 20_000 + index)
    page.texts.append(Text("甲", 5, 5, 12, matrix=(1e30, 0, 0, 1e30)))
    page.texts.append(Text("甲", 5, 5, 0))
    assert len(find(page, "甲")) >= 1


def test_a_page_full_of_single_letters_is_searched_in_bounded_time(find: Find) -> None:
    page = Page()
    for row in range(60):
        page.write("甲乙丙丁戊己庚辛壬癸" * 3, 20, 20 + 13 * row, 9, 9)
    assert len(find(page, "甲乙")) == 180


def test_a_gap_that_is_no_character_makes_a_match_not_literal(find: Find) -> None:
    (hit,) = find(Page().write("agreed", 100, 700, 24, 5), "agreed")
    assert not hit.is_literal
    assert hit.rects == (PageRect(100, 700, 100 + 6 * 12 + 5 * 5, 724),)


def test_two_letters_alone_with_a_gap_between_them_are_cells(find: Find) -> None:
    assert find(Page().write("甲", 100, 700).write("方", 130, 700), "甲方") == ()
    uneven = Page().write("甲", 100, 700).write("方", 130, 700).write("签", 170, 700)
    assert find(uneven, "甲方") == ()


def test_a_character_is_on_the_page_if_its_middle_is(find: Find) -> None:
    page = Page(media_box="[0 0 200 200]").write("甲", -5, 100).write("乙", -7, 50).write("丙", 193, 100)
    assert len(find(page, "甲")) == 1
    assert find(page, "乙") == ()
    assert len(find(page, "丙")) == 1
