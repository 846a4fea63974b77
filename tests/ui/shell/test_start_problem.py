"""What stands in the place of the window when there is no data to work with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QPushButton

from esign_desktop.domain.errors import StoreError
from esign_desktop.ui.shell.start_problem import StartProblem

if TYPE_CHECKING:
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
    assert not any("folder" in button.lower() for button in buttons)


def test_other_problems_open_the_folder(qtbot: QtBot) -> None:
    problem = StartProblem(StoreError("store.damaged", "quick_check"), Path("/home/me/esign"))
    qtbot.addWidget(problem)
    text, buttons = shown(problem)
    assert "/home/me" not in text
    assert any("folder" in button.lower() for button in buttons)
