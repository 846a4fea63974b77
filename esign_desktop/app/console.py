"""What the command line says to people, in their language, without a window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError


def use_language() -> None:
    """Load the translations of the system's language, for ``translate`` to find."""
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.ui.i18n import Languages

    # The application that there is keeps it.
    application = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    Languages(application).use("")


def print_error(error: AppError) -> None:
    """Print sentence, remedy and detail on the standard error."""
    from esign_desktop.ui.error_sentences import error_sentence

    use_language()
    sentence = error_sentence(error)
    sys.stderr.write(f"{sentence.title} {sentence.remedy} ({sentence.detail})\n")
