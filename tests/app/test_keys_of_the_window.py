"""Keys that work wherever in the main window the keyboard is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.shell.palette import CommandPalette
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
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
