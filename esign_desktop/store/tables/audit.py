"""The audit log, which records actions on this computer and the users who performed them.

Lines are only appended. Names are the only personal data in the lines. Each line is linked to all earlier lines by a
digest, which reveals changed, added and removed lines. When a person's name is erased from titles, a line is appended
that contains a digest of all titles from which a name was ever erased. A user who can write to the database could
recompute the whole chain. A copy of the chain's last value, which every export contains, reveals such a change.
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
_SEPARATOR: Final = " · "
_FORGOTTEN_DIGITS: Final = 32
_PLAIN: Final = "at_ms, who, action, environment, flow_id, outcome"
Plain = tuple[int, str, str, str, str, str]
"""The values of a line that never change: time, user, action, environment, flow and outcome."""


def title_seal(title: str) -> tuple[str, str]:
    """Return a new random salt, and the digest of the title with this salt."""
    salt = secrets.token_hex(_SALT_BYTES)
    return salt, _title_digest(salt, title)


def next_link(connection: Connection, plain: Plain, title_digest: str) -> str:
    """Return the chain value for a line that is about to be appended."""
    row = connection.execute("SELECT chain FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    before = str(row[0]) if row is not None else ""
    return _link(before or _digest_of_unbound(connection), plain, title_digest)


def check_chain(connection: Connection) -> AuditCheck:
    """Verify the chain of all lines, and return the result."""
    lines = unbound = forgotten = 0
    broken_at: int | None = None
    before, has_begun = "", False
    seen, redacted = hashlib.sha256(), hashlib.sha256()
    unconfirmed: int | None = None
    last_seq = 0
    for seq, plain, title, salt, digest, chain in _rows(connection):
        lines += 1
        last_seq = seq
        is_right = True
        if not chain:
            # Only lines that are older than the chain may lack a chain value.
            is_right = not has_begun
            unbound += 1
            seen.update(_packed(plain))
        else:
            before = before if has_begun else (seen.hexdigest() if unbound else "")
            has_begun = True
            is_forgotten = not salt and FORGOTTEN_NAME in title
            if is_forgotten:
                forgotten += 1
                redacted.update(_packed((seq, title)))
                unconfirmed = unconfirmed or lines
            elif plain[2] == AuditAction.FORGOTTEN.value and _confirms(title, redacted.hexdigest()):
                unconfirmed = None
            is_title_right = is_forgotten or (bool(salt) and _title_digest(salt, title) == digest)
            is_right = is_title_right and _link(before, plain, digest) == chain
            before = chain
        if not is_right and broken_at is None:
            broken_at = lines
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    if broken_at is None and row is not None and int(row[0]) != last_seq:
        # The last lines were removed.
        broken_at = lines + 1
    if unconfirmed is not None and (broken_at is None or unconfirmed < broken_at):
        broken_at = unconfirmed
    head = before if has_begun else seen.hexdigest() if unbound else ""
    return AuditCheck(lines, unbound, forgotten, broken_at, head)


def _confirms(title: str, digest: str) -> bool:
    """Return whether the title of a line about an erasure contains the digest of all titles that were changed.

    Earlier versions wrote an empty title.
    """
    return title in {"", _forgotten_title(title.partition(_SEPARATOR)[0], digest)}


def _forgotten_title(count: object, digest: str) -> str:
    return f"{count}{_SEPARATOR}{digest[:_FORGOTTEN_DIGITS]}"


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
"""The settings whose changes are logged.

They affect where contracts go, who sees them, what they cost, or what customers see. Settings that concern the
appearance of the window are not logged.
"""


def _named(teller: str, person: str) -> str:
    return replace_surrogates(f"{teller} · {person}" if teller else person)


class Audit:
    """The table of the audit log. ``who`` is the name of the user logged in to the computer."""

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
        """Append a line to the log. ``outcome`` is an error code, or an empty string if the action succeeded."""
        kind = environment.value if environment is not None else ""
        self._database.run(lambda connection: self._write(connection, action, (kind, flow_id, title, outcome)))

    def note_sent(self, connection: Connection, record: FlowRecord) -> None:
        """Append the line for a contract that was sent, in the transaction that stores its flow.

        This is the ``on_adding`` function of Flows. The line names the teller who started the submission. After a
        crash, the submission may be resumed while a different teller, or no teller, is signed in.
        """
        query = "SELECT data FROM journal_steps WHERE submission_id = ? ORDER BY seq LIMIT 1"
        first = connection.execute(query, (record.submission_id,)).fetchone()
        teller = json.loads(first[0]).get("teller", self._teller) if first is not None else self._teller
        self._write(connection, AuditAction.SENT, (record.environment.value, record.flow_id, record.title, ""), teller)

    def note_forgotten(self, connection: Connection, count: int) -> None:
        """Append the line for a person who was erased, in the transaction that erases the person.

        ``count`` is the number of log lines that the erasure changed. The appended line must not reveal who was erased.
        """
        redacted = hashlib.sha256()
        query = "SELECT seq, title FROM audit WHERE chain <> '' AND title_salt = '' ORDER BY seq"
        for row in connection.execute(query):
            redacted.update(_packed(tuple(row)))
        title = _forgotten_title(count, redacted.hexdigest())
        self._write(connection, AuditAction.FORGOTTEN, ("", "", title, ""))

    @property
    def teller(self) -> str:
        """The teller whose name new lines contain, or an empty string if no teller is signed in."""
        return self._teller

    @property
    def who(self) -> str:
        """The name in new lines: the teller who is signed in, followed by the user logged in to the computer."""
        return _named(self._teller, self._person)

    def act_as(self, teller: str) -> None:
        """Set the teller whose name new lines contain in addition to the logged-in user.

        Pass an empty string if no teller is signed in.
        """
        self._teller = teller

    def head(self) -> tuple[int, str] | None:
        """Return the number and the chain value of the last line, or None if the log is empty."""
        rows = self._database.query("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1")
        return (int(rows[0][0]), str(rows[0][1])) if rows else None

    def chain_of(self, number: int) -> str | None:
        """Return the chain value of the line with this number, or None if there is no such line."""
        rows = self._database.query("SELECT chain FROM audit WHERE seq = ?", (number,))
        return str(rows[0][0]) if rows else None

    def sender_of(self, flow_id: str) -> str:
        """Return the name of the user who sent a flow, or an empty string if the log does not record the sending."""
        query = "SELECT who FROM audit WHERE action = ? AND flow_id = ? ORDER BY seq LIMIT 1"
        rows = self._database.query(query, (AuditAction.SENT.value, flow_id))
        return str(rows[0][0]) if rows else ""

    def entries(self, *, limit: int = 1_000_000) -> tuple[AuditEntry, ...]:
        """Return up to ``limit`` lines, latest first.

        Actions that are unknown to this version are returned as strings.
        """
        rows = self._database.query(
            "SELECT at_ms, who, action, environment, flow_id, title, outcome, chain FROM audit"
            " ORDER BY seq DESC LIMIT ?",
            (limit,),
        )
        return tuple(AuditEntry(*row) for row in rows)

    def check(self) -> AuditCheck:
        """Verify the chain of all lines, and return the result."""
        return self._database.run(check_chain)

    def note_setting(self, connection: Connection, key: str) -> None:
        """Append a line about a changed setting, in the transaction that changes the setting.

        The setting's value is never logged.
        """
        # The keys of facts that the program learns about an environment have one more level.
        is_environment = key.startswith(_NOTED_PREFIX) and key.count(".") == 1
        if is_environment or key in _NOTED_SETTINGS:
            self._write(connection, AuditAction.SETTING, ("", "", key, ""))

    def _write(
        self, connection: Connection, action: AuditAction, about: tuple[str, str, str, str], teller: str | None = None
    ) -> None:
        kind, flow_id, title, outcome = about
        teller = self._teller if teller is None else teller
        plain = (self._clock_ms(), _named(teller, self._person), action.value, kind, flow_id, outcome)
        title = replace_surrogates(title)
        salt, title_digest = title_seal(title)
        chain = next_link(connection, plain, title_digest)
        connection.execute(
            "INSERT INTO audit (at_ms, who, action, environment, flow_id, outcome, title, title_salt, title_digest,"
            " chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*plain, title, salt, title_digest, chain),
        )
