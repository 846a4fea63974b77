"""Sees whether anybody opens a file, whoever it is and whatever for."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_IN_ACCESS, _IN_OPEN = 0x1, 0x20
_EVENT_BYTES: Final = 4096


class FileWatch:
    """The kernel's own notes (inotify) about one file. Elsewhere than on Linux nothing is seen."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @property
    def can_see(self) -> bool:
        """Whether this system tells of it."""
        return self._descriptor is not None

    def was_opened(self) -> bool:
        """Whether the file was opened since the last question."""
        if self._descriptor is None:
            return False
        try:
            return bool(os.read(self._descriptor, _EVENT_BYTES))
        except BlockingIOError:
            return False


@contextmanager
def watched(path: Path) -> Iterator[FileWatch]:
    """Watch a file."""
    if sys.platform != "linux":
        yield FileWatch(None)
        return
    library = ctypes.CDLL(None, use_errno=True)
    descriptor = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if descriptor < 0 or library.inotify_add_watch(descriptor, os.fsencode(path), _IN_OPEN | _IN_ACCESS) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    try:
        yield FileWatch(descriptor)
    finally:
        os.close(descriptor)
