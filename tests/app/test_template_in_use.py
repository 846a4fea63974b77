"""A PDF with a form, from its chip to the customer's signature on what the platform made of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.problems import Severity, is_sendable
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.documents.changed_files import ChangedFileBar
from esign_desktop.ui.prepare.preflight import ChipKind, Remedy
from esign_desktop.ui.presets.offer import OfferBar
from esign_desktop.ui.send.made import MadePane
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.shell.window import MainWindow
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.app.test_preset_in_use import Office
from tests.drafts import make_person, make_person_signer
from tests.services.counter_desk import ZHANG
from tests.services.sandbox_platform import sign_at
from tests.services.template_files import write_form
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.presets.drawing import TemplateDrawing
    from esign_desktop.ui.presets.template_strip import TemplateStrip
    from tests.app.conftest import Start

WORDS = "Application for a personal loan, to be filled in by the borrower at the branch"
LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def office(start: Start, tmp_path: Path, qtbot: QtBot) -> Office:
    return Office(start, tmp_path, qtbot)


def test_a_form_becomes_a_template_its_preset_opens_and_a_customer_signs_what_was_filled_in(
    office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    preset = make_template_preset(office, qtbot, tmp_path)
    office.presets.assign_key(preset.id, 2)

    counter = office.open_counter()
    office.begin(counter, Qt.Key.Key_F2)
    office.enter(counter, ZHANG)
    assert office.asked_now() == "借款金额"
    office.enter(counter, "50,000")
    office.confirm(counter)
    office.sign_and_see(counter)
    assert all(map(office.signed_texts(), ("张三", "50,000")))


def make_template_preset(office: Office, qtbot: QtBot, folder: Path) -> Preset:
    """Make a template of a form with one signer, by clicks in Prepare, and leave its preset."""
    session, prepare = office.workspace.session, office.workspace.prepare
    office.workspace.open_files([write_form(folder / "借款申请表.pdf", ("姓名", "借款金额"), text=WORDS)])
    office.wait_until(lambda: bool(session.draft.documents))
    signer, document = make_person_signer(), session.draft.documents[0]
    session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    seal = CoordinatePlacement(
        *(new_placement_id(), signer.id, document.id, PageRanges.single(2), PagePoint(300, 300), 90.0)
    )
    session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    card = prepare.findChild(DocumentCard)
    assert card is not None
    office.wait_until(lambda: card.chips.button(ChipKind.FORM) is not None)

    qtbot.mouseClick(card.chips.button(ChipKind.FORM), LEFT)
    qtbot.mouseClick(card.pane.button(Remedy.TEMPLATE), LEFT)
    strip = office.workspace.presets.drawing.strip
    office.wait_until(strip.make.hasFocus)
    office.press(strip.make, Qt.Key.Key_Return)
    editing = office.workspace.presets.editing
    office.wait_until(editing.fields.isVisible)
    (preset,) = office.presets.list()
    assert [field.name for field in preset.form_fields] == ["姓名", "借款金额"]
    assert len(editing.fields.list.texts) == 2
    assert not editing.is_changed
    office.workspace.tasks.wait_idle()
    editing.leave()
    office.wait_until(lambda: editing.preset is None)
    return preset


def test_what_goes_wrong_on_the_way_to_the_preset_loses_neither_the_contract_nor_the_template(
    office: Office, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, session, prepare = office.workspace, office.workspace.session, office.workspace.prepare
    workspace.open_files([write_form(tmp_path / "借款申请表.pdf", ("姓名",), text=WORDS)])
    office.wait_until(lambda: bool(session.draft.documents))
    session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer()))
    office.wait_until(lambda: session.draft.documents[0].facts.form_field_count == 1)
    workspace.tasks.wait_idle()
    drawing, draft, bar = workspace.presets.drawing, session.draft, prepare.window().findChild(Messages)
    assert bar is not None

    def ask() -> TemplateDrawing:
        workspace.tasks.wait_idle()
        # The cards of the template may still be shown.
        qtbot.wait(100)
        office.wait_until(lambda: any(one.chips.button(ChipKind.FORM) for one in prepare.findChildren(DocumentCard)))
        card = next(one for one in prepare.findChildren(DocumentCard) if one.chips.button(ChipKind.FORM) is not None)
        qtbot.mouseClick(card.chips.button(ChipKind.FORM), LEFT)
        qtbot.mouseClick(card.pane.button(Remedy.TEMPLATE), LEFT)
        return drawing

    def begin() -> TemplateStrip:
        strip = ask().strip
        office.wait_until(strip.make.hasFocus)
        return strip

    qtbot.mouseClick(begin().leave, LEFT)
    office.wait_until(lambda: session.draft == draft)

    with monkeypatch.context() as broken:
        broken.setattr(office.presets, "of_template", _raise_full)
        office.press(begin().make, Qt.Key.Key_Return)
        office.wait_until(lambda: any("disk is full" in row.title for row in bar.rows))
    assert session.draft == draft
    assert len(workspace.services.templates.list()) == 1
    assert office.presets.list() == ()

    # The template exists, so its preset opens without the editor.
    ask()
    office.wait_until(workspace.presets.editing.fields.isVisible)
    assert len(workspace.services.templates.list()) == 1


def test_who_has_left_for_another_room_stays_there_when_the_template_is_created(
    office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    drawing, window = office.workspace.presets.drawing, office.workspace.prepare.window()
    assert isinstance(window, MainWindow)
    drawing.open_pdf(write_form(tmp_path / "借款申请表.pdf", ("姓名",)))
    office.wait_until(lambda: drawing.is_open)
    qtbot.mouseClick(drawing.strip.make, LEFT)
    assert drawing.is_busy
    window.show_room(RoomName.TRACK)
    with qtbot.waitSignal(drawing.closed, timeout=20_000):
        office.wait_until(lambda: not drawing.is_busy)
    qtbot.wait(50)
    assert window.room is RoomName.TRACK
    assert any("is now a template" in row.title for row in window.messages.rows)


def _raise_full(*_arguments: object) -> None:
    raise StoreError("store.disk_full")


@pytest.mark.nightly
def test_prepare_asks_for_what_the_form_wants_and_sends_nothing_before(
    office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    make_template_preset(office, qtbot, tmp_path)
    workspace, session, prepare = office.workspace, office.workspace.session, office.workspace.prepare
    workspace.draft_controller.new_contract()
    office.wait_until(lambda: not session.draft.documents)
    workspace.open_files([tmp_path / "借款申请表.pdf"])
    office.wait_until(lambda: any(one.isVisible() for one in prepare.findChildren(OfferBar)))
    bar = next(one for one in prepare.findChildren(OfferBar) if one.isVisible())
    button = bar.focusProxy()
    assert button is not None
    office.press(button, Qt.Key.Key_Return)
    (person,) = session.draft.signers
    assert isinstance(person, PersonSigner)
    whole = replace(person, person=make_person("张三", id_number="110101199003078515", mobile="13800000000"))
    session.apply(EditName.CHANGE_SIGNER, partial(edits.update_signer, signer=whole))
    card = next(one for one in prepare.findChildren(DocumentCard) if one.isVisible())
    assert list(card.form.edits) == ["姓名", "借款金额"]
    assert [one.code for one in prepare.problems() if one.severity >= Severity.CONFIRM] == ["form.value_missing"]
    prepare.window().activateWindow()
    office.wait_until(prepare.isActiveWindow)

    office.press(prepare, Qt.Key.Key_Return, CTRL)

    assert not prepare.findChildren(ReviewSheet)
    first, second = card.form.edits.values()
    assert prepare.focusWidget() is first
    with pytest.raises(InputError) as caught:
        workspace.services.submission.send(session.draft, workspace.services.environments.current())
    assert caught.value.code == "form.value_missing"

    type_text(first, "张三")
    assert [problem.code for problem in session.problems if problem.code.startswith("form.")] == ["form.value_missing"]
    office.press(first, Qt.Key.Key_Tab)
    assert prepare.focusWidget() is second
    type_text(second, " 50,000  元 ")
    office.press(second, Qt.Key.Key_Tab)
    template = session.draft.documents[0].template
    assert template is not None
    assert template.fields == (("姓名", "张三"), ("借款金额", "50,000"))
    assert is_sendable(session.problems)
    office.press(prepare, Qt.Key.Key_Return, CTRL)
    office.wait_until(lambda: bool(prepare.findChildren(ReviewSheet)))
    office.press(prepare.findChildren(ReviewSheet)[0], Qt.Key.Key_Escape)

    outcome = workspace.services.submission.send(session.draft, workspace.services.environments.current())
    assert outcome.error is None
    sign_at(next(iter(outcome.links.values()))[0])
    assert outcome.flow_id is not None
    record = workspace.services.flows.refresh(outcome.flow_id)
    assert record.status is FlowStatus.COMPLETED
    (path,) = workspace.services.flows.download(outcome.flow_id, tmp_path / "signed")
    document = workspace.services.documents.open(path)
    assert all(workspace.services.documents.find(document.id, text) for text in ("张三", "50,000"))
    # What was typed is one step of the history for each field.
    session.undo()
    assert session.undo_name is EditName.FILL_FORM


@pytest.mark.nightly
def test_a_form_that_was_sent_lies_on_the_desk_again_as_it_was_filled_and_is_corrected_there(
    office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    preset = make_template_preset(office, qtbot, tmp_path)
    office.presets.assign_key(preset.id, 2)
    counter = office.open_counter()
    office.begin(counter, Qt.Key.Key_F2)
    office.enter(counter, ZHANG)
    office.enter(counter, "50,000")
    office.confirm(counter)
    office.wait_until(lambda: office.counter.view.state is CounterState.SHOWING)
    workspace, prepare = office.workspace, office.workspace.prepare
    flows = workspace.services.flows
    (record,) = flows.list()
    (tmp_path / "借款申请表.pdf").unlink()
    workspace.counter.take_down()
    prepare.window().show()
    corrections = workspace.services.corrections
    assert corrections is not None

    workspace.track.correction_made.emit(corrections.begin(record.flow_id))

    office.wait_until(lambda: workspace.session.draft.replaces == record.flow_id)
    workspace.tasks.wait_idle()
    # Nothing is revoked, nothing is missed, and nothing is being looked for.
    assert flows.refresh(record.flow_id).status is FlowStatus.SIGNING
    office.wait_until(lambda: any(one.isVisible() for one in prepare.findChildren(DocumentCard)))
    card = next(one for one in prepare.findChildren(DocumentCard) if one.isVisible())
    assert [edit.read_value() for edit in card.form.edits.values()] == ["张三", "50,000"]
    assert not any(bar.isVisible() for bar in prepare.findChildren(ChangedFileBar))
    assert not [one.code for one in prepare.problems() if one.severity >= Severity.CONFIRM]

    amount = list(card.form.edits.values())[1]
    assert isinstance(amount, QLineEdit)
    office.write(amount, "60,000")
    office.press(amount, Qt.Key.Key_Tab)
    prepare.window().activateWindow()
    office.wait_until(prepare.isActiveWindow)
    office.press(prepare, Qt.Key.Key_Return, CTRL)
    office.wait_until(lambda: bool(prepare.findChildren(ReviewSheet)))
    sheet = prepare.findChildren(ReviewSheet)[0]
    office.wait_until(lambda: any("revoked first" in label.text() for label in sheet.findChildren(QLabel)))
    send = next(one for one in sheet.findChildren(QPushButton) if one.text().startswith("Send now"))
    office.wait_until(send.isEnabled)
    qtbot.mouseClick(send, LEFT)
    # What the platform made of the form is looked at before anybody else can see it.
    office.wait_until(lambda: bool(prepare.findChildren(MadePane)))
    buttons = prepare.findChildren(QPushButton)
    office.wait_until(lambda: any(one.text() == "Continue" and one.isVisible() for one in buttons))
    go_on = [one for one in buttons if one.text() == "Continue" and one.isVisible()]
    assert len(go_on) == 1
    assert flows.refresh(record.flow_id).status is not FlowStatus.REVOKED
    qtbot.mouseClick(go_on[0], LEFT)
    office.wait_until(lambda: not workspace.is_sending and workspace.session.draft.is_empty)

    assert flows.refresh(record.flow_id).status is FlowStatus.REVOKED
    (second,) = (one for one in flows.list() if one.flow_id != record.flow_id)
    sign_at(second.signers[0].urls[0])
    (path,) = flows.download(second.flow_id, tmp_path / "signed")
    document = workspace.services.documents.open(path)
    assert all(workspace.services.documents.find(document.id, text) for text in ("张三", "60,000"))
