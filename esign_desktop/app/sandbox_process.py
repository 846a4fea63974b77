"""Run the rehearsal platform as a child process of the application."""

from __future__ import annotations

import json
import logging
import secrets
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.pdf.isolated.start import start_attached_process

if TYPE_CHECKING:
    from pathlib import Path

PROJECT_ID: Final = "rehearsal"
SERVE_WORD: Final = "--serve-sandbox"
"""The argument with which a packaged program, which has no separate interpreter, runs as the rehearsal platform."""
READY_S: Final = 30.0
_PORT_FILE: Final = "port"
_NOTIFY_FILE: Final = "notify-url"
STOP_S: Final = 5.0

_log = logging.getLogger(__name__)


class EmbeddedSandbox:
    """The process of the rehearsal platform. ``wait_ready`` blocks and must therefore be called on a worker thread."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        """Create the object without starting the process.

        ``folder`` contains the platform's data. ``arguments`` are added to the command line of the process.
        """
        self._folder = folder
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self.secret: Final = secrets.token_hex(16)
        self.console_url = ""
        """The URL of the console that simulates faults. It is empty until the platform is ready."""

    def start(self) -> None:
        """Start the rehearsal platform as a child process, which ends with this process.

        Raises StoreError if the child process cannot be started.
        """
        from esign_desktop.store.files.paths import make_private_dir

        make_private_dir(self._folder)
        secret_file = self._folder / "secret"
        secret_file.touch(0o600)
        secret_file.chmod(0o600)
        secret_file.write_text(self.secret, encoding="ascii")
        start = [sys.executable, SERVE_WORD] if getattr(sys, "frozen", False) else _module_command()
        self._process = start_attached_process(
            [
                *start,
                *("--project-id", PROJECT_ID),
                *("--secret-file", str(secret_file)),
                *("--data", str(self._folder / "platform")),
                *("--notify-file", str(self._folder / _NOTIFY_FILE)),
                *("--port", str(self._port_before())),
                "--exit-with-parent",
                *self._arguments,
            ]
        )

    def wait_ready(self) -> Environment:
        """Wait until the rehearsal platform accepts requests, and return its environment.

        Raises StoreError ``sandbox.not_started`` if the platform is not ready within ``READY_S`` seconds.
        """
        process = self._process
        if process is None or process.stdout is None:
            raise StoreError("sandbox.not_started", "not started")
        watchdog = threading.Timer(READY_S, process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            line = process.stdout.readline()
            ready = json.loads(line)
            base_url, self.console_url = ready["base_url"], ready.get("console_url", "")
            (self._folder / _PORT_FILE).write_text(str(int(ready["port"])), encoding="ascii")
        except (ValueError, KeyError, OSError) as error:
            raise StoreError("sandbox.not_started", type(error).__name__) from error
        finally:
            watchdog.cancel()
        _log.info("the rehearsal platform is ready")
        return Environment(EnvironmentKind.SANDBOX, base_url, PROJECT_ID)

    def send_notices_to(self, port: int | None) -> None:
        """Have the platform send its notices to a local port, or to no port if ``port`` is None.

        Raises StoreError if the address cannot be stored.
        """
        from esign_desktop.atomic_files import atomic_target

        address = "" if port is None else f"http://127.0.0.1:{port}/"
        try:
            with atomic_target(self._folder / _NOTIFY_FILE) as scratch:
                scratch.write_text(address, encoding="ascii")
        except OSError as error:
            raise disk_error(error) from error

    def _port_before(self) -> int:
        """Return the previous port if it is free, so that existing links stay valid, or 0 for any free port."""
        try:
            port = int((self._folder / _PORT_FILE).read_text(encoding="ascii"))
            with socket.socket() as probe:
                if sys.platform != "win32":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except (OSError, ValueError, OverflowError):
            return 0
        return port

    def stop(self) -> None:
        """Stop the child process, and wait for its end."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _module_command() -> list[str]:
    return [sys.executable, "-P", "-m", "esign_desktop.sandbox"]
