from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    FallbackPoint,
    KeywordPlacement,
    PlacementId,
    new_placement_id,
)
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tools.context import fallback_handle
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.viewer.handles import handles
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from tests.ui.prepare.tools.desk import Desk

PLAIN = MadePage(square=None)
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def document(desk: Desk, tmp_path: Path) -> Document:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [PLAIN, PLAIN, MadePage(rotation=90, square=None)]))
    desk.add_organization()
    desk.add_person()
    desk.view.set_zoom(0.6)
    desk.view.verticalScrollBar().setValue(0)
    return document


def seal(desk: Desk, document: Document, page_number: int, x: float, y: float) -> CoordinatePlacement:
    placement = CoordinatePlacement(
        new_placement_id(),
        desk.session.draft.signers[0].id,
        document.id,
        PageRanges.single(page_number),
        PagePoint(x, y),
        40.0,
    )
    desk.place(placement)
    return placement


def coordinate(desk: Desk, index: int = -1) -> CoordinatePlacement:
    placement = desk.placement(index)
    assert isinstance(placement, CoordinatePlacement)
    return placement


def corner(desk: Desk, document: Document, page_number: int = 1, index: int = 2) -> QPoint:
    """The handle at a corner of the uppermost seal of a page; 2 is the lower right one."""
    mark = next(m for m in reversed(desk.session.marks) if m.page_number == page_number)
    area = QRectF(*desk.slot(document.id, page_number).rect_px(mark.rect))
    return (handles(area)[index].center() + desk.view.origin).toPoint()


def test_click_selects_and_click_beside_selects_nothing(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 100.0, 200.0)
    desk.click(desk.at(document.id, 1, placed.center))
    assert desk.selection.ids == {placed.id}
    desk.click(desk.at(document.id, 1, PagePoint(250.0, 50.0)))
    assert desk.selection.ids == frozenset()


def test_shift_and_ctrl_add_to_the_selection(desk: Desk, document: Document) -> None:
    first, second, third = (seal(desk, document, 1, x, 200.0) for x in (50.0, 150.0, 250.0))
    desk.click(desk.at(document.id, 1, first.center))
    desk.click(desk.at(document.id, 1, second.center), SHIFT)
    desk.click(desk.at(document.id, 1, third.center), CONTROL)
    assert desk.selection.ids == {first.id, second.id, third.id}
    desk.click(desk.at(document.id, 1, second.center), CONTROL)
    assert desk.selection.ids == {first.id, third.id}


def with_fallbacks(desk: Desk, document: Document, *points: PagePoint) -> KeywordPlacement:
    """Place and select a seal of a preset that has fallback points on the first page."""
    keyword = KeywordPlacement(
        *(new_placement_id(), desk.session.draft.signers[0].id, document.id, "（盖章）"),
        width_pt=40.0,
        fallbacks=tuple(FallbackPoint(PageRanges.single(1), point) for point in points),
    )
    desk.place(keyword)
    desk.selection.set([keyword.id])
    return keyword


def fallbacks(desk: Desk) -> list[tuple[int, int, int]]:
    place = next(one for one in desk.session.draft.placements if isinstance(one, KeywordPlacement))
    return [(one.pages.first, round(one.center.x_pt), round(one.center.y_pt)) for one in place.fallbacks]


def test_a_fallback_point_of_the_selected_seal_is_dragged_in_one_step(desk: Desk, document: Document) -> None:
    keyword = with_fallbacks(desk, document, PagePoint(100.0, 200.0), PagePoint(250.0, 200.0))
    start, end = (desk.at(document.id, 1, PagePoint(x, y)) for x, y in ((250.0, 200.0), (200.0, 300.0)))
    desk.drag(start, end)
    (first, second) = fallbacks(desk)
    assert first == (1, 100, 200)
    assert abs(second[1] - 200) <= 2
    assert abs(second[2] - 300) <= 2
    assert desk.selection.ids == {keyword.id}
    desk.session.undo()
    assert fallbacks(desk) == [(1, 100, 200), (1, 250, 200)]

    # On another page of the document; Escape puts the point back.
    other = desk.at(document.id, 2, PagePoint(100.0, 380.0))
    desk.drag(start, other, release=False)
    assert fallbacks(desk)[1][0] == 2
    desk.key(Qt.Key.Key_Escape)
    assert fallbacks(desk) == [(1, 100, 200), (1, 250, 200)]


def test_a_fallback_point_under_a_seal_is_dragged_by_its_handle(desk: Desk, document: Document) -> None:
    center = PagePoint(100.0, 200.0)
    over = seal(desk, document, 1, 100.0, 200.0)
    keyword = with_fallbacks(desk, document, center)
    mark = next(one for one in desk.session.marks if one.placement_id == over.id)
    area = QRectF(*desk.slot(document.id, 1).rect_px(mark.rect))
    handle = (fallback_handle(area).center() + desk.view.origin).toPoint()
    desk.drag(handle, handle + QPoint(60, 0))
    assert fallbacks(desk)[0][1] > 150
    assert desk.placement(0) == over
    assert desk.selection.ids == {keyword.id}
    desk.session.undo()
    desk.drag(desk.at(document.id, 1, center), desk.at(document.id, 1, PagePoint(150.0, 250.0)))
    assert fallbacks(desk) == [(1, 100, 200)]
    assert desk.placement(0) != over


def test_the_uppermost_of_two_seals_is_taken(desk: Desk, document: Document) -> None:
    seal(desk, document, 1, 100.0, 200.0)
    upper = seal(desk, document, 1, 110.0, 200.0)
    desk.click(desk.at(document.id, 1, PagePoint(105.0, 200.0)))
    assert desk.selection.ids == {upper.id}


def test_a_frame_selects_what_it_touches(desk: Desk, document: Document) -> None:
    first, second = seal(desk, document, 1, 60.0, 340.0), seal(desk, document, 1, 160.0, 340.0)
    other = seal(desk, document, 1, 150.0, 60.0)
    start = desk.at(document.id, 1, PagePoint(20.0, 390.0))
    desk.drag(start, desk.at(document.id, 1, PagePoint(145.0, 300.0)))
    assert desk.selection.ids == {first.id, second.id}
    desk.drag(
        desk.at(document.id, 1, PagePoint(120.0, 30.0)),
        desk.at(document.id, 1, PagePoint(200.0, 90.0)),
        modifiers=SHIFT,
    )
    assert desk.selection.ids == {first.id, second.id, other.id}


@pytest.mark.parametrize("zoom", [0.5, 1.0, 2.5])
def test_drag_moves_by_what_the_mouse_moved_and_is_one_step(desk: Desk, document: Document, zoom: float) -> None:
    placed = seal(desk, document, 1, 100.0, 300.0)
    desk.view.set_zoom(zoom)
    desk.view.go_to(document.id, 1)
    start = desk.at(document.id, 1, placed.center)
    moved = QPoint(40, 60)
    desk.drag(start, start + moved, steps=7)
    scale = desk.view.scale
    center = coordinate(desk).center
    assert center.x_pt == pytest.approx(100.0 + 40 / scale)
    assert center.y_pt == pytest.approx(300.0 - 60 / scale)
    assert desk.session.undo_name == EditName.MOVE_SEALS
    desk.session.undo()
    assert coordinate(desk).center == placed.center
    assert desk.session.redo_name == EditName.MOVE_SEALS


def test_two_drags_are_two_steps(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 100.0, 300.0)
    for _ in range(2):
        start = desk.at(document.id, 1, coordinate(desk).center)
        desk.drag(start, start + QPoint(30, 0))
    desk.session.undo()
    assert placed.center.x_pt < coordinate(desk).center.x_pt < placed.center.x_pt + 60 / desk.view.scale - 1


def test_a_tremble_is_no_drag(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 100.0, 300.0)
    start = desk.at(document.id, 1, placed.center)
    desk.drag(start, start + QPoint(1, 1), steps=1)
    assert coordinate(desk).center == placed.center


def test_drag_carries_a_seal_to_another_page(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 60.0)
    desk.view.verticalScrollBar().setValue(100)
    target = PagePoint(150.0, 350.0)
    desk.drag(desk.at(document.id, 1, placed.center), desk.at(document.id, 2, target))
    moved = coordinate(desk)
    assert moved.id == placed.id
    assert moved.pages == PageRanges.single(2)
    assert moved.center.x_pt == pytest.approx(target.x_pt, abs=1.0 / desk.view.scale)
    assert moved.center.y_pt == pytest.approx(target.y_pt, abs=1.0 / desk.view.scale)


def test_drag_carries_a_seal_to_another_document(desk: Desk, document: Document, tmp_path: Path) -> None:
    other = desk.open(write_pdf(tmp_path / "b.pdf", [PLAIN]))
    placed = seal(desk, document, 3, 150.0, 200.0)
    desk.view.set_zoom(0.4)
    desk.view.verticalScrollBar().setValue(desk.view.verticalScrollBar().maximum())
    desk.drag(desk.at(document.id, 3, placed.center), desk.at(other.id, 1, PagePoint(150.0, 200.0)))
    assert coordinate(desk).document_id == other.id
    assert coordinate(desk).pages == PageRanges.single(1)


def test_drag_beyond_the_edge_stops_at_it(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 300.0)
    start = desk.at(document.id, 1, placed.center)
    desk.drag(start, QPoint(start.x() - 3000, start.y()))
    assert coordinate(desk).center.x_pt == 20.0
    assert coordinate(desk).center.y_pt == pytest.approx(300.0)


def test_drag_follows_the_hand_on_a_turned_page(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 3, 150.0, 200.0)
    desk.view.go_to(document.id, 3)
    start = desk.at(document.id, 3, placed.center)
    desk.drag(start, start + QPoint(30, 10))
    seen = desk.at(document.id, 3, coordinate(desk).center)
    assert (seen - start - QPoint(30, 10)).manhattanLength() <= 1


def test_drag_moves_all_selected_seals_alike(desk: Desk, document: Document) -> None:
    first, second = seal(desk, document, 1, 60.0, 300.0), seal(desk, document, 1, 160.0, 300.0)
    desk.selection.set([first.id, second.id])
    start = desk.at(document.id, 1, first.center)
    desk.drag(start, start + QPoint(0, 40))
    down = 40 / desk.view.scale
    assert [coordinate(desk, i).center.y_pt for i in (0, 1)] == pytest.approx([300.0 - down, 300.0 - down])


def test_a_seal_of_many_pages_moves_on_all_of_them(desk: Desk, document: Document) -> None:
    placed = replace(seal(desk, document, 1, 150.0, 200.0), pages=PageRanges.of([1, 2]))
    desk.session.apply(EditName.CHANGE_SEALS, lambda draft: edits.update_placement(draft, placed))
    start = desk.at(document.id, 1, placed.center)
    desk.drag(start, start + QPoint(0, -40))
    moved = coordinate(desk)
    assert moved.pages == PageRanges.of([1, 2])
    assert moved.center.y_pt == pytest.approx(200.0 + 40 / desk.view.scale)


def test_esc_puts_a_drag_back(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    start = desk.at(document.id, 1, placed.center)
    desk.drag(start, start + QPoint(50, 50), release=False)
    assert coordinate(desk).center != placed.center
    desk.key(Qt.Key.Key_Escape)
    assert coordinate(desk).center == placed.center
    assert desk.session.undo_name is EditName.PLACE_SEAL
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=start)
    assert coordinate(desk).center == placed.center


def test_undo_while_the_button_is_down_ends_the_drag_and_undoes_one_step(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    start = desk.at(document.id, 1, placed.center)
    for hop in (QPoint(30, 0), QPoint(0, 30)):
        desk.drag(start, start + hop)
        start += hop
    before = coordinate(desk).center
    desk.drag(start, start + QPoint(-40, -40), release=False)
    desk.session.undo()
    assert coordinate(desk).center == before
    # Neither the mouse nor Esc goes on with what was undone.
    QTest.mouseMove(desk.viewport, start + QPoint(-60, -60))
    desk.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=start)
    assert coordinate(desk).center == before
    # What was pressed may itself be gone before it is moved.
    QTest.mousePress(desk.viewport, Qt.MouseButton.LeftButton, pos=start)
    for _ in range(3):
        desk.session.undo()
    assert not desk.session.draft.placements
    for point in (start + QPoint(20, 20), start + QPoint(40, 40)):
        QTest.mouseMove(desk.viewport, point)
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 40))
    assert (desk.session.draft.placements, desk.selection.ids) == ((), frozenset())


def test_a_frame_chooses_nothing_that_was_undone(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    desk.selection.set([placed.id])
    corner = desk.at(document.id, 1, PagePoint(20.0, 380.0))
    QTest.mousePress(desk.viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, corner)
    desk.session.undo()
    QTest.mouseMove(desk.viewport, corner + QPoint(10, 10))
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=corner)
    assert desk.selection.ids == frozenset()


def test_dragging_at_the_edge_scrolls_the_pages(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    start = desk.at(document.id, 1, placed.center)
    edge = QPoint(start.x(), desk.viewport.height() - 2)
    desk.drag(start, edge, release=False)
    bar = desk.view.verticalScrollBar()
    desk.qtbot.waitUntil(lambda: bar.value() == bar.maximum(), timeout=5000)
    assert coordinate(desk).pages.first > 1
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=edge)
    desk.session.undo()
    assert coordinate(desk).center == placed.center


def test_zooming_during_a_drag_loses_nothing(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    start = desk.at(document.id, 1, placed.center)
    desk.drag(start, start + QPoint(20, 20), release=False)
    desk.view.set_zoom(1.2)
    end = desk.at(document.id, 1, PagePoint(180.0, 220.0))
    desk.move(QPointF(end), buttons=Qt.MouseButton.LeftButton)
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=end)
    assert coordinate(desk).center.x_pt == pytest.approx(180.0, abs=2.0 / desk.view.scale)
    assert coordinate(desk).center.y_pt == pytest.approx(220.0, abs=2.0 / desk.view.scale)


def test_a_handle_resizes_about_the_centre(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    desk.click(desk.at(document.id, 1, placed.center))
    start = corner(desk, document)
    desk.drag(start, start + QPoint(10, 10))
    resized = coordinate(desk)
    assert resized.center == placed.center
    assert resized.width_pt == pytest.approx(40.0 + 2 * 10 / desk.view.scale, abs=1.5 / desk.view.scale)
    assert desk.session.undo_name is EditName.RESIZE_SEALS
    desk.session.undo()
    assert coordinate(desk).width_pt == 40.0


def test_handles_resize_all_selected_seals_by_one_factor(desk: Desk, document: Document) -> None:
    first = seal(desk, document, 1, 60.0, 200.0)
    second = replace(seal(desk, document, 1, 200.0, 200.0), width_pt=80.0)
    desk.session.apply(EditName.CHANGE_SEALS, lambda draft: edits.update_placement(draft, second))
    desk.selection.set([first.id, second.id])
    start = corner(desk, document)
    desk.drag(start, start + QPoint(16, 16))
    widths = [coordinate(desk, 0).width_pt, coordinate(desk, 1).width_pt]
    assert widths[0] is not None
    assert widths[1] == pytest.approx(2 * widths[0])
    assert widths[0] > 40.0


def test_a_slice_is_resized_by_its_height(desk: Desk, document: Document) -> None:
    signer = desk.session.draft.signers[0]
    placed = CrossPagePlacement(new_placement_id(), signer.id, document.id, PageRanges.of([1, 2]), 200.0, 60.0)
    desk.place(placed)
    desk.selection.set([placed.id])
    start = corner(desk, document, index=3)
    desk.drag(start, start + QPoint(0, 12))
    assert desk.placement().width_pt == pytest.approx(60.0 + 2 * 12 / desk.view.scale, abs=1.5 / desk.view.scale)


@pytest.mark.parametrize(
    ("key", "modifiers", "expected"),
    [
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, (149.0, 200.0)),
        (Qt.Key.Key_Right, SHIFT, (160.0, 200.0)),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, (150.0, 201.0)),
        (Qt.Key.Key_Down, SHIFT, (150.0, 190.0)),
    ],
)
def test_arrows_move_by_points(
    desk: Desk, document: Document, key: Qt.Key, modifiers: Qt.KeyboardModifier, expected: tuple[float, float]
) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    desk.selection.set([placed.id])
    desk.key(key, modifiers)
    assert coordinate(desk).center == PagePoint(*expected)


def test_arrows_move_as_seen_on_a_turned_page(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 3, 150.0, 200.0)
    desk.selection.set([placed.id])
    desk.key(Qt.Key.Key_Right)
    # Turned to the right by 90 degrees, upwards on the page is to the right as seen.
    assert coordinate(desk).center == PagePoint(150.0, 201.0)


def test_arrows_in_a_row_are_one_step(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    desk.selection.set([placed.id])
    for _ in range(5):
        desk.key(Qt.Key.Key_Right)
    desk.session.undo()
    assert coordinate(desk).center == placed.center


def test_alt_and_arrows_resize(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 200.0)
    desk.selection.set([placed.id])
    desk.key(Qt.Key.Key_Up, ALT)
    assert coordinate(desk).width_pt == 41.0
    desk.key(Qt.Key.Key_Down, ALT | SHIFT)
    assert coordinate(desk).width_pt == 31.0


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_removes_the_selected_seals(desk: Desk, document: Document, key: Qt.Key) -> None:
    first, second = seal(desk, document, 1, 60.0, 200.0), seal(desk, document, 1, 200.0, 200.0)
    desk.selection.set([first.id])
    desk.key(key)
    assert [p.id for p in desk.session.draft.placements] == [second.id]
    assert desk.selection.ids == frozenset()
    desk.session.undo()
    assert len(desk.session.draft.placements) == 2


def test_ctrl_a_selects_all_and_esc_none(desk: Desk, document: Document) -> None:
    first, second = seal(desk, document, 1, 60.0, 200.0), seal(desk, document, 2, 200.0, 200.0)
    desk.key(Qt.Key.Key_A, CONTROL)
    assert desk.selection.ids == {first.id, second.id}
    desk.key(Qt.Key.Key_Escape)
    assert desk.selection.ids == frozenset()


def test_number_keys_give_selected_seals_to_another_signer(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 60.0, 200.0)
    desk.selection.set([placed.id])
    desk.key(Qt.Key.Key_2)
    assert desk.placement().signer_id == desk.session.draft.signers[1].id
    assert desk.session.undo_name is EditName.ASSIGN_SEALS


def test_tab_walks_through_the_seals_and_then_leaves(desk: Desk, document: Document) -> None:
    low = seal(desk, document, 1, 150.0, 100.0)
    far = seal(desk, document, 3, 150.0, 100.0)
    high = seal(desk, document, 1, 150.0, 300.0)
    desk.view.setFocus()
    walked: list[PlacementId] = []
    for _ in range(3):
        desk.key(Qt.Key.Key_Tab)
        walked.append(*desk.selection.ids)
    assert walked == [high.id, low.id, far.id]
    assert desk.view.visible_content.contains(QPointF(*desk.slot(document.id, 3).point_px(far.center)))
    desk.key(Qt.Key.Key_Tab)
    assert desk.selection.ids == frozenset()
    desk.key(Qt.Key.Key_Backtab, SHIFT)
    assert desk.selection.ids == {far.id}


def test_tool_letters_take_tools(desk: Desk, document: Document) -> None:
    for key, tool in (
        (Qt.Key.Key_S, ToolName.SEAL),
        (Qt.Key.Key_X, ToolName.CROSS_PAGE),
        (Qt.Key.Key_V, ToolName.SELECT),
        (Qt.Key.Key_K, ToolName.KEYWORD),
    ):
        desk.key(key)
        assert desk.state.tool is tool


def test_removed_seals_leave_the_selection(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 1, 150.0, 100.0)
    desk.selection.set([placed.id])
    desk.session.undo()
    assert desk.selection.ids == frozenset()


def test_show_placement_selects_it_and_brings_it_into_view(desk: Desk, document: Document) -> None:
    placed = seal(desk, document, 3, 150.0, 100.0)
    desk.canvas.show_placement(placed.id)
    assert desk.selection.ids == {placed.id}
    assert desk.view.visible_content.contains(QPointF(*desk.slot(document.id, 3).point_px(placed.center)))


def test_the_active_signer_follows_who_is_there(desk: Desk, document: Document) -> None:
    first, second = desk.session.draft.signers
    assert desk.state.active_signer_id == first.id
    desk.session.apply(EditName.REMOVE_SIGNER, lambda draft: edits.remove_signer(draft, first.id))
    assert desk.state.active_signer_id == second.id
    desk.session.apply(EditName.REMOVE_SIGNER, lambda draft: edits.remove_signer(draft, second.id))
    assert desk.state.active_signer_id is None
