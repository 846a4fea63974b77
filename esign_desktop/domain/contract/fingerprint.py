"""Recognize a document by the number of its pages and by the pages' sizes and texts.

Only hashes of the texts are stored. The same form filled in with other values has a different text hash but almost the
same sketch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.geometry import PageFrame

if TYPE_CHECKING:
    from collections.abc import Sequence

SKETCH_SIZE: Final = 48
"""The number of hashes in a page's sketch."""
SIZE_SLACK_PT: Final = 1.0
LIKE_ENOUGH: Final = 0.6


@dataclass(frozen=True, slots=True)
class PageDigest:
    """The hash of a page's normalized text, and a sketch by which similar texts can be recognized.

    The sketch consists of the smallest hashes of short pieces of the text, in ascending order. Both the hash and the
    sketch are empty for a page without text.
    """

    sha256: str = ""
    sketch: tuple[int, ...] = ()

    def likeness(self, other: PageDigest) -> float:
        """Return the approximate fraction of text that two pages share, from 0 to 1.

        The result is 1 if neither page has text.
        """
        if self.sha256 == other.sha256:
            return 1.0
        size = min(SKETCH_SIZE, max(len(self.sketch), len(other.sketch)))
        smallest = sorted({*self.sketch, *other.sketch})[:size]
        shared = {*self.sketch} & {*other.sketch}
        return sum(piece_hash in shared for piece_hash in smallest) / max(1, len(smallest))


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The page sizes and text digests by which a document is recognized. ``digests`` may cover only the first pages."""

    pages: tuple[PageFrame, ...]
    digests: tuple[PageDigest, ...] = ()

    def likeness(self, pages: Sequence[PageFrame], digests: Sequence[PageDigest]) -> float:
        """Return the similarity to another document, from 0 to 1, based on the texts and sizes of the pages."""
        count = max(len(self.digests), len(digests))
        if not count:
            return 0.0
        paired = list(zip(self.digests, digests, strict=False))
        alike = sum(mine.likeness(theirs) for mine, theirs in paired)
        # Scanned pages have no text by which they could be recognized.
        if not any(mine.sha256 and theirs.sha256 for mine, theirs in paired):
            return 0.0
        wrong = len(self.other_sizes(pages)) / max(len(self.pages), len(pages))
        return alike / count * (1.0 - 0.5 * wrong)

    def is_exact(self, pages: Sequence[PageFrame], digests: Sequence[PageDigest]) -> bool:
        """Return whether another document has the same number of pages, page sizes and text hashes."""
        return (
            len(pages) == len(self.pages)
            and not self.other_sizes(pages)
            and [digest.sha256 for digest in self.digests] == [digest.sha256 for digest in digests]
        )

    def other_sizes(self, pages: Sequence[PageFrame]) -> tuple[int, ...]:
        """Return the numbers of the pages whose sizes or rotations differ between two documents.

        Only pages that exist in both documents are compared.
        """
        return tuple(
            number
            for number, (mine, theirs) in enumerate(zip(self.pages, pages, strict=False), 1)
            if _differ(mine, theirs)
        )

    def other_texts(self, digests: Sequence[PageDigest]) -> tuple[int, ...]:
        """Return the numbers of the pages whose texts differ between two documents.

        Only pages whose text digests are known for both documents are compared.
        """
        return tuple(
            number
            for number, (mine, theirs) in enumerate(zip(self.digests, digests, strict=False), 1)
            if mine.sha256 != theirs.sha256
        )


def _differ(one: PageFrame, other: PageFrame) -> bool:
    return (
        one.rotation is not other.rotation
        or abs(one.display_width_pt - other.display_width_pt) > SIZE_SLACK_PT
        or abs(one.display_height_pt - other.display_height_pt) > SIZE_SLACK_PT
    )
