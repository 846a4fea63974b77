"""Convert the problems of a contract to translated sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.domain.contract.problems import Severity
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.contract.problems import Problem

SEVERITY_ICONS: Final = {
    Severity.BLOCKING: "error",
    Severity.CONFIRM: "warning",
    Severity.WARNING: "warning",
    Severity.HINT: "info",
}
"""The name of the icon for each severity."""

_SENTENCES: Final = {
    "contract.no_documents": QT_TRANSLATE_NOOP("ProblemSentences", "Add a PDF to continue."),
    "contract.no_signers": QT_TRANSLATE_NOOP("ProblemSentences", "The contract has no signers."),
    "options.no_scene": QT_TRANSLATE_NOOP("ProblemSentences", "The contract has no title."),
    "options.deadline_past": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The signing deadline has already passed. Choose a later one."
    ),
    "options.archive_too_short": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The archiving period would end before the signing deadline. Choose a later date."
    ),
    "options.bad_redirect": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The page after signing must be a complete http or https address."
    ),
    "options.unknown_initiator": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The initiator is no longer a signer. Choose another."
    ),
    "options.initiator_elsewhere": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The initiator has no platform account in this environment. Choose again."
    ),
    "options.payer_elsewhere": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The payer has no platform account in this environment. Choose again."
    ),
    "options.unknown_payer": QT_TRANSLATE_NOOP("ProblemSentences", "The payer is no longer a signer. Choose another."),
    "options.nobody_is_told": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The platform notifies no one. Show the QR code or share the link yourself."
    ),
    "package.quarter_left": QT_TRANSLATE_NOOP("ProblemSentences", "A quarter of your plan or less is left."),
    "package.tenth_left": QT_TRANSLATE_NOOP("ProblemSentences", "A tenth of your plan or less is left."),
    "package.thirty_days_left": QT_TRANSLATE_NOOP("ProblemSentences", "Your plan ends within 30 days."),
    "package.fifteen_days_left": QT_TRANSLATE_NOOP("ProblemSentences", "Your plan ends within 15 days."),
    "package.used_up": QT_TRANSLATE_NOOP(
        "ProblemSentences", "By this computer's count, your plan is used up and the platform will reject this contract."
    ),
    "package.over": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Your plan has ended. The platform will reject this contract."
    ),
    "package.too_few": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "By this computer's count, this contract uses {count} from your plan, which has "
        "only {left} left. The platform will reject the contract.",
    ),
    "account.another_name": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The account or reference of signer {number} is saved on this computer under another name."
    ),
    "account.new_name": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The ID number of signer {number} is saved on this computer under another name. "
        "Check the name and the ID number.",
    ),
    "account.unknown_here": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the account isn't known in this environment. Enter the ID number."
    ),
    "account.number_needed": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number} has a new mobile number or email address. Enter the ID number, or leave both empty.",
    ),
    "account.code_needed": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} has a new representative. Enter the organization's registration number."
    ),
    "account.keeps_details": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number}: the representative hasn't changed, so the platform keeps the "
        "earlier legal representative and email address.",
    ),
    "document.changed": QT_TRANSLATE_NOOP("ProblemSentences", "The file of “{name}” has changed since you opened it."),
    "document.missing": QT_TRANSLATE_NOOP("ProblemSentences", "“{name}” is no longer in its folder."),
    "document.already_signed": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{name}” is digitally signed. A seal would invalidate the signature."
    ),
    "document.encrypted": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "“{name}” is encrypted, and the platform may reject it. If you're allowed to, save an unprotected copy.",
    ),
    "document.repaired": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{name}” was damaged and repaired for display. Check every page before sending."
    ),
    "document.large": QT_TRANSLATE_NOOP("ProblemSentences", "“{name}” is {size_mb} MB; the upload may be slow."),
    "document.long_name": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The name “{name}” is very long. The platform may shorten it."
    ),
    "document.no_name": QT_TRANSLATE_NOOP("ProblemSentences", "A document has no name."),
    "document.nobody_signs": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{name}” has no signer. Place a seal on it or remove it."
    ),
    "form.value_missing": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The form “{name}” still has empty fields ({count}): {fields}. Fill them in below the document.",
    ),
    "form.too_many_pages": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "{count} pages would follow “{name}”; the platform accepts at most {most}. Shorten the tables or remove pages.",
    ),
    "form.block_missing": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The pages of “{block}” after “{name}” are missing or have changed on this computer. Add the file again.",
    ),
    "form.too_long": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” can have at most {most} characters."),
    "form.no_amount": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” must be an amount in yuan, such as 12,000.50."
    ),
    "form.no_number": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” must be a number."),
    "form.no_date": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” must be a valid date, such as 2026-03-09."
    ),
    "form.no_choice": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” must be one of: {choices}."),
    "form.no_tick": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” is a check box; it can only be selected or left empty."
    ),
    "form.bad_id_number": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}”: invalid ID number. Check for typing mistakes."
    ),
    "form.bad_mobile": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}”: invalid mobile number."),
    "form.cut_off": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” is far too long for its field and will be cut off."
    ),
    "form.drawn_small": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "“{field}” in “{name}” is too long for its field. The text will be reduced from {usual_pt} pt to {size_pt} pt.",
    ),
    "form.several_lines": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” will take {count} lines."),
    "form.without_values": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The form “{name}” is empty and will be sent as it is in the template."
    ),
    "form.correction_empty": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The form “{name}” is empty, and an empty form can't replace the contract being "
        "corrected. Fill it in below the document.",
    ),
    "form.values_unknown": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The values of the form “{name}” aren't known on this computer, and an empty "
        "form can't replace the contract being corrected. Revoke that contract in Track, "
        "and start a new one from the preset.",
    ),
    "signer.places_seal_themselves": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number} has no seal position. This signer will sign every document and "
        "choose where to place the seal.",
    ),
    "signer.signs_nothing": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number} has no document to sign. Place a seal for this signer, or let the signer place it.",
    ),
    "signer.silent_without_place": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} signs automatically and needs a seal position."
    ),
    "signer.silent_person": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number} is a person who signs automatically. The platform may require an authorization.",
    ),
    "signer.no_name": QT_TRANSLATE_NOOP("ProblemSentences", "Signer {number} has no name."),
    "signer.no_agent_name": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the organization's representative has no name."
    ),
    "signer.no_code": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the organization's registration number is missing."
    ),
    "signer.no_id_number": QT_TRANSLATE_NOOP("ProblemSentences", "Signer {number}: the ID number is missing."),
    "signer.no_mobile": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} is to be notified by SMS but has no mobile number."
    ),
    "signer.no_email": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} is notified by email but has no email address."
    ),
    "signer.long_third_id": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: your reference is longer than 50 bytes."
    ),
    "signer.application_twice": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: only one signer can use our seal."
    ),
    "signer.twice": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} is listed twice. Assign all seals to one entry and remove the other."
    ),
    "signer.bad_id_number": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the ID number is invalid. Check for typing mistakes."
    ),
    "signer.residence_permit": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number}: this residence permit number for residents of Hong Kong, Macao "
        "or Taiwan has no matching type on the platform. It will be submitted as an "
        "identity card. If the platform rejects it, choose the travel permit.",
    ),
    "signer.bad_code": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the registration number is invalid. Check for typing mistakes."
    ),
    "signer.bad_mobile": QT_TRANSLATE_NOOP("ProblemSentences", "Signer {number}: invalid mobile number."),
    "signer.bad_email": QT_TRANSLATE_NOOP("ProblemSentences", "Signer {number}: invalid email address."),
    "placement.orphan": QT_TRANSLATE_NOOP(
        "ProblemSentences", "A seal belongs to a document or signer that no longer exists. Remove it."
    ),
    "placement.beyond_the_end": QT_TRANSLATE_NOOP(
        "ProblemSentences", "A seal is set for pages {pages}, but the document has only {page_count}."
    ),
    "placement.unverified": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The text next to a seal on page {page} wasn't found in the new version. Move "
        "the seal, or confirm its position.",
    ),
    "placement.qr_without_effect": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The QR mark has no effect on a seal that spans several pages."
    ),
    "placement.turned_or_cropped_page": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Page {page} is rotated or cropped, and the platform may place the seal elsewhere. Check the signed file.",
    ),
    "placement.off_the_page": QT_TRANSLATE_NOOP("ProblemSentences", "A seal is mostly outside page {page}. Move it."),
    "placement.over_the_edge": QT_TRANSLATE_NOOP(
        "ProblemSentences", "A seal extends past the edge of page {page} and would be cut off."
    ),
    "placement.overlap": QT_TRANSLATE_NOOP("ProblemSentences", "Two seals overlap on page {page}."),
    "keyword.empty": QT_TRANSLATE_NOOP("ProblemSentences", "A keyword seal has no keyword."),
    "keyword.long": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The keyword “{keyword}” is longer than 30 characters. The platform may reject it."
    ),
    "keyword.not_searched": QT_TRANSLATE_NOOP("ProblemSentences", "Still searching for “{keyword}”."),
    "keyword.not_found": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{keyword}” isn't in “{name}”, so no seal would be placed."
    ),
    "keyword.not_found_beside_scans": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "“{keyword}” isn't in “{name}”, and page {pages} is a scan without text. Place the seal there by clicking.",
    ),
    "keyword.no_text_layer": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "“{name}” is a scan without text, so “{keyword}” can't be found. Place the seal by clicking.",
    ),
    "keyword.many": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "“{keyword}” appears {count} times in “{name}”, so {count} seals will be placed. Please confirm.",
    ),
    "keyword.spelled_differently": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Page {page} spells “{keyword}” as “{text}”, and the platform may not find it. "
        "Use that spelling or a fixed position.",
    ),
    "cross_page.one_page": QT_TRANSLATE_NOOP("ProblemSentences", "A cross-page seal needs at least two pages."),
    "cross_page.thin_slices": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Across {count} pages, each part of the cross-page seal is only {slice_mm} mm wide. Choose fewer pages.",
    ),
    "cross_page.mixed_sizes": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The pages of the cross-page seal differ in size, so its parts may not align."
    ),
    "cross_page.turned_page": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The cross-page seal includes a rotated page; the part on that page may appear on a different edge.",
    ),
}


def known_codes() -> frozenset[str]:
    """Return the codes of the problems that have a sentence."""
    return frozenset(_SENTENCES)


def problem_sentence(problem: Problem) -> str:
    """Return the translated sentence for a problem, or the problem's code if there is no sentence."""
    sentence = _SENTENCES.get(problem.code)
    if not sentence:
        return problem.code
    params = {name: one_line(value) if isinstance(value, str) else value for name, value in problem.params.items()}
    return QCoreApplication.translate("ProblemSentences", str(sentence)).format(**params)
