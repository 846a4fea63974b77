"""The platform accounts known on this computer, and the people or organizations to which they belong.

An identity may have several accounts in a project, one of which is current. An account for which two different names
were reported is doubtful: it is stored so that it can be recognized, but it is not assigned to any person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import AccountKind, AccountRecord, masked_number
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.surrogates import replace_surrogates

if TYPE_CHECKING:
    from collections.abc import Collection

    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

_COLUMNS: Final = (
    "environment, project_id, account_id, kind, name, third_id, masked_number, agent_account_id, last_used_ms,"
    " number_type, identity, reach, kept_for, is_current, is_doubtful, sealed"
)


class Accounts:
    """The table of accounts. ID numbers and contact details are stored masked, as keyed digests, or encrypted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, record: AccountRecord) -> None:
        """Store or update an account. An empty value in the record leaves the stored value unchanged.

        A stored name, ``thirdId`` or identity is never replaced unless the account was doubtful. If the account is
        current, any other account of the identity in the project is no longer current.
        """
        row = (
            *(record.environment.value, record.project_id, record.account_id, record.kind.value),
            *(
                replace_surrogates(record.name),
                replace_surrogates(record.third_id),
                masked_number(record.masked_number),
            ),
            *(
                record.agent_account_id,
                record.last_used_ms,
                record.number_type,
                record.identity,
                record.reach,
                record.kept_for,
            ),
            *(int(record.is_current), int(record.is_doubtful), record.sealed),
        )

        def work(connection: Connection) -> None:
            connection.execute(
                "DELETE FROM accounts WHERE is_doubtful AND environment = ? AND project_id = ? AND account_id = ?",
                row[:3],
            )
            connection.execute(
                f"INSERT INTO accounts ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608  a constant
                " ON CONFLICT DO UPDATE SET kind = excluded.kind,"
                " name = coalesce(nullif(name, ''), excluded.name),"
                " third_id = coalesce(nullif(third_id, ''), excluded.third_id),"
                " masked_number = coalesce(nullif(masked_number, ''), excluded.masked_number),"
                " agent_account_id = coalesce(nullif(excluded.agent_account_id, ''), agent_account_id),"
                " last_used_ms = max(excluded.last_used_ms, last_used_ms),"
                " number_type = coalesce(nullif(number_type, 0), excluded.number_type),"
                " identity = coalesce(nullif(identity, ''), excluded.identity),"
                " reach = coalesce(nullif(reach, ''), excluded.reach),"
                " kept_for = coalesce(nullif(excluded.kept_for, ''), kept_for),"
                " is_current = excluded.is_current,"
                " sealed = coalesce(nullif(sealed, x''), excluded.sealed)",
                row,
            )
            if record.is_current and record.identity:
                connection.execute(
                    "UPDATE accounts SET is_current = 0 WHERE environment = ? AND project_id = ? AND identity = ?"
                    " AND account_id <> ?",
                    (record.environment.value, record.project_id, record.identity, record.account_id),
                )

        self._database.run(work)

    def list(self, environment: EnvironmentKind, project_id: str) -> tuple[AccountRecord, ...]:
        """Return a project's accounts, excluding doubtful ones, most recently used first."""
        return self._select("NOT is_doubtful AND environment = ? AND project_id = ?", environment, project_id)

    def all(self) -> tuple[AccountRecord, ...]:
        """Return the accounts of all projects, including doubtful accounts, most recently used first."""
        return self._select("1")

    def get(self, environment: EnvironmentKind, project_id: str, account_id: str) -> AccountRecord | None:
        """Return an account, or None if it is unknown or doubtful."""
        condition = "NOT is_doubtful AND environment = ? AND project_id = ? AND account_id = ?"
        return next(iter(self._select(condition, environment, project_id, account_id)), None)

    def of_identity(self, environment: EnvironmentKind, project_id: str, identity: str) -> tuple[AccountRecord, ...]:
        """Return the accounts of an identity, which is given as a digest. The current account comes first."""
        if not identity:
            return ()
        condition = "NOT is_doubtful AND environment = ? AND project_id = ? AND identity = ?"
        found = self._select(condition, environment, project_id, identity)
        return tuple(sorted(found, key=lambda record: not record.is_current))

    def find_by_third_id(self, environment: EnvironmentKind, project_id: str, third_id: str) -> AccountRecord | None:
        """Return the account with this ``thirdId``, or None if no such account is known on this computer."""
        if not third_id:
            return None
        condition = "NOT is_doubtful AND environment = ? AND project_id = ? AND third_id = ?"
        return next(iter(self._select(condition, environment, project_id, replace_surrogates(third_id))), None)

    def doubt(self, account_ids: Collection[str]) -> None:
        """Mark accounts as doubtful, so that they are no longer assigned to a person."""
        rows = [(account_id,) for account_id in account_ids]
        self._database.execute_many("UPDATE accounts SET is_doubtful = 1 WHERE account_id = ?", rows)

    def forget(self, account_id: str) -> None:
        """Delete an account from the database, leaving no trace of it in the database files.

        The account on the platform continues to exist.
        """
        statement = "DELETE FROM accounts WHERE account_id = ?"
        self._database.erase(lambda connection: connection.execute(statement, (account_id,)))

    def _select(self, condition: str, *values: str) -> tuple[AccountRecord, ...]:
        query = f"SELECT {_COLUMNS} FROM accounts WHERE {condition} ORDER BY last_used_ms DESC, name, account_id"  # noqa: S608
        return tuple(_record(row) for row in self._database.query(query, tuple(map(str, values))))


def _record(row: Any) -> AccountRecord:
    """Return the record for a row with the columns ``_COLUMNS``. The STRICT table guarantees the column types."""
    environment, project_id, account_id, kind, *texts, is_current, is_doubtful, sealed = row
    try:
        record = AccountRecord(EnvironmentKind(environment), project_id, account_id, AccountKind(kind), *texts)
        return replace(record, is_current=bool(is_current), is_doubtful=bool(is_doubtful), sealed=sealed)
    except ValueError:
        # The exception's message contains the value.
        raise StoreError("store.damaged", "account") from None
