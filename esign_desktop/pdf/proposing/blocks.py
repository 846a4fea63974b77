"""Runs of short rows, and in each of them what belongs to whom."""

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
    """A row's labels; none for a line of a table."""

    page_number: int
    labels: list[Label]
    first_ruling: str = ""

    @property
    def key(self) -> tuple[int, int]:
        return self.page_number, self.labels[0].segment.row


@dataclass(slots=True, eq=False)
class Block:
    """Short rows one after the other. ``is_closing``: the clause before speaks of signing, as the last does."""

    rows: list[LabelledRow]
    is_closing: bool
    before: str

    @property
    def labels(self) -> Iterator[Label]:
        return (label for row in self.rows for label in row.labels)


@dataclass(slots=True, eq=False)
class Appearance:
    """One place where a party is named, and what stands below that in its column."""

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
        """Whether a mark's words stand in it."""
        return any(one.marks for one in (self.label, *self.items))


class _Reader:
    """Parts the rows of a document into blocks; a page's end parts nothing."""

    def __init__(self) -> None:
        self._rows: list[LabelledRow] = []
        self._margins: dict[int, float] = {}
        self._is_closing = False
        self._before = ""
        self._text_left: float | None = None
        self._is_full = False
        """Whether the clause's last row reaches the margin, so that it may run on."""

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
        is_signed = any(one.kind is Kind.ROLE and one.marks for one in labels)
        if runs_on or (not is_signed and 2 * sum(one.kind is Kind.TEXT for one in labels) >= len(labels)):
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
        """Whether a row is the rest of the clause above it, which is indented."""
        is_possible = label.kind in {Kind.OTHER, Kind.FACT, Kind.REPRESENTATIVE, Kind.ROLE, Kind.NAME}
        is_outdented = self._text_left is not None and label.segment.left < self._text_left - _OUTDENT_PT
        return is_possible and is_outdented and self._is_full

    def _has_role_nearby(self) -> bool:
        return any(label.kind is Kind.ROLE for row in self._rows[-3:] for label in row.labels)

    def _begins_again(self, labels: Sequence[Label]) -> bool:
        """Whether parties are named that stand in the block already: what follows is another contract's head."""
        roles = {one.role for one in labels if one.kind is Kind.ROLE}
        seen = {one.role for row in self._rows for one in row.labels if one.kind is Kind.ROLE}
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
    """Part a document's rows, of which each has its labels, into blocks."""
    return list(_Reader().read(rows, labels))


def _is_heading(label: Label) -> bool:
    if words.ANNEX.match(label.text) or words.OF_ANOTHER.fullmatch(label.text):
        return True
    return label.kind is not Kind.ROLE and words.HEADING.fullmatch(label.text) is not None


class Columns:
    """Gives each label of a block to a party above it."""

    def __init__(self, block: Block) -> None:
        self.appearances: list[Appearance] = []
        self._last: list[Appearance] = []
        self._run: list[Appearance] = []
        """Parties named one below the other with nothing in between: columns that the file has flattened."""
        self._vertical, self._roles = _vertical_roles(block)
        self._by_vertical: dict[int, Appearance] = {}
        self._in_right_half: dict[int, list[Appearance]] = {}
        _name_agents(block)
        self._is_dealt = False
        """Whether what follows a run goes to its parties by turns."""
        self._still_alone: list[Label] = []
        """What stands alone in its row from here on, up to the next party."""
        rows = [row for row in block.rows if row.labels]
        for number, row in enumerate(rows):
            if row.key in self._vertical:
                self._take_vertical(row)
            else:
                self._still_alone = [one.labels[0] for one in takewhile(_is_below_alone, rows[number:])]
                self._take(row.labels)

    def _take(self, labels: list[Label]) -> None:
        for one in labels:
            if one.kind is Kind.ROLE and (
                self._is_for_a_party(one) or self._acts_below(one, is_in_columns=len(labels) > 1)
            ):
                one.kind = Kind.REPRESENTATIVE
        self._name_beside_each(labels)
        if not self._last:
            _name_employers(labels)
        parties = [one for one in labels if one.kind in _PARTIES]
        below = [one for one in labels if one.kind in _BELOW]
        is_alone = len(labels) == 1
        if parties:
            self._name(parties, below, is_alone=is_alone)
        elif below and not self.appearances:
            # Firms that sign without being called a party.
            if all(one.kind is Kind.NAME and names_a_firm(one) for one in below):
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
        named = [Appearance(one) for one in parties]
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
            left = [one for one in named if one.left < label.segment.left]
            above = [one for one in before if abs(one.left - label.segment.left) <= _COLUMN_PT]
            if above or left:
                (above or left)[-1].items.append(label)

    def _is_for_a_party(self, label: Label) -> bool:
        """Whether who is called so acts for a party named above: a broker for the agency, a guardian for a minor."""
        beside = _ACTS_BESIDE.get(label.role)
        return beside is not None and any(beside.search(one.label.role + one.label.alias) for one in self.appearances)

    def _above(self, label: Label) -> Label | None:
        return next((one.label for one in self._last if one.label.segment.is_above(label.segment)), None)

    def _acts_below(self, label: Label, *, is_in_columns: bool) -> bool:
        """Whether somebody signs by their own word below a seal: 委托单位(章) / 委托人(签字), 乙方盖章 / 策划师签名."""
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
        """Call those who sign by the same word below several parties by these: 出卖人共有权人, 买受人共有权人."""
        each = [(one, self._above(one)) for one in labels if one.kind is Kind.ROLE and not one.acts]
        called = {one.role for one, _ in each}
        above = {one.role for _, one in each if one is not None}
        if 1 < len(each) == len(above) and len(called) == 1 and called.isdisjoint(above):
            for one, party in each:
                one.role = party.role + one.role if party is not None else one.role

    def _says_who_acts(self, label: Label) -> bool:
        """Whether a line repeats the role above it, to say who acts for it (承担单位 … 承担单位负责人)."""
        above = self._last[-1].label
        return label.kind is Kind.ROLE and label.acts and label.role == above.role and not above.acts

    def _name_firms(self, labels: list[Label]) -> None:
        for one in labels:
            one.become_firm()
        self._last = [Appearance(one) for one in labels]
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
        alike = sum(one.kind in {label.kind, Kind.NAME} for one in self._still_alone)
        if is_alone and len(self._run) > 1 and (alike >= len(self._run) or self._is_dealt):
            self._is_dealt = True
            counts = [sum(label.kind in {one.kind, Kind.NAME} for one in party.items) for party in self._run]
            self._run[counts.index(min(counts))].items.append(label)
        elif len(each := self._each_of_run()) == len(below) > 1 and len({one.text for one in below}) == 1:
            for party, one in zip(each, below, strict=True):
                party.items.append(one)
        elif self._is_for_each(below) and not self._is_outdented(label):
            count = len(below) // len(self._last)
            for number, party in enumerate(self._last):
                party.items += below[count * number : count * (number + 1)]
        elif self._last:
            for label in below:
                self._beside(label).items.append(label)

    def _each_of_run(self) -> list[Appearance]:
        """Return who was named one below the other, each where it stands last."""
        return list({one.label.role: one for one in self._run}.values())

    def _is_for_each(self, below: Sequence[Label]) -> bool:
        """Whether a row has the same for each of the parties above it."""
        count, rest = divmod(len(below), len(self._last) or 1)
        return (
            bool(self._last)
            and not rest
            and (count == 1 or all(one.kind is other.kind for one, other in zip(below, below[count:], strict=False)))
        )

    def _is_outdented(self, label: Label) -> bool:
        """Whether all parties that were named last stand to the right of a label, and an earlier one not."""
        left = label.segment.left
        is_right = all(one.left > left + _COLUMN_PT for one in self._last)
        return is_right and any(one.left <= left + _COLUMN_PT for one in self.appearances)

    def _beside(self, label: Label) -> Appearance:
        named = self.appearances if self._is_outdented(label) else self._last
        left = [one for one in named if one.left <= label.segment.left + _COLUMN_PT]
        return left[-1] if left else named[0]

    def _take_vertical(self, row: LabelledRow) -> None:
        key = self._vertical[row.key]
        if key not in self._by_vertical:
            first = next((one for one in row.labels if one.segment.cell == 1), row.labels[-1])
            role = self._roles[key]
            kind = Kind.WITNESS if words.WITNESS.match(role) else Kind.ROLE
            self._by_vertical[key] = Appearance(Label(first.segment, kind, role=role, is_vertical=True))
            self.appearances.append(self._by_vertical[key])
        named = [self._by_vertical[key], *self._in_right_half.get(key, ())]
        for one in row.labels:
            if one.segment.cell > 1 and one.kind is Kind.ROLE and words.ROLE.fullmatch(one.text):
                # 供方 | ... | 需方 | ...
                named.append(Appearance(one))
                self._in_right_half.setdefault(key, []).append(named[-1])
                self.appearances.append(named[-1])
            elif one.segment.cell != 1 and (
                one.kind in {Kind.REPRESENTATIVE, Kind.MARK} or (one.marks and one.role == "")
            ):
                next(
                    each for each in reversed(named) if each.left <= one.segment.left or each is named[0]
                ).items.append(one)


def _name_agents(block: Block) -> None:
    """Where there is nobody but 委托人, 代理人 is who the contract is made with."""
    if {one.role for one in block.labels if one.kind is Kind.ROLE} <= _PRINCIPAL:
        for one in block.labels:
            if one.kind is Kind.REPRESENTATIVE and one.marks and (found := _AGENT.match(one.text, one.start)):
                one.kind, one.role = Kind.ROLE, one.segment.printed(one.start, found.end())


def _name_employers(row: Sequence[Label]) -> None:
    """Where a party signs beside 邮电局(章), or a person beside 公司盖章, that is a party, too."""
    if any(one.kind is Kind.ROLE and one.marks for one in row):
        for one in row:
            if one.kind is Kind.NAME and (found := _MARKED_NAME.match(one.text)) and words.FIRM.search(found[0]):
                one.become_firm()
    if any(one.kind is Kind.ROLE and one.marks and _SIGNS_ALONE.search(one.role) for one in row):
        for one in row:
            if one.kind in {Kind.MARK, Kind.NAME} and (found := _EMPLOYER.match(one.text)):
                one.kind, one.role = Kind.ROLE, one.segment.printed(0, found.end())


def _is_below_alone(row: LabelledRow) -> bool:
    return len(row.labels) == 1 and row.labels[0].kind not in _PARTIES


def _vertical_roles(block: Block) -> tuple[dict[tuple[int, int], int], dict[int, str]]:
    """Find roles that are written downwards in a table's first column: the rows beside each, and what each is."""
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
        is_head_of_columns = len(row.labels) > 1 and all(one.kind is Kind.ROLE for one in row.labels)
        if is_head_of_columns or not any(one.segment.cell for one in row.labels):
            close()
            continue
        first = next((one for one in row.labels if one.segment.cell == 1), None)
        rows.append(row.key)
        if first is not None and len(first.text) <= _VERTICAL_LETTERS:
            text += first.text
        elif first is not None:
            rows, text = [], ""
    close()
    return beside, roles
