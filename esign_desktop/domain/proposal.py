"""Proposals made from the text of a document: its parties and the positions of their marks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from esign_desktop.domain.geometry import DisplayRect


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
class ProposedParty:
    """A party and its role in the document. ``name`` is empty if the document has a blank instead."""

    role: str
    kind: PartyKind
    marks: tuple[ProposedMark, ...]
    aliases: tuple[str, ...] = ()
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The parties in document order.

    ``witnesses`` are parties that attest, register or approve the contract; they do not sign it.
    """

    parties: tuple[ProposedParty, ...] = ()
    witnesses: tuple[str, ...] = ()
