"""Convert the stages and the results of a calibration to translated texts."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.calibration.answers import Answer, NoAnswer
from esign_desktop.domain.calibration.sheet import PIXEL_PT
from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.services.calibration.service import CalibrationStage
from esign_desktop.ui.text.environment import behaviour_names, behaviour_value
from esign_desktop.ui.text.outside import one_line

translate: Final = QCoreApplication.translate
_MOST_CHARACTERS: Final = 200


def calibration_title() -> str:
    """Return the title under which a calibration appears in the list of contracts."""
    return translate("CalibrationWords", "Calibration sheet (not a contract)")


def stage_words(stage: CalibrationStage) -> str:
    """Return the text that is displayed during a stage of the calibration."""
    return {
        CalibrationStage.ACCOUNTS: translate("CalibrationWords", "Looking up the fictitious person's accounts…"),
        CalibrationStage.SENDING: translate("CalibrationWords", "Sending the calibration sheet…"),
        CalibrationStage.WAITING: translate("CalibrationWords", "Waiting for the platform to seal the sheet…"),
        CalibrationStage.DOWNLOADING: translate("CalibrationWords", "Downloading the sealed sheet…"),
        CalibrationStage.MEASURING: translate("CalibrationWords", "Measuring the seals…"),
        CalibrationStage.PAGES: translate("CalibrationWords", "Checking how pages are appended to a template…"),
        CalibrationStage.LINKS: translate("CalibrationWords", "Checking when signing links are returned…"),
    }[stage]


def question_words(answer: Answer) -> str:
    """Return the name of the environment's setting that an answer concerns."""
    return behaviour_names()[answer.question.value]


def now_words(answer: Answer) -> str:
    """Return the current value of the setting that an answer concerns, as a text."""
    return behaviour_value(answer.question.value, answer.now)


def seen_words(answer: Answer) -> str:
    """Return the measured value with its accuracy, or the reason why there is no value."""
    if answer.seen is None:
        return _doubt_words(answer)
    words = behaviour_value(answer.question.value, answer.seen)
    if answer.error_pt is None:
        return words
    error = _mm(answer.error_pt + PIXEL_PT)
    if answer.uncertainty_pt:
        return translate("CalibrationWords", "{answer}, within {error} mm ± {margin} mm").format(
            answer=words, error=error, margin=_mm(answer.uncertainty_pt)
        )
    return translate("CalibrationWords", "{answer}, within {error} mm").format(answer=words, error=error)


def _doubt_words(answer: Answer) -> str:
    plain = {
        NoAnswer.NOT_ASKED: translate("CalibrationWords", "Not tested: this test needs the fictitious person."),
        NoAnswer.NOT_SEEN: translate("CalibrationWords", "Not measured: the seal isn't on the page."),
        NoAnswer.CUT: translate("CalibrationWords", "Not measured: the seal is larger than the space reserved for it."),
        NoAnswer.ALIKE: translate("CalibrationWords", "Not measured: with this seal, both settings look the same."),
        NoAnswer.NEEDS_ANOTHER: translate("CalibrationWords", "Not measured: the first seal must be measured first."),
        NoAnswer.NOT_REVEALED: translate(
            "CalibrationWords", "The platform offers no way to check this. Choose this setting manually."
        ),
        NoAnswer.NOT_APPENDED: translate("CalibrationWords", "No setting matches: the pages weren't appended."),
        NoAnswer.REFUSED: translate("CalibrationWords", "Not measured: the platform rejected the request."),
    }
    if answer.reason is NoAnswer.REFUSED and answer.platform_text:
        words = one_line(answer.platform_text, most_characters=_MOST_CHARACTERS)
        return translate("CalibrationWords", "Not measured: the platform rejected the request ({words}).").format(
            words=words
        )
    if answer.reason is not None and answer.reason in plain:
        return plain[answer.reason]
    if answer.off_pt is None:
        return translate("CalibrationWords", "No setting matches: the two seals have different images.")
    right, up = (f"{pt_to_mm(value):+.1f}" for value in answer.off_pt)
    return translate(
        "CalibrationWords",
        "No setting matches: the seal is {right} mm to the right of the nearest expected "
        "position and {up} mm above it.",
    ).format(right=right, up=up)


def _mm(length_pt: float) -> str:
    # The value is rounded up, so that the error is never larger than stated.
    return f"{pt_to_mm(length_pt) + 0.005:.2f}"
