"""A form becomes a template by clicks beside it, at a real platform; what goes wrong is said where it was begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.services.presets.service import PresetService
from esign_desktop.services.templates.making import TemplateMaker
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.store.tables.presets import Presets
from esign_desktop.store.tables.settings import Settings
from esign_desktop.store.tables.templates import Templates
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.preflight import ChipKind, Remedy
from esign_desktop.ui.presets.template import TemplateController
from tests.pdf.local_engine import local_form_fields
from tests.services.desk import Desk as Installation
from tests.services.desk import clock_ms
from tests.services.template_files import write_form
from tests.ui.prepare.test_preflight import press, press_chip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.presets.template import TemplateSheet
    from esign_desktop.ui.tasks import TaskRunner
    from tests.services.rehearsal import RehearsalPlatform
    from tests.ui.prepare.conftest import RoomDesk

CREATE = "/template/createbyfilekey"
LEFT = Qt.MouseButton.LeftButton
FIELDS = ("姓名", "借款金额")


class Clerk:
    """Sits at Prepare with a form on the desk."""

    def __init__(self, desk: RoomDesk, folder: Path, platform: RehearsalPlatform, tasks: TaskRunner) -> None:
        self.desk = desk
        self.platform = platform
        self.path = write_form(folder / "借款申请表.pdf", FIELDS, mark=str(folder))
        self.installation = Installation(folder / "installation", platform.environment)
        database, documents = self.installation.database, desk.room._services.documents  # noqa: SLF001
        self.presets = PresetService(
            *(Presets(database), PresetFiles(self.installation.paths.presets_dir), documents),
            ThirdIds(Settings(database)),
            clock_ms=clock_ms,
        )
        templates = TemplateMaker(
            *(Templates(database), self.installation.stores.ledger, documents, self.installation.stores.snapshots),
            PresetFiles(self.installation.paths.templates_dir),
            environment=lambda: self.installation.environment,
            client_for=self.installation.client_for,
            clock_ms=clock_ms,
            list_fields=local_form_fields,
        )
        self.made: list[Preset] = []
        self.templates = TemplateController(
            *(templates, self.presets, desk.session, desk.room, tasks, desk.messages),
            may_replace_contract=lambda: True,
            parent=desk.room,
        )
        self.templates.made.connect(self.made.append)
        desk.room.template_requested.connect(self.templates.ask)
        desk.open(self.path)

    def ask(self) -> TemplateSheet:
        """Press the chip and its remedy, and wait for the sheet."""
        press(self.desk, self.open_chip(), Remedy.TEMPLATE)
        self.wait_until(lambda: self.templates.sheet is not None)
        sheet = self.templates.sheet
        assert sheet is not None
        assert sheet.isVisible()
        return sheet

    def open_chip(self) -> DocumentCard:
        """Click the chip, unless what it says is open."""
        card = self.desk.room.findChild(DocumentCard)
        assert card is not None
        return card if card.pane.isVisible() else press_chip(self.desk, ChipKind.FORM)

    def agree(self, sheet: TemplateSheet) -> None:
        self.desk.qtbot.mouseClick(sheet.button, LEFT)
        assert self.templates.sheet is None

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        self.desk.qtbot.waitUntil(is_so, timeout=15_000)

    @property
    def failure(self) -> str:
        return "".join(card.pane.failure_text for card in self.desk.room.findChildren(DocumentCard))


@pytest.fixture
def clerk(desk: RoomDesk, tmp_path: Path, shared_platform: RehearsalPlatform, tasks: TaskRunner) -> Iterator[Clerk]:
    shared_platform.set_faults()
    clerk = Clerk(desk, tmp_path, shared_platform, tasks)
    yield clerk
    shared_platform.set_faults()
    clerk.installation.close_clients()
    tasks.wait_idle()
    clerk.installation.close()


def test_by_clicks_from_the_chip_to_a_preset_of_the_template(clerk: Clerk) -> None:
    sheet = clerk.ask()
    assert sheet.rows == (
        ("姓名", "1", "Customer's name"),
        ("借款金额", "1", "Entered at the counter, such as an amount"),
    )
    assert "uploaded once" in sheet.status_text
    clerk.agree(sheet)
    clerk.wait_until(lambda: bool(clerk.made))
    (preset,) = clerk.presets.list()
    assert clerk.made == [preset]
    assert [field.name for field in preset.form_fields] == list(FIELDS)
    assert any("is now a template on the platform" in row.title for row in clerk.desk.messages.rows)
    assert clerk.failure == ""


def test_once_more_uploads_nothing_and_opens_the_same_preset(clerk: Clerk) -> None:
    clerk.agree(clerk.ask())
    clerk.wait_until(lambda: len(clerk.made) == 1)
    calls = len(clerk.platform.request_log())
    sheet = clerk.ask()
    assert "The file isn't uploaded again" in sheet.status_text
    clerk.agree(sheet)
    clerk.wait_until(lambda: len(clerk.made) == 2)
    assert clerk.made[0] == clerk.made[1]
    assert len(clerk.platform.request_log()) == calls


def test_a_sheet_that_is_left_sends_nothing(clerk: Clerk) -> None:
    calls = len(clerk.platform.request_log())
    sheet = clerk.ask()
    clerk.desk.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert clerk.templates.sheet is None
    assert len(clerk.platform.request_log()) == calls


def test_a_refusal_is_said_beside_the_document(clerk: Clerk) -> None:
    clerk.platform.set_faults({"path": CREATE, "fault": "err_code", "err_code": 77, "msg": "模板数量已满"})
    clerk.agree(clerk.ask())
    clerk.wait_until(lambda: "模板数量已满" in clerk.failure)
    assert clerk.presets.list() == ()


def test_without_network_it_is_said_and_can_be_tried_again(clerk: Clerk) -> None:
    clerk.platform.set_faults({"path": "/file/uploadurl", "fault": "reset", "times": 2})
    clerk.agree(clerk.ask())
    clerk.wait_until(lambda: bool(clerk.failure))
    clerk.agree(clerk.ask())
    clerk.wait_until(lambda: bool(clerk.made))


def test_a_lost_answer_is_told_as_what_it_is_and_made_anew_on_a_persons_word(clerk: Clerk) -> None:
    clerk.platform.set_faults({"path": CREATE, "fault": "drop_reply"})
    clerk.agree(clerk.ask())
    clerk.wait_until(lambda: "The template may or may not have been created" in clerk.failure)
    sheet = clerk.ask()
    assert "the answer was lost" in sheet.status_text
    assert sheet.button.text() == "&Create again"
    clerk.agree(sheet)
    clerk.wait_until(lambda: bool(clerk.made))


def test_a_file_that_changed_while_the_sheet_was_open_is_not_sent(clerk: Clerk) -> None:
    sheet = clerk.ask()
    calls = len(clerk.platform.request_log())
    clerk.path.write_bytes(clerk.path.read_bytes() + b"\n% changed")
    clerk.agree(sheet)
    clerk.wait_until(lambda: bool(clerk.failure))
    assert len(clerk.platform.request_log()) == calls


def test_stop_beside_the_document_ends_the_upload(clerk: Clerk) -> None:
    clerk.platform.set_faults({"path": "/file/uploadurl", "fault": "hang", "seconds": 8.0})
    card = clerk.open_chip()
    clerk.agree(clerk.ask())
    assert card.pane.is_busy
    clerk.desk.qtbot.mouseClick(card.pane._stop, LEFT)  # noqa: SLF001
    clerk.wait_until(lambda: not card.pane.is_busy)
    assert (clerk.failure, clerk.made, clerk.presets.list()) == ("", [], ())


def test_more_fields_are_drawn_in_the_room_of_templates(clerk: Clerk) -> None:
    wanted: list[Path] = []
    clerk.templates.drawing_requested.connect(wanted.append)
    clerk.desk.qtbot.mouseClick(clerk.ask().draw, LEFT)
    assert wanted == [clerk.path]
    assert clerk.templates.sheet is None
