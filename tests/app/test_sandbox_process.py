from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app import sandbox_process as module
from esign_desktop.app.sandbox_process import PROJECT_ID, EmbeddedSandbox
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def test_child_serves_and_its_secret_is_on_no_command_line(tmp_path: Path) -> None:
    sandbox = EmbeddedSandbox(tmp_path)
    sandbox.start()
    try:
        environment = sandbox.wait_ready()
        assert environment.kind is EnvironmentKind.SANDBOX
        assert environment.project_id == PROJECT_ID
        assert environment.base_url.startswith("http://127.0.0.1:")
        process = sandbox._process  # noqa: SLF001
        assert process is not None
        assert sandbox.secret not in " ".join(str(word) for word in process.args)  # type: ignore[union-attr]
        if sys.platform != "win32":
            assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
        pid = process.pid
    finally:
        sandbox.stop()
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_child_that_does_not_start_is_an_error_with_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_module_command", lambda: [sys.executable, "-c", "pass", "--"])
    sandbox = EmbeddedSandbox(tmp_path)
    sandbox.start()
    try:
        with pytest.raises(StoreError) as told:
            sandbox.wait_ready()
        assert told.value.code == "sandbox.not_started"
    finally:
        sandbox.stop()


def test_child_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READY_S", 0.2)
    monkeypatch.setattr(module, "STOP_S", 0.2)
    monkeypatch.setattr(
        module, "_module_command", lambda: [sys.executable, "-c", "import threading; threading.Event().wait()", "--"]
    )
    sandbox = EmbeddedSandbox(tmp_path)
    sandbox.start()
    try:
        with pytest.raises(StoreError):
            sandbox.wait_ready()
    finally:
        sandbox.stop()


def test_links_of_the_last_rehearsal_still_lead_somewhere_after_a_restart(tmp_path: Path) -> None:
    addresses = []
    for _ in range(2):
        sandbox = EmbeddedSandbox(tmp_path)
        sandbox.start()
        addresses.append(sandbox.wait_ready().base_url)
        sandbox.stop()
    assert addresses[0] == addresses[1]


@pytest.mark.parametrize("kept", ["taken", "nonsense", "99999999"])
def test_a_port_that_cannot_be_had_again_gives_way_to_another(tmp_path: Path, kept: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        (tmp_path / "port").write_text(str(other.getsockname()[1]) if kept == "taken" else kept)
        sandbox = EmbeddedSandbox(tmp_path)
        sandbox.start()
        url = sandbox.wait_ready().base_url
        sandbox.stop()
    assert url.startswith("http://127.0.0.1:")
