"""Binds every line of the audit log to all before it, so that a line that is changed, added or taken out shows.

Whoever can write the database can also bind all lines anew: what shows that is the head of the chain, which stands in
every export.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.forgetting import FORGOTTEN_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.store.database import Connection

_SALT_BYTES: Final = 16
_PLAIN: Final = "at_ms, who, action, environment, flow_id, outcome"
Plain = tuple[int, str, str, str, str, str]
"""What of a line never changes: moment, who, action, environment, flow, outcome."""


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a look at the whole chain found. ``broken_at`` is the number of the first line that does not fit, from 1.

    ``unbound`` lines are older than the chain, and bound by its first one; in ``forgotten`` ones a name was taken out.
    ``head`` binds all of them; empty when there is no line.
    """

    lines: int = 0
    unbound: int = 0
    forgotten: int = 0
    broken_at: int | None = None
    head: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every line is as it was written, and none is missing in between."""
        return self.broken_at is None


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
