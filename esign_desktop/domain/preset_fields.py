"""Fills a template's form fields with what is known about the customers, and what was typed in at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.preset import CustomerDatum, RoleId

if TYPE_CHECKING:
    from esign_desktop.domain.preset import FormField, PlatformTemplate


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What forms can be filled with: the customers' data, and the answers to the preset's questions."""

    data: Mapping[RoleId, Mapping[CustomerDatum, str]] = field(default_factory=dict, repr=False)
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)


def filling_of(template: PlatformTemplate, facts: DeskFacts, *, only: RoleId | None = None) -> TemplateFilling:
    """Return what the platform is to fill in. ``only`` is whose data a field without a role of its own takes.

    A datum that is not known leaves its field out, so that it stays as the template has it.
    """
    values = ((field.name, _value(field, facts, only)) for field in template.fields)
    return TemplateFilling(template.template_id, tuple((name, value) for name, value in values if value))


def _value(field: FormField, facts: DeskFacts, only: RoleId | None) -> str:
    match field.datum:
        case None:
            return field.text
        case CustomerDatum.TYPED:
            return facts.answers.get(field.name, "")
        case datum:
            role_id = field.role_id or only
            return facts.data.get(role_id, {}).get(datum, "") if role_id is not None else ""
