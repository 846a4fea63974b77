"""Search, store, import and merge the contacts with which contracts are prepared.

Entries with the same number and name are the same contact. Numbers and addresses are stored encrypted, or not at all.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import (
    AccountKind,
    AccountRecord,
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
    folded_name,
    masked_email,
    masked_mobile,
    party_of,
)
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.erasure import FORGOTTEN_NAME, is_forgotten
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.contact import (
    Contact,
    ContactAgent,
    ContactEntry,
    ContactFilter,
    ContactId,
    ContactMatch,
    ContactPage,
    new_contact_id,
)
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, new_signer_id
from esign_desktop.services.people.contact_rows import (
    ContactRows,
    Subject,
    is_another,
    joined,
    kind_of,
    may_not_be_one,
    number_type_of,
    reach_of,
    with_edits,
)
from esign_desktop.services.people.search_text import tail_of
from esign_desktop.store.party_details import PartyDetails
from esign_desktop.store.tables.contacts import ContactRow, SearchWord

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from esign_desktop.domain.environment import Environment, EnvironmentKind
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.audit import Note as AuditNote
    from esign_desktop.services.people.third_ids import ThirdIds
    from esign_desktop.store.party_details import SealedPartyDetails
    from esign_desktop.store.tables.accounts import Accounts
    from esign_desktop.store.tables.contacts import AccountKey, Contacts


MOST_SHOWN: Final = 100
_PART: Final = 500
"""The number of contacts written in one transaction, during which other callers of the store have to wait."""


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """A contact that was added or changed by an import.

    ``before`` is None if the import added the contact. ``agents`` are an organization's agents before and after the
    import, or None if the import did not change them.
    """

    before: ContactRow | None = field(repr=False)
    after: ContactRow = field(repr=False)
    agents: tuple[tuple[ContactId, ...], tuple[ContactId, ...]] | None = None


@dataclass(frozen=True, slots=True)
class ImportUndo:
    """The changes made by an import, kept while the program runs so that the import can be undone."""

    contacts: tuple[ImportedContact, ...] = ()

    @property
    def added(self) -> tuple[ContactId, ...]:
        return tuple(contact.after.id for contact in self.contacts if contact.before is None)

    @property
    def updated(self) -> tuple[ContactId, ...]:
        return tuple(contact.after.id for contact in self.contacts if contact.before is not None)


class ContactService:
    """The service that searches, edits, imports and merges contacts.

    Calls block on the store; the first call also blocks on the keyring. Each call may raise StoreError.
    """

    def __init__(
        self,
        contacts: Contacts,
        accounts: Accounts,
        third_ids: ThirdIds,
        party_details: SealedPartyDetails,
        *,
        environment: Callable[[], Environment],
        note: AuditNote = lambda _action, _title: None,
    ) -> None:
        self._contacts = contacts
        self._accounts = accounts
        self._party_details = party_details
        self._rows = ContactRows(third_ids, party_details)
        self._environment = environment
        self._note_done = note
        self._lock = threading.Lock()
        """Held from the time a contact is looked up until it is written."""

    def our_names(self) -> frozenset[str]:
        """Return the names of the user's own organizations."""
        rows, _ = self._contacts.find((), ContactFilter.OURS, self._home(), MOST_SHOWN)
        return frozenset(row.name for row in rows)

    def search(
        self, text: str, kind: ContactFilter = ContactFilter.ALL, limit: int = MOST_SHOWN, offset: int = 0
    ) -> ContactPage:
        """Return a page of the contacts that match every word of a text.

        A word matches a part of a name, of the name's pinyin or initials, or of a reference. A word also matches the
        last digits of a number. ``offset`` is the number of matches to skip, and ``limit`` is the maximum number to
        return.
        """
        words = [
            SearchWord(word, tail_of(self._rows.digest, word)) for part in text.split() if (word := folded_name(part))
        ]
        rows, total = self._contacts.find(words, kind, self._home(), limit, offset)
        return ContactPage(self._shown(rows), total)

    def counts(self) -> dict[ContactFilter, int]:
        """Return the number of contacts that each filter selects."""
        return self._contacts.counts(self._home())

    def get(self, contact_id: ContactId) -> Contact | None:
        """Return a contact, or None if it no longer exists."""
        return next(iter(self._shown(self._contacts.rows([contact_id]))), None)

    def party_details(self, contact_id: ContactId) -> Subject:
        """Return the party of a contact with its stored numbers and addresses decrypted.

        Raises InputError ``contact.gone``.
        """
        return self._rows.subject(self._row(contact_id))

    def same_number(self, contact_id: ContactId) -> tuple[Contact, ...]:
        """Return the other contacts that have the same number as this contact but a different name."""
        row = self._contacts.get(contact_id)
        return () if row is None else self._shown([other for other in self._match(row)[1] if other.id != contact_id])

    def signer(self, contact_id: ContactId) -> PersonSigner | OrganizationSigner:
        """Return a contact as a signer for the current environment. An organization is given its default agent.

        A contact with an account in the environment is identified by that account. Any other contact is identified by
        its stored number. Raises InputError ``contact.gone``.
        """
        party = self._party(self._row(contact_id))
        if isinstance(party, Person):
            return PersonSigner(new_signer_id(), party)
        agents = self._contacts.ties([contact_id]).agents.get(contact_id, ())
        agent = self._party(self._row(agents[0][0])) if agents else Person("")
        return OrganizationSigner(new_signer_id(), party, agent if isinstance(agent, Person) else Person(""))

    def account_in_use(self, contact_id: ContactId, environment: Environment) -> AccountRecord | None:
        """Return the current account of a contact in the environment's project, or None if there is none.

        A merge can add an account under a different name; such an account is ignored. Raises InputError
        ``contact.gone``.
        """
        return self._account_in_use(self._row(contact_id), environment)

    def _account_in_use(self, row: ContactRow, environment: Environment) -> AccountRecord | None:
        home = environment.kind, environment.project_id
        keys = [key for key in self._contacts.account_keys(row.id) if key[:2] == home]
        record = next((found for key in keys if (found := self._accounts.get(*key))), None)
        is_theirs = record is not None and record.is_current and record.is_called(row.name)
        return self._with_reach(record) if record is not None and is_theirs else None

    def _party(self, row: ContactRow) -> Subject:
        record = self._account_in_use(row, self._environment())
        return self._rows.subject(row) if record is None else party_of(record)

    def accounts(self, contact_id: ContactId) -> tuple[AccountRecord, ...]:
        """Return the accounts of a contact, with masked mobile numbers and email addresses.

        For each project, the current account comes first.
        """
        found = (self._accounts.get(*key) for key in self._contacts.account_keys(contact_id))
        return tuple(self._with_reach(record) for record in found if record is not None)

    def agent_names(self, accounts: Iterable[AccountRecord]) -> dict[str, str]:
        """Return the names of the agents in these organizations' accounts, keyed by the agents' account ids."""
        keys = {
            (record.environment, record.project_id, record.agent_account_id)
            for record in accounts
            if record.agent_account_id
        }
        found = (self._accounts.get(*key) for key in keys)
        return {record.account_id: record.name for record in found if record is not None}

    def history(self, contact_id: ContactId) -> tuple[FlowId, ...]:
        """Return the ids of the flows in which a contact was a signer, most recent first."""
        return tuple(self._contacts.flow_ids(contact_id))

    def match(self, subject: Subject) -> ContactMatch:
        """Return the contact with these details, if any, and the contacts with the same number but a different name."""
        same, others = self._match(self._rows.filled(subject, with_identity=True))
        return ContactMatch(next(iter(self._shown([same] if same else [])), None), self._shown(others))

    def match_all(self, subjects: Sequence[Subject]) -> tuple[ContactMatch, ...]:
        """Return the result of ``match`` for each subject. This method is fast enough for thousands of subjects."""
        by_number: dict[tuple[str, str], list[ContactId]] = {}
        by_name: dict[tuple[str, str], list[ContactId]] = {}
        for contact_id, kind, name, digest, identity, *_rest in self._contacts.numbered():
            for number in {digest, identity} - {""}:
                by_number.setdefault((kind, number), []).append(contact_id)
            by_name.setdefault((kind, name), []).append(contact_id)
        probes = [self._rows.probe(subject) for subject in subjects]
        found = [
            dict.fromkeys(
                (
                    *by_number.get((probe.kind.value, probe.digest or probe.identity), ()),
                    *by_name.get((probe.kind.value, probe.folded_name), ()),
                )
            )
            for probe in probes
        ]
        rows = {
            row.id: row
            for row in self._contacts.rows(list(dict.fromkeys(contact_id for ids in found for contact_id in ids)))
        }
        shown = {contact.id: contact for contact in self._shown(list(rows.values()))}
        matches = []
        for probe, reach, ids in zip(probes, self._rows.reaches(subjects), found, strict=True):
            candidates = [rows[contact_id] for contact_id in ids if contact_id in rows]
            same, others = self._rows.distinguish(probe, candidates, reach)
            matches.append(ContactMatch(shown[same.id] if same else None, tuple(shown[other.id] for other in others)))
        return tuple(matches)

    def save(self, entry: ContactEntry, *, is_meant: bool = False, may_lack_numbers: bool = False) -> Contact:
        """Store a new or edited contact, and return the stored contact.

        If the entry has no number, the stored number is kept. ``is_meant`` states that the user confirmed the number
        although it is already stored under a different name. ``may_lack_numbers`` states that the user accepts that
        numbers and addresses are not stored if there is no keyring.

        Raises InputError ``contact.no_name`` or ``contact.gone``. Raises InputError ``contact.exists`` or
        ``contact.another_name``, with the id of the other contact as ``contact_id``. Raises InputError
        ``contact.identity_known`` if the contact has an account and its name, type or number would change. Also raises
        the errors of ``ContactRows.refuse_unkept``.
        """
        if not folded_name(entry.subject.name):
            raise InputError("contact.no_name")
        if not may_lack_numbers:
            self._rows.refuse_unkept([entry.subject])
        with self._lock:
            return self._save(entry, is_meant=is_meant)

    def _save(self, entry: ContactEntry, *, is_meant: bool) -> Contact:
        base = None if entry.id is None else self._row(entry.id)
        self._rows.refuse_locked([base] if base is not None else ())
        subject = entry.subject
        if base is not None and entry.given is not None:
            subject = with_edits(self._rows.subject(base), entry.given, subject)
        row = self._rows.filled(subject, base, with_identity=True)
        if base is not None and self._contacts.account_keys(base.id) and is_another(base, row):
            raise InputError("contact.identity_known")
        same, others = self._match(row)
        if same is not None and same.id != row.id:
            raise InputError("contact.exists", contact_id=same.id)
        strangers = [other for other in others if other.id != row.id]
        if strangers and not is_meant:
            raise InputError("contact.another_name", contact_id=strangers[0].id)
        row = self._rows.searchable(replace(row, is_ours=entry.is_ours, seal_width_pt=entry.seal_width_pt))
        self._contacts.write([row], {} if entry.agents is None else {row.id: entry.agents})
        return self._shown([row])[0]

    def import_all(
        self,
        batch: Sequence[ContactEntry],
        *,
        may_lack_numbers: bool = False,
        cancel: CancelToken | None = None,
        on_progress: Callable[[int], None] = lambda _done: None,
    ) -> ImportUndo:
        """Add new contacts, update existing contacts, and return the data with which the import can be undone.

        Empty fields of an entry do not change an existing contact. The name of an existing contact is always kept. If
        an entry has an unused ``id``, the contact is added under this id, so that other entries can refer to the
        contact as their agent. For ``may_lack_numbers``, see ``save``. ``on_progress`` receives the number of contacts
        processed so far. Raises the errors of ``ContactRows.refuse_unkept``, and Cancelled after undoing all changes.
        """
        if not may_lack_numbers:
            self._rows.refuse_unkept([entry.subject for entry in batch])
        self._rows.refuse_locked(self._contacts.rows([entry.id for entry in batch if entry.id is not None]))
        undo = ImportUndo()
        try:
            for start in range(0, len(batch), _PART):
                if cancel is not None:
                    cancel.raise_if_cancelled()
                part = batch[start : start + _PART]
                undo = ImportUndo((*undo.contacts, *self._import_part(part)))
                on_progress(start + len(part))
            if cancel is not None:
                cancel.raise_if_cancelled()
        except BaseException:
            self.undo(undo)
            raise
        self._note_done(AuditAction.CONTACTS_IMPORTED, f"{len(undo.added)} + {len(undo.updated)}")
        return undo

    def _import_part(self, part: Sequence[ContactEntry]) -> list[ImportedContact]:
        imported: list[ImportedContact] = []
        with self._lock:
            ids = [entry.id for entry in part if entry.id is not None]
            rows = {row.id: row for row in self._contacts.rows(ids)}
            ties = self._contacts.ties(ids).agents
            agents = {contact_id: tuple(agent_id for agent_id, _name in ties.get(contact_id, ())) for contact_id in ids}
            for entry in part:
                before = None if entry.id is None else rows.get(entry.id)
                row = self._imported(entry, before)
                change = None if entry.agents is None else (agents.get(row.id, ()), entry.agents)
                imported.append(ImportedContact(before, row, change))
                rows[row.id], agents[row.id] = row, entry.agents or agents.get(row.id, ())
            set_agents = {contact.after.id: contact.agents[1] for contact in imported if contact.agents is not None}
            self._contacts.write([contact.after for contact in imported], set_agents)
        return imported

    def note_export(self) -> None:
        """Record in the audit log that contacts were exported."""
        self._note_done(AuditAction.EXPORTED, "contacts")

    def undo(self, token: ImportUndo) -> int:
        """Undo an import, and return the number of contacts that keep values from it.

        These contacts were edited, or a contract was sent to them, after the import. Values that were edited since the
        import are kept.
        """
        with self._lock:
            rows = {row.id: row for row in self._contacts.rows([contact.after.id for contact in token.contacts])}
            added: list[ContactRow] = []
            agents: dict[ContactId, tuple[tuple[ContactId, ...], tuple[ContactId, ...]]] = {}
            kept: set[ContactId] = set()
            for contact in reversed(token.contacts):
                row = rows.get(contact.after.id)
                if row is None:
                    continue
                if contact.agents is not None:
                    before, after = contact.agents
                    agents[row.id] = before, agents.get(row.id, (before, after))[1]
                if contact.before is not None:
                    rows[row.id], is_whole = self._rows.reverted(row, contact.before, contact.after)
                    kept |= set() if is_whole else {row.id}
                elif self._rows.is_as_it_was(row, contact.after):
                    added.append(row)
                else:
                    agents.pop(row.id, None)
                    kept.add(row.id)
            return len(kept | self._contacts.undo_import(added, rows.values(), agents))

    def mark_ours(self, contact_id: ContactId, *, is_ours: bool) -> None:
        """Mark a contact as belonging to the user's own organization, or remove the mark."""
        with self._lock:
            self._contacts.mark_ours(contact_id, is_ours=is_ours)

    def merge(self, kept_id: ContactId, gone_id: ContactId, chosen: Collection[AccountKey] = ()) -> Contact:
        """Merge the contact ``gone_id`` into the contact ``kept_id``, and return the result.

        Empty fields of the kept contact are filled in from the other contact. ``chosen`` contains the accounts to be
        used in projects in which both contacts have one. Raises InputError ``contact.gone``. Raises InputError
        ``contact.two_identities`` if the numbers differ, because an account must never move to a different identity.
        Raises StoreError ``contact.unreadable`` if encrypted values would be lost.
        """
        with self._lock:
            self._merge(kept_id, gone_id, chosen)
        return self._shown([self._row(kept_id)])[0]

    def _merge(self, kept_id: ContactId, gone_id: ContactId, chosen: Collection[AccountKey]) -> None:
        kept, gone = self._row(kept_id), self._row(gone_id)
        self._rows.refuse_locked([kept, gone])
        self._rows.refuse_unreadable([kept, gone])
        if kept.kind is not gone.kind or may_not_be_one(kept, gone):
            raise InputError("contact.two_identities")
        subject = joined(self._rows.subject(gone), self._rows.subject(kept))
        row = self._rows.filled(replace(subject, name=kept.name), kept)
        row = replace(
            row,
            is_ours=kept.is_ours or gone.is_ours,
            seal_width_pt=kept.seal_width_pt or gone.seal_width_pt,
            identity=kept.identity or gone.identity,
            digest=row.digest or kept.digest or gone.digest,
            masked_number=row.masked_number or gone.masked_number,
            number_type=row.number_type or gone.number_type,
        )
        self._contacts.merge(self._rows.searchable(row), gone_id, chosen)

    def may_be_one(self, one: ContactId, other: ContactId) -> bool:
        """Return whether two contacts can be the same party: their kind is the same, and their numbers do not differ.

        Raises InputError ``contact.gone``.
        """
        mine, theirs = self._row(one), self._row(other)
        return mine.kind is theirs.kind and not may_not_be_one(mine, theirs)

    def delete(self, contact_id: ContactId) -> None:
        """Delete a contact. Raises InputError ``contact.has_accounts`` if the contact has an account."""
        if self._contacts.account_keys(contact_id):
            raise InputError("contact.has_accounts")
        self._contacts.delete(contact_id)

    def note(self, record: AccountRecord, subject: Subject) -> None:
        """Add or update the contact for an account that was created or found. An existing contact keeps its name."""
        if not folded_name(record.name) or record.name == FORGOTTEN_NAME or is_forgotten(record.account_id):
            return
        with self._lock:
            self._note(record, subject)

    def take_in(self, cancel: CancelToken | None = None) -> int:
        """Link each account without a contact to a new or an existing contact, and return the number of these accounts.

        Raises Cancelled between two accounts.
        """
        keys = self._contacts.unlinked_accounts()
        for key in keys:
            if cancel is not None:
                cancel.raise_if_cancelled()
            record = self._accounts.get(*key)
            if record is not None:
                self.note(record, self._subject_of(record))
        return len(keys)

    def _note(self, record: AccountRecord, subject: Subject) -> None:
        key = (record.environment, record.project_id, record.account_id)
        subject = replace(subject, name=record.name, third_id=record.own_reference, account_id="")
        row = self._contacts.of_account(key)
        if row is None:
            probe = replace(self._rows.filled(subject), identity=record.identity)
            row, _others = self._match(probe)
            is_told = probe.masked_number or probe.identity or probe.own_reference or reach_of(subject)
            # Two contacts with the same name about whom nothing else is known may be two people.
            row = row if is_told else None
        base = row or ContactRow(new_contact_id(), record.kind, record.name)
        filled = self._rows.filled(joined(self._rows.subject(base), subject), base)
        filled = replace(
            filled,
            name=base.name,
            folded_name=folded_name(base.name),
            identity=base.identity or record.identity,
            number_type=filled.number_type or record.number_type,
            masked_number=filled.masked_number or record.masked_number,
        )
        if row is None or filled != row:
            self._contacts.write([self._rows.searchable(filled)])
        self._contacts.link(key, filled.id, record.agent_account_id)

    def _home(self) -> tuple[EnvironmentKind, str]:
        environment = self._environment()
        return environment.kind, environment.project_id

    def _row(self, contact_id: ContactId) -> ContactRow:
        row = self._contacts.get(contact_id)
        if row is None:
            raise InputError("contact.gone")
        return row

    def _match(self, row: ContactRow) -> tuple[ContactRow | None, tuple[ContactRow, ...]]:
        return self._rows.distinguish(row, self._contacts.candidates(row))

    def _imported(self, entry: ContactEntry, base: ContactRow | None) -> ContactRow:
        if base is None:
            row = self._rows.filled(entry.subject, ContactRow(entry.id or new_contact_id(), kind_of(entry.subject), ""))
        else:
            row = self._rows.filled(joined(self._rows.subject(base), replace(entry.subject, name=base.name)), base)
        width_pt = row.seal_width_pt if entry.seal_width_pt is None else entry.seal_width_pt
        return self._rows.searchable(replace(row, is_ours=row.is_ours or entry.is_ours, seal_width_pt=width_pt))

    def _subject_of(self, record: AccountRecord) -> Subject:
        """Return the party of an account, with the data that is stored with the account."""
        kept = self._party_details.opened(record) or PartyDetails()
        if record.kind is AccountKind.PERSON:
            id_type = PersonIdType(record.number_type or PersonIdType.RESIDENT_IDENTITY)
            return Person(record.name, kept.number, id_type, kept.mobile, kept.email)
        code_type = OrganizationCodeType(record.number_type or OrganizationCodeType.UNIFIED_SOCIAL_CREDIT)
        return Organization(record.name, kept.number, code_type, email=kept.email)

    def _with_reach(self, record: AccountRecord) -> AccountRecord:
        kept = self._party_details.opened(record) or PartyDetails()
        return replace(record, masked_mobile=masked_mobile(kept.mobile), masked_email=masked_email(kept.email))

    def _shown(self, rows: Sequence[ContactRow]) -> tuple[Contact, ...]:
        ties = self._contacts.ties([row.id for row in rows])
        shown = []
        for row in rows:
            kept = self._rows.opened(row) or PartyDetails()
            shown.append(
                Contact(
                    id=row.id,
                    kind=row.kind,
                    name=row.name,
                    number_type=number_type_of(row),
                    masked_number=row.masked_number,
                    masked_mobile=masked_mobile(kept.mobile),
                    masked_email=masked_email(kept.email),
                    own_reference=row.own_reference,
                    is_ours=row.is_ours,
                    seal_width_pt=row.seal_width_pt,
                    legal_name=row.legal_name,
                    agents=tuple(ContactAgent(*agent) for agent in ties.agents.get(row.id, ())),
                    acts_for=tuple(ContactAgent(*organization) for organization in ties.acts_for.get(row.id, ())),
                    last_contract_ms=row.last_contract_ms,
                    contract_count=row.contract_count,
                    at_platform=ties.environments.get(row.id, frozenset()),
                )
            )
        return tuple(shown)
