"""The values of a contract's forms.

Fields with the same label share one value. A field can also take its value from a signer's data, and tables and pages
of PDF files can be appended to a document.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.added_pages import AddedBlock, AddedTable, frames_of
from esign_desktop.domain.document import FieldSource, SignerDatum
from esign_desktop.domain.preset.questions import AnswerKind, readable_name
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId, TemplateFilling, WantedField
    from esign_desktop.domain.signer import Signer


@dataclass(frozen=True, slots=True)
class FilledForm:
    """The parts of a form that may contain personal data: its field values and its tables."""

    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tables: tuple[AddedTable, ...] = field(default=(), repr=False)


_NUMBERS: Final = frozenset({SignerDatum.NUMBER, SignerDatum.MOBILE})


def fill_form(draft: ContractDraft, document_id: DocumentId, name: str, value: str) -> ContractDraft:
    """Set the value of a form field, and of all fields linked to this field.

    The fields no longer take their values from a signer. Unknown fields and documents without a template are ignored.
    """
    return _change_group(
        draft, document_id, name, lambda filling, field: _detached(filling, field).with_value(field, value)
    )


def follow_signer(draft: ContractDraft, document_id: DocumentId, source: FieldSource) -> ContractDraft:
    """Fill a field and all fields linked to this field from a signer's data, now and whenever the data changes."""

    def followed(filling: TemplateFilling, field: str) -> TemplateFilling:
        bare = _detached(filling, field)
        return replace(bare, sources=(*bare.sources, replace(source, name=field)))

    return with_followed(_change_group(draft, document_id, source.name, followed))


def set_linked(draft: ContractDraft, document_id: DocumentId, name: str, *, is_linked: bool) -> ContractDraft:
    """Link a field to all other fields with the same label, or unlink the field.

    A newly linked field adopts the value of the other fields.
    """

    def changed(filling: TemplateFilling) -> TemplateFilling:
        others = tuple(unlinked_name for unlinked_name in filling.unlinked if unlinked_name != name)
        return replace(filling, unlinked=others if is_linked else (*others, name))

    draft = _change_filling(draft, document_id, changed)
    if not is_linked:
        return draft
    others = [field_key for field_key in _group(draft, document_id, name) if field_key != (document_id, name)]
    if not others:
        return draft
    leading = draft.document(others[0][0]).template
    assert leading is not None  # noqa: S101  linked fields belong to a template
    value, source = leading.value(others[0][1]), leading.source(others[0][1])

    def joined(filling: TemplateFilling) -> TemplateFilling:
        bare = _detached(filling, name).with_value(name, value)
        return bare if source is None else replace(bare, sources=(*bare.sources, replace(source, name=name)))

    return _change_filling(draft, document_id, joined)


def linked_names(draft: ContractDraft, document_id: DocumentId) -> frozenset[str]:
    """Return the names of the form's fields whose labels occur more than once in the contract.

    The fields are included even if they are not linked.
    """
    counts = Counter(_link_key(wanted) for document in draft.documents for wanted in _fields(document))
    fields = (wanted for document in draft.documents if document.id == document_id for wanted in _fields(document))
    return frozenset(wanted.name for wanted in fields if counts[_link_key(wanted)] > 1)


def with_linked_values(draft: ContractDraft, document: Document) -> Document:
    """Return the document with values copied from the draft's fields that have the same labels.

    The document is not yet part of the draft.
    """
    if document.template is None:
        return document
    known: dict[tuple[str, AnswerKind], tuple[str, FieldSource | None]] = {}
    for other in draft.documents:
        if other.template is not None:
            for wanted in _fields(other):
                if wanted.name not in other.template.unlinked and other.template.value(wanted.name):
                    known.setdefault(
                        _link_key(wanted), (other.template.value(wanted.name), other.template.source(wanted.name))
                    )
    filling = document.template
    for wanted in _fields(document):
        value, source = known.get(_link_key(wanted), ("", None))
        if value and not filling.value(wanted.name):
            filling = filling.with_value(wanted.name, value)
            if source is not None:
                filling = replace(filling, sources=(*filling.sources, replace(source, name=wanted.name)))
    return replace(document, template=filling)


def signer_datum(signer: Signer, datum: SignerDatum) -> str:
    """Return an item of a signer's data for use in a form field, or an empty string if the item is unknown."""
    found: dict[SignerDatum, str] = {}
    match signer:
        case PersonSigner(person=person):
            found = {
                SignerDatum.NAME: person.name,
                SignerDatum.NUMBER: person.id_number,
                SignerDatum.MOBILE: person.mobile,
            }
        case OrganizationSigner(organization=organization, agent=agent):
            found = {
                SignerDatum.NAME: organization.name,
                SignerDatum.NUMBER: organization.code,
                SignerDatum.MOBILE: agent.mobile,
                SignerDatum.AGENT: agent.name,
            }
        case ApplicationSigner(name=name):
            found = {SignerDatum.NAME: name}
    return found.get(datum, "")


def suits(kind: AnswerKind, signer: Signer, datum: SignerDatum) -> bool:
    """Return whether a field of this kind can hold this item of the signer's data.

    Fields for an ID number accept only the number of a resident identity card.
    """
    match kind:
        case AnswerKind.TEXT:
            return True
        case AnswerKind.MOBILE:
            return datum is SignerDatum.MOBILE
        case AnswerKind.ID_NUMBER:
            is_resident = isinstance(signer, PersonSigner) and signer.person.id_type is PersonIdType.RESIDENT_IDENTITY
            return datum is SignerDatum.NUMBER and is_resident
        case _:
            return False


def with_followed(draft: ContractDraft) -> ContractDraft:
    """Return the draft with updated values in all form fields that take their values from a signer's data.

    If the signer has been removed, the field keeps its last value, as if a user had entered it. A field also keeps an
    ID number that is no longer stored on this computer because the platform already has an account for the person.
    """
    if not any(document.template is not None and document.template.sources for document in draft.documents):
        return draft
    signers = {signer.id: signer for signer in draft.signers}

    def followed(document: Document) -> Document:
        filling = document.template
        if filling is None or not filling.sources:
            return document
        kept = tuple(source for source in filling.sources if source.signer_id in signers)
        found = filling if kept == filling.sources else replace(filling, sources=kept)
        for source in kept:
            value = signer_datum(signers[source.signer_id], source.datum)
            if value != found.value(source.name) and (value or source.datum not in _NUMBERS):
                found = found.with_value(source.name, value)
        return document if found is filling else replace(document, template=found)

    documents = tuple(map(followed, draft.documents))
    is_same = all(document is other for document, other in zip(documents, draft.documents, strict=True))
    return draft if is_same else replace(draft, documents=documents)


def set_blocks(draft: ContractDraft, document_id: DocumentId, blocks: tuple[AddedBlock, ...]) -> ContractDraft:
    """Replace the blocks at the end of a document made from a template. Each block starts on a new page."""

    def changed(document: Document) -> Document:
        filling = document.template
        if document.id != document_id or filling is None:
            return document
        added = frames_of(blocks)
        template = replace(filling, blocks=blocks, added_pages=len(added))
        return replace(document, pages=(*document.own_pages, *added), template=template)

    return replace(draft, documents=tuple(map(changed, draft.documents)))


def without_form_values(draft: ContractDraft) -> ContractDraft:
    """Return the draft without the values and tables of its forms."""
    return replace(
        draft,
        documents=tuple(
            replace(document, template=document.template.without_values())
            if document.template is not None
            else document
            for document in draft.documents
        ),
    )


def form_values(draft: ContractDraft) -> dict[int, FilledForm]:
    """Return the values of a contract's forms, keyed by document index. Forms without values are omitted."""
    return {
        index: FilledForm(document.template.fields, document.template.tables)
        for index, document in enumerate(draft.documents)
        if document.template is not None and document.template.has_values
    }


def with_form_values(draft: ContractDraft, values: Mapping[int, FilledForm]) -> ContractDraft:
    """Restore the values of forms after they were removed. ``values`` is keyed by document index.

    Forms that already have values are unchanged.
    """

    def filled(index: int, document: Document) -> Document:
        filling, found = document.template, values.get(index)
        if filling is None or found is None or filling.has_values:
            return document
        return replace(document, template=replace(filling, fields=found.fields).with_tables(found.tables))

    return replace(draft, documents=tuple(filled(*indexed) for indexed in enumerate(draft.documents)))


def _fields(document: Document) -> tuple[WantedField, ...]:
    return () if document.template is None else document.template.wanted


def _wanted(draft: ContractDraft, document_id: DocumentId, name: str) -> WantedField | None:
    found = (candidate for document in draft.documents if document.id == document_id for candidate in _fields(document))
    return next((candidate for candidate in found if candidate.name == name), None)


def _link_key(wanted: WantedField) -> tuple[str, AnswerKind]:
    return _plain_label(wanted.label or wanted.name), wanted.kind


@lru_cache(4096)
def _plain_label(label: str) -> str:
    return "".join(unicodedata.normalize("NFKC", readable_name(label)).casefold().split()).strip(":")


def _group(draft: ContractDraft, document_id: DocumentId, name: str) -> Iterator[tuple[DocumentId, str]]:
    """Yield the document id and the name of each field that shares a value with a field, including the field itself."""
    wanted = _wanted(draft, document_id, name)
    key = None if wanted is None else _link_key(wanted)
    for document in draft.documents:
        filling = document.template
        if filling is None:
            continue
        is_alone = document.id == document_id and name in filling.unlinked
        if document.id == document_id:
            yield document.id, name
        if is_alone:
            key = None
    if key is None:
        return
    for document in draft.documents:
        filling = document.template
        if filling is not None:
            for candidate in filling.wanted:
                is_first = document.id == document_id and candidate.name == name
                if not is_first and candidate.name not in filling.unlinked and _link_key(candidate) == key:
                    yield document.id, candidate.name


def _change_group(
    draft: ContractDraft,
    document_id: DocumentId,
    name: str,
    change: Callable[[TemplateFilling, str], TemplateFilling],
) -> ContractDraft:
    names: dict[DocumentId, list[str]] = {}
    for found_id, field_name in _group(draft, document_id, name):
        names.setdefault(found_id, []).append(field_name)

    def changed(document: Document) -> Document:
        filling = document.template
        if filling is None or document.id not in names:
            return document
        for field_name in names[document.id]:
            filling = change(filling, field_name)
        return replace(document, template=filling)

    return replace(draft, documents=tuple(map(changed, draft.documents)))


def _change_filling(
    draft: ContractDraft, document_id: DocumentId, change: Callable[[TemplateFilling], TemplateFilling]
) -> ContractDraft:
    return replace(
        draft,
        documents=tuple(
            replace(document, template=change(document.template))
            if document.id == document_id and document.template is not None
            else document
            for document in draft.documents
        ),
    )


def _detached(filling: TemplateFilling, name: str) -> TemplateFilling:
    sources = tuple(source for source in filling.sources if source.name != name)
    return filling if len(sources) == len(filling.sources) else replace(filling, sources=sources)
