"""The proposal made from the text of a document: the parties, and the places where they are to seal or sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from esign_desktop.domain.geometry import DisplayRect

if TYPE_CHECKING:
    from collections.abc import Iterator


class MarkKind(StrEnum):
    """The kind of mark that a party makes: a seal or a signature."""

    SEAL = "seal"
    SIGNATURE = "signature"


class PartyKind(StrEnum):
    """The kind of a party.

    EITHER means that the document does not show whether the party is an organization or a person.
    """

    ORGANIZATION = "organization"
    PERSON = "person"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class ProposedMark:
    """The place on a page where a party is to seal or sign.

    ``rect`` is the box, in display space, of the label that indicates the place, and ``text`` is the label's text.
    """

    page_number: int
    rect: DisplayRect
    kind: MarkKind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """A position on a page. ``page_number`` is counted from 1, and ``rect`` is in display space."""

    page_number: int
    rect: DisplayRect


@dataclass(frozen=True, slots=True)
class PaperFact:
    """Information about a party as printed on a page, and the position of the printed text."""

    text: str = field(repr=False)
    place: PaperPlace


@dataclass(frozen=True, slots=True)
class ProposedParty:
    """A party to the contract, as named in the document, with the party's role, such as 甲方.

    ``aliases`` are other names of the role. ``name`` is empty if the document leaves the name blank, and ``name_place``
    is the position of the name. ``number`` is the number of the party's identity document or registration, and
    ``legal`` is the name of the party's legal representative. ``number`` and ``legal`` are None if they were not found.
    """

    role: str
    kind: PartyKind
    marks: tuple[ProposedMark, ...]
    aliases: tuple[str, ...] = ()
    name: str = field(default="", repr=False)
    name_place: PaperPlace | None = None
    number: PaperFact | None = None
    legal: PaperFact | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The parties of a document, in the order in which the document names them.

    ``witnesses`` are parties that attest, register or approve the contract but do not sign it. ``defined`` are parties
    that the document names but that have no place to sign there. Such parties may sign in another document of the
    contract.
    """

    parties: tuple[ProposedParty, ...] = ()
    witnesses: tuple[str, ...] = ()
    defined: tuple[ProposedParty, ...] = ()

    @property
    def names_parties(self) -> bool:
        """Whether the document names any party, with or without a place to sign."""
        return bool(self.parties or self.defined)

    @property
    def page_numbers(self) -> Iterator[int]:
        """The page numbers of all marks, names and facts in the proposal, possibly with duplicates."""
        for party in self.parties:
            yield from (mark.page_number for mark in party.marks)
            places = (party.name_place, *(fact.place for fact in (party.number, party.legal) if fact is not None))
            yield from (place.page_number for place in places if place is not None)
