"""A teller and a customer with a monitor each: from F2 to the signature with keys alone, and what a cable can do."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import QRect

from esign_desktop.app.self_test.qr_reading import read_qr_codes
from esign_desktop.domain.environment import Environment, EnvironmentKind
from tests.e2e.running_application import RunningApplication
from tests.e2e.test_main_job import sign_in_browser
from tests.e2e.texts import chinese
from tests.e2e.x_hands import XHands
from tests.services.counter_desk import ZHANG, CounterDesk
from tests.virtual_display import VirtualDisplay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.accessible import Accessible

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WAIT_S = 30.0
POLL_S = 0.1
TELLERS = QRect(0, 0, 1280, 800)
CUSTOMERS = QRect(1280, 0, 1024, 800)


@dataclass
class Monitors:
    """Two monitors on one private X server; the customer's has a cable."""

    display: VirtualDisplay

    def unplug(self) -> None:
        self._run("--delmonitor", "customer")

    def plug_in(self) -> None:
        self._run("--setmonitor", "customer", f"1024/270x800/211+{CUSTOMERS.x()}+0", "none")

    def plug_in_tellers(self) -> None:
        self._run("--setmonitor", "teller", "1280/338x800/211+0+0", "screen")

    def _run(self, *words: str) -> None:
        environment = os.environ | {"DISPLAY": self.display.name}
        subprocess.run(["xrandr", *words], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=WAIT_S)


@pytest.fixture
def display() -> Iterator[VirtualDisplay]:
    """A screen as wide as both monitors, with a window manager."""
    with VirtualDisplay(CUSTOMERS.right() + 1, CUSTOMERS.height()) as screen:
        environment = os.environ | screen.environment()
        monitors = Monitors(screen)
        monitors.plug_in_tellers()
        monitors.plug_in()
        with subprocess.Popen(
            ["openbox", "--sm-disable"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as manager:
            yield screen
            manager.terminate()


@pytest.fixture
def monitors(display: VirtualDisplay) -> Monitors:
    return Monitors(display)


@pytest.fixture
def application(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus
) -> Iterator[RunningApplication]:
    """The counter, with a contract on F2."""
    folder = tmp_path / "application"
    nowhere = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9/v3", "project")
    installation = CounterDesk(folder / "data", nowhere)
    preset = installation.make_preset(tmp_path / "form", name="借款合同")
    installation.presets.assign_key(preset.id, 2)
    installation.close()
    with RunningApplication(folder, display, accessibility_bus, "--counter") as running:
        yield running
        XHands(display).see().save(str(tmp_path / "last-seen.png"))


def codes_on(hands: XHands, monitor: QRect) -> tuple[str, ...]:
    return read_qr_codes(hands.see().copy(monitor))


def wait_for_codes(hands: XHands, monitor: QRect, count: int) -> tuple[str, ...]:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        codes = codes_on(hands, monitor)
        if len(codes) == count:
            return codes
        time.sleep(POLL_S)
    pytest.fail(f"there never were {count} codes on the monitor")


def refuse(url: str, reason: str) -> None:
    body = json.dumps({"token": urlsplit(url).path.rsplit("/", 1)[1], "reason": reason}).encode()
    request = urllib.request.Request(f"{url}/refuse", body, {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=WAIT_S) as response:
        assert response.status == 200


def serve(hands: XHands, window: Accessible) -> str:
    """From the preset's key to the code on the customer's monitor."""
    hands.press("F2")
    window.find("label", chinese("CounterWords", "send"))
    field = window.find("text")
    for delay_ms in (12, 80, 250):
        hands.press("ctrl+a", "BackSpace")
        hands.type(ZHANG, delay_ms)
        end = time.monotonic() + 2.0
        while field.text != ZHANG and time.monotonic() < end:
            time.sleep(POLL_S)
        if field.text == ZHANG:
            break
    hands.press("Return")
    (link,) = wait_for_codes(hands, CUSTOMERS, 1)
    return link


def test_the_customer_signs_off_their_own_monitor_and_the_desk_is_free_again(
    application: RunningApplication, hands: XHands, monitors: Monitors, tmp_path: Path
) -> None:
    window = application.window
    window.find("label", chinese("PresetKeys", "Contracts"))
    window.find("label", chinese("EnvironmentWords", "Rehearsal"))
    assert codes_on(hands, CUSTOMERS) == ()

    link = serve(hands, window)
    assert wait_for_codes(hands, TELLERS, 1) == (link,)
    sign_in_browser(link, tmp_path / "profile")
    window.find("label", chinese("CustomerDisplay", "Signed. Thank you!"))
    window.find("label", chinese("CounterWords", "Signed"))
    assert codes_on(hands, CUSTOMERS) == ()
    window.find("label", chinese("CounterWords", "send"))

    link = serve(hands, window)
    monitors.unplug()
    window.find("label", chinese("CounterWindow", "The customer's screen is not there"))
    assert wait_for_codes(hands, TELLERS, 1) == (link,)
    assert window.all("label", chinese("CustomerDisplay", "Please scan the code to read and sign")) == []
    monitors.plug_in()
    assert wait_for_codes(hands, CUSTOMERS, 1) == (link,)

    hands.press("ctrl+l")
    wait_for_codes(hands, CUSTOMERS, 0)
    wait_for_codes(hands, TELLERS, 0)
    hands.press("ctrl+l")
    wait_for_codes(hands, CUSTOMERS, 1)

    hands.press("F12")
    window.find("label", chinese("CounterWords", "Waiting for the signature"))
    end = time.monotonic() + WAIT_S
    while codes_on(hands, CUSTOMERS) in {(), (link,)} and time.monotonic() < end:
        time.sleep(POLL_S)
    (renewed,) = wait_for_codes(hands, CUSTOMERS, 1)
    refuse(renewed, "金额不对")
    window.find("label", chinese("CounterWords", "The reason given: {reason}", reason="金额不对"))
    window.find("label", chinese("CustomerDisplay", "Please ask at the desk"))
    hands.press("Return")

    serve(hands, window)
    hands.press("Escape", "Escape")
    wait_for_codes(hands, CUSTOMERS, 0)
    window.find("label", chinese("CounterWords", "send"))
    hands.press("F11")
    window.find("push button", chinese("SignersPanel", "Person"))
    hands.press("ctrl+q")
    assert application.wait_for_end() == 0
    # A reader that asks for what has just gone is told so, and that is no complaint of the program.
    complaints = [line for line in application.complaints.splitlines() if not line.startswith("qt.accessibility.atspi")]
    assert complaints == []
