"""Convert a question of a form to a label and an input hint, and check its answer while it is typed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset.questions import AnswerKind, Question
from esign_desktop.services.presets.answers import read_answer
from esign_desktop.ui.text.outside import one_line

translate: Final = QCoreApplication.translate


def question_label(question: Question) -> str:
    """Return the label of a question, with the word *optional* if the answer may be empty."""
    if question.is_optional:
        return translate("AnswerWords", "{label} (optional)").format(label=question.label)
    return question.label


def question_hint(question: Question) -> str:
    """Return a translated hint on the expected input, such as its format."""
    match question.kind:
        case AnswerKind.AMOUNT | AnswerKind.AMOUNT_IN_WORDS:
            return translate("AnswerWords", "Amount in yuan, in digits")
        case AnswerKind.DATE:
            return translate("AnswerWords", "Date, such as 2026-03-09 or 20260309")
        case AnswerKind.CHOICE:
            return translate("AnswerWords", "Option number")
        case AnswerKind.ID_NUMBER:
            return translate("AnswerWords", "Resident ID number")
        case AnswerKind.MOBILE:
            return translate("AnswerWords", "Mobile number")
        case AnswerKind.NUMBER:
            return translate("AnswerWords", "Number, in digits")
        case AnswerKind.CHECK:
            return translate("AnswerWords", "1 to select, 0 to clear")
        case _:
            return translate("AnswerWords", "Exactly as it should appear in the form")


def answer_check(question: Question, text: str) -> str:
    """Return a text with which the user checks an answer while typing: the answer in other words, or the choices.

    The result is empty if there is nothing to check or the answer is not valid yet.
    """
    choices = "   ".join(f"{number} {one_line(one)}" for number, one in enumerate(question.choices, 1))
    try:
        answer = read_answer(question, text)
    except InputError:
        return choices if question.kind is AnswerKind.CHOICE else ""
    match question.kind:
        case _ if not answer.value:
            return choices if question.kind is AnswerKind.CHOICE else ""
        case AnswerKind.TEXT | AnswerKind.MOBILE | AnswerKind.NUMBER:
            return ""
        case AnswerKind.AMOUNT_IN_WORDS | AnswerKind.CHOICE | AnswerKind.CHECK:
            return f"✓ {one_line(answer.value)}"
        case AnswerKind.DATE:
            return f"✓ {answer.value} {answer.check}"
        case _:
            return f"✓ {answer.check or answer.value}"
