"""Fields that are filled from the contract while somebody may be typing into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit


def fill(line: QLineEdit, text: str) -> None:
    """Show a text, unless the line holds one that a person has begun and not finished.

    Whoever handles the end of typing calls ``finish`` first, or the line is not filled again.
    """
    if not line.isModified() and line.text() != text:
        line.setText(text)


def finish(line: QLineEdit) -> None:
    """Take what is in the line as finished: from now on it may be filled again."""
    line.setModified(False)
