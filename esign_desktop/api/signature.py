"""HMAC-SHA256 signatures of requests, responses and notices, computed over the body (platform documentation 4.3)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE_HEADER: Final = "X-timevale-signature"


class Secret:
    """The project's secret (ProjectSecret), wrapped so that it is not printed by mistake."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret as text, to store it in the keyring or to compute a signature."""
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
    """Return the signature of a body, as 64 lower-case hexadecimal digits.

    The HMAC key is the secret's text encoded as UTF-8, even if the text looks like hexadecimal digits.
    """
    return hmac.new(_bytes(secret.reveal()), body, hashlib.sha256).hexdigest()


def signed_headers(project_id: str, secret: Secret, body: bytes) -> dict[str, str]:
    """Return the four HTTP headers that authenticate a request with this body."""
    return {
        "X-timevale-mode": "package",
        "X-timevale-project-id": project_id,
        SIGNATURE_HEADER: signature_of(secret, body),
        "X-timevale-signature-algorithm": "hmac-sha256",
    }


def is_genuine(secret: Secret, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether the headers contain a valid signature of the body, made with this secret.

    The case of header names is ignored. The result is False if the signature is missing, forged or not ASCII.
    """
    wanted = SIGNATURE_HEADER.lower()
    given = next((value for name, value in headers.items() if name.lower() == wanted), "")
    # Bytes are compared, because compare_digest raises TypeError for strings that are not ASCII.
    return hmac.compare_digest(_bytes(given.strip()), signature_of(secret, body).encode("ascii"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
