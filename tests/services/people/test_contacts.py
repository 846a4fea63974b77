"""Contacts: found by what is remembered of them, one for each identity, and nothing personal in clear on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord, Organization, Person, PersonIdType
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import Cancelled, CancelToken, InputError
from esign_desktop.domain.people.contact import ContactEntry, ContactFilter, ContactId, new_contact_id
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId
from esign_desktop.services.erasure.service import person_of_contact, person_traces
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.known_party import account_party, known_party
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.settings import Settings
from tests.raised import raises_code
from tests.services.desk import Desk, make_contract

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.people.contact import Contact
    from tests.services.sandbox_platform import SandboxPlatform

ZENG = Person("曾小贤", "110101199003078515", mobile="13800000001", email="zeng@example.com", third_id="客户-7")
LI = Person("李四", "11010119900307803X", mobile="13900000002")
COMPANY = Organization(
    "云禾科技有限公司", "91110000600037341L", legal_name="周知夏", legal_id_number="110101199003071234"
)


def service_of(desk: Desk) -> ContactService:
    key = desk.party_details_key
    return ContactService(
        Contacts(desk.database),
        Accounts(desk.database),
        ThirdIds(Settings(desk.database)),
        SealedPartyDetails(lambda: key),
        environment=lambda: desk.environment,
    )


@pytest.fixture
def contacts(desk: Desk) -> ContactService:
    return service_of(desk)


@pytest.fixture
def sending(desk: Desk, contacts: ContactService) -> Desk:
    """A desk whose sends tell the contacts."""
    desk.on_remembered = contacts.note
    desk.stores = desk.make_stores()
    desk.submission = desk.make_submission(desk.stores)
    return desk


def names(contacts: ContactService, text: str, kind: ContactFilter = ContactFilter.ALL) -> list[str]:
    return [one.name for one in contacts.search(text, kind).contacts]


def send(desk: Desk, folder: Path, *signers: Person | OrganizationSigner) -> None:
    parties = tuple(PersonSigner(SignerId("p"), one) if isinstance(one, Person) else one for one in signers)
    draft = make_contract(folder, signers=parties)
    outcome = desk.submission.run(desk.submission.queue(draft, desk.environment))
    assert outcome.error is None


@pytest.mark.parametrize(
    "text",
    [
        *("曾小贤", "小贤", "zengxiaoxian", "ceng", "zxx", "CXX", "８５１５", "8515", "13800000001", "000001"),
        *("客户-7", "zeng 8515", "110101199003078515", "078515"),
    ],
)
def test_a_contact_is_found_by_what_is_remembered(contacts: ContactService, text: str) -> None:
    contacts.save(ContactEntry(ZENG))
    contacts.save(ContactEntry(LI))
    assert names(contacts, text) == ["曾小贤"]


@pytest.mark.parametrize("text", ["zxx 0002", "1380", "赵", "110101", "%", "_", "zeng@"])
def test_a_contact_is_not_found_by_anything_else(contacts: ContactService, text: str) -> None:
    contacts.save(ContactEntry(ZENG))
    assert names(contacts, text) == []


def test_no_number_and_no_address_reaches_the_disk_in_clear(desk: Desk, contacts: ContactService) -> None:
    contacts.save(ContactEntry(ZENG))
    contacts.save(ContactEntry(COMPANY))
    desk.database.close()
    written = desk.all_bytes()
    # Four digits alone stand in some digest now and then.
    tail = f"****{ZENG.mobile[-4:]}"
    told = (ZENG.id_number, ZENG.mobile, ZENG.email, COMPANY.code, COMPANY.legal_id_number, tail)
    assert [one for one in told if one.encode() in written] == []
    desk.database.open()


def test_what_was_typed_is_shown_masked_and_told_on_demand(contacts: ContactService) -> None:
    zeng, company = contacts.save(ContactEntry(ZENG)), contacts.save(ContactEntry(COMPANY, is_ours=True))
    assert (zeng.masked_number, zeng.masked_mobile, zeng.masked_email) == (
        "****8515",
        "138****0001",
        "z***@example.com",
    )
    assert contacts.party_details(zeng.id) == ZENG
    assert contacts.party_details(company.id) == COMPANY
    assert (company.legal_name, company.is_ours, company.at_platform) == ("周知夏", True, frozenset())


def test_without_a_keyring_no_more_is_kept_than_the_masked_number(desk: Desk) -> None:
    desk.party_details_key = None
    contacts = service_of(desk)
    kept = contacts.save(ContactEntry(ZENG), may_lack_numbers=True)
    assert (kept.masked_number, kept.masked_mobile, kept.masked_email) == ("****8515", "", "")
    assert contacts.party_details(kept.id) == Person("曾小贤", third_id="客户-7")
    assert contacts.match(ZENG).same == kept
    with raises_code(InputError, "contact.exists"):
        contacts.save(ContactEntry(ZENG), may_lack_numbers=True)


def test_ours_stand_on_top_and_filters_tell_kinds_apart(contacts: ContactService) -> None:
    for entry in (ContactEntry(ZENG), ContactEntry(COMPANY), ContactEntry(LI)):
        contacts.save(entry)
    contacts.mark_ours(contacts.search("yhkj").contacts[0].id, is_ours=True)
    assert names(contacts, "")[0] == COMPANY.name
    assert sorted(names(contacts, "", ContactFilter.PERSONS)) == ["曾小贤", "李四"]
    assert names(contacts, "", ContactFilter.ORGANIZATIONS) == names(contacts, "", ContactFilter.OURS) == [COMPANY.name]
    counts = contacts.counts()
    assert counts == {
        ContactFilter.ALL: 3,
        ContactFilter.PERSONS: 2,
        ContactFilter.ORGANIZATIONS: 1,
        ContactFilter.OURS: 1,
        ContactFilter.NOT_AT_PLATFORM: 3,
    }


def test_who_begins_so_comes_before_who_only_holds_it(contacts: ContactService) -> None:
    contacts.save(ContactEntry(Person("王小李", "110101199003071234")))
    contacts.save(ContactEntry(LI))
    assert names(contacts, "li") == ["李四", "王小李"]


def test_a_number_belongs_to_one_contact_of_a_name(contacts: ContactService) -> None:
    kept = contacts.save(ContactEntry(ZENG))
    with raises_code(InputError, "contact.exists"):
        contacts.save(ContactEntry(ZENG))
    other = Person("曾大贤", ZENG.id_number)
    with pytest.raises(InputError) as refused:
        contacts.save(ContactEntry(other))
    assert (refused.value.code, refused.value.params["contact_id"]) == ("contact.another_name", kept.id)
    assert [one.id for one in contacts.match(other).others] == [kept.id]
    meant = contacts.save(ContactEntry(other), is_meant=True)
    assert meant.id != kept.id


@pytest.mark.parametrize("name", ["", "  ", "\u3000"])
def test_a_contact_has_a_name(contacts: ContactService, name: str) -> None:
    with raises_code(InputError, "contact.no_name"):
        contacts.save(ContactEntry(Person(name, ZENG.id_number)))


def test_an_empty_number_stays_and_an_empty_mobile_goes(contacts: ContactService) -> None:
    kept = contacts.save(ContactEntry(ZENG))
    changed = contacts.save(ContactEntry(Person("曾小贤"), kept.id))
    assert (changed.masked_number, changed.masked_mobile, changed.own_reference) == ("****8515", "", "")
    assert contacts.party_details(kept.id) == Person("曾小贤", ZENG.id_number)


def test_a_gone_contact_is_told_as_gone(contacts: ContactService) -> None:
    assert contacts.get(ContactId("nobody")) is None
    with raises_code(InputError, "contact.gone"):
        contacts.party_details(ContactId("nobody"))


def test_every_send_adds_or_renews_its_persons(
    sending: Desk, contacts: ContactService, platform: SandboxPlatform, tmp_path: Path
) -> None:
    imported = contacts.save(ContactEntry(Person("李四", mobile=LI.mobile)))
    send(sending, tmp_path / "1", OrganizationSigner(SignerId("o"), COMPANY, LI))
    send(sending, tmp_path / "2", Person("李四", LI.id_number, mobile="13900000009"))
    (li,) = contacts.search("", ContactFilter.PERSONS).contacts
    (company,) = contacts.search("", ContactFilter.ORGANIZATIONS).contacts
    assert (li.id, li.masked_number, li.masked_mobile) == (imported.id, "****803X", "139****0009")
    assert (li.contract_count, company.contract_count) == (2, 1)
    assert [one.name for one in company.agents] == ["李四"]
    assert [one.name for one in li.acts_for] == [COMPANY.name]
    assert li.at_platform == {sending.environment.kind}
    assert li.last_contract_ms > 0
    assert [one.masked_mobile for one in contacts.accounts(li.id)] == ["139****0009", "139****0002"]
    assert [one.is_current for one in contacts.accounts(li.id)] == [True, False]
    assert len(contacts.history(li.id)) == 2
    assert names(contacts, "", ContactFilter.NOT_AT_PLATFORM) == []
    assert contacts.counts()[ContactFilter.NOT_AT_PLATFORM] == 0


def test_who_the_platform_has_keeps_name_and_number(sending: Desk, contacts: ContactService, tmp_path: Path) -> None:
    send(sending, tmp_path, LI)
    (li,) = contacts.search("李四").contacts
    for changed in (Person("李斯", LI.id_number), Person("李四", ZENG.id_number)):
        with raises_code(InputError, "contact.identity_known"):
            contacts.save(ContactEntry(changed, li.id))
    assert contacts.save(ContactEntry(Person("李 四", LI.id_number, mobile="13700000000"), li.id)).name == "李 四"
    with raises_code(InputError, "contact.has_accounts"):
        contacts.delete(li.id)


def test_accounts_of_before_become_contacts_at_the_first_start(
    desk: Desk, contacts: ContactService, platform: SandboxPlatform, tmp_path: Path
) -> None:
    send(desk, tmp_path / "1", OrganizationSigner(SignerId("o"), COMPANY, LI))
    assert names(contacts, "") == []
    assert contacts.take_in() == 2
    assert contacts.take_in() == 0
    (li,) = contacts.search("李四").contacts
    (company,) = contacts.search("yunhe").contacts
    assert (li.contract_count, company.contract_count, li.masked_mobile) == (1, 1, "139****0002")
    assert [one.name for one in company.agents] == ["李四"]
    assert contacts.party_details(li.id).identity == LI.identity


def test_two_of_one_name_of_whom_nothing_else_is_known_stay_two(desk: Desk, contacts: ContactService) -> None:
    for account_id in ("a-1", "a-2"):
        record = AccountRecord(EnvironmentKind.TEST, "p", account_id, AccountKind.PERSON, "王五")
        Accounts(desk.database).remember(record)
    contacts.take_in()
    assert names(contacts, "王五") == ["王五", "王五"]


def test_an_import_adds_fills_up_and_is_taken_back(contacts: ContactService) -> None:
    kept = contacts.save(ContactEntry(Person("李四", LI.id_number)))
    agent = new_contact_id()
    batch = [
        ContactEntry(ZENG, agent),
        ContactEntry(COMPANY, agents=(agent,)),
        ContactEntry(Person("李", LI.id_number, mobile=LI.mobile), kept.id),
    ]
    done: list[int] = []
    undo = contacts.import_all(batch, on_progress=done.append)
    assert done == [3]
    assert contacts.party_details(kept.id) == LI
    assert [one.name for one in contacts.search("yunhe").contacts[0].agents] == ["曾小贤"]
    contacts.undo(undo)
    assert names(contacts, "") == ["李四"]
    assert contacts.get(kept.id) == kept


def test_an_import_that_is_stopped_changes_nothing(contacts: ContactService) -> None:
    cancel = CancelToken()
    batch = [ContactEntry(Person(f"客户{index}")) for index in range(1200)]
    with pytest.raises(Cancelled):
        contacts.import_all(batch, cancel=cancel, on_progress=lambda _done: cancel.cancel())
    assert contacts.search("").total == 0


def test_thousands_are_matched_as_one_is(contacts: ContactService) -> None:
    for one in (ZENG, LI, COMPANY):
        contacts.save(ContactEntry(one))
    probes: list[Person | Organization] = [ZENG, Person("李斯", LI.id_number), COMPANY]
    probes += [Person("新人", "110101199003071234"), Person("李四")]
    found = contacts.match_all(probes)
    assert found == tuple(map(contacts.match, probes))
    assert [one.same.name if one.same else "" for one in found] == ["曾小贤", "", COMPANY.name, "", ""]


def test_two_become_one_with_everything_that_is_theirs(sending: Desk, contacts: ContactService, tmp_path: Path) -> None:
    send(sending, tmp_path / "1", LI)
    (li,) = contacts.search("李四").contacts
    card = contacts.save(ContactEntry(Person("小李", email="li@example.com"), is_ours=True))
    company = contacts.save(ContactEntry(COMPANY, agents=(card.id,)))
    merged = contacts.merge(li.id, card.id)
    assert (merged.name, merged.masked_email, merged.is_ours) == ("李四", "l***@example.com", True)
    assert merged.contract_count == 1
    assert contacts.get(card.id) is None
    found = contacts.get(company.id)
    assert found is not None
    assert [one.id for one in found.agents] == [li.id]


def test_an_account_under_another_name_tells_nobody(sending: Desk, contacts: ContactService, tmp_path: Path) -> None:
    send(sending, tmp_path / "1", LI)
    (li,) = contacts.search("李四").contacts
    card = contacts.save(ContactEntry(Person("小李")))
    assert contacts.merge(card.id, li.id).name == "小李"
    signer = contacts.signer(card.id)
    assert isinstance(signer, PersonSigner)
    assert (signer.person.name, signer.person.account_id) == ("小李", "")
    party = known_party(contacts, sending.environment, card.id)
    assert (party.record, party.subject) == (None, signer.person)
    with raises_code(InputError, "contact.not_at_platform"):
        account_party(contacts, sending.environment, card.id)


def test_two_with_different_numbers_stay_two(contacts: ContactService) -> None:
    zeng, li = contacts.save(ContactEntry(ZENG)), contacts.save(ContactEntry(LI))
    assert not contacts.may_be_one(zeng.id, li.id)
    with raises_code(InputError, "contact.two_identities"):
        contacts.merge(zeng.id, li.id)
    passport = contacts.save(ContactEntry(Person("李四", "E12345678", PersonIdType.PASSPORT)))
    with raises_code(InputError, "contact.two_identities"):
        contacts.merge(li.id, passport.id)
    assert contacts.search("").total == 3


def test_forgetting_a_namesake_leaves_the_legal_representative_of_another_company(
    desk: Desk, contacts: ContactService
) -> None:
    company = contacts.save(ContactEntry(COMPANY))
    namesake = contacts.save(ContactEntry(Person("周知夏", "110101199003075517", mobile="13800000009")))
    without_number = contacts.save(ContactEntry(Person("周知夏", mobile="13800000008")))
    erasure = PersonErasure(desk.database, SealedPartyDetails(lambda: desk.party_details_key))
    for gone in (namesake, without_number):
        erasure.begin(person_traces(person_of_contact(gone)))
        erasure.files_done()
        erasure.end()
    assert contacts.get(namesake.id) is None
    assert contacts.party_details(company.id) == COMPANY


def test_a_person_who_is_forgotten_is_no_contact_any_more(desk: Desk, contacts: ContactService) -> None:
    zeng = contacts.save(ContactEntry(ZENG))
    legal = Person("周知夏", COMPANY.legal_id_number)
    gone: Contact = contacts.save(ContactEntry(legal))
    company = contacts.save(ContactEntry(COMPANY, agents=(gone.id, zeng.id)))
    erasure = PersonErasure(desk.database, SealedPartyDetails(lambda: desk.party_details_key))
    erasure.begin(person_traces(person_of_contact(gone)))
    erasure.files_done()
    erasure.end()
    left = contacts.get(company.id)
    assert left is not None
    assert (left.legal_name, [one.name for one in left.agents]) == ("", ["曾小贤"])
    assert contacts.party_details(company.id) == Organization(COMPANY.name, COMPANY.code)
    assert names(contacts, "周知夏") == []
    desk.database.close()
    assert "周知夏".encode() not in desk.all_bytes()
    assert b"zhouzhixia" not in desk.all_bytes()
    desk.database.open()
