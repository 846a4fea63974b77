"""The words that identify a seal's position, and which match of them it follows."""

from __future__ import annotations

import pytest

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.domain.placing.anchors import FoundWords, PageLabel, WordAnchor, same_words, words_beside

CENTER = PagePoint(200.0, 300.0)


def label(text: str, left_pt: float, bottom_pt: float = 295.0) -> PageLabel:
    return PageLabel(text, PageRect(left_pt, bottom_pt, left_pt + 60.0, bottom_pt + 12.0))


def test_the_nearest_label_counts_up_to_its_colon() -> None:
    labels = (label("乙方（签字）：李四", 400.0), label("甲方（公章）：云禾示例科技", 130.0))
    assert words_beside(labels, CENTER) == "甲方（公章）"


@pytest.mark.parametrize("text", ["110101199003078515", "：", "  ", "章", "____"])
def test_numbers_and_blanks_identify_nothing(text: str) -> None:
    assert words_beside((label(text, 190.0), label("签字", 150.0, 250.0)), CENTER) == "签字"


def test_words_out_of_reach_identify_nothing() -> None:
    assert words_beside((label("甲方（公章）", 200.0, 600.0),), CENTER) == ""


def anchor(index: int, count: int, text: str = "签字") -> WordAnchor:
    return WordAnchor(DocumentId("合同"), 1, CENTER, PageRect(0.0, 0.0, 1.0, 1.0), text, index, count)


MATCHES = tuple(FoundWords(1, PageRect(0.0, y, 10.0, y + 10.0)) for y in (90.0, 50.0, 10.0))


def test_a_seal_follows_the_match_of_its_own_index() -> None:
    assert same_words(anchor(1, 3), MATCHES) == MATCHES[1]


def test_the_only_match_left_is_followed() -> None:
    assert same_words(anchor(1, 3), MATCHES[:1]) == MATCHES[0]


def test_an_ambiguous_match_and_no_words_are_not_followed() -> None:
    assert same_words(anchor(0, 2), MATCHES) is None
    assert same_words(anchor(0, 3, ""), MATCHES) is None
