"""The rehearsal that the program starts tells it of signatures, and goes wrong where somebody wants to see that."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from PySide6.QtWidgets import QLabel

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flows.progress import signer_states
from esign_desktop.ui.widgets.actions import ActionName
from tests.app.test_track_in_the_window import Rig
from tests.sandbox.client import fetch
from tests.services.sandbox_platform import sign_at
from tests.ui.opened_urls import opened_urls

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.store.files.paths import AppPaths
    from tests.app.conftest import Start

WAIT_MS = 20_000


@pytest.fixture
def rig(start: Start, paths: AppPaths, tmp_path: Path, qtbot: QtBot) -> Rig:
    rig = Rig(start, tmp_path, qtbot)
    rig.wait((paths.data_dir / "sandbox" / "notify-url").exists)
    return rig


def console_of(rig: Rig) -> str:
    """Open the console from the menu; return its address."""
    action = rig.program.window.actions_by_name[ActionName.REHEARSAL]
    assert action.isVisible()
    with opened_urls("http") as urls:
        action.trigger()
    return urls[0].toString()


def press(address: str, **values: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert fetch("POST", address, urlencode(values).encode(), headers).status == 303


def test_a_failed_signature_is_told_with_the_reason_that_a_notice_alone_gives(rig: Rig) -> None:
    record = rig.send("张三")
    press(console_of(rig), action="signature", value="fails", reason="证书已过期")
    sign_at(record.signers[0].urls[0])
    rig.wait(lambda: rig.kept(record.flow_id).remark_of("") == "证书已过期")
    rig.wait(lambda: rig.kept(record.flow_id).status is FlowStatus.TERMINATED)
    (state,) = signer_states(rig.kept(record.flow_id))
    assert (state.has_stopped, state.remark) == (True, "证书已过期")
    rig.show_in_track(record)

    def shown() -> str:
        return "\n".join(one.text() for one in rig.workspace.track.findChildren(QLabel) if one.isVisible())

    rig.wait(lambda: "张三 failed to sign: 证书已过期" in shown())
    assert "1 contract released" in shown()


def test_the_console_is_offered_in_a_rehearsal_alone_which_tells_of_signatures_also_if_it_begins_later(
    start: Start, paths: AppPaths, qtbot: QtBot
) -> None:
    program = start()
    assert not program.window.actions_by_name[ActionName.REHEARSAL].isVisible()
    assert program.workspace is not None
    with qtbot.waitSignal(program.sandbox_ready, timeout=WAIT_MS):
        program.workspace.rehearsal_requested.emit()
    assert program.window.actions_by_name[ActionName.REHEARSAL].isVisible()
    address = paths.sandbox_dir / "notify-url"
    qtbot.waitUntil(lambda: address.exists() and address.read_text("ascii") != "", timeout=WAIT_MS)
