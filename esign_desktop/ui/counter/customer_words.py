"""Sentences about a customer's line, for a teller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale

from esign_desktop.domain.person_documents import DOCUMENT_WORDS
from esign_desktop.services.counter import CustomerProblem
from esign_desktop.services.resident import ResidentFacts, Sex

if TYPE_CHECKING:
    from esign_desktop.domain.account import PersonIdType

_RESIDENT_CHARACTERS: Final = 18
_MOBILE_CHARACTERS: Final = 11


def problem_sentence(problem: CustomerProblem) -> str:
    """Say what is wrong with a line, or what to look at."""
    return {
        CustomerProblem.NAME_MISSING: QCoreApplication.translate("CustomerWords", "The name is missing."),
        CustomerProblem.NUMBER_MISSING: QCoreApplication.translate("CustomerWords", "The ID number is missing."),
        CustomerProblem.NUMBER_WRONG: QCoreApplication.translate(
            "CustomerWords", "This ID number can't be right: compare it with the card."
        ),
        CustomerProblem.DOCUMENT_UNSAID: QCoreApplication.translate(
            "CustomerWords", "More than one kind of document has such a number: choose it with Ctrl+I."
        ),
        CustomerProblem.DOCUMENT_OTHER: QCoreApplication.translate(
            "CustomerWords", "No document of this kind has such a number: compare it, or choose another with Ctrl+I."
        ),
        CustomerProblem.MOBILE_WRONG: QCoreApplication.translate(
            "CustomerWords", "This phone number can't be right: ask the customer."
        ),
        CustomerProblem.NAME_AMBIGUOUS: QCoreApplication.translate(
            "CustomerWords", "There are several names: leave one."
        ),
        CustomerProblem.NUMBER_AMBIGUOUS: QCoreApplication.translate(
            "CustomerWords", "There are several ID numbers: leave one."
        ),
        CustomerProblem.MOBILE_AMBIGUOUS: QCoreApplication.translate(
            "CustomerWords", "There are several phone numbers: leave one."
        ),
        CustomerProblem.UNREAD: QCoreApplication.translate(
            "CustomerWords", "A number is neither a resident's nor a phone number: Ctrl+I says whose document it is."
        ),
        CustomerProblem.ANOTHER_NAME: QCoreApplication.translate(
            "CustomerWords", "This ID number is known under another name: compare with the card."
        ),
        CustomerProblem.MOBILE_MISSING: QCoreApplication.translate(
            "CustomerWords", "Without a phone number; the code on the screen works all the same."
        ),
        CustomerProblem.MOBILE_KEPT: QCoreApplication.translate(
            "CustomerWords",
            "The platform keeps the phone number that it has; the code on the screen works all the same.",
        ),
        CustomerProblem.MINOR: QCoreApplication.translate(
            "CustomerWords", "Under eighteen: may this person sign alone?"
        ),
    }[problem]


def document_word(kind: PersonIdType) -> str:
    """Return what is written into the line for a kind of document; the line is read with it."""
    chinese, english = DOCUMENT_WORDS[kind][0], DOCUMENT_WORDS[kind][-1]
    return chinese if QLocale().language() == QLocale.Language.Chinese else english


def compared_number(number: str) -> str:
    """Write a number as it is compared with the card: in groups that the eye can follow."""
    if len(number) == _RESIDENT_CHARACTERS:
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    if number.isdecimal() and len(number) == _MOBILE_CHARACTERS:
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return number


def person_words(facts: ResidentFacts) -> str:
    """Say what is to be compared with the person at the desk."""
    sex = (
        QCoreApplication.translate("CustomerWords", "male")
        if facts.sex is Sex.MALE
        else QCoreApplication.translate("CustomerWords", "female")
    )
    return QCoreApplication.translate("CustomerWords", "{sex}, {years} years").format(sex=sex, years=facts.age_years)
