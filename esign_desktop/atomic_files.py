"""Writes files so that after a crash there is the old content or the new one, never a half of either."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Final
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S: Final = 2.0 if sys.platform == "win32" else 0.0
PRIVATE_FILE_MODE: Final = 0o600
_PAUSE_S: Final = 0.05
_CANNOT_SYNC: Final = {errno.EINVAL, errno.ENOTSUP, errno.EACCES}


@contextmanager
def atomic_target(target: Path, scratch: Path | None = None) -> Iterator[Path]:
    """Yield a path beside the target to write to; what stands there after the block replaces the target.

    Content and name are on the disk by then. When the block raises, the target stays as it was and the scratch file is
    deleted. ``scratch`` names that file where a sweep has to find what a crash left. Raises OSError.
    """
    path = scratch or target.with_name(f".{uuid4().hex[:8]}.part")
    try:
        path.unlink(missing_ok=True)
        yield path
        sync_file(path)
        replace_file(path, target)
        sync_folder(target.parent)
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def create_private(path: Path) -> IO[bytes]:
    """Create a file that only its owner can read, whatever the umask, and open it for writing. Raises OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE), "wb")


def append_lines(path: Path, lines: bytes, *, follows_links: bool = True) -> None:
    """Append whole lines, and wait until the disk has them; a new file is its owner's alone. Raises OSError.

    What others append meanwhile stays, and a line that a power cut has torn swallows none of these.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    if not follows_links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, PRIVATE_FILE_MODE)
    try:
        size = os.fstat(descriptor).st_size
        if size:
            os.lseek(descriptor, size - 1, os.SEEK_SET)
            if os.read(descriptor, 1) != b"\n":
                lines = b"\n" + lines
        while lines:
            lines = lines[os.write(descriptor, lines) :]
        sync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(source: Path, target: Path, *, patience_s: float = PATIENCE_S) -> None:
    """Rename ``source``, in the place of ``target`` if there is one; both are on one disk. Raises OSError.

    Windows renames nothing that somebody has open, such as a virus scanner that looks at what was just written: it is
    waited for. What a person has open stays in the way, and is an error in the end.
    """
    ends_at_s = time.monotonic() + patience_s
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if time.monotonic() >= ends_at_s:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def sync_file(path: Path) -> None:
    """Wait until the disk has what was written into a file. Raises OSError."""
    # Windows flushes only what is open for writing.
    descriptor = os.open(path, os.O_RDWR)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def sync(descriptor: int) -> None:
    """Wait until the disk has what was written. Raises OSError.

    The ``fsync`` of macOS ends at the drive's own memory, says its manual.
    """
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError:
            # Not every file system knows it.
            os.fsync(descriptor)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the file system knows how. Raises OSError.

    Windows has no such call and needs none.
    """
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
