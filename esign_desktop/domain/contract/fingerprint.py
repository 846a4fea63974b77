"""Digests of pages, which earlier versions of the program compare in order to recognize a preset's document.

Only hashes of the texts are stored. This version writes them into presets, but recognizes documents with
``domain.matching``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SKETCH_SIZE: Final = 48
"""The number of hashes in a page's sketch."""


@dataclass(frozen=True, slots=True)
class PageDigest:
    """The hash of a page's normalized text, and a sketch by which similar texts can be recognized.

    The sketch consists of the smallest hashes of short pieces of the text, in ascending order. Both the hash and the
    sketch are empty for a page without text.
    """

    sha256: str = ""
    sketch: tuple[int, ...] = ()
