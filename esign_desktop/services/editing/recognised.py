"""Text recognized on scanned pages. It is kept in memory and never written to disk."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.pdf.engine import check_hit_count
from esign_desktop.pdf.text.recognised import NO_WORDS, PagesOfWords, lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.pdf.text.layout import Passage
    from esign_desktop.pdf.text.recognised import RecognisedPage


class RecognisedPages:
    """Recognized pages, keyed by the SHA-256 of their file. If a file is reopened, its pages are not recognized again.

    This class is thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._words: dict[str, PagesOfWords] = {}
        self._passages: dict[tuple[str, int], tuple[Passage, ...]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no page has been recognized yet."""
        return not self._words

    def add(self, sha256: str, page: RecognisedPage) -> None:
        """Add a recognized page of the file with this SHA-256."""
        with self._lock:
            self._words[sha256] = {**self._words.get(sha256, NO_WORDS), page.page_number: page.words}
            self._passages.pop((sha256, page.page_number), None)

    def words(self, sha256: str) -> PagesOfWords:
        """Return the recognized words of a file, keyed by page number.

        The result is empty for a file whose SHA-256 is not known yet.
        """
        with self._lock:
            return self._words.get(sha256, NO_WORDS)

    def find(self, sha256: str, frames: Sequence[PageFrame], keyword: str) -> tuple[KeywordHit, ...]:
        """Return the matches of a keyword in the recognized text of a file, in page order.

        ``frames`` describe the geometry of the file's pages. Raises PdfError ``pdf.too_many_hits``.
        """
        # Imported here, because recognition is rare.
        from esign_desktop.pdf.text.search import Keyword, find_on_page

        wanted = Keyword(keyword)
        hits: list[KeywordHit] = []
        for number, page in sorted(self._read(sha256, frames).items()):
            found = find_on_page(page, wanted, frames[number - 1], number)
            hits.extend(replace(hit, is_recognised=True) for hit in found)
            check_hit_count(len(hits))
        return tuple(hits)

    def _read(self, sha256: str, frames: Sequence[PageFrame]) -> Mapping[int, tuple[Passage, ...]]:
        from esign_desktop.pdf.text.layout import passages

        found: dict[int, tuple[Passage, ...]] = {}
        for number, words in self.words(sha256).items():
            page = self._passages.get((sha256, number))
            if page is None:
                page = tuple(passages(lines_of(words), frames[number - 1]))
                with self._lock:
                    self._passages[sha256, number] = page
            found[number] = page
        return found
