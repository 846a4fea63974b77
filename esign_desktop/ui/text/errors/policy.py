"""Sentences for a policy of this computer that is not right, and for what it forbids."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def policy_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    wrong = translate("PolicySentences", "The policy of this computer can't be used: {path}, at {place}.")
    remedies = {
        "too_large": translate("PolicySentences", "It is larger than {value} KB. Shorten it."),
        "not_json": translate("PolicySentences", "It is no JSON ({value}). Correct it there."),
        "twice": translate("PolicySentences", "This is said twice. Keep one of them."),
        "unknown": translate("PolicySentences", "There is no such setting: {value}. Correct or remove it."),
        "missing": translate("PolicySentences", "This is missing: {value}. Add it."),
        "not_among": translate("PolicySentences", "It can be one of: {value}."),
        "without": translate("PolicySentences", "It has to hold {value}."),
        "out_of_range": translate("PolicySentences", "It has to be within {value}."),
        "wrong_type": translate("PolicySentences", "It has to be of the type {value}."),
        "malformed": translate("PolicySentences", "This has another form than the schema says. Correct it."),
        "needs": translate("PolicySentences", "It says something about an environment only together with: {value}."),
        "not_absolute": translate("PolicySentences", "A folder is named with its whole path, or from ~ on: {value}."),
    }
    how = translate("PolicySentences", "To check it: {command}").format(command="esign-desktop --check-policy FILE")
    return {
        **{f"policy.{reason}": (wrong, f"{remedy} {how}") for reason, remedy in remedies.items()},
        "policy.gone": (
            translate("PolicySentences", "There is no file {path}."),
            translate("PolicySentences", "Name the file that is to be checked."),
        ),
        "secret.no_environment": (
            translate("PolicySentences", "It isn't said which environment the project belongs to."),
            translate("PolicySentences", "Add one of: {options}").format(
                options="--environment test, --environment production, --environment own"
            ),
        ),
        "secret.unusable": (
            translate("PolicySentences", "No secret came in, or one that can't be one."),
            translate("PolicySentences", "Hand it over in one line, as the platform's console shows it."),
        ),
        "policy.fixed": (
            translate("PolicySentences", "Your organization has set this; it can't be changed here."),
            translate("PolicySentences", "Ask whoever manages this computer."),
        ),
    }
