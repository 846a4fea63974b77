"""Shared memory through which pixels travel: the parent owns it, the child only looks in.

Nothing is copied: the pixels that a caller gets lie in the segment, which is used again when the last view of
them is gone.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import weakref
from collections import OrderedDict, deque
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from pickle import PickleBuffer
from typing import Final

SMALLEST_BYTES: Final = 1024 * 1024
FREE_SEGMENTS: Final = 3
"""So many are kept for later; pages that were touched before are filled several times faster."""
ATTACHED_SEGMENTS: Final = 6

_left: deque[SharedMemory] = deque()
"""Segments without a name, whose last view has just gone. Not to be closed from within that view's end."""


class SegmentPool:
    """The parent's segments. Thread-safe."""

    def __init__(self) -> None:
        self._free: list[SharedMemory] = []
        self._taken: dict[str, SharedMemory] = {}
        self._lock = threading.RLock()

    def take(self, size_bytes: int) -> SharedMemory:
        """Return a segment of at least this size. Raises OSError without memory."""
        _close_left()
        with self._lock:
            memory = next((m for m in reversed(self._free) if m.size >= size_bytes), None)
            if memory is not None:
                self._free.remove(memory)
            else:
                memory = SharedMemory(create=True, size=_rounded_up(size_bytes))
            self._taken[memory.name] = memory
            return memory

    def give_back(self, memory: SharedMemory) -> None:
        """Take a segment back that nothing looks into any more."""
        with self._lock:
            if self._taken.pop(memory.name, None) is None:
                # The pool was closed meanwhile, and the name is gone.
                _left.append(memory)
                return
            self._free.append(memory)
            if len(self._free) > FREE_SEGMENTS:
                # The oldest; its views have ended long ago.
                _discard(self._free.pop(0))

    def view(self, memory: SharedMemory, size_bytes: int) -> memoryview:
        """Return the first bytes; when this and everything made of it is gone, the segment is given back."""
        anchor = (ctypes.c_ubyte * size_bytes).from_buffer(buffer_of(memory))
        weakref.finalize(anchor, self.give_back, memory).atexit = False
        # As plain bytes; a memoryview of the array itself has a format that hardly anything reads.
        return PickleBuffer(anchor).raw()

    def close(self) -> None:
        """Take all names away; the memory of pixels that somebody still has goes with them."""
        with self._lock:
            for memory in self._taken.values():
                memory.unlink()
            self._taken.clear()
            while self._free:
                _discard(self._free.pop())
        _close_left()


class AttachedSegments:
    """The child's side: keeps the last segments mapped."""

    def __init__(self) -> None:
        self._memory: OrderedDict[str, SharedMemory] = OrderedDict()

    def buffer(self, name: str) -> memoryview:
        """Return the memory of that name."""
        if name not in self._memory:
            self._memory[name] = _attach(name)
        self._memory.move_to_end(name)
        if len(self._memory) > ATTACHED_SEGMENTS:
            self._memory.popitem(last=False)[1].close()
        return buffer_of(self._memory[name])

    def release(self) -> None:
        """Unmap all."""
        while self._memory:
            self._memory.popitem()[1].close()


def buffer_of(memory: SharedMemory) -> memoryview:
    """Return the memory of an open segment."""
    if memory.buf is None:
        raise ValueError("closed")
    return memory.buf


def _attach(name: str) -> SharedMemory:
    # The child of multiprocessing shares its parent's resource tracker, so that up to 3.12 a second registration of
    # the name changes nothing; later versions can leave it out.
    if sys.version_info >= (3, 13):
        return SharedMemory(name=name, track=False)
    return SharedMemory(name=name)


def _discard(memory: SharedMemory) -> None:
    memory.unlink()
    _left.append(memory)


def _close_left() -> None:
    for _ in range(len(_left)):
        with suppress(IndexError):
            memory = _left.popleft()
            try:
                memory.close()
            except BufferError:
                _left.append(memory)


def _rounded_up(size_bytes: int) -> int:
    rounded = SMALLEST_BYTES
    while rounded < size_bytes:
        rounded *= 2
    return rounded
