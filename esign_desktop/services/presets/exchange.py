"""A preset as one file (``.esignpreset``), and how it is imported.

The file is a ZIP of a manifest and PDFs, each named by its SHA-256. It holds no persons' numbers. Everything read from
it is checked against limits first. Who made it, and when, is only what the file says.
"""

from __future__ import annotations

import json
import os
import struct
import zipfile
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any, Final

from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.contract.fingerprint import Fingerprint
from esign_desktop.domain.disk_errors import disk_error, disk_errors
from esign_desktop.domain.errors import InputError, PdfError, StoreError
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.domain.preset.preset import BranchRole, KeptPdf, Preset, StaffRole, for_others, new_preset_id
from esign_desktop.domain.preset.soundness import MAX_DOCUMENTS, is_sound
from esign_desktop.services.presets.pdfs import MAX_PDF_BYTES
from esign_desktop.store.codec import PRESET_FORMAT, preset_from_json, preset_to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from esign_desktop.domain.preset.preset import PresetDocument, PresetSeal, Role
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.store.files.preset_files import PresetFiles


SUFFIX: Final = ".esignpreset"
MAX_MANIFEST_BYTES: Final = 4 * 1024 * 1024
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""Of the file itself, and of all that is packed into it."""
MAX_MAKER_CHARACTERS: Final = 100
_MANIFEST: Final = "manifest.json"
_KIND: Final = "esign-desktop preset"
_HEAD: Final = b"%PDF-"
_HEAD_BYTES: Final = 1024
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_LATEST_MS: Final = 4_102_444_800_000
"""The year 2100."""
_END_OF_DIRECTORY: Final = b"PK\x05\x06"
_END_OF_LARGE_DIRECTORY: Final = b"PK\x06\x07"
_END_BYTES: Final = 22
_LARGE_END_BYTES: Final = 20
_MOST_COMMENT_BYTES: Final = 65_535
_MOST_DIRECTORY_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class PresetImport:
    """A preset of a file as it would be saved (``fresh``), and the one that it would replace (``mine``).

    ``made_by`` and ``made_at_ms`` (epoch milliseconds) are what the file says. ``owner`` holds its PDFs.
    """

    fresh: Preset
    mine: Preset | None = None
    made_by: str = ""
    made_at_ms: int | None = None
    owner: object = field(default_factory=object, compare=False, repr=False)


def write_preset_file(
    preset: Preset, files: PresetFiles, target: Path, *, made_by: str = "", made_at_ms: int | None = None
) -> None:
    """Write a preset into one file, atomically. Raises InputError ``preset.too_large``, StoreError."""
    made = {"made_by": made_by[:MAX_MAKER_CHARACTERS], "made_at_ms": made_at_ms}
    manifest = {"kind": _KIND, **made, "preset": json.loads(preset_to_json(for_others(preset)))}
    with disk_errors():
        pdf_bytes = sum(files.path(sha256).stat().st_size for sha256 in kept_hashes(preset))
        if pdf_bytes + MAX_MANIFEST_BYTES > MAX_FILE_BYTES:
            raise InputError("preset.too_large")
        with atomic_target(target) as scratch, zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_MANIFEST, json.dumps(manifest))
            for sha256 in kept_hashes(preset):
                archive.write(files.path(sha256), f"{sha256}.pdf")


def read_preset_file(
    source: Path, files: PresetFiles, *, hold: Callable[[Collection[str]], None] = lambda _hashes: None
) -> PresetImport:
    """Read a preset file and save its PDFs, all or none; ``hold`` gets their hashes first.

    Raises InputError ``preset.not_a_preset``, ``preset.newer``, ``preset.too_large``; StoreError for our own disk.
    """
    try:
        with source.open("rb") as file, _archive(file) as archive:
            entries = _entries(archive)
            found = _manifest(archive, entries.pop(_MANIFEST))
            wanted = {f"{sha256}.pdf": sha256 for sha256 in kept_hashes(found.fresh)}
            if set(entries) != set(wanted):
                raise InputError("preset.not_a_preset", "files")
            # All are checked before the first is saved.
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
    # zipfile raises all of these for bytes that are no archive.
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise InputError("preset.not_a_preset", type(error).__name__) from None
    except FileNotFoundError as error:
        raise InputError("preset.not_a_preset", "missing") from error
    except OSError as error:
        raise disk_error(error) from error
    return found


def kept_hashes(preset: Preset) -> tuple[str, ...]:
    """Return the hashes of a preset's PDFs, each once."""
    sources = (document.source for document in preset.documents)
    return tuple(dict.fromkeys(source.sha256 for source in sources if isinstance(source, KeptPdf)))


def _archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Open an archive, if its directory is short: zipfile would read one of any length."""
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
    if sum(entry.file_size for entry in found) > MAX_FILE_BYTES:
        raise InputError("preset.too_large")
    return {entry.filename: entry for entry in found}


def _manifest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> PresetImport:
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
    if isinstance(version, int) and version > PRESET_FORMAT:
        raise InputError("preset.newer", version=version)
    # The file may hold what this program would not have written.
    preset = for_others(preset_from_json(json.dumps(body)))
    if not is_sound(preset):
        raise InputError("preset.not_a_preset", "unsound")
    made_by, made_at_ms = manifest.get("made_by"), manifest.get("made_at_ms")
    return PresetImport(
        preset,
        made_by=made_by[:MAX_MAKER_CHARACTERS] if isinstance(made_by, str) else "",
        made_at_ms=made_at_ms if type(made_at_ms) is int and 0 < made_at_ms < _LATEST_MS else None,
    )


def _require_pdf(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with archive.open(entry) as source:
        if _HEAD not in source.read(_HEAD_BYTES):
            raise InputError("preset.not_a_preset", "no PDF")


class ImportedPresets:
    """Imports in two steps: look and take. Calls block for store, disk and the PDF process. Raises StoreError."""

    def __init__(self, presets: PresetService, files: PresetFiles, documents: DocumentService) -> None:
        self._presets = presets
        self._files = files
        self._documents = documents

    def look_into(self, source: Path) -> PresetImport:
        """Read a preset from a file; its PDFs stay until ``take_in`` or ``decline``.

        One with a known id would get the key and staff of the preset here, or an id of its own if that can't be read.
        Pages, and how often keywords are in them, are counted in the PDFs and not taken from the file. Raises
        InputError ``preset.not_a_preset``, ``preset.newer`` and ``preset.too_large``.
        """
        owner = object()
        try:
            found = read_preset_file(source, self._files, hold=lambda hashes: self._presets.pdfs.hold(hashes, owner))
            fresh = found.fresh
            for document in found.fresh.documents:
                fresh = self._measured(fresh, document)
            try:
                mine = self._kept(fresh)
            except StoreError as error:
                if error.code != "store.bad_preset":
                    raise
                # It can't be compared with the new one, so it is not replaced either.
                mine, fresh = None, replace(fresh, id=new_preset_id(), function_key=None)
        except PdfError as error:
            self._let_go(owner)
            raise InputError("preset.not_a_preset", error.code) from None
        except BaseException:
            self._let_go(owner)
            raise
        return replace(found, fresh=_renewed(mine, fresh) if mine is not None else fresh, mine=mine, owner=owner)

    def take_in(self, found: PresetImport, *, name_of_mine: str = "", keeps_mine: bool = False) -> Preset:
        """Save the preset, and return it.

        The one that it replaces stays as ``name_of_mine``, without its key; with ``keeps_mine`` it stays unchanged, and
        the new one gets an id of its own. Raises InputError ``preset.changed_meanwhile``, with nothing changed, if the
        one here was edited meanwhile.
        """
        presets, mine, replacement = self._presets, found.mine, found.fresh
        try:
            with presets.lock:
                if self._kept(found.fresh) != mine:
                    raise InputError("preset.changed_meanwhile")
                if mine is not None and keeps_mine:
                    replacement = replace(replacement, id=new_preset_id(), function_key=None)
                elif mine is not None:
                    # Saved first, so that it is not lost at any moment.
                    kept = replace(mine, id=new_preset_id(), name=name_of_mine or mine.name, function_key=None)
                    presets.save(presets.with_free_name(kept))
                taken = presets.save(presets.with_free_name(replacement))
            presets.note_import(taken)
            return taken
        finally:
            self._let_go(found.owner)

    def decline(self, found: PresetImport) -> None:
        """Let the file's PDFs go."""
        self._let_go(found.owner)

    def _let_go(self, owner: object) -> None:
        self._presets.pdfs.let_go(owner)
        self._presets.sweep()

    def _kept(self, preset: Preset) -> Preset | None:
        try:
            return self._presets.get(preset.id)
        except StoreError as error:
            if error.code != "store.no_such_preset":
                raise
            return None

    def _measured(self, preset: Preset, document: PresetDocument) -> Preset:
        """Return the preset with pages and matches of a document counted in its PDF."""
        if not isinstance(document.source, KeptPdf):
            return preset
        opened = self._presets.pdfs.open(document.source, document.name)

        def counted(seal: PresetSeal) -> PresetSeal:
            place = seal.placement
            if not isinstance(place, KeywordPlacement) or place.document_id != document.slot:
                return seal
            count = len(self._documents.find(opened.id, place.keyword))
            # The person is asked about as many as the file has agreed to; others have to be looked at in the editor.
            agreed = count if count in {0, 1, place.confirmed_hits} else None
            return replace(seal, placement=replace(place, confirmed_hits=agreed))

        try:
            fingerprint = Fingerprint(opened.pages, self._documents.text_digests(opened.id))
            kept = replace(document, fingerprint=fingerprint, source=KeptPdf(opened.sha256, opened.size_bytes))
            seals = tuple(map(counted, preset.seals))
        finally:
            self._documents.close(opened.id)
        documents = tuple(kept if one.slot == document.slot else one for one in preset.documents)
        return replace(preset, documents=documents, seals=seals)


def _renewed(mine: Preset, fresh: Preset) -> Preset:
    """Return the fresh preset with the key and the staff of the one that is here."""
    known = {role.id: role for role in mine.roles}

    def kept(role: Role) -> Role:
        match role, known.get(role.id):
            case StaffRole(), StaffRole(person=person):
                return replace(role, person=person)
            case BranchRole(), BranchRole(organization=organization, agent=agent):
                return replace(role, organization=organization, agent=agent)
            case _:
                return role

    return replace(fresh, roles=tuple(map(kept, fresh.roles)), function_key=mine.function_key)
