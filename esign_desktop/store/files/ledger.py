"""The ledger, a plain file of facts that the platform reports only once, and its index.

The ledger survives the loss of the database. Each line is a JSON object. Lines are only appended, and each line is on
disk before ``append`` returns.

With the index, a query need not read the whole ledger, which remains authoritative. The index is a sequence of blocks,
each of which covers one section of the ledger. Digests verify each block and its section. The first block that is
incomplete or damaged, or that belongs to another ledger, is rebuilt together with all later blocks. Lines after the
last block are read at the first query.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import sys
import threading
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.atomic_files import PRIVATE_FILE_MODE, append_lines, atomic_target, create_private, sync_folder
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.store.clock import system_clock_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path


STRETCH_BYTES: Final = 2 * 1024 * 1024
"""The approximate size of the section that a block covers.

It determines how much of the ledger is read when the program starts, and how many blocks a query searches.
"""
_ON_EVERY_LINE: Final = "project_id"
_CONTENT: Final = "sha256"
"""The key of a content hash, which identifies a template."""
_MAGIC: Final = b"ledger 2"
# Magic number, start and end of the section, number of entries; digests of the section's end and of the block follow.
_HEADER: Final = struct.Struct("=8sQQQ16s16s")
_DIGEST_BYTES: Final = 16
_KEY_BYTES: Final = 8
_OFFSET_BYTES: Final = 4
_LOOKED_AT_BYTES: Final = 4096

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of the index: the sorted digests of ids, and the position of each id's line within the section."""

    start: int
    end: int
    keys: Sequence[int]
    offsets: Sequence[int]

    def find(self, key: int) -> Iterator[int]:
        index = bisect_left(self.keys, key)
        while index < len(self.keys) and self.keys[index] == key:
            yield self.start + self.offsets[index]
            index += 1


class LedgerIndex:
    """The index of the ledger. It can be used from any thread.

    Methods raise OSError if the ledger cannot be read. If the index cannot be written to its file, it is kept in
    memory.
    """

    def __init__(self, ledger_path: Path, *, stretch_bytes: int = STRETCH_BYTES) -> None:
        self._ledger_path = ledger_path
        self._path = ledger_path.with_suffix(".index")
        self._stretch_bytes = stretch_bytes
        self._lock = threading.Lock()
        self._forget()

    def lines(self, text: str) -> tuple[bytes, ...]:
        """Return the lines of the ledger that contain the id ``text``, oldest first."""
        with self._lock:
            try:
                ledger = self._ledger_path.open("rb")
            except FileNotFoundError:
                return ()
            with ledger:
                found = self._lines(ledger, text)
                if found is None:
                    # Another program has edited the ledger, so the index is invalid.
                    self._discard()
                    found = self._lines(ledger, text)
            return found or ()

    @contextmanager
    def made_anew(self) -> Iterator[None]:
        """Discard the index, let the caller replace the ledger, and then index the new ledger."""
        with self._lock:
            self._discard()
            sync_folder(self._path.parent)
            yield
            with self._ledger_path.open("rb") as ledger:
                self._bring_up_to_date(ledger)

    # All methods below must be called with the lock held.

    def _forget(self) -> None:
        self._ledger_id: tuple[int, int] | None = None
        self._blocks: list[_Block] = []
        self._index_bytes = 0
        self._is_writable = True
        self._recent: dict[int, list[int]] = {}
        self._recent_start = self._end = 0

    def _discard(self) -> None:
        self._forget()
        self._path.unlink(missing_ok=True)

    def _lines(self, ledger: BinaryIO, text: str) -> tuple[bytes, ...] | None:
        """Return the lines that contain the id, or None if a line is not at the position that the index states."""
        self._bring_up_to_date(ledger)
        key = _key(text)
        offsets = [offset for block in self._blocks for offset in block.find(key)]
        found: list[bytes] = []
        for offset in (*offsets, *self._recent.get(key, ())):
            ledger.seek(offset)
            line = ledger.readline()
            if text not in _ids(line):
                return None
            found.append(line)
        ledger.seek(self._end)
        torn = ledger.read()
        return (*found, torn) if text in _ids(torn) else tuple(found)

    def _bring_up_to_date(self, ledger: BinaryIO) -> None:
        status = os.fstat(ledger.fileno())
        if self._ledger_id != (status.st_dev, status.st_ino) or status.st_size < self._end:
            self._forget()
            self._ledger_id = (status.st_dev, status.st_ino)
            self._read_index(ledger, status.st_size)
        wanted_bytes = self._stretch_bytes
        while self._end < status.st_size:
            ledger.seek(self._end)
            piece = ledger.read(wanted_bytes)
            whole_bytes = piece.rfind(_NEWLINE) + 1
            if not whole_bytes and len(piece) < wanted_bytes:
                return
            # A line may be longer than the buffer.
            wanted_bytes = self._stretch_bytes if whole_bytes else 2 * wanted_bytes
            self._take(piece[:whole_bytes])
            if self._end - self._recent_start >= self._stretch_bytes // 2:
                self._seal(ledger)

    def _take(self, piece: bytes) -> None:
        for line in piece.split(_NEWLINE)[:-1]:
            for text in _ids(line):
                self._recent.setdefault(_key(text), []).append(self._end)
            self._end += len(line) + len(_NEWLINE)

    def _seal(self, ledger: BinaryIO) -> None:
        keys, block_offsets = array("Q"), array("I")
        for key, offsets in sorted(self._recent.items()):
            keys.extend([key] * len(offsets))
            block_offsets.extend(offset - self._recent_start for offset in offsets)
        block = _Block(self._recent_start, self._end, keys, block_offsets)
        self._write(_as_bytes(block, _end_digest(ledger, block.start, block.end)))
        self._blocks.append(block)
        self._recent = {}
        self._recent_start = self._end

    def _write(self, content: bytes) -> None:
        if not self._is_writable:
            return
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE_MODE)
            with os.fdopen(descriptor, "wb") as file:
                file.truncate(self._index_bytes)
                file.seek(self._index_bytes)
                file.write(content)
        except OSError as error:
            # Writing further blocks would also fail, so they are kept in memory.
            self._is_writable = False
            _log.warning("the ledger's index could not be written: %s", type(error).__name__)
        else:
            self._index_bytes += len(content)

    def _read_index(self, ledger: BinaryIO, ledger_bytes: int) -> None:
        try:
            content = self._path.read_bytes()
        except OSError:
            return
        while (found := _block_at(content, self._index_bytes)) is not None:
            block, end_digest, size_bytes = found
            is_of_this_ledger = block.start == self._end and block.start < block.end <= ledger_bytes
            if not is_of_this_ledger or _end_digest(ledger, block.start, block.end) != end_digest:
                break
            self._blocks.append(block)
            self._recent_start = self._end = block.end
            self._index_bytes += size_bytes


def _ids(line: bytes) -> set[str]:
    try:
        values: Any = _parsed(line)["values"]
        pairs = values.items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return set()
    return {value for key, value in pairs if _is_asked_for(key) and isinstance(value, str)}


def _is_asked_for(key: str) -> bool:
    return key == _CONTENT or (key.endswith("_id") and key != _ON_EVERY_LINE)


def _key(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest, sys.byteorder)


def _end_digest(ledger: BinaryIO, start: int, end: int) -> bytes:
    begin = max(start, end - _LOOKED_AT_BYTES)
    ledger.seek(begin)
    return blake2b(ledger.read(end - begin), digest_size=_DIGEST_BYTES).digest()


def _as_bytes(block: _Block, end_digest: bytes) -> bytes:
    body = bytes(memoryview(block.keys)) + bytes(memoryview(block.offsets))  # type: ignore[arg-type]
    return _header(block.start, block.end, len(block.keys), end_digest, body) + body


def _header(start: int, end: int, count: int, end_digest: bytes, body: bytes | memoryview) -> bytes:
    checked = blake2b(struct.pack("=QQQ", start, end, count) + end_digest, digest_size=_DIGEST_BYTES)
    checked.update(body)
    return _HEADER.pack(_MAGIC, start, end, count, end_digest, checked.digest())


def _block_at(content: bytes, position: int) -> tuple[_Block, bytes, int] | None:
    """Return the block at a position, the digest of the end of its section, and the size of the block in bytes.

    Return None if there is no valid block.
    """
    view = memoryview(content)[position:]
    if len(view) < _HEADER.size:
        return None
    _magic, start, end, count, end_digest, _checksum = _HEADER.unpack_from(view)
    size_bytes = _HEADER.size + count * (_KEY_BYTES + _OFFSET_BYTES)
    body = view[_HEADER.size : size_bytes]
    if size_bytes > len(view) or _header(start, end, count, end_digest, body) != view[: _HEADER.size]:
        return None
    keys, offsets = body[: count * _KEY_BYTES].cast("Q"), body[count * _KEY_BYTES :].cast("I")
    return _Block(start, end, keys, offsets), end_digest, size_bytes


_LATEST_MS: Final = 253_402_214_400_000
"""One day before the year 10000, which is the limit of calendar functions."""
_MOST_VALUES: Final = 50_000
"""The maximum number of values in a line, counted before parsing. The signers of a flow have a few hundred."""
_MOST_KEYS: Final = 100
_NEWLINE: Final = b"\n"
"""Written in binary mode, because text mode would write two bytes on Windows."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A line of the ledger. ``kind`` is the kind of fact that the line records, and ``values`` contains the fact."""

    at_ms: int
    kind: str
    values: Mapping[str, str | int] = field(repr=False)


class Ledger:
    """The ledger file. Any thread may append lines and read them."""

    def __init__(
        self, path: Path, *, clock_ms: Callable[[], int] = system_clock_ms, stretch_bytes: int = STRETCH_BYTES
    ) -> None:
        self._path = path
        self._clock_ms = clock_ms
        self._lock = threading.Lock()
        self._index = LedgerIndex(path, stretch_bytes=stretch_bytes)

    def append(self, kind: str, values: Mapping[str, str | int]) -> None:
        """Append a line, and wait until it is on disk. Raises StoreError if the line cannot be written."""
        line = json.dumps({"at_ms": self._clock_ms(), "kind": kind, "values": dict(values)}).encode("ascii")
        with disk_errors(), self._lock:
            is_new = not self._path.exists()
            append_lines(self._path, line + _NEWLINE)
            if is_new:
                sync_folder(self._path.parent)

    def take_over(self, lines: Sequence[bytes], *, without: Collection[str] = ()) -> int:
        """Append the lines of another ledger that this ledger does not contain, and return the number of these lines.

        The lines are copied unchanged. Lines of the kinds in ``without`` are omitted. Raises StoreError.
        """
        known = set(self._content().split(_NEWLINE))
        missing = [
            line
            for line in dict.fromkeys(lines)
            if line not in known and (entry := _entry(line)) is not None and entry.kind not in without
        ]
        if missing:
            with disk_errors(), self._lock:
                append_lines(self._path, b"".join(line + _NEWLINE for line in missing))
                sync_folder(self._path.parent)
        return len(missing)

    def read(self) -> tuple[LedgerEntry, ...]:
        """Return all complete lines, oldest first. Raises StoreError.

        Lines that were cut off by a power failure or a full disk are omitted.
        """
        return tuple(entry for line in self._content().split(_NEWLINE) if (entry := _entry(line)) is not None)

    def unreadable_count(self) -> int:
        """Return the number of lines that cannot be read, for example after a power failure. Raises StoreError."""
        return sum(_entry(line) is None for line in self._content().split(_NEWLINE) if line)

    def find(self, text: str) -> tuple[LedgerEntry, ...]:
        """Return the complete lines that contain an id, oldest first. The index makes this fast. Raises StoreError."""
        with disk_errors():
            lines = self._index.lines(text)
        return tuple(entry for line in lines if (entry := _entry(line)) is not None)

    def rewrite(self, change: Callable[[str], str]) -> None:
        """Apply ``change`` to the text of every line, and replace the file atomically. Raises StoreError.

        Use this only to erase a person. In all other cases, lines are only appended.
        """
        with self._lock:
            before = self._content()
            after = _NEWLINE.join(change(line.decode("utf-8", "replace")).encode() for line in before.split(_NEWLINE))
            scratch = self._path.with_name(self._path.name + ".new")
            with disk_errors():
                scratch.unlink(missing_ok=True)
                if after == before:
                    return
                with self._index.made_anew(), atomic_target(self._path, scratch) as new, create_private(new) as file:
                    file.write(after)

    def _content(self) -> bytes:
        with disk_errors():
            try:
                return self._path.read_bytes()
            except FileNotFoundError:
                return b""


def _entry(line: bytes) -> LedgerEntry | None:
    try:
        found = _parsed(line)
        at_ms, kind, values = found["at_ms"], found["kind"], found["values"]
    # Deeply nested brackets raise RecursionError.
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not (isinstance(at_ms, int) and isinstance(kind, str) and isinstance(values, dict)):
        return None
    if not 0 <= at_ms <= _LATEST_MS or len(values) > _MOST_KEYS:
        return None
    if not all(isinstance(value, str | int) for value in values.values()):
        return None
    return LedgerEntry(at_ms, kind, values)


def _parsed(line: bytes) -> Any:
    """Parse a line. Raises ValueError if it is not JSON or has too many values, which take about 100 bytes each."""
    if sum(map(line.count, (b",", b"[", b"{"))) > _MOST_VALUES:
        raise ValueError
    return json.loads(line)
