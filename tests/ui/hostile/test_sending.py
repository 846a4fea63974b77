"""The way to the platform: the review, the send under way, and the card of one that is held."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.contract.problems import DocumentSubject, Problem, Severity, SignerSubject
from esign_desktop.domain.cost import TIERS, cost_of
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.sending.review import ContractReview, ReviewService
from esign_desktop.services.sending.values import SubmissionOutcome, SubmissionSummary
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.review import ReviewSheet
from tests.drafts import NOW_MS
from tests.ui.flow_samples import FakeEnvironments, FakeFlows, make_held
from tests.ui.hostile.services import hostile_draft, hostile_flows
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.hostile.conftest import Look

ID = SubmissionId("a submission")


class _Preferences:
    tier = TIERS[0]


class _Submission:
    def __init__(self, text: str) -> None:
        self._text = text
        self.state = SubmissionState.HELD

    def preview(self, _draft: object, _environment: object) -> str:
        return json.dumps({"name": self._text}, ensure_ascii=False, indent=2)

    def queue(self, *_draft: object, **_more: object) -> SubmissionId:
        return ID

    def run(self, submission_id: SubmissionId, **_more: object) -> SubmissionOutcome:
        if self.state is SubmissionState.FAILED:
            raise ApiError("api.refused", self._text, err_code=7, msg=self._text)
        done = self.state is SubmissionState.DONE
        return SubmissionOutcome(submission_id, self.state, hostile_flows(self._text)[0].flow_id if done else None)

    def held(self, submission_id: SubmissionId) -> Any:
        from dataclasses import replace

        return replace(make_held(submission_id), title=self._text, evidence=self._text)


def test_the_review(text: str, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot) -> None:
    draft = hostile_draft(text)
    parts: tuple[Any, ...] = (FakeEnvironments(), _Preferences(), _Submission(text))
    sheet = ReviewSheet(ReviewService(*parts, clock_ms=lambda: NOW_MS), SlowRenderer(), tasks)
    qtbot.addWidget(sheet)
    sheet.resize(1100, 700)
    sheet.show()
    problems = (
        Problem("signer.no_contact", Severity.BLOCKING, SignerSubject(draft.signers[0].id)),
        Problem("document.long_name", Severity.WARNING, DocumentSubject(draft.documents[0].id), {"name": text}),
    )
    sheet.show_draft(draft, problems, {})
    qtbot.waitUntil(tasks.wait_idle)
    look_in_both_languages(sheet)
    assert sheet.width() == 1100


@pytest.mark.parametrize("state", [SubmissionState.HELD, SubmissionState.FAILED, SubmissionState.DONE])
def test_a_send_under_way_held_failed_and_done(
    text: str, state: SubmissionState, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    flows, environments, submission = FakeFlows(*hostile_flows(text)), FakeEnvironments(), _Submission(text)
    submission.state = state
    poller = FlowPoller(cast("Any", flows), cast("Any", environments), tasks)
    services: Any = SimpleNamespace(submission=submission, flows=flows, environments=environments)
    panel = SendingPanel(services, tasks, poller)
    qtbot.addWidget(panel)
    panel.resize(1100, 700)
    panel.show()
    panel.resume(
        SubmissionSummary(
            *(ID, state, EnvironmentKind.TEST, "project", DraftId("draft"), text), NOW_MS, can_be_cancelled=True
        )
    )
    qtbot.waitUntil(tasks.wait_idle)
    look_in_both_languages(panel)
    assert panel.width() == 1100
    panel.hide()
    qtbot.waitUntil(tasks.wait_idle)
    poller.deleteLater()


def test_a_contract_on_its_way(text: str, tasks: TaskRunner, look_in_both_languages: Look, qtbot: QtBot) -> None:
    flows, environments, submission = FakeFlows(*hostile_flows(text)), FakeEnvironments(), _Submission(text)
    poller = FlowPoller(cast("Any", flows), cast("Any", environments), tasks)
    panel = SendingPanel(
        cast("Any", SimpleNamespace(submission=submission, flows=flows, environments=environments)), tasks, poller
    )
    qtbot.addWidget(panel)
    panel.show()
    draft = hostile_draft(text)
    environment = Environment(EnvironmentKind.TEST, "https://platform.example.com/v3", "project")
    panel.send(ContractReview(draft, environment, cost_of(draft, TIERS[0]), NOW_MS, None))
    look_in_both_languages(panel)
    qtbot.waitUntil(tasks.wait_idle)
    panel.hide()
    poller.deleteLater()
