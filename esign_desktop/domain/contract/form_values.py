"""What the forms of a contract are filled with: typed once for all of them, taken from signers, and tables added."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.added_pages import FRAME, AddedTable, pages_of
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
    """All that is personal of a form: its values and its tables."""

    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tables: tuple[AddedTable, ...] = field(default=(), repr=False)


_NUMBERS: Final = frozenset({SignerDatum.NUMBER, SignerDatum.MOBILE})


def fill_form(draft: ContractDraft, document_id: DocumentId, name: str, value: str) -> ContractDraft:
    """Fill one field of a document that the platform makes of a template, and those that share its value.

    They follow no signer any more. Another document, or a field that the form does not have, stays as it is.
    """
    return _change_group(draft, document_id, name, lambda one, field: _detached(one, field).with_value(field, value))


def follow_signer(draft: ContractDraft, document_id: DocumentId, source: FieldSource) -> ContractDraft:
    """Let a field, and those that share its value, hold what a signer is, also when that changes."""

    def followed(one: TemplateFilling, field: str) -> TemplateFilling:
        bare = _detached(one, field)
        return replace(bare, sources=(*bare.sources, replace(source, name=field)))

    return with_followed(_change_group(draft, document_id, source.name, followed))


def set_linked(draft: ContractDraft, document_id: DocumentId, name: str, *, is_linked: bool) -> ContractDraft:
    """Say whether a field shares its value with those of the same label; one that does again takes theirs."""

    def changed(filling: TemplateFilling) -> TemplateFilling:
        others = tuple(one for one in filling.unlinked if one != name)
        return replace(filling, unlinked=others if is_linked else (*others, name))

    draft = _change_filling(draft, document_id, changed)
    if not is_linked:
        return draft
    others = [one for one in _group(draft, document_id, name) if one != (document_id, name)]
    if not others:
        return draft
    leading = draft.document(others[0][0]).template
    assert leading is not None  # noqa: S101  of a group
    value, source = leading.value(others[0][1]), leading.source(others[0][1])

    def joined(filling: TemplateFilling) -> TemplateFilling:
        bare = _detached(filling, name).with_value(name, value)
        return bare if source is None else replace(bare, sources=(*bare.sources, replace(source, name=name)))

    return _change_filling(draft, document_id, joined)


def linked_names(draft: ContractDraft, document_id: DocumentId) -> frozenset[str]:
    """Return the names of a form's fields that others have the label of; whether they share it is told elsewhere."""
    counts = Counter(_link_key(one) for document in draft.documents for one in _fields(document))
    fields = (one for document in draft.documents if document.id == document_id for one in _fields(document))
    return frozenset(one.name for one in fields if counts[_link_key(one)] > 1)


def with_linked_values(draft: ContractDraft, document: Document) -> Document:
    """Return a document that comes into the contract, filled with what others hold under the same labels."""
    if document.template is None:
        return document
    known: dict[tuple[str, AnswerKind], tuple[str, FieldSource | None]] = {}
    for other in draft.documents:
        if other.template is not None:
            for one in _fields(other):
                if one.name not in other.template.unlinked and other.template.value(one.name):
                    known.setdefault(_link_key(one), (other.template.value(one.name), other.template.source(one.name)))
    filling = document.template
    for one in _fields(document):
        value, source = known.get(_link_key(one), ("", None))
        if value and not filling.value(one.name):
            filling = filling.with_value(one.name, value)
            if source is not None:
                filling = replace(filling, sources=(*filling.sources, replace(source, name=one.name)))
    return replace(document, template=filling)


def signer_datum(signer: Signer, datum: SignerDatum) -> str:
    """Return what of a signer a field may hold; empty where it is not known here."""
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
    """Whether a field of this kind can hold it: an ID number is a resident's."""
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
    """Return the draft with what its fields take from signers as these are now.

    A signer that is gone leaves what was last known, as if it had been typed. A number that is not known here any more,
    since the platform has the person, stays too.
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
    is_same = all(one is other for one, other in zip(documents, draft.documents, strict=True))
    return draft if is_same else replace(draft, documents=documents)


def set_tables(draft: ContractDraft, document_id: DocumentId, tables: tuple[AddedTable, ...]) -> ContractDraft:
    """Let a document of a template end with these tables, each on pages of its own."""

    def changed(document: Document) -> Document:
        filling = document.template
        if document.id != document_id or filling is None:
            return document
        own = document.pages[: len(document.pages) - filling.added_pages]
        count = len(pages_of(tables))
        pages = (*own, *(FRAME for _ in range(count)))
        return replace(document, pages=pages, template=replace(filling, tables=tables, added_pages=count))

    return replace(draft, documents=tuple(map(changed, draft.documents)))


def without_form_values(draft: ContractDraft) -> ContractDraft:
    """Return the draft with nothing in its forms."""
    return replace(
        draft,
        documents=tuple(
            replace(one, template=one.template.without_values()) if one.template is not None else one
            for one in draft.documents
        ),
    )


def form_values(draft: ContractDraft) -> dict[int, FilledForm]:
    """Return what stands in the forms of a contract, by the index of their document."""
    return {
        index: FilledForm(document.template.fields, document.template.tables)
        for index, document in enumerate(draft.documents)
        if document.template is not None and document.template.has_values
    }


def with_form_values(draft: ContractDraft, values: Mapping[int, FilledForm]) -> ContractDraft:
    """Put back into its forms what was taken out of them; what they hold already stays."""

    def filled(index: int, document: Document) -> Document:
        filling, found = document.template, values.get(index)
        if filling is None or found is None or filling.has_values:
            return document
        return replace(document, template=replace(filling, fields=found.fields, tables=found.tables))

    return replace(draft, documents=tuple(filled(*one) for one in enumerate(draft.documents)))


def _fields(document: Document) -> tuple[WantedField, ...]:
    return () if document.template is None else document.template.wanted


def _wanted(draft: ContractDraft, document_id: DocumentId, name: str) -> WantedField | None:
    found = (one for document in draft.documents if document.id == document_id for one in _fields(document))
    return next((one for one in found if one.name == name), None)


def _link_key(wanted: WantedField) -> tuple[str, AnswerKind]:
    return _plain_label(wanted.label or wanted.name), wanted.kind


@lru_cache(4096)
def _plain_label(label: str) -> str:
    return "".join(unicodedata.normalize("NFKC", readable_name(label)).casefold().split()).strip(":")


def _group(draft: ContractDraft, document_id: DocumentId, name: str) -> Iterator[tuple[DocumentId, str]]:
    """Yield the documents and names of the fields that share one value."""
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
            for one in filling.wanted:
                is_first = document.id == document_id and one.name == name
                if not is_first and one.name not in filling.unlinked and _link_key(one) == key:
                    yield document.id, one.name


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
            replace(one, template=change(one.template)) if one.id == document_id and one.template is not None else one
            for one in draft.documents
        ),
    )


def _detached(filling: TemplateFilling, name: str) -> TemplateFilling:
    sources = tuple(one for one in filling.sources if one.name != name)
    return filling if len(sources) == len(filling.sources) else replace(filling, sources=sources)
