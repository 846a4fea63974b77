"""What forms are filled with, by clicks and keys: each kind as it wants, once for all, from signers, in tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from esign_desktop.domain.contract.problems import FieldSubject, Severity
from esign_desktop.domain.document import DocumentId, TemplateFilling
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.documents.field_menu import FieldMenu
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField
from tests.drafts import make_person
from tests.ui.prepare.forms.conftest import WANTED, place
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from esign_desktop.domain.added_pages import Rows
    from esign_desktop.ui.prepare.documents.values import FieldRow
    from tests.ui.prepare.conftest import RoomDesk

LEFT = Qt.MouseButton.LeftButton

# Menus on a screen that is none.
pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)


def filling(desk: RoomDesk, index: int = 0) -> TemplateFilling:
    template = desk.session.draft.documents[index].template
    assert template is not None
    return template


def row(desk: RoomDesk, name: str, index: int = 0) -> FieldRow:
    card = desk.room.documents.card(desk.session.draft.documents[index].id)
    assert isinstance(card, DocumentCard)
    return card.form.rows[name]


def write(desk: RoomDesk, name: str, text: str, *, ends: bool = True, index: int = 0) -> FieldRow:
    one = row(desk, name, index)
    assert isinstance(one.editor, QLineEdit)
    one.editor.setFocus()
    one.editor.selectAll()
    type_text(one.editor, text)
    if ends:
        desk.qtbot.keyClick(one.editor, Qt.Key.Key_Return)
    return one


def ink(desk: RoomDesk, index: int) -> int:
    """Count the dark pixels in a field's place on the canvas."""
    view = desk.room.canvas.view
    document = desk.session.draft.documents[0]
    slot = view.page_layout.slot(document.id, 1)
    assert slot is not None
    left, top, width, height = slot.rect_px(place(index))
    origin = view.origin
    picture: QImage = view.viewport().grab().toImage()
    count = 0
    for y in range(int(top + origin.y()) + 1, int(top + origin.y() + height)):
        for x in range(int(left + origin.x()) + 1, int(left + origin.x() + width)):
            count += picture.pixelColor(x, y).lightness() < 160
    return count


def problems(desk: RoomDesk) -> list[str]:
    return [one.code for one in desk.room.problems() if one.code.startswith("form.")]


def test_what_is_typed_stands_in_its_field_on_the_page_at_once(form_desk: RoomDesk) -> None:
    assert ink(form_desk, 0) == 0
    write(form_desk, "borrower", "张三", ends=False)
    few = ink(form_desk, 0)
    assert few > 20
    write(form_desk, "borrower", "张三李四王五", ends=False)
    assert ink(form_desk, 0) > 2 * few
    form_desk.session.undo()
    assert ink(form_desk, 0) == 0


def test_what_is_missing_or_wrong_keeps_the_contract_here_and_leads_to_its_field(form_desk: RoomDesk) -> None:
    assert problems(form_desk)[0] == "form.value_missing"
    one = write(form_desk, "number", "110101199003078516")
    assert one.note.objectName() == "alarm"
    assert "invalid ID number" in one.note.text()
    (problem,) = [found for found in form_desk.room.problems() if isinstance(found.subject, FieldSubject)]
    assert (problem.code, problem.severity) == ("form.bad_id_number", Severity.BLOCKING)
    row(form_desk, "borrower").editor.setFocus()
    form_desk.room.problems_bar.problem_activated.emit(problem)
    assert form_desk.room.focusWidget() is one.editor
    write(form_desk, "number", "110101199003078515")
    assert one.note.text() == "✓ 110101 19900307 8515"
    assert problems(form_desk) == ["form.value_missing"]


def test_an_amount_is_offered_in_capitals(form_desk: RoomDesk) -> None:
    one = write(form_desk, "amount", "12,000")
    assert one.note.text() == "✓ 壹万贰仟元整"
    assert one.words.isVisible()
    form_desk.qtbot.mouseClick(one.words, LEFT)
    assert filling(form_desk).value("words") == "壹万贰仟元整"


def test_a_date_is_written_as_forms_have_it_when_it_is_typed_to_its_end(form_desk: RoomDesk) -> None:
    write(form_desk, "date", "20260309", ends=False)
    assert filling(form_desk).value("date") == "20260309"
    one = write(form_desk, "date", "20260309")
    assert filling(form_desk).value("date") == "2026年03月09日"
    assert one.note.text() == "✓ 2026年03月09日 星期一"


def test_choices_and_ticks_are_picked(form_desk: RoomDesk) -> None:
    unit, agreed = row(form_desk, "unit").editor, row(form_desk, "agreed").editor
    assert isinstance(unit, ChoiceField)
    assert isinstance(agreed, CheckField)
    unit.setFocus()
    form_desk.qtbot.keyClick(unit, Qt.Key.Key_Down)
    assert filling(form_desk).value("unit") == "按月"
    form_desk.qtbot.mouseClick(agreed, LEFT, pos=QPoint(8, agreed.height() // 2))
    assert filling(form_desk).value("agreed") == "√"
    assert ink(form_desk, 6) > 5
    form_desk.qtbot.mouseClick(agreed, LEFT, pos=QPoint(8, agreed.height() // 2))
    assert filling(form_desk).value("agreed") == ""
    form_desk.session.undo()
    form_desk.session.undo()
    form_desk.session.undo()
    assert filling(form_desk).value("unit") == ""
    assert unit.currentIndex() == 0


def test_scrolling_past_a_choice_changes_nothing(form_desk: RoomDesk) -> None:
    unit = row(form_desk, "unit").editor
    unit.setFocus()
    middle = QPointF(unit.rect().center())
    turn = QWheelEvent(
        *(middle, QPointF(unit.mapToGlobal(middle.toPoint())), QPoint(), QPoint(0, -120)),
        *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(unit, turn)
    assert filling(form_desk).value("unit") == ""


def open_menu(desk: RoomDesk, name: str, index: int = 0) -> FieldMenu:
    desk.qtbot.mouseClick(row(desk, name, index).menu_button, LEFT)
    desk.qtbot.waitUntil(lambda: any(one.isVisible() for one in desk.room.findChildren(FieldMenu)))
    return next(one for one in desk.room.findChildren(FieldMenu) if one.isVisible())


def press(desk: RoomDesk, menu: FieldMenu, text: str) -> None:
    action = next(one for one in menu.actions() if text in one.text())
    desk.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_a_value_comes_from_a_signer_and_follows_them(form_desk: RoomDesk) -> None:
    press(form_desk, open_menu(form_desk, "borrower"), "张三: Name")
    assert filling(form_desk).value("borrower") == "张三"
    assert row(form_desk, "borrower").note.text() == "From 张三"
    (signer,) = form_desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    renamed = replace(signer, person=make_person("张珊"))
    form_desk.session.apply(EditName.CHANGE_SIGNER, lambda draft: replace(draft, signers=(renamed,)))
    assert filling(form_desk).value("borrower") == "张珊"
    editor = row(form_desk, "borrower").editor
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "张珊"
    press(form_desk, open_menu(form_desk, "borrower"), "Don't fill from a signer")
    assert filling(form_desk).sources == ()
    assert filling(form_desk).value("borrower") == "张珊"


def test_a_field_of_a_kind_is_offered_only_what_it_can_hold(form_desk: RoomDesk) -> None:
    menu = open_menu(form_desk, "number")
    assert [action.text() for action in menu.actions()] == ["1 张三: ID number"]
    menu.close()
    menu = open_menu(form_desk, "date")
    assert [action.isEnabled() for action in menu.actions()] == [False]
    menu.close()


def test_two_forms_share_a_value_until_one_is_to_differ(form_desk: RoomDesk) -> None:
    (document,) = form_desk.session.draft.documents
    second = replace(
        document, id=DocumentId("second"), name="借据", path="", template=TemplateFilling("other", (), WANTED[:1])
    )
    form_desk.session.apply(EditName.ADD_DOCUMENTS, lambda draft: replace(draft, documents=(*draft.documents, second)))
    write(form_desk, "borrower", "张三")
    assert filling(form_desk, 1).value("borrower") == "张三"
    shared = "Enter once for all fields with this label"
    assert [row(form_desk, "borrower", at).menu_button.toolTip() for at in (0, 1)] == [shared, shared]
    assert row(form_desk, "purpose").menu_button.toolTip() == "Fill from a signer…"
    press(form_desk, open_menu(form_desk, "borrower", 1), "Same as other fields")
    assert row(form_desk, "borrower", 1).menu_button.toolTip() == "Fill from a signer…"
    write(form_desk, "borrower", "李四", index=1)
    assert [filling(form_desk, at).value("borrower") for at in (0, 1)] == ["张三", "李四"]


def open_tables(desk: RoomDesk) -> None:
    card = desk.room.documents.card(desk.session.draft.documents[0].id)
    assert card is not None
    card.blocks_requested.emit(desk.session.draft.documents[0].id)
    assert desk.room.blocks.isVisible()


def test_a_grid_that_is_pasted_becomes_pages_that_are_shown(form_desk: RoomDesk) -> None:
    open_tables(form_desk)
    QGuiApplication.clipboard().setText("品名\t数量\n" + "".join(f"苹果 {number}\t{number}\n" for number in range(60)))
    pane, document = form_desk.room.blocks, form_desk.session.draft.documents[0]
    form_desk.qtbot.keyClick(pane.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert filling(form_desk).added_pages == 2
    assert form_desk.session.draft.documents[0].page_count == document.page_count + 2
    form_desk.qtbot.waitUntil(lambda: form_desk.room.canvas.view.current_page == (document.id, 3))
    picture = form_desk.room.canvas.view.viewport().grab().toImage()
    width, height = picture.width(), picture.height()
    dark = sum(picture.pixelColor(x, y).lightness() < 100 for x in range(width) for y in range(height))
    assert dark > 100
    form_desk.session.undo()
    assert filling(form_desk).blocks == ()
    assert form_desk.session.draft.documents[0].page_count == document.page_count


def test_cells_are_typed_and_taken_out(form_desk: RoomDesk) -> None:
    open_tables(form_desk)
    grid = form_desk.room.blocks.grid
    for column, text in enumerate(("apples", "12")):
        grid.setCurrentCell(0, column)
        form_desk.qtbot.keyClicks(grid, text[:1])
        editor = next(one for one in grid.findChildren(QLineEdit) if one.isVisible())
        form_desk.qtbot.keyClicks(editor, text[1:])
        form_desk.qtbot.keyClick(editor, Qt.Key.Key_Return)
        form_desk.qtbot.waitUntil(lambda: not grid.findChildren(QLineEdit))
    assert filling(form_desk).tables[0].rows == (("apples", "12"),)
    grid.setCurrentCell(0, 1)
    form_desk.qtbot.keyClick(grid, Qt.Key.Key_Delete)
    assert filling(form_desk).tables[0].rows == (("apples",),)
    form_desk.qtbot.mouseClick(form_desk.room.blocks.remove, LEFT)
    assert filling(form_desk).blocks == ()


def press_keys(*keys: str | Qt.Key) -> None:
    """Press keys at the widget that has the focus, which may be another one after each key."""
    for each in keys:
        for key in each if isinstance(each, str) else (each,):
            focused = QApplication.focusWidget()
            assert focused is not None
            if isinstance(key, str):
                type_text(focused, key)
            else:
                QTest.keyClick(focused, key)
            # An editor that Enter closes is closed later.
            QApplication.processEvents()


def typed_tables(desk: RoomDesk) -> list[Rows]:
    return [table.rows for table in filling(desk).tables]


def test_tab_and_enter_go_through_the_cells_of_a_table_of_any_width(form_desk: RoomDesk) -> None:
    open_tables(form_desk)
    for text in ("甲", "乙", "丙", "丁", "戊"):
        press_keys(text, Qt.Key.Key_Tab)
    press_keys("己", Qt.Key.Key_Return, "子", Qt.Key.Key_Return, "丑", Qt.Key.Key_Return)
    press_keys(Qt.Key.Key_Tab, "寅")
    blank = ("",) * 4
    assert typed_tables(form_desk) == [
        (("甲", "乙", "丙", "丁", "戊", "己"), ("子", "", *blank), ("丑", "", *blank), ("", "寅", *blank))
    ]


def test_tab_leaves_the_grid_at_the_ends_of_a_row_in_reading_order(form_desk: RoomDesk) -> None:
    open_tables(form_desk)
    pane = form_desk.room.blocks
    pane.grid.setCurrentCell(0, 3)
    press_keys(Qt.Key.Key_Tab)
    after = QApplication.focusWidget()
    assert after is not None
    assert not pane.isAncestorOf(after)
    pane.grid.setFocus()
    pane.grid.setCurrentCell(1, 0)
    press_keys(Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is pane.remove


def test_a_cell_that_is_being_typed_counts_at_once(form_desk: RoomDesk) -> None:
    open_tables(form_desk)
    pane = form_desk.room.blocks
    press_keys("red  ap")
    assert typed_tables(form_desk) == [(("red ap",),)]
    press_keys("ples ")
    form_desk.qtbot.mouseClick(pane.add, LEFT)
    assert typed_tables(form_desk) == [(("red apples",),), ()]
    press_keys("12")
    form_desk.qtbot.mouseClick(pane.tabs, LEFT, pos=pane.tabs.tabRect(0).center())
    press_keys("pears", Qt.Key.Key_Return)
    assert typed_tables(form_desk) == [(("pears",),), (("12",),)]
    form_desk.qtbot.mouseClick(pane.tabs, LEFT, pos=pane.tabs.tabRect(1).center())
    pane.grid.setFocus()
    press_keys("more")
    pane.hide()
    assert typed_tables(form_desk)[1] != (("12",),)


def test_typing_a_cell_is_one_step_that_undo_and_escape_take_back(form_desk: RoomDesk) -> None:
    open_tables(form_desk)
    press_keys("apples", Qt.Key.Key_Tab, "12")
    form_desk.session.undo()
    assert typed_tables(form_desk) == [(("apples",),)]
    assert [one.text() for one in form_desk.room.blocks.grid.findChildren(QLineEdit) if one.isVisible()] == [""]
    press_keys("13", Qt.Key.Key_Escape)
    assert typed_tables(form_desk) == [(("apples",),)]
    form_desk.session.undo()
    assert typed_tables(form_desk) == []


def test_more_than_ten_pages_block_and_are_told_before(form_desk: RoomDesk) -> None:
    open_tables(form_desk)
    QGuiApplication.clipboard().setText("苹果\t1\n" * 500)
    form_desk.room.blocks.grid.paste()
    assert filling(form_desk).added_pages > 10
    assert "form.too_many_pages" in problems(form_desk)


def test_a_clipboard_that_is_too_large_changes_nothing(form_desk: RoomDesk) -> None:
    open_tables(form_desk)
    QGuiApplication.clipboard().setText("x\n" * 2000)
    form_desk.room.blocks.grid.paste()
    assert filling(form_desk).blocks == ()
    assert any("1000 rows" in one.title for one in form_desk.messages.rows)


@pytest.mark.parametrize("name", ["borrower", "purpose"])
def test_the_field_that_is_typed_into_is_marked_on_the_page(form_desk: RoomDesk, name: str) -> None:
    row(form_desk, name).editor.setFocus()
    assert form_desk.room.canvas.form.current == (form_desk.session.draft.documents[0].id, name)
