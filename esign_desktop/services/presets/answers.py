"""Check answers that a user has typed for form fields, such as amounts of money, dates, choices and numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.amounts import amount_in_words, is_in_words, plain_amount
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset.questions import AnswerKind, Question
from esign_desktop.domain.templates import TICK
from esign_desktop.services.people.identity import is_plausible_mobile, is_resident_number

if TYPE_CHECKING:
    from collections.abc import Callable


_DATE: Final = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?)")
_DIGIT_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_WEEKDAYS: Final = "一二三四五六日"
_NUMBER: Final = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?%?")
_TICKS: Final = frozenset({TICK, "✓", "✔", "是", "x", "y", "yes", "true", "on", "1"})
_NO_TICKS: Final = frozenset({"否", "n", "no", "false", "off", "0"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A valid answer, which is personal data.

    ``value`` is inserted into the form. ``check`` is the same value in another notation, which lets the user compare
    the two.
    """

    value: str = field(repr=False)
    check: str = field(default="", repr=False)


def read_answer(question: Question, text: str, *, by_number: bool = True) -> Answer:
    """Check the text that a user has typed, and return it as an answer.

    For an optional question, empty text is valid. If ``by_number`` is True, a choice may be given by its number (1 for
    the first choice). Raises InputError ``answer.empty``, ``answer.too_long`` (with ``most``), or, depending on the
    question's kind, ``answer.no_amount``, ``answer.no_number``, ``answer.no_date``, ``answer.no_choice``,
    ``answer.no_tick``, ``answer.bad_id_number`` or ``answer.bad_mobile``. All errors have the parameter ``label``.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain:
        if question.is_optional:
            return Answer("")
        raise InputError("answer.empty", label=question.label)
    if question.kind is AnswerKind.CHOICE:
        answer = _choice(question, plain, by_number=by_number)
    else:
        answer = _READERS[question.kind](question, plain)
    if len(answer.value) > question.most_characters:
        raise InputError("answer.too_long", label=question.label, most=question.most_characters)
    return answer


def chinese_date(day: date) -> str:
    """Return a date in the notation of Chinese forms, such as 2026年03月08日."""
    return f"{day:%Y}年{day:%m}月{day:%d}日"


def _text(_question: Question, plain: str) -> Answer:
    return Answer(plain)


def _amount(question: Question, plain: str) -> Answer:
    if is_in_words(plain):
        return Answer(plain)
    amount = plain_amount(_folded(plain))
    if not amount:
        raise InputError("answer.no_amount", label=question.label)
    return Answer(amount, amount_in_words(amount))


def _amount_in_words(question: Question, plain: str) -> Answer:
    amount = _amount(question, plain)
    return Answer(amount.check, amount.value) if amount.check else amount


def _date(question: Question, plain: str) -> Answer:
    folded = _folded(plain).replace(" ", "")
    found = _DATE.fullmatch(folded) or _DIGIT_DATE.fullmatch(folded)
    numbers = [int(part) for part in found.groups() if part and part.isdecimal()] if found is not None else []
    try:
        day = date(*numbers)
    except (ValueError, TypeError):
        raise InputError("answer.no_date", label=question.label) from None
    return Answer(chinese_date(day), f"星期{_WEEKDAYS[day.weekday()]}")


def _choice(question: Question, plain: str, *, by_number: bool) -> Answer:
    folded = _folded(plain)
    if by_number and folded.isdecimal() and 0 < int(folded) <= len(question.choices):
        return Answer(question.choices[int(folded) - 1])
    for choice in question.choices:
        if _folded(choice).casefold() == folded.casefold():
            return Answer(choice)
    raise InputError("answer.no_choice", label=question.label)


def _id_number(question: Question, plain: str) -> Answer:
    number = _folded(plain).replace(" ", "").upper()
    if not is_resident_number(number):
        raise InputError("answer.bad_id_number", label=question.label)
    return Answer(number, f"{number[:6]} {number[6:14]} {number[14:]}")


def _mobile(question: Question, plain: str) -> Answer:
    number = re.sub(r"[ -]", "", _folded(plain))
    kind = PersonIdType.PASSPORT if number.startswith("+") else PersonIdType.RESIDENT_IDENTITY
    if not is_plausible_mobile(number, kind):
        raise InputError("answer.bad_mobile", label=question.label)
    return Answer(number)


def _number(question: Question, plain: str) -> Answer:
    number = _folded(plain).replace(" ", "")
    if not _NUMBER.fullmatch(number):
        raise InputError("answer.no_number", label=question.label)
    return Answer(number)


def _check(question: Question, plain: str) -> Answer:
    """Return the answer for a check box. The platform fills in only text, so a ticked box is a character."""
    folded = _folded(plain).casefold()
    if folded in _TICKS:
        return Answer(TICK)
    if folded not in _NO_TICKS:
        raise InputError("answer.no_tick", label=question.label)
    if not question.is_optional:
        raise InputError("answer.empty", label=question.label)
    return Answer("")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


_READERS: Final[dict[AnswerKind, Callable[[Question, str], Answer]]] = {
    AnswerKind.TEXT: _text,
    AnswerKind.AMOUNT: _amount,
    AnswerKind.AMOUNT_IN_WORDS: _amount_in_words,
    AnswerKind.NUMBER: _number,
    AnswerKind.DATE: _date,
    AnswerKind.CHECK: _check,
    AnswerKind.ID_NUMBER: _id_number,
    AnswerKind.MOBILE: _mobile,
}
