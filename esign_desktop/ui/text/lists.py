"""Several things in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Iterable


def listed(texts: Iterable[str]) -> str:
    """Return texts one after the other, parted as the language parts them."""
    return QCoreApplication.translate("Lists", ", ").join(texts)
