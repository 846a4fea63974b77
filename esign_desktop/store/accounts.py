"""Contacts: persons and organizations whose account at the platform is known here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import masked_number
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.plain_text import storable

if TYPE_CHECKING:
    from esign_desktop.store.database import Connection, Database

_COLUMNS: Final = (
    "environment, project_id, account_id, kind, name, third_id, masked_number, agent_account_id, last_used_ms"
)


class AccountKind(StrEnum):
    """Who an account stands for; the names are kept in the database."""

    PERSON = "person"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account of one project in one environment.

    ``masked_number`` shows the end of the id number or the organization's code; a whole number is masked on the way
    in. ``agent_account_id`` is who acts for an organization.
    """

    environment: EnvironmentKind
    project_id: str
    account_id: str
    kind: AccountKind
    name: str = field(repr=False)
    third_id: str = field(default="", repr=False)
    masked_number: str = field(default="", repr=False)
    agent_account_id: str = ""
    last_used_ms: int = 0


class Accounts:
    """Keeps contacts. Id numbers, phone numbers and addresses stay at the platform."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, record: AccountRecord) -> None:
        """Keep an account, or what is new about it: what the record leaves empty stays as it was known."""
        row = (
            *(record.environment.value, record.project_id, record.account_id, record.kind.value),
            *(storable(record.name), storable(record.third_id), masked_number(record.masked_number)),
            *(record.agent_account_id, record.last_used_ms),
        )

        def work(connection: Connection) -> None:
            connection.execute(
                f"INSERT INTO accounts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  a constant
                " ON CONFLICT DO UPDATE SET kind = excluded.kind,"
                " name = coalesce(nullif(excluded.name, ''), name),"
                " third_id = coalesce(nullif(excluded.third_id, ''), third_id),"
                " masked_number = coalesce(nullif(excluded.masked_number, ''), masked_number),"
                " agent_account_id = coalesce(nullif(excluded.agent_account_id, ''), agent_account_id),"
                " last_used_ms = max(excluded.last_used_ms, last_used_ms)",
                row,
            )

        self._database.run(work)

    def list(self, environment: EnvironmentKind, project_id: str) -> tuple[AccountRecord, ...]:
        """Return the accounts of a project, the one used last first."""
        return self._select("environment = ? AND project_id = ?", environment, project_id)

    def all(self) -> tuple[AccountRecord, ...]:
        """Return the accounts of all projects, the one used last first."""
        return self._select("1")

    def find_by_third_id(self, environment: EnvironmentKind, project_id: str, third_id: str) -> AccountRecord | None:
        """Return the account with this id of ours, if it is known here."""
        if not third_id:
            return None
        found = self._select(
            "environment = ? AND project_id = ? AND third_id = ?", environment, project_id, storable(third_id)
        )
        return found[0] if found else None

    def forget(self, account_id: str) -> None:
        """Delete an account here so that no byte of it stays in the files; the platform keeps it."""

        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM accounts WHERE account_id = ?", (account_id,))

        self._database.erase(work)

    def _select(self, condition: str, *values: str) -> tuple[AccountRecord, ...]:
        query = f"SELECT {_COLUMNS} FROM accounts WHERE {condition} ORDER BY last_used_ms DESC, name, account_id"  # noqa: S608

        def work(connection: Connection) -> tuple[AccountRecord, ...]:
            return tuple(_record(row) for row in connection.execute(query, tuple(map(str, values))))

        return self._database.run(work)


def _record(row: Any) -> AccountRecord:
    """Build a record from a row in the order of ``_COLUMNS``; the STRICT table vouches for the types."""
    environment, project_id, account_id, kind, *rest = row
    try:
        return AccountRecord(EnvironmentKind(environment), project_id, account_id, AccountKind(kind), *rest)
    except ValueError:
        # Its text holds the value.
        raise StoreError("store.damaged", "account") from None
