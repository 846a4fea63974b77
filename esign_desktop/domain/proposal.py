"""What the program proposes for a document that it has read: its parties, and where their marks belong."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from esign_desktop.domain.geometry import DisplayRect


class MarkKind(StrEnum):
    """What somebody puts at a place."""

    SEAL = "seal"
    SIGNATURE = "signature"


class PartyKind(StrEnum):
    """Who a party is, as far as the paper tells."""

    ORGANIZATION = "organization"
    PERSON = "person"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class ProposedMark:
    """A place for a mark: the label that it stands at, on the page as displayed. ``text`` is the label."""

    page_number: int
    rect: DisplayRect
    kind: MarkKind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProposedParty:
    """A party by what the paper calls it. ``name`` is empty where the paper leaves a blank for it."""

    role: str
    kind: PartyKind
    marks: tuple[ProposedMark, ...]
    aliases: tuple[str, ...] = ()
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Parties in the order of the paper. ``witnesses`` are who attests, registers or approves; none of them signs."""

    parties: tuple[ProposedParty, ...] = ()
    witnesses: tuple[str, ...] = ()
