"""Digests of pages' texts, by which a form is known again even when it is filled in."""

from __future__ import annotations

import hashlib
import heapq
import zlib
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.fingerprint import SKETCH_SIZE, PageDigest
from esign_desktop.pdf.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.pdf.text.lines import TextLine

DIGESTED_PAGES: Final = 60
"""The first pages tell which form it is; a book need not be read for it."""
DIGESTED_CHARACTERS: Final = 20_000
PIECE_CHARACTERS: Final = 4


def digest_of(text: str) -> PageDigest:
    """Return the digest of a page's text, which is compared as keywords are."""
    folded = fold(text[:DIGESTED_CHARACTERS])
    if not folded:
        return PageDigest()
    encoded = folded.encode("utf-32-le", "replace")
    width = 4 * PIECE_CHARACTERS
    pieces = {zlib.crc32(encoded[at : at + width]) for at in range(0, max(4, len(encoded) - width + 4), 4)}
    whole = hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()
    return PageDigest(whole, tuple(heapq.nsmallest(SKETCH_SIZE, pieces)))


def digest_of_lines(lines: Iterable[TextLine]) -> PageDigest:
    """Return the digest of a page's lines, in the order of the document."""
    return digest_of("".join(glyph.text for line in lines for glyph in line.glyphs))
