from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton

from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.seals.bar import SealBar
from esign_desktop.ui.prepare.seals.copying import CopyToPages
from esign_desktop.ui.prepare.seals.distances import distances
from esign_desktop.ui.viewer.tool import PaintedPage
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from tests.ui.prepare.tools.desk import Desk

# Windows of the offscreen platform can't take the keyboard for a menu; those of a desktop can.
pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)

MIDDLE = PagePoint(150.0, 200.0)


@pytest.fixture
def document(desk: Desk, tmp_path: Path) -> Document:
    document = desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)] * 2))
    desk.add_organization()
    desk.add_person()
    desk.view.set_zoom(1.0)
    return document


def _seal(desk: Desk, document: Document, center: PagePoint = MIDDLE) -> CoordinatePlacement:
    signer = desk.session.draft.signers[0]
    seal = CoordinatePlacement(new_placement_id(), signer.id, document.id, PageRanges.single(1), center, 60.0)
    desk.place(seal)
    desk.selection.set([seal.id])
    return seal


def _bar(desk: Desk) -> SealBar:
    (bar,) = desk.view.findChildren(SealBar)
    return bar


def _press(desk: Desk, words: str) -> None:
    buttons = [one for one in _bar(desk).findChildren(QToolButton) if one.isVisible()]
    named = [one for one in buttons if words in (one.accessibleName() or one.toolTip())]
    assert len(named) == 1, [one.accessibleName() or one.toolTip() for one in buttons]
    QTest.mouseClick(named[0], Qt.MouseButton.LeftButton)


def test_the_bar_gives_the_seal_away_resizes_and_removes_it(desk: Desk, document: Document) -> None:
    seal = _seal(desk, document)
    person = desk.session.draft.signers[1]
    _press(desk, "张三")
    assert desk.session.draft.placement(seal.id).signer_id == person.id
    assert desk.session.undo_name is EditName.ASSIGN_SEALS
    _press(desk, "42 mm wide")
    _press(desk, "42 mm wide")
    assert desk.session.draft.placement(seal.id).width_pt == pytest.approx(mm_to_pt(42))
    checked = [one.text() for one in _bar(desk).findChildren(QToolButton) if one.isChecked() and one.text()]
    assert checked == ["42"]
    desk.view.setFocus()
    desk.key(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert desk.session.draft.placement(seal.id).width_pt == pytest.approx(mm_to_pt(45))
    with desk.qtbot.waitSignal(desk.canvas.actions_by_name.copy_to_pages_requested):
        _press(desk, "Copy to pages")
    (sheet,) = desk.canvas.findChildren(CopyToPages)
    sheet.close()
    _press(desk, "Remove")
    assert desk.session.draft.placements == ()
    assert not _bar(desk).isVisible()


def test_the_bar_is_in_view_and_never_over_the_seal(desk: Desk, document: Document) -> None:
    desk.canvas.resize(420, 360)
    bar, seen = _bar(desk), 0
    for center in (PagePoint(40, 370), PagePoint(260, 30), MIDDLE):
        seal = _seal(desk, document, center)
        for scrolled_px in range(0, 400, 50):
            desk.view.verticalScrollBar().setValue(scrolled_px)
            mark = next(one for one in desk.session.marks if one.placement_id == seal.id)
            area = QRectF(*desk.slot(document.id, 1).rect_px(mark.rect)).translated(desk.view.origin).toAlignedRect()
            covered, view = area.translated(desk.viewport.pos()), desk.viewport.geometry()
            if bar.isVisible():
                seen += 1
                assert view.contains(bar.geometry())
                assert not bar.geometry().intersects(covered)
            else:
                # Only where it is out of sight, or no side of it has room.
                assert not covered.intersects(view) or _has_no_room(bar, covered, view)
    assert seen > 10


def _has_no_room(bar: SealBar, seal: QRect, view: QRect) -> bool:
    size = bar.sizeHint()
    above, below = seal.top() - view.top(), view.bottom() - seal.bottom()
    left, right = seal.left() - view.left(), view.right() - seal.right()
    return max(above, below) < size.height() + 40 and max(left, right) < size.width() + 30


def test_the_bar_is_away_while_something_is_dragged_nudged_or_typed(desk: Desk, document: Document) -> None:
    _seal(desk, document)
    bar = _bar(desk)
    assert bar.isVisible()
    start = desk.at(document.id, 1, MIDDLE)
    desk.drag(start, start + QPoint(20, 0), release=False)
    assert not bar.isVisible()
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(20, 0))
    desk.qtbot.waitUntil(bar.isVisible)
    desk.view.setFocus()
    desk.key(Qt.Key.Key_Right)
    assert not bar.isVisible()
    desk.qtbot.waitUntil(bar.isVisible)
    line = QLineEdit(desk.canvas)
    line.show()
    line.setFocus()
    desk.qtbot.waitUntil(lambda: not bar.isVisible())
    desk.view.setFocus()
    desk.qtbot.waitUntil(bar.isVisible)


def test_distances_to_the_edges_are_those_on_paper(desk: Desk, document: Document) -> None:
    _seal(desk, document)
    (mark,) = desk.session.marks
    page = PaintedPage(desk.slot(document.id, 1), desk.view.origin)
    # A page of 300 by 400 points, a seal of 60.
    expected = [mm for pt in (120, 120, 170, 170) for mm in [pt * 25.4 / 72]]
    assert [one.length_mm for one in distances(page, mark)] == pytest.approx(expected, abs=0.05)
    before = desk.viewport.grab().toImage()
    start = desk.at(document.id, 1, MIDDLE)
    desk.drag(start, start + QPoint(20, 20), release=False)
    held = desk.viewport.grab().toImage()
    QTest.mouseRelease(desk.viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(20, 20))
    # The line to the left edge is there while the seal is held, and gone afterwards.
    spot = desk.at(document.id, 1, PagePoint(20.0, MIDDLE.y_pt)) + QPoint(0, 20)
    column = [spot + QPoint(0, step) for step in range(-3, 4)]
    assert any(held.pixelColor(one) != before.pixelColor(one) for one in column)
    after = desk.viewport.grab().toImage()
    assert all(after.pixelColor(one) == before.pixelColor(one) for one in column)
