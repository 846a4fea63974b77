"""The Contacts room, driven as a clerk does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QListWidget, QMenu, QPushButton, QRadioButton, QToolButton
from shiboken6 import isValid

from esign_desktop.domain.account import Person
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.domain.people.contact import ContactEntry, ContactFilter, ContactPage
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner
from esign_desktop.services.erasure.service import KnownPerson
from esign_desktop.ui.contacts.editor import ContactSheet
from esign_desktop.ui.contacts.merging import MergeSheet
from esign_desktop.ui.contacts.table import ContactColumn
from esign_desktop.ui.widgets.lengths import LengthBox
from tests.ui.contacts.conftest import COMPANY, LIN, ZHOU, ContactsDesk
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

LEFT = Qt.MouseButton.LeftButton


def sheet_of(desk: ContactsDesk) -> ContactSheet:
    return cast("ContactSheet", desk.sheet(ContactSheet))


def fill(sheet: ContactSheet, name: str, text: str) -> None:
    field = sheet.form.field(name)
    assert isinstance(field, QLineEdit)
    field.clear()
    field.textEdited.emit("")
    type_text(field, text)


def press(desk: ContactsDesk, text: str, sheet: ContactSheet | MergeSheet | None = None) -> None:
    desk.qtbot.mouseClick(desk.button(text, sheet), LEFT)


def action(menu: QMenu, text: str) -> QAction:
    return next(one for one in menu.actions() if text in one.text().replace("&", ""))


def test_an_empty_room_says_what_it_is_for_and_offers_the_first_contact(desk: ContactsDesk) -> None:
    desk.show()
    assert "No contacts yet" in desk.texts(desk.room)
    assert not desk.room.card.isVisible()
    offered = [one.text().replace("&", "") for one in desk.room.findChildren(QPushButton) if one.isVisible()]
    assert [offered.count(text) for text in ("New person", "New organization", "Import from file…")] == [1, 1, 1]
    press(desk, "New person")
    sheet = sheet_of(desk)
    fill(sheet, "name", LIN.name)
    fill(sheet, "id_number", "11010119900307 803x")
    fill(sheet, "mobile", LIN.mobile)
    press(desk, "Add", sheet)
    desk.wait(lambda: desk.names == [LIN.name])
    (kept,) = desk.service.search("").contacts
    assert desk.service.party_details(kept.id) == LIN


def test_a_pasted_line_is_put_into_its_fields_and_no_number_is_kept_as_a_name(desk: ContactsDesk) -> None:
    desk.show()
    press(desk, "New person")
    sheet = sheet_of(desk)
    fill(sheet, "name", f"{LIN.name} {LIN.id_number} {LIN.mobile} 13900000003")
    press(desk, "Add", sheet)
    assert "Enter each number in its own field" in sheet.said
    fill(sheet, "name", f"{LIN.mobile} {LIN.name} {LIN.id_number}")
    desk.qtbot.keyClick(sheet.form.field("name"), Qt.Key.Key_Return)
    desk.wait(lambda: desk.names == [LIN.name])
    (kept,) = desk.service.search("").contacts
    assert desk.service.party_details(kept.id) == LIN


def test_a_pasted_line_of_an_organization_is_put_into_its_fields(desk: ContactsDesk) -> None:
    desk.show()
    press(desk, "New organization")
    sheet = sheet_of(desk)
    fill(sheet, "name", f"{COMPANY.code} {COMPANY.name}")
    press(desk, "Add", sheet)
    desk.wait(lambda: desk.names == [COMPANY.name])
    (kept,) = desk.service.search("").contacts
    subject = desk.service.party_details(kept.id)
    assert subject is not None
    assert subject.identity.number == COMPANY.code


def test_every_key_of_a_search_narrows_the_list_and_arrows_go_through_it(desk: ContactsDesk) -> None:
    for one in (LIN, ZHOU, COMPANY):
        desk.service.save(ContactEntry(one))
    desk.show()
    desk.search("lxm", LIN.name)
    desk.search("yunhe", COMPANY.name)
    desk.search("0001", ZHOU.name)
    desk.search("zzz")
    assert "No matching contacts" in desk.texts(desk.room)
    press(desk, "Show all contacts")
    desk.wait(lambda: len(desk.names) == 3)
    table = desk.room.list.table
    first = table.current
    desk.qtbot.keyClick(desk.room.list.search_line, Qt.Key.Key_Down)
    assert table.current is not None
    assert table.current != first


def test_filters_show_kinds_ours_and_who_is_not_at_the_platform(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.service.save(ContactEntry(ZHOU))
    desk.service.save(ContactEntry(COMPANY, is_ours=True))
    desk.show()
    assert desk.names[0] == COMPANY.name
    for kind, names in (
        (ContactFilter.PERSONS, {LIN.name, ZHOU.name}),
        (ContactFilter.ORGANIZATIONS, {COMPANY.name}),
        (ContactFilter.OURS, {COMPANY.name}),
        (ContactFilter.NOT_AT_PLATFORM, {ZHOU.name, COMPANY.name}),
    ):
        desk.qtbot.mouseClick(desk.room.list.filters.button(kind), LEFT)
        desk.wait(lambda names=names: set(desk.names) == names)  # type: ignore[misc]
    assert desk.room.list.filters.button(ContactFilter.NOT_AT_PLATFORM).text() == "No account yet 2"


def test_numbers_are_masked_until_they_are_asked_for(desk: ContactsDesk) -> None:
    desk.service.save(ContactEntry(LIN))
    desk.service.save(ContactEntry(ZHOU))
    desk.show()
    desk.choose(LIN.name)
    assert LIN.id_number not in desk.texts()
    assert "139****0002" in desk.texts()
    press(desk, "Show", None)
    desk.wait(lambda: LIN.id_number in desk.texts())
    assert LIN.mobile in desk.texts()
    desk.choose(ZHOU.name)
    assert LIN.id_number not in desk.texts()
    assert ZHOU.id_number not in desk.texts()
    desk.choose(LIN.name)
    assert LIN.id_number not in desk.texts()


def test_the_card_tells_accounts_who_acts_and_contracts(desk: ContactsDesk) -> None:
    desk.met(Person(LIN.name, LIN.id_number, mobile="13700000000"), "a-0")
    desk.met(LIN, "a-1")
    desk.met(COMPANY, "o-1", "a-1")
    desk.sent("f-1", "a-1", "o-1")
    desk.show()
    desk.choose(LIN.name)
    desk.wait(lambda: "139****0002" in desk.texts())
    assert "Test · 139****0002 · in use" in desk.texts()
    assert "Test · 137****0000 · former" in desk.texts()
    assert "1 contract, last" in desk.texts()
    press(desk, "Show in Track")
    desk.wait(lambda: bool(desk.heard["history_requested"]))
    assert desk.heard["history_requested"] == [(("f-1",), LIN.name)]
    press(desk, COMPANY.name)
    desk.wait(lambda: desk.room.card.contact is not None and desk.room.card.contact.name == COMPANY.name)
    desk.wait(lambda: "沈闻溪" in desk.texts())
    assert f"Test · represented by {LIN.name}" in desk.texts()


def test_in_a_narrow_window_names_can_be_read_and_no_button_of_the_card_is_cut(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.show()
    desk.choose(LIN.name)
    table, card = desk.room.list.table, desk.room.card
    shown = {}
    for width in (1500, 1030, 860):
        desk.room.resize(width, 560)
        content = card.widget()
        assert content is not None
        desk.wait(lambda part=content: part.minimumSizeHint().width() <= card.viewport().width())  # type: ignore[misc]
        desk.wait(lambda: table.columnWidth(ContactColumn.NAME) >= 160)
        shown[width] = [column for column in ContactColumn if not table.isColumnHidden(column)]
    assert shown[1500] == list(ContactColumn)
    assert shown[860] == [ContactColumn.NAME, ContactColumn.NUMBER, ContactColumn.MOBILE]
    desk.room.resize(1500, 560)
    desk.wait(lambda: not any(table.isColumnHidden(column) for column in ContactColumn))


def test_the_whole_warning_about_another_mobile_number_is_seen(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.show()
    desk.choose(LIN.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)
    fill(sheet, "mobile", "15000000000")
    (warning,) = (one for one in sheet.findChildren(QLabel) if one.text().startswith("The next contract will"))
    desk.wait(lambda: warning.visibleRegion().boundingRect().height() == warning.height() > 0)
    sheet.reject()


def test_buttons_without_words_have_a_name_for_screen_readers(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.show()
    desk.choose(LIN.name)
    wordless = [one for one in desk.room.findChildren(QToolButton) if one.isVisible() and not one.text()]
    assert wordless
    assert all(one.accessibleName() for one in wordless)


def test_who_is_not_at_the_platform_can_be_corrected(desk: ContactsDesk) -> None:
    kept = desk.service.save(ContactEntry(LIN))
    desk.show()
    desk.choose(LIN.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)
    assert "you can still correct" in desk.texts(sheet)
    fill(sheet, "name", "林晓满")
    press(desk, "Save", sheet)
    desk.wait(lambda: desk.names == ["林晓满"])
    assert desk.service.search("").contacts[0].id == kept.id


def test_who_the_platform_has_is_not_renamed_but_gets_a_contact_of_their_own(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.show()
    desk.choose(LIN.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)
    assert not sheet.form.field("name").isEnabled()
    assert LIN.id_number not in [line.text() for line in sheet.findChildren(QLineEdit)]
    fill(sheet, "mobile", "15000000000")
    assert "a new account for 150****0000" in desk.texts(sheet)
    assert "still notify 139****0002" in desk.texts(sheet)
    press(desk, "Create new contact", sheet)
    assert sheet.form.field("name").isEnabled()
    fill(sheet, "name", "林晓满")
    fill(sheet, "id_number", ZHOU.id_number)
    press(desk, "Add", sheet)
    desk.wait(lambda: set(desk.names) == {LIN.name, "林晓满"})
    old = next(one for one in desk.service.search("").contacts if one.name == LIN.name)
    assert desk.service.party_details(old.id).identity == LIN.identity
    assert old.masked_mobile == "139****0002"


def test_a_changed_mobile_is_kept_for_the_next_contract(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.show()
    desk.choose(LIN.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)
    fill(sheet, "mobile", "15000000000")
    press(desk, "Save", sheet)
    desk.wait(lambda: "150****0000" in desk.texts())
    assert "Test · 139****0002" in desk.texts()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("name", "", "Enter a name."),
        ("id_number", "110101199003078039", "check digit doesn't match"),
        ("mobile", "12345", "Invalid mobile number."),
        ("email", "lin@", "Invalid email address."),
    ],
)
def test_what_can_not_be_right_is_said_where_it_is_and_loses_nothing(
    desk: ContactsDesk, name: str, text: str, sentence: str
) -> None:
    desk.show()
    press(desk, "New person")
    sheet = sheet_of(desk)
    sheet.activateWindow()
    for field, value in (("name", LIN.name), ("id_number", LIN.id_number), ("mobile", LIN.mobile), (name, text)):
        fill(sheet, field, value)
    press(desk, "Add", sheet)
    assert sentence in sheet.said
    assert sheet.isVisible()
    assert sheet.form.field(name).text() == text  # type: ignore[attr-defined]
    assert desk.service.search("").total == 0
    press(desk, "Cancel", sheet)


def test_a_number_of_somebody_else_is_told_with_their_name(desk: ContactsDesk) -> None:
    desk.service.save(ContactEntry(LIN))
    desk.show()
    press(desk, "New person")
    sheet = sheet_of(desk)
    fill(sheet, "name", "林晓满")
    fill(sheet, "id_number", LIN.id_number)
    press(desk, "Add", sheet)
    desk.wait(lambda: "belongs to 林小满" in sheet.said)
    assert desk.service.search("").total == 1
    press(desk, "Keep both", sheet)
    desk.wait(lambda: len(desk.names) == 2)
    desk.choose(LIN.name)
    desk.wait(lambda: "林晓满 has the same ID number" in desk.texts())


def test_somebody_who_is_there_already_is_shown_instead(desk: ContactsDesk) -> None:
    desk.service.save(ContactEntry(ZHOU))
    desk.service.save(ContactEntry(LIN))
    desk.show()
    press(desk, "New person")
    sheet = sheet_of(desk)
    fill(sheet, "name", LIN.name)
    fill(sheet, "id_number", LIN.id_number)
    press(desk, "Add", sheet)
    desk.wait(lambda: "is already in Contacts" in sheet.said)
    press(desk, "Show contact", sheet)
    desk.wait(lambda: desk.room.list.table.current is not None and desk.room.list.table.current.name == LIN.name)
    assert desk.service.search("").total == 2


def test_an_organization_gets_its_agents_from_the_contacts(desk: ContactsDesk) -> None:
    for one in (LIN, ZHOU):
        desk.service.save(ContactEntry(one))
    desk.show()
    press(desk, "New organization")
    sheet = sheet_of(desk)
    fill(sheet, "name", COMPANY.name)
    fill(sheet, "code", COMPANY.code)
    fill(sheet, "legal_name", "沈闻溪")
    fill(sheet, "legal_id_number", "110101197001010024")
    fill(sheet, "email", "office@example.com")
    line = next(one for one in sheet.findChildren(QLineEdit) if one.accessibleName().startswith("Add authorized"))
    found = next(one for one in sheet.findChildren(QListWidget) if one.accessibleName() == "Search results")
    for typed in ("zzx", "lxm"):
        desk.qtbot.keyClicks(line, typed)
        desk.wait(lambda: found.isVisible() and found.count() == 1)
        desk.qtbot.keyClick(line, Qt.Key.Key_Return)
        desk.wait(lambda: not found.isVisible())
    press(desk, "Set as default", sheet)
    press(desk, "Add", sheet)
    desk.wait(lambda: desk.service.search("yunhe").total == 1)
    (company,) = desk.service.search("yunhe").contacts
    assert [one.name for one in company.agents] == [LIN.name, ZHOU.name]
    kept = desk.service.party_details(company.id)
    assert (kept.email, getattr(kept, "legal_id_number", "")) == ("office@example.com", "110101197001010024")
    desk.wait(lambda: not desk.room.unsaved())


def test_what_is_changed_outside_the_fields_is_unsaved_work(desk: ContactsDesk) -> None:
    desk.service.save(ContactEntry(ZHOU))
    desk.service.save(ContactEntry(COMPANY))
    desk.show()
    desk.choose(COMPANY.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)

    def names() -> list[str]:
        return [work.name for work in desk.room.unsaved()]

    assert names() == []
    unsaved = [f"contact “{COMPANY.name}”"]
    for text in ("Our party", "Seal size"):
        box = next(one for one in sheet.findChildren(QCheckBox) if one.text().startswith(text))
        box.setFocus()
        desk.qtbot.keyClick(box, Qt.Key.Key_Space)
        assert names() == unsaved, text
        desk.qtbot.keyClick(box, Qt.Key.Key_Space)
        assert names() == []
    line = next(one for one in sheet.findChildren(QLineEdit) if one.accessibleName().startswith("Add authorized"))
    found = next(one for one in sheet.findChildren(QListWidget) if one.accessibleName() == "Search results")
    desk.qtbot.keyClicks(line, "zzx")
    desk.wait(lambda: found.isVisible() and found.count() == 1)
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert names() == unsaved
    press(desk, "Remove", sheet)
    assert names() == []
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_a_changed_seal_width_is_unsaved_work(desk: ContactsDesk) -> None:
    desk.service.save(ContactEntry(COMPANY, seal_width_pt=mm_to_pt(42.0)))
    desk.show()
    desk.choose(COMPANY.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)
    assert desk.room.unsaved() == ()
    (width,) = sheet.findChildren(LengthBox)
    desk.qtbot.keyClick(width, Qt.Key.Key_Up)
    assert [work.name for work in desk.room.unsaved()] == [f"contact “{COMPANY.name}”"]
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_a_contact_of_its_own_keeps_its_changes_as_unsaved_work(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.show()
    desk.choose(LIN.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)
    fill(sheet, "mobile", "15000000000")
    press(desk, "Create new contact", sheet)
    assert [work.name for work in desk.room.unsaved()] == [f"contact “{LIN.name}”"]
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_ours_are_marked_and_stand_on_top(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.sent("f-1", "a-1")
    desk.service.save(ContactEntry(COMPANY))
    desk.show()
    assert desk.names == [LIN.name, COMPANY.name]
    desk.choose(COMPANY.name)
    action(desk.room.card.menu, "Mark as our party").trigger()
    desk.wait(lambda: desk.names == [COMPANY.name, LIN.name])
    desk.wait(lambda: "Organization · Ours" in desk.texts())


def test_a_new_contract_begins_with_who_is_chosen(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.met(COMPANY, "o-1", "a-1")
    desk.service.save(ContactEntry(ZHOU))
    desk.show()
    for name in (COMPANY.name, ZHOU.name):
        desk.choose(name)
        press(desk, "New contract with this contact")
    heard = desk.heard["contract_requested"]
    desk.wait(lambda: len(heard) == 2)
    ((company,), (zhou,)) = cast("list[tuple[object]]", heard)
    assert isinstance(company, OrganizationSigner)
    assert (company.organization.account_id, company.agent.account_id) == ("o-1", "a-1")
    assert isinstance(zhou, PersonSigner)
    assert zhou.person == ZHOU


def test_two_with_one_number_are_merged_and_the_account_in_use_is_chosen(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.met(Person("林晓满", LIN.id_number, mobile="13700000000"), "a-2")
    desk.show()
    desk.choose(LIN.name)
    desk.wait(lambda: "林晓满 has the same ID number" in desk.texts())
    press(desk, "Merge…")
    sheet = cast("MergeSheet", desk.sheet(MergeSheet))
    first = next(one.text() for one in sheet.findChildren(QRadioButton) if "Test · 139****0002" in one.text())
    press(desk, first, sheet)
    press(desk, "Merge", sheet)
    desk.wait(lambda: len(desk.names) == 1)
    (left,) = desk.service.search("").contacts
    assert [(one.account_id, one.is_current) for one in desk.service.accounts(left.id)] == [
        ("a-1", True),
        ("a-2", False),
    ]


def test_two_with_different_numbers_are_not_merged(desk: ContactsDesk) -> None:
    for one in (LIN, ZHOU):
        desk.service.save(ContactEntry(one))
    desk.show()
    desk.choose(LIN.name)
    action(desk.room.card.menu, "Merge").trigger()
    desk.wait(lambda: "First select two contacts" in desk.texts(desk.messages))
    table = desk.room.list.table
    row = desk.names.index(ZHOU.name)
    place = table.visualRect(table.people.index(row, 0)).center()
    desk.qtbot.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, place)
    desk.wait(lambda: desk.room.card.contact is not None and desk.room.card.contact.name == ZHOU.name)
    action(desk.room.card.menu, "Merge").trigger()
    desk.wait(lambda: "different ID numbers" in desk.texts(desk.messages))
    assert desk.service.search("").total == 2


def test_a_person_is_forgotten_as_in_settings_and_who_has_no_account_is_deleted(desk: ContactsDesk) -> None:
    desk.met(LIN, "a-1")
    desk.service.save(ContactEntry(ZHOU))
    desk.show()
    desk.choose(LIN.name)
    action(desk.room.card.menu, "Delete this person").trigger()
    ((person,),) = cast("list[tuple[object]]", desk.heard["forget_requested"])
    assert isinstance(person, KnownPerson)
    assert (person.name, person.masked_number) == (LIN.name, "****803X")
    desk.choose(ZHOU.name)
    press(desk, "Delete contact")
    press(desk, "Delete permanently?")
    desk.wait(lambda: desk.names == [LIN.name])
    assert desk.room.focusWidget() is desk.room.list.table


def test_the_list_goes_on_as_far_as_somebody_scrolls(desk: ContactsDesk) -> None:
    desk.service.import_all([ContactEntry(Person(f"客户{index:03}")) for index in range(150)])
    desk.show()
    table = desk.room.list.table
    assert len(desk.names) == 60
    while len(desk.names) < 150:
        count = len(desk.names)
        table.scrollToBottom()
        desk.wait(lambda count=count: len(desk.names) > count)  # type: ignore[misc]
    assert len(set(desk.names)) == 150


def test_the_list_goes_on_after_a_part_of_it_could_not_be_read(
    desk: ContactsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.service.import_all([ContactEntry(Person(f"客户{index:03}")) for index in range(100)])
    desk.show()
    search, failures = desk.service.search, [StoreError("store.failed")]

    def search_failing_once(*arguments: Any) -> ContactPage:
        if failures:
            raise failures.pop()
        return search(*arguments)

    monkeypatch.setattr(desk.service, "search", search_failing_once)
    table = desk.room.list.table
    table.scrollToBottom()
    desk.wait(lambda: not failures and bool(desk.messages.rows))
    table.scrollToTop()
    table.scrollToBottom()
    desk.wait(lambda: len(desk.names) == 100)


def test_what_a_send_learned_while_the_sheet_was_open_is_kept(desk: ContactsDesk) -> None:
    desk.met(ZHOU, "zhou")
    desk.met(COMPANY, "company", "zhou")
    desk.show()
    desk.choose(ZHOU.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)
    fill(sheet, "email", "zhou@example.com")
    desk.met(replace(ZHOU, mobile="13800000009"), "zhou")
    press(desk, "Save", sheet)
    desk.wait(lambda: not isValid(sheet))
    (kept,) = desk.service.search(ZHOU.name).contacts
    assert desk.service.party_details(kept.id) == replace(ZHOU, mobile="13800000009", email="zhou@example.com")

    desk.choose(COMPANY.name)
    press(desk, "Edit…")
    sheet = sheet_of(desk)
    fill(sheet, "email", "mail@example.com")
    desk.met(LIN, "lin")
    desk.met(COMPANY, "company", "lin")
    press(desk, "Save", sheet)
    desk.wait(lambda: not isValid(sheet))
    (firm,) = desk.service.search(COMPANY.name).contacts
    assert {agent.name for agent in firm.agents} == {ZHOU.name, LIN.name}


def test_a_contact_chosen_while_the_list_is_read_anew_stays_chosen(desk: ContactsDesk) -> None:
    for person, account_id in ((ZHOU, "zhou"), (LIN, "lin")):
        desk.met(person, account_id)
    desk.show()
    desk.choose(ZHOU.name)
    lin = next(one.id for one in desk.room.list.table.people.contacts if one.name == LIN.name)
    zhou = next(one.id for one in desk.room.list.table.people.contacts if one.name == ZHOU.name)
    desk.choose(LIN.name)
    desk.room.list.reload(lin)
    desk.choose(ZHOU.name)
    desk.wait(lambda: not desk.room.list.is_asking)
    assert desk.room.card.contact is not None
    assert desk.room.card.contact.id == zhou


def test_a_search_typed_while_the_list_is_read_anew_is_kept(desk: ContactsDesk) -> None:
    for person, account_id in ((ZHOU, "zhou"), (LIN, "lin")):
        desk.met(person, account_id)
    desk.show()
    lin = next(one.id for one in desk.room.list.table.people.contacts if one.name == LIN.name)
    desk.room.list.reload(lin)
    desk.search("zhou", ZHOU.name)
    desk.wait(lambda: not desk.room.list.is_asking)
    assert desk.room.list.search_line.text() == "zhou"
    assert desk.names == [ZHOU.name]
