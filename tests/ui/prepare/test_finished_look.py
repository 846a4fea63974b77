from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.finished import Fan
from esign_desktop.ui.prepare.tool_strip import ToolStrip
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.widgets.theme import signer_colour
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QColor

    from tests.ui.prepare.conftest import RoomDesk

COMPANY, PERSON = make_organization_signer(), make_person_signer()
MIDDLE = PagePoint(150.0, 200.0)


@pytest.fixture
def seal(desk: RoomDesk, tmp_path: Path) -> CoordinatePlacement:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)] * 3))
    for signer in (COMPANY, PERSON):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    document = desk.session.draft.documents[0]
    seal = CoordinatePlacement(new_placement_id(), COMPANY.id, document.id, PageRanges.single(1), MIDDLE, 100.0)
    desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    desk.room.selection.set([seal.id])
    desk.room.canvas.view.set_zoom(1.0)
    return seal


def _at(desk: RoomDesk, point: PagePoint) -> QPoint:
    view = desk.room.canvas.view
    slot = view.page_layout.slot(desk.session.draft.documents[0].id, 1)
    assert slot is not None
    return view.view_point(*slot.point_px(point)).toPoint()


def _is_red(colour: QColor) -> bool:
    return colour.red() > 180 and colour.green() < 120 and colour.blue() < 120


def test_the_finished_look_is_red_and_nothing_in_it_can_be_edited(desk: RoomDesk, seal: CoordinatePlacement) -> None:
    room, view, before = desk.room, desk.room.canvas.view, desk.session.draft
    star = _at(desk, MIDDLE)
    ours = view.viewport().grab().toImage().pixelColor(star)
    assert ours.blue() > ours.red()
    room.toggle_finished()
    assert _is_red(view.viewport().grab().toImage().pixelColor(star))
    shown = view.viewport().grab().toImage()
    number, frame = signer_colour(1), _at(desk, PagePoint(100.0, 250.0))
    badge = [_at(desk, PagePoint(x, y)) for x in range(170, 205) for y in range(225, 252)]
    assert not any(shown.pixelColor(one) == number for one in badge)
    assert shown.pixelColor(frame) == shown.pixelColor(frame - QPoint(8, 8))
    # Neither by mouse, nor by key, nor by what stands around.
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=star)
    QTest.mouseMove(view.viewport(), star + QPoint(40, 40))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=star + QPoint(40, 40))
    control = Qt.KeyboardModifier.ControlModifier
    for key, modifiers in (
        *((one, Qt.KeyboardModifier.NoModifier) for one in (Qt.Key.Key_Delete, Qt.Key.Key_2, Qt.Key.Key_S)),
        *((one, control) for one in (Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_V, Qt.Key.Key_D)),
    ):
        QTest.keyClick(view, key, modifiers)
    assert desk.session.draft is before
    assert (room.state.is_finished, room.state.tool) == (True, ToolName.SELECT)
    assert not any(part.isEnabled() for part in (room.documents, room.signers, room.seal_rows))
    (strip,) = room.findChildren(ToolStrip)
    on = {one.accessibleName() for one in strip.findChildren(QToolButton) if one.isVisibleTo(strip) and one.isEnabled()}
    assert {one.partition(":")[0] for one in on} == {"Zoom", "Final look"}
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not room.state.is_finished
    assert room.documents.isEnabled()
    assert room.selection.ids == {seal.id}
    QTest.keyClick(view, Qt.Key.Key_2)
    assert desk.session.draft.placement(seal.id).signer_id == PERSON.id


def test_what_changes_all_the_same_ends_the_finished_look(desk: RoomDesk, seal: CoordinatePlacement) -> None:
    desk.room.toggle_finished()
    desk.session.undo()
    assert desk.session.draft.placements == ()
    assert not desk.room.state.is_finished


def test_a_cross_page_seal_joins_on_the_fanned_booklet(desk: RoomDesk, seal: CoordinatePlacement) -> None:
    across = CrossPagePlacement(new_placement_id(), COMPANY.id, seal.document_id, PageRanges.all_of(3), 200.0, 90.0)
    desk.session.apply(EditName.PLACE_CROSS_PAGE, partial(edits.place, placement=across))
    (fan,) = desk.room.findChildren(Fan)
    assert not fan.isVisible()
    desk.room.toggle_finished()
    desk.qtbot.waitUntil(lambda: fan.isVisible() and fan.height() > 200)
    strips = fan.strips()
    assert [one.right() for one in strips[:-1]] == pytest.approx([one.left() for one in strips[1:]])
    shown = fan.grab().toImage()
    reds = [
        [(x, y) for x in range(round(one.left()) + 2, round(one.right()) - 1) for y in range(fan.height())
         if _is_red(shown.pixelColor(x, y))]
        for one in strips
    ]  # fmt: skip
    assert all(reds)
    # One ring: its first and last page are as high as they are in a seal, lower than the middle one.
    heights = [max(y for _, y in one) - min(y for _, y in one) for one in reds]
    assert heights[1] > heights[0]
    assert abs(heights[0] - heights[2]) <= 6
