from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
import shiboken6
from PySide6.QtCore import QObject

from esign_desktop.domain.errors import ApiError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.track.auto_download import AutoDownload
from esign_desktop.ui.widgets.tray import Tray
from tests.ui.flow_samples import FakeEnvironments, FakeFlows, make_flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

OPEN = make_flow(name="loan", title="借款\u202e合同")
DONE = replace(OPEN, status=FlowStatus.COMPLETED)


class Rig:
    def __init__(self, tasks: TaskRunner, folder: Path, parent: QObject) -> None:
        self.flows = FakeFlows(OPEN)
        self.environments = FakeEnvironments()
        self.preferences = self
        self.downloads_by_itself = True
        self.downloads_since_ms = 0
        self.download_folder = folder
        self.told: list[tuple[str, str]] = []
        self.errors: list[object] = []
        self.poller = FlowPoller(cast("Any", self.flows), cast("Any", self.environments), tasks, parent)
        self.auto = AutoDownload(cast("Any", self), tasks, self.poller, cast("Tray", self), parent)
        self.auto.failed.connect(self.errors.append)

    def notify(self, title: str, text: str) -> bool:
        self.told.append((title, text))
        return True


@pytest.fixture
def rig(tasks: TaskRunner, tmp_path: Path, speak: Callable[[str], None]) -> Iterator[Rig]:
    speak("en")
    parent = QObject()
    yield Rig(tasks, tmp_path, parent)
    tasks.wait_idle()
    shiboken6.delete(parent)


def test_files_come_by_themselves_when_everybody_has_signed(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.flows.answers = [DONE]
    rig.auto.reload()
    qtbot.waitUntil(lambda: bool(rig.told))
    assert rig.flows.records[OPEN.flow_id].downloaded_to == (str(tmp_path / "合同.pdf"),)
    assert rig.told == [("Completed", "“借款合同 – 张三”: the signed files have been downloaded to this computer.")]
    rig.poller.announce(rig.flows.records[OPEN.flow_id])
    assert rig.flows.calls.count("download loan") == 1


def test_files_of_what_was_signed_meanwhile_come_at_the_start(rig: Rig, qtbot: QtBot) -> None:
    rig.flows.records[DONE.flow_id] = DONE
    rig.auto.reload()
    qtbot.waitUntil(lambda: "download loan" in rig.flows.calls)


def test_nothing_comes_where_it_is_not_wanted(rig: Rig, qtbot: QtBot, tasks: TaskRunner) -> None:
    rig.auto.reload()
    qtbot.waitUntil(lambda: rig.auto.is_on)
    rig.downloads_by_itself = False
    rig.auto.reload()
    qtbot.waitUntil(lambda: not rig.auto.is_on)
    rig.poller.announce(DONE)
    assert tasks.wait_idle()
    assert "download loan" not in rig.flows.calls


def test_a_download_that_fails_is_told_once_and_holds_nothing_up(rig: Rig, qtbot: QtBot) -> None:
    other = make_flow(name="other", status=FlowStatus.COMPLETED)
    rig.flows.records |= {DONE.flow_id: DONE, other.flow_id: other}
    rig.flows.failure = ApiError("api.download_failed")
    rig.auto.reload()
    qtbot.waitUntil(lambda: len(rig.errors) == 2)
    rig.poller.announce(DONE)
    assert rig.flows.calls.count("download loan") == 1


def test_nothing_is_said_while_somebody_else_looks(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    icon = "esign_desktop.ui.widgets.tray.QSystemTrayIcon"
    for can in ("isSystemTrayAvailable", "supportsMessages"):
        monkeypatch.setattr(f"{icon}.{can}", lambda: True)
    monkeypatch.setattr(f"{icon}.show", lambda _icon: None)
    monkeypatch.setattr(f"{icon}.showMessage", lambda _icon, _title, text: said.append(text))
    may_speak = [True]
    tray = Tray(may_speak=lambda: may_speak[0])
    assert tray.notify("title", "first")
    may_speak[0] = False
    assert not tray.notify("title", "second")
    assert said == ["first"]


def test_without_a_tray_nothing_is_said(qtbot: QtBot) -> None:
    assert not Tray().notify("title", "text")
