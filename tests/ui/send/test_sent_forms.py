"""The form of a contract is remembered after its send, whatever comes first, and never stops the send."""

from __future__ import annotations

import logging
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.errors import AppError, PdfError, StoreError
from esign_desktop.ui.send.sent_forms import SentFormKeeper

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner


class Controller(QObject):
    """The signals of a send."""

    confirmed = Signal(object)
    sent = Signal(object)


class Forms:
    """Writes down what is read and kept; reading waits until it may go on."""

    remembers = True

    def __init__(self) -> None:
        self.kept: list[tuple[object, object]] = []
        self.read_count = 0
        self.may_read = threading.Event()
        self.error: AppError | None = None
        self.keeping_error: AppError | None = None

    def read(self, draft: object) -> object:
        self.read_count += 1
        self.may_read.wait(5)
        if self.error is not None:
            raise self.error
        return draft

    def keep(self, read: object, record: object) -> object:
        if self.keeping_error is not None:
            raise self.keeping_error
        self.kept.append((read, record))
        return f"form of {read}"


@pytest.fixture
def forms() -> Forms:
    return Forms()


@pytest.fixture
def controller() -> Controller:
    return Controller()


@pytest.fixture(autouse=True)
def keeper(controller: Controller, forms: Forms, tasks: TaskRunner) -> SentFormKeeper:
    return SentFormKeeper(cast("Any", forms), tasks, cast("Any", controller))


def review(draft: str) -> object:
    return SimpleNamespace(draft=draft)


def test_a_form_is_kept_after_the_send(controller: Controller, forms: Forms, tasks: TaskRunner, qtbot: QtBot) -> None:
    forms.may_read.set()
    controller.confirmed.emit(review("draft"))
    tasks.wait_idle()
    qtbot.wait(0)
    assert forms.kept == []
    controller.sent.emit("flow")
    qtbot.waitUntil(lambda: forms.kept == [("draft", "flow")])
    controller.sent.emit("flow")
    tasks.wait_idle()
    assert len(forms.kept) == 1


def test_a_send_that_ends_first_is_remembered_once_its_document_is_read(
    controller: Controller, forms: Forms, qtbot: QtBot
) -> None:
    controller.confirmed.emit(review("draft"))
    controller.sent.emit("flow")
    assert forms.kept == []
    forms.may_read.set()
    qtbot.waitUntil(lambda: forms.kept == [("draft", "flow")])


def test_the_form_of_an_earlier_send_is_not_kept_for_the_next(
    controller: Controller, forms: Forms, tasks: TaskRunner, qtbot: QtBot
) -> None:
    forms.may_read.set()
    controller.confirmed.emit(review("paused"))
    tasks.wait_idle()
    qtbot.wait(0)
    controller.confirmed.emit(review("next"))
    controller.sent.emit("flow")
    qtbot.waitUntil(lambda: forms.kept == [("next", "flow")])


@pytest.mark.parametrize("step", ["read", "keep"])
def test_a_failure_is_logged_without_personal_data(
    controller: Controller, forms: Forms, tasks: TaskRunner, qtbot: QtBot, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    forms.may_read.set()
    if step == "read":
        forms.error = PdfError("pdf.crashed", "林小满.pdf")
    else:
        forms.keeping_error = StoreError("store.disk_full", "林小满.pdf")
    with caplog.at_level(logging.WARNING):
        controller.confirmed.emit(review("draft"))
        controller.sent.emit("flow")
        qtbot.waitUntil(lambda: "was not remembered" in caplog.text)
    assert "林小满" not in caplog.text
    assert forms.kept == []
    tasks.wait_idle()


def test_nothing_is_read_if_a_policy_forbids_it(controller: Controller, forms: Forms, tasks: TaskRunner) -> None:
    forms.remembers = False
    controller.confirmed.emit(review("draft"))
    controller.sent.emit("flow")
    tasks.wait_idle()
    assert forms.read_count == 0


def test_the_last_form_is_known_until_the_next_send(
    controller: Controller, keeper: SentFormKeeper, forms: Forms, qtbot: QtBot
) -> None:
    forms.may_read.set()
    controller.confirmed.emit(review("draft"))
    with qtbot.waitSignal(keeper.kept):
        controller.sent.emit("flow")
    assert str(keeper.last) == "form of draft"
    controller.confirmed.emit(review("next"))
    assert keeper.last is None
