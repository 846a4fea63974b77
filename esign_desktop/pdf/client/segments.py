"""Memory through which pixels travel: the parent owns it, the child only looks in.

Nothing is copied: the pixels that a caller gets lie in the segment, which is used again when the last view of
them is gone. It has no name that anybody could open; its descriptor is handed to one child, which can neither shorten
nor lengthen it: else it could end the parent, which looks in too. Where there is no such memory (everywhere but on
Linux) pixels come with the answer.
"""

from __future__ import annotations

import ctypes
import itertools
import mmap
import os
import sys
import threading
import weakref
from collections import OrderedDict
from contextlib import suppress
from pickle import PickleBuffer
from typing import Final

SMALLEST_BYTES: Final = 1024 * 1024
FREE_SEGMENTS: Final = 3
"""So many are kept for later; pages that were touched before are filled several times faster."""
ATTACHED_SEGMENTS: Final = 6
CAN_BE_SHARED: Final = sys.platform == "linux"

_numbers = itertools.count()


class Segment:
    """A piece of memory. Raises OSError when there is none left."""

    def __init__(self, size_bytes: int, owner: int) -> None:
        self.number = next(_numbers)
        self.size_bytes = size_bytes
        self.owner = owner
        """The child that may look in, and no other: it shows pages of all files that were drawn into it."""
        self.descriptor = _sealed_memory(size_bytes) if CAN_BE_SHARED else -1
        self.memory = mmap.mmap(self.descriptor, size_bytes)

    def discard(self) -> None:
        """Hand it to nobody any more; the memory goes with the last view of it."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def _sealed_memory(size_bytes: int) -> int:
    if sys.platform == "linux":
        # Elsewhere there is no such module.
        import fcntl

        descriptor = os.memfd_create("pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(descriptor, size_bytes)
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        except OSError:
            os.close(descriptor)
            raise
    else:
        # Windows and macOS have memory that only this process sees.
        descriptor = -1
    return descriptor


class SegmentPool:
    """The parent's segments. Thread-safe."""

    def __init__(self) -> None:
        self._free: list[Segment] = []
        self._lock = threading.RLock()
        self._is_closed = False

    def take(self, size_bytes: int, owner: int) -> Segment:
        """Return a segment of at least this size, for one child. Raises OSError without memory."""
        with self._lock:
            fits = (one for one in reversed(self._free) if one.owner == owner and one.size_bytes >= size_bytes)
            segment = next(fits, None)
            if segment is not None:
                self._free.remove(segment)
                return segment
        return Segment(_rounded_up(size_bytes), owner)

    def give_back(self, segment: Segment) -> None:
        """Take a segment back that nothing looks into any more."""
        with self._lock:
            if self._is_closed:
                segment.discard()
                return
            self._free.append(segment)
            if len(self._free) > FREE_SEGMENTS:
                # The oldest; its views have ended long ago.
                self._free.pop(0).discard()

    def view(self, segment: Segment, size_bytes: int) -> memoryview:
        """Return the first bytes; when this and everything made of it is gone, the segment is given back."""
        anchor = (ctypes.c_ubyte * size_bytes).from_buffer(segment.memory)
        weakref.finalize(anchor, self.give_back, segment).atexit = False
        # As plain bytes; a memoryview of the array itself has a format that hardly anything reads.
        return PickleBuffer(anchor).raw()

    def close(self) -> None:
        """Give back what nobody looks into; the memory of pixels that somebody still has goes with them."""
        with self._lock:
            self._is_closed = True
            while self._free:
                self._free.pop().discard()


class SentSegments:
    """The parent's note of what one child has mapped: the last ones."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def to_send(self, segment: Segment) -> tuple[list[int], list[int]]:
        """Return what has to be sent along with a request: descriptors, and numbers of those to be unmapped."""
        is_new = segment.number not in self._numbers
        self._numbers[segment.number] = None
        self._numbers.move_to_end(segment.number)
        dropped = [self._numbers.popitem(last=False)[0]] if len(self._numbers) > ATTACHED_SEGMENTS else []
        return ([segment.descriptor] if is_new else []), dropped

    def clear(self) -> None:
        """Forget all; the child has ended."""
        self._numbers.clear()


class AttachedSegments:
    """The child's side: keeps mapped what the parent says."""

    def __init__(self) -> None:
        self._memory: dict[int, mmap.mmap] = {}

    def attach(self, number: int, size_bytes: int, descriptor: int | None) -> memoryview:
        """Return the memory of that number, which comes with a descriptor when it is new."""
        if descriptor is not None:
            self._memory[number] = mmap.mmap(descriptor, size_bytes)
            os.close(descriptor)
        return memoryview(self._memory[number])

    def detach(self, number: int) -> None:
        """Unmap one."""
        memory = self._memory.pop(number, None)
        if memory is not None:
            with suppress(BufferError):
                memory.close()


def _rounded_up(size_bytes: int) -> int:
    rounded = SMALLEST_BYTES
    while rounded < size_bytes:
        rounded *= 2
    return rounded
