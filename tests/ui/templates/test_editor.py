"""Fields are drawn in Prepare with a real mouse and keyboard, and become a template that is filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from esign_desktop.domain.templates import FieldFault, ValueKind
from esign_desktop.ui.text.template import fault_sentence
from tests.services.desk import make_pdf
from tests.services.template_files import write_form

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.templates.conftest import TemplatesDesk

ALT, CONTROL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
CREATE = "/template/createbyfilekey"


@pytest.fixture
def drawing(desk: TemplatesDesk, tmp_path: Path) -> TemplatesDesk:
    make_pdf(tmp_path / "plain.pdf")
    desk.open(tmp_path / "plain.pdf")
    return desk


def draw(desk: TemplatesDesk, key: Qt.Key, start: tuple[float, float], end: tuple[float, float], name: str) -> None:
    desk.strike(key)
    desk.drag(start, end)
    desk.name(name)


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 1 for one, other in zip(found, wanted, strict=True))


def test_a_field_lies_where_it_was_drawn_and_is_named_at_once(drawing: TemplatesDesk) -> None:
    drawing.strike(Qt.Key.Key_T)
    drawing.drag((100, 700), (260, 680))
    (rect,) = drawing.rects()
    assert near(rect, (100, 680, 260, 700))
    assert drawing.editor.panel.name.hasFocus()
    drawing.name("borrower")
    (one,) = drawing.fields
    assert (one.name, one.kind, one.page_number, one.is_required) == ("borrower", ValueKind.TEXT, 1, True)
    assert drawing.view.hasFocus()


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (Qt.Key.Key_D, ValueKind.DATE),
        (Qt.Key.Key_A, ValueKind.AMOUNT),
        (Qt.Key.Key_N, ValueKind.NUMBER),
        (Qt.Key.Key_I, ValueKind.ID_NUMBER),
        (Qt.Key.Key_M, ValueKind.MOBILE),
        (Qt.Key.Key_C, ValueKind.CHOICE),
        (Qt.Key.Key_X, ValueKind.CHECK),
    ],
)
def test_each_kind_is_drawn_by_its_key_and_a_click_gives_the_usual_size(
    drawing: TemplatesDesk, key: Qt.Key, kind: ValueKind
) -> None:
    drawing.strike(key)
    drawing.click(100, 500)
    (one,) = drawing.fields
    assert one.kind is kind
    assert one.rect is not None
    assert one.rect.width_pt == pytest.approx(14 if kind is ValueKind.CHECK else 140)


def test_a_drawing_beyond_the_edge_stays_on_the_page(drawing: TemplatesDesk) -> None:
    drawing.strike(Qt.Key.Key_T)
    drawing.drag((560, 700), (640, 670))
    (rect,) = drawing.rects()
    assert rect[2] == 595


def test_a_field_is_moved_and_put_back(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "a")
    before = drawing.rects()
    drawing.drag((180, 690), (230, 640), ALT)
    assert near(drawing.rects()[0], (150, 630, 310, 650))
    drawing.session.undo()
    assert drawing.rects() == before
    drawing.session.redo()
    assert near(drawing.rects()[0], (150, 630, 310, 650))


def test_a_field_comes_in_line_with_another(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "a")
    draw(drawing, Qt.Key.Key_T, (130, 600), (290, 580), "b")
    # Almost below the first: it jumps.
    drawing.drag((200, 590), (172, 590))
    left = [rect.left_pt for one in drawing.fields if (rect := one.rect) is not None]
    assert left[1] == pytest.approx(left[0], abs=0.01)


def test_a_corner_resizes(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "a")
    rect = drawing.fields[0].rect
    assert rect is not None
    drawing.drag((rect.right_pt, rect.bottom_pt), (320, 650))
    assert near(drawing.rects()[0], (100, 650, 320, 700))


def test_escape_in_the_middle_of_a_drag_puts_it_back(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "a")
    before = drawing.rects()
    viewport = drawing.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, ALT, drawing.at(180, 690))
    drawing._move(drawing.at(250, 600), ALT)  # noqa: SLF001  half a drag
    assert drawing.rects() != before
    drawing.strike(Qt.Key.Key_Escape)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, ALT, drawing.at(250, 600))
    assert drawing.rects() == before


def test_arrows_move_and_resize_and_delete_takes_out(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "a")
    before = drawing.rects()[0]
    drawing.strike(Qt.Key.Key_Right)
    drawing.strike(Qt.Key.Key_Down, SHIFT)
    assert near(drawing.rects()[0], (before[0] + 1, before[1] - 10, before[2] + 1, before[3] - 10))
    drawing.strike(Qt.Key.Key_Right, ALT)
    assert drawing.rects()[0][2] == pytest.approx(before[2] + 2, abs=1)
    drawing.strike(Qt.Key.Key_Delete)
    assert drawing.fields == ()
    drawing.session.undo()
    assert len(drawing.fields) == 1


def test_several_are_framed_lined_up_and_copied_to_pages(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (200, 680), "a")
    draw(drawing, Qt.Key.Key_D, (150, 640), (250, 620), "b")
    drawing.click(400, 300)
    assert not drawing.editor.controller.chosen
    drawing.drag((80, 720), (300, 600))
    assert drawing.editor.controller.chosen == {0, 1}
    actions = {action.text(): action for action in drawing.field_menu.actions()}
    actions["Align left edges"].trigger()
    lefts = {round(rect[0]) for rect in drawing.rects()}
    assert lefts == {100}
    drawing.field_menu.copy_to_pages("2")
    assert [(one.name, one.page_number) for one in drawing.fields] == [*(("a", 1), ("b", 1), ("a_2", 2), ("b_2", 2))]
    drawing.field_menu.copy_to_pages("9")
    assert len(drawing.fields) == 4
    assert len(drawing.messages.rows) == 1


def test_tab_walks_over_the_fields(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 600), (200, 580), "lower")
    draw(drawing, Qt.Key.Key_T, (100, 700), (200, 680), "upper")
    drawing.click(400, 300)
    names = []
    for _ in range(2):
        drawing.strike(Qt.Key.Key_Tab)
        only = drawing.editor.controller.only_chosen
        assert only is not None
        names.append(drawing.fields[only].name)
    assert names == ["upper", "lower"]


def test_two_fields_of_one_name_are_told_and_nothing_is_made(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "name")
    assert drawing.editor.strip.make.isEnabled()
    draw(drawing, Qt.Key.Key_T, (100, 600), (260, 580), "name")
    assert drawing.editor.panel.fault.text() == fault_sentence(FieldFault.SAME_NAME)
    assert not drawing.editor.strip.make.isEnabled()
    drawing.click(180, 590)
    QTest.keyClick(drawing.view, Qt.Key.Key_Return)
    drawing.name("other")
    assert drawing.editor.strip.make.isEnabled()


def test_without_a_field_or_a_name_nothing_is_made(drawing: TemplatesDesk) -> None:
    assert not drawing.editor.strip.make.isEnabled()
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "a")
    drawing.editor.strip.name.selectAll()
    QTest.keyClick(drawing.editor.strip.name, Qt.Key.Key_Delete)
    assert not drawing.editor.strip.make.isEnabled()
    assert drawing.editor.strip.make.toolTip() == "The template needs a name."


def test_what_was_drawn_becomes_a_template_and_is_filled_where_it_was_drawn(
    drawing: TemplatesDesk, tmp_path: Path
) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "borrower")
    draw(drawing, Qt.Key.Key_A, (100, 600), (260, 580), "amount")
    QTest.mouseClick(drawing.editor.strip.make, Qt.MouseButton.LeftButton)
    drawing.wait_until(drawing.is_back)
    drawing.settle()
    library = drawing.library
    (made,) = library.service.list()
    assert [(one.name, one.kind) for one in made.fields] == [("borrower", ValueKind.TEXT), ("amount", ValueKind.AMOUNT)]
    assert drawing.room.grid.count() == 1
    client = library.desk.client_for(library.environment)
    _, url = client.create_document_from_template(made.template_id, "x", {"borrower": "张三", "amount": "8,000.00"})
    client.download(url, tmp_path / "filled.pdf")
    with pymupdf.open(tmp_path / "filled.pdf") as pdf:
        upper = pdf[0].get_text(clip=pymupdf.Rect(100, 842 - 702, 262, 842 - 678))
        lower = pdf[0].get_text(clip=pymupdf.Rect(100, 842 - 602, 262, 842 - 578))
    assert "张三" in upper
    assert "8,000.00" in lower


def test_characters_that_the_font_lacks_are_told_at_their_field(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "a")
    draw(drawing, Qt.Key.Key_T, (100, 600), (260, 580), "b")
    desk = drawing.editor.controller
    desk.become((desk.fields[0], replace(desk.fields[1], example="𬭊")))
    desk.choose(())
    count = drawing.library.platform.requests(CREATE)
    QTest.mouseClick(drawing.editor.strip.make, Qt.MouseButton.LeftButton)
    drawing.wait_until(lambda: "𬭊" in drawing.editor.strip.status.text())
    assert desk.chosen == {1}
    assert drawing.library.platform.requests(CREATE) == count
    assert len(desk.fields) == 2


def test_a_lost_answer_is_told_and_made_anew_only_when_asked(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "lost")
    drawing.library.platform.set_faults({"path": CREATE, "fault": "drop_reply"})
    QTest.mouseClick(drawing.editor.strip.make, Qt.MouseButton.LeftButton)
    drawing.wait_until(lambda: drawing.editor.strip.make.text() == "Create again")
    assert "answer was lost" in drawing.editor.strip.status.text()
    drawing.library.platform.set_faults()
    QTest.mouseClick(drawing.editor.strip.make, Qt.MouseButton.LeftButton)
    drawing.wait_until(drawing.is_back)
    assert [one.is_made for one in drawing.library.service.list()] == [True]


def test_leaving_asks_once_where_something_would_be_lost(drawing: TemplatesDesk) -> None:
    draw(drawing, Qt.Key.Key_T, (100, 700), (260, 680), "a")
    QTest.mouseClick(drawing.editor.strip.leave, Qt.MouseButton.LeftButton)
    assert drawing.editor.is_open
    (row,) = drawing.messages.rows
    assert row.title == "Not saved: template “plain”"
    row.press()
    drawing.wait_until(drawing.is_back)
    assert drawing.fields == ()


def test_a_new_name_is_asked_about_too_and_saved_on_this_computer(desk: TemplatesDesk, tmp_path: Path) -> None:
    editor = desk.open(write_form(tmp_path / "form.pdf", ["姓名"]))
    QTest.mouseClick(editor.strip.make, Qt.MouseButton.LeftButton)
    desk.wait_until(desk.is_back)
    (template,) = desk.library.service.list()
    editor.edit(template)
    desk.wait_until(lambda: editor.is_open)
    assert editor.unsaved() == ()
    QTest.keyClicks(editor.strip.name, "2")
    assert [one.name for one in editor.unsaved()] == ["template “form2”"]
    assert editor.strip.make.text() == "Save"
    QTest.mouseClick(editor.strip.make, Qt.MouseButton.LeftButton)
    desk.wait_until(desk.is_back)
    assert [one.name for one in desk.library.service.list()] == ["form2"]


def test_fields_of_the_pdfs_own_form_keep_name_and_place(desk: TemplatesDesk, tmp_path: Path) -> None:
    editor = desk.open(write_form(tmp_path / "form.pdf", ["姓名"]))
    before = desk.rects()
    desk.drag((100, 842 - 112), (200, 600), ALT)
    assert desk.rects() == before
    desk.click(100, 842 - 112)
    assert editor.controller.chosen == {0}
    assert not editor.panel.name.isEnabled()
    desk.strike(Qt.Key.Key_Delete)
    assert len(editor.controller.fields) == 1
    draw(desk, Qt.Key.Key_D, (100, 500), (200, 480), "day")
    QTest.mouseClick(editor.strip.make, Qt.MouseButton.LeftButton)
    desk.wait_until(desk.is_back)
    assert [one.name for one in desk.library.service.list()[0].fields] == ["姓名", "day"]


def test_a_field_is_placed_moved_and_named_by_ear_and_keys_alone(drawing: TemplatesDesk) -> None:
    editor = drawing.editor
    said: list[str] = []
    drawing.view.said.connect(said.append)
    page = drawing.view.page_layout.slots[0]
    drawing.strike(Qt.Key.Key_D)
    drawing.strike(Qt.Key.Key_Return)
    assert editor.panel.name.hasFocus()
    drawing.name("due")
    items = drawing.view.items
    assert items is not None
    assert items.current() == (page.document_id, 1, "0")
    item = items.item(page.document_id, 1, "0")
    assert item is not None
    assert (item.name.split(",")[0], item.is_selected) == ("due", True)
    (before,) = drawing.rects()
    said.clear()
    drawing.strike(Qt.Key.Key_Right, SHIFT)
    ((left, *_),) = drawing.rects()
    assert left == before[0] + 10
    assert len(said) == 1
    assert said[0].startswith("center ")
    # A second one of the same name is told as wrong, where it is listed too.
    drawing.strike(Qt.Key.Key_D)
    drawing.strike(Qt.Key.Key_Return)
    drawing.name("due")
    wrong = fault_sentence(editor.controller.faults[1])
    assert editor.panel.list.item(1).data(Qt.ItemDataRole.AccessibleTextRole).endswith(wrong)
    again = items.item(page.document_id, 1, "1")
    assert again is not None
    assert again.description.startswith(wrong)
    remove = again.actions[-1]
    remove.do()
    assert len(editor.controller.fields) == 1
    assert items.item(page.document_id, 1, "1") is None
