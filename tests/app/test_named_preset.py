"""A preset made of a filled-in contract: it is stopped at saving, in Bulk and at the counter until it is settled."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from esign_desktop.domain.account import Person
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.doubts.doubt import Doubt, DoubtKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.ui.bulk.confirm import ConfirmSheet
from esign_desktop.ui.presets.settling import SettlingDialog
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.text.doubt import doubt_sentence, keeping_words
from esign_desktop.ui.viewer.doubts import WordsCrop
from esign_desktop.ui.viewer.page_parts import PagePicture
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.bulk_samples import HEADINGS, person_row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.domain.preset.preset import Preset
    from tests.app.conftest import Start

WAIT_MS = 30_000
NAMED = Doubt(DoubtKind.NAME_IN_OPEN_PLACE, "乙方", "林小满")


class Office:
    """The program with the sample contract, whose pages name its 乙方."""

    def __init__(self, start: Start, qtbot: QtBot, folder: Path) -> None:
        self.program: Program = start(with_sandbox=True)
        assert self.program.workspace is not None
        self.workspace = self.program.workspace
        self.services = self.workspace.services
        self.qtbot = qtbot
        self.folder = folder
        self.path = folder / "服务合同.pdf"
        shutil.copyfile(resource_path("samples", "service-contract.pdf"), self.path)

    def draft(self) -> ContractDraft:
        person = PersonSigner(SignerId("person"), Person(""), role="乙方")
        draft = edits.add_signer(ContractDraft.new(), person)
        draft = edits.add_documents(draft, [self.services.documents.open(self.path)])
        (document,) = draft.documents
        seal = CoordinatePlacement(
            PlacementId("seal"), person.id, document.id, PageRanges.single(2), PagePoint(400.0, 300.0)
        )
        return edits.place(draft, seal)

    def kept_preset(self) -> Preset:
        """Keep such a preset, as a program did that did not look at the pages."""
        draft = self.draft()
        preset = self.services.presets.make(
            draft, (SignerId("person"),), name="服务", environment=self.services.environments.current(),
            titles={SignerId("person"): "乙方"},
        )  # fmt: skip
        self.services.presets.assign_key(preset.id, 2)
        return self.services.presets.get(preset.id)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=WAIT_MS)

    def texts(self, inside: QWidget) -> str:
        return "\n".join(one.text() for one in inside.findChildren(PlainLabel) if one.isVisible())

    def press(self, inside: QWidget, text: str) -> None:
        button = next(one for one in inside.findChildren(QPushButton) if one.isVisible() and one.text() == text)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def settling(self) -> SettlingDialog:
        def found() -> list[SettlingDialog]:
            windows = [window for window in QApplication.topLevelWidgets() if isinstance(window, SettlingDialog)]
            return [window for window in windows if window.isVisible()]

        self.wait_until(lambda: bool(found()))
        return found()[0]


@pytest.fixture
def office(start: Start, qtbot: QtBot, tmp_path: Path) -> Office:
    return Office(start, qtbot, tmp_path)


def test_saving_asks_about_a_name_in_the_place_of_the_customer(office: Office) -> None:
    taken: list[bool] = []
    office.workspace.draft_controller.take_in(office.draft(), then=lambda: taken.append(True))
    office.wait_until(lambda: bool(taken))
    office.program.window.actions_by_name[ActionName.SAVE_PRESET].trigger()
    sheet = office.workspace.presets.sheet
    assert sheet is not None
    office.wait_until(sheet.button.isEnabled)
    sheet.button.click()
    office.wait_until(lambda: doubt_sentence(NAMED) in office.texts(sheet))
    assert sheet.findChildren(WordsCrop)
    assert not sheet.button.isEnabled()
    assert office.services.presets.list() == ()
    office.press(sheet, keeping_words(NAMED))
    office.wait_until(sheet.button.isEnabled)
    with office.qtbot.waitSignal(office.workspace.presets.saved, timeout=WAIT_MS):
        sheet.button.click()
    (preset,) = office.services.presets.list()
    assert office.services.presets.pages.unsettled(preset) == ()


def test_a_kept_preset_is_not_used_at_the_counter_before_its_name_was_settled(office: Office) -> None:
    preset = office.kept_preset()
    counter, presets = office.services.counter, office.services.presets
    with pytest.raises(InputError) as caught:
        counter.choose(preset.id)
    assert caught.value.code == "preset.names_someone"
    (doubt,) = presets.pages.unsettled(preset)
    assert (doubt.label, doubt.paper) == ("乙方", "林小满")
    presets.settle(preset.id, doubt)
    counter.choose(preset.id)
    kept = [one for one in office.services.audit_log.entries() if one.action == AuditAction.DOUBT_CONFIRMED]
    assert [one.title for one in kept] == ["服务 · 乙方 · name_in_open_place"]


def test_the_counter_says_why_before_a_customer_is_taken(office: Office) -> None:
    office.kept_preset()
    office.program.window.actions_by_name[ActionName.COUNTER].trigger()
    host = office.workspace.counter
    office.wait_until(lambda: host.window is not None and bool(host.window.preset_keys.texts))
    window = host.window
    assert window is not None
    window.activateWindow()
    office.wait_until(window.isActiveWindow)
    office.qtbot.keyClick(window, Qt.Key.Key_F2)
    office.wait_until(lambda: "name a person as 乙方" in office.texts(window))
    assert not office.services.counter.view.next_role


def test_bulk_leads_to_the_names_and_shows_the_page_in_its_confirmation(office: Office) -> None:
    office.kept_preset()
    office.program.window.show_room(RoomName.BULK)
    room = office.workspace.bulk
    office.wait_until(lambda: room.work.obstacle is not None)
    assert "name a person as 乙方" in office.texts(room.start)
    office.press(room.start, "Check the names…")
    dialog = office.settling()
    office.wait_until(lambda: doubt_sentence(NAMED) in office.texts(dialog))
    office.press(dialog, keeping_words(NAMED))
    office.wait_until(lambda: room.work.obstacle is None)
    sheet = office.folder / "list.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, person_row(1), person_row(2)])
    room.take_sheet(sheet)
    office.wait_until(lambda: room.work.may_send)
    room.rows.foot.send_requested.emit()
    confirm = room.confirm
    assert isinstance(confirm, ConfirmSheet)
    office.wait_until(lambda: any(one.isVisible() for one in confirm.findChildren(PagePicture)))
    assert doubt_sentence(NAMED) in office.texts(confirm)


def test_editing_such_a_preset_asks_about_the_name(office: Office) -> None:
    preset = office.kept_preset()
    office.workspace.presets.edit(preset)
    dialog = office.settling()
    office.wait_until(lambda: doubt_sentence(NAMED) in office.texts(dialog))
    office.press(dialog, keeping_words(NAMED))
    presets = office.services.presets
    office.wait_until(lambda: not presets.pages.unsettled(presets.get(preset.id)))


def test_a_sheet_is_not_planned_for_such_a_preset(office: Office) -> None:
    preset = office.kept_preset()
    obstacle = office.services.bulk.preset_obstacle(preset)
    assert obstacle is not None
    assert obstacle.code == "preset.names_someone"
