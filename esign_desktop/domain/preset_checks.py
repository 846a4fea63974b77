"""What is wrong with a preset as it is being edited: problems that keep it from being kept, and such as only warn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from esign_desktop.domain.placement import (
    MAX_KEYWORD_CHARACTERS,
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
)
from esign_desktop.domain.preset import CustomerDatum, CustomerRole, PlatformTemplate, signer_of
from esign_desktop.domain.preset_edits import role_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.preset import FormField, Preset, PresetDocument, PresetSeal


class PresetPart(StrEnum):
    """Where in the preset a problem is."""

    GENERAL = "general"
    DOCUMENTS = "documents"
    PEOPLE = "people"
    SEALS = "seals"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class PresetProblem:
    """One problem. ``code`` is the key of its sentence; ``index`` counts the part's rows from 0.

    Codes and params: ``name_missing``; ``nobody``; ``no_customer``; ``staff_unknown`` (count); ``titles_alike``;
    ``without_seal`` (role); ``customer_is_silent`` (role); ``keyword_missing``, ``keyword_too_long`` (most),
    ``no_such_page`` (pages, page_count), ``outside_page``, ``too_few_pages`` of a seal (number);
    ``template_id_missing`` (document); ``field_name_missing``, ``field_twice`` (field), ``field_without_text`` (field),
    ``field_of_nobody`` (field).
    """

    code: str
    part: PresetPart
    params: Mapping[str, str | int] = field(default_factory=dict)
    index: int | None = None
    is_grave: bool = True


def check_preset(preset: Preset) -> tuple[PresetProblem, ...]:
    """Return the problems, the grave ones first."""
    found = [*_general(preset), *_people(preset), *_seals(preset), *_forms(preset)]
    return tuple(sorted(found, key=lambda problem: not problem.is_grave))


def _general(preset: Preset) -> Iterator[PresetProblem]:
    if not preset.name.strip():
        yield PresetProblem("name_missing", PresetPart.GENERAL)


def _people(preset: Preset) -> Iterator[PresetProblem]:
    part = PresetPart.PEOPLE
    if not preset.roles:
        yield PresetProblem("nobody", part)
        return
    customers = preset.customers
    if not customers:
        yield PresetProblem("no_customer", part, is_grave=False)
    if len({role.title for role in customers}) < len(customers):
        yield PresetProblem("titles_alike", part, is_grave=False)
    if preset.knows_nobody_yet:
        yield PresetProblem("staff_unknown", part, {"count": len(preset.knows_nobody_yet)}, is_grave=False)
    sealing = {seal.placement.signer_id for seal in preset.seals}
    for index, role in enumerate(preset.roles):
        params = {"role": role_title(role) or str(index + 1)}
        if signer_of(role.id) not in sealing:
            yield PresetProblem("without_seal", part, params, index, is_grave=False)
        if isinstance(role, CustomerRole) and role.terms.is_silent:
            yield PresetProblem("customer_is_silent", part, params, index)


def _seals(preset: Preset) -> Iterator[PresetProblem]:
    documents = {document.slot: document for document in preset.documents}
    for index, seal in enumerate(preset.seals):
        document = documents.get(seal.placement.document_id)
        if document is not None:
            for code, params, is_grave in _of_seal(seal, document):
                number: dict[str, str | int] = {"number": index + 1}
                yield PresetProblem(code, PresetPart.SEALS, number | params, index, is_grave)


def _of_seal(seal: PresetSeal, document: PresetDocument) -> Iterator[tuple[str, dict[str, str | int], bool]]:
    page_count = len(document.fingerprint.pages)
    place = seal.placement
    if isinstance(place, KeywordPlacement):
        if not place.keyword.strip():
            yield "keyword_missing", {}, True
        elif len(place.keyword) > MAX_KEYWORD_CHARACTERS:
            yield "keyword_too_long", {"most": MAX_KEYWORD_CHARACTERS}, True
    if isinstance(place, CrossPagePlacement) and len(place.pages) < 2:
        yield "too_few_pages", {}, True
    for one in (place, *seal.fallbacks):
        if isinstance(one, KeywordPlacement):
            continue
        if one.pages.last > page_count:
            yield "no_such_page", {"pages": str(one.pages), "page_count": page_count}, True
        elif isinstance(one, CoordinatePlacement) and not _is_on_page(one, document):
            yield "outside_page", {}, False


def _is_on_page(place: CoordinatePlacement, document: PresetDocument) -> bool:
    frame = document.fingerprint.pages[place.pages.first - 1]
    return 0 <= place.center.x_pt <= frame.width_pt and 0 <= place.center.y_pt <= frame.height_pt


def _forms(preset: Preset) -> Iterator[PresetProblem]:
    for index, document in enumerate(preset.documents):
        source = document.source
        if isinstance(source, PlatformTemplate):
            if not source.template_id.strip():
                yield PresetProblem("template_id_missing", PresetPart.DOCUMENTS, {"document": document.name}, index)
            names = Counter(one.name.strip() for one in source.fields)
            for row, one in enumerate(source.fields):
                yield from _of_field(one, row, names, preset)


def _of_field(one: FormField, row: int, names: Counter[str], preset: Preset) -> Iterator[PresetProblem]:
    part, name = PresetPart.FIELDS, one.name.strip()
    if not name:
        yield PresetProblem("field_name_missing", part, {"number": row + 1}, row)
        return
    if names[name] > 1:
        yield PresetProblem("field_twice", part, {"field": name}, row)
    if one.datum is None and not one.text.strip():
        yield PresetProblem("field_without_text", part, {"field": name}, row, is_grave=False)
    if one.datum not in {None, CustomerDatum.TYPED} and not preset.customers:
        yield PresetProblem("field_of_nobody", part, {"field": name}, row)
