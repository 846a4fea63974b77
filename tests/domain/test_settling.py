from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.geometry import PageFrame, PagePoint, Rotation
from esign_desktop.domain.placement import marks_of
from esign_desktop.domain.settling import settled, settled_center, shift_on_page, within
from tests.drafts import A4, make_cross_page, make_document, make_keyword, make_person_signer, make_seal

SMALL = PageFrame(300.0, 200.0)


@given(st.floats(-1000, 1000), st.floats(1, 900), st.floats(1, 900))
def test_a_length_comes_to_rest_inside_or_in_the_middle(value: float, extent_pt: float, size_pt: float) -> None:
    center = within(value, extent_pt, size_pt)
    if size_pt >= extent_pt:
        assert center == extent_pt / 2
    else:
        assert size_pt / 2 <= center <= extent_pt - size_pt / 2
        assert within(center, extent_pt, size_pt) == center


def test_what_is_inside_is_not_moved() -> None:
    assert settled_center([A4], PagePoint(300.0, 400.0), 100.0) == PagePoint(300.0, 400.0)


@given(st.floats(-100, 700), st.floats(-100, 900))
def test_a_seal_on_several_pages_is_inside_of_each(x_pt: float, y_pt: float) -> None:
    document = replace(make_document(), pages=(A4, SMALL, PageFrame(180.0, 600.0)))
    seal = settled(make_seal(pages="1-3", center=PagePoint(x_pt, y_pt), width_pt=100.0), document, 100.0)
    for mark in marks_of(seal, make_person_signer(), document):
        assert document.frame(mark.page_number).bounds.contains(mark.rect)


def test_a_cross_page_seal_is_kept_on_the_lowest_page() -> None:
    document = replace(make_document(), pages=(A4, SMALL))
    assert settled(make_cross_page(pages="1-2"), document, 100.0) == make_cross_page(pages="1-2", center_y_pt=150.0)


def test_keywords_and_seals_behind_the_end_stay_as_they_are() -> None:
    document = make_document(pages=1)
    for placement in (
        make_keyword(offset_x_pt=-900.0),
        make_seal(pages="4", center=PagePoint(-5.0, -5.0)),
        make_cross_page(pages="4-5", center_y_pt=-5.0),
    ):
        assert settled(placement, document, 100.0) == placement


@pytest.mark.parametrize(
    ("rotation", "shift"),
    [
        (Rotation.NONE, (3.0, -4.0)),
        (Rotation.RIGHT, (4.0, 3.0)),
        (Rotation.HALF, (-3.0, 4.0)),
        (Rotation.LEFT, (-4.0, -3.0)),
    ],
)
def test_a_shift_to_the_right_and_down_is_turned_with_the_page(rotation: Rotation, shift: tuple[float, float]) -> None:
    assert shift_on_page(replace(A4, rotation=rotation), 3.0, 4.0) == pytest.approx(shift)
    assert shift_on_page(replace(A4, rotation=rotation, user_unit=2.0), 6.0, 8.0) == pytest.approx(shift)
