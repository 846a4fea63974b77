"""Find the places of a party's marks.

A mark is placed at the mark words, or otherwise at the label of the party or of the party's representative.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.proposal import MarkKind, ProposedMark
from esign_desktop.pdf.proposing import words
from esign_desktop.pdf.proposing.labels import Kind

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import DisplayRect
    from esign_desktop.pdf.proposing.blocks import Appearance
    from esign_desktop.pdf.proposing.labels import Label

_OF_THE_PARTY: Final = re.compile(r"\(?(?:单位|公章|(?:company|corporate|common|official)(?:seal|stamp|chop))")
_AGENT: Final = re.compile("(?:委托)?代理人|经办人")
_SIGNING_WORD: Final = re.compile("签")
"""Where the party itself signs, an agent gets a mark only if the agent's label asks for one."""
_REST_OF_LABEL: Final = re.compile(r"\(?[或的]")


@dataclass(slots=True)
class _Acting:
    """A representative of the party, and the place of their signature."""

    mark: ProposedMark
    row: tuple[int, int]
    is_marked: bool


def _kind(found: str) -> MarkKind:
    return MarkKind.SEAL if words.is_seal(found) else MarkKind.SIGNATURE


def _mark(label: Label, kind: MarkKind, rect: DisplayRect | None = None, text: str = "") -> ProposedMark:
    return ProposedMark(label.segment.page_number, rect or label.place, kind, text or label.text)


def _row(label: Label) -> tuple[int, int]:
    return label.segment.page_number, label.segment.row


class _Places:
    def __init__(self, party: Appearance) -> None:
        self._label = party.label
        self._found: list[ProposedMark] = []
        self._acting: list[_Acting] = []
        self._is_signed_below = any(
            item.kind is Kind.MARK and any(_kind(mark.words) is MarkKind.SIGNATURE for mark in item.marks)
            for item in party.items
        )
        self._is_marked_below = any(item.kind is Kind.MARK for item in party.items)
        self._of_label = self._mark_of_label()
        self._is_sealed = self._of_label is not None
        self._waiting: _Acting | None = None
        """The representative whose mark words are still expected."""
        self._is_label_waiting = self._of_label is None
        self._last_bare: tuple[int, int] | None = None
        for item in party.items:
            if item.kind is Kind.MARK:
                for kind, rect, text in _bare_marks(item):
                    self._take_bare(item, kind, rect, text)
            elif item.kind is Kind.REPRESENTATIVE:
                self._take_acting(item)
            else:
                self._take_name(item)

    def marks(self, *, with_label: bool) -> list[ProposedMark]:
        found = list(self._found)
        if self._of_label is not None:
            found.insert(0, self._of_label)
        elif not self._is_sealed and self._label.acts:
            found.insert(0, _mark(self._label, MarkKind.SIGNATURE))
        elif self._label.is_english:
            # In English contracts a party or its representative signs, unless a seal is asked for.
            found += [] if found or self._acting else [_mark(self._label, MarkKind.SIGNATURE)]
        elif not self._is_sealed and with_label:
            found.insert(0, _mark(self._label, MarkKind.SEAL))
        marked = [acting.mark for acting in self._acting if acting.is_marked]
        # Without mark words, the first representative signs, or all of those in the first one's row.
        first = [acting.mark for acting in self._acting if acting.row == self._acting[0].row]
        return found + (marked or first)

    def _mark_of_label(self) -> ProposedMark | None:
        label = self._label
        if not label.marks:
            return None
        kind = _kind(label.mark_words)
        if label.is_english and kind is MarkKind.SIGNATURE and self._is_signed_below:
            return None
        if label.acts and "及" not in label.text and "公章" not in label.mark_words:
            kind = MarkKind.SIGNATURE
        return _mark(label, kind)

    def _take_bare(self, item: Label, kind: MarkKind, rect: DisplayRect, text: str) -> None:
        mark = _mark(item, kind, rect, text)
        is_same_row, self._last_bare = self._last_bare == _row(item), _row(item)
        if self._is_label_waiting:
            if self._label.is_legal and self._label.acts and kind is MarkKind.SEAL:
                self._found.append(_mark(self._label, MarkKind.SIGNATURE))
            self._found.append(mark)
            self._is_label_waiting, self._is_sealed = False, True
        elif self._waiting is not None and not _OF_THE_PARTY.match(text.lstrip("_")):
            self._waiting.mark = _mark(item, MarkKind.SIGNATURE, rect, text)
            self._waiting.is_marked = True
            self._waiting = None
        elif self._of_label is None and self._found and not self._acting:
            if is_same_row or item.start or kind not in {found.kind for found in self._found}:
                self._found.append(mark)
        elif not (self._of_label is not None and kind is self._of_label.kind is MarkKind.SEAL):
            self._is_sealed = self._is_sealed or kind is MarkKind.SEAL
            self._found.append(mark)

    def _take_acting(self, item: Label) -> None:
        if not item.marks and _AGENT.match(item.text) and _SIGNING_WORD.search(self._label.mark_words):
            return
        acting = _Acting(_mark(item, MarkKind.SIGNATURE), _row(item), bool(item.marks))
        last = self._acting[-1] if self._acting else None
        if last is not None and not last.is_marked and _REST_OF_LABEL.match(item.text):
            # A label in two rows: 法定代表人 / 或主要负责人:(签章).
            acting.row = last.row
            self._acting[-1] = acting
        else:
            self._acting.append(acting)
        self._waiting = None if acting.is_marked else self._acting[-1]
        self._is_label_waiting = False

    def _take_name(self, item: Label) -> None:
        if item.marks:
            kind = MarkKind.SIGNATURE if words.PERSONAL.search(item.text) else _kind(item.mark_words)
            self._is_sealed = self._is_sealed or kind is MarkKind.SEAL
            self._found.append(_mark(item, kind))
        elif (
            not self._is_sealed
            and not self._label.is_english
            and not self._label.name
            and not self._label.text.endswith("_")
            and not self._is_marked_below
        ):
            self._found.append(_mark(item, MarkKind.SEAL))
            self._is_sealed = True


def _bare_marks(item: Label) -> list[tuple[MarkKind, DisplayRect, str]]:
    """Return the marks that a line of mark words asks for. There are two if a blank or a name separates two kinds."""
    segment, text = item.segment, item.text
    first, last = item.marks[0], item.marks[-1]
    between = text[first.end : last.start]
    if not ("__" in between or ":" in between) or _kind(first.words) is _kind(last.words):
        return [(_kind(item.mark_words), segment.rect(), text)]
    start = last.start - 1 if text[last.start - 1] == "(" else last.start
    return [
        (_kind(first.words), segment.rect(item.start, first.end), text[item.start : first.end]),
        (_kind(last.words), segment.rect(start), text[start:]),
    ]


def marks_of(party: Appearance, *, is_person: bool) -> list[ProposedMark]:
    """Return the places of a party's marks for one appearance of the party."""
    found = _Places(party).marks(with_label=not party.label.is_vertical)
    if not is_person:
        return found
    signed = [
        ProposedMark(mark.page_number, mark.rect, MarkKind.SIGNATURE, mark.text)
        if "签" in mark.text or not words.MARK.search(mark.text)
        else mark
        for mark in found
    ]
    if len(signed) > 1 and not party.label.marks:
        # A person has one place; mark words take precedence over the bare label.
        return [mark for mark in signed if mark.text != party.label.text] or signed
    return signed
