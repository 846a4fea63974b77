"""Make a contract from a preset: insert the actual people and documents, and fill in the forms.

Seals on pages that do not exist in the actual documents are omitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.added_pages import frames_of
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.placing.participation import with_documents
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, new_placement_id
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.preset.preset import with_field_roles, with_signer_ids
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.signer import OpenSigner, SignerId, new_signer_id, with_party
from esign_desktop.domain.titles import Naming

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.placing.placement import KeywordHits, Placement
    from esign_desktop.domain.preset.fields import FormField
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import OpenParty, Signer


def fill(
    preset: Preset,
    documents: Sequence[Document],
    parties: Mapping[SignerId, OpenParty] | None,
    *,
    hits: KeywordHits | None = None,
    naming: Naming | None = None,
) -> ContractDraft:
    """Return a contract with these documents, in the preset's order, in which these parties take the customers' roles.

    If ``parties`` is None, the contract is for editing the preset: the signers stay open, and the seals and options are
    those of the preset. ``hits`` contains the keyword matches in the documents. A keyword
    without matches is replaced with its fallback points. If the number of matches differs from the confirmed number,
    the user must confirm the matches again. If ``hits`` is None, keywords are unchanged. ``naming`` gives the title if
    the preset has none. Raises InputError ``preset.person_missing`` (with ``title``) or ``preset.other_documents``.
    """
    if len(documents) != len(preset.documents):
        raise InputError("preset.other_documents", expected=len(preset.documents), found=len(documents))
    by_id = {kept.id: (kept, document) for kept, document in zip(preset.documents, documents, strict=True)}
    ids = {kept_id: document.id for kept_id, (_kept, document) in by_id.items()}
    signers = {signer.id: _signer(signer, parties, ids) for signer in preset.signers}
    signer_ids = {role_id: signer.id for role_id, signer in signers.items()}
    naming = naming or Naming()
    options = with_signer_ids(preset.options, signer_ids)
    return replace(
        ContractDraft.new(),
        documents=tuple(with_field_roles(document, signer_ids) for document in documents),
        signers=tuple(signers.values()),
        placements=tuple(
            replace(place, id=new_placement_id(), signer_id=signer_ids[place.signer_id], document_id=document.id)
            for kept_place in preset.placements
            for kept, document in [by_id[kept_place.document_id]]
            for place in (_places(kept_place, kept, document, hits or {}) if parties is not None else (kept_place,))
        ),
        options=replace(options, business_scene=preset.title_rule(naming)) if parties is not None else options,
        naming=naming,
        is_ordered=preset.is_ordered,
    )


def _places(place: Placement, kept: Document, document: Document, hits: KeywordHits) -> Iterator[Placement]:
    if isinstance(place, KeywordPlacement):
        found = hits.get((document.id, place.keyword))
        count = place.confirmed_hits if found is None else len(found)
        if count != 0 or not place.fallbacks:
            # A keyword with neither matches nor fallback points is kept: the checks report it, so the contract is not
            # sent.
            agrees = found is None or count == place.confirmed_hits
            yield replace(place, confirmed_hits=place.confirmed_hits if agrees else None, fallbacks=())
            return
        for fallback in place.fallback_placements:
            yield from _within(fallback, document)
    elif isinstance(place, CoordinatePlacement):
        yield from _within(place, document)
    else:
        was_on_all = len(place.pages) == kept.page_count
        pages = document.all_pages if was_on_all else place.pages.within(document.page_count)
        if pages is not None:
            yield replace(place, pages=pages)


def _within(place: CoordinatePlacement, document: Document) -> Iterator[CoordinatePlacement]:
    pages = place.pages.within(document.page_count)
    if pages is not None:
        yield replace(place, pages=pages)


def _signer(
    signer: Signer, parties: Mapping[SignerId, OpenParty] | None, ids: Mapping[DocumentId, DocumentId]
) -> Signer:
    if isinstance(signer, OpenSigner) and parties is not None:
        if signer.id not in parties:
            raise InputError("preset.person_missing", title=signer.role)
        signer = with_party(signer, parties[signer.id])
    return replace(signer, id=new_signer_id(), terms=with_documents(signer.terms, ids))


@dataclass(frozen=True, slots=True)
class FormFacts:
    """The values available for form fields: ``data`` about each customer, and ``answers`` keyed by field name."""

    data: Mapping[SignerId, Mapping[CustomerDatum, str]] = field(default_factory=dict, repr=False)
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)


def filling_of(template: TemplateFilling, facts: FormFacts, *, only: SignerId | None = None) -> TemplateFilling:
    """Return a preset's form with the field values that the platform inserts into the template.

    A field without a role refers to the customer ``only``. If the customer's value is unknown, the typed answer is
    used. If there is no answer either, the field is omitted and keeps the template's own value.
    """
    values = ((field.name, _value(field, facts, only)) for field in template.preset_fields)
    wanted = tuple(map(wanted_of, template.preset_fields))
    filled = tuple((name, value) for name, value in values if value)
    added_pages = len(frames_of(template.blocks))
    return TemplateFilling(template.template_id, filled, wanted, blocks=template.blocks, added_pages=added_pages)


def wanted_of(field: FormField) -> WantedField:
    """Return a description of the field for the window in which the user enters the value.

    A field for customer data accepts any text, for example a passport number. Such data was already checked when the
    customer was entered.
    """
    question = field.question
    kind = question.kind if field.datum is CustomerDatum.TYPED else AnswerKind.TEXT
    return WantedField(
        field.name, field.must_be_filled, question.label, kind, question.choices, question.most_characters
    )


def required_questions(preset: Preset, facts: FormFacts) -> tuple[str, ...]:
    """Return the names of the form fields that a user must fill in once the customers are known.

    These are the preset's questions, and the required fields for which the customers' data has no value. Each name
    occurs only once.
    """
    customers = preset.customers
    only = customers[0].id if customers else None
    known = FormFacts(facts.data)
    open_names = (
        field.name
        for field in preset.form_fields
        if field.must_be_filled and field.datum is not CustomerDatum.TYPED and not _value(field, known, only)
    )
    return tuple(dict.fromkeys((*preset.questions, *open_names)))


def _value(field: FormField, facts: FormFacts, only: SignerId | None) -> str:
    match field.datum:
        case None:
            return field.text
        case CustomerDatum.TYPED:
            return facts.answers.get(field.name, "")
        case datum:
            role_id = field.role_id or only
            known = facts.data.get(role_id, {}).get(datum, "") if role_id is not None else ""
            return known or facts.answers.get(field.name, "")
