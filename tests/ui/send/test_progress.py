from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QProgressBar, QPushButton, QToolButton

from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.cost import TIERS, cost_of
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, AppError, Cancelled, InputError, StoreError
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.sending.review import ContractReview
from esign_desktop.services.sending.values import SubmissionOutcome, SubmissionProgress, SubmissionSummary
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.qr_card import QrCard
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import NOW_MS, make_draft
from tests.ui.flow_samples import FakeEnvironments, FakeFlows, make_flow, make_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.sending.held import HeldSend
    from esign_desktop.ui.tasks import TaskRunner

ID = SubmissionId("a submission")
FLOW = make_flow()


def summary(state: SubmissionState = SubmissionState.HELD) -> SubmissionSummary:
    return SubmissionSummary(
        ID, state, EnvironmentKind.TEST, "project", DraftId("draft"), "劳动合同", NOW_MS, can_be_cancelled=True
    )


class FakeSubmission:
    """Plays what it is told: progress first, then an outcome or an error."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.queue_error: Exception | None = None
        self.progress: list[SubmissionProgress] = []
        self.outcome = SubmissionOutcome(ID, SubmissionState.DONE, FLOW.flow_id)
        self.may_be_visible = False
        self.reason = ""
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def queue(
        self, _draft: Any, environment: Environment, *, cancel: Any, is_for_later: bool, shows_made: bool
    ) -> SubmissionId:
        assert shows_made
        self.calls.append(f"queue {environment.kind.value}{' for later' if is_for_later else ''}")
        if self.queue_error is not None:
            raise self.queue_error
        cancel.raise_if_cancelled()
        return ID

    def run(self, submission_id: SubmissionId, *, on_progress: Any, cancel: Any) -> SubmissionOutcome:
        self.calls.append(f"run {submission_id}")
        for step in self.progress:
            on_progress(step)
        stopped = threading.Event()
        cancel.listen(stopped.set)
        while not self.may_go_on.wait(0.01):
            if stopped.is_set():
                return SubmissionOutcome(ID, SubmissionState.CANCELLED)
        return self.outcome

    def cancel_before_execute(self, submission_id: SubmissionId) -> SubmissionOutcome:
        self.calls.append(f"cancel {submission_id}")
        return SubmissionOutcome(ID, SubmissionState.CANCELLED)

    def start_again(self, submission_id: SubmissionId) -> SubmissionId:
        self.calls.append(f"start again {submission_id}")
        self.outcome = SubmissionOutcome(ID, SubmissionState.DONE, FLOW.flow_id)
        return submission_id

    def look_again(self, submission_id: SubmissionId) -> SubmissionOutcome:
        self.calls.append(f"look again {submission_id}")
        return self.outcome

    def held(self, submission_id: SubmissionId) -> HeldSend:
        found = make_held(submission_id, may_be_visible=self.may_be_visible)
        return replace(found, reason=self.reason) if self.reason else found


class _Services:
    def __init__(self) -> None:
        self.submission = FakeSubmission()
        self.flows = FakeFlows(FLOW)
        self.environments = FakeEnvironments()


class Shown:
    """A panel on the screen, and what left it."""

    def __init__(self, panel: SendingPanel, services: _Services) -> None:
        self.panel = panel
        self.submission = services.submission
        self.heard: list[str] = []
        panel.sent.connect(lambda _record: self.heard.append("sent"))
        panel.back_requested.connect(lambda: self.heard.append("back"))
        panel.new_contract_requested.connect(lambda: self.heard.append("new"))
        panel.track_requested.connect(lambda flow_id: self.heard.append(f"track {flow_id}"))

    def send(self, *, is_for_later: bool = False) -> None:
        draft = make_draft()
        environment = Environment(EnvironmentKind.TEST, "https://platform.example.com/v3", "project")
        cost = cost_of(draft, TIERS[0])
        self.panel.send(ContractReview(draft, environment, cost, NOW_MS, None, is_for_later=is_for_later))

    def buttons(self) -> list[str]:
        return [one.text() for one in self.panel.findChildren(QPushButton) if one.isVisible()]

    def button(self, text: str) -> QPushButton:
        return next(one for one in self.panel.findChildren(QPushButton) if one.isVisible() and one.text() == text)

    def menu(self) -> list[str]:
        return [one.text() for one in self._actions()]

    def choose(self, text: str) -> None:
        next(one for one in self._actions() if one.text() == text).trigger()

    def _actions(self) -> list[QAction]:
        shown = [one for one in self.panel.findChildren(QToolButton) if one.isVisible()]
        return [action for one in shown if one.menu() is not None for action in one.menu().actions()]

    @property
    def texts(self) -> str:
        return "\n".join(label.text() for label in self.panel.findChildren(PlainLabel) if label.isVisible())


@pytest.fixture
def shown(qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None]) -> Iterator[Shown]:
    speak("en")
    services: Any = _Services()
    poller = FlowPoller(services.flows, services.environments, tasks)
    panel = SendingPanel(services, tasks, poller)
    qtbot.addWidget(panel)
    panel.resize(900, 700)
    panel.show()
    yield Shown(panel, services)
    services.submission.may_go_on.set()


def _click(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_contract_that_was_sent_shows_its_code(shown: Shown, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.panel.sent):
        shown.send()
    card = shown.panel.findChild(QrCard)
    assert card is not None
    assert card.isVisible()
    assert card.link == "https://sign.example.com/s/1"
    assert shown.buttons() == ["Show in Track", "New contract"]


def test_what_follows_a_send_is_offered(shown: Shown, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.panel.sent):
        shown.send()
    _click(qtbot, shown.button("Show in Track"))
    _click(qtbot, shown.button("New contract"))
    assert shown.heard == ["sent", "track flow", "new"]


def test_bytes_are_shown_while_they_go(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.may_go_on.clear()
    shown.submission.progress = [
        SubmissionProgress(ID, SubmissionState.ACCOUNTS, None, 2),
        SubmissionProgress(ID, SubmissionState.UPLOAD_URL, 1, 2, 3_000_000, 12_000_000),
    ]
    shown.send()
    bar = shown.panel.findChild(QProgressBar)
    assert bar is not None
    qtbot.waitUntil(lambda: bar.value() == 250)
    assert "1 of 2 · 3.0 of 12.0 MB" in shown.texts
    assert bar.isVisible()


def test_it_can_be_stopped_while_it_runs(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.may_go_on.clear()
    shown.submission.progress = [SubmissionProgress(ID, SubmissionState.STARTED)]
    shown.send()
    qtbot.waitUntil(lambda: "run a submission" in shown.submission.calls)
    with qtbot.waitSignal(shown.panel.back_requested):
        _click(qtbot, shown.button("Stop"))
    assert not shown.panel.is_busy


def test_it_cannot_be_stopped_once_it_is_handed_to_the_signers(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.may_go_on.clear()
    shown.submission.progress = [SubmissionProgress(ID, SubmissionState.EXECUTE_INTENT)]
    shown.send()
    qtbot.waitUntil(lambda: "From now on, you can only revoke it" in shown.texts)
    assert not shown.button("Stop").isEnabled()


def test_a_stop_while_files_are_copied_returns_to_the_contract(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.queue_error = Cancelled()
    with qtbot.waitSignal(shown.panel.back_requested):
        shown.send()


def test_a_file_that_changed_is_told_and_the_contract_can_be_mended(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.queue_error = InputError("document.changed")
    shown.send()
    qtbot.waitUntil(lambda: "was not sent" in shown.texts)
    assert shown.buttons() == ["Back to contract", "Try again"]
    _click(qtbot, shown.button("Back to contract"))
    assert shown.heard == ["back"]


def test_a_lost_network_pauses_and_can_be_tried_again(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.outcome = SubmissionOutcome(
        ID, SubmissionState.UPLOAD_URL, error=ApiError("api.no_network", retryable=True)
    )
    shown.send()
    qtbot.waitUntil(lambda: "Sending paused" in shown.texts)
    assert "Check the network" in shown.texts
    assert shown.buttons() == ["Back to contract", "Try again"]
    assert shown.menu() == ["Decide later", "Copy technical details"]
    assert "api.no_network" not in shown.texts
    shown.choose("Copy technical details")
    assert QGuiApplication.clipboard().text() == "api.no_network"
    shown.submission.outcome = SubmissionOutcome(ID, SubmissionState.DONE, FLOW.flow_id)
    with qtbot.waitSignal(shown.panel.sent):
        _click(qtbot, shown.button("Try again"))
    assert shown.submission.calls == ["queue test", "run a submission", "run a submission"]


def test_a_paused_send_is_called_off_before_the_contract_is_changed(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.outcome = SubmissionOutcome(ID, SubmissionState.STARTED, error=ApiError("api.timeout"))
    shown.send()
    qtbot.waitUntil(lambda: "Sending paused" in shown.texts)
    with qtbot.waitSignal(shown.panel.back_requested):
        _click(qtbot, shown.button("Back to contract"))
    assert shown.submission.calls[-1] == "cancel a submission"


def test_a_paused_send_that_is_being_handed_over_offers_no_way_back(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.outcome = SubmissionOutcome(ID, SubmissionState.EXECUTE_INTENT, error=ApiError("api.timeout"))
    shown.send()
    qtbot.waitUntil(lambda: "Sending paused" in shown.texts)
    assert shown.buttons() == ["Decide later", "Try again"]


def test_a_refusal_shows_the_platforms_words_and_leaves_the_draft(shown: Shown, qtbot: QtBot) -> None:
    refused = AppError("api.refused", "errCode 1", err_code=1)
    refused.msg = "<b>余额不足</b>"  # type: ignore[attr-defined]
    shown.submission.outcome = SubmissionOutcome(ID, SubmissionState.FAILED, error=refused)
    shown.send()
    qtbot.waitUntil(lambda: "was not sent" in shown.texts)
    assert "<b>余额不足</b>" in shown.texts
    _click(qtbot, shown.button("Try again"))
    qtbot.waitUntil(lambda: shown.submission.calls.count("queue test") == 2)


def _hold(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.outcome = SubmissionOutcome(ID, SubmissionState.HELD)
    shown.send()
    qtbot.waitUntil(lambda: "Copy evidence" in shown.menu())


def test_a_held_send_is_told_plainly_and_waits_for_a_decision(shown: Shown, qtbot: QtBot) -> None:
    _hold(shown, qtbot)
    assert "No one can see" in shown.texts
    assert shown.buttons() == ["Send again", "Check again"]
    assert shown.menu() == ["Cancel and return to draft", "Decide later", "Copy evidence"]
    shown.choose("Decide later")
    assert shown.heard == ["track None"]


def test_a_press_too_many_gives_nothing_up(shown: Shown, qtbot: QtBot) -> None:
    with qtbot.waitActive(shown.panel):
        shown.panel.activateWindow()
    shown.submission.may_go_on.clear()
    shown.submission.outcome = SubmissionOutcome(ID, SubmissionState.HELD)
    shown.send()
    assert shown.panel.hasFocus()
    shown.submission.may_go_on.set()
    qtbot.waitUntil(lambda: "The platform didn't confirm that the contract was created" in shown.texts)
    (more,) = [one for one in shown.panel.findChildren(QToolButton) if one.menu() is not None and one.isVisible()]
    assert more.hasFocus()


def test_the_evidence_is_copied(shown: Shown, qtbot: QtBot) -> None:
    _hold(shown, qtbot)
    QGuiApplication.clipboard().clear()

    def has_copied() -> bool:
        shown.choose("Copy evidence")
        return bool(QGuiApplication.clipboard().text())

    qtbot.waitUntil(has_copied)
    text = QGuiApplication.clipboard().text()
    assert text == "submission: a submission"


def test_a_held_send_is_looked_for_again(shown: Shown, qtbot: QtBot) -> None:
    _hold(shown, qtbot)
    shown.submission.outcome = SubmissionOutcome(ID, SubmissionState.DONE, FLOW.flow_id)
    with qtbot.waitSignal(shown.panel.sent):
        _click(qtbot, shown.button("Check again"))
    assert shown.submission.calls[-1] == "look again a submission"


def test_a_contract_that_may_be_seen_is_not_offered_a_second_start(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.may_be_visible = True
    _hold(shown, qtbot)
    assert shown.buttons() == ["Cancel and return to draft", "Check again"]
    assert "Send again" not in shown.menu()
    assert "its signers can see it" in shown.texts


def test_a_send_of_another_computers_copy_says_so(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.may_be_visible, shown.submission.reason = True, "submission.restored"
    _hold(shown, qtbot)
    assert "another computer's backup" in shown.texts
    assert "Send again" not in shown.buttons()


def test_a_held_send_can_be_given_up(shown: Shown, qtbot: QtBot) -> None:
    _hold(shown, qtbot)
    with qtbot.waitSignal(shown.panel.back_requested):
        shown.choose("Cancel and return to draft")
    assert shown.submission.calls[-1] == "cancel a submission"


def test_a_held_send_can_be_started_anew_on_a_persons_word(shown: Shown, qtbot: QtBot) -> None:
    _hold(shown, qtbot)
    with qtbot.waitSignal(shown.panel.sent):
        _click(qtbot, shown.button("Send again"))
    assert shown.submission.calls[-2:] == ["start again a submission", "run a submission"]


def test_a_send_of_an_earlier_day_goes_on_where_it_stopped(shown: Shown, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.panel.sent):
        shown.panel.resume(summary(SubmissionState.ACCOUNTS))
    assert shown.submission.calls == ["run a submission"]
    assert FLOW.title in shown.texts


def test_a_panel_that_is_left_does_not_stop_the_send(shown: Shown, qtbot: QtBot, tasks: TaskRunner) -> None:
    shown.submission.may_go_on.clear()
    shown.submission.progress = [SubmissionProgress(ID, SubmissionState.ACCOUNTS)] * 5
    shown.send()
    qtbot.waitUntil(lambda: "run a submission" in shown.submission.calls)
    shown.panel.hide()
    shown.submission.may_go_on.set()
    assert tasks.wait_idle()
    qtbot.waitUntil(lambda: shown.heard == ["sent"])


def test_a_contract_that_is_only_prepared_says_so_and_shows_no_code(shown: Shown, qtbot: QtBot) -> None:
    shown.submission.outcome = SubmissionOutcome(ID, SubmissionState.PREPARED, FLOW.flow_id)
    handed_over: list[str] = []
    shown.panel.handed_over.connect(handed_over.append)
    shown.send(is_for_later=True)
    qtbot.waitUntil(lambda: shown.heard == ["sent"])
    assert shown.submission.calls == ["queue test for later", f"run {ID}"]
    assert "has been created on the platform" in shown.texts
    assert "No one has been notified" in shown.texts
    assert not shown.panel.findChildren(QrCard)[0].isVisible()
    assert shown.buttons() == ["Show in Track", "New contract"]
    assert len(handed_over) == 1
    qtbot.mouseClick(shown.button("Show in Track"), Qt.MouseButton.LeftButton)
    assert shown.heard == ["sent", f"track {FLOW.flow_id}"]


def test_a_sent_contract_whose_record_cannot_be_read_is_called_sent_and_not_tried_again(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get(_flows: FakeFlows, _flow_id: str) -> None:
        raise StoreError("store.failed")

    monkeypatch.setattr(FakeFlows, "get", get)
    shown.send()
    qtbot.waitUntil(lambda: "couldn't be read" in shown.texts)
    assert "Sent to signers" in shown.texts
    assert "paused" not in shown.texts
    assert shown.buttons() == ["Show in Track", "New contract"]
    assert shown.submission.calls == ["queue test", "run a submission"]
