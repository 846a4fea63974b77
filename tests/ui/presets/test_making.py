from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit

from esign_desktop.domain.account import Person
from esign_desktop.domain.added_pages import AddedTable
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.contract.edits import add_signer
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.options import NoticeChannel, SignWithin
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.preset.preset import COUNTER_VALIDITY_MS, Preset
from esign_desktop.domain.signer import OpenSigner, OrganizationSigner, PersonSigner, new_signer_id
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.ui.presets.controller import PresetController
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.services.counter_desk import CounterDesk, make_form_contract
from tests.services.desk import clock_ms
from tests.ui.presets.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.draft_controller import DraftController
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.presets.making import SaveSheet
    from esign_desktop.ui.tasks import TaskRunner


TABLE = AddedTable((("期次", "应还款日"), ("第一期", "九月")), "还款计划表")


class Rig:
    def __init__(self, installation: CounterDesk, draft: ContractDraft, tasks: TaskRunner, qtbot: QtBot) -> None:
        self.installation = installation
        self.session = ContractSession(draft, clock_ms=clock_ms)
        self.room = Overlay()
        self.messages = Messages()
        for widget in (self.room, self.messages):
            qtbot.addWidget(widget)
        services = cast("Services", _Services(installation))
        room = cast("PrepareRoom", self.room)
        self.presets = PresetController(
            *(services, self.session, room, tasks, self.messages),
            drafts=cast("DraftController", installation),
            may_replace_contract=lambda: True,
            before_leaving=lambda go_on: go_on(),
        )
        self.saved: list[Preset] = []
        self.presets.saved.connect(self.saved.append)
        self.room.show()

    @property
    def sheet(self) -> SaveSheet:
        assert self.presets.sheet is not None
        return self.presets.sheet

    def box(self) -> QCheckBox:
        return next(box for box in self.sheet.findChildren(QCheckBox) if "customer" in box.text())


class _Services:
    """The services that saving needs."""

    def __init__(self, installation: CounterDesk) -> None:
        self.presets = installation.presets
        self.documents = installation.documents
        self.environments = self
        self._environment = installation.environment

    def current(self) -> object:
        return self._environment


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[CounterDesk]:
    from esign_desktop.domain.environment import Environment, EnvironmentKind

    one = CounterDesk(tmp_path / "desk", Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project"))
    yield one
    one.close()


@pytest.fixture
def rig(installation: CounterDesk, tmp_path: Path, tasks: TaskRunner, qtbot: QtBot) -> Iterator[Rig]:
    draft = make_form_contract(installation.documents, tmp_path / "form", branch=True)
    yield Rig(installation, draft, tasks, qtbot)
    tasks.wait_idle()


def test_the_contract_on_the_desk_becomes_a_preset_on_a_key(rig: Rig, qtbot: QtBot) -> None:
    rig.presets.save()
    assert rig.box().isChecked()
    name = next(edit for edit in rig.sheet.findChildren(QLineEdit) if edit.text() == rig.session.draft.title)
    name.setText("贷款")
    title = next(edit for edit in rig.sheet.findChildren(QLineEdit) if edit.isEnabled() and edit is not name)
    title.setText("借款人")
    for_counter = next(box for box in rig.sheet.findChildren(QCheckBox) if "counter" in box.text())
    for_counter.setFocus()
    qtbot.keyClick(for_counter, Qt.Key.Key_Space)
    qtbot.wait(0)
    with qtbot.waitSignal(rig.presets.saved, timeout=10_000):
        qtbot.keyClick(rig.sheet, Qt.Key.Key_Return)
    (preset,) = rig.installation.presets.list()
    assert (preset.name, preset.options.deadline) == ("贷款", SignWithin(COUNTER_VALIDITY_MS))
    assert not preset.options.notices & {NoticeChannel.SMS}
    kinds = [type(role) for role in preset.signers]
    assert kinds == [OpenSigner, OrganizationSigner]
    assert [role.role for role in preset.customers] == ["借款人"]
    (place, *_others) = preset.placements
    assert isinstance(place, KeywordPlacement)
    assert place.fallbacks
    assert rig.presets.sheet is None
    assert "贷款" in rig.messages.rows[0].title


def test_the_first_free_key_is_offered(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    first = rig.installation.make_preset(tmp_path / "other", name="first")
    rig.installation.presets.assign_key(first.id, 2)
    rig.presets.save()
    from esign_desktop.ui.presets.keys import KeyChoice

    choice = cast("KeyChoice", rig.sheet.findChild(KeyChoice))
    qtbot.waitUntil(lambda: choice.read_value() == 3, timeout=5_000)
    assert "first" in choice.itemText(1)


def test_an_empty_desk_says_what_a_preset_needs(rig: Rig) -> None:
    rig.session.load(ContractDraft.new())
    rig.presets.save()
    assert rig.presets.sheet is None
    assert "document and a signer" in rig.messages.rows[0].title


def test_escape_goes_back(rig: Rig, qtbot: QtBot) -> None:
    rig.presets.save()
    qtbot.keyClick(rig.sheet, Qt.Key.Key_Escape)
    assert rig.presets.sheet is None
    assert rig.installation.presets.list() == ()


def test_a_file_that_is_gone_is_told_on_the_sheet(rig: Rig, qtbot: QtBot) -> None:
    from pathlib import Path

    rig.presets.save()
    Path(rig.session.draft.documents[0].path).unlink()
    qtbot.keyClick(rig.sheet, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(rig.sheet.status_text), timeout=10_000)
    assert rig.installation.presets.list() == ()


def test_without_a_name_nothing_is_saved(rig: Rig, qtbot: QtBot) -> None:
    rig.presets.save()
    next(edit for edit in rig.sheet.findChildren(QLineEdit) if edit.text()).setText(" ")
    qtbot.keyClick(rig.sheet, Qt.Key.Key_Return)
    assert rig.sheet.status_text == "Enter a name."


def test_a_preset_keeps_the_contracts_own_deadline_and_messages_unless_it_is_for_the_counter(
    rig: Rig, qtbot: QtBot
) -> None:
    options = rig.session.draft.options
    rig.presets.save()
    with qtbot.waitSignal(rig.presets.saved, timeout=10_000):
        qtbot.keyClick(rig.sheet, Qt.Key.Key_Return)
    (preset,) = rig.installation.presets.list()
    assert (preset.options.deadline, preset.options.notices) == (options.deadline, options.notices)


def test_a_name_that_another_preset_has_is_not_taken(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.installation.make_preset(tmp_path / "other", name=rig.session.draft.title)
    rig.presets.save()
    qtbot.waitUntil(lambda: "Another preset already has this name" in rig.sheet.status_text, timeout=5_000)
    qtbot.keyClick(rig.sheet, Qt.Key.Key_Return)
    qtbot.wait(100)
    assert len(rig.installation.presets.list()) == 1


def test_without_a_customer_it_takes_no_key_of_the_counter(rig: Rig, qtbot: QtBot) -> None:
    rig.presets.save()
    rig.box().setFocus()
    qtbot.keyClick(rig.box(), Qt.Key.Key_Space)
    assert not rig.box().isChecked()
    with qtbot.waitSignal(rig.presets.saved, timeout=10_000):
        qtbot.keyClick(rig.sheet, Qt.Key.Key_Return)
    (preset,) = rig.installation.presets.list()
    assert (preset.customers, preset.function_key) == ((), None)


def test_of_whom_only_the_role_is_known_is_another_customer_each_time(rig: Rig) -> None:
    unnamed = PersonSigner(new_signer_id(), Person(""), role="乙方")
    rig.session.apply(EditName.ADD_SIGNER, lambda draft: add_signer(draft, unnamed))
    rig.presets.save()
    boxes = [box for box in rig.sheet.findChildren(QCheckBox) if "customer" in box.text()]
    assert [box.isChecked() for box in boxes] == [False, False, True]


@pytest.mark.parametrize("keeps", [False, True])
def test_tables_of_the_contract_are_kept_only_if_they_are_wanted(rig: Rig, qtbot: QtBot, *, keeps: bool) -> None:
    def with_table(draft: ContractDraft) -> ContractDraft:
        document = replace(draft.documents[0], template=TemplateFilling("template"))
        return set_blocks(replace(draft, documents=(document,)), document.id, (TABLE,))

    rig.session.apply(EditName.FILL_FORM, with_table)
    rig.presets.save()
    box = next(box for box in rig.sheet.findChildren(QCheckBox) if "tables" in box.text())
    assert box.isVisibleTo(rig.sheet)
    assert not box.isChecked()
    if keeps:
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Space)
    with qtbot.waitSignal(rig.presets.saved, timeout=10_000):
        qtbot.keyClick(rig.sheet, Qt.Key.Key_Return)
    (preset,) = rig.installation.presets.list()
    template = preset.documents[0].template
    assert template is not None
    assert template.blocks == ((TABLE,) if keeps else ())
    assert preset.documents[0].page_count == len(rig.session.draft.documents[0].pages) - (not keeps)
