"""The program starts, and ends when it is asked to, while a screen reader reads all of it again and again.

Widgets come and go quickest in a start, and Qt answers the reader between any two of them. ``make test`` does so twice,
``make nightly`` four times, ``STARTS=300`` so often; every second time with a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.override import override
from tests.e2e.accessible import Gone
from tests.e2e.texts import chinese
from tests.tiers import daily

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.accessible import Accessible
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(24 * 3600)]

STARTS: Final = int(os.environ.get("STARTS", "4"))
END_S: Final = 60.0


class Reader(threading.Thread):
    """Reads name, role and states of whatever a program shows, from its first moment until ``stop``."""

    def __init__(self, bus: AccessibilityBus, process_id: int) -> None:
        super().__init__(daemon=True)
        self._bus = bus
        self._process_id = process_id
        self._is_stopped = threading.Event()
        self.read_count = 0

    def stop(self) -> None:
        self._is_stopped.set()
        self.join(END_S)
        assert not self.is_alive()

    @override
    def run(self) -> None:
        desktop = self._bus.another_desktop()
        with closing(desktop.connection):
            while not self._is_stopped.is_set():
                for program in desktop.children:
                    try:
                        if program.process_id == self._process_id:
                            self._read_all_of(program)
                    except Gone:
                        # The program, or what was being read of it.
                        continue

    def _read_all_of(self, program: Accessible) -> None:
        for one in program.walk():
            if self._is_stopped.is_set():
                return
            try:
                _read = one.name, one.description, one.role, one.states
            except Gone:
                continue
            self.read_count += 1


@pytest.mark.parametrize("starts", daily([2], [2, STARTS]))
def test_every_start_stands_and_ends_as_asked_under_a_screen_reader(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, contract: Path, starts: int
) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"LANG", "LANGUAGE"}}
    # Qt warns of each question about a widget that has just gone.
    environment |= {"LC_ALL": "C.UTF-8", "QT_LOGGING_RULES": "qt.accessibility.atspi.warning=false"}
    environment |= display.environment() | accessibility_bus.environment()
    ended: list[str] = []
    for number in range(starts):
        # Every second time with a file, every third one anew.
        words = ["--data-dir", str(tmp_path / f"data-{number // 3}"), *([str(contract)] if number % 2 else [])]
        process = subprocess.Popen(
            [sys.executable, "-m", "esign_desktop", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        reader = Reader(accessibility_bus, process.pid)
        reader.start()
        try:
            window = accessibility_bus.application(process.pid)
            window.find("check box", chinese("Actions", "Prepare"))
            if number % 2:
                window.find("label", contract.stem)
            assert reader.read_count > 0
            window.all("menu item", chinese("Actions", "&Quit"), is_showing=False)[0].press()
            _, complaints = process.communicate(timeout=END_S)
        finally:
            process.kill()
            process.wait()
            reader.stop()
        if process.returncode != 0 or complaints:
            ended.append(f"start {number + 1}: status {process.returncode} {complaints}")
    assert ended == []
    logs = [path.read_text("utf-8") for path in tmp_path.glob("data-*/logs/*") if path.is_file()]
    assert len(logs) >= starts // 3
    assert [log for log in logs if "unexpected failure" in log] == []
