from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.ui.environment_watch import EnvironmentState
from esign_desktop.ui.shell.status import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (EnvironmentState(Environment(EnvironmentKind.SANDBOX, ""), "environment.no_address"), "isn't running"),
        (EnvironmentState(Environment(EnvironmentKind.TEST, ""), "environment.no_address"), "has no address"),
        (EnvironmentState(Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:8000")), "nothing has legal effect"),
    ],
)
def test_a_first_start_is_told_what_to_do(
    qtbot: QtBot, speak: Callable[[str], None], state: EnvironmentState, sentence: str
) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_environment(state)
    assert any(sentence in label.text() for label in line.findChildren(QLabel))


def test_what_could_not_be_saved_is_never_called_saved(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    told = []
    for is_saved, has_failed in ((True, False), (False, False), (False, True), (True, True), (True, False)):
        line.show_saved(is_saved=is_saved, has_failed=has_failed)
        told.append(_shown_look(line, "Draft", "Saving"))
    saved, unsaved = ("Draft saved", "hint"), ("Draft not saved", "alarm")
    assert told == [saved, ("Saving…", "hint"), unsaved, unsaved, saved]


def test_a_preset_is_not_called_a_draft(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    told = []
    for is_saved in (True, False):
        line.show_saved(is_saved=is_saved, is_preset=True)
        told.append(_shown_look(line, "No changes", "Changes"))
    assert told == [("No changes", "hint"), ("Changes not saved", "hint")]


def _shown_look(line: StatusLine, *begins: str) -> tuple[str, str]:
    return next((one.text(), one.objectName()) for one in line.findChildren(QLabel) if one.text().startswith(begins))
