"""By what a document is known again: the text of its pages, how many there are, and their sizes.

Nothing of the text itself is kept. A form that was filled in has other hashes but most of the same sketch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.geometry import PageFrame

if TYPE_CHECKING:
    from collections.abc import Sequence

SKETCH_SIZE: Final = 48
"""How many of a page's smallest hashes make its sketch."""
SIZE_SLACK_PT: Final = 1.0
LIKE_ENOUGH: Final = 0.6


@dataclass(frozen=True, slots=True)
class PageDigest:
    """A page's normalised text as a hash, and as its smallest hashes of short pieces (ascending); empty for no text."""

    sha256: str = ""
    sketch: tuple[int, ...] = ()

    def likeness(self, other: PageDigest) -> float:
        """Return from 0 to 1 how much of the text is the same; two pages without text are alike."""
        if self.sha256 == other.sha256:
            return 1.0
        size = min(SKETCH_SIZE, max(len(self.sketch), len(other.sketch)))
        smallest = sorted({*self.sketch, *other.sketch})[:size]
        shared = {*self.sketch} & {*other.sketch}
        return sum(one in shared for one in smallest) / max(1, len(smallest))


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A document as it is known again; ``digests`` may be of the first pages only."""

    pages: tuple[PageFrame, ...]
    digests: tuple[PageDigest, ...] = ()

    def likeness(self, pages: Sequence[PageFrame], digests: Sequence[PageDigest]) -> float:
        """Return from 0 to 1 how much of a document is this one: its text, page by page, and its pages' sizes."""
        count = max(len(self.digests), len(digests))
        if not count:
            return 0.0
        paired = list(zip(self.digests, digests, strict=False))
        alike = sum(mine.likeness(theirs) for mine, theirs in paired)
        # Scans hold no text to know them by.
        if not any(mine.sha256 and theirs.sha256 for mine, theirs in paired):
            return 0.0
        wrong = len(self.other_sizes(pages)) / max(len(self.pages), len(pages))
        return alike / count * (1.0 - 0.5 * wrong)

    def is_exact(self, pages: Sequence[PageFrame], digests: Sequence[PageDigest]) -> bool:
        """Whether nothing differs that is looked at."""
        return (
            len(pages) == len(self.pages)
            and not self.other_sizes(pages)
            and [one.sha256 for one in self.digests] == [one.sha256 for one in digests]
        )

    def other_sizes(self, pages: Sequence[PageFrame]) -> tuple[int, ...]:
        """Return the numbers of the pages, of those that both have, whose size or turn is another one."""
        return tuple(
            number
            for number, (mine, theirs) in enumerate(zip(self.pages, pages, strict=False), 1)
            if _differ(mine, theirs)
        )

    def other_texts(self, digests: Sequence[PageDigest]) -> tuple[int, ...]:
        """Return the numbers of the pages, of those that both have, whose text is another one."""
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
