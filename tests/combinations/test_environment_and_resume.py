"""Work that was left in one environment, with each environment at the next start: offered, never sent elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import AppError, Cancelled, CancelToken
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.bulk.values import BulkProgress, BulkStop
from esign_desktop.services.calibration.service import CalibrationStage
from esign_desktop.services.catalogue import Services
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.sending.review import ReviewService
from esign_desktop.store.codec import draft_to_json
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.text.errors.sentences import error_sentence
from tests.bulk_samples import make_sheet, person_row
from tests.pdf.local_engine import LocalEngine
from tests.services.counter_desk import ZHANG, make_form_contract
from tests.services.crashing import Driver, running_driver
from tests.services.desk import make_contract, person_signer
from tests.services.memory_keyring import Computer, MemoryKeyring
from tests.services.sandbox_platform import SECRET, SandboxPlatform
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start

WAIT_MS: Final = 20_000
TITLE: Final = "calibration"
SHEET: Final = make_sheet(*(person_row(number) for number in range(3)))


class NextStart(Enum):
    """How the environments stand when the program starts again."""

    AS_LEFT = auto()
    ANOTHER_CHOSEN = auto()
    """Another environment, which is ready too, was chosen in the meantime."""
    REHEARSAL_NOT_STARTED = auto()
    """The work was left in the rehearsal, and the program is started without it."""
    SECRET_GONE = auto()
    """The keyring no longer has the project's secret."""


AS_LEFT, ANOTHER, NO_REHEARSAL, NO_SECRET = NextStart


class Office:
    """An installation whose work is left at one platform, while another one is known too."""

    def __init__(
        self, root: Path, home: SandboxPlatform, other: SandboxPlatform, kind: EnvironmentKind, driver: Driver
    ) -> None:
        self.root, self.home, self.other, self.kind, self.driver = root, home, other, kind, driver
        self.keyring = MemoryKeyring()
        self.computer = Computer(root / "installation", self.keyring, LocalEngine())

    @property
    def environment(self) -> Environment:
        return replace(self.home.environment, kind=self.kind)

    def start(self, next_start: NextStart = AS_LEFT) -> Services:
        services = self.computer.start()
        environments, other = services.environments, replace(self.other.environment, kind=EnvironmentKind.TEST)
        environments.save(other)
        environments.set_secret(other, SECRET)
        if self.kind is EnvironmentKind.SANDBOX:
            if next_start is not NO_REHEARSAL:
                environments.use_for_session(self.environment, SECRET)
        else:
            environments.save(self.environment)
            if next_start is NO_SECRET:
                environments.forget_secret(self.environment)
            else:
                environments.set_secret(self.environment, SECRET)
        environments.choose(EnvironmentKind.TEST if next_start is ANOTHER else self.kind)
        return services


def code_of(work: Callable[[], object]) -> str:
    try:
        work()
    except AppError as error:
        return told(error)
    return ""


def told(error: AppError) -> str:
    assert error_sentence(error).remedy
    return error.code


def unfinished(services: Services) -> str:
    return ", ".join(summary.state.value for summary in services.submission.unfinished())


def run_unfinished(services: Services) -> str:
    """Go on with the one send as a person would: a held one is sent again only if it was held before."""
    (summary,) = services.submission.unfinished()
    if summary.state.waits_for_person:
        services.submission.start_again(summary.id)
    outcome = services.submission.run(summary.id)
    if outcome.error is not None:
        return told(outcome.error)
    return "held" if outcome.state is SubmissionState.HELD else ""


def make_draft(office: Office) -> ContractDraft:
    return make_contract(office.root / "papers", signers=(person_signer("张示例"),))


def kill_at(office: Office, state: str) -> None:
    wanted = {"draft": draft_to_json(make_draft(office)), "kind": office.kind.value, "dies_at": state}
    assert office.driver.order(office.root / "installation", 0, dies_before=False, wanted=wanted)


def leave_killed(office: Office) -> None:
    kill_at(office, "uploaded")


def leave_killed_in_start(office: Office) -> None:
    kill_at(office, "start_intent")


def leave_held(office: Office) -> None:
    services = office.start()
    office.home.set_faults({"path": "/sign/start", "fault": "drop_reply"})
    draft = make_draft(office)
    services.submission.send(draft, office.environment)


def leave_failed(office: Office) -> None:
    services = office.start()
    office.home.set_faults({"path": "/sign/start", "fault": "err_code", "err_code": 1, "msg": "no"})
    draft = make_draft(office)
    services.drafts.save(draft)
    services.submission.send(draft, office.environment)


def leave_draft(office: Office) -> None:
    office.start().drafts.save(make_draft(office))


def open_draft(services: Services) -> str:
    draft = services.drafts.recover()
    return "" if draft is None else "open draft"


def review_draft(services: Services) -> str:
    draft = services.drafts.recover()
    assert draft is not None
    reviews = ReviewService(
        *(services.environments, services.preferences, services.submission, services.flows, services.accounts)
    )
    review = reviews.review(draft)
    return review.environment.kind.value


def leave_correction(office: Office) -> None:
    services = office.start()
    draft = make_draft(office)
    outcome = services.submission.send(draft, office.environment)
    assert outcome.flow_id is not None
    services.drafts.save(services.corrections.begin(outcome.flow_id).draft)


def make_preset(services: Services, office: Office) -> Preset:
    draft = make_form_contract(services.documents, office.root / "form")
    customers = [signer.id for signer in draft.signers if isinstance(signer, PersonSigner)]
    return services.presets.make(draft, customers, name="借款合同", environment=services.environments.current())


def leave_sheet(office: Office) -> None:
    services = office.start()
    make_preset(services, office)
    send_one_row(services)


def send_one_row(services: Services) -> None:
    """Begin to send the sheet, and stop after its first row."""
    (preset,) = services.presets.list()
    plan = services.bulk.plan(preset, SHEET, services.bulk.columns_for(preset, SHEET))
    token = CancelToken()

    def stop(progress: BulkProgress) -> None:
        if progress.done:
            token.cancel()

    assert services.bulk.run(plan, on_progress=stop, cancel=token).stop is BulkStop.PAUSED


def interrupted_sheet(services: Services) -> str:
    run = services.bulk.interrupted()
    return "" if run is None else f"{run.sent_count} of {run.row_count} rows"


def send_sheet(services: Services) -> str:
    """Lay the sheet out again and send what is missing."""
    (preset,) = services.presets.list()
    plan = services.bulk.plan(preset, SHEET, services.bulk.columns_for(preset, SHEET))
    report = services.bulk.run(plan)
    return told(report.error) if report.error is not None else ""


def leave_code(office: Office) -> None:
    services = office.start()
    preset = make_preset(services, office)
    services.counter.choose(preset.id)
    services.counter.enter(ZHANG)
    services.counter.send()


def shown_code(services: Services) -> str:
    state = services.counter.resume().state
    return "" if state is CounterState.IDLE else state.value


def show_code(services: Services) -> str:
    return code_of(services.counter.show_waiting)


def leave_calibration(office: Office) -> None:
    services = office.start()
    token = CancelToken()

    def stop(stage: CalibrationStage) -> None:
        if stage is CalibrationStage.WAITING:
            token.cancel()

    with suppress(Cancelled):
        services.calibration.run(office.kind, TITLE, with_person=False, on_stage=stop, cancel=token)


def waiting_sheet(services: Services) -> str:
    return "sheet" if services.calibration.is_waiting(EnvironmentKind.SANDBOX) else ""


def measure(services: Services) -> str:
    return code_of(lambda: services.calibration.run(EnvironmentKind.SANDBOX, TITLE, with_person=False))


@dataclass(frozen=True)
class Left:
    """Work that was left: how, what a start offers of it, and what going on with it ends with.

    ``went`` holds, by the next start, the code of an error, the environment that a review names, or an empty text where
    the work is done. Offers that ``is_offered_by_home`` are made only in the environment of the work.
    """

    leave: Callable[[Office], None]
    offered: Callable[[Services], str]
    offer: str
    go_on: Callable[[Services], str]
    went: dict[NextStart, str]
    kind: EnvironmentKind = EnvironmentKind.OWN
    is_offered_by_home: bool = False
    is_ended_by_going_on: bool = True
    starts: int = 1
    """How often a contract is started at home until the work is done."""


UNSENT: Final = {AS_LEFT: "", ANOTHER: "", NO_REHEARSAL: "environment.no_rehearsal", NO_SECRET: "environment.no_secret"}
"""A send goes on in its own environment, whichever is chosen."""
REVIEWED: Final = {AS_LEFT: "own", ANOTHER: "test", NO_REHEARSAL: "sandbox", NO_SECRET: "own"}
CORRECTED: Final = REVIEWED | {ANOTHER: "own"}
"""A correction goes where the first contract is."""
SHOWN: Final = dict.fromkeys(NextStart, "")
"""The code is kept here, so it is shown without a call."""
HELD: Final = dict.fromkeys(NextStart, "held")
LEFT: Final = {
    "killed": Left(leave_killed, unfinished, "uploaded", run_unfinished, UNSENT),
    # Whether the platform has the contract is asked of a person before anything is called.
    "killed in start": Left(
        leave_killed_in_start, unfinished, "start_intent", run_unfinished, dict.fromkeys(NextStart, "held")
    ),
    "held": Left(leave_held, unfinished, "held", run_unfinished, UNSENT, starts=2),
    "failed": Left(
        leave_failed, open_draft, "open draft", review_draft, REVIEWED, is_ended_by_going_on=False, starts=0
    ),
    "draft": Left(leave_draft, open_draft, "open draft", review_draft, REVIEWED, is_ended_by_going_on=False, starts=0),
    "correction": Left(leave_correction, open_draft, "open draft", review_draft, CORRECTED, is_ended_by_going_on=False),
    "sheet": Left(leave_sheet, interrupted_sheet, "1 of 3 rows", send_sheet, UNSENT, is_offered_by_home=True, starts=3),
    "code": Left(
        leave_code, shown_code, "waiting", show_code, SHOWN, is_offered_by_home=True, is_ended_by_going_on=False
    ),
    "calibration": Left(*(leave_calibration, waiting_sheet, "sheet", measure, UNSENT), kind=EnvironmentKind.SANDBOX),
}
CELLS: Final = [
    (name, next_start)
    for name, left in LEFT.items()
    for next_start in NextStart
    # The rehearsal has no secret of its own that could be gone.
    if left.kind is not EnvironmentKind.SANDBOX or next_start is not NO_SECRET
]


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxPlatform, SandboxPlatform]]:
    folder = tmp_path_factory.mktemp("platforms")
    with SandboxPlatform(folder / "home") as home, SandboxPlatform(folder / "other") as other:
        yield home, other


@pytest.fixture(scope="module")
def driver(platforms: tuple[SandboxPlatform, SandboxPlatform]) -> Iterator[Driver]:
    with running_driver(platforms[0]) as driver:
        yield driver


DAILY: Final = [
    *(("killed", next_start) for next_start in NextStart),
    *((name, NO_REHEARSAL) for name in ("killed in start", "held", "sheet")),
    *((name, ANOTHER) for name in ("correction", "sheet", "code")),
    ("sheet", NO_SECRET),
]


@pytest.mark.parametrize("cell", daily(DAILY, CELLS), ids=lambda cell: f"{cell[0]}-{cell[1].name.lower()}")
def test_left_work_is_offered_never_sent_elsewhere_and_not_lost(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    platforms: tuple[SandboxPlatform, SandboxPlatform],
    driver: Driver,
    cell: tuple[str, NextStart],
) -> None:
    name, next_start = cell
    left, (home, other) = LEFT[name], platforms
    kind = EnvironmentKind.SANDBOX if next_start is NO_REHEARSAL else left.kind
    office = Office(tmp_path, home, other, kind, driver)
    monkeypatch.setattr("esign_desktop.store.secrets._backend", office.keyring.found)
    starts = home.requests("/sign/start")
    left.leave(office)
    home.set_faults()
    calls = len(other.request_log())

    services = office.start(next_start)
    is_home = next_start in {AS_LEFT, NO_SECRET}
    is_offered = is_home or not left.is_offered_by_home
    is_offered = is_offered and (name, next_start) != ("calibration", NO_REHEARSAL)
    assert left.offered(services) == (left.offer if is_offered else "")
    if is_offered:
        assert left.go_on(services) == left.went[next_start]
    assert len(other.request_log()) == calls

    services = office.start()
    if not left.is_ended_by_going_on:
        assert left.offered(services) == left.offer
    elif left.offered(services):
        assert left.go_on(services) == ""
    assert left.is_ended_by_going_on is not bool(left.offered(services))
    assert len(other.request_log()) == calls
    assert home.requests("/sign/start") - starts == left.starts
    office.computer.stop()


def messages(program: Program) -> str:
    return "\n".join(f"{row.title} {row.remedy}" for row in program.window.messages.rows)


def workspace_of(program: Program) -> Workspace:
    assert program.workspace is not None
    return program.workspace


def test_a_sheet_of_the_rehearsal_is_offered_once_the_rehearsal_runs(
    start: Start, tmp_path: Path, qtbot: QtBot
) -> None:
    first = start(with_sandbox=True)
    services = workspace_of(first).services
    draft = make_form_contract(services.documents, tmp_path / "form")
    services.presets.make(draft, [draft.signers[0].id], name="借款合同", environment=services.environments.current())
    send_one_row(services)
    first.stop()
    again = start(with_sandbox=True)
    qtbot.waitUntil(lambda: "was not completely sent" in messages(again), timeout=WAIT_MS)
    assert workspace_of(again).services.environments.current().kind is EnvironmentKind.SANDBOX


def test_a_send_of_the_rehearsal_waits_until_the_rehearsal_is_started(
    start: Start, tmp_path: Path, qtbot: QtBot
) -> None:
    first = start(with_sandbox=True)
    services = workspace_of(first).services
    submission_id = services.submission.queue(
        make_contract(tmp_path / "papers", signers=(person_signer("张示例"),)), services.environments.current()
    )
    first.stop()
    again = start()
    window, track = again.window, workspace_of(again).track
    window.resize(1366, 768)
    window.show()
    window.show_room(RoomName.TRACK)

    def press(within: QWidget, text: str) -> None:
        def found() -> list[QPushButton]:
            buttons = within.findChildren(QPushButton)
            return [button for button in buttons if button.isVisible() and button.text().startswith(text)]

        qtbot.waitUntil(lambda: bool(found()), timeout=WAIT_MS)
        QTest.mouseClick(found()[0], Qt.MouseButton.LeftButton)

    press(track, "Continue")
    (panel,) = track.findChildren(SendingPanel)

    def words() -> str:
        return " ".join(one.text() for one in panel.findChildren(QLabel) if one.isVisible())

    qtbot.waitUntil(lambda: "The rehearsal isn't running." in words(), timeout=WAIT_MS)
    assert "secret" not in words() + messages(again)
    with qtbot.waitSignal(again.sandbox_ready, timeout=WAIT_MS):
        # The sentence leads to this button.
        press(window.status_line, "Start rehearsal")
    press(panel, "Try again")
    qtbot.waitUntil(lambda: "Sent to signers" in words(), timeout=WAIT_MS)
    again_services = workspace_of(again).services
    assert again_services.submission.outcome(submission_id).flow_id is not None
