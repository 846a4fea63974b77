from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app import ipc as module
from esign_desktop.app.ipc import (
    MOST_BYTES,
    HandedOver,
    InstanceServer,
    hand_over,
    hand_over_customer,
    read_message,
    server_name,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

STRANGER = """
import os, socket, sys
os.setgid(65534)
os.setuid(65534)
ours = socket.socket(socket.AF_UNIX)
ours.settimeout(5)
ours.connect(sys.argv[1])
try:
    ours.sendall(b'{"files": ["/etc/passwd"]}')
    print("closed" if ours.recv(1) == b"" else "heard")
except (BrokenPipeError, ConnectionResetError):
    print("closed")
"""

CALLER = """
import sys
from pathlib import Path
from esign_desktop.app.ipc import hand_over_customer
print(hand_over_customer(Path(sys.argv[1]), '{"name": "张三"}'.encode()))
"""


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


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Windows end with their process")
def test_a_socket_that_a_crash_left_behind_is_replaced(qtbot: QtBot, tmp_path: Path) -> None:
    name = server_name(tmp_path)
    assert name is not None
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(name)
    assert Path(name).is_socket()
    server = InstanceServer(tmp_path)
    with qtbot.waitSignal(server.received, timeout=5_000):
        assert hand_over(tmp_path, [])
    server.close()


def test_a_customer_is_handed_over_and_the_answer_returned(qtbot: QtBot, tmp_path: Path) -> None:
    server = InstanceServer(tmp_path)
    customers: list[bytes | None] = []

    def answer(handed: HandedOver) -> None:
        customers.append(handed.customer)
        handed.answer('{"handover": "queued"}')
        # Another answer is not heard.
        handed.answer('{"handover": "shown"}')

    server.received.connect(answer)
    words = [sys.executable, "-c", CALLER, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as caller:
        qtbot.waitUntil(lambda: caller.poll() is not None, timeout=20_000)
        assert caller.stdout is not None
        assert caller.stdout.read() == '{"handover": "queued"}\n'
    assert customers == ['{"name": "张三"}'.encode()]
    server.close()


def test_a_program_that_does_not_answer_is_not_waited_for_without_end(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_S", 0.3)
    server = InstanceServer(tmp_path)
    line: list[str | None] = []
    caller = threading.Thread(target=lambda: line.append(hand_over_customer(tmp_path, b"{}")))
    caller.start()
    qtbot.waitUntil(lambda: bool(line), timeout=5_000)
    caller.join()
    assert line == [""]
    server.close()


def test_nobody_listening_is_noticed(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.3)
    assert not hand_over(tmp_path, [])


def test_data_folders_have_instances_of_their_own(tmp_path: Path) -> None:
    assert server_name(tmp_path / "a") != server_name(tmp_path / "b")


def test_name_lies_in_the_private_runtime_folder(tmp_path: Path, isolated_home: Path) -> None:
    name = server_name(tmp_path)
    assert name is not None
    assert Path(name).parent == isolated_home / "run"


@pytest.mark.parametrize("runtime", ["none", "open to others", "a link"])
def test_without_a_private_runtime_folder_a_private_one_is_made(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: str
) -> None:
    # The path of a socket has to be short.
    shared = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    if runtime == "none":
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    elif runtime == "a link":
        (tmp_path / "link").symlink_to(folder)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "link"))
    else:
        folder.chmod(0o755)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    server = InstanceServer(tmp_path)
    (own,) = shared.iterdir()
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    (listening,) = own.iterdir()
    assert listening.is_socket()
    assert list(folder.iterdir()) == []
    with qtbot.waitSignal(server.received, timeout=5_000) as received:
        assert hand_over(tmp_path, [tmp_path / "a.pdf"])
    assert received.args == [HandedOver((tmp_path / "a.pdf",))]
    server.close()
    shutil.rmtree(shared)


def test_a_folder_that_somebody_else_put_there_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Path(tempfile.mkdtemp(dir="/tmp"))
    data = shared / "data"
    data.mkdir(mode=0o700)
    (shared / f"esign-desktop-{os.getuid()}").mkdir(mode=0o777)
    (shared / f"esign-desktop-{os.getuid()}").chmod(0o777)
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    name = server_name(data)
    assert name is not None
    assert Path(name).parent == data
    data.chmod(0o755)
    assert server_name(data) is None
    assert not hand_over(data, [])
    InstanceServer(data).close()
    shutil.rmtree(shared)


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root can become somebody else")
def test_another_user_is_neither_believed_nor_told(qtbot: QtBot, tmp_path: Path) -> None:
    """Even where the socket was left open to everybody."""
    server = InstanceServer(tmp_path)
    name = server_name(tmp_path)
    assert name is not None
    # A socket can be renamed on its own file system only; both folders are open to every user.
    is_in_memory = Path(name).stat().st_dev == Path("/dev/shm").stat().st_dev  # noqa: S108
    moved = Path(tempfile.mkdtemp(dir="/dev/shm" if is_in_memory else "/tmp")) / "socket"  # noqa: S108
    Path(name).rename(moved)
    moved.parent.chmod(0o755)
    moved.chmod(0o666)
    received: list[object] = []
    server.received.connect(received.append)
    with subprocess.Popen([sys.executable, "-c", STRANGER, str(moved)], stdout=subprocess.PIPE) as stranger:
        qtbot.waitUntil(lambda: stranger.poll() is not None, timeout=10_000)
        assert stranger.stdout is not None
        assert stranger.stdout.read().strip() == b"closed"
    qtbot.wait(100)
    assert received == []
    moved.unlink()
    moved.parent.rmdir()
    server.close()


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
    socket.connectToServer(server_name(tmp_path) or "")
    assert socket.waitForConnected(2000)
    socket.write(b"[" + b" " * (MOST_BYTES + 10))
    qtbot.waitUntil(lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    assert received == []
    server.close()
