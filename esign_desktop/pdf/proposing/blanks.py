"""Find the blanks of a page: underscores, gaps in sentences and dates, the rest of a row after a label, empty cells."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.templates import ValueKind
from esign_desktop.pdf.proposing import words
from esign_desktop.pdf.proposing.blank_rows import Cell, DrawnTable, Letter, Row, chains, read_rows, tables
from esign_desktop.pdf.proposing.drawn_lines import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.pdf.text.layout import TextLine

MOST_BLANKS: Final = 500
"""The largest number of blanks that are found on one page, which is that of a template's fields."""
MOST_LABEL_CHARACTERS: Final = 24

_SMALLEST_EM: Final = 0.85
_GAP_EM: Final = 1.6
"""The smallest gap in a sentence that is a blank."""
_REST_EM: Final = 1.5
_INSET_PT: Final = 2.0
_BELOW_EM: Final = 0.15
_ABOVE_EM: Final = 0.85
_ALIGNED_PT: Final = 3.0
_PITCH_EM: Final = 2.0
_FULL_EM: Final = 2.5
_LONGEST_COLON_LABEL: Final = 28
_SHORT_LABEL: Final = 8

_NO_DATE: Final = re.compile("日[期程常前内起]?期|年[龄度级限]|月[租薪息工]")
_END_OF_CLAUSE: Final = re.compile(rf"[,.;]|{words.CLAUSE_HEAD.pattern}")
_NUMBERED: Final = re.compile(rf"{words.NUMBERING.pattern}|{words.CLAUSE_HEAD.pattern}")
_LIST_AHEAD: Final = re.compile("如下|下列|以下|下述|几种|包括|双方:|各方:|当事人:|合伙人:|情况:|注[0-9]*:")
_SENTENCE: Final = re.compile("[,.;]")
_END_OF_SENTENCE: Final = frozenset(")].;?!\"》',、")
_MARK_LABEL: Final = re.compile(rf"(?:{words.MARK.pattern})\)?:?$")
_MARK_BEHIND: Final = re.compile(rf"\([^)]{{0,8}}(?:{words.MARK.pattern})\)$")
_IN_BRACKETS: Final = re.compile(r"\([^)]*\)")
_SHARE: Final = re.compile("[百千万]分之$")
_UNIT_BEHIND: Final = re.compile("[号份元省市县区天台套%‰](?![\u4e00-\u9fff]?[:_])|平方米|千伏")
_TOP_LEVEL: Final = 1
_FACT_ALONE: Final = re.compile(
    r"[\u4e00-\u9fff]{0,8}?(?:地址|住址|邮政编码|邮编|电话|传真|代码|编号|登记号|证书号|协议书号|证号|姓名|国籍或所在地国家|"
    r"国家|申请日|日期|专利号|帐号|账号|发明创造名称|出口商)"
)
_LEVELS: Final = (
    words.CLAUSE_HEAD,
    re.compile("[一二三四五六七八九十]{1,3}、"),
    re.compile(r"[0-9]{1,2}(?:[.、,]|(?=[\u4e00-\u9fff]))"),
    re.compile(r"\([0-9一二三四五六七八九十a-z]{1,3}\)"),
    re.compile("[①-⑳]|[a-z][.、]"),
)

_AMOUNT_LABEL: Final = re.compile("金额|价款|总价|单价|总值|租金|工资|人民币|保证金|押金|保险费|费用|投资")
_DATE_LABEL: Final = re.compile("日期|时间|签[订约署]日|申请日|期限")
_ID_LABEL: Final = re.compile("身份证|证件号")
_MOBILE_LABEL: Final = re.compile("手机|移动电话")
_NUMBER_BEHIND: Final = re.compile("[%‰份天年月日台套个间层号]|平方米|千伏|小时|工作日")


class FoundBlank(NamedTuple):
    """A blank in display space."""

    rect: DisplayRect
    label: str
    kind: ValueKind


def find_blanks(lines: Iterable[TextLine], page_width_pt: float, rects: Sequence[DisplayRect] = ()) -> list[FoundBlank]:
    """Return the blanks of a page's upright text, from top to bottom. At most ``MOST_BLANKS`` are found.

    ``rects`` are the rectangles of the page's drawings, among which lines are searched for.
    """
    rows, table = read_rows(lines, page_width_pt, read_lines(rects))
    found: list[FoundBlank] = []
    for number, row in enumerate(rows):
        if not row.is_ruled and row.text.strip("~"):
            found += _Line(row.cells[0], rows, number).blanks()
    for group in tables(rows):
        found += _blanks_of_table(group)
    found += _blanks_of_drawn(table)
    found.sort(key=lambda blank: (round(blank.rect.top_pt), blank.rect.left_pt))
    return found[:MOST_BLANKS]


def _starts_behind_gaps(row: Row) -> Iterator[float]:
    letters = row.cells[0].letters
    for before, after in pairwise(letters):
        if after.left - before.right > _GAP_EM * after.size and "_" not in (before.text, after.text):
            yield after.left


class _Line:
    """A row without table lines, or a part of a cell, in which blanks are searched for from left to right."""

    def __init__(self, cell: Cell, rows: Sequence[Row] = (), number: int = 0) -> None:
        self._cell = cell
        self._rows = rows
        self._number = number
        self._letters = cell.letters
        self._text = cell.text
        self._is_ruled = not rows
        self._from = 0
        """The index of the first letter after the last blank."""
        self._piece = 0
        """The index of the first letter after the last wide gap."""
        self._date_label = ""

    def blanks(self) -> Iterator[FoundBlank]:
        letters, text = self._letters, self._text
        number = 0
        while number < len(letters):
            letter = letters[number]
            if letter.text == "_":
                end = number + 1
                while end < len(letters) and letters[end].text == "_":
                    if letters[end].left - letters[end - 1].right > _GAP_EM * letter.size:
                        break
                    end += 1
                left, right = letter.left, letters[end - 1].right
                if right - left >= _SMALLEST_EM * letter.size and not self._is_for_mark(number, end):
                    yield self._blank(left, right, number, end)
                self._from = number = end
                continue
            left = letters[number - 1].right if number else self._cell.left
            gap_em = (letter.left - left) / letter.size
            if not self._is_filled(left, letter.left) and self._is_blank(number, gap_em):
                yield self._blank(left, letter.left, number, number)
                self._from = number
            self._piece = number if gap_em >= _GAP_EM else self._piece
            number += 1
        last = letters[-1].right
        if text[-1] != "_" and not self._is_filled(last, last + letters[-1].size) and self._is_rest_blank():
            yield self._blank(letters[-1].right, self._cell.right, number, number)

    def _is_filled(self, left: float, right: float) -> bool:
        """Return whether a gap is on an underline that has text on it already."""
        return any(line.start < right and left < line.end for line in self._cell.filled)

    def _is_blank(self, number: int, gap_em: float) -> bool:
        """Return whether the gap in front of a letter is a blank."""
        before, after = self._text[:number], self._text[number:]
        if gap_em < _SMALLEST_EM or (before and before[-1] == "_"):
            return False
        if after[0] in "年月日" and not _NO_DATE.match(after):
            return self._is_part_of_date(before, after)
        if not before:
            return False
        if (after[0] == ")" and "(" in before.rpartition(")")[2]) or _SHARE.search(before):
            return True
        if before[-1] == ":":
            return not _LIST_AHEAD.search(_IN_BRACKETS.sub("", before))
        is_spaced = self._piece_before(number) == 1 and self._piece_from(number) == 1
        if is_spaced or _NUMBERED.fullmatch(before):
            return False
        if _UNIT_BEHIND.match(after):
            return gap_em >= _GAP_EM
        return gap_em >= _GAP_EM and not self._separates(before, after, number)

    def _is_part_of_date(self, before: str, after: str) -> bool:
        if after[0] == "年":
            return bool(before) or self._is_ruled
        return "年" in before[-8:] if after[0] == "月" else "月" in before[-8:]

    def _separates(self, before: str, after: str, number: int) -> bool:
        """Return whether a wide gap separates sentences, labels or columns."""
        if _FACT_ALONE.fullmatch(before[self._piece :]):
            return False
        if before[-1] in _END_OF_SENTENCE or words.begins_label(after) or _FACT_ALONE.match(after):
            return True
        if (before[-1].isascii() and after[0].isascii()) or words.MARK.match(after):
            return True
        return self._is_ruled or self._is_beside_column(number)

    def _is_beside_column(self, number: int) -> bool:
        """Return whether the text after the gap begins below or above another text that follows a gap."""
        left = self._letters[number].left
        beside = (
            *self._rows[max(self._number - 1, 0) : self._number],
            *self._rows[self._number + 1 : self._number + 2],
        )
        return any(abs(x - left) < _ALIGNED_PT for row in beside if not row.is_ruled for x in _starts_behind_gaps(row))

    def _piece_before(self, number: int) -> int:
        """Return the number of letters in front of a letter that have no gap between them, without the numbering."""
        count = 1
        while count < number - _numbering(self._text):
            left, right = self._letters[number - count - 1 : number - count + 1]
            if right.left - left.right > _SMALLEST_EM * right.size:
                break
            count += 1
        return count

    def _piece_from(self, number: int) -> int:
        count = 1
        while number + count < len(self._letters):
            left, right = self._letters[number + count - 1 : number + count + 1]
            if right.text == ":" or right.left - left.right > _SMALLEST_EM * right.size:
                break
            count += 1
        return count

    def _is_for_mark(self, start: int, end: int) -> bool:
        """Return whether a seal or a signature belongs on the underscores, and no text."""
        before, after = self._text[self._from : start], self._text[end:]
        return _MARK_LABEL.search(before) is not None or (
            not before and self._from == 0 and _MARK_BEHIND.match(after) is not None
        )

    def _is_rest_blank(self) -> bool:
        """Return whether the space from the last letter to the border is a blank."""
        last, text = self._letters[-1], self._text
        room_em = (self._cell.right - last.right) / last.size
        tail = text[self._from :]
        if room_em < _REST_EM or _LIST_AHEAD.search(_IN_BRACKETS.sub("", tail)):
            return False
        if _MARK_LABEL.search(tail):
            return False
        if self._is_ruled:
            return tail.endswith((":", "(大写)")) or (tail.endswith("人民币") and room_em > 2 * _REST_EM)
        following = self._rows[self._number + 1] if self._number + 1 < len(self._rows) else None
        if tail.endswith("年") and self._from and following is not None and following.text.startswith("月"):
            return True
        if tail.endswith(":"):
            return not self._continues_row_above() and _awaits_value(text, following)
        return self._is_fact_alone(text[max(self._from, self._piece) :], following)

    def _is_fact_alone(self, tail: str, following: Row | None) -> bool:
        """Return whether the row is a label without a colon, such as 邮政编码, among others of its kind."""
        if not _FACT_ALONE.fullmatch(tail):
            return False
        if self._from or self._piece:
            return True
        above = self._rows[self._number - 1] if self._number else None
        return any(row is not None and len(row.text) <= 12 and ":" not in row.text for row in (above, following))

    def _continues_row_above(self) -> bool:
        if not self._number:
            return False
        above, row = self._rows[self._number - 1], self._rows[self._number]
        if above.is_ruled or not above.cells[0].letters:
            return False
        is_full = above.cells[0].right - above.cells[0].letters[-1].right < _FULL_EM * row.size
        is_close = row.baseline - above.baseline < _PITCH_EM * row.size
        return is_full and is_close and self._letters[0].left <= above.cells[0].letters[0].left + 1

    def _blank(self, left: float, right: float, start: int, end: int) -> FoundBlank:
        """Return the blank between two positions, in front of the letter with the index ``end``."""
        near = self._letters[min(start, len(self._letters) - 1)]
        behind = self._text[end : end + 4]
        label = self._label(start, behind[:1])
        return FoundBlank(_rect(left, right, near), label, _kind(label, behind))

    def _label(self, start: int, unit: str) -> str:
        """Return the words in front of a blank, or else those after it. A part of a date gets its unit, such as 年."""
        # Behind a wide gap, another label begins, unless the gap is between the letters of a spaced-out one.
        begin = self._piece if ":" in self._text[self._from : self._piece] else self._from
        own = _name(self._text[begin:start])
        if unit and unit in "年月日":
            self._date_label = own if unit == "年" else self._date_label
            return f"{self._date_label}{unit}"[-MOST_LABEL_CHARACTERS:]
        return own or _name(self._text[start:].lstrip("_"))


def _awaits_value(text: str, following: Row | None) -> bool:
    """Return whether a label that ends a row is followed by no text of its own in the rows below."""
    level = _level(text)
    label = text[_numbering(text) :].rpartition("_")[2]
    if len(label) > _LONGEST_COLON_LABEL or _SENTENCE.search(label.strip(":")):
        return False
    is_known = words.LABEL_WITH_COLON.fullmatch(label) is not None
    if following is None or following.is_ruled:
        return True
    below = following.text
    below_level = _level(below)
    if below_level is not None:
        is_end = below_level <= (_TOP_LEVEL if level is None else level)
        return is_known or (is_end and len(label) <= (_SHORT_LABEL if level is None else _LONGEST_COLON_LABEL))
    is_sentence = "_" not in below and (_SENTENCE.search(below) is not None or len(below) > 2 * MOST_LABEL_CHARACTERS)
    if level is None:
        return is_known or not is_sentence or len(label) <= _SHORT_LABEL
    return not is_sentence and not _LIST_AHEAD.search(below) and (":" in below or "_" in below)


def _level(text: str) -> int | None:
    return next((level for level, pattern in enumerate(_LEVELS) if pattern.match(text)), None)


def _numbering(text: str) -> int:
    found = next((pattern.match(text) for pattern in _LEVELS if pattern.match(text)), None)
    return found.end() if found is not None else 0


def _blanks_of_table(group: Sequence[Row]) -> Iterator[FoundBlank]:
    """Yield the blanks in the cells of one row of a table."""
    for chain in chains(group):
        cells = [row.cells[index] for row, index in chain]
        if not any(cell.letters for cell in cells):
            row, index = next(
                ((row, index) for row, index in chain if index and row.cells[index - 1].letters), chain[0]
            )
            cell = row.cells[index]
            if cell.right - cell.left >= _SMALLEST_EM * row.size:
                label = _name(row.cells[index - 1].text) if index else ""
                near = Letter("", cell.left, cell.right, row.baseline, row.size)
                yield FoundBlank(_rect(cell.left, cell.right, near), label, _kind(label, ""))
            continue
        for (row, _), cell in zip(chain, cells, strict=True):
            if not cell.letters:
                continue
            line = _Line(cell)
            yield from line.blanks()
            yield from _rest_of_row(row, cell)


def _blanks_of_drawn(table: DrawnTable) -> Iterator[FoundBlank]:
    """Yield the blanks in the cells of drawn tables."""
    sizes = [letter.size for rows in table.values() for letters in rows for letter in letters]
    if not sizes:
        return
    usual = sorted(sizes)[len(sizes) // 2]
    beside = {(cell.row, cell.column): cell for cell in table}
    for cell, rows in table.items():
        left, above = beside.get((cell.row, cell.column - 1)), beside.get((cell.row - 1, cell.column))
        if not rows:
            heading = next((one for one in (left, above) if one is not None and table[one]), None)
            if heading is None or cell.right - cell.left < _SMALLEST_EM * usual:
                continue
            label = _name("".join(letter.text for letters in table[heading] for letter in letters))
            first = table[left][0][0] if left is not None and table[left] else None
            baseline = first.baseline if first is not None else (cell.top + cell.bottom) / 2 + usual / 3
            near = Letter("", cell.left, cell.right, baseline, first.size if first is not None else usual)
            inset = min(_INSET_PT, (cell.right - cell.left) / 4)
            yield FoundBlank(_rect(cell.left + inset, cell.right - inset, near), label, _kind(label, ""))
            continue
        for letters in rows:
            yield from _Line(Cell(cell.left, cell.right, letters)).blanks()


def _rest_of_row(row: Row, cell: Cell) -> Iterator[FoundBlank]:
    """Yield the space after the label in a row of a table that has only one cell."""
    last, text = cell.letters[-1], cell.text
    is_at_left = cell.letters[0].left - cell.left < _GAP_EM * row.size
    if len(row.cells) == 1 and is_at_left and (cell.right - last.right) > 6 * row.size and "_" not in text:
        is_label = len(text) <= MOST_LABEL_CHARACTERS and not _NUMBERED.match(text) and not _SENTENCE.search(text)
        if is_label and not text.endswith((":", "(大写)", "人民币")) and not _LIST_AHEAD.search(text):
            label = _name(text)
            yield FoundBlank(_rect(last.right, cell.right, last), label, _kind(label, ""))


def _rect(left: float, right: float, near: Letter) -> DisplayRect:
    size = near.size
    return DisplayRect(left, near.baseline - _ABOVE_EM * size, right - left, (_ABOVE_EM + _BELOW_EM) * size)


def _name(text: str) -> str:
    """Return the words of a label without numbering and punctuation."""
    text = text[_numbering(text) :] if len(text) > _numbering(text) else text
    last = _END_OF_CLAUSE.split(text.strip(":(),.;_~ "))[-1]
    return last.strip(":(),.;_~ ")[-MOST_LABEL_CHARACTERS:]


def _kind(label: str, behind: str) -> ValueKind:
    """Guess the kind of a blank's value from its label and from the text after the blank."""
    if behind.startswith("元") or (_AMOUNT_LABEL.search(label) and not _NUMBER_BEHIND.match(behind)):
        return ValueKind.TEXT if label.endswith("(大写)") or "大写" in label[-4:] else ValueKind.AMOUNT
    if _NUMBER_BEHIND.match(behind):
        return ValueKind.NUMBER
    if _ID_LABEL.search(label):
        return ValueKind.ID_NUMBER
    if _MOBILE_LABEL.search(label):
        return ValueKind.MOBILE
    return ValueKind.DATE if _DATE_LABEL.search(label) else ValueKind.TEXT
