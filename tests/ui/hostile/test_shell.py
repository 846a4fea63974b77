"""The shell: settings, status line, rail, and the report of a mistake."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, StoreError
from esign_desktop.services.backup.service import BackupStatus
from esign_desktop.services.counter.brand import BrandService
from esign_desktop.services.counter.pin import CounterPin
from esign_desktop.services.counter.tellers import MAX_NAME_CHARACTERS, Teller
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.services.erasure.service import KnownPerson
from esign_desktop.services.preferences import Preferences
from esign_desktop.store.backup.second_folder import Computer
from esign_desktop.store.database.connection import Database
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.environment_watch import EnvironmentState
from esign_desktop.ui.people.forgetting import ForgetSheet
from esign_desktop.ui.settings.room import SettingsRoom
from esign_desktop.ui.shell.report_dialog import ReportDialog
from esign_desktop.ui.shell.start_problem import StartProblem
from esign_desktop.ui.shell.status import StatusLine
from esign_desktop.ui.text.traceback import report_text
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.drafts import NOW_MS

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.hostile.conftest import Look


def test_the_settings(
    text: str, tmp_path: Path, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot, no_secret_service: None
) -> None:
    database = Database(tmp_path / "esign.db")
    database.open()
    settings = Settings(database)
    environments = EnvironmentService(settings, SecretStore())
    storable = text.encode("utf-8", "replace").decode()[:2000]
    environments.save(Environment(EnvironmentKind.OWN, f"https://{storable}", storable, f"http://{storable}"))
    preferences = Preferences(settings)
    brand = BrandService(settings, tmp_path / "brand")
    computers = tuple(Computer(one, text, NOW_MS, tmp_path) for one in ("a", "b"))
    services: Any = SimpleNamespace(
        environments=environments,
        preferences=preferences,
        sent_forms=SimpleNamespace(remembers=True, count=lambda: 1),
        brand=brand,
        pin=CounterPin(settings, clock_ms=lambda: NOW_MS),
        tellers=SimpleNamespace(
            list=lambda: (Teller("one", text[:MAX_NAME_CHARACTERS]),),
            are_by_administrator=False,
            is_first_by_administrator=False,
            are_wanted=False,
        ),
        second_folder=SimpleNamespace(
            status=lambda: BackupStatus(text, text, behind_since_ms=NOW_MS),
            restorer=lambda: SimpleNamespace(computers=lambda _: computers),
        ),
    )
    messages = Messages()
    qtbot.addWidget(messages)
    room = SettingsRoom(services, tasks, messages)
    qtbot.addWidget(room)
    room.resize(1000, 700)
    room.show()
    room.activated()
    room.show_kind(EnvironmentKind.OWN)
    assert room.copies is not None
    room.copies.set_source(tmp_path)
    qtbot.waitUntil(tasks.wait_idle)
    for index in range(room.sections.count() - 1):
        room.sections.setCurrentIndex(index)
        look_in_both_languages(room)
    assert room.width() == 1000
    environments.close()
    database.close()


def test_who_is_to_be_forgotten(text: str, look_in_both_languages: Look, qtbot: QtBot) -> None:
    sheet = ForgetSheet(KnownPerson(text, ("one",), text[:30], NOW_MS))
    sheet.show()
    sheet.show_refusal(StoreError("store.failed", text))
    look_in_both_languages(sheet)
    with qtbot.waitSignal(sheet.destroyed):
        sheet.close()


def test_the_report_of_a_mistake(text: str, tmp_path: Path, look_in_both_languages: Look, qtbot: QtBot) -> None:
    try:
        raise ValueError(text)
    except ValueError as error:
        report = report_text(error)
    dialog = ReportDialog(tmp_path)
    qtbot.addWidget(dialog)
    dialog.add(report)
    dialog.add(text)
    dialog.show_saved(is_saved=False)
    dialog.show()
    look_in_both_languages(dialog)


def test_why_the_program_can_not_start(text: str, tmp_path: Path, look_in_both_languages: Look, qtbot: QtBot) -> None:
    for code in ("store.damaged", "store.failed", "unheard.of"):
        problem = StartProblem(StoreError(code, text, path=text, name=text), tmp_path)
        qtbot.addWidget(problem)
        problem.show()
        look_in_both_languages(problem)
        problem.hide()


def test_the_status_line(text: str, look_in_both_languages: Look, qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.resize(1000, 28)
    line.show()
    line.show_environment(EnvironmentState(Environment(EnvironmentKind.OWN, f"https://{text}", text)))
    line.show_trouble(ApiError("api.refused", text, err_code=1, msg=text))
    look_in_both_languages(line)
    assert line.width() == 1000
