from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import PageFrame, PagePoint, Rotation
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.clamping import clamped_center, clamped_to_page, shift_on_page
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
