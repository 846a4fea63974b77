"""Finds a keyword in a document's text layer, and where it lies in page space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esign_desktop.sandbox.page_space import PageSpace, page_space
from esign_desktop.sandbox.text_folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.sandbox.options import KeywordMatching, KeywordOrigin


@dataclass(frozen=True, slots=True)
class KeywordMatch:
    """The first line of one match, in page space."""

    page_number: int
    left: float
    bottom: float
    right: float
    top: float

    def origin(self, kind: KeywordOrigin) -> tuple[float, float]:
        """The point from which offsets count."""
        if kind == "centre":
            return (self.left + self.right) / 2, (self.bottom + self.top) / 2
        return (self.right if kind == "right_bottom" else self.left), self.bottom


def find_keyword(pdf: Any, keyword: str, matching: KeywordMatching) -> list[KeywordMatch]:
    """Every match, in page order. A match may cross spans, and with normalised matching lines of one paragraph.

    Normalised is what ``text_folding`` does. ``pdf`` is an open PyMuPDF document; its lock is held by the caller.
    """
    wanted = _folded(keyword, matching)
    if not wanted:
        return []
    matches: list[KeywordMatch] = []
    for page in pdf:
        # Character boxes are dear: only where the page holds the text at all.
        if wanted in _folded(page.get_text("text"), matching, across_lines=True):
            space = page_space(pdf, page.xref)
            matches += _matches_on_page(page, space, wanted, matching)
    return matches


def _matches_on_page(
    page: Any,
    space: PageSpace,
    wanted: str,
    matching: KeywordMatching,
) -> Iterator[KeywordMatch]:
    for lines in _runs(page, matching):
        text = ""
        owners: list[int] = []
        characters: list[tuple[int, tuple[float, float, float, float]]] = []
        for line_index, line in enumerate(lines):
            for character, box in line:
                folded = _folded(character, matching)
                text += folded
                owners += [len(characters)] * len(folded)
                characters.append((line_index, box))
        start = text.find(wanted)
        while start >= 0:
            hit = {owners[i] for i in range(start, start + len(wanted))}
            first_line = characters[min(hit)][0]
            boxes = [characters[i][1] for i in hit if characters[i][0] == first_line]
            corners = [space.from_text(x, y) for x0, y0, x1, y1 in boxes for x, y in ((x0, y0), (x1, y1))]
            across, upwards = [x for x, _ in corners], [y for _, y in corners]
            yield KeywordMatch(page.number + 1, min(across), min(upwards), max(across), max(upwards))
            start = text.find(wanted, start + len(wanted))


_Line = list[tuple[str, tuple[float, float, float, float]]]


def _runs(page: Any, matching: KeywordMatching) -> Iterator[list[_Line]]:
    """Lines that are searched together: a paragraph's, or each alone when matching is literal."""
    for block in page.get_text("rawdict")["blocks"]:
        lines: list[_Line] = [
            [(char["c"], char["bbox"]) for span in line["spans"] for char in span["chars"]]
            for line in block.get("lines", ())
        ]
        if matching == "literal":
            yield from ([line] for line in lines)
        else:
            yield lines


def _folded(text: str, matching: KeywordMatching, *, across_lines: bool = False) -> str:
    if matching == "normalised":
        return fold(text)
    return text.replace("\n", "") if across_lines else text
