"""A real Secret Service (gnome-keyring) on a D-Bus of its own, to be locked, frozen and stopped at will."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

START_LIMIT_S = 60.0
STOP_LIMIT_S = 5.0
POLL_S = 0.01

BUS_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class SecretService:
    """The service in ``folder``, whose path has to be short; use it as a context manager.

    It comes up unlocked, with an empty default collection.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bus: subprocess.Popen[str] | None = None
        self._daemon: subprocess.Popen[bytes] | None = None
        self._bus_address = ""

    def environment(self) -> dict[str, str]:
        """Variables that lead a program to this service."""
        return {
            "DBUS_SESSION_BUS_ADDRESS": self._bus_address,
            "HOME": str(self._folder / "home"),
            "XDG_DATA_HOME": str(self._folder / "data"),
            "XDG_RUNTIME_DIR": str(self._folder / "run"),
        }

    def lock(self) -> None:
        """Lock the default collection, as the desktop does when its owner walks away."""
        import secretstorage

        with closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_default_collection(connection).lock()

    def freeze(self) -> None:
        """Let the daemon answer nothing more."""
        self._running_daemon().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen daemon go on."""
        self._running_daemon().send_signal(signal.SIGCONT)

    def _running_daemon(self) -> subprocess.Popen[bytes]:
        assert self._daemon is not None, "the service has not been started"
        return self._daemon

    def __enter__(self) -> Self:
        missing = [name for name in ("dbus-daemon", "dbus-send", "gnome-keyring-daemon") if not shutil.which(name)]
        if missing:
            pytest.fail(f"missing: {', '.join(missing)}: apt-get install dbus-daemon dbus-bin gnome-keyring")
        for name in ("data", "home", "run"):
            (self._folder / name).mkdir(mode=0o700)
        try:
            self._start_bus()
            self._start_daemon()
            self._await_collection()
        except BaseException:
            self._stop()
            raise
        return self

    def _start_bus(self) -> None:
        configuration = self._folder / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(folder=self._folder), encoding="utf-8")
        self._bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile", "--print-address=1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._bus.stdout is not None
        with self._bus.stdout as output:
            self._bus_address = output.readline().strip()

    def _start_daemon(self) -> None:
        surroundings = {name: value for name, value in os.environ.items() if name != "GNOME_KEYRING_CONTROL"}
        with (self._folder / "daemon.log").open("wb") as log:
            self._daemon = subprocess.Popen(
                ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=surroundings | self.environment(),
            )
        assert self._daemon.stdin is not None
        with self._daemon.stdin as password:
            password.write(b"made-up password")

    def _await_collection(self) -> None:
        question = [
            *("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets"),
            *("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.ReadAlias", "string:login"),
        ]
        end = time.monotonic() + START_LIMIT_S
        while time.monotonic() < end:
            answer = subprocess.run(
                question, env=os.environ | self.environment(), capture_output=True, text=True, check=False
            )
            if "/collection/" in answer.stdout:
                return
            time.sleep(POLL_S)
        pytest.fail("gnome-keyring did not come up: " + (self._folder / "daemon.log").read_text(encoding="utf-8"))

    def _stop(self) -> None:
        for process in (self._daemon, self._bus):
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
