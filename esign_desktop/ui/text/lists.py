"""Join items into a list, and sentences into a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Iterable


_AFTER_WIDE_MARK: Final = re.compile(r"(?<=[。！？；]) ")


def listed(texts: Iterable[str]) -> str:
    """Return the texts as one text, joined by the list separator of the current language."""
    return QCoreApplication.translate("Lists", ", ").join(texts)


def one_after_another(*sentences: str) -> str:
    """Return the sentences that are not empty in one line. No space follows full-width punctuation."""
    return _AFTER_WIDE_MARK.sub("", " ".join(filter(None, sentences)))
