from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app import single_instance as module
from esign_desktop.app.single_instance import (
    MOST_BYTES,
    HandedOver,
    InstanceServer,
    hand_over,
    read_message,
    server_name,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_files_reach_the_first_instance(qtbot: QtBot, tmp_path: Path) -> None:
    server = InstanceServer(tmp_path)
    files = [tmp_path / "合同.pdf", tmp_path / "b c.pdf"]
    with qtbot.waitSignal(server.received, timeout=5_000) as received:
        assert hand_over(tmp_path, files)
    assert received.args == [HandedOver(tuple(files))]
    server.close()


def test_start_without_files_brings_the_window_forward(qtbot: QtBot, tmp_path: Path) -> None:
    server = InstanceServer(tmp_path)
    with qtbot.waitSignal(server.received, timeout=5_000) as received:
        assert hand_over(tmp_path, [])
    assert received.args == [HandedOver()]
    server.close()


def test_nobody_listening_is_noticed(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.3)
    assert not hand_over(tmp_path, [])


def test_data_folders_have_instances_of_their_own(tmp_path: Path) -> None:
    assert server_name(tmp_path / "a") != server_name(tmp_path / "b")


def test_name_lies_in_the_private_runtime_folder(tmp_path: Path, isolated_home: Path) -> None:
    assert Path(server_name(tmp_path)).parent == isolated_home / "run"


@pytest.mark.parametrize(
    "data", [b"", b"nonsense", b"{}", b"[1]", b"\xff\xfe", json.dumps({"files": [1]}).encode(), b'["/a.pdf"]']
)
def test_message_of_another_kind_is_ignored(data: bytes) -> None:
    assert read_message(data) is None


def test_path_that_can_be_none_is_left_out() -> None:
    assert read_message(json.dumps({"files": ["/a.pdf", "", "/b\0.pdf"]}).encode()) == HandedOver((Path("/a.pdf"),))


def test_endless_message_is_cut_off(qtbot: QtBot, tmp_path: Path) -> None:
    from PySide6.QtNetwork import QLocalSocket

    server = InstanceServer(tmp_path)
    received: list[object] = []
    server.received.connect(received.append)
    socket = QLocalSocket()
    socket.connectToServer(server_name(tmp_path))
    assert socket.waitForConnected(2000)
    socket.write(b"[" + b" " * (MOST_BYTES + 10))
    qtbot.waitUntil(lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    assert received == []
    server.close()
