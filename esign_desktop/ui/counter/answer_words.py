"""How a form's question is asked, and what an answer is compared with, for a teller."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.errors import InputError
from esign_desktop.services.counter import AnswerKind, Question, read_answer
from esign_desktop.ui.words.outside_text import one_line


def question_label(question: Question) -> str:
    """Say what is asked for."""
    if question.is_optional:
        return QCoreApplication.translate("AnswerWords", "{label} (may stay empty)").format(label=question.label)
    return question.label


def question_hint(question: Question) -> str:
    """Say how it is to be typed."""
    match question.kind:
        case AnswerKind.AMOUNT | AnswerKind.AMOUNT_IN_WORDS:
            return QCoreApplication.translate("AnswerWords", "Amount in yuan, in digits")
        case AnswerKind.DATE:
            return QCoreApplication.translate("AnswerWords", "Date, such as 2026-03-09 or 20260309")
        case AnswerKind.CHOICE:
            return QCoreApplication.translate("AnswerWords", "The number of a choice")
        case AnswerKind.ID_NUMBER:
            return QCoreApplication.translate("AnswerWords", "ID number of a resident")
        case AnswerKind.MOBILE:
            return QCoreApplication.translate("AnswerWords", "Phone number")
        case _:
            return QCoreApplication.translate("AnswerWords", "As it is to stand in the form")


def answer_check(question: Question, text: str) -> str:
    """Say what is to be compared while an answer is typed: the choices, or the same in other words."""
    choices = "   ".join(f"{number} {one_line(one)}" for number, one in enumerate(question.choices, 1))
    try:
        answer = read_answer(question, text)
    except InputError:
        return choices if question.kind is AnswerKind.CHOICE else ""
    match question.kind:
        case _ if not answer.value:
            return choices if question.kind is AnswerKind.CHOICE else ""
        case AnswerKind.TEXT | AnswerKind.MOBILE:
            return ""
        case AnswerKind.AMOUNT_IN_WORDS | AnswerKind.CHOICE:
            return f"✓ {one_line(answer.value)}"
        case AnswerKind.DATE:
            return f"✓ {answer.value} {answer.check}"
        case _:
            return f"✓ {answer.check}"
