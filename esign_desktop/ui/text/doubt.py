"""Convert doubts to translated texts: a sentence on the contradiction, and the labels of buttons that resolve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.domain.account import masked_number
from esign_desktop.domain.doubts.doubt import DoubtKind
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.doubts.doubt import Doubt

_SENTENCES: Final = {
    DoubtKind.OTHER_NAME: QT_TRANSLATE_NOOP(
        "DoubtSentences",
        "The document names {paper} as {label}, but the signer is {form}. The document doesn't mention {form}.",
    ),
    DoubtKind.OTHER_NUMBER: QT_TRANSLATE_NOOP(
        "DoubtSentences", "The document gives the ID number {paper} for {label}, but the signer's ID number is {form}."
    ),
    DoubtKind.NAME_IN_OPEN_PLACE: QT_TRANSLATE_NOOP(
        "DoubtSentences", "The document names {paper} as {label}, although this party is different each time."
    ),
    DoubtKind.WORDS_GONE: QT_TRANSLATE_NOOP(
        "DoubtSentences", "{form}'s seal was placed at “{paper}”, but the document no longer contains these words."
    ),
    DoubtKind.SENT_ALREADY: QT_TRANSLATE_NOOP(
        "DoubtSentences", "The same files were already sent to the same signers, and “{paper}” is still being signed."
    ),
    DoubtKind.ANOTHER_SPELLING: QT_TRANSLATE_NOOP(
        "DoubtSentences", "The document names {label} as “{paper}”, but the signer is “{form}”."
    ),
    DoubtKind.ANOTHER_LEGAL: QT_TRANSLATE_NOOP(
        "DoubtSentences",
        "The document names {paper} as legal representative of {label}, but {form} is its representative here.",
    ),
    DoubtKind.NOT_SIGNING: QT_TRANSLATE_NOOP(
        "DoubtSentences", "The document names {paper} as {label}, who isn't a signer of this contract."
    ),
    DoubtKind.SEALS_OVERLAP: QT_TRANSLATE_NOOP("DoubtSentences", "Two cross-page seals of {form} overlap."),
    DoubtKind.SIGNS_FEW: QT_TRANSLATE_NOOP("DoubtSentences", "{form} doesn't sign {paper}."),
    DoubtKind.NOTHING_COMPARED: QT_TRANSLATE_NOOP(
        "DoubtSentences", "No names were found in the document, so it couldn't be compared with the signers."
    ),
}
_NUMBERS: Final = frozenset({DoubtKind.OTHER_NUMBER})


def doubt_sentence(doubt: Doubt) -> str:
    """Return a sentence on the contradiction between the contract and its pages. ID numbers are masked."""
    label = one_line(doubt.label) or QCoreApplication.translate("DoubtSentences", "a party")
    paper, form = (_shown(doubt, text) for text in (doubt.paper, doubt.form))
    sentence = QCoreApplication.translate("DoubtSentences", str(_SENTENCES[doubt.kind]))
    return sentence.format(paper=paper, form=form, label=label)


def taking_words(doubt: Doubt) -> str:
    """Return the label of the button that changes the signer to the party in the document.

    Return an empty text if the doubt cannot be resolved in this way.
    """
    if not doubt.can_take_paper:
        return ""
    return QCoreApplication.translate("DoubtSentences", "Change to {name}").format(name=one_line(doubt.paper))


def keeping_words(doubt: Doubt) -> str:
    """Return the label of the button that confirms the contract as it is.

    Return an empty text if the doubt need not be confirmed.
    """
    if not doubt.is_severe:
        return ""
    match doubt.kind:
        case DoubtKind.SENT_ALREADY:
            return QCoreApplication.translate("DoubtSentences", "Send again")
        case DoubtKind.WORDS_GONE:
            return QCoreApplication.translate("DoubtSentences", "Keep the seal there")
        case DoubtKind.NAME_IN_OPEN_PLACE:
            return QCoreApplication.translate("DoubtSentences", "{name} belongs there").format(
                name=_shown(doubt, doubt.paper)
            )
        case _:
            return QCoreApplication.translate("DoubtSentences", "Keep {name}").format(name=_shown(doubt, doubt.form))


def _shown(doubt: Doubt, text: str) -> str:
    return masked_number(text) if doubt.kind in _NUMBERS else one_line(text)
