"""Find the places of seals again by the labels next to them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.doubts.spelling import plain
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.matching.pieces import may_be_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from esign_desktop.domain.geometry import DisplayPoint, PageFrame
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.domain.proposal import ProposedParty

_SLACK_PT: Final = 3.0
_HEAD: Final = re.compile("[^:：]{1,30}[:：]")
_FARTHEST_SIZES: Final = 1.5
"""The greatest distance of a seal's center from its label, as a multiple of the seal's size."""
_RIGHT_COST: Final = 1.0
_LEFT_COST: Final = 0.5
"""Labels of one party are below each other, so a horizontal distance matters less than a vertical one."""


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """An occurrence of a label. ``rect`` is the box of its first line, in display space."""

    page_number: int
    rect: DisplayRect


@dataclass(frozen=True, slots=True)
class SealOfLayout:
    """A seal of the contract that was sent: its party's word in the document, its place, and the label next to it.

    ``rect`` is the box of the seal in display space.
    """

    party: str
    page_number: int
    rect: DisplayRect
    label: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RememberedSeal:
    """A seal's place relative to its label.

    ``label`` is empty if no label was found next to the seal, or if the label may contain a value. ``index`` and
    ``count`` are the label's zero-based position among the occurrences of its words, and their number. ``own_index``
    and ``own_count`` count only the occurrences at which the document asks the party to sign. ``beside`` is the
    zero-based index of the party that signs at the label, or whose place to sign is nearest to it, or -1. ``left_pt``
    and ``top_pt`` are the seal's left and top edges relative to those of the label, in points, to the right and
    downward.
    """

    party: str
    label: str
    left_pt: float = 0.0
    top_pt: float = 0.0
    width_pt: float = 0.0
    height_pt: float = 0.0
    index: int = 0
    count: int = 0
    own_index: int = -1
    own_count: int = 0
    beside: int = -1

    @property
    def names_party(self) -> bool:
        """Whether the label contains the party's word."""
        return bool(plain(self.party)) and plain(self.party) in plain(self.label)


@dataclass(frozen=True, slots=True)
class FoundSeal:
    """The place of a seal in another document, or no place if its label was not found with certainty.

    ``at`` is the place of the label, and ``rect`` is the box of the seal in display space.
    """

    seal: RememberedSeal
    at: LabelPlace | None = None
    rect: DisplayRect | None = None


def printed_label(label: str, parties: Sequence[ProposedParty], names: Iterable[str] = ()) -> str:
    """Return the part of a label that is printed on the form, or an empty string if it may contain a value.

    ``names`` contains the names of the contract's signers in addition to those that the document has.
    """
    values = [plain(name) for name in (*names, *(party.name for party in parties)) if len(plain(name)) > 1]
    head = _HEAD.match(label)
    for part in (label, head[0] if head else ""):
        letters = plain(part)
        if letters and not may_be_value(letters) and not any(value in letters for value in values):
            return part
    return ""


def label_to_sign(party: ProposedParty, page_number: int, rect: DisplayRect) -> str:
    """Return the label of the place to sign for which the party's seal in ``rect`` is meant, or an empty string.

    A seal is often moved away from its label, so that it does not cover the text or another seal, and other words are
    then nearer to it.
    """
    near = [
        (_distance_pt(mark.rect, DisplayRect(rect.center.x_pt, rect.center.y_pt, 0.0, 0.0)), mark.text)
        for mark in party.marks
        if mark.page_number == page_number
    ]
    distance_pt, label = min(near, default=(math.inf, ""))
    return label if distance_pt <= _FARTHEST_SIZES * rect.width_pt else ""


def remember_seal(
    seal: SealOfLayout, places: Sequence[LabelPlace], parties: Sequence[ProposedParty], names: Iterable[str] = ()
) -> RememberedSeal:
    """Return a seal's place relative to the nearest of the ``places`` of its printed label."""
    label, word = (printed_label(text, parties, names) for text in (seal.label, seal.party))
    size = RememberedSeal(word, "", width_pt=seal.rect.width_pt, height_pt=seal.rect.height_pt)
    on_page = [place for place in places if place.page_number == seal.page_number]
    if not label or not on_page:
        return size
    owners = [_owner(place, parties) for place in places]
    party = same_party([seal.party], [(one.role, *one.aliases) for one in parties])
    own_places = [place for place, owner in zip(places, owners, strict=True) if owner == party >= 0]
    candidates = [place for place in on_page if place in own_places] or on_page
    at = min(candidates, key=lambda place: _before_pt(place.rect, seal.rect.center))
    index = places.index(at)
    own = [number for number, owner in enumerate(owners) if owner == owners[index] >= 0]
    return replace(
        size,
        label=label,
        left_pt=seal.rect.left_pt - at.rect.left_pt,
        top_pt=seal.rect.top_pt - at.rect.top_pt,
        index=index,
        count=len(places),
        own_index=own.index(index) if own else -1,
        own_count=len(own),
        beside=owners[index] if own else _beside(at, parties),
    )


def find_seals(
    seals: Iterable[RememberedSeal],
    known: Sequence[Sequence[str]],
    places: Mapping[str, Sequence[LabelPlace]],
    parties: Sequence[ProposedParty],
) -> tuple[FoundSeal, ...]:
    """Return the places of a form's seals in another document.

    ``known`` contains what the form calls each of its parties, ``places`` the occurrences of each label in the other
    document, in reading order, and ``parties`` the parties of the other document. The result does not depend on the
    size of the pages; the caller keeps the seals within them.
    """
    same = [same_party((party.role, *party.aliases), known) for party in parties]
    found = []
    for seal in seals:
        at = _found(seal, places.get(seal.label, ()), parties, same) if seal.label else None
        rect = None
        if at is not None:
            left_pt, top_pt = at.rect.left_pt + seal.left_pt, at.rect.top_pt + seal.top_pt
            rect = DisplayRect(left_pt, top_pt, seal.width_pt, seal.height_pt)
        found.append(FoundSeal(seal, at, rect))
    return tuple(found)


def label_places(hits: Iterable[KeywordHit], pages: Sequence[PageFrame]) -> tuple[LabelPlace, ...]:
    """Return the places of a label from the matches of its words in a document with these pages."""
    return tuple(
        LabelPlace(hit.page_number, pages[hit.page_number - 1].rect_to_display(hit.rects[0]))
        for hit in hits
        if hit.rects
    )


def on_page(seal: FoundSeal, pages: Sequence[PageFrame]) -> FoundSeal:
    """Return a seal that extends beyond its page moved onto the page."""
    if seal.at is None or seal.rect is None:
        return seal
    frame, rect = pages[seal.at.page_number - 1], seal.rect
    left_pt = max(0.0, min(rect.left_pt, frame.display_width_pt - rect.width_pt))
    top_pt = max(0.0, min(rect.top_pt, frame.display_height_pt - rect.height_pt))
    return replace(seal, rect=DisplayRect(left_pt, top_pt, rect.width_pt, rect.height_pt))


def same_party(words: Iterable[str], others: Sequence[Iterable[str]]) -> int:
    """Return the index of the party that is called by one of the words, or -1. The first word takes precedence."""
    folded = [{plain(other) for other in called} for called in others]
    for word in map(plain, words):
        for index, called in enumerate(folded):
            if word in called:
                return index
    return -1


def _found(
    seal: RememberedSeal, places: Sequence[LabelPlace], parties: Sequence[ProposedParty], same: Sequence[int]
) -> LabelPlace | None:
    def of_form(index: int) -> int:
        return same[index] if index >= 0 else -1

    own = [place for place in places if of_form(_owner(place, parties)) == seal.beside >= 0]
    by_party = own[seal.own_index] if len(own) == seal.own_count > 0 else None
    by_index = places[seal.index] if len(places) == seal.count else None
    # A label such as 乙方(盖章) names its party; labels such as (签字) occur for every party.
    if by_index is not None and not seal.names_party and of_form(_beside(by_index, parties)) != seal.beside:
        by_index = None
    if by_party is not None and by_index is not None and by_party != by_index:
        return None
    return by_party or by_index


def _owner(place: LabelPlace, parties: Sequence[ProposedParty]) -> int:
    """Return the index of the party that is asked to sign at the label, or -1."""
    for index, party in enumerate(parties):
        if any(mark.page_number == place.page_number and _touch(mark.rect, place.rect) for mark in party.marks):
            return index
    return -1


def _beside(place: LabelPlace, parties: Sequence[ProposedParty]) -> int:
    """Return the index of the party whose place to sign is nearest to the label on its page, or -1."""
    near = [
        (_distance_pt(mark.rect, place.rect), index)
        for index, party in enumerate(parties)
        for mark in party.marks
        if mark.page_number == place.page_number
    ]
    return min(near)[1] if near else -1


def _touch(one: DisplayRect, other: DisplayRect) -> bool:
    return (
        one.left_pt <= other.left_pt + other.width_pt + _SLACK_PT
        and other.left_pt <= one.left_pt + one.width_pt + _SLACK_PT
        and one.top_pt <= other.top_pt + other.height_pt - _SLACK_PT
        and other.top_pt <= one.top_pt + one.height_pt - _SLACK_PT
    )


def _before_pt(label: DisplayRect, center: DisplayPoint) -> float:
    """Return the distance between a label and the center of its seal. A seal is on its label or to the right of it."""
    distance_pt = _distance_pt(label, DisplayRect(center.x_pt, center.y_pt, 0.0, 0.0))
    return distance_pt + _RIGHT_COST * max(0.0, label.left_pt - center.x_pt)


def _distance_pt(one: DisplayRect, other: DisplayRect) -> float:
    """Return the distance between the nearest edges of two boxes, with horizontal distances at half weight."""
    dx = max(0.0, one.left_pt - other.left_pt - other.width_pt, other.left_pt - one.left_pt - one.width_pt)
    dy = max(0.0, one.top_pt - other.top_pt - other.height_pt, other.top_pt - one.top_pt - one.height_pt)
    return _LEFT_COST * dx + dy
