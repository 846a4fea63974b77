"""Allow only one instance of the program per data folder. Two instances could send the same contract twice."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, Final, Self

from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_TAKEN: Final = {errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK}

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class InstanceLock:
    """A file lock that the operating system releases when the process ends, for whatever reason.

    The lock file is never deleted. Otherwise, two instances could lock two different files with the same name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Acquire the lock. Do nothing if this object already holds the lock.

        Raises StoreError ``store.second_instance`` if another process holds the lock.
        """
        if self._descriptor is not None:
            return
        try:
            # Child processes do not inherit Python's descriptors, so none of them can hold the lock after this process
            # has ended.
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise disk_error(error) from error
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno in _TAKEN:
                raise StoreError("store.second_instance") from error
            raise disk_error(error) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Release the lock. Do nothing if the lock is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
