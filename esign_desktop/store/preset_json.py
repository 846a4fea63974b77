"""A preset as JSON, as it is kept in the database and in the file that is handed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.preset import Preset
from esign_desktop.store.frozen_json import from_json, to_json

FORMAT: Final = 1
BAD_PRESET: Final = "store.bad_preset"


@dataclass(frozen=True, slots=True)
class _Envelope:
    format: int
    preset: Preset


def preset_to_json(preset: Preset) -> str:
    """Write a preset, the staff's id numbers included as long as it holds any."""
    return to_json(_Envelope(FORMAT, preset), _Envelope)


def preset_from_json(text: str) -> Preset:
    """Read a preset. Raises StoreError ``store.bad_preset``."""
    envelope = from_json(text, _Envelope, code=BAD_PRESET)
    if envelope.format != FORMAT:
        raise StoreError(BAD_PRESET, f"format {envelope.format}")
    return envelope.preset
