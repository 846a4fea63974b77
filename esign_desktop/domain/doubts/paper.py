"""The content of a document's pages: the parties that the pages name, and the text of each page."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from esign_desktop.domain.proposal import Proposal


class Legibility(Enum):
    """The reliability of a page's text for deciding whether a name occurs on the page."""

    TEXT = auto()
    """The text is complete, so a name either occurs in it or does not."""
    CHARACTERS = auto()
    """Only the set of characters on the page is known: a name may occur if the set contains all its characters."""
    NONE = auto()
    """The page could not be read, so any name may occur."""


@dataclass(frozen=True, slots=True)
class PaperPage:
    """The text of one page, normalized as for keyword search. The text is empty if the page is an image."""

    text: str = field(default="", repr=False)
    legibility: Legibility = Legibility.TEXT


@dataclass(frozen=True, slots=True)
class Paper:
    """The content of one document: the text of its pages, and the parties listed in ``proposal``."""

    proposal: Proposal
    pages: tuple[PaperPage, ...] = ()
