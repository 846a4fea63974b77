"""Recognize rows without storing them, by digests under a key that never leaves this installation.

A row's draft id is also derived from its digest. A sheet sent twice therefore finds its earlier sends even after the
database was restored from a backup, because the ledger still has the draft id. Digests are kept when a person's data
is erased: they do not identify the person, and they prevent a second send of the same contract.
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
    """A calculator of row digests. It blocks on the store once, and is thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def row(self, environment: Environment, preset_id: PresetId, values: Mapping[ColumnTarget, str]) -> str:
        """Return the digest of a row's values for one preset in one project, regardless of the order of the values.

        Editing a preset keeps its id. Continuing after an edit therefore does not send each contract a second time.
        """
        return self._digest("row", [environment.kind.value, environment.project_id, preset_id, *_cells(values)])

    def contract(self, environment: Environment, preset_id: PresetId, values: Mapping[ColumnTarget, str]) -> str:
        """Return the digest of a row's contract, without its phone numbers and email addresses.

        A different phone number does not mean a different person, so it does not make a different contract. The draft
        id is derived from this digest.
        """
        cells = _cells(contract_values(values))
        return self._digest("contract", [environment.kind.value, environment.project_id, preset_id, *cells])

    def draft_id(self, digest: str, attempt: int) -> DraftId:
        """Return the draft id of a row. ``attempt`` is the number of deliberate repetitions of the same contract."""
        return DraftId(self._digest("draft", [digest, attempt])[:_ID_CHARACTERS])

    def heading(self, plain_heading: str) -> str:
        """Return the digest of a heading."""
        return self._digest("heading", [plain_heading])

    def _digest(self, kind: str, parts: list[object]) -> str:
        message = json.dumps([kind, *parts], ensure_ascii=True, separators=(",", ":")).encode("ascii")
        return hmac.new(self._ready_key(), message, hashlib.sha256).hexdigest()

    def _ready_key(self) -> bytes:
        # Read each time: a restoring may replace it while the program runs.
        with self._lock:
            kept = self._settings.get(_SETTING)
            if kept is None:
                kept = secrets.token_hex(_KEY_BYTES)
                self._settings.set(_SETTING, kept)
            return bytes.fromhex(kept)


def _cells(values: Mapping[ColumnTarget, str]) -> list[tuple[str, str, str, str]]:
    return sorted((target.kind.value, target.role_id or "", target.question, text) for target, text in values.items())
