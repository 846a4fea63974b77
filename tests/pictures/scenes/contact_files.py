"""Contacts in and out of files: what a file would do, and how much is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.app.self_test import driver
from esign_desktop.domain.account import Person
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.ui.contacts.exporting import ExportDialog
from esign_desktop.ui.contacts.importing import ImportDialog
from esign_desktop.ui.prepare.party_picker import PartyPicker
from tests.pictures.contracts import ready_contract
from tests.pictures.office import Office, office
from tests.pictures.popups import popups

if TYPE_CHECKING:
    from tests.pictures.studio import Studio

_TABLE: Final = """姓名,证件类型,证件号码,手机号,邮箱,企业名称,统一社会信用代码,备注
林小满,,33010019900101001X,13900000009,,,,老客户
MARIA SAMPLE,护照,E12345678,+44 20 7946 0000,m@example.com,,,
李现民,,110101199003078515,13700000003,,,,
王经办,,110101198808080036,13800000002,,云禾示例科技有限公司,91110000600037341L,
孙错样,,110101199003078516,,,,,号码有误
周知夏,港澳通行证,H12345678,13600000004,,,,
周知夏,港澳通行证,H12345678,13600000005,,,,
林晓,,330100198805050025,,,,,
"""


def play(studio: Studio) -> None:
    """Look through a file of contacts, and write some out."""
    with office(studio, "contact-files") as here:
        contacts = here.services.contacts
        people = (
            Person("林小满", "33010019900101001X", mobile="13800000001"),
            Person("林晓曼", "330100198805050025", mobile="13900000002"),
        )
        driver.elsewhere(lambda: contacts.import_all([ContactEntry(one) for one in people], may_lack_numbers=True))
        path = here.folder / "客户名单.csv"
        path.write_text(_TABLE, encoding="utf-8")
        tasks = here.workspace.tasks
        dialog = ImportDialog(path, contacts, tasks, here.window)
        dialog.open()
        driver.wait_until("the file is read", dialog.table.isVisible)
        driver.rest(300)
        studio.take("contacts-import", dialog)
        dialog.reject()
        ids = [one.id for one in driver.elsewhere(lambda: contacts.search("").contacts)]
        export = ExportDialog(ids, contacts, tasks, here.window)
        export.open()
        export.in_clear.click()
        driver.rest(300)
        studio.take("contacts-export", export)
        export.reject()
        _payer(studio, here)


def _payer(studio: Studio, here: Office) -> None:
    """Somebody from Contacts is to pay."""
    ready_contract(here)
    room = here.workspace.prepare
    panel = room.open_options().panel
    panel.focus_field("payer")
    driver.rest(200)
    studio.take("options-payer", here.window, above=popups(), settle=here.pages_are_drawn)
    panel.from_contacts["payer"].click()
    picker = here.window.findChild(PartyPicker)
    assert picker is not None
    driver.write(picker.line, "lx")
    driver.wait_until("the contacts are listed", picker.matches.isVisible)
    studio.take("options-payer-picker", picker)
    picker.reject()
