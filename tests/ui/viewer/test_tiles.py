from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import DisplayRect, PageFrame
from esign_desktop.ui.viewer.layout import PageLayout, PageSlot
from esign_desktop.ui.viewer.tiles import (
    MAX_PREVIEW_PX,
    MAX_WHOLE_PAGE_PX,
    TILE_SIDE_PX,
    preview_key,
    sharp_keys,
    wanted_keys,
)

A4 = PageFrame(595.0, 842.0)
A0 = PageFrame(2384.0, 3370.0)
RENDERER_LIMIT_PX = 10_000_000


def layout(scale: float, *frames: PageFrame) -> PageLayout:
    return PageLayout([Document(DocumentId("d"), "d.pdf", "d", 1, "0", frames)], scale, 800.0)


def whole(slot: PageSlot) -> DisplayRect:
    return DisplayRect(0.0, 0.0, slot.frame.display_width_pt, slot.frame.display_height_pt)


def test_a_small_page_is_one_picture() -> None:
    slot = layout(1.5, A4).slots[0]
    (key,) = sharp_keys(slot, 1.0, whole(slot))
    assert key.clip is None
    assert key.pixels_per_point == 1.5


def test_a_large_page_is_cut_into_tiles_that_cover_it_without_overlap() -> None:
    slot = layout(4.0, A4).slots[0]
    clips = [key.clip for key in sharp_keys(slot, 1.0, whole(slot))]
    assert sum(c.width_pt * c.height_pt for c in clips if c) == pytest.approx(595 * 842)
    assert len(clips) == 2 * 3


@pytest.mark.parametrize("frame", [A4, A0])
@pytest.mark.parametrize("scale", [0.3, 1.0, 2.6, 3.0, 10.6])
@pytest.mark.parametrize("device_ratio", [1.0, 1.5, 2.0])
def test_no_picture_is_larger_than_the_renderer_takes(frame: PageFrame, scale: float, device_ratio: float) -> None:
    slot = layout(scale, frame).slots[0]
    for key in sharp_keys(slot, device_ratio, whole(slot)):
        area = key.clip or whole(slot)
        assert area.width_pt * area.height_pt * key.pixels_per_point**2 <= max(
            MAX_WHOLE_PAGE_PX, TILE_SIDE_PX**2 * 1.01
        )
        assert area.width_pt * area.height_pt * key.pixels_per_point**2 < RENDERER_LIMIT_PX
    preview = preview_key(slot)
    assert frame.width_pt * frame.height_pt * preview.pixels_per_point**2 <= MAX_PREVIEW_PX * 1.01


def test_only_tiles_in_sight_are_wanted() -> None:
    slot = layout(8.0, A4).slots[0]
    keys = list(sharp_keys(slot, 1.0, DisplayRect(300.0, 400.0, 100.0, 80.0)))
    assert 1 <= len(keys) <= 4
    assert all(key.clip is not None and key.clip.left_pt <= 400.0 for key in keys)


def test_bare_pages_get_a_coarse_picture_first_and_the_middle_comes_first() -> None:
    pages = layout(2.0, *[A4] * 30)
    slot = pages.slots[10]
    view = QRectF(0, slot.top_px + 900, 800, 900)
    keys = wanted_keys(pages, view, 1.0, lambda _: False)
    assert [(k.page_number, k.pixels_per_point) for k in keys[:4]] == [(11, 1.0), (12, 1.0), (11, 2.0), (12, 2.0)]


def test_no_detour_where_a_picture_is_at_hand_or_as_coarse_as_the_preview() -> None:
    pages = layout(2.0, *[A4] * 3)
    view = QRectF(0, pages.slots[0].top_px, 800, 800)
    assert [k.pixels_per_point for k in wanted_keys(pages, view, 1.0, lambda _: True)] == [2.0]
    small = layout(1.2, A4)
    view = QRectF(0, 0, 800, 800)
    assert [k.pixels_per_point for k in wanted_keys(small, view, 1.0, lambda _: False)] == [1.2]


def test_neighbours_are_drawn_coarsely_after_everything_in_sight() -> None:
    pages = layout(1.0, *[A4] * 5)
    slot = pages.slots[2]
    view = QRectF(0, slot.top_px, 800, slot.height_px)
    keys = wanted_keys(pages, view, 1.0, lambda _: False)
    assert keys[0].page_number == 3
    assert {k.page_number for k in keys[1:]} == {2, 4}
