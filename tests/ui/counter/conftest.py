"""A counter with real services and a real rehearsal platform behind it, worked with keys alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from esign_desktop.api.errors import Refused
from esign_desktop.domain.account import Person
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.counter.pin import CounterPin
from esign_desktop.services.counter.shift import ShiftService
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.preferences import Preferences
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.counter import controller as controller_module
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.counter.window import CounterWindow
from tests.services.counter_desk import ZHANG
from tests.services.counter_desk import CounterDesk as Installation
from tests.services.desk import clock_ms
from tests.services.sandbox_platform import SandboxPlatform, refuse_at
from tests.services.template_files import make_template
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QLineEdit, QWidget
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.fields import FormField
    from esign_desktop.ui.counter.customer_screen import Face
    from esign_desktop.ui.tasks import TaskRunner

WAIT_MS = 10_000
QUICK_WATCH_MS = 100


@pytest.fixture(autouse=True)
def cheap_pins(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs at the lowest cost, except in tests marked ``dear_pins``."""
    if request.node.get_closest_marker("dear_pins") is None:
        monkeypatch.setattr("esign_desktop.services.counter.pin._COST", 2)


class Teller:
    """Sits at the counter and has nothing but keys."""

    def __init__(self, folder: Path, platform: SandboxPlatform, tasks: TaskRunner, qtbot: QtBot) -> None:
        self._folder = folder
        self._qtbot = qtbot
        self.platform = platform
        self.title = ""
        self.installation = Installation(folder / "desk", platform.environment)
        self.preferences = Preferences(Settings(self.installation.database))
        self.shift = ShiftService(
            self.installation.stores.flows,
            self.installation.flows,
            environment=lambda: self.installation.environment,
            clock_ms=clock_ms,
        )
        self.pin = CounterPin(Settings(self.installation.database), clock_ms=clock_ms)
        self._tasks = tasks
        self._make_windows()

    def _make_windows(self) -> None:
        self.desk = CounterController(
            *(self.installation.counter, self.installation.presets, self.preferences, self._tasks), pin=self.pin
        )
        self.window = CounterWindow(self.desk)
        self.desk.setParent(self.window)
        self.window.show_environment(self.platform.environment)
        self._qtbot.addWidget(self.window)
        self._qtbot.addWidget(self.window.display)

    def put_preset(self, key: int, *, signers: int = 1, name: str = "借款合同") -> str:
        """Keep a preset on a key; return what its contracts are called."""
        preset = self.installation.make_preset(self._folder / uuid4().hex, signers=signers, name=name)
        self.installation.presets.assign_key(preset.id, key)
        return preset.title

    def put_form_preset(self, key: int, *fields: FormField) -> str:
        """Keep a preset whose document is made from a template on a key; return what its contracts are called."""
        presets, folder = self.installation.presets, self._folder / uuid4().hex
        preset = self.installation.make_preset(folder)
        client = self.installation.client_for(self.platform.environment)
        template_id = make_template(client, folder / "template.pdf", [field.name for field in fields])
        (keyword,) = preset.placements
        assert isinstance(keyword, KeywordPlacement)
        document = preset.documents[0].created_from(TemplateFilling(template_id, preset_fields=fields))
        made = replace(preset, documents=(document,), placements=keyword.fallback_placements)
        preset = presets.save_edited(made, self.platform.environment)
        presets.assign_key(preset.id, key)
        return preset.title

    def put_preset_with_colleague(self, key: int) -> str:
        """Keep a preset whose contracts a member of staff signs after the customer; return what they are called."""
        presets = self.installation.presets
        preset = self.installation.make_preset(self._folder / uuid4().hex, signers=2)
        customer, other = preset.customers
        colleague = PersonSigner(other.id, Person("周知夏", "110101199003071234"), terms=other.terms)
        preset = presets.save(replace(preset, signers=(customer, colleague)))
        presets.assign_key(preset.id, key)
        return preset.title

    def sit_down(self, *, customer_identity: str = "") -> None:
        self.window.open_on(QGuiApplication.primaryScreen(), customer_identity)
        QTest.qWaitForWindowActive(self.window)

    def begin(self) -> str:
        """Sit down before a preset that has been chosen; return its title."""
        title = self.put_preset(2)
        self.sit_down()
        self.choose()
        return title

    def lose_network_at(self, path: str) -> None:
        """Enter a customer whose contract can't be sent, since this call never gets an answer."""
        self.platform.set_faults({"path": path, "fault": "reset", "times": 50})
        self.type(ZHANG)
        self.press(Qt.Key.Key_Return)

    def sit_down_again(self) -> None:
        """Sit down after ``leave``, at windows that are new, as those of the program are."""
        self._make_windows()
        self.sit_down()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        focus: QWidget | None = self.window.focusWidget()
        self._qtbot.keyClick(self.window if focus is None else focus, key, modifier)

    def press_escape_twice(self) -> None:
        self.press(Qt.Key.Key_Escape)
        self.press(Qt.Key.Key_Escape)

    def unlock(self) -> None:
        """Press the keys that open a locked counter without a PIN, until it is known that there is none."""

        def is_open() -> bool:
            self.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
            return not self.window.is_locked

        self.wait_until(is_open)

    def type(self, text: str) -> None:
        edit = cast("QLineEdit", self.window.line.focusProxy())
        assert edit.hasFocus()
        type_text(edit, text)

    def choose(self, key: Qt.Key = Qt.Key.Key_F2) -> None:
        self.press(key)
        self.wait_for(CounterState.READY)

    def serve(self, text: str, key: Qt.Key = Qt.Key.Key_F2) -> str:
        """Go from the preset's key to the code; return its link."""
        self.choose(key)
        self.type(text)
        self.press(Qt.Key.Key_Return)
        self.wait_for(CounterState.SHOWING)
        return self.desk.view.link

    def is_known_as(self, person: Person) -> bool:
        """Whether the platform has an account of just this identity under the third id that was sent for the name."""
        client = self.installation.client_for(self.platform.environment)

        def is_account_of_person(account: dict[str, Any]) -> bool:
            try:
                return bool(client.create_person(replace(person, third_id=account["third_id"])) == account["id"])
            except Refused:
                return False

        return any(map(is_account_of_person, self.platform.accounts(person.name)))

    @property
    def is_at_the_line(self) -> bool:
        """Whether what is typed now goes into the line."""
        return cast("QLineEdit", self.window.line.focusProxy()).hasFocus()

    def refuse(self, url: str, reason: str) -> None:
        """Refuse as the sign page does."""
        refuse_at(url, reason)

    def customer_sees(self, face: Face) -> bool:
        """Whether the customer's screen shows this."""
        return self.window.display.view.face is face

    def wait_for(self, state: CounterState) -> None:
        self.wait_until(lambda: self.desk.view.state is state)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_so, timeout=WAIT_MS)

    def tasks_are_done(self) -> None:
        """Wait until nothing is under way."""
        self._tasks.wait_idle()
        QTest.qWait(0)

    def leave(self) -> None:
        self.window.take_down()


@pytest.fixture
def teller(
    tmp_path: Path, platform: SandboxPlatform, tasks: TaskRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Teller]:
    monkeypatch.setattr(controller_module, "WATCH_MS", QUICK_WATCH_MS)
    one = Teller(tmp_path, platform, tasks, qtbot)
    yield one
    one.leave()
    one.installation.close_clients()
    tasks.wait_idle()
    one.installation.close()
