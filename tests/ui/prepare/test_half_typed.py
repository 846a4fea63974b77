"""What somebody is in the middle of typing or ticking outlives whatever else happens to the contract meanwhile."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QPushButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.keyword.hits import KeywordHitList
from esign_desktop.ui.prepare.properties.panel import PropertiesPanel
from tests.drafts import make_person_signer
from tests.ui.made_pdfs import write_text_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.placing.placement import Placement
    from tests.ui.prepare.conftest import RoomDesk

# Windows of the offscreen platform can't take the keyboard for a popup; those of a desktop can.
pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)

FIRST, SECOND = make_person_signer("甲"), make_person_signer("乙")
PAGES = [["甲方", "乙方"], ["乙方"], ["乙方"]]


@pytest.fixture
def two(desk: RoomDesk, tmp_path: Path) -> RoomDesk:
    """Two documents that both say 乙方 three times, and two signers."""
    desk.open(write_text_pdf(tmp_path / "一.pdf", PAGES), write_text_pdf(tmp_path / "二.pdf", PAGES))
    for signer in (FIRST, SECOND):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    return desk


def _place(desk: RoomDesk, placement: Placement) -> Placement:
    desk.session.apply(EditName.PLACE_SEAL, lambda draft: edits.place(draft, placement))
    desk.room.selection.set([placement.id])
    return placement


def _seal(desk: RoomDesk) -> Placement:
    document = desk.session.draft.documents[0]
    seal = CoordinatePlacement(
        new_placement_id(), FIRST.id, document.id, PageRanges.single(1), PagePoint(200, 300), 119.0
    )
    return _place(desk, seal)


def _keyword(desk: RoomDesk, document_index: int = 0, signer: object = FIRST) -> Placement:
    document = desk.session.draft.documents[document_index]
    assert signer in (FIRST, SECOND)
    owner = FIRST if signer is FIRST else SECOND
    placed = _place(desk, KeywordPlacement(new_placement_id(), owner.id, document.id, "乙方"))
    desk.qtbot.waitUntil(lambda: (document.id, "乙方") in desk.session.hits)
    return placed


def _panel(desk: RoomDesk) -> PropertiesPanel:
    panel = next((one for one in desk.room.findChildren(PropertiesPanel) if one.isVisible()), None)
    if panel is None:
        details = desk.room.open_details()
        assert details is not None
        panel = details.panel
    return panel


def _named(desk: RoomDesk, label: str) -> QLineEdit | QAbstractSpinBox | QComboBox:
    """The field that a person finds by the label before it."""
    for shown in _panel(desk).findChildren(QLabel):
        if shown.isVisible() and shown.text() == label and shown.buddy() is not None:
            field = shown.buddy()
            assert isinstance(field, QLineEdit | QAbstractSpinBox | QComboBox)
            return field
    raise AssertionError(label)


def _something_else_happens(desk: RoomDesk) -> None:
    options = replace(desk.session.draft.options, business_scene="租赁")
    desk.session.apply(EditName.CHANGE_OPTIONS, lambda draft: edits.set_options(draft, options))


def test_a_half_typed_keyword_stays(two: RoomDesk) -> None:
    _keyword(two)
    line = _named(two, "Keyword")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.end(False)
    type_text(line, "（盖")
    _something_else_happens(two)
    type_text(line, "章）")
    two.qtbot.keyClick(line, Qt.Key.Key_Return)
    (placement,) = two.session.draft.placements
    assert isinstance(placement, KeywordPlacement)
    assert placement.keyword == "乙方（盖章）"
    two.session.undo()
    assert line.text() == "乙方", "What is finished follows the contract again."


def test_a_half_typed_list_of_pages_stays(two: RoomDesk) -> None:
    _seal(two)
    line = _named(two, "Pages")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.end(False)
    two.qtbot.keyClicks(line, ",")
    _something_else_happens(two)
    two.qtbot.keyClicks(line, "3")
    two.qtbot.keyClick(line, Qt.Key.Key_Return)
    (placement,) = two.session.draft.placements
    assert isinstance(placement, CoordinatePlacement)
    assert str(placement.pages) == "1,3"


def test_a_half_typed_length_stays(two: RoomDesk) -> None:
    _seal(two)
    box = _named(two, "Center from left")
    assert isinstance(box, QAbstractSpinBox)
    box.setFocus()
    box.selectAll()
    two.qtbot.keyClicks(box, "5")
    _something_else_happens(two)
    two.qtbot.keyClicks(box, "0")
    two.qtbot.keyClick(box, Qt.Key.Key_Return)
    (placement,) = two.session.draft.placements
    assert isinstance(placement, CoordinatePlacement)
    assert placement.center.x_pt == pytest.approx(mm_to_pt(50))


def test_a_width_of_ones_own_stays_asked_for(two: RoomDesk) -> None:
    _place(
        two,
        CoordinatePlacement(
            new_placement_id(),
            FIRST.id,
            two.session.draft.documents[0].id,
            PageRanges.single(1),
            PagePoint(200, 300),
            mm_to_pt(40),
        ),
    )
    choice = _named(two, "Size")
    assert isinstance(choice, QComboBox)
    choice.setCurrentIndex(choice.count() - 1)
    choice.activated.emit(choice.currentIndex())
    box = _named(two, "Width")
    assert isinstance(box, QAbstractSpinBox)
    two.qtbot.keyClicks(box, "3")
    _something_else_happens(two)
    assert box.isVisible()
    two.qtbot.keyClicks(box, "3")
    two.qtbot.keyClick(box, Qt.Key.Key_Return)
    (placement,) = two.session.draft.placements
    assert placement.width_pt == pytest.approx(mm_to_pt(33))


def test_what_was_begun_for_one_seal_is_not_finished_for_another(two: RoomDesk) -> None:
    first = _seal(two)
    line = _named(two, "Pages")
    assert isinstance(line, QLineEdit)
    two.qtbot.keyClicks(line, ",3")
    second = _seal(two)
    assert line.text() == "1"
    two.qtbot.keyClick(line, Qt.Key.Key_Return)
    draft = two.session.draft
    pages = [p.pages for p in draft.placements if isinstance(p, CoordinatePlacement)]
    assert [str(one) for one in pages] == ["1", "1"], (first, second)


def test_a_press_elsewhere_takes_what_was_typed(two: RoomDesk) -> None:
    _seal(two)
    line = _named(two, "Pages")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.end(False)
    two.qtbot.keyClicks(line, ",3")
    line.window().close()
    (placement,) = two.session.draft.placements
    assert isinstance(placement, CoordinatePlacement)
    assert str(placement.pages) == "1,3"


def test_esc_leaves_the_seal_as_it_was(two: RoomDesk) -> None:
    seal = _seal(two)
    line = _named(two, "Pages")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    type_text(line, ",3")
    two.qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not line.isVisible()
    assert two.session.draft.placements == (seal,)


def _hits(desk: RoomDesk) -> KeywordHitList:
    return next(one for one in _panel(desk).findChildren(KeywordHitList) if one.isVisible())


def _clear_first_box(desk: RoomDesk) -> None:
    top = _hits(desk).topLevelItem(0)
    assert top is not None
    item = top.child(0)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Unchecked)


@pytest.mark.parametrize(("document_index", "signer"), [(1, FIRST), (0, SECOND)], ids=["document", "signer"])
def test_boxes_cleared_for_one_keyword_do_not_count_for_another(
    two: RoomDesk, document_index: int, signer: object
) -> None:
    _keyword(two)
    _clear_first_box(two)
    other = _keyword(two, document_index, signer)
    assert _hits(two).dropped_count == 0
    make = next(
        b for b in _panel(two).findChildren(QPushButton) if b.text() == "Convert to coordinates" and b.isVisible()
    )
    make.click()
    made = [p for p in two.session.draft.placements if isinstance(p, CoordinatePlacement)]
    assert [p.document_id for p in made] == [other.document_id] * 3
