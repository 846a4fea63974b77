"""Templates at the platform, by the content they were made of: the platform has no call that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.domain.environment import EnvironmentKind

if TYPE_CHECKING:
    from esign_desktop.domain.preset.preset import PresetHome
    from esign_desktop.store.database.connection import Database


@dataclass(frozen=True, slots=True)
class TemplateRecord:
    """One try to make a template. As long as ``template_id`` is empty, nobody knows what became of it."""

    id: str
    environment: EnvironmentKind
    project_id: str
    sha256: str
    template_id: str
    changed_at_ms: int

    @property
    def is_made(self) -> bool:
        """Whether the platform has told its id."""
        return bool(self.template_id)


class Templates:
    """Keeps tries. What was committed is on the disk when a call returns. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, home: PresetHome, sha256: str, at_ms: int) -> TemplateRecord:
        """Keep that the platform is about to be asked."""
        record = TemplateRecord(uuid4().hex, home.environment, home.project_id, sha256, "", at_ms)
        row = (record.id, record.environment.value, record.project_id, record.sha256, "", at_ms)
        self._database.execute("INSERT INTO templates VALUES (?, ?, ?, ?, ?, ?)", row)
        return record

    def keep(self, record_id: str, template_id: str, at_ms: int) -> None:
        """Keep the id that was told."""
        values = (template_id, at_ms, record_id)
        self._database.execute("UPDATE templates SET template_id = ?, changed_at_ms = ? WHERE id = ?", values)

    def drop(self, record_id: str) -> None:
        """Forget a try that is known to have made nothing."""
        self._database.execute("DELETE FROM templates WHERE id = ?", (record_id,))

    def find(self, home: PresetHome, sha256: str) -> TemplateRecord | None:
        """Return what is known about a content: the template that was made last, or else the last try."""
        rows = self._database.query(
            "SELECT id, template_id, changed_at_ms FROM templates"
            " WHERE environment = ? AND project_id = ? AND sha256 = ?"
            " ORDER BY template_id = '', changed_at_ms DESC LIMIT 1",
            (home.environment.value, home.project_id, sha256),
        )
        if not rows:
            return None
        record_id, template_id, changed_at_ms = rows[0]
        return TemplateRecord(record_id, home.environment, home.project_id, sha256, template_id, changed_at_ms)
