"""Records on disk: a folder a kind, a JSON file a record, replaced atomically.

Not thread-safe: whoever reads or writes holds ``State.lock``.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import cattrs

from esign_desktop.sandbox.records import (
    Account,
    Document,
    Flow,
    PendingNotice,
    StoredFile,
    Template,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RecordT = TypeVar("RecordT", Account, StoredFile, Document, Template, Flow, PendingNotice)

_CONVERTER: Final = cattrs.Converter()


class Table(Generic[RecordT]):
    """All records of one kind, by id."""

    def __init__(self, folder: Path, record_type: type[RecordT]) -> None:
        self._folder = folder
        self._records: dict[str, RecordT] = {}
        self._record_type: type[RecordT] = record_type
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.read()

    def read(self) -> None:
        """Take the records as the files have them now."""
        self._records = {
            path.stem: _CONVERTER.structure(json.loads(path.read_text("utf-8")), self._record_type)
            for path in sorted(self._folder.glob("*.json"))
        }

    def get(self, record_id: str) -> RecordT | None:
        """The record, or None."""
        return self._records.get(record_id)

    def put(self, record_id: str, record: RecordT) -> None:
        """Keep the record as it is now."""
        write_atomically(
            self._folder / f"{record_id}.json",
            json.dumps(asdict(record), ensure_ascii=False).encode("utf-8"),
        )
        self._records[record_id] = record

    def remove(self, record_id: str) -> None:
        """Forget the record, if it is there."""
        self._records.pop(record_id, None)
        (self._folder / f"{record_id}.json").unlink(missing_ok=True)

    def __iter__(self) -> Iterator[RecordT]:
        return iter(list(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)


class State:
    """Everything that survives a restart."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.lock = threading.RLock()
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        records = data_dir / "records"
        self.accounts = Table(records / "accounts", Account)
        self.files = Table(records / "files", StoredFile)
        self.documents = Table(records / "documents", Document)
        self.templates = Table(records / "templates", Template)
        self.flows = Table(records / "flows", Flow)
        self.notices = Table(records / "notices", PendingNotice)
        self.url_key = self._load_url_key()
        self._changed = self._change_mark()

    def look_again(self) -> None:
        """Read everything anew if somebody else has changed the files, and said so by the file ``changed``."""
        mark = self._change_mark()
        if mark != self._changed:
            with self.lock:
                self._changed = mark
                for table in (self.accounts, self.files, self.documents, self.templates, self.flows, self.notices):
                    table.read()

    def _change_mark(self) -> tuple[int, int] | None:
        try:
            status = (self.data_dir / "changed").stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def blob_path(self, kind: str, blob_id: str) -> Path:
        """Where the bytes of an upload, a document or a template lie; the id was made here, never by a caller."""
        folder = self.data_dir / "blobs" / kind
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / blob_id

    def _load_url_key(self) -> bytes:
        path = self.data_dir / "url-key"
        if not path.exists():
            write_atomically(path, os.urandom(32))
        return path.read_bytes()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file, so that a reader or a crash finds the old or the new one, never half of it."""
    scratch = path.with_name(f".{path.name}.{threading.get_ident()}.part")
    scratch.write_bytes(content)
    scratch.chmod(0o600)
    scratch.replace(path)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file that is never written in place a second name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
