"""HMAC-SHA256 over a body's exact bytes, put on requests and checked on answers and notices (platform-api.txt 4.3)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE_HEADER: Final = "X-timevale-signature"


class Secret:
    """The ProjectSecret, wrapped so that it can't be printed by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself, for the keyring and the signature."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(_bytes(self._text), _bytes(other._text))

    @override
    def __hash__(self) -> int:
        return hash(self._text)

    @override
    def __repr__(self) -> str:
        return "Secret(…)"


def signature_of(secret: Secret, body: bytes) -> str:
    """Return lower-case hex, 64 characters. The key is the secret's own characters, not what they spell in hex."""
    return hmac.new(_bytes(secret.reveal()), body, hashlib.sha256).hexdigest()


def signed_headers(project_id: str, secret: Secret, body: bytes) -> dict[str, str]:
    """Return the four headers that travel with a request's body."""
    return {
        "X-timevale-mode": "package",
        "X-timevale-project-id": project_id,
        SIGNATURE_HEADER: signature_of(secret, body),
        "X-timevale-signature-algorithm": "hmac-sha256",
    }


def is_genuine(secret: Secret, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the body carries this secret's signature; header names are found in any case.

    A forged or absent header answers False, whatever characters it holds.
    """
    wanted = SIGNATURE_HEADER.lower()
    given = next((value for name, value in headers.items() if name.lower() == wanted), "")
    # On bytes: comparing a non-ASCII str would raise.
    return hmac.compare_digest(_bytes(given.strip()), signature_of(secret, body).encode("ascii"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
