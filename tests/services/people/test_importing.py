"""A file of contacts is read, planned against who is there, and taken in and back in one go."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest

from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.bulk.sheet import Worksheets
from esign_desktop.domain.errors import Cancelled, CancelToken, InputError, StoreError
from esign_desktop.domain.people.contact import ContactEntry, ContactFilter
from esign_desktop.domain.people.importing import ImportChoice, ImportFate, ImportPlan
from esign_desktop.domain.signer import OrganizationSigner
from esign_desktop.services.people.importing import ContactImport
from tests.bulk_samples import CREDIT_CODE, id_number
from tests.services.people.test_contacts import service_of

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.people.contact import ContactId
    from esign_desktop.services.people.contacts import ContactService, ImportUndo
    from tests.services.desk import Desk

F = ImportFate
SUN = Person("孙样", id_number(1), mobile="13800000001")
HEADINGS = ("姓名", "证件类型", "证件号码", "手机号", "邮箱")


@pytest.fixture
def contacts(desk: Desk) -> ContactService:
    return service_of(desk)


@pytest.fixture
def importing(contacts: ContactService) -> ContactImport:
    return ContactImport(contacts)


def write_csv(path: Path, *rows: tuple[str, ...]) -> Path:
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    return path


def plan_of(importing: ContactImport, path: Path) -> ImportPlan:
    plan = importing.plan(path)
    assert isinstance(plan, ImportPlan)
    return plan


def names(contacts: ContactService) -> set[str]:
    return {one.name for one in contacts.search("").contacts}


def test_a_table_is_taken_in_and_back(contacts: ContactService, importing: ContactImport, tmp_path: Path) -> None:
    contacts.import_all([ContactEntry(SUN)])
    rows = (
        ("孙样", "", id_number(1), "13900000009", ""),
        ("MARIA SAMPLE", "护照", "E1234567", "+44 20 7946 0000", "m@example.com"),
        ("错样", "", id_number(2)[:-1] + "Z", "", ""),
    )
    plan = plan_of(importing, write_csv(tmp_path / "people.csv", HEADINGS, *rows))
    assert [row.fate for row in plan.rows] == [F.CHANGED, F.NEW, F.FAULTY]
    assert names(contacts) == {"孙样"}

    token = importing.take(plan)

    assert names(contacts) == {"孙样", "MARIA SAMPLE"}
    (maria,) = contacts.search("maria").contacts
    assert contacts.party_details(maria.id) == Person(
        "MARIA SAMPLE", "E1234567", PersonIdType.PASSPORT, "+442079460000", "m@example.com"
    )
    (sun,) = contacts.search("孙样").contacts
    assert getattr(contacts.party_details(sun.id), "mobile", "") == "13900000009"

    importing.undo(token)

    assert names(contacts) == {"孙样"}
    assert contacts.party_details(sun.id) == SUN


def test_the_same_file_twice_changes_nothing(
    contacts: ContactService, importing: ContactImport, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "people.csv", HEADINGS, ("孙样", "", id_number(1), "13800000001", ""))
    importing.take(plan_of(importing, path))
    assert [row.fate for row in plan_of(importing, path).rows] == [F.SAME]


def test_a_number_of_another_name_is_taken_only_when_somebody_says_so(
    contacts: ContactService, importing: ContactImport, tmp_path: Path
) -> None:
    contacts.import_all([ContactEntry(SUN)])
    path = write_csv(tmp_path / "people.csv", HEADINGS, ("孙洋", "", id_number(1), "", ""))
    plan = plan_of(importing, path)
    (row,) = plan.rows
    assert row.fate is F.OTHER_NAME
    assert row.contact is not None
    assert row.contact.name == "孙样"
    importing.take(plan)
    assert names(contacts) == {"孙样"}
    importing.take(plan.choosing(0, ImportChoice.ADD))
    assert names(contacts) == {"孙样", "孙洋"}


def test_an_organization_comes_with_who_acts_for_it(
    contacts: ContactService, importing: ContactImport, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["企业名称", "证照类型", "企业证件号码", "法定代表人", "经办人", "经办人身份证号", "我方"])
    page.append(["示例有限公司", "", CREDIT_CODE, "李样", "王经办", id_number(3), "是"])
    page.append(["老字号", "工商注册号", "110000012345678", "", "王经办", id_number(3), ""])
    path = tmp_path / "companies.xlsx"
    book.save(path)
    plan = plan_of(importing, path)
    assert [row.fate for row in plan.rows] == [F.NEW, F.NEW, F.NEW, F.SAME]
    importing.take(plan)
    found = {one.name: one for one in contacts.search("", ContactFilter.ORGANIZATIONS).contacts}
    for name in ("示例有限公司", "老字号"):
        agent = found[name].default_agent
        assert agent is not None
        assert agent.name == "王经办"
    assert found["示例有限公司"].is_ours
    assert contacts.party_details(found["老字号"].id) == Organization(
        "老字号", "110000012345678", OrganizationCodeType.BUSINESS_REGISTRATION
    )
    assert len(contacts.search("", ContactFilter.PERSONS).contacts) == 1


def test_an_address_book_is_taken_in(contacts: ContactService, importing: ContactImport, tmp_path: Path) -> None:
    path = tmp_path / "phone.vcf"
    path.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:孙样\nTEL;TYPE=CELL:13800000001\nEND:VCARD\n" * 2, encoding="utf-8")
    plan = plan_of(importing, path)
    assert [row.fate for row in plan.rows] == [F.NEW, F.SAME]
    importing.take(plan)
    (sun,) = contacts.search("sy").contacts
    assert sun.masked_mobile == "138****0001"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.csv", "手机号,邮箱\n13800000001,a@example.com\n", "contacts.no_names"),
        ("x.csv", "姓名,手机号\n", "contacts.no_rows"),
        ("x.csv", "<html><table></table></html>", "contacts.not_a_table"),
        ("x.vcf", "姓名\n孙样\n", "cards.not_cards"),
        ("gone.csv", None, "sheet.vanished"),
    ],
)
def test_what_can_t_be_taken_in_is_told_in_a_word(
    importing: ContactImport, tmp_path: Path, name: str, content: str | None, code: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        importing.plan(path)
    assert caught.value.code == code


def test_of_several_worksheets_one_is_to_be_chosen(importing: ContactImport, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title in ("客户", "供应商"):
        page = book.create_sheet(title)
        page.append(["姓名"])
        page.append([f"{title}样"])
    path = tmp_path / "two.xlsx"
    book.save(path)
    assert isinstance(importing.plan(path), Worksheets)
    plan = importing.plan(path, worksheet="供应商")
    assert isinstance(plan, ImportPlan)
    assert len(plan.rows) == 1


@pytest.mark.nightly
def test_ten_thousand_rows_are_taken_in_within_seconds_and_cancelling_changes_nothing(
    contacts: ContactService, importing: ContactImport, tmp_path: Path
) -> None:
    rows = [(f"样本{chr(0x4E00 + n)}", "", id_number(n), f"138{n:08}", "") for n in range(10_000)]
    path = write_csv(tmp_path / "many.csv", HEADINGS, *rows)
    began = time.monotonic()
    plan = plan_of(importing, path)
    token = CancelToken()
    with pytest.raises(Cancelled):
        importing.take(plan, cancel=token, on_progress=lambda _done: token.cancel())
    assert contacts.search("").total == 0
    done: list[int] = []
    importing.take(plan, on_progress=done.append)
    took_s = time.monotonic() - began
    assert contacts.search("").total == done[-1] == 10_000
    assert done == sorted(done)
    # The bound of the benchmark is for a quiet machine.
    assert took_s < 60


@pytest.fixture
def company(contacts: ContactService) -> ContactId:
    """An organization with its usual agent."""
    agent = contacts.save(ContactEntry(SUN))
    return contacts.save(ContactEntry(Organization("示例有限公司", CREDIT_CODE), agents=(agent.id,))).id


def import_agent(importing: ContactImport, folder: Path) -> ImportUndo:
    headings = ("企业名称", "企业证件号码", "法定代表人", "经办人", "经办人身份证号")
    row = ("示例有限公司", CREDIT_CODE, "李样", "王经办", id_number(3))
    return importing.take(plan_of(importing, write_csv(folder / "agents.csv", headings, row)))


def agent_names(contacts: ContactService, contact_id: ContactId) -> list[str]:
    found = contacts.get(contact_id)
    assert found is not None
    return [one.name for one in found.agents]


def test_undoing_an_import_gives_an_organization_its_agent_back(
    contacts: ContactService, importing: ContactImport, company: ContactId, tmp_path: Path
) -> None:
    token = import_agent(importing, tmp_path)
    assert agent_names(contacts, company) == ["王经办", "孙样"]

    assert importing.undo(token) == 0

    assert agent_names(contacts, company) == ["孙样"]
    signer = contacts.signer(company)
    assert isinstance(signer, OrganizationSigner)
    assert (signer.agent.name, signer.organization.legal_name) == ("孙样", "")
    assert names(contacts) == {"孙样", "示例有限公司"}


def test_an_imported_legal_representative_does_not_get_the_number_of_the_one_before(
    contacts: ContactService, importing: ContactImport, tmp_path: Path
) -> None:
    firm = Organization("示例有限公司", CREDIT_CODE, legal_name="赵样", legal_id_number=id_number(7))
    contact = contacts.save(ContactEntry(firm))
    token = import_agent(importing, tmp_path)
    imported = contacts.party_details(contact.id)
    assert isinstance(imported, Organization)
    assert (imported.legal_name, imported.legal_id_number) == ("李样", "")
    importing.undo(token)
    assert contacts.party_details(contact.id) == firm


def test_undoing_an_import_keeps_agents_that_were_chosen_since(
    contacts: ContactService, importing: ContactImport, company: ContactId, tmp_path: Path
) -> None:
    token = import_agent(importing, tmp_path)
    agents = {one.name: one.id for one in contacts.search("", ContactFilter.PERSONS).contacts}
    chosen = (agents["孙样"], agents["王经办"])
    subject = contacts.party_details(company)
    contacts.save(ContactEntry(subject, company, agents=chosen))

    # The organization's list and the imported person who acts for it.
    assert importing.undo(token) == 2

    assert agent_names(contacts, company) == ["孙样", "王经办"]


def test_undoing_an_import_keeps_corrections_made_since(
    contacts: ContactService, importing: ContactImport, tmp_path: Path
) -> None:
    sun = contacts.save(ContactEntry(replace(SUN, mobile="")))
    rows = [("孙样", "", id_number(1), "13900000009", "s@example.com"), ("李样", "", id_number(2), "13900000002", "")]
    token = importing.take(plan_of(importing, write_csv(tmp_path / "people.csv", HEADINGS, *rows)))
    (li,) = contacts.search("李样").contacts
    corrected = replace(SUN, mobile="13700000007", email="s@example.com")
    contacts.save(ContactEntry(corrected, sun.id, is_ours=True))
    contacts.save(ContactEntry(Person("李样", id_number(2), mobile="13700000002"), li.id))

    assert importing.undo(token) == 2

    assert contacts.party_details(sun.id) == replace(corrected, email="")
    found = contacts.get(sun.id)
    assert found is not None
    assert found.is_ours
    assert contacts.search("13700000007").total == 1
    (li,) = contacts.search("李样").contacts
    assert li.masked_mobile == "137****0002"


def test_an_import_that_fails_changes_nothing(
    contacts: ContactService, importing: ContactImport, tmp_path: Path
) -> None:
    contacts.save(ContactEntry(SUN))
    rows = [(f"样本{chr(0x4E00 + n)}", "", id_number(n + 5), f"138{n:08}", "") for n in range(600)]
    path = write_csv(tmp_path / "many.csv", HEADINGS, ("孙样", "", id_number(1), "13900000009", ""), *rows)

    def fail(done: int) -> None:
        raise StoreError("store.failed", str(done))

    with pytest.raises(StoreError):
        importing.take(plan_of(importing, path), on_progress=fail)
    (sun,) = contacts.search("").contacts
    assert contacts.party_details(sun.id) == SUN


def test_an_import_cancelled_at_its_last_row_changes_nothing(
    contacts: ContactService, importing: ContactImport, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "people.csv", HEADINGS, ("孙样", "", id_number(1), "13900000009", ""))
    token = CancelToken()
    with pytest.raises(Cancelled):
        importing.take(plan_of(importing, path), cancel=token, on_progress=lambda _done: token.cancel())
    assert names(contacts) == set()
