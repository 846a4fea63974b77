"""Export a preset to a single file (``.esignpreset``), and read such files.

The file is a ZIP archive that contains a manifest and PDFs. Each PDF is named after its SHA-256 digest. The file
contains no ID numbers or phone numbers. When a file is read, its content is checked against limits before use. The
author and date stated in the file are not verified.
"""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.added_pages import MOST_ADDED_PAGES
from esign_desktop.domain.disk_errors import disk_error, disk_errors
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.preset.preset import Preset, for_others
from esign_desktop.domain.preset.soundness import MAX_DOCUMENTS, is_sound
from esign_desktop.services.presets.pdfs import MAX_PDF_BYTES
from esign_desktop.store.codec import PRESET_FORMAT, preset_from_plain, preset_to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from esign_desktop.store.files.preset_files import PresetFiles


MAX_MANIFEST_BYTES: Final = 4 * 1024 * 1024
MAX_MANIFEST_VALUES: Final = 150_000
"""The maximum number of values in a manifest, which are counted before parsing. A value takes about 100 bytes."""
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""The maximum size of a file, and of its unpacked content."""
MAX_MAKER_CHARACTERS: Final = 100
_MOST_PDFS: Final = MAX_DOCUMENTS * MOST_ADDED_PAGES
"""A document is a PDF, or is made from a template and followed by at most this many pages, each from another PDF."""
_MANIFEST: Final = "manifest.json"
_KIND: Final = "esign-desktop preset"
_HEAD: Final = b"%PDF-"
_HEAD_BYTES: Final = 1024
_BAD_ARCHIVE: Final = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(NotImplementedError, EOFError, ValueError, RuntimeError),
)
"""The exceptions that ``zipfile`` raises if a file is damaged or is not an archive."""
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_LATEST_MS: Final = 4_102_444_800_000
"""The year 2100, in epoch milliseconds."""
_END_OF_DIRECTORY: Final = b"PK\x05\x06"
_END_OF_LARGE_DIRECTORY: Final = b"PK\x06\x07"
_END_BYTES: Final = 22
_LARGE_END_BYTES: Final = 20
_MOST_COMMENT_BYTES: Final = 65_535
_MOST_DIRECTORY_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class PresetImport:
    """A preset that was read from a file.

    ``fresh`` is the preset to be saved, and ``mine`` is the stored preset that it would replace. ``made_by`` and
    ``made_at_ms`` (epoch milliseconds) are stated in the file. The preset's PDFs are held for ``owner``.
    """

    fresh: Preset
    mine: Preset | None = None
    made_by: str = ""
    made_at_ms: int | None = None
    owner: object = field(default_factory=object, compare=False, repr=False)


def write_preset_file(
    preset: Preset, files: PresetFiles, target: Path, *, made_by: str = "", made_at_ms: int | None = None
) -> None:
    """Write a preset to a file atomically. Raises InputError ``preset.too_large`` or StoreError."""
    made = {"made_by": made_by[:MAX_MAKER_CHARACTERS], "made_at_ms": made_at_ms}
    manifest = {"kind": _KIND, **made, "preset": json.loads(preset_to_json(for_others(preset)))}
    text = json.dumps(manifest).encode("ascii")
    if len(text) > MAX_MANIFEST_BYTES or _value_count(text) > MAX_MANIFEST_VALUES:
        raise InputError("preset.too_large")
    with disk_errors():
        pdf_bytes = sum(files.path(sha256).stat().st_size for sha256 in kept_hashes(preset))
        if pdf_bytes + MAX_MANIFEST_BYTES > MAX_FILE_BYTES:
            raise InputError("preset.too_large")
        with atomic_target(target) as scratch, zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_MANIFEST, text)
            for sha256 in kept_hashes(preset):
                archive.write(files.path(sha256), f"{sha256}.pdf")


def read_preset_file(
    source: Path, files: PresetFiles, *, hold: Callable[[Collection[str]], None] = lambda _hashes: None
) -> PresetImport:
    """Read a preset file and store its PDFs. If an error occurs, no PDF is stored.

    ``hold`` is called with the hashes of the PDFs before they are stored. Raises InputError ``preset.not_a_preset``,
    ``preset.newer`` or ``preset.too_large``, and StoreError if the local disk fails.
    """
    try:
        with source.open("rb") as file, _archive(file) as archive:
            entries = _entries(archive, source.stat().st_size)
            found = _manifest(archive, entries.pop(_MANIFEST))
            wanted = {f"{sha256}.pdf": sha256 for sha256 in kept_hashes(found.fresh)}
            if set(entries) != set(wanted):
                raise InputError("preset.not_a_preset", "files")
            # All PDFs are checked before the first is stored.
            for name in entries:
                _require_pdf(archive, entries[name])
            hold(tuple(wanted.values()))
            left_bytes = MAX_FILE_BYTES
            for name, sha256 in wanted.items():
                with archive.open(entries[name]) as pdf:
                    left_bytes -= files.keep(pdf, sha256, max_bytes=min(MAX_PDF_BYTES, left_bytes)).stat().st_size
    except StoreError as error:
        if error.code in {"store.bad_preset", "store.preset_file_changed"}:
            raise InputError("preset.not_a_preset", error.detail or error.code) from None
        if error.code == "store.preset_too_large":
            raise InputError("preset.too_large") from None
        raise
    except _BAD_ARCHIVE as error:
        raise InputError("preset.not_a_preset", type(error).__name__) from None
    except FileNotFoundError as error:
        raise InputError("preset.not_a_preset", "missing") from error
    except OSError as error:
        raise disk_error(error) from error
    return found


def kept_hashes(preset: Preset) -> tuple[str, ...]:
    """Return the SHA-256 hashes of the PDFs stored with a preset, without duplicates."""
    files = (
        file
        for document in preset.documents
        for file in (document.added_pdfs if document.template is not None else (document,))
    )
    return tuple(dict.fromkeys(file.sha256 for file in files))


def _archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Open an archive after checking the size of its directory, because zipfile reads a directory of any size."""
    size_bytes = file.seek(0, os.SEEK_END)
    if size_bytes > MAX_FILE_BYTES:
        raise InputError("preset.too_large")
    file.seek(max(0, size_bytes - _END_BYTES - _MOST_COMMENT_BYTES))
    tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise InputError("preset.not_a_preset", "no archive")
    (directory_bytes,) = struct.unpack_from("<I", tail, at + 12)
    is_large = tail[max(0, at - _LARGE_END_BYTES) : at].startswith(_END_OF_LARGE_DIRECTORY)
    if is_large or directory_bytes > _MOST_DIRECTORY_BYTES:
        raise InputError("preset.not_a_preset", "entries")
    file.seek(0)
    return zipfile.ZipFile(file)


def _entries(archive: zipfile.ZipFile, size_bytes: int) -> dict[str, zipfile.ZipInfo]:
    found = archive.infolist()
    names = [entry.filename for entry in found]
    if len(found) > _MOST_PDFS + 1 or len(set(names)) != len(names) or _MANIFEST not in names:
        raise InputError("preset.not_a_preset", "entries")
    for entry in found:
        if not 0 <= entry.header_offset < size_bytes:
            # A seek to such an offset would look like an error of the disk.
            raise InputError("preset.not_a_preset", "offset")
        if entry.compress_type not in _METHODS or entry.flag_bits & _ENCRYPTED:
            raise InputError("preset.not_a_preset", "method")
        if entry.file_size > (MAX_MANIFEST_BYTES if entry.filename == _MANIFEST else MAX_PDF_BYTES):
            raise InputError("preset.too_large")
    if sum(entry.file_size for entry in found) > MAX_FILE_BYTES:
        raise InputError("preset.too_large")
    return {entry.filename: entry for entry in found}


def _manifest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> PresetImport:
    with archive.open(entry) as source:
        # The declared size may be wrong.
        data = source.read(MAX_MANIFEST_BYTES + 1)
    if len(data) > MAX_MANIFEST_BYTES:
        raise InputError("preset.too_large")
    if _value_count(data) > MAX_MANIFEST_VALUES:
        raise InputError("preset.too_large")
    try:
        manifest: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError("preset.not_a_preset", type(error).__name__) from None
    if not isinstance(manifest, dict) or manifest.get("kind") != _KIND:
        raise InputError("preset.not_a_preset", "kind")
    body = manifest.get("preset")
    version = body.get("format") if isinstance(body, dict) else None
    if isinstance(version, int) and version > PRESET_FORMAT:
        raise InputError("preset.newer", version=version)
    # The file may contain data that this program does not export.
    preset = for_others(preset_from_plain(body))
    if not is_sound(preset):
        raise InputError("preset.not_a_preset", "unsound")
    made_by, made_at_ms = manifest.get("made_by"), manifest.get("made_at_ms")
    return PresetImport(
        preset,
        made_by=made_by[:MAX_MAKER_CHARACTERS] if isinstance(made_by, str) else "",
        made_at_ms=made_at_ms if type(made_at_ms) is int and 0 < made_at_ms < _LATEST_MS else None,
    )


def _value_count(data: bytes) -> int:
    """Return an upper bound for the number of values in JSON text, without parsing the text."""
    return sum(map(data.count, (b",", b"[", b"{")))


def _require_pdf(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with archive.open(entry) as source:
        if _HEAD not in source.read(_HEAD_BYTES):
            raise InputError("preset.not_a_preset", "no PDF")
