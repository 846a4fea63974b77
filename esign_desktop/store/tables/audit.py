"""The audit log: who did what on this computer. It only grows, and names are the only personal data in it.

Every line is chained by a digest to all before it, so that a line that is changed, added or taken out shows. Whoever
can write the database can also chain all lines anew; that shows by the head of the chain, which stands in every export.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.audit import AuditAction, AuditCheck, AuditEntry
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.store.clock import system_clock_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection


_SALT_BYTES: Final = 16
_PLAIN: Final = "at_ms, who, action, environment, flow_id, outcome"
Plain = tuple[int, str, str, str, str, str]
"""What of a line never changes: moment, who, action, environment, flow, outcome."""


def title_seal(title: str) -> tuple[str, str]:
    """Return a new salt, and the digest of a title with it."""
    salt = secrets.token_hex(_SALT_BYTES)
    return salt, _title_digest(salt, title)


def next_link(connection: Connection, plain: Plain, title_digest: str) -> str:
    """Return the chain of a line that is about to be added."""
    row = connection.execute("SELECT chain FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    before = str(row[0]) if row is not None else ""
    return _link(before or _digest_of_unbound(connection), plain, title_digest)


def check_chain(connection: Connection) -> AuditCheck:
    """Go through all lines."""
    lines = unbound = forgotten = 0
    broken_at: int | None = None
    before, has_begun = "", False
    seen = hashlib.sha256()
    last_seq = 0
    for seq, plain, title, salt, digest, chain in _rows(connection):
        lines += 1
        last_seq = seq
        is_right = True
        if not chain:
            # Only what stands before the first bound line may be without.
            is_right = not has_begun
            unbound += 1
            seen.update(_packed(plain))
        else:
            before = before if has_begun else (seen.hexdigest() if unbound else "")
            has_begun = True
            is_forgotten = not salt and FORGOTTEN_NAME in title
            forgotten += is_forgotten
            is_title_right = is_forgotten or (bool(salt) and _title_digest(salt, title) == digest)
            is_right = is_title_right and _link(before, plain, digest) == chain
            before = chain
        if not is_right and broken_at is None:
            broken_at = lines
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    if broken_at is None and row is not None and int(row[0]) != last_seq:
        # The last ones were taken out.
        broken_at = lines + 1
    head = before if has_begun else seen.hexdigest() if unbound else ""
    return AuditCheck(lines, unbound, forgotten, broken_at, head)


def _rows(connection: Connection) -> Iterator[tuple[int, Plain, str, str, str, str]]:
    query = f"SELECT seq, title, title_salt, title_digest, chain, {_PLAIN} FROM audit ORDER BY seq"  # noqa: S608
    for seq, title, salt, digest, chain, *plain in connection.execute(query):
        yield int(seq), tuple(plain), str(title), str(salt), str(digest), str(chain)


def _digest_of_unbound(connection: Connection) -> str:
    digest, is_empty = hashlib.sha256(), True
    for _, plain, *_ in _rows(connection):
        digest.update(_packed(plain))
        is_empty = False
    return "" if is_empty else digest.hexdigest()


def _link(before: str, plain: Plain, title_digest: str) -> str:
    return hashlib.sha256(_packed((before, *plain, title_digest))).hexdigest()


def _title_digest(salt: str, title: str) -> str:
    return hashlib.sha256(_packed((salt, title))).hexdigest()


def _packed(values: tuple[object, ...]) -> bytes:
    return json.dumps(values).encode("ascii") + b"\n"


_NOTED_PREFIX: Final = "environment."
_NOTED_SETTINGS: Final = frozenset(
    {
        "counter_pin",
        "download_folder",
        "downloads_by_itself",
        "notice_port",
        "brand_text",
        "brand_picture",
        "tier_index",
        "own_tier",
    }
)
"""What changes where contracts go, who sees them, what they cost, or what a customer is shown.

How the window looks is nobody's.
"""


class Audit:
    """Keeps the log; ``who`` is the person who is logged in to the computer."""

    def __init__(self, database: Database, *, who: str, clock_ms: Callable[[], int] = system_clock_ms) -> None:
        self._database = database
        self._person, self._teller = who, ""
        self._clock_ms = clock_ms

    def note(
        self,
        action: AuditAction,
        *,
        environment: EnvironmentKind | None = None,
        flow_id: str = "",
        title: str = "",
        outcome: str = "",
    ) -> None:
        """Add a line."""
        kind = environment.value if environment is not None else ""
        self._database.run(lambda connection: self._write(connection, action, (kind, flow_id, title, outcome)))

    def note_sent(self, connection: Connection, record: FlowRecord) -> None:
        """Add the line of a contract that was sent to the transaction that keeps it: ``on_adding`` of Flows.

        It bears who pressed the key, though somebody else may be there, or nobody yet, when a killed program goes on.
        """
        query = "SELECT data FROM journal_steps WHERE submission_id = ? ORDER BY seq LIMIT 1"
        first = connection.execute(query, (record.submission_id,)).fetchone()
        teller = json.loads(first[0]).get("teller", self._teller) if first is not None else self._teller
        self._write(connection, AuditAction.SENT, (record.environment.value, record.flow_id, record.title, ""), teller)

    @property
    def teller(self) -> str:
        """Under whose name lines are noted; empty for nobody's."""
        return self._teller

    def act_as(self, teller: str) -> None:
        """Note lines under this teller's name from now on, besides the person who is logged in; empty for nobody."""
        self._teller = teller

    def head(self) -> tuple[int, str] | None:
        """Return the number of the last line and the chain up to it; None while there is none."""
        rows = self._database.query("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1")
        return (int(rows[0][0]), str(rows[0][1])) if rows else None

    def chain_of(self, number: int) -> str | None:
        """Return the chain up to a line; None if the line is not there."""
        rows = self._database.query("SELECT chain FROM audit WHERE seq = ?", (number,))
        return str(rows[0][0]) if rows else None

    def sender_of(self, flow_id: str) -> str:
        """Return who sent a flow; empty for one whose line is missing."""
        query = "SELECT who FROM audit WHERE action = ? AND flow_id = ? ORDER BY seq LIMIT 1"
        rows = self._database.query(query, (AuditAction.SENT.value, flow_id))
        return str(rows[0][0]) if rows else ""

    def entries(self, *, limit: int = 1_000_000) -> tuple[AuditEntry, ...]:
        """Return the lines, the latest first. What a later version noted keeps its word."""
        rows = self._database.query(
            "SELECT at_ms, who, action, environment, flow_id, title, outcome, chain FROM audit"
            " ORDER BY seq DESC LIMIT ?",
            (limit,),
        )
        return tuple(AuditEntry(*row) for row in rows)

    def check(self) -> AuditCheck:
        """Look whether every line is as it was written."""
        return self._database.run(check_chain)

    def note_setting(self, connection: Connection, key: str) -> None:
        """Add the line of a setting that is being changed, to the same transaction; never its value."""
        # What is learned of an environment by itself lies one level deeper.
        is_environment = key.startswith(_NOTED_PREFIX) and key.count(".") == 1
        if is_environment or key in _NOTED_SETTINGS:
            self._write(connection, AuditAction.SETTING, ("", "", key, ""))

    def _write(
        self, connection: Connection, action: AuditAction, about: tuple[str, str, str, str], teller: str | None = None
    ) -> None:
        kind, flow_id, title, outcome = about
        teller = self._teller if teller is None else teller
        who = f"{teller} · {self._person}" if teller else self._person
        plain = (self._clock_ms(), replace_surrogates(who), action.value, kind, flow_id, outcome)
        title = replace_surrogates(title)
        salt, title_digest = title_seal(title)
        chain = next_link(connection, plain, title_digest)
        connection.execute(
            "INSERT INTO audit (at_ms, who, action, environment, flow_id, outcome, title, title_salt, title_digest,"
            " chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*plain, title, salt, title_digest, chain),
        )
