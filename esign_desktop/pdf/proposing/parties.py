"""Read the rows of a document and propose its parties."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.proposal import PartyKind, Proposal, ProposedMark, ProposedParty
from esign_desktop.pdf.proposing import english, words
from esign_desktop.pdf.proposing.blocks import Appearance, Block, Columns, read_blocks
from esign_desktop.pdf.proposing.defined import read_defined
from esign_desktop.pdf.proposing.facts import Facts, place_of_name, read_facts
from esign_desktop.pdf.proposing.heads_and_feet import without_heads_and_feet
from esign_desktop.pdf.proposing.labels import Kind, Label, read_label
from esign_desktop.pdf.proposing.marks import marks_of
from esign_desktop.pdf.proposing.names import Names, same_roles
from esign_desktop.pdf.proposing.running_on import join_running_on
from esign_desktop.pdf.text.folding import fold

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
"""An alias that only one party can have."""
_ONLY_WITH_MARK: Final = re.compile(r"收货|发货|投保人|受益")
"""Roles that forms also use to label addresses."""


@dataclass(slots=True)
class _Party:
    role: str
    marks: list[ProposedMark] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    is_person: bool = False
    is_organization: bool = False

    def proposed(self, names: Names, facts: Mapping[str, Facts], rows: Sequence[Sequence[Label]]) -> ProposedParty:
        organization = PartyKind.ORGANIZATION if self.is_organization else PartyKind.EITHER
        kind = PartyKind.PERSON if self.is_person else organization
        called = (self.role, *dict.fromkeys(self.aliases))
        name = names.of(*called)
        place = place_of_name(name, called, rows) if name else None
        own = next((facts[role] for role in called if role in facts), Facts())
        return ProposedParty(self.role, kind, tuple(self.marks), called[1:], name, place, own.number, own.legal)


def proposed_pages(page_count: int) -> list[int]:
    """Return the zero-based indices of the pages to read.

    In a long document, only the first and last pages are read.
    """
    return [index for index in range(page_count) if index < _FIRST_PAGES or index >= page_count - _LAST_PAGES]


def propose(pages: Sequence[list[PageRow]]) -> Proposal:
    """Propose the parties of a document and the places of their marks from the rows of its pages."""
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
        appearances = [
            appearance
            for appearance in appearances
            if appearance.own_marks or appearance.label.role not in signed_below
        ]
        is_end = 0 < number == len(blocks) - 1
        for appearance in _signing(block, appearances, is_end=is_end):
            if appearance.label.is_firm:
                names.add_own(appearance.label.role)
                appearance.label.role = names.called(appearance.label.role) or appearance.label.role
            for item in appearance.items:
                names.add_below(appearance.label.role, item)
            name = names.of(appearance.label.role, appearance.label.alias)
            is_person = _is_person(appearance, name, is_labour=is_labour)
            role = _known(parties, appearance.label)
            party = parties.setdefault(role, _Party(role))
            text = appearance.label.text + "".join(item.text for item in appearance.items)
            is_organized = _ORGANIZED.search(text) is not None or words.FIRM.search(name) is not None
            is_identified = (
                not identified.isdisjoint({appearance.label.role, appearance.label.alias}) and not is_organized
            )
            party.marks += marks_of(appearance, is_person=is_person or is_identified)
            party.aliases += [appearance.label.alias] if len(appearance.label.alias) > 1 else []
            party.is_person |= is_person
            party.is_organization |= is_organized
        witnesses.update(
            (appearance.label.text, None)
            for appearance in appearances
            if appearance.is_witness and appearance.own_marks
        )
    facts = read_facts(labels)
    found = [party.proposed(names, facts, labels) for party in parties.values() if party.marks]
    signing, others = _with_defined_words(found, labels, names)
    return Proposal(signing, tuple(witnesses), others)


def _with_defined_words(
    found: Sequence[ProposedParty], rows: Sequence[Sequence[Label]], names: Names
) -> tuple[tuple[ProposedParty, ...], tuple[ProposedParty, ...]]:
    """Return the parties with all words that the document uses for them, and the named parties that do not sign in it.

    Another document of the contract may use any of these words: a party that signs as 出借人 is defined as
    出借人(甲方), and an annex calls it 甲方.
    """
    pairs = dict.fromkeys(
        (label.role, label.alias if len(label.alias) > 1 else "")
        for row in rows
        for label in row
        if label.kind is Kind.ROLE and label.role and not label.acts and not label.is_firm
    )
    called = [dict.fromkeys((party.role, *party.aliases)) for party in found]
    for own in called:
        keys = set(same_roles(*own))
        for pair in pairs:
            if not keys.isdisjoint(map(fold, filter(None, pair))):
                own.update(dict.fromkeys(filter(None, pair)))
    uses = Counter(fold(word) for own in called for word in own)
    signing = tuple(
        replace(
            party,
            aliases=tuple(
                word for word in own if word != party.role and (word in party.aliases or uses[fold(word)] == 1)
            ),
        )
        for party, own in zip(found, called, strict=True)
    )
    others: dict[str, ProposedParty] = {}
    for role, alias in (*pairs, *((f"{letter}方", "") for letter in words.NUMBERED)):
        pair_words = tuple(filter(None, (role, alias)))
        name = names.of(*pair_words)
        if not name or not uses.keys().isdisjoint(same_roles(*pair_words)):
            continue
        is_person = words.PERSON_NAME.fullmatch(name) is not None and not words.FIRM.search(name)
        is_organization = words.FIRM.search(name) is not None
        kind = PartyKind.PERSON if is_person else PartyKind.ORGANIZATION if is_organization else PartyKind.EITHER
        uses.update(map(fold, pair_words))
        others[role] = ProposedParty(role, kind, (), pair_words[1:], name)
    return signing, tuple(others.values())


def _with_identity(rows: Sequence[Sequence[Label]]) -> Iterator[str]:
    """Yield the roles and aliases of the parties whose identity details the document asks for.

    These parties sign by hand.
    """
    named: list[Label] = []
    for row in rows:
        parties = [label for label in row if label.kind is Kind.ROLE]
        named = parties or ([] if any(label.kind is Kind.TEXT for label in row) else named)
        for label in row:
            if named and label.kind is Kind.FACT and _IDENTITY.match(label.text):
                left = [party for party in named if party.segment.left <= label.segment.left + _COLUMN_PT]
                party = (left or named)[-1]
                yield from filter(None, (party.role, party.alias))


def _name_sides(rows: Sequence[Sequence[Label]]) -> None:
    """Classify words such as 企业方 and 职工方 at the head of columns as parties."""
    for row in rows:
        if len(row) > 1 and all(words.SIDE_ALONE.fullmatch(label.text) for label in row):
            for label in row:
                label.kind, label.role = Kind.ROLE, label.segment.printed(0)


def _drop_halves(rows: Sequence[Sequence[Label]]) -> None:
    """Keep one of two English labels that are below each other and name the same party.

    *Signed by* is dropped above *for* or *on behalf of*. A repeated bare role is also dropped.
    """
    for row, below in pairwise(rows):
        for label in [label for label in row if label.is_english]:
            other = next((other for other in below if label.segment.is_above(other.segment)), None)
            if other is None or other.kind is not Kind.ROLE:
                continue
            if english.SIGNED_BY.fullmatch(label.text) and other.text.startswith(("for", "onbehalf")):
                label.kind, label.marks = Kind.OTHER, []
            is_bare = not (label.marks or other.marks or other.acts)
            if other.is_english and is_bare and label.role.casefold() == other.role.casefold():
                other.kind = Kind.OTHER


def _known(parties: Mapping[str, _Party], label: Label) -> str:
    """Return the role of a known party that the label names, or the label's own role.

    甲方单位 is the same party as 甲方, and a party may have two roles.
    """
    keys = {alias: role for role, party in parties.items() for alias in party.aliases} | {
        role: role for role in parties
    }
    words_for_it = [label.role, label.role.removesuffix("单位"), f"{label.role}单位"]
    # Two parties that are both called (单位) remain two.
    words_for_it += [label.alias] if label.alias in parties or _OF_ONE.fullmatch(label.alias) else []
    return next((keys[word] for word in words_for_it if word in keys), label.role)


def _signed_below(blocks: Sequence[Block]) -> set[str]:
    """Return the roles that have mark words in the row directly below the first block.

    The first block then contains the addresses of these parties.
    """
    if len(blocks) < 2 or blocks[1].before:
        return set()
    return {label.role for label in blocks[1].rows[0].labels if label.kind is Kind.ROLE and label.marks}


def _drop_translations(rows: Sequence[Sequence[Label]]) -> None:
    """Drop the English labels if the parties also have Chinese labels, because the English ones only translate them."""
    labels = [label for row in rows for label in row if label.kind is not Kind.TEXT]
    if any(label.kind is Kind.ROLE and not label.is_english for label in labels):
        for label in labels:
            if label.is_english:
                label.kind, label.marks, label.role, label.name = Kind.OTHER, [], "", ""


def _signing(block: Block, appearances: list[Appearance], *, is_end: bool) -> list[Appearance]:
    """Return the parties that sign in a block. There are none if the block is a head or a list of addresses."""
    real = [appearance for appearance in appearances if not appearance.is_witness]
    has_mark = any(appearance.own_marks for appearance in real)
    if not real or (all(appearance.label.is_firm for appearance in real) and not has_mark):
        return []
    has_acting = any(item.kind is Kind.REPRESENTATIVE for appearance in real for item in appearance.items)
    is_closed = block.is_closing and (has_acting or len(real) > 1)
    if not (has_mark or is_closed or (is_end and _is_dated_end(block, real))):
        return []
    return [appearance for appearance in real if _is_signing(appearance, real, block, has_mark=has_mark)]


def _is_dated_end(block: Block, real: list[Appearance]) -> bool:
    """Return whether bare party labels and a date end the document."""
    is_dated = any(label.kind in {Kind.FACT, Kind.WITNESS} and words.DATE.search(label.text) for label in block.labels)
    bare = (
        re.fullmatch(r"(?:[^:_]{2,8}|[a-z]{2,24})[:_]*", appearance.label.text) or appearance.label.name
        for appearance in real
    )
    is_enough = len(real) > 1 or words.DECLARING.fullmatch(real[0].label.role) is not None
    return is_dated and is_enough and all(bare)


def _is_signing(appearance: Appearance, real: list[Appearance], block: Block, *, has_mark: bool) -> bool:
    if appearance.own_marks:
        return True
    if (
        appearance.label.segment.cell
        or (appearance.label.text[0].isascii() and not appearance.label.is_english)
        or _ONLY_WITH_MARK.match(appearance.label.role)
    ):
        return False
    if block.is_closing or appearance.items or not has_mark:
        return True
    here = appearance.label.segment
    return any(
        other is not appearance
        and other.label.segment.page_number == here.page_number
        and abs(other.label.segment.row - here.row) <= _NEAR_ROWS
        for other in real
    )


def _is_person(appearance: Appearance, name: str, *, is_labour: bool) -> bool:
    label = appearance.label
    if words.ORGANIZATION.search(label.role) or words.FIRM.search(name):
        return False
    if words.PERSON_NAME.fullmatch(name):
        return True
    if label.is_english:
        return english.is_person(label.role.casefold())
    if words.PERSON.search(label.role) or words.VILLAGER.search(label.text):
        return True
    acts = label.acts or any(item.kind is Kind.REPRESENTATIVE for item in appearance.items)
    return is_labour and label.role.startswith(("乙", "受聘", "受雇", "劳动")) and not acts
