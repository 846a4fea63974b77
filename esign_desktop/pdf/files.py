"""Read the bytes of a file, compute its digest in the background, and detect later changes to the file."""

from __future__ import annotations

import errno
import mmap
import os
import stat
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.limits import IN_MEMORY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


HEADER: Final = b"%PDF-"
HEADER_WITHIN_BYTES: Final = 1024
_AT_ONCE_BYTES: Final = 32 * 1024
"""Up to this size, a digest is computed at once, without a separate thread."""


def on_own_thread(work: Callable[[], None]) -> None:
    """Call a function on a new thread, and return at once."""
    threading.Thread(target=work, name="sum", daemon=True).start()


Bytes = bytes | mmap.mmap
"""The bytes of a whole file, which are in memory if the file is small, and otherwise memory-mapped."""


@dataclass(frozen=True, slots=True)
class FileState:
    """The size, modification time and digest of a file at one moment. ``sha256`` is empty if the digest is unknown."""

    size_bytes: int
    modified_ns: int
    sha256: str = ""

    def is_same(self, other: FileState, other_sum: ByteSum) -> bool:
        """Return whether both states describe the same bytes.

        ``other_sum`` computes the digest of the other state. This method waits for that digest if the sizes and
        modification times do not settle the question, or if the digest is quick to compute.
        """
        if self.size_bytes != other.size_bytes:
            return False
        if self.sha256 and (self.modified_ns != other.modified_ns or other_sum.is_quick):
            return self.sha256 == other_sum.wait()
        return self.modified_ns == other.modified_ns


class ByteSum:
    """The SHA-256 digest of a file's bytes, computed on first use."""

    def __init__(self, data: Bytes) -> None:
        self._data = data
        self._sha256 = ""
        self._is_started = False
        self._is_done = threading.Event()
        self.is_quick = isinstance(data, bytes)
        """Whether the bytes are in memory."""
        self.is_at_once = self.is_quick and len(data) <= _AT_ONCE_BYTES
        """Whether the data is so short that ``start`` computes the digest before it returns."""

    def start(self, run_aside: Callable[[Callable[[], None]], object] = on_own_thread) -> None:
        """Start computing the digest.

        The digest of short data is computed before this method returns. For longer data, ``run_aside`` is called with
        the function that computes the digest and must call that function on another thread.
        """
        if self._is_started:
            return
        self._is_started = True
        if self.is_at_once:
            self._sum()
        else:
            run_aside(self._sum)

    def known(self) -> str:
        """Return the digest in hexadecimal, or an empty string if it is not known yet."""
        return self._sha256

    def wait(self) -> str:
        """Return the digest in hexadecimal. If it was not started, it is computed on the calling thread."""
        if not self._is_started:
            self._is_started = True
            self._sum()
        self._is_done.wait()
        return self._sha256

    def _sum(self) -> None:
        # hashlib is imported late: the first page of a file is displayed without its digest.
        import hashlib

        # hashlib releases the interpreter lock while it hashes long data.
        self._sha256 = hashlib.sha256(self._data).hexdigest()
        self._is_done.set()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that is open for reading. The function that receives the object closes the descriptor."""

    descriptor: int
    size_bytes: int
    modified_ns: int


def open_source(path: Path | str) -> SourceFile:
    """Open a regular file for reading. Raises PdfError ``pdf.missing`` or ``pdf.unreadable``."""
    try:
        # O_NONBLOCK keeps a named pipe from blocking the call.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise PdfError("pdf.missing") from None
    except OSError as error:
        raise PdfError("pdf.unreadable", type(error).__name__) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise PdfError("pdf.unreadable", "not a regular file")
    return SourceFile(descriptor, status.st_size, status.st_mtime_ns)


def open_source_within(path: Path, limit_s: float) -> SourceFile:
    """Open a file, waiting at most ``limit_s`` seconds for a disk that does not respond.

    Raises PdfError ``pdf.too_slow`` if the disk does not respond in time, and the errors of ``open_source``.
    """
    opened: SimpleQueue[SourceFile | PdfError] = SimpleQueue()
    is_late = threading.Event()

    def open_it() -> None:
        try:
            source = open_source(path)
        except PdfError as error:
            opened.put(error)
            return
        opened.put(source)
        if is_late.is_set():
            _close_late(opened)

    threading.Thread(target=open_it, name="open", daemon=True).start()
    try:
        found = opened.get(timeout=limit_s)
    except Empty:
        is_late.set()
        _close_late(opened)
        raise PdfError("pdf.too_slow", "open", retryable=True) from None
    if isinstance(found, PdfError):
        raise found
    return found


def _close_late(opened: SimpleQueue[SourceFile | PdfError]) -> None:
    """Close a file that was opened only after the caller had stopped waiting."""
    with suppress(Empty):
        found = opened.get_nowait()
        if isinstance(found, SourceFile):
            os.close(found.descriptor)


def read_source(source: SourceFile) -> tuple[Bytes, FileState, bool]:
    """Read a file, and close its descriptor.

    Return the file's bytes, the file's state, and whether the bytes contain a PDF header. The bytes of a large file are
    memory-mapped. Raises PdfError ``pdf.unreadable`` or ``pdf.memory``.
    """
    try:
        data = _bytes_of(source)
    except (OSError, ValueError) as error:
        # ValueError: the file has become shorter since it was opened.
        code = "pdf.memory" if getattr(error, "errno", None) == errno.ENOMEM else "pdf.unreadable"
        raise PdfError(code, type(error).__name__) from None
    finally:
        os.close(source.descriptor)
    has_header = HEADER in data[:HEADER_WITHIN_BYTES]
    return data, FileState(len(data), source.modified_ns), has_header


def _bytes_of(source: SourceFile) -> Bytes:
    if source.size_bytes <= IN_MEMORY_BYTES:
        with open(source.descriptor, "rb", closefd=False) as file:
            data = file.read(IN_MEMORY_BYTES + 1)
        if len(data) <= IN_MEMORY_BYTES:
            return data
    # The length is passed: with 0, mmap would query it with a system call that the sandboxed process may not make.
    return mmap.mmap(source.descriptor, source.size_bytes, access=mmap.ACCESS_READ)


@contextmanager
def write_failures() -> Iterator[None]:
    """Raise PdfError ``pdf.write_failed`` in place of an OSError that the ``with`` block raises."""
    try:
        yield
    except OSError as error:
        raise PdfError("pdf.write_failed", type(error).__name__) from None


@contextmanager
def open_target(path: Path) -> Iterator[int]:
    """Create a new file and yield its descriptor.

    Raises PdfError ``pdf.write_failed``, for example if the file already exists.
    """
    with write_failures():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
