"""What was done at this desk: who did it, and the log as a table for others to read."""

from __future__ import annotations

import csv
import getpass
import io
from typing import TYPE_CHECKING, Final

from esign_desktop.services.flow_rows import CHINA_MS
from esign_desktop.store.audit import Audit, AuditAction, AuditEntry
from esign_desktop.store.disk_errors import disk_error

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AuditAction", "AuditEntry", "AuditLog", "user_name"]

COLUMNS: Final = ("time (China)", "user", "action", "environment", "contract", "flow", "outcome")
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


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
        """Write the whole log as CSV, the oldest first, and return the number of lines. Raises StoreError.

        With a byte-order mark, without which Excel takes Chinese for something else; cells that a spreadsheet would
        compute are written as text.
        """
        entries = self._audit.entries()[::-1]
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        writer.writerows([_harmless(cell) for cell in _cells(entry)] for entry in entries)
        try:
            target.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
        except OSError as error:
            raise disk_error(error) from error
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


def _harmless(cell: str) -> str:
    text = "".join(" " if ord(character) < 32 else character for character in cell)
    return f"'{text}" if cell.startswith(_FORMULA_STARTS) else text
