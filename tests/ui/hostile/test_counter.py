"""The service desk: what the teller and the customer see, the shift sheet, and the presets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtGui import QGuiApplication, QImage

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, InputError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.domain.preset.preset import PresetHome, new_preset_id
from esign_desktop.domain.preset.questions import AnswerKind, Question
from esign_desktop.domain.signer import SignerId
from esign_desktop.domain.templates import Template
from esign_desktop.domain.titles import Naming
from esign_desktop.services.counter.shift import ShiftLine, ShiftSheet
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import Asked, CounterCustomer, CounterNews, CounterView
from esign_desktop.services.presets.recognition import Recognition
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.counter.customer_screen import CustomerDisplay, CustomerView, Face
from esign_desktop.ui.counter.shift import ShiftWindow
from esign_desktop.ui.counter.window import CounterWindow
from esign_desktop.ui.presets.making import SaveSheet
from esign_desktop.ui.presets.offer import OfferBar
from esign_desktop.ui.presets.room import PresetsRoom
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.drafts import NOW_MS
from tests.ui.hostile.presets import hostile_preset
from tests.ui.hostile.services import hostile_draft
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.hostile.conftest import Look

LINK = "https://sign.example.com/s/1"
"""Looks like any other."""


def hostile_view(text: str, state: CounterState) -> CounterView:
    customers = tuple(
        CounterCustomer(SignerId(str(number)), text, text if number else "", is_current=number == 1)
        for number in (1, 0)
    )
    return CounterView(
        state=state,
        preset_id=new_preset_id(),
        preset_name=text,
        title=text,
        customers=customers,
        link=LINK,
        is_live=True,
        deadline_ms=NOW_MS,
        flow_id=FlowId(text),
        error=ApiError("api.refused", text, err_code=1, msg=text),
        remark=text,
        asked=(Asked(Question(text, text), text, text), Asked(Question(text, text, AnswerKind.CHOICE, (text,)))),
    )


class _Counter:
    def __init__(self, view: CounterView) -> None:
        self.view = view

    def listen(self, _listener: object) -> None:
        """Nothing is told."""

    def resume(self) -> None:
        """Nothing was under way."""

    def clear(self) -> None:
        """Nothing is kept."""


@pytest.mark.parametrize(
    "state",
    [
        *(CounterState.SHOWING, CounterState.REFUSED, CounterState.HELD, CounterState.PAUSED, CounterState.READY),
        CounterState.WAITING,
    ],
)
def test_the_counter_and_the_customers_screen(
    text: str, state: CounterState, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    view, presets = hostile_view(text, state), tuple(hostile_preset(text, key) for key in range(2, 9))
    desk = CounterController(
        cast("Any", _Counter(view)),
        cast("Any", SimpleNamespace(list=lambda: presets, changed_by_office=frozenset)),
        cast("Any", SimpleNamespace(counter_display=None)),
        tasks,
    )
    window = CounterWindow(desk)
    desk.setParent(window)
    qtbot.addWidget(window)
    qtbot.addWidget(window.display)
    window.open_on(QGuiApplication.primaryScreen(), "")
    window.show_environment(Environment(EnvironmentKind.OWN, f"https://{text[:50]}", text))
    qtbot.waitUntil(tasks.wait_idle)
    desk.changed.emit(CounterNews.CHANGED, view)
    window.line.show_look(None)
    window.show_status(text, is_error=True)
    look_in_both_languages(window)
    look_in_both_languages(window.display)
    window.take_down()
    qtbot.waitUntil(tasks.wait_idle)


@pytest.mark.parametrize("face", [Face.CODE, Face.SIGNED, Face.WAIT])
def test_what_the_customer_sees(text: str, face: Face, look_in_both_languages: Look, qtbot: QtBot) -> None:
    display = CustomerDisplay(clock_ms=lambda: NOW_MS)
    qtbot.addWidget(display)
    display.resize(1280, 760)
    display.show_brand(text, QImage())
    masked = CounterCustomer(SignerId("1"), text, text).masked_name
    display.show_view(CustomerView(face, text, masked, LINK, NOW_MS + 60_000))
    display.show()
    look_in_both_languages(display)
    assert display.width() == 1280


def test_the_shift_sheet(text: str, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot) -> None:
    masked = CounterCustomer(SignerId("1"), text, text).masked_name
    line = ShiftLine(
        *(FlowId(text), text, (masked, masked), FlowStatus.SIGNING, NOW_MS, NOW_MS, NOW_MS, 1), has_expired=False
    )
    sheet = ShiftSheet(date(2027, 1, 15), (line, replace(line, status=FlowStatus.COMPLETED)))
    window = ShiftWindow(cast("Any", SimpleNamespace(sheet=lambda *_day: sheet)), tasks)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(tasks.wait_idle)
    look_in_both_languages(window)
    window.close()


def refuse(_kept: object) -> None:
    raise InputError("document.missing")


def test_the_presets(text: str, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot) -> None:
    presets = (hostile_preset(text), hostile_preset(text, 3))
    home = PresetHome(EnvironmentKind.SANDBOX, "project")
    templates = (Template(text, home, text, is_gone=True), Template(text, home, text, made_at_ms=NOW_MS))
    services = SimpleNamespace(
        environments=SimpleNamespace(current=lambda: Environment(home.environment, "http://127.0.0.1:9", "project")),
        presets=SimpleNamespace(list=lambda: presets, naming=Naming, pdfs=SimpleNamespace(open=refuse)),
        templates=SimpleNamespace(list=lambda: templates),
        flows=SimpleNamespace(last_sent=lambda _titles: {}),
        documents=None,
        template_maker=None,
    )
    messages = Messages()
    window = PresetsRoom(cast("Any", services), tasks, messages)
    for widget in (messages, window):
        qtbot.addWidget(widget)
    window.show()
    window.reload()
    qtbot.waitUntil(lambda: window.grid.count() > 0)
    look_in_both_languages(window)
    window.close()
    qtbot.waitUntil(tasks.wait_idle)


def test_saving_and_offering_a_preset(text: str, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot) -> None:
    sheet = SaveSheet(hostile_draft(text), SlowRenderer(), tasks)
    qtbot.addWidget(sheet)
    sheet.show_presets((hostile_preset(text),))
    sheet.show_status(error_sentence(ApiError("api.refused", text, err_code=1, msg=text)).title)
    sheet.show()
    look_in_both_languages(sheet)
    bar = OfferBar()
    qtbot.addWidget(bar)
    bar.show_offer(Recognition(hostile_preset(text), ()))
    bar.show()
    look_in_both_languages(bar)
