"""What is proposed for a document that was opened, from the real reader to the draft, by real keys and clicks."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pymupdf
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QToolButton

from esign_desktop.api.payload import preview_body
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.people.contact import ContactFilter, ContactId, ContactPage
from esign_desktop.domain.placing.placement import CrossPagePlacement
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, Signer, display_name, is_identified, role_of
from esign_desktop.services.editing.session import EditName
from esign_desktop.store.codec import from_json, to_json
from esign_desktop.ui.prepare.signers.fields import PersonFields
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.viewer.thumbnails import ThumbnailList
from esign_desktop.ui.widgets.contact_matches import ContactMatches
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import NOW_MS, make_organization_signer, make_person_signer, make_seal
from tests.tiers import daily
from tests.ui.made_pdfs import write_text_pdf
from tests.ui.prepare.conftest import COMPANY, SUN, KnownContacts
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.geometry import PagePoint
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.ui.prepare.proposals.bar import ProposalBar
    from tests.ui.prepare.conftest import RoomDesk

CONTRACT = (("软件实施服务合同", "甲方：示例银行", "乙方："), ("双方签署如下：", "甲方（盖章）：", "乙方（签字）："))
CONTRACT_NAMED = (("软件实施服务合同", "甲方：示例银行", "乙方：李样"), CONTRACT[1])
FORM = (("借款申请表", "申请金额："),)


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    return write_text_pdf(tmp_path / "合同.pdf", CONTRACT)


def open_contract(desk: RoomDesk, path: Path) -> ProposalBar:
    desk.open(path)
    bar = desk.room.problems_bar.proposals
    desk.qtbot.waitUntil(lambda: not desk.room.proposals.is_looking, timeout=10_000)
    return bar


def form(desk: RoomDesk) -> SignerForm | None:
    return next((one for one in desk.room.findChildren(SignerForm) if one.isVisible()), None)


def press(key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def make_other(draft: ContractDraft) -> ContractDraft:
    return replace(draft, id=DraftId("another"))


def colours(desk: RoomDesk, document_id: DocumentId, page_number: int, point: PagePoint) -> QColor:
    view = desk.room.canvas.view
    slot = view.page_layout.slot(document_id, page_number)
    assert slot is not None
    where = view.view_point(*slot.point_px(point)).toPoint()
    return view.viewport().grab().toImage().pixelColor(where)


def said(bar: ProposalBar) -> str:
    """With and without an English translation, which only has the plurals."""
    return bar.text.replace("(s)", "s")


def roles(desk: RoomDesk) -> list[str]:
    return [role_of(signer) for signer in desk.session.draft.signers]


def test_enter_takes_all_in_one_step_and_asks_for_one_party_after_the_other(desk: RoomDesk, contract: Path) -> None:
    desk.room.canvas.setFocus()
    bar = open_contract(desk, contract)
    assert bar.isVisible()
    assert said(bar) == "Found: 甲方 (organization), 乙方 (person); 3 seal positions"
    assert roles(desk) == []
    (pages,) = desk.room.findChildren(ThumbnailList)
    assert [one.is_open for one in (*pages.dots(1), *pages.dots(2))] == [True] * 4
    press(Qt.Key.Key_Return)
    draft = desk.session.draft
    assert roles(desk) == ["甲方", "乙方"]
    assert [one.page_number for one in desk.session.marks if one.slice_count == 1] == [2, 2]
    assert sum(isinstance(one, CrossPagePlacement) for one in draft.placements) == 1
    assert desk.session.undo_name is EditName.TAKE_PROPOSALS
    assert not bar.isVisible()
    assert not any(one.is_open for one in pages.dots(2))
    # 示例银行 is ours, so that only the other party is asked for: two letters and Enter.
    company, _ = draft.signers
    assert isinstance(company, OrganizationSigner)
    assert company.organization.account_id == COMPANY.account_id
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    QTest.keyClicks(line, "sy")
    press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: form(desk) is None)
    person = next(one for one in desk.session.draft.signers if role_of(one) == "乙方")
    assert isinstance(person, PersonSigner)
    assert (person.person, person.role) == (SUN, "乙方")
    assert desk.room.canvas.view.hasFocus()


def test_the_keys_of_the_tools_are_no_title_after_the_proposals_are_put_off(desk: RoomDesk, contract: Path) -> None:
    with desk.qtbot.waitActive(desk.room):
        desk.room.activateWindow()
    bar = open_contract(desk, contract)
    leave = next(one for one in bar.findChildren(QPushButton) if one.text().startswith("Not now"))
    leave.setFocus()
    QTest.mouseClick(leave, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    QTest.keyClick(QApplication.focusWidget() or desk.room, Qt.Key.Key_S)
    assert desk.room.state.tool is ToolName.SEAL
    assert desk.session.draft.options.business_scene == ""


def test_nothing_is_sent_that_nobody_took(desk: RoomDesk, contract: Path) -> None:
    def body() -> str:
        return json.dumps(preview_body(desk.session.draft, PlatformBehaviour(), NOW_MS), ensure_ascii=False)

    open_contract(desk, contract)
    person = make_person_signer()
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=person))
    ghosts = desk.room.proposals.plan.ghosts
    assert len(ghosts) == 3
    assert "posBean" not in body()
    assert "甲方" not in body()
    desk.room.proposals.take(ghosts[0].placement.id)
    assert body().count("posBean") == 1
    # What the paper calls somebody is for who prepares the contract.
    assert "甲方" not in body()


def test_ours_is_offered_first_where_the_paper_leaves_a_blank(desk: RoomDesk, tmp_path: Path) -> None:
    desk.room.canvas.setFocus()
    open_contract(desk, write_text_pdf(tmp_path / "合同.pdf", (("合同",), CONTRACT[1])))
    press(Qt.Key.Key_Return)
    first = form(desk)
    assert first is not None
    assert any(label.text() == "甲方" for label in first.findChildren(PlainLabel))
    # They are in the contract already: nobody is added.
    assert [one.text() for one in first.findChildren(QPushButton) if one.isDefault()] == ["Save"]
    matches = first.findChildren(ContactMatches)
    desk.qtbot.waitUntil(lambda: any(one.isVisible() for one in matches))
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QPushButton))
    press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: form(desk) not in {None, first})
    assert [display_name(one) for one in desk.session.draft.signers] == [COMPANY.name, ""]
    # Who wants no more of it is left at the pages, and what is missing keeps the contract from being sent.
    press(Qt.Key.Key_Escape)
    assert form(desk) is None
    assert desk.room.canvas.view.hasFocus()
    assert "signer.no_name" in {problem.code for problem in desk.room.problems()}


def test_an_upright_copy_is_looked_into_anew(desk: RoomDesk, contract: Path, tmp_path: Path) -> None:
    turned = tmp_path / "turned.pdf"
    library: Any = pymupdf
    # As scanners write them: sideways, with a note that it is to be turned.
    with library.open(contract) as pages, library.open() as sideways:
        for page in pages:
            turned_page = sideways.new_page(width=842, height=595)
            turned_page.show_pdf_page(turned_page.rect, pages, page.number, rotate=90)
            turned_page.set_rotation(90)
        sideways.save(turned)
    open_contract(desk, turned)
    (before,) = desk.session.draft.documents
    assert [one.marks[0].page_number for one in desk.room.proposals.plan.ghosts] == [2, 2]
    desk.room._versions.make_upright(before.id)  # noqa: SLF001
    desk.qtbot.waitUntil(lambda: desk.session.draft.documents[0].id != before.id, timeout=10_000)
    desk.qtbot.waitUntil(lambda: len(desk.room.proposals.plan.ghosts) == 3, timeout=10_000)


def test_undo_proposes_again_and_what_was_removed_by_hand_stays_away(desk: RoomDesk, contract: Path) -> None:
    bar = open_contract(desk, contract)
    desk.room.proposals.take_all()
    taken = desk.session.draft
    assert not bar.isVisible()
    desk.session.undo()
    assert bar.isVisible()
    assert len(desk.room.proposals.plan.ghosts) == 3
    desk.session.redo()
    assert not bar.isVisible()
    assert desk.session.draft == taken
    seal = taken.placements[0].id
    desk.session.apply(EditName.REMOVE_SEALS, partial(edits.remove_placements, placement_ids={seal}))
    desk.session.apply(EditName.REMOVE_SIGNER, partial(edits.remove_signer, signer_id=taken.signers[1].id))
    assert not desk.room.proposals.plan
    # Nor does it come back with a step that has nothing to do with it.
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer()))
    desk.session.undo()
    assert not desk.room.proposals.plan
    desk.session.go_to(0)
    assert len(desk.room.proposals.plan.ghosts) == 3


def test_a_form_goes_with_the_party_that_is_undone(desk: RoomDesk, contract: Path) -> None:
    desk.room.canvas.setFocus()
    bar = open_contract(desk, contract)
    press(Qt.Key.Key_Return)
    assert form(desk) is not None
    desk.session.undo()
    desk.qtbot.waitUntil(lambda: form(desk) is None)
    assert bar.isVisible()
    assert roles(desk) == []


def test_a_click_takes_one_which_can_be_dragged_at_once(desk: RoomDesk, contract: Path) -> None:
    open_contract(desk, contract)
    view, ghost = desk.room.canvas.view, desk.room.proposals.plan.ghosts[1]
    (mark,) = ghost.marks
    view.go_to(mark.document_id, mark.page_number, mark.rect)
    slot = view.page_layout.slot(mark.document_id, mark.page_number)
    assert slot is not None
    where = view.view_point(*slot.point_px(mark.rect.center)).toPoint()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert roles(desk) == ["乙方"]
    assert [one.id for one in desk.session.draft.placements] == [ghost.placement.id]
    assert ghost.placement.id in desk.room.selection
    # The others still stand, and Enter on the pages takes them.
    assert len(desk.room.proposals.plan.ghosts) == 2
    assert form(desk) is None
    press(Qt.Key.Key_Return)
    assert len(desk.session.draft.placements) == 3
    assert form(desk) is not None


def test_esc_leaves_all_for_good(desk: RoomDesk, contract: Path) -> None:
    desk.room.canvas.setFocus()
    bar = open_contract(desk, contract)
    view, (mark,) = desk.room.canvas.view, desk.room.proposals.plan.ghosts[0].marks
    view.go_to(mark.document_id, mark.page_number, mark.rect)
    desk.qtbot.waitUntil(lambda: view.source.is_idle)
    ink = colours(desk, mark.document_id, mark.page_number, mark.rect.center)
    press(Qt.Key.Key_Escape)
    assert not bar.isVisible()
    # The star in the middle of the seal was seen, and paper is now.
    assert colours(desk, mark.document_id, mark.page_number, mark.rect.center).lightness() > ink.lightness()
    assert desk.session.draft.signers == ()
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer()))
    assert not bar.isVisible()
    assert desk.room.canvas.view.hasFocus()
    # Not by opening the draft again, as the next start does; but in another draft of the same document.
    draft = desk.session.draft
    desk.qtbot.waitUntil(lambda: desk.preferences.dismissed_proposals(draft.id) == {draft.documents[0].id})
    desk.session.load(make_other(draft))
    desk.qtbot.waitUntil(bar.isVisible, timeout=10_000)
    desk.session.load(draft)
    card = desk.room.documents.card(draft.documents[0].id)
    assert card is not None
    find = next(one for one in card.findChildren(QAction) if one.text() == "Find signers and seals")
    desk.qtbot.waitUntil(lambda: not desk.room.proposals.is_looking, timeout=10_000)
    desk.qtbot.wait(500)
    assert not bar.isVisible()
    find.trigger()
    desk.qtbot.waitUntil(bar.isVisible)
    desk.qtbot.waitUntil(lambda: not desk.preferences.dismissed_proposals(draft.id))
    # Nor are they gone with one that is taken.
    desk.room.proposals.take(desk.room.proposals.plan.ghosts[0].placement.id)
    bar.left.emit()
    find.trigger()
    desk.qtbot.waitUntil(bar.isVisible)
    desk.room.proposals.take_all()
    find.trigger()
    desk.qtbot.waitUntil(lambda: bool(desk.messages.rows))
    assert "No more signers or seal positions" in desk.messages.rows[0].title


def test_one_that_is_dismissed_comes_back_only_by_asking(desk: RoomDesk, contract: Path) -> None:
    desk.room.canvas.setFocus()
    bar = open_contract(desk, contract)
    draft, before = desk.session.draft, desk.room.proposals.plan.ghosts
    desk.room.canvas.setFocus()
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Delete)
    left = desk.room.proposals.plan.ghosts
    assert len(left) == len(before) - 1
    (gone,) = {one.placement.id for one in before} - {one.placement.id for one in left}
    desk.qtbot.waitUntil(lambda: desk.preferences.dismissed_proposals(draft.id) == {gone})

    def reopened(one: ContractDraft) -> int:
        desk.session.load(one)
        desk.qtbot.waitUntil(lambda: bar.isVisible() and not desk.room.proposals.is_looking, timeout=10_000)
        return len(desk.room.proposals.plan.ghosts)

    # Another draft of the same document knows nothing of it.
    assert reopened(make_other(draft)) == len(before)
    assert reopened(draft) == len(left)
    card = desk.room.documents.card(draft.documents[0].id)
    assert card is not None
    find = next(one for one in card.findChildren(QAction) if one.text() == "Find signers and seals")
    find.trigger()
    desk.qtbot.waitUntil(lambda: len(desk.room.proposals.plan.ghosts) == len(before), timeout=10_000)
    desk.qtbot.waitUntil(lambda: not desk.preferences.dismissed_proposals(draft.id))
    assert reopened(make_other(draft)) == reopened(draft) == len(before)


def test_whoever_types_keeps_the_keyboard_and_enter_takes_nothing(desk: RoomDesk, contract: Path) -> None:
    desk.room.signers.add_person()
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    bar = open_contract(desk, contract)
    assert bar.isVisible()
    assert line.hasFocus()
    type_text(line, "新人")
    press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: form(desk) is None)
    assert [display_name(one) for one in desk.session.draft.signers] == ["新人"]
    (pages,) = desk.room.findChildren(ThumbnailList)
    pages.setFocus()
    press(Qt.Key.Key_Return)
    assert desk.session.draft.placements == ()
    # Somebody without a role is meant by the party that has no name.
    assert [role_of(one) for one in desk.room.proposals.plan.added] == ["甲方"]


def test_a_key_that_is_held_takes_nothing(desk: RoomDesk, contract: Path) -> None:
    desk.room.canvas.setFocus()
    open_contract(desk, contract)
    for _ in range(3):
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=True)
        focus = QApplication.focusWidget()
        assert focus is not None
        QApplication.sendEvent(focus, held)
        desk.room.canvas.setFocus()
    assert desk.session.draft.signers == ()


def test_the_switch_of_the_cross_page_seal_is_remembered(desk: RoomDesk, contract: Path) -> None:
    bar = open_contract(desk, contract)
    switch = bar.findChild(QCheckBox)
    assert switch is not None
    assert switch.isChecked()
    switch.click()
    assert said(bar).endswith("2 seal positions")
    preferences = desk.room._services.preferences  # noqa: SLF001
    desk.qtbot.waitUntil(lambda: not preferences.proposes_across)
    desk.room.proposals.take_all()
    assert not any(isinstance(one, CrossPagePlacement) for one in desk.session.draft.placements)


def test_a_party_may_be_of_the_other_kind(desk: RoomDesk, contract: Path) -> None:
    desk.room.canvas.setFocus()
    open_contract(desk, contract)
    press(Qt.Key.Key_Return)
    filled = form(desk)
    assert filled is not None
    switch = next(one for one in filled.findChildren(QToolButton) if one.text() == "Change to organization")
    switch.click()
    signer = desk.session.draft.signers[1]
    assert isinstance(signer, OrganizationSigner)
    assert role_of(signer) == "乙方"
    assert sum(one.signer_id == signer.id for one in desk.session.draft.placements) == 1
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    assert form(desk) is not filled


def test_a_document_that_is_looked_into_for_long_keeps_nobody_waiting(desk: RoomDesk, contract: Path) -> None:
    documents = desk.room._services.documents  # noqa: SLF001
    go_on = threading.Event()
    propose = documents.propose

    def propose_late(document_id: DocumentId) -> Proposal:
        go_on.wait(10)
        return propose(document_id)

    with patch.object(documents, "propose", propose_late):
        desk.open(contract)
        (document,) = desk.session.draft.documents
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer()))
        desk.session.apply(EditName.REMOVE_DOCUMENT, partial(edits.remove_document, document_id=document.id))
        go_on.set()
        desk.qtbot.waitUntil(lambda: not desk.room.proposals.is_looking)
    assert not desk.room.proposals.plan
    # Taken back, the document has its proposals again.
    desk.session.undo()
    desk.qtbot.waitUntil(lambda: bool(desk.room.proposals.plan))


def test_nothing_is_proposed_where_there_is_nothing_or_no_need(desk: RoomDesk, contract: Path, tmp_path: Path) -> None:
    bar = open_contract(desk, write_text_pdf(tmp_path / "表.pdf", FORM))
    assert not bar.isVisible()
    documents = desk.room._services.documents  # noqa: SLF001
    with patch.object(documents, "propose", side_effect=PdfError("pdf.too_slow", "propose", retryable=True)):
        open_contract(desk, contract)
    assert not bar.isVisible()
    # A kept contract that has seals comes back as it was left.
    company = make_organization_signer()
    draft = edits.add_signer(desk.session.draft, company)
    seal = make_seal("x", display_name(company), document_id=draft.documents[1].id)
    desk.session.load(edits.place(make_other(draft), seal))
    desk.qtbot.waitUntil(lambda: not desk.room.proposals.is_looking)
    assert not bar.isVisible()


def test_a_second_document_is_proposed_for_the_same_parties(desk: RoomDesk, contract: Path, tmp_path: Path) -> None:
    open_contract(desk, contract)
    desk.room.proposals.take_all()
    bar = open_contract(desk, write_text_pdf(tmp_path / "附件.pdf", (("附件一", "甲方（盖章）：", "乙方（签字）："),)))
    desk.qtbot.waitUntil(bar.isVisible)
    assert said(bar) == "2 seal positions found for 甲方 (organization), 乙方 (person)"
    # There is work on the desk, from which the bar takes no key.
    assert not bar.isAncestorOf(QApplication.focusWidget() or desk.room)
    desk.room.proposals.take_all()
    assert len(desk.session.draft.signers) == 2
    assert len(desk.session.draft.placements) == 5


def test_the_role_is_kept_with_the_draft_and_unknown_to_older_ones(desk: RoomDesk, contract: Path) -> None:
    open_contract(desk, contract)
    desk.room.proposals.take_all()
    signers = desk.session.draft.signers
    assert from_json(to_json(signers, tuple[Signer, ...]), tuple[Signer, ...], code="x") == signers
    plain = json.loads(to_json(signers, tuple[Signer, ...]))
    for one in plain:
        del one["role"]
    older = from_json(json.dumps(plain), tuple[Signer, ...], code="x")
    assert [role_of(one) for one in older] == ["", ""]


def test_buttons_of_the_bar_do_what_the_keys_do(desk: RoomDesk, contract: Path) -> None:
    bar = open_contract(desk, contract)
    take, leave = bar.findChildren(QPushButton)
    QTest.mouseClick(leave, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    desk.session.load(make_other(desk.session.draft))
    desk.qtbot.waitUntil(bar.isVisible)
    QTest.mouseClick(take, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert roles(desk) == ["甲方", "乙方"]
    assert not any(map(is_identified, desk.session.draft.signers[1:]))


def test_two_contacts_with_the_name_in_the_document_are_shown_to_choose_from(
    desk: RoomDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = KnownContacts.search

    def search_both(contacts: KnownContacts, text: str, kind: ContactFilter, limit: int) -> ContactPage:
        found = search(contacts, text, kind, limit).contacts
        others = tuple(
            replace(one, id=ContactId("other"), masked_number="****0017") for one in found if one.id == "sun"
        )
        return ContactPage((*others, *found), len(others) + len(found))

    monkeypatch.setattr(KnownContacts, "search", search_both)
    pages = (
        ("借款合同", "出借人：示例银行", "借款人：孙样"),
        ("双方签署如下：", "出借人（盖章）：", "借款人（签字）："),
    )
    open_contract(desk, write_text_pdf(tmp_path / "合同.pdf", pages))
    bar = desk.room.problems_bar.proposals
    bar.taken.emit()

    def shown() -> list[ContactMatches]:
        return [matches for matches in desk.room.findChildren(ContactMatches) if matches.isVisible()]

    desk.qtbot.waitUntil(lambda: bool(shown()))
    (matches,) = shown()
    assert [matches.item(row).text() for row in range(matches.count())] == ["孙样  ****0017", "孙样  ****8515"]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    fields = desk.room.findChild(PersonFields)
    assert fields is not None
    desk.qtbot.waitUntil(lambda: fields.party.id_number == SUN.id_number)


LOAN = (
    ("借款合同", "出借人（甲方）：示例银行", "借款人（乙方）：李样"),
    ("双方签署如下：", "出借人（盖章）：", "借款人（签字）："),
)
ANNEX = (("附件一 还款计划", "还款计划见下表。", "甲方（盖章）：", "乙方（签字）："),)
PROMISE = (("附件二 声明", "声明内容如下。", "乙方（签字）："),)
UNSIGNED = (("合同主文", "甲方：示例银行", "乙方：李样", "双方在附件中签署。"),)
SEALED = {
    ("附件一", "甲方(盖章):", "示例银行"),
    ("附件一", "乙方(签字):", "李样"),
    ("附件二", "乙方(签字):", "李样"),
}


@pytest.mark.parametrize("main", [LOAN, CONTRACT_NAMED, UNSIGNED], ids=["other words", "same words", "unsigned"])
@pytest.mark.parametrize("is_last", daily([True], [False, True]), ids=["contract first", "annexes first"])
@pytest.mark.parametrize("has_signers", [False, True], ids=["new signers", "signers in another order"])
def test_the_contract_says_who_the_parties_of_its_annexes_are(
    desk: RoomDesk, tmp_path: Path, main: tuple[tuple[str, ...], ...], *, is_last: bool, has_signers: bool
) -> None:
    if has_signers:
        for signer in (make_person_signer("李样"), make_organization_signer("示例银行")):
            desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    names = ["附件一", "附件二", "合同"] if is_last else ["合同", "附件一", "附件二"]
    papers = {"合同": main, "附件一": ANNEX, "附件二": PROMISE}
    for name in names:
        open_contract(desk, write_text_pdf(tmp_path / f"{name}.pdf", papers[name]))
    ghosts = desk.room.proposals.plan.ghosts
    desk.room.proposals.take_all()
    draft = desk.session.draft
    assert sorted(map(display_name, draft.signers)) == ["李样", "示例银行"]
    seals = {
        (
            draft.document(ghost.placement.document_id).name,
            ghost.reason,
            display_name(draft.signer(ghost.placement.signer_id)),
        )
        for ghost in ghosts
        if ghost.reason
    }
    assert {seal for seal in seals if seal[0] != "合同"} == SEALED
    assert {name for paper, _, name in seals if paper == "合同"} == (
        set() if main is UNSIGNED else {"李样", "示例银行"}
    )
