"""Anchors: words printed next to a seal, used to find the seal's position in another version of the document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import PagePoint, PageRect, mm_to_pt

if TYPE_CHECKING:
    from collections.abc import Iterable

REACH_PT: Final = mm_to_pt(45.0)
"""The maximum distance, in points, between the center of a seal and the words that belong to it."""
_LONGEST_WORDS: Final = 24
_LONGEST_NUMBER: Final = 5
_NO_RECT: Final = PageRect(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PageLabel:
    """A contiguous run of text on a page, such as a label or the text of a table cell. ``rect`` is in page space."""

    text: str = field(repr=False)
    rect: PageRect


@dataclass(frozen=True, slots=True)
class WordAnchor:
    """The words next to a seal on a page of a document. ``center`` is the center of the seal.

    ``rect`` is the box of the first line of the words, in page space. ``count`` is the number of times that the words
    occur in the document, and ``index`` is the zero-based index of this occurrence in reading order. An anchor with an
    empty ``text`` records that there are no usable words near the seal.
    """

    document_id: DocumentId
    page_number: int
    center: PagePoint
    rect: PageRect = _NO_RECT
    text: str = field(default="", repr=False)
    index: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class FoundWords:
    """A match of an anchor's words in another version of the document.

    ``rect`` is the box of the first line of the words, in page space.
    """

    page_number: int
    rect: PageRect


def words_beside(labels: Iterable[PageLabel], center: PagePoint) -> str:
    """Return the words that identify a seal's position, or an empty string if no text within REACH_PT is suitable.

    If the nearest text contains a colon, only the part before the colon is used, because the rest differs between
    contracts. Text with a long number is skipped because it is personal data and also differs between contracts.
    """
    reached = [(_distance_pt(label.rect, center), label) for label in labels]
    for distance_pt, label in sorted(reached, key=lambda found: found[0]):
        if distance_pt > REACH_PT:
            break
        words = _stable_words(label.text)
        if words:
            return words
    return ""


def same_words(anchor: WordAnchor, matches: tuple[FoundWords, ...]) -> FoundWords | None:
    """Return the match in another version that corresponds to the anchor, or None if there is no unique match.

    If both versions have the same number of matches, the match with the same index is returned. Otherwise, a match is
    returned only if there is exactly one match.
    """
    if not anchor.text:
        return None
    if len(matches) == anchor.count:
        return matches[anchor.index]
    return matches[0] if len(matches) == 1 else None


def _stable_words(text: str) -> str:
    words = text.replace("：", ":").partition(":")[0].strip(" \u3000_.…＿")
    digits = max((len(run) for run in _digit_runs(words)), default=0)
    if len(words) < 2 or digits > _LONGEST_NUMBER:
        return ""
    return words[:_LONGEST_WORDS]


def _digit_runs(text: str) -> list[str]:
    return "".join(letter if letter.isdigit() else " " for letter in text).split()


def _distance_pt(rect: PageRect, point: PagePoint) -> float:
    dx_pt = max(rect.left_pt - point.x_pt, 0.0, point.x_pt - rect.right_pt)
    dy_pt = max(rect.bottom_pt - point.y_pt, 0.0, point.y_pt - rect.top_pt)
    return float((dx_pt**2 + dy_pt**2) ** 0.5)
