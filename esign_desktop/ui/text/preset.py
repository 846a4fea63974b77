"""A preset's roles, seals, fields and problems in words, and how a document differs from the preset's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.placing.placement import CrossPagePlacement, KeywordPlacement
from esign_desktop.domain.preset.edits import RoleKind, SealKind, role_kind, role_title
from esign_desktop.domain.preset.preset import CustomerDatum
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.preset.checks import PresetProblem
    from esign_desktop.domain.preset.differences import Difference
    from esign_desktop.domain.preset.preset import FormField, Preset, PresetSeal, Role


_LONGEST = 40


def role_kind_words() -> dict[str, str]:
    """Return the kinds of roles in words."""
    return {
        RoleKind.CUSTOMER.value: QCoreApplication.translate("PresetWords", "Customer"),
        RoleKind.STAFF.value: QCoreApplication.translate("PresetWords", "Staff, always the same person"),
        RoleKind.BRANCH.value: QCoreApplication.translate("PresetWords", "Branch, with its seal"),
        RoleKind.PLATFORM.value: QCoreApplication.translate("PresetWords", "The platform, silently"),
    }


def seal_kind_words() -> dict[str, str]:
    """Return the ways to find a seal's place in words."""
    return {
        SealKind.KEYWORD.value: QCoreApplication.translate("PresetWords", "At a keyword"),
        SealKind.COORDINATE.value: QCoreApplication.translate("PresetWords", "At a point"),
        SealKind.CROSS_PAGE.value: QCoreApplication.translate("PresetWords", "Across pages"),
    }


def datum_words() -> dict[str, str]:
    """Return what a form field may be filled with, the most usual first."""
    return {
        CustomerDatum.NAME.value: QCoreApplication.translate("PresetWords", "Customer's name"),
        CustomerDatum.ID_NUMBER.value: QCoreApplication.translate("PresetWords", "Customer's ID number"),
        CustomerDatum.MOBILE.value: QCoreApplication.translate("PresetWords", "Customer's phone"),
        CustomerDatum.SEX.value: QCoreApplication.translate("PresetWords", "Customer's sex"),
        CustomerDatum.BIRTH_DATE.value: QCoreApplication.translate("PresetWords", "Customer's date of birth"),
        CustomerDatum.AGE.value: QCoreApplication.translate("PresetWords", "Customer's age"),
        CustomerDatum.TODAY.value: QCoreApplication.translate("PresetWords", "Today's date"),
        CustomerDatum.TYPED.value: QCoreApplication.translate("PresetWords", "Typed in at the counter, as an amount"),
        "": QCoreApplication.translate("PresetWords", "Always the same text"),
    }


def kind_words() -> dict[str, str]:
    """Return what an answer may have to be."""
    return {
        AnswerKind.TEXT.value: QCoreApplication.translate("PresetWords", "Any text"),
        AnswerKind.AMOUNT.value: QCoreApplication.translate("PresetWords", "Amount in digits"),
        AnswerKind.AMOUNT_IN_WORDS.value: QCoreApplication.translate("PresetWords", "Amount in capital characters"),
        AnswerKind.NUMBER.value: QCoreApplication.translate("PresetWords", "A number"),
        AnswerKind.DATE.value: QCoreApplication.translate("PresetWords", "Date"),
        AnswerKind.CHOICE.value: QCoreApplication.translate("PresetWords", "One of some choices"),
        AnswerKind.ID_NUMBER.value: QCoreApplication.translate("PresetWords", "A resident's ID number"),
        AnswerKind.MOBILE.value: QCoreApplication.translate("PresetWords", "A phone number"),
        AnswerKind.CHECK.value: QCoreApplication.translate("PresetWords", "A tick"),
    }


def role_name(role: Role, number: int) -> str:
    """Name a role, also where nobody has called it anything."""
    title = one_line(role_title(role), most_characters=_LONGEST)
    if title:
        return title
    match role_kind(role):
        case RoleKind.CUSTOMER:
            return QCoreApplication.translate("PresetWords", "Customer {number}").format(number=number)
        case RoleKind.PLATFORM:
            return QCoreApplication.translate("PresetWords", "The platform")
        case RoleKind.STAFF:
            return QCoreApplication.translate("PresetWords", "Staff {number}").format(number=number)
        case RoleKind.BRANCH:
            return QCoreApplication.translate("PresetWords", "Branch {number}").format(number=number)


def role_names(preset: Preset) -> dict[str, str]:
    """Return the roles' names by their ids."""
    return {str(role.id): role_name(role, number) for number, role in enumerate(preset.roles, 1)}


def seal_row(seal: PresetSeal, names: dict[str, str]) -> str:
    """Say a seal in a line: whose, and where."""
    place = seal.placement
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
    """Say what a form field is filled with."""
    name = one_line(one.name, most_characters=_LONGEST) or "…"
    if one.datum is None:
        return f"{name} = “{one_line(one.text, most_characters=_LONGEST)}”"
    word = datum_words()[one.datum.value]
    who = names.get(str(one.role_id), "") if one.role_id is not None else ""
    return f"{name} ← {word}" + (f" ({who})" if who else "")


def problem_sentence(problem: PresetProblem) -> str:
    """Say what is wrong with a preset."""
    texts = {
        "field_without_choices": QCoreApplication.translate(
            "PresetProblems", "“{field}” is to be one of some choices, and there are none: type them under Form fields."
        ),
        "name_missing": QCoreApplication.translate("PresetProblems", "The preset has no name."),
        "key_without_customer": QCoreApplication.translate(
            "PresetProblems", "F{key} is for the counter, and this preset has no customer: remove its key."
        ),
        "bad_address": QCoreApplication.translate(
            "PresetProblems", "The address opened after signing must be a complete http or https address."
        ),
        "nobody": QCoreApplication.translate("PresetProblems", "Nobody signs: add a customer under People."),
        "no_customer": QCoreApplication.translate(
            "PresetProblems", "Without a customer it can be used in Prepare, and not at the counter."
        ),
        "titles_alike": QCoreApplication.translate(
            "PresetProblems", "Several customers are called the same: the teller can't tell who is asked for."
        ),
        "staff_unknown": QCoreApplication.translate(
            "PresetProblems", "Choose who signs for the branch before you use it."
        ),
        "without_seal": QCoreApplication.translate("PresetProblems", "“{role}” has no seal anywhere."),
        "silent_without_seal": QCoreApplication.translate(
            "PresetProblems", "“{role}” signs automatically and so needs a place for the seal."
        ),
        "document_without_seal": QCoreApplication.translate("PresetProblems", "Nobody signs “{document}”."),
        "keyword_not_found": QCoreApplication.translate(
            "PresetProblems", "“{keyword}” is not in the document: choose another keyword, or add a point."
        ),
        "keyword_unconfirmed": QCoreApplication.translate(
            "PresetProblems", "“{keyword}” occurs {count} times: confirm all of them under Seals."
        ),
        "customer_is_silent": QCoreApplication.translate(
            "PresetProblems", "“{role}” is a person who signs automatically: the platform may refuse that."
        ),
        "keyword_missing": QCoreApplication.translate("PresetProblems", "Seal {number} has no keyword."),
        "keyword_too_long": QCoreApplication.translate(
            "PresetProblems", "The keyword of seal {number} is longer than {most} characters; it may not be taken."
        ),
        "no_such_page": QCoreApplication.translate(
            "PresetProblems", "Seal {number} stands on page {pages}, but the document has {page_count}."
        ),
        "outside_page": QCoreApplication.translate("PresetProblems", "Seal {number} lies outside of its page."),
        "too_few_pages": QCoreApplication.translate(
            "PresetProblems", "Seal {number} is a cross-page seal and needs at least two pages."
        ),
        "template_id_missing": QCoreApplication.translate(
            "PresetProblems", "“{document}” is made from a template: its id is missing."
        ),
        "field_name_missing": QCoreApplication.translate("PresetProblems", "Form field {number} has no name."),
        "field_twice": QCoreApplication.translate("PresetProblems", "The form field “{field}” is there twice."),
        "field_without_text": QCoreApplication.translate("PresetProblems", "The form field “{field}” stays empty."),
        "field_of_nobody": QCoreApplication.translate(
            "PresetProblems", "The form field “{field}” takes a customer's data, but there is no customer."
        ),
    }
    params = {
        key: one_line(value, most_characters=_LONGEST) if isinstance(value, str) else value
        for key, value in problem.params.items()
    }
    return texts[problem.code].format_map(params)


def difference_sentence(difference: Difference) -> str:
    """Say one difference."""
    texts = {
        "page_count": QCoreApplication.translate("DifferenceWords", "{found} pages instead of {expected}."),
        "page_size": QCoreApplication.translate("DifferenceWords", "Another size of page: {pages}."),
        "text": QCoreApplication.translate("DifferenceWords", "Another text on page: {pages}."),
        "keyword_missing": QCoreApplication.translate("DifferenceWords", "“{keyword}” is missing."),
        "keyword_count": QCoreApplication.translate(
            "DifferenceWords", "“{keyword}” occurs {found} times instead of {expected}."
        ),
        "no_such_page": QCoreApplication.translate("DifferenceWords", "There is no page {pages} for a seal."),
    }
    text = texts.get(difference.code, QCoreApplication.translate("DifferenceWords", "Something else differs."))
    return text.format_map(dict(difference.params))
