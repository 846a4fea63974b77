from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.geometry import PageFrame, PageRect, Rotation
from esign_desktop.pdf.engine import RenderRequest
from tests.pdf.builder import Page, build
from tests.pdf.ink import distance_pt, ink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.pdf.local_engine import LocalEngine

# What is visible of the page in user space, of the boxes as they are written.
BOXES = [
    ("[0 0 300 400]", None, (0, 0, 300, 400)),
    ("[300 400 0 0]", None, (0, 0, 300, 400)),
    ("[0 0 300 400]", "[40 60 260 380]", (40, 60, 260, 380)),
    ("[-50 -30 250 370]", None, (-50, -30, 250, 370)),
    ("[-50 -30 250 370]", "[-20 10 900 300]", (-20, 10, 250, 300)),
    ("[10.5 20.25 310.75 420.5]", "[310.75 20.25 50.5 400.75]", (50.5, 20.25, 310.75, 400.75)),
]
SCALE = 2.0


@pytest.mark.parametrize(
    ("box", "rotate", "unit"),
    list(product(BOXES, ["0", "90", "180", "270"], [None, "2", "0.5", "1.25"])),
)
def test_drawn_square_and_text_appear_where_the_frame_says(
    box: tuple[str, str | None, tuple[float, ...]],
    rotate: str,
    unit: str | None,
    local: LocalEngine,
    write: Callable[[bytes], Path],
) -> None:
    media, crop, (left, bottom, right, top) = box
    square = Page(media_box=media, crop_box=crop, rotate=rotate, user_unit=unit, drawing="100 140 30 20 re f")
    text = Page(media_box=media, crop_box=crop, rotate=rotate, user_unit=unit).write("乙方", 100, 140, 20)
    opened = local.open(write(build(square, text)))

    frame = opened.pages[0]
    assert (frame.width_pt, frame.height_pt) == pytest.approx((right - left, top - bottom))
    assert (frame.origin_x_pt, frame.origin_y_pt) == pytest.approx((left, bottom))
    assert frame.rotation == int(rotate)
    assert frame.user_unit == float(unit or 1)

    said = frame.rect_to_display(PageRect(100 - left, 140 - bottom, 130 - left, 160 - bottom))
    drawn = ink(local.render(RenderRequest(opened.handle, 1, SCALE)), SCALE)
    assert distance_pt(said, drawn) <= 0.5

    (hit,) = local.find(opened.handle, "乙方")
    written = ink(local.render(RenderRequest(opened.handle, 2, SCALE)), SCALE)
    assert distance_pt(frame.rect_to_display(hit.rects[0]), written) <= 0.5
    (line,) = local.text_lines(opened.handle, 2)
    assert distance_pt(frame.rect_to_display(line), written) <= 0.5


@pytest.mark.parametrize(
    "page",
    [
        Page(media_box=None),
        Page(media_box="[0 0 0 0]"),
        Page(media_box="[nan 0 5 inf]"),
        Page(media_box="[0 0 (a) /b]"),
        Page(media_box="[5 5]"),
        Page(media_box="[0 0 .5 .5]"),
        Page(media_box="[10 10 10.5 800]"),
        Page(media_box="[0 0 1e30 1e30]"),
        Page(media_box="[0 0 " + "9" * 41 + " 700]"),
        Page(media_box="[0 0 " + "9" * 300 + " 700]"),
        Page(media_box="[0 0 5000000000 5000000000]"),
        Page(media_box="[0 0 1000000 1000000]"),
        Page(crop_box="[0 0 0 0]"),
        Page(crop_box="[700 900 800 1000]"),
        Page(user_unit="0"),
        Page(user_unit="-2"),
        Page(user_unit="1e9"),
        Page(user_unit="(x)"),
        Page(user_unit="75000"),
        Page(rotate="45"),
        Page(rotate="134"),
        Page(rotate="-90"),
        Page(rotate="450"),
        Page(rotate="90.0"),
        Page(rotate="(x)"),
        Page(rotate="45", crop_box="[1 1 100 300]", user_unit="-1"),
    ],
    ids=repr,
)
def test_nonsense_in_the_boxes_is_drawn_as_large_as_the_frame_says(
    page: Page, local: LocalEngine, write: Callable[[bytes], Path]
) -> None:
    opened = local.open(write(build(page)))
    (frame,) = opened.pages
    assert frame.width_pt > 0
    assert frame.height_pt > 0
    assert frame.user_unit > 0
    assert frame.display_width_pt <= 1e9
    assert frame.display_height_pt <= 1e9

    scale = 500 / max(frame.display_width_pt, frame.display_height_pt)
    pixels = local.render(RenderRequest(opened.handle, 1, scale))
    assert pixels.width_px == pytest.approx(frame.display_width_pt * scale, abs=1)
    assert pixels.height_px == pytest.approx(frame.display_height_pt * scale, abs=1)


def test_a_page_turned_by_45_degrees_is_shown_upright(local: LocalEngine, write: Callable[[bytes], Path]) -> None:
    opened = local.open(write(build(Page(rotate="45", drawing="10 20 100 50 re f"))))
    assert opened.pages[0] == PageFrame(595, 842, Rotation.NONE)
    drawn = ink(local.render(RenderRequest(opened.handle, 1, 1.0)), 1.0)
    assert distance_pt(drawn, opened.pages[0].rect_to_display(PageRect(10, 20, 110, 70))) <= 1


def test_boxes_and_rotation_are_inherited_from_the_page_tree(
    local: LocalEngine, write: Callable[[bytes], Path]
) -> None:
    inherited = build(
        Page(media_box=None),
        Page(media_box="[0 0 50 60]", rotate="0"),
        pages_extra="/MediaBox[0 0 200 300]/CropBox[20 30 120 230]/Rotate 270",
    )
    first, second = local.open(write(inherited)).pages
    assert first == PageFrame(100, 200, Rotation.LEFT, origin_x_pt=20, origin_y_pt=30)
    assert second == PageFrame(30, 30, Rotation.NONE, origin_x_pt=20, origin_y_pt=30)
