"""The second folder for backups. Each computer has a subfolder with its backups and a copy of its ledger.

A subfolder is named after the computer's id. Its file ``computer.json`` is unencrypted and holds the computer's name,
the time at which the ledger was last copied, and the id of the program run that last wrote to the subfolder. All other
files are encrypted (``sealed``). The copy of the ledger begins with the first line of the ledger. Lines that are
missing at the end of the copy are appended.

Calls may block forever on an unresponsive network share, so make them in a process that can be killed
(``services.copies.jobs``).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.atomic_files import atomic_target, create_private, replace_file, sync, sync_folder
from esign_desktop.domain.disk_errors import FULL
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.backup.sealed import HEADER_BYTES, BackupKey, Header, Sealer, new_header, read_header, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FOLDER: Final = "esign-desktop-copies"
LEDGER: Final = "ledger.copy"
_COMPUTER: Final = "computer.json"
_LEDGER_KIND: Final = b"L"
_CHUNK_BYTES: Final = 64 * 1024
"""The maximum number of ledger bytes in one record, and thus of bytes that are lost if a record is damaged."""
_TAIL_BYTES: Final = 16
_TAIL_READ_BYTES: Final = 4096
_ID: Final = re.compile(r"[0-9a-f]{32}")
_MOST_LEASE_BYTES: Final = 64 * 1024
_MOST_NAME_CHARACTERS: Final = 255
LATEST_MS: Final = 253_402_214_400_000
"""One day before the year 10000, which is the limit of calendar functions."""
_NEWLINE: Final = b"\n"

_GONE: Final = {errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO, errno.EHOSTDOWN, errno.EHOSTUNREACH}
_FORBIDDEN: Final = {errno.EROFS, errno.EACCES, errno.EPERM}


def folder_error(error: OSError) -> StoreError:
    """Return the StoreError for an OSError from the second folder. The detail is the errno symbol, never a path."""
    symbol = errno.errorcode.get(error.errno or 0, type(error).__name__)
    for numbers, code in ((_GONE, "copy.missing"), (_FORBIDDEN, "copy.unwritable"), (FULL, "copy.full")):
        if error.errno in numbers:
            return StoreError(code, symbol, retryable=True)
    return StoreError("copy.failed", symbol, retryable=True)


@contextmanager
def folder_errors(code: str = "") -> Iterator[None]:
    """Convert an OSError from the second folder to a StoreError, with ``code`` if a code is given.

    This context manager can also be used as a decorator.
    """
    try:
        yield
    except OSError as error:
        failure = folder_error(error)
        raise StoreError(code or failure.code, failure.detail, retryable=True) from error


@dataclass(frozen=True, slots=True)
class Computer:
    """A computer that has written to the second folder.

    ``name`` and ``changed_at_ms`` come from an unencrypted file and are not trustworthy. ``changed_at_ms`` is the time
    at which the whole ledger was last copied, or 0 if unknown. ``path`` is the computer's subfolder.
    """

    id: str
    name: str
    changed_at_ms: int
    path: Path


@dataclass(frozen=True, slots=True)
class LedgerProgress:
    """The progress of copying the ledger to the second folder.

    ``sequence`` is the number of the copy's next record, ``size_bytes`` is the size of the copy, and ``offset`` is the
    end of the part of the ledger that was copied. ``tail`` holds the last bytes of the copy in hexadecimal, and
    ``ledger_tail`` is a digest of the bytes of the ledger before ``offset``. While both are unchanged, the copy and the
    ledger need not be read from the beginning.
    """

    sequence: int = 0
    size_bytes: int = 0
    offset: int = 0
    tail: str = ""
    ledger_tail: str = ""


@dataclass(frozen=True, slots=True)
class LedgerFound:
    """The readable content of a copy of the ledger. ``is_whole`` means that the copy is undamaged.

    ``lost_count`` is the minimum number of records that cannot be read. Each record contains one line.
    """

    content: bytes
    is_whole: bool
    lost_count: int = 0


def computer_folder(root: Path, computer_id: str) -> Path:
    """Return the subfolder of the second folder that belongs to a computer."""
    return root / FOLDER / computer_id


@folder_errors()
def check_folder(root: Path, data_dir: Path) -> bool:
    """Check that backups can be written to a folder, and return whether it is on the same disk as the program's data.

    Raises StoreError ``copy.missing``, ``copy.same_folder``, ``copy.unwritable``, ``copy.full`` or ``copy.failed``.
    """
    if not root.is_dir():
        raise StoreError("copy.missing")
    inside, data = root.resolve(), data_dir.resolve()
    if inside == data or inside in data.parents or data in inside.parents or root.samefile(data_dir):
        raise StoreError("copy.same_folder")
    (root / FOLDER).mkdir(exist_ok=True)
    probe = root / FOLDER / f"probe-{os.getpid()}"
    try:
        write_whole(probe, [b"probe"])
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    return root.stat().st_dev == data_dir.stat().st_dev


@folder_errors("copy.unreadable")
def computers(root: Path) -> tuple[Computer, ...]:
    """Return the computers that have written to the second folder, latest change first.

    ``root`` may also be the subfolder of a single computer. Raises StoreError ``copy.missing`` or ``copy.unreadable``.
    """
    if not root.is_dir():
        raise StoreError("copy.missing")
    if _ID.fullmatch(root.name) and (root / _COMPUTER).exists():
        folders = [root]
    else:
        inside = root if root.name == FOLDER else root / FOLDER
        folders = [path for path in inside.iterdir() if _ID.fullmatch(path.name)] if inside.is_dir() else []
    found = [_computer(path) for path in folders if path.is_dir()]
    return tuple(sorted(found, key=lambda computer: (-computer.changed_at_ms, computer.name)))


@folder_errors()
def renew_lease(
    folder: Path, *, name: str, run: str, known_runs: Iterable[str], copied_at_ms: int | None = None
) -> None:
    """Record in ``computer.json`` that this run of the program writes to the subfolder.

    ``run`` is the id of this run. The last run that wrote must be this run or one of ``known_runs``, which are earlier
    runs on the same computer. Otherwise, the disk was cloned, and StoreError ``copy.two_computers`` is raised.
    ``copied_at_ms`` is the time at which the whole ledger was copied; if it is None, the stored time is kept. Also
    raises StoreError if writing to the folder fails.
    """
    folder.mkdir(exist_ok=True)
    lease = _lease(folder)
    before = str(lease.get("run", ""))
    if before and before != run and before not in set(known_runs):
        raise StoreError("copy.two_computers")
    if before == run and copied_at_ms is None:
        return
    changed_at_ms = _copied_at_ms(lease) if copied_at_ms is None else copied_at_ms
    lease = {"format": 1, "name": name, "changed_at_ms": changed_at_ms, "run": run}
    write_whole(folder / _COMPUTER, [json.dumps(lease).encode("ascii")])


@folder_errors()
def copy_ledger(
    folder: Path,
    key: BackupKey,
    ledger_path: Path,
    progress: LedgerProgress,
    *,
    anew: bool = False,
    on_progress: Callable[[], None] = lambda: None,
) -> LedgerProgress:
    """Append the missing part of the ledger to its copy, sync the copy to disk, and return the progress.

    ``progress`` is the result of the previous call. If ``anew`` is True, the ledger was rewritten, so the whole copy is
    rewritten, too. Raises StoreError ``copy.other_lines`` if the copy belongs to another ledger or is longer than the
    ledger, and other StoreErrors if writing to the folder fails.
    """
    path = folder / LEDGER
    with suppress(FileNotFoundError), path.open("r+b") as file:
        header = None if anew else _own_header(file, key, folder.name)
        if header is not None:
            rest = _rest(file, ledger_path, progress)
            if rest is None:
                ledger = _whole_lines(ledger_path, 0)
                found = _matching(file, header, key, ledger, on_progress)
                rest = b"" if found is None else ledger[found.offset :]
                progress = found or LedgerProgress()
            if progress.size_bytes:
                progress = _append(file, header, key, rest, progress, on_progress)
                return replace(progress, ledger_tail=_ledger_tail(ledger_path, progress.offset))
    if not anew and path.exists():
        # The copy is damaged, or encrypted with another passphrase. It is kept until the new copy is complete.
        replace_file(path, path.with_name(f"{LEDGER}.damaged"))
    progress = _write_ledger(path, key, _whole_lines(ledger_path, 0), on_progress)
    return replace(progress, ledger_tail=_ledger_tail(ledger_path, progress.offset))


@folder_errors()
def delete_damaged(folder: Path) -> None:
    """Delete copies of the ledger that were set aside because they were damaged. Raises StoreError."""
    for path in folder.glob(f"{LEDGER}.damaged*"):
        path.unlink(missing_ok=True)
    sync_folder(folder)


@folder_errors("copy.unreadable")
def read_ledger(folder: Path, key: BackupKey) -> LedgerFound:
    """Return the content of the ledger's copy, without records that cannot be read. Raises StoreError."""
    with suppress(FileNotFoundError), (folder / LEDGER).open("rb") as file:
        header = _own_header(file, key, folder.name)
        if header is not None:
            found = list(records(file, header, key))
            content = b"".join(record.content for record in found if record.content is not None)
            end = found[-1].end if found else HEADER_BYTES
            is_cut = end != os.fstat(file.fileno()).st_size
            lost_count = is_cut + sum(record.content is None for record in found)
            return LedgerFound(content, not lost_count, lost_count)
    return LedgerFound(b"", is_whole=False)


def write_whole(path: Path, pieces: Iterable[bytes], on_progress: Callable[[], None] = lambda: None) -> int:
    """Write a file atomically, sync it to disk, and return its size in bytes. Raises OSError."""
    size_bytes = 0
    # An existing temporary file is deleted first, because it may be a link that another user placed there.
    with atomic_target(path, path.with_name(f"{path.name}.part")) as scratch, create_private(scratch) as file:
        for piece in pieces:
            size_bytes += file.write(piece)
            on_progress()
    return size_bytes


def _computer(path: Path) -> Computer:
    lease = _lease(path)
    name = lease.get("name")
    name = name[:_MOST_NAME_CHARACTERS] if isinstance(name, str) and name else path.name[:8]
    return Computer(path.name, name, _copied_at_ms(lease), path)


def _copied_at_ms(lease: dict[str, Any]) -> int:
    """Return the time at which the ledger was copied, or 0 if the lease has no valid time."""
    found = lease.get("changed_at_ms")
    return found if type(found) is int and 0 <= found <= LATEST_MS else 0


def _lease(folder: Path) -> dict[str, Any]:
    try:
        with (folder / _COMPUTER).open("rb") as file:
            found = json.loads(file.read(_MOST_LEASE_BYTES))
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _whole_lines(ledger_path: Path, start: int) -> bytes:
    try:
        with ledger_path.open("rb") as ledger:
            ledger.seek(start)
            content = ledger.read()
    except FileNotFoundError:
        return b""
    return content[: content.rfind(_NEWLINE) + 1]


def _ledger_tail(ledger_path: Path, offset: int) -> str:
    """Return a digest of the ledger's bytes before an offset, or "" if the ledger is missing or shorter."""
    try:
        with ledger_path.open("rb") as ledger:
            if os.fstat(ledger.fileno()).st_size < offset:
                return ""
            ledger.seek(max(0, offset - _TAIL_READ_BYTES))
            return content_digest(ledger.read(min(offset, _TAIL_READ_BYTES)))
    except FileNotFoundError:
        return ""


def _rest(file: BinaryIO, ledger_path: Path, progress: LedgerProgress) -> bytes | None:
    """Return the part of the ledger that the copy lacks, or None if the copy or the copied part was changed."""
    if not progress.sequence or os.fstat(file.fileno()).st_size != progress.size_bytes:
        return None
    file.seek(progress.size_bytes - _TAIL_BYTES)
    is_same = file.read(_TAIL_BYTES).hex() == progress.tail and _ledger_tail(ledger_path, progress.offset)
    return _whole_lines(ledger_path, progress.offset) if is_same == progress.ledger_tail else None


def _pieces(content: bytes) -> Iterator[bytes]:
    """Yield the content line by line, so that damage affects only one line. Long lines are split into chunks."""
    start = 0
    while start < len(content):
        end = content.find(_NEWLINE, start, start + _CHUNK_BYTES) + 1
        if end <= start:
            end = min(start + _CHUNK_BYTES, len(content))
        yield content[start:end]
        start = end


def _write_ledger(path: Path, key: BackupKey, ledger: bytes, on_progress: Callable[[], None]) -> LedgerProgress:
    header = new_header(_LEDGER_KIND, path.parent.name, key)
    sealer, tail = Sealer(header, key), b""

    def pieces() -> Iterator[bytes]:
        nonlocal tail
        yield header.content
        batch = bytearray()
        for piece in _pieces(ledger):
            batch += sealer.sealed(piece)
            tail = bytes(batch[-_TAIL_BYTES:])
            if len(batch) >= _CHUNK_BYTES:
                yield bytes(batch)
                batch.clear()
        yield bytes(batch)

    size_bytes = write_whole(path, pieces(), on_progress)
    return LedgerProgress(sealer.sequence, size_bytes, len(ledger), tail.hex())


def _own_header(file: BinaryIO, key: BackupKey, computer_id: str) -> Header | None:
    file.seek(0)
    try:
        header = read_header(file, computer_id)
    except StoreError as error:
        if error.code != "copy.damaged":
            raise
        return None
    return header if header.is_of(key) else None


def _matching(
    file: BinaryIO, header: Header, key: BackupKey, ledger: bytes, on_progress: Callable[[], None]
) -> LedgerProgress | None:
    """Return how far the copy matches the ledger, or None if the copy is damaged.

    Raises StoreError ``copy.other_lines`` if the copy contains other lines.
    """
    file.seek(HEADER_BYTES)
    progress, size_bytes = LedgerProgress(0, HEADER_BYTES, 0), os.fstat(file.fileno()).st_size
    for record in records(file, header, key):
        on_progress()
        if record.content is None:
            return None
        end = progress.offset + len(record.content)
        if ledger[progress.offset : end] != record.content:
            # The ledger can also be shorter because its disk was restored from an older backup.
            raise StoreError("copy.other_lines")
        progress = LedgerProgress(record.sequence + 1, record.end, end)
    # A crash leaves at most one incomplete record. Anything more is damage.
    return progress if size_bytes - progress.size_bytes <= 2 * _CHUNK_BYTES else None


def _append(
    file: BinaryIO,
    header: Header,
    key: BackupKey,
    rest: bytes,
    progress: LedgerProgress,
    on_progress: Callable[[], None],
) -> LedgerProgress:
    sealer, size_bytes, tail = Sealer(header, key, progress.sequence), progress.size_bytes, progress.tail
    file.truncate(size_bytes)
    file.seek(size_bytes)
    for piece in _pieces(rest):
        sealed = sealer.sealed(piece)
        size_bytes += file.write(sealed)
        tail = sealed[-_TAIL_BYTES:].hex()
        on_progress()
    file.flush()
    sync(file.fileno())
    return LedgerProgress(sealer.sequence, size_bytes, progress.offset + len(rest), tail)


def content_digest(content: bytes) -> str:
    """Return the SHA-256 digest of the content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
