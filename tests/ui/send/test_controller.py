"""The way from the desk to the signed contract, with real services and a real rehearsal platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from esign_desktop.app.composition import build_services
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.services.editing.session import ContractSession
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.services.flows.polling import PollingLimits, PollingSchedule
from esign_desktop.services.flows.service import FlowService
from esign_desktop.services.people.accounts import AccountService
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.send.controller import SendController
from esign_desktop.ui.send.qr_card import QrCard
from esign_desktop.ui.track.room import TrackRoom
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.notice_bar import Messages
from esign_desktop.ui.widgets.state_mark import Mark, StateMark
from tests.services.desk import Desk, clock_ms, make_contract, person_signer
from tests.services.sandbox_platform import SECRET, SandboxPlatform
from tests.ui.presets.overlay import Overlay
from tests.ui.qr_reading import seen_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner

QUICK = PollingLimits(per_flow_s=0.3, watched_s=0.1, between_any_s=0.02)
NUMBERS = ("110101199003071233", "110101198506124566")


class Rig:
    """A window with a contract on the desk, and the services of a whole installation behind it."""

    def __init__(self, folder: Path, platform: SandboxPlatform, tasks: TaskRunner, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.installation = Desk(folder / "desk", platform.environment)
        self.services = _services(self.installation, platform)
        signers = tuple(
            person_signer(name, step=step, number=number)
            for step, (name, number) in enumerate(zip(("张示例", "李示例"), NUMBERS, strict=True), 1)
        )
        self.session = ContractSession(make_contract(folder / "files", signers=signers), clock_ms=clock_ms)
        self.poller = FlowPoller(self.services.flows, self.services.environments, tasks)
        self.window = Overlay()
        self.window.resize(1000, 800)
        qtbot.addWidget(self.window)
        self.window.show()
        self.controller = SendController(self.window, self.session, self.services, tasks, self.poller)
        self.sent: list[FlowRecord] = []
        self.controller.sent.connect(self.sent.append)

    def review_and_send(self) -> None:
        self.controller.begin()
        self._qtbot.waitUntil(lambda: self.button("Send now").isEnabled(), timeout=10_000)
        self.press("Send now")

    def press(self, text: str) -> None:
        self._qtbot.mouseClick(self.button(text), Qt.MouseButton.LeftButton)

    def button(self, text: str) -> QPushButton:
        return next(one for one in self.window.findChildren(QPushButton) if one.isVisible() and one.text() == text)

    def has_button(self, text: str) -> bool:
        return any(one.isVisible() and one.text() == text for one in self.window.findChildren(QPushButton))

    @property
    def texts(self) -> str:
        return "\n".join(label.text() for label in self.window.findChildren(PlainLabel) if label.isVisible())

    @property
    def card(self) -> QrCard:
        return cast("QrCard", self.window.findChild(QrCard))


def _services(installation: Desk, platform: SandboxPlatform) -> Services:
    environments = EnvironmentService(Settings(installation.database), SecretStore())
    environments.use_for_session(platform.environment, SECRET)
    environments.choose(EnvironmentKind.SANDBOX)
    return replace(
        build_services(installation.paths, installation.database, cast("Any", None), clock_ms=clock_ms),
        drafts=DraftService(installation.stores.drafts, clock_ms=clock_ms),
        accounts=AccountService(
            installation.stores.accounts,
            client_for=installation.client_for,
            clock_ms=clock_ms,
            book=installation.stores.book,
        ),
        submission=installation.submission,
        flows=FlowService(
            installation.stores.flows,
            environment_of=installation.environment_of,
            client_for=installation.client_for,
            clock_ms=clock_ms,
            schedule=PollingSchedule(QUICK),
        ),
        environments=environments,
    )


@pytest.fixture
def rig(
    tmp_path: Path, platform: SandboxPlatform, tasks: TaskRunner, qtbot: QtBot, speak: Callable[[str], None]
) -> Iterator[Rig]:
    speak("en")
    rig = Rig(tmp_path, platform, tasks, qtbot)
    yield rig
    rig.window.hide()
    tasks.stop()
    rig.installation.close()


def test_a_contract_is_sent_scanned_signed_and_seen_to_be_signed(
    rig: Rig, platform: SandboxPlatform, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(rig.controller.sent, timeout=20_000):
        rig.review_and_send()
    (record,) = rig.sent
    first = record.signers[0].urls[0]
    assert seen_on(rig.card) == [first]
    platform.sign(first)
    second = record.signers[1].urls[0]
    qtbot.waitUntil(lambda: rig.card.link == second, timeout=10_000)
    assert seen_on(rig.card) == [second]
    platform.sign(second)
    mark = cast("StateMark", rig.card.findChild(StateMark))
    qtbot.waitUntil(lambda: mark.isVisible() and mark.mark is Mark.DONE, timeout=10_000)
    assert "Completed" in rig.texts
    (flow,) = platform.flows(record.title)
    assert flow.flow_id == record.flow_id


def test_a_signature_is_seen_in_track_by_itself_and_the_file_comes_back(
    rig: Rig, platform: SandboxPlatform, qtbot: QtBot, tasks: TaskRunner, tmp_path: Path
) -> None:
    with qtbot.waitSignal(rig.controller.sent, timeout=20_000):
        rig.review_and_send()
    (record,) = rig.sent
    messages = Messages()
    qtbot.addWidget(messages)
    room = TrackRoom(rig.services, tasks, messages, poller=rig.poller)
    qtbot.addWidget(room)
    rig.window.hide()
    rig.services.preferences.set_download_folder(tmp_path / "signed")
    room.show()

    def texts() -> str:
        return "\n".join(label.text() for label in room.findChildren(PlainLabel) if label.isVisible())

    qtbot.waitUntil(lambda: "Waiting for" in texts(), timeout=10_000)
    for signer in record.signers:
        platform.sign(signer.urls[0])
    qtbot.waitUntil(lambda: "All signers have signed" in texts(), timeout=10_000)
    assert "1 contract used" in texts()
    download = next(one for one in room.findChildren(QPushButton) if one.text() == "Download signed files")
    qtbot.mouseClick(download, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(messages.rows), timeout=10_000)
    assert messages.rows[0].title == "1 file downloaded."
    (path,) = (tmp_path / "signed").rglob("*.pdf")
    assert path.read_bytes().startswith(b"%PDF-")
    room.hide()


def test_a_lost_answer_to_start_holds_the_send_and_shows_nobody_two_contracts(
    rig: Rig, platform: SandboxPlatform, qtbot: QtBot
) -> None:
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply", "times": 1})
    rig.review_and_send()
    qtbot.waitUntil(lambda: rig.has_button("Send again"), timeout=20_000)
    assert "The platform didn't confirm that the contract was created" in rig.texts
    title = rig.session.draft.title
    assert [flow.is_visible for flow in platform.flows(title)] == [False]
    with qtbot.waitSignal(rig.controller.sent, timeout=20_000):
        rig.press("Send again")
    assert sorted(flow.is_visible for flow in platform.flows(title)) == [False, True]


def test_a_file_that_changed_since_the_review_is_not_sent(rig: Rig, platform: SandboxPlatform, qtbot: QtBot) -> None:
    from pathlib import Path

    path = Path(rig.session.draft.documents[0].path)
    rig.controller.begin()
    qtbot.waitUntil(lambda: "file unchanged" in rig.texts, timeout=10_000)
    qtbot.waitUntil(lambda: rig.button("Send now").isEnabled(), timeout=10_000)
    path.write_bytes(path.read_bytes() + b"\n% changed")
    rig.press("Send now")
    qtbot.waitUntil(lambda: rig.has_button("Back to contract"), timeout=20_000)
    assert "was not sent" in rig.texts
    rig.press("Back to contract")
    assert rig.window.count() == 1
    assert platform.flows(rig.session.draft.title) == ()


def test_a_wrong_secret_pauses_with_its_reason_and_the_draft_comes_back(rig: Rig, qtbot: QtBot) -> None:
    rig.installation.secret = "0" * 32
    rig.review_and_send()
    qtbot.waitUntil(lambda: rig.has_button("Back to contract"), timeout=20_000)
    assert "its answer isn't signed" in rig.texts
    assert "api.unsigned_refusal" not in rig.texts
    rig.press("Back to contract")
    qtbot.waitUntil(lambda: rig.window.count() == 1, timeout=10_000)


def test_the_review_can_be_left_and_begun_again(rig: Rig, qtbot: QtBot) -> None:
    rig.controller.begin()
    sheet = rig.window.currentWidget()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert rig.window.count() == 1
    rig.session.load(replace(rig.session.draft, is_ordered=False))
    rig.review_and_send()
    qtbot.waitUntil(lambda: bool(rig.sent), timeout=20_000)
    assert [signer.step for signer in rig.sent[0].signers] == [1, 1]


def test_a_draft_that_was_sent_is_not_sent_twice(rig: Rig, platform: SandboxPlatform, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rig.controller.sent, timeout=20_000):
        rig.review_and_send()
    rig.review_and_send()
    qtbot.waitUntil(lambda: "This contract has already been sent" in rig.texts, timeout=20_000)
    assert len(platform.flows(rig.session.draft.title)) == 1
