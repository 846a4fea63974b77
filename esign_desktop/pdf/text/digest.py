"""Digests of pages' texts, by which a form is known again even when it is filled in; and how the child tells them."""

from __future__ import annotations

import hashlib
import heapq
import re
import zlib
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.fingerprint import SKETCH_SIZE, PageDigest
from esign_desktop.pdf.text.folding import fold
from esign_desktop.pdf.untrusted import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from esign_desktop.pdf.text.lines import TextLine
    from esign_desktop.pdf.wire import Message

DIGESTED_PAGES: Final = 60
"""The first pages tell which form it is; a book need not be read for it."""
DIGESTED_CHARACTERS: Final = 20_000
PIECE_CHARACTERS: Final = 4

_SHA256: Final = re.compile(r"([0-9a-f]{64})?")
_MAX_HASH: Final = 0xFFFF_FFFF


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


def digests_message(digests: Sequence[PageDigest]) -> Message:
    """Write the answer to *text_digests*."""
    return {"digests": [[digest.sha256, list(digest.sketch)] for digest in digests]}


def read_digests(message: Mapping[str, object], at_most: int) -> tuple[PageDigest, ...]:
    """Read the answer to *text_digests*: at least one page's, and no more than were asked for."""
    items = message.get("digests")
    if not isinstance(items, list) or not 1 <= len(items) <= at_most:
        raise BadAnswer("digests")
    return tuple(_digest(item) for item in items)


def _digest(untrusted: object) -> PageDigest:
    if not isinstance(untrusted, list) or len(untrusted) != 2:
        raise BadAnswer("digest")
    sha256, sketch = untrusted
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise BadAnswer("digest")
    if not isinstance(sketch, list) or len(sketch) > SKETCH_SIZE:
        raise BadAnswer("sketch")
    if not all(type(one) is int and 0 <= one <= _MAX_HASH for one in sketch):
        raise BadAnswer("sketch")
    return PageDigest(sha256, tuple(sketch))
