from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QTabWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    new_placement_id,
)
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.placements.panel import PlacementsPanel
from esign_desktop.ui.prepare.placements.table import Column
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.made_pdfs import MadePage, write_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.prepare.conftest import RoomDesk

# Windows of the offscreen platform can't take the keyboard for a menu; those of a desktop can.
pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)

PERSON, COMPANY = make_person_signer(), make_organization_signer()


@pytest.fixture
def prepared(desk: RoomDesk, tmp_path: Path) -> RoomDesk:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)] * 3))
    for signer in (PERSON, COMPANY):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    (tabs,) = [tabs for tabs in desk.room.findChildren(QTabWidget) if tabs.count() == 2]
    tabs.setCurrentIndex(1)
    desk.room.positions.setFocus()
    return desk


def add(desk: RoomDesk, letter: Qt.Key) -> None:
    """What a person does without a mouse: Insert, then the letter of the entry."""
    desk.room.positions.setFocus()
    QTest.keyClick(desk.room.positions, Qt.Key.Key_Insert)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.keyClick(menu, letter)


def edit(desk: RoomDesk, column: Column) -> None:
    table = desk.room.positions
    table.setCurrentIndex(table.model().index(0, column))
    QTest.keyClick(table, Qt.Key.Key_F2)


def test_each_kind_is_added_by_keys_alone(prepared: RoomDesk) -> None:
    add(prepared, Qt.Key.Key_S)
    add(prepared, Qt.Key.Key_C)
    seal, cross_page = prepared.session.draft.placements
    assert isinstance(seal, CoordinatePlacement)
    assert (seal.center, seal.pages) == (PagePoint(150, 200), PageRanges.single(1))
    assert isinstance(cross_page, CrossPagePlacement)
    assert prepared.room.selection.ids == {cross_page.id}


def test_an_added_keyword_is_typed_at_once(prepared: RoomDesk) -> None:
    add(prepared, Qt.Key.Key_K)
    (keyword,) = prepared.session.draft.placements
    assert isinstance(keyword, KeywordPlacement)
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    type_text(focus, "乙方")
    QTest.keyClick(focus, Qt.Key.Key_Return)
    (typed,) = prepared.session.draft.placements
    assert isinstance(typed, KeywordPlacement)
    assert typed.keyword == "乙方"


def test_without_a_signer_adding_asks_for_one(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)]))
    (pane,) = desk.room.findChildren(PlacementsPanel)
    with desk.qtbot.waitSignal(desk.room.canvas.signer_wanted):
        add(desk, Qt.Key.Key_K)
    assert desk.session.draft.placements == ()
    assert pane.isEnabled()


def test_a_signer_is_chosen_in_the_table(prepared: RoomDesk) -> None:
    add(prepared, Qt.Key.Key_S)
    edit(prepared, Column.SIGNER)
    (choice,) = [box for box in prepared.room.positions.findChildren(QComboBox) if box.isVisible()]
    assert choice.currentText().startswith("1")
    QTest.keyClick(choice, Qt.Key.Key_Down)
    QTest.keyClick(choice, Qt.Key.Key_Return)
    prepared.qtbot.waitUntil(lambda: prepared.session.draft.placements[0].signer_id == COMPANY.id)
    assert prepared.session.undo_name is EditName.ASSIGN_SEALS


def test_a_keyword_is_changed_in_the_table(prepared: RoomDesk) -> None:
    document = prepared.session.draft.documents[0]
    prepared.room.canvas.placing.place_keyword(document.id, "甲方")
    edit(prepared, Column.KIND)
    (line,) = [one for one in prepared.room.positions.findChildren(QLineEdit) if one.isVisible()]
    assert line.text() == "甲方"
    line.selectAll()
    type_text(line, "乙方")
    # A search that comes to its end meanwhile leaves alone what is being typed.
    prepared.qtbot.waitUntil(lambda: not prepared.session.unsearched(), timeout=5000)
    assert line.text() == "乙方"
    QTest.keyClick(line, Qt.Key.Key_Return)
    prepared.qtbot.waitUntil(lambda: getattr(prepared.session.draft.placements[0], "keyword", "") == "乙方")


def test_a_keyword_is_read_whole_and_its_offsets_say_that_they_are(prepared: RoomDesk) -> None:
    document = prepared.session.draft.documents[0]
    keyword = KeywordPlacement(new_placement_id(), PERSON.id, document.id, "乙方（签字）", 70.0, -22.1)
    prepared.session.apply(EditName.PLACE_KEYWORD, partial(edits.place, placement=keyword))
    table = prepared.room.positions
    kind, right, up = (table.model().index(0, column).data() for column in (Column.KIND, Column.X, Column.Y))
    assert (kind, right, up) == ("Keyword\n“乙方（签字）”", "Offset\n+24.7", "Offset\n-7.8")
    assert table.columnWidth(Column.KIND) >= table.fontMetrics().horizontalAdvance("“乙方（签字）”")
    assert table.rowHeight(0) >= 2 * table.fontMetrics().height()
    edit(prepared, Column.Y)
    (line,) = [one for one in table.findChildren(QLineEdit) if one.isVisible()]
    assert line.text() == "-7.8"


def test_the_kind_of_a_plain_seal_is_not_edited(prepared: RoomDesk) -> None:
    add(prepared, Qt.Key.Key_S)
    model = prepared.room.positions.model()
    assert not model.flags(model.index(0, Column.KIND)) & Qt.ItemFlag.ItemIsEditable


def test_the_kind_can_be_read_also_where_the_other_columns_want_all_the_room(
    prepared: RoomDesk, tmp_path: Path
) -> None:
    long_name = "a contract with a name that wants all the room there is"
    prepared.open(write_pdf(tmp_path / f"{long_name}.pdf", [MadePage(square=None)] * 2))
    document = prepared.session.draft.documents[1]
    seal = CrossPagePlacement(new_placement_id(), PERSON.id, document.id, PageRanges.of([1, 2]), 300.0)
    prepared.session.apply(EditName.PLACE_CROSS_PAGE, partial(edits.place, placement=seal))
    table = prepared.room.positions
    words, _, name = table.model().index(0, Column.KIND).data().partition("\n")
    assert (words, name) == ("Cross-page", long_name)
    prepared.qtbot.wait(100)
    assert table.columnWidth(Column.KIND) >= table.fontMetrics().horizontalAdvance(words) + 8
    assert long_name in table.model().index(0, Column.KIND).data(Qt.ItemDataRole.ToolTipRole)
    assert table.rowHeight(0) >= 2 * table.fontMetrics().height()
    # It never scrolls sideways: where there is no room, the width goes, which the seal tells.
    for width_px, has_width in ((310, False), (500, True)):
        table.setFixedWidth(width_px)
        table.resize(width_px, table.height())
        assert table.isColumnHidden(Column.WIDTH) is not has_width
        assert table.horizontalHeader().length() <= table.viewport().width()
        assert table.columnWidth(Column.KIND) >= table.fontMetrics().horizontalAdvance(words) + 8
