from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tools.state import SEAL_WIDTHS_PT, ToolName
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.prepare.tools.desk import Desk

LEFT = Qt.MouseButton.LeftButton
BOXES = [
    ((0.0, 0.0, 300.0, 400.0), None),
    ((-20.0, 30.0, 280.0, 430.0), None),
    ((0.0, 0.0, 300.0, 400.0), (25.0, 40.0, 265.0, 350.0)),
]
PAGES = [
    MadePage(media_box, crop_box, rotation, user_unit)
    for (media_box, crop_box), rotation, user_unit in product(BOXES, (0, 90, 180, 270), (1.0, 1.5))
]


def dark_center(image: QImage, area: QRectF) -> QPointF:
    """Middle of the black pixels in an area."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    found = [
        (x + 0.5, y + 0.5)
        for y in range(max(0, int(area.top())), min(grey.height(), int(area.bottom())))
        for x in range(max(0, int(area.left())), min(grey.width(), int(area.right())))
        if grey.pixelColor(x, y).lightness() < 100
    ]
    assert found, "nothing black is painted there"
    return QPointF(sum(x for x, _ in found) / len(found), sum(y for _, y in found) / len(found))


@pytest.mark.parametrize("zoom", [0.5, 1.0, 2.5])
def test_click_on_a_drawn_square_stores_where_it_was_drawn(desk: Desk, tmp_path: Path, zoom: float) -> None:
    document = desk.open(write_pdf(tmp_path / "pages.pdf", PAGES))
    desk.add_organization()
    desk.state.set_seal_width(10.0)
    desk.state.set_tool(ToolName.SEAL)
    desk.view.set_zoom(zoom)
    for number, page in enumerate(PAGES, 1):
        assert page.square is not None
        slot = desk.slot(document.id, number)
        desk.view.verticalScrollBar().setValue(round(slot.point_px(page.square)[1] - 300))
        desk.view.horizontalScrollBar().setValue(round(slot.point_px(page.square)[0] - 400))
        desk.wait_for_pictures()
        desk.tool_is_out_of_sight()
        image = desk.viewport.grab().toImage()
        around = QRectF(desk.at(document.id, number, page.square), desk.at(document.id, number, page.square))
        square = dark_center(image, around.adjusted(-25, -25, 25, 25))
        # With Alt no line nearby draws the seal to itself.
        desk.click(square.toPoint(), Qt.KeyboardModifier.AltModifier)
        placement = desk.placement()
        assert isinstance(placement, CoordinatePlacement)
        assert placement.pages == PageRanges.single(number)
        stored = QPointF(*slot.point_px(placement.center)) + desk.view.origin
        drawn = QPointF(*slot.point_px(page.square)) + desk.view.origin
        # A click knows whole pixels, and edges of the square are drawn as greys: one pixel and a quarter in all.
        assert (stored - drawn).manhattanLength() <= 1.5, page.label
        desk.session.undo()


def test_the_seal_at_the_pointer_is_paler_than_the_one_that_a_click_places(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)]))
    desk.add_organization()
    desk.state.set_seal_width(100.0)
    desk.state.set_tool(ToolName.SEAL)
    desk.view.set_zoom(1.0)
    middle = desk.at(document.id, 1, PagePoint(150.0, 200.0))
    desk.wait_for_pictures()

    def darkness() -> int:
        image = desk.viewport.grab(QRect(middle - QPoint(30, 30), QSize(60, 60))).toImage()
        return sum(255 - image.pixelColor(x, y).lightness() for x in range(60) for y in range(60))

    desk.tool_is_out_of_sight()
    nothing = darkness()
    desk.move(QPointF(middle))
    ghost = darkness()
    desk.click(middle)
    desk.state.set_tool(ToolName.SELECT)
    desk.selection.clear()
    assert nothing < ghost < 0.8 * darkness()


def test_seal_at_an_edge_is_kept_on_the_page(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    desk.add_organization()
    desk.state.set_seal_width(100.0)
    desk.state.set_tool(ToolName.SEAL)
    desk.click(desk.at(document.id, 1, PagePoint(2.0, 398.0)))
    placement = desk.placement()
    assert isinstance(placement, CoordinatePlacement)
    assert placement.center == PagePoint(50.0, 350.0)


def test_seal_larger_than_the_page_stands_in_its_middle(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    desk.add_organization()
    desk.state.set_seal_width(350.0)
    desk.state.set_tool(ToolName.SEAL)
    desk.click(desk.at(document.id, 1, PagePoint(2.0, 398.0)))
    placement = desk.placement()
    assert isinstance(placement, CoordinatePlacement)
    assert placement.center == PagePoint(150.0, 225.0)


def test_the_tool_stays_until_esc_and_each_seal_is_one_step(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    signer = desk.add_person()
    desk.state.set_seal_width(SEAL_WIDTHS_PT[0])
    desk.state.set_tool(ToolName.SEAL)
    for y in (100.0, 200.0, 300.0):
        desk.click(desk.at(document.id, 1, PagePoint(150.0, y)))
    assert [p.signer_id for p in desk.session.draft.placements] == [signer.id] * 3
    assert desk.placement().width_pt == SEAL_WIDTHS_PT[0]
    assert desk.selection.ids == {desk.placement().id}
    desk.key(Qt.Key.Key_Escape)
    assert desk.state.tool is ToolName.SELECT
    assert desk.session.undo_name is EditName.PLACE_SEAL
    desk.session.undo()
    assert len(desk.session.draft.placements) == 2


def test_a_seal_is_not_put_on_itself_but_chosen_and_moved(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    signer = desk.add_organization()
    desk.state.set_seal_width(100.0)
    desk.state.set_tool(ToolName.SEAL)
    first, free = (desk.at(document.id, 1, PagePoint(150.0, y)) for y in (100.0, 300.0))
    desk.click(first, Qt.KeyboardModifier.AltModifier)
    QTest.mouseDClick(desk.viewport, LEFT, pos=first)
    (placement,) = desk.session.draft.placements
    desk.drag(first, free, modifiers=Qt.KeyboardModifier.AltModifier)
    (moved,) = desk.session.draft.placements
    assert moved.id == placement.id
    assert isinstance(moved, CoordinatePlacement)
    assert moved.center.y_pt == pytest.approx(300.0, abs=2.0)
    assert desk.session.undo_name is EditName.MOVE_SEALS
    # Esc takes back the drag alone.
    desk.drag(free, first, release=False)
    desk.key(Qt.Key.Key_Escape)
    assert desk.session.draft.placements == (moved,)
    assert desk.state.tool is ToolName.SEAL
    # At its rim there is room for another one, and on it for another signer's.
    desk.click(desk.at(document.id, 1, PagePoint(150.0, 340.0)))
    assert [one.signer_id for one in desk.session.draft.placements] == [signer.id] * 2
    other = desk.add_person()
    desk.state.set_active_signer(other.id)
    desk.click(free)
    assert desk.placement().signer_id == other.id


def test_a_seal_goes_along_with_the_mouse_that_placed_it(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    desk.add_organization()
    desk.state.set_seal_width(60.0)
    desk.state.set_tool(ToolName.SEAL)
    ends = (desk.at(document.id, 1, PagePoint(150.0, y)) for y in (100.0, 300.0))
    desk.drag(*ends, modifiers=Qt.KeyboardModifier.AltModifier)
    (placement,) = desk.session.draft.placements
    assert isinstance(placement, CoordinatePlacement)
    assert placement.center.y_pt == pytest.approx(300.0, abs=2.0)


def test_own_size_of_the_seal_is_left_to_the_platform(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    desk.add_organization()
    desk.state.set_tool(ToolName.SEAL)
    desk.click(desk.at(document.id, 1, PagePoint(150.0, 200.0)))
    assert desk.placement().width_pt is None


def test_click_without_a_signer_asks_for_one(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    with desk.qtbot.waitSignal(desk.canvas.signer_wanted):
        desk.state.set_tool(ToolName.SEAL)
    with desk.qtbot.waitSignal(desk.canvas.signer_wanted):
        desk.click(desk.at(document.id, 1, PagePoint(150.0, 200.0)))
    assert desk.session.draft.placements == ()


def test_click_beside_the_pages_places_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    desk.add_person()
    desk.state.set_tool(ToolName.SEAL)
    desk.click(QPoint(3, 300))
    assert desk.session.draft.placements == ()


def test_number_keys_choose_whose_seal_comes_next(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    desk.add_person("张三")
    second = desk.add_person("李四")
    desk.state.set_tool(ToolName.SEAL)
    desk.key(Qt.Key.Key_2)
    desk.click(desk.at(document.id, 1, PagePoint(150.0, 200.0)))
    assert desk.placement().signer_id == second.id
    desk.key(Qt.Key.Key_9)
    assert desk.state.active_signer_id == second.id


def test_a_seal_can_be_placed_by_keys_alone(desk: Desk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(), MadePage(rotation=90)]))
    desk.add_person()
    desk.state.set_seal_width(40.0)
    desk.view.fit_page()
    desk.view.setFocus()
    desk.key(Qt.Key.Key_S)
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    desk.key(Qt.Key.Key_Return)
    placement = desk.placement()
    assert isinstance(placement, CoordinatePlacement)
    assert placement.pages == PageRanges.single(1)
    assert placement.center.x_pt == pytest.approx(150.0 + 10.0, abs=1.0)
    assert placement.center.y_pt == pytest.approx(200.0 + 50.0, abs=1.0)
