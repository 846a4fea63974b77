"""Record the user of each action in the audit log, seal the log, and export it as a table."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.audit import AuditAction, AuditCheck, AuditEntry
from esign_desktop.domain.china_time import china_text
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.policy import Policy
from esign_desktop.services.sheets.csv_file import save_csv
from esign_desktop.store.system_log import tell_log

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.store.tables.audit import Audit
    from esign_desktop.store.tables.settings import Settings


_LOG_DIGITS: Final = 12
_POLICY_KEY: Final = "policy_digest"
AUDIT_HEAD: Final = "audit"
"""The kind of the ledger entries that contain the head of the audit log's hash chain."""
AUDIT_RESTORED: Final = "audit_restored"
"""The kind of the ledger entries that record the restoration of the log. Earlier heads may belong to a lost log."""
Note = Callable[[AuditAction, str], None]
"""A function that adds a line to the audit log, given an action and the name of its object, such as a preset."""

_log = logging.getLogger(__name__)


def unlike_ledger(audit: Audit, ledger: Ledger) -> int | None:
    """Return the number of the first log line that contradicts the ledger, or None if the log and the ledger agree.

    The result is 0 if a ledger entry about the log is malformed. Entries made before the last restoration are ignored,
    because they may belong to a lost log or to another computer's log. Raises StoreError.
    """
    unlike: list[int] = []
    for entry in ledger.read():
        if entry.kind == AUDIT_RESTORED:
            unlike = []
        if entry.kind in {AUDIT_HEAD, AUDIT_RESTORED}:
            number = entry.values.get("line")
            # The ledger is not trusted: another program may have written to it.
            number = number if isinstance(number, int) and number.bit_length() < 64 else 0
            if not number or audit.chain_of(number) != entry.values.get("chain"):
                unlike.append(number)
    return unlike[0] if unlike else None


def note_restored(audit: Audit, ledger: Ledger, title: str = "") -> None:
    """Record in the audit log that the log was restored, and record the head of the log's hash chain in the ledger.

    ``title`` is the title of the new log line. Raises StoreError.
    """
    audit.note(AuditAction.RESTORED, title=title)
    head = audit.head()
    if head is not None:
        ledger.append(AUDIT_RESTORED, {"line": head[0], "chain": head[1]})


def user_name() -> str:
    """Return the login name of this process's user, or an empty string if the operating system does not report it.

    Environment variables are not used, because they can be forged.
    """
    try:
        if sys.platform == "win32":
            name = os.getlogin()
        else:
            import pwd

            name = pwd.getpwuid(os.getuid()).pw_name
    except (OSError, KeyError):
        name = ""
    return name


def user_and_computer() -> str:
    """Return the user and the computer as ``login (full name)@computer``, leaving out parts that are unknown."""
    name, computer = user_name(), platform.node()
    return f"{name}{_full_name(name)}@{computer}" if computer else f"{name}{_full_name(name)}"


def _full_name(login: str) -> str:
    full = ""
    if sys.platform != "win32":
        import pwd

        with suppress(KeyError, OSError):
            full = pwd.getpwnam(login).pw_gecos.split(",")[0].strip()
    return f" ({full})" if full and full != login else ""


def noting(audit: Audit) -> Note:
    """Return a function that adds lines to the audit log.

    If a line cannot be written, the function reports the error only in the program's own log. The action that was to be
    recorded still takes effect.
    """

    def note(action: AuditAction, title: str) -> None:
        try:
            audit.note(action, title=title, outcome="pin.wrong" if action is AuditAction.PIN_WRONG else "")
        except StoreError as error:
            _log.error("what was done can't be noted: %s", error.code)

    return note


def note_policy(policy: Policy, settings: Settings, note: Note) -> None:
    """Record the policy in the audit log if it has changed since it was last recorded.

    The log line contains the names of the policy's settings and a digest of their values.
    """
    told = {name: value for name, value in policy._asdict().items() if value != Policy._field_defaults[name]}
    text = json.dumps(told, default=lambda value: sorted(value) if isinstance(value, frozenset) else str(value))
    digest = hashlib.sha256(text.encode()).hexdigest()[:_LOG_DIGITS] if told else ""
    with suppress(StoreError):
        if (settings.get(_POLICY_KEY) or "") != digest:
            settings.set(_POLICY_KEY, digest)
            note(AuditAction.POLICY, f"{', '.join(told)} · {digest}" if told else "")


@dataclass(frozen=True, slots=True)
class AuditWords:
    """The text of an exported audit log.

    ``headings`` contains the column headings for time, user, action, environment, contract, flow, outcome and seal, in
    this order. ``actions`` and ``environments`` map stored values to displayed text.
    """

    headings: tuple[str, ...]
    actions: Mapping[str, str]
    environments: Mapping[str, str]
    outcome: Callable[[str], str]
    """Returns the meaning of an error code. An empty code means success."""
    check: Callable[[AuditCheck], str]


class AuditSeal:
    """A writer that seals the audit log by recording the head of its hash chain outside the database.

    The head is written to the ledger and to ``target``, the log named by the policy's ``audit_to``. The ledger is
    copied to the second folder. A user who changes lines of the audit log and rebuilds its chain would also have to
    change these records.
    """

    def __init__(
        self, audit: Audit, ledger: Ledger, *, target: str = "", tell: Callable[[str, str], None] = tell_log
    ) -> None:
        self._audit = audit
        self._ledger = ledger
        self._target = target
        self._tell = tell
        self._sealed = self._told = 0

    @property
    def is_sent(self) -> bool:
        """Whether the head of the hash chain is also sent to the log that the policy names."""
        return bool(self._target)

    def restored(self) -> None:
        """Record in the log and in the ledger that the log was restored from a backup. Raises StoreError.

        After this call, the log is not compared with heads that the ledger recorded earlier.
        """
        note_restored(self._audit, self._ledger)

    def write(self) -> None:
        """Write the head of the hash chain if lines have been added since the last call.

        If the head cannot be sent, the next call sends it. The call blocks on the disk, and also on the log server if
        the policy names one. Raises StoreError, for example ``audit.not_sent``.
        """
        head = self._audit.head()
        if head is None:
            return
        line, chain = head
        if line != self._sealed:
            self._ledger.append(AUDIT_HEAD, {"line": line, "chain": chain})
            self._sealed = line
        if self._target and line != self._told:
            # The chain value of the first line identifies the log.
            log = (self._audit.chain_of(1) or "")[:_LOG_DIGITS]
            self._tell(self._target, f"audit log={log} line={line} chain={chain}")
            self._told = line


class AuditLog:
    """The service that returns, checks and exports the audit log. Calls block on the store."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def entries(self, *, limit: int = 1000) -> tuple[AuditEntry, ...]:
        """Return the last ``limit`` recorded actions, most recent first."""
        return self._audit.entries(limit=limit)

    def check(self) -> AuditCheck:
        """Check that no line of the log has been changed or removed, and return the result."""
        return self._audit.check()

    def export(self, target: Path, words: AuditWords) -> int:
        """Write the whole log as a CSV file, oldest line first, and return the number of lines. Raises StoreError.

        The last row contains the result of checking the log and the seal of the whole log.
        """
        entries = self._audit.entries()[::-1]
        check = self._audit.check()
        last = ("", "", words.check(check), "", "", "", "", check.head)
        save_csv([words.headings, *(_cells(entry, words) for entry in entries), last], target)
        self._audit.note(AuditAction.EXPORTED, title="audit")
        return len(entries)


def _cells(entry: AuditEntry, words: AuditWords) -> tuple[str, ...]:
    action, environment = str(entry.action), str(entry.environment)
    return (
        china_text(entry.at_ms),
        entry.who,
        words.actions.get(action, action),
        words.environments.get(environment, environment),
        entry.title,
        entry.flow_id,
        words.outcome(entry.outcome),
        entry.chain,
    )
