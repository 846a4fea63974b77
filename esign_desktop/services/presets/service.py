"""Saved ways of sending: made of contracts, kept, handed on, recognised, and turned into documents to send."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.china_time import china_datetime
from esign_desktop.domain.contract.fingerprint import LIKE_ENOUGH, Fingerprint
from esign_desktop.domain.document import Document, new_document_id
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.placing.placement import KeywordHits, KeywordPlacement
from esign_desktop.domain.preset.differences import Difference, differences
from esign_desktop.domain.preset.edits import RoleKind, add_role
from esign_desktop.domain.preset.filling import DeskFacts, filling_of
from esign_desktop.domain.preset.making import DocumentTrait, only_document, preset_of, require_agreed
from esign_desktop.domain.preset.preset import (
    FUNCTION_KEYS,
    BranchRole,
    CustomerDatum,
    FormField,
    KeptPdf,
    PlatformTemplate,
    Preset,
    PresetDocument,
    PresetHome,
    RoleId,
    StaffRole,
    plain_name,
    uses_home,
    without_numbers,
)
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.audit import Note, user_name
from esign_desktop.services.people.customers import form_data
from esign_desktop.services.presets.exchange import ImportedPresets, kept_hashes, write_preset_file
from esign_desktop.services.presets.pdfs import PresetPdfs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId, TemplateFilling
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset.preset import PresetId, Role
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.people.third_ids import ThirdIds
    from esign_desktop.store.files.preset_files import PresetFiles
    from esign_desktop.store.tables.presets import Presets


_NEAR_PAGE_COUNT = 2


@dataclass(frozen=True, slots=True)
class Recognition:
    """A preset that knows a document, as its ``kept`` one; ``hits`` are those of the preset's keywords in it."""

    preset: Preset
    kept: PresetDocument
    likeness: float
    is_exact: bool
    differences: tuple[Difference, ...] = ()
    hits: KeywordHits = field(default_factory=dict)


class PresetService:
    """Presets of this installation. Calls block for store, disk and the PDF process; StoreError comes through."""

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
    ) -> None:
        self._note = note or _note_nothing
        self._presets = presets
        self._files = files
        self._documents = documents
        self._third_ids = third_ids
        self._clock_ms = clock_ms
        self.pdfs = PresetPdfs(files, documents, behaviour)
        self.imports = ImportedPresets(self, files, documents)
        # A PDF that was just kept must not be swept before its preset is.
        self.lock = threading.RLock()

    def list(self) -> tuple[Preset, ...]:
        """Return all presets, those on a function key first."""
        return self._presets.list()

    def get(self, preset_id: PresetId) -> Preset:
        """Return a preset. Raises StoreError ``store.no_such_preset``."""
        return self._presets.get(preset_id)

    def on_key(self, key: int) -> Preset | None:
        """Return the preset that F-key chooses."""
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
        templates: Mapping[DocumentId, PlatformTemplate] | None = None,
    ) -> Preset:
        """Make a preset of a contract whose documents are open, and keep it; see ``preset_of``.

        ``hits`` are looked for when they are not told.

        ``templates`` take the place of files. Raises InputError ``document.missing``, ``document.changed``,
        ``preset.too_large``, ``preset.not_a_person``, ``preset.keyword_not_found`` and ``preset.keyword_unconfirmed``,
        and PdfError.
        """
        hits = self._found(draft) if hits is None else hits
        require_agreed(draft, hits)
        traits = {
            document.id: self._trait(document, (templates or {}).get(document.id)) for document in draft.documents
        }
        home = PresetHome(environment.kind, environment.project_id)
        preset = preset_of(draft, customers, traits, name=name, titles=titles, hits=hits, home=home)
        return self.save(preset if uses_home(preset) else replace(preset, home=None))

    def of_template(
        self, draft: ContractDraft, document_id: DocumentId, template: PlatformTemplate, environment: Environment
    ) -> Preset:
        """Make a preset of one document of a contract, which the platform makes of the template from now on; keep it.

        Whoever has a seal on it stays, or else everybody; the only person is the customer, and where there is nobody
        a customer is. The preset that has the template already is returned as it is. Raises as ``make``.
        """
        home = PresetHome(environment.kind, environment.project_id)
        for preset in self._presets.list():
            if preset.home == home and template.template_id in _templates(preset):
                return preset
        part = only_document(draft, document_id)
        document = part.documents[0]
        customers = [signer.id for signer in part.signers if isinstance(signer, PersonSigner)]
        traits = {document.id: self._trait(document, template)}
        only = customers if len(customers) == 1 else ()
        preset = preset_of(part, only, traits, name=document.name, hits=self._found(part), home=home)
        return self.save(self.with_free_name(preset if preset.roles else add_role(preset, RoleKind.CUSTOMER)))

    def save(self, preset: Preset) -> Preset:
        """Keep a preset, new or changed, and return it as it is kept: its staff have ids of ours by then.

        Raises InputError ``preset.name_taken`` for a name by which another one is known.
        """
        preset = replace(preset, roles=tuple(self._with_third_ids(role) for role in preset.roles))
        with self.lock:
            if plain_name(preset.name) in self._other_names(preset):
                raise InputError("preset.name_taken")
            self._presets.save(preset, saved_at_ms=self._clock_ms())
            self._sweep()
        self._note(AuditAction.PRESET_SAVED, preset.name)
        return preset

    def save_edited(self, preset: Preset, environment: Environment) -> Preset:
        """Keep a preset that was edited, and its key. Templates that are new to it are those of the environment.

        Raises InputError ``document.missing`` when a PDF does not lie here any more, and PdfError.
        """
        if any(not self._files.has(sha256) for sha256 in kept_hashes(preset)):
            raise InputError("document.missing")
        try:
            before = self._presets.get(preset.id)
        except StoreError as error:
            if error.code != "store.no_such_preset":
                raise
            before = None
        home = preset.home
        if home is None or before is None or _templates(before) != _templates(preset):
            home = PresetHome(environment.kind, environment.project_id)
        return self.save(self.pdfs.counted(replace(preset, home=home if uses_home(preset) else None)))

    def delete(self, preset_id: PresetId) -> None:
        """Throw a preset away, and the PDFs that no other one has."""
        with self.lock:
            name = next((preset.name for preset in self._presets.list() if preset.id == preset_id), "")
            self._presets.delete(preset_id)
            self._sweep()
        self._note(AuditAction.PRESET_DELETED, name)

    def note_import(self, preset: Preset) -> None:
        """Note that a preset came from a file."""
        self._note(AuditAction.PRESET_IMPORTED, preset.name)

    def path_of(self, source: KeptPdf) -> Path:
        """Return where a preset's PDF lies."""
        return self._files.path(source.sha256)

    def sweep(self) -> None:
        """Delete what no preset has, such as PDFs that a crash left behind."""
        with self.lock:
            self._sweep()

    def assign_key(self, preset_id: PresetId, key: int | None) -> None:
        """Put a preset on F2 to F8, in the place of whichever was there. Raises InputError ``preset.no_such_key``."""
        if key is not None and key not in FUNCTION_KEYS:
            raise InputError("preset.no_such_key", key=key)
        self._presets.assign_key(preset_id, key)
        self._note(AuditAction.PRESET_KEY, f"{self.get(preset_id).name} → {'—' if key is None else f'F{key}'}")

    def forget_numbers(self, preset_id: PresetId) -> Preset:
        """Forget the staff's numbers and phones, now that their accounts are known; return what is left."""
        with self.lock:
            preset = self._presets.get(preset_id)
            bare = without_numbers(preset)
            if bare != preset:
                self._presets.save(bare, saved_at_ms=self._clock_ms())
            return bare

    def export(self, preset_id: PresetId, target: Path) -> None:
        """Write a preset into one file, without anybody's number. Raises InputError ``preset.too_large``."""
        preset = self._presets.get(preset_id)
        write_preset_file(preset, self._files, target, made_by=user_name(), made_at_ms=self._clock_ms())

    def documents_of(self, preset: Preset, facts: DeskFacts | None = None) -> tuple[Document, ...]:
        """Return the preset's own documents, each new, as a contract wants them; ``facts`` fill the forms.

        Raises InputError ``document.missing`` when a PDF does not lie with the preset any more.
        """
        customers = preset.customers
        only = customers[0].id if customers else None
        return tuple(self._document(kept, facts or DeskFacts(), only) for kept in preset.documents)

    def hits_of(self, preset: Preset, kept: PresetDocument, document: Document) -> KeywordHits:
        """Look for the keywords of one of the preset's documents in another that is open. Raises PdfError."""
        keywords = dict.fromkeys(_keywords(preset, kept))
        return {(document.id, keyword): self._documents.find(document.id, keyword) for keyword in keywords}

    def filled_at_desk(self, kept: PresetDocument, document: Document) -> Document:
        """Return an open document as the preset sends it: what is made of a template asks for its values.

        What the day and the preset itself tell is filled in already.
        """
        if not isinstance(kept.source, PlatformTemplate):
            return document
        today = form_data("", "", "", china_datetime(self._clock_ms()).date())[CustomerDatum.TODAY]
        nobody = RoleId("")
        facts = DeskFacts({nobody: {CustomerDatum.TODAY: today}})
        fields = tuple(replace(one, role_id=None) for one in kept.source.fields)
        return replace(document, template=filling_of(replace(kept.source, fields=fields), facts, only=nobody))

    def recognise(self, document: Document, environment: Environment) -> Recognition | None:
        """Return the preset that knows an open document best, if any does. Raises PdfError.

        A template of another environment or project than the given one means nothing there.
        """
        here = PresetHome(environment.kind, environment.project_id)
        near = [
            (preset, kept)
            for preset in self._presets.list()
            if not _templates(preset) or preset.home == here
            for kept in preset.documents
            if abs(len(kept.fingerprint.pages) - document.page_count) <= _NEAR_PAGE_COUNT
        ]
        if not near:
            return None
        digests = self._documents.text_digests(document.id)

        def rank(found: tuple[Preset, PresetDocument]) -> tuple[bool, float, int]:
            preset, kept = found
            fingerprint = kept.fingerprint
            return (
                fingerprint.is_exact(document.pages, digests),
                fingerprint.likeness(document.pages, digests),
                -len(preset.documents),
            )

        preset, kept = max(near, key=rank)
        is_exact, likeness, _ = rank((preset, kept))
        if likeness < LIKE_ENOUGH:
            return None
        hits = self.hits_of(preset, kept, document)
        found = differences(preset, kept, document, digests, hits)
        return Recognition(preset, kept, likeness, is_exact, found, hits)

    def _found(self, draft: ContractDraft) -> KeywordHits:
        """Look for a contract's keywords in its open documents."""
        searches = {
            (place.document_id, place.keyword) for place in draft.placements if isinstance(place, KeywordPlacement)
        }
        return {search: self._documents.find(*search) for search in searches}

    def _trait(self, document: Document, template: PlatformTemplate | None) -> DocumentTrait:
        if template is None and document.template is not None:
            template = self._template_of(document.template)
        if template is None:
            return self.pdfs.keep(document)
        return DocumentTrait(Fingerprint(document.pages, self._documents.text_digests(document.id)), template)

    def _template_of(self, filling: TemplateFilling) -> PlatformTemplate:
        """Return what fills a template's fields as another preset has it, or else asks for each anew."""
        for preset in self._presets.list():
            for document in preset.documents:
                source = document.source
                if isinstance(source, PlatformTemplate) and source.template_id == filling.template_id:
                    return replace(source, fields=tuple(replace(one, role_id=None) for one in source.fields))
        required = {one.name for one in filling.wanted if one.is_required}
        fields = (FormField(name, CustomerDatum.TYPED, is_required=name in required) for name in filling.names)
        return PlatformTemplate(filling.template_id, tuple(fields))

    def _document(self, kept: PresetDocument, facts: DeskFacts, only: RoleId | None) -> Document:
        document = Document(new_document_id(), "", kept.name, 0, "", kept.fingerprint.pages)
        source = kept.source
        if not isinstance(source, KeptPdf):
            return replace(document, template=filling_of(source, facts, only=only))
        if not self._files.has(source.sha256):
            raise InputError("document.missing", document_id=document.id)
        path = str(self._files.path(source.sha256))
        return replace(document, path=path, size_bytes=source.size_bytes, sha256=source.sha256)

    def _with_third_ids(self, role: Role) -> Role:
        match role:
            case StaffRole(person=person):
                third_id = person.third_id or self._third_ids.of_person(person)
                return replace(role, person=replace(person, third_id=third_id))
            case BranchRole(organization=organization, agent=agent):
                agent = replace(agent, third_id=agent.third_id or self._third_ids.of_person(agent))
                third_id = organization.third_id or self._third_ids.of_organization(organization, agent)
                return replace(role, organization=replace(organization, third_id=third_id), agent=agent)
            case _:
                return role

    def _other_names(self, preset: Preset) -> frozenset[str]:
        """Return the names of all others; none when the preset has its own already, as it may be from earlier days."""
        others = []
        for one in self._presets.list():
            if one.id != preset.id:
                others.append(plain_name(one.name))
            elif plain_name(one.name) == plain_name(preset.name):
                return frozenset()
        return frozenset(others)

    def with_free_name(self, preset: Preset) -> Preset:
        """Return the preset with a number behind its name, if another one is called so."""
        taken, name, number = self._other_names(preset), preset.name, 1
        while plain_name(name) in taken:
            number += 1
            name = f"{preset.name} ({number})"
        return replace(preset, name=name)

    def _sweep(self) -> None:
        kept = {sha256 for preset in self._presets.list() for sha256 in kept_hashes(preset)}
        self._files.sweep(kept | self.pdfs.borrowed)


def _note_nothing(_action: AuditAction, _title: str) -> None:
    """Nobody keeps a log."""


def _templates(preset: Preset) -> frozenset[str]:
    sources = (document.source for document in preset.documents)
    return frozenset(source.template_id for source in sources if isinstance(source, PlatformTemplate))


def _keywords(preset: Preset, kept: PresetDocument) -> Iterator[str]:
    for seal in preset.seals:
        place = seal.placement
        if isinstance(place, KeywordPlacement) and place.document_id == kept.slot:
            yield place.keyword
