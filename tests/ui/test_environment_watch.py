from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.environment_watch import EnvironmentWatch
from esign_desktop.ui.shell.status import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

EARLIER = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:8001", "1111563657")


def test_a_send_of_an_ended_rehearsal_does_not_claim_that_it_runs(
    tmp_path: Path, tasks: TaskRunner, qtbot: QtBot, speak: Callable[[str], None]
) -> None:
    speak("en")
    database = Database(tmp_path / "esign.db")
    database.open()
    environments = EnvironmentService(Settings(database), SecretStore())
    watch, line = EnvironmentWatch(environments, tasks), StatusLine()
    qtbot.addWidget(line)
    watch.shown_changed.connect(line.show_environment)

    def says(text: str) -> bool:
        return any(text in label.text() for label in line.findChildren(QLabel))

    owner = QObject()
    watch.show_for(owner, EARLIER)
    qtbot.waitUntil(lambda: says("The rehearsal isn't running."), timeout=10_000)
    environments.use_for_session(EARLIER, "0" * 32)
    watch.reload()
    qtbot.waitUntil(lambda: says("nothing has legal effect"), timeout=10_000)
    tasks.wait_idle()
    environments.close()
    database.close()
