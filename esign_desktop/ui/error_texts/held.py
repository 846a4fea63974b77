"""Sentences for a send of which nobody knows whether it arrived."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def held_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    return {
        "submission.may_be_visible": (
            translate("ErrorSentences", "The signers may see this contract already."),
            translate(
                "ErrorSentences",
                "This platform shows a contract as soon as it is started. Ask the signers or the platform's support"
                " before you give this send up and send the contract anew.",
            ),
        ),
        "submission.stale_answer": (
            translate("ErrorSentences", "The answer that came belongs to another contract."),
            translate(
                "ErrorSentences",
                "It was not believed. If this happens again, somebody may be interfering with the connection.",
            ),
        ),
        "document.empty": (
            translate("ErrorSentences", "A document's file is empty."),
            translate("ErrorSentences", "Save it again in the program it comes from, and add it anew."),
        ),
    }
