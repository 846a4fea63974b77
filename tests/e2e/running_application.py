"""The real application in a real window on a private display, with its rehearsal platform."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import pytest

from tests.e2e.accessible import Gone

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.accessible import Accessible
    from tests.virtual_display import VirtualDisplay

STOP_S = 15.0
POLL_S = 0.05


class RunningApplication:
    """Started by ``with``; ``window`` is what the accessibility bus tells of it."""

    def __init__(
        self,
        folder: Path,
        display: VirtualDisplay,
        bus: AccessibilityBus,
        *words: Path | str,
        locale: str = "C.UTF-8",
    ) -> None:
        self._folder = folder
        self._words = words
        # Qt takes the language from these, and Chinese where none is said.
        environment = {name: value for name, value in os.environ.items() if name not in {"LANG", "LANGUAGE", "LC_ALL"}}
        self._environment = environment | {"LC_ALL": locale} | display.environment() | bus.environment()
        self._bus = bus
        self._process: subprocess.Popen[bytes] | None = None
        self._window: Accessible | None = None

    @property
    def window(self) -> Accessible:
        assert self._window is not None
        return self._window

    @property
    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def root(self) -> Path:
        """Below which the application keeps everything."""
        return self._folder / "data"

    @property
    def complaints(self) -> str:
        """What the application wrote to stderr, without Qt's words about tests.

        Qt says when a test asked for a widget that had just gone, or was too busy to hear of a key.
        """
        of_tests = ("qt.accessibility.atspi", "QSpiApplication::keyEventError")
        lines = (self._folder / "stderr").read_text("utf-8").splitlines()
        return "\n".join(line for line in lines if not line.startswith(of_tests))

    def await_restart(self) -> None:
        """Wait until the application that shows itself is another one in the same process."""
        former = self.window
        end = time.monotonic() + STOP_S
        while self.window.bus_name == former.bus_name:
            assert time.monotonic() < end, "the application does not restart"
            time.sleep(POLL_S)
            # What has just ended may still be listed.
            with suppress(Gone):
                self._window = self._bus.application(self.process_id)

    def wait_for_end(self) -> int:
        """Return the exit status once its window was closed."""
        assert self._process is not None
        return self._process.wait(STOP_S)

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "esign_desktop", "--sandbox", "--data-dir", str(self._folder / "data")]
        with (self._folder / "stderr").open("wb") as errors:
            self._process = subprocess.Popen(
                [*command, *map(str, self._words)],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        try:
            self._window = self._bus.application(self._process.pid)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                pytest.fail("the application does not end")
