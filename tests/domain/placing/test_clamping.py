from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import DisplayPoint, PageFrame, PagePoint, Rotation
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import (
    clamped_center,
    clamped_to_page,
    moved_to_shown,
    shift_on_page,
    shown_position,
)
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    PlacementId,
)
from esign_desktop.domain.signer import SignerId

IDS = (PlacementId("p"), SignerId("s"), DocumentId("d"))
DOCUMENT = Document(DocumentId("d"), "d.pdf", "d", 1, "0", (PageFrame(300.0, 400.0), PageFrame(200.0, 500.0)))


@given(x=st.floats(-1000, 1000), y=st.floats(-1000, 1000), width=st.floats(10, 600))
def test_a_settled_seal_is_on_all_its_pages_if_it_fits(x: float, y: float, width: float) -> None:
    center = clamped_center(DOCUMENT.pages, PagePoint(x, y), width)
    if width < 200:
        assert width / 2 - 1e-9 <= center.x_pt <= 200 - width / 2 + 1e-9
        assert width / 2 - 1e-9 <= center.y_pt <= 400 - width / 2 + 1e-9
    else:
        assert center.x_pt == 100.0


@given(x=st.floats(50, 150), y=st.floats(50, 350))
def test_a_seal_that_is_inside_stays_where_it_is(x: float, y: float) -> None:
    assert clamped_center(DOCUMENT.pages, PagePoint(x, y), 100.0) == PagePoint(x, y)


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (Rotation.NONE, (10.0, -4.0)),
        (Rotation.RIGHT, (4.0, 10.0)),
        (Rotation.HALF, (-10.0, 4.0)),
        (Rotation.LEFT, (-4.0, -10.0)),
    ],
)
def test_a_shift_as_seen_becomes_one_of_the_page(rotation: Rotation, expected: tuple[float, float]) -> None:
    assert shift_on_page(PageFrame(300.0, 400.0, rotation), 10.0, 4.0) == pytest.approx(expected)
    assert shift_on_page(PageFrame(300.0, 400.0, rotation, 2.0), 20.0, 8.0) == pytest.approx(expected)


@pytest.mark.parametrize("unit", [1.0, 2.0])
@pytest.mark.parametrize(
    ("rotation", "shown"),
    [
        (Rotation.NONE, (30.0, 100.0)),
        (Rotation.RIGHT, (100.0, 270.0)),
        (Rotation.HALF, (270.0, 300.0)),
        (Rotation.LEFT, (300.0, 30.0)),
    ],
)
def test_the_numbers_of_a_seal_are_those_of_the_page_as_seen(
    rotation: Rotation, shown: tuple[float, float], unit: float
) -> None:
    pages = (PageFrame(300.0, 400.0, rotation, unit),)
    seal = CoordinatePlacement(*IDS, PageRanges.single(1), PagePoint(30.0, 100.0), 60.0)
    position = shown_position(seal, pages)
    assert position == pytest.approx((shown[0] * unit, shown[1] * unit))
    assert shown_position(moved_to_shown(seal, pages, x_pt=80.0), pages) == pytest.approx((80.0, position[1]))
    assert shown_position(moved_to_shown(seal, pages, y_pt=90.0), pages) == pytest.approx((position[0], 90.0))
    corner = moved_to_shown(seal, pages, x_pt=0.0, y_pt=0.0)
    assert isinstance(corner, CoordinatePlacement)
    assert pages[0].to_display(corner.center) == DisplayPoint(0.0, pages[0].display_height_pt)


def test_a_seal_on_an_unknown_page_and_an_offset_are_measured_in_page_space() -> None:
    seal = CoordinatePlacement(*IDS, PageRanges.single(3), PagePoint(30.0, 100.0), 60.0)
    assert shown_position(seal, DOCUMENT.pages) == (30.0, 100.0)
    assert moved_to_shown(seal, DOCUMENT.pages, x_pt=5.0) == replace(seal, center=PagePoint(5.0, 100.0))
    turned = (PageFrame(300.0, 400.0, Rotation.RIGHT),)
    keyword = KeywordPlacement(*IDS, "甲方", 9.0, -4.0)
    assert shown_position(keyword, turned) == (9.0, -4.0)
    assert moved_to_shown(keyword, turned, y_pt=2.0) == replace(keyword, offset_y_pt=2.0)
    assert shown_position(CrossPagePlacement(*IDS, PageRanges.single(1), 50.0), turned) == (None, 50.0)


def test_every_kind_of_placement_settles_in_its_own_way() -> None:
    coordinate = CoordinatePlacement(*IDS, PageRanges.of([1, 2]), PagePoint(290.0, 490.0), 100.0)
    assert clamped_to_page(coordinate, DOCUMENT, 100.0) == replace(coordinate, center=PagePoint(150.0, 350.0))
    cross_page = CrossPagePlacement(*IDS, PageRanges.of([1, 2]), -5.0, 100.0)
    assert clamped_to_page(cross_page, DOCUMENT, 100.0) == replace(cross_page, center_y_pt=50.0)
    keyword = KeywordPlacement(*IDS, "甲方", 900.0, 900.0)
    assert clamped_to_page(keyword, DOCUMENT, 100.0) == keyword


def test_pages_that_are_gone_leave_a_placement_as_it_is() -> None:
    coordinate = CoordinatePlacement(*IDS, PageRanges.single(9), PagePoint(290.0, 490.0), 100.0)
    assert clamped_to_page(coordinate, DOCUMENT, 100.0) == coordinate
    cross_page = CrossPagePlacement(*IDS, PageRanges.of([8, 9]), -5.0, 100.0)
    assert clamped_to_page(cross_page, DOCUMENT, 100.0) == cross_page
