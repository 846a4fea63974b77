"""The audit log: who did what at this desk. It only grows, and names are the only personal data in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.store.audit_chain import AuditCheck, check_chain, next_link, title_seal
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.plain_text import storable

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.store.database import Connection, Database
    from esign_desktop.store.flows import FlowRecord


_NOTED_PREFIX: Final = "environment."
_NOTED_SETTINGS: Final = frozenset(
    {"counter_pin", "download_folder", "downloads_by_itself", "notice_port", "brand_text", "brand_picture"}
)
"""What changes where contracts go, who sees them, or what a customer is shown. How the window looks is nobody's."""


class AuditAction(StrEnum):
    """What was done. Kept in the database."""

    SENT = "sent"
    REVOKED = "revoked"
    DOWNLOADED = "downloaded"
    CORRECTED = "corrected"
    EXPORTED = "exported"
    BULK = "bulk"
    PRESET_SAVED = "preset_saved"
    PRESET_DELETED = "preset_deleted"
    PRESET_IMPORTED = "preset_imported"
    PRESET_KEY = "preset_key"
    SETTING = "setting"
    SECRET = "secret"  # noqa: S105  the name of an action
    PIN_WRONG = "pin_wrong"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line. ``outcome`` is empty when it went well, else an error's code. ``chain`` binds it to all before."""

    at_ms: int
    who: str
    action: AuditAction | str
    environment: EnvironmentKind | str = ""
    flow_id: str = ""
    title: str = field(default="", repr=False)
    outcome: str = ""
    chain: str = ""


class Audit:
    """Keeps the log; ``who`` is the person who is logged in to the computer."""

    def __init__(self, database: Database, *, who: str, clock_ms: Callable[[], int] = system_clock_ms) -> None:
        self._database = database
        self._who = who
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
        """Add the line of a contract that was sent to the transaction that keeps it: ``on_adding`` of Flows."""
        self._write(connection, AuditAction.SENT, (record.environment.value, record.flow_id, record.title, ""))

    def entries(self, *, limit: int = 1_000_000) -> tuple[AuditEntry, ...]:
        """Return the lines, the latest first. What a later version noted keeps its word."""

        def work(connection: Connection) -> list[tuple[int, str, str, str, str, str, str, str]]:
            return connection.execute(
                "SELECT at_ms, who, action, environment, flow_id, title, outcome, chain FROM audit"
                " ORDER BY seq DESC LIMIT ?",
                (limit,),
            ).fetchall()

        return tuple(AuditEntry(*row) for row in self._database.run(work))

    def check(self) -> AuditCheck:
        """Look whether every line is as it was written."""
        return self._database.run(check_chain)

    def note_setting(self, connection: Connection, key: str) -> None:
        """Add the line of a setting that is being changed, to the same transaction; never its value."""
        # What is learned of an environment by itself lies one level deeper.
        is_environment = key.startswith(_NOTED_PREFIX) and key.count(".") == 1
        if is_environment or key in _NOTED_SETTINGS:
            self._write(connection, AuditAction.SETTING, ("", "", key, ""))

    def _write(self, connection: Connection, action: AuditAction, about: tuple[str, str, str, str]) -> None:
        kind, flow_id, title, outcome = about
        plain = (self._clock_ms(), storable(self._who), action.value, kind, flow_id, outcome)
        title = storable(title)
        salt, title_digest = title_seal(title)
        chain = next_link(connection, plain, title_digest)
        connection.execute(
            "INSERT INTO audit (at_ms, who, action, environment, flow_id, outcome, title, title_salt, title_digest,"
            " chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*plain, title, salt, title_digest, chain),
        )
