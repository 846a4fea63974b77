from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.contract.edits import add_documents, remove_document
from esign_desktop.domain.document import DocumentId, TemplateFilling
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.matching.comparing import Change, ChangeKind
from esign_desktop.domain.preset.differences import Difference
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.services.file_digest import sha256_of_file
from esign_desktop.services.presets.recognition import Recognition, SentBefore
from esign_desktop.ui.prepare.edited_preset import EditedPreset
from esign_desktop.ui.prepare.tools.state import ToolState
from esign_desktop.ui.presets.offer import PresetOffer
from esign_desktop.ui.text.preset import change_sentence
from tests.services.counter_desk import CounterDesk, make_form
from tests.services.desk import clock_ms, person_signer
from tests.services.template_files import make_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.added_pages import AddedPdf
    from esign_desktop.domain.document import Document
    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.presets.sent_forms import SentFormService
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.tasks import TaskRunner

WAIT_MS = 5_000


class Room(QWidget):
    """Stands in for the Prepare room: a place for a line, and the state of its tools."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ToolState(self)

    def add_bar(self, bar: QWidget) -> None:
        QVBoxLayout(self).addWidget(bar)


class Rig:
    def __init__(self, folder: Path, tasks: TaskRunner, qtbot: QtBot) -> None:
        self._folder = folder
        nowhere = Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project")
        self.installation = CounterDesk(folder / "desk", nowhere)
        self.session = ContractSession(ContractDraft.new(), clock_ms=clock_ms)
        self.room = Room()
        qtbot.addWidget(self.room)
        self.room.show()
        environments = cast("EnvironmentService", SimpleNamespace(current=lambda: nowhere))
        room = cast("PrepareRoom", self.room)
        self.sent: Recognition | None = None
        """What the form of a sent contract is recognized as."""
        self.asked: list[tuple[str, ...]] = []
        """The ids of the documents each time the forms of sent contracts were asked."""
        forms = cast("SentFormService", SimpleNamespace(recognise=self._recognise))
        self.offer = PresetOffer(self.installation.presets, forms, environments, self.session, room, tasks)

    def _recognise(self, documents: Sequence[Document]) -> Recognition | None:
        """Return ``sent`` for the documents, in reverse order, if there are as many as it has."""
        ids = tuple(document.id for document in documents)
        self.asked.append(ids)
        if self.sent is None or len(documents) != len(self.sent.preset.documents):
            return None
        return replace(self.sent, document_ids=ids[::-1])

    def open_form(self, mark: str = "", *, count: int = 1) -> None:
        files = [make_form(self._folder / f"again {number}.pdf", mark=mark) for number in range(count)]
        documents = [self.installation.documents.open(path) for path in files]
        self.session.apply(EditName.ADD_DOCUMENTS, lambda draft: add_documents(draft, documents))
        self.offer.look()


@pytest.fixture
def rig(tmp_path: Path, tasks: TaskRunner, qtbot: QtBot) -> Iterator[Rig]:
    one = Rig(tmp_path, tasks, qtbot)
    yield one
    tasks.wait_idle()
    one.offer.deleteLater()
    one.installation.close()


def test_enter_takes_the_preset_that_knows_the_document(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    preset = rig.installation.make_preset(tmp_path / "form", name="借款", branch=True)
    rig.open_form()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    assert "借款" in rig.offer.bar.text
    button = rig.offer.bar.focusProxy()
    assert button is not None
    qtbot.keyClick(button, Qt.Key.Key_Return)
    draft = rig.session.draft
    assert len(draft.signers) == len(preset.signers)
    assert len(draft.placements) == len(preset.placements)
    customer = next(signer for signer in draft.signers if isinstance(signer, PersonSigner))
    assert customer.person.name == ""
    assert {place.document_id for place in draft.placements} == {draft.documents[0].id}
    assert not rig.offer.bar.isVisible()
    rig.session.undo()
    assert rig.session.draft.signers == ()
    assert rig.session.undo_name is EditName.ADD_DOCUMENTS


def test_what_does_not_fit_a_preset_is_told(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    preset = rig.installation.make_preset(tmp_path / "form", name="借款")
    difference = Difference("keyword_missing", preset.documents[0].id, {"keyword": "乙方"})
    change = Change(ChangeKind.CHANGED, "可以转租", 2)
    rig.offer.bar.show_offer(Recognition(preset, (DocumentId("open"),), (change,), 1, (difference,)))
    for text in ("“借款”", "Changed on page 2: “可以转租”.", "“乙方” is missing.", "can't be placed"):
        assert text in rig.offer.bar.text


def test_a_filled_form_has_no_differences_from_its_preset(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.installation.make_preset(tmp_path / "form", name="借款")
    rig.open_form(mark="张三")
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    assert rig.offer.bar.text == "Matches the preset “借款”."


def test_an_unknown_document_is_offered_nothing(rig: Rig, tasks: TaskRunner, qtbot: QtBot) -> None:
    rig.open_form()
    assert tasks.wait_idle()
    qtbot.wait(0)
    assert not rig.offer.bar.isVisible()


def test_no_preset_is_offered_for_the_document_of_a_preset_that_is_edited(
    rig: Rig, tasks: TaskRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    rig.installation.make_preset(tmp_path / "form", name="借款")
    rig.room.state.set_edited_preset(EditedPreset(tuple, tuple))
    with qtbot.waitSignal(rig.offer.settled):
        rig.open_form()
    assert tasks.wait_idle()
    assert not rig.offer.bar.isVisible()
    rig.room.state.set_edited_preset(None)
    rig.offer.look()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)


def test_the_offer_goes_once_work_begins(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    from esign_desktop.domain.contract.edits import add_signer
    from tests.drafts import make_person_signer

    rig.installation.make_preset(tmp_path / "form", name="借款")
    rig.open_form()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    rig.session.apply(EditName.ADD_SIGNER, lambda draft: add_signer(draft, make_person_signer("王五")))
    assert not rig.offer.bar.isVisible()


def _take(rig: Rig, qtbot: QtBot) -> None:
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    button = rig.offer.bar.focusProxy()
    assert button is not None
    with qtbot.waitSignal(rig.offer.taken):
        qtbot.keyClick(button, Qt.Key.Key_Return)


def test_the_title_that_was_typed_stays(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.installation.make_preset(tmp_path / "form", name="借款")
    rig.open_form()
    rig.session.apply(
        EditName.CHANGE_OPTIONS,
        lambda draft: replace(draft, options=replace(draft.options, business_scene="张三的借款")),
    )
    _take(rig, qtbot)
    assert rig.session.draft.options.business_scene == "张三的借款"
    assert rig.session.draft.signers


def test_an_organization_is_asked_for_in_the_place_of_an_open_signer(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    preset = rig.installation.make_preset(tmp_path / "form", name="采购")
    (customer,) = preset.customers
    buyer = replace(customer, role="采购方", kind=AccountKind.ORGANIZATION)
    rig.installation.presets.save(replace(preset, signers=(buyer,)))
    rig.open_form()
    _take(rig, qtbot)
    (signer,) = rig.session.draft.signers
    assert isinstance(signer, OrganizationSigner)
    assert (signer.role, signer.organization.name, signer.agent.name) == ("采购方", "", "")


@pytest.fixture
def terms(rig: Rig, tmp_path: Path) -> AddedPdf:
    """The pages that the only preset, which is one of a template, appends to its form."""
    presets, part = rig.installation.presets, make_part(tmp_path, "general terms")
    preset = rig.installation.make_preset(tmp_path / "form", name="借款")
    form = preset.documents[0]
    template = presets.pdfs.keep_blocks(TemplateFilling("template", blocks=(part,)), form.id)
    form = replace(form.created_from(template), pages=(*form.pages, *part.frames))
    home = PresetHome(EnvironmentKind.TEST, "project")
    presets.forms.keep(form, rig.installation.documents.open(make_form(tmp_path / "template.pdf")).id)
    presets.save(replace(preset, documents=(form,), home=home))
    return part


def test_the_pages_after_a_form_are_copied_for_the_contract(rig: Rig, qtbot: QtBot, terms: AddedPdf) -> None:
    rig.open_form()
    _take(rig, qtbot)
    document = rig.session.draft.documents[0]
    (block,) = document.added_pdfs
    assert document.pages[-1:] == block.frames
    assert Path(block.path).parent == rig.installation.paths.copies_dir
    assert sha256_of_file(Path(block.path)) == block.sha256 == terms.sha256
    assert not rig.offer.bar.isVisible()


def test_a_preset_whose_pages_cannot_be_copied_stays_offered(
    rig: Rig, qtbot: QtBot, terms: AddedPdf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_content: bytes) -> Path:
        raise StoreError("store.disk_full")

    monkeypatch.setattr(rig.installation.presets.pdfs, "_keep_copy", fail)
    rig.open_form()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    before, told = rig.session.draft, rig.offer.bar.text
    button = rig.offer.bar.focusProxy()
    assert button is not None
    qtbot.keyClick(button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rig.offer.bar.text != told, timeout=WAIT_MS)
    assert "full" in rig.offer.bar.text
    assert rig.session.draft == before
    assert rig.offer.bar.isVisible()
    monkeypatch.undo()
    _take(rig, qtbot)
    assert rig.session.draft.documents[0].added_pdfs


def test_work_that_begins_while_pages_are_copied_withdraws_the_preset(
    rig: Rig, tasks: TaskRunner, qtbot: QtBot, terms: AddedPdf
) -> None:
    rig.open_form()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    rig.offer.bar.taken.emit()
    rig.session.apply(EditName.ADD_SIGNER, lambda draft: replace(draft, signers=(person_signer("张三"),)))
    tasks.wait_idle()
    qtbot.wait(0)
    assert rig.session.undo_name is EditName.ADD_SIGNER
    assert not rig.offer.bar.isVisible()


def _sent(rig: Rig, folder: Path, sent: SentBefore, *changes: Change, unplaced_count: int = 0) -> Recognition:
    """Return a preset of the form as if it was left by a contract, and delete the preset."""
    preset = rig.installation.make_preset(folder / "form", branch=True)
    rig.installation.presets.delete(preset.id)
    return Recognition(preset, (DocumentId("open"),), changes, unplaced_count, sent=sent)


NOVEMBER_2020_MS = 1_605_146_400_000


def test_enter_lays_a_contract_out_as_the_last_one_on_the_form(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.sent = _sent(rig, tmp_path, SentBefore(("林小满",), NOVEMBER_2020_MS))
    rig.open_form()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    assert rig.offer.bar.text == "Same form as the contract sent to 林小满 on 12 November 2020."
    button = rig.offer.bar.focusProxy()
    assert isinstance(button, QPushButton)
    assert button.text() == "Use last layout (Enter)"
    _take(rig, qtbot)
    draft = rig.session.draft
    assert len(draft.signers) == len(rig.sent.preset.signers)
    assert len(draft.placements) == len(rig.sent.preset.placements)
    assert draft.options.business_scene == ""
    rig.session.undo()
    assert rig.session.draft.signers == ()


def test_differences_and_seals_without_a_place_are_told(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    changes = [Change(kind, f"原文{kind.value}", 2) for kind in ChangeKind]
    rig.sent = _sent(rig, tmp_path, SentBefore((), NOVEMBER_2020_MS), *changes[:2], unplaced_count=2)
    rig.open_form()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    told = rig.offer.bar.text
    assert told.startswith("Same form as a contract sent on 12 November 2020.")
    assert "Filled in on page 2: “原文filled”." in told
    assert "Added on page 2: “原文added”." in told
    assert "can't be placed" in told
    rig.offer.bar.show_offer(replace(rig.sent, changes=tuple(changes)))
    assert f"{len(changes) - 3} more difference" in rig.offer.bar.text
    for change in changes:
        sentence = change_sentence(change)
        assert change.text in sentence or change.kind is ChangeKind.UNREAD


def test_a_preset_wins_over_the_form_of_a_sent_contract(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.sent = _sent(rig, tmp_path, SentBefore((), 0))
    rig.installation.make_preset(tmp_path / "form", name="借款")
    rig.open_form()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    assert "借款" in rig.offer.bar.text
    button = rig.offer.bar.focusProxy()
    assert isinstance(button, QPushButton)
    assert button.text() == "Use preset"


@pytest.mark.parametrize(("form_id", "is_laid_out"), [("form", True), ("another", False)])
def test_the_form_that_the_user_has_chosen_is_laid_out_without_a_question(
    rig: Rig, tasks: TaskRunner, qtbot: QtBot, tmp_path: Path, form_id: str, is_laid_out: bool
) -> None:
    rig.sent = _sent(rig, tmp_path, SentBefore((), 0, form_id="form"))
    rig.offer.expect(form_id)
    rig.open_form()
    qtbot.waitUntil(lambda: bool(rig.session.draft.signers) or rig.offer.bar.isVisible(), timeout=WAIT_MS)
    assert bool(rig.session.draft.signers) is is_laid_out
    assert rig.offer.bar.isVisible() is not is_laid_out


def test_a_seal_without_a_place_is_told_though_the_user_has_chosen_the_form(
    rig: Rig, qtbot: QtBot, tmp_path: Path
) -> None:
    rig.sent = _sent(rig, tmp_path, SentBefore((), 0, form_id="form"), unplaced_count=1)
    rig.offer.expect("form")
    rig.open_form()
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    assert rig.session.draft.signers == ()


def _sent_of_two(rig: Rig, folder: Path, *changes: Change) -> Recognition:
    """Return a contract of two documents that was sent to 林小满, whose seals are all on the second one."""
    one = _sent(rig, folder, SentBefore(("林小满",), NOVEMBER_2020_MS, form_id="form"), *changes)
    (form,) = one.preset.documents
    first = replace(form, id=DocumentId("first"))
    preset = replace(one.preset, documents=(first, form))
    return replace(one, preset=preset, document_ids=(DocumentId("open 1"), DocumentId("open 2")))


def test_a_contract_of_several_documents_is_offered_once_all_are_open(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.sent = _sent_of_two(rig, tmp_path)
    with qtbot.waitSignal(rig.offer.settled, timeout=WAIT_MS):
        rig.open_form()
    assert not rig.offer.bar.isVisible()
    rig.open_form(mark="second")
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    assert rig.offer.bar.text == "Same forms as the 2 documents of the contract sent to 林小满 on 12 November 2020."
    before = rig.session.draft.documents
    _take(rig, qtbot)
    draft = rig.session.draft
    # The rig recognizes the documents in the other order.
    assert draft.documents == before[::-1]
    assert {place.document_id for place in draft.placements} == {before[0].id}
    assert len(draft.placements) == len(rig.sent.preset.placements)
    rig.session.undo()
    assert (rig.session.draft.documents, rig.session.draft.signers) == (before, ())


def test_a_difference_names_its_document_if_there_are_several(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.sent = _sent_of_two(rig, tmp_path)
    rig.open_form(count=2)
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    documents = rig.session.draft.documents
    change = Change(ChangeKind.CHANGED, "可以转租", 2, document_id=documents[1].id)
    unnamed = replace(rig.sent, changes=(change,), sent=SentBefore((), NOVEMBER_2020_MS))
    rig.offer.bar.show_offer(unnamed, documents)
    assert rig.offer.bar.text == (
        "Same forms as the 2 documents of a contract sent on 12 November 2020. "
        f"“{documents[1].name}”: Changed on page 2: “可以转租”."
    )


@pytest.mark.parametrize("change", ["another document", "one document less"])
def test_an_offer_for_other_documents_than_those_of_the_contract_goes(
    rig: Rig, qtbot: QtBot, tmp_path: Path, change: str
) -> None:
    rig.sent = _sent_of_two(rig, tmp_path)
    rig.open_form(count=2)
    qtbot.waitUntil(rig.offer.bar.isVisible, timeout=WAIT_MS)
    if change == "another document":
        rig.open_form(mark="third")
    else:
        document = rig.session.draft.documents[0]
        rig.session.apply(EditName.REMOVE_DOCUMENT, lambda draft: remove_document(draft, document.id))
    assert not rig.offer.bar.isVisible()
    rig.offer.bar.taken.emit()
    assert rig.session.draft.signers == ()


def test_what_was_recognised_in_fewer_documents_is_not_offered_for_all(
    rig: Rig, tasks: TaskRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    """The search in one document may end after the next one was opened."""
    rig.sent = _sent(rig, tmp_path, SentBefore((), NOVEMBER_2020_MS))
    rig.open_form()
    with qtbot.waitSignal(rig.offer.settled, timeout=WAIT_MS):
        rig.open_form(mark="second")
    # The cancelled search in one document may ask after the one in both.
    qtbot.waitUntil(lambda: any(len(ids) == 2 for ids in rig.asked), timeout=WAIT_MS)
    tasks.wait_idle()
    qtbot.wait(0)
    assert not rig.offer.bar.isVisible()


def test_several_documents_of_the_form_that_the_user_has_chosen_are_laid_out_without_a_question(
    rig: Rig, qtbot: QtBot, tmp_path: Path
) -> None:
    rig.sent = _sent_of_two(rig, tmp_path)
    rig.offer.expect("form")
    rig.open_form(count=2)
    qtbot.waitUntil(lambda: bool(rig.session.draft.signers), timeout=WAIT_MS)
    assert not rig.offer.bar.isVisible()
