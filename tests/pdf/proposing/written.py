"""Contracts written as rows of text, each character an em wide, half an em what is ASCII."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.pdf.proposing.parties import propose
from esign_desktop.pdf.proposing.segments import read_rows
from esign_desktop.pdf.text.layout import Glyph, TextLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.proposal import Proposal

SIZE_PT = 10.0
PITCH_PT = 20.0
LEFT_PT = 60.0
CLAUSE = "    第十条 本合同一式两份，甲乙双方各执一份，自双方签字盖章之日起生效，具有同等的法律效力。"


def line(text: str, row: int, left_pt: float = LEFT_PT) -> TextLine:
    glyphs = []
    x = left_pt
    for character in text:
        width = SIZE_PT / 2 if character.isascii() else SIZE_PT
        top = 40 + PITCH_PT * row
        glyphs.append(Glyph(character, x, top, x + width, top + SIZE_PT, x, top + SIZE_PT, SIZE_PT))
        x += width
    return TextLine(1, 0, False, tuple(glyphs))


def proposal_of(*pages: Sequence[str]) -> Proposal:
    rows = [
        read_rows([line(text, row) for row, text in enumerate(texts)], number) for number, texts in enumerate(pages, 1)
    ]
    return propose(rows)


def told(found: Proposal) -> dict[str, list[tuple[int, str, str]]]:
    """Each party's marks: page, kind and the label's words."""
    return {one.role: [(mark.page_number, mark.kind.value, mark.text) for mark in one.marks] for one in found.parties}
