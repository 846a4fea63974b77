"""Create, save, edit, export and recognize presets, and provide the documents of contracts made from them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.added_pages import frames_of
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.china_time import china_datetime
from esign_desktop.domain.contract.edits import update_document
from esign_desktop.domain.document import Document, TemplateFilling, WantedField, new_document_id
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.errors import InputError, PdfError, StoreError
from esign_desktop.domain.forms import typed_field
from esign_desktop.domain.placing.placement import KeywordHits, KeywordPlacement
from esign_desktop.domain.preset.differences import differences
from esign_desktop.domain.preset.edits import RoleKind, add_role
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.preset.filling import FormFacts, filling_of
from esign_desktop.domain.preset.making import kept_document, only_document, preset_of, require_agreed
from esign_desktop.domain.preset.meanwhile import with_changes_meanwhile, with_local_parties
from esign_desktop.domain.preset.preset import (
    FUNCTION_KEYS,
    Preset,
    PresetHome,
    for_others,
    new_preset_id,
    plain_name,
    uses_home,
    without_numbers,
)
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.domain.titles import Naming
from esign_desktop.services.audit import Note, user_name
from esign_desktop.services.people.customers import form_data
from esign_desktop.services.presets.exchange import PresetImport, kept_hashes, read_preset_file, write_preset_file
from esign_desktop.services.presets.forms import PresetForms
from esign_desktop.services.presets.pages import PresetPages
from esign_desktop.services.presets.pdfs import PresetPdfs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.domain.preset.preset import PresetId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.people.third_ids import ThirdIds
    from esign_desktop.services.presets.recognition import Recognition
    from esign_desktop.store.files.preset_files import PresetFiles
    from esign_desktop.store.tables.preset_forms import PresetFormTable
    from esign_desktop.store.tables.presets import Presets


class PresetService:
    """The presets of this installation.

    Its calls block while the database, the disk and the PDF process are used. They may raise StoreError or PdfError.
    """

    def __init__(
        self,
        presets: Presets,
        files: PresetFiles,
        documents: DocumentService,
        third_ids: ThirdIds,
        *,
        clock_ms: Callable[[], int],
        note: Note | None = None,
        behaviour: Callable[[], PlatformBehaviour] = PlatformBehaviour,
        naming: Callable[[], Naming] = Naming,
        keep_copy: Callable[[bytes], Path] | None = None,
        forms: PresetFormTable | None = None,
    ) -> None:
        self._note = note or (lambda _action, _title: None)
        self._presets = presets
        self._files = files
        self._documents = documents
        self._third_ids = third_ids
        self._clock_ms = clock_ms
        self.naming = naming
        self.pdfs = PresetPdfs(files, documents, behaviour, keep_copy)
        self.forms = PresetForms(forms, self.pdfs, documents)
        self.pages = PresetPages(self.pdfs, documents)
        self.imports = ImportedPresets(self, files, documents)
        self.is_shared: Callable[[PresetId], bool] = lambda _preset_id: False
        self.changed_by_office: Callable[[], frozenset[PresetId]] = frozenset
        self.note_seen: Callable[[PresetId], None] = lambda _preset_id: None
        """``SharedPresets`` replaces ``is_shared``, ``changed_by_office`` and ``note_seen``.

        ``is_shared`` returns whether a policy provides a preset.
        """
        self.fixed_keys: frozenset[int | None] = frozenset()
        """The function keys to which a policy assigns presets."""
        self.has_any = bool(presets.ids())
        """Whether a preset is stored, even if it cannot be read. Reading this attribute does not block."""
        # Held from storing a PDF until its preset is saved, so that the PDF is not deleted in between.
        self.lock = threading.RLock()

    def list(self) -> tuple[Preset, ...]:
        """Return all presets. Presets with a function key come first."""
        return self._presets.list()

    def get(self, preset_id: PresetId) -> Preset:
        """Return a preset. Raises StoreError ``store.no_such_preset``."""
        return self._presets.get(preset_id)

    def has(self, preset_id: PresetId) -> bool:
        """Return whether a preset with this id is stored, even if it cannot be read."""
        return preset_id in self._presets.ids()

    def on_key(self, key: int) -> Preset | None:
        """Return the preset that is assigned to a function key, or None if the key has no preset."""
        return next((preset for preset in self._presets.list() if preset.function_key == key), None)

    def make(
        self,
        draft: ContractDraft,
        customers: Collection[SignerId],
        *,
        name: str,
        environment: Environment,
        titles: Mapping[SignerId, str] | None = None,
        hits: KeywordHits | None = None,
        templates: Mapping[DocumentId, TemplateFilling] | None = None,
        settled: Collection[str] = (),
    ) -> Preset:
        """Create a preset from a contract whose documents are open, and save it. See ``preset_of`` for the parameters.

        If ``hits`` is None, the documents are searched for the keywords. For the documents in ``templates``, the preset
        refers to the template instead of storing the file. Raises InputError ``document.missing``,
        ``document.changed``, ``preset.too_large``, ``preset.not_a_person``, ``preset.keyword_not_found``,
        ``preset.keyword_unconfirmed``, and the errors of ``PresetPdfs.keep_blocks``.
        """
        hits = self.hits_in(draft) if hits is None else hits
        require_agreed(draft, hits)
        kept = {document.id: self._kept(document, (templates or {}).get(document.id)) for document in draft.documents}
        home = _home(environment)
        preset = preset_of(draft, customers, kept, name=name, titles=titles, hits=hits, home=home)
        preset = replace(preset, settled=tuple(sorted(settled)))
        return self.save(preset if uses_home(preset) else replace(preset, home=None))

    def named_in(
        self,
        draft: ContractDraft,
        customers: Collection[SignerId],
        *,
        titles: Mapping[SignerId, str] | None = None,
        settled: Collection[str] = (),
    ) -> tuple[Doubt, ...]:
        """Return the unsettled doubts about names on the pages of the preset that ``make`` would create.

        Raises the errors of ``make``.
        """
        kept = {document.id: self._kept(document, None) for document in draft.documents}
        preset = preset_of(draft, customers, kept, name="", titles=titles, hits=self.hits_in(draft))
        return self.pages.named_in(replace(preset, settled=tuple(settled)), draft.documents)

    def settle(self, preset_id: PresetId, doubt: Doubt) -> Preset:
        """Record that a name on a preset's pages is correct, and return the changed preset. Raises StoreError."""
        with self.lock:
            preset = self._presets.get(preset_id)
            kept = replace(preset, settled=tuple(sorted({*preset.settled, doubt.key})))
            self._presets.save(kept, saved_at_ms=self._clock_ms())
        self._note(AuditAction.DOUBT_CONFIRMED, f"{preset.name} · {doubt.label} · {doubt.kind.value}")
        return kept

    def of_template(
        self, draft: ContractDraft, document_id: DocumentId, template: TemplateFilling, environment: Environment
    ) -> Preset:
        """Create a preset from a template and one document of a contract, and save it.

        The preset's signers are those with a seal on the document, or all signers if no signer has a seal there. A
        single person becomes the customer. If the contract has no signers, a customer is added. If a preset with this
        template already exists, it is returned unchanged. Raises the errors of ``make``.
        """
        home = _home(environment)
        for preset in self._presets.list():
            if preset.home == home and template.template_id in _templates(preset):
                return preset
        part = only_document(draft, document_id)
        document = part.documents[0]
        customers = [signer.id for signer in part.signers if isinstance(signer, PersonSigner)]
        kept = {document.id: self._kept(document, template)}
        only = customers if len(customers) == 1 else ()
        preset = preset_of(part, only, kept, name=document.name, hits=self.hits_in(part), home=home)
        return self.save(self.with_free_name(preset if preset.signers else add_role(preset, RoleKind.CUSTOMER)))

    def save(self, preset: Preset, *, by_policy: bool = False) -> Preset:
        """Save a preset, and return it with the ``thirdId`` values of its staff.

        Raises InputError ``preset.name_taken``. Raises InputError ``policy.fixed`` if a policy provides the preset;
        users may change only the staff, branches and function key of such a preset.
        """
        preset = replace(preset, signers=tuple(map(self._third_ids.complete, preset.signers)))
        with self.lock:
            if not by_policy and self.is_shared(preset.id):
                own = with_local_parties(preset, self.get(preset.id))
                if for_others(preset) != for_others(own):
                    raise InputError("policy.fixed")
            if plain_name(preset.name) in self._other_names(preset):
                raise InputError("preset.name_taken")
            self._presets.save(preset, saved_at_ms=self._clock_ms())
            self.has_any = True
            self.sweep()
        if not by_policy:
            self._note(AuditAction.PRESET_SAVED, preset.name)
        return preset

    def save_edited(self, preset: Preset, environment: Environment, base: Preset | None = None) -> Preset:
        """Save an edited preset. New templates in the preset are assigned to the project of the environment.

        ``base`` is the preset as it was stored when editing began. Changes that were stored after that are kept. Raises
        InputError ``document.missing`` if a PDF no longer exists, and the errors of ``with_changes_meanwhile``.
        """
        try:
            before = self._presets.get(preset.id)
        except StoreError as error:
            if error.code != "store.no_such_preset":
                raise
            before = None
        if base is not None and before is not None:
            preset = with_changes_meanwhile(preset, base, before)
        if any(not self._files.has(sha256) for sha256 in kept_hashes(preset)):
            raise InputError("document.missing")
        home = preset.home
        if home is None or before is None or _templates(before) != _templates(preset):
            home = _home(environment)
        return self.save(self.pdfs.counted(replace(preset, home=home if uses_home(preset) else None)))

    def delete(self, preset_id: PresetId, *, by_policy: bool = False) -> None:
        """Delete a preset and those of its PDFs that other presets do not use.

        Raises InputError ``policy.fixed`` if a policy provides the preset.
        """
        if not by_policy and self.is_shared(preset_id):
            raise InputError("policy.fixed")
        with self.lock:
            name = next((preset.name for preset in self._presets.list() if preset.id == preset_id), "")
            self._presets.delete(preset_id)
            self.has_any = bool(self._presets.ids())
            self.sweep()
        self._note(AuditAction.PRESET_DELETED, name)

    def note_import(self, preset: Preset) -> None:
        """Record in the audit log that a preset was imported."""
        self._note(AuditAction.PRESET_IMPORTED, preset.name)

    def note_shared(self, preset: Preset, sha256: str) -> None:
        """Record in the audit log that a preset was imported from the shared folder, with the SHA-256 of its file."""
        self._note(AuditAction.PRESET_SHARED, f"{preset.name} · {sha256[:16]}")

    def paths_of(self, preset: Preset) -> tuple[Path, ...]:
        """Return the paths of the PDFs that are stored with a preset."""
        return tuple(map(self._files.path, kept_hashes(preset)))

    def sweep(self) -> None:
        """Delete PDFs that no preset uses, such as those left behind by a crash."""
        with self.lock:
            presets = self._presets.list()
            if self._presets.ids() != {preset.id for preset in presets}:
                # The PDFs of a preset that can't be read are unknown, so none are deleted.
                return
            kept = {sha256 for preset in presets for sha256 in kept_hashes(preset)}
            self._files.sweep(kept | self.pdfs.borrowed)
            self.forms.keep_only(presets)

    def assign_key(self, preset_id: PresetId, key: int | None, *, by_policy: bool = False) -> None:
        """Assign a function key to a preset. If another preset has this key, the key is taken from it.

        Raises InputError ``preset.no_such_key``. Raises InputError ``policy.fixed`` if a policy assigns the new key, or
        the preset's current key.
        """
        if key is not None and key not in FUNCTION_KEYS:
            raise InputError("preset.no_such_key", key=key)
        if not by_policy and not self.fixed_keys.isdisjoint({key, self.get(preset_id).function_key}):
            raise InputError("policy.fixed")
        self._presets.assign_key(preset_id, key)
        self._note(AuditAction.PRESET_KEY, f"{self.get(preset_id).name} → {'—' if key is None else f'F{key}'}")

    def forget_numbers(self, preset_id: PresetId) -> Preset:
        """Delete the staff's ID numbers and phone numbers from a preset, and return the preset.

        The numbers are no longer needed once the accounts of the staff are known.
        """
        with self.lock:
            preset = self._presets.get(preset_id)
            bare = without_numbers(preset)
            if bare != preset:
                self._presets.save(bare, saved_at_ms=self._clock_ms())
            return bare

    def export(self, preset_id: PresetId, target: Path) -> None:
        """Export a preset to a file, without ID numbers and phone numbers. Raises InputError ``preset.too_large``."""
        preset = self._presets.get(preset_id)
        write_preset_file(preset, self._files, target, made_by=user_name(), made_at_ms=self._clock_ms())
        self._note(AuditAction.EXPORTED, f"preset: {preset.name}")

    def documents_of(self, preset: Preset, facts: FormFacts | None = None) -> tuple[Document, ...]:
        """Return the documents of the preset for a new contract, with their forms filled in from ``facts``.

        Raises InputError ``document.missing`` or ``form.block_missing`` if a PDF no longer exists.
        """
        customers = preset.customers
        only = customers[0].id if customers else None
        return tuple(self._document(kept, facts or FormFacts(), only) for kept in preset.documents)

    def hits_of(self, preset: Preset, kept: Document, document: Document) -> KeywordHits:
        """Search an open document for the keywords of the preset's document ``kept``, and return the matches."""
        places = (place for place in preset.placements if place.document_id == kept.id)
        keywords = {place.keyword for place in places if isinstance(place, KeywordPlacement)}
        return {(document.id, keyword): self._documents.find(document.id, keyword) for keyword in keywords}

    def filled_without_customer(self, kept: Document, document: Document) -> Document:
        """Return an open document with the template of ``kept`` and the form values that need no customer data."""
        if kept.template is None:
            return document
        today = form_data("", "", "", china_datetime(self._clock_ms()).date())[CustomerDatum.TODAY]
        no_role = SignerId("")
        facts = FormFacts({no_role: {CustomerDatum.TODAY: today}})
        fields = tuple(replace(field, role_id=None) for field in kept.template.preset_fields)
        template = self.pdfs.with_kept_blocks(kept.template)
        filling = filling_of(replace(template, preset_fields=fields), facts, only=no_role)
        before = document.template
        if before is not None and before.template_id == filling.template_id:
            # The user has begun to fill in the form: keep the typed values and the positions of the fields.
            typed = dict(before.fields)
            values = tuple((name, value) for name, value in filling.fields if name not in typed)
            blocks = before.blocks or filling.blocks
            filling = replace(before, fields=(*before.fields, *values), wanted=before.wanted or filling.wanted)
            filling = replace(filling, blocks=blocks)
        added = frames_of(filling.blocks)
        return replace(document, template=replace(filling, added_pages=len(added)), pages=(*document.own_pages, *added))

    def recognise(self, document: Document, environment: Environment) -> Recognition | None:
        """Return the preset of one document that an open document matches, laid out on it, or None.

        Presets with templates that belong to another environment or project are ignored.
        """
        here = _home(environment)
        presets = [preset for preset in self._presets.list() if len(preset.documents) == 1]
        found = self.forms.recognise([one for one in presets if not _templates(one) or one.home == here], document)
        if found is None:
            return None
        kept = found.preset.documents[0]
        hits = self.hits_of(found.preset, kept, document)
        return replace(found, hits=hits, differences=differences(found.preset, kept, document, hits))

    def hits_in(self, draft: ContractDraft) -> KeywordHits:
        """Return the matches of a contract's keywords in its open documents."""
        searches = {(p.document_id, p.keyword) for p in draft.placements if isinstance(p, KeywordPlacement)}
        return {search: self._documents.find(*search) for search in searches}

    def _kept(self, document: Document, template: TemplateFilling | None) -> Document:
        if template is None and document.template is not None:
            template = self._template_of(document.template)
        if template is None:
            return self.pdfs.keep(document)
        template = self.pdfs.keep_blocks(template, document.id)
        kept = kept_document(document, self._documents.text_digests(document.id), template)
        self.forms.keep(kept, document.id)
        return kept

    def _template_of(self, filling: TemplateFilling) -> TemplateFilling:
        """Return the template with its blocks. Its fields are taken from another preset that uses the template.

        If there is no such preset, the user must fill in all fields.
        """
        for preset in self._presets.list():
            for document in preset.documents:
                known = document.template
                if known is not None and known.template_id == filling.template_id:
                    fields = tuple(replace(field, role_id=None) for field in known.preset_fields)
                    return replace(known, preset_fields=fields, blocks=filling.blocks)
        wanted = {field.name: field for field in filling.wanted}
        typed = (typed_field(wanted.get(name, WantedField(name, is_required=False))) for name in filling.names)
        return TemplateFilling(filling.template_id, blocks=filling.blocks, preset_fields=tuple(typed))

    def _document(self, kept: Document, facts: FormFacts, only: SignerId | None) -> Document:
        document = replace(kept, id=new_document_id(), digests=())
        if kept.template is not None:
            for block in kept.added_pdfs:
                if not self._files.has(block.sha256):
                    raise InputError("form.block_missing", document_id=document.id, block=block.name)
            template = self.pdfs.with_kept_blocks(kept.template)
            return replace(document, template=filling_of(template, facts, only=only))
        if not self._files.has(kept.sha256):
            raise InputError("document.missing", document_id=document.id)
        return replace(document, path=str(self._files.path(kept.sha256)))

    def _other_names(self, preset: Preset) -> frozenset[str]:
        """Return the names of the other presets, or none if this preset is stored with the same name.

        Earlier versions allowed several presets with the same name.
        """
        names = {other.id: plain_name(other.name) for other in self._presets.list()}
        before = names.pop(preset.id, None)
        return frozenset() if before == plain_name(preset.name) else frozenset(names.values())

    def with_free_name(self, preset: Preset) -> Preset:
        """Return the preset. If another preset has the same name, append a number to the name."""
        taken, name, number = self._other_names(preset), preset.name, 1
        while plain_name(name) in taken:
            number += 1
            name = f"{preset.name} ({number})"
        return replace(preset, name=name)


def _home(environment: Environment) -> PresetHome:
    return PresetHome(environment.kind, environment.project_id)


def _templates(preset: Preset) -> frozenset[str]:
    return frozenset(document.template.template_id for document in preset.documents if document.template is not None)


class ImportedPresets:
    """A service that imports presets in two steps: it first reads a preset, and then saves or discards it.

    Its calls block while the database, the disk and the PDF process are used. They may raise StoreError or PdfError.
    """

    def __init__(self, presets: PresetService, files: PresetFiles, documents: DocumentService) -> None:
        self._presets = presets
        self._files = files
        self._documents = documents

    def look_into(
        self, source: Path, *, own_id: Callable[[PresetId], PresetId] = lambda preset_id: preset_id
    ) -> PresetImport:
        """Read a preset from a file, and hold its PDFs until ``take_in`` or ``decline`` is called.

        ``own_id`` maps the id in the file to the preset's id on this computer. If a preset with this id is stored here,
        the new preset gets the stored preset's function key and staff; if the stored preset is unreadable, the new
        preset gets another id. Pages and keyword matches are counted in the PDFs, and counts stated in the file are
        ignored. Raises InputError ``preset.not_a_preset``, ``preset.newer`` or ``preset.too_large``.
        """
        owner = object()
        try:
            found = read_preset_file(source, self._files, hold=lambda hashes: self._presets.pdfs.hold(hashes, owner))
            fresh = replace(found.fresh, id=own_id(found.fresh.id))
            for document in found.fresh.documents:
                fresh = self._measured(fresh, document)
            try:
                mine = self._kept(fresh)
            except StoreError as error:
                if error.code != "store.bad_preset":
                    raise
                # The stored preset cannot be compared, so it is not replaced.
                mine, fresh = None, replace(fresh, id=new_preset_id(), function_key=None)
        except PdfError as error:
            self._let_go(owner)
            raise InputError("preset.not_a_preset", error.code) from None
        except BaseException:
            self._let_go(owner)
            raise
        return replace(
            found, fresh=with_local_parties(mine, fresh) if mine is not None else fresh, mine=mine, owner=owner
        )

    def take_in(self, found: PresetImport, *, name_of_mine: str = "", keeps_mine: bool = False) -> Preset:
        """Save a preset that ``look_into`` has read, and return the saved preset.

        If the new preset replaces a stored preset, the stored preset is kept under the name ``name_of_mine``, without
        its function key. If ``keeps_mine`` is True, the stored preset is unchanged, and the new preset gets another id.
        Raises InputError ``preset.changed_meanwhile`` if the stored preset was edited after ``look_into``; in this
        case, nothing is changed.
        """
        presets, mine, replacement = self._presets, found.mine, found.fresh
        try:
            with presets.lock:
                if self._kept(found.fresh) != mine:
                    raise InputError("preset.changed_meanwhile")
                if mine is not None and keeps_mine:
                    replacement = replace(replacement, id=new_preset_id(), function_key=None)
                elif mine is not None:
                    # Save the old preset first, so that it is never lost.
                    kept = replace(mine, id=new_preset_id(), name=name_of_mine or mine.name, function_key=None)
                    presets.save(presets.with_free_name(kept))
                taken = presets.save(presets.with_free_name(replacement))
            presets.note_import(taken)
            return taken
        finally:
            self._let_go(found.owner)

    def decline(self, found: PresetImport) -> None:
        """Discard a preset that ``look_into`` has read, and release its PDFs."""
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

    def _measured(self, preset: Preset, document: Document) -> Preset:
        """Return a copy of the preset with the number of pages and keyword matches that one document's PDF contains."""
        if document.template is not None:
            for block in document.added_pdfs:
                self._presets.pdfs.require_measured(block)
            return preset
        opened = self._presets.pdfs.open(document)

        def counted(place: Placement) -> Placement:
            if not isinstance(place, KeywordPlacement) or place.document_id != document.id:
                return place
            count = len(self._documents.find(opened.id, place.keyword))
            # A count that differs from the one confirmed in the file must be confirmed by the user in the editor.
            agreed = count if count in {0, 1, place.confirmed_hits} else None
            return replace(place, confirmed_hits=agreed)

        try:
            kept = replace(kept_document(opened, self._documents.text_digests(opened.id)), id=document.id)
            placements = tuple(map(counted, preset.placements))
        finally:
            self._documents.close(opened.id)
        return replace(update_document(preset, kept), placements=placements)
