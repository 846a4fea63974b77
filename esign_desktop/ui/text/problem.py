"""Problems in words: what was found, in a sentence a clerk can act on."""

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
"""The names of icons."""

_SENTENCES: Final = {
    "contract.no_documents": QT_TRANSLATE_NOOP(
        "ProblemSentences", "There is no document yet: add the PDF to be signed."
    ),
    "contract.no_signers": QT_TRANSLATE_NOOP("ProblemSentences", "There is no signer yet: add who is to sign."),
    "options.no_scene": QT_TRANSLATE_NOOP("ProblemSentences", "The contract has no title."),
    "options.deadline_past": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The signing deadline has already passed: choose a later one."
    ),
    "options.archive_too_short": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Archiving would end before the signing deadline: choose a later date."
    ),
    "options.bad_redirect": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The return address must be a complete http or https address."
    ),
    "options.unknown_initiator": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The initiator is no longer among the signers: choose another."
    ),
    "options.initiator_elsewhere": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The platform doesn't know the initiator in this environment: choose them again."
    ),
    "options.payer_elsewhere": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The platform doesn't know the payer in this environment: choose them again."
    ),
    "options.unknown_payer": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The payer is no longer among the signers: choose another."
    ),
    "options.nobody_is_told": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Nobody is notified by the platform: show the QR code or pass on the link yourself."
    ),
    "package.quarter_left": QT_TRANSLATE_NOOP("ProblemSentences", "A quarter of the package or less is left."),
    "package.tenth_left": QT_TRANSLATE_NOOP("ProblemSentences", "A tenth of the package or less is left."),
    "package.thirty_days_left": QT_TRANSLATE_NOOP("ProblemSentences", "The package ends within 30 days."),
    "package.fifteen_days_left": QT_TRANSLATE_NOOP("ProblemSentences", "The package ends within 15 days."),
    "package.used_up": QT_TRANSLATE_NOOP(
        "ProblemSentences", "As counted here, the package is used up: the platform will refuse this contract."
    ),
    "package.over": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The package has ended: the platform will refuse this contract."
    ),
    "package.too_few": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "As counted here, {left} contract(s) are left and {count} are needed: the platform will refuse this.",
    ),
    "document.already_signed": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{name}” is already digitally signed; stamping it would break that signature."
    ),
    "document.encrypted": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{name}” is encrypted; the platform may refuse it. Save an unprotected copy if you may."
    ),
    "document.repaired": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{name}” was damaged and has been repaired for display; look at every page before sending."
    ),
    "document.large": QT_TRANSLATE_NOOP("ProblemSentences", "“{name}” has {size_mb} MB; the upload may take long."),
    "document.long_name": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The name “{name}” is very long; the platform may shorten it."
    ),
    "document.no_name": QT_TRANSLATE_NOOP("ProblemSentences", "A document has no name."),
    "document.nobody_signs": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Nobody signs “{name}”: place a seal on it or remove it."
    ),
    "form.value_missing": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The form “{name}” still lacks {count} value(s): {fields}. Fill them in below the document."
    ),
    "form.too_many_pages": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The tables of “{name}” would add {count} pages, and the platform takes {most} at most: shorten them.",
    ),
    "form.too_long": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” may have {most} characters at most."),
    "form.no_amount": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” has to be an amount in yuan, such as 12,000.50."
    ),
    "form.no_number": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” has to be a number."),
    "form.no_date": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” has to be a date that exists, such as 2026-03-09."
    ),
    "form.no_choice": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” has to be one of: {choices}."),
    "form.no_tick": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” is a tick, or stays empty."),
    "form.bad_id_number": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” is no valid ID number; check it for a typing mistake."
    ),
    "form.bad_mobile": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” does not look like a mobile number."
    ),
    "form.cut_off": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{field}” in “{name}” is far too long for its field and will be cut off."
    ),
    "form.drawn_small": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "“{field}” in “{name}” is long for its field: it will be {size_pt} pt small instead of {usual_pt} pt.",
    ),
    "form.several_lines": QT_TRANSLATE_NOOP("ProblemSentences", "“{field}” in “{name}” will stand in {count} lines."),
    "form.without_values": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Nothing is filled into the form “{name}”: it goes out as the template has it."
    ),
    "form.correction_empty": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Nothing is filled into the form “{name}”, and an empty one must not replace the contract that is corrected:"
        " fill it in below the document.",
    ),
    "form.values_unknown": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "What the form “{name}” was filled with is not known here, and an empty one must not replace the contract that"
        " is corrected: revoke that one in Track, and start a new contract from the preset.",
    ),
    "signer.places_seal_themselves": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number} has no place to sign: they will sign every document and place the seal themselves.",
    ),
    "signer.signs_nothing": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number} signs none of the documents: place a seal of theirs, or let them place it themselves.",
    ),
    "signer.silent_without_place": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} signs automatically and so needs a place for the seal."
    ),
    "signer.silent_person": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number} is a person who signs automatically; the platform may require an authorization.",
    ),
    "signer.no_name": QT_TRANSLATE_NOOP("ProblemSentences", "Signer {number} has no name."),
    "signer.no_agent_name": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the person who acts for the organization has no name."
    ),
    "signer.no_code": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the organization's registration code is missing."
    ),
    "signer.no_id_number": QT_TRANSLATE_NOOP("ProblemSentences", "Signer {number}: the ID number is missing."),
    "signer.no_mobile": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} is to be notified by SMS but has no mobile number."
    ),
    "signer.no_email": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} is to be notified by e-mail but has no address."
    ),
    "signer.long_third_id": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: your reference is longer than 50 bytes."
    ),
    "signer.application_twice": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: our seal can be used by one signer only."
    ),
    "signer.twice": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number} is entered twice: give all the seals to one entry and remove the other."
    ),
    "signer.bad_id_number": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the ID number is not valid; check it for a typing mistake."
    ),
    "signer.residence_permit": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Signer {number}: the number of a residence permit from Hong Kong, Macao or Taiwan, for which the platform has"
        " no kind. It goes as an identity card; if that is refused, choose the travel permit.",
    ),
    "signer.bad_code": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: the registration code is not valid; check it for a typing mistake."
    ),
    "signer.bad_mobile": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: this does not look like a mobile number."
    ),
    "signer.bad_email": QT_TRANSLATE_NOOP(
        "ProblemSentences", "Signer {number}: this does not look like an e-mail address."
    ),
    "placement.orphan": QT_TRANSLATE_NOOP(
        "ProblemSentences", "A seal belongs to a document or signer that is gone: remove it."
    ),
    "placement.beyond_the_end": QT_TRANSLATE_NOOP(
        "ProblemSentences", "A seal is meant for pages {pages}, but the document ends at page {page_count}."
    ),
    "placement.unverified": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "The words beside a seal on page {page} were not found in the new version: move the seal, or confirm it.",
    ),
    "placement.qr_without_effect": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The QR mark has no effect on a seal that stands on several pages."
    ),
    "placement.turned_or_cropped_page": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Page {page} is rotated or cropped; the platform may put the seal elsewhere. Check the signed file.",
    ),
    "placement.off_the_page": QT_TRANSLATE_NOOP(
        "ProblemSentences", "A seal lies mostly outside of page {page}: move it."
    ),
    "placement.over_the_edge": QT_TRANSLATE_NOOP(
        "ProblemSentences", "A seal crosses the edge of page {page} and would be cut off."
    ),
    "placement.overlap": QT_TRANSLATE_NOOP("ProblemSentences", "Two seals overlap on page {page}."),
    "keyword.empty": QT_TRANSLATE_NOOP("ProblemSentences", "A keyword seal has no keyword."),
    "keyword.long": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The keyword “{keyword}” is longer than 30 characters; the platform may not take it."
    ),
    "keyword.not_searched": QT_TRANSLATE_NOOP("ProblemSentences", "“{keyword}” is still being searched for."),
    "keyword.not_found": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{keyword}” does not occur in “{name}”: no seal would be placed."
    ),
    "keyword.not_found_beside_scans": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "“{keyword}” does not occur in “{name}”; page {pages} is a scan without text: place the seal there by click.",
    ),
    "keyword.no_text_layer": QT_TRANSLATE_NOOP(
        "ProblemSentences", "“{name}” is a scan without text, so “{keyword}” can't be found: place the seal by click."
    ),
    "keyword.many": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "“{keyword}” occurs {count} times in “{name}”: {count} seals will be placed. Please confirm.",
    ),
    "keyword.spelled_differently": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Page {page} spells “{keyword}” as “{text}”; the platform may not find it. Use that spelling or coordinates.",
    ),
    "cross_page.one_page": QT_TRANSLATE_NOOP("ProblemSentences", "A cross-page seal needs at least two pages."),
    "cross_page.thin_slices": QT_TRANSLATE_NOOP(
        "ProblemSentences",
        "Over {count} pages, each slice of the cross-page seal is only {slice_mm} mm wide: choose fewer pages.",
    ),
    "cross_page.mixed_sizes": QT_TRANSLATE_NOOP(
        "ProblemSentences", "The pages of the cross-page seal differ in size; the slices may not meet."
    ),
    "cross_page.turned_page": QT_TRANSLATE_NOOP(
        "ProblemSentences", "A page of the cross-page seal is rotated; its slice may stand at another edge."
    ),
}


def known_codes() -> frozenset[str]:
    """Return the codes that have a sentence."""
    return frozenset(_SENTENCES)


def problem_sentence(problem: Problem) -> str:
    """Word a problem in the language of the window. A code without a sentence shows as itself."""
    sentence = _SENTENCES.get(problem.code)
    if not sentence:
        return problem.code
    params = {name: one_line(value) if isinstance(value, str) else value for name, value in problem.params.items()}
    return QCoreApplication.translate("ProblemSentences", str(sentence)).format(**params)
