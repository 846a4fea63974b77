"""Download signed files from the storage to disk.

A file is stored either completely or not at all, and existing files are never overwritten.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.api.errors import StorageRefused
from esign_desktop.api.exchange import Limits, Request
from esign_desktop.api.upload import storage_code
from esign_desktop.atomic_files import create_private, replace_file
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _typeshed import SupportsWrite

    from esign_desktop.api.exchange import Transport
    from esign_desktop.api.url_gate import Reach
    from esign_desktop.domain.errors import CancelToken

LIMITS: Final = Limits(total_s=1800.0, answer_bytes=512 * 1024 * 1024)

_PDF_MARK: Final = b"%PDF-"
_MARK_WITHIN_BYTES: Final = 1024


def download(
    transport: Transport,
    url: str,
    target: Path,
    *,
    headers: dict[str, str],
    reach: Reach | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    cancel: CancelToken | None = None,
) -> str:
    """Download a PDF to ``target``, and return its SHA-256 digest in hexadecimal.

    ``on_progress`` receives the number of bytes received so far and the total number, which is 0 if unknown.

    Raises ApiError ``api.download_exists`` if ``target`` exists, StorageRefused ``api.download_expired`` if a fresh URL
    is needed, StorageRefused ``api.download_failed`` for other errors or if the file is not a PDF, and StoreError
    ``store.disk_full`` or ``store.unwritable`` if the file cannot be written.
    """
    if target.exists():
        raise ApiError("api.download_exists")
    scratch = target.with_name(f".{target.name[:40]}.{uuid4().hex[:12]}.part")
    try:
        try:
            with create_private(scratch) as file:
                sink = _FileSink(file, on_progress)
                answer = transport.exchange(Request("GET", url, headers, reach=reach), LIMITS, cancel=cancel, sink=sink)
                if answer.status != 200:
                    code = "api.download_expired" if answer.status == 403 else "api.download_failed"
                    raise StorageRefused(code, status=answer.status, storage_code=storage_code(answer.body))
                if _PDF_MARK not in sink.head:
                    raise StorageRefused("api.download_failed", status=answer.status)
                file.flush()
                os.fsync(file.fileno())
            _put_in_place(scratch, target)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error) from error
    return sink.sha256


class _FileSink:
    """A sink that writes the received bytes to a file, computes their hash, and keeps the first bytes in memory."""

    def __init__(self, file: SupportsWrite[bytes], on_progress: Callable[[int, int], None] | None) -> None:
        self._file = file
        self._on_progress = on_progress
        self._digest = hashlib.sha256()
        self._done_bytes = 0
        self.head = b""

    def __call__(self, piece: bytes, length_bytes: int) -> None:
        try:
            self._file.write(piece)
        except OSError as error:
            # Converted here, because the transport would treat an OSError as a network error.
            raise disk_error(error) from error
        self._digest.update(piece)
        self._done_bytes += len(piece)
        if len(self.head) < _MARK_WITHIN_BYTES:
            self.head += piece[: _MARK_WITHIN_BYTES - len(self.head)]
        if self._on_progress is not None:
            self._on_progress(self._done_bytes, length_bytes)

    @property
    def sha256(self) -> str:
        """The SHA-256 digest of all bytes received so far, in hexadecimal."""
        return self._digest.hexdigest()


def _put_in_place(scratch: Path, target: Path) -> None:
    """Give the complete file its final name. Raises ApiError ``api.download_exists`` if that name now exists."""
    try:
        target.hardlink_to(scratch)
    except FileExistsError:
        raise ApiError("api.download_exists") from None
    except OSError:
        # The file system has no hard links, so reserve the name and then replace the empty file.
        try:
            target.open("xb").close()
        except FileExistsError:
            raise ApiError("api.download_exists") from None
        replace_file(scratch, target)
