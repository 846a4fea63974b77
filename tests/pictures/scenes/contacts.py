"""Contacts: none yet, the list, persons and organizations in full, changed, and made one of two."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar
from unittest.mock import patch

from PySide6.QtWidgets import QLineEdit

from esign_desktop.app.self_test import driver
from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.ui.contacts.editor import ContactSheet
from esign_desktop.ui.contacts.merging import MergeSheet
from esign_desktop.ui.shell.rail import RoomName
from tests.pictures.office import Office, office
from tests.pictures.popups import top_level
from tests.pictures.scenes.settings import ForgetfulKeyring
from tests.services.desk import make_contract, person_signer

if TYPE_CHECKING:
    from esign_desktop.ui.contacts.room import ContactsRoom
    from tests.pictures.studio import Studio

Sheet = TypeVar("Sheet", ContactSheet, MergeSheet)

AGENT = Person("周知夏", "110101199003078515", mobile="13800000001", email="zhixia@example.com", third_id="员工-07")
CUSTOMER = Person("林小满", "11010119900307803X", mobile="13900000002")
OURS = Organization("云禾科技有限公司", "91110000600037341L", legal_name="沈闻溪")
OTHERS = (
    *("何青山", "沈闻溪", "曾以宁", "单明朗", "Maria Example", "陈望舒", "许嘉树", "苏念", "顾平生", "白桦", "江临"),
    *("示例市禾木餐饮服务有限责任公司", "青岚物业管理有限公司", "Example Trading (Shanghai) Co., Ltd."),
)


def play(studio: Studio) -> None:
    """With a keyring, so that numbers are kept."""
    with patch("esign_desktop.store.secrets._backend", ForgetfulKeyring), office(studio, "contacts") as here:
        window = here.window
        window.show_room(RoomName.CONTACTS)
        driver.rest(200)
        studio.take("contacts-none", window)
        driver.elsewhere(partial(_fill, here))
        room = here.workspace.contacts
        _read(room)
        studio.take("contacts", window)
        _search(room, "lxm", CUSTOMER.name)
        driver.press(driver.button(room, "ContactCard", "Show"))
        driver.rest(200)
        studio.take("contacts-person", window)
        _edit(studio, room, "contacts-edit", mobile="15000000000")
        room.card.merge_requested.emit(here.services.contacts.search("lin xiao").contacts[1].id)
        sheet = _sheet(MergeSheet)
        studio.take("contacts-merge", sheet)
        sheet.reject()
        _search(room, "yunhe", OURS.name)
        _edit(studio, room, "contacts-organization")
        room.list.search_line.setText("no such name")
        driver.rest(300)
        studio.take("contacts-no-match", window)


def _fill(here: Office) -> None:
    contacts, services = here.services.contacts, here.services
    environment = services.environments.current()
    for number, person in enumerate((AGENT, CUSTOMER)):
        signer = person_signer(person.name)
        draft = make_contract(here.folder / f"paper {number}", signers=(type(signer)(signer.id, person),))
        services.submission.run(services.submission.queue(draft, environment))
    agent = contacts.search("zzx").contacts[0]
    contacts.save(
        ContactEntry(OURS, is_ours=True, seal_width_pt=mm_to_pt(42), agents=(agent.id,)), may_lack_numbers=True
    )
    contacts.save(ContactEntry(Person("林晓满", CUSTOMER.id_number)), is_meant=True, may_lack_numbers=True)
    for number, name in enumerate(OTHERS, 1000):
        is_person = len(name) < 14 and "公司" not in name
        mobile = f"1370000{number}"
        party = Person(name, f"E{number}0000", mobile=mobile) if is_person else Organization(name)
        contacts.save(ContactEntry(party), may_lack_numbers=True)


def _read(room: ContactsRoom) -> None:
    room.activated()
    driver.wait_until("the contacts are read", lambda: bool(room.list.table.people.contacts))
    driver.wait_until("the card is there", room.card.isVisible)
    driver.rest(200)


def _search(room: ContactsRoom, text: str, name: str) -> None:
    room.list.search_line.setText(text)

    def is_there() -> bool:
        contact = room.card.contact
        return contact is not None and contact.name == name and not room.list.is_asking

    driver.wait_until(f"{name} is shown", is_there)
    driver.rest(200)


def _edit(studio: Studio, room: ContactsRoom, name: str, mobile: str = "") -> None:
    driver.press(driver.button(room, "ContactCard", "Edit…"))
    sheet = _sheet(ContactSheet)
    if mobile:
        field = sheet.form.field("mobile")
        assert isinstance(field, QLineEdit)
        field.setText(mobile)
        field.textEdited.emit(mobile)
    studio.take(name, sheet)
    sheet.reject()
    driver.rest(100)


def _sheet(kind: type[Sheet]) -> Sheet:
    return top_level(kind)
