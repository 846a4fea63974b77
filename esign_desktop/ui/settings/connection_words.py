"""The result of a connection test in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.ui.error_sentences import Sentence, error_sentence

if TYPE_CHECKING:
    from esign_desktop.services.environments import ConnectionReport

CLOCK_TOLERANCE_S: Final = 60.0


def connection_sentence(report: ConnectionReport) -> Sentence:
    """Say whether the platform answered, whether the secret is right, how fast it was, and how the clock stands."""
    clock = _clock_sentence(report.clock_skew_s)
    if report.error is not None:
        sentence = error_sentence(report.error)
        return Sentence(sentence.title, f"{sentence.remedy} {clock}".strip(), sentence.detail)
    title = QCoreApplication.translate(
        "ConnectionWords", "Connected: the platform answered in {latency} ms, and the secret is right."
    ).format(latency=round(report.latency_ms))
    return Sentence(title, clock, report.code)


def is_clock_wrong(report: ConnectionReport) -> bool:
    """Whether this computer's time is so far off that deadlines and certificates suffer."""
    return report.clock_skew_s is not None and abs(report.clock_skew_s) > CLOCK_TOLERANCE_S


def _clock_sentence(skew_s: float | None) -> str:
    if skew_s is None or abs(skew_s) <= CLOCK_TOLERANCE_S:
        return ""
    minutes = max(1, round(abs(skew_s) / 60))
    if skew_s > 0:
        text = QCoreApplication.translate(
            "ConnectionWords", "This computer's clock is %n minute(s) ahead: set it right.", None, minutes
        )
    else:
        text = QCoreApplication.translate(
            "ConnectionWords", "This computer's clock is %n minute(s) behind: set it right.", None, minutes
        )
    return text
