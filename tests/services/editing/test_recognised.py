"""What was read by machine is found as text is, and told apart from it."""

from __future__ import annotations

import pytest

from esign_desktop.domain.geometry import DisplayRect, PageFrame
from esign_desktop.pdf.text.recognised import RecognisedPage, Word
from esign_desktop.services.editing.recognised import RecognisedPages

FRAMES = [PageFrame(595, 842), PageFrame(595, 842)]
WORDS = (
    Word("甲方", DisplayRect(60, 100, 20, 12)),
    Word("（盖章）：", DisplayRect(81, 100.5, 50, 12)),
    Word("乙方（蓋章）", DisplayRect(300, 99, 60, 12)),
    Word("甲方盖章", DisplayRect(700, 99, 40, 12)),
)


def test_words_beside_each_other_are_one_text_and_those_off_the_page_none() -> None:
    read = RecognisedPages()
    read.add("sum", RecognisedPage(2, WORDS))
    (hit,) = read.find("sum", FRAMES, "甲方 (盖章)")
    assert (hit.page_number, hit.text, hit.is_recognised) == (2, "甲方（盖章）", True)
    assert hit.rects[0].left_pt == pytest.approx(60)
    assert hit.rects[0].bottom_pt == pytest.approx(842 - 112.5)
    read.add("spaced", RecognisedPage(1, (Word("甲  方：", DisplayRect(60, 100, 44, 14)),)))
    (hit,) = read.find("spaced", FRAMES, "甲方")
    assert hit.rects[0].right_pt == pytest.approx(60 + 33)
    assert read.find("sum", FRAMES, "甲方盖章") == read.find("other", FRAMES, "甲方") == ()
    # A page that is read once more, better, takes the place of the first.
    read.add("sum", RecognisedPage(2, WORDS[2:]))
    assert read.find("sum", FRAMES, "甲方") == ()
    assert len(read.find("sum", FRAMES, "乙方")) == 1
