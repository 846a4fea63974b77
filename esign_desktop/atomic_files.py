"""Write files so that a crash leaves either the old or the new content, never part of one."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Final
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE_S: Final = 2.0 if sys.platform == "win32" else 0.0
PRIVATE_FILE_MODE: Final = 0o600
_PAUSE_S: Final = 0.05
_CANNOT_SYNC: Final = {errno.EINVAL, errno.ENOTSUP, errno.EACCES}


@contextmanager
def atomic_target(target: Path, scratch: Path | None = None) -> Iterator[Path]:
    """Yield a scratch path to write to; after the block, the scratch file replaces the target.

    Content and name are on the disk when the context exits. If the block raises, the target is unchanged and the
    scratch file is deleted. Pass ``scratch`` where a clean-up must be able to find the file after a crash. Raises
    OSError.
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
    """Create a file that only its owner can read, regardless of the umask, and open it for writing. Raises OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE), "wb")


def append_lines(path: Path, lines: bytes, *, follows_links: bool = True) -> None:
    """Append whole lines to a file and wait until they are on the disk. Raises OSError, also for a pipe.

    A new file is readable by its owner only. Lines that other processes append at the same time are kept. If the file
    ends in an incomplete line, for example after a power cut, the new lines start on a line of their own.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    if not follows_links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, PRIVATE_FILE_MODE)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISFIFO(status.st_mode):
            # Writing to a pipe blocks until another program reads it.
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        size = status.st_size
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
    """Rename ``source`` to ``target``, replacing an existing file; both must be on one file system.

    Windows cannot rename a file that another program has open, such as a virus scanner that inspects a new file. The
    rename is tried again for ``patience_s`` seconds. Raises OSError if it still fails, for example because the user has
    the file open.
    """
    _patiently(lambda: source.replace(target), patience_s)


def delete_file(path: Path, *, patience_s: float = PATIENCE_S) -> None:
    """Delete a file, with the same patience as ``replace_file``. Raises OSError."""
    _patiently(path.unlink, patience_s)


def _patiently(action: Callable[[], object], patience_s: float) -> None:
    ends_at_s = time.monotonic() + patience_s
    while True:
        try:
            action()
        except PermissionError:
            if time.monotonic() >= ends_at_s:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def sync_file(path: Path) -> None:
    """Wait until a file's content is on the disk. Raises OSError."""
    # Windows flushes a file only through a descriptor opened for writing.
    descriptor = os.open(path, os.O_RDWR)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def sync(descriptor: int) -> None:
    """Wait until the written data is on the disk. Raises OSError.

    On macOS, ``fsync`` only waits for the drive's own cache (see its manual page), so F_FULLFSYNC is used instead.
    """
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError:
            # Some file systems do not support F_FULLFSYNC.
            os.fsync(descriptor)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, if the file system supports this. Raises OSError.

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
