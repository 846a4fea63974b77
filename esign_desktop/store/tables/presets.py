"""The table of presets and their function keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.store.codec import preset_from_json, preset_to_json

if TYPE_CHECKING:
    from esign_desktop.domain.preset.preset import Preset, PresetId
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection


class Presets:
    """The table of presets. Each function key belongs to at most one preset."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, preset: Preset, *, saved_at_ms: int) -> None:
        """Store a preset. If another preset has the same function key, it loses the key."""
        key = preset.function_key
        row = (preset.id, replace_surrogates(preset.name), key, saved_at_ms, preset_to_json(preset))

        def work(connection: Connection) -> None:
            _free_key(connection, key)
            connection.execute("INSERT OR REPLACE INTO presets VALUES (?, ?, ?, ?, ?)", row)

        self._database.erase(work)

    def list(self) -> tuple[Preset, ...]:
        """Return all presets: first those with a function key, in key order, and then the others by name.

        Presets that cannot be read are omitted.
        """
        rows = self._database.query(
            "SELECT body, function_key FROM presets ORDER BY function_key IS NULL, function_key, name, id"
        )
        found = (_read(body, key) for body, key in rows)
        return tuple(preset for preset in found if preset is not None)

    def get(self, preset_id: PresetId) -> Preset:
        """Return a preset. Raises StoreError ``store.no_such_preset`` or ``store.bad_preset``."""
        rows = self._database.query("SELECT body, function_key FROM presets WHERE id = ?", (preset_id,))
        if not rows:
            raise StoreError("store.no_such_preset")
        body, key = rows[0]
        return replace(preset_from_json(body), function_key=key)

    def ids(self) -> frozenset[str]:
        """Return the ids of all presets, including presets that cannot be read."""
        return frozenset(preset_id for (preset_id,) in self._database.query("SELECT id FROM presets"))

    def assign_key(self, preset_id: PresetId, key: int | None) -> None:
        """Assign a function key to a preset, and remove the key from any other preset.

        Pass None to remove the preset's key.
        """

        def work(connection: Connection) -> None:
            _free_key(connection, key)
            connection.execute("UPDATE presets SET function_key = ? WHERE id = ?", (key, preset_id))

        self._database.run(work)

    def delete(self, preset_id: PresetId) -> None:
        """Delete a preset, leaving no trace of it in the database files."""
        self._database.erase(lambda connection: connection.execute("DELETE FROM presets WHERE id = ?", (preset_id,)))


def _free_key(connection: Connection, key: int | None) -> None:
    if key is not None:
        connection.execute("UPDATE presets SET function_key = NULL WHERE function_key = ?", (key,))


def _read(body: str, key: int | None) -> Preset | None:
    try:
        return replace(preset_from_json(body), function_key=key)
    except StoreError:
        return None
