"""What stands in the place of the window when there is no data to work with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton

from esign_desktop.domain.errors import StoreError
from esign_desktop.ui.shell.manual import ManualWindow
from esign_desktop.ui.shell.start_problem import StartProblem

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot


def shown(problem: StartProblem) -> tuple[str, set[str]]:
    """All that is read, and the buttons that can be pressed."""
    problem.show()
    text = "\n".join(label.text() for label in problem.findChildren(QLabel))
    return text, {button.text() for button in problem.findChildren(QPushButton) if button.isVisible()}


def test_a_data_folder_on_a_share_is_named_and_not_opened(qtbot: QtBot) -> None:
    problem = StartProblem(StoreError("store.network_folder", "nfs4", kind="nfs4"), Path("/home/me/<b>esign</b>"))
    qtbot.addWidget(problem)
    text, buttons = shown(problem)
    assert "(nfs4)" in text
    assert "/home/me/<b>esign</b>" in text
    assert "--data-dir" in text
    assert "Use another folder…" in buttons
    assert "Open data folder" not in buttons


def test_other_problems_open_the_folder(qtbot: QtBot) -> None:
    problem = StartProblem(StoreError("store.damaged", "quick_check"), Path("/home/me/esign"))
    qtbot.addWidget(problem)
    text, buttons = shown(problem)
    assert "/home/me" not in text
    assert any("folder" in button.lower() for button in buttons)


def test_the_code_is_in_what_is_copied_and_not_in_the_window(qtbot: QtBot) -> None:
    problem = StartProblem(StoreError("store.damaged", "quick_check"), Path("/home/me/esign"))
    qtbot.addWidget(problem)
    text, _buttons = shown(problem)
    assert "store.damaged" not in text
    QApplication.clipboard().clear()
    next(one for one in problem.findChildren(QPushButton) if one.text() == "Copy technical details").click()
    assert QApplication.clipboard().text() == "store.damaged: quick_check"


def test_a_folder_that_no_program_opens_is_told_in_the_window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    problem = StartProblem(StoreError("store.damaged", "quick_check"), Path("/home/me/esign"))
    qtbot.addWidget(problem)
    text, _buttons = shown(problem)
    assert "No program on this computer" not in text
    next(one for one in problem.findChildren(QPushButton) if one.text() == "Open data folder").click()
    assert any("No program on this computer" in one.text() for one in problem.findChildren(QLabel) if one.isVisible())


def test_a_folder_that_cannot_be_written_to_is_named_and_another_one_offered(qtbot: QtBot, tmp_path: Path) -> None:
    problem = StartProblem(StoreError("store.unwritable", "EACCES"), Path("/home/me/esign"))
    qtbot.addWidget(problem)
    text, buttons = shown(problem)
    assert "/home/me/esign" in text
    assert "--data-dir" in text
    assert {"Try again", "Open data folder", "Use another folder…"} <= buttons
    next(one for one in problem.findChildren(QPushButton) if one.text() == "Use another folder…").click()
    dialog = problem.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(problem.folder_chosen) as chosen:
        dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    assert chosen.args == [tmp_path]


def test_f1_opens_the_manual_before_there_is_a_main_window(qtbot: QtBot) -> None:
    problem = StartProblem(StoreError("store.damaged", "quick_check"), Path("/home/me/esign"))
    qtbot.addWidget(problem)
    problem.show()
    problem.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is problem)
    QTest.keyClick(problem, Qt.Key.Key_F1)
    manual = problem.findChild(ManualWindow)
    assert manual is not None
    assert manual.isVisible()
    manual.reject()
