"""The content read from a document's pages: the parties named on them, and the text of every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from esign_desktop.domain.proposal import Proposal


class Legibility(Enum):
    """How much a page's text reveals about the occurrence of a name."""

    TEXT = auto()
    """The text is complete: the name occurs or does not occur."""
    CHARACTERS = auto()
    """Only the set of the page's characters is known: the name may occur if all its characters are in the set."""
    NONE = auto()
    """The page could not be read, so any name may occur."""


@dataclass(frozen=True, slots=True)
class PaperPage:
    """The text of one page, normalized as for keyword search. It is empty if the page is an image."""

    text: str = field(default="", repr=False)
    legibility: Legibility = Legibility.TEXT


@dataclass(frozen=True, slots=True)
class Paper:
    """The content read from one document."""

    proposal: Proposal
    pages: tuple[PaperPage, ...] = ()
