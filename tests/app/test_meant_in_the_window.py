"""Double clicks and held keys in the program's own window, with buttons that wait as they do for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.ui.prepare.drafts import DraftCard
from esign_desktop.ui.widgets.confirmation import Confirmation
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from tests.app.test_bulk_in_the_window import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from tests.app.conftest import Start

pytestmark = pytest.mark.unhurried

SIZES_PX = ((1280, 800), (1366, 768), (1920, 1080))
ROW_COUNT = 3
SETTLE_MS = 1500
"""In which contracts that were sent all the same would stand in the list."""
HELD_REPEATS = 40
REPEAT_MS = 30


@pytest.fixture
def program(start: Start) -> Iterator[Program]:
    yield start(with_sandbox=True)
    QToolTip.hideText()


def place_of(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def double_click(widget: QWidget) -> None:
    """Press twice on the window where the widget is, whatever is there at the second press."""
    handle = widget.window().windowHandle()
    assert handle is not None
    at = place_of(widget).center()
    QTest.mouseMove(handle, at - QPoint(6, 0))
    QTest.mouseMove(handle, at)
    QTest.mouseDClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def hold(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Hold a key down that is down already; its repeats are not marked as such, as over X they may be."""
    for _ in range(HELD_REPEATS):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyRelease(focus, key, modifiers)
        QTest.keyPress(focus, key, modifiers)
        qtbot.wait(REPEAT_MS)


def sent_count(program: Program) -> int:
    assert program.workspace is not None
    return len(program.workspace.services.flows.list())


@pytest.mark.nightly
@pytest.mark.parametrize("size", SIZES_PX)
def test_a_double_click_in_bulk_leads_to_the_sheet_that_confirms_and_sends_nothing(
    program: Program, tmp_path: Path, qtbot: QtBot, size: tuple[int, int]
) -> None:
    program.window.resize(*size)
    room = lay_out(program, tmp_path, ROW_COUNT, qtbot)
    leading = room.rows.foot.send_button
    before = place_of(leading)
    double_click(leading)
    qtbot.waitUntil(room.confirm.isVisible)
    assert not before.intersects(place_of(room.confirm.send_button))
    qtbot.wait(SETTLE_MS)
    assert room.confirm.isVisible()
    assert not room.work.is_running
    assert sent_count(program) == 0


def test_a_double_click_that_confirms_sends_each_row_once_and_does_nothing_to_what_comes_next(
    program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    room = lay_out(program, tmp_path, ROW_COUNT, qtbot)
    double_click(room.rows.foot.send_button)
    qtbot.waitUntil(lambda: room.confirm.send_button.press_guard.is_long_enough)
    double_click(room.confirm.send_button)
    qtbot.waitUntil(lambda: room.work.done_count == ROW_COUNT and not room.work.is_running, timeout=30_000)
    assert sent_count(program) == ROW_COUNT


def test_keys_that_are_held_down_lead_to_a_confirmation_and_no_further(
    program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    room = lay_out(program, tmp_path, ROW_COUNT, qtbot)
    room.rows.table.setFocus()
    QTest.keyClick(program.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(room.confirm.isVisible)
    qtbot.waitUntil(lambda: room.confirm.send_button.press_guard.is_long_enough)
    hold(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(room.confirm, Confirmation)
    assert room.confirm.isVisible()
    assert sent_count(program) == 0


def test_a_double_click_and_a_held_key_delete_no_draft_that_was_not_meant(program: Program, qtbot: QtBot) -> None:
    workspace = program.workspace
    assert workspace is not None
    drafts = workspace.services.drafts
    for _ in range(4):
        drafts.keep(ContractDraft.new())
    workspace.contract.show_drafts()

    def cards() -> list[DraftCard]:
        return [card for card in program.window.findChildren(DraftCard) if card.isVisible()]

    qtbot.waitUntil(lambda: len(cards()) == 4)
    first = cards()[0]
    (delete,) = first.findChildren(DeliberateButton)
    qtbot.waitUntil(lambda: delete.press_guard.is_long_enough)
    double_click(delete)
    qtbot.waitUntil(lambda: len(cards()) == 3)
    qtbot.wait(SETTLE_MS)
    assert len(drafts.list()) == 3
    card = cards()[0]
    card.setFocus()
    QTest.keyPress(card, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(cards()) == 2)
    hold(qtbot, Qt.Key.Key_Delete)
    assert len(drafts.list()) == 2
