"""Says that something is not a person's own choice here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def policy_sentence() -> str:
    """Return the sentence beside what a policy sets."""
    return QCoreApplication.translate("PolicySentences", "Set by your organization")
