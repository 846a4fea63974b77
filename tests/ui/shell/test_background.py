"""What is told of regular work that fails: each outage once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.ui.shell import background as module
from esign_desktop.ui.shell.background import Background

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner


class Days:
    """The writer of the day files, whose folder can be away."""

    is_wanted = True

    def __init__(self) -> None:
        self.failure: StoreError | None = None
        self.count = 0

    def write(self) -> int:
        self.count += 1
        if self.failure is not None:
            raise self.failure
        return 1


class Share:
    """A shared folder of presets, from which none was ever imported."""

    is_wanted = is_empty = True

    def __init__(self) -> None:
        self.failure: StoreError | None = None
        self.count = 0

    def refresh(self) -> int:
        self.count += 1
        if self.failure is not None:
            raise self.failure
        return 0


@pytest.fixture
def share() -> Share:
    return Share()


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def background(
    share: Share, days: Days, qtbot: QtBot, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Background]:
    monkeypatch.setattr(module, "SHARED_EVERY_MS", 10)
    monkeypatch.setattr(module, "DAYS_EVERY_MS", 10)
    services = SimpleNamespace(
        audit_seal=SimpleNamespace(is_sent=False),
        results=SimpleNamespace(is_wanted=False),
        shared_presets=share,
        days=days,
        contacts=SimpleNamespace(take_in=lambda: None),
        second_folder=SimpleNamespace(is_named=False),
    )
    window, parent = QWidget(), QObject()
    qtbot.addWidget(window)
    poller = cast("Any", None)
    yield Background(
        cast("Any", services), tasks, poller, window, may_speak=lambda: False, is_idle=lambda: True, parent=parent
    )
    tasks.stop()
    shiboken6.delete(parent)


def test_every_outage_of_the_shared_folder_is_told_once(background: Background, share: Share, qtbot: QtBot) -> None:
    told: list[AppError] = []
    background.failed.connect(told.append)

    def wait_for_refreshes(count: int) -> None:
        enough = share.count + count
        qtbot.waitUntil(lambda: share.count > enough)

    def wait_for_reports(count: int) -> None:
        qtbot.waitUntil(lambda: len(told) >= count)

    background.begin()
    for outage in (1, 2):
        share.failure = StoreError("presets.away")
        wait_for_reports(outage)
        wait_for_refreshes(5)
        assert [error.code for error in told] == ["policy.presets_away"] * outage
        share.failure = None
        wait_for_refreshes(5)


def test_every_outage_of_the_folder_of_days_is_told_once(background: Background, days: Days, qtbot: QtBot) -> None:
    told: list[AppError] = []
    background.failed.connect(told.append)
    background.begin()
    for outage in (1, 2):
        days.failure = StoreError("store.unwritable")
        before = days.count
        qtbot.waitUntil(lambda: days.count > before + 5 and len(told) >= outage)  # noqa: B023  waited for at once
        assert [error.code for error in told] == ["policy.days_away"] * outage
        days.failure = None
        before = days.count
        qtbot.waitUntil(lambda: days.count > before + 5)  # noqa: B023  waited for at once
