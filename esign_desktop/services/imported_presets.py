"""Presets of others, looked at before they are taken in, beside those that they would replace."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import InputError, PdfError, StoreError
from esign_desktop.domain.fingerprint import Fingerprint
from esign_desktop.domain.placement import KeywordPlacement
from esign_desktop.domain.preset import BranchRole, KeptPdf, Preset, StaffRole, new_preset_id
from esign_desktop.services.preset_exchange import read_preset_file

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.preset import PresetDocument, Role
    from esign_desktop.services.documents import DocumentService
    from esign_desktop.services.presets import PresetService
    from esign_desktop.store.preset_files import PresetFiles


@dataclass(frozen=True, slots=True)
class PresetImport:
    """A preset from a file as it would be kept, and the one that is here in its place. Nothing is changed yet.

    ``made_by`` and ``made_at_ms`` (epoch milliseconds) are the file's own words. ``owner`` holds its PDFs.
    """

    fresh: Preset
    mine: Preset | None = None
    made_by: str = ""
    made_at_ms: int | None = None
    owner: object = field(default_factory=object, compare=False, repr=False)


class ImportedPresets:
    """Calls block for store, disk and the PDF process; StoreError comes through."""

    def __init__(self, presets: PresetService, files: PresetFiles, documents: DocumentService) -> None:
        self._presets = presets
        self._files = files
        self._documents = documents

    def look_into(self, source: Path) -> PresetImport:
        """Read a preset from a file; its PDFs lie here until ``take_in`` or ``decline``.

        One that is here already would keep its key and its own staff; beside one that can't be read, the newcomer gets
        an id of its own. What can be seen in the PDFs themselves is not
        taken from the file: their pages, and how often a keyword stands in them. Raises InputError
        ``preset.not_a_preset``, ``preset.newer`` and ``preset.too_large``.
        """
        owner = object()
        pdfs = self._presets.pdfs
        try:
            found = read_preset_file(source, self._files, hold=lambda hashes: pdfs.hold(hashes, owner))
            fresh = found.preset
            for document in found.preset.documents:
                fresh = self._measured(fresh, document)
        except PdfError as error:
            self._let_go(owner)
            raise InputError("preset.not_a_preset", error.code) from None
        except BaseException:
            self._let_go(owner)
            raise
        try:
            mine = self._kept(fresh)
        except StoreError as error:
            if error.code != "store.bad_preset":
                self._let_go(owner)
                raise
            # It can't be shown beside the newcomer, so it is not replaced either.
            mine, fresh = None, replace(fresh, id=new_preset_id(), function_key=None)
        if mine is not None:
            fresh = _renewed(mine, fresh)
        return PresetImport(fresh, mine, found.made_by, found.made_at_ms, owner)

    def take_in(self, found: PresetImport, *, name_of_mine: str = "", keeps_mine: bool = False) -> Preset:
        """Keep the preset on a person's word, and return it.

        The one that it replaces stays under ``name_of_mine``, without its key; with ``keeps_mine`` it stays what it is,
        and the newcomer stands beside it. Raises InputError ``preset.changed_meanwhile``, with nothing changed, when
        the one that was looked at is another one by now.
        """
        presets, mine, newcomer = self._presets, found.mine, found.fresh
        try:
            with presets.lock:
                if self._kept(found.fresh) != mine:
                    raise InputError("preset.changed_meanwhile")
                if mine is not None and keeps_mine:
                    newcomer = replace(newcomer, id=new_preset_id(), function_key=None)
                elif mine is not None:
                    # First of all, so that nothing of it is gone at any moment.
                    kept = replace(mine, id=new_preset_id(), name=name_of_mine or mine.name, function_key=None)
                    presets.save(presets.with_free_name(kept))
                taken = presets.save(presets.with_free_name(newcomer))
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
        """Return the preset with what its PDF says itself in the place of what the file says of it."""
        source = document.source
        if not isinstance(source, KeptPdf):
            return preset
        opened = self._presets.pdfs.open(source, document.name)
        try:
            fingerprint = Fingerprint(opened.pages, self._documents.text_digests(opened.id))
            kept = replace(document, fingerprint=fingerprint, source=KeptPdf(opened.sha256, opened.size_bytes))
            seals = []
            for seal in preset.seals:
                place = seal.placement
                if isinstance(place, KeywordPlacement) and place.document_id == document.slot:
                    count = len(self._documents.find(opened.id, place.keyword))
                    # As many as the file agrees to are shown and asked about; others are to be looked at in the editor.
                    agreed = count if count in {0, 1, place.confirmed_hits} else None
                    seals.append(replace(seal, placement=replace(place, confirmed_hits=agreed)))
                else:
                    seals.append(seal)
        finally:
            self._documents.close(opened.id)
        documents = tuple(kept if one.slot == document.slot else one for one in preset.documents)
        return replace(preset, documents=documents, seals=tuple(seals))


def _renewed(mine: Preset, fresh: Preset) -> Preset:
    """Return the fresh preset with the key and the staff of the one that is here."""
    known = {role.id: role for role in mine.roles}

    def kept(role: Role) -> Role:
        before = known.get(role.id)
        match role, before:
            case StaffRole(), StaffRole(person=person):
                return replace(role, person=person)
            case BranchRole(), BranchRole(organization=organization, agent=agent):
                return replace(role, organization=organization, agent=agent)
            case _:
                return role

    return replace(fresh, roles=tuple(map(kept, fresh.roles)), function_key=mine.function_key)
