"""Manage the shared memory for pixels. The parent owns the memory, and a child only maps it.

Pixels are not copied. A caller receives a view of the pixels in a segment of the memory. The segment is reused once the
last view has been released. A segment has no name by which another process could open it. The segment's descriptor is
passed to one child only. The segment is sealed against resizing, because a child could otherwise shrink it and crash
the parent. On systems other than Linux, the pixels are sent with the answer instead.
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
"""The number of segments kept for reuse. Memory that was used before is filled several times faster."""
ATTACHED_SEGMENTS: Final = 6
CAN_BE_SHARED: Final = sys.platform == "linux"

_numbers = itertools.count()


class Segment:
    """A segment of shared memory. Raises OSError if there is not enough memory."""

    def __init__(self, size_bytes: int, owner: int) -> None:
        self.number = next(_numbers)
        self.size_bytes = size_bytes
        self.owner = owner
        """The process ID of the only child that may map the segment.

        The segment may still contain pages of other files that this child has drawn.
        """
        self.descriptor = _sealed_memory(size_bytes) if CAN_BE_SHARED else -1
        self.memory = mmap.mmap(self.descriptor, size_bytes)

    def discard(self) -> None:
        """Close the segment's descriptor. The memory is freed when its last view is released."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def _sealed_memory(size_bytes: int) -> int:
    if sys.platform == "linux":
        # Imported here because other systems lack the module.
        import fcntl

        descriptor = os.memfd_create("pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(descriptor, size_bytes)
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        except OSError:
            os.close(descriptor)
            raise
    else:
        # Windows and macOS use memory that is private to this process.
        descriptor = -1
    return descriptor


class SegmentPool:
    """The owner of segments of shared memory, which keeps unused segments for reuse. Thread-safe."""

    def __init__(self) -> None:
        self._free: list[Segment] = []
        self._lock = threading.RLock()
        self._is_closed = False

    def take(self, size_bytes: int, owner: int) -> Segment:
        """Return a segment of at least this size for the child with the process ID ``owner``.

        Raises OSError if there is not enough memory.
        """
        with self._lock:
            fits = (
                segment
                for segment in reversed(self._free)
                if segment.owner == owner and segment.size_bytes >= size_bytes
            )
            segment = next(fits, None)
            if segment is not None:
                self._free.remove(segment)
                return segment
        return Segment(_rounded_up(size_bytes), owner)

    def give_back(self, segment: Segment) -> None:
        """Keep a segment for reuse. The segment must no longer have any views."""
        with self._lock:
            if self._is_closed:
                segment.discard()
                return
            self._free.append(segment)
            if len(self._free) > FREE_SEGMENTS:
                # Discard the oldest segment, whose views were released long ago.
                self._free.pop(0).discard()

    def view(self, segment: Segment, size_bytes: int) -> memoryview:
        """Return a view of the first ``size_bytes`` bytes of a segment.

        The segment is reused once this view and all views derived from it have been released.
        """
        anchor = (ctypes.c_ubyte * size_bytes).from_buffer(segment.memory)
        weakref.finalize(anchor, self.give_back, segment).atexit = False
        # As plain bytes, because few consumers accept the format of a view of the array itself.
        return PickleBuffer(anchor).raw()

    def close(self) -> None:
        """Free all unused segments. Each of the other segments is freed when its last view is released."""
        with self._lock:
            self._is_closed = True
            while self._free:
                self._free.pop().discard()


class SentSegments:
    """The parent's record of the segments that one child has mapped. Only recently used segments stay mapped."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def to_send(self, segment: Segment) -> tuple[list[int], list[int]]:
        """Return the descriptors to send with a request, and the numbers of the segments that the child must unmap."""
        is_new = segment.number not in self._numbers
        self._numbers[segment.number] = None
        self._numbers.move_to_end(segment.number)
        dropped = [self._numbers.popitem(last=False)[0]] if len(self._numbers) > ATTACHED_SEGMENTS else []
        return ([segment.descriptor] if is_new else []), dropped

    def clear(self) -> None:
        """Forget all segments. Call this method after the child has ended."""
        self._numbers.clear()


class AttachedSegments:
    """The segments that this child process has mapped on the parent's instructions."""

    def __init__(self) -> None:
        self._memory: dict[int, mmap.mmap] = {}

    def attach(self, number: int, size_bytes: int, descriptor: int | None) -> memoryview:
        """Return a view of a segment's memory. ``descriptor`` is given only for a segment that is new to the child."""
        if descriptor is not None:
            self._memory[number] = mmap.mmap(descriptor, size_bytes)
            os.close(descriptor)
        return memoryview(self._memory[number])

    def detach(self, number: int) -> None:
        """Unmap the segment with this number."""
        memory = self._memory.pop(number, None)
        if memory is not None:
            with suppress(BufferError):
                memory.close()


def _rounded_up(size_bytes: int) -> int:
    rounded = SMALLEST_BYTES
    while rounded < size_bytes:
        rounded *= 2
    return rounded
