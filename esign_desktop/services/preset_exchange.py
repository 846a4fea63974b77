"""A preset as one file (``.esignpreset``), so that a head office can give it to its branches.

The file is a ZIP of a manifest and PDFs, each named by its hash. It holds no code, no person's number, and nothing that
is not asked for by name. What is read from it is measured before it is believed.
"""

from __future__ import annotations

import json
import os
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.preset import KeptPdf, Preset, for_others
from esign_desktop.domain.preset_soundness import MAX_DOCUMENTS, is_sound
from esign_desktop.store.disk_errors import disk_error
from esign_desktop.store.preset_json import FORMAT, preset_from_json, preset_to_json

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.preset_files import PresetFiles

SUFFIX: Final = ".esignpreset"
MAX_PDF_BYTES: Final = 100 * 1024 * 1024
MAX_MANIFEST_BYTES: Final = 4 * 1024 * 1024
_MANIFEST: Final = "manifest.json"
_KIND: Final = "esign-desktop preset"
_HEAD: Final = b"%PDF-"
_HEAD_BYTES: Final = 1024
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1


def write_preset_file(preset: Preset, files: PresetFiles, target: Path) -> None:
    """Write a preset into one file, whole or not at all. Raises StoreError."""
    scratch = target.with_name(f".{target.name}.part")
    manifest = {"kind": _KIND, "preset": json.loads(preset_to_json(for_others(preset)))}
    try:
        with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_MANIFEST, json.dumps(manifest))
            for sha256 in kept_hashes(preset):
                archive.write(files.path(sha256), f"{sha256}.pdf")
        with scratch.open("rb") as written:
            os.fsync(written.fileno())
        scratch.replace(target)
    except OSError as error:
        raise disk_error(error) from error
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


def read_preset_file(source: Path, files: PresetFiles) -> Preset:
    """Read such a file, and keep its PDFs. Nothing of it is kept when it is not whole.

    Raises InputError ``preset.not_a_preset``, ``preset.newer``, ``preset.too_large``; StoreError for our own disk.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _entries(archive)
            preset = _preset(archive, entries.pop(_MANIFEST))
            wanted = {f"{sha256}.pdf": sha256 for sha256 in kept_hashes(preset)}
            if set(entries) != set(wanted):
                raise InputError("preset.not_a_preset", "files")
            # Checked before the first is kept, so that what is refused leaves nothing.
            for name in entries:
                _require_pdf(archive, entries[name])
            for name, sha256 in wanted.items():
                with archive.open(entries[name]) as pdf:
                    files.keep(pdf, sha256, max_bytes=MAX_PDF_BYTES)
    except StoreError as error:
        if error.code in {"store.bad_preset", "store.preset_file_changed"}:
            raise InputError("preset.not_a_preset", error.detail or error.code) from None
        if error.code == "store.preset_too_large":
            raise InputError("preset.too_large") from None
        raise
    # zipfile raises whatever its parts do for bytes that are no archive.
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise InputError("preset.not_a_preset", type(error).__name__) from None
    except FileNotFoundError as error:
        raise InputError("preset.not_a_preset", "missing") from error
    except OSError as error:
        raise disk_error(error) from error
    return preset


def kept_hashes(preset: Preset) -> tuple[str, ...]:
    """Return the hashes of the PDFs that lie with a preset, each once."""
    sources = (document.source for document in preset.documents)
    return tuple(dict.fromkeys(source.sha256 for source in sources if isinstance(source, KeptPdf)))


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found = archive.infolist()
    names = [entry.filename for entry in found]
    if len(found) > MAX_DOCUMENTS + 1 or len(set(names)) != len(names) or _MANIFEST not in names:
        raise InputError("preset.not_a_preset", "entries")
    for entry in found:
        if entry.compress_type not in _METHODS or entry.flag_bits & _ENCRYPTED:
            raise InputError("preset.not_a_preset", "method")
        if entry.file_size > (MAX_MANIFEST_BYTES if entry.filename == _MANIFEST else MAX_PDF_BYTES):
            raise InputError("preset.too_large")
    return {entry.filename: entry for entry in found}


def _preset(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Preset:
    with archive.open(entry) as source:
        # The declared size may be a lie.
        data = source.read(MAX_MANIFEST_BYTES + 1)
    if len(data) > MAX_MANIFEST_BYTES:
        raise InputError("preset.too_large")
    try:
        manifest: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError("preset.not_a_preset", type(error).__name__) from None
    if not isinstance(manifest, dict) or manifest.get("kind") != _KIND:
        raise InputError("preset.not_a_preset", "kind")
    body = manifest.get("preset")
    version = body.get("format") if isinstance(body, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise InputError("preset.newer", version=version)
    # Whoever wrote the file may have left out what this program leaves out.
    preset = for_others(preset_from_json(json.dumps(body)))
    if not is_sound(preset):
        raise InputError("preset.not_a_preset", "unsound")
    return preset


def _require_pdf(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with archive.open(entry) as source:
        if _HEAD not in source.read(_HEAD_BYTES):
            raise InputError("preset.not_a_preset", "no PDF")
