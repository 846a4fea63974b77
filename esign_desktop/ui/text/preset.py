"""Convert a preset's roles, seals, form fields and problems, and differences between documents, to translated texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.matching.comparing import ChangeKind
from esign_desktop.domain.placing.placement import CrossPagePlacement, KeywordPlacement
from esign_desktop.domain.preset.edits import RoleKind, role_kind
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.signer import title_of
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.contract.contract import Contract
    from esign_desktop.domain.contract.problems import Problem
    from esign_desktop.domain.matching.comparing import Change
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.domain.preset.differences import Difference
    from esign_desktop.domain.preset.fields import FormField
    from esign_desktop.domain.signer import Signer


_LONGEST = 40


def role_kind_words() -> dict[str, str]:
    """Return the translated names of the kinds of roles, keyed by the values of ``RoleKind``."""
    return {
        RoleKind.CUSTOMER.value: QCoreApplication.translate("PresetWords", "Customer"),
        RoleKind.CUSTOMER_ORGANIZATION.value: QCoreApplication.translate("PresetWords", "Customer organization"),
        RoleKind.STAFF.value: QCoreApplication.translate("PresetWords", "Staff, always the same person"),
        RoleKind.BRANCH.value: QCoreApplication.translate("PresetWords", "Branch, with its seal"),
        RoleKind.PLATFORM.value: QCoreApplication.translate("PresetWords", "Our seal (signs automatically)"),
    }


def datum_words() -> dict[str, str]:
    """Return the translated names of what can fill a form field, the most frequent first.

    The keys are the values of ``CustomerDatum``, and an empty text for fixed text.
    """
    return {
        CustomerDatum.NAME.value: QCoreApplication.translate("PresetWords", "Customer's name"),
        CustomerDatum.ID_NUMBER.value: QCoreApplication.translate("PresetWords", "Customer's ID number"),
        CustomerDatum.MOBILE.value: QCoreApplication.translate("PresetWords", "Customer's mobile number"),
        CustomerDatum.SEX.value: QCoreApplication.translate("PresetWords", "Customer's sex"),
        CustomerDatum.BIRTH_DATE.value: QCoreApplication.translate("PresetWords", "Customer's date of birth"),
        CustomerDatum.AGE.value: QCoreApplication.translate("PresetWords", "Customer's age"),
        CustomerDatum.TODAY.value: QCoreApplication.translate("PresetWords", "Today's date"),
        CustomerDatum.TYPED.value: QCoreApplication.translate(
            "PresetWords", "Entered at the counter, such as an amount"
        ),
        "": QCoreApplication.translate("PresetWords", "Fixed text"),
    }


def kind_words() -> dict[str, str]:
    """Return the translated names of the kinds of answers, keyed by the values of ``AnswerKind``."""
    return {
        AnswerKind.TEXT.value: QCoreApplication.translate("PresetWords", "Any text"),
        AnswerKind.AMOUNT.value: QCoreApplication.translate("PresetWords", "Amount in digits"),
        AnswerKind.AMOUNT_IN_WORDS.value: QCoreApplication.translate("PresetWords", "Amount in words"),
        AnswerKind.NUMBER.value: QCoreApplication.translate("PresetWords", "Number"),
        AnswerKind.DATE.value: QCoreApplication.translate("PresetWords", "Date"),
        AnswerKind.CHOICE.value: QCoreApplication.translate("PresetWords", "Choice"),
        AnswerKind.ID_NUMBER.value: QCoreApplication.translate("PresetWords", "Resident ID number"),
        AnswerKind.MOBILE.value: QCoreApplication.translate("PresetWords", "Mobile number"),
        AnswerKind.CHECK.value: QCoreApplication.translate("PresetWords", "Check box"),
    }


def role_name(role: Signer, number: int) -> str:
    """Return the title of a role, or a generated name if it has none.

    ``number`` is the role's position, counted from 1.
    """
    title = one_line(title_of(role), most_characters=_LONGEST)
    if title:
        return title
    match role_kind(role):
        case RoleKind.CUSTOMER | RoleKind.CUSTOMER_ORGANIZATION:
            return QCoreApplication.translate("PresetWords", "Customer {number}").format(number=number)
        case RoleKind.PLATFORM:
            return QCoreApplication.translate("PresetWords", "Our organization")
        case RoleKind.STAFF:
            return QCoreApplication.translate("PresetWords", "Staff {number}").format(number=number)
        case RoleKind.BRANCH:
            return QCoreApplication.translate("PresetWords", "Branch {number}").format(number=number)


def role_names(contract: Contract) -> dict[str, str]:
    """Return the names of all roles of a contract or preset, keyed by role id."""
    return {str(role.id): role_name(role, number) for number, role in enumerate(contract.signers, 1)}


def seal_row(place: Placement, names: dict[str, str]) -> str:
    """Return a line that names a seal's signer and position. ``names`` contains the names of the roles, keyed by id."""
    who = names.get(str(place.signer_id), "")
    match place:
        case KeywordPlacement(keyword=keyword):
            at = QCoreApplication.translate("PresetWords", "at “{keyword}”").format(
                keyword=one_line(keyword, most_characters=_LONGEST) or "…"
            )
        case CrossPagePlacement(pages=pages):
            at = QCoreApplication.translate("PresetWords", "across pages {pages}").format(pages=pages)
        case _:
            at = QCoreApplication.translate("PresetWords", "on page {pages}").format(pages=place.pages)
    return f"{who} · {at}"


def field_row(one: FormField, names: dict[str, str]) -> str:
    """Return a line with the name of a form field and what fills it.

    ``names`` contains the names of the roles, keyed by id.
    """
    name = one_line(one.name, most_characters=_LONGEST) or "…"
    if one.datum is None:
        return f"{name} = “{one_line(one.text, most_characters=_LONGEST)}”"
    word = datum_words()[one.datum.value]
    who = names.get(str(one.role_id), "") if one.role_id is not None else ""
    return f"{name} ← {word}" + (f" ({who})" if who else "")


def problem_sentence(problem: Problem) -> str:
    """Return the translated sentence for a preset's problem. Raise KeyError if there is none for its code."""
    texts = {
        "field_without_choices": QCoreApplication.translate(
            "PresetProblems", "“{field}” is a choice without options. Enter its options."
        ),
        "name_missing": QCoreApplication.translate("PresetProblems", "The preset has no name."),
        "key_without_customer": QCoreApplication.translate(
            "PresetProblems", "F{key} is a counter key, but this preset has no customer. Remove the key."
        ),
        "bad_address": QCoreApplication.translate(
            "PresetProblems", "The page after signing must be a complete http or https address."
        ),
        "nobody": QCoreApplication.translate("PresetProblems", "No signers: add a customer."),
        "no_customer": QCoreApplication.translate(
            "PresetProblems", "Without a customer, the preset can be used in Prepare but not at the counter."
        ),
        "titles_alike": QCoreApplication.translate(
            "PresetProblems", "Several customers have the same role name, so the teller can't tell them apart."
        ),
        "staff_unknown": QCoreApplication.translate(
            "PresetProblems", "Before you use the preset, choose who represents the branch."
        ),
        "without_seal": QCoreApplication.translate("PresetProblems", "“{role}” has no seal."),
        "silent_without_seal": QCoreApplication.translate(
            "PresetProblems", "“{role}” signs automatically and needs a seal position."
        ),
        "document_without_seal": QCoreApplication.translate("PresetProblems", "“{document}” has no signer."),
        "keyword_not_found": QCoreApplication.translate(
            "PresetProblems", "“{keyword}” isn't in the document. Choose another keyword, or add a fallback position."
        ),
        "keyword_unconfirmed": QCoreApplication.translate(
            "PresetProblems", "“{keyword}” appears {count} times. Select its seal and confirm all of them."
        ),
        "customer_is_silent": QCoreApplication.translate(
            "PresetProblems", "“{role}” is a person who signs automatically. The platform may reject this."
        ),
        "keyword_missing": QCoreApplication.translate("PresetProblems", "Seal {number} has no keyword."),
        "keyword_too_long": QCoreApplication.translate(
            "PresetProblems",
            "The keyword of seal {number} is longer than {most} characters. The platform may reject it.",
        ),
        "no_such_page": QCoreApplication.translate(
            "PresetProblems", "Seal {number} is on page {pages}, but the document has only {page_count}."
        ),
        "outside_page": QCoreApplication.translate("PresetProblems", "Seal {number} is outside its page."),
        "too_few_pages": QCoreApplication.translate(
            "PresetProblems", "Seal {number} is a cross-page seal and needs at least two pages."
        ),
        "template_id_missing": QCoreApplication.translate(
            "PresetProblems", "“{document}” is created from a template, but its template ID is missing."
        ),
        "field_name_missing": QCoreApplication.translate("PresetProblems", "Form field {number} has no name."),
        "field_twice": QCoreApplication.translate("PresetProblems", "The form field “{field}” appears twice."),
        "field_without_text": QCoreApplication.translate(
            "PresetProblems", "The form field “{field}” will be left empty."
        ),
        "field_of_nobody": QCoreApplication.translate(
            "PresetProblems", "The form field “{field}” uses customer data, but there is no customer."
        ),
    }
    params = {
        key: one_line(value, most_characters=_LONGEST) if isinstance(value, str) else value
        for key, value in problem.params.items()
    }
    return texts[problem.code].format_map(params)


def difference_sentence(difference: Difference) -> str:
    """Return the translated sentence for a difference that concerns a preset's seal.

    Differences with an unknown code have a common sentence.
    """
    texts = {
        "keyword_missing": QCoreApplication.translate("DifferenceWords", "“{keyword}” is missing."),
        "keyword_count": QCoreApplication.translate(
            "DifferenceWords", "“{keyword}” found {found} times; the preset expects {expected}."
        ),
        "no_such_page": QCoreApplication.translate("DifferenceWords", "Page {pages}, which has a seal, is missing."),
    }
    text = texts.get(difference.code, QCoreApplication.translate("DifferenceWords", "Other differences found."))
    return text.format_map(dict(difference.params))


def change_sentence(change: Change) -> str:
    """Return the sentence for a difference between a document and its form."""
    texts = {
        ChangeKind.FILLED: QCoreApplication.translate("DifferenceWords", "Filled in on page {page}: “{text}”."),
        ChangeKind.ADDED: QCoreApplication.translate("DifferenceWords", "Added on page {page}: “{text}”."),
        ChangeKind.MISSING: QCoreApplication.translate(
            "DifferenceWords", "Text is missing on page {page} after “{text}”."
        ),
        ChangeKind.MOVED: QCoreApplication.translate("DifferenceWords", "Moved on page {page}: “{text}”."),
        ChangeKind.CHANGED: QCoreApplication.translate("DifferenceWords", "Changed on page {page}: “{text}”."),
        ChangeKind.PARTY_ADDED: QCoreApplication.translate("DifferenceWords", "“{text}” is an additional party."),
        ChangeKind.PARTY_MISSING: QCoreApplication.translate("DifferenceWords", "The party “{text}” is missing."),
        ChangeKind.PLACES: QCoreApplication.translate(
            "DifferenceWords", "“{text}” has a different number of places to sign."
        ),
        ChangeKind.ORDER: QCoreApplication.translate(
            "DifferenceWords", "The places to sign are in a different order, beginning with “{text}”."
        ),
        ChangeKind.UNREAD: QCoreApplication.translate("DifferenceWords", "Page {page} has no readable text."),
    }
    text = one_line(change.text, most_characters=_LONGEST)
    return texts[change.kind].format(page=change.page_number, text=text)
