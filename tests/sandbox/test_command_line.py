"""The program says when it is ready, and ends when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.client import PROJECT_ID, SECRET, Client, coordinate, fetch
from tests.sandbox.pages import blank_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_S = 20


@contextmanager
def running(tmp_path: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    (tmp_path / "secret").write_text(SECRET + "\n", "utf-8")
    command = [
        *(sys.executable, "-m", "esign_desktop.sandbox", "--project-id", PROJECT_ID, "--port", "0"),
        *("--secret-file", str(tmp_path / "secret"), "--data", str(tmp_path / "data"), *more),
    ]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_ready_line_names_the_address_and_calls_work(tmp_path: Path) -> None:
    with running(tmp_path) as (process, ready):
        assert ready == {
            "ready": True,
            "base_url": f"http://127.0.0.1:{ready['port']}/opentreaty/rest/v3.0",
            "port": ready["port"],
            "console_url": ready["console_url"],
        }
        assert len(Client(ready["base_url"]).person()) == 32
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=WAIT_S)
        assert (process.returncode, out, err) == (0, "", "")


def test_it_ends_with_its_parents_pipe_when_so_started(tmp_path: Path) -> None:
    with running(tmp_path, "--exit-with-parent") as (process, _):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(WAIT_S) == 0


def test_public_url_is_what_others_are_told(tmp_path: Path) -> None:
    with running(tmp_path, "--public-url", "http://192.168.1.5:8000/") as (_, ready):
        assert ready["base_url"] == "http://192.168.1.5:8000/opentreaty/rest/v3.0"
        local = f"http://127.0.0.1:{ready['port']}"
        assert fetch("GET", local + "/healthz").status == 200
        client = Client(local + "/opentreaty/rest/v3.0")
        assert client.announce(b"x")["uploadUrl"].startswith("http://192.168.1.5:8000/storage/upload/")


def test_a_notice_is_tried_again_after_the_chosen_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as application:
        application.settimeout(WAIT_S)
        address = f"http://127.0.0.1:{application.getsockname()[1]}/"
        more = ("--notify-url", address, "--notice-interval", "0.1", "--signs-by-itself")
        with running(tmp_path, *more) as (_, ready):
            client = Client(ready["base_url"])
            doc_id = client.document(blank_pdf())
            client.start([doc_id], [{"accountId": client.person(), "docPosList": [coordinate(doc_id)]}])
            for _ in range(3):
                application.accept()[0].close()


@pytest.mark.parametrize("secret", [None, " \n"])
def test_missing_secret_is_said_on_one_line(tmp_path: Path, secret: str | None) -> None:
    if secret is not None:
        (tmp_path / "secret").write_text(secret, "utf-8")
    command = [sys.executable, "-m", "esign_desktop.sandbox", "--project-id", "1"]
    result = subprocess.run(
        [*command, "--secret-file", str(tmp_path / "secret"), "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_S,
    )
    assert result.returncode == 2
    assert result.stderr.startswith("sandbox: ")
    assert "Traceback" not in result.stderr


def test_taken_port_is_said_on_one_line(tmp_path: Path) -> None:
    with running(tmp_path) as (_, ready):
        command = [sys.executable, "-m", "esign_desktop.sandbox", "--project-id", "1"]
        options = ["--secret-file", str(tmp_path / "secret"), "--data", str(tmp_path / "other")]
        result = subprocess.run(
            [*command, *options, "--port", str(ready["port"])],
            capture_output=True,
            text=True,
            check=False,
            timeout=WAIT_S,
            env=os.environ | {"LC_ALL": "C"},
        )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
