"""Find invalid values in a contract's forms, and values that do not fit into their fields."""

from __future__ import annotations

from functools import lru_cache
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
"""The fraction of the usual text size below which a warning is shown."""


def value_problems(draft: ContractDraft) -> tuple[Problem, ...]:
    """Return the problems with a contract's form values, in the order of documents and fields.

    Empty values are not considered, because another check reports them.
    """
    return tuple(problem for document in draft.documents for problem in _of_document(document))


def _of_document(document: Document) -> Iterator[Problem]:
    filling = document.template
    if filling is None:
        return
    values = dict(filling.fields)
    for wanted in filling.wanted:
        value = values.get(wanted.name, "")
        fault = _fault(wanted, value) if value.strip() else None
        if fault is not None:
            told: dict[str, str | float] = {"name": document.name, "field": wanted.shown_label, **fault.params}
            yield Problem(fault.code, fault.severity, FieldSubject(document.id, wanted.name), told)


@lru_cache(2048)
def _fault(wanted: WantedField, value: str) -> Problem | None:
    """Return the problem with one value, without the problem's subject.

    Results are cached because all values are checked at each keystroke.
    """
    params: dict[str, str | float] = {}
    try:
        read_answer(wanted.question, value, by_number=False)
    except InputError as error:
        if error.code in _CODES:
            params |= {"most": wanted.most_characters, "choices": ", ".join(wanted.choices)}
            return Problem(_CODES[error.code], Severity.BLOCKING, params=params)
    if wanted.rect is None:
        return None
    rect = wanted.rect
    drawn = fitted(value, rect.width_pt, rect.height_pt, wanted.size_pt)
    usual_pt = field_size_pt(rect.height_pt, wanted.size_pt)
    if drawn.is_cut:
        return Problem("form.cut_off", Severity.WARNING)
    if drawn.size_pt < _SMALL * usual_pt:
        sizes = {"size_pt": round(drawn.size_pt, 1), "usual_pt": round(usual_pt, 1)}
        return Problem("form.drawn_small", Severity.WARNING, params=sizes)
    if len(drawn.lines) > 1:
        return Problem("form.several_lines", Severity.HINT, params={"count": len(drawn.lines)})
    return None


def written(wanted: WantedField, text: str) -> str:
    """Return a value as the form shows it. An invalid value is returned as typed, with single spaces between words."""
    try:
        return read_answer(wanted.question, text, by_number=False).value
    except InputError:
        return " ".join(text.split())
