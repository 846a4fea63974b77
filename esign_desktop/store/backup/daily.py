"""The daily backup: one encrypted file that contains the database, the ledger and documents.

The files are numbered, so setting back the clock has no effect on their order. Only the latest files are kept
(``KEPT``). The first record of a file holds the format, the time and, if the keyring provided it, the key for encrypted
personal data. Each entry of the backup follows as one record with the entry's name, and further records with the
entry's content. The last record marks the backup as complete. If a backup is damaged, the previous one is used.
"""

from __future__ import annotations

import json
import re
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.atomic_files import create_private, sync, sync_folder
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.backup.sealed import BackupKey, Sealer, new_header, read_header, records
from esign_desktop.store.backup.second_folder import LATEST_MS, content_digest, folder_errors, write_whole
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

KEPT: Final = 7
MOST_FILE_BYTES: Final = 64 * 1024 * 1024
MOST_FILES_BYTES: Final = 256 * 1024 * 1024
"""The maximum size of all documents together, without the database. Further documents are omitted and counted."""
DATABASE: Final = "esign.db"
LEDGER: Final = "ledger.jsonl"

_KIND: Final = b"D"
_FORMAT: Final = 1
_PIECE_BYTES: Final = 512 * 1024
# Another program could add a file whose successor would have a name that is too long.
_NAME: Final = re.compile(r"daily-([0-9]{6,18})\.copy")
_ENTRY: Final = re.compile(
    r"(esign\.db|ledger\.jsonl|(copies|presets|templates)/[0-9a-f]{64}\.pdf|brand/[0-9A-Za-z_.-]{1,80})"
)
_READING_LIMIT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be stored in the backup. ``path`` is its location, and ``name`` is its name in the backup.

    If ``sha256`` is not empty, the file is stored only if its content has this hash.
    """

    name: str
    path: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class DailyWritten:
    """The result of writing a backup.

    ``left_out_count`` is the number of files that were omitted because they were missing, changed, too large or on an
    unresponsive network share.
    """

    size_bytes: int
    left_out_count: int


@dataclass(frozen=True, slots=True)
class DailyFound:
    """The result of unpacking a backup. ``made_at_ms`` is the epoch time at which the backup was made.

    ``left_out_count`` is the number of files that the backup omits. ``passed_over_count`` is the number of newer
    backups that were damaged. ``party_details_key`` is the key for encrypted personal data, or empty if the keyring did
    not provide it when the backup was made.
    """

    made_at_ms: int
    left_out_count: int
    passed_over_count: int
    party_details_key: str = field(default="", repr=False)


@folder_errors()
def write_daily(
    folder: Path,
    key: BackupKey,
    *,
    database: Path,
    ledger: Path,
    entries: Sequence[Entry],
    made_at_ms: int,
    party_details_key: str = "",
    on_progress: Callable[[], None] = lambda: None,
) -> DailyWritten:
    """Write a backup to the second folder, and delete the oldest backups.

    Raises StoreError if writing to the folder fails.
    """
    left_out = 0

    def pieces() -> Iterator[bytes]:
        nonlocal left_out
        header = new_header(_KIND, folder.name, key)
        sealer = Sealer(header, key)
        yield header.content
        known = {"particulars_key": party_details_key} if party_details_key else {}
        yield sealer.sealed(_values(format=_FORMAT, made_at_ms=made_at_ms, **known))
        for name, path in ((DATABASE, database), (LEDGER, ledger)):
            if path.exists():
                yield sealer.sealed(_values(name=name))
                with path.open("rb") as file:
                    while piece := file.read(_PIECE_BYTES):
                        yield sealer.sealed(_compressed(piece))
        left_bytes, silent = MOST_FILES_BYTES, set[Path]()
        for entry in entries:
            content = _content(entry, left_bytes, silent)
            on_progress()
            if content is None:
                left_out += 1
                continue
            left_bytes -= len(content)
            yield sealer.sealed(_values(name=entry.name))
            for start in range(0, len(content), _PIECE_BYTES):
                yield sealer.sealed(_compressed(content[start : start + _PIECE_BYTES]))
        yield sealer.sealed(_values(left_out=left_out), is_last=True)

    number = max((number for number, _path in _dailies(folder)), default=0) + 1
    size_bytes = write_whole(folder / f"daily-{number:06}.copy", pieces(), on_progress)
    prune(folder, KEPT)
    return DailyWritten(size_bytes, left_out)


@folder_errors()
def prune(folder: Path, count: int) -> None:
    """Delete partial files left by a crash, and all backups except the latest ``count``. Raises StoreError."""
    for path in (*(path for _number, path in _dailies(folder)[count:]), *folder.glob("daily-*.copy.part")):
        path.unlink(missing_ok=True)
    sync_folder(folder)


@folder_errors("copy.unreadable")
def newest_first(folder: Path) -> list[Path]:
    """Return the paths of the backups, latest first. Raises StoreError ``copy.unreadable``."""
    return [path for _number, path in _dailies(folder)]


def unpack_newest(
    folder: Path, key: BackupKey, target: Path, on_progress: Callable[[], None] = lambda: None
) -> DailyFound | None:
    """Unpack the latest undamaged backup into the folder ``target``, and return the result.

    ``target`` is emptied first. Return None if there is no backup. If all backups are damaged, the result contains only
    their number. Raises StoreError ``copy.newer_version`` or ``copy.unreadable``, or another StoreError for disk
    errors.
    """
    passed_over = 0
    for path in newest_first(folder):
        _empty(target)
        try:
            with folder_errors("copy.unreadable"), suppress(FileNotFoundError), path.open("rb") as file:
                beginning, left_out = _unpack(file, folder.name, key, target, on_progress)
                party_details_key = str(beginning.get("particulars_key", ""))
                return DailyFound(_number(beginning, "made_at_ms"), left_out, passed_over, party_details_key)
        except StoreError as error:
            if error.code != "copy.damaged":
                raise
            passed_over += 1
    _empty(target)
    return DailyFound(0, 0, passed_over) if passed_over else None


def _dailies(folder: Path) -> list[tuple[int, Path]]:
    found = [(int(match[1]), path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    return sorted(found, reverse=True)


def _unpack(
    file: BinaryIO, computer_id: str, key: BackupKey, target: Path, on_progress: Callable[[], None]
) -> tuple[dict[str, Any], int]:
    """Return the values of the first record, and the number of files that the backup omits."""
    header = read_header(file, computer_id)
    if not header.is_of(key):
        raise StoreError("copy.damaged", "wrong passphrase")
    beginning: dict[str, Any] | None = None
    out: IO[bytes] | None = None
    try:
        for record in records(file, header, key):
            on_progress()
            if record.content is None:
                raise StoreError("copy.damaged", "record")
            if record.content[:1] == b"D" and out is not None:
                with disk_errors():
                    out.write(_decompressed(record.content[1:]))
                continue
            values = _read_values(record.content)
            if out is not None:
                with disk_errors(), out:
                    out.flush()
                    sync(out.fileno())
                out = None
            if beginning is None:
                if values.get("format") != _FORMAT:
                    raise StoreError("copy.newer_version")
                beginning = values
            elif record.is_last:
                return beginning, _number(values, "left_out")
            else:
                out = _opened(target, str(values.get("name", "")))
    finally:
        if out is not None:
            out.close()
    raise StoreError("copy.damaged", "incomplete")


def _opened(target: Path, name: str) -> IO[bytes]:
    if not _ENTRY.fullmatch(name) or ".." in name:
        raise StoreError("copy.damaged", "name")
    path = target / name
    make_private_dir(path.parent)
    with disk_errors():
        path.unlink(missing_ok=True)
        return create_private(path)


def _empty(target: Path) -> None:
    with disk_errors():
        if target.exists():
            rmtree(target)
    make_private_dir(target)


def _content(entry: Entry, left_bytes: int, silent: set[Path]) -> bytes | None:
    """Return a file's content, or None if the file is missing, changed, too large or on an unresponsive network share.

    ``left_bytes`` is the size that the backup still has room for. ``silent`` holds the folders that did not respond.
    """
    path = Path(entry.path)
    if path.parent in silent:
        return None
    found: list[bytes] = []

    def read() -> None:
        with suppress(OSError), path.open("rb") as file:
            found.append(file.read(min(MOST_FILE_BYTES, left_bytes) + 1))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(_READING_LIMIT_S)
    if reader.is_alive():
        silent.add(path.parent)
        return None
    if not found or len(found[0]) > min(MOST_FILE_BYTES, left_bytes):
        return None
    return found[0] if not entry.sha256 or content_digest(found[0]) == entry.sha256 else None


def _values(**values: object) -> bytes:
    return b"J" + json.dumps(values).encode("ascii")


def _read_values(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content[1:]) if content[:1] == b"J" else None
    # Deeply nested brackets raise RecursionError.
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise StoreError("copy.damaged", "values")
    return found


def _number(values: dict[str, Any], name: str) -> int:
    """Return a count or a time in epoch milliseconds, or 0 if there is none. Raises StoreError ``copy.damaged``."""
    found = values.get(name, 0)
    if type(found) is not int or not 0 <= found <= LATEST_MS:
        raise StoreError("copy.damaged", name)
    return found


def _compressed(piece: bytes) -> bytes:
    return b"D" + zlib.compress(piece, 1)


def _decompressed(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, _PIECE_BYTES)
    except zlib.error:
        raise StoreError("copy.damaged", "piece") from None
