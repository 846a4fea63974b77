"""Presets that a policy provides as files in a shared folder. Users of this computer can only read these files."""

from __future__ import annotations

import json
import logging
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import AppError, InputError, StoreError
from esign_desktop.domain.file_kinds import PRESET_SUFFIX
from esign_desktop.domain.preset.preset import PresetId, for_others, new_preset_id
from esign_desktop.services.file_digest import sha256_of_file
from esign_desktop.services.presets.exchange import MAX_FILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.store.tables.settings import Settings

MOST_FILES: Final = 200
_SETTING: Final = "shared_presets"
_CHANGED: Final = "shared_presets.changed"

_log = logging.getLogger(__name__)


class SharedPresets:
    """The service that updates the presets of this computer from the shared folder.

    Its calls block while the folder is read. The folder may be on an unreachable network share.
    """

    def __init__(
        self,
        folder: Path | None,
        presets: PresetService,
        settings: Settings,
        keys: Sequence[tuple[int, str]] = (),
        *,
        digests: frozenset[str] | None = None,
    ) -> None:
        """Create the service for a shared folder. If ``folder`` is None, there are no shared presets.

        ``keys`` contains function keys, each with the name of a preset file in the folder. If ``digests`` is not None,
        only files with one of these SHA-256 digests are imported.
        """
        self._folder = folder
        self._keys = dict(keys) if folder is not None else {}
        presets.fixed_keys = frozenset(self._keys)
        self._presets = presets
        self._settings = settings
        self._digests = digests
        presets.is_shared = self.has
        presets.changed_by_office = self.changed
        presets.note_seen = self.note_seen

    @property
    def is_wanted(self) -> bool:
        """Whether the policy specifies a shared folder."""
        return self._folder is not None

    @property
    def is_empty(self) -> bool:
        """Whether this computer has no preset from the folder, for example because the folder has never been read."""
        return not self._known()

    def has(self, preset_id: PresetId) -> bool:
        """Return whether the preset comes from the shared folder."""
        return self._folder is not None and preset_id in {known[0] for known in self._known().values()}

    def changed(self) -> frozenset[PresetId]:
        """Return the ids of presets that were changed in the folder and that the user has not seen since."""
        try:
            kept = json.loads(self._settings.get(_CHANGED) or "[]")
            return frozenset(PresetId(str(preset_id)) for preset_id in kept)
        except (ValueError, TypeError):
            return frozenset()

    def note_seen(self, preset_id: PresetId) -> None:
        """Record that the user has seen the current version of the preset."""
        changed = self.changed()
        if preset_id in changed:
            self._settings.set(_CHANGED, json.dumps(sorted(changed - {preset_id})))

    def refresh(self) -> int:
        """Import new and changed presets from the folder, delete removed ones, and return the number of changes.

        Presets made on this computer are never replaced. If a file has the id of such a preset, it is imported under a
        new id. If a file cannot be read, its preset is left unchanged, and the error is logged.

        Raises StoreError if the folder cannot be read. In this case, nothing is changed. The code is
        ``presets.folder_empty`` if the folder no longer contains presets, because an unmounted network share also
        appears empty.
        """
        if self._folder is None:
            return 0
        with disk_errors():
            # glob would treat an unreachable folder as empty.
            paths = sorted(path for path in self._folder.iterdir() if path.suffix == PRESET_SUFFIX and path.is_file())
            paths = paths[:MOST_FILES]
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
        """Assign presets to the keys that the policy specifies, and return the number of keys that changed."""
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
            # A copy, so that the digest is that of the bytes that are read.
            with TemporaryDirectory(prefix="esign-desktop-") as scratch, disk_errors():
                if path.stat().st_size > MAX_FILE_BYTES:
                    raise InputError("preset.too_large")
                copy = Path(shutil.copyfile(path, Path(scratch) / path.name))
                sha256 = sha256_of_file(copy)
                if self._digests is not None and sha256 not in self._digests:
                    raise InputError("policy.fixed")
                found = imports.look_into(copy, own_id=own_id)
        except AppError as error:
            _log.warning("a shared preset can't be used: %s", error.code)
            return None
        try:
            with self._presets.lock:
                fresh = self._presets.with_free_name(found.fresh)
                self._presets.save(fresh, by_policy=True)
            self._presets.note_shared(fresh, sha256)
            if found.mine is not None and for_others(found.mine) != for_others(fresh):
                self._settings.set(_CHANGED, json.dumps(sorted(self.changed() | {fresh.id})))
        finally:
            imports.decline(found)
        return fresh.id

    def _known(self) -> dict[str, tuple[PresetId, str]]:
        """Return the id of each preset and the state of its file, keyed by file name."""
        try:
            kept = json.loads(self._settings.get(_SETTING) or "{}")
            return {str(name): (PresetId(entry[0]), str(entry[1])) for name, entry in kept.items()}
        except (ValueError, AttributeError, LookupError, TypeError):
            return {}
