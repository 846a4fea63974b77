from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import PageFrame, PagePoint, Rotation
from esign_desktop.ui.viewer.layout import (
    CAPTION_PX,
    MARGIN_PX,
    PAGE_GAP_PX,
    PageLayout,
    fit_page_scale,
    fit_width_scale,
)

A4 = PageFrame(595.0, 842.0)
A4_LANDSCAPE = PageFrame(595.0, 842.0, Rotation.RIGHT)


def document(name: str, *frames: PageFrame) -> Document:
    return Document(DocumentId(name), f"{name}.pdf", name, 1, "0", frames)


def test_pages_are_centred_below_one_another() -> None:
    layout = PageLayout([document("a", A4, A4_LANDSCAPE)], 1.0, 1000.0)
    first, second = layout.slots
    assert first.left_px + first.width_px / 2 == pytest.approx(500.0)
    assert second.left_px + second.width_px / 2 == pytest.approx(500.0)
    assert first.top_px == CAPTION_PX
    assert second.top_px == pytest.approx(first.bottom_px + PAGE_GAP_PX)
    assert second.width_px == pytest.approx(842.0)


def test_content_is_as_wide_as_the_widest_page_when_that_does_not_fit() -> None:
    layout = PageLayout([document("a", A4, A4_LANDSCAPE)], 2.0, 300.0)
    assert layout.width_px == pytest.approx(842 * 2 + 2 * MARGIN_PX)
    assert all(slot.left_px >= MARGIN_PX for slot in layout.slots)


def test_every_document_has_its_caption_above_its_first_page() -> None:
    layout = PageLayout([document("a", A4, A4), document("b", A4)], 0.5, 400.0)
    caption = layout.captions[1]
    first_of_second = layout.slot(DocumentId("b"), 1)
    assert first_of_second is not None
    assert (caption.name, caption.page_count) == ("b", 1)
    assert first_of_second.top_px == pytest.approx(caption.top_px + CAPTION_PX)


def test_gaps_do_not_grow_with_the_zoom() -> None:
    for scale in (0.25, 1.0, 8.0):
        first, second = PageLayout([document("a", A4, A4)], scale, 100.0).slots
        assert second.top_px - first.bottom_px == pytest.approx(PAGE_GAP_PX)


def test_only_pages_in_sight_are_named() -> None:
    layout = PageLayout([document("a", *[A4] * 1000)], 1.0, 600.0)
    tenth = layout.slots[9]
    seen = layout.between(tenth.top_px + 10, tenth.bottom_px + PAGE_GAP_PX + 10)
    assert [slot.page_number for slot in seen] == [10, 11]
    assert layout.between(tenth.bottom_px + 1, tenth.bottom_px + 2) == ()


def test_a_gap_belongs_to_no_page_but_has_a_nearest_one() -> None:
    layout = PageLayout([document("a", A4, A4)], 1.0, 600.0)
    first, second = layout.slots
    y = first.bottom_px + PAGE_GAP_PX / 2
    assert layout.page_at(300.0, y) is None
    assert layout.nearest_page(y - 2) is first
    assert layout.nearest_page(y + 2) is second
    assert layout.nearest_page(-50.0) is first
    assert layout.nearest_page(1e6) is second


def test_an_empty_contract_has_no_page_anywhere() -> None:
    layout = PageLayout([], 1.0, 600.0)
    assert layout.between(0.0, 1000.0) == ()
    assert layout.page_at(1.0, 1.0) is None
    assert layout.nearest_page(1.0) is None


@given(
    rotation=st.sampled_from(list(Rotation)),
    user_unit=st.sampled_from([0.5, 1.0, 2.0]),
    scale=st.floats(0.3, 10.0),
    x=st.floats(0.0, 500.0),
    y=st.floats(0.0, 700.0),
)
def test_a_point_of_a_page_comes_back_from_the_content_area(
    rotation: Rotation, user_unit: float, scale: float, x: float, y: float
) -> None:
    frame = PageFrame(500.0, 700.0, rotation, user_unit, 13.0, 7.0)
    slot = PageLayout([document("a", A4, frame)], scale, 800.0).slots[1]
    x_px, y_px = slot.point_px(PagePoint(x, y))
    back = slot.to_page(x_px, y_px)
    assert back.x_pt == pytest.approx(x, abs=1e-6)
    assert back.y_pt == pytest.approx(y, abs=1e-6)


def test_the_visible_part_is_in_points_of_the_page() -> None:
    slot = PageLayout([document("a", A4)], 2.0, 595.0 * 2 + 2 * MARGIN_PX).slots[0]
    part = slot.visible_part(0.0, 0.0, slot.left_px + 200.0, slot.top_px + 100.0)
    assert part is not None
    assert (part.left_pt, part.top_pt, part.width_pt, part.height_pt) == pytest.approx((0.0, 0.0, 100.0, 50.0))
    assert slot.visible_part(0.0, 0.0, 1.0, 1.0) is None


def test_fitting_scales_fit() -> None:
    assert fit_width_scale(A4, 643.0) * A4.display_width_pt == pytest.approx(595.0)
    assert fit_page_scale(A4, 5000.0, 842.0 + 2 * PAGE_GAP_PX) == pytest.approx(1.0)
