"""A preset from the contract it is made of to the counter, through the windows and with a real platform."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.contract.edits import move_placements
from esign_desktop.domain.file_kinds import PRESET_SUFFIX
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.signer import OpenSigner, PersonSigner, is_organization, is_person, role_of
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.counter.controller import CounterController
from esign_desktop.ui.counter.customer_screen import Face
from esign_desktop.ui.counter.work_page import SumPane
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.presets.keys import KeyChoice
from esign_desktop.ui.widgets.actions import ActionName
from tests.services.counter_desk import ZHANG, make_form_contract
from tests.services.sandbox_platform import sign_at
from tests.services.template_files import make_template
from tests.ui.qr_reading import seen_on
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QComboBox, QWidget
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.counter.service import CounterService
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.ui.counter.window import CounterWindow
    from esign_desktop.ui.presets.editing import PresetEditing
    from esign_desktop.ui.presets.room import PresetsRoom
    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start

WAIT_MS = 20_000
CTRL = Qt.KeyboardModifier.ControlModifier


class Office:
    """The program with its rehearsal platform, and hands for it."""

    def __init__(self, start: Start, folder: Path, qtbot: QtBot) -> None:
        self._program = start(with_sandbox=True)
        self._folder = folder
        self._qtbot = qtbot
        assert self._program.workspace is not None
        self.workspace: Workspace = self._program.workspace
        self.services = self.workspace.services
        assert self.services.counter is not None
        self.presets: PresetService = self.services.presets
        self.counter: CounterService = self.services.counter

    def prepare(self, *, by_keyword: bool = True) -> None:
        """Put a contract on the desk, as somebody has laid it out."""
        draft = make_form_contract(self.services.documents, self._folder / "form")
        if not by_keyword:
            document, (seal,) = draft.documents[0], draft.placements
            place = CoordinatePlacement(
                *(seal.id, seal.signer_id, document.id, document.all_pages, document.pages[0].bounds.center)
            )
            draft = replace(draft, placements=(place,))
        taken: list[bool] = []
        self.workspace.draft_controller.take_in(
            replace(draft, id=DraftId(draft.new().id)), then=lambda: taken.append(True)
        )
        self.wait_until(lambda: bool(taken))

    def add_open_signers(self) -> None:
        """Add a person and an organization to a preset that is edited in Prepare."""
        actions, prepare = self._program.window.actions_by_name, self.workspace.prepare
        for name, role in ((ActionName.ADD_PERSON, "担保人"), (ActionName.ADD_ORGANIZATION, "共同借款人")):
            actions[name].trigger()
            form = next(one for one in prepare.signers.findChildren(SignerForm) if one.isVisible())
            (line,) = (field for field in form.findChildren(QLineEdit) if field.isVisible())
            assert line.window().focusWidget() is line
            type_text(line, role)
            self.press(line, Qt.Key.Key_Return)
        _known, person, organization = self.workspace.session.draft.signers
        assert (person, is_person(person)) == (OpenSigner(person.id, "担保人", person.terms), True)
        assert isinstance(organization, OpenSigner)
        assert is_organization(organization)
        prepare.signers.fill_in()
        assert not prepare.signers.is_form_shown

    def save_as_preset(self) -> Preset:
        self._program.window.actions_by_name[ActionName.SAVE_PRESET].trigger()
        sheet = self.workspace.presets.sheet
        assert sheet is not None
        choice = sheet.findChild(KeyChoice)
        assert choice is not None
        self.wait_until(lambda: choice.read_value() == 2)
        was_bulk_shown = self._program.window.is_bulk_shown
        with self._qtbot.waitSignal(self.workspace.presets.saved, timeout=WAIT_MS):
            self.press(sheet, Qt.Key.Key_Return)
        # Bulk is of use from the first preset on.
        assert (was_bulk_shown, self._program.window.is_bulk_shown) == (False, True)
        (preset,) = self.presets.list()
        return preset

    def open_room(self) -> PresetsRoom:
        self._program.window.actions_by_name[ActionName.PRESETS].trigger()
        room = self.workspace.presets_room
        self.wait_until(lambda: room.drawer.card is not None)
        return room

    def edit(self, preset: Preset) -> PresetEditing:
        self.open_room().edit_requested.emit(preset)
        editing = self.workspace.presets.editing
        self.wait_until(editing.strip.isVisible)
        self.workspace.tasks.wait_idle()
        return editing

    def save(self) -> None:
        self._program.window.activateWindow()
        self.wait_until(self._program.window.isActiveWindow)
        with self._qtbot.waitSignal(self.workspace.presets.saved, timeout=WAIT_MS):
            self.press(self.workspace.presets.editing.strip, Qt.Key.Key_S, CTRL)

    def open_counter(self) -> CounterWindow:
        self._program.window.actions_by_name[ActionName.COUNTER].trigger()
        host = self.workspace.counter
        self.wait_until(lambda: host.window is not None and bool(host.window.preset_keys.texts))
        window = host.window
        assert window is not None
        window.activateWindow()
        self.wait_until(window.isActiveWindow)
        return window

    def begin(self, window: CounterWindow, key: Qt.Key) -> None:
        """Take the contract on a key."""
        controller = window.findChild(CounterController)
        assert controller is not None
        self.press(window, key)
        # The window hears of it later than the service knows of it.
        self.wait_until(lambda: window.line.isVisible() and bool(controller.view.next_role))

    def enter(self, window: CounterWindow, text: str) -> None:
        line = window.line.focusProxy()
        assert line is not None
        self.wait_until(line.hasFocus)
        type_text(line, text)
        self.press(line, Qt.Key.Key_Return)
        self.wait_until(lambda: window.line.text == "")

    def asked_now(self) -> str:
        question = self.counter.view.next_question
        assert question is not None
        return question.label

    def confirm(self, window: CounterWindow) -> None:
        """Look at what was typed in, and press Enter once more."""
        self.wait_until(lambda: self.counter.view.wants_look)
        pane = window.findChild(SumPane)
        assert pane is not None
        self.wait_until(lambda: pane.is_seen)
        self.press(pane, Qt.Key.Key_Return)

    def sign_and_see(self, window: CounterWindow) -> None:
        counter, display = self.counter, window.display
        self.wait_until(lambda: counter.view.state is CounterState.SHOWING)
        self.wait_until(lambda: display.view.face is Face.CODE)
        display.resize(1280, 800)
        assert seen_on(display) == [counter.view.link]
        sign_at(counter.view.link)
        self.wait_until(lambda: display.view.face is Face.SIGNED)
        assert window.pane.heading == "Signed"

    def signed_texts(self) -> Callable[[str], bool]:
        """Return whether a text stands in the signed file of the contract on the desk."""
        (path,) = self.counter.save_files(self._folder / "signed")
        document = self.services.documents.open(path)
        return lambda text: bool(self.services.documents.find(document.id, text))

    def press(
        self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self._qtbot.keyClick(widget, key, modifier)

    def write(self, edit: QLineEdit, text: str) -> None:
        edit.setFocus()
        edit.selectAll()
        type_text(edit, text)

    def choose(self, box: QComboBox, value: str) -> None:
        wanted = box.findData(value)
        assert wanted >= 0
        while box.currentIndex() != wanted:
            self.press(box, Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_so, timeout=WAIT_MS)


@pytest.fixture
def office(start: Start, tmp_path: Path, qtbot: QtBot) -> Office:
    return Office(start, tmp_path, qtbot)


def test_a_contract_becomes_a_preset_is_edited_handed_on_and_sent(office: Office, qtbot: QtBot, tmp_path: Path) -> None:
    office.prepare()
    preset = office.save_as_preset()
    assert preset.function_key == 2

    office.write(office.edit(preset).strip.name, "个人借款")
    office.save()
    assert [one.name for one in office.presets.list()] == ["个人借款"]

    file = tmp_path / f"个人借款{PRESET_SUFFIX}"
    window = office.open_room()
    (kept,) = office.presets.list()
    window.export_to(kept, file)
    office.wait_until(file.exists)
    delete = window.drawer.remove
    office.press(delete, Qt.Key.Key_Space)
    # A second press that comes at once would not count.
    qtbot.wait(500)
    office.press(delete, Qt.Key.Key_Space)
    office.wait_until(lambda: office.presets.list() == ())
    window.import_from(file)
    office.wait_until(lambda: window.sheet is not None)
    sheet = window.sheet
    assert sheet is not None
    office.wait_until(lambda: sheet.take.press_guard.is_long_enough)
    qtbot.mouseClick(sheet.take, Qt.MouseButton.LeftButton)
    office.wait_until(window.drawer.isVisible)
    choice = window.drawer.key
    choice.setFocus()
    while choice.read_value() != 5:
        office.press(choice, Qt.Key.Key_Down)
    office.wait_until(lambda: office.presets.on_key(5) is not None)

    counter = office.open_counter()
    assert any("个人借款" in text for text in counter.preset_keys.texts)
    office.begin(counter, Qt.Key.Key_F5)
    office.enter(counter, ZHANG)
    office.sign_and_see(counter)


def test_a_contract_begins_with_a_preset_from_its_card(office: Office) -> None:
    office.prepare()
    before = office.workspace.session.draft
    preset = office.save_as_preset()
    room = office.open_room()
    office.press(room.grid, Qt.Key.Key_Return)
    workspace, session = office.workspace, office.workspace.session
    office.wait_until(lambda: session.draft.id != before.id and bool(session.draft.documents))
    assert workspace.prepare.isVisible()
    (customer,) = session.draft.signers
    assert isinstance(customer, PersonSigner)
    assert not customer.person.name
    assert session.draft.title == preset.title
    assert len(session.draft.placements) == len(preset.placements)
    assert workspace.prepare.state.edited_preset is None
    # The form of the customer asks for the name.
    assert workspace.prepare.signers.is_form_shown
    workspace.prepare.signers.discard_form()
    office.wait_until(lambda: any(one.id == before.id for one in workspace.services.drafts.list()))


def test_a_preset_is_laid_out_with_open_signers_and_its_seal_is_moved_on_the_page(office: Office) -> None:
    office.prepare(by_keyword=False)
    made = office.save_as_preset()
    preset = office.presets.save(replace(made, signers=(replace(made.customers[0], role="借款人"),)))
    workspace, session = office.workspace, office.workspace.session

    strip = office.edit(preset).strip
    assert isinstance(session.draft.signers[0], OpenSigner)
    assert any("借款人" in label.text() for label in workspace.prepare.signers.findChildren(QLabel))
    signers = workspace.prepare.signers
    signers.edit(session.draft.signers[0].id)
    form = signers.findChild(SignerForm)
    assert form is not None
    (role,) = (field for field in form.findChildren(QLineEdit) if field.isVisible())
    assert role.text() == "借款人"
    assert button(form, "A different party each time").isChecked()
    button(form, "Signs automatically").click()
    button(form, "Save").click()
    signers.edit(session.draft.signers[0].id)
    office.wait_until(lambda: len(signers.findChildren(SignerForm)) == 1)
    form = signers.findChild(SignerForm)
    assert form is not None
    button(form, "Change to organization").click()
    (customer,) = session.draft.signers
    assert isinstance(customer, OpenSigner)
    assert customer.terms.is_silent
    assert customer.kind is AccountKind.ORGANIZATION
    session.undo()
    session.undo()
    signers.discard_form()
    office.add_open_signers()
    assert [role_of(signer) for signer in session.draft.signers] == ["借款人", "担保人", "共同借款人"]
    session.undo()
    session.undo()
    (seal,) = session.draft.placements
    session.apply(EditName.MOVE_SEALS, partial(move_placements, placement_ids={seal.id}, dx_pt=20.0, dy_pt=-10.0))
    strip.save.click()
    office.wait_until(lambda: office.presets.get(preset.id) != preset)
    kept = office.presets.get(preset.id)
    (before,), (after,) = preset.placements, kept.placements
    assert isinstance(before, CoordinatePlacement)
    assert isinstance(after, CoordinatePlacement)
    assert after.center == before.center.moved(20.0, -10.0)
    assert replace(kept, placements=preset.placements) == preset


def button(form: SignerForm, text: str) -> QAbstractButton:
    return next(one for one in form.findChildren(QAbstractButton) if one.text() == text)


def test_a_template_is_filled_with_the_customers_data_and_what_is_typed_at_the_counter(
    office: Office, tmp_path: Path
) -> None:
    office.prepare(by_keyword=False)
    preset = office.save_as_preset()
    client = office.services.environments.client()
    template_id = make_template(client, tmp_path / "template.pdf", ("borrower", "number", "amount"))
    office.services.templates.add(template_id, "借款")

    editing = office.edit(preset)
    editing.strip.fields.click()
    fields = editing.fields
    office.wait_until(lambda: fields.template.findData(template_id) >= 0)
    fields.template.show_value(template_id)
    fields.template.edited.emit()
    for name, datum in (("borrower", "name"), ("number", "id_number"), ("amount", "typed")):
        fields.list.added.emit("field")
        office.write(fields.name, name)
        office.choose(fields.datum, datum)
    office.save()
    (kept,) = office.presets.list()
    assert [field.datum for field in kept.form_fields] == [
        *(CustomerDatum.NAME, CustomerDatum.ID_NUMBER, CustomerDatum.TYPED)
    ]

    counter = office.open_counter()
    office.begin(counter, Qt.Key.Key_F2)
    office.enter(counter, ZHANG)
    assert office.asked_now() == "Amount"
    office.enter(counter, "50,000")
    office.confirm(counter)
    office.sign_and_see(counter)
    stands = office.signed_texts()
    assert all(map(stands, ("张三", "110101199003078515", "50,000")))
