"""Templates in the Presets room, and what can be done with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu

from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.store.tables.templates import Templates
from tests.services.template_files import write_form
from tests.services.template_library import DRAWN

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QAbstractButton

    from esign_desktop.domain.document import Document
    from tests.ui.templates.conftest import TemplatesDesk

LEFT = Qt.MouseButton.LeftButton


def press(button: QAbstractButton) -> None:
    assert button.isVisible()
    QTest.mouseClick(button, LEFT)


def enter(desk: TemplatesDesk) -> None:
    desk.room.activated()
    desk.settle()


def card(desk: TemplatesDesk, number: int = 0) -> tuple[str, str, str]:
    return desk.room.grid.lines_of(desk.room.grid.cards[number])


def test_an_empty_room_says_what_a_template_is_and_offers_to_make_one(desk: TemplatesDesk) -> None:
    assert desk.room.from_pdf.isVisible()
    assert not desk.room.grid.isVisible()


def test_a_template_is_a_card_with_its_first_page(desk: TemplatesDesk) -> None:
    made = desk.library.make()
    enter(desk)
    assert card(desk) == ("借款合同", "Template", "2 fields")
    facts = desk.room.drawer.facts.text()
    assert "2 pages · 2 fields" in facts
    assert f"Template on the platform (Rehearsal), ID {made.template_id}" in facts
    desk.wait_until(lambda: desk.room.grid.sheet_of(desk.room.grid.cards[0]) is not None)
    assert desk.room.drawer.main.text() == "&New contract"
    assert desk.room.drawer.edit.isVisible()


def test_a_contract_begins_with_its_document(desk: TemplatesDesk) -> None:
    made = desk.library.make()
    enter(desk)
    wanted: list[Document] = []
    desk.room.use_requested.connect(wanted.append)
    press(desk.room.drawer.main)
    desk.wait_until(lambda: bool(wanted))
    assert wanted[0].template is not None
    assert wanted[0].template.template_id == made.template_id


def test_a_template_that_a_preset_uses_has_no_card_of_its_own(desk: TemplatesDesk, tmp_path: Path) -> None:
    made, library = desk.library.make(), desk.library
    preset = library.desk.make_preset(tmp_path / "form")
    filling = TemplateFilling(made.template_id)
    documents = (preset.documents[0].created_from(filling),)
    library.desk.presets.save(replace(preset, documents=documents, placements=(), home=made.home))
    enter(desk)
    (only,) = desk.room.grid.cards
    assert only.preset is not None
    assert only.preset.id == preset.id
    assert only.templates == (made,)
    assert f"Template on the platform (Rehearsal), ID {made.template_id}" in desk.room.drawer.facts.text()
    own = next(one.menu() for one in desk.room.drawer.menu.actions() if one.menu() is not None)
    assert isinstance(own, QMenu)
    texts = [one.text() for one in own.actions() if not one.isSeparator()]
    assert texts == ["&New contract with the template alone", "&Rename…", "&Edit fields…", "Remove from &list"]
    own.actions()[2].trigger()
    desk.wait_until(lambda: desk.editor.is_open)


def test_the_pdf_of_one_that_is_added_by_its_id_is_chosen_in_a_file_dialog(desk: TemplatesDesk, tmp_path: Path) -> None:
    path = write_form(tmp_path / "Old form.pdf", ["name"])
    press(desk.room.by_id)
    dialog = desk.room.dialog
    assert dialog is not None
    press(dialog.choose)
    (files,) = dialog.findChildren(QFileDialog)
    files.fileSelected.emit(str(path))
    files.close()
    assert dialog.name.text() == "Old form"
    assert dialog.pdf.text() == "Old form.pdf"
    dialog.reject()


def test_one_is_added_by_its_id_and_gets_its_pdf_later(desk: TemplatesDesk, tmp_path: Path) -> None:
    press(desk.room.by_id)
    dialog = desk.room.dialog
    assert dialog is not None
    assert not dialog.add.isEnabled()
    QTest.keyClicks(dialog.template_id, "20180403120233")
    QTest.keyClicks(dialog.name, "Old loan")
    press(dialog.add)
    desk.wait_until(lambda: desk.room.grid.count() == 1)
    desk.settle()
    assert card(desk) == ("Old loan", "Template", "No local PDF")
    assert desk.room.drawer.main.text() == "Add &PDF…"
    assert not desk.room.drawer.edit.isVisible()
    (template,) = desk.room.grid.cards[0].templates
    desk.room.take_pdf(template, write_form(tmp_path / "form.pdf", ["姓名"]))
    desk.wait_until(lambda: card(desk)[2] == "1 field")
    desk.settle()
    assert desk.room.drawer.main.text() == "&New contract"


def test_an_id_that_is_listed_already_is_told_and_what_was_typed_stays(desk: TemplatesDesk) -> None:
    desk.library.service.add("1", "a")
    enter(desk)
    (by_id,) = (one for one in desk.room.add.menu().actions() if "ID" in one.text())
    by_id.trigger()
    dialog = desk.room.dialog
    assert dialog is not None
    QTest.keyClicks(dialog.template_id, "1")
    QTest.keyClicks(dialog.name, "b")
    press(dialog.add)
    desk.wait_until(lambda: "already in the list" in dialog.status.text())
    assert dialog.isVisible()
    assert dialog.name.text() == "b"
    dialog.reject()
    desk.qtbot.wait(20)


def test_a_pdf_without_a_form_is_no_templates_pdf(desk: TemplatesDesk) -> None:
    template = desk.library.service.add("1", "a")
    enter(desk)
    desk.library.open("plain.pdf")
    desk.room.take_pdf(template, desk.library.folder / "plain.pdf")
    desk.wait_until(lambda: bool(desk.messages.rows))
    assert "no text form fields" in desk.messages.rows[0].title


def test_one_of_another_environment_is_made_again_here(desk: TemplatesDesk) -> None:
    library = desk.library
    made = library.make()
    templates = Templates(library.desk.database)
    templates.unlist(made)
    elsewhere = replace(made, home=replace(made.home, environment=EnvironmentKind.TEST), template_id="there")
    templates.save(elsewhere)
    # As if nothing had been made here yet.
    library.desk.database.execute("DELETE FROM templates WHERE environment = ?", (made.home.environment.value,))
    library.desk.paths.ledger_path.write_bytes(b"")
    with library.service.path_of(made).open("rb"):
        enter(desk)
    assert "Template on the platform (Test)" in desk.room.drawer.facts.text()
    assert desk.room.drawer.main.text() == "Create it a&gain here…"
    assert not desk.room.drawer.edit.isVisible()
    press(desk.room.drawer.main)
    desk.wait_until(lambda: desk.editor.is_open)
    press(desk.editor.strip.make)
    desk.wait_until(desk.is_back)
    desk.settle()
    assert sorted(one.home.environment.value for one in library.service.list()) == ["sandbox", "test"]
    assert library.service.here()[0].fields == DRAWN


def test_labels_and_examples_of_a_known_template_are_saved_and_nothing_is_made(desk: TemplatesDesk) -> None:
    desk.library.make()
    enter(desk)
    count = desk.library.platform.requests("/template/createbyfilekey")
    press(desk.room.drawer.edit)
    desk.wait_until(lambda: desk.editor.is_open)
    editor = desk.editor
    assert editor.strip.make.text() == "Save"
    editor.controller.choose({0})
    QTest.keyClicks(editor.panel.label, "Borrower")
    press(editor.strip.make)
    desk.wait_until(desk.is_back)
    assert desk.library.service.list()[0].fields[0].label == "Borrower"
    assert desk.library.platform.requests("/template/createbyfilekey") == count


def test_it_is_removed_from_the_list_when_pressed_twice(desk: TemplatesDesk) -> None:
    desk.library.make()
    enter(desk)
    press(desk.room.drawer.remove)
    assert len(desk.library.service.list()) == 1
    press(desk.room.drawer.remove)
    desk.wait_until(lambda: desk.library.service.list() == ())


def test_one_that_the_platform_does_not_know_is_marked(desk: TemplatesDesk) -> None:
    made = desk.library.make()
    Templates(desk.library.desk.database).note_gone(made.home, made.template_id)
    enter(desk)
    assert card(desk)[2] == "Not on the platform"
    assert "no longer has this template" in desk.room.drawer.facts.text()
    press(desk.room.drawer.main)
    desk.wait_until(lambda: desk.editor.is_open)
    assert desk.editor.strip.make.text() == "Create template"


def test_a_second_file_is_opened_when_the_drawn_fields_of_the_first_are_discarded(
    desk: TemplatesDesk, tmp_path: Path
) -> None:
    desk.library.open("plain.pdf")
    desk.open(desk.library.folder / "plain.pdf")
    desk.strike(Qt.Key.Key_T)
    desk.click(100, 500)
    desk.open_pdf(write_form(tmp_path / "form.pdf", ["姓名"]))
    desk.wait_until(lambda: bool(desk.messages.rows))
    desk.settle()
    (row,) = desk.messages.rows
    assert "plain" in row.title
    assert len(desk.fields) == 1
    row.press()
    desk.wait_until(lambda: [one.name for one in desk.fields] == ["姓名"])
    assert desk.editor.strip.template_name == "form"


def test_a_file_that_is_no_pdf_is_told(desk: TemplatesDesk, tmp_path: Path) -> None:
    (tmp_path / "no.pdf").write_bytes(b"no")
    desk.open_pdf(tmp_path / "no.pdf")
    desk.wait_until(lambda: bool(desk.messages.rows))
    assert not desk.editor.is_open


def test_a_template_is_renamed_on_this_computer(desk: TemplatesDesk) -> None:
    desk.library.make()
    enter(desk)
    desk.choose("&Rename…")
    dialog = desk.room.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("新名")
    dialog.accept()
    desk.wait_until(lambda: card(desk)[0] == "新名")
