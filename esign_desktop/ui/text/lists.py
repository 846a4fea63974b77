"""Several things in one sentence, and several sentences in one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Iterable


_AFTER_WIDE_MARK: Final = re.compile(r"(?<=[。！？；]) ")


def listed(texts: Iterable[str]) -> str:
    """Return texts one after the other, parted as the language parts them."""
    return QCoreApplication.translate("Lists", ", ").join(texts)


def one_after_another(*sentences: str) -> str:
    """Return sentences in one line, without the empty ones; a full stop as wide as a character needs no space."""
    return _AFTER_WIDE_MARK.sub("", " ".join(filter(None, sentences)))
