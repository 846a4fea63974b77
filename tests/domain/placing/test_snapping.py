from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.geometry import DisplayRect, PageFrame, PagePoint, PageRect, Rotation, mm_to_pt
from esign_desktop.domain.placing.snapping import (
    Guide,
    Margins,
    Orientation,
    SizeSnap,
    Snap,
    SnapReason,
    SnapTargets,
)
from tests.drafts import A4

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

TOLERANCE_PT = 6.0
PLAIN = SnapTargets(A4)

coordinates = st.integers(0, 500).map(float)
rects = st.builds(
    lambda x, y, w, h: PageRect(x, y, x + w, y + h),
    coordinates,
    coordinates,
    st.integers(10, 160),
    st.integers(10, 160),
)
seals = st.builds(lambda x, y, w: PageRect(x, y, x + w, y + w), coordinates, coordinates, st.integers(10, 160))
frames = st.builds(PageFrame, st.floats(200, 900), st.floats(200, 900), st.sampled_from(Rotation))


def square(x_pt: float, y_pt: float, *, width_pt: float = 100.0) -> PageRect:
    """A seal about its centre."""
    return PageRect.around(PagePoint(x_pt, y_pt), width_pt, width_pt)


def shifted(rect: PageRect, snap: Snap) -> PageRect:
    return PageRect(
        rect.left_pt + snap.dx_pt, rect.bottom_pt + snap.dy_pt, rect.right_pt + snap.dx_pt, rect.top_pt + snap.dy_pt
    )


def reasons(snap: Snap) -> set[SnapReason]:
    return {guide.reason for guide in snap.guides}


# What a seal snaps to


def test_in_the_middle_of_nowhere_nothing_pulls() -> None:
    assert PLAIN.snap(square(200.0, 300.0), TOLERANCE_PT) == Snap()


def test_the_centre_of_the_page_pulls_on_each_axis_of_its_own() -> None:
    assert PLAIN.snap(square(300.0, 300.0), TOLERANCE_PT) == Snap(
        -2.5, 0.0, (Guide(Orientation.VERTICAL, 297.5, 0.0, 842.0, SnapReason.PAGE_CENTER),)
    )
    assert PLAIN.snap(square(200.0, 418.0), TOLERANCE_PT) == Snap(
        0.0, 3.0, (Guide(Orientation.HORIZONTAL, 421.0, 0.0, 595.0, SnapReason.PAGE_CENTER),)
    )
    assert len(PLAIN.snap(square(300.0, 418.0), TOLERANCE_PT).guides) == 2


def test_the_edges_of_the_page_pull_the_same_edge() -> None:
    snap = PLAIN.snap(square(54.0, 789.0), TOLERANCE_PT)
    assert (snap.dx_pt, snap.dy_pt) == (-4.0, 3.0)
    assert snap.guides == (
        Guide(Orientation.VERTICAL, 0.0, 0.0, 842.0, SnapReason.PAGE_EDGE),
        Guide(Orientation.HORIZONTAL, 842.0, 0.0, 595.0, SnapReason.PAGE_EDGE),
    )


def test_the_margins_pull_the_same_edge() -> None:
    targets = SnapTargets(A4, margins=Margins(28.0, 37.0, 26.0, 35.0))
    left, bottom = mm_to_pt(28.0), mm_to_pt(35.0)
    snap = targets.snap(square(left + 53.0, bottom + 48.0), TOLERANCE_PT)
    assert (snap.dx_pt, snap.dy_pt) == pytest.approx((-3.0, 2.0))
    assert reasons(snap) == {SnapReason.MARGIN}
    outside = targets.snap(square(left - 53.0, bottom - 52.0, width_pt=100.0), TOLERANCE_PT)
    assert SnapReason.MARGIN not in reasons(outside)


def test_without_margins_there_are_none_to_pull() -> None:
    assert PLAIN.snap(square(mm_to_pt(28.0) + 53.0, 300.0), TOLERANCE_PT) == Snap()


def test_the_centre_of_another_seal_pulls_the_centre_and_the_guide_joins_both() -> None:
    targets = SnapTargets(A4, seals=[square(150.0, 650.0, width_pt=60.0)])
    assert targets.snap(square(154.0, 300.0), TOLERANCE_PT) == Snap(
        -4.0, 0.0, (Guide(Orientation.VERTICAL, 150.0, 250.0, 680.0, SnapReason.SEAL_CENTER),)
    )


@pytest.mark.parametrize(
    ("x_pt", "dx_pt", "at_pt"),
    [
        (173.0, -3.0, 120.0),  # left to left
        (67.0, 3.0, 120.0),  # right to left
        (228.0, 2.0, 180.0),  # left to right
        (132.0, -2.0, 180.0),  # right to right
    ],
)
def test_either_edge_of_another_seal_pulls_either_edge(x_pt: float, dx_pt: float, at_pt: float) -> None:
    targets = SnapTargets(A4, seals=[square(150.0, 650.0, width_pt=60.0)])
    snap = targets.snap(square(x_pt, 300.0), TOLERANCE_PT)
    assert snap == Snap(dx_pt, 0.0, (Guide(Orientation.VERTICAL, at_pt, 250.0, 680.0, SnapReason.SEAL_EDGE),))


def test_edges_do_not_pull_centres() -> None:
    targets = SnapTargets(A4, seals=[square(150.0, 650.0, width_pt=60.0)])
    assert targets.snap(square(121.0, 300.0, width_pt=20.0), TOLERANCE_PT) == Snap()


def test_equal_seals_in_line_show_all_three_lines() -> None:
    targets = SnapTargets(A4, seals=[square(150.0, 650.0)])
    snap = targets.snap(square(152.0, 300.0), TOLERANCE_PT)
    assert [(guide.at_pt, guide.reason) for guide in snap.guides] == [
        (100.0, SnapReason.SEAL_EDGE),
        (150.0, SnapReason.SEAL_CENTER),
        (200.0, SnapReason.SEAL_EDGE),
    ]


def test_seals_on_one_line_share_one_guide() -> None:
    targets = SnapTargets(A4, seals=[square(100.0, 700.0, width_pt=40.0), square(100.0, 100.0, width_pt=60.0)])
    assert targets.snap(square(98.0, 300.0), TOLERANCE_PT).guides == (
        Guide(Orientation.VERTICAL, 100.0, 70.0, 720.0, SnapReason.SEAL_CENTER),
    )


def test_the_guide_lies_along_the_seal_where_it_comes_to_rest() -> None:
    targets = SnapTargets(A4, seals=[square(150.0, 650.0, width_pt=60.0)])
    snap = targets.snap(square(154.0, 418.0), TOLERANCE_PT)
    vertical = snap.guides[0]
    assert (vertical.from_pt, vertical.to_pt) == (371.0, 680.0)


# Text


LINE = PageRect(100.0, 500.0, 300.0, 512.0)


def test_a_seal_stands_on_the_baseline_of_text() -> None:
    snap = SnapTargets(A4, text_lines=[LINE]).snap(square(200.0, 553.0), TOLERANCE_PT)
    assert snap == Snap(0.0, -3.0, (Guide(Orientation.HORIZONTAL, 500.0, 100.0, 300.0, SnapReason.TEXT_BASELINE),))


def test_a_seal_lies_centred_over_text() -> None:
    snap = SnapTargets(A4, text_lines=[LINE]).snap(square(400.0, 504.0), TOLERANCE_PT)
    assert snap == Snap(0.0, 2.0, (Guide(Orientation.HORIZONTAL, 506.0, 100.0, 450.0, SnapReason.TEXT_CENTER),))


def test_the_ends_of_text_do_not_pull() -> None:
    assert SnapTargets(A4, text_lines=[LINE]).snap(square(152.0, 300.0), TOLERANCE_PT) == Snap()


@given(frames, st.floats(-5, 5))
def test_the_baseline_is_below_the_text_as_the_page_is_shown(frame: PageFrame, off_pt: float) -> None:
    line = DisplayRect(60.0, 90.0, 100.0, 12.0)
    targets = SnapTargets(frame, text_lines=[frame.rect_to_page(line)])
    seal = frame.rect_to_page(DisplayRect(70.0, 52.0 + off_pt, 50.0, 50.0))
    snapped = frame.rect_to_display(shifted(seal, targets.snap(seal, TOLERANCE_PT)))
    assert SnapReason.TEXT_BASELINE in reasons(targets.snap(seal, TOLERANCE_PT))
    assert snapped.top_pt + snapped.height_pt == pytest.approx(102.0)


# Margins


@given(frames, st.floats(0, 20), st.floats(0, 20), st.floats(0, 20), st.floats(0, 20))
def test_margins_are_millimetres_of_the_page_as_it_is_shown(
    frame: PageFrame, left: float, top: float, right: float, bottom: float
) -> None:
    inner = Margins(left, top, right, bottom).within(frame)
    assert inner is not None
    shown = frame.rect_to_display(inner)
    assert shown.left_pt == pytest.approx(mm_to_pt(left), abs=1e-6)
    assert shown.top_pt == pytest.approx(mm_to_pt(top), abs=1e-6)
    assert frame.display_width_pt - shown.left_pt - shown.width_pt == pytest.approx(mm_to_pt(right), abs=1e-6)
    assert frame.display_height_pt - shown.top_pt - shown.height_pt == pytest.approx(mm_to_pt(bottom), abs=1e-6)


def test_margins_count_the_unit_of_the_page() -> None:
    inner = Margins(*[25.4] * 4).within(replace(A4, user_unit=2.0))
    assert inner == PageRect(36.0, 36.0, 595.0 - 36.0, 842.0 - 36.0)


def test_margins_that_leave_no_room_are_none() -> None:
    wide = Margins(*[150.0] * 4)
    assert wide.within(A4) is None
    assert SnapTargets(A4, margins=wide).snap(square(200.0, 300.0), TOLERANCE_PT) == Snap()


# Which one wins


def test_the_nearest_wins() -> None:
    targets = SnapTargets(A4, seals=[square(104.0, 700.0, width_pt=30.0), square(97.0, 100.0, width_pt=40.0)])
    assert targets.snap(square(100.0, 300.0), TOLERANCE_PT).dx_pt == -3.0
    assert targets.snap(square(101.0, 300.0), TOLERANCE_PT).dx_pt == 3.0


def test_at_the_same_distance_a_seal_wins_over_the_page() -> None:
    targets = SnapTargets(A4, seals=[square(303.5, 700.0, width_pt=30.0)])
    snap = targets.snap(square(300.5, 300.0), TOLERANCE_PT)
    assert (snap.dx_pt, reasons(snap)) == (3.0, {SnapReason.SEAL_CENTER})


def test_the_tolerance_is_the_callers() -> None:
    moving = square(302.5, 300.0)
    assert PLAIN.snap(moving, 5.0).dx_pt == -5.0
    assert PLAIN.snap(moving, 4.9) == Snap()
    assert PLAIN.snap(moving, -1.0) == Snap()


def test_what_is_in_line_already_shows_its_guide_and_stays() -> None:
    snap = PLAIN.snap(square(297.5, 300.0), 0.0)
    assert (snap.dx_pt, snap.dy_pt) == (0.0, 0.0)
    assert reasons(snap) == {SnapReason.PAGE_CENTER}


def test_nothing_pulls_a_seal_off_the_page() -> None:
    # Its left edge on the other's right edge would put its own right edge 2 pt beyond the page.
    targets = SnapTargets(A4, seals=[PageRect(400.0, 600.0, 497.0, 697.0)])
    assert targets.snap(square(543.0, 300.0), TOLERANCE_PT).dx_pt == 2.0
    assert targets.snap(square(543.0, 300.0), 1.9).dx_pt == 0.0
    wider = SnapTargets(A4, seals=[PageRect(400.0, 600.0, 498.0, 698.0)])
    assert wider.snap(square(545.0, 300.0, width_pt=100.0), TOLERANCE_PT).dx_pt == 0.0


def test_a_seal_over_the_edge_is_pulled_back_but_no_further_out() -> None:
    assert PLAIN.snap(square(47.0, 300.0), TOLERANCE_PT).dx_pt == 3.0
    targets = SnapTargets(A4, seals=[PageRect(-10.0, 600.0, 80.0, 690.0)])
    assert targets.snap(square(43.0, 300.0), TOLERANCE_PT).dx_pt == 0.0


# Whatever there is


def sides(rect: PageRect) -> tuple[tuple[float, ...], tuple[float, ...]]:
    center = rect.center
    return (rect.left_pt, center.x_pt, rect.right_pt), (rect.bottom_pt, center.y_pt, rect.top_pt)


@given(seals, st.lists(seals, max_size=6), st.lists(rects, max_size=6), st.sampled_from(Rotation))
def test_a_snap_is_small_ends_on_its_guides_and_is_at_rest(
    moving: PageRect, others: Sequence[PageRect], text: Sequence[PageRect], rotation: Rotation
) -> None:
    targets = SnapTargets(replace(A4, rotation=rotation), seals=others, text_lines=text, margins=Margins(*[20] * 4))
    snap = targets.snap(moving, TOLERANCE_PT)
    assert max(abs(snap.dx_pt), abs(snap.dy_pt)) <= TOLERANCE_PT
    landed = shifted(moving, snap)
    xs, ys = sides(landed)
    for guide in snap.guides:
        is_vertical = guide.orientation is Orientation.VERTICAL
        assert min(abs(guide.at_pt - place) for place in (xs if is_vertical else ys)) <= 0.01
        assert guide.from_pt <= (ys if is_vertical else xs)[0]
        assert guide.to_pt >= (ys if is_vertical else xs)[2]
    if snap.dx_pt:
        assert any(guide.orientation is Orientation.VERTICAL for guide in snap.guides)
    if snap.dy_pt:
        assert any(guide.orientation is Orientation.HORIZONTAL for guide in snap.guides)
    again = targets.snap(landed, TOLERANCE_PT)
    assert (again.dx_pt, again.dy_pt) == pytest.approx((0.0, 0.0), abs=0.01)


@given(seals, st.lists(seals, max_size=6), st.lists(rects, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_what_is_on_the_page_does_not_matter(
    moving: PageRect, others: list[PageRect], text: list[PageRect], random: Random
) -> None:
    shuffled_others, shuffled_text = list(others), list(text)
    random.shuffle(shuffled_others)
    random.shuffle(shuffled_text)
    one = SnapTargets(A4, seals=others, text_lines=text)
    other = SnapTargets(A4, seals=shuffled_others, text_lines=shuffled_text)
    assert one.snap(moving, TOLERANCE_PT) == other.snap(moving, TOLERANCE_PT)


@given(seals, st.lists(seals, max_size=6))
def test_no_other_line_was_nearer(moving: PageRect, others: list[PageRect]) -> None:
    snap = SnapTargets(A4, seals=others).snap(moving, TOLERANCE_PT)
    low, center, high = sides(moving)[0]
    distances = [abs(297.5 - center), abs(low), abs(595.0 - high)]
    for other in others:
        left, middle, right = sides(other)[0]
        distances += [abs(middle - center), *(abs(a - b) for a in (left, right) for b in (low, high))]
    # Where the nearest would lead off the page another may win.
    if moving.left_pt >= TOLERANCE_PT and moving.right_pt <= 595.0 - TOLERANCE_PT:
        nearest = min(distances)
        assert abs(snap.dx_pt) == pytest.approx(nearest if nearest <= TOLERANCE_PT else 0.0)


# Sizes


def grown(rect: PageRect, snap: SizeSnap) -> PageRect:
    return PageRect.around(rect.center, rect.width_pt + snap.growth_pt, rect.height_pt + snap.growth_pt)


def test_a_growing_seal_stops_where_its_edge_meets_a_line() -> None:
    targets = SnapTargets(A4, seals=[square(400.0, 300.0)], text_lines=[PageRect(80.0, 240.0, 200.0, 252.0)])
    # The other seal's left edge is at 350, this one's right edge comes to 347.
    beside = targets.snap_size(square(297.0, 520.0), TOLERANCE_PT)
    assert grown(square(297.0, 520.0), beside).right_pt == pytest.approx(350.0)
    assert [guide.reason for guide in beside.guides] == [SnapReason.SEAL_EDGE]
    # The bottom is at 243, the baseline of the text at 240.
    above = targets.snap_size(square(150.0, 293.0), TOLERANCE_PT)
    assert grown(square(150.0, 293.0), above).bottom_pt == pytest.approx(240.0)
    assert [guide.reason for guide in above.guides] == [SnapReason.TEXT_BASELINE]


def test_a_size_meets_no_centres_and_nothing_far() -> None:
    assert PLAIN.snap_size(square(297.5, 421.0), TOLERANCE_PT) == SizeSnap()
    targets = SnapTargets(A4, seals=[square(400.0, 300.0)])
    assert targets.snap_size(square(340.0, 600.0, width_pt=121.0), TOLERANCE_PT) == SizeSnap()


def test_a_slice_meets_only_what_lies_across_its_edge() -> None:
    targets = SnapTargets(A4, seals=[square(400.0, 300.0)])
    assert targets.snap_size(square(297.0, 600.0), TOLERANCE_PT, only_up_and_down=True) == SizeSnap()
    up = targets.snap_size(square(297.0, 402.0), TOLERANCE_PT, only_up_and_down=True)
    assert grown(square(297.0, 402.0), up).bottom_pt == pytest.approx(350.0)
    assert [guide.orientation for guide in up.guides] == [Orientation.HORIZONTAL]


@given(st.lists(seals, max_size=6), seals)
def test_a_snapped_size_keeps_its_centre_and_touches_its_guides(others: list[PageRect], growing: PageRect) -> None:
    targets = SnapTargets(A4, seals=others)
    snap = targets.snap_size(growing, TOLERANCE_PT)
    after = grown(growing, snap)
    assert abs(snap.growth_pt) <= 2 * TOLERANCE_PT + 1e-6
    assert after.width_pt > 0
    assert after.center == growing.center
    edges = {
        Orientation.VERTICAL: (after.left_pt, after.right_pt),
        Orientation.HORIZONTAL: (after.bottom_pt, after.top_pt),
    }
    for guide in snap.guides:
        assert min(abs(edge - guide.at_pt) for edge in edges[guide.orientation]) < 0.02
