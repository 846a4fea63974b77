"""Convert errors to sentences for the user, and to details for support."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.ui.text.errors.documents import pdf_texts, typing_texts
from esign_desktop.ui.text.errors.importing import importing_texts
from esign_desktop.ui.text.errors.platform import answer_texts, calibration_texts, connection_texts
from esign_desktop.ui.text.errors.policy import handover_words, policy_texts
from esign_desktop.ui.text.errors.presets import bulk_texts, preset_texts
from esign_desktop.ui.text.errors.sending import environment_texts, held_texts, sending_texts
from esign_desktop.ui.text.errors.storage import copy_texts, keyring_texts, restoring_texts, store_texts
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError

_MOST_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True)
class Sentence:
    """The translated texts of an error.

    ``title`` states the error, and ``remedy`` the action that the user can take. ``detail`` is for support and contains
    no personal data. ``title`` and ``remedy`` may quote texts from outside, so they must be displayed as plain text.
    """

    title: str
    remedy: str
    detail: str

    @property
    def text(self) -> str:
        """The title and the remedy in one line."""
        return one_after_another(one_line(self.title), self.remedy)


def error_sentence(error: AppError) -> Sentence:
    """Return the texts of an error in the current language. If its code is unknown, the title contains the code.

    Texts from outside are inserted as one line. A value that the error lacks is shown as a dash.
    """
    detail = f"{error.code}: {_bounded(error.detail)}" if error.detail else error.code
    texts = _texts_of(error)
    if texts is None:
        title = QCoreApplication.translate("ErrorSentences", "The operation failed ({code}).").format(code=error.code)
        remedy = QCoreApplication.translate(
            "ErrorSentences", "Try again. If it happens again, send this code to support."
        )
        return Sentence(title, remedy, detail)
    values = SentenceValues({"detail": error.detail, "msg": str(getattr(error, "msg", "")), **error.params})
    for name, value in values.items():
        values[name] = _bounded(value)
    if error.code.startswith("handover.") and "place" in values:
        values["place"] = handover_words(str(values["place"]))
        if error.code == "handover.missing":
            values["value"] = handover_words(str(values["value"]))
    title, remedy = (text.format_map(values) for text in texts)
    return Sentence(title, remedy, detail)


def _texts_of(error: AppError) -> tuple[str, str] | None:
    """Return the title and the remedy of an error, or None if its code is unknown.

    Texts for the error's HTTP status take precedence, then those for the class of the status, such as ``5xx``.
    """
    texts, status = error_texts(), error.params.get("status")
    keys = (f"{error.code} {status}", f"{error.code} {str(status)[:1]}xx", error.code)
    return next((texts[key] for key in keys if key in texts), None)


def error_texts() -> dict[str, tuple[str, str]]:
    """Return the title and the remedy of all errors, keyed by the code, or by the code and an HTTP status.

    The texts contain the names of values in braces.
    """
    return {
        **connection_texts(),
        **answer_texts(),
        **calibration_texts(),
        **pdf_texts(),
        **typing_texts(),
        **store_texts(),
        **keyring_texts(),
        **sending_texts(),
        **held_texts(),
        **preset_texts(),
        **bulk_texts(),
        **environment_texts(),
        **copy_texts(),
        **restoring_texts(),
        **importing_texts(),
        **policy_texts(),
    }


def _bounded(value: str | float) -> str | float:
    """Return a value from outside without characters that could reorder or hide the sentence around it."""
    return one_line(value, most_characters=_MOST_CHARACTERS) if isinstance(value, str) else value


class SentenceValues(dict[str, str | float]):
    """The values that are inserted into a sentence.

    A missing value is a dash, so that the sentence can be displayed.
    """

    def __missing__(self, key: str) -> str:
        return "–"
