"""The ledger: what the platform tells once, in a plain file that outlives a lost database.

One JSON object a line, only ever appended, on the disk before ``append`` returns.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.file_moves import replace_file
from esign_desktop.store.backup import PRIVATE_FILE_MODE, sync, sync_folder
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.disk_errors import disk_error
from esign_desktop.store.ledger_index import STRETCH_BYTES, LedgerIndex

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NEWLINE: Final = b"\n"
_AS_IT_IS: Final = getattr(os, "O_BINARY", 0)
"""Windows writes two bytes for that one otherwise."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line. ``kind`` says what was told, ``values`` what it was."""

    at_ms: int
    kind: str
    values: Mapping[str, str | int] = field(repr=False)


class Ledger:
    """Appends to and reads one file; usable from any thread."""

    def __init__(
        self, path: Path, *, clock_ms: Callable[[], int] = system_clock_ms, stretch_bytes: int = STRETCH_BYTES
    ) -> None:
        self._path = path
        self._clock_ms = clock_ms
        self._lock = threading.Lock()
        self._index = LedgerIndex(path, stretch_bytes=stretch_bytes)

    def append(self, kind: str, values: Mapping[str, str | int]) -> None:
        """Write a line and wait until the disk has it. Raises StoreError."""
        line = json.dumps({"at_ms": self._clock_ms(), "kind": kind, "values": dict(values)}).encode("ascii")
        try:
            with self._lock:
                is_new = not self._path.exists()
                self._write(line + _NEWLINE)
                if is_new:
                    sync_folder(self._path.parent)
        except OSError as error:
            raise disk_error(error) from error

    def take_over(self, lines: Sequence[bytes]) -> int:
        """Append those of another ledger's lines that are not here, as they are; return how many. Raises StoreError."""
        known = set(self._content().split(_NEWLINE))
        missing = [line for line in dict.fromkeys(lines) if line not in known and _entry(line) is not None]
        if missing:
            try:
                with self._lock:
                    self._write(b"".join(line + _NEWLINE for line in missing))
                    sync_folder(self._path.parent)
            except OSError as error:
                raise disk_error(error) from error
        return len(missing)

    def read(self) -> tuple[LedgerEntry, ...]:
        """Return all whole lines, the oldest first; one torn by a power cut or a full disk is left out."""
        return tuple(entry for line in self._content().split(_NEWLINE) if (entry := _entry(line)) is not None)

    def find(self, text: str) -> tuple[LedgerEntry, ...]:
        """Return the whole lines that hold this id, the oldest first, without reading the others. Raises StoreError."""
        try:
            lines = self._index.lines(text)
        except OSError as error:
            raise disk_error(error) from error
        return tuple(entry for line in lines if (entry := _entry(line)) is not None)

    def rewrite(self, change: Callable[[str], str]) -> None:
        """Put every line's text through ``change``; the old file stays until the new one is whole. Raises StoreError.

        It only grows otherwise: this is for a person who wants to be forgotten.
        """
        with self._lock:
            before = self._content()
            after = _NEWLINE.join(change(line.decode("utf-8", "replace")).encode() for line in before.split(_NEWLINE))
            scratch = self._path.with_name(self._path.name + ".new")
            try:
                scratch.unlink(missing_ok=True)
                if after == before:
                    return
                descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(after)
                    file.flush()
                    sync(descriptor)
                with self._index.made_anew():
                    replace_file(scratch, self._path)
                    sync_folder(self._path.parent)
            except OSError as error:
                raise disk_error(error) from error

    def _content(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise disk_error(error) from error

    def _write(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _AS_IT_IS, PRIVATE_FILE_MODE)
        try:
            size = os.fstat(descriptor).st_size
            # A torn line must not swallow the one after it.
            if size and _last_byte(descriptor, size) != _NEWLINE:
                line = _NEWLINE + line
            while line:
                line = line[os.write(descriptor, line) :]
            sync(descriptor)
        finally:
            os.close(descriptor)


def _last_byte(descriptor: int, size: int) -> bytes:
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1)


def _entry(line: bytes) -> LedgerEntry | None:
    try:
        found: Any = json.loads(line)
        at_ms, kind, values = found["at_ms"], found["kind"], found["values"]
    except (ValueError, KeyError, TypeError):
        return None
    if not (isinstance(at_ms, int) and isinstance(kind, str) and isinstance(values, dict)):
        return None
    return LedgerEntry(at_ms, kind, values)
