"""Contacts, and the assignment of platform accounts to contacts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.people.contact import ContactFilter, ContactId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from esign_desktop.domain.flow import FlowId
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection
    from esign_desktop.store.party_details import SealedPartyDetails

Home = tuple[EnvironmentKind, str]
"""An environment, and the id of a project in it."""
AccountKey = tuple[EnvironmentKind, str, str]


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as stored. ``0013_contacts.sql`` describes the columns.

    ``name`` is empty for a contact whose account was found by its id alone, without a name.
    """

    id: ContactId
    kind: AccountKind
    name: str = field(repr=False)
    folded_name: str = field(default="", repr=False)
    number_type: int = 0
    masked_number: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)
    digest: str = field(default="", repr=False)
    own_reference: str = field(default="", repr=False)
    is_ours: bool = False
    seal_width_pt: float | None = None
    legal_name: str = field(default="", repr=False)
    search: str = field(default="", repr=False)
    tails: str = field(default="", repr=False)
    sealed: bytes = field(default=b"", repr=False)
    sealed_legal: bytes = field(default=b"", repr=False)
    contract_count: int = 0
    last_contract_ms: int = 0


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A word of a search: a part of a name, or digits.

    ``tail`` is the keyed digest of the digits, for finding numbers that end with these digits. For other words,
    ``tail`` is empty.
    """

    text: str = field(repr=False)
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Ties:
    """The relationships between contacts, and the environments in which each contact has an account.

    ``agents`` are the people who act for an organization, with the default agent first. ``acts_for`` are the
    organizations for which a person acts.
    """

    agents: Mapping[ContactId, Sequence[tuple[ContactId, str]]]
    acts_for: Mapping[ContactId, Sequence[tuple[ContactId, str]]]
    environments: Mapping[ContactId, frozenset[EnvironmentKind]]


_NAMES: Final = tuple(column.name for column in fields(ContactRow))
_COLUMNS: Final = ", ".join(_NAMES)
_COUNTED: Final = ("contract_count", "last_contract_ms")
_WRITTEN: Final = tuple(name for name in _NAMES if name not in _COUNTED)
_WRITE: Final = (
    f"INSERT INTO contacts ({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))})"  # noqa: S608  constants
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _WRITTEN[1:])}"
)
_DELETE_FREE: Final = (
    "DELETE FROM contacts WHERE id = ? AND NOT EXISTS (SELECT 1 FROM accounts WHERE contact_id = contacts.id)"
    " AND NOT EXISTS (SELECT 1 FROM contact_agents WHERE person_id = ?)"
)
_CONDITIONS: Final = {
    ContactFilter.ALL: "1",
    ContactFilter.PERSONS: "kind = 'person'",
    ContactFilter.ORGANIZATIONS: "kind = 'organization'",
    ContactFilter.OURS: "is_ours",
    ContactFilter.NOT_AT_PLATFORM: (
        "NOT EXISTS (SELECT 1 FROM accounts WHERE contact_id = contacts.id AND NOT is_doubtful"
        " AND environment = ? AND project_id = ?)"
    ),
}
_MOST_VALUES: Final = 500
"""The number of values in a query, which is within SQLite's limit."""


class Contacts:
    """The table of contacts. Callers pass numbers and contact details masked, as keyed digests, or encrypted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self, words: Sequence[SearchWord], kind: ContactFilter, home: Home, limit: int, offset: int = 0
    ) -> tuple[list[ContactRow], int]:
        """Return contacts that match all words, and the total number of matches.

        At most ``limit`` contacts are returned, beginning with the match at index ``offset``. The user's own parties
        come first, followed by contacts that begin with the first word, and then by the other matches. Within each
        group, contacts are sorted by their latest contract, latest first, and then in pinyin order.
        """
        conditions, values = [_CONDITIONS[kind]], _values(kind, home)
        for word in words:
            conditions.append("(instr(search, ?) OR instr(tails, ?))" if word.tail else "instr(search, ?)")
            values += [word.text, word.tail] if word.tail else [word.text]
        where = " AND ".join(conditions)
        order, first = "is_ours DESC, last_contract_ms DESC, search, id", []
        if words:
            order, first = (
                "is_ours DESC, instr(search, ?) = 0, last_contract_ms DESC, search, id",
                ["\n" + words[0].text],
            )
        # Without words, the index yields the rows in order, so only the first rows are read.
        counted = ", count(*) OVER ()" if words else ""
        scan = f"FROM contacts INDEXED BY contacts_searched WHERE {where}"

        def work(connection: Connection) -> tuple[list[ContactRow], int]:
            query = f"SELECT id{counted} {scan} ORDER BY {order} LIMIT ? OFFSET ?"
            found = connection.execute(query, (*values, *first, limit, offset)).fetchall()
            if words:
                total = found[0][1] if found else 0
            else:
                query = f"SELECT count(*) FROM contacts WHERE {where}"  # noqa: S608
                total = connection.execute(query, values).fetchone()[0]
            places = {found_row[0]: place for place, found_row in enumerate(found)}
            query = f"SELECT {_COLUMNS} FROM contacts WHERE id IN ({{}})"  # noqa: S608
            rows = [_row(row) for row in _in_parts(connection, query, list(places))]
            return sorted(rows, key=lambda row: places[row.id]), total

        return self._database.run(work)

    def counts(self, home: Home) -> dict[ContactFilter, int]:
        """Return the number of contacts that each filter selects."""

        def work(connection: Connection) -> dict[ContactFilter, int]:
            return {
                kind: connection.execute(f"SELECT count(*) FROM contacts WHERE {condition}", values).fetchone()[0]  # noqa: S608
                for kind, condition in _CONDITIONS.items()
                for values in [_values(kind, home)]
            }

        return self._database.run(work)

    def get(self, contact_id: ContactId) -> ContactRow | None:
        """Return a contact, or None if it does not exist."""
        return next(iter(self.rows([contact_id])), None)

    def rows(self, contact_ids: Sequence[ContactId]) -> list[ContactRow]:
        """Return the contacts with these ids. Ids that no longer exist are ignored."""

        def work(connection: Connection) -> list[ContactRow]:
            query = f"SELECT {_COLUMNS} FROM contacts WHERE id IN ({{}})"  # noqa: S608
            return [_row(row) for row in _in_parts(connection, query, contact_ids)]

        return self._database.run(work)

    def ties(self, contact_ids: Sequence[ContactId]) -> Ties:
        """Return the relationships of contacts, and the environments in which each contact has an account."""

        def work(connection: Connection) -> Ties:
            agents = _pairs(connection, "organization_id", "person_id", contact_ids)
            acts_for = _pairs(connection, "person_id", "organization_id", contact_ids)
            environments: dict[ContactId, frozenset[EnvironmentKind]] = {}
            query = "SELECT DISTINCT contact_id, environment FROM accounts WHERE NOT is_doubtful AND contact_id IN ({})"
            for contact_id, kind in _in_parts(connection, query, contact_ids):
                environments[contact_id] = environments.get(contact_id, frozenset()) | {EnvironmentKind(kind)}
            return Ties(agents, acts_for, environments)

        return self._database.run(work)

    def numbered(self) -> list[tuple[ContactId, str, str, str, str, str, str]]:
        """Return the id, kind, folded name, digest, identity, masked number and own reference of each contact."""
        query = "SELECT id, kind, folded_name, digest, identity, masked_number, own_reference FROM contacts"
        return self._database.query(query)

    def candidates(self, row: ContactRow) -> list[ContactRow]:
        """Return the contacts of the same kind as ``row`` that share its number, its name or its own reference."""
        return self._database.run(lambda connection: _candidates(connection, row))

    def write(self, rows: Iterable[ContactRow], agents: Mapping[ContactId, Sequence[ContactId]] | None = None) -> None:
        """Add or replace contacts, and replace the agents of the given organizations. Contract counts are unchanged."""

        def work(connection: Connection) -> None:
            for row in rows:
                connection.execute(_WRITE, _written(row))
            for organization_id, person_ids in (agents or {}).items():
                _set_agents(connection, organization_id, person_ids)

        self._database.run(work)

    def undo_import(
        self,
        added: Iterable[ContactRow],
        restored: Iterable[ContactRow],
        agents: Mapping[ContactId, tuple[Sequence[ContactId], Sequence[ContactId]]],
    ) -> set[ContactId]:
        """Undo an import: delete the contacts that it added, and restore the contacts and agents that it changed.

        Return the ids of the contacts whose import could not be undone. ``agents`` maps each organization to its
        agents before and after the import. Agents that a submission has added since the import are kept, and are
        listed after the restored agents. If a list of agents was edited in any other way since the import, it is not
        restored. An added contact is not deleted if it has an account, or if it acts for an organization that is kept.
        """

        def work(connection: Connection) -> set[ContactId]:
            kept: set[ContactId] = set()
            # Organizations come first, because their agents can be deleted only after them.
            rows = sorted(added, key=lambda row: row.kind is not AccountKind.ORGANIZATION)
            own = {row.id for row in rows}
            for organization_id, (before, after) in agents.items():
                now = _agent_ids(connection, organization_id)
                expected = [person_id for person_id in after if _exists(connection, person_id)]
                if organization_id not in own and now[: len(expected)] == expected:
                    _set_agents(connection, organization_id, (*before, *now[len(expected) :]))
                elif now != expected:
                    kept.add(organization_id)
            for row in restored:
                if _exists(connection, row.id):
                    connection.execute(_WRITE, _written(row))
            for row in rows:
                deleted = row.id not in kept and connection.execute(_DELETE_FREE, (row.id, row.id)).rowcount
                if not deleted:
                    kept.add(row.id)
            return kept

        return self._database.run(work)

    def mark_ours(self, contact_id: ContactId, *, is_ours: bool) -> None:
        """Set whether a contact is one of the user's own parties."""
        self._database.execute("UPDATE contacts SET is_ours = ? WHERE id = ?", (int(is_ours), contact_id))

    def link(self, account: AccountKey, contact_id: ContactId, agent_account_id: str = "") -> None:
        """Assign an account to a contact.

        If ``agent_account_id`` is given, the contact with that account becomes an agent of this contact.
        """
        environment, project_id, account_id = account
        home = (environment.value, project_id)

        def work(connection: Connection) -> None:
            connection.execute(
                "UPDATE accounts SET contact_id = ? WHERE environment = ? AND project_id = ? AND account_id = ?"
                " AND contact_id <> ?",
                (contact_id, *home, account_id, contact_id),
            )
            agent = connection.execute(
                "SELECT contact_id FROM accounts WHERE environment = ? AND project_id = ? AND account_id = ?"
                " AND contact_id <> '' AND ? <> ''",
                (*home, agent_account_id, agent_account_id),
            ).fetchone()
            if agent is not None:
                query = "SELECT ifnull(max(rank) + 1, 0) FROM contact_agents WHERE organization_id = ?"
                _add_agent(connection, contact_id, agent[0], connection.execute(query, (contact_id,)).fetchone()[0])

        self._database.run(work)

    def of_account(self, account: AccountKey) -> ContactRow | None:
        """Return the contact to which an account is assigned, or None if the account is not assigned."""
        environment, *ids = account
        query = (
            f"SELECT {_COLUMNS} FROM contacts WHERE id = (SELECT contact_id FROM accounts"  # noqa: S608
            " WHERE environment = ? AND project_id = ? AND account_id = ?)"
        )
        return next((_row(row) for row in self._database.query(query, (environment.value, *ids))), None)

    def unlinked_accounts(self) -> list[AccountKey]:
        """Return the accounts that are not yet assigned to a contact.

        Accounts of people come first, because people act for organizations.
        """
        query = (
            "SELECT environment, project_id, account_id FROM accounts WHERE contact_id = '' AND NOT is_doubtful"
            " ORDER BY kind <> 'person', last_used_ms"
        )
        return [(EnvironmentKind(kind), project, account) for kind, project, account in self._database.query(query)]

    def account_keys(self, contact_id: ContactId) -> list[AccountKey]:
        """Return a contact's accounts, grouped by project. Within each project, the current account comes first."""
        query = (
            "SELECT environment, project_id, account_id FROM accounts WHERE contact_id = ? AND NOT is_doubtful"
            " ORDER BY environment, project_id, is_current DESC, last_used_ms DESC"
        )
        found = self._database.query(query, (contact_id,))
        return [(EnvironmentKind(kind), project, account) for kind, project, account in found]

    def flow_ids(self, contact_id: ContactId) -> list[FlowId]:
        """Return the ids of the flows that have one of a contact's accounts as a signer, latest first."""
        query = (
            "SELECT flow_id FROM contract_parties WHERE account_id IN"
            " (SELECT account_id FROM accounts WHERE contact_id = ?) GROUP BY flow_id ORDER BY max(sent_at_ms) DESC"
        )
        return [flow_id for (flow_id,) in self._database.query(query, (contact_id,))]

    def merge(self, kept: ContactRow, gone_id: ContactId, current: Collection[AccountKey]) -> None:
        """Merge the contact ``gone_id`` into the contact ``kept``, and delete the contact ``gone_id``.

        The accounts in ``current`` become the current accounts of their projects. Accounts without an identity get the
        identity of the contact that is kept.
        """

        def work(connection: Connection) -> None:
            connection.execute(_WRITE, _written(kept))
            connection.execute("UPDATE accounts SET contact_id = ? WHERE contact_id = ?", (kept.id, gone_id))
            connection.execute(
                "UPDATE accounts SET identity = ? WHERE contact_id = ? AND identity = ''", (kept.identity, kept.id)
            )
            for environment, project_id, account_id in current:
                connection.execute(
                    "UPDATE accounts SET is_current = account_id = ? WHERE contact_id = ? AND environment = ?"
                    " AND project_id = ?",
                    (account_id, kept.id, environment.value, project_id),
                )
            for column in ("organization_id", "person_id"):
                connection.execute(
                    f"UPDATE OR IGNORE contact_agents SET {column} = ? WHERE {column} = ?",  # noqa: S608
                    (kept.id, gone_id),
                )
            connection.execute("DELETE FROM contacts WHERE id = ?", (gone_id,))

        self._database.run(work)

    def delete(self, contact_id: ContactId) -> None:
        """Delete a contact that has no account, leaving no trace of it in the database files."""
        statement = "DELETE FROM contacts WHERE id = ?"
        self._database.erase(lambda connection: connection.execute(statement, (contact_id,)))


def legal_context(contact_id: str) -> bytes:
    """Return the context to which the encrypted data of a contact's legal representative is bound."""
    return f"contact legal\0{contact_id}".encode()


def legal_number(sealed: SealedPartyDetails, contact_id: str, values: bytes) -> str:
    """Return the ID number of a contact's legal representative, or an empty string if it is missing or unreadable.

    ``values`` is the representative's encrypted data.
    """
    try:
        found = json.loads(sealed.open(values, legal_context(contact_id)) or "{}")
    except ValueError:
        return ""
    return str(found.get("number", ""))


def _candidates(connection: Connection, row: ContactRow) -> list[ContactRow]:
    query = (
        f"SELECT {_COLUMNS} FROM contacts WHERE kind = ? AND ("  # noqa: S608
        "(digest <> '' AND digest = ?) OR (identity <> '' AND identity = ?) OR folded_name = ?"
        " OR (own_reference <> '' AND own_reference = ?))"
    )
    values = (row.kind.value, row.digest, row.identity, row.folded_name, row.own_reference)
    return [_row(found) for found in connection.execute(query, values)]


def _pairs(
    connection: Connection, column: str, other: str, contact_ids: Sequence[ContactId]
) -> dict[ContactId, list[tuple[ContactId, str]]]:
    query = (
        f"SELECT {column}, contacts.id, contacts.name FROM contact_agents JOIN contacts ON contacts.id = {other}"  # noqa: S608
        f" WHERE {column} IN ({{}}) ORDER BY rank"
    )
    found: dict[ContactId, list[tuple[ContactId, str]]] = {}
    for contact_id, other_id, name in _in_parts(connection, query, contact_ids):
        found.setdefault(contact_id, []).append((other_id, name))
    return found


def _in_parts(connection: Connection, query: str, values: Sequence[str]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(values), _MOST_VALUES):
        part = values[start : start + _MOST_VALUES]
        found += connection.execute(query.format(", ".join("?" * len(part))), part).fetchall()
    return found


def _add_agent(connection: Connection, organization_id: ContactId, person_id: ContactId, rank: int) -> None:
    connection.execute("INSERT OR IGNORE INTO contact_agents VALUES (?, ?, ?)", (organization_id, person_id, rank))


def _exists(connection: Connection, contact_id: ContactId) -> bool:
    return connection.execute("SELECT 1 FROM contacts WHERE id = ?", (contact_id,)).fetchone() is not None


def _agent_ids(connection: Connection, organization_id: ContactId) -> list[ContactId]:
    query = "SELECT person_id FROM contact_agents WHERE organization_id = ? ORDER BY rank"
    return [ContactId(person_id) for (person_id,) in connection.execute(query, (organization_id,))]


def _set_agents(connection: Connection, organization_id: ContactId, person_ids: Iterable[ContactId]) -> None:
    """Replace an organization's agents, with the default agent first. People who no longer exist are omitted."""
    connection.execute("DELETE FROM contact_agents WHERE organization_id = ?", (organization_id,))
    for rank, person_id in enumerate(dict.fromkeys(person_ids)):
        if _exists(connection, person_id):
            _add_agent(connection, organization_id, person_id, rank)


def _values(kind: ContactFilter, home: Home) -> list[str]:
    return [home[0].value, home[1]] if kind is ContactFilter.NOT_AT_PLATFORM else []


def _written(row: ContactRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _WRITTEN)


def _row(values: Sequence[Any]) -> ContactRow:
    row = ContactRow(*values)
    return replace(row, kind=AccountKind(row.kind), is_ours=bool(row.is_ours))
