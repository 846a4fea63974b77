"""Doubts in the real review: another name than the paper's, and the same file to the same people."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QScrollArea

from esign_desktop.app.self_test import parties
from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.doubts.doubt import Doubt, DoubtKind
from esign_desktop.domain.doubts.finding import people_of
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId, display_name
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.text.doubt import doubt_sentence
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start

WAIT_MS = 20_000
COMPANY = "云禾示例科技有限公司"


class Desk:
    """The program with the sample contract and its signers, in the rehearsal."""

    def __init__(self, start: Start, qtbot: QtBot, folder: Path) -> None:
        program = start(with_sandbox=True)
        assert program.workspace is not None
        self.workspace: Workspace = program.workspace
        self.qtbot = qtbot
        self.path = folder / "服务合同.pdf"
        shutil.copyfile(resource_path("samples", "service-contract.pdf"), self.path)

    def lay_out(self, person: Person) -> None:
        """Put the sample on the desk, with a person as 乙方."""
        company = OrganizationSigner(
            SignerId("company"), replace(parties.ORGANIZATION, name=COMPANY), parties.AGENT, role="甲方"
        )
        draft = edits.add_signer(ContractDraft.new(), company)
        draft = edits.add_signer(draft, PersonSigner(SignerId("person"), person, role="乙方"))
        draft = edits.add_documents(draft, [self.workspace.services.documents.open(self.path)])
        taken: list[bool] = []
        self.workspace.draft_controller.take_in(draft, then=lambda: taken.append(True))
        self.wait_until(lambda: bool(taken))

    def review(self) -> ReviewSheet:
        self.workspace.send_controller.begin()
        self.wait_until(lambda: "Comparing" not in self.texts(self.sheet))
        return self.sheet

    @property
    def sheet(self) -> ReviewSheet:
        found = [one for one in self.workspace.prepare.findChildren(ReviewSheet) if one.isVisible()]
        assert found
        return found[-1]

    def texts(self, sheet: ReviewSheet) -> str:
        return "\n".join(one.text() for one in sheet.findChildren(PlainLabel) if one.isVisible())

    def press(self, text: str) -> None:
        def found() -> list[QPushButton]:
            buttons = self.sheet.findChildren(QPushButton)
            return [button for button in buttons if button.isVisible() and button.text() == text]

        self.wait_until(lambda: bool(found()))
        self.qtbot.mouseClick(found()[0], Qt.MouseButton.LeftButton)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=WAIT_MS)


@pytest.fixture
def desk(start: Start, qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(start, qtbot, tmp_path)


def test_another_name_than_the_papers_waits_for_a_yes_which_the_audit_keeps(desk: Desk) -> None:
    desk.lay_out(replace(parties.PERSON, name="王五"))
    sheet = desk.review()
    desk.wait_until(lambda: doubt_sentence(Doubt(DoubtKind.OTHER_NAME, "乙方", "林小满", "王五")) in desk.texts(sheet))
    assert not sheet.send_button.isEnabled()
    desk.press("Keep 王五")
    desk.wait_until(sheet.send_button.isEnabled)
    desk.workspace.tasks.wait_idle()
    audit = desk.workspace.services.audit_log
    kept = [one for one in audit.entries() if one.action == AuditAction.DOUBT_CONFIRMED]
    assert len(kept) == 1
    assert "王五" not in kept[0].title
    # Once said, it holds for this contract.
    sheet.dismissed.emit()
    desk.wait_until(desk.review().send_button.isEnabled)


def test_the_review_stays_where_it_is_when_a_doubt_is_answered(desk: Desk) -> None:
    window = desk.workspace.prepare.window()
    window.resize(1366, 600)
    window.activateWindow()
    desk.wait_until(window.isActiveWindow)
    desk.lay_out(replace(parties.PERSON, name="王五"))
    sheet = desk.review()
    bar = sheet.findChildren(QScrollArea)[0].verticalScrollBar()
    desk.press("Keep 王五")
    desk.wait_until(sheet.send_button.hasFocus)
    assert bar.maximum() > 0
    assert bar.value() == 0


def test_the_review_opens_again_with_its_answers_after_another_command_took_it_away(desk: Desk) -> None:
    desk.lay_out(replace(parties.PERSON, name="王五"))
    sheet = desk.review()
    desk.press("Keep 王五")
    desk.wait_until(sheet.send_button.isEnabled)
    with desk.qtbot.waitSignal(sheet.destroyed, timeout=WAIT_MS):
        assert desk.workspace.contract.uncover()
    desk.wait_until(desk.review().send_button.isEnabled)


@pytest.mark.nightly
def test_one_press_gives_the_signer_the_papers_name(desk: Desk) -> None:
    desk.lay_out(replace(parties.PERSON, name="王五"))
    desk.review()
    desk.press("Change to 林小满")
    session = desk.workspace.session
    desk.wait_until(lambda: [display_name(signer) for signer in session.draft.signers] == [COMPANY, "林小满"])
    desk.wait_until(lambda: "王五" not in desk.texts(desk.sheet))


def test_the_right_signers_are_not_doubted(desk: Desk) -> None:
    desk.lay_out(replace(parties.PERSON, name="林小满"))
    sheet = desk.review()
    desk.wait_until(lambda: "No issues found" in desk.texts(sheet))
    assert sheet.send_button.isEnabled()


def test_the_same_file_to_the_same_people_names_the_open_contract_and_leads_there(desk: Desk) -> None:
    desk.lay_out(replace(parties.PERSON, name="林小满"))
    sheet = desk.review()
    desk.wait_until(sheet.send_button.isEnabled)
    sheet.send_button.click()
    flows = desk.workspace.services.flows
    desk.wait_until(lambda: len(flows.list()) == 1)
    desk.workspace.tasks.wait_idle()
    desk.lay_out(replace(parties.PERSON, name="林小满"))
    sheet = desk.review()
    desk.wait_until(lambda: "still being signed" in desk.texts(sheet))
    assert not sheet.send_button.isEnabled()
    shown: list[object] = []
    desk.workspace.send_controller.track_requested.connect(shown.append)
    desk.press("Show the open contract")
    assert shown == [flows.list()[0].flow_id]


def test_who_a_contract_goes_to_is_told_by_names() -> None:
    draft = edits.add_signer(ContractDraft.new(), PersonSigner(SignerId("p"), Person("林 小满")))
    draft = edits.add_signer(draft, OrganizationSigner(SignerId("o"), Organization("云禾（示例）公司"), Person("")))
    assert people_of(draft) == {"林小满", "云禾(示例)公司"}
