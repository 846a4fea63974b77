"""Work that stands only in a window is asked about before it is discarded, whichever way the user leaves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.signer import display_name
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from tests.app.test_bulk_in_the_window import lay_out, make_preset, write_sheet
from tests.drafts import make_person_signer
from tests.ui.made_pdfs import write_text_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start

WAIT_MS = 20_000


def workspace_of(program: Program) -> Workspace:
    assert program.workspace is not None
    return program.workspace


def messages(program: Program) -> str:
    return "\n".join(f"{row.title} {row.remedy}" for row in program.window.messages.rows)


def form_of(program: Program) -> SignerForm:
    (form,) = (one for one in workspace_of(program).prepare.findChildren(SignerForm) if one.isVisible())
    return form


def press(form: SignerForm, text: str) -> None:
    next(one for one in form.findChildren(QAbstractButton) if one.isVisible() and one.text() == text).click()


@pytest.fixture
def program(start: Start, qtbot: QtBot, tmp_path: Path) -> Program:
    """Contract A with a document and the signer 李甲."""
    program = start(write_text_pdf(tmp_path / "A.pdf", [["合同"]]), with_sandbox=True)
    session = workspace_of(program).session
    qtbot.waitUntil(lambda: bool(session.draft.documents and session.draft.documents[0].sha256), timeout=WAIT_MS)
    session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer("李甲")))
    return program


def type_signer(program: Program, name: str = "王小明") -> SignerForm:
    program.window.actions_by_name[ActionName.ADD_PERSON].trigger()
    form = form_of(program)
    type_text(form.focusWidget(), name)
    assert display_name(form.signer) == name
    return form


def names(program: Program) -> list[str]:
    return [display_name(signer) for signer in workspace_of(program).session.draft.signers]


def test_a_signer_being_typed_is_asked_about_before_a_new_contract_and_stays_with_its_own(
    program: Program, qtbot: QtBot
) -> None:
    session = workspace_of(program).session
    form, first = type_signer(program), session.draft.id
    program.window.actions_by_name[ActionName.NEW].trigger()
    assert "王小明" in messages(program)
    assert session.draft.id == first
    press(form, "Add")
    qtbot.waitUntil(lambda: names(program) == ["李甲", "王小明"], timeout=WAIT_MS)
    program.window.actions_by_name[ActionName.NEW].trigger()
    qtbot.waitUntil(lambda: session.draft.id != first, timeout=WAIT_MS)
    assert "王小明" not in messages(program)


def test_a_discarded_form_is_gone_in_the_new_contract(program: Program, qtbot: QtBot) -> None:
    session = workspace_of(program).session
    type_signer(program)
    first = session.draft.id
    program.window.actions_by_name[ActionName.NEW].trigger()
    program.window.messages.rows[0].press()
    qtbot.waitUntil(lambda: session.draft.id != first, timeout=WAIT_MS)
    assert not workspace_of(program).prepare.signers.is_form_shown
    assert names(program) == []


def test_an_unchanged_form_does_not_pass_to_the_next_contract(program: Program, qtbot: QtBot) -> None:
    session = workspace_of(program).session
    workspace_of(program).prepare.signers.edit(session.draft.signers[0].id)
    first = session.draft.id
    program.window.actions_by_name[ActionName.NEW].trigger()
    qtbot.waitUntil(lambda: session.draft.id != first, timeout=WAIT_MS)
    assert not workspace_of(program).prepare.signers.is_form_shown
    assert names(program) == []


def test_another_form_does_not_take_the_place_of_a_changed_one(program: Program, qtbot: QtBot) -> None:
    form = type_signer(program)
    program.window.actions_by_name[ActionName.ADD_ORGANIZATION].trigger()
    assert form_of(program) is form
    assert form.isVisible()
    press(form, "Add")
    qtbot.waitUntil(lambda: names(program) == ["李甲", "王小明"], timeout=WAIT_MS)


def test_review_asks_about_a_signer_that_is_not_added(program: Program) -> None:
    type_signer(program)
    prepare = workspace_of(program).prepare
    prepare.send_requested.emit()
    assert not prepare.findChildren(ReviewSheet)
    assert "王小明" in messages(program)


def test_closing_asks_about_a_form_and_closes_when_it_is_discarded(program: Program, qtbot: QtBot) -> None:
    type_signer(program)
    window = program.window
    window.show_room(RoomName.TRACK)
    window.close()
    assert window.isVisible()
    assert "王小明" in messages(program)
    assert window.room is RoomName.PREPARE
    with qtbot.waitSignal(window.closed, timeout=WAIT_MS):
        window.messages.rows[0].press()
    assert not window.isVisible()


def test_what_is_typed_after_the_question_is_asked_about_too(program: Program) -> None:
    form = type_signer(program)
    window = program.window
    window.close()
    (row,) = window.messages.rows
    type_text(form.focusWidget(), "王小明二")
    row.press()
    assert window.isVisible()
    assert "王小明二" in messages(program)


def test_the_question_goes_when_the_form_is_closed(program: Program) -> None:
    form = type_signer(program)
    program.window.close()
    assert "王小明" in messages(program)
    press(form, "Cancel")
    assert "王小明" not in messages(program)


def test_a_restart_asks_too(program: Program) -> None:
    program.window.offer_restart()
    assert "Your work is saved" not in messages(program)
    type_signer(program)
    program.window.messages.rows[0].press()
    assert program.window.isVisible()
    assert not program.window.is_restarting
    assert "王小明" in messages(program)


def test_drawn_template_fields_are_asked_about(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    window, workspace = program.window, workspace_of(program)
    window.show_room(RoomName.PRESETS)
    drawing, view = workspace.presets.drawing, workspace.prepare.canvas.view
    workspace.presets_room.pdf_chosen.emit(write_text_pdf(tmp_path / "申请表.pdf", [["姓名"]]))
    qtbot.waitUntil(lambda: view.isVisible() and bool(drawing.controller.pages), timeout=WAIT_MS)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_T)
    centre = view.viewport().rect().center()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    QTest.mouseMove(view.viewport(), centre + view.viewport().rect().center() / 8)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=centre * 1.1)
    assert drawing.is_changed
    window.show_room(RoomName.TRACK)
    window.close()
    assert window.isVisible()
    assert "申请表" in messages(program)
    assert window.room is RoomName.PREPARE


def test_a_changed_preset_is_asked_about(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    preset = make_preset(program, tmp_path / "form")
    presets = workspace_of(program).presets
    presets.edit(preset)
    strip = presets.editing.strip
    qtbot.waitUntil(strip.isVisible, timeout=WAIT_MS)
    strip.name.setFocus()
    type_text(strip.name, "新")
    program.window.close()
    assert program.window.isVisible()
    assert strip.isVisible()
    assert preset.name in messages(program)


def test_corrected_cells_outlive_closing_and_a_sheet_that_is_handed_over(
    program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    room = lay_out(program, tmp_path, 2, qtbot)
    room.work.correct(0, 0, "钱七")
    qtbot.waitUntil(lambda: not room.work.is_planning, timeout=WAIT_MS)
    program.window.close()
    assert program.window.isVisible()
    assert "list.csv" in messages(program)
    other = write_sheet(tmp_path / "other.csv", 1)
    workspace_of(program).open_files([other])
    assert room.work.sheet is not None
    assert room.work.sheet.rows[0].cells[0] == "钱七"
    program.window.messages.rows[0].press()
    qtbot.waitUntil(lambda: room.work.path == other and room.work.may_send, timeout=WAIT_MS)


def test_settings_that_are_not_saved_are_asked_about(program: Program, qtbot: QtBot) -> None:
    settings = workspace_of(program).settings
    program.window.show_room(RoomName.SETTINGS)
    qtbot.waitUntil(lambda: settings.form.kept.base_url != "", timeout=WAIT_MS)
    type_text(settings.tellers.name, "钱柜员")
    program.window.close()
    assert program.window.isVisible()
    assert "teller" in messages(program)
