from __future__ import annotations

from dataclasses import replace

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.people.contact import Contact, ContactAgent, ContactId
from esign_desktop.domain.people.contact_table import ContactFault, ReadContact
from esign_desktop.domain.people.importing import (
    ImportChoice,
    ImportFate,
    ImportPlan,
    PlannedContact,
    plan_rows,
    with_agents,
)
from tests.bulk_samples import CREDIT_CODE, id_number

F = ImportFate
SUN = Person("孙样", id_number(1), mobile="13800000001")
KNOWN = Contact(ContactId("sun"), AccountKind.PERSON, "孙样")


def rows_of(*subjects: Person | Organization | None) -> list[ReadContact]:
    return [ReadContact(number, subject) for number, subject in enumerate(subjects, 2)]


def plan(
    *subjects: Person | Organization | None,
    same: dict[int, Contact] | None = None,
    others: dict[int, Contact] | None = None,
    known: Person | Organization = SUN,
) -> list[PlannedContact]:
    found: dict[int, tuple[Contact | None, tuple[Contact, ...]]] = {}
    found |= {index: (contact, ()) for index, contact in (same or {}).items()}
    found |= {index: (None, (contact,)) for index, contact in (others or {}).items()}
    return [*plan_rows(rows_of(*subjects), found, {KNOWN.id: known}, {})]


def fates(rows: list[PlannedContact]) -> list[ImportFate]:
    return [row.fate for row in rows]


def test_new_known_and_faulty_rows_are_told_apart() -> None:
    rows = plan(Person("李样", id_number(2)), SUN, None, same={1: KNOWN})
    assert fates(rows) == [F.NEW, F.SAME, F.FAULTY]
    assert [row.is_taken for row in rows] == [True, False, False]


def test_only_what_a_row_fills_in_is_a_change() -> None:
    (empty,) = plan(replace(SUN, mobile=""), same={0: KNOWN})
    (phone,) = plan(replace(SUN, mobile="13800000002", email="a@example.com"), same={0: KNOWN})
    assert (empty.fate, empty.changes) == (F.SAME, ())
    assert (phone.fate, phone.changes) == (F.CHANGED, ("mobile", "email"))


def test_a_number_of_another_name_is_left_out_until_somebody_says_otherwise() -> None:
    (row,) = plan(SUN, others={0: replace(KNOWN, name="另一人")})
    assert (row.fate, row.is_taken) == (F.OTHER_NAME, False)
    assert ImportPlan((row,)).choosing(0, ImportChoice.ADD).taken


def test_rows_of_one_number_that_contradict_each_other_want_a_choice() -> None:
    rows = plan(SUN, Person("李样", id_number(2)), replace(SUN, mobile="13800000002"), replace(SUN, name="孙洋"))
    assert fates(rows) == [F.SAME_NUMBER, F.NEW, F.SAME_NUMBER, F.SAME_NUMBER]
    whole = ImportPlan(tuple(rows))
    assert [row.index for row in whole.taken] == [0, 1]
    assert [row.index for row in whole.choosing(3, ImportChoice.ADD).taken] == [1, 3]
    assert [row.index for row in whole.choosing(0, ImportChoice.LEAVE_OUT).taken] == [1]


def test_rows_that_say_the_same_or_more_are_one() -> None:
    rows = plan(replace(SUN, mobile=""), SUN, replace(SUN, email="a@example.com"))
    assert fates(rows) == [F.NEW, F.SAME, F.SAME]
    assert rows[0].read.subject == replace(SUN, email="a@example.com")


def test_one_phone_book_entry_twice_is_one_and_namesakes_are_two() -> None:
    rows = plan(*(Person("孙样", mobile=one) for one in ("13800000001", "13800000001", "13800000002")))
    assert fates(rows) == [F.NEW, F.SAME, F.NEW]


def test_who_acts_for_an_organization_is_a_row_of_their_own() -> None:
    company = Organization("示例有限公司", CREDIT_CODE)
    read, agents = with_agents(
        [ReadContact(2, company, SUN), ReadContact(3, None, None, faults=(ContactFault.NO_NAME,))]
    )
    assert [one.subject for one in read] == [company, None, SUN]
    assert agents == {0: 2}
    at_home = Contact(ContactId("company"), AccountKind.ORGANIZATION, company.name)
    matches: dict[int, tuple[Contact | None, tuple[Contact, ...]]] = {0: (at_home, ()), 2: (KNOWN, ())}
    known: dict[ContactId, Person | Organization] = {at_home.id: company, KNOWN.id: SUN}
    first, *_ = plan_rows(read, matches, known, agents)
    assert (first.fate, first.changes) == (F.CHANGED, ("agent",))
    matches[0] = (replace(at_home, agents=(ContactAgent(KNOWN.id, "孙样"),)), ())
    first, *_ = plan_rows(read, matches, known, agents)
    assert first.fate is F.SAME
