"""What palette and style give to all widgets, by what is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from esign_desktop.ui.widgets.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QColor, QImage
    from pytestqt.qtbot import QtBot

LEAST_CONTRAST = 3.0


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    apply_theme(qapp, "light")


def luminance(colour: QColor) -> float:
    shares = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def frame_contrast(picture: QImage, field: QWidget) -> float:
    """Walk down into a field from above, and return how far the strongest pixel on the way stands out."""
    top = field.geometry().top()
    column = [picture.pixelColor(field.geometry().left() + 8, y) for y in range(top - 2, top + field.height() // 2)]
    return max(contrast(colour, column[0]) for colour in column)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_what_can_be_filled_in_has_a_frame_that_is_seen(application: QApplication, qtbot: QtBot, mode: str) -> None:
    apply_theme(application, mode)
    form = QWidget()
    qtbot.addWidget(form)
    column = QVBoxLayout(form)
    fields = (QLineEdit(form), QSpinBox(form), QCheckBox(form))
    for field in fields:
        column.addWidget(field)
    form.show()
    fields[0].clearFocus()
    picture = form.grab().toImage()
    for field in fields:
        assert frame_contrast(picture, field) >= LEAST_CONTRAST, type(field).__name__
