"""Blanks of a paper form: places that a person fills in by hand, such as ``____`` or an empty cell of a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.templates import ValueKind


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank on a page. ``rect`` is in page space, and as high as a line of the text beside the blank.

    ``label`` is the text beside the blank or above it, or an empty string if there is none. ``kind`` is guessed from
    the label and from the text after the blank, such as 元 or 年.
    """

    rect: PageRect
    label: str = field(default="", repr=False)
    kind: ValueKind = ValueKind.TEXT
