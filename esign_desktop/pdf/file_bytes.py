"""Reads a file's bytes, sums them beside other work, and sees whether they are still the same."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.limits import IN_MEMORY_BYTES

if TYPE_CHECKING:
    from pathlib import Path

HEADER: Final = b"%PDF-"
HEADER_WITHIN_BYTES: Final = 1024
_AT_ONCE_BYTES: Final = 32 * 1024
"""So few are summed in no time."""
_PIECE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells two states of a file apart; ``sha256`` is empty as long as it is not known."""

    size_bytes: int
    modified_ns: int
    sha256: str = ""

    def is_same(self, other: FileState, other_sum: ByteSum) -> bool:
        """Whether the other one is of the same bytes; they are summed unless size and time leave no doubt."""
        if self.size_bytes != other.size_bytes:
            return False
        if self.sha256 and (self.modified_ns != other.modified_ns or other_sum.is_quick):
            return self.sha256 == other_sum.wait()
        return self.modified_ns == other.modified_ns


class ByteSum:
    """SHA-256 of a file, or of the bytes that were read of it, from when it is first asked for.

    A thread of its own sums many bytes.
    """

    def __init__(self, path: Path | str, data: bytes | None) -> None:
        self._path = path
        self._data = data
        self._sha256: str | None = None
        self._error: PdfError | None = None
        self._thread: threading.Thread | None = None
        self.is_quick = data is not None
        """Whether the bytes are in memory."""
        self.is_at_once = data is not None and len(data) <= _AT_ONCE_BYTES
        """Whether they are so few that ``start`` is all that there is to do."""

    def start(self) -> None:
        """Begin, without waiting."""
        if self._sha256 is not None or self._thread is not None:
            return
        if self._data is not None and self.is_at_once:
            # Not read before it is needed: the first page of a file is shown without its sum.
            import hashlib

            self._sha256 = hashlib.sha256(self._data).hexdigest()
        else:
            self._thread = threading.Thread(target=self._sum, name="sum", daemon=True)
            self._thread.start()

    def known(self) -> str:
        """Return the sum if it is there, else nothing. Raises PdfError if the file can't be read any more."""
        if self._error is not None:
            raise self._error
        return self._sha256 or ""

    def wait(self) -> str:
        """Return the sum when it is there."""
        self.start()
        if self._thread is not None:
            self._thread.join()
        return self.known()

    def _sum(self) -> None:
        import hashlib

        # Python lets other threads work while much is summed.
        if self._data is not None:
            self._sha256 = hashlib.sha256(self._data).hexdigest()
            return
        digest = hashlib.sha256()
        try:
            with open(self._path, "rb", buffering=0) as file:  # noqa: PTH123  as in ``read_file``
                while piece := file.read(_PIECE_BYTES):
                    digest.update(piece)
        except OSError as error:
            self._error = PdfError("pdf.unreadable", type(error).__name__)
            return
        self._sha256 = digest.hexdigest()


def read_file(path: Path | str) -> tuple[bytes | None, FileState, bool]:
    """Return the bytes (None if they are many), the file's state, and whether a PDF's header is there.

    Raises PdfError pdf.missing, pdf.unreadable.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123  pathlib is not read before the first page is seen
            status = os.fstat(file.fileno())
            is_small = status.st_size <= IN_MEMORY_BYTES
            data = file.read(IN_MEMORY_BYTES + 1 if is_small else HEADER_WITHIN_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        raise PdfError("pdf.missing") from None
    except OSError as error:
        raise PdfError("pdf.unreadable", type(error).__name__) from None
    has_header = HEADER in data[:HEADER_WITHIN_BYTES]
    if is_small and len(data) <= IN_MEMORY_BYTES:
        return data, FileState(len(data), status.st_mtime_ns), has_header
    return None, FileState(status.st_size, status.st_mtime_ns), has_header
