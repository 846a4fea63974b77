"""A contract of one environment while the window stands in another: it is said, and asked, before anything is done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from esign_desktop.domain.environment import EnvironmentKind, KeywordOrigin, PlatformBehaviour
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.editing.session import EditName
from esign_desktop.store.codec import draft_to_json
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.qr_card import QrWindow
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.rail import EDGE_PX, RoomName
from esign_desktop.ui.track.commands import FlowCommands
from esign_desktop.ui.track.details import DetailsPane
from esign_desktop.ui.track.menu import FlowMenu
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.environment_banner import ElsewhereQuestion
from esign_desktop.ui.widgets.theme import environment_colours
from tests.services.crashing import running_driver
from tests.services.desk import make_contract, person_signer
from tests.services.sandbox_platform import SECRET, SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.store.files.paths import AppPaths
    from tests.app.conftest import Start

WAIT_MS = 30_000
OWN = EnvironmentKind.OWN


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SandboxPlatform]:
    """A second platform on loopback, which stands for an address of one's own."""
    with SandboxPlatform(tmp_path / "own") as platform:
        yield platform


def killed_during_start(own: SandboxPlatform, paths: AppPaths, folder: Path) -> ContractDraft:
    """Send a contract to the own address, and be killed when start is about to be called."""
    draft = make_contract(folder, signers=(person_signer("王小明"),))
    wanted = {"draft": draft_to_json(draft), "kind": OWN.value, "dies_at": "start_intent"}
    with running_driver(own) as driver:
        assert driver.order(paths.data_dir.parent, 0, dies_before=False, wanted=wanted)
    return draft


class Window:
    """The program in rehearsal, which knows the own address too."""

    def __init__(self, program: Program, own: SandboxPlatform, qtbot: QtBot) -> None:
        self.program, self.qtbot = program, qtbot
        assert program.workspace is not None
        self.workspace = program.workspace
        environment = replace(own.environment, kind=OWN)
        self.workspace.services.environments.save(environment)
        self.workspace.services.environments.set_secret(environment, SECRET)
        program.window.resize(1366, 768)
        program.window.show()
        self.wait(lambda: self.workspace.environment.kind is EnvironmentKind.SANDBOX)
        self.wait(lambda: "Rehearsal" in self.chip)

    def wait(self, is_true: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(is_true()), timeout=WAIT_MS)

    def button(self, within: QWidget, text: str) -> QPushButton:
        """Wait for a button that is shown, by what it begins with."""

        def found() -> list[QPushButton]:
            buttons = within.findChildren(QPushButton)
            return [one for one in buttons if one.isVisible() and one.isEnabled() and one.text().startswith(text)]

        self.wait(found)
        return found()[0]

    def click(self, button: QPushButton) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def question(self) -> ElsewhereQuestion:
        def found() -> list[ElsewhereQuestion]:
            return [one for one in self.program.window.findChildren(ElsewhereQuestion) if one.isVisible()]

        self.wait(found)
        return found()[0]

    @property
    def panel(self) -> SendingPanel:
        return next(one for one in self.workspace.track.findChildren(SendingPanel) if one.isVisible())

    @property
    def chip(self) -> str:
        return " ".join(one.text() for one in self.program.window.status_line.findChildren(QPushButton))

    @property
    def edge(self) -> str:
        """The colour at the rail's edge, in a place without a stripe."""
        picture = self.program.window.rail.grab().toImage()
        return picture.pixelColor(1, EDGE_PX * 4).name()


def words(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def test_a_contract_of_the_own_address_is_sent_from_rehearsal_only_when_its_name_was_read_and_answered(
    start: Start, own: SandboxPlatform, paths: AppPaths, tmp_path: Path, qtbot: QtBot
) -> None:
    draft = killed_during_start(own, paths, tmp_path / "paper")
    window = Window(start(with_sandbox=True), own, qtbot)
    grey, red = (environment_colours(kind)[0].name() for kind in (EnvironmentKind.SANDBOX, OWN))
    assert window.edge == grey
    calls = len(own.request_log())

    window.program.window.show_room(RoomName.TRACK)
    go_on = window.button(window.workspace.track, "Continue")
    assert "Custom address" in go_on.text()
    assert red in go_on.styleSheet()
    window.click(go_on)

    # It is said everywhere, and asked; nothing has been sent.
    assert "This contract belongs to Custom address. This window is using Rehearsal." in words(window.question)
    assert "Custom address" in words(window.panel)
    assert "legally binding" in words(window.panel)
    assert "Custom address" in window.chip
    assert window.edge == red
    window.workspace.tasks.wait_idle()
    assert len(own.request_log()) == calls

    # No is no: back to the list, and to the window's own colour.
    QTest.keyClick(window.question, Qt.Key.Key_Escape)
    window.wait(lambda: "Rehearsal" in window.chip)
    assert window.edge == grey
    window.workspace.tasks.wait_idle()
    assert len(own.request_log()) == calls

    window.click(window.button(window.workspace.track, "Continue"))
    window.click(window.button(window.question, "Continue"))
    again = window.button(window.panel, "Send again")
    assert "Custom address" in again.text()
    assert "Needs your decision" in words(window.panel)
    assert own.flows(draft.title) == ()
    window.click(again)
    assert "Custom address" in words(window.question)
    window.workspace.tasks.wait_idle()
    assert own.flows(draft.title) == ()

    window.click(window.button(window.question, "Send again"))
    window.wait(lambda: "Sent to signers" in words(window.panel))
    (flow,) = own.flows(draft.title)
    assert flow.is_visible
    assert "Custom address" in words(window.panel)
    assert window.edge == red

    assert_track_says_whose_it_is(window, grey)


def assert_track_says_whose_it_is(window: Window, grey: str) -> None:
    """Back in the list the window stands in rehearsal, and the contract's pane and code say whose it is."""
    window.click(window.button(window.panel, "Show in Track"))
    commands = window.workspace.track.findChild(FlowCommands)
    assert commands is not None
    window.wait(lambda: commands.chosen is not None)
    window.wait(lambda: window.edge == grey)
    pane = window.workspace.track.findChild(DetailsPane)
    assert pane is not None
    assert "belongs to Custom address" in words(pane)
    assert "Custom address" in window.button(pane, "Correct and send again").text()
    commands.press_revoke()
    assert "Custom address" in window.button(pane, "Press again to revoke").text()
    menu = window.workspace.track.findChild(FlowMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    assert "Custom address" in menu.actions()[0].text()
    menu.aboutToHide.emit()
    commands.show_code()
    (code,) = (one for one in window.workspace.track.findChildren(QrWindow) if one.isVisible())
    assert "belongs to Custom address" in words(code)
    code.close()


@pytest.mark.nightly
def test_a_correction_goes_where_the_first_contract_is_and_asks_before_that(
    start: Start, own: SandboxPlatform, paths: AppPaths, tmp_path: Path, qtbot: QtBot
) -> None:
    window = Window(start(with_sandbox=True), own, qtbot)
    services, workspace = window.workspace.services, window.workspace
    behaviour = PlatformBehaviour(keyword_origin=KeywordOrigin.CENTRE, person_seal_width_pt=40.0)
    environment = services.environments.set_behaviour(OWN, behaviour)
    signers = (person_signer("王小明", number="110101199003071233"),)
    outcome = services.submission.send(make_contract(tmp_path / "paper", signers=signers), environment)
    assert outcome.flow_id is not None
    correction = services.corrections.begin(outcome.flow_id)
    workspace.track.correction_made.emit(correction)
    window.wait(lambda: workspace.session.draft.replaces == outcome.flow_id)
    rehearsed = services.environments.current()

    # It is drawn for that platform, not for the chosen one.
    window.wait(lambda: workspace.session.draft.behaviour.keyword_origin is KeywordOrigin.CENTRE)
    workspace.environment.reload()
    window.wait(workspace.prepare.canvas.isVisible)
    workspace.tasks.wait_idle()
    assert workspace.session.draft.behaviour.person_seal_width_pt == 40.0
    window.program.window.actions_by_name[ActionName.SEND].trigger()
    window.wait(lambda: workspace.prepare.findChildren(ReviewSheet))
    sheet = workspace.prepare.findChildren(ReviewSheet)[-1]
    send = window.button(sheet, "Send now")
    assert "Custom address" in send.text()
    assert "belongs to Custom address" in words(sheet)
    assert "revoked first" in words(sheet)
    assert "Custom address" in window.chip
    window.click(send)
    assert "Custom address" in words(window.question)
    assert services.flows.refresh(outcome.flow_id).status is FlowStatus.SIGNING

    window.click(window.button(window.question, "Send"))
    window.wait(lambda: workspace.session.draft.is_empty and not workspace.is_sending)
    assert services.flows.get(outcome.flow_id).status is FlowStatus.REVOKED
    first, second = own.flows(correction.draft.title)
    assert {first.is_visible, second.is_visible} == {True}
    assert services.environments.current() == rehearsed


@pytest.mark.nightly
def test_seals_on_the_desk_are_drawn_anew_when_more_is_known_of_the_platform(
    start: Start, own: SandboxPlatform, tmp_path: Path, qtbot: QtBot
) -> None:
    window = Window(start(with_sandbox=True), own, qtbot)
    session, environments = window.workspace.session, window.workspace.services.environments
    session.load(make_contract(tmp_path / "paper", signers=(person_signer("王小明"),)))
    session.apply(
        EditName.RESIZE_SEALS,
        lambda draft: replace(draft, placements=tuple(replace(one, width_pt=None) for one in draft.placements)),
    )
    window.wait(lambda: {mark.rect.height_pt for mark in session.marks} == {95.0})
    environments.set_behaviour(EnvironmentKind.SANDBOX, PlatformBehaviour(person_seal_width_pt=40.0))
    window.workspace.environment.reload()
    window.wait(lambda: {mark.rect.height_pt for mark in session.marks} == {40.0})

    # Another environment has seals of another size.
    environments.choose(OWN)
    window.workspace.environment.reload()
    window.wait(lambda: {mark.rect.height_pt for mark in session.marks} == {95.0})


@pytest.mark.nightly
def test_a_correction_that_gives_way_on_the_desk_takes_its_platform_along(
    start: Start, own: SandboxPlatform, tmp_path: Path, qtbot: QtBot
) -> None:
    window = Window(start(with_sandbox=True), own, qtbot)
    workspace, services = window.workspace, window.workspace.services
    environment = services.environments.set_behaviour(OWN, PlatformBehaviour(person_seal_width_pt=40.0))
    signers = (person_signer("王小明", number="110101199003071233"),)
    outcome = services.submission.send(make_contract(tmp_path / "paper", signers=signers), environment)
    assert outcome.flow_id is not None
    workspace.track.correction_made.emit(services.corrections.begin(outcome.flow_id))
    window.wait(lambda: workspace.session.draft.behaviour.person_seal_width_pt == 40.0)
    # Calibrated while it lies there.
    services.environments.set_behaviour(OWN, PlatformBehaviour(person_seal_width_pt=50.0))
    assert workspace.settings is not None
    workspace.settings.environment_changed.emit()
    window.wait(lambda: workspace.session.draft.behaviour.person_seal_width_pt == 50.0)

    workspace.draft_controller.close_contract(then=lambda: None)

    window.wait(lambda: workspace.session.draft.replaces is None)
    window.wait(lambda: workspace.session.draft.behaviour == PlatformBehaviour())
