"""Provide the text for settings that an administrator's policy sets."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def policy_sentence() -> str:
    """Return the sentence that is displayed beside a setting which the policy sets."""
    return QCoreApplication.translate("PolicySentences", "Set by your organization")
