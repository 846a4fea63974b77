"""Recognize rows by keyed digests, without storing the rows' values. The key never leaves this installation.

A row's draft id is derived from the row's digest. The ledger contains the draft ids, so rows of a sheet that were
already sent are recognized even after the database has been restored from a backup. When a person's data is erased, the
digests are kept: they do not identify the person, and they prevent the contract from being sent twice.
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
    """The service that computes keyed digests of rows. It is thread-safe. Calls block on the store to read the key."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def row(self, environment: Environment, preset_id: PresetId, values: Mapping[ColumnTarget, str]) -> str:
        """Return the digest of a row's values for a preset in a project. The order of the values does not matter.

        The digest depends on the preset's id and not on the preset's content. If the preset is edited between two runs,
        contracts are therefore not sent a second time.
        """
        return self._digest("row", [environment.kind.value, environment.project_id, preset_id, *_cells(values)])

    def contract(self, environment: Environment, preset_id: PresetId, values: Mapping[ColumnTarget, str]) -> str:
        """Return the digest of a row's values, leaving out phone numbers and email addresses.

        The digest identifies the contract and stays the same if a person's phone number changes. Draft ids are derived
        from this digest.
        """
        cells = _cells(contract_values(values))
        return self._digest("contract", [environment.kind.value, environment.project_id, preset_id, *cells])

    def draft_id(self, digest: str, attempt: int) -> DraftId:
        """Return the draft id for the digest of a contract.

        ``attempt`` is 0 for the first send, and increases by 1 each time the user deliberately sends the contract
        again.
        """
        return DraftId(self._digest("draft", [digest, attempt])[:_ID_CHARACTERS])

    def heading(self, plain_heading: str) -> str:
        """Return the digest of a column heading. ``plain_heading`` is the heading in its normalized form."""
        return self._digest("heading", [plain_heading])

    def _digest(self, kind: str, parts: list[object]) -> str:
        message = json.dumps([kind, *parts], ensure_ascii=True, separators=(",", ":")).encode("ascii")
        return hmac.new(self._ready_key(), message, hashlib.sha256).hexdigest()

    def _ready_key(self) -> bytes:
        # The key is read each time, because a restoration may replace it while the program runs.
        with self._lock:
            kept = self._settings.get(_SETTING)
            if kept is None:
                kept = secrets.token_hex(_KEY_BYTES)
                self._settings.set(_SETTING, kept)
            return bytes.fromhex(kept)


def _cells(values: Mapping[ColumnTarget, str]) -> list[tuple[str, str, str, str]]:
    return sorted((target.kind.value, target.role_id or "", target.question, text) for target, text in values.items())
