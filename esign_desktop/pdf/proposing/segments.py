"""Group the letters of a page into rows, and each row into segments such as cells or columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf.proposing import words
from esign_desktop.pdf.proposing.letters import SAME_ROW_EM, Letters, grouped, printed, runs_of
from esign_desktop.pdf.proposing.page_columns import in_reading_order
from esign_desktop.pdf.proposing.side_heads import heads_above

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.pdf.proposing.letters import Run
    from esign_desktop.pdf.text.layout import TextLine

BLANK_EM: Final = 1.15
"""The widest gap within a segment of a row, apart from the exceptions below."""
SPACED_EM: Final = 4.0
"""The widest gap between the letters of one spaced-out label (法  定  代  表  人)."""
BEFORE_MARK_EM: Final = 16.0
"""The widest gap that a label leaves for its mark in front of the mark words (甲方：      （盖章）)."""
ALONE_EM: Final = 40.0
"""The widest gap that a label leaves for its mark if nothing else stands in the row."""
_COLUMN_PT: Final = 12.0
WIDEST_PT: Final = 290.0
_SHOWN_PT: Final = 200.0
_LONGEST_STRAY: Final = 2
_STRAY: Final = re.compile(f"[一1l!丶,.'`·、]{{1,{_LONGEST_STRAY}}}")
"""A character that OCR reads from table lines or dirt. It has no meaning if it stands alone."""
_FIRST_LABEL: Final = re.compile(r"[^:]{1,20}:")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(slots=True, eq=False)
class Segment(Letters):
    """A group of letters that belong together, such as the text of a cell or column.

    ``cell`` is the number of table lines to the left of the segment. ``row`` is the zero-based index of the segment's
    row.
    """

    page_number: int
    row: int
    cell: int
    is_spaced: bool = False

    def is_above(self, other: Segment) -> bool:
        """Return whether ``other``, which is further down, is on the same page and has the same left edge."""
        return abs(self.left - other.left) <= _COLUMN_PT and self.page_number == other.page_number

    def take(self, other: Letters) -> None:
        """Append letters that follow this segment, either to its right or below it."""
        self.letters = self.letters + other.letters
        self.text += other.text

    def printed(self, start: int, end: int | None = None) -> str:
        """Return a part of the text as it is printed."""
        return printed(self.letters[start:end])

    def rect(self, start: int = 0, end: int | None = None) -> DisplayRect:
        """Return the rectangle of a part of the text, limited to the width of a label.

        If the text continues in the next row, only the part in the first row is enclosed.
        """
        letters = self.letters[start:end] or self.letters
        first = letters[0]
        letters = [letter for letter in letters if letter.top_pt - first.top_pt <= SAME_ROW_EM * first.size_pt]
        left, top = min(letter.left_pt for letter in letters), min(letter.top_pt for letter in letters)
        right, bottom = max(letter.right_pt for letter in letters), max(letter.bottom_pt for letter in letters)
        width = right - left
        return DisplayRect(left, top, width if width <= WIDEST_PT else _SHOWN_PT, bottom - top)


Row = list[Segment]


class PageRow(NamedTuple):
    """A row of a page. ``is_ruled`` is True if table lines cross the row.

    A row without segments is itself a table line.
    """

    page_number: int
    segments: Row
    is_ruled: bool
    first_ruling: str


def read_rows(lines: Iterable[TextLine], page_number: int) -> list[PageRow]:
    """Return the rows of a page from top to bottom."""
    groups = heads_above(in_reading_order(list(grouped(runs_of(lines)))))
    return [_row(group, page_number, number) for number, group in enumerate(groups)]


def _row(runs: list[Run], page_number: int, number: int) -> PageRow:
    parts: list[tuple[int, list[Run]]] = []
    cell = 0
    is_behind_ruling = True
    for run in runs:
        if run.is_ruling:
            cell += 1
            is_behind_ruling = True
        elif is_behind_ruling or run.left - parts[-1][1][-1].right > BLANK_EM * run.size:
            parts.append((cell, [run]))
            is_behind_ruling = False
        else:
            parts[-1][1].append(run)
    pieces = [_segment(part, page_number, number, at) for at, part in parts]
    pieces = [piece for piece in pieces if len(piece.text) > _LONGEST_STRAY or not _STRAY.fullmatch(piece.text)]
    segments = [part for joined in _joined(pieces) for part in _cut_at_labels(joined)]
    return PageRow(page_number, segments, cell > 0, runs[0].text if runs[0].is_ruling else "")


def _segment(runs: list[Run], page_number: int, row: int, cell: int) -> Segment:
    letters = [letter for run in runs for letter in run.letters]
    return Segment(letters, "".join([run.text for run in runs]), page_number, row, cell)


def _joined(pieces: list[Segment]) -> list[Segment]:
    """Join segments that are one label with gaps in it."""
    found: list[Segment] = []
    for piece in pieces:
        if found and found[-1].cell == piece.cell:
            is_spaced = _is_spaced(found[-1], piece)
            if is_spaced or _waits_for(found[-1], piece, is_alone=len(pieces) == 2):
                found[-1].take(piece)
                found[-1].is_spaced = is_spaced
                continue
        found.append(piece)
    return found


def _is_spaced(before: Segment, after: Segment) -> bool:
    """Return whether both segments are letters of one spaced-out label."""
    first, second = before.text, _CHINESE.match(after.text)
    if second is None or words.MARK.search(first) or not _CHINESE.match(first):
        return False
    if after.left - before.right > SPACED_EM * before.size:
        return False
    if words.LABEL_WITH_COLON.match(after.text):
        return False
    count = len(second[0])
    return (len(first) == 1 and count <= 3) or (before.is_spaced and len(first) <= 4 and count <= 2)


def _waits_for(before: Segment, after: Segment, *, is_alone: bool) -> bool:
    """Return whether the gap after a label is followed by its mark words or by the end of its name."""
    gap_em = (after.left - before.right) / before.size
    first, second = before.text, after.text
    if re.search(r"\([签盖公][^)]{0,2}$", first) and second[0] in "章字名":
        return True
    is_mark = words.LEADING_MARK.match(second) and not words.LEADING_SIGNATURE_LABEL.match(second)
    if is_mark and not words.LEADING_MARK.match(first):
        widest = ALONE_EM if is_alone and first.endswith(":") else BEFORE_MARK_EM
        return gap_em <= widest and first.endswith((":", "_", "公司", "厂", "单位"))
    return second.startswith(("公司", "厂")) and first.endswith(("国", "×")) and gap_em < BEFORE_MARK_EM


def _cut_at_labels(segment: Segment) -> Iterator[Segment]:
    """Split the segment where another label begins after a blank or a filled-in value."""
    text = segment.text
    cuts = {0}
    for blank in re.finditer(r"__+", text):
        rest = text[blank.end() :]
        if words.begins_label(rest):
            cuts.add(blank.end())
    first = _FIRST_LABEL.match(text)
    if first is not None and words.begins_label(text):
        cuts.update(found.start() for found in words.LABEL_WITH_COLON.finditer(text, first.end()))
    if len(cuts) == 1:
        yield segment
        return
    for start, end in pairwise([*sorted(cuts), len(text)]):
        if text[start:end]:
            yield replace(segment, letters=segment.letters[start:end], text=text[start:end])
