from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CrossPagePlacement
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tools.state import ToolName
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from tests.ui.prepare.tools.desk import Desk

PLAIN = MadePage(square=None)


@pytest.fixture
def document(desk: Desk, tmp_path: Path) -> Document:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [PLAIN, PLAIN, PLAIN]))
    desk.add_organization()
    desk.state.set_seal_width(90.0)
    desk.state.set_tool(ToolName.CROSS_PAGE)
    desk.view.set_zoom(0.6)
    desk.view.verticalScrollBar().setValue(0)
    return document


def cross_page(desk: Desk) -> CrossPagePlacement:
    placement = desk.placement()
    assert isinstance(placement, CrossPagePlacement)
    return placement


def test_click_places_one_seal_over_all_pages_at_that_height(desk: Desk, document: Document) -> None:
    desk.click(desk.at(document.id, 2, PagePoint(280.0, 250.0)))
    placed = cross_page(desk)
    assert placed.pages == PageRanges.all_of(3)
    assert placed.center_y_pt == pytest.approx(250.0, abs=1.0)
    assert placed.width_pt == 90.0
    assert [m.rect.right_pt for m in desk.session.marks] == [300.0] * 3
    assert [m.rect.width_pt for m in desk.session.marks] == pytest.approx([30.0] * 3)
    assert desk.session.undo_name is EditName.PLACE_CROSS_PAGE


def test_slices_follow_the_mouse_before_the_click(desk: Desk, document: Document) -> None:
    edge = desk.at(document.id, 1, PagePoint(285.0, 300.0))
    desk.wait_for_pictures()
    before = desk.viewport.grab().toImage().pixelColor(edge)
    desk.move(QPointF(desk.at(document.id, 1, PagePoint(100.0, 300.0))))
    assert desk.viewport.grab().toImage().pixelColor(edge) != before
    desk.tool_is_out_of_sight()
    assert desk.viewport.grab().toImage().pixelColor(edge) == before


def test_a_document_of_one_page_says_why_not(desk: Desk, document: Document, tmp_path: Path) -> None:
    single = desk.open(write_pdf(tmp_path / "one.pdf", [PLAIN]))
    desk.view.go_to(single.id, 1)
    with desk.qtbot.waitSignal(desk.canvas.hint_given) as hint:
        desk.click(desk.at(single.id, 1, PagePoint(250.0, 250.0)))
    assert hint.args is not None
    assert "one" in hint.args[0]
    assert desk.session.draft.placements == ()


def test_near_the_edge_the_whole_seal_stays_on_the_page(desk: Desk, document: Document) -> None:
    desk.click(desk.at(document.id, 1, PagePoint(280.0, 395.0)))
    assert cross_page(desk).center_y_pt == pytest.approx(355.0)


def test_drag_moves_all_slices_up_and_down(desk: Desk, document: Document) -> None:
    desk.click(desk.at(document.id, 1, PagePoint(280.0, 250.0)))
    before = cross_page(desk).center_y_pt
    start = desk.at(document.id, 1, PagePoint(285.0, 250.0))
    desk.drag(start, start + QPoint(-60, 30))
    assert cross_page(desk).center_y_pt == pytest.approx(before - 30 / desk.view.scale)
    assert len(desk.session.draft.placements) == 1
    desk.session.undo()
    assert cross_page(desk).center_y_pt == before


def test_click_without_a_signer_asks_for_one(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [PLAIN, PLAIN]))
    desk.state.set_tool(ToolName.CROSS_PAGE)
    with desk.qtbot.waitSignal(desk.canvas.signer_wanted):
        desk.click(desk.at(document.id, 1, PagePoint(250.0, 250.0)))
    assert desk.session.draft.placements == ()


def test_enter_places_without_a_mouse_and_esc_ends(desk: Desk, document: Document) -> None:
    desk.key(Qt.Key.Key_Return)
    assert cross_page(desk).center_y_pt == pytest.approx(200.0)
    desk.key(Qt.Key.Key_Escape)
    assert desk.state.tool is ToolName.SELECT


def test_slices_stand_at_the_page_edge_that_a_turned_page_shows_elsewhere(desk: Desk, tmp_path: Path) -> None:
    turned = MadePage(rotation=90, square=None)
    document = desk.open(write_pdf(tmp_path / "turned.pdf", [turned, turned]))
    desk.add_organization()
    desk.state.set_tool(ToolName.CROSS_PAGE)
    desk.state.set_seal_width(60.0)
    desk.click(desk.at(document.id, 1, PagePoint(150.0, 120.0)))
    placed = cross_page(desk)
    assert placed.center_y_pt == pytest.approx(120.0, abs=1.0)
    mark = desk.session.marks[0]
    _, top, _, height = desk.slot(document.id, 1).rect_px(mark.rect)
    # Turned to the right, the page's right edge is shown at the bottom.
    assert top + height == pytest.approx(desk.slot(document.id, 1).bottom_px)


def test_after_a_seal_is_placed_a_click_elsewhere_places_no_second_one(desk: Desk, document: Document) -> None:
    desk.click(desk.at(document.id, 1, PagePoint(280.0, 250.0)))
    desk.click(desk.at(document.id, 1, PagePoint(100.0, 120.0)))
    assert len(desk.session.draft.placements) == 1
    assert desk.state.tool is ToolName.SELECT


def test_a_number_after_a_seal_is_placed_chooses_the_next_signer(desk: Desk, document: Document) -> None:
    first = desk.session.draft.signers[0]
    second = desk.add_person()
    desk.key(Qt.Key.Key_Return)
    desk.key(Qt.Key.Key_2)
    assert cross_page(desk).signer_id == first.id
    assert desk.state.active_signer_id == second.id
    # A click on the seal chooses it, so that the number is meant for it.
    desk.click(desk.at(document.id, 1, PagePoint(285.0, 200.0)))
    desk.key(Qt.Key.Key_2)
    assert cross_page(desk).signer_id == second.id
