"""What is wrong with the values of a contract's forms: those that can't be right, and those that hardly fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.problems import FieldSubject, Problem, Severity
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.text_fit import field_size_pt, fitted
from esign_desktop.services.presets.answers import read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, WantedField

_CODES: Final = {
    "answer.too_long": "form.too_long",
    "answer.no_amount": "form.no_amount",
    "answer.no_number": "form.no_number",
    "answer.no_date": "form.no_date",
    "answer.no_choice": "form.no_choice",
    "answer.no_tick": "form.no_tick",
    "answer.bad_id_number": "form.bad_id_number",
    "answer.bad_mobile": "form.bad_mobile",
}
_SMALL: Final = 0.8
"""The share of its size below which a text is too small to pass unnoticed."""


def value_problems(draft: ContractDraft) -> tuple[Problem, ...]:
    """Return what is wrong with values, in the order of documents and fields; what is empty is another check's."""
    return tuple(problem for document in draft.documents for problem in _of_document(document))


def _of_document(document: Document) -> Iterator[Problem]:
    filling = document.template
    if filling is None:
        return
    values = dict(filling.fields)
    for one in filling.wanted:
        value = values.get(one.name, "")
        if value.strip():
            yield from _of_value(document, one, value)


def _of_value(document: Document, wanted: WantedField, value: str) -> Iterator[Problem]:
    subject = FieldSubject(document.id, wanted.name)
    params: dict[str, str | float] = {"name": document.name, "field": wanted.shown_label}
    try:
        read_answer(wanted.question, value, by_number=False)
    except InputError as error:
        if error.code in _CODES:
            params |= {"most": wanted.most_characters, "choices": ", ".join(wanted.choices)}
            yield Problem(_CODES[error.code], Severity.BLOCKING, subject, params)
            return
    if wanted.rect is None:
        return
    rect = wanted.rect
    drawn = fitted(value, rect.width_pt, rect.height_pt, wanted.size_pt)
    usual_pt = field_size_pt(rect.height_pt, wanted.size_pt)
    if drawn.is_cut:
        yield Problem("form.cut_off", Severity.WARNING, subject, params)
    elif drawn.size_pt < _SMALL * usual_pt:
        sizes = {"size_pt": round(drawn.size_pt, 1), "usual_pt": round(usual_pt, 1)}
        yield Problem("form.drawn_small", Severity.WARNING, subject, params | sizes)
    elif len(drawn.lines) > 1:
        yield Problem("form.several_lines", Severity.HINT, subject, params | {"count": len(drawn.lines)})


def written(wanted: WantedField, text: str) -> str:
    """Return how a value stands in the form; as it was typed, spaces apart, where it can't be right."""
    try:
        return read_answer(wanted.question, text, by_number=False).value
    except InputError:
        return " ".join(text.split())
