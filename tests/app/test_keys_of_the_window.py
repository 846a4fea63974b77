"""Keys that work wherever in the main window the keyboard is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.shell.palette import CommandPalette
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.table import FlowTable
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.ui.made_pdfs import write_text_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.ui.prepare.signers.panel import SignersPanel
    from tests.app.conftest import Start

pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)


@pytest.fixture
def program(start: Start, qtbot: QtBot) -> Program:
    started = start(language="zh_CN")
    started.window.activateWindow()
    return started


def _signers(program: Program) -> SignersPanel:
    assert program.workspace is not None
    return program.workspace.prepare.signers


def _button(parent: QWidget, text: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text)


def _press_enter_on(qtbot: QtBot, button: QPushButton) -> None:
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    qtbot.keyClick(button, Qt.Key.Key_Return)


def test_enter_presses_the_button_that_has_the_keyboard(program: Program, qtbot: QtBot) -> None:
    signers = _signers(program)
    signers.add_person()
    form = signers.findChild(SignerForm)
    assert form is not None
    assert form.isVisible()
    type_text(form.findChildren(QLineEdit)[1], "张三")
    _press_enter_on(qtbot, _button(form, "取消"))
    assert not form.isVisible()
    assert not program.workspace.session.draft.signers  # type: ignore[union-attr]  # see _signers


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("typed", "title"), [("个人", "添加个人"), ("企业", "添加企业")], ids=["person", "organization"]
)
def test_the_list_of_commands_adds_who_signs_from_any_room(
    program: Program, qtbot: QtBot, typed: str, title: str
) -> None:
    program.window.show_room(RoomName.SETTINGS)
    program.window.actions_by_name[ActionName.COMMANDS].trigger()
    palette = program.window.findChild(CommandPalette)
    assert palette is not None
    line = palette.findChild(QLineEdit)
    type_text(line, typed)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    signers = _signers(program)
    qtbot.waitUntil(lambda: any(form.isVisible() for form in signers.findChildren(SignerForm)))
    assert title in [label.text() for label in signers.findChildren(PlainLabel) if label.isVisible()]


def test_ctrl_f_and_ctrl_g_find_in_the_contract_and_are_free_again_in_track(
    program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    workspace = program.workspace
    assert workspace is not None
    bar, view = workspace.prepare.canvas.find_bar, workspace.prepare.canvas.view
    control = Qt.KeyboardModifier.ControlModifier
    with qtbot.waitActive(program.window):
        program.window.activateWindow()
    qtbot.keyClick(program.window, Qt.Key.Key_F, control)
    assert bar.isHidden()
    workspace.open_files([write_text_pdf(tmp_path / "合同.pdf", [["第一页"], ["第二页"], ["押金"]])])
    qtbot.waitUntil(lambda: view.hasFocus() and view.current_page is not None, timeout=20_000)
    qtbot.keyClick(program.window, Qt.Key.Key_F, control)
    qtbot.waitUntil(bar.search.hasFocus)
    type_text(bar.search, "押金")
    qtbot.waitUntil(lambda: bar.result.text() == "1/1", timeout=20_000)
    assert 3 in [slot.page_number for slot in view.slots_in_view]
    qtbot.keyClick(program.window, Qt.Key.Key_G, control)
    qtbot.waitUntil(bar.page.hasFocus)
    qtbot.keyClicks(bar.page, "2")
    qtbot.keyClick(bar.page, Qt.Key.Key_Return)
    assert view.current_page is not None
    assert view.current_page[1] == 2
    assert bar.isHidden()
    program.window.show_room(RoomName.TRACK)
    table = workspace.track.findChild(FlowTable)
    assert table is not None
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    qtbot.keyClick(table, Qt.Key.Key_F, control)
    qtbot.waitUntil(lambda: isinstance(program.window.focusWidget(), QLineEdit))
    assert bar.isHidden()
