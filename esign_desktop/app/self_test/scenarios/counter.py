"""Perform a teller's job with a preset on a function key: serve one customer who signs and one who leaves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.driver import SelfTestFailed, sign_on_page
from esign_desktop.app.self_test.parties import CUSTOMERS
from esign_desktop.app.self_test.presets import prepare_form, save_as_preset
from esign_desktop.app.self_test.scenario import tell_what_was_sent
from esign_desktop.app.self_test.send import read_qr_codes
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.counter.customer_screen import Face

if TYPE_CHECKING:
    from esign_desktop.app.self_test.scenario import ScenarioContext
    from esign_desktop.domain.account import Person
    from esign_desktop.services.counter.values import CounterView
    from esign_desktop.ui.counter.window import CounterWindow

_DISPLAY_PX = (1280, 800)
_LOOK_MS = 700
"""Milliseconds that a teller looks before pressing a key with an irreversible effect. Earlier presses are ignored."""
_TWICE_MS = 150


def run(context: ScenarioContext) -> bool:
    """Serve two customers, and return whether their QR codes were correct and both contracts ended as expected.

    Raises SelfTestFailed if a step fails.
    """
    prepare_form(context)
    preset = save_as_preset(context, "演练·柜面", for_counter=True)
    if preset.function_key is None:
        raise SelfTestFailed("the preset has no function key")
    counter = _Counter(context, Qt.Key(int(Qt.Key.Key_F1) + preset.function_key - 1))
    told = [counter.serve(CUSTOMERS[0]), counter.serve(CUSTOMERS[1], is_signed=False)]
    counter.leave()
    flows = tell_what_was_sent(context)
    context.report.values["customers"] = told
    return (
        all(result["code_matches"] for result in told)
        and sorted(flow.status for flow in flows) == [FlowStatus.COMPLETED, FlowStatus.REVOKED]
        and context.report.values["accounts"] == {"identities": 2, "accounts": 2, "are_their_own": True}
    )


class _Counter:
    """A driver of the teller's window and the customer's screen that uses only the keyboard."""

    def __init__(self, context: ScenarioContext, key: Qt.Key) -> None:
        self._stage = context
        self._key = key
        self._launcher = context.workspace.counter
        with context.report.step("open the counter"):
            driver.come_to_front(context.window)
            driver.strike(context.window, Qt.Key.Key_F11)
            driver.wait_until(
                "the counter opens with its presets",
                lambda: self._launcher.window is not None and self._launcher.window.preset_keys.texts,
            )
            self._window.display.resize(*_DISPLAY_PX)
            self._photograph("counter")

    @property
    def _window(self) -> CounterWindow:
        window = self._launcher.window
        if window is None:
            raise SelfTestFailed("the counter is not open")
        return window

    @property
    def _view(self) -> CounterView:
        return self._stage.workspace.services.counter.view

    def serve(self, person: Person, *, is_signed: bool = True) -> dict[str, Any]:
        """Serve a customer, who signs or (if ``is_signed`` is False) leaves, and return the measured values."""
        with self._stage.report.step(f"a customer's code, {'signing' if is_signed else 'leaving'}"):
            driver.rest(_LOOK_MS)
            driver.strike(self._window, self._key)
            controller = self._window.findChild(CounterController)
            if controller is None:
                raise SelfTestFailed("the counter has no controller")
            # The window receives the service's news with a delay, and until then takes no customer.
            driver.wait_until("the counter asks for a customer", lambda: controller.view.next_role is not None)
            line = self._window.line.focusProxy()
            if line is None:
                raise SelfTestFailed("the counter has no input line")
            driver.write(line, f"{person.name} {person.id_number} {person.mobile}")
            self._photograph("line")
            entered_s = time.monotonic()
            driver.strike(line, Qt.Key.Key_Return)
            display = self._window.display
            driver.wait_until("the customer's code appears", lambda: display.view.face is Face.CODE)
            told: dict[str, Any] = {"to_code_ms": round((time.monotonic() - entered_s) * 1000, 1)}
            driver.wait_until("the code can be used", lambda: self._view.state is CounterState.SHOWING)
            link = self._view.link
            told["code_matches"] = read_qr_codes(display.grab()) == (link,)
            self._photograph("code")
            self._stage.report.photograph(display, "customer-code")
        with self._stage.report.step("the customer signs" if is_signed else "the customer leaves"):
            self._sign(link) if is_signed else self._revoke()
            self._photograph("end")
            told["state"] = self._view.state.name.lower()
            if is_signed:
                driver.rest(_LOOK_MS)
                driver.strike(self._window, Qt.Key.Key_Return)
        return told

    def leave(self) -> None:
        """Return to the main window."""
        with self._stage.report.step("leave the counter"):
            driver.rest(_LOOK_MS)
            driver.strike(self._window, Qt.Key.Key_F11)
            driver.wait_until("the main window is back", self._stage.window.isVisible)

    def _sign(self, link: str) -> None:
        state = driver.elsewhere(lambda: sign_on_page(link))
        if state != "signed":
            raise SelfTestFailed(f"the sign page says {state!r}")
        driver.wait_until(
            "the customer display shows the signed state", lambda: self._window.display.view.face is Face.SIGNED
        )

    def _revoke(self) -> None:
        driver.rest(_LOOK_MS)
        for _ in range(2):
            driver.strike(self._window, Qt.Key.Key_Escape)
            driver.rest(_TWICE_MS)
        driver.wait_until("the contract is revoked", lambda: self._view.state is not CounterState.SHOWING)
        driver.wait_until("the counter is free", lambda: self._view.state is not CounterState.REVOKING)

    def _photograph(self, name: str) -> None:
        self._stage.report.photograph(self._window, name)
