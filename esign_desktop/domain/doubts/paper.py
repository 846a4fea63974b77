"""What was read on a document's pages: the parties that it names, and the text of every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from esign_desktop.domain.proposal import Proposal


class Legibility(Enum):
    """What a page's text says of a name that is looked for."""

    TEXT = auto()
    """The name stands there or it does not."""
    CHARACTERS = auto()
    """Only the page's characters are known, each once: the name may stand there if it has no others."""
    NONE = auto()
    """The page could not be read: any name may stand there."""


@dataclass(frozen=True, slots=True)
class PaperPage:
    """The text of one page, in the form in which keywords are compared; empty where the page is a picture."""

    text: str = field(default="", repr=False)
    legibility: Legibility = Legibility.TEXT


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it was read."""

    proposal: Proposal
    pages: tuple[PaperPage, ...] = ()
