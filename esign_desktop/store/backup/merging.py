"""Merge the rows of another computer's database into this computer's database in a single transaction.

Existing rows are never changed. A row whose key already exists is skipped, so a merge can be repeated.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.submission import SubmissionState
from esign_desktop.store.tables.journal import StepValue

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

Row = dict[str, Any]
AccountKey = tuple[str, str, str]

TABLES: Final = (
    *("settings", "accounts", "flows", "contract_parties", "submissions", "drafts", "presets", "templates"),
    *("bulk_runs", "bulk_rows", "bulk_columns", "audit"),
)
"""The tables to merge, ordered so that referenced rows come first.

The open draft, notices and stored form values of sent contracts are not merged.
"""
_OF_THAT_COMPUTER: Final = frozenset({"recents", "view_place", "download_folder", "customer_screen"})
"""Settings that apply only to the other computer, because they concern its folders and screens."""
_ROWS_KEY: Final = "bulk.key"
_SALTS: Final = (
    (
        "accounts.salt",
        (
            "SELECT 1 FROM accounts",
            "SELECT 1 FROM contacts WHERE identity <> ''",
            """SELECT 1 FROM presets WHERE body GLOB '*"third_id":"[0-9a-f]*'""",
        ),
    ),
    (_ROWS_KEY, ("SELECT 1 FROM bulk_rows",)),
)
"""Settings that hold the key with which the rows of a table are hashed, with queries for such rows.

If this computer has no such rows, the other computer's key replaces its own.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A step to be added to a submission's journal."""

    state: SubmissionState
    data: Mapping[str, StepValue] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class LostSend:
    """A submission that the ledger records but the backup's database does not contain.

    ``draft_id`` identifies the sent draft in the backup. ``steps`` are the journal steps to be created for the
    submission.
    """

    submission_id: str
    environment: str
    project_id: str
    draft_id: str
    queued_at_ms: int
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Merging:
    """The data to be merged: rows keyed by table, and journal rows keyed by submission.

    ``drafts`` holds draft bodies that replace the bodies in the rows. ``steps`` holds steps to be added to submissions
    from the backup. ``sealed`` holds personal data of accounts, encrypted for this computer. Accounts that are not in
    ``sealed`` are inserted without personal data. ``unreadable`` holds local personal data whose key was lost. This
    data may be replaced.
    """

    rows: Mapping[str, Sequence[Row]] = field(repr=False)
    journal: Mapping[str, Sequence[Row]] = field(repr=False)
    drafts: Mapping[str, str] = field(default_factory=dict, repr=False)
    steps: Mapping[str, Sequence[Step]] = field(default_factory=dict)
    sealed: Mapping[AccountKey, bytes] = field(default_factory=dict, repr=False)
    unreadable: Mapping[AccountKey, bytes] = field(default_factory=dict, repr=False)
    form_values: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Form values of drafts, encrypted for this computer. Drafts that are not keys are inserted without form values."""
    lost_sends: Sequence[LostSend] = ()


def read_rows(database: Database) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Return all rows keyed by table, and the journal steps keyed by submission id."""
    rows = database.run(lambda connection: {table: _rows(connection, table) for table in TABLES})
    journal: dict[str, list[Row]] = {}
    for step in database.run(lambda connection: _rows(connection, "journal_steps", "ORDER BY seq")):
        del step["seq"]
        journal.setdefault(step["submission_id"], []).append(step)
    return rows, journal


def read_sealed(database: Database) -> dict[AccountKey, bytes]:
    """Return the encrypted personal data of the accounts, keyed by account."""
    query = "SELECT environment, project_id, account_id, sealed FROM accounts WHERE sealed <> x''"
    found = database.run(lambda connection: connection.execute(query).fetchall())
    return {(environment, project_id, account_id): sealed for environment, project_id, account_id, sealed in found}


def merge(database: Database, merging: Merging, *, now_ms: int) -> Counter[str]:
    """Insert the rows that the database does not contain yet, and return the number of inserted rows, keyed by table.

    The result has further keys: ``held`` for submissions that are waiting for the user's decision,
    ``party_details`` for accounts that received personal data, ``missing_party_details`` for accounts whose personal
    data is in the backup but could not be restored, ``missing_forms`` for drafts whose form values could not be
    restored, and ``strange_rows`` for sheet rows that cannot be recognized because this computer uses a different hash
    key.
    """
    return database.run(partial(_merge, merging, now_ms))


def _merge(merging: Merging, now_ms: int, connection: Connection) -> Counter[str]:
    came: Counter[str] = Counter()
    _take_salts(connection, merging.rows["settings"])
    for table in TABLES:
        if table == "audit" and _is_any(connection, "SELECT 1 FROM audit"):
            # Two hash chains cannot be joined.
            continue
        for row in merging.rows[table]:
            adapted = _adapted(connection, table, row, merging)
            is_new = adapted is not None and _insert(connection, table, adapted)
            came[table] += is_new
            if table == "drafts" and adapted is not None:
                came["missing_forms"] += not _take_form_values(connection, row, adapted, is_new=is_new)
            if table == "accounts":
                _take_party_details(connection, row, merging, came, is_new=is_new)
            elif table == "submissions" and is_new:
                for step in merging.journal.get(row["id"], ()):
                    _insert(connection, "journal_steps", step)
                came["held"] += _add_steps(connection, row["id"], merging.steps.get(row["id"], ()), now_ms)
    came["strange_rows"] = _strange_rows(connection, merging)
    drafts = {row["id"]: row for row in merging.rows["drafts"]}
    for send in merging.lost_sends:
        if _insert(connection, "submissions", _submission_row(send, drafts[send.draft_id], merging)):
            came["held"] += _add_steps(connection, send.submission_id, send.steps, now_ms)
    return came


def _adapted(connection: Connection, table: str, row: Row, merging: Merging) -> Row | None:
    """Return the row as it is to be inserted, or None if it must be skipped."""
    match table:
        case "settings":
            return None if row["key"] in _OF_THAT_COMPUTER else row
        case "accounts":
            # The stored value can be decrypted only with the other computer's key.
            return row | {"sealed": merging.sealed.get(account_key(row), b""), "contact_id": ""}
        case "drafts":
            # If the backup is restored a second time, this computer may have sent the draft in the meantime.
            query = "SELECT 1 FROM submissions WHERE draft_id = ? AND state IN (?, ?)"
            if _is_any(connection, query, row["id"], SubmissionState.DONE.value, SubmissionState.PREPARED.value):
                return None
            form_values = merging.form_values.get(row["id"], b"")
            return row | {"body": merging.drafts.get(row["id"], row["body"]), "form_values": form_values}
        case "presets":
            is_taken = _is_any(connection, "SELECT 1 FROM presets WHERE function_key = ?", row["function_key"])
            return row | {"function_key": None} if is_taken else row
        case _:
            return row


def account_key(row: Row) -> AccountKey:
    """Return the key of the account that a row describes."""
    return row["environment"], row["project_id"], row["account_id"]


def _take_party_details(
    connection: Connection, row: Row, merging: Merging, came: Counter[str], *, is_new: bool
) -> None:
    """Add personal data that an earlier restoration could not add, and update the counters in ``came``.

    Nothing is added if the account belongs to another person in this database.
    """
    if not row["sealed"]:
        return
    sealed = merging.sealed.get(account_key(row), b"")
    is_empty = "environment = ? AND project_id = ? AND account_id = ? AND sealed IN (x'', ?)"
    place = *account_key(row), merging.unreadable.get(account_key(row), b"")
    if not sealed:
        came["missing_party_details"] += _is_any(connection, f"SELECT 1 FROM accounts WHERE {is_empty}", *place)  # noqa: S608
    elif is_new:
        came["party_details"] += 1
    else:
        query = f"UPDATE accounts SET sealed = ? WHERE {is_empty} AND kind = ? AND name = ? AND masked_number = ?"  # noqa: S608
        values = (sealed, *place, row["kind"], row["name"], row["masked_number"])
        came["party_details"] += connection.execute(query, values).rowcount


def _take_form_values(connection: Connection, row: Row, adapted: Row, *, is_new: bool) -> bool:
    """Add form values that an earlier restoration could not add.

    Return whether the draft now has all form values that the backup contains.
    """
    if not row["form_values"]:
        return True
    if not is_new and adapted["form_values"]:
        statement = "UPDATE drafts SET form_values = ? WHERE id = ? AND form_values = x'' AND saved_at_ms = ?"
        connection.execute(statement, (adapted["form_values"], row["id"], row["saved_at_ms"]))
    is_bare = "SELECT 1 FROM drafts WHERE id = ? AND form_values = x'' AND saved_at_ms = ?"
    return not _is_any(connection, is_bare, row["id"], row["saved_at_ms"])


def _take_salts(connection: Connection, settings: Sequence[Row]) -> None:
    for key, queries in _SALTS:
        has_rows = any(_is_any(connection, query) for query in queries)
        if not has_rows and any(row["key"] == key for row in settings):
            connection.execute("DELETE FROM settings WHERE key = ?", (key,))


def _strange_rows(connection: Connection, merging: Merging) -> int:
    """Return the number of sheet rows that were hashed with a key other than this computer's key."""
    kept = connection.execute("SELECT value FROM settings WHERE key = ?", (_ROWS_KEY,)).fetchone()
    is_same = any(row["key"] == _ROWS_KEY and (row["value"],) == kept for row in merging.rows["settings"])
    return 0 if is_same else len(merging.rows["bulk_rows"])


def _submission_row(send: LostSend, draft: Row, merging: Merging) -> Row:
    return {
        "id": send.submission_id,
        "environment": send.environment,
        "project_id": send.project_id,
        "title": draft["title"],
        "queued_at_ms": send.queued_at_ms,
        "draft": merging.drafts.get(send.draft_id, draft["body"]),
        "state": SubmissionState.QUEUED.value,
        "changed_at_ms": send.queued_at_ms,
        "draft_id": send.draft_id,
    }


def _add_steps(connection: Connection, submission_id: str, steps: Sequence[Step], now_ms: int) -> bool:
    """Add steps to a submission, and return whether the submission is now waiting for the user's decision."""
    for step in steps:
        state, data = step.state.value, json.dumps(dict(step.data), allow_nan=False)
        row = {"submission_id": submission_id, "at_ms": now_ms, "state": state, "data": data}
        _insert(connection, "journal_steps", row)
        query = "UPDATE submissions SET state = ?, changed_at_ms = ? WHERE id = ?"
        connection.execute(query, (state, now_ms, submission_id))
    return bool(steps) and steps[-1].state is SubmissionState.HELD


def _insert(connection: Connection, table: str, row: Row) -> bool:
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    query = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  names of this schema
    return connection.execute(query, tuple(row.values())).rowcount > 0


def _is_any(connection: Connection, query: str, *values: object) -> bool:
    return connection.execute(query, values).fetchone() is not None


def _rows(connection: Connection, table: str, order: str = "") -> list[Row]:
    found = connection.execute(f"SELECT * FROM {table} {order}")  # noqa: S608  names of this module
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found]
