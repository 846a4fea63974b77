"""A preset as JSON, as it is kept in the database and in the file that is handed on."""

from __future__ import annotations

from typing import Final

from esign_desktop.domain.preset import Preset
from esign_desktop.store.frozen_json import VersionedJson

FORMAT: Final = 1
BAD_PRESET: Final = "store.bad_preset"
_PRESETS: Final = VersionedJson("preset", Preset, FORMAT, BAD_PRESET)


def preset_to_json(preset: Preset) -> str:
    """Write a preset, the staff's id numbers included as long as it holds any."""
    return _PRESETS.write(preset)


def preset_from_json(text: str) -> Preset:
    """Read a preset. Raises StoreError ``store.bad_preset``."""
    return _PRESETS.read(text)
