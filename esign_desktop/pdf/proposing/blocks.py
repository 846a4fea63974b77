"""Split a document into blocks of short rows, and assign each label of a block to a party."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from esign_desktop.pdf.proposing import english, words
from esign_desktop.pdf.proposing.labels import Kind, Label, names_a_firm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.pdf.proposing.segments import PageRow

_REMEMBERED: Final = 120
_CLOSING_WITHIN: Final = 90
_OUTDENT_PT: Final = 10.0
_MARGIN_EM: Final = 3.0
_COLUMN_PT: Final = 12.0
_BELOW: Final = frozenset({Kind.REPRESENTATIVE, Kind.MARK, Kind.NAME})
_PARTIES: Final = frozenset({Kind.ROLE, Kind.WITNESS})
_VERTICAL_LETTERS: Final = 2
_ACTS_BESIDE: Final = {"经纪人": re.compile("居间|中介|经纪(?!人)|丙方"), "监护人": re.compile("")}
_EMPLOYER: Final = re.compile(rf"本?(?:公司|单位)(?={words.LEADING_MARK.pattern})")
_MARKED_NAME: Final = re.compile(rf"(?!公司|企业|单位|本)[\u4e00-\u9fff]{{2,14}}(?=:?_*\((?:{words.MARK.pattern})\))")
_PRINCIPAL: Final = frozenset({"委托人", "委托方", "被代理人"})
_AGENT: Final = re.compile("代理人(?=[:_(签盖]|$)")
_SIGNS_ALONE: Final = re.compile(rf"{words.PERSON.pattern}|^个人$")
_PERSONAL_LINE: Final = re.compile(r"职工|个人|经理")


@dataclass(slots=True, eq=False)
class LabelledRow:
    """A row and its labels. A table line has no labels."""

    page_number: int
    labels: list[Label]
    first_ruling: str = ""

    @property
    def key(self) -> tuple[int, int]:
        return self.page_number, self.labels[0].segment.row


@dataclass(slots=True, eq=False)
class Block:
    """A group of consecutive short rows. ``is_closing`` is True if the clause before the block mentions signing."""

    rows: list[LabelledRow]
    is_closing: bool
    before: str

    @property
    def labels(self) -> Iterator[Label]:
        return (label for row in self.rows for label in row.labels)


@dataclass(slots=True, eq=False)
class Appearance:
    """A place where a party is named, and the labels below that place in the same column."""

    label: Label
    items: list[Label] = field(default_factory=list)

    @property
    def is_witness(self) -> bool:
        return self.label.kind is Kind.WITNESS

    @property
    def left(self) -> float:
        return self.label.segment.left

    @property
    def own_marks(self) -> bool:
        """Whether the label or one of its items contains mark words."""
        return any(label.marks for label in (self.label, *self.items))


class _Reader:
    """Splits the rows of a document into blocks. A block may continue on the next page."""

    def __init__(self) -> None:
        self._rows: list[LabelledRow] = []
        self._margins: dict[int, float] = {}
        self._is_closing = False
        self._before = ""
        self._text_left: float | None = None
        self._is_full = False
        """Whether the clause's last row reaches the margin and may continue in the next row."""

    def read(self, rows: Sequence[PageRow], labels: Sequence[list[Label]]) -> Iterator[Block]:
        self._margins = _right_margins(rows)
        for row, told in zip(rows, labels, strict=True):
            if told:
                yield from self._read_row(row, told)
            elif self._rows:
                self._rows.append(LabelledRow(row.page_number, [], row.first_ruling))
        yield from self._end()

    def _read_row(self, row: PageRow, labels: list[Label]) -> Iterator[Block]:
        first = labels[0]
        is_alone = len(labels) == 1 and not row.is_ruled
        runs_on = self._runs_on(first) and is_alone
        is_signed = any(label.kind is Kind.ROLE and label.marks for label in labels)
        if runs_on or (not is_signed and 2 * sum(label.kind is Kind.TEXT for label in labels) >= len(labels)):
            before = self._before if self._text_left is not None else ""
            yield from self._end(before=(before + first.text)[-_REMEMBERED:])
            last = self._before[-_CLOSING_WITHIN:]
            is_closing = (words.CLOSING.search(last) or english.CLOSING.search(last)) is not None
            self._is_closing = is_closing and not words.ANNEX.match(first.text)
            if not runs_on:
                self._text_left = first.segment.left
            end = row.segments[-1]
            reach = self._margins[row.page_number] - _MARGIN_EM * end.size
            self._is_full = end.right > reach and not end.text.endswith((".", ":"))
            return
        self._text_left = None
        if is_alone and _is_heading(first):
            yield from self._end(before=first.text)
            return
        if is_alone and words.SIGN_HERE.fullmatch(first.text) and not self._has_role_nearby():
            yield from self._end(before=first.text, is_closing=True)
            return
        if not row.is_ruled and self._begins_again(labels):
            yield from self._end()
        self._rows.append(LabelledRow(row.page_number, labels, row.first_ruling))

    def _runs_on(self, label: Label) -> bool:
        """Return whether a row continues the clause above it, whose first row is indented."""
        is_possible = label.kind in {Kind.OTHER, Kind.FACT, Kind.REPRESENTATIVE, Kind.ROLE, Kind.NAME}
        is_outdented = self._text_left is not None and label.segment.left < self._text_left - _OUTDENT_PT
        return is_possible and is_outdented and self._is_full

    def _has_role_nearby(self) -> bool:
        return any(label.kind is Kind.ROLE for row in self._rows[-3:] for label in row.labels)

    def _begins_again(self, labels: Sequence[Label]) -> bool:
        """Return whether the row begins another contract, because it names only parties that the block already has."""
        roles = {label.role for label in labels if label.kind is Kind.ROLE}
        seen = {label.role for row in self._rows for label in row.labels if label.kind is Kind.ROLE}
        return bool(roles) and roles <= seen

    def _end(self, *, before: str = "", is_closing: bool = False) -> Iterator[Block]:
        if self._rows:
            yield Block(self._rows, self._is_closing, self._before)
            self._rows = []
        self._is_closing, self._before = is_closing, before


def _right_margins(rows: Iterable[PageRow]) -> dict[int, float]:
    margins: dict[int, float] = defaultdict(float)
    for row in rows:
        for segment in row.segments:
            margins[row.page_number] = max(margins[row.page_number], segment.right)
    return margins


def read_blocks(rows: Sequence[PageRow], labels: Sequence[list[Label]]) -> list[Block]:
    """Split the rows of a document into blocks. ``labels`` contains the labels of each row."""
    return list(_Reader().read(rows, labels))


def _is_heading(label: Label) -> bool:
    if words.ANNEX.match(label.text) or words.OF_ANOTHER.fullmatch(label.text):
        return True
    return label.kind is not Kind.ROLE and words.HEADING.fullmatch(label.text) is not None


class Columns:
    """Assigns each label of a block to a party that is named above it."""

    def __init__(self, block: Block) -> None:
        self.appearances: list[Appearance] = []
        self._last: list[Appearance] = []
        self._run: list[Appearance] = []
        """Parties directly below each other without labels in between, because the file has flattened its columns."""
        self._vertical, self._roles = _vertical_roles(block)
        self._by_vertical: dict[int, Appearance] = {}
        self._in_right_half: dict[int, list[Appearance]] = {}
        _name_agents(block)
        self._is_dealt = False
        """Whether the labels after a run are assigned to its parties in turn."""
        self._still_alone: list[Label] = []
        """Labels that stand alone in their rows, from here to the next party."""
        rows = [row for row in block.rows if row.labels]
        for number, row in enumerate(rows):
            if row.key in self._vertical:
                self._take_vertical(row)
            else:
                self._still_alone = [below.labels[0] for below in takewhile(_is_below_alone, rows[number:])]
                self._take(row.labels)

    def _take(self, labels: list[Label]) -> None:
        for label in labels:
            if label.kind is Kind.ROLE and (
                self._is_for_a_party(label) or self._acts_below(label, is_in_columns=len(labels) > 1)
            ):
                label.kind = Kind.REPRESENTATIVE
        self._name_beside_each(labels)
        if not self._last:
            _name_employers(labels)
        parties = [label for label in labels if label.kind in _PARTIES]
        below = [label for label in labels if label.kind in _BELOW]
        is_alone = len(labels) == 1
        if parties:
            self._name(parties, below, is_alone=is_alone)
        elif below and not self.appearances:
            # Firms that sign by name, without a role.
            if all(label.kind is Kind.NAME and names_a_firm(label) for label in below):
                self._name_firms(below)
        elif below and is_alone and self._is_next_firm(below[0]):
            self._name_firms(below)
        elif below:
            self._give(below, is_alone=is_alone)

    def _name(self, parties: list[Label], below: list[Label], *, is_alone: bool) -> None:
        if is_alone and self._last and self._says_who_acts(parties[0]):
            parties[0].kind = Kind.REPRESENTATIVE
            self._give(parties, is_alone=True)
            return
        named = [Appearance(party) for party in parties]
        before = self._last
        self.appearances += named
        if not is_alone:
            self._run = []
        elif self._run and not self._run[-1].items and abs(self._run[-1].left - named[0].left) <= _COLUMN_PT:
            self._run.append(named[0])
        else:
            self._run = named
        self._is_dealt = False
        self._last = named
        for label in below:
            left = [appearance for appearance in named if appearance.left < label.segment.left]
            above = [appearance for appearance in before if abs(appearance.left - label.segment.left) <= _COLUMN_PT]
            if above or left:
                (above or left)[-1].items.append(label)

    def _is_for_a_party(self, label: Label) -> bool:
        """Return whether this role acts for a party named above, such as a broker or a guardian."""
        beside = _ACTS_BESIDE.get(label.role)
        return beside is not None and any(
            beside.search(appearance.label.role + appearance.label.alias) for appearance in self.appearances
        )

    def _above(self, label: Label) -> Label | None:
        return next(
            (appearance.label for appearance in self._last if appearance.label.segment.is_above(label.segment)), None
        )

    def _acts_below(self, label: Label, *, is_in_columns: bool) -> bool:
        """Return whether the label is the signature of a person below an organization's seal.

        Examples: 委托单位(章) / 委托人(签字), 乙方盖章 / 策划师签名.
        """
        above = self._above(label)
        if above is None or not (above.marks and label.marks and words.is_seal(above.mark_words)):
            return False
        if words.is_seal(label.mark_words):
            return False
        is_own_word = not (words.ROLE.search(label.role) or words.PERSON.search(label.role))
        if is_in_columns and is_own_word:
            return label.segment.row - above.segment.row == 1
        if not (words.ORGANIZATION.search(above.role) and label.role.endswith("人")):
            return False
        return words.ROLE.fullmatch(label.role) is None or label.role[:-1] == above.role[: len(label.role) - 1]

    def _name_beside_each(self, labels: list[Label]) -> None:
        """Prefix a role that occurs below several parties with each party's role: 出卖人共有权人, 买受人共有权人."""
        each = [(label, self._above(label)) for label in labels if label.kind is Kind.ROLE and not label.acts]
        called = {label.role for label, _ in each}
        above = {party.role for _, party in each if party is not None}
        if 1 < len(each) == len(above) and len(called) == 1 and called.isdisjoint(above):
            for label, party in each:
                label.role = party.role + label.role if party is not None else label.role

    def _says_who_acts(self, label: Label) -> bool:
        """Return whether a line repeats the role above it to name its representative: 承担单位 … 承担单位负责人."""
        above = self._last[-1].label
        return label.kind is Kind.ROLE and label.acts and label.role == above.role and not above.acts

    def _name_firms(self, labels: list[Label]) -> None:
        for label in labels:
            label.become_firm()
        self._last = [Appearance(label) for label in labels]
        self.appearances += self._last

    def _is_next_firm(self, label: Label) -> bool:
        if (
            label.kind is not Kind.NAME
            or not names_a_firm(label)
            or not self._last
            or _PERSONAL_LINE.search(label.text)
        ):
            return False
        before = self._last[-1]
        return bool(before.items or before.label.marks) and (len(self._last) == 1 or "代表" in label.text)

    def _give(self, below: list[Label], *, is_alone: bool) -> None:
        label = below[0]
        alike = sum(other.kind in {label.kind, Kind.NAME} for other in self._still_alone)
        if is_alone and len(self._run) > 1 and (alike >= len(self._run) or self._is_dealt):
            self._is_dealt = True
            counts = [sum(label.kind in {item.kind, Kind.NAME} for item in party.items) for party in self._run]
            self._run[counts.index(min(counts))].items.append(label)
        elif len(each := self._each_of_run()) == len(below) > 1 and len({other.text for other in below}) == 1:
            for party, item in zip(each, below, strict=True):
                party.items.append(item)
        elif self._is_for_each(below) and not self._is_outdented(label):
            count = len(below) // len(self._last)
            for number, party in enumerate(self._last):
                party.items += below[count * number : count * (number + 1)]
        elif self._last:
            for label in below:
                self._beside(label).items.append(label)

    def _each_of_run(self) -> list[Appearance]:
        """Return the parties that are named directly below each other, each in its last appearance."""
        return list({party.label.role: party for party in self._run}.values())

    def _is_for_each(self, below: Sequence[Label]) -> bool:
        """Return whether a row has the same labels for each of the parties above it."""
        count, rest = divmod(len(below), len(self._last) or 1)
        return (
            bool(self._last)
            and not rest
            and (
                count == 1 or all(label.kind is other.kind for label, other in zip(below, below[count:], strict=False))
            )
        )

    def _is_outdented(self, label: Label) -> bool:
        """Return whether all of the last parties are to the right of a label, and an earlier party is not."""
        left = label.segment.left
        is_right = all(appearance.left > left + _COLUMN_PT for appearance in self._last)
        return is_right and any(appearance.left <= left + _COLUMN_PT for appearance in self.appearances)

    def _beside(self, label: Label) -> Appearance:
        named = self.appearances if self._is_outdented(label) else self._last
        left = [appearance for appearance in named if appearance.left <= label.segment.left + _COLUMN_PT]
        return left[-1] if left else named[0]

    def _take_vertical(self, row: LabelledRow) -> None:
        key = self._vertical[row.key]
        if key not in self._by_vertical:
            first = next((label for label in row.labels if label.segment.cell == 1), row.labels[-1])
            role = self._roles[key]
            kind = Kind.WITNESS if words.WITNESS.match(role) else Kind.ROLE
            self._by_vertical[key] = Appearance(Label(first.segment, kind, role=role, is_vertical=True))
            self.appearances.append(self._by_vertical[key])
        named = [self._by_vertical[key], *self._in_right_half.get(key, ())]
        for label in row.labels:
            if label.segment.cell > 1 and label.kind is Kind.ROLE and words.ROLE.fullmatch(label.text):
                # 供方 | ... | 需方 | ...
                named.append(Appearance(label))
                self._in_right_half.setdefault(key, []).append(named[-1])
                self.appearances.append(named[-1])
            elif label.segment.cell != 1 and (
                label.kind in {Kind.REPRESENTATIVE, Kind.MARK} or (label.marks and label.role == "")
            ):
                next(
                    each for each in reversed(named) if each.left <= label.segment.left or each is named[0]
                ).items.append(label)


def _name_agents(block: Block) -> None:
    """If 委托人 is the only party of a block, make 代理人 the other party."""
    if {label.role for label in block.labels if label.kind is Kind.ROLE} <= _PRINCIPAL:
        for label in block.labels:
            if label.kind is Kind.REPRESENTATIVE and label.marks and (found := _AGENT.match(label.text, label.start)):
                label.kind, label.role = Kind.ROLE, label.segment.printed(label.start, found.end())


def _name_employers(row: Sequence[Label]) -> None:
    """Classify firms and employers as parties if they have mark words in the same row as a party's mark words.

    Examples: 邮电局(章) beside any party, 公司盖章 beside a person.
    """
    if any(label.kind is Kind.ROLE and label.marks for label in row):
        for label in row:
            if label.kind is Kind.NAME and (found := _MARKED_NAME.match(label.text)) and words.FIRM.search(found[0]):
                label.become_firm()
    if any(label.kind is Kind.ROLE and label.marks and _SIGNS_ALONE.search(label.role) for label in row):
        for label in row:
            if label.kind in {Kind.MARK, Kind.NAME} and (found := _EMPLOYER.match(label.text)):
                label.kind, label.role = Kind.ROLE, label.segment.printed(0, found.end())


def _is_below_alone(row: LabelledRow) -> bool:
    return len(row.labels) == 1 and row.labels[0].kind not in _PARTIES


def _vertical_roles(block: Block) -> tuple[dict[tuple[int, int], int], dict[int, str]]:
    """Find roles written vertically in a table's first column.

    Return the number of the role beside each row, and the text of each role.
    """
    beside: dict[tuple[int, int], int] = {}
    roles: dict[int, str] = {}
    rows: list[tuple[int, int]] = []
    text = ""

    def close() -> None:
        nonlocal rows, text
        found = words.ROLE.match(text) or words.WITNESS.match(text) if text else None
        if found is not None:
            roles[len(roles)] = found[0]
            beside.update(dict.fromkeys(rows, len(roles) - 1))
        rows, text = [], ""

    for row in block.rows:
        if not row.labels:
            if row.first_ruling in {"├", "└", "┌", "┬", "╞"}:
                close()
            continue
        is_head_of_columns = len(row.labels) > 1 and all(label.kind is Kind.ROLE for label in row.labels)
        if is_head_of_columns or not any(label.segment.cell for label in row.labels):
            close()
            continue
        first = next((label for label in row.labels if label.segment.cell == 1), None)
        rows.append(row.key)
        if first is not None and len(first.text) <= _VERTICAL_LETTERS:
            text += first.text
        elif first is not None:
            rows, text = [], ""
    close()
    return beside, roles
