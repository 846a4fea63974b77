"""A preset is edited in Prepare, in place of a contract, and is saved or left, but never sent."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.options import SignWithin
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.signer import OpenSigner, PersonSigner
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.viewer.painting import failure_words
from esign_desktop.ui.widgets.actions import ActionName
from tests.app.test_bulk_in_the_window import make_preset
from tests.app.test_unsaved_work import messages, workspace_of
from tests.drafts import make_person, make_person_signer
from tests.services.counter_desk import KEYWORD
from tests.services.template_files import write_form
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.presets.editing import PresetEditing
    from tests.app.conftest import Start

WAIT_MS = 20_000
CTRL = Qt.KeyboardModifier.ControlModifier


class Desk:
    """The program with a preset, and hands for it."""

    def __init__(self, start: Start, folder: Path, qtbot: QtBot) -> None:
        self.program: Program = start()
        self.qtbot = qtbot
        self.workspace = workspace_of(self.program)
        self.session, self.prepare = self.workspace.session, self.workspace.prepare
        self.presets = self.workspace.services.presets
        self.preset: Preset = make_preset(self.program, folder / "form")

    @property
    def editing(self) -> PresetEditing:
        return self.workspace.presets.editing

    @property
    def kept(self) -> Preset:
        return self.presets.get(self.preset.id)

    @property
    def draft(self) -> ContractDraft:
        return self.session.draft

    def edit(self, preset: Preset | None = None) -> PresetEditing:
        self.workspace.presets.edit(preset or self.preset)
        self.wait(lambda: self.editing.preset is not None)
        self.wait(self.editing.strip.isVisible)
        self.workspace.tasks.wait_idle()
        return self.editing

    def apply(self, name: EditName, edit: Callable[[ContractDraft], ContractDraft]) -> None:
        self.session.apply(name, edit)

    def write(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.selectAll()
        type_text(field, text)

    def save(self) -> Preset:
        self.program.window.activateWindow()
        self.wait(self.program.window.isActiveWindow)
        with self.qtbot.waitSignal(self.workspace.presets.saved, timeout=WAIT_MS):
            QTest.keyClick(self.editing.strip, Qt.Key.Key_S, CTRL)
        self.wait(lambda: self.editing.preset is None)
        return self.kept

    def discard(self) -> None:
        (row,) = (row for row in self.program.window.messages.rows if "Not saved" in row.title)
        next(one for one in row.findChildren(QAbstractButton) if one.text() == "Discard and continue").click()

    def form(self) -> SignerForm:
        return [one for one in self.prepare.signers.findChildren(SignerForm) if one.isVisible()][-1]

    def press(self, form: SignerForm, text: str) -> None:
        next(one for one in form.findChildren(QAbstractButton) if one.isVisible() and one.text() == text).click()

    def wait(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=WAIT_MS)


@pytest.fixture
def desk(start: Start, tmp_path: Path, qtbot: QtBot) -> Desk:
    return Desk(start, tmp_path, qtbot)


def test_nothing_is_kept_before_saving_and_everything_after(desk: Desk) -> None:
    strip = desk.edit().strip
    assert strip.name.text() == "借款"
    assert not strip.save.isEnabled()
    desk.write(strip.name, "个人借款")
    strip.key.setCurrentIndex(strip.key.findData(5))
    strip.key.edited.emit()
    strip.minutes.setValue(15)
    assert desk.kept == desk.preset
    kept = desk.save()
    assert (kept.name, kept.function_key) == ("个人借款", 5)
    assert kept.options.deadline == SignWithin(15 * 60_000)
    assert (kept.signers, kept.documents, kept.placements) == (
        *(desk.preset.signers, desk.preset.documents),
        desk.preset.placements,
    )
    assert desk.draft.is_empty
    assert not strip.isVisible()
    assert "has been saved" in messages(desk.program)


def test_the_preset_is_no_draft_and_the_contract_before_it_comes_back(desk: Desk) -> None:
    desk.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer("李甲")))
    before = desk.draft
    desk.edit()
    seal = desk.draft.placements[0]
    desk.apply(EditName.REMOVE_SEALS, partial(edits.remove_placements, placement_ids={seal.id}))
    desk.session.undo()
    desk.qtbot.wait(700)
    drafts = desk.workspace.services.drafts
    assert [one.id for one in drafts.list()] == [before.id]
    # After a crash, this contract is opened at the next start.
    assert drafts.recover() == before
    desk.editing.strip.leave.click()
    desk.wait(lambda: desk.draft.id == before.id)
    assert desk.draft == before
    assert desk.editing.preset is None
    assert desk.kept == desk.preset


def test_leaving_with_changes_asks_whichever_way_the_user_leaves(desk: Desk) -> None:
    strip = desk.edit().strip
    desk.write(strip.name, "车贷")
    actions = desk.program.window.actions_by_name
    ways: list[Callable[[], object]] = [
        strip.leave.click,
        actions[ActionName.NEW].trigger,
        actions[ActionName.DISCARD].trigger,
        desk.program.window.close,
    ]
    for leave in ways:
        desk.program.window.messages.clear("unsaved")
        leave()
        assert "preset “借款”" in messages(desk.program)
        assert strip.isVisible()
        assert strip.name.text() == "车贷"
    desk.program.window.messages.clear("unsaved")
    desk.program.window.show_room(RoomName.TRACK)
    other = desk.presets.save(replace(desk.preset, id=type(desk.preset.id)("other"), name="开户"))
    desk.workspace.presets.edit(other)
    assert "preset “借款”" in messages(desk.program)
    assert desk.program.window.room is RoomName.PREPARE
    desk.discard()
    desk.wait(lambda: desk.editing.preset is not None and desk.editing.preset.name == "开户")
    assert desk.kept == desk.preset


def test_a_preset_is_never_sent(desk: Desk) -> None:
    """Not even one whose parties are all known."""
    person = make_person("李甲", id_number="110101199003078515", mobile="13800000000")
    known = make_person_signer(person=person)
    desk.preset = desk.presets.save(replace(desk.preset, signers=(replace(known, id=desk.preset.signers[0].id),)))
    desk.edit()
    assert not desk.prepare.problems_bar.isVisible()
    desk.program.window.actions_by_name[ActionName.SEND].trigger()
    QTest.keyClick(desk.prepare, Qt.Key.Key_Return, CTRL)
    desk.workspace.tasks.wait_idle()
    assert not desk.prepare.findChildren(ReviewSheet)
    desk.editing.strip.leave.click()
    desk.wait(lambda: desk.draft.is_empty)
    desk.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, known))
    desk.program.window.show_room(RoomName.PREPARE)
    assert desk.prepare.problems_bar.isVisible()


def test_what_the_preset_lacks_is_told_and_keeps_it_from_being_saved(desk: Desk) -> None:
    strip = desk.edit().strip
    desk.write(strip.name, " ")
    assert strip.status_text == "The preset has no name."
    assert not strip.save.isEnabled()
    desk.write(strip.name, "借款")
    assert strip.status_text == ""
    seal = desk.draft.placements[0]
    assert isinstance(seal, KeywordPlacement)
    changed = replace(seal, keyword="条", confirmed_hits=None, fallbacks=())
    desk.apply(EditName.CHANGE_SEALS, partial(edits.update_placement, placement=changed))
    desk.wait(lambda: "confirm all of them" in strip.status_text)
    assert not strip.save.isEnabled()
    count = len(desk.session.hits[seal.document_id, "条"] or ())
    desk.apply(EditName.CONFIRM_HITS, partial(edits.confirm_hits, counts={seal.id: count}))
    place = desk.save().placements[0]
    assert isinstance(place, KeywordPlacement)
    assert (place.keyword, place.confirmed_hits, len(place.fallbacks)) == ("条", count, count)


def test_a_key_that_is_taken_says_whose_it_was(desk: Desk) -> None:
    other = desk.presets.save(replace(desk.preset, id=type(desk.preset.id)("other"), name="开户"))
    desk.presets.assign_key(other.id, 3)
    strip = desk.edit().strip
    desk.wait(lambda: "开户" in strip.key.itemText(strip.key.findData(3)))
    strip.key.setCurrentIndex(strip.key.findData(3))
    strip.key.edited.emit()
    assert "开户" in strip.status_text
    assert desk.save().function_key == 3
    assert desk.presets.get(other.id).function_key is None


def test_two_presets_are_not_called_the_same(desk: Desk) -> None:
    desk.presets.save(replace(desk.preset, id=type(desk.preset.id)("other"), name="开户"))
    strip = desk.edit().strip
    desk.write(strip.name, " 开 户 ")
    desk.wait(strip.save.isEnabled)
    strip.save.click()
    desk.wait(lambda: "Another preset already has this name" in strip.status_text)
    assert desk.kept == desk.preset
    assert strip.isVisible()


def test_what_changed_in_the_list_meanwhile_stays(desk: Desk) -> None:
    strip = desk.edit().strip
    strip.minutes.setValue(20)
    desk.presets.save(replace(desk.preset, name="车贷"))
    desk.presets.assign_key(desk.preset.id, 6)
    kept = desk.save()
    assert (kept.name, kept.function_key) == ("车贷", 6)
    assert kept.options.deadline == SignWithin(20 * 60_000)

    desk.edit(kept)
    desk.write(strip.name, "一手车贷")
    desk.presets.save(replace(kept, name="二手车贷"))
    desk.wait(strip.save.isEnabled)
    strip.save.click()
    desk.wait(lambda: "changed elsewhere" in strip.status_text)
    # A result of a search that comes late does not take the sentence away.
    desk.session.set_hits(desk.draft.documents[0].id, "甲方", ())
    assert "changed elsewhere" in strip.status_text
    assert desk.kept.name == "二手车贷"
    assert strip.name.text() == "一手车贷"


def test_an_open_party_becomes_ours_and_ours_becomes_open(desk: Desk) -> None:
    desk.edit()
    customer = desk.draft.signers[0]
    desk.prepare.signers.edit(customer.id)
    form = desk.form()
    (line,) = (one for one in form.findChildren(QLineEdit) if one.isVisible())
    desk.write(line, "甲方")
    desk.press(form, "A different party each time")
    signer = desk.draft.signers[0]
    assert isinstance(signer, PersonSigner)
    assert (signer.id, signer.role) == (customer.id, "甲方")
    form = desk.form()
    type_text(form.focusWidget(), "李甲")
    desk.press(form, "Save")
    # The name is looked up in Contacts first.
    desk.wait(lambda: not desk.prepare.signers.is_form_shown)
    signer = desk.draft.signers[0]
    assert isinstance(signer, PersonSigner)
    assert (signer.person.name, signer.role) == ("李甲", "甲方")
    assert len(desk.draft.placements) == len(desk.preset.placements)
    # A form that is still open is asked about before the preset is saved.
    desk.prepare.signers.edit(customer.id)
    form = desk.form()
    desk.press(form, "A different party each time")
    desk.press(desk.form(), "Change to organization")
    form = desk.form()
    (line,) = (one for one in form.findChildren(QLineEdit) if one.isVisible())
    desk.write(line, "出借人")
    desk.wait(desk.editing.strip.save.isEnabled)
    desk.editing.strip.save.click()
    assert "Save or cancel this signer first" in desk.editing.strip.status_text
    desk.press(desk.form(), "Save")
    (role,) = desk.save().signers
    assert isinstance(role, OpenSigner)
    assert role.role == "出借人"
    assert desk.kept.placements[0].signer_id == desk.preset.placements[0].signer_id


def test_a_fallback_position_is_set_for_the_selected_seal(desk: Desk) -> None:
    pane = desk.edit().fallbacks
    assert not pane.isVisible()
    seal = desk.draft.placements[0]
    desk.prepare.selection.set([seal.id])
    assert pane.isVisible()
    assert not pane.add.isHidden()
    pane.page.setValue(2)
    pane.add.click()
    pane.left.setValue(50.0)
    pane.add.click()
    pane.remove.click()
    place = desk.save().placements[0]
    assert isinstance(place, KeywordPlacement)
    assert place.keyword == KEYWORD
    assert [point.pages.first for point in place.fallbacks] == [2, 2]
    assert place.fallbacks[1].center.x_pt == pytest.approx(141.7, abs=0.1)
    assert not pane.isVisible()


def test_the_pane_shows_the_fallback_position_that_is_moved_on_the_page(desk: Desk) -> None:
    pane = desk.edit().fallbacks
    seal = desk.draft.placements[0]
    assert isinstance(seal, KeywordPlacement)
    desk.prepare.selection.set([seal.id])
    pane.add.click()
    pane.point.setCurrentIndex(0)
    pane.point.activated.emit(0)
    seal = desk.draft.placements[0]
    assert isinstance(seal, KeywordPlacement)
    *others, last = seal.fallbacks
    moved = replace(seal, fallbacks=(*others, replace(last, center=PagePoint(150.0, 150.0))))
    desk.apply(EditName.MOVE_SEALS, partial(edits.update_placement, placement=moved))
    assert pane.point.currentIndex() == len(others)


def with_form(desk: Desk) -> Preset:
    """Save and return the preset with its document made from a template."""
    environment = desk.workspace.services.environments.current()
    fields = (FormField("姓名", CustomerDatum.NAME), FormField("金额", CustomerDatum.TYPED))
    document = desk.preset.documents[0].created_from(TemplateFilling("t-1", preset_fields=fields))
    home = PresetHome(environment.kind, environment.project_id)
    return desk.presets.save(replace(desk.preset, documents=(document,), home=home))


def test_the_fields_of_a_form_are_edited_beside_its_page(desk: Desk) -> None:
    editing = desk.edit(with_form(desk))
    assert not editing.fields.isVisible()
    editing.strip.fields.click()
    fields = editing.fields
    assert fields.isVisible()
    assert fields.list.texts == ("姓名 ← Customer's name", "金额 ← Entered at the counter, such as an amount")
    fields.list.added.emit("field")
    desk.write(fields.name, "地点")
    fields.datum.setCurrentIndex(fields.datum.findData(""))
    fields.datum.edited.emit()
    desk.write(fields.text, "上海")
    desk.session.undo()
    desk.session.redo()
    kept = desk.save()
    assert [(one.name, one.datum, one.text) for one in kept.form_fields] == [
        ("姓名", CustomerDatum.NAME, ""),
        ("金额", CustomerDatum.TYPED, ""),
        ("地点", None, "上海"),
    ]
    assert kept.documents[0].digests == desk.preset.documents[0].digests


def test_a_form_without_its_pages_says_where_its_pdf_is_added(desk: Desk, tmp_path: Path) -> None:
    editing, source = desk.edit(with_form(desk)), desk.workspace.prepare.canvas.view.source

    def failure() -> AppError | None:
        return source.failure(desk.draft.documents[0].id, 1)

    desk.wait(lambda: failure() is not None)
    missing = failure()
    assert missing is not None
    assert "add the PDF in Presets" in failure_words(missing)
    editing.leave()
    desk.wait(lambda: editing.preset is None)
    desk.workspace.services.templates.add("t-1", "借款合同", write_form(tmp_path / "form.pdf", ["姓名", "金额"]))
    desk.edit(desk.kept)
    desk.wait(lambda: bool(desk.draft.documents[0].path))
    desk.wait(lambda: failure() is None)


def test_a_document_is_made_from_a_template_and_from_its_pdf_again(desk: Desk) -> None:
    template = desk.workspace.services.templates.add("t-7", "借款合同 & 附件")
    editing = desk.edit()
    fields = editing.fields
    desk.wait(lambda: fields.template.findData("t-7") >= 0)
    editing.strip.fields.click()
    before = desk.draft

    def choose(template_id: str | None) -> None:
        fields.template.show_value(template_id)
        fields.template.edited.emit()

    choose(template.template_id)
    (document,) = desk.draft.documents
    assert document.template is not None
    assert document.template.template_id == "t-7"
    assert [seal.document_id for seal in desk.draft.placements] == [document.id]
    assert fields.list.isVisible()
    choose(None)
    (document,) = desk.draft.documents
    assert replace(document, id=before.documents[0].id) == before.documents[0]
    assert not fields.list.isVisible()
    desk.wait(lambda: desk.workspace.services.documents.is_open(document.id))
    choose(template.template_id)
    kept = desk.save()
    assert kept.documents[0].template is not None
    assert kept.home is not None
    assert [seal.document_id for seal in kept.placements] == [kept.documents[0].id]


def test_a_preset_of_pdfs_has_no_fields(desk: Desk) -> None:
    assert not desk.edit().strip.fields.isVisible()


def test_a_preset_that_is_edited_again_stays_as_it_is(desk: Desk) -> None:
    strip = desk.edit().strip
    desk.write(strip.name, "车贷")
    draft_id = desk.draft.id
    desk.program.window.show_room(RoomName.TRACK)
    desk.workspace.presets.edit(desk.preset)
    desk.workspace.tasks.wait_idle()
    assert (desk.draft.id, strip.name.text()) == (draft_id, "车贷")
    assert desk.program.window.room is RoomName.PREPARE


def test_what_is_done_to_contracts_alone_is_off_while_the_fields_of_a_template_are_drawn(
    desk: Desk, tmp_path: Path
) -> None:
    drawing, window = desk.workspace.presets.drawing, desk.program.window
    actions = window.actions_by_name
    of_contracts = (ActionName.SAVE_PRESET, ActionName.FINISHED_LOOK, ActionName.ADD_PERSON, ActionName.SIGN_LATER)
    drawing.open_pdf(write_form(tmp_path / "form.pdf", ["姓名", "金额"]))
    desk.wait(lambda: drawing.is_open)
    assert not any(actions[one].isEnabled() for one in of_contracts)
    window.show_room(RoomName.TRACK)
    window.show_room(RoomName.PREPARE)
    assert not any(actions[one].isEnabled() for one in of_contracts)
    window.activateWindow()
    desk.prepare.canvas.setFocus()
    desk.wait(desk.prepare.canvas.view.hasFocus)
    actions[ActionName.SELECT_ALL].trigger()
    assert drawing.controller.chosen == {0, 1}
    drawing.leave()
    desk.wait(lambda: not drawing.is_open)
    assert all(actions[one].isEnabled() for one in of_contracts)
