"""Presets provided by a policy: files in a shared folder, read-only for the users of this computer."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.domain.preset.preset import PresetId, new_preset_id
from esign_desktop.services.file_digest import sha256_of_file
from esign_desktop.services.presets.exchange import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.store.tables.settings import Settings

MOST_FILES: Final = 200
_SETTING: Final = "shared_presets"

_log = logging.getLogger(__name__)


class SharedPresets:
    """Synchronizes the presets of this computer with the folder.

    Calls block on the folder, which may be on an unreachable network share.
    """

    def __init__(
        self,
        folder: Path | None,
        presets: PresetService,
        settings: Settings,
        keys: Sequence[tuple[int, str]] = (),
    ) -> None:
        """Synchronize a folder; ``keys`` are function keys with the names of the files whose presets are on them."""
        self._folder = folder
        self._keys = dict(keys) if folder is not None else {}
        presets.fixed_keys = frozenset(self._keys)
        self._presets = presets
        self._settings = settings
        presets.is_shared = self.has

    @property
    def is_wanted(self) -> bool:
        """Return whether a folder is configured."""
        return self._folder is not None

    @property
    def is_empty(self) -> bool:
        """Return whether no preset of the folder is stored here, as before it is first read."""
        return not self._known()

    def has(self, preset_id: PresetId) -> bool:
        """Return whether the folder provides this preset."""
        return self._folder is not None and preset_id in {known[0] for known in self._known().values()}

    def refresh(self) -> int:
        """Import new and changed presets and delete removed ones; return the number of changes.

        A preset made on this computer is never replaced: a file with its id is imported under a new id. A file that
        cannot be read leaves its preset unchanged and is logged. Raises StoreError, with nothing changed, if the folder
        cannot be read; ``presets.folder_empty`` if it has no presets any longer, as an unmounted share looks.
        """
        if self._folder is None:
            return 0
        with disk_errors():
            # glob would treat an unreachable folder as empty.
            paths = sorted(path for path in self._folder.iterdir() if path.suffix == SUFFIX)[:MOST_FILES]
            found = {path.name: (path, f"{path.stat().st_mtime_ns}:{path.stat().st_size}") for path in paths}
        known, changes = self._known(), 0
        if known and not found:
            raise StoreError("presets.folder_empty", retryable=True)
        for name, (path, state) in found.items():
            if known.get(name, ("", ""))[1] == state:
                continue
            preset_id = self._take(path, known)
            if preset_id is not None:
                known[name] = preset_id, state
                self._settings.set(_SETTING, json.dumps(known))
                changes += 1
        for name in known.keys() - found.keys():
            preset_id, _state = known.pop(name)
            # Forget the file first; a preset that the policy provides cannot be deleted.
            self._settings.set(_SETTING, json.dumps(known))
            if preset_id not in {kept for kept, _ in known.values()}:
                with suppress(StoreError):
                    self._presets.delete(preset_id, by_policy=True)
            changes += 1
        return changes + self._assign_keys(known)

    def _assign_keys(self, known: Mapping[str, tuple[PresetId, str]]) -> int:
        """Put presets on the keys that the policy names, and return how many were not there."""
        on_keys = {preset.function_key: preset.id for preset in self._presets.list()}
        missing = [
            (known[name][0], key)
            for key, name in self._keys.items()
            if name in known and on_keys.get(key) != known[name][0]
        ]
        for preset_id, key in missing:
            self._presets.assign_key(preset_id, key, by_policy=True)
        return len(missing)

    def _take(self, path: Path, known: Mapping[str, tuple[PresetId, str]]) -> PresetId | None:
        imports, shared = self._presets.imports, {preset_id for preset_id, _state in known.values()}

        def own_id(preset_id: PresetId) -> PresetId:
            if preset_id in shared or not self._presets.has(preset_id):
                return preset_id
            before = known.get(path.name)
            return new_preset_id() if before is None else before[0]

        try:
            with disk_errors():
                sha256 = sha256_of_file(path)
            found = imports.look_into(path, own_id=own_id)
        except AppError as error:
            _log.warning("a shared preset can't be used: %s", error.code)
            return None
        try:
            with self._presets.lock:
                fresh = self._presets.with_free_name(found.fresh)
                self._presets.save(fresh, by_policy=True)
            self._presets.note_shared(fresh, sha256)
        finally:
            imports.decline(found)
        return fresh.id

    def _known(self) -> dict[str, tuple[PresetId, str]]:
        """Return preset id and file state by file name."""
        try:
            kept = json.loads(self._settings.get(_SETTING) or "{}")
            return {str(name): (PresetId(entry[0]), str(entry[1])) for name, entry in kept.items()}
        except (ValueError, AttributeError, LookupError, TypeError):
            return {}
