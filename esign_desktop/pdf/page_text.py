"""What is remembered of a page so that keywords are found without the page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Reading(IntEnum):
    """How a page was read, and so what its text says of a keyword."""

    PLAIN = 0
    """Every occurrence is a match (unless several lie in one glyph), and there are no others."""
    CAREFUL = 1
    """Every match occurs, but an occurrence may be none, or the same as another."""
    CHARACTERS = 2
    """Only which characters there are: a match needs them all."""
    UNKNOWN = 3
    """Nothing is known: reading failed, or took too long."""


@dataclass(frozen=True, slots=True)
class PageText:
    """Folded text of one page; passages stand apart, so that nothing matches across."""

    reading: Reading
    has_text: bool
    folded: str

    def count(self, keyword_folded: str) -> int | None:
        """Return the number of matches; None if the page itself must be asked."""
        if self.reading is Reading.UNKNOWN:
            return None
        if self.reading is Reading.CHARACTERS:
            return None if set(keyword_folded) <= set(self.folded) else 0
        count = self.folded.count(keyword_folded)
        # A ligature such as ﬀ, or an ellipsis, is one match of its letter though it occurs there twice.
        may_be_one = keyword_folded.isascii() and len(set(keyword_folded)) == 1
        return None if count and (may_be_one or self.reading is Reading.CAREFUL) else count


UNKNOWN_TEXT = PageText(Reading.UNKNOWN, has_text=False, folded="")


def characters_only(text: PageText) -> PageText:
    """Return a form that takes little memory."""
    if text.reading is Reading.UNKNOWN:
        return text
    return PageText(Reading.CHARACTERS, text.has_text, "".join(sorted(set(text.folded))))
