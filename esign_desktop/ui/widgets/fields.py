"""Fields that are filled from the contract while somebody may be typing into them.

Fields that show what a working copy holds without disturbing whoever types in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QFormLayout, QWidget

from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QComboBox, QLineEdit


def fill(line: QLineEdit, text: str) -> None:
    """Show a text, unless the line holds one that a person has begun and not finished.

    Whoever handles the end of typing calls ``finish`` first, or the line is not filled again.
    """
    if not line.isModified() and line.text() != text:
        line.setText(text)


def finish(line: QLineEdit) -> None:
    """Take what is in the line as finished: from now on it may be filled again."""
    line.setModified(False)


def fields_form(parent: QWidget) -> QFormLayout:
    """Return the layout of a page's fields."""
    form = QFormLayout(parent)
    form.setContentsMargins(4, 16, 4, 4)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(8)
    return form


def show_text(edit: QLineEdit, text: str) -> None:
    """Show a text; what is typed right now stays, with its cursor, when it means the same."""
    if edit.text().strip() != text:
        edit.setText(text)


def show_choices(box: QComboBox, choices: Mapping[str, str], chosen: str | None) -> None:
    """Offer choices by their keys, and show the chosen one."""
    wanted = [(key, one_line(text)) for key, text in choices.items()]
    with QSignalBlocker(box):
        if [(box.itemData(row), box.itemText(row)) for row in range(box.count())] != wanted:
            box.clear()
            for key, text in wanted:
                box.addItem(text, key)
        box.setCurrentIndex(box.findData(chosen))
