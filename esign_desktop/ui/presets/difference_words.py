"""Sentences about how a document differs from the one that a preset was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from esign_desktop.domain.preset_differences import Difference


def difference_sentence(difference: Difference) -> str:
    """Say one difference."""
    texts = {
        "page_count": QCoreApplication.translate("DifferenceWords", "{found} pages instead of {expected}."),
        "page_size": QCoreApplication.translate("DifferenceWords", "Another size of page: {pages}."),
        "text": QCoreApplication.translate("DifferenceWords", "Another text on page: {pages}."),
        "keyword_missing": QCoreApplication.translate("DifferenceWords", "“{keyword}” is missing."),
        "keyword_count": QCoreApplication.translate(
            "DifferenceWords", "“{keyword}” occurs {found} times instead of {expected}."
        ),
        "no_such_page": QCoreApplication.translate("DifferenceWords", "There is no page {pages} for a seal."),
    }
    text = texts.get(difference.code, QCoreApplication.translate("DifferenceWords", "Something else differs."))
    return text.format_map(dict(difference.params))
