from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.ui.shell.crash_reports import CrashReports
from esign_desktop.ui.shell.report_dialog import ReportDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

SECRET_TEXT = "张示例 11010119900307123X"


@pytest.fixture
def crashes(qtbot: QtBot, speak: Callable[[str], None]) -> Iterator[CrashReports]:
    reports = CrashReports(Path("logs"))
    reports.install()
    yield reports
    reports.uninstall()
    for dialog in dialogs():
        dialog.reject()


def dialogs() -> list[ReportDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, ReportDialog) and one.isVisible()]


def fail() -> None:
    try:
        raise KeyError(SECRET_TEXT)
    except KeyError as error:
        raise RuntimeError(SECRET_TEXT) from error


def crash() -> None:
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_report_names_places_and_kinds_but_nothing_personal(crashes: CrashReports, qtbot: QtBot) -> None:
    crash()
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    text = dialogs()[0].text
    assert "test_crash_reports" in text
    assert " fail" in text
    assert "KeyError" in text
    assert "RuntimeError" in text
    assert "张示例" not in text
    assert "1101" not in text


def test_contract_is_saved_before_anything_else(crashes: CrashReports, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    saved: list[str] = []

    def flush(on_done: Callable[[AppError | None], None]) -> None:
        saved.append("saved")
        on_done(None)

    crashes.attend(window, flush)
    crash()
    qtbot.waitUntil(lambda: saved == ["saved"])
    assert dialogs()[0]._safe.text() == "Your contract has been saved."  # noqa: SLF001


def test_dialog_says_when_the_contract_could_not_be_saved(crashes: CrashReports, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    crashes.attend(window, lambda on_done: on_done(StoreError("store.disk_full")))
    crash()
    qtbot.waitUntil(lambda: bool(dialogs()))
    assert "couldn't be saved" in dialogs()[0]._safe.text()  # noqa: SLF001


def test_mistake_in_a_thread_is_reported_too(crashes: CrashReports, qtbot: QtBot) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(dialogs()) == 1)


def test_same_mistake_again_opens_no_second_window(crashes: CrashReports, qtbot: QtBot) -> None:
    for _ in range(3):
        crash()
    qtbot.waitUntil(lambda: bool(dialogs()))
    assert len(dialogs()) == 1
    assert dialogs()[0].text.count("RuntimeError") == 1
