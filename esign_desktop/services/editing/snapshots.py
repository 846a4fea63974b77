"""Copies of the files to be sent. The reviewed bytes are uploaded from these copies even if the originals change."""

from __future__ import annotations

import base64
import hashlib
import shutil
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.atomic_files import atomic_target, sync_folder
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import InputError
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from esign_desktop.domain.document import Document

_PIECE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a document's file.

    ``sha256`` (hexadecimal) and ``md5_base64`` (declared in the upload) are hashes of the copied bytes.
    """

    file_name: str
    size_bytes: int
    sha256: str
    md5_base64: str


class Snapshots:
    """The copied files of all submissions. Calls may raise StoreError.

    The files of each submission are in a private folder below ``folder``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._in_use: set[str] = set()

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Protect the copies under ``name`` from ``sweep`` within the context.

        The copies are deleted when the context ends.
        """
        with self._lock:
            self._in_use.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._in_use.discard(name)
            self.discard(name)

    def take(
        self, submission_id: str, file_name: str, document: Document, *, between_pieces: Callable[[], None]
    ) -> Snapshot:
        """Copy a document's file, flush the copy to disk, and return a description of the copy.

        ``file_name`` is the name of the copy. An earlier copy is replaced. ``between_pieces`` is called
        repeatedly and may raise an exception to stop the copying. Raises InputError ``document.missing``,
        ``document.empty``, or ``document.changed`` if the bytes differ from those that were opened.
        """
        target = self.path(submission_id, file_name)
        make_private_dir(target.parent)
        with disk_errors():
            with atomic_target(target, target.with_suffix(".part")) as scratch:
                self._copy(Path(document.path), scratch, document, between_pieces)
                snapshot = _described(scratch, target.name)
                if not snapshot.size_bytes:
                    raise InputError("document.empty", document_id=document.id)
                if snapshot.sha256 != document.sha256:
                    raise InputError("document.changed", document_id=document.id)
            sync_folder(self._folder)
        return snapshot

    def path(self, submission_id: str, file_name: str) -> Path:
        """Return the path of a file copied for a submission."""
        return self._folder / submission_id / file_name

    def is_whole(self, submission_id: str, snapshot: Snapshot) -> bool:
        """Return whether the copy exists and has its full size.

        The copy's bytes are not checked here, because the platform checks their MD5 digest.
        """
        try:
            return self.path(submission_id, snapshot.file_name).stat().st_size == snapshot.size_bytes
        except OSError:
            return False

    def discard(self, submission_id: str) -> None:
        """Delete the copies of a submission. Files that the system still locks are deleted by a later ``sweep``."""
        shutil.rmtree(self._folder / submission_id, ignore_errors=True)

    def sweep(self, keep: Collection[str]) -> None:
        """Delete all copies except those that ``held`` protects or that belong to a submission in ``keep``."""
        with suppress(OSError):
            for folder in self._folder.iterdir():
                with self._lock:
                    is_in_use = folder.name in self._in_use
                if folder.name not in keep and not is_in_use:
                    shutil.rmtree(folder, ignore_errors=True)

    @staticmethod
    def _copy(path: Path, target: Path, document: Document, between_pieces: Callable[[], None]) -> None:
        try:
            if not path.is_file():
                # Opening a pipe would wait for a process at its other end.
                raise InputError("document.missing", document_id=document.id)
            source = path.open("rb")
        except OSError as error:
            raise InputError("document.missing", document_id=document.id) from error
        left_bytes = document.size_bytes
        with source, target.open("wb") as copy:
            while piece := source.read(_PIECE_BYTES):
                between_pieces()
                left_bytes -= len(piece)
                if left_bytes < 0:
                    # The file may be growing, and could fill the disk.
                    raise InputError("document.changed", document_id=document.id)
                copy.write(piece)


def _described(path: Path, file_name: str) -> Snapshot:
    sha256, md5, size_bytes = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as copy:
        while piece := copy.read(_PIECE_BYTES):
            sha256.update(piece)
            md5.update(piece)
            size_bytes += len(piece)
    return Snapshot(file_name, size_bytes, sha256.hexdigest(), base64.b64encode(md5.digest()).decode("ascii"))
