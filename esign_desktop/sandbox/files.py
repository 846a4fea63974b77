"""Receive uploads, and create and verify the URLs of the file storage (spec 4.5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.state import StoredFile

if TYPE_CHECKING:
    import io
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.sandbox.envelope import HeaderSource
    from esign_desktop.sandbox.fields import Fields
    from esign_desktop.sandbox.state import State


UPLOAD_SECONDS: Final = 3600
DOWNLOAD_SECONDS: Final = 1800
TEMPLATE_DOWNLOAD_SECONDS: Final = 3600

STORAGE_PREFIX: Final = "/storage/"


class StorageRefusal(Exception):
    """Raised if the file storage refuses a request.

    The exception contains the HTTP status, and the error code for the XML response. ``is_body_read`` is True if the
    body of the request has already been read.
    """

    def __init__(self, http_status: int, code: str, message: str, *, is_body_read: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.http_status = http_status
        self.code = code
        self.message = message
        self.is_body_read = is_body_read

    def xml(self) -> bytes:
        """Return the body of the XML response."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n'
            f"  <Code>{self.code}</Code>\n  <Message>{self.message}</Message>\n</Error>\n"
        ).encode()


class StorageUrls:
    """The URLs that grant access to files. Each URL contains an expiry time and a signature.

    ``base`` returns the scheme, host and port of the URLs.
    """

    def __init__(self, key: bytes, base: Callable[[], str], clock_ms: Callable[[], int]) -> None:
        self._key = key
        self._base = base
        self._clock_ms = clock_ms

    def make(self, method: str, path: str, lifetime_s: int) -> str:
        """Return a URL that is valid for one HTTP method, for ``lifetime_s`` seconds.

        ``path`` is the path in the file storage, which follows the storage's prefix in the URL.
        """
        expires = str(self._clock_ms() // 1000 + lifetime_s)
        full_path = STORAGE_PREFIX + path
        query = urlencode({"Expires": expires, "Signature": self._sign(method, full_path, expires)})
        return f"{self._base()}{full_path}?{query}"

    def check(self, method: str, target: str) -> str:
        """Verify a URL of the file storage, and return the path in the storage.

        Raises StorageRefusal if the platform did not create the URL for this method or if the URL has expired.
        """
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        expires = query.get("Expires", [""])[0]
        signature = query.get("Signature", [""])[0]
        expected = self._sign(method, parts.path, expires)
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise StorageRefusal(403, "SignatureDoesNotMatch", "The signature of the address is not valid.")
        if not expires.isdigit() or int(expires) * 1000 < self._clock_ms():
            raise StorageRefusal(403, "AccessDenied", "Request has expired.")
        return parts.path.removeprefix(STORAGE_PREFIX)

    def _sign(self, method: str, path: str, expires: str) -> str:
        message = f"{method}\n{path}\n{expires}".encode("utf-8", "surrogateescape")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()


MD5_BYTES: Final = 16
_CHUNK_BYTES: Final = 1 << 18


class Files:
    """The uploaded files. They are stored until a document or template is created from them."""

    def __init__(self, state: State, urls: StorageUrls, max_upload_bytes: int) -> None:
        self._state = state
        self._urls = urls
        self._max_upload_bytes = max_upload_bytes

    def upload_url(self, fields: Fields) -> dict[str, Any]:
        """Handle /file/uploadurl, and return the data of the response: the key of the file and the upload URL."""
        name = fields.text("fileName")
        size_bytes = fields.integer("fileSize")
        if size_bytes < 1:
            raise fields.wrong("fileSize", "必须大于 0 / must be positive")
        content_type = fields.text("contentType")
        content_md5 = fields.text("contentMd5")
        if _decoded_md5(content_md5) is None:
            raise fields.wrong("contentMd5", "必须是 16 字节 MD5 的 Base64 / must be Base64 of the 16-byte MD5")
        storage_id = uuid4().hex
        key = f"${uuid4()}${secrets.randbelow(9 * 10**9) + 10**9}"
        record = StoredFile(key, storage_id, name, size_bytes, content_type, content_md5)
        self._state.files.put(storage_id, record)
        url = self._urls.make("PUT", f"upload/{storage_id}", UPLOAD_SECONDS)
        return {"fileKey": key, "uploadUrl": url}

    def receive(self, storage_id: str, headers: HeaderSource, body: io.BufferedIOBase) -> str:
        """Store the body of a PUT request, and return the ETag, which is the body's MD5 digest in hexadecimal.

        Raises StorageRefusal if the headers or the body do not match the announced upload. In this case, the body is
        discarded.
        """
        with self._state.lock:
            record = self._state.files.get(storage_id)
        if record is None:
            raise StorageRefusal(404, "NoSuchKey", "The specified key does not exist.")
        length_bytes = self._checked_length(headers)
        if headers.get("Authorization"):
            raise StorageRefusal(400, "InvalidArgument", "Only one way to authorize is allowed.")
        if (headers.get("Content-MD5") or "").strip() != record.content_md5:
            raise StorageRefusal(403, "SignatureDoesNotMatch", "Content-MD5 differs from the declared one.")
        if (headers.get("Content-Type") or "").strip() != record.content_type:
            raise StorageRefusal(403, "SignatureDoesNotMatch", "Content-Type differs from the declared one.")
        path = self._state.blob_path("uploads", storage_id)
        scratch = path.with_name(f".{storage_id}.{threading.get_ident()}.part")
        digest = hashlib.md5(usedforsecurity=False)
        try:
            left = length_bytes
            with scratch.open("wb") as out:
                while left > 0:
                    chunk = body.read(min(_CHUNK_BYTES, left))
                    if not chunk:
                        raise StorageRefusal(
                            400, "IncompleteBody", "The body is shorter than announced.", is_body_read=True
                        )
                    digest.update(chunk)
                    out.write(chunk)
                    left -= len(chunk)
            if digest.digest() != _decoded_md5(record.content_md5):
                raise StorageRefusal(
                    400, "InvalidDigest", "The MD5 of the body differs from the declared one.", is_body_read=True
                )
            with self._state.lock:
                scratch.replace(path)
                record.received_md5 = digest.hexdigest()
                record.received_bytes = length_bytes
                self._state.files.put(storage_id, record)
        finally:
            scratch.unlink(missing_ok=True)
        return digest.hexdigest()

    def take(self, file_key: str) -> tuple[StoredFile, Path]:
        """Return the record of a complete upload, and the path of the file.

        Raises Refusal if the key is unknown, if the file has not been uploaded, or if the file does not match the
        announced upload.
        """
        record = next((file for file in self._state.files if file.key == file_key), None)
        if record is None:
            raise Refusal(ErrCode.UNKNOWN_ID, "fileKey 不存在 / fileKey is unknown")
        if record.received_md5 is None:
            raise Refusal(ErrCode.FILE_MISSING, "文件尚未上传成功 / the file has not been uploaded")
        if record.received_bytes != record.size_bytes:
            raise Refusal(ErrCode.FILE, "文件大小与 fileSize 不一致 / the file's size is not the declared fileSize")
        if record.content_type.split(";")[0].strip().lower() != "application/pdf":
            raise Refusal(
                ErrCode.TYPE_UNSUPPORTED, "文件类型不支持，仅支持 application/pdf / only application/pdf is supported"
            )
        return record, self._state.blob_path("uploads", record.storage_id)

    def _checked_length(self, headers: HeaderSource) -> int:
        declared = (headers.get("Content-Length") or "").strip()
        if headers.get("Transfer-Encoding") or not declared:
            raise StorageRefusal(411, "MissingContentLength", "Content-Length is required.")
        if not (declared.isascii() and declared.isdigit()):
            raise StorageRefusal(400, "InvalidArgument", "Content-Length is not a number.")
        if int(declared) > self._max_upload_bytes:
            raise StorageRefusal(400, "EntityTooLarge", "The file is too large.")
        return int(declared)


def _decoded_md5(text: str) -> bytes | None:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == MD5_BYTES else None
