"""The text index of a document. Keywords can be counted in the index without access to the document itself.

Pages are assigned for reading in chunks. All pages are first read quickly. Then the pages that need a careful reading
are read again.
"""

from __future__ import annotations

import hashlib
import heapq
import threading
import zlib
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.fingerprint import SKETCH_SIZE, PageDigest
from esign_desktop.domain.doubts.paper import Legibility, PaperPage
from esign_desktop.domain.errors import Cancelled
from esign_desktop.pdf.limits import MAX_INDEX_CHARACTERS
from esign_desktop.pdf.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from esign_desktop.domain.errors import PdfError
    from esign_desktop.pdf.text.layout import TextLine


class Reading(IntEnum):
    """How a page was read. This determines what the page's text reveals about a keyword."""

    PLAIN = 0
    """Each occurrence is a match, except for several occurrences within one glyph, and there are no other matches."""
    CAREFUL = 1
    """Each match occurs in the text, but an occurrence may not be a match, or may duplicate another occurrence."""
    CHARACTERS = 2
    """Only the set of characters is known. A match needs all characters of the keyword."""
    UNKNOWN = 3
    """Nothing is known, because reading failed or took too long."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The folded text of one page. The passages of the text are separated so that no match can span two of them."""

    reading: Reading
    has_text: bool
    folded: str = field(repr=False)

    def count(self, keyword_folded: str) -> int | None:
        """Return the number of matches on the page, or None if the page itself must be searched."""
        if self.reading is Reading.UNKNOWN:
            return None
        if self.reading is Reading.CHARACTERS:
            return None if set(keyword_folded) <= set(self.folded) else 0
        count = self.folded.count(keyword_folded)
        # A ligature such as ﬀ, or an ellipsis, is one match of its letter although the letter occurs twice.
        may_be_one = keyword_folded.isascii() and len(set(keyword_folded)) == 1
        return None if count and (may_be_one or self.reading is Reading.CAREFUL) else count


UNKNOWN_TEXT = PageText(Reading.UNKNOWN, has_text=False, folded="")


def characters_only(text: PageText) -> PageText:
    """Return a copy of a page's text that contains only the set of its characters, to save memory."""
    if text.reading is Reading.UNKNOWN:
        return text
    return PageText(Reading.CHARACTERS, text.has_text, "".join(sorted(set(text.folded))))


_LEGIBILITY: Final = {
    Reading.PLAIN: Legibility.TEXT,
    Reading.CAREFUL: Legibility.TEXT,
    Reading.CHARACTERS: Legibility.CHARACTERS,
    Reading.UNKNOWN: Legibility.NONE,
}

CHUNK_PAGES: Final = 32


@dataclass(frozen=True, slots=True)
class Chunk:
    """The pages to read next, and whether to read them carefully."""

    page_indices: tuple[int, ...]
    careful: bool


class TextIndex:
    """The text of each page that has been read, and the chunks that remain to be read. Thread-safe."""

    def __init__(self, page_count: int) -> None:
        self._texts: list[PageText | None] = [None] * page_count
        self._unread = page_count
        self._unclear = 0
        """The number of pages of which only the characters are known until they are read carefully."""
        self._characters = 0
        self._first = deque(
            Chunk(_chunk(start, page_count), careful=False) for start in range(0, page_count, CHUNK_PAGES)
        )
        self._again: deque[Chunk] = deque()
        self._changed = threading.Condition()
        self._error: PdfError | None = None
        self._waiting = 0
        self._is_closed = False

    def take(self) -> Chunk | None:
        """Return the next chunk to read, or None if no chunk remains.

        The caller must pass the chunk to ``put``, ``give_back`` or ``fail``.
        """
        with self._changed:
            return self._first.popleft() if self._first else self._again.popleft() if self._again else None

    @property
    def is_read(self) -> bool:
        """Whether every page has been read at least once."""
        return not self._unread

    def put(self, chunk: Chunk, texts: Sequence[PageText]) -> None:
        """Record ``texts`` as the text of a chunk's first pages. The chunk's remaining pages are scheduled again."""
        with self._changed:
            for page_index, text in zip(chunk.page_indices, texts, strict=False):
                self._put(page_index, text, was_careful=chunk.careful)
            self._give_back(chunk.page_indices[len(texts) :], careful=chunk.careful)
            if not self._unread:
                self._changed.notify_all()

    def give_back(self, chunk: Chunk) -> None:
        """Schedule the pages of an unreadable chunk one by one, or record a single page as unknown."""
        with self._changed:
            if len(chunk.page_indices) == 1:
                self._put(chunk.page_indices[0], UNKNOWN_TEXT, was_careful=True)
                if not self._unread:
                    self._changed.notify_all()
                return
            for page_index in reversed(chunk.page_indices):
                self._give_back((page_index,), careful=chunk.careful)

    def fail(self, chunk: Chunk, error: PdfError) -> None:
        """Give a chunk back because the document cannot be read at present. ``wait`` then raises the error."""
        with self._changed:
            self._give_back(chunk.page_indices, careful=chunk.careful)
            self._error = error
            self._changed.notify_all()

    def wait(self, timeout_s: float | None, *, carefully: bool = False) -> bool:
        """Wait until every page has been read once. Return whether that happened within ``timeout_s`` seconds.

        With ``carefully``, also wait until pages of which only the characters are known have been read carefully.
        Raises the error that was passed to ``fail``, and Cancelled after ``close``.
        """

        def is_read() -> bool:
            return not self._unread and not (carefully and self._unclear)

        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: self._is_closed or self._error is not None or is_read(), timeout_s)
            self._waiting -= 1
            error = self._error
            if not self._waiting:
                # All waiting callers have received the error.
                self._error = None
            if self._unread and self._is_closed:
                raise Cancelled
            if self._unread and error is not None:
                raise error
            return is_read()

    def close(self) -> None:
        """Mark the document as no longer being read. All waiting callers receive Cancelled."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def counts(self, keyword_folded: str) -> list[int | None]:
        """Return the number of matches on each page, or None for a page that must itself be searched."""
        if not keyword_folded:
            return [0] * len(self._texts)
        return [None if text is None else text.count(keyword_folded) for text in self._texts]

    def pages(self) -> tuple[PaperPage, ...]:
        """Return the text of each page, as far as it is known."""
        return tuple(
            PaperPage(legibility=Legibility.NONE) if text is None else PaperPage(text.folded, _LEGIBILITY[text.reading])
            for text in self._texts
        )

    def text_flags(self) -> tuple[bool, ...]:
        """Return whether each page has text, for all pages before the first page whose text is unknown."""
        flags: list[bool] = []
        for text in self._texts:
            if text is None or text.reading is Reading.UNKNOWN:
                break
            flags.append(text.has_text)
        return tuple(flags)

    def _put(self, page_index: int, text: PageText, *, was_careful: bool) -> None:
        before = self._texts[page_index]
        if before is None:
            self._unread -= 1
        else:
            self._unclear -= 1
            if text.reading is Reading.UNKNOWN:
                return
            self._characters -= len(before.folded)
        if self._characters + len(text.folded) > MAX_INDEX_CHARACTERS:
            text, was_careful = characters_only(text), True
        self._characters += len(text.folded)
        self._texts[page_index] = text
        if text.reading is Reading.CHARACTERS and not was_careful:
            self._unclear += 1
            self._again.append(Chunk((page_index,), careful=True))

    def _give_back(self, page_indices: tuple[int, ...], *, careful: bool) -> None:
        if page_indices:
            (self._again if careful else self._first).appendleft(Chunk(page_indices, careful))


def _chunk(start: int, page_count: int) -> tuple[int, ...]:
    return tuple(range(start, min(start + CHUNK_PAGES, page_count)))


DIGESTED_PAGES: Final = 60
"""The number of first pages that identify a form, so that a long document need not be read completely."""
DIGESTED_CHARACTERS: Final = 20_000
PIECE_CHARACTERS: Final = 4


def digest_of(text: str) -> PageDigest:
    """Return the digest of a page, computed from its folded text."""
    folded = fold(text[:DIGESTED_CHARACTERS])
    if not folded:
        return PageDigest()
    encoded = folded.encode("utf-32-le", "replace")
    width = 4 * PIECE_CHARACTERS
    pieces = {zlib.crc32(encoded[at : at + width]) for at in range(0, max(4, len(encoded) - width + 4), 4)}
    whole = hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()
    return PageDigest(whole, tuple(heapq.nsmallest(SKETCH_SIZE, pieces)))


def digest_of_lines(lines: Iterable[TextLine]) -> PageDigest:
    """Return the digest of a page's lines in document order."""
    return digest_of("".join(glyph.text for line in lines for glyph in line.glyphs))
