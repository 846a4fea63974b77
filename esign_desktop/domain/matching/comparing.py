"""Decide whether a document is a remembered form, and name what is different."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import Match, SequenceMatcher
from enum import StrEnum
from heapq import nlargest
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.doubts.spelling import is_placeholder, plain
from esign_desktop.domain.matching.form import MOST_LETTERS, RememberedForm, called, signing_order
from esign_desktop.domain.matching.pieces import CONTACT_LABEL, CONTRACT_WORDS
from esign_desktop.domain.matching.seals import same_party

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esign_desktop.domain.matching.form import PieceHash, ReadForm
    from esign_desktop.domain.matching.pieces import Piece

LEAST_SHARED: Final = 0.65
"""The least share of the shorter document's pieces that the other document has, too."""
LEAST_LIKENESS: Final = 0.4
_MOST_CHANGED: Final = 0.12
"""The greatest number of changed passages per piece of the shorter document."""
_CHANGED_AT_LEAST: Final = 4
_LONGEST_FILLED: Final = 16
_LONGEST_GONE: Final = 3
_LEAST_SAME: Final = 0.25
"""The least share of the letters that two passages with different values have in common."""
_DECISIVE: Final = re.compile(
    "[甲乙丙丁戊各买卖供需承发出受委托租让定购售]+方|双方|[不未非勿免应须可]|无[权需须偿]|有权|任何|全部|部分|仅|连带|一切|承担|负责|除外|书面|口头|免费|[有无]偿|单方|随时|"
    r"\b(?:not|no|shall|may|must|any|all|only|party|either|each)\b"
)
"""Words on which the rights and duties of the parties depend. A changed passage with such a word is not a value."""
MOST_COMPARED: Final = 3
"""The number of the most similar forms or contracts that are compared piece by piece."""
_LONGEST_QUOTE: Final = 60
_FEWEST_PIECES: Final = 6
_MOST_LETTERS_COMPARED: Final = 400
"""The greatest number of letters of differing passages that are compared letter by letter.

Comparing longer ones would take seconds. They are not values.
"""
_MOST_PAIRS: Final = 1_000_000
"""The greatest number of pairs of equal pieces with which documents are compared.

A document that repeats a piece a thousand times is not a form, and comparing it would take seconds.
"""


class ChangeKind(StrEnum):
    """The kind of a difference between a document and a remembered form.

    FILLED is a value within a sentence. ADDED, MISSING, MOVED and CHANGED concern the printed wording. PARTY_ADDED,
    PARTY_MISSING, PLACES and ORDER concern the parties, the number of places where one of them signs, and the order of
    all places. UNREAD is a page without readable text; it is reported if the document has more such pages than the
    form.
    """

    FILLED = "filled"
    ADDED = "added"
    MISSING = "missing"
    MOVED = "moved"
    CHANGED = "changed"
    PARTY_ADDED = "party_added"
    PARTY_MISSING = "party_missing"
    PLACES = "places"
    ORDER = "order"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between a document and a remembered form.

    ``text`` quotes the document, or names the party. If wording is missing, ``text`` quotes the text before the gap.
    ``page_number`` counts from 1, and is 0 for a party. ``letters_gone`` is the number of the form's letters that are
    not in the document. ``document_id`` identifies the document, and is None if only one document was compared.
    """

    kind: ChangeKind
    text: str = field(repr=False)
    page_number: int = 0
    letters_gone: int = 0
    document_id: DocumentId | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing a document with a remembered form.

    ``shared`` is the share of the shorter document's pieces that both have, and ``likeness`` the share of all pieces,
    each from 0 to 1. ``is_form`` is whether the document is on this form. If not, ``changes`` is empty.
    """

    form: RememberedForm
    shared: float
    likeness: float
    is_form: bool
    changes: tuple[Change, ...] = ()

    @property
    def wording(self) -> tuple[Change, ...]:
        """The differences in the wording and the parties, that is, all differences except values."""
        return tuple(change for change in self.changes if change.kind is not ChangeKind.FILLED)


def likeness(form: RememberedForm, read: ReadForm) -> tuple[float, float]:
    """Return the share of the shorter document's pieces that both documents have, and the share of all pieces."""
    return _likeness(_counted(form.pieces), _counted(read.hashes))


def most_alike(forms: Sequence[RememberedForm], read: ReadForm) -> RememberedForm | None:
    """Return the remembered form that has the most in common with a document, or None if none is similar enough."""
    near = [(alike, index) for index, alike in alike_forms(forms, read).items()]
    # Among forms that share most of their clauses, the one with the fewest differences is the right one.
    found = [(compare(forms[index], read), -alike, index) for alike, index in nlargest(MOST_COMPARED, near)]
    if not found:
        return None
    return forms[min((not one.is_form, len(one.wording), less, index) for one, less, index in found)[3]]


def alike_forms(forms: Sequence[RememberedForm], read: ReadForm) -> dict[int, float]:
    """Return the likeness of each form that is similar enough to a document, keyed by the form's zero-based index."""
    mine = _counted(read.hashes)
    near: dict[int, float] = {}
    for index, form in enumerate(forms):
        # Most forms have little in common with a document. Counting each of their pieces would take most of the time.
        most = sum(one.whole in mine for one in form.pieces)
        if most < LEAST_SHARED * min(len(form.pieces), len(read.hashes)):
            continue
        shared, alike = _likeness(_counted(form.pieces), mine)
        if shared >= LEAST_SHARED and alike >= LEAST_LIKENESS:
            near[index] = alike
    return near


def compare(form: RememberedForm, read: ReadForm) -> Comparison:
    """Return the result of comparing a document with a remembered form that was read with the same key."""
    shared, alike = likeness(form, read)
    if shared < LEAST_SHARED or alike < LEAST_LIKENESS or len(form.pieces) < _FEWEST_PIECES:
        return Comparison(form, shared, alike, is_form=False)
    if _pairs(form.pieces, read.hashes) > _MOST_PAIRS:
        return Comparison(form, shared, alike, is_form=False)
    changes = (*_of_wording(form.pieces, read), *_of_parties(form, read), *_of_unread(form, read))
    found = Comparison(form, shared, alike, is_form=True, changes=changes)
    most = _CHANGED_AT_LEAST + _MOST_CHANGED * min(len(form.pieces), len(read.pieces))
    if len(found.wording) > most:
        return Comparison(form, shared, alike, is_form=False)
    return found


def names_read(form: RememberedForm, read: ReadForm) -> tuple[str, ...]:
    """Return the names that a document contains for the parties of a form, in the order of the form's parties.

    A name is empty if it was not found.
    """
    words = [called(party) for party in read.parties]
    indices = (same_party(party.words, words) for party in form.parties)
    names = (read.parties[index].name if index >= 0 else "" for index in indices)
    return tuple("" if is_placeholder(name) else name for name in names)


def _counted(pieces: Sequence[PieceHash]) -> Counter[int]:
    return Counter(piece.whole for piece in pieces)


def _pairs(one: Sequence[PieceHash], other: Sequence[PieceHash]) -> int:
    """Return the number of pairs of equal pieces, on which the duration of a comparison depends."""
    first, second = _counted(one), _counted(other)
    return sum(count * second[whole] for whole, count in first.items() if whole in second)


def _likeness(one: Counter[int], other: Counter[int]) -> tuple[float, float]:
    small, large = sorted((one, other), key=len)
    both = sum(min(count, large[whole]) for whole, count in small.items() if whole in large)
    totals = one.total(), other.total()
    return both / max(1, min(totals)), 2 * both / max(1, sum(totals))


def _of_wording(before: Sequence[PieceHash], read: ReadForm) -> Iterator[Change]:
    after = read.hashes
    roles = [plain(word) for party in read.parties for word in called(party) if len(plain(word)) > 1]
    matcher = SequenceMatcher(None, [one.whole for one in before], [one.whole for one in after], autojunk=False)
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    gone = _counted([piece for block in blocks for piece in before[block[1] : block[2]]])
    added = _counted([piece for block in blocks for piece in after[block[3] : block[4]]])
    moved = gone & added
    # The order in which labels of values in columns are read depends on the lengths of the values.
    labels = {one.whole for one, piece in zip(after, read.pieces, strict=True) if CONTACT_LABEL.fullmatch(piece.text)}
    labels = {whole for whole in labels & moved.keys() if gone[whole] == added[whole]}
    once = {whole for whole, count in (_counted(before) | _counted(after)).items() if count == 1}
    once &= moved.keys()
    for _, start, end, new_start, new_end in blocks:
        old = [one for one in before[start:end] if one.whole not in labels]
        indices = [index for index in range(new_start, new_end) if after[index].whole not in labels]
        new, pieces = [after[index] for index in indices], [read.pieces[index] for index in indices]
        if not old and not new:
            continue
        if any(one.whole in once for one in (*old, *new)):
            kind = ChangeKind.MOVED
        elif not new:
            is_value = sum(one.length for one in old) <= _LONGEST_GONE or _repeats(old, before, start, end)
            kind = ChangeKind.FILLED if is_value else ChangeKind.MISSING
        elif not old:
            is_value = _is_new_value(pieces) or _repeats(new, after, new_start, new_end)
            kind = ChangeKind.FILLED if is_value else ChangeKind.ADDED
        else:
            kind = ChangeKind.FILLED if _is_filled(old, new, pieces, roles) else ChangeKind.CHANGED
        quoted = pieces or list(read.pieces[max(0, new_start - 1) : new_start])
        text = "…".join(piece.text for piece in quoted)[:_LONGEST_QUOTE]
        gone_letters = sum(one.length for one in old)
        yield Change(kind, text, quoted[0].page_number if quoted else 1, gone_letters)


def _repeats(part: Sequence[PieceHash], pieces: Sequence[PieceHash], start: int, end: int) -> bool:
    """Return whether a part of the pieces repeats those next to it, as the rows of a list do."""
    count = end - start
    around = {one.whole for one in (*pieces[max(0, start - count) : start], *pieces[end : end + count])}
    return all(one.whole in around for one in part)


def _is_new_value(pieces: Sequence[Piece]) -> bool:
    text = "".join(piece.text for piece in pieces)
    return len(text) <= _LONGEST_FILLED // 2 and not CONTRACT_WORDS.search(text)


def _is_filled(
    old: Sequence[PieceHash], new: Sequence[PieceHash], pieces: Sequence[Piece], roles: Sequence[str]
) -> bool:
    """Return whether passages differ only in values, between letters that are the same in both."""
    if any(one.length > MOST_LETTERS for one in (*old, *new)):
        return False
    before, after = (b"".join(one.letters for one in passages) for passages in (old, new))
    if max(len(before), len(after)) > _MOST_LETTERS_COMPARED:
        return False
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    same = [one for one in blocks if one.size > 1 or (one.size and _is_edge(one, len(before), len(after)))]
    # A sentence may contain the same value twice.
    if any(_are_values(one, old, new, pieces, roles) for one in (same, _same_edges(before, after))):
        return True
    pairs = zip(old, new, pieces, strict=False)
    return len(old) == len(new) > 1 and all(_is_filled([one], [other], [piece], roles) for one, other, piece in pairs)


def _are_values(
    same: Sequence[Match],
    old: Sequence[PieceHash],
    new: Sequence[PieceHash],
    pieces: Sequence[Piece],
    roles: Sequence[str],
) -> bool:
    """Return whether everything between the equal letters of two passages is a value or a blank."""
    text = "".join(piece.text for piece in pieces)
    edges, new_edges = _edges([one.length for one in old]), _edges([one.length for one in new])
    # Even sentences with different words have a few letters in common.
    if sum(block.size for block in same) < _LEAST_SAME * min(edges[-1], new_edges[-1]):
        return False
    blanks = {at for at, piece in zip(new_edges, pieces, strict=False) if piece.is_after_value}
    blanks |= {at for at, piece in zip(new_edges[1:], pieces, strict=True) if piece.is_before_value}
    at = new_at = 0
    for block in (*same, Match(edges[-1], new_edges[-1], 0)):
        gone, new_end = block.a - at, block.b
        if max(gone, new_end - new_at) > _LONGEST_FILLED or _is_decisive(text, new_at, new_end, roles):
            return False
        # Only a value, which is not part of any piece, or an empty blank divides the wording.
        if gone and new_at == new_end and new_at not in blanks:
            return False
        if any(end - start > _LONGEST_GONE for start, end in _within(edges, at, block.a)):
            return False
        if any(CONTRACT_WORDS.search(text[start:end]) for start, end in _within(new_edges, new_at, new_end)):
            return False
        at, new_at = block.a + block.size, block.b + block.size
    return True


def _same_edges(before: bytes, after: bytes) -> tuple[Match, Match]:
    """Return the equal letters with which two passages begin, and those with which they end."""
    start = _same_start(before, after)
    end = _same_start(before[start:][::-1], after[start:][::-1])
    return Match(0, 0, start), Match(len(before) - end, len(after) - end, end)


def _same_start(one: bytes, other: bytes) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (first, second) in pairs if first != second), min(len(one), len(other)))


def _is_edge(block: Match, length: int, new_length: int) -> bool:
    """Return whether equal letters begin or end both passages."""
    return block.a == block.b == 0 or (block.a + block.size == length and block.b + block.size == new_length)


def _edges(lengths: Sequence[int]) -> list[int]:
    return list(accumulate(lengths, initial=0))


def _within(edges: Sequence[int], start: int, end: int) -> list[tuple[int, int]]:
    """Return the start and the end of each piece that is entirely within a part of the passages."""
    return [(one, other) for one, other in pairwise(edges) if start <= one and other <= end]


def _is_decisive(text: str, begin: int, end: int, roles: Sequence[str]) -> bool:
    """Return whether a part of a text overlaps a decisive word or a word for a party."""
    spans = [found.span() for found in _DECISIVE.finditer(text)]
    spans += [found.span() for role in roles for found in re.finditer(re.escape(role), text)]
    return any(start < end and stop > begin for start, stop in spans)


def _of_parties(form: RememberedForm, read: ReadForm) -> Iterator[Change]:
    before, after = [party.words for party in form.parties], [called(party) for party in read.parties]
    found = [same_party(words, after) for words in before]
    has_same_places = True
    for party, index in zip(form.parties, found, strict=True):
        if party.words and index < 0:
            yield Change(ChangeKind.PARTY_MISSING, party.words[0])
        elif index >= 0 and len(read.parties[index].marks) != party.place_count:
            yield Change(ChangeKind.PLACES, party.words[0])
            has_same_places = False
    # The word for a party was not stored if it may be the party's name.
    unnamed = sum(not words for words in before)
    added = [words[0] for index, words in enumerate(after) if index not in found]
    yield from (Change(ChangeKind.PARTY_ADDED, word) for word in added[unnamed:])
    if has_same_places and -1 not in found and len(before) == len(after):
        order = signing_order(read.parties)
        changed = [index for old, index in zip(form.order, order, strict=False) if found[old] != index]
        if changed:
            yield Change(ChangeKind.ORDER, after[changed[0]][0])


def _of_unread(form: RememberedForm, read: ReadForm) -> Iterator[Change]:
    if len(read.unread) > form.unread_count:
        yield from (Change(ChangeKind.UNREAD, "", page_number) for page_number in read.unread)
