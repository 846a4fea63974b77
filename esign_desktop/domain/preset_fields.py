"""Fills a template's form fields with what is known about the customers, and what was typed in at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.preset import CustomerDatum, PlatformTemplate, RoleId

if TYPE_CHECKING:
    from esign_desktop.domain.preset import FormField, Preset


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What forms can be filled with: the customers' data, and the answers to the preset's questions."""

    data: Mapping[RoleId, Mapping[CustomerDatum, str]] = field(default_factory=dict, repr=False)
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)


def filling_of(template: PlatformTemplate, facts: DeskFacts, *, only: RoleId | None = None) -> TemplateFilling:
    """Return what the platform is to fill in. ``only`` is whose data a field without a role of its own takes.

    A datum that is not known is taken from the answers; what nobody knows leaves its field out, so that it stays as the
    template has it, unless it is required.
    """
    values = ((field.name, _value(field, facts, only)) for field in template.fields)
    wanted = tuple(WantedField(field.name, field.must_be_filled, field.question.label) for field in template.fields)
    return TemplateFilling(template.template_id, tuple((name, value) for name, value in values if value), wanted)


def required_questions(preset: Preset, facts: DeskFacts) -> tuple[str, ...]:
    """Return what has to be typed in for the preset's forms, once its customers are known: each name once.

    Besides the preset's own questions these are the required fields about which the customers' data say nothing.
    """
    customers = preset.customers
    only = customers[0].id if customers else None
    known = DeskFacts(facts.data)
    open_names = (
        field.name
        for document in preset.documents
        if isinstance(document.source, PlatformTemplate)
        for field in document.source.fields
        if field.must_be_filled and field.datum is not CustomerDatum.TYPED and not _value(field, known, only)
    )
    return tuple(dict.fromkeys((*preset.questions, *open_names)))


def _value(field: FormField, facts: DeskFacts, only: RoleId | None) -> str:
    match field.datum:
        case None:
            return field.text
        case CustomerDatum.TYPED:
            return facts.answers.get(field.name, "")
        case datum:
            role_id = field.role_id or only
            known = facts.data.get(role_id, {}).get(datum, "") if role_id is not None else ""
            return known or facts.answers.get(field.name, "")
