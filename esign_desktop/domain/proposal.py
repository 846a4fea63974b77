"""Proposals made from the text of a document: its parties and the positions of their marks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from esign_desktop.domain.geometry import DisplayRect

if TYPE_CHECKING:
    from collections.abc import Iterator


class MarkKind(StrEnum):
    """The kind of mark that a party makes."""

    SEAL = "seal"
    SIGNATURE = "signature"


class PartyKind(StrEnum):
    """The kind of a party, as far as the document reveals it."""

    ORGANIZATION = "organization"
    PERSON = "person"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class ProposedMark:
    """A proposed position: the rectangle of the label next to it, in display space. ``text`` is the label."""

    page_number: int
    rect: DisplayRect
    kind: MarkKind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """Where something stands on a page as displayed."""

    page_number: int
    rect: DisplayRect


@dataclass(frozen=True, slots=True)
class PaperFact:
    """A fact that a page states about a party, as printed, and where it stands."""

    text: str = field(repr=False)
    place: PaperPlace


@dataclass(frozen=True, slots=True)
class ProposedParty:
    """A party and its role in the document. ``name`` is empty if the document has a blank instead.

    ``name_place`` is where the name stands. ``number`` is the number of the party's document or registration, and
    ``legal`` the name of its legal representative; both are None if none was read.
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
    """The parties in document order.

    ``witnesses`` are parties that attest, register or approve the contract; they do not sign it.
    """

    parties: tuple[ProposedParty, ...] = ()
    witnesses: tuple[str, ...] = ()

    @property
    def page_numbers(self) -> Iterator[int]:
        """The page of everything in it that has a place."""
        for party in self.parties:
            yield from (mark.page_number for mark in party.marks)
            places = (party.name_place, *(fact.place for fact in (party.number, party.legal) if fact is not None))
            yield from (place.page_number for place in places if place is not None)
