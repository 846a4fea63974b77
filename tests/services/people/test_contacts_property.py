"""Random sequences of edits, imports, undos, merges, erasures and a locked keyring, against a plain model in memory."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.people.contact import ContactEntry, ContactId, new_contact_id
from esign_desktop.services.backup.contacts import read_contacts, take_contacts
from esign_desktop.services.erasure.service import person_of_contact, person_traces
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.database.connection import Database
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.settings import Settings
from tests.bulk_samples import id_number
from tests.raised import raises_code

if TYPE_CHECKING:
    from esign_desktop.services.people.contacts import ImportUndo

HERE = Environment(EnvironmentKind.TEST, "https://sign.example.com", "project")
NAMES = ("赵样", "钱样", "孙样")
MOBILES = ("", "13800000001", "13800000002")
EMAILS = ("", "a@example.com", "b@example.com")

Step = tuple[str, int, int, int, int]
STEPS = (
    *("add", "firm", "edit", "edit", "edit", "agents", "agents", "import", "import", "import", "undo", "undo"),
    *("merge", "forget", "lock", "unlock", "unlock"),
)
STEP = st.tuples(st.sampled_from(STEPS), *(st.integers(0, 5) for _number in range(4)))


@dataclass
class Kept:
    """A contact of the model; ``agents`` are ids. A firm's ``mobile`` is always empty."""

    name: str
    is_firm: bool
    number: str = ""
    mobile: str = ""
    email: str = ""
    legal_name: str = ""
    is_ours: bool = False
    agents: list[ContactId] = field(default_factory=list)

    def values(self) -> tuple[str | bool, ...]:
        return self.name, self.mobile, self.email, self.legal_name, self.is_ours

    def subject(self) -> Person | Organization:
        if self.is_firm:
            return Organization(self.name, email=self.email, legal_name=self.legal_name)
        return Person(self.name, self.number, mobile=self.mobile, email=self.email)


@dataclass
class Imported:
    """One contact of an import as the model remembers it; ``before`` is None if the import added it."""

    contact_id: ContactId
    before: Kept | None
    after: Kept


class Desk:
    """The contacts of one installation beside the model."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "esign.db")
        self.database.open()
        self.is_locked = False
        self.sealed = SealedPartyDetails(lambda: None if self.is_locked else b"k" * 32)
        self.service = ContactService(
            *(Contacts(self.database), Accounts(self.database), ThirdIds(Settings(self.database)), self.sealed),
            environment=lambda: HERE,
        )
        self.model: dict[ContactId, Kept] = {}
        self.imports: list[tuple[ImportUndo, list[Imported]]] = []
        self._count = 0

    def close(self) -> None:
        self.database.close()

    def do(self, step: Step) -> None:
        """Do one step here and in the model; a change of what the keyring locks has to be refused."""
        getattr(self, f"_{step[0]}")(*step[1:])

    def compare(self, service: ContactService | None = None) -> None:
        """Compare all contacts; their ids too, unless they were restored into another installation."""
        compared = service or self.service
        found = {contact.id: contact for contact in compared.search("", limit=1_000).contacts}
        assert found.keys() == self.model.keys()
        for contact_id, kept in self.model.items():
            contact = found[contact_id]
            assert [agent.id for agent in contact.agents] == kept.agents
            assert (contact.name, contact.is_ours, contact.legal_name) == (kept.name, kept.is_ours, kept.legal_name)
            assert compared.party_details(contact_id) == kept.subject()

    def _lock(self, *_numbers: int) -> None:
        self.is_locked = True

    def _unlock(self, *_numbers: int) -> None:
        self.is_locked = False

    def _add(self, name: int, mobile: int, email: int, ours: int) -> None:
        if self.is_locked:
            return
        self._count += 1
        kept = Kept(NAMES[name % 3], False, id_number(self._count), MOBILES[mobile % 3], EMAILS[email % 3])
        kept.is_ours = ours % 2 == 1
        saved = self.service.save(ContactEntry(kept.subject(), is_ours=kept.is_ours))
        self.model[saved.id] = kept

    def _firm(self, legal: int, *_numbers: int) -> None:
        if self.is_locked:
            return
        self._count += 1
        kept = Kept(f"示例公司{self._count}", True, legal_name=("", *NAMES)[legal % 4])
        self.model[self.service.save(ContactEntry(kept.subject(), agents=())).id] = kept

    def _edit(self, who: int, mobile: int, email: int, ours: int) -> None:
        contact_id = self._one(who)
        if contact_id is None:
            return
        kept = replace(self.model[contact_id], email=EMAILS[email % 3], is_ours=ours % 2 == 1)
        if not kept.is_firm:
            kept.mobile = MOBILES[mobile % 3]
        self._save(contact_id, kept)

    def _save(self, contact_id: ContactId, kept: Kept, agents: tuple[ContactId, ...] | None = None) -> None:
        before = self.model[contact_id]
        entry = ContactEntry(kept.subject(), contact_id, is_ours=kept.is_ours, agents=agents)
        if self.is_locked and (before.number or before.email):
            with raises_code(StoreError, "contact.locked"):
                self.service.save(entry)
        elif not self.is_locked:
            self.service.save(entry)
            self.model[contact_id] = kept

    def _agents(self, firm: int, first: int, second: int, count: int) -> None:
        firm_id, people = self._one(firm, is_firm=True), [self._one(who, is_firm=False) for who in (first, second)]
        if firm_id is None:
            return
        chosen = list(dict.fromkeys(person for person in people[: count % 3] if person is not None))
        kept = replace(self.model[firm_id], agents=chosen)
        self._save(firm_id, kept, tuple(chosen))

    def _import(self, who: int, mobile: int, email: int, firm: int) -> None:
        """Import a person, new or known, and make them the default agent of a firm."""
        if self.is_locked:
            return
        known, firm_id = self._one(who, is_firm=False) if who % 2 else None, self._one(firm, is_firm=True)
        self._count += 1
        base = self.model.get(known) if known is not None else None
        name = NAMES[who % 3] if base is None else base.name
        number = id_number(self._count) if base is None else base.number
        told = Person(name, number, mobile=MOBILES[mobile % 3], email=EMAILS[email % 3])
        person_id = known or new_contact_id()
        start = base or Kept(name, False, number)
        after = replace(start, mobile=told.mobile or start.mobile, email=told.email or start.email)
        batch = [ContactEntry(told, person_id)]
        imported = [Imported(person_id, base, after)]
        if firm_id is not None:
            before = self.model[firm_id]
            legal = NAMES[mobile % 3]
            agents = [person_id, *(agent for agent in before.agents if agent != person_id)]
            batch.append(ContactEntry(Organization(before.name, legal_name=legal), firm_id, agents=tuple(agents)))
            imported.append(Imported(firm_id, before, replace(before, legal_name=legal, agents=agents)))
        undo = self.service.import_all(batch)
        self.imports.append((undo, imported))
        for contact in imported:
            # A later erasure changes the contact, and not what the import remembers of it.
            self.model[contact.contact_id] = replace(contact.after)

    def _undo(self, which: int, *_numbers: int) -> None:
        if not self.imports or self.is_locked:
            return
        undo, imported = self.imports.pop(which % len(self.imports))
        left = self.service.undo(undo)
        model_left: set[ContactId] = set()
        for one in reversed(imported):
            now = self.model.get(one.contact_id)
            if now is None:
                continue
            if one.before is not None:
                new = self._reverted(one, now)
                self.model[one.contact_id] = new
                changed = [
                    name
                    for name in ("mobile", "email", "legal_name")
                    if getattr(one.before, name) != getattr(one.after, name)
                ]
                if any(getattr(new, name) != getattr(one.before, name) for name in changed):
                    model_left.add(one.contact_id)
                if now.is_firm and not self._follows(now.agents, one.after.agents) and now.agents != one.after.agents:
                    model_left.add(one.contact_id)
        for one in imported:
            now = self.model.get(one.contact_id)
            if one.before is None and now is not None:
                is_agent = any(one.contact_id in kept.agents for kept in self.model.values())
                if now.values() == one.after.values() and not is_agent:
                    del self.model[one.contact_id]
                else:
                    model_left.add(one.contact_id)
        assert left == len(model_left)

    def _reverted(self, one: Imported, now: Kept) -> Kept:
        assert one.before is not None
        changes = {
            name: getattr(one.before, name)
            for name in ("mobile", "email", "legal_name")
            if getattr(now, name) == getattr(one.after, name)
        }
        new = replace(now, **changes)
        if now.is_firm and self._follows(now.agents, one.after.agents):
            rest = now.agents[len(self._there(one.after.agents)) :]
            new.agents = self._there(list(dict.fromkeys((*one.before.agents, *rest))))
        return new

    def _follows(self, now: list[ContactId], after: list[ContactId]) -> bool:
        expected = self._there(after)
        return now[: len(expected)] == expected

    def _there(self, ids: list[ContactId]) -> list[ContactId]:
        return [one for one in ids if one in self.model]

    def _merge(self, first: int, second: int, *_numbers: int) -> None:
        """Merge a person with a namesake who has no number, which is added for it."""
        kept_id = self._one(first, is_firm=False)
        if kept_id is None or self.is_locked:
            return
        kept = self.model[kept_id]
        bare = Kept(kept.name, False, mobile=MOBILES[1 + second % 2], email=EMAILS[second % 3])
        gone_id = new_contact_id()
        self.service.import_all([ContactEntry(bare.subject(), gone_id)])
        self.service.merge(kept_id, gone_id)
        self.model[kept_id] = replace(kept, mobile=kept.mobile or bare.mobile, email=kept.email or bare.email)

    def _forget(self, who: int, *_numbers: int) -> None:
        contact_id = self._one(who, is_firm=False)
        if contact_id is None:
            return
        contact = self.service.get(contact_id)
        assert contact is not None
        PersonErasure(self.database, self.sealed).begin(person_traces(person_of_contact(contact)))
        gone = self.model.pop(contact_id)
        for kept in self.model.values():
            kept.agents = [agent for agent in kept.agents if agent != contact_id]
            if kept.legal_name == gone.name:
                kept.legal_name = ""

    def _one(self, number: int, *, is_firm: bool | None = None) -> ContactId | None:
        ids = [one for one, kept in self.model.items() if is_firm is None or kept.is_firm is is_firm]
        return ids[number % len(ids)] if ids else None


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(STEP, min_size=25, max_size=60))
def test_contacts_are_as_a_plain_model_says_after_any_steps_and_after_a_restoring(steps: list[Step]) -> None:
    first = [("add", 0, 1, 1, 0), ("add", 1, 2, 0, 1), ("firm", 1, 0, 0, 0), ("agents", 0, 0, 0, 1)]
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as other_folder,
        closing(Desk(Path(folder))) as desk,
        closing(Desk(Path(other_folder))) as other,
    ):
        for step in (*first, *steps):
            desk.do(step)
            if not desk.is_locked:
                desk.compare()
        desk.is_locked = False
        desk.compare()
        copied = read_contacts(desk.database)
        take_contacts(copied, other.database, theirs=desk.sealed, own=other.sealed)
        desk.compare(other.service)
