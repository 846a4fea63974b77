"""The status bar of the window: in Prepare, it is the bar of the room, too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QListWidget, QPushButton

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError
from esign_desktop.domain.flow import FlowId
from esign_desktop.ui.environment_watch import EnvironmentState
from esign_desktop.ui.prepare.problems import ProblemList
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.shell.rail import RoomName
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.ui.prepare.problems import ProblemsBar
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.shell.status import StatusLine
    from tests.app.conftest import Start

WAIT_MS = 20_000
NOTEBOOK_150 = (911, 512)
"""1366 × 768 at 150 %."""


class Bench:
    """The window with a contract that lacks its signers."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.program = program
        self.qtbot = qtbot
        workspace = program.workspace
        assert workspace is not None
        self.workspace = workspace
        qtbot.waitUntil(lambda: bool(workspace.session.draft.documents) and self.bar.isVisible(), timeout=WAIT_MS)
        # The rehearsal isn't started for these tests, which is found out after the environment was read.
        qtbot.waitUntil(lambda: bool(workspace.environment.state and workspace.environment.state.missing))
        self.line.show_environment(EnvironmentState(Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1")))
        qtbot.waitUntil(lambda: workspace.draft_controller.autosave.is_clean, timeout=WAIT_MS)

    @property
    def line(self) -> StatusLine:
        return self.program.window.status_line

    @property
    def room(self) -> PrepareRoom:
        return self.workspace.prepare

    @property
    def bar(self) -> ProblemsBar:
        return self.room.problems_bar

    def resize(self, width_px: int, height_px: int) -> None:
        self.program.window.resize(width_px, height_px)
        self.settle()

    def settle(self) -> None:
        """Let all layouts follow what has changed."""
        for _ in range(3):
            QApplication.processEvents()

    def texts(self) -> list[str]:
        """Return the texts that the line shows, apart from those of the buttons."""
        return [one.text() for one in self.line.findChildren(QLabel) if one.isVisible() and one.text()]

    def place(self, button: QAbstractButton) -> QRect:
        return QRect(button.mapTo(self.line, QPoint()), button.size())


@pytest.fixture
def bench(start: Start, qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(start(write_text_pdf(tmp_path / "A.pdf", [["合同"], ["第一条"]])), qtbot)


def test_the_only_bar_at_the_bottom_has_the_rooms_sentence_and_button(bench: Bench) -> None:
    sentence = bench.bar.sentence
    assert sentence
    assert bench.texts().count(sentence) == 1
    assert bench.line.isAncestorOf(bench.bar.send_button)
    assert bench.bar.send_button.isVisible()
    bench.program.window.show_room(RoomName.TRACK)
    assert not bench.bar.isVisible()
    assert not bench.bar.send_button.isVisible()
    assert sentence not in bench.texts()
    bench.program.window.show_room(RoomName.PREPARE)
    assert sentence in bench.texts()


def test_the_button_leaves_the_bar_when_an_overlay_covers_the_contract(bench: Bench) -> None:
    overlay, height_px = QPushButton("overlay"), bench.line.height()
    bench.room.show_overlay(overlay)
    assert not bench.bar.send_button.isVisible()
    assert bench.line.height() == height_px, "the room would be resized twice on return"
    bench.room.close_overlay(overlay)
    assert bench.bar.send_button.isVisible()


def test_keys_of_the_room_work_with_the_focus_in_its_bar(bench: Bench) -> None:
    button = bench.bar.send_button
    shown: list[object] = []
    bench.bar.problem_activated.connect(shown.append)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_F8)
    assert len(shown) == 1
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(shown) == 2
    button.setFocus()
    bench.room.state.set_tool(ToolName.SELECT)
    QTest.keyClick(button, Qt.Key.Key_K)
    assert bench.room.state.tool is ToolName.KEYWORD


def test_tab_leads_from_the_environment_over_the_number_of_problems_to_the_button(bench: Bench) -> None:
    bench.bar.send_button.setFocus()
    behind = []
    for _ in range(2):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        focused = QApplication.focusWidget()
        assert isinstance(focused, QAbstractButton)
        behind.append(focused.objectName() or focused.text())
    assert behind[0].endswith("to do")
    assert behind[1] == "environmentChip"


@pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
def test_the_list_of_problems_opens_above_the_bar_and_leads_to_each(bench: Bench) -> None:
    shown: list[object] = []
    bench.bar.problem_activated.connect(shown.append)
    bench.bar.open_list()
    (listed,) = bench.bar.findChildren(ProblemList)
    (rows,) = listed.findChildren(QListWidget)
    assert rows.count() == len(bench.room.problems())
    assert listed.geometry().bottom() <= bench.line.mapToGlobal(QPoint()).y()
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert shown == [bench.room.problems()[0]]
    assert not listed.isVisible()


def test_on_a_small_screen_the_sentence_is_elided_and_no_button_is_cut(bench: Bench) -> None:
    bench.line.show_news("李样 has signed “合同”", FlowId("flow"))
    bench.line.show_copies("Not backed up since 2026-01-05 16:00", "The folder can't be found.")
    bench.line.show_trouble(ApiError("api.no_network"))
    bench.resize(*NOTEBOOK_150)
    bar = bench.bar
    bar.show_problems((), bench.workspace.session.draft)
    bench.settle()
    assert bar.send_button.text().startswith("Review and send")
    for button in bench.line.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.width() >= button.minimumSizeHint().width(), button.text()
            assert bench.line.rect().contains(bench.place(button)), button.text()
    (sentence,) = bar.findChildren(QLabel)
    assert bar.sentence in sentence.toolTip().replace("&#x27;", "'")


def test_what_is_transient_yields_to_the_sentence_first(bench: Bench) -> None:
    bench.line.show_news("李样 has signed “合同”", FlowId("flow"))
    bench.line.show_trouble(None)
    bench.resize(1600, 740)
    assert _transient(bench) == {"news", "saved"}
    gone: list[str] = []
    for width_px in range(1600, 880, -8):
        bench.resize(width_px, 740)
        gone += sorted({"news", "saved"} - _transient(bench) - set(gone))
    assert gone == ["saved", "news"][: len(gone)]
    bench.bar.show_trouble("x" * 200)
    bench.bar.show_problems((), bench.workspace.session.draft)
    bench.settle()
    assert not _transient(bench)
    bench.line.show_saved(is_saved=True, has_failed=True)
    assert "Draft not saved" in bench.texts(), "an error never yields"


def test_the_trouble_of_the_network_is_the_sentence_of_a_contract_that_is_ready(bench: Bench) -> None:
    bench.resize(1900, 740)
    lacking, before = bench.bar.sentence, bench.texts()
    bench.line.show_trouble(ApiError("api.no_network"))
    (trouble,) = (text for text in bench.texts() if text not in before)
    assert bench.bar.sentence == lacking
    bench.bar.show_problems((), bench.workspace.session.draft)
    bench.settle()
    assert bench.bar.sentence == trouble
    assert bench.texts().count(trouble) == 1
    bench.line.show_trouble(None)
    assert bench.bar.sentence.startswith("Everything is ready")


@pytest.fixture
def proposed(start: Start, qtbot: QtBot, tmp_path: Path) -> Bench:
    pages = [["合同", "甲方：示例银行", "乙方：李样"], ["双方签署如下：", "甲方（盖章）：", "乙方（签字）："]]
    bench = Bench(start(write_text_pdf(tmp_path / "合同.pdf", pages)), qtbot)
    qtbot.waitUntil(bench.bar.proposals.isVisible, timeout=WAIT_MS)
    return bench


def test_proposals_are_the_sentence_until_the_user_has_decided(proposed: Bench) -> None:
    bar = proposed.bar
    assert bar.sentence == bar.proposals.text
    assert not bar.send_button.isVisible()
    proposed.resize(*NOTEBOOK_150)
    (sentence,) = bar.findChildren(QLabel)
    assert sentence.text() == "Found: 2 signers, 3 seal positions"
    assert sentence.accessibleName() == bar.proposals.text
    for button in proposed.line.findChildren(QAbstractButton):
        assert not button.isVisible() or button.width() >= button.minimumSizeHint().width(), button.text()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert not bar.proposals.isVisible()
    assert bar.send_button.isVisible()
    assert bar.sentence == "The contract has no signers."


def test_a_complete_contract_can_be_sent_without_a_decision_about_the_proposals(proposed: Bench) -> None:
    bar, draft = proposed.bar, proposed.workspace.session.draft
    problems = proposed.room.problems()
    bar.show_problems((), draft)
    assert bar.send_button.isVisible()
    assert not bar.proposals.isVisible()
    assert bar.sentence.startswith("Everything is ready")
    bar.show_problems(problems, draft)
    assert bar.proposals.isVisible()
    assert not bar.send_button.isVisible()


def test_a_double_click_on_accept_all_does_not_press_the_button_that_takes_its_place(proposed: Bench) -> None:
    bar = proposed.bar
    shown: list[object] = []
    bar.problem_activated.connect(shown.append)
    bar.send_requested.connect(partial(shown.append, "send"))
    accept = next(one for one in bar.proposals.findChildren(QPushButton) if one.objectName() == "primary")
    window = proposed.program.window
    place = accept.mapTo(window, QPoint(accept.width() - 4, accept.height() // 2))
    QTest.mouseDClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)
    proposed.settle()
    assert len(proposed.workspace.session.draft.signers) == 2
    hit = window.childAt(place)
    assert hit is bar.send_button or hit is bar.buttons, "the test is about the button in this place"
    assert not shown


def _transient(bench: Bench) -> set[str]:
    """Return which of the texts that may yield are shown."""
    news = any("has signed" in one.text() and one.isVisible() for one in bench.line.findChildren(QPushButton))
    saved = "Draft saved" in bench.texts()
    return {name for name, is_shown in (("news", news), ("saved", saved)) if is_shown}
