"""The form of a contract that was sent, by which the next contract on the same form is recognized.

A remembered form holds keyed hashes of short pieces of the printed wording, the words by which the document calls its
parties, and the places of the seals relative to their labels. It contains no digest of a page or of the document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.doubts.spelling import plain
from esign_desktop.domain.matching.pieces import Piece, may_be_value, pieces_of, text_of
from esign_desktop.domain.matching.seals import RememberedSeal
from esign_desktop.domain.proposal import ProposedParty

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from esign_desktop.domain.doubts.paper import Paper

_HASH_BYTES: Final = 8
_SAME_ROW_PT: Final = 8.0
MOST_LETTERS: Final = 96
"""The number of letters at the beginning of a piece that can be compared one by one."""


@dataclass(frozen=True, slots=True)
class PieceHash:
    """The keyed hash of a piece, its number of letters, and a keyed hash of each of its first MOST_LETTERS letters.

    ``letters`` has one byte for each letter. The bytes show which letters of two different pieces are the same, that
    is, where a value was filled in.
    """

    whole: int
    length: int
    letters: bytes


@dataclass(frozen=True, slots=True)
class RememberedParty:
    """The words by which the document calls a party, such as 甲方 and 出租人, and the number of its places to sign."""

    words: tuple[str, ...]
    place_count: int


@dataclass(frozen=True, slots=True)
class RememberedForm:
    """All data that is stored about a contract in order to recognize its form. It contains no value of the contract.

    ``order`` contains the zero-based index of the party at each place to sign, in reading order. ``unread_count`` is
    the number of pages without readable text, such as scanned pages. ``seals`` contains the places of the seals.
    """

    pieces: tuple[PieceHash, ...]
    parties: tuple[RememberedParty, ...] = ()
    order: tuple[int, ...] = ()
    unread_count: int = 0
    seals: tuple[RememberedSeal, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A document, prepared for the comparison with remembered forms. It contains text, and is therefore not stored."""

    pieces: tuple[Piece, ...] = field(repr=False)
    hashes: tuple[PieceHash, ...]
    parties: tuple[ProposedParty, ...] = ()
    unread: tuple[int, ...] = ()
    """The numbers of the pages without readable text."""


def read_form(paper: Paper, key: bytes, names: Iterable[str] = ()) -> ReadForm:
    """Return a document prepared for the comparison with remembered forms.

    ``key`` is a secret of at most 64 bytes; forms can only be compared if they were read with the same key. ``names``
    contains the names and numbers of the contract's signers, as far as they are known.
    """
    pieces = pieces_of(paper, names)
    hashing = _Hashing(key)
    unread = tuple(number for number, page in enumerate(paper.pages, 1) if not text_of(page))
    return ReadForm(pieces, tuple(hashing.of(piece.text) for piece in pieces), paper.proposal.parties, unread)


def remember(read: ReadForm, seals: Sequence[RememberedSeal] = (), names: Iterable[str] = ()) -> RememberedForm:
    """Return the form of a document, which can be stored, with the places of its seals.

    ``names`` is the same as for ``read_form``. Words for a party that may be its name are left out.
    """
    values = {plain(name) for name in (*names, *(party.name for party in read.parties)) if name}
    parties = tuple(
        RememberedParty(
            tuple(word for word in called(party) if plain(word) not in values and not may_be_value(word)),
            len(party.marks),
        )
        for party in read.parties
    )
    return RememberedForm(read.hashes, parties, signing_order(read.parties), len(read.unread), tuple(seals))


def signing_order(parties: Sequence[ProposedParty]) -> tuple[int, ...]:
    """Return the zero-based index of the party at each place to sign, by page, from top to bottom and left to right."""
    marks = [
        (mark.page_number, round(mark.rect.top_pt / _SAME_ROW_PT), mark.rect.left_pt, index)
        for index, party in enumerate(parties)
        for mark in party.marks
    ]
    return tuple(index for *_, index in sorted(marks))


def called(party: ProposedParty) -> tuple[str, ...]:
    """Return all words by which the document calls a party."""
    return party.role, *party.aliases


def whole_hash(piece: str, key: bytes) -> int:
    """Return the keyed 64-bit hash of a piece."""
    return int.from_bytes(_keyed(piece, key, b"piece"), "big")


class _Hashing:
    """Computes the hashes of pieces with a key, and caches them."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._letters: dict[str, bytes] = {}
        self._pieces: dict[str, PieceHash] = {}

    def of(self, piece: str) -> PieceHash:
        known = self._pieces.get(piece)
        if known is None:
            letters = b"".join(map(self._letter, piece[:MOST_LETTERS]))
            known = self._pieces[piece] = PieceHash(whole_hash(piece, self._key), len(piece), letters)
        return known

    def _letter(self, letter: str) -> bytes:
        known = self._letters.get(letter)
        if known is None:
            known = self._letters[letter] = _keyed(letter, self._key, b"letter")[:1]
        return known


def _keyed(text: str, key: bytes, use: bytes) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=_HASH_BYTES, key=key, person=use).digest()
