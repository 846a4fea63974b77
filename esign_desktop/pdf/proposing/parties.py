"""Reads a document's rows and proposes its parties."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.proposal import PartyKind, Proposal, ProposedMark, ProposedParty
from esign_desktop.pdf.proposing import english, words
from esign_desktop.pdf.proposing.blocks import Appearance, Block, Columns, read_blocks
from esign_desktop.pdf.proposing.defined import read_defined
from esign_desktop.pdf.proposing.heads_and_feet import without_heads_and_feet
from esign_desktop.pdf.proposing.labels import Kind, Label, read_label
from esign_desktop.pdf.proposing.marks import marks_of
from esign_desktop.pdf.proposing.names import Names
from esign_desktop.pdf.proposing.running_on import join_running_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from esign_desktop.pdf.proposing.segments import PageRow

_FIRST_PAGES: Final = 30
_LAST_PAGES: Final = 90
_NEAR_ROWS: Final = 3
_HEAD_CHARACTERS: Final = 60
_ORGANIZED: Final = re.compile(rf"公章|法定(?!代理|监护)|法人|负责人|代表|经理|{words.ORGANIZATION.pattern}")
_IDENTITY: Final = re.compile(r"(?:居民|公民)?身份证|证件(?:类型|种类|名称|号码)|性别|出生")
_COLUMN_PT: Final = 12.0
_OF_ONE: Final = re.compile(rf"[{words.NUMBERED}]方|.*[A-Za-z].*")
"""Another word for a party that no other has."""
_ONLY_WITH_MARK: Final = re.compile(r"收货|发货|投保人|受益")
"""Parties that forms name for their address, too."""


@dataclass(slots=True)
class _Party:
    role: str
    marks: list[ProposedMark] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    is_person: bool = False
    is_organization: bool = False

    def proposed(self, names: Names) -> ProposedParty:
        organization = PartyKind.ORGANIZATION if self.is_organization else PartyKind.EITHER
        kind = PartyKind.PERSON if self.is_person else organization
        aliases = tuple(dict.fromkeys(self.aliases))
        return ProposedParty(self.role, kind, tuple(self.marks), aliases, names.of(self.role, *aliases))


def proposed_pages(page_count: int) -> list[int]:
    """Return the indices of the pages that are read: of a book the first and the last, where it is signed."""
    return [index for index in range(page_count) if index < _FIRST_PAGES or index >= page_count - _LAST_PAGES]


def propose(pages: Sequence[list[PageRow]]) -> Proposal:
    """Propose parties and the places of their marks for a document, given as the rows of its pages."""
    rows = without_heads_and_feet([join_running_on(page) for page in pages])
    head = "".join(segment.text for row in rows[:_HEAD_CHARACTERS] for segment in row.segments)
    is_labour = words.LABOUR.search(head[:_HEAD_CHARACTERS]) is not None
    parties: dict[str, _Party] = {}
    witnesses: dict[str, None] = {}
    defined = read_defined(segment for row in rows for segment in row.segments)
    labels = [[read_label(segment, defined) for segment in row.segments] for row in rows]
    _name_sides(labels)
    _drop_translations(labels)
    _drop_halves(labels)
    names = Names(labels, defined.names)
    identified = set(_with_identity(labels))
    blocks = read_blocks(rows, labels)
    for number, block in enumerate(blocks):
        if words.RENEWAL in block.before[-20:]:
            continue
        appearances = Columns(block).appearances
        signed_below = _signed_below(blocks[number : number + 2])
        appearances = [one for one in appearances if one.own_marks or one.label.role not in signed_below]
        is_end = 0 < number == len(blocks) - 1
        for one in _signing(block, appearances, is_end=is_end):
            if one.label.is_firm:
                names.add_own(one.label.role)
                one.label.role = names.called(one.label.role) or one.label.role
            for item in one.items:
                names.add_below(one.label.role, item)
            name = names.of(one.label.role, one.label.alias)
            is_person = _is_person(one, name, is_labour=is_labour)
            role = _known(parties, one.label)
            party = parties.setdefault(role, _Party(role))
            text = one.label.text + "".join(item.text for item in one.items)
            is_organized = _ORGANIZED.search(text) is not None or words.FIRM.search(name) is not None
            is_identified = not identified.isdisjoint({one.label.role, one.label.alias}) and not is_organized
            party.marks += marks_of(one, is_person=is_person or is_identified)
            party.aliases += [one.label.alias] if len(one.label.alias) > 1 else []
            party.is_person |= is_person
            party.is_organization |= is_organized
        witnesses.update((one.label.text, None) for one in appearances if one.is_witness and one.own_marks)
    found = tuple(one.proposed(names) for one in parties.values() if one.marks)
    return Proposal(found, tuple(witnesses))


def _with_identity(rows: Sequence[Sequence[Label]]) -> Iterator[str]:
    """Return what the parties are called whose identity card is asked for, and who so sign by hand."""
    named: list[Label] = []
    for row in rows:
        parties = [one for one in row if one.kind is Kind.ROLE]
        named = parties or ([] if any(one.kind is Kind.TEXT for one in row) else named)
        for one in row:
            if named and one.kind is Kind.FACT and _IDENTITY.match(one.text):
                left = [party for party in named if party.segment.left <= one.segment.left + _COLUMN_PT]
                party = (left or named)[-1]
                yield from filter(None, (party.role, party.alias))


def _name_sides(rows: Sequence[Sequence[Label]]) -> None:
    """Take for parties who are called 企业方 and 职工方 at the head of columns."""
    for row in rows:
        if len(row) > 1 and all(words.SIDE_ALONE.fullmatch(one.text) for one in row):
            for one in row:
                one.kind, one.role = Kind.ROLE, one.segment.printed(0)


def _drop_halves(rows: Sequence[Sequence[Label]]) -> None:
    """Of English labels in two rows keep one: for whom *Signed by* is, and what the firm below is called."""
    for row, below in pairwise(rows):
        for one in [one for one in row if one.is_english]:
            other = next((other for other in below if one.segment.is_above(other.segment)), None)
            if other is None or other.kind is not Kind.ROLE:
                continue
            if english.SIGNED_BY.fullmatch(one.text) and other.text.startswith(("for", "onbehalf")):
                one.kind, one.marks = Kind.OTHER, []
            is_bare = not (one.marks or other.marks or other.acts)
            if other.is_english and is_bare and one.role.casefold() == other.role.casefold():
                other.kind = Kind.OTHER


def _known(parties: Mapping[str, _Party], label: Label) -> str:
    """Return the party that a label speaks of: 甲方单位 is 甲方, and who is called by two words is one."""
    keys = {alias: role for role, one in parties.items() for alias in one.aliases} | {role: role for role in parties}
    words_for_it = [label.role, label.role.removesuffix("单位"), f"{label.role}单位"]
    # Two that are both (单位) are two.
    words_for_it += [label.alias] if label.alias in parties or _OF_ONE.fullmatch(label.alias) else []
    return next((keys[one] for one in words_for_it if one in keys), label.role)


def _signed_below(blocks: Sequence[Block]) -> set[str]:
    """Return who is named with a mark's words in the rows right below a block: above that stand their addresses."""
    if len(blocks) < 2 or blocks[1].before:
        return set()
    return {label.role for label in blocks[1].rows[0].labels if label.kind is Kind.ROLE and label.marks}


def _drop_translations(rows: Sequence[Sequence[Label]]) -> None:
    """Where the parties have Chinese labels, the English ones say the same again."""
    labels = [label for row in rows for label in row if label.kind is not Kind.TEXT]
    if any(one.kind is Kind.ROLE and not one.is_english for one in labels):
        for one in labels:
            if one.is_english:
                one.kind, one.marks, one.role, one.name = Kind.OTHER, [], "", ""


def _signing(block: Block, appearances: list[Appearance], *, is_end: bool) -> list[Appearance]:
    """Return the parties that a block has sign: none, if it is a head or a list of addresses."""
    real = [one for one in appearances if not one.is_witness]
    has_mark = any(one.own_marks for one in real)
    if not real or (all(one.label.is_firm for one in real) and not has_mark):
        return []
    has_acting = any(item.kind is Kind.REPRESENTATIVE for one in real for item in one.items)
    is_closed = block.is_closing and (has_acting or len(real) > 1)
    if not (has_mark or is_closed or (is_end and _is_dated_end(block, real))):
        return []
    return [one for one in real if _is_signing(one, real, block, has_mark=has_mark)]


def _is_dated_end(block: Block, real: list[Appearance]) -> bool:
    """Whether bare parties and a date end the document."""
    is_dated = any(one.kind in {Kind.FACT, Kind.WITNESS} and words.DATE.search(one.text) for one in block.labels)
    bare = (re.fullmatch(r"(?:[^:_]{2,8}|[a-z]{2,24})[:_]*", one.label.text) or one.label.name for one in real)
    is_enough = len(real) > 1 or words.DECLARING.fullmatch(real[0].label.role) is not None
    return is_dated and is_enough and all(bare)


def _is_signing(one: Appearance, real: list[Appearance], block: Block, *, has_mark: bool) -> bool:
    if one.own_marks:
        return True
    if (
        one.label.segment.cell
        or (one.label.text[0].isascii() and not one.label.is_english)
        or _ONLY_WITH_MARK.match(one.label.role)
    ):
        return False
    if block.is_closing or one.items or not has_mark:
        return True
    here = one.label.segment
    return any(
        other is not one
        and other.label.segment.page_number == here.page_number
        and abs(other.label.segment.row - here.row) <= _NEAR_ROWS
        for other in real
    )


def _is_person(one: Appearance, name: str, *, is_labour: bool) -> bool:
    label = one.label
    if words.ORGANIZATION.search(label.role) or words.FIRM.search(name):
        return False
    if words.PERSON_NAME.fullmatch(name):
        return True
    if label.is_english:
        return english.is_person(label.role.casefold())
    if words.PERSON.search(label.role) or words.VILLAGER.search(label.text):
        return True
    acts = label.acts or any(item.kind is Kind.REPRESENTATIVE for item in one.items)
    return is_labour and label.role.startswith(("乙", "受聘", "受雇", "劳动")) and not acts
