"""Numbers, phones and e-mails come back with the day's copy, and lie nowhere else in the clear on their way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord, Organization, Person
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.people.contact import ContactEntry, ContactFilter
from esign_desktop.services.backup.job import fetch
from esign_desktop.services.backup.restoring import Missing
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.backup import daily as daily_copy
from esign_desktop.store.backup.daily import unpack_newest
from esign_desktop.store.backup.sealed import BackupKey
from esign_desktop.store.backup.second_folder import FOLDER
from esign_desktop.store.party_details import PartyDetails, SealedPartyDetails, key_as_text
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.settings import Settings
from tests.bulk_samples import id_number
from tests.services.desk import Desk, make_contract
from tests.services.second_computer import (
    CHEAP_KEY,
    COMPUTER,
    PASSPHRASE,
    Clock,
    Keyring,
    copy_now,
    restore_into,
    second_folder,
    share_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform

OLD_KEY: Final = b"old computer's key, made up now."
NEW_KEY: Final = b"new computer's key, made up too."
KNOWN: Final = PartyDetails("110101199003078515", "13800000000", "a@example.com")


@pytest.fixture
def share(tmp_path: Path) -> Path:
    return tmp_path / "share"


@pytest.fixture
def old(tmp_path: Path, platform: SandboxPlatform) -> Iterator[Desk]:
    """The computer that will be gone, with one contact."""
    desk = Desk(tmp_path / "old", platform.environment, party_details_key=OLD_KEY)
    keep(desk, "张示例", OLD_KEY)
    yield desk
    desk.close()


@pytest.fixture
def new(tmp_path: Path, platform: SandboxPlatform) -> Iterator[Desk]:
    """Another computer, whose keyring has a key of its own."""
    desk = Desk(tmp_path / "new", platform.environment, party_details_key=NEW_KEY)
    yield desk
    desk.close()


def keep(desk: Desk, name: str, key: bytes | None, known: PartyDetails = KNOWN, account_id: str = "a") -> AccountRecord:
    home = desk.environment.kind, desk.environment.project_id
    record = AccountRecord(*home, account_id, AccountKind.PERSON, name, masked_number=known.number, reach="r")
    record = replace(record, sealed=SealedPartyDetails(lambda: key).sealed(record, known))
    Accounts(desk.database).remember(record)
    return record


def told(desk: Desk, key: bytes | None = NEW_KEY) -> list[PartyDetails | None]:
    return [SealedPartyDetails(lambda: key).opened(one) for one in Accounts(desk.database).all()]


def test_they_come_back_under_this_computers_own_key(old: Desk, new: Desk, share: Path) -> None:
    copy_now(old, share, party_details_key=OLD_KEY)

    restored = restore_into(new, share)

    assert (restored.account_count, restored.party_details_count, restored.missing_party_details_count) == (1, 1, 0)
    assert told(new) == [KNOWN]
    # The key of the computer that is gone opens nothing here.
    assert told(new, OLD_KEY) == [None]


def test_what_this_computer_knows_stays_and_the_rest_is_added(old: Desk, new: Desk, share: Path) -> None:
    own = PartyDetails("110101199003078515", "13900000001", "")
    keep(old, "李示例", OLD_KEY, account_id="b")
    keep(new, "李示例", NEW_KEY, own, account_id="b")
    copy_now(old, share, party_details_key=OLD_KEY)

    restored = restore_into(new, share)

    assert (restored.account_count, restored.party_details_count, restored.missing_party_details_count) == (1, 1, 0)
    by_name = dict(zip([one.name for one in Accounts(new.database).all()], told(new), strict=True))
    assert by_name == {"张示例": KNOWN, "李示例": own}


def test_a_keyring_that_tells_nothing_now_lets_them_come_with_the_next_restoring(
    old: Desk, new: Desk, share: Path
) -> None:
    copy_now(old, share, party_details_key=OLD_KEY)
    new.party_details_key = None

    restored = restore_into(new, share)

    assert (restored.account_count, restored.party_details_count) == (1, 0)
    assert (restored.missing_party_details_count, restored.missing) == (1, Missing.NO_KEYRING)
    assert [one.sealed for one in Accounts(new.database).all()] == [b""]
    new.party_details_key = NEW_KEY
    again = restore_into(new, share)
    assert (again.account_count, again.party_details_count, again.missing_party_details_count) == (0, 1, 0)
    assert told(new) == [KNOWN]
    kept = Accounts(new.database).all()
    third = restore_into(new, share)
    assert (third.account_count, third.party_details_count, third.missing_party_details_count) == (0, 0, 0)
    assert Accounts(new.database).all() == kept


@pytest.mark.parametrize("other", [{"name": "王示例"}, {"number": "110101199003071233"}], ids=["name", "number"])
def test_an_account_that_is_somebody_elses_here_is_not_filled_in(
    old: Desk, new: Desk, share: Path, other: dict[str, str]
) -> None:
    keep(new, other.get("name", "张示例"), None, replace(KNOWN, number=other.get("number", KNOWN.number)))
    copy_now(old, share, party_details_key=OLD_KEY)

    assert restore_into(new, share).party_details_count == 0
    assert [one.sealed for one in Accounts(new.database).all()] == [b""]


def test_what_lies_here_under_a_key_that_is_gone_is_replaced(old: Desk, share: Path) -> None:
    keep(old, "李示例", OLD_KEY, account_id="b")
    copy_now(old, share, party_details_key=OLD_KEY)
    old.database.run(lambda connection: connection.execute("DELETE FROM accounts WHERE account_id = 'b'"))
    keep(old, "李示例", NEW_KEY, PartyDetails(KNOWN.number, "13900000001"), account_id="b")
    # The same computer, with a keyring that was made anew.
    old.party_details_key = NEW_KEY

    restored = restore_into(old, share)

    assert (restored.account_count, restored.party_details_count, restored.missing_party_details_count) == (0, 1, 0)
    by_id = dict(zip([one.account_id for one in Accounts(old.database).all()], told(old), strict=True))
    assert by_id == {"a": KNOWN, "b": PartyDetails(KNOWN.number, "13900000001")}


def test_a_copy_without_the_key_brings_the_rows_and_says_what_is_missing(old: Desk, new: Desk, share: Path) -> None:
    copy_now(old, share)

    restored = restore_into(new, share)

    assert (restored.account_count, restored.party_details_count) == (1, 0)
    assert (restored.missing_party_details_count, restored.missing) == (1, Missing.NO_KEY)
    assert told(new) == [None]
    # A later copy, made with the key, brings them.
    copy_now(old, share, party_details_key=OLD_KEY)
    assert restore_into(new, share).party_details_count == 1
    assert told(new) == [KNOWN]


@pytest.mark.parametrize("key", ["", "no key", "é", "AAAA", 7, None], ids=repr)
def test_what_is_no_key_in_a_copy_is_none(
    old: Desk, new: Desk, share: Path, monkeypatch: pytest.MonkeyPatch, key: object
) -> None:
    words = daily_copy._values  # noqa: SLF001  as another version might write it
    monkeypatch.setattr(
        daily_copy, "_values", lambda **told: words(**told, **({"particulars_key": key} if "format" in told else {}))
    )
    copy_now(old, share)

    restored = restore_into(new, share)

    assert (restored.account_count, restored.missing) == (1, Missing.NO_KEY)


def test_nothing_is_asked_of_the_keyring_where_nothing_is_sealed(new: Desk, share: Path, tmp_path: Path) -> None:
    empty = Desk(tmp_path / "empty", new.environment)
    keep(empty, "张示例", None)
    copy_now(empty, share, party_details_key=OLD_KEY)
    empty.close()
    new.party_details_key = None

    assert restore_into(new, share).missing_party_details_count == 0


def test_what_another_key_sealed_or_another_accounts_does_not_open_and_is_said(
    old: Desk, new: Desk, share: Path
) -> None:
    other = keep(old, "李示例", b"x" * 32, account_id="b")
    moved = Accounts(old.database).all()[-1]
    keep(old, "王示例", None, account_id="c")
    sound = next(one.sealed for one in Accounts(old.database).all() if one.account_id == "a")
    old.database.run(
        lambda connection: connection.execute("UPDATE accounts SET sealed = ? WHERE account_id = 'c'", (sound,))
    )
    assert other.sealed
    assert moved.sealed
    copy_now(old, share, party_details_key=OLD_KEY)

    restored = restore_into(new, share)

    assert (restored.account_count, restored.party_details_count) == (3, 1)
    assert (restored.missing_party_details_count, restored.missing) == (2, Missing.DAMAGED)
    by_id = dict(zip([one.account_id for one in Accounts(new.database).all()], told(new), strict=True))
    assert by_id == {"a": KNOWN, "b": None, "c": None}
    assert all(one.sealed == b"" for one in Accounts(new.database).all() if one.account_id != "a")


def test_a_key_that_was_changed_in_the_copy_makes_it_no_copy(old: Desk, share: Path, tmp_path: Path) -> None:
    copy_now(old, share, party_details_key=OLD_KEY)
    (path,) = (share / FOLDER / COMPUTER).glob("daily-*.copy")
    whole = path.read_bytes()
    first = whole.index(b"\0\0", 105)
    path.write_bytes(whole[: first + 40] + bytes([whole[first + 40] ^ 1]) + whole[first + 41 :])

    found = fetch(path.parent, PASSPHRASE, tmp_path / "scratch")

    assert (found["made_at_ms"], found["passed_over_count"], found["party_details_key"]) == (0, 1, "")


def test_the_key_lies_in_the_clear_in_no_file(old: Desk, new: Desk, share: Path, tmp_path: Path) -> None:
    copy_now(old, share, party_details_key=OLD_KEY)
    found = fetch(share / FOLDER / COMPUTER, PASSPHRASE, tmp_path / "scratch")
    assert found["party_details_key"] == key_as_text(OLD_KEY)
    assert json.dumps({**found, "party_details_key": ""}).count(key_as_text(OLD_KEY)) == 0
    restore_into(new, share)

    for path in tmp_path.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for form in (OLD_KEY, key_as_text(OLD_KEY).encode(), OLD_KEY.hex().encode(), KNOWN.mobile.encode()):
            assert form not in content, path
    daily = unpack_newest(share / FOLDER / COMPUTER, CHEAP_KEY, tmp_path / "again")
    assert key_as_text(OLD_KEY) not in repr(daily)


def test_a_named_folder_brings_them_back_through_the_processes_of_both(old: Desk, new: Desk, tmp_path: Path) -> None:
    share, keyring, clock = share_at(tmp_path / "stick"), Keyring(party_details=OLD_KEY), Clock()
    copies = second_folder(old, keyring, clock)
    copies.name(share, PASSPHRASE)
    assert copies.keep_up().code == ""
    restorer = second_folder(new, Keyring()).restorer()

    (computer,) = restorer.computers(share)
    report = restorer.restore(computer, PASSPHRASE)

    assert (report.restored.party_details_count, report.restored.missing_party_details_count) == (1, 0)
    assert told(new) == [KNOWN]
    assert key_as_text(OLD_KEY) not in repr(report)
    copies.close()


@pytest.mark.parametrize("code", ["keyring.locked", "keyring.no_backend", "keyring.timeout"])
def test_a_day_on_which_the_keyring_tells_nothing_is_copied_without_the_key(
    old: Desk, tmp_path: Path, code: str
) -> None:
    share, keyring, clock = share_at(tmp_path / "stick"), Keyring(party_details=OLD_KEY), Clock()
    copies = second_folder(old, keyring, clock)
    copies.name(share, PASSPHRASE)
    keyring.code = code

    def copied_key() -> str:
        assert copies.keep_up().code == ""
        (folder,) = (share / FOLDER).iterdir()
        key = BackupKey.from_text(keyring.key or "")
        assert key is not None
        found = unpack_newest(folder, key, tmp_path / "back")
        assert found is not None
        return found.party_details_key

    assert copied_key() == ""
    keyring.code = ""
    clock.now_ms += 24 * 3600 * 1000
    assert copied_key() == key_as_text(OLD_KEY)
    # What was told once is known, though the keyring is locked by then.
    keyring.code = code
    clock.now_ms += 24 * 3600 * 1000
    assert copied_key() == key_as_text(OLD_KEY)
    copies.close()


def contacts_of(desk: Desk) -> ContactService:
    key = desk.party_details_key
    return ContactService(
        Contacts(desk.database),
        Accounts(desk.database),
        ThirdIds(Settings(desk.database)),
        SealedPartyDetails(lambda: key),
        environment=lambda: desk.environment,
    )


def test_contacts_come_back_once_with_who_acts_for_whom(old: Desk, new: Desk, share: Path) -> None:
    there, here = contacts_of(old), contacts_of(new)
    person = Person("李示例", "110101199003078515", mobile="13900000001")
    agent = there.save(ContactEntry(person))
    there.save(ContactEntry(Organization("示例公司", legal_name="王五"), is_ours=True, agents=(agent.id,)))
    known = here.save(ContactEntry(replace(person, mobile="")))
    copy_now(old, share, party_details_key=OLD_KEY)

    for _time in range(2):
        restore_into(new, share)
        here.take_in()

        (company,) = here.search("", ContactFilter.OURS).contacts
        assert ([one.id for one in company.agents], company.legal_name) == ([known.id], "王五")
        assert here.party_details(known.id) == person
        assert here.search("0001").total == 1
        assert sorted(one.name for one in here.search("").contacts) == ["张示例", "李示例", "示例公司"]


@pytest.mark.parametrize("has_own_contact", [False, True])
def test_a_copy_without_the_key_brings_contacts_once_and_counts_those_without_numbers(
    old: Desk, new: Desk, share: Path, has_own_contact: bool
) -> None:
    there, here = contacts_of(old), contacts_of(new)
    person = Person("示例乙", id_number(1), mobile="10000000001")
    there.save(ContactEntry(person))
    if has_own_contact:
        here.save(ContactEntry(person))
    copy_now(old, share)

    for time in range(2):
        restored = restore_into(new, share)

        is_new = not has_own_contact and time == 0
        assert (restored.contact_count, restored.missing_contact_count) == (is_new, not has_own_contact)
        (contact,) = [one for one in here.search("").contacts if one.name == person.name]
        assert here.party_details(contact.id) == (person if has_own_contact else Person(person.name))

    copy_now(old, share, party_details_key=OLD_KEY)
    restored = restore_into(new, share)
    assert (restored.contact_count, restored.missing_contact_count) == (0, 0)
    (contact,) = [one for one in here.search("").contacts if one.name == person.name]
    assert here.party_details(contact.id) == person


@pytest.mark.parametrize("change", ["number_type = 99", "kind = 'robot'"])
def test_a_contact_with_unknown_values_is_counted_and_keeps_no_other_out(
    old: Desk, new: Desk, share: Path, change: str
) -> None:
    there = contacts_of(old)
    odd = there.save(ContactEntry(Person("示例乙", id_number(1))))
    there.save(ContactEntry(Organization("示例公司"), agents=(odd.id,)))
    statement = f"UPDATE contacts SET {change} WHERE id = ?"  # noqa: S608  of this test
    old.database.run(lambda connection: connection.execute(statement, (odd.id,)))
    copy_now(old, share, party_details_key=OLD_KEY)

    restored = restore_into(new, share)

    assert (restored.contact_count, restored.missing_contact_count) == (1, 1)
    assert "示例公司" in [one.name for one in contacts_of(new).search("").contacts]


@pytest.mark.parametrize("has_own_contact", [False, True])
def test_restored_people_are_known_again_by_their_number_without_a_restart(
    tmp_path: Path, new: Desk, share: Path, has_own_contact: bool
) -> None:
    person = Person("李示例", "110101199003078515", mobile="13900000001")
    old = Desk(tmp_path / "other", new.environment, party_details_key=OLD_KEY)
    book = old.make_book()
    record = AccountRecord(
        *(new.environment.kind, new.environment.project_id, "account", AccountKind.PERSON, person.name),
        third_id="third",
        identity=book.look_up(old.environment, person).identity,
    )
    book.remember(record, person)
    contacts_of(old).save(ContactEntry(person))
    copy_now(old, share, party_details_key=OLD_KEY)
    old.close()
    # Both were used before the restoring, and have hashed with this computer's salt.
    book, contacts = new.make_book(), contacts_of(new)
    assert book.look_up(new.environment, person).records == ()
    mine = contacts.save(ContactEntry(Person("王示例", "110101199003072818"))) if has_own_contact else None

    restore_into(new, share)

    assert [one.account_id for one in book.look_up(new.environment, person).records] == ["account"]
    match = contacts.match(person)
    assert match.same is not None
    assert match.same.name == person.name
    if mine is not None:
        # Its identity is hashed with the salt that was here before.
        identity = ThirdIds(Settings(new.database)).identity_of(Person("王示例", "110101199003072818"))
        assert new.database.query("SELECT identity FROM contacts WHERE id = ?", (mine.id,)) == [(identity,)]


@pytest.mark.parametrize("copied_key", [OLD_KEY, None])
def test_what_forms_of_drafts_hold_comes_back_under_this_computers_own_key(
    old: Desk, new: Desk, share: Path, tmp_path: Path, copied_key: bytes | None
) -> None:
    draft = make_contract(tmp_path / "contract")
    filling = TemplateFilling("template", (("borrower", "张三丰"),), (WantedField("borrower"),))
    filled = replace(draft, documents=(replace(draft.documents[0], template=filling),))
    Drafts(old.database, SealedPartyDetails(lambda: OLD_KEY)).save(filled, saved_at_ms=1)
    copy_now(old, share, party_details_key=copied_key)

    restore_into(new, share)

    template = Drafts(new.database, SealedPartyDetails(lambda: NEW_KEY)).load(draft.id).documents[0].template
    assert template == (filling if copied_key is not None else filling.without_values())
    assert Drafts(new.database, SealedPartyDetails(lambda: OLD_KEY)).load(draft.id).documents[0].template == (
        filling.without_values()
    )
