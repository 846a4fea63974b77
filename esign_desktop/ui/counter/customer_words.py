"""Sentences about a customer's line, for a teller."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from esign_desktop.services.counter import CustomerProblem
from esign_desktop.services.resident import ResidentFacts, Sex


def problem_sentence(problem: CustomerProblem) -> str:
    """Say what is wrong with a line, or what to look at."""
    return {
        CustomerProblem.NAME_MISSING: QCoreApplication.translate("CustomerWords", "The name is missing."),
        CustomerProblem.NUMBER_MISSING: QCoreApplication.translate("CustomerWords", "The ID number is missing."),
        CustomerProblem.NUMBER_WRONG: QCoreApplication.translate(
            "CustomerWords", "This ID number can't be right: compare it with the card."
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
            "CustomerWords", "A number is neither an ID number nor a phone number."
        ),
        CustomerProblem.ANOTHER_NAME: QCoreApplication.translate(
            "CustomerWords", "This ID number is known under another name: compare with the card."
        ),
        CustomerProblem.MOBILE_MISSING: QCoreApplication.translate(
            "CustomerWords", "Without a phone number; the code on the screen works all the same."
        ),
        CustomerProblem.MINOR: QCoreApplication.translate(
            "CustomerWords", "Under eighteen: may this person sign alone?"
        ),
    }[problem]


def person_words(facts: ResidentFacts) -> str:
    """Say what is to be compared with the person at the desk."""
    sex = (
        QCoreApplication.translate("CustomerWords", "male")
        if facts.sex is Sex.MALE
        else QCoreApplication.translate("CustomerWords", "female")
    )
    return QCoreApplication.translate("CustomerWords", "{sex}, {years} years").format(sex=sex, years=facts.age_years)
