"""The table of the forms of presets' documents. It is encrypted with the keyring's key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.store.tables.sent_forms import form_from_json, form_to_json

if TYPE_CHECKING:
    from collections.abc import Collection

    from esign_desktop.domain.matching.form import RememberedForm
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.party_details import SealedPartyDetails

_USE: Final = b"forms of presets"


class PresetFormTable:
    """The table of the forms of presets' documents, keyed by the document's PDF or template."""

    def __init__(self, database: Database, sealed: SealedPartyDetails) -> None:
        self._database = database
        self._sealed = sealed

    def key(self) -> bytes | None:
        """Return the key with which pieces are hashed, or None while the keyring does not provide its key."""
        return self._sealed.subkey(_USE)

    def all(self) -> dict[str, RememberedForm]:
        """Return all forms that can be read. Forms that were encrypted with another key are omitted."""
        rows = self._database.query("SELECT id, body FROM preset_forms")
        texts = ((form_id, self._sealed.open(body, _context(form_id))) for form_id, body in rows)
        forms = ((form_id, form_from_json(text)) for form_id, text in texts if text is not None)
        return {form_id: form for form_id, form in forms if form is not None}

    def save(self, form_id: str, form: RememberedForm) -> None:
        """Store a form, or replace the form with the same id. Does nothing if the key is not available."""
        body = self._sealed.seal(form_to_json(form), _context(form_id))
        if body:
            self._database.execute("INSERT OR REPLACE INTO preset_forms VALUES (?, ?)", (form_id, body))

    def keep_only(self, form_ids: Collection[str]) -> None:
        """Delete all forms but those with these ids."""
        gone = [row for row in self._database.query("SELECT id FROM preset_forms") if row[0] not in form_ids]
        if gone:
            self._database.execute_many("DELETE FROM preset_forms WHERE id = ?", gone)


def _context(form_id: str) -> bytes:
    return f"form of a preset\0{form_id}".encode()
