"""Questions that a form asks in addition to the customers' data, and the kinds of answers to these questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_CHARACTERS: Final = 200


class AnswerKind(StrEnum):
    """The kind of answer that a question expects. The values are stored in the database.

    For AMOUNT_IN_WORDS, the user types the amount in digits.
    """

    TEXT = "text"
    AMOUNT = "amount"
    AMOUNT_IN_WORDS = "amount_in_words"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that asks the user for the value of a form field.

    ``name`` is the name of the form field, and ``label`` is displayed to the user. ``choices`` is used only if ``kind``
    is CHOICE.
    """

    name: str
    label: str
    kind: AnswerKind = AnswerKind.TEXT
    choices: tuple[str, ...] = ()
    most_characters: int = MAX_CHARACTERS
    is_optional: bool = False


# The first match decides.
_GUESSES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"身份证(号|$)|id[\s_-]?(card|no|num)", AnswerKind.ID_NUMBER),
        (r"手机|mobile", AnswerKind.MOBILE),
        (r"大写|in[\s_-]?words", AnswerKind.AMOUNT_IN_WORDS),
        (r"金额|款额|价款|总价|租金|本金|押金|定金|(?<![a-z])(amount|price|sum)(?![a-z])", AnswerKind.AMOUNT),
        (r"日期|年月日|(?<![a-z])date(?![a-z])", AnswerKind.DATE),
    )
)


def guessed_kind(words: str) -> AnswerKind:
    """Return the kind of answer that a field's name suggests, or TEXT if the name suggests none."""
    for pattern, kind in _GUESSES:
        if pattern.search(words):
            return kind
    return AnswerKind.TEXT


def readable_name(name: str) -> str:
    """Return a field's name in readable form, such as "Loan amount" for ``form1[0].page[0].loan_amount[0]``."""
    last = re.sub(r"\[[0-9]+\]$", "", name.rpartition(".")[2])
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"[_\s]+", " ", last)).strip()
    if words.isascii() and words and not words.isupper():
        words = words[0].upper() + words[1:].lower()
    return words or name
