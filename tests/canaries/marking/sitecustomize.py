"""Marks what the rehearsal platform draws at random, in every process that has this folder on its path."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path

_MARKS: dict[str, str] = json.loads(Path(__file__).with_name("marks.json").read_text("ascii"))
_token_urlsafe, _token_hex = secrets.token_urlsafe, secrets.token_hex


def _asked_by(module: str) -> bool:
    return sys._getframe(2).f_globals.get("__name__") == module  # noqa: SLF001


def token_urlsafe(nbytes: int | None = None) -> str:
    drawn = _token_urlsafe(nbytes)
    is_link = _asked_by("esign_desktop.sandbox.start_request")
    # As long as ever: it has to go into a QR code of the same size.
    return (_MARKS["link_token"] + drawn)[: len(drawn)] if is_link else drawn


def token_hex(nbytes: int | None = None) -> str:
    is_platform = _asked_by("esign_desktop.app.sandbox_process")
    return _MARKS["platform_secret"] if is_platform else _token_hex(nbytes)


secrets.token_urlsafe, secrets.token_hex = token_urlsafe, token_hex
