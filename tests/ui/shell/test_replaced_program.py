from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from esign_desktop.ui.shell.replaced_program import ReplacedProgram
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.widgets.notice_bar import MessageLevel, Messages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[TaskRunner]:
    runner = TaskRunner()
    yield runner
    runner.stop()


@pytest.fixture
def messages(qtbot: QtBot) -> Messages:
    made = Messages()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "esign-desktop"
    path.write_bytes(b"old")
    return path


def come_back(qapp: QApplication) -> None:
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)


def upgrade(program: Path) -> None:
    """Replace the file as package managers do."""
    new = program.with_suffix(".dpkg-new")
    new.write_bytes(b"new")
    new.replace(program)


def test_an_upgrade_is_told_once_when_somebody_comes_back(
    qapp: QApplication, qtbot: QtBot, tasks: TaskRunner, messages: Messages, program: Path
) -> None:
    ReplacedProgram(program, tasks, messages, messages)
    upgrade(program)
    come_back(qapp)
    qtbot.waitUntil(lambda: len(messages.rows) == 1)
    assert messages.rows[0].level is MessageLevel.WARNING
    assert "restart the program" in messages.rows[0].remedy
    messages.clear(messages.rows[0].title)
    come_back(qapp)
    wait_for_store(tasks, messages, qtbot)
    assert not messages.rows


def test_a_removal_is_told_too(
    qapp: QApplication, qtbot: QtBot, tasks: TaskRunner, messages: Messages, program: Path
) -> None:
    ReplacedProgram(program, tasks, messages, messages)
    program.unlink()
    come_back(qapp)
    qtbot.waitUntil(lambda: len(messages.rows) == 1)


def test_nothing_is_said_of_a_file_that_is_still_the_same(
    qapp: QApplication, qtbot: QtBot, tasks: TaskRunner, messages: Messages, program: Path
) -> None:
    ReplacedProgram(program, tasks, messages, messages)
    os.utime(program, ns=(1, program.stat().st_mtime_ns))
    come_back(qapp)
    wait_for_store(tasks, messages, qtbot)
    assert not messages.rows


def wait_for_store(tasks: TaskRunner, owner: Messages, qtbot: QtBot) -> None:
    """Wait until all that was asked for before has been answered."""
    answers: list[None] = []
    tasks.start(lambda: None, owner=owner, on_done=answers.append)
    qtbot.waitUntil(lambda: bool(answers))
