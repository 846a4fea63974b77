"""Two screens, in a process of its own: Qt reads its screens once, when it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 60.0
TELLERS = {"name": "A teller", "x": 0, "y": 0, "width": 1280, "height": 800}
CUSTOMERS = {"name": "B customer", "x": 1280, "y": 0, "width": 1024, "height": 768}
THIRD = {"name": "C hall", "x": 2304, "y": 0, "width": 1024, "height": 768}

PROGRAM = """
import json, sys
from PySide6.QtWidgets import QApplication, QWidget
from esign_desktop.ui.counter.customer_screen import CustomerDisplay
from esign_desktop.ui.counter.customer_screen import CustomerView, Face
from esign_desktop.ui.counter.customer_screen import CustomerScreen
from esign_desktop.ui.counter.customer_screen import px_per_mm, screen_identity
from esign_desktop.ui.widgets.qr import QUIET_MODULES
application = QApplication(sys.argv[:1])
teller, display = QWidget(), CustomerDisplay()
placing = CustomerScreen(display, teller)
told = []
placing.chosen.connect(told.append)
identities = {screen.name(): screen_identity(screen) for screen in application.screens()}
placing.use(identities.get(sys.argv[1], sys.argv[1]))
placing.open()
display.show_view(CustomerView(Face.CODE, "title", "name", "https://sign.example.com/s/" + "0" * 90, None))
steps = []
def note():
    for _ in range(5):
        application.processEvents()
    screen = placing.screen
    steps.append({"screen": screen.name() if screen else "", "is_visible": display.isVisible(),
                  "on": display.screen().name() if display.isVisible() else ""})
note()
for word in sys.argv[2:]:
    if word == "next":
        placing.choose_next()
    elif word == "close":
        placing.close()
    note()
screen = display.screen()
modules = display.code.module_count + 2 * QUIET_MODULES
pixel = display.code.minimumWidth() * display.devicePixelRatioF() // modules
code_mm = pixel * display.code.module_count / display.devicePixelRatioF() / px_per_mm(screen)
fits = display.minimumSizeHint().height() <= screen.geometry().height()
print(json.dumps({"steps": steps, "code_mm": code_mm, "fits": fits,
                  "told": [one.split(chr(10))[-1] for one in told]}))
display.hide()
"""


def run(folder: Path, screens: list[dict[str, Any]], *words: str, **environment: str) -> dict[str, Any]:
    config = folder / "screens.json"
    config.write_text(json.dumps({"synchronousWindowSystemEvents": True, "screens": screens}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        check=False,
        cwd=REPOSITORY,
        env=os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={config}"} | environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def on(name: str) -> dict[str, Any]:
    return {"screen": name, "is_visible": bool(name), "on": name}


def test_the_only_other_screen_is_the_customers(tmp_path: Path) -> None:
    assert run(tmp_path, [TELLERS, CUSTOMERS], "")["steps"] == [on("B customer")]


def test_without_another_screen_the_display_is_hidden(tmp_path: Path) -> None:
    assert run(tmp_path, [TELLERS], "")["steps"] == [on("")]


def test_a_chosen_screen_that_is_not_there_hides_the_display(tmp_path: Path) -> None:
    assert run(tmp_path, [TELLERS, CUSTOMERS], "another one")["steps"] == [on("")]


def test_of_several_screens_none_is_taken_until_one_is_chosen(tmp_path: Path) -> None:
    found = run(tmp_path, [TELLERS, CUSTOMERS, THIRD], "", "next", "next")
    assert found["steps"] == [on(""), on("B customer"), on("C hall")]
    assert found["told"] == ["B customer", "C hall"]


def test_the_chosen_screen_is_known_again(tmp_path: Path) -> None:
    found = run(tmp_path, [TELLERS, CUSTOMERS, THIRD], "C hall", "close")
    assert found["steps"] == [on("C hall"), on("")]


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2", "2.5"])
def test_the_code_is_six_centimetres_wide(tmp_path: Path, scale: str) -> None:
    found = run(tmp_path, [TELLERS, CUSTOMERS | {"width": 1920, "height": 1200}], "", QT_SCALE_FACTOR=scale)
    assert found["code_mm"] >= 60.0
    assert found["fits"]
