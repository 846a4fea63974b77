"""Recognize the documents of presets by their wording, and lay the presets out on other documents."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.domain.matching.comparing import compare, most_alike
from esign_desktop.domain.matching.form import called, read_form, remember
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.preset.sent_form import values_of, with_found_seals
from esign_desktop.services.presets.labelled_seals import LabelledSeals
from esign_desktop.services.presets.recognition import Recognition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.matching.form import ReadForm, RememberedForm
    from esign_desktop.domain.matching.seals import FoundSeal
    from esign_desktop.domain.placing.placement import PlacementId
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.presets.pdfs import PresetPdfs
    from esign_desktop.store.tables.preset_forms import PresetFormTable

_KEY_BYTES: Final = 32


class PresetForms:
    """The forms of presets' documents.

    The PDF of a preset is read once, when a document is first compared with it. The form of a template is known only if
    its PDF was open when a preset was made or edited. Without the keyring's key, or if ``stored`` is None, forms are
    kept in memory only.

    Calls block on the store, the keyring and the PDF process. They may raise StoreError, PdfError and InputError
    ``document.not_open``.
    """

    def __init__(self, stored: PresetFormTable | None, pdfs: PresetPdfs, documents: DocumentService) -> None:
        self._stored = stored
        self._pdfs = pdfs
        self._documents = documents
        self._seals = LabelledSeals(documents)
        self._session_key = secrets.token_bytes(_KEY_BYTES)
        self._lock = threading.Lock()
        self._key = b""
        self._forms: dict[str, RememberedForm | None] = {}
        """The forms whose pieces are hashed with ``_key``, by id. A form is None if its PDF can't be read."""

    def keep(self, kept: Document, document_id: DocumentId) -> None:
        """Store the form of an open document as the form of ``kept``, a preset's document."""
        key = self._loaded_key()
        self._save(_form_id(kept), remember(read_form(self._documents.paper(document_id), key)), key)

    def keep_only(self, presets: Iterable[Preset]) -> None:
        """Delete the forms of documents that none of these presets contains."""
        form_ids = {_form_id(kept) for preset in presets for kept in preset.documents}
        with self._lock:
            self._forms = {form_id: form for form_id, form in self._forms.items() if form_id in form_ids}
        if self._stored is not None:
            self._stored.keep_only(form_ids)

    def recognise(self, presets: Sequence[Preset], document: Document) -> Recognition | None:
        """Return the preset that matches an open document, laid out on the document, or None if there is none.

        Each preset has one document. Of presets with the same document, the first one is returned.
        """
        same = next((preset for preset in presets if self._is_same_file(preset.documents[0], document)), None)
        if same is not None:
            return Recognition(same, (document.id,))
        if not presets:
            return None
        key = self._loaded_key()
        read = read_form(self._documents.paper(document.id), key)
        by_form: dict[str, tuple[RememberedForm, Preset]] = {}
        for preset in presets:
            kept = preset.documents[0]
            form = self._form(kept, key)
            if form is not None:
                by_form.setdefault(_form_id(kept), (form, preset))
        for form, preset in by_form.values():
            kept = preset.documents[0]
            # Scans with the same heading may be different documents.
            is_read = read.hashes and not read.unread
            if is_read and form.pieces == read.hashes and kept.own_pages == document.own_pages:
                return Recognition(preset, (document.id,))
        best = most_alike([form for form, _ in by_form.values()], read)
        comparison = None if best is None else compare(best, read)
        if best is None or comparison is None or not comparison.is_form:
            return None
        preset = next(preset for form, preset in by_form.values() if form is best)
        kept, laid_out, unplaced_count = preset.documents[0], preset, 0
        if kept.template is None:
            laid_out, unplaced_count = with_found_seals(preset, (document,), self._found(preset, document, read))
        return Recognition(laid_out, (document.id,), comparison.wording, unplaced_count)

    def _is_same_file(self, kept: Document, document: Document) -> bool:
        if kept.template is not None or kept.size_bytes != document.size_bytes:
            return False
        return kept.sha256 == (document.sha256 or self._documents.current_sha256(document))

    def _found(self, preset: Preset, document: Document, read: ReadForm) -> dict[PlacementId, FoundSeal]:
        """Return the places on an open document of the preset's seals that have a label in the preset's own PDF.

        The result is empty if the PDF can't be read.
        """
        if not any(isinstance(place, CoordinatePlacement) for place in preset.placements):
            return {}
        try:
            opened = self._pdfs.open(preset.documents[0])
        except (InputError, PdfError):
            return {}
        try:
            draft = fill(preset, (opened,), None)
            placements = zip(draft.placements, preset.placements, strict=True)
            draft = replace(draft, placements=tuple(replace(new, id=old.id) for new, old in placements))
            parties = self._documents.propose(opened.id).parties
            seals = self._seals.remember(draft, opened, preset, parties, values_of(draft))
        finally:
            self._documents.close(opened.id)
        found = self._seals.find(tuple(seals.values()), [called(party) for party in parties], document, read)
        return dict(zip(seals, found, strict=True))

    def _form(self, kept: Document, key: bytes) -> RememberedForm | None:
        form_id = _form_id(kept)
        with self._lock:
            if kept.template is not None or form_id in self._forms:
                return self._forms.get(form_id)
        try:
            opened = self._pdfs.open(kept)
        except (InputError, PdfError):
            form = None
        else:
            try:
                form = remember(read_form(self._documents.paper(opened.id), key))
            except PdfError:
                form = None
            finally:
                self._documents.close(opened.id)
        self._save(form_id, form, key)
        return form

    def _save(self, form_id: str, form: RememberedForm | None, key: bytes) -> None:
        with self._lock:
            if key != self._key:
                return
            self._forms[form_id] = form
            if form is not None and self._stored is not None:
                self._stored.save(form_id, form)

    def _loaded_key(self) -> bytes:
        """Return the current key, after reading the forms whose pieces are hashed with it."""
        with self._lock:
            stored_key = self._stored.key() if self._stored is not None else None
            key = stored_key or self._session_key
            if key != self._key:
                # Forms that were hashed with another key can't be compared.
                known = self._stored.all() if self._stored is not None and stored_key is not None else {}
                self._key, self._forms = key, dict(known)
            return key


def _form_id(kept: Document) -> str:
    return kept.sha256 if kept.template is None else f"template {kept.template.template_id}"
