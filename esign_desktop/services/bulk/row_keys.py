"""Knows a row again without keeping it: digests under a key that never leaves this installation.

The draft that a row is sent as is named by its digest, too. So a sheet that is sent twice meets its own sends even
where the database was restored from a copy: the ledger still knows the draft. A digest is not forgotten with its
person: it tells nobody who that was, and it keeps them from being sent the same contract again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.bulk.rows import contract_values
from esign_desktop.domain.contract.draft import DraftId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.bulk.columns import ColumnTarget
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset.preset import PresetId
    from esign_desktop.store.tables.settings import Settings

_SETTING: Final = "bulk.key"
_KEY_BYTES: Final = 32
_ID_CHARACTERS: Final = 32


class RowKeys:
    """Blocks for the store once; thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._key: bytes | None = None

    def row(self, environment: Environment, preset_id: PresetId, values: Mapping[ColumnTarget, str]) -> str:
        """Return the digest of a row's plain values, for one preset in one project; the order does not count.

        A preset that is edited stays the same one: who mends it and goes on does not send everybody a second contract.
        """
        return self._digest("row", [environment.kind.value, environment.project_id, preset_id, *_cells(values)])

    def contract(self, environment: Environment, preset_id: PresetId, values: Mapping[ColumnTarget, str]) -> str:
        """Return the digest of the contract that a row makes, wherever its people are reached.

        Another phone is not another person, and so not another contract. By this digest the row's draft is named.
        """
        cells = _cells(contract_values(values))
        return self._digest("contract", [environment.kind.value, environment.project_id, preset_id, *cells])

    def draft_id(self, digest: str, attempt: int) -> DraftId:
        """Return the id of the draft that a row is sent as; ``attempt`` counts contracts that were wanted once more."""
        return DraftId(self._digest("draft", [digest, attempt])[:_ID_CHARACTERS])

    def heading(self, plain_heading: str) -> str:
        """Return the digest of a heading."""
        return self._digest("heading", [plain_heading])

    def _digest(self, kind: str, parts: list[object]) -> str:
        message = json.dumps([kind, *parts], ensure_ascii=True, separators=(",", ":")).encode("ascii")
        return hmac.new(self._ready_key(), message, hashlib.sha256).hexdigest()

    def _ready_key(self) -> bytes:
        with self._lock:
            if self._key is None:
                kept = self._settings.get(_SETTING)
                if kept is None:
                    kept = secrets.token_hex(_KEY_BYTES)
                    self._settings.set(_SETTING, kept)
                self._key = bytes.fromhex(kept)
            return self._key


def _cells(values: Mapping[ColumnTarget, str]) -> list[tuple[str, str, str, str]]:
    return sorted((one.kind.value, one.role_id or "", one.question, text) for one, text in values.items())
