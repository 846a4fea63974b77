"""What was done at this desk: who did it, and the log as a table for others to read."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Final

from esign_desktop.services.flow_rows import CHINA_MS
from esign_desktop.services.sheets.csv_table import save_csv
from esign_desktop.store.audit import Audit, AuditAction, AuditEntry

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AuditAction", "AuditEntry", "AuditLog", "user_name"]

COLUMNS: Final = ("time (China)", "user", "action", "environment", "contract", "flow", "outcome")


def user_name() -> str:
    """Return who is logged in to the computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


class AuditLog:
    """Blocks for the store."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def entries(self, *, limit: int = 1000) -> tuple[AuditEntry, ...]:
        """Return what was done, the latest first."""
        return self._audit.entries(limit=limit)

    def export(self, target: Path) -> int:
        """Write the whole log as CSV, the oldest first, and return the number of lines. Raises StoreError."""
        entries = self._audit.entries()[::-1]
        save_csv([COLUMNS, *map(_cells, entries)], target)
        self._audit.note(AuditAction.EXPORTED)
        return len(entries)


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    from datetime import UTC, datetime, timedelta

    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=entry.at_ms + CHINA_MS)
    return (
        moment.strftime("%Y-%m-%d %H:%M:%S"),
        entry.who,
        str(entry.action),
        str(entry.environment),
        entry.title,
        entry.flow_id,
        entry.outcome or "ok",
    )
