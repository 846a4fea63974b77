"""The counter: the teller's window through a day, and the shift sheet."""

from __future__ import annotations

import json
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.driver import sign_on_page
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.widgets.deliberate import moment_ms
from tests.pictures.counter_presets import keep_named_preset, keep_presets
from tests.pictures.fixed_world import NOW_MS, turn_clock
from tests.pictures.office import Office, office

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget

    from esign_desktop.ui.counter.window import CounterWindow
    from tests.pictures.studio import Studio

SIZE_PX: Final = (1366, 768)
_ASIDE: Final = (1900, 1190)
ZHANG: Final = "张三 110101199003078515 13800000000"
_LI: Final = "李四 110101195001010017 13900000000"
_WANG: Final = "王五 110101195101014015 13700000000"
_ZHAO: Final = "赵六 110101195101018032 13600000000"
_PIN: Final = "314159"
_VALIDITY_MS: Final = 31 * 60_000
_WATCH_MS: Final = 150


def play(studio: Studio) -> None:
    """Serve customers, well and badly."""
    with (
        patch("esign_desktop.ui.counter.controller.WATCH_MS", _WATCH_MS),
        patch("esign_desktop.ui.counter.window.SIGNED_FOR_MS", 600_000),
        at_the_counter(studio, "counter") as (here, window),
    ):
        _serve_well(studio, here, window)
        _find_again(studio, here, window)
        _serve_badly(studio, here, window)
        _wait_for_confirmation(studio, here, window)
        _sheet(studio, window)
        _serve_without_network(studio, here, window)
    with at_the_counter(studio, "handed over") as (here, window):
        _take_handed(studio, here, window)
    with at_the_counter(studio, "named-counter", keep=keep_named_preset) as (_here, window):
        press(window, Qt.Key.Key_F2)
        driver.rest(500)
        studio.take("counter-names", window)


def _take_handed(studio: Studio, here: Office, window: CounterWindow) -> None:
    """Two customers of another program at once, which can't be told what becomes of them."""
    for name, number in (("张三", "110101199003078515"), ("李四", "110101195001010017")):
        window.queue.take(HandedCustomer(name, number, preset_key=2))
    here.workspace.background.results_reported.emit(InputError("results.failed", "store.disk_full"))
    driver.wait_until("the first one is laid out", lambda: window.line.text and window.head.waiting)
    driver.rest(500)
    studio.take("counter-handed-over", window)


@contextmanager
def at_the_counter(
    studio: Studio, name: str, *, keep: Callable[[Office], None] = keep_presets
) -> Iterator[tuple[Office, CounterWindow]]:
    """Open the counter of an installation with the presets that ``keep`` makes."""
    QCursor.setPos(*_ASIDE)
    with office(studio, name) as here:
        keep(here)
        here.workspace.counter.open()
        driver.wait_until("the counter opens", lambda: here.workspace.counter.window)
        window = here.workspace.counter.window
        assert window is not None
        driver.wait_until("it fills the screen", window.isVisible)
        window.showNormal()
        window.fit(window.size())
        window.resize(*SIZE_PX)
        window.placing.close()
        window.placing.open()
        driver.wait_until("the presets are there", lambda: window.preset_keys.texts)
        driver.rest(200)
        yield here, window


def _serve_well(studio: Studio, here: Office, window: CounterWindow) -> None:
    studio.take("counter-idle", window)
    press(window, Qt.Key.Key_F2)
    _await(window, CounterState.READY)
    studio.take("counter-ready", window)
    _type(window, ZHANG)
    driver.rest(500)
    studio.take("counter-customer", window)
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.SHOWING)
    driver.rest(500)
    studio.take("counter-code", window)
    studio.take("counter-code-customer", window.display, theme_free=True)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    studio.take("counter-locked", window)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    pin = here.services.pin
    assert pin is not None
    driver.elsewhere(lambda: pin.set_pin(_PIN))
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    driver.wait_until("the lock asks", lambda: window.lock_pane.wants_pin)
    studio.take("counter-locked-pin", window)
    driver.write(window.lock_pane.pin, _PIN)
    QTest.keyClick(window.lock_pane.pin, Qt.Key.Key_Return)
    driver.wait_until("it opens", lambda: not window.is_locked)
    link = _link(here)
    driver.elsewhere(lambda: sign_on_page(link))
    _await(window, CounterState.SIGNED)
    driver.rest(300)
    studio.take("counter-signed", window)
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.READY)
    _type(window, ZHANG)
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.WAITING)
    driver.rest(300)
    studio.take("counter-signed-today", window)
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_Escape)
    _await(window, CounterState.READY)


def _find_again(studio: Studio, here: Office, window: CounterWindow) -> None:
    """As after the program was killed while a code was shown."""
    counter = here.services.counter
    assert counter is not None
    _serve(window, _WANG)
    driver.elsewhere(counter.clear)
    _await(window, CounterState.READY)
    driver.elsewhere(counter.resume)
    _await(window, CounterState.WAITING)
    driver.rest(300)
    studio.take("counter-waiting", window)
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_Escape)
    _await(window, CounterState.READY)
    _type(window, _WANG)
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.WAITING)
    driver.rest(300)
    studio.take("counter-again", window)
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.SHOWING)
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_Escape)
    _await(window, CounterState.READY)


def _serve_badly(studio: Studio, here: Office, window: CounterWindow) -> None:
    _serve(window, _ZHAO)
    link = _link(here)
    driver.elsewhere(lambda: _refuse(link, "金额与约定不符"))
    _await(window, CounterState.REFUSED)
    driver.rest(300)
    studio.take("counter-refused", window)
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.READY)
    _serve(window, _LI)
    turn_clock(NOW_MS + _VALIDITY_MS)
    _await(window, CounterState.EXPIRED)
    driver.rest(300)
    studio.take("counter-expired", window)
    turn_clock()
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.READY)


def _wait_for_confirmation(studio: Studio, here: Office, window: CounterWindow) -> None:
    platform, desk = here.sandbox.server.platform, window.findChild(CounterController)
    assert desk is not None
    _serve(window, _LI)
    link = _link(here)
    platform.trouble.next_signature = "waits"
    driver.elsewhere(lambda: sign_on_page(link))
    driver.wait_until("it is to be confirmed", lambda: desk.view.is_to_be_confirmed)
    driver.rest(300)
    studio.take("counter-to-be-confirmed", window)

    def fail() -> None:
        with platform.state.lock:
            found = platform.flows.find_signer(link.rpartition("/")[2])
            assert found is not None
            platform.flows.fail(*found, "证书已过期")

    driver.elsewhere(fail)
    _await(window, CounterState.BROKEN_OFF)
    driver.rest(300)
    studio.take("counter-failed", window)
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.READY)


def _serve_without_network(studio: Studio, here: Office, window: CounterWindow) -> None:
    here.set_faults({"path": "/file/uploadurl", "fault": "reset", "times": 50})
    _type(window, _ZHAO)
    press(window, Qt.Key.Key_Return)
    driver.wait_until("it pauses", lambda: _state(here) in {CounterState.PAUSED, CounterState.FAILED})
    driver.rest(300)
    studio.take("counter-offline", window)
    here.set_faults({"path": "/sign/start", "fault": "drop_reply", "times": 1})
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.HELD)
    driver.rest(300)
    studio.take("counter-held", window)


def _sheet(studio: Studio, window: CounterWindow) -> None:
    _serve(window, _LI)
    window.sheet_requested.emit()
    driver.rest(800)
    sheet = next(one for one in QApplication.topLevelWidgets() if type(one).__name__ == "ShiftWindow")
    studio.take("shift-sheet", sheet)
    sheet.close()
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_Escape)
    _await(window, CounterState.READY)


def _serve(window: CounterWindow, line: str) -> None:
    _type(window, line)
    press(window, Qt.Key.Key_Return)
    _await(window, CounterState.SHOWING)
    driver.rest(300)


def _type(window: CounterWindow, text: str) -> None:
    edit = window.line.focusProxy()
    assert edit is not None
    driver.write(edit, text)
    driver.rest(100)


def press(window: CounterWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key at the counter."""
    window.activateWindow()
    driver.wait_until("the counter has the keyboard", window.isActiveWindow, limit_s=5.0)
    if key is not Qt.Key.Key_Escape and not window.line.text:
        # As somebody who has read what stands there: what comes sooner is not taken as meant.
        driver.rest(moment_ms())
    focus: QWidget | None = window.focusWidget()
    QTest.keyClick(window if focus is None else focus, key, modifier)
    driver.rest(50)


def _state(here: Office) -> CounterState:
    counter = here.services.counter
    assert counter is not None
    return counter.view.state


def _link(here: Office) -> str:
    counter = here.services.counter
    assert counter is not None
    return counter.view.link


def _await(window: CounterWindow, state: CounterState) -> None:
    desk = window.findChild(CounterController)
    assert desk is not None
    driver.wait_until(f"the counter is {state}", lambda: desk.view.state is state, limit_s=20.0)


def _refuse(url: str, reason: str) -> None:
    body = json.dumps({"token": url.rsplit("/", 1)[1], "reason": reason}).encode()
    request = urllib.request.Request(f"{url}/refuse", body, {"Content-Type": "application/json"}, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(request, timeout=20).close()
