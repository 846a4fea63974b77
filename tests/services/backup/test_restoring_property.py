"""Random work on two computers, with copies, restorings and a locked keyring, against a plain model in memory."""

from __future__ import annotations

import tempfile
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from esign_desktop.domain.account import AccountKind, AccountRecord, Person
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.people.contact import ContactEntry, ContactId
from esign_desktop.services.audit import AuditSeal, unlike_ledger
from esign_desktop.services.backup.restoring import Computer, Missing, Restorer
from esign_desktop.services.erasure.service import person_of_contact, person_traces
from esign_desktop.services.people.accounts import AccountBook
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.backup.second_folder import FOLDER
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.audit import Audit, check_chain
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.settings import Settings
from tests.bulk_samples import id_number
from tests.services.desk import Desk, clock_ms
from tests.services.second_computer import COMPUTER, PASSPHRASE, InProcessJobs, copy_now

if TYPE_CHECKING:
    from esign_desktop.services.backup.restoring import RestoringReport

HERE: Final = Environment(EnvironmentKind.TEST, "https://sign.example.com", "project")
NAMES: Final = ("赵样", "钱样", "孙样", "李样")
MOBILES: Final = ("", "10000000001", "10000000002")

Step = tuple[str, int, int, int]
STEPS: Final = (
    *("contact", "contact", "contact", "account", "account", "flow", "note", "forget"),
    *("copy", "copy", "copy without key", "copy ledger", "restore", "restore", "restore"),
    *("lock", "unlock", "restart"),
)
STEP: Final = st.tuples(st.sampled_from(STEPS), *(st.integers(0, 11) for _number in range(3)))
FIRST: Final[tuple[Step, ...]] = (("contact", 0, 0, 1), ("account", 0, 1, 1), ("note", 0, 0, 0), ("flow", 0, 0, 0))


@dataclass
class Known:
    """What a computer knows, in the model. A mobile is None if neither number nor mobile are known."""

    contacts: dict[int, str | None] = field(default_factory=dict)
    accounts: dict[int, str | None] = field(default_factory=dict)
    ledger: set[str] = field(default_factory=set)
    flows: set[str] = field(default_factory=set)
    has_audit: bool = False


@dataclass
class Copied:
    """The copies of a computer, in the model. ``day`` is None until the first daily copy."""

    day: Known | None = None
    has_key: bool = False
    ledger: set[str] = field(default_factory=set)


def person(who: int, mobile: str) -> Person:
    return Person(NAMES[who], id_number(who + 1), mobile=mobile)


class Installation:
    """A computer with its services, which stay in use until it is restarted."""

    def __init__(self, root: Path, key: bytes) -> None:
        self._root, self._key = root, key
        self.is_locked = False
        self.known = Known()
        self._ids: dict[int, ContactId] = {}
        self._open()

    def _open(self) -> None:
        self.desk = Desk(self._root, HERE)
        self.sealed = SealedPartyDetails(self.key)
        third_ids = ThirdIds(Settings(self.desk.database))
        self.book = AccountBook(Accounts(self.desk.database), third_ids, self.sealed)
        self.contacts = ContactService(
            *(Contacts(self.desk.database), Accounts(self.desk.database), third_ids, self.sealed),
            environment=lambda: HERE,
        )
        self.audit = Audit(self.desk.database, who="示例@computer")

    def key(self) -> bytes | None:
        return None if self.is_locked else self._key

    def close(self) -> None:
        self.desk.close()

    def restart(self) -> None:
        self.close()
        self._open()

    def contact(self, who: int, mobile: str) -> None:
        """Add a person, or change their mobile."""
        entry = ContactEntry(person(who, mobile), self._id_of(who) if who in self.known.contacts else None)
        if self.is_locked or (who in self.known.contacts and self.known.contacts[who] is None):
            return
        self.contacts.save(entry)
        self.known.contacts[who] = mobile

    def account(self, who: int, mobile: str) -> None:
        """Remember an account of a person, whose mobile the platform never changes."""
        if self.is_locked or who in self.known.accounts:
            return
        identity = self.book.look_up(HERE, person(who, "")).identity
        home = HERE.kind, HERE.project_id, f"account-{who}"
        record = AccountRecord(
            *home, AccountKind.PERSON, NAMES[who], third_id=f"third-{who}", identity=identity, reach="r"
        )
        self.book.remember(record, person(who, mobile))
        self.known.accounts[who] = mobile

    def flow(self, flow_id: str) -> None:
        place = {"submission_id": f"s-{flow_id}", "environment": "test", "project_id": "project"}
        self.desk.stores.ledger.append("flow", {**place, "flow_id": flow_id})
        self.known.ledger.add(flow_id)

    def note(self) -> None:
        self.audit.note(AuditAction.SETTING, title="x")
        AuditSeal(self.audit, self.desk.stores.ledger).write()
        self.known.has_audit = True

    def forget(self, who: int) -> None:
        if self.is_locked or self.known.contacts.get(who) is None:
            return
        contact = self.contacts.get(self._id_of(who))
        assert contact is not None
        PersonErasure(self.desk.database, self.sealed, self.audit).begin(person_traces(person_of_contact(contact)))
        # The line of the log is written with the erasure.
        AuditSeal(self.audit, self.desk.stores.ledger).write()
        self.known.has_audit = True
        del self.known.contacts[who]
        self.known.accounts.pop(who, None)

    def _id_of(self, who: int) -> ContactId:
        (found,) = (one.id for one in self.contacts.search("", limit=100).contacts if one.name == NAMES[who])
        return found

    def restore(self, share: Path) -> RestoringReport:
        restorer = Restorer(
            *(self.desk.paths, self.desk.database, self.desk.stores.ledger, InProcessJobs()),
            clock_ms=clock_ms,
            party_details_key=self.key,
        )
        return restorer.restore(Computer(COMPUTER, "", 0, share / FOLDER / COMPUTER), PASSPHRASE)

    def compare(self) -> None:
        """Compare what is known with the model, by the services that were there before the last step."""
        is_locked, self.is_locked = self.is_locked, False
        known = self.known
        found = {one.name: one.id for one in self.contacts.search("", limit=100).contacts}
        assert found.keys() == {NAMES[who] for who in known.contacts}
        for who, mobile in known.contacts.items():
            stored = self.contacts.party_details(found[NAMES[who]])
            assert stored == (Person(NAMES[who]) if mobile is None else person(who, mobile))
            if mobile is not None:
                match = self.contacts.match(person(who, "")).same
                assert match is not None
                assert match.id == found[NAMES[who]]
        records = {record.account_id: record for record in Accounts(self.desk.database).all()}
        assert records.keys() == {f"account-{who}" for who in known.accounts}
        for who, mobile in known.accounts.items():
            opened = self.sealed.opened(records[f"account-{who}"])
            assert (None if opened is None else opened.mobile) == mobile
            if mobile is not None:
                assert [one.account_id for one in self.book.look_up(HERE, person(who, "")).records] == [
                    f"account-{who}"
                ]
        assert {flow.flow_id for flow in Flows(self.desk.database).list()} == known.flows
        self.is_locked = is_locked
        assert self.desk.database.run(check_chain).is_whole
        assert unlike_ledger(self.audit, self.desk.stores.ledger) is None
        assert (self.audit.head() is not None) == known.has_audit


class Pair:
    """A computer that makes copies, another that restores them, and the model of both."""

    def __init__(self, folder: Path) -> None:
        self._share = folder / "share"
        self.old = Installation(folder / "old", b"old computer's key, made up now.")
        self.new = Installation(folder / "new", b"new computer's key, made up too.")
        self._copied = Copied()
        self._count = 0

    def close(self) -> None:
        self.old.close()
        self.new.close()

    def do(self, step: Step) -> None:
        name, which, who, value = step
        here = self.old if which % 2 == 0 else self.new
        match name:
            case "contact":
                here.contact(who % 4, MOBILES[value % 3])
            case "account":
                here.account(who % 4, MOBILES[value % 3])
            case "flow":
                self._count += 1
                here.flow(f"flow-{self._count}")
            case "note":
                here.note()
            case "forget":
                here.forget(who % 4)
            case "lock" | "unlock":
                self.new.is_locked = name == "lock"
            case "restart":
                here.restart()
            case "restore":
                self._restore()
            case _:
                self._copy(has_day=name != "copy ledger", has_key=name == "copy")

    def _copy(self, *, has_day: bool, has_key: bool) -> None:
        old = self.old
        kinds = ("ledger", "daily") if has_day else ("ledger",)
        copy_now(old.desk, self._share, kinds=kinds, party_details_key=old.key() if has_key else None)
        self._copied.ledger = set(old.known.ledger)
        if has_day:
            self._copied.day, self._copied.has_key = deepcopy(old.known), has_key

    def _restore(self) -> None:
        if not self._share.exists():
            return
        new, copied = self.new.known, self._copied
        report = self.new.restore(self._share)
        restored = report.restored
        is_open = copied.has_key and not self.new.is_locked
        day = copied.day or Known()

        added = {who: mobile if is_open else None for who, mobile in day.accounts.items() if who not in new.accounts}
        filled = {who: day.accounts[who] for who in day.accounts if is_open and new.accounts.get(who, "") is None}
        new.accounts |= {**added, **filled}
        missing = 0 if is_open else sum(new.accounts[who] is None for who in day.accounts)
        assert restored.account_count == len(added)
        assert restored.party_details_count == (len(added) + len(filled) if is_open else 0)
        assert restored.missing_party_details_count == missing

        strangers = day.contacts.keys() - new.contacts.keys()
        for who, mobile in day.contacts.items():
            # What is known here stays, and an empty mobile is filled in.
            here = new.contacts.get(who)
            new.contacts[who] = (here or mobile) if is_open else here
        missing_contacts = sum(new.contacts[who] is None for who in day.contacts)
        assert (restored.contact_count, restored.missing_contact_count) == (len(strangers), missing_contacts)
        if (day.contacts or day.accounts) and not is_open:
            assert restored.missing is (Missing.NO_KEYRING if copied.has_key else Missing.NO_KEY)

        ledger = new.ledger | copied.ledger
        is_new = bool(ledger - new.ledger or ledger - new.flows or added or strangers)
        assert restored.flow_count == len(ledger - new.flows)
        assert restored.has_audit == (day.has_audit and not new.has_audit)
        new.ledger, new.flows = ledger, set(ledger)
        new.has_audit |= is_new or restored.has_audit or (self.new.audit.head() is not None)
        assert report.is_whole == (copied.day is not None and not missing and not missing_contacts)


def run(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Pair(Path(folder))) as pair:
        for step in (*FIRST, *steps):
            pair.do(step)
            pair.old.compare()
            pair.new.compare()


OPTIONS: Final = settings(
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(OPTIONS, max_examples=6)
@seed(1)
@given(st.lists(STEP, min_size=12, max_size=25))
def test_two_computers_know_what_a_plain_model_says_after_any_copies_and_restorings(steps: list[Step]) -> None:
    run(steps)


@pytest.mark.nightly
@settings(OPTIONS, max_examples=20)
@seed(2)
@given(st.lists(STEP, min_size=20, max_size=50))
def test_two_computers_know_what_a_plain_model_says_after_many_copies_and_restorings(steps: list[Step]) -> None:
    run(steps)
