"""What a platform does is told from its seals, whatever they look like, and only where nothing else fits."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign_desktop.domain.calibration.answers import (
    TOLERANCE_PT,
    Answer,
    NoAnswer,
    Question,
    answers,
    expectations,
    origins,
)
from esign_desktop.domain.calibration.sheet import (
    CELL_PT,
    CROSS_PAGE_CENTER_PT,
    KEYWORD_OFFSET_PT,
    PAGE_COUNT,
    PAGE_HEIGHT_PT,
    PAGE_WIDTH_PT,
    SPOTS,
    Ink,
    Seal,
    Sighting,
    Sightings,
    Spot,
    spots,
)
from esign_desktop.domain.environment import (
    MAX_OWN_SEAL_PT,
    MIN_OWN_SEAL_PT,
    CrossPageSplit,
    KeywordOrigin,
    PlatformBehaviour,
    SealAnchor,
)
from esign_desktop.domain.geometry import PageRect
from esign_desktop.override import override

KEYWORD_BOX = PageRect(80.0, 694.0, 274.0, 723.0)
ALL = list(itertools.product(SealAnchor, KeywordOrigin, CrossPageSplit))


@dataclass(frozen=True)
class Look:
    """A seal's picture in a unit square: a ring with a mark in one third, and a transparent margin around it."""

    margin: float = 0.0
    is_symmetric: bool = False

    def is_inked(self, u: float, v: float) -> bool:
        size = 1 - 2 * self.margin
        x, y = (u - 0.5) / size, (v - 0.5) / size
        if 0.42 <= math.hypot(x, y) <= 0.5:
            return True
        return not self.is_symmetric and -0.35 < x < -0.15 and -0.2 < y < 0.2


def behaves(behaviour: PlatformBehaviour, look: Look | None = None, noise_pt: float = 0.0) -> Sightings:
    """Return what would be seen of a platform."""
    look = look or Look()
    return Sightings(tuple(_sighting(spot, behaviour, look, noise_pt) for spot in spots(with_person=True)), KEYWORD_BOX)


def _sighting(spot: Spot, behaviour: PlatformBehaviour, look: Look, noise_pt: float) -> Sighting:
    width = spot.width_pt
    if width is None:
        width = behaviour.person_seal_width_pt if spot.is_of_person else behaviour.organization_seal_width_pt
    lift = width / 2 if behaviour.seal_anchor is SealAnchor.LOWER_LEFT else 0.0
    if spot.seal is Seal.CROSS_PAGE:
        return _slice(spot, behaviour, look, width, lift, noise_pt)
    point = spot.point
    if spot.is_at_keyword:
        point = origins(KEYWORD_BOX)[behaviour.keyword_origin].moved(*KEYWORD_OFFSET_PT)
    seal = PageRect.around(point.moved(lift, lift), width, width)
    ink = _ink(spot.window, seal, look) if spot.seal is Seal.SCALED else None
    inner = width * (1 - 2 * look.margin)
    box = PageRect.around(seal.center.moved(noise_pt, -noise_pt), inner, inner)
    return Sighting(spot.seal, spot.page_number, box, ink)


def _slice(
    spot: Spot, behaviour: PlatformBehaviour, look: Look, width: float, lift: float, noise_pt: float
) -> Sighting:
    third = spot.page_number - 1
    if behaviour.cross_page_split is CrossPageSplit.RIGHT_FIRST:
        third = PAGE_COUNT - 1 - third
    part = width / PAGE_COUNT
    left = PAGE_WIDTH_PT - part
    center_y = CROSS_PAGE_CENTER_PT + lift
    seal = PageRect(left - third * part, center_y - width / 2, left + (PAGE_COUNT - third) * part, center_y + width / 2)
    ink = _ink(spot.window, seal, look, clip=PageRect(left, 0, PAGE_WIDTH_PT, PAGE_HEIGHT_PT))
    half = width * (0.5 - look.margin)
    box = PageRect(left, center_y - half + noise_pt, PAGE_WIDTH_PT, center_y + half + noise_pt)
    return Sighting(spot.seal, spot.page_number, box, ink)


def _ink(window: PageRect, seal: PageRect, look: Look, clip: PageRect | None = None) -> Ink:
    rows = [bytearray(int(window.width_pt / CELL_PT)) for _ in range(int(window.height_pt / CELL_PT))]
    shown = clip or window
    for row, cells in enumerate(rows):
        y = window.bottom_pt + (row + 0.5) * CELL_PT
        if not seal.bottom_pt <= y <= seal.top_pt:
            continue
        for column in range(len(cells)):
            x = window.left_pt + (column + 0.5) * CELL_PT
            if max(shown.left_pt, seal.left_pt) <= x <= min(shown.right_pt, seal.right_pt):
                u, v = (x - seal.left_pt) / seal.width_pt, (y - seal.bottom_pt) / seal.height_pt
                cells[column] = 255 * look.is_inked(u, v)
    return Ink(window, tuple(bytes(cells) for cells in rows))


def by_question(sightings: Sightings, now: PlatformBehaviour | None = None) -> dict[Question, Answer]:
    return {answer.question: answer for answer in answers(sightings, now or PlatformBehaviour())}


@pytest.mark.parametrize(("anchor", "origin", "split"), ALL)
def test_every_variant_is_told_from_its_seals(anchor: SealAnchor, origin: KeywordOrigin, split: CrossPageSplit) -> None:
    behaviour = PlatformBehaviour(anchor, origin, split, organization_seal_width_pt=113.4, person_seal_width_pt=50.0)

    found = by_question(behaves(behaviour, noise_pt=0.1))

    assert found[Question.SEAL_ANCHOR].seen is anchor
    assert found[Question.KEYWORD_ORIGIN].seen is origin
    assert found[Question.CROSS_PAGE_SPLIT].seen is split
    assert found[Question.ORGANIZATION_WIDTH].seen == pytest.approx(113.4, abs=TOLERANCE_PT)
    assert found[Question.PERSON_WIDTH].seen == pytest.approx(50.0, abs=TOLERANCE_PT)
    assert all((answer.error_pt or 0.0) <= TOLERANCE_PT for answer in found.values())


@settings(max_examples=25, deadline=None)
@given(
    variant=st.sampled_from(ALL),
    margin=st.floats(0.0, 0.2),
    noise_pt=st.floats(-0.2, 0.2),
    organization_pt=st.floats(60.0, 220.0),
    person_pt=st.floats(20.0, 220.0),
)
def test_margin_and_noise_change_no_answer(
    variant: tuple[SealAnchor, KeywordOrigin, CrossPageSplit],
    margin: float,
    noise_pt: float,
    organization_pt: float,
    person_pt: float,
) -> None:
    behaviour = PlatformBehaviour(*variant, organization_seal_width_pt=organization_pt, person_seal_width_pt=person_pt)

    found = by_question(behaves(behaviour, Look(margin), noise_pt))

    assert tuple(found[one].seen for one in list(Question)[:3]) == variant
    for question, width in ((Question.ORGANIZATION_WIDTH, organization_pt), (Question.PERSON_WIDTH, person_pt)):
        assert found[question].seen == pytest.approx(width, abs=TOLERANCE_PT)


USUAL = behaves(PlatformBehaviour())


@settings(max_examples=40)
@given(dx=st.floats(-100.0, 100.0), dy=st.floats(-100.0, 100.0))
def test_place_that_no_answer_predicts_is_told_as_seen_and_not_taken_for_the_nearest(dx: float, dy: float) -> None:
    (scaled,) = USUAL.of(Seal.SCALED)
    assert scaled.box is not None
    moved = replace(scaled, box=PageRect.around(scaled.box.center.moved(dx, dy), 120.0, 120.0))
    seen = tuple(moved if one.seal is Seal.SCALED else one for one in USUAL.seen)

    answer = by_question(replace(USUAL, seen=seen))[Question.SEAL_ANCHOR]

    nearest = min(math.hypot(dx, dy), math.hypot(dx - 60.0, dy - 60.0))
    assert answer.error_pt == pytest.approx(nearest, abs=1e-6)
    assert (answer.seen is None) == (nearest > TOLERANCE_PT)
    if answer.seen is None:
        assert answer.reason is NoAnswer.UNLIKE_ALL


def test_seal_that_looks_the_same_from_both_sides_does_not_tell_how_it_is_divided() -> None:
    answer = by_question(behaves(PlatformBehaviour(), Look(is_symmetric=True)))[Question.CROSS_PAGE_SPLIT]

    # The outer parts of a ring differ from each other, so that even this one tells.
    assert answer.seen is CrossPageSplit.LEFT_FIRST


def test_parts_that_are_alike_do_not_tell_how_a_seal_is_divided() -> None:
    class Bars(Look):
        @override
        def is_inked(self, u: float, v: float) -> bool:
            return 0.0 <= u <= 1.0 and (0.0 <= v <= 0.05 or 0.95 <= v <= 1.0)

    answer = by_question(behaves(PlatformBehaviour(), Bars()))[Question.CROSS_PAGE_SPLIT]

    assert (answer.seen, answer.reason) == (None, NoAnswer.ALIKE)


@pytest.mark.parametrize("missing", list(Seal))
def test_seal_that_is_nowhere_leaves_its_question_open(missing: Seal) -> None:
    sightings = behaves(PlatformBehaviour())
    seen = tuple(replace(one, box=None, ink=None) if one.seal is missing else one for one in sightings.seen)

    found = by_question(replace(sightings, seen=seen))

    open_questions = {question for question, answer in found.items() if answer.seen is None}
    assert (
        open_questions
        == {
            Seal.SCALED: {
                Question.SEAL_ANCHOR,
                Question.KEYWORD_ORIGIN,
                Question.CROSS_PAGE_SPLIT,
                Question.ORGANIZATION_WIDTH,
            },
            Seal.OWN: {Question.ORGANIZATION_WIDTH},
            Seal.KEYWORD: {Question.KEYWORD_ORIGIN},
            Seal.CROSS_PAGE: {Question.CROSS_PAGE_SPLIT},
            Seal.PERSON_SCALED: {Question.PERSON_WIDTH},
            Seal.PERSON_OWN: {Question.PERSON_WIDTH},
        }[missing]
    )
    assert all(found[question].reason is not None for question in open_questions)


def test_nothing_of_a_person_is_asked_without_one() -> None:
    sightings = behaves(PlatformBehaviour())
    seen = tuple(one for one in sightings.seen if one.seal not in {Seal.PERSON_OWN, Seal.PERSON_SCALED})

    assert by_question(replace(sightings, seen=seen))[Question.PERSON_WIDTH].reason is NoAnswer.NOT_ASKED


def test_seal_at_the_border_of_its_window_has_no_known_width() -> None:
    sightings = behaves(PlatformBehaviour())
    seen = tuple(replace(one, is_cut=True) if one.seal is Seal.OWN else one for one in sightings.seen)

    assert by_question(replace(sightings, seen=seen))[Question.ORGANIZATION_WIDTH].reason is NoAnswer.CUT


def test_another_seal_without_a_width_is_not_measured_by_the_first_one() -> None:
    sightings = behaves(PlatformBehaviour())
    seen = tuple(
        replace(one, box=PageRect(100.0, 100.0, 260.0, 200.0)) if one.seal is Seal.OWN else one
        for one in sightings.seen
    )

    assert by_question(replace(sightings, seen=seen))[Question.ORGANIZATION_WIDTH].reason is NoAnswer.UNLIKE_ALL


def test_width_within_the_tolerance_is_no_change() -> None:
    behaviour = PlatformBehaviour(organization_seal_width_pt=159.3)

    found = by_question(behaves(behaviour), PlatformBehaviour())

    assert not found[Question.ORGANIZATION_WIDTH].is_change
    assert not any(answer.is_change for answer in found.values())


@pytest.mark.parametrize("behaviour", [PlatformBehaviour(*variant) for variant in ALL])
def test_one_expected_place_of_each_question_is_where_the_seal_was_seen(behaviour: PlatformBehaviour) -> None:
    sightings = behaves(behaviour)
    expected = expectations(KEYWORD_BOX, answers(sightings, PlatformBehaviour()))

    for seal, question, value in (
        (Seal.SCALED, Question.SEAL_ANCHOR, behaviour.seal_anchor),
        (Seal.KEYWORD, Question.KEYWORD_ORIGIN, behaviour.keyword_origin),
        (Seal.CROSS_PAGE, Question.CROSS_PAGE_SPLIT, behaviour.cross_page_split),
    ):
        for one in sightings.of(seal):
            (box,) = [
                e.box
                for e in expected
                if e.page_number == one.page_number and (e.question, e.value) == (question, value)
            ]
            assert one.box is not None
            assert box.center.x_pt == pytest.approx(one.box.center.x_pt)
            assert box.center.y_pt == pytest.approx(one.box.center.y_pt)


def test_every_window_holds_its_seal_whatever_the_platform_makes_of_it() -> None:
    widest_pt = 225.0
    for anchor, origin, split in ALL:
        behaviour = PlatformBehaviour(
            anchor, origin, split, organization_seal_width_pt=widest_pt, person_seal_width_pt=widest_pt
        )
        for spot, one in zip(SPOTS, behaves(behaviour).seen, strict=True):
            assert one.box is not None
            assert spot.window.contains(one.box, slack_pt=0.0)


def test_windows_of_a_page_are_apart_and_widths_that_can_be_kept_reach_beyond_them() -> None:
    for one, other in itertools.combinations(SPOTS, 2):
        if one.page_number == other.page_number:
            assert one.window.intersection_area(other.window) == 0.0
    assert MIN_OWN_SEAL_PT < 225.0 < MAX_OWN_SEAL_PT
