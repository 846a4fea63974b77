"""Keywords are found on every kind of page, in the forms that documents write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.sandbox.pages import open_pdf
from esign_desktop.sandbox.stamping import KeywordMatch, find_keyword, fold
from tests.sandbox.pages import pymupdf, save, text_pdf

if TYPE_CHECKING:
    from pathlib import Path


def search(content: bytes, keyword: str, *, literal: bool = False) -> list[KeywordMatch]:
    with open_pdf(content) as pdf:
        return find_keyword(pdf, keyword, "literal" if literal else "normalised")


def test_sample_contract_has_the_keyword_once_in_any_form_of_parentheses(shared_dir: Path) -> None:
    content = (shared_dir / "data" / "labour-contract.pdf").read_bytes()
    found = search(content, "乙方(签字或盖章)")
    assert [match.page_number for match in found] == [2]
    assert search(content, "乙方（签字或盖章）") == found
    assert search(content, "乙方(签字或盖章)", literal=True) == found
    assert search(content, "乙方（签字或盖章）", literal=True) == []


def test_every_match_is_found_in_page_order() -> None:
    matches = search(text_pdf("签字 签字", "签字"), "签字")
    assert len(matches) == 3
    assert matches[0].left < matches[1].left
    assert matches[2].bottom < matches[0].bottom


def test_match_may_cross_fonts_on_one_line() -> None:
    pdf = pymupdf.open()
    page = pdf.new_page(width=400, height=600)
    page.insert_text((72, 100), "AB", fontname="helv", fontsize=14)
    page.insert_text((72 + pymupdf.get_text_length("AB", "helv", 14), 100), "CD", fontname="tiro", fontsize=14)
    matches = search(save(pdf), "BC", literal=True)
    assert len(matches) == 1
    assert matches[0].left == pytest.approx(72 + pymupdf.get_text_length("A", "helv", 14), abs=0.1)


def test_white_space_counts_only_when_matching_is_literal() -> None:
    content = text_pdf("甲 方 签 字")
    assert len(search(content, "甲方签字")) == 1
    assert search(content, "甲方签字", literal=True) == []


def test_match_may_go_over_the_end_of_a_paragraphs_line() -> None:
    pdf = pymupdf.open()
    page = pdf.new_page(width=400, height=600)
    page.insert_text((72, 100), "本合同由甲方", fontname="china-s", fontsize=14)
    page.insert_text((72, 117), "签字后生效", fontname="china-s", fontsize=14)
    matches = search(save(pdf), "甲方签字")
    assert len(matches) == 1
    assert matches[0].left == pytest.approx(72 + 4 * 14, abs=0.1)
    assert matches[0].bottom > 490


def test_radicals_that_stand_for_characters_are_found() -> None:
    # What Qt's PDF writer makes of 方: U+2F45.
    assert len(search(text_pdf("甲方"), "甲\u2f45")) == 1
    assert search(text_pdf("甲方"), "甲\u2f45", literal=True) == []


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("ＡＢ（1）", "ab(1)"),
        ("甲方：“签”", '甲方:"签"'),
        ("A—B", "A-B"),
        ("⻔⻢见⻓", "门马⻅长"),
        ("甲\u200b方", "甲方"),
        ("甲\u3000方。", "甲方."),
        ("【签】", "[签]"),
    ],
)
def test_forms_that_read_the_same_are_the_same(written: str, wanted: str) -> None:
    assert fold(written) == fold(wanted)


def test_text_that_is_nowhere_matches_nothing() -> None:
    assert search(text_pdf("甲方"), "乙方") == []
    assert search(text_pdf("甲方"), "   ") == []


@pytest.mark.parametrize("user_unit", [1.0, 2.0])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("is_cropped", [False, True])
def test_corner_is_the_same_on_rotated_cropped_and_scaled_pages(
    rotation: int, is_cropped: bool, user_unit: float
) -> None:
    plain = text_pdf("甲方签字")
    (expected,) = search(plain, "甲方签字")
    with open_pdf(plain) as pdf:
        xref = pdf.page_xref(0)
        pdf.xref_set_key(xref, "Rotate", str(rotation))
        if is_cropped:
            pdf.xref_set_key(xref, "CropBox", "[20 30 380 590]")
        if user_unit != 1.0:
            pdf.xref_set_key(xref, "UserUnit", str(user_unit))
        changed = pdf.tobytes()
    (found,) = search(changed, "甲方签字")
    shift = (20, 30) if is_cropped else (0, 0)
    assert found.left == pytest.approx(expected.left - shift[0], abs=0.05)
    assert found.bottom == pytest.approx(expected.bottom - shift[1], abs=0.05)
