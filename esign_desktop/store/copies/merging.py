"""Takes the rows of another computer's database over into this one, in one transaction.

What is here stays as it is: a row whose key is known is left out, so that the same can be taken over again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.submission import SubmissionState
from esign_desktop.store.tables.journal import StepValue

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Connection, Database

Row = dict[str, Any]
AccountKey = tuple[str, str, str]

_TABLES: Final = (
    *("settings", "accounts", "flows", "submissions", "drafts", "presets", "templates"),
    *("bulk_runs", "bulk_rows", "bulk_columns", "audit"),
)
"""In an order in which rows come after those they refer to. Not: what is on the desk, notices, values under a key."""
_OF_THAT_COMPUTER: Final = frozenset({"recents", "view_place", "download_folder", "customer_screen"})
"""Settings that name places and screens."""
_ROWS_KEY: Final = "bulk.key"
_SALTS: Final = (("accounts.salt", "accounts"), (_ROWS_KEY, "bulk_rows"))
"""Settings by which rows of a table are known again; worth more than this computer's own, as long as it has no rows."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is added to a send's journal."""

    state: SubmissionState
    data: Mapping[str, StepValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LostSend:
    """A send that the ledger knows and the copied database does not; ``draft_id`` is that of a copied draft."""

    submission_id: str
    environment: str
    project_id: str
    draft_id: str
    queued_at_ms: int
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Merging:
    """What is taken over: the rows of every table, and what is known of sends besides.

    ``drafts`` holds the drafts' bodies that are to be written instead, ``steps`` what is added to copied sends.
    ``sealed`` holds accounts' particulars as this installation seals them; those of other accounts do not come.
    ``unreadable`` holds what accounts here have under a key that is gone, which may be replaced.
    """

    rows: Mapping[str, Sequence[Row]] = field(repr=False)
    journal: Mapping[str, Sequence[Row]] = field(repr=False)
    drafts: Mapping[str, str] = field(default_factory=dict, repr=False)
    steps: Mapping[str, Sequence[Step]] = field(default_factory=dict)
    sealed: Mapping[AccountKey, bytes] = field(default_factory=dict, repr=False)
    unreadable: Mapping[AccountKey, bytes] = field(default_factory=dict, repr=False)
    lost_sends: Sequence[LostSend] = ()


def read_rows(database: Database) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Return all rows by table, and the steps of sends by their id."""

    def work(connection: Connection) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
        journal: dict[str, list[Row]] = {}
        for step in _rows(connection, "journal_steps", "ORDER BY seq"):
            del step["seq"]
            journal.setdefault(step["submission_id"], []).append(step)
        return {table: _rows(connection, table) for table in _TABLES}, journal

    return database.run(work)


def read_sealed(database: Database) -> dict[AccountKey, bytes]:
    """Return what is sealed of accounts."""
    query = "SELECT environment, project_id, account_id, sealed FROM accounts WHERE sealed <> x''"
    found = database.run(lambda connection: connection.execute(query).fetchall())
    return {(environment, project_id, account_id): sealed for environment, project_id, account_id, sealed in found}


def merge(database: Database, merging: Merging, *, now_ms: int) -> Counter[str]:
    """Take over what is not here; return how many rows came, by table.

    ``held`` counts sends that wait for a person, ``particulars`` accounts of which particulars came, and
    ``missing_particulars`` those of which the copy has some that are not here. ``strange_rows`` counts rows of sheets
    that can't be known again, since this computer has a key of its own for them.
    """

    def work(connection: Connection) -> Counter[str]:
        came: Counter[str] = Counter()
        _take_salts(connection, merging.rows["settings"])
        has_audit = connection.execute("SELECT EXISTS (SELECT 1 FROM audit)").fetchone() == (1,)
        for table in _TABLES:
            if table == "audit" and has_audit:
                # A chain of lines can't be joined to another.
                continue
            for row in merging.rows[table]:
                taken = _taken(connection, table, row, merging)
                is_new = taken is not None and _insert(connection, table, taken)
                came[table] += is_new
                if table == "accounts":
                    _take_particulars(connection, row, merging, came, is_new=is_new)
                elif table == "submissions" and is_new:
                    for step in merging.journal.get(row["id"], ()):
                        _insert(connection, "journal_steps", step)
                    came["held"] += _add_steps(connection, row["id"], merging.steps.get(row["id"], ()), now_ms)
        came["strange_rows"] = _strange_rows(connection, merging)
        bodies = {row["id"]: row for row in merging.rows["drafts"]}
        for send in merging.lost_sends:
            row = bodies[send.draft_id]
            if _insert(connection, "submissions", _submission_row(send, row, merging)):
                came["lost_sends"] += 1
                came["held"] += _add_steps(connection, send.submission_id, send.steps, now_ms)
        return came

    return database.run(work)


def _taken(connection: Connection, table: str, row: Row, merging: Merging) -> Row | None:
    """Return the row as it is taken over; None for one that is not."""
    match table:
        case "settings":
            return None if row["key"] in _OF_THAT_COMPUTER else row
        case "accounts":
            # As it is, it opens under the other computer's key only.
            return row | {"sealed": merging.sealed.get(account_key(row), b"")}
        case "drafts":
            # Restored a second time, when it has been sent from here.
            sent = connection.execute(
                "SELECT EXISTS (SELECT 1 FROM submissions WHERE draft_id = ? AND state = ?)",
                (row["id"], SubmissionState.DONE.value),
            ).fetchone()
            return None if sent == (1,) else row | {"body": merging.drafts.get(row["id"], row["body"])}
        case "presets":
            key = row["function_key"]
            is_free = connection.execute("SELECT 1 FROM presets WHERE function_key = ?", (key,)).fetchone() is None
            return row if is_free else row | {"function_key": None}
        case _:
            return row


def account_key(row: Row) -> AccountKey:
    """Return what tells a row of accounts from all others."""
    return row["environment"], row["project_id"], row["account_id"]


def _take_particulars(connection: Connection, row: Row, merging: Merging, came: Counter[str], *, is_new: bool) -> None:
    """Fill in what did not come with an earlier restoring, unless the account is somebody else's here; count both."""
    if not row["sealed"]:
        return
    sealed = merging.sealed.get(account_key(row), b"")
    is_empty = "environment = ? AND project_id = ? AND account_id = ? AND sealed IN (x'', ?)"
    place = *account_key(row), merging.unreadable.get(account_key(row), b"")
    if sealed and not is_new:
        done = connection.execute(
            f"UPDATE accounts SET sealed = ? WHERE {is_empty}"  # noqa: S608  a constant
            " AND kind = ? AND name = ? AND masked_number = ?",
            (sealed, *place, row["kind"], row["name"], row["masked_number"]),
        )
        came["particulars"] += done.rowcount
    elif sealed:
        came["particulars"] += 1
    else:
        is_missing = connection.execute(
            f"SELECT EXISTS (SELECT 1 FROM accounts WHERE {is_empty})",  # noqa: S608  a constant
            place,
        ).fetchone()
        came["missing_particulars"] += is_missing == (1,)


def _take_salts(connection: Connection, settings: Sequence[Row]) -> None:
    for key, table in _SALTS:
        has_rows = connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone() == (1,)  # noqa: S608
        if not has_rows and any(row["key"] == key for row in settings):
            connection.execute("DELETE FROM settings WHERE key = ?", (key,))


def _strange_rows(connection: Connection, merging: Merging) -> int:
    """Return how many rows of sheets are named there by another key than here."""
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
    """Add steps to a send, and return whether it is held now."""
    for step in steps:
        row = {
            "submission_id": submission_id,
            "at_ms": now_ms,
            "state": step.state.value,
            "data": json.dumps(dict(step.data), allow_nan=False),
        }
        _insert(connection, "journal_steps", row)
        connection.execute(
            "UPDATE submissions SET state = ?, changed_at_ms = ? WHERE id = ?",
            (step.state.value, now_ms, submission_id),
        )
    return bool(steps) and steps[-1].state is SubmissionState.HELD


def _insert(connection: Connection, table: str, row: Row) -> bool:
    columns = ", ".join(row)
    marks = ", ".join("?" * len(row))
    done = connection.execute(
        f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608  names of this schema
        tuple(row.values()),
    )
    return done.rowcount > 0


def _rows(connection: Connection, table: str, order: str = "") -> list[Row]:
    found = connection.execute(f"SELECT * FROM {table} {order}")  # noqa: S608  names of this module
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found]
