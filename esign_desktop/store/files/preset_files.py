"""The PDFs of presets. Each file is named after the hash of its content, which is verified when the file is stored."""

from __future__ import annotations

import hashlib
import re
from contextlib import nullcontext, suppress
from typing import IO, TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.atomic_files import atomic_target, create_private
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import StoreError
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_PIECE_BYTES: Final = 1 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class PresetFiles:
    """A folder of PDFs to which only the current user has access. Methods raise StoreError for disk errors."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._under_way: set[str] = set()
        """The names of copies that any thread is currently writing. Changes to a set are atomic."""

    def path(self, sha256: str) -> Path:
        """Return the path for the file whose content has this hash. The file need not exist.

        Raises StoreError ``store.bad_preset`` if the argument is not a SHA-256 digest in hexadecimal.
        """
        if not _SHA256.fullmatch(sha256):
            raise StoreError("store.bad_preset", "hash")
        return self._folder / f"{sha256}.pdf"

    def has(self, sha256: str) -> bool:
        """Return whether a file whose content has this hash is stored."""
        return self.path(sha256).is_file()

    def keep(self, source: IO[bytes], sha256: str, *, max_bytes: int) -> Path:
        """Store a copy of a file unless the file is already stored, and return the path of the copy.

        The copy is on disk when this method returns. Raises StoreError ``store.preset_file_changed`` if the content
        does not have this hash, and ``store.preset_too_large`` if the content is larger than ``max_bytes``. Nothing is
        stored in these cases.
        """
        target = self.path(sha256)
        with disk_errors():
            if _is_intact(target, sha256):
                # The source may be this file, which Windows does not replace while it is open.
                if _copy(source, None, max_bytes) != sha256:
                    raise StoreError("store.preset_file_changed")
                return target
        make_private_dir(self._folder)
        scratch = self._folder / f"{uuid4().hex}.part"
        self._under_way.add(scratch.name)
        try:
            with disk_errors(), atomic_target(target, scratch):
                if _copy(source, scratch, max_bytes) != sha256:
                    raise StoreError("store.preset_file_changed")
        finally:
            self._under_way.discard(scratch.name)
        return target

    def sweep(self, keep: Collection[str]) -> None:
        """Delete all files except files with the hashes in ``keep`` and files that are being written.

        A file that another program has open may be deleted by a later call instead.
        """
        names = {f"{sha256}.pdf" for sha256 in keep}
        with suppress(OSError):
            for path in self._folder.iterdir():
                if path.name not in names and path.name not in self._under_way:
                    path.unlink(missing_ok=True)


def _is_intact(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _copy(source: IO[bytes], target: Path | None, max_bytes: int) -> str:
    """Return the hash of the content, and copy it to a new file unless ``target`` is None.

    Raises StoreError and OSError.
    """
    digest, size_bytes = hashlib.sha256(), 0
    with create_private(target) if target is not None else nullcontext() as copy:
        while piece := source.read(_PIECE_BYTES):
            size_bytes += len(piece)
            if size_bytes > max_bytes:
                raise StoreError("store.preset_too_large")
            digest.update(piece)
            if copy is not None:
                copy.write(piece)
    return digest.hexdigest()
