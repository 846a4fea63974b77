"""Fills a template's form fields with what is known about the customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.document import TemplateFilling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.preset import CustomerDatum, FormField, PlatformTemplate, RoleId


def filling_of(
    template: PlatformTemplate, data: Mapping[RoleId, Mapping[CustomerDatum, str]], *, only: RoleId | None = None
) -> TemplateFilling:
    """Return what the platform is to fill in. ``only`` is whose data a field without a role of its own takes.

    A datum that is not known leaves its field out, so that it stays as the template has it.
    """
    values = ((field.name, _value(field, data, only)) for field in template.fields)
    return TemplateFilling(template.template_id, tuple((name, value) for name, value in values if value))


def _value(field: FormField, data: Mapping[RoleId, Mapping[CustomerDatum, str]], only: RoleId | None) -> str:
    if field.datum is None:
        return field.text
    role_id = field.role_id or only
    return data.get(role_id, {}).get(field.datum, "") if role_id is not None else ""
