"""The desktop's accessibility bus, private to a test: a session bus and the services that screen readers talk to."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from tests.e2e.accessible import WAIT_S, Accessible, connect

if TYPE_CHECKING:
    from types import TracebackType

    from jeepney.io.blocking import DBusConnection

STOP_LIMIT_S = 5.0
POLL_S = 0.05
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")

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


class AccessibilityBus:
    """Both buses; use it as a context manager. ``folder`` must have a short path, since sockets lie in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._processes: list[subprocess.Popen[str]] = []
        self._connection: DBusConnection | None = None
        self._session_address = ""

    def environment(self) -> dict[str, str]:
        """Variables that let a Qt program show itself on the bus."""
        return {"DBUS_SESSION_BUS_ADDRESS": self._session_address, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}

    def application(self, process_id: int) -> Accessible:
        """Return the root of a program once it has shown itself."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            for child in self._desktop().children:
                if child.process_id == process_id:
                    return child
            time.sleep(POLL_S)
        pytest.fail("the program does not show itself on the accessibility bus")

    def another_desktop(self) -> Accessible:
        """Return the root of all programs over a connection of its own, for another thread, which closes it."""
        return _desktop_over(connect(self._session_address))

    def _desktop(self) -> Accessible:
        if self._connection is None:
            self._connection = connect(self._session_address)
        return _desktop_over(self._connection)

    def __enter__(self) -> Self:
        launcher = next((path for path in LAUNCHERS if Path(path).exists()), None)
        if launcher is None:
            pytest.fail("missing: at-spi-bus-launcher: apt-get install at-spi2-core dbus-daemon")
        configuration = self._folder / "session.conf"
        configuration.write_text(BUS_CONFIGURATION.format(folder=self._folder), encoding="utf-8")
        bus = self._start("dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile", "--print-address")
        assert bus.stdout is not None
        with bus.stdout as output:
            self._session_address = output.readline().strip()
        self._start(launcher, "--launch-immediately", "--a11y=1")
        return self

    def _start(self, *command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if command[0] == "dbus-daemon" else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._environment | {"DBUS_SESSION_BUS_ADDRESS": self._session_address},
            text=True,
            # The launcher starts a bus and a registry of its own, which do not end with it.
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
        for process in reversed(self._processes):
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _desktop_over(connection: DBusConnection) -> Accessible:
    return Accessible(connection, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
