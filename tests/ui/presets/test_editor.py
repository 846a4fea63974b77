"""A preset's own window, worked with keys and clicks; real services behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListWidget

from esign_desktop.domain.added_pages import FRAME, AddedPdf, AddedTable
from esign_desktop.domain.contract.edits import update_document
from esign_desktop.domain.document import Document, TemplateFilling
from esign_desktop.domain.environment import Environment, EnvironmentKind, KeywordOrigin, PlatformBehaviour
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.domain.options import SignWithin
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.preset.preset import Preset, PresetHome
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner
from esign_desktop.domain.templates import Template, TemplateField, ValueKind
from esign_desktop.ui.presets.editor.window import PresetEditor
from tests.services.counter_desk import CounterDesk, make_form
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QComboBox
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.ui.tasks import TaskRunner

WAIT_MS = 5_000
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


class Rig:
    def __init__(
        self, folder: Path, tasks: TaskRunner, qtbot: QtBot, behaviour: PlatformBehaviour | None = None
    ) -> None:
        self._qtbot = qtbot
        environment = Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project")
        self.environment = replace(environment, behaviour=behaviour or PlatformBehaviour())
        self.installation = CounterDesk(folder / "desk", self.environment)
        self.other = self.installation.make_preset(folder / "other", name="开户")
        self.installation.presets.assign_key(self.other.id, 3)
        self.preset = self.installation.make_preset(folder / "form", name="借款", branch=True)
        self.editor = PresetEditor(
            *(self.preset, self.installation.presets, self.installation.documents),
            environments=cast("EnvironmentService", self),
            tasks=tasks,
        )
        qtbot.addWidget(self.editor)
        self.editor.show()
        tasks.wait_idle()

    def current(self) -> Environment:
        return self.environment

    @property
    def kept(self) -> Preset:
        return self.installation.presets.get(self.preset.id)

    def go_to(self, number: int) -> None:
        self._qtbot.keyClick(self.editor, getattr(Qt.Key, f"Key_{number}"), ALT)
        assert self.editor.tabs.currentIndex() == number - 1

    def choose(self, box: QComboBox, value: str | int) -> None:
        """Choose with the keyboard."""
        wanted = box.findData(value)
        assert wanted >= 0
        while box.currentIndex() != wanted:
            self._qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up)

    def write(self, edit: QLineEdit, text: str) -> None:
        edit.setFocus()
        edit.selectAll()
        type_text(edit, text)

    def save(self) -> Preset:
        with self._qtbot.waitSignal(self.editor.saved, timeout=WAIT_MS):
            self._qtbot.keyClick(self.editor, Qt.Key.Key_S, CTRL)
        return self.kept


@pytest.fixture
def rig(tmp_path: Path, tasks: TaskRunner, qtbot: QtBot) -> Iterator[Rig]:
    one = Rig(tmp_path, tasks, qtbot)
    yield one
    one.editor.done(0)
    tasks.wait_idle()
    one.installation.close()


def test_nothing_is_kept_before_saving_and_everything_after(rig: Rig) -> None:
    general = rig.editor.general
    rig.write(general.name, "个人借款")
    general.minutes.setValue(15)
    general.by_sms.click()
    rig.choose(general.key, 5)
    assert rig.kept == rig.preset
    kept = rig.save()
    assert (kept.name, kept.function_key) == ("个人借款", 5)
    assert kept.options.deadline == SignWithin(15 * 60_000)
    assert not kept.options.notices
    assert (kept.signers, kept.documents) == (rig.preset.signers, rig.preset.documents)


def test_a_long_time_is_told_in_days_too(rig: Rig) -> None:
    rig.editor.general.minutes.setValue(43_200)
    # Whether with a plural or not, as the tests before have left the language.
    assert any(text.startswith("= 30 day") for text in texts_of(rig))
    rig.editor.general.minutes.setValue(15)
    assert not any(text.startswith("= ") and "day" in text for text in texts_of(rig))


def test_a_key_that_is_taken_says_whose_it_was(rig: Rig, qtbot: QtBot) -> None:
    key = rig.editor.general.key
    qtbot.waitUntil(lambda: "开户" in key.itemText(key.findData(3)), timeout=WAIT_MS)
    key.setCurrentIndex(key.findData(3))
    key.activated.emit(key.currentIndex())
    assert any("开户" in text for text in texts_of(rig))
    rig.save()
    assert rig.installation.presets.get(rig.other.id).function_key is None


def texts_of(rig: Rig) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in rig.editor.general.findChildren(QLabel) if label.isVisibleTo(rig.editor.general)]


def test_a_preset_without_a_name_is_not_kept_and_says_why(rig: Rig, qtbot: QtBot) -> None:
    rig.write(rig.editor.general.name, " ")
    assert rig.editor.status_text == "The preset has no name."
    assert not rig.editor.save.isEnabled()
    qtbot.keyClick(rig.editor, Qt.Key.Key_Z, CTRL)
    assert rig.editor.general.name.text() == "借款"
    assert rig.editor.status_text == ""
    assert not rig.editor.save.isEnabled()


def test_undo_takes_a_whole_word_back_and_redo_brings_it_again(rig: Rig) -> None:
    name = rig.editor.general.name
    rig.write(name, "个人借款合同")
    rig.editor.undo.click()
    assert name.text() == "借款"
    assert not rig.editor.undo.isEnabled()
    rig.editor.redo.click()
    assert name.text() == "个人借款合同"


def test_leaving_with_changes_asks_once_more(rig: Rig, qtbot: QtBot) -> None:
    rig.write(rig.editor.general.name, "别的")
    qtbot.keyClick(rig.editor, Qt.Key.Key_Escape)
    assert rig.editor.isVisible()
    assert "Press again" in rig.editor.status_text
    qtbot.keyClick(rig.editor, Qt.Key.Key_Escape)
    assert not rig.editor.isVisible()
    assert rig.kept == rig.preset


def test_roles_are_added_moved_and_removed_by_keyboard(rig: Rig, qtbot: QtBot) -> None:
    rig.go_to(3)
    people = rig.editor.people
    roles = cast("QListWidget", people.list.findChild(QListWidget))
    people.list.added.emit("customer")
    rig.write(people.title, "担保人")
    assert people.list.texts[-1].endswith("担保人")
    qtbot.keyClick(roles, Qt.Key.Key_Up, ALT)
    assert people.list.texts[1].endswith("担保人")
    assert people.list.row == 1
    rig.write(people.title, "共同借款人")
    people.list.choose(2)
    qtbot.keyClick(roles, Qt.Key.Key_Delete)
    kept = rig.save()
    assert [type(role) for role in kept.signers] == [OpenSigner, OpenSigner]
    assert [role.terms.step for role in kept.signers] == [1, 2]
    assert [role.role for role in kept.customers] == ["", "共同借款人"]
    assert len(kept.placements) == 1


def test_a_role_becomes_the_platform_by_keyboard(rig: Rig) -> None:
    rig.go_to(3)
    people = rig.editor.people
    people.list.choose(1)
    rig.choose(people.kind, "platform")
    kept = rig.save()
    assert isinstance(kept.signers[1], ApplicationSigner)
    assert kept.signers[1].terms.is_silent
    assert len(kept.placements) == 2


def test_somebody_else_signs_for_the_branch(rig: Rig) -> None:
    rig.go_to(3)
    people = rig.editor.people
    people.list.choose(1)
    people.other_signer.click()
    assert "hoose who represents the branch" in rig.editor.status_text
    fields = people.people.findChildren(QLineEdit)
    for field, text in zip(fields, ("示例支行", "91110000600037341L", "王经办", "110101199003078515"), strict=True):
        rig.write(field, text)
    people.people.findChildren(type(people.other_signer))[-1].click()
    kept = rig.save()
    assert kept.roles_without_signer == ()
    assert people.people.isHidden()


def test_a_seal_is_moved_in_words_and_seen_on_its_page(rig: Rig, qtbot: QtBot) -> None:
    rig.go_to(4)
    seals = rig.editor.seals
    qtbot.waitUntil(lambda: seals.preview.has_image and "1" in seals.found, timeout=WAIT_MS)
    before = next(rect for rect, _number, is_chosen in seals.preview.marks if is_chosen)
    seals.right.setValue(seals.right.value() + 10)
    after = next(rect for rect, _number, is_chosen in seals.preview.marks if is_chosen)
    assert after.left_pt - before.left_pt == pytest.approx(28.35, abs=0.2)
    seals.list.choose(1)
    rig.write(seals.pages, "1-2")
    seals.below.setFocus()
    seals.below.setValue(50.0)
    kept = rig.save()
    keyword, point = kept.placements
    assert isinstance(keyword, KeywordPlacement)
    assert isinstance(point, CoordinatePlacement)
    assert str(point.pages) == "1-2"
    assert point.center.y_pt == pytest.approx(141.7, abs=0.1)
    assert point.center.x_pt == 400.0


def test_seals_are_shown_as_the_platform_in_force_stamps_them(tmp_path: Path, tasks: TaskRunner, qtbot: QtBot) -> None:
    def shown(name: str, behaviour: PlatformBehaviour | None) -> PageRect:
        rig = Rig(tmp_path / name, tasks, qtbot, behaviour)
        rig.editor.tabs.setCurrentWidget(rig.editor.seals)
        seals = rig.editor.seals
        qtbot.waitUntil(lambda: "1" in seals.found, timeout=WAIT_MS)
        found = next(rect for rect, _number, is_chosen in seals.preview.marks if is_chosen)
        rig.editor.done(0)
        tasks.wait_idle()
        rig.installation.close()
        return found

    usual = shown("usual", None)
    otherwise = PlatformBehaviour(keyword_origin=KeywordOrigin.RIGHT_BOTTOM, person_seal_width_pt=40.0)
    other = shown("other", otherwise)
    # Four characters of 12 pt, and two of half that width.
    assert other.center.x_pt - usual.center.x_pt == pytest.approx(60, abs=0.5)
    assert (usual.width_pt, other.width_pt) == (95.0, 40.0)


def test_a_keyword_that_is_not_there_is_told_and_falls_back(rig: Rig, qtbot: QtBot) -> None:
    rig.go_to(4)
    seals = rig.editor.seals
    rig.write(seals.keyword, "没有这个词")
    qtbot.waitUntil(lambda: "Not in the document" in seals.found, timeout=WAIT_MS)
    seals.fallbacks.page.setValue(2)
    kept = rig.save()
    assert [fallback.pages.first for fallback in _keyword_of(kept).fallbacks] == [2]


def test_a_keyword_that_is_nowhere_and_has_no_points_is_not_kept(rig: Rig, qtbot: QtBot) -> None:
    rig.go_to(4)
    seals = rig.editor.seals
    rig.write(seals.keyword, "没有这个词")
    qtbot.mouseClick(seals.fallbacks.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "isn't in the document" in rig.editor.status_text, timeout=WAIT_MS)
    assert "add a fallback position below" in seals.found
    assert not rig.editor.save.isEnabled()
    qtbot.mouseClick(seals.fallbacks.add, Qt.MouseButton.LeftButton)
    assert len(_keyword_of(rig.save()).fallbacks) == 1


def test_as_many_seals_as_the_keyword_has_matches_are_agreed_to(rig: Rig, qtbot: QtBot) -> None:
    rig.go_to(4)
    seals = rig.editor.seals
    rig.write(seals.keyword, "条")
    qtbot.waitUntil(lambda: "Confirm all of them under Seals" in rig.editor.status_text, timeout=WAIT_MS)
    assert not rig.editor.save.isEnabled()
    assert seals.agreed.isVisible()
    count = len(rig.installation.documents.find(_open(rig), "条"))
    assert count > 1
    assert str(count) in seals.agreed.text()
    seals.agreed.setFocus()
    qtbot.keyClick(seals.agreed, Qt.Key.Key_Space)
    assert _keyword_of(rig.save()).confirmed_hits == count


def _keyword_of(preset: Preset) -> KeywordPlacement:
    place = preset.placements[0]
    assert isinstance(place, KeywordPlacement)
    return place


def _open(rig: Rig) -> DocumentId:
    return rig.installation.presets.pdfs.open(rig.preset.documents[0]).id


def test_a_long_keyword_is_a_warning(rig: Rig, qtbot: QtBot) -> None:
    rig.go_to(4)
    rig.write(rig.editor.seals.keyword, "甲乙双方经协商一致签订本合同 第一条借款金额甲乙双方经协商一致")
    qtbot.waitUntil(lambda: "longer than 30 characters" in rig.editor.status_text, timeout=WAIT_MS)
    assert rig.editor.save.isEnabled()


def test_a_field_that_may_stay_empty_is_said_so(rig: Rig, qtbot: QtBot) -> None:
    rig.go_to(2)
    rig.choose(rig.editor.documents.source, "template")
    rig.write(rig.editor.documents.template_id, "20180403120233")
    rig.go_to(5)
    fields = rig.editor.fields
    fields.list.added.emit("field")
    rig.write(fields.name, "phone")
    assert fields.required.isChecked()
    fields.required.setFocus()
    qtbot.keyClick(fields.required, Qt.Key.Key_Space)
    assert [one.is_required for one in rig.save().form_fields] == [False]


def test_how_a_field_is_asked_for_is_kept(rig: Rig, qtbot: QtBot) -> None:
    rig.go_to(2)
    rig.choose(rig.editor.documents.source, "template")
    rig.write(rig.editor.documents.template_id, "20180403120233")
    rig.go_to(5)
    fields = rig.editor.fields
    fields.list.added.emit("field")
    rig.write(fields.name, "form1[0].loan_amount[0]")
    rig.choose(fields.datum, "typed")
    assert fields.label.placeholderText() == "Loan amount"
    assert fields.kind.currentText() == "Inferred from the name: Amount in digits"
    assert not fields.choices.isVisible()
    rig.write(fields.label, "还款方式")
    rig.choose(fields.kind, "choice")
    assert not rig.editor.save.isEnabled()
    rig.write(fields.choices, "等额本息；等额本金;等额本息；")
    (question,) = (one.question for one in rig.save().form_fields)
    asked = (question.label, question.kind, question.choices)
    assert asked == ("还款方式", AnswerKind.CHOICE, ("等额本息", "等额本金"))


def test_a_page_that_is_not_there_keeps_the_preset_from_being_kept(rig: Rig) -> None:
    rig.go_to(4)
    seals = rig.editor.seals
    seals.list.choose(1)
    rig.write(seals.pages, "9")
    seals.below.setFocus()
    assert "page 9, but the document has only 2" in rig.editor.status_text
    assert not rig.editor.save.isEnabled()
    rig.write(seals.pages, "nonsense")
    seals.below.setFocus()
    assert seals.pages.text() == "9"


def test_a_new_version_of_the_pdf_keeps_the_seals_and_tells_what_differs(
    rig: Rig, qtbot: QtBot, tmp_path: Path
) -> None:
    rig.go_to(2)
    path = make_form(tmp_path / "new.pdf", mark="另有约定")
    rig.editor.documents.pdf_chosen.emit(rig.preset.documents[0].id, path)
    qtbot.waitUntil(lambda: "Different text on page 1." in rig.editor.documents.note, timeout=WAIT_MS)
    kept = rig.save()
    assert kept.placements == rig.preset.placements
    assert kept.documents[0].sha256 != rig.preset.documents[0].sha256
    assert rig.installation.presets.documents_of(kept)


def test_a_file_that_is_no_pdf_is_refused_in_words(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "no.pdf"
    path.write_bytes(b"nothing")
    rig.editor.take_pdf(rig.preset.documents[0].id, path)
    qtbot.waitUntil(lambda: bool(rig.editor.documents.note), timeout=WAIT_MS)
    assert rig.editor.copy.preset == rig.preset


def test_a_document_is_made_from_a_template_with_its_fields(rig: Rig) -> None:
    rig.go_to(2)
    documents = rig.editor.documents
    assert documents.name.text() == rig.preset.documents[0].name
    rig.choose(documents.source, "template")
    assert "its template ID is missing" in rig.editor.status_text
    rig.write(documents.template_id, "20180403120233")
    rig.go_to(5)
    fields = rig.editor.fields
    for name, datum in (("borrower", "name"), ("amount", "typed"), ("place", "")):
        fields.list.added.emit("field")
        rig.write(fields.name, name)
        rig.choose(fields.datum, datum)
    rig.write(fields.text, "上海")
    assert fields.list.texts == (
        "borrower ← Customer's name",
        "amount ← Entered at the counter, such as an amount",
        "place = “上海”",
    )
    kept = rig.save()
    assert [(one.name, one.datum, one.text) for one in kept.form_fields] == [
        ("borrower", CustomerDatum.NAME, ""),
        ("amount", CustomerDatum.TYPED, ""),
        ("place", None, "上海"),
    ]
    assert kept.questions == ("amount",)
    assert kept.home is not None


def test_a_template_of_the_list_is_chosen_with_its_fields(rig: Rig) -> None:
    documents = rig.editor.documents
    rig.editor.tabs.setCurrentWidget(documents)
    rig.choose(documents.source, "template")
    assert not documents.choose.isEnabled()
    home = PresetHome(EnvironmentKind.TEST, "project")
    field = TemplateField("金额", ValueKind.AMOUNT)
    documents.offer_templates([Template("t-7", home, "借款合同 & 附件", "", (PageFrame(595, 842),) * 3, (field,))])
    (action,) = documents.choose.menu().actions()
    assert action.text() == "借款合同 && 附件"
    action.trigger()
    document = rig.editor.copy.preset.documents[0]
    assert document.template is not None
    assert document.template.template_id == documents.template_id.text() == "t-7"
    assert [one.name for one in document.template.preset_fields] == ["金额"]
    assert document.page_count == 3


def test_going_to_a_template_and_back_loses_nothing(rig: Rig) -> None:
    rig.go_to(2)
    documents = rig.editor.documents
    rig.choose(documents.source, "template")
    rig.choose(documents.source, "pdf")
    assert rig.editor.copy.preset.documents == rig.preset.documents
    assert rig.editor.copy.preset == rig.preset
    assert not rig.editor.copy.is_changed


def test_hostile_names_are_shown_to_the_letter(rig: Rig) -> None:
    rig.write(rig.editor.general.name, "<img src=x>")
    assert "<img" in rig.editor.windowTitle()
    assert replace(rig.preset, name="<img src=x>") == rig.editor.copy.preset


def test_enter_in_a_field_saves_nothing_and_closes_nothing(rig: Rig, qtbot: QtBot) -> None:
    rig.write(rig.editor.general.name, "别的")
    rig.choose(rig.editor.general.key, 3)
    for field in (rig.editor.general.name, rig.editor.general.title, rig.editor.general.minutes):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert rig.editor.isVisible()
    assert rig.kept == rig.preset
    on_key = rig.installation.presets.on_key(3)
    assert on_key is not None
    assert on_key.name == "开户"
    rig.editor.save.setFocus()
    with qtbot.waitSignal(rig.editor.saved, timeout=WAIT_MS):
        qtbot.keyClick(rig.editor.save, Qt.Key.Key_Return)
    assert rig.kept.name == "别的"


def test_two_presets_are_not_called_the_same(rig: Rig, qtbot: QtBot) -> None:
    rig.write(rig.editor.general.name, " 开 户 ")
    qtbot.keyClick(rig.editor, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: "Another preset already has this name" in rig.editor.status_text, timeout=WAIT_MS)
    assert rig.editor.isVisible()
    assert rig.kept == rig.preset


def test_a_key_of_the_counter_wants_a_customer(rig: Rig) -> None:
    rig.choose(rig.editor.general.key, 4)
    rig.go_to(3)
    rig.editor.people.list.choose(0)
    rig.choose(rig.editor.people.kind, "platform")
    assert "this preset has no customer" in rig.editor.status_text
    assert not rig.editor.save.isEnabled()


def test_the_pages_at_the_end_of_a_form_stay_whatever_its_source_is(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    terms = AddedPdf("terms.pdf", "0" * 64, 1, (PageFrame(595, 421),))
    form = rig.preset.documents[0]
    blocks = (AddedTable((("第一期",),)), terms)
    own = form.pages
    template = TemplateFilling("t-1", blocks=blocks)
    shown = replace(form.created_from(template), pages=(*own, FRAME, *terms.frames))
    rig.editor.copy.apply(lambda preset: update_document(preset, shown))
    rig.go_to(2)
    documents = rig.editor.documents

    def found() -> Document:
        return rig.editor.copy.preset.documents[0]

    documents.take_template(Template("t-7", PresetHome(EnvironmentKind.TEST, "project"), "合同", "", (FRAME,) * 3, ()))
    assert found().pages == (FRAME, FRAME, FRAME, FRAME, *terms.frames)
    assert found().template == replace(template, template_id="t-7")

    path = make_form(tmp_path / "new.pdf", mark="另有约定")
    rig.editor.take_pdf(form.id, path)
    qtbot.waitUntil(lambda: bool(documents.note), timeout=WAIT_MS)
    assert (found().own_pages, found().pages) == (own, (*own, FRAME, *terms.frames))

    documents.show_note("")
    qtbot.keyClick(documents.source, Qt.Key.Key_Up)
    (dialog,) = documents.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: bool(documents.note), timeout=WAIT_MS)
    assert (found().template, found().pages) == (None, own)
    rig.choose(documents.source, "template")
    assert (found().own_pages, found().pages) == (own, (*own, FRAME, *terms.frames))
