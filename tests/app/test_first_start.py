"""Somebody who knows nothing starts the program, and sends a contract in the rehearsal by what can be seen alone."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from esign_desktop.app.sandbox_process import EmbeddedSandbox
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.signer import role_of
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from tests.app.conftest import Start

WAIT_MS = 30_000
MOST_S = 60.0
DRAWN_MS = 400


class Beginner:
    """Presses only what is on the screen, nothing lies over and can be pressed; each press and key is one action."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        assert program.workspace is not None
        self.program, self.workspace, self._qtbot = program, program.workspace, qtbot
        self.actions: list[str] = []
        # As a small notebook shows it: 1366 × 768, less a taskbar and a title.
        program.window.resize(1366, 700)

    def wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT_MS)

    def sees(self, text: str) -> bool:
        return any(text in one.text() and self._is_seen(one) for one in self.program.window.findChildren(QLabel))

    def press(self, text: str) -> None:
        self.wait(lambda: self._button(text) is not None)
        button = self._button(text)
        assert button is not None
        self.actions.append(text)
        # A press right after something has changed under the pointer is not taken for meant.
        QTest.qWait(DRAWN_MS)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())

    def press_page(self, across: float, down: float) -> None:
        viewport = self.workspace.prepare.canvas.view.viewport()
        place = QPoint(round(viewport.width() * across), round(viewport.height() * down))
        assert self._is_uncovered(viewport, place)
        before = len(self.workspace.session.draft.placements)
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        self.wait(lambda: len(self.workspace.session.draft.placements) > before)

    def _button(self, text: str) -> QAbstractButton | None:
        for button in self.program.window.findChildren(QAbstractButton):
            if button.text().startswith(text) and button.isEnabled() and self._is_seen(button):
                return button
        return None

    def _is_seen(self, widget: QWidget) -> bool:
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            return False
        return self._is_uncovered(widget, widget.rect().center())

    def _is_uncovered(self, widget: QWidget, place: QPoint) -> bool:
        window = self.program.window
        top = window.childAt(widget.mapTo(window, place))
        return top is not None and (top is widget or widget.isAncestorOf(top))


@pytest.fixture
def beginner(start: Start, qtbot: QtBot) -> Beginner:
    beginner = Beginner(start(), qtbot)
    beginner.wait(lambda: beginner.workspace.environment.state is not None)
    return beginner


def test_a_rehearsal_contract_is_sent_within_a_minute_by_what_is_seen(beginner: Beginner) -> None:
    window, begun_s = beginner.program.window, time.monotonic()
    beginner.press("Start rehearsal")
    beginner.wait(lambda: beginner.sees("The rehearsal is running"))
    beginner.press("Open sample contract")
    beginner.wait(lambda: beginner.sees("wo fictitious parties are ready"))
    beginner.press("Add both")
    beginner.wait(lambda: beginner.sees("Seal positions found"))
    beginner.press("Accept all (Enter)")
    beginner.wait(lambda: beginner.sees("Review the contract before"))
    beginner.press("Review and send")
    beginner.wait(lambda: beginner.sees("then send"))
    beginner.press("Send now")
    beginner.wait(lambda: beginner.sees("You have sent your first contract"))
    assert [*beginner.actions, "Track"] == manual_steps("en", r"\*([^*]+)\*")
    assert time.monotonic() - begun_s < MOST_S
    assert beginner.sees("Track your contracts here")
    beginner.press("Track")
    beginner.wait(lambda: window.room is RoomName.TRACK and not beginner.sees("Track your contracts here"))
    beginner.press("Use a real account…")
    beginner.wait(lambda: beginner.sees("You need an account on"))
    assert window.room is RoomName.SETTINGS
    # Shown once, and not the next time.
    preferences = beginner.workspace.services.preferences
    beginner.wait(lambda: preferences.first_steps == frozenset())


@pytest.mark.nightly
def test_the_first_minute_goes_as_the_chinese_manual_says(start: Start, qtbot: QtBot) -> None:
    beginner = Beginner(start(language="zh_CN"), qtbot)
    for text in manual_steps("zh", "“([^”]+)”"):
        beginner.press(text)
    beginner.wait(lambda: beginner.program.window.room is RoomName.TRACK)
    beginner.wait(lambda: len(beginner.workspace.services.flows.rows().rows) == 1)


def manual_steps(language: str, quoted: str) -> list[str]:
    """What the manual's first page has one press, in its numbered steps."""
    page = (REPOSITORY / "docs" / "manual" / language / "index.md").read_text("utf-8")
    steps = re.findall(r"^\d\. .*?(?=^\d\. |\n\n)", page, re.MULTILINE | re.DOTALL)
    return [text for step in steps for text in re.findall(quoted, step)]


@pytest.mark.nightly
def test_what_the_sample_proposes_may_be_taken_before_its_parties_are_added(beginner: Beginner) -> None:
    for text in ("Start rehearsal", "Open sample contract", "Accept all (Enter)"):
        beginner.press(text)
    beginner.wait(lambda: beginner.sees("wo fictitious parties are ready"))
    beginner.press("Add both")
    beginner.wait(lambda: beginner.sees("Review the contract before"))
    company, person = beginner.workspace.session.draft.signers
    assert [role_of(company), role_of(person)] == ["甲方", "乙方"]
    assert len(beginner.workspace.session.draft.placements) == 3


@pytest.mark.nightly
def test_a_hint_is_put_away_by_a_press_for_good_and_all_come_back_from_help(beginner: Beginner) -> None:
    window = beginner.program.window
    beginner.press("Start rehearsal")
    beginner.wait(lambda: beginner.sees("The rehearsal is running"))
    beginner.press("Open sample contract")
    beginner.press("Got it")
    beginner.wait(lambda: not beginner.sees("wo fictitious parties are ready"))
    beginner.wait(lambda: "signer" not in (beginner.workspace.services.preferences.first_steps or ()))
    window.actions_by_name[ActionName.FIRST_STEPS].trigger()
    beginner.wait(lambda: beginner.sees("wo fictitious parties are ready"))
    window.show_room(RoomName.TRACK)
    beginner.wait(lambda: not beginner.sees("wo fictitious parties are ready"))


@pytest.mark.nightly
def test_seals_are_placed_by_hand_where_nothing_is_taken_that_was_found(beginner: Beginner) -> None:
    for text in ("Start rehearsal", "Open sample contract", "Add both", "Not now"):
        beginner.press(text)
    beginner.wait(lambda: beginner.sees("Each signer needs a seal"))
    beginner.press_page(0.6, 0.7)
    QTest.keyClick(beginner.workspace.prepare.canvas.view, Qt.Key.Key_1)
    beginner.press_page(0.4, 0.7)
    beginner.wait(lambda: beginner.sees("Review the contract before"))


def test_with_a_real_account_nothing_begins_by_itself(start: Start, qtbot: QtBot) -> None:
    program = start()
    assert program.workspace is not None
    program.workspace.services.environments.choose(EnvironmentKind.TEST)
    program.stop()
    beginner = Beginner(start(), qtbot)
    state = beginner.workspace.environment
    beginner.wait(lambda: state.state is not None and bool(state.state.missing))
    assert not beginner.program.has_rehearsal
    assert not beginner.sees("Try it without an account")
    beginner.program.window.show_room(RoomName.SETTINGS)
    beginner.workspace.settings.show_kind(EnvironmentKind.SANDBOX)
    beginner.press("Start rehearsal")
    beginner.wait(lambda: state.kind is EnvironmentKind.SANDBOX and state.state is not None and state.state.is_ready)
    beginner.wait(lambda: beginner.workspace.settings.form.use.text() == "In use")


@pytest.mark.nightly
def test_a_rehearsal_that_does_not_start_says_so_and_can_be_started_again(
    beginner: Beginner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_sandbox: EmbeddedSandbox) -> None:
        raise StoreError("sandbox.not_started")

    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedSandbox, "start", fail)
        beginner.press("Start rehearsal")
        beginner.wait(lambda: beginner.sees("The rehearsal platform couldn't be started."))
    beginner.press("Start rehearsal")
    beginner.wait(lambda: beginner.sees("The rehearsal is running"))


@pytest.mark.nightly
def test_the_parties_of_the_sample_are_ready_also_where_the_program_was_started_in_a_rehearsal(
    start: Start, qtbot: QtBot
) -> None:
    beginner = Beginner(start(with_sandbox=True), qtbot)
    beginner.wait(lambda: beginner.sees("The rehearsal is running"))
    for text in ("Open sample contract", "Accept all (Enter)", "Add both"):
        beginner.press(text)
    beginner.wait(lambda: beginner.sees("Review the contract before"))
