"""Derive the platform's behavior from the seals on a signed calibration sheet, with one answer per open question.

A question is answered only if exactly one possible answer fits the measurements. A seal's image may have a transparent
margin, which cannot be seen; ``uncertainty_pt`` is the resulting uncertainty of the seal's position. Because the margin
scales with the seal, the measurements of one seal in two sizes are compared with each other instead of with fixed
numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.calibration.sheet import (
    CELL_PT,
    CROSS_PAGE_CENTER_PT,
    KEYWORD_OFFSET_PT,
    KEYWORD_WIDTH_PT,
    ORGANIZATION_WIDTH_PT,
    PAGE_COUNT,
    PAGE_WIDTH_PT,
    PERSON_WIDTH_PT,
    SPOTS,
    Seal,
)
from esign_desktop.domain.environment import CrossPageSplit, KeywordOrigin, SealAnchor
from esign_desktop.domain.geometry import PagePoint, PageRect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from esign_desktop.domain.calibration.sheet import Ink, Sighting, Sightings
    from esign_desktop.domain.environment import PlatformBehaviour

TOLERANCE_PT: Final = 0.5
_LOWER_LEFT: Final = 0.5
"""Offset of a seal's center from its lower-left corner, to the right and upwards, as a fraction of the seal's width."""
_LIKE: Final = 0.25
"""Maximum fraction of ink that differs between two renderings of one seal. Different thirds differ far more."""
_CLEARLY: Final = 1.5
_SLICE_PT: Final = ORGANIZATION_WIDTH_PT / PAGE_COUNT
_SCALED: Final = next(spot for spot in SPOTS if spot.seal is Seal.SCALED)


class Question(StrEnum):
    """An open question about the platform. The values are names of fields of ``PlatformBehaviour``."""

    SEAL_ANCHOR = "seal_anchor"
    KEYWORD_ORIGIN = "keyword_origin"
    CROSS_PAGE_SPLIT = "cross_page_split"
    ORGANIZATION_WIDTH = "organization_seal_width_pt"
    PERSON_WIDTH = "person_seal_width_pt"
    LINKS_AT_START = "links_at_start"
    SECOND_ACCOUNT = "second_account"
    CHUNK_TYPE_NAME = "chunk_type_name"
    FREEZE_AT = "freeze_at"


class NoAnswer(StrEnum):
    """The reason why a question was not answered."""

    NOT_ASKED = "not_asked"
    NOT_SEEN = "not_seen"
    CUT = "cut"
    UNLIKE_ALL = "unlike_all"
    ALIKE = "alike"
    NEEDS_ANOTHER = "needs_another"
    """Another question must be answered first."""
    REFUSED = "refused"
    NOT_APPENDED = "not_appended"
    """The platform accepted pages but did not append them."""
    NOT_REVEALED = "not_told"
    """No API call reveals the answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question, or the reason why the question has no answer.

    ``now`` is the configured value. ``seen`` is the measured value; if ``seen`` is None, ``reason`` is the reason.
    ``error_pt`` is the distance, in points, between the measured position and the nearest predicted position.
    ``off_pt`` is the offset of the measured position from that predicted position, to the right and upwards.
    """

    question: Question
    now: StrEnum | float
    seen: StrEnum | float | None = None
    reason: NoAnswer | None = None
    error_pt: float | None = None
    off_pt: tuple[float, float] | None = None
    uncertainty_pt: float = 0.0
    platform_text: str = field(default="", repr=False)
    """The platform's message, if it rejected the request."""

    @property
    def is_change(self) -> bool:
        """Whether the measured value differs from the configured value."""
        if self.seen is None:
            return False
        if isinstance(self.seen, float) and isinstance(self.now, float):
            return abs(self.seen - self.now) > TOLERANCE_PT
        return self.seen != self.now


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected position of a seal, or of a slice of a seal, if ``value`` is the right answer.

    ``box`` is in page space.
    """

    question: Question
    value: StrEnum
    page_number: int
    box: PageRect


def answers(sightings: Sightings, now: PlatformBehaviour) -> tuple[Answer, ...]:
    """Return an answer to each question about the positions and sizes of seals. ``now`` is the configured behavior."""
    scaled = _one(sightings.of(Seal.SCALED))
    anchor = _anchor(scaled, now)
    return (
        anchor,
        _origin(_one(sightings.of(Seal.KEYWORD)), scaled, sightings.keyword_box, now),
        _split(sightings.of(Seal.CROSS_PAGE), scaled, anchor, now),
        _own_width(
            *(Question.ORGANIZATION_WIDTH, _one(sightings.of(Seal.OWN)), scaled),
            *(ORGANIZATION_WIDTH_PT, now.organization_seal_width_pt),
        ),
        _own_width(
            *(Question.PERSON_WIDTH, _one(sightings.of(Seal.PERSON_OWN)), _one(sightings.of(Seal.PERSON_SCALED))),
            *(PERSON_WIDTH_PT, now.person_seal_width_pt),
        ),
    )


def expectations(keyword_box: PageRect, found: Iterable[Answer]) -> tuple[Expected, ...]:
    """Return the boxes that each possible answer predicts for the seals of known width.

    The boxes are drawn beside the measured boxes. ``keyword_box`` is the keyword's position in page space, and
    ``found`` contains the answers derived so far.
    """
    by_question = {answer.question: answer.seen for answer in found}
    anchor = by_question.get(Question.SEAL_ANCHOR)
    shift = _shift(anchor if isinstance(anchor, SealAnchor) else SealAnchor.CENTRE)
    width = ORGANIZATION_WIDTH_PT
    expected = [
        Expected(Question.SEAL_ANCHOR, value, _SCALED.page_number, _square(_SCALED.point, width, _shift(value)))
        for value in SealAnchor
    ]
    dx, dy = KEYWORD_OFFSET_PT
    keyword_page = next(spot.page_number for spot in SPOTS if spot.is_at_keyword)
    expected += [
        Expected(Question.KEYWORD_ORIGIN, value, keyword_page, _square(point.moved(dx, dy), KEYWORD_WIDTH_PT, shift))
        for value, point in origins(keyword_box).items()
    ]
    y = CROSS_PAGE_CENTER_PT + shift * width
    edge = PageRect(PAGE_WIDTH_PT - _SLICE_PT, y - width / 2, PAGE_WIDTH_PT, y + width / 2)
    seen_split = by_question.get(Question.CROSS_PAGE_SPLIT)
    split = seen_split if isinstance(seen_split, CrossPageSplit) else CrossPageSplit.LEFT_FIRST
    expected += [Expected(Question.CROSS_PAGE_SPLIT, split, number, edge) for number in range(1, PAGE_COUNT + 1)]
    return tuple(expected)


def origins(keyword_box: PageRect) -> Mapping[KeywordOrigin, PagePoint]:
    """Return the point from which each possible answer measures a keyword's offset, in page space."""
    return {
        KeywordOrigin.LEFT_BOTTOM: PagePoint(keyword_box.left_pt, keyword_box.bottom_pt),
        KeywordOrigin.CENTRE: keyword_box.center,
        KeywordOrigin.RIGHT_BOTTOM: PagePoint(keyword_box.right_pt, keyword_box.bottom_pt),
    }


def _anchor(scaled: Sighting | None, now: PlatformBehaviour) -> Answer:
    question = Question.SEAL_ANCHOR
    if scaled is None or scaled.box is None or scaled.is_cut:
        return _unseen(question, now.seal_anchor, scaled)
    centers = {value: _square(_SCALED.point, ORGANIZATION_WIDTH_PT, _shift(value)).center for value in SealAnchor}
    return _nearest(question, now.seal_anchor, centers, scaled.box.center, _margin(scaled.box, ORGANIZATION_WIDTH_PT))


def _origin(keyword: Sighting | None, scaled: Sighting | None, keyword_box: PageRect, now: PlatformBehaviour) -> Answer:
    question = Question.KEYWORD_ORIGIN
    if keyword is None or keyword.box is None or keyword.is_cut:
        return _unseen(question, now.keyword_origin, keyword)
    lead = _lead(scaled)
    if lead is None:
        return Answer(question, now.keyword_origin, reason=NoAnswer.NEEDS_ANOTHER)
    # Relative to the seal's width, the ink's center has the same offset from the sent point at every size, so the
    # image's margin cancels out.
    dx, dy = KEYWORD_OFFSET_PT
    origin = keyword.box.center.moved(-dx - lead[0] * KEYWORD_WIDTH_PT, -dy - lead[1] * KEYWORD_WIDTH_PT)
    return _nearest(question, now.keyword_origin, origins(keyword_box), origin, 0.0)


def _own_width(
    question: Question, own: Sighting | None, scaled: Sighting | None, scaled_width_pt: float, now: float
) -> Answer:
    if own is None and scaled is None:
        return Answer(question, now, reason=NoAnswer.NOT_ASKED)
    if own is None or own.box is None or own.is_cut:
        return _unseen(question, now, own)
    if scaled is None or scaled.box is None or scaled.is_cut:
        return Answer(question, now, reason=NoAnswer.NEEDS_ANOTHER)
    across, up = own.box.width_pt / scaled.box.width_pt, own.box.height_pt / scaled.box.height_pt
    if abs(across - up) * scaled_width_pt > 2 * TOLERANCE_PT:
        # The proportions differ, so this is another seal, not the same seal at another size.
        return Answer(question, now, reason=NoAnswer.UNLIKE_ALL)
    width = round(scaled_width_pt * (across + up) / 2, 1)
    return Answer(question, now, width, error_pt=abs(across - up) * scaled_width_pt / 2)


def _split(slices: tuple[Sighting, ...], scaled: Sighting | None, anchor: Answer, now: PlatformBehaviour) -> Answer:
    """Return the order in which a cross-page seal is split over the pages.

    Each slice is compared with each third of the whole seal.
    """
    question, seen = Question.CROSS_PAGE_SPLIT, [sighting for sighting in slices if sighting.box is not None]
    if len(seen) < PAGE_COUNT or any(sighting.is_cut for sighting in seen):
        return _unseen(question, now.cross_page_split, next((sighting for sighting in seen if sighting.is_cut), None))
    if scaled is None or scaled.ink is None or not isinstance(anchor.seen, SealAnchor):
        return Answer(question, now.cross_page_split, reason=NoAnswer.NEEDS_ANOTHER)
    off = _off_the_edge(seen, scaled)
    error = math.hypot(*off)
    if error > TOLERANCE_PT:
        return Answer(question, now.cross_page_split, reason=NoAnswer.UNLIKE_ALL, error_pt=error, off_pt=off)
    differences = {
        value: sum(
            _difference(sighting, scaled.ink, anchor.seen, index if value is CrossPageSplit.LEFT_FIRST else -1 - index)
            for index, sighting in enumerate(seen)
        )
        / PAGE_COUNT
        for value in CrossPageSplit
    }
    best, other = sorted(differences, key=lambda value: differences[value])[:2]
    if differences[best] > _LIKE:
        reason = NoAnswer.UNLIKE_ALL
    elif differences[other] < max(_CLEARLY * differences[best], _LIKE / 4):
        reason = NoAnswer.ALIKE
    else:
        return Answer(question, now.cross_page_split, best, error_pt=error, off_pt=off)
    return Answer(question, now.cross_page_split, reason=reason, error_pt=error, off_pt=off)


def _off_the_edge(slices: list[Sighting], scaled: Sighting) -> tuple[float, float]:
    """Return the offset of the slices from their expected position, to the right and upwards, in points.

    The horizontal offset is measured at the left sides of the inner slices, the vertical offset at the middle of all
    slices.
    """
    boxes = [part.box for part in slices if part.box is not None]
    bottom, top = min(box.bottom_pt for box in boxes), max(box.top_pt for box in boxes)
    lifted = CROSS_PAGE_CENTER_PT + (scaled.box.center.y_pt - _SCALED.point.y_pt if scaled.box is not None else 0.0)
    inner = boxes[1 : PAGE_COUNT - 1]
    # A seal has ink on both sides of each cut, so an inner slice is exactly as wide as its share of the seal.
    across = max((box.left_pt - (PAGE_WIDTH_PT - _SLICE_PT) for box in inner), key=abs, default=0.0)
    return across, (bottom + top) / 2 - lifted


def _difference(part: Sighting, whole: Ink, anchor: SealAnchor, third: int) -> float:
    """Return the fraction of ink that differs between a slice and a third of the seal, from 0 to 1."""
    if part.ink is None:
        return 1.0
    seal = _square(_SCALED.point, ORGANIZATION_WIDTH_PT, _shift(anchor))
    bottom = CROSS_PAGE_CENTER_PT + _shift(anchor) * ORGANIZATION_WIDTH_PT - ORGANIZATION_WIDTH_PT / 2
    left = PAGE_WIDTH_PT - _SLICE_PT
    offset = (third % PAGE_COUNT) * _SLICE_PT
    apart, together = 0.0, 0.0
    for row in range(int(ORGANIZATION_WIDTH_PT / CELL_PT)):
        for column in range(int(_SLICE_PT / CELL_PT)):
            x, y = (column + 0.5) * CELL_PT, (row + 0.5) * CELL_PT
            here = part.ink.share(left + x, bottom + y)
            there = whole.share(seal.left_pt + offset + x, seal.bottom_pt + y)
            apart += abs(here - there)
            together += here + there
    return apart / together if together else 1.0


def _nearest(
    question: Question,
    now: StrEnum,
    points: Mapping[SealAnchor, PagePoint] | Mapping[KeywordOrigin, PagePoint],
    seen: PagePoint,
    uncertainty_pt: float,
) -> Answer:
    """Return the nearest possible answer, or the reason why no single answer is certain.

    The nearest answer must be within the tolerance, and all other answers must be outside the tolerance.
    """
    distances = sorted(
        (math.hypot(seen.x_pt - point.x_pt, seen.y_pt - point.y_pt), value) for value, point in points.items()
    )
    error, best = distances[0]
    at = dict(points)[best]  # type: ignore[index]  # a key of its own
    off = seen.x_pt - at.x_pt, seen.y_pt - at.y_pt
    within = TOLERANCE_PT + uncertainty_pt
    reason = NoAnswer.UNLIKE_ALL if error > within else NoAnswer.ALIKE if distances[1][0] <= within else None
    found = best if reason is None else None
    return Answer(question, now, found, reason, error, off, uncertainty_pt)


def _unseen(question: Question, now: StrEnum | float, sighting: Sighting | None) -> Answer:
    is_cut = sighting is not None and sighting.is_cut
    return Answer(question, now, reason=NoAnswer.CUT if is_cut else NoAnswer.NOT_SEEN)


def _lead(scaled: Sighting | None) -> tuple[float, float] | None:
    """Return the offset from the point that was sent to the center of the ink, as fractions of the seal's width.

    The offset is to the right and upwards. Return None if the seal was not found or is cut off.
    """
    if scaled is None or scaled.box is None or scaled.is_cut:
        return None
    center = scaled.box.center
    return (
        (center.x_pt - _SCALED.point.x_pt) / ORGANIZATION_WIDTH_PT,
        (center.y_pt - _SCALED.point.y_pt) / ORGANIZATION_WIDTH_PT,
    )


def _margin(box: PageRect, width_pt: float) -> float:
    """Return the largest possible distance between the ink's center and the image's center, in points."""
    return max(0.0, (width_pt - max(box.width_pt, box.height_pt)) / 2)


def _shift(anchor: SealAnchor) -> float:
    return _LOWER_LEFT if anchor is SealAnchor.LOWER_LEFT else 0.0


def _square(point: PagePoint, width_pt: float, shift: float) -> PageRect:
    return PageRect.around(point.moved(shift * width_pt, shift * width_pt), width_pt, width_pt)


def _one(sightings: tuple[Sighting, ...]) -> Sighting | None:
    return sightings[0] if sightings else None
