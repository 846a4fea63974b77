"""Texts for templates and for the kinds, faults and titles of their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.templates import FieldFault, ValueKind
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.templates import Template, TemplateField


def kind_word(kind: ValueKind) -> str:
    """Return the translated name of a kind of field."""
    translate = QCoreApplication.translate
    return {
        ValueKind.TEXT: translate("TemplateFields", "Text"),
        ValueKind.DATE: translate("TemplateFields", "Date"),
        ValueKind.AMOUNT: translate("TemplateFields", "Amount"),
        ValueKind.NUMBER: translate("TemplateFields", "Number"),
        ValueKind.ID_NUMBER: translate("TemplateFields", "ID number"),
        ValueKind.MOBILE: translate("TemplateFields", "Mobile"),
        ValueKind.CHOICE: translate("TemplateFields", "Choice"),
        ValueKind.CHECK: translate("TemplateFields", "Check box"),
    }[kind]


def fault_sentence(fault: FieldFault) -> str:
    """Return a translated sentence that states a field's fault or its remedy."""
    translate = QCoreApplication.translate
    return {
        FieldFault.NO_NAME: translate("TemplateFields", "Enter a name."),
        FieldFault.BAD_NAME: translate(
            "TemplateFields", "Use letters, digits, spaces and _ - / ( ), but no dot; at most 60 characters."
        ),
        FieldFault.SAME_NAME: translate("TemplateFields", "Another field already has this name."),
        FieldFault.NO_SIZE: translate("TemplateFields", "The field is too small for any text."),
        FieldFault.OUTSIDE: translate("TemplateFields", "The field is outside the page."),
        FieldFault.NO_CHOICES: translate("TemplateFields", "Enter the options, separated by semicolons."),
        FieldFault.LONG_EXAMPLE: translate("TemplateFields", "The example is longer than the field allows."),
    }[fault]


def field_title(one: TemplateField) -> str:
    """Return a field's name, followed by its label if the two differ.

    A field without a name has an ellipsis instead.
    """
    name, label = one_line(one.name) or "…", one_line(one.label)
    return f"{name} – {label}" if label and label != name else name


def template_state(one: Template) -> str:
    """Return a short description of a template's problem, or an empty text if there is none."""
    if not one.is_made:
        return QCoreApplication.translate("TemplateFields", "Needs your decision")
    if one.is_gone:
        return QCoreApplication.translate("TemplateFields", "Not on the platform")
    return "" if one.pages else QCoreApplication.translate("TemplateFields", "No local PDF")


def template_name(one: Template) -> str:
    """Return the display name of a template, or its id if it has no name, as after it was restored from the ledger."""
    return one_line(one.name) or one_line(one.template_id) or "…"
