"""A signature is told of in whatever room, without Track being opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from esign_desktop.services.flows.polling import PollingLimits
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.commands import FlowCommands
from tests.app.test_desk_while_sending import Bench, platform
from tests.services.desk import make_contract, person_signer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Start
    from tests.services.sandbox_platform import SandboxPlatform

__all__ = ["platform"]

QUICK = PollingLimits(per_flow_s=0.3, watched_s=0.1, between_any_s=0.02)


def test_a_signature_is_told_in_the_status_bar_while_somebody_prepares_another_contract(
    start: Start, platform: SandboxPlatform, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign_desktop.services.flows.polling.PollingSchedule.__init__.__defaults__", (QUICK,))
    bench = Bench(start(), platform, tmp_path / "papers", qtbot)
    services = bench.workspace.services
    signers = (person_signer("王小明"), person_signer("李四", step=2))
    outcome = services.submission.send(
        make_contract(tmp_path / "paper", signers=signers), services.environments.current()
    )
    assert outcome.flow_id is not None
    platform.sign(next(iter(outcome.links.values()))[0])

    def news() -> list[QPushButton]:
        buttons = bench.window.status_line.findChildren(QPushButton)
        return [one for one in buttons if one.isVisible() and one.text().startswith("王小明 signed")]

    bench.wait(news)
    QTest.mouseClick(news()[0], Qt.MouseButton.LeftButton)
    assert bench.window.room is RoomName.TRACK
    commands = bench.workspace.track.findChild(FlowCommands)
    assert commands is not None
    bench.wait(lambda: commands.chosen is not None and commands.chosen.flow_id == outcome.flow_id)
    assert news() == []
