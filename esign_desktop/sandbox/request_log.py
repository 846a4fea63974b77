"""One JSON line a request of the API, for whoever asks what was sent and when. Ids only, nothing about persons."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.clock import china_time

if TYPE_CHECKING:
    from pathlib import Path

# Ids made by the platform. thirdId is the caller's own and may be a phone number: it stays out.
_IDS: Final = frozenset(
    {
        "accountId",
        "agentAccountId",
        "authorizationOrgId",
        "docId",
        "fileKey",
        "flowId",
        "initiatorAccountId",
        "payer",
        "templateId",
    }
)
_MAX_DEPTH: Final = 8
_MAX_IDS: Final = 200


class RequestLog:
    """Appends to ``requests.jsonl``; safe to call from any thread."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def write(self, at_ms: int, method: str, path: str, outcome: dict[str, Any], *bodies: object) -> None:
        """Add a line; ids are picked out of the bodies."""
        ids: dict[str, list[str]] = {}
        for body in bodies:
            _collect(body, ids, _MAX_DEPTH)
        line = json.dumps(
            {"time": china_time(at_ms), "at_ms": at_ms, "method": method, "path": path, **outcome, "ids": ids},
            ensure_ascii=False,
        )
        with self._lock, self._file.open("a", encoding="utf-8") as out:
            out.write(line + "\n")


def _collect(value: object, ids: dict[str, list[str]], depth: int) -> None:
    if depth == 0:
        return
    if isinstance(value, dict):
        for key, one in value.items():
            if key in _IDS and isinstance(one, str) and one:
                known = ids.setdefault(key, [])
                if one not in known and len(known) < _MAX_IDS:
                    known.append(one)
            else:
                _collect(one, ids, depth - 1)
    elif isinstance(value, list):
        for one in value:
            _collect(one, ids, depth - 1)
