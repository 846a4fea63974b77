"""Upload a PDF to the file storage, reading the file from disk in pieces (platform documentation 4.5.2)."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from esign_desktop.api.errors import StorageRefused
from esign_desktop.api.exchange import Limits, Request
from esign_desktop.api.wire import PDF_CONTENT_TYPE
from esign_desktop.domain.errors import ApiError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import BinaryIO, Self

    from esign_desktop.api.exchange import Transport
    from esign_desktop.api.url_gate import Reach
    from esign_desktop.domain.errors import CancelToken

    Progress = Callable[[int, int], None]

T = TypeVar("T")

WANTS_A_FRESH_ADDRESS: Final = frozenset({"api.upload_expired", "api.upload_md5"})
_MOST_EXPIRED: Final = 3
_MOST_OTHERS: Final = 1
_REPEATED_ONCE: Final = frozenset({"api.upload_md5", "api.reset"})
"""Codes after which an upload is repeated once, with a fresh URL.

A storage may reset the connection after it has refused an upload that it did not read. Windows then discards the
response (docs/windows.md), so that an expired URL appears as a lost connection.
"""
_PIECE_BYTES: Final = 64 * 1024
_LONGEST_START_S: Final = 60.0
_SLOWEST_BYTES_PER_S: Final = 16 * 1024
_STORAGE_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9._-]{1,80})</Code>")
_MISMATCHES: Final = frozenset(
    {"SignatureDoesNotMatch", "InvalidDigest", "BadDigest", "ContentMD5NotMatch", "Content-MD5NotMatch"}
)
"""The storage's error codes for a wrong MD5, or for a Content-MD5 or Content-Type other than the declared one."""


def upload(
    transport: Transport,
    url: str,
    source: Path,
    content_md5: str,
    *,
    headers: dict[str, str],
    reach: Reach | None = None,
    on_progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> None:
    """Upload a file with a PUT request.

    ``on_progress`` receives the number of bytes sent so far and the total number. ``content_md5`` is the declared MD5
    digest in Base64.

    Raises InputError ``document.missing`` if the file is missing, or ``document.changed`` if its content does not match
    the declared digest. The last bytes are held back until the file has been verified, so that the storage never
    receives the whole of a changed file.

    Raises StorageRefused ``api.upload_expired`` (request a fresh URL), ``api.upload_md5`` (try once with a fresh URL)
    or ``api.upload_failed``.
    """
    with _FileBody(source, content_md5, on_progress) as body:
        limits = Limits(total_s=_LONGEST_START_S + len(body) / _SLOWEST_BYTES_PER_S)
        sent = {**headers, "Content-MD5": content_md5, "Content-Type": PDF_CONTENT_TYPE}
        answer = transport.exchange(Request("PUT", url, sent, body, reach), limits, cancel=cancel)
    if not 200 <= answer.status < 300:
        _refuse(answer.status, storage_code(answer.body))


def with_fresh_addresses(upload: Callable[[], T], *, mismatches: Collection[str] = ()) -> T:
    """Call ``upload``, and repeat the call if a fresh URL may help.

    ``upload`` must request a new URL each time. The call is repeated up to three times after the URL has expired, and
    once after a mismatch (docs/platform-answers.md#repeated-uploads) or a lost connection. ``mismatches`` are codes of
    InputErrors that also count as a mismatch. Raises the exception of the last attempt.
    """
    expired_count = other_count = 0
    while True:
        try:
            return upload()
        except (ApiError, InputError) as error:
            is_expired = error.code == "api.upload_expired"
            if not is_expired and error.code not in _REPEATED_ONCE and error.code not in mismatches:
                raise
            expired_count += is_expired
            other_count += not is_expired
            if expired_count > _MOST_EXPIRED or other_count > _MOST_OTHERS:
                raise


def storage_code(body: bytes) -> str:
    """Return the error code in the storage's XML response, or an empty string if there is none.

    The response is not signed, so its text is searched instead of being parsed as XML.
    """
    found = _STORAGE_CODE.search(body)
    return found[1].decode("ascii") if found else ""


def _refuse(status: int, code: str) -> NoReturn:
    if status in {400, 403} and code in _MISMATCHES:
        raise StorageRefused("api.upload_md5", status=status, storage_code=code)
    if status == 403:
        raise StorageRefused("api.upload_expired", status=status, storage_code=code)
    raise StorageRefused("api.upload_failed", status=status, storage_code=code)


class _FileBody:
    """A file as a request body of known length. While it is read, it is checked against its declared MD5 digest."""

    def __init__(self, source: Path, content_md5: str, on_progress: Progress | None) -> None:
        self._source = source
        self._content_md5 = content_md5
        self._on_progress = on_progress
        self._digest = hashlib.md5(usedforsecurity=False)
        self._done_bytes = 0
        self._size_bytes = 0

    def __enter__(self) -> Self:
        try:
            self._file: BinaryIO = self._source.open("rb")
        except OSError as error:
            raise InputError("document.missing", type(error).__name__) from None
        self._size_bytes = os.fstat(self._file.fileno()).st_size
        if not self._size_bytes:
            self._file.close()
            raise InputError("document.changed", "empty")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._size_bytes

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(_PIECE_BYTES):
            yield piece

    def read(self, size: int = -1, /) -> bytes:
        left_bytes = self._size_bytes - self._done_bytes
        wanted_bytes = min(left_bytes, size if size >= 0 else left_bytes)
        if not wanted_bytes:
            return b""
        try:
            piece = self._file.read(wanted_bytes)
            if wanted_bytes == left_bytes and self._file.read(1):
                raise InputError("document.changed", "longer than declared")
        except OSError as error:
            raise InputError("document.missing", type(error).__name__) from None
        if len(piece) < wanted_bytes:
            raise InputError("document.changed", "shorter than declared")
        self._digest.update(piece)
        if wanted_bytes == left_bytes and base64.b64encode(self._digest.digest()).decode() != self._content_md5:
            raise InputError("document.changed", "MD5 differs from the declared one")
        self._done_bytes += len(piece)
        if self._on_progress is not None:
            self._on_progress(self._done_bytes, self._size_bytes)
        return piece
