"""HMAC-SHA256 signatures of request and response bodies and of notices (platform documentation 4.3)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE_HEADER: Final = "X-timevale-signature"


class Secret:
    """The ProjectSecret, wrapped so that it cannot be printed by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret as text, for the keyring and the signature."""
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
    """Return the signature as 64 lower-case hexadecimal characters.

    The HMAC key is the secret's text in UTF-8, even if the text looks like hexadecimal digits.
    """
    return hmac.new(_bytes(secret.reveal()), body, hashlib.sha256).hexdigest()


def signed_headers(project_id: str, secret: Secret, body: bytes) -> dict[str, str]:
    """Return the four headers that authenticate a request body."""
    return {
        "X-timevale-mode": "package",
        "X-timevale-project-id": project_id,
        SIGNATURE_HEADER: signature_of(secret, body),
        "X-timevale-signature-algorithm": "hmac-sha256",
    }


def is_genuine(secret: Secret, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether the body has a valid signature made with this secret.

    Header names are matched regardless of case. The result is False for a missing or forged header, whatever characters
    it contains.
    """
    wanted = SIGNATURE_HEADER.lower()
    given = next((value for name, value in headers.items() if name.lower() == wanted), "")
    # Bytes are compared, because compare_digest raises for a non-ASCII str.
    return hmac.compare_digest(_bytes(given.strip()), signature_of(secret, body).encode("ascii"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
