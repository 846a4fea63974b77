"""Addresses of the file storage that carry their own permission: an expiry and a signature over it."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

UPLOAD_SECONDS: Final = 3600
DOWNLOAD_SECONDS: Final = 1800
TEMPLATE_DOWNLOAD_SECONDS: Final = 3600

STORAGE_PREFIX: Final = "/storage/"


class StorageRefusal(Exception):
    """An answer of the storage: HTTP status and a Code of its XML."""

    def __init__(self, http_status: int, code: str, message: str, *, is_body_read: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.http_status = http_status
        self.code = code
        self.message = message
        self.is_body_read = is_body_read

    def xml(self) -> bytes:
        """The storage's error document."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n'
            f"  <Code>{self.code}</Code>\n  <Message>{self.message}</Message>\n</Error>\n"
        ).encode()


class StorageUrls:
    """Makes and checks them; ``base`` gives the scheme, host and port."""

    def __init__(self, key: bytes, base: Callable[[], str], clock_ms: Callable[[], int]) -> None:
        self._key = key
        self._base = base
        self._clock_ms = clock_ms

    def make(self, method: str, path: str, lifetime_s: int) -> str:
        """An address for one method, valid for so long; ``path`` follows the storage's prefix."""
        expires = str(self._clock_ms() // 1000 + lifetime_s)
        full_path = STORAGE_PREFIX + path
        query = urlencode({"Expires": expires, "Signature": self._sign(method, full_path, expires)})
        return f"{self._base()}{full_path}?{query}"

    def check(self, method: str, target: str) -> str:
        """The path after the prefix, if the address was made here and is still valid."""
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        expires = query.get("Expires", [""])[0]
        signature = query.get("Signature", [""])[0]
        expected = self._sign(method, parts.path, expires)
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise StorageRefusal(403, "SignatureDoesNotMatch", "The address was not made here.")
        if not expires.isdigit() or int(expires) * 1000 < self._clock_ms():
            raise StorageRefusal(403, "AccessDenied", "Request has expired.")
        return parts.path.removeprefix(STORAGE_PREFIX)

    def _sign(self, method: str, path: str, expires: str) -> str:
        message = f"{method}\n{path}\n{expires}".encode("utf-8", "surrogateescape")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
