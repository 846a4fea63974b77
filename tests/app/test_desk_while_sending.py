"""The desk belongs to the contract that is being sent, in whatever room; nobody else takes anything from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.ui.prepare.drafts import DraftCard
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.commands import FlowCommands
from esign_desktop.ui.viewer.view import PagesView
from esign_desktop.ui.widgets.actions import ActionName
from tests.services.desk import make_contract, person_signer
from tests.services.sandbox_platform import SECRET, SandboxPlatform
from tests.services.template_files import make_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.app.conftest import Start

WAIT_MS = 30_000
SLOW = {"path": "/sign/start", "fault": "slow", "seconds": 1.5}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[SandboxPlatform]:
    with SandboxPlatform(tmp_path / "platform") as running:
        yield running


class Bench:
    """The program with a contract on its desk, and a platform that may be slow."""

    def __init__(self, program: Program, platform: SandboxPlatform, folder: Path, qtbot: QtBot) -> None:
        self.program, self.platform, self.folder, self.qtbot = program, platform, folder, qtbot
        assert program.workspace is not None
        self.workspace, self.window = program.workspace, program.window
        environments = self.workspace.services.environments
        environments.save(platform.environment)
        environments.set_secret(platform.environment, SECRET)
        environments.choose(platform.environment.kind)
        self.workspace.environment.reload()
        self.window.show()
        self.wait(lambda: self.workspace.environment.state is not None and self.workspace.environment.state.is_ready)
        self.wait(lambda: self.workspace.environment.kind is platform.environment.kind)

    def wait(self, is_true: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(is_true()), timeout=WAIT_MS)

    def lay_out(self, name: str = "王小明") -> ContractDraft:
        """Put a contract on the desk."""
        draft = make_contract(self.folder / name, signers=(person_signer(name, number="110101199003071233"),))
        taken: list[bool] = []
        self.workspace.draft_controller.take_in(draft, then=lambda: taken.append(True))
        self.wait(lambda: taken)
        return draft

    def send(self) -> None:
        """Review, and press the button there."""
        self.window.actions_by_name[ActionName.SEND].trigger()
        self.wait(lambda: self.workspace.prepare.findChildren(ReviewSheet))
        sheet = self.workspace.prepare.findChildren(ReviewSheet)[-1]
        self.click(sheet, "Send now")

    def click(self, within: QWidget, text: str) -> None:
        def found() -> list[QPushButton]:
            buttons = within.findChildren(QPushButton)
            return [one for one in buttons if one.isVisible() and one.isEnabled() and one.text().startswith(text)]

        self.wait(found)
        QTest.mouseClick(found()[0], Qt.MouseButton.LeftButton)

    def choose(self, panel: SendingPanel, text: str) -> None:
        """Choose an entry of the panel's menu."""

        def found() -> list[QAction]:
            return [one for one in panel.findChildren(QAction) if one.text() == text]

        self.wait(found)
        found()[0].trigger()

    def panel(self, room: QWidget) -> SendingPanel:
        self.wait(lambda: any(one.isVisible() for one in room.findChildren(SendingPanel)))
        return next(one for one in room.findChildren(SendingPanel) if one.isVisible())

    @property
    def messages(self) -> str:
        return " ".join(f"{row.title} {row.remedy}" for row in self.window.messages.rows)


@pytest.fixture
def bench(start: Start, platform: SandboxPlatform, tmp_path: Path, qtbot: QtBot) -> Bench:
    return Bench(start(), platform, tmp_path / "papers", qtbot)


def words(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


@pytest.mark.nightly
def test_a_preset_that_is_to_be_laid_out_during_a_send_waits_and_the_send_keeps_its_panel(bench: Bench) -> None:
    draft = bench.lay_out()
    bench.window.actions_by_name[ActionName.SAVE_PRESET].trigger()
    sheet = bench.workspace.presets.sheet
    assert sheet is not None
    bench.workspace.tasks.wait_idle()
    with bench.qtbot.waitSignal(bench.workspace.presets.saved, timeout=WAIT_MS) as saved:
        QTest.keyClick(sheet, Qt.Key.Key_Return)
    bench.platform.set_faults(SLOW)
    bench.send()
    panel = bench.panel(bench.workspace.prepare)
    bench.wait(lambda: bench.platform.requests("/sign/start"))

    bench.workspace.presets.edit(saved.args[0])

    assert bench.workspace.is_sending
    assert "being sent" in bench.messages
    bench.wait(lambda: not bench.workspace.is_sending)
    bench.wait(lambda: "Sent to signers" in words(panel))
    bench.workspace.tasks.wait_idle()
    (flow,) = bench.platform.flows(draft.title)
    assert flow.is_visible
    assert bench.workspace.session.draft.is_empty
    assert not any(one.title == draft.title for one in bench.workspace.services.drafts.list())

    # Once it is sent, the preset is laid out.
    bench.workspace.presets.edit(saved.args[0])
    bench.wait(lambda: not bench.workspace.session.draft.is_empty)
    assert bench.workspace.prepare.canvas.isVisible()


@pytest.mark.nightly
def test_a_new_contract_comes_from_under_the_code_of_the_one_that_was_sent(bench: Bench) -> None:
    bench.lay_out()
    bench.send()
    panel = bench.panel(bench.workspace.prepare)
    bench.wait(lambda: "Sent to signers" in words(panel))

    QTest.keyClick(bench.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)

    bench.wait(lambda: not bench.workspace.prepare.findChildren(SendingPanel))
    assert bench.workspace.session.draft.is_empty


@pytest.mark.nightly
def test_a_correction_is_seen_though_another_contracts_code_stood_there(bench: Bench) -> None:
    bench.lay_out()
    bench.send()
    bench.wait(lambda: "Sent to signers" in words(bench.panel(bench.workspace.prepare)))
    bench.workspace.tasks.wait_idle()
    (record,) = bench.workspace.services.flows.list()
    bench.window.show_room(RoomName.TRACK)
    bench.workspace.track.show_flow(record.flow_id)
    commands = bench.workspace.track.findChild(FlowCommands)
    assert commands is not None
    bench.wait(lambda: commands.chosen is not None)

    bench.click(bench.workspace.track, "Correct and send again")

    bench.wait(lambda: bench.workspace.session.draft.title == record.title)
    bench.wait(bench.workspace.prepare.canvas.isVisible)


@pytest.mark.nightly
def test_a_live_send_is_shown_in_track_as_one_and_not_offered_to_be_gone_on_with(bench: Bench) -> None:
    bench.lay_out()
    bench.platform.set_faults(SLOW)
    bench.send()
    bench.wait(lambda: bench.platform.requests("/sign/start"))

    bench.window.show_room(RoomName.TRACK)
    bench.wait(lambda: "is being sent" in words(bench.workspace.track))

    assert not any(one.text() == "Continue" for one in bench.workspace.track.findChildren(QPushButton))
    bench.click(bench.workspace.track, "Show")
    assert bench.window.room is RoomName.PREPARE
    bench.window.show_room(RoomName.TRACK)
    bench.wait(lambda: not bench.workspace.is_sending)
    bench.wait(lambda: "is being sent" not in words(bench.workspace.track))


@pytest.mark.nightly
def test_a_send_that_is_gone_on_with_in_track_is_a_send_and_leaves_nothing_unsent_behind(bench: Bench) -> None:
    draft = bench.lay_out()
    bench.platform.set_faults({"path": "/account/create/person/private", "fault": "reset", "times": 9})
    bench.send()
    bench.wait(lambda: "Sending paused" in words(bench.panel(bench.workspace.prepare)))
    submission = bench.workspace.services.submission
    (paused,) = submission.unfinished()
    assert paused.state is not SubmissionState.HELD
    bench.workspace.begin(recover=False)
    bench.wait(lambda: "not completely sent" in bench.messages)
    bench.platform.set_faults(SLOW)

    bench.window.show_room(RoomName.TRACK)
    bench.click(bench.workspace.track, "Continue")
    bench.wait(lambda: bench.platform.requests("/sign/start"))

    # Closing the window says that a contract is being sent; the contract on the desk stays as it is.
    assert bench.workspace.is_sending
    assert not bench.window.close()
    assert "A contract is being sent" in bench.messages
    assert not bench.workspace.contract.may_change()

    bench.wait(lambda: "Sent to signers" in words(bench.panel(bench.workspace.track)))
    bench.wait(lambda: bench.workspace.session.draft.is_empty)
    bench.wait(lambda: "not completely sent" not in bench.messages)
    bench.window.show_room(RoomName.PREPARE)
    assert not [one for one in bench.workspace.prepare.findChildren(SendingPanel) if one.isVisible()]
    assert len(bench.platform.flows(draft.title)) == 1


@pytest.mark.nightly
def test_a_silent_platform_is_told_of_and_esc_stops(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign_desktop.ui.send.progress.SILENCE_S", 1)
    draft = bench.lay_out()
    bench.platform.set_faults({"path": "/account/create/person/private", "fault": "hang", "seconds": 60})
    bench.send()
    panel = bench.panel(bench.workspace.prepare)

    bench.wait(lambda: "The platform (127.0.0.1) hasn't responded" in words(panel))
    assert "press Esc to stop" in words(panel)
    QTest.keyClick(panel, Qt.Key.Key_Escape)

    bench.wait(lambda: not bench.workspace.is_sending)
    assert bench.workspace.session.draft.id == draft.id
    bench.wait(bench.workspace.prepare.canvas.isVisible)
    assert bench.platform.flows(draft.title) == ()


def _pause(bench: Bench) -> ContractDraft:
    """Send a contract that stops on its way and is left for later."""
    draft = bench.lay_out()
    bench.platform.set_faults({"path": "/account/create/person/private", "fault": "reset", "times": 9})
    bench.send()
    bench.wait(lambda: "Sending paused" in words(bench.panel(bench.workspace.prepare)))
    return draft


def _try_to_open(bench: Bench, draft: ContractDraft) -> None:
    bench.window.messages.clear("draft.being_sent")
    bench.workspace.contract.show_drafts()
    bench.wait(lambda: any(one.draft_id == draft.id for one in bench.workspace.prepare.findChildren(DraftCard)))
    cards = [one for one in bench.workspace.prepare.findChildren(DraftCard) if one.draft_id == draft.id]
    QTest.keyClick(cards[-1], Qt.Key.Key_Return)
    bench.wait(lambda: "is being sent and can't be changed now" in bench.messages)
    assert bench.workspace.session.draft.is_empty


def test_a_contract_that_is_gone_on_with_in_track_can_not_be_opened_and_changed_meanwhile(bench: Bench) -> None:
    draft = _pause(bench)
    bench.choose(bench.panel(bench.workspace.prepare), "Decide later")
    # It waits in Track, and not on the desk, where what is changed in it would be lost.
    bench.wait(lambda: bench.workspace.session.draft.is_empty)
    bench.workspace.tasks.wait_idle()

    _try_to_open(bench, draft)

    bench.platform.set_faults(SLOW)
    bench.window.show_room(RoomName.TRACK)
    bench.click(bench.workspace.track, "Continue")
    bench.wait(lambda: bench.platform.requests("/sign/start"))
    _try_to_open(bench, draft)
    assert bench.workspace.track.is_sending

    bench.wait(lambda: not bench.workspace.is_sending)
    bench.wait(lambda: not bench.workspace.services.drafts.list())
    assert len(bench.platform.flows(draft.title)) == 1


@pytest.mark.nightly
def test_a_contract_whose_send_was_called_off_in_track_lies_on_the_desk_again(bench: Bench) -> None:
    draft = _pause(bench)
    bench.choose(bench.panel(bench.workspace.prepare), "Decide later")
    bench.wait(lambda: bench.workspace.session.draft.is_empty)
    bench.window.show_room(RoomName.TRACK)
    bench.click(bench.workspace.track, "Continue")
    bench.wait(lambda: "Sending paused" in words(bench.panel(bench.workspace.track)))
    assert bench.workspace.session.draft.is_empty

    bench.click(bench.panel(bench.workspace.track), "Back to contract")

    bench.wait(lambda: bench.workspace.session.draft == draft)
    bench.wait(bench.workspace.prepare.canvas.isVisible)


@pytest.mark.nightly
def test_a_person_who_is_added_over_a_paused_send_does_not_go_into_its_contract(bench: Bench) -> None:
    draft = _pause(bench)

    bench.window.actions_by_name[ActionName.ADD_PERSON].trigger()

    bench.wait(lambda: bench.workspace.session.draft.id != draft.id)
    assert draft.id in [one.id for one in bench.workspace.services.drafts.list()]


def test_a_contract_whose_send_was_cut_off_waits_in_track_at_the_next_start_and_not_on_the_desk(bench: Bench) -> None:
    draft = bench.lay_out()
    services = bench.workspace.services
    services.submission.queue(draft, services.environments.current())

    assert services.drafts.recover() is None

    (one,) = services.submission.unfinished()
    assert one.draft_id == draft.id
    services.submission.cancel_before_execute(one.id)
    assert services.drafts.load(draft.id) == draft


def test_no_restart_breaks_a_send_off(bench: Bench) -> None:
    bench.lay_out()
    bench.platform.set_faults(SLOW)
    bench.send()
    bench.wait(lambda: bench.workspace.is_sending)
    bench.window.menus.language_chosen.emit("zh_CN")
    bench.wait(lambda: any("language changes" in row.title for row in bench.window.messages.rows))
    bench.window.messages.rows[0].press()
    assert bench.window.isVisible()
    assert not bench.window.is_restarting
    assert bench.window.messages.rows[0].title.startswith("The program can't restart while something is being sent")
    bench.wait(lambda: not bench.workspace.is_sending)


def test_a_contract_is_prepared_from_the_review_and_started_from_track(bench: Bench) -> None:
    draft = bench.lay_out()
    bench.window.actions_by_name[ActionName.SEND].trigger()
    bench.wait(lambda: bench.workspace.prepare.findChildren(ReviewSheet))
    bench.click(bench.workspace.prepare.findChildren(ReviewSheet)[-1], "Create on platform")
    panel = bench.panel(bench.workspace.prepare)
    bench.wait(lambda: "has been created on the platform" in words(panel))
    assert [flow.is_visible for flow in bench.platform.flows(draft.title)] == [False]
    assert bench.workspace.session.draft.is_empty

    bench.click(panel, "Show in Track")
    bench.wait(lambda: bench.window.room is RoomName.TRACK)
    bench.click(bench.workspace.track, "Start signing")

    bench.wait(lambda: "is now available to its signers" in bench.messages)
    assert [flow.is_visible for flow in bench.platform.flows(draft.title)] == [True]
    bench.wait(lambda: "Waiting for" in words(bench.workspace.track))


def lay_out_form(bench: Bench) -> ContractDraft:
    """Put a contract on the desk that the platform makes of a template."""
    client = PlatformClient(bench.platform.environment, Secret(SECRET))
    path = bench.folder / "form.pdf"
    bench.folder.mkdir(parents=True, exist_ok=True)
    template_id = make_template(client, path, ("姓名", "住址"))
    client.close()
    draft = make_contract(bench.folder / "files", signers=(person_signer("王小明", number="110101199003071233"),))
    rects = {name: PageRect(60, 842 - top - 24, 400, 842 - top) for name, top in (("姓名", 100), ("住址", 140))}
    wanted = tuple(WantedField(name, page_number=1, rect=rect) for name, rect in rects.items())
    filling = TemplateFilling(template_id, (("姓名", "王小明"), ("住址", "示例路一号")), wanted)
    form = bench.workspace.services.documents.open(path)
    document = replace(form, name="申请表", template=filling)
    draft = replace(
        draft,
        documents=(document,),
        placements=tuple(replace(one, document_id=document.id) for one in draft.placements[:1]),
    )
    taken: list[bool] = []
    bench.workspace.draft_controller.take_in(draft, then=lambda: taken.append(True))
    bench.wait(lambda: taken)
    return draft


def values_shown(panel: SendingPanel) -> list[str]:
    (values,) = panel.findChildren(QListWidget)
    return [values.item(row).text() for row in range(values.count())]


def test_what_the_platform_made_is_shown_before_anybody_gets_it(bench: Bench) -> None:
    draft = lay_out_form(bench)
    bench.send()
    panel = bench.panel(bench.workspace.prepare)
    bench.wait(lambda: "document matches what you entered" in words(panel))
    assert values_shown(panel) == ["姓名: 王小明", "住址: 示例路一号"]
    before, after = panel.findChildren(PagesView)
    bench.wait(lambda: before.current_page is not None and after.current_page is not None)
    assert bench.platform.flows(draft.title) == ()

    bench.click(panel, "Continue")

    bench.wait(lambda: "Sent to signers" in words(panel))
    assert [flow.is_visible for flow in bench.platform.flows(draft.title)] == [True]


@pytest.mark.nightly
def test_what_the_platform_made_wrongly_is_given_up_and_the_contract_lies_on_the_desk(bench: Bench) -> None:
    draft = lay_out_form(bench)
    bench.platform.set_faults({"path": "/doc/createbytemplate", "fault": "fill_wrongly", "values": {"住址": "别处"}})
    bench.send()
    panel = bench.panel(bench.workspace.prepare)
    bench.wait(lambda: "1 field doesn't match what you entered." in words(panel))

    bench.click(panel, "Cancel and return to draft")

    bench.wait(lambda: not bench.workspace.prepare.findChildren(SendingPanel))
    assert bench.platform.flows(draft.title) == ()
    assert bench.workspace.session.draft == draft
    assert bench.workspace.services.submission.unfinished() == ()


@pytest.mark.nightly
def test_what_the_platform_made_waits_in_track_and_is_gone_on_with_there(bench: Bench) -> None:
    draft = lay_out_form(bench)
    bench.platform.set_faults({"path": "/doc/createbytemplate", "fault": "fill_wrongly", "extra_pages": 1})
    bench.send()
    panel = bench.panel(bench.workspace.prepare)
    bench.wait(lambda: "The document has 3 pages; expected 2." in words(panel))
    bench.choose(panel, "Decide later")
    bench.wait(lambda: bench.window.room is RoomName.TRACK)

    bench.click(bench.workspace.track, "Check…")
    again = bench.panel(bench.workspace.track)
    bench.wait(lambda: "The document has 3 pages; expected 2." in words(again))
    assert values_shown(again) == ["姓名: 王小明", "住址: 示例路一号"]
    bench.click(again, "Continue")

    bench.wait(lambda: "Sent to signers" in words(again))
    assert [flow.is_visible for flow in bench.platform.flows(draft.title)] == [True]
