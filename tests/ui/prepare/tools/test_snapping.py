from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, new_placement_id
from esign_desktop.domain.placing.snapping import SnapReason
from esign_desktop.ui.prepare.seals.snap_guides import SnapGuides
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.widgets.theme import theme
from tests.ui.made_pdfs import MadePage, write_pdf, write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from esign_desktop.domain.document import Document
    from tests.ui.prepare.tools.desk import Desk

ALT = Qt.KeyboardModifier.AltModifier
PLAIN = MadePage(square=None)


@pytest.fixture
def document(desk: Desk, tmp_path: Path) -> Document:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [PLAIN, PLAIN, MadePage(rotation=90, square=None)]))
    desk.add_organization()
    desk.view.set_zoom(1.0)
    desk.view.verticalScrollBar().setValue(0)
    return document


def guides(desk: Desk) -> SnapGuides:
    (found,) = desk.canvas.findChildren(SnapGuides)
    return found


def reasons(desk: Desk) -> set[SnapReason]:
    return {guide.reason for guide in guides(desk).shown.guides}


def seal(desk: Desk, document: Document, x: float, y: float, page_number: int = 1) -> CoordinatePlacement:
    placed = CoordinatePlacement(
        new_placement_id(),
        desk.session.draft.signers[0].id,
        document.id,
        PageRanges.single(page_number),
        PagePoint(x, y),
        40.0,
    )
    desk.place(placed)
    return placed


def center(desk: Desk) -> PagePoint:
    placement = desk.placement()
    assert isinstance(placement, CoordinatePlacement)
    return placement.center


def test_a_dragged_seal_snaps_to_the_centre_of_another(desk: Desk, document: Document) -> None:
    seal(desk, document, 70.0, 300.0)
    moving = seal(desk, document, 200.0, 120.0)
    near = desk.at(document.id, 1, PagePoint(73.0, 122.0))
    desk.drag(desk.at(document.id, 1, moving.center), near, release=False)
    assert center(desk).x_pt == pytest.approx(70.0)
    assert SnapReason.SEAL_CENTER in reasons(desk)
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=near)
    assert reasons(desk) == set()
    assert center(desk).x_pt == pytest.approx(70.0)


def test_alt_switches_snapping_off(desk: Desk, document: Document) -> None:
    seal(desk, document, 70.0, 300.0)
    moving = seal(desk, document, 200.0, 120.0)
    start = desk.at(document.id, 1, moving.center)
    desk.drag(start, desk.at(document.id, 1, PagePoint(73.0, 122.0)), modifiers=ALT)
    assert center(desk).x_pt == pytest.approx(73.0, abs=1.0 / desk.view.scale)


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, ALT])
def test_a_handle_snaps_to_the_edge_of_another_seal_unless_alt_is_held(
    desk: Desk, document: Document, modifiers: Qt.KeyboardModifier
) -> None:
    seal(desk, document, 200.0, 300.0)
    resized = seal(desk, document, 100.0, 120.0)
    desk.selection.set([resized.id])
    # Its right edge goes to 178, where the other one begins at 180.
    start = desk.at(document.id, 1, PagePoint(120.0, 100.0))
    desk.drag(start, desk.at(document.id, 1, PagePoint(178.0, 60.0)), modifiers=modifiers, release=False)
    placed = next(p for p in desk.session.draft.placements if p.id == resized.id)
    assert isinstance(placed, CoordinatePlacement)
    assert placed.center == resized.center
    assert placed.width_pt is not None
    right_pt = placed.center.x_pt + placed.width_pt / 2
    if modifiers == ALT:
        assert right_pt == pytest.approx(178.0, abs=1.5 / desk.view.scale)
        assert reasons(desk) == set()
    else:
        assert right_pt == pytest.approx(180.0)
        assert reasons(desk) == {SnapReason.SEAL_EDGE}
    desk.key(Qt.Key.Key_Escape)
    assert reasons(desk) == set()


def test_what_is_moved_along_does_not_attract(desk: Desk, document: Document) -> None:
    first, second = seal(desk, document, 60.0, 300.0), seal(desk, document, 63.0, 250.0)
    desk.selection.set([first.id, second.id])
    start = desk.at(document.id, 1, second.center)
    desk.drag(start, start + QPoint(60, 0))
    placed = [p.center for p in desk.session.draft.placements if isinstance(p, CoordinatePlacement)]
    assert placed[1].x_pt - placed[0].x_pt == pytest.approx(3.0)


def test_the_ghost_snaps_to_the_middle_of_the_page(desk: Desk, document: Document) -> None:
    desk.state.set_seal_width(30.0)
    desk.state.set_tool(ToolName.SEAL)
    near = desk.at(document.id, 1, PagePoint(148.0, 203.0))
    desk.move(QPointF(near))
    assert reasons(desk) == {SnapReason.PAGE_CENTER}
    desk.click(near)
    assert center(desk) == PagePoint(150.0, 200.0)
    desk.tool_is_out_of_sight()
    assert reasons(desk) == set()


def test_a_guide_is_painted_where_it_is(desk: Desk, document: Document) -> None:
    desk.state.set_seal_width(30.0)
    desk.state.set_tool(ToolName.SEAL)
    desk.wait_for_pictures()
    desk.move(QPointF(desk.at(document.id, 1, PagePoint(148.0, 100.0))))
    middle = desk.at(document.id, 1, PagePoint(150.0, 380.0))
    assert accent_pixels(desk.viewport.grab().toImage(), middle) > 0
    desk.move(QPointF(desk.at(document.id, 1, PagePoint(110.0, 100.0))))
    assert accent_pixels(desk.viewport.grab().toImage(), middle) == 0


def accent_pixels(image: QImage, around: QPoint) -> int:
    wanted = theme().accent.rgb()
    return sum(image.pixel(around.x() + dx, around.y() + dy) == wanted for dx in range(-3, 4) for dy in range(-8, 9))


def test_a_seal_comes_to_stand_on_a_line_of_text(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_text_pdf(tmp_path / "t.pdf", [["", "", "", "甲方(盖章)"]]))
    desk.add_organization()
    desk.state.set_seal_width(60.0)
    desk.state.set_tool(ToolName.SEAL)
    desk.view.set_zoom(1.0)
    desk.view.verticalScrollBar().setValue(0)
    (line,) = desk.documents.text_lines(document.id, 1)
    near = QPointF(desk.at(document.id, 1, PagePoint(420.0, line.bottom_pt + 32.0)))
    desk.move(near)

    def snaps_to_text() -> bool:
        desk.move(near)
        return bool(reasons(desk) & {SnapReason.TEXT_BASELINE})

    desk.qtbot.waitUntil(snaps_to_text, timeout=5000)
    desk.click(near.toPoint())
    assert center(desk).y_pt == pytest.approx(line.bottom_pt + 30.0)


def test_text_that_cannot_be_read_leaves_the_other_lines(desk: Desk, document: Document) -> None:
    desk.documents.close(document.id)
    desk.state.set_tool(ToolName.SEAL)
    desk.state.set_seal_width(30.0)
    near = QPointF(desk.at(document.id, 1, PagePoint(148.0, 203.0)))
    desk.move(near)
    desk.tasks.wait_idle()
    desk.qtbot.wait(1)
    desk.move(near)
    assert reasons(desk) == {SnapReason.PAGE_CENTER}


def test_a_cross_page_seal_snaps_up_and_down_only(desk: Desk, document: Document) -> None:
    signer = desk.session.draft.signers[0]
    seal(desk, document, 100.0, 260.0)
    placed = CrossPagePlacement(new_placement_id(), signer.id, document.id, PageRanges.of([1, 2]), 200.0, 60.0)
    desk.place(placed)
    start = desk.at(document.id, 1, PagePoint(290.0, 200.0))
    desk.drag(start, desk.at(document.id, 1, PagePoint(280.0, 257.5)), release=False)
    moved = desk.placement()
    assert isinstance(moved, CrossPagePlacement)
    assert moved.center_y_pt == pytest.approx(260.0)
    assert reasons(desk) == {SnapReason.SEAL_CENTER}


def test_snapping_follows_the_eye_on_a_turned_page(desk: Desk, document: Document) -> None:
    seal(desk, document, 150.0, 200.0, page_number=3)
    moving = seal(desk, document, 60.0, 120.0, page_number=3)
    desk.view.go_to(document.id, 3)
    desk.drag(desk.at(document.id, 3, moving.center), desk.at(document.id, 3, PagePoint(60.0, 203.0)))
    assert center(desk).y_pt == pytest.approx(200.0)


def test_esc_takes_the_guides_away(desk: Desk, document: Document) -> None:
    moving = seal(desk, document, 200.0, 120.0)
    desk.drag(desk.at(document.id, 1, moving.center), desk.at(document.id, 1, PagePoint(152.0, 120.0)), release=False)
    assert SnapReason.PAGE_CENTER in reasons(desk)
    desk.key(Qt.Key.Key_Escape)
    assert reasons(desk) == set()
    assert center(desk) == moving.center


def test_placing_a_cross_page_seal_takes_the_guides_away(desk: Desk, document: Document) -> None:
    seal(desk, document, 100.0, 260.0)
    desk.state.set_tool(ToolName.CROSS_PAGE)
    desk.state.set_seal_width(30.0)
    near = desk.at(document.id, 1, PagePoint(280.0, 257.5))
    desk.move(QPointF(near))
    desk.tasks.wait_idle()
    desk.qtbot.wait(1)
    desk.move(QPointF(near))
    assert reasons(desk)
    desk.click(near)
    assert reasons(desk) == set()
