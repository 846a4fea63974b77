"""Erase a person from all tables in one transaction. The erasure stays recorded until it is complete in all files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import masked_number
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.erasure import FORGOTTEN_NAME, PersonIdentifiers
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.contacts import legal_number
from esign_desktop.store.tables.drafts import draft_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

_PLACES: Final = (
    ("drafts", "title"),
    ("drafts", "body"),
    ("submissions", "title"),
    ("submissions", "draft"),
    ("journal_steps", "data"),
    ("journal_steps", "raw"),
    ("flows", "title"),
    ("flows", "documents"),
    ("flows", "signers"),
    ("flows", "detail"),
    ("flows", "downloaded_to"),
    ("flows", "payer_account_id"),
    ("audit", "title"),
    ("presets", "name"),
    ("presets", "body"),
    ("templates", "name"),
    ("templates", "form"),
    ("bulk_runs", "sheet_path"),
    ("bulk_runs", "worksheet"),
)
"""All columns that may contain personal data, except the columns of accounts, contacts and settings."""
_PARTIES: Final = (("drafts", "body"), ("submissions", "draft"), ("flows", "signers"), ("presets", "body"))
_ENDED: Final = tuple(state.value for state in SubmissionState if state.is_final)
_RECENTS: Final = "recents"


@dataclass(frozen=True, slots=True)
class PendingErasure:
    """An erasure that is not yet complete. ``person`` is None if the only remaining step is to rewrite the database."""

    person: PersonIdentifiers | None


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """A document of a draft or of a submission.

    ``is_needed`` means that the contract still needs the file. ``is_theirs`` means that the person to be erased is one
    of the contract's signers. The path is empty if the contract cannot be parsed.
    """

    path: str = field(repr=False)
    title: str = field(repr=False)
    is_needed: bool
    is_theirs: bool


class PersonErasure:
    """A service that erases people from the database, one person at a time."""

    def __init__(
        self, database: Database, sealed: SealedPartyDetails | None = None, audit: Audit | None = None
    ) -> None:
        self._database = database
        self._audit = audit or Audit(database, who="")
        self._sealed = sealed or SealedPartyDetails(lambda: None)

    def begin(self, person: PersonIdentifiers) -> PersonIdentifiers:
        """Erase the person from the tables, note this in the audit log, and return all identifiers that were found.

        ``pending`` returns the erasure until it is complete. Nothing is changed if InputError is raised:
        ``person.contract_open`` if a contract with the person can still be signed, ``person.send_open`` if such a
        contract is still being sent, or ``person.values_locked`` if the keyring is locked and other people's values
        therefore cannot be searched. Also raises StoreError.
        """

        def work(connection: Connection) -> PersonIdentifiers:
            known = _complete(connection, person)
            theirs = frozenset(document.path for document in _documents(connection, known) if document.is_theirs)
            known = replace(known, paths=theirs - {""})
            _refuse_while_waiting(connection, known)
            _refuse_while_locked(connection, known, self._sealed)
            connection.execute("INSERT OR REPLACE INTO forgetting VALUES (1, ?)", (known.to_json(),))
            _drop_values(connection, known)
            _remove_from_forms(connection, known, self._sealed)
            _drop_remarks(connection, known)
            counts = {(table, column): _remove(connection, table, column, known) for table, column in _PLACES}
            self._audit.note_forgotten(connection, counts["audit", "title"])
            _remove_from_recents(connection, known)
            # They may name the person as an agent of the user's own organization, and cannot be searched without a key.
            connection.execute("DELETE FROM sent_forms")
            _drop_contacts(connection, known, self._sealed)
            for account_id in known.account_ids:
                connection.execute("DELETE FROM accounts WHERE account_id = ?", (account_id,))
                connection.execute("DELETE FROM contract_parties WHERE account_id = ?", (account_id,))
                connection.execute(
                    "UPDATE accounts SET agent_account_id = '' WHERE agent_account_id = ?", (account_id,)
                )
            return known

        return self._database.run(work)

    def identifiers_of(self, person: PersonIdentifiers) -> PersonIdentifiers:
        """Return all identifiers of the person that the tables contain. Nothing is changed."""
        return self._database.run(lambda connection: _complete(connection, person))

    def documents(self, person: PersonIdentifiers) -> tuple[DraftDocument, ...]:
        """Return the documents of all drafts, and of submissions that are unfinished or involve the person."""
        return self._database.run(lambda connection: tuple(_documents(connection, person)))

    def pending(self) -> PendingErasure | None:
        """Return the erasure that has begun but is not complete, or None if there is none.

        For example, a crash may have interrupted the erasure.
        """
        rows = self._database.query("SELECT traces FROM forgetting")
        if not rows:
            return None
        text = str(rows[0][0])
        return PendingErasure(PersonIdentifiers.from_json(text) if text else None)

    def files_done(self) -> None:
        """Record that no other file still contains data of the person, and delete the stored identifiers."""
        self._database.execute("UPDATE forgetting SET traces = ''")

    def end(self) -> None:
        """Complete the erasure by rewriting the database and its backup. Raises StoreError.

        Overwriting deleted data is not sufficient: unused parts of a database page may contain remains of data that was
        moved.
        """
        self._database.write_anew()
        self._database.execute("DELETE FROM forgetting")


def _complete(connection: Connection, person: PersonIdentifiers) -> PersonIdentifiers:
    """Return the identifiers, extended with those found in the tables until no new ones are found."""
    before = None
    while person != before:
        before = person
        person = _with_contacts(connection, _with_accounts(connection, person))
        for table, column in (*_PARTIES, ("journal_steps", "data"), ("journal_steps", "raw")):
            for _rowid, text in _touched(connection, table, column, person):
                person = person.with_those_of(text)
    return person


def _with_accounts(connection: Connection, person: PersonIdentifiers) -> PersonIdentifiers:
    rows = connection.execute(
        "SELECT account_id, name, third_id, identity, masked_number FROM accounts WHERE kind = 'person'"
    )
    for account_id, name, third_id, identity, masked in rows.fetchall():
        is_same_number = name == person.name and masked and masked in person.masked_numbers
        # The digest of a person's identity is also used as a ``thirdId``.
        ids = {third_id, identity} - {""}
        if account_id in person.account_ids or not ids.isdisjoint(person.third_ids) or is_same_number:
            person = replace(
                person,
                account_ids=person.account_ids | {account_id},
                third_ids=person.third_ids | ids,
                masked_numbers=person.masked_numbers | ({masked_number(masked)} - {""}),
            )
        elif name != person.name and person.name in name:
            person = replace(person, longer_names=person.longer_names | {name})
    return person


def _with_contacts(connection: Connection, person: PersonIdentifiers) -> PersonIdentifiers:
    rows = connection.execute(
        "SELECT id, name, identity, digest, own_reference, masked_number, (SELECT group_concat(account_id, char(10))"
        " FROM accounts WHERE contact_id = contacts.id) FROM contacts WHERE kind = 'person'"
    )
    for contact_id, name, identity, digest, own_reference, masked, accounts in rows.fetchall():
        account_ids = set((accounts or "").split("\n")) - {""}
        ids = {identity, digest, own_reference} - {""}
        is_same_number = name == person.name and masked and masked in person.masked_numbers
        is_theirs = contact_id in person.contact_ids or not ids.isdisjoint(person.third_ids)
        if is_theirs or is_same_number or not account_ids.isdisjoint(person.account_ids):
            person = replace(
                person,
                contact_ids=person.contact_ids | {contact_id},
                account_ids=person.account_ids | account_ids,
                third_ids=person.third_ids | ids,
                masked_numbers=person.masked_numbers | ({masked} - {""}),
            )
        elif name != person.name and person.name in name:
            person = replace(person, longer_names=person.longer_names | {name})
    return person


def _documents(connection: Connection, person: PersonIdentifiers) -> Iterator[DraftDocument]:
    rows = [(title, body, True) for title, body in connection.execute("SELECT title, body FROM drafts")]
    sent = connection.execute("SELECT title, draft, state FROM submissions")
    rows += [(title, draft, state not in _ENDED) for title, draft, state in sent]
    for title, body, is_needed in rows:
        is_touched = person.is_touched_by(body)
        if not (is_needed or is_touched):
            continue
        try:
            draft = json.loads(body)
            paths = [path for document in draft["draft"]["documents"] for path in _paths(document)]
        except (ValueError, KeyError, TypeError):
            draft, paths = {}, [""]
        is_theirs = is_touched and person.is_in(draft)
        yield from (DraftDocument(path, title, is_needed, is_theirs) for path in paths)


def _paths(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of a stored document: of its own file, and of the files that follow a template's document."""
    yield str(document["path"])
    for block in (document.get("template") or {}).get("tables", ()):
        if "path" in block:
            yield str(block["path"])


def _drop_contacts(connection: Connection, person: PersonIdentifiers, sealed: SealedPartyDetails) -> None:
    """Delete the person's contacts, and remove the person as the legal representative of organizations."""
    for contact_id in person.contact_ids:
        connection.execute("DELETE FROM contacts WHERE id = ?", (contact_id,))
    rows = connection.execute("SELECT id, sealed_legal FROM contacts WHERE legal_name = ?", (person.name,)).fetchall()
    represented = [
        (contact_id,) for contact_id, values in rows if person.represents(legal_number(sealed, contact_id, values))
    ]
    connection.executemany("UPDATE contacts SET legal_name = '', sealed_legal = x'' WHERE id = ?", represented)


def _refuse_while_waiting(connection: Connection, person: PersonIdentifiers) -> None:
    rows = connection.execute(
        "SELECT flows.signers, flows.status, submissions.state FROM flows"
        " LEFT JOIN submissions ON submissions.id = flows.submission_id"
    )
    waiting = sum(
        person.is_touched_by(signers) and person.is_in(json.loads(signers))
        for signers, status, state in rows
        # A flow in preparation whose submission has ended will never become visible to signers.
        if not FlowStatus.of(status).is_final and not (status == FlowStatus.DRAFT and state in _ENDED)
    )
    if waiting:
        raise InputError("person.contract_open", count=waiting)
    marks = ", ".join("?" * len(_ENDED))
    drafts = connection.execute(f"SELECT draft FROM submissions WHERE state NOT IN ({marks})", _ENDED)  # noqa: S608
    if any(person.is_touched_by(draft) and person.is_in(json.loads(draft)) for (draft,) in drafts):
        raise InputError("person.send_open")


def _refuse_while_locked(connection: Connection, person: PersonIdentifiers, sealed: SealedPartyDetails) -> None:
    """Raise InputError ``person.values_locked`` if other people's values cannot be searched.

    This is the case while the keyring is locked.
    """
    rows = connection.execute("SELECT body, form_values FROM drafts WHERE form_values <> x''").fetchall()
    others = [values for body, values in rows if not (person.is_touched_by(body) and person.is_in(json.loads(body)))]
    named = connection.execute("SELECT sealed_legal FROM contacts WHERE legal_name = ?", (person.name,)).fetchall()
    count = sum(map(sealed.is_locked, (*others, *(values for (values,) in named))))
    if count:
        raise InputError("person.values_locked", count=count)


def _drop_values(connection: Connection, person: PersonIdentifiers) -> None:
    """Delete all form values of the person's contracts, because values such as an address also identify a person."""
    rows = connection.execute(
        "SELECT kept_values.rowid, draft FROM kept_values"
        " LEFT JOIN submissions ON submissions.id = kept_values.submission_id"
    )
    gone = [
        (rowid,)
        for rowid, draft in rows.fetchall()
        if draft is None or (person.is_touched_by(draft) and person.is_in(json.loads(draft)))
    ]
    connection.executemany("DELETE FROM kept_values WHERE rowid = ?", gone)


def _remove_from_forms(connection: Connection, person: PersonIdentifiers, sealed: SealedPartyDetails) -> None:
    """Erase the person from the form values of drafts.

    All form values of drafts in which the person is a signer are deleted. Values whose key was lost are also deleted,
    because they may contain personal data.
    """
    rows = connection.execute("SELECT id, body, form_values FROM drafts WHERE form_values <> x''").fetchall()
    changed: list[tuple[bytes, str]] = []
    for draft_id, body, form_values in rows:
        context = draft_context(draft_id)
        text = sealed.open(form_values, context)
        is_theirs = person.is_touched_by(body) and person.is_in(json.loads(body))
        if text is None or is_theirs:
            changed.append((b"", draft_id))
        elif person.is_touched_by(text):
            changed.append((sealed.seal(person.erased_from_text(text), context), draft_id))
    connection.executemany("UPDATE drafts SET form_values = ? WHERE id = ?", changed)


def _drop_remarks(connection: Connection, person: PersonIdentifiers) -> None:
    """Delete the remarks in notices about the person's contracts, because free text may contain personal data."""
    rows = connection.execute("SELECT rowid, signers FROM flows WHERE remarks <> '[]'").fetchall()
    gone = [(rowid,) for rowid, signers in rows if person.is_touched_by(signers) and person.is_in(json.loads(signers))]
    connection.executemany("UPDATE flows SET remarks = '[]' WHERE rowid = ?", gone)


def _remove(connection: Connection, table: str, column: str, person: PersonIdentifiers) -> int:
    """Remove the person from a column, and return the number of changed rows."""
    changed: list[tuple[str, int]] = []
    approvals = _rows_of_approvals(connection) if table == "audit" else frozenset()
    for rowid, text in _touched(connection, table, column, person):
        # Who sent and who approved a contract is never erased, even if a teller has the person's name.
        names, colon, title = text.partition(": ") if rowid in approvals else ("", "", text)
        left = names + colon + person.erased_from_text(title)
        if left == text:
            continue
        if table == "audit" and FORGOTTEN_NAME not in left:
            # The marker shows the verification of the chain that an erasure changed the line. A removed number leaves
            # no marker.
            left = f"{left} {FORGOTTEN_NAME}".strip()
        changed.append((left, rowid))
    encode: Callable[[str], str | bytes] = str.encode if column == "raw" else str
    connection.executemany(
        f"UPDATE {table} SET {column} = ? WHERE rowid = ?",  # noqa: S608  names of this module
        [(encode(text), rowid) for text, rowid in changed],
    )
    return len(changed)


def _rows_of_approvals(connection: Connection) -> frozenset[int]:
    rows = connection.execute("SELECT rowid FROM audit WHERE action = ?", (AuditAction.APPROVED.value,))
    return frozenset(int(rowid) for (rowid,) in rows)


def _touched(connection: Connection, table: str, column: str, person: PersonIdentifiers) -> Iterator[tuple[int, str]]:
    rows = connection.execute(f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608
    for rowid, value in rows:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if person.is_touched_by(text):
            yield rowid, text


def _remove_from_recents(connection: Connection, person: PersonIdentifiers) -> None:
    """Remove recent files whose path contains the person's name. After erasing the name, the path would be invalid."""
    row: Any = connection.execute("SELECT value FROM settings WHERE key = ?", (_RECENTS,)).fetchone()
    if row is not None and person.is_touched_by(row[0]):
        try:
            paths = [path for path in json.loads(row[0]) if not person.is_touched_by(str(path))]
        except ValueError:
            paths = []
        connection.execute("UPDATE settings SET value = ? WHERE key = ?", (json.dumps(paths), _RECENTS))
