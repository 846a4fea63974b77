"""What was recognised on pages without text is proposed from as text is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf.proposing.parties import propose
from esign_desktop.pdf.proposing.segments import read_rows
from esign_desktop.pdf.text.recognised import Word, lines_of
from tests.pdf.proposing.written import told

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pdf.local_engine import LocalEngine

CLAUSE = "第十条本合同一式两份，甲乙双方各执一份，自双方签字盖章之日起生效。"


def _line(text: str, left_pt: float, top_pt: float) -> Word:
    return Word(text, DisplayRect(left_pt, top_pt, 10.5 * len(text), 13))


def test_a_scan_is_proposed_from_by_its_words(local: LocalEngine, tmp_path: Path) -> None:
    scan: Any = pymupdf.open()
    for _ in range(2):
        scan.new_page()
    scan.save(tmp_path / "scan.pdf")
    words = [
        _line(CLAUSE, 90, 400),
        _line("甲方（盖章）：", 92, 461),
        _line("乙方（盖章）：", 320, 459),
        _line("法定代表人（签字）：", 91, 502),
        _line("法定代表人（签字）：", 320.5, 503),
    ]
    handle = local.open(tmp_path / "scan.pdf").handle
    assert local.propose(handle).parties == ()
    found = local.jobs.propose(handle, {2: words})
    marks = [(2, "seal"), (2, "signature")]
    assert {role: [mark[:2] for mark in one] for role, one in told(found).items()} == {"甲方": marks, "乙方": marks}
    rect = found.parties[1].marks[0].rect
    assert (rect.left_pt, rect.top_pt, rect.height_pt) == (320, 459, 13)


def test_words_without_a_place_are_left_out() -> None:
    bad = [DisplayRect(0, 0, math.nan, 9), DisplayRect(0, 0, 0, 9), DisplayRect(0, 0, 9, -1)]
    assert list(lines_of([*(Word("甲方", rect) for rect in bad), Word(" ", DisplayRect(0, 0, 9, 9))])) == []
    (line,) = lines_of([Word("甲方ab", DisplayRect(10, 20, 30, 12))])
    assert [(one.text, one.left_pt, one.right_pt) for one in line.glyphs] == [
        ("甲", 10, 20), ("方", 20, 30), ("a", 30, 35), ("b", 35, 40)
    ]  # fmt: skip


def test_a_tables_lines_may_be_read_as_strokes_and_dirt() -> None:
    words = [
        _line(CLAUSE, 90, 400),
        _line("|供方：（盖章）", 92, 461),
        _line("|需方：（盖章）", 320, 459),
        _line("一", 91, 480),
        _line("1", 477, 482),
        _line("丨代表：（签字）丨", 91, 502),
        _line("|代表：（签字）", 320.5, 503),
    ]
    found = propose([read_rows(lines_of(words), 1)])
    marks = [(1, "seal", "供方:(盖章)"), (1, "signature", "代表:(签字)")]
    assert told(found) == {"供方": marks, "需方": [(1, "seal", "需方:(盖章)"), marks[1]]}
