"""The text for settings that an administrator's policy sets."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def policy_sentence() -> str:
    """Return the sentence displayed beside a setting that a policy sets."""
    return QCoreApplication.translate("PolicySentences", "Set by your organization")
