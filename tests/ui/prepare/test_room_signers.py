from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QToolButton, QWidget

from esign_desktop.domain.account import Organization, Person, PersonIdType
from esign_desktop.domain.contract import edits
from esign_desktop.domain.placing.participation import Participation, participation
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, SignerId, display_name
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.signers.documents import SigningMenu
from esign_desktop.ui.prepare.signers.fields import OrganizationFields, PersonFields
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.prepare.signers.search import SignerHits, SignerSearch
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.widgets.contact_matches import ContactMatches
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.signer_card import SIGNER_MIME, SignerCard, SignerDropFrame
from tests.drafts import make_document, make_organization_signer, make_person_signer, make_seal
from tests.ui.made_pdfs import MadePage, write_pdf
from tests.ui.prepare.conftest import SUN
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.signer import Signer
    from tests.ui.prepare.conftest import RoomDesk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(desk: RoomDesk, tmp_path: Path) -> RoomDesk:
    """A room with a document, since the signers are not shown before."""
    desk.open(write_pdf(tmp_path / "first.pdf", [MadePage()]))
    return desk


def _form(desk: RoomDesk) -> SignerForm:
    return next(form for form in desk.room.findChildren(SignerForm) if form.isVisible())


def _button(parent: QWidget, text: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text and b.isVisible())


def _add(desk: RoomDesk, *signers: Signer) -> None:
    for signer in signers:
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))


def _card(desk: RoomDesk, signer: Signer) -> SignerCard:
    # Cards are made anew when the signers change; the old ones go with the next turn of the event loop.
    return [card for card in desk.room.findChildren(SignerCard) if card.signer_id == signer.id][-1]


def _steps(desk: RoomDesk) -> list[list[str]]:
    return [[signer.id.removeprefix("id of ") for signer in step] for step in desk.session.draft.steps]


def test_a_person_is_added_with_the_keyboard_alone(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    fields = _form(desk).findChild(PersonFields)
    assert fields is not None
    name, number, mobile = fields.findChildren(QLineEdit)[:3]
    assert name.hasFocus() or QApplication.focusWidget() is name
    type_text(name, "张三")
    type_text(number, "11010119900307 0018")
    type_text(mobile, "138 0000 0000")
    desk.qtbot.keyClick(mobile, Qt.Key.Key_Return)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert (signer.person.name, signer.person.id_number, signer.person.mobile) == (
        "张三",
        "110101199003070018",
        "13800000000",
    )
    assert desk.room.state.active_signer_id == signer.id


def test_without_signers_the_search_line_is_at_the_top_of_the_pane(desk: RoomDesk) -> None:
    panel = desk.room.signers
    search = panel.findChild(SignerSearch)
    assert search is not None

    def top_px() -> int:
        return search.line.mapTo(panel, QPoint()).y()

    desk.qtbot.waitUntil(lambda: 0 < top_px() < 2 * search.line.height())
    signer = make_person_signer()
    _add(desk, signer)
    card = _card(desk, signer)
    desk.qtbot.waitUntil(lambda: card.isVisible() and top_px() > card.height())


def test_escape_gives_a_form_up(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    form = _form(desk)
    desk.qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert not desk.session.draft.signers
    assert not form.isVisible()


def test_an_organization_is_added_with_the_person_who_acts_for_it(desk: RoomDesk) -> None:
    desk.room.signers.add_organization()
    form = _form(desk)
    organization, agent = form.findChild(OrganizationFields), form.findChild(PersonFields)
    assert organization is not None
    assert agent is not None
    type_text(organization.findChildren(QLineEdit)[0], "示例科技有限公司")
    type_text(organization.findChildren(QLineEdit)[1], "91330000ma0000000x")
    type_text(agent.findChildren(QLineEdit)[0], "李四")
    desk.qtbot.mouseClick(_button(form, "Add"), LEFT)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, OrganizationSigner)
    assert (signer.organization.code, signer.agent.name) == ("91330000MA0000000X", "李四")


def test_tab_goes_through_the_fields_of_an_organization_and_of_who_acts_for_it(desk: RoomDesk) -> None:
    desk.room.signers.add_organization()
    form = _form(desk)
    organization, agent = form.findChild(OrganizationFields), form.findChild(PersonFields)
    assert organization is not None
    assert agent is not None
    desk.room.activateWindow()
    for fields in (organization, agent):
        desk.qtbot.mouseClick(fields.more, LEFT)
    lines = [*organization.findChildren(QLineEdit), *agent.findChildren(QLineEdit)]
    lines[0].setFocus()
    desk.qtbot.waitUntil(lines[0].hasFocus)
    met: list[QWidget] = []
    for _ in range(40):
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in met:
            break
        met.append(focus)
        desk.qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert [widget for widget in met if widget in lines] == lines
    words = [widget.text() for widget in met if isinstance(widget, QPushButton)]
    assert words[words.index("Cancel") :][:2] == ["Cancel", "Add"]


def test_the_own_seal_can_be_added_once(desk: RoomDesk) -> None:
    hits = desk.room.signers.findChildren(SignerHits)[0]
    desk.qtbot.waitUntil(lambda: hits.isVisible() and hits.count() == 2)
    desk.qtbot.mouseClick(hits.viewport(), LEFT, pos=hits.visualItemRect(hits.item(1)).center())
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, ApplicationSigner)
    desk.qtbot.waitUntil(lambda: [hits.item(row).text() for row in range(hits.count())] == ["示例银行"])


def _by_reference(desk: RoomDesk, reference: str) -> SignerForm:
    """A new person's form in which a reference was typed and looked up."""
    desk.room.signers.add_person()
    form = _form(desk)
    fields = _fields(form)
    desk.qtbot.mouseClick(fields.more, LEFT)
    line = fields.field("third_id")
    assert isinstance(line, QLineEdit)
    type_text(line, reference)
    desk.qtbot.mouseClick(fields.look_up, LEFT)
    desk.qtbot.waitUntil(fields.look_up.isEnabled)
    return form


def test_one_found_by_reference_brings_their_account(desk: RoomDesk) -> None:
    signer = _by_reference(desk, "customer-7").signer
    assert isinstance(signer, PersonSigner)
    assert (signer.person.third_id, signer.person.account_id) == ("customer-7", "account of customer-7")


def test_a_reference_that_nobody_has_is_said(desk: RoomDesk) -> None:
    form = _by_reference(desk, "stranger")
    assert any("stranger" in label.text() for label in form.findChildren(PlainLabel) if label.isVisible())


def test_a_platform_that_cannot_be_asked_is_told_in_a_sentence(desk: RoomDesk) -> None:
    _by_reference(desk, "offline")
    assert desk.messages.rows[0].title


def test_signers_are_ordered_by_key_and_menu(desk: RoomDesk) -> None:
    a, b = make_person_signer("a"), make_person_signer("b")
    _add(desk, a, b)
    assert _steps(desk) == [["a"], ["b"]]
    desk.qtbot.keyClick(_card(desk, b), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert _steps(desk) == [["b"], ["a"]]
    _card(desk, a).grouping_requested.emit(a.id)
    assert _steps(desk) == [["b", "a"]]


def test_one_signer_signs_at_any_time_beside_the_order_of_the_others(desk: RoomDesk) -> None:
    a, b, c = (make_person_signer(name) for name in "abc")
    _add(desk, a, b, c)
    _menu_action(_card(desk, a), "Sign at any time").trigger()
    assert _steps(desk) == [["b"], ["c"]]
    assert [signer.id for signer in desk.session.draft.anytime_signers] == [a.id]
    box = _card(desk, a).parentWidget()
    assert isinstance(box, SignerDropFrame)
    assert "At any time" in [label.text() for label in box.findChildren(QLabel)]
    _drop(_card(desk, b), box)
    assert _steps(desk) == [["c"]]
    _menu_action(_card(desk, a), "Sign in order").trigger()
    assert _steps(desk) == [["c"], ["a"]]
    _menu_action(_card(desk, c), "Sign at any time").trigger()
    assert _steps(desk) == [["a"]]
    desk.session.undo()
    assert _steps(desk) == [["c"], ["a"]]


def _menu_action(card: QWidget, text: str) -> QAction:
    return next(action for action in card.findChildren(QAction) if action.text() == text)


def _drop(card: SignerCard, target: QWidget) -> None:
    mime = QMimeData()
    mime.setData(SIGNER_MIME, card.signer_id.encode())
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(5, 5), Qt.DropAction.MoveAction, mime, LEFT, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), Qt.DropAction.MoveAction, mime, LEFT, none))


def test_a_card_dropped_on_a_step_signs_in_parallel(desk: RoomDesk) -> None:
    a, b = make_person_signer("a"), make_person_signer("b")
    _add(desk, a, b)
    box = _card(desk, a).parentWidget()
    assert box is not None
    _drop(_card(desk, b), box)
    assert _steps(desk) == [["a", "b"]]


def test_a_signer_is_changed_and_removed_by_key(desk: RoomDesk) -> None:
    signer = make_organization_signer()
    _add(desk, signer)
    desk.qtbot.keyClick(_card(desk, signer), Qt.Key.Key_Return)
    form = _form(desk)
    fields = form.findChild(OrganizationFields)
    assert fields is not None
    name = fields.findChildren(QLineEdit)[0]
    name.selectAll()
    type_text(name, "新名称有限公司")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    # Whether the new name is in Contacts is looked up first.
    desk.qtbot.waitUntil(lambda: display_name(desk.session.draft.signers[0]) == "新名称有限公司")
    changed = desk.session.draft.signers[0]
    assert isinstance(changed, OrganizationSigner)
    desk.qtbot.keyClick(_card(desk, signer), Qt.Key.Key_Delete)
    assert not desk.session.draft.signers


def test_any_order_needs_no_steps(desk: RoomDesk) -> None:
    _add(desk, make_person_signer("a"), make_person_signer("b"))
    order = next(one for one in desk.room.signers.findChildren(QToolButton) if one.text() == "In order")
    desk.qtbot.mouseClick(order, LEFT)
    assert not desk.session.draft.is_ordered


def _field(form: SignerForm, kind: type[PersonFields | OrganizationFields]) -> QLineEdit:
    fields = form.findChild(kind)
    assert fields is not None
    return fields.findChildren(QLineEdit)[0]


def test_one_line_and_enter_add_a_person(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    name = _field(_form(desk), PersonFields)
    type_text(name, "13800000000 张三 110101199003078515")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert signer.person.name == "张三"
    assert (signer.person.id_number, signer.person.mobile) == ("110101199003078515", "13800000000")


def test_one_line_and_enter_add_an_organization_with_who_acts_for_it(desk: RoomDesk) -> None:
    desk.room.signers.add_organization()
    name = _field(_form(desk), OrganizationFields)
    type_text(name, "示例科技有限公司 91000000MA0000000N 张三 110101199003078515 13800000000")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, OrganizationSigner)
    assert (signer.organization.name, signer.organization.code) == ("示例科技有限公司", "91000000MA0000000N")
    assert (signer.agent.name, signer.agent.mobile) == ("张三", "13800000000")


def test_a_line_that_cannot_be_read_for_sure_adds_nobody(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    form = _form(desk)
    name = _field(form, PersonFields)
    type_text(name, "张三 李四 110101199003078515")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    assert not desk.session.draft.signers
    assert form.isVisible()
    assert name.hasFocus()
    assert any(
        "couldn't be recognized reliably" in label.text()
        for label in form.findChildren(PlainLabel)
        if label.isVisible()
    )


def test_the_whole_name_of_somebody_known_is_enough(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    form = _form(desk)
    name = _field(form, PersonFields)
    type_text(name, "赵六")
    desk.qtbot.waitUntil(lambda: any("赵六 (customer-6)" in text for text in _said(form)))
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.signers))
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert (signer.person.account_id, signer.person.third_id) == ("account of 赵六", "customer-6")


def test_enter_right_after_the_last_letter_waits_for_who_is_known(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    name = _field(_form(desk), PersonFields)
    type_text(name, "赵六")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.signers))
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert signer.person.account_id == "account of 赵六"


def test_an_organization_brings_who_acts_for_it(desk: RoomDesk) -> None:
    desk.room.signers.add_organization()
    name = _field(_form(desk), OrganizationFields)
    type_text(name, "示例银行")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.signers))
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, OrganizationSigner)
    assert (signer.organization.account_id, signer.agent.account_id) == ("account of 示例银行", "account of 赵六")


def _fields(form: SignerForm) -> PersonFields:
    fields = form.findChild(PersonFields)
    assert fields is not None
    return fields


def _said(form: SignerForm) -> list[str]:
    return [label.text() for label in form.findChildren(PlainLabel) if label.isVisible()]


def _matches(fields: PersonFields | OrganizationFields) -> ContactMatches:
    matches = fields.findChild(ContactMatches)
    assert matches is not None
    return matches


def _picked(desk: RoomDesk, typed: str = "zl") -> SignerForm:
    """A form in which somebody was picked of those that the first letters mean."""
    desk.room.signers.add_person()
    form = _form(desk)
    _pick(desk, form, typed)
    return form


def _pick(desk: RoomDesk, form: SignerForm, typed: str = "zl") -> None:
    matches, line = _matches(_fields(form)), _fields(form).line
    line.setFocus()
    line.selectAll()
    with desk.qtbot.waitSignal(matches.found):
        type_text(line, typed)
    desk.qtbot.waitUntil(lambda: matches.is_known)
    desk.qtbot.waitUntil(matches.isVisible)
    desk.qtbot.keyClick(line, Qt.Key.Key_Down)
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(_fields(form).change.isVisible)


def test_first_letters_and_last_digits_find_who_is_meant_and_picking_fills_the_rest(desk: RoomDesk) -> None:
    form = _picked(desk, "8515")
    assert _person(form) == SUN
    fields = _fields(form)
    assert fields.line.text() == "孙样"
    assert all(text in fields.summary.text() for text in ("****8515", "138****0001", "no platform account yet"))
    for name in ("id_number", "mobile", "id_type", "email", "third_id"):
        assert not fields.field(name).isVisible()
    assert not any("110101199003078515" in text for text in _said(form))
    desk.qtbot.mouseClick(fields.change, LEFT)
    assert fields.field("id_number").isVisible()
    assert fields.field("email").isVisible()
    mobile = fields.field("mobile")
    assert isinstance(mobile, QLineEdit)
    mobile.selectAll()
    type_text(mobile, "13900000002")
    desk.qtbot.keyClick(mobile, Qt.Key.Key_Return)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert signer.person == replace(SUN, mobile="13900000002")


def test_typing_on_makes_a_new_one(desk: RoomDesk) -> None:
    form = _picked(desk)
    fields = _fields(form)
    type_text(fields.line, "一")
    assert _person(form) == Person("赵六一")
    assert not fields.summary.isVisible()
    assert fields.field("id_number").isVisible()


def test_enter_with_the_list_open_and_nobody_chosen_means_what_is_typed(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    form = _form(desk)
    matches, line = _matches(_fields(form)), _fields(form).line
    line.setFocus()
    type_text(line, "孙")
    desk.qtbot.waitUntil(matches.isVisible)
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.signers))
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert signer.person == Person("孙")


def test_contacts_that_can_t_be_read_keep_nobody_from_typing(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    line = _fields(_form(desk)).line
    type_text(line, "broken")
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.signers))


def test_rare_fields_are_folded_and_open_where_they_tell_something(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    fields = _fields(_form(desk))
    assert not fields.field("email").isVisible()
    desk.qtbot.mouseClick(fields.more, LEFT)
    assert fields.field("email").isVisible()
    desk.qtbot.keyClick(_form(desk), Qt.Key.Key_Escape)
    passport = PersonSigner(SignerId("p"), Person("MARIA", id_type=PersonIdType.PASSPORT))
    _add(desk, passport)
    desk.room.signers.edit(passport.id)
    assert _fields(_form(desk)).field("id_type").isVisible()


def test_a_problem_of_a_folded_field_opens_it(desk: RoomDesk) -> None:
    signer = make_organization_signer()
    _add(desk, signer)
    desk.room.signers.edit(signer.id, "organization.legal_id_number")
    fields = _form(desk).findChild(OrganizationFields)
    assert fields is not None
    assert fields.field("legal_id_number").isVisible()


def _person(form: SignerForm) -> Person:
    signer = form.signer
    assert isinstance(signer, PersonSigner)
    return signer.person


def _says_left(form: SignerForm) -> bool:
    return any("no longer 赵六" in label.text() for label in form.findChildren(PlainLabel) if label.isVisible())


def test_somebody_who_was_picked_and_retyped_has_no_account_and_undoing_brings_it_back(desk: RoomDesk) -> None:
    form = _picked(desk)
    name = _field(form, PersonFields)
    name.selectAll()
    type_text(name, "李四")
    assert (_person(form).account_id, _person(form).third_id) == ("", "")
    assert _says_left(form)
    while name.text() != "赵六":
        assert name.isUndoAvailable()
        desk.qtbot.keyClick(name, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (_person(form).account_id, _person(form).third_id) == ("account of 赵六", "customer-6")
    assert not _says_left(form)


def test_a_number_or_another_document_of_somebody_who_was_picked_makes_it_somebody_else(desk: RoomDesk) -> None:
    form = _picked(desk)
    fields = _fields(form)
    desk.qtbot.mouseClick(fields.change, LEFT)
    desk.qtbot.mouseClick(fields.more, LEFT)
    number = fields.findChildren(QLineEdit)[1]
    type_text(number, "1")
    assert (_person(form).account_id, _says_left(form)) == ("", True)
    desk.qtbot.keyClick(number, Qt.Key.Key_Backspace)
    assert (_person(form).account_id, _says_left(form)) == ("account of 赵六", False)
    kind = fields.findChild(QComboBox)
    assert kind is not None
    desk.qtbot.keyClick(kind, Qt.Key.Key_Down)
    assert (_person(form).account_id, _says_left(form)) == ("", True)
    desk.qtbot.keyClick(kind, Qt.Key.Key_Up)
    assert (_person(form).account_id, _says_left(form)) == ("account of 赵六", False)


def test_a_line_pasted_over_somebody_who_was_picked_makes_it_somebody_else(desk: RoomDesk) -> None:
    form = _picked(desk)
    name = _field(form, PersonFields)
    name.selectAll()
    QApplication.clipboard().setText("李四 110101199003078515 13800000000")
    desk.qtbot.keyClick(name, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert signer.person == Person("李四", "110101199003078515", mobile="13800000000")


def test_who_is_picked_over_somebody_typed_does_not_get_their_mobile(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    form = _form(desk)
    name = _field(form, PersonFields)
    type_text(name, "李四 110101199003078515 13800000000")
    desk.qtbot.keyClick(name, Qt.Key.Key_Tab)
    assert _person(form).mobile == "13800000000"
    _pick(desk, form)
    assert _person(form) == Person("赵六", third_id="customer-6", account_id="account of 赵六")


def test_a_signer_with_an_account_who_is_changed_into_somebody_else_loses_it(desk: RoomDesk) -> None:
    known = PersonSigner(SignerId("known"), Person("赵六", third_id="customer-6", account_id="account of 赵六"))
    _add(desk, known)
    desk.room.signers.edit(known.id)
    form = _form(desk)
    name = _field(form, PersonFields)
    name.selectAll()
    type_text(name, "李四")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: display_name(desk.session.draft.signers[0]) == "李四")
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert signer.person == Person("李四")
    desk.session.undo()
    assert desk.session.draft.signers == (known,)


def test_a_card_tells_where_a_known_signer_is_reached_and_whether_the_platform_kept_that(desk: RoomDesk) -> None:
    known = PersonSigner(SignerId("known"), Person("赵六", account_id="account of 赵六"))
    _add(desk, known)
    desk.qtbot.waitUntil(lambda: "139****0009" in _card(desk, known).accessibleName())
    corrected = replace(known, person=replace(known.person, mobile="13700000000"))
    desk.session.apply(EditName.CHANGE_SIGNER, partial(edits.update_signer, signer=corrected))
    desk.qtbot.waitUntil(lambda: "platform keeps 139****0009" in _card(desk, known).accessibleName())


def test_an_organization_that_was_picked_and_retyped_has_no_account(desk: RoomDesk) -> None:
    known = make_organization_signer()
    known = replace(known, organization=Organization("示例公司", account_id="account of 示例公司"))
    _add(desk, known)
    desk.room.signers.edit(known.id)
    form = _form(desk)
    for index, text in ((0, "别的公司"), (1, "91330000MA0000000X")):
        fields = form.findChild(OrganizationFields)
        assert fields is not None
        line = fields.findChildren(QLineEdit)[index]
        before = line.text()
        line.selectAll()
        type_text(line, text)
        signer = form.signer
        assert isinstance(signer, OrganizationSigner)
        assert signer.organization.account_id == ""
        line.selectAll()
        type_text(line, before) if before else desk.qtbot.keyClick(line, Qt.Key.Key_Delete)
        signer = form.signer
        assert isinstance(signer, OrganizationSigner)
        assert signer.organization.account_id == "account of 示例公司"


def test_a_namesake_with_a_number_is_somebody_else(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    name = _field(_form(desk), PersonFields)
    type_text(name, "赵六 110101199003078515")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    (signer,) = desk.session.draft.signers
    assert isinstance(signer, PersonSigner)
    assert (signer.person.account_id, signer.person.id_number) == ("", "110101199003078515")


def test_a_signer_with_the_same_name_is_told_with_what_tells_them_apart(desk: RoomDesk) -> None:
    numbers = ("110101199003078515", "11010119900307803X")
    first = PersonSigner(SignerId("first"), SUN)
    _add(desk, first)
    desk.room.signers.add_person()
    form = _form(desk)
    type_text(_field(form, PersonFields), "孙样")
    hint = "Signer 1 has the same name (****8515 · 138****0001)."
    assert hint in _said(form)
    line = _fields(form).findChildren(QLineEdit)[1]
    type_text(line, numbers[0])
    # The same person once more.
    assert hint not in _said(form)
    line.selectAll()
    type_text(line, numbers[1])
    assert hint in _said(form)
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: len(desk.session.draft.signers) == 2)
    for signer, end in zip(desk.session.draft.signers, ("8515", "803X"), strict=True):
        assert f"****{end}" in _card(desk, signer).accessibleName()


def test_control_enter_in_the_form_accepts_it_and_sends_nothing(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    name = _field(_form(desk), PersonFields)
    type_text(name, "张三")
    wishes: list[bool] = []
    desk.room.send_requested.connect(lambda: wishes.append(True))
    desk.qtbot.keyClick(name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(lambda: len(desk.session.draft.signers) == 1)
    assert wishes == []


def test_seals_go_where_one_clicks_once_a_signer_is_there(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "contract.pdf", [MadePage()]))
    desk.room.signers.add_person()
    name = _field(_form(desk), PersonFields)
    type_text(name, "张三")
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.room.state.tool is ToolName.SEAL)
    desk.qtbot.waitUntil(desk.room.canvas.view.hasFocus)


def test_a_changed_signers_card_has_the_keyboard_again(desk: RoomDesk) -> None:
    signer = make_person_signer()
    _add(desk, signer)
    desk.room.signers.edit(signer.id)
    desk.qtbot.keyClick(_form(desk), Qt.Key.Key_Escape)
    desk.qtbot.waitUntil(_card(desk, signer).hasFocus)


def _signing_menu(desk: RoomDesk, signer: Signer) -> SigningMenu:
    """Open it as a person does: by the card's own menu."""
    (entry,) = [one for one in _card(desk, signer).findChildren(QAction) if one.text() == "Documents to sign…"]
    entry.trigger()
    menus = desk.room.findChildren(SigningMenu)
    desk.qtbot.waitUntil(lambda: any(one.isVisible() for one in menus))
    return next(one for one in menus if one.isVisible())


def _choose(menu: SigningMenu, document_index: int, text: str) -> None:
    submenu = menu.actions()[document_index].menu()
    assert isinstance(submenu, QMenu)
    (action,) = [one for one in submenu.actions() if one.text() == text]
    assert action.isEnabled()
    action.trigger()
    menu.close()


@pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
def test_a_signer_places_freely_on_one_document_and_does_not_sign_another(
    desk: RoomDesk, speak: Callable[[str], None]
) -> None:
    speak("en")
    signer = make_person_signer("a")
    _add(desk, signer)
    documents = tuple(make_document(name) for name in ("一", "二", "三"))
    desk.session.apply(EditName.ADD_DOCUMENTS, lambda draft: edits.add_documents(draft, documents))
    menu = _signing_menu(desk, signer)
    assert [one.text() for one in menu.actions()] == ["first", "一", "二", "三"]
    _choose(menu, 2, "Doesn't sign this document")
    draft = desk.session.draft
    assert [participation(draft, draft.signers[0], one.id) for one in documents] == [
        Participation.FREE,
        Participation.NONE,
        Participation.FREE,
    ]
    seal = make_seal("一", "a")
    desk.session.apply(EditName.PLACE_SEAL, lambda draft: edits.place(draft, seal))
    _choose(_signing_menu(desk, signer), 1, "Places the seal themselves")
    assert not desk.session.draft.placements
    # What went with it comes back with it.
    desk.session.undo()
    assert desk.session.draft.placements == (seal,)


def test_enter_in_an_empty_form_adds_nobody(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    form = _form(desk)
    desk.qtbot.keyClick(_field(form, PersonFields), Qt.Key.Key_Return)
    assert not desk.session.draft.signers
    assert form.isVisible()
    assert "Enter a name first." in _said(form)


def test_wrong_numbers_are_marked_when_the_field_is_left_and_not_before(desk: RoomDesk) -> None:
    desk.room.signers.add_person()
    form = _form(desk)
    desk.room.activateWindow()
    name, number, mobile = _fields(form).findChildren(QLineEdit)[:3]
    for field, wrong, right, word in (
        (number, "110101199003070019", "110101199003070018", "check digit"),
        (mobile, "1380000", "13800000000", "mobile"),
    ):
        field.setFocus()
        type_text(field, wrong)
        assert not any(word in text for text in _said(form))
        name.setFocus()
        assert any(word in text for text in _said(form))
        assert word in field.accessibleDescription()
        field.selectAll()
        type_text(field, right)
        assert not any(word in text for text in _said(form))
        name.setFocus()
        assert not field.accessibleDescription()


def test_an_existing_signer_takes_a_contact_by_enter_and_shows_it_before_it_is_saved(desk: RoomDesk) -> None:
    signer = make_person_signer("张三")
    _add(desk, signer)
    desk.room.signers.edit(signer.id)
    form = _form(desk)
    name = _field(form, PersonFields)
    name.selectAll()
    type_text(name, "孙样")
    desk.qtbot.waitUntil(lambda: any("孙样" in text and "Contacts" in text for text in _said(form)))
    desk.qtbot.keyClick(name, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: _person(form).id_number == "110101199003078515")
    assert display_name(desk.session.draft.signers[0]) == "张三"
    desk.qtbot.keyClick(form, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: display_name(desk.session.draft.signers[0]) == "孙样")
    saved = desk.session.draft.signers[0]
    assert isinstance(saved, PersonSigner)
    assert (saved.id, saved.person.mobile) == (signer.id, "13800000001")


def test_only_the_chosen_card_shows_its_whole_subtitle_and_no_number_of_seals(desk: RoomDesk) -> None:
    company = make_organization_signer()
    company = replace(company, agent=replace(company.agent, name="很长的经办人姓名" * 6, mobile="13800000001"))
    person = make_person_signer()
    _add(desk, company, person)
    desk.room.state.set_active_signer(person.id)
    seal = make_seal(signer="示例有限公司", document_id=desk.session.draft.documents[0].id)
    desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    desk.qtbot.waitUntil(lambda: _shown(_card(desk, company))[-1:] == ["1 seal(s)"])
    assert not any(text.endswith("138****0001") for text in _shown(_card(desk, company)))
    desk.room.state.set_active_signer(company.id)
    whole = f"represented by {'很长的经办人姓名' * 6} · 138****0001"
    assert _shown(_card(desk, company)) == ["示例有限公司", whole]


@pytest.mark.parametrize("length", [1, 2, 4, 8])
def test_no_line_of_the_chosen_signers_subtitle_is_cut_off(desk: RoomDesk, length: int) -> None:
    company = make_organization_signer()
    company = replace(company, agent=replace(company.agent, name="很长的经办人姓名" * length, mobile="13800000001"))
    desk.room.resize(820, 600)
    _add(desk, company, make_person_signer())
    desk.room.state.set_active_signer(company.id)

    def is_whole() -> bool:
        labels = _card(desk, company).findChildren(PlainLabel)
        shown = [one for one in labels if one.isVisible() and one.text().endswith("138****0001")]
        return [one.height() >= one.heightForWidth(one.width()) > 0 for one in shown] == [True]

    desk.qtbot.waitUntil(is_whole)


def _shown(card: SignerCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]
