"""Shared memory through which pixels travel: the parent owns it, the child only looks in."""

from __future__ import annotations

import ctypes
import mmap
import sys
from multiprocessing.shared_memory import SharedMemory
from typing import Final

SMALLEST_BYTES: Final = 8 * 1024 * 1024


class Segment:
    """One segment that grows when a larger picture comes; used by one thread at a time."""

    def __init__(self) -> None:
        self._memory: SharedMemory | None = None

    def reserve(self, size_bytes: int) -> str:
        """Make room and return the name under which the child finds it. Raises OSError without memory."""
        if self._memory is None or self._memory.size < size_bytes:
            self.release()
            self._memory = SharedMemory(create=True, size=_rounded_up(size_bytes))
        return self._memory.name

    def copy_out(self, size_bytes: int) -> memoryview:
        """Return a copy of the first bytes.

        It is made by memmove through ctypes, which lets other threads run meanwhile: a slice of the buffer would
        hold the interpreter's lock for some 10 ms at 40 MB, and with it the window's thread.
        """
        if self._memory is None or size_bytes > self._memory.size:
            raise ValueError(size_bytes)
        copy = mmap.mmap(-1, size_bytes)
        source = (ctypes.c_char * size_bytes).from_buffer(_view(self._memory))
        target = (ctypes.c_char * size_bytes).from_buffer(copy)
        ctypes.memmove(target, source, size_bytes)
        # The segment can't be closed while something points into it.
        del source, target
        return memoryview(copy)

    def release(self) -> None:
        """Give the memory back."""
        if self._memory is not None:
            self._memory.close()
            self._memory.unlink()
            self._memory = None


class AttachedSegment:
    """The child's side: keeps the last segment mapped."""

    def __init__(self) -> None:
        self._memory: SharedMemory | None = None

    def buffer(self, name: str) -> memoryview:
        """Return the memory of that name."""
        if self._memory is None or self._memory.name != name:
            self.release()
            self._memory = _attach(name)
        return _view(self._memory)

    def release(self) -> None:
        """Unmap it."""
        if self._memory is not None:
            self._memory.close()
            self._memory = None


def _attach(name: str) -> SharedMemory:
    # The child of multiprocessing shares its parent's resource tracker, so that up to 3.12 a second registration of
    # the name changes nothing; later versions can leave it out.
    if sys.version_info >= (3, 13):
        return SharedMemory(name=name, track=False)
    return SharedMemory(name=name)


def _view(memory: SharedMemory) -> memoryview:
    if memory.buf is None:
        raise ValueError("closed")
    return memory.buf


def _rounded_up(size_bytes: int) -> int:
    rounded = SMALLEST_BYTES
    while rounded < size_bytes:
        rounded *= 2
    return rounded
