from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.geometry import (
    DisplayPoint,
    DisplayRect,
    PageFrame,
    PagePoint,
    PageRect,
    Rotation,
    mm_to_pt,
    pt_to_mm,
)

lengths = st.floats(1, 20_000)
frames = st.builds(
    PageFrame,
    lengths,
    lengths,
    st.sampled_from(Rotation),
    st.floats(0.1, 75),
    st.floats(-500, 500),
    st.floats(-500, 500),
)
places = st.floats(-20_000, 20_000)


def near(number: float) -> object:
    return pytest.approx(number, rel=1e-9, abs=1e-6)


@given(frame=frames, x=places, y=places)
def test_a_displayed_point_comes_back_from_the_page(frame: PageFrame, x: float, y: float) -> None:
    back = frame.to_display(frame.to_page(DisplayPoint(x, y)))
    assert (back.x_pt, back.y_pt) == (near(x), near(y))


@given(frame=frames, x=places, y=places)
def test_a_point_of_the_page_comes_back_from_the_display(frame: PageFrame, x: float, y: float) -> None:
    back = frame.to_page(frame.to_display(PagePoint(x, y)))
    assert (back.x_pt, back.y_pt) == (near(x), near(y))


@given(frame=frames, left=places, bottom=places, width=lengths, height=lengths)
def test_a_rectangle_comes_back_with_its_size(
    frame: PageFrame, left: float, bottom: float, width: float, height: float
) -> None:
    rect = PageRect(left, bottom, left + width, bottom + height)
    back = frame.rect_to_page(frame.rect_to_display(rect))
    assert back.contains(rect, slack_pt=0.001)
    assert rect.contains(back, slack_pt=0.001)


@given(frame=frames)
def test_the_whole_page_fills_the_display(frame: PageFrame) -> None:
    shown = frame.rect_to_display(frame.bounds)
    assert (shown.left_pt, shown.top_pt) == (near(0), near(0))
    assert (shown.width_pt, shown.height_pt) == (near(frame.display_width_pt), near(frame.display_height_pt))


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        # A point 10 right of and 20 below the shown upper-left corner, on a page of 100 by 200.
        (Rotation.NONE, PagePoint(10, 180)),
        (Rotation.RIGHT, PagePoint(20, 10)),
        (Rotation.HALF, PagePoint(90, 20)),
        (Rotation.LEFT, PagePoint(80, 190)),
    ],
)
def test_each_rotation_is_that_of_the_decisions(rotation: Rotation, expected: PagePoint) -> None:
    assert PageFrame(100, 200, rotation).to_page(DisplayPoint(10, 20)) == expected


def test_a_user_unit_makes_the_page_larger_than_its_numbers() -> None:
    frame = PageFrame(100, 200, Rotation.RIGHT, user_unit=2.0)
    assert (frame.display_width_pt, frame.display_height_pt) == (400, 200)
    assert frame.to_page(DisplayPoint(40, 20)) == PagePoint(10, 20)


@pytest.mark.parametrize(
    ("degrees", "rotation"),
    [(0, 0), (90, 90), (450, 90), (-90, 270), (720, 0), (45, 0), (-1, 0), (90.5, 0), (float("nan"), 0)],
)
def test_every_rotation_is_read_as_a_legal_one(degrees: float, rotation: int) -> None:
    assert Rotation.nearest(degrees) == rotation


@pytest.mark.parametrize(
    ("frame", "is_plain"),
    [
        (PageFrame(1, 1), True),
        (PageFrame(1, 1, Rotation.HALF), False),
        (PageFrame(1, 1, user_unit=2.0), False),
        (PageFrame(1, 1, origin_x_pt=1.0), False),
        (PageFrame(1, 1, origin_y_pt=-1.0), False),
    ],
)
def test_only_an_ordinary_page_is_plain(frame: PageFrame, is_plain: bool) -> None:
    assert frame.is_plain is is_plain


def test_a_rectangle_knows_its_measures() -> None:
    rect = PageRect.around(PagePoint(10, 20), 4, 6)
    assert rect == PageRect(8, 17, 12, 23)
    assert (rect.width_pt, rect.height_pt, rect.area, rect.center) == (4, 6, 24, PagePoint(10, 20))
    assert DisplayRect(1, 2, 4, 6).center == DisplayPoint(3, 5)


def test_a_point_moves_right_and_up() -> None:
    assert PagePoint(1, 2).moved(3, -1) == PagePoint(4, 1)


@given(st.lists(places, min_size=8, max_size=8))
def test_two_rectangles_share_the_same_area_either_way(numbers: list[float]) -> None:
    first, second = (PageRect(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in (numbers[:4], numbers[4:]))
    shared = first.intersection_area(second)
    assert shared == second.intersection_area(first)
    assert 0 <= shared <= min(first.area, second.area) * (1 + 1e-9)


def test_rectangles_that_only_touch_share_nothing() -> None:
    assert PageRect(0, 0, 1, 1).intersection_area(PageRect(1, 0, 2, 1)) == 0


def test_a_rectangle_contains_what_sticks_out_by_a_rounding_error_only() -> None:
    page = PageRect(0, 0, 100, 100)
    assert page.contains(PageRect(-0.005, 0, 100.005, 100))
    assert not page.contains(PageRect(-0.1, 0, 100, 100))


@given(st.floats(0, 10_000))
def test_millimetres_and_points_are_each_others_inverse(length_mm: float) -> None:
    assert pt_to_mm(mm_to_pt(length_mm)) == near(length_mm)


def test_a_centimetre_has_28_points() -> None:
    assert mm_to_pt(10) == pytest.approx(28.346, abs=0.001)
