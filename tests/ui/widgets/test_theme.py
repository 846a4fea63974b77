"""What palette and style give to all widgets, by what is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFocusFrame,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.ui.widgets.focus_ring import FocusRing
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.theme import DARK, HIGH_CONTRAST, HIGH_CONTRAST_LIGHT, LIGHT, Theme, apply_theme, set_tone
from tests.pictures.legibility import HIGH_TEXT, TEXT, contrast, faint, unmarked_stops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

LEAST_CONTRAST = 3.0
LEAST_OF_A_TICKED_BOX = 2.5
"""The tick inside has a contrast above 3."""


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    apply_theme(qapp, "light")


def test_what_floats_over_a_text_is_not_measured_in_its_place(application: QApplication, qtbot: QtBot) -> None:
    apply_theme(application, "light")
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("Mobile", window)
    label.setStyleSheet("color: #a0a0a0;")
    label.move(40, 40)
    window.show()
    assert [one for one in faint(window) if "Mobile" in one]
    message = QFrame(window)
    message.setObjectName("message")
    message.setGeometry(20, 20, 40, 60)
    message.show()
    assert faint(window) == []


def frame_contrast(picture: QImage, field: QWidget) -> float:
    """Walk down into a field from above, and return how far the strongest pixel on the way stands out."""
    top = field.geometry().top()
    column = [picture.pixelColor(field.geometry().left() + 8, y) for y in range(top - 2, top + field.height() // 2)]
    return max(contrast(colour, column[0]) for colour in column)


@pytest.mark.parametrize("mode", ["light", "dark", "contrast", "contrast_light"])
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


@pytest.mark.parametrize("mode", ["light", "dark", "contrast", "contrast_light"])
def test_a_ticked_box_of_a_list_has_a_frame_that_is_seen(application: QApplication, qtbot: QtBot, mode: str) -> None:
    apply_theme(application, mode)
    rows = QListWidget()
    qtbot.addWidget(rows)
    item = QListWidgetItem("")
    item.setCheckState(Qt.CheckState.Checked)
    rows.addItem(item)
    rows.show()
    where = rows.visualItemRect(item)
    picture = rows.viewport().grab().toImage()
    lines = [
        "".join(
            "#" if contrast(picture.pixelColor(x, y), picture.pixelColor(200, y)) >= LEAST_OF_A_TICKED_BOX else " "
            for x in range(40)
        )
        for y in range(where.top(), where.bottom() + 1)
    ]
    # A tick alone has no line of this length.
    assert sum("#" * 9 in line for line in lines) >= 2


@pytest.mark.parametrize("colours", [LIGHT, DARK, HIGH_CONTRAST, HIGH_CONTRAST_LIGHT])
def test_inks_can_be_read_on_the_grounds_that_they_stand_on(colours: Theme) -> None:
    grounds = (colours.window, colours.panel, colours.base, colours.alternate, colours.button)
    inks = (colours.text, colours.hint, colours.danger, colours.success)
    pairs = [(ink, ground) for ink in inks for ground in grounds]
    pairs += [(colours.on_accent, colours.fill), (colours.warning_ink, colours.warning_ground)]
    pairs += [(ink, colours.accent_ground) for ink in inks]
    if colours.is_high:
        pairs += [(colours.line, ground) for ground in grounds]
    least = HIGH_TEXT if colours.is_high else TEXT
    assert [(one.name(), other.name()) for one, other in pairs if contrast(one, other) < least] == []


@pytest.mark.parametrize("mode", ["light", "dark", "contrast", "contrast_light"])
def test_what_is_painted_can_be_read_and_shows_that_it_has_the_keyboard(
    application: QApplication, qtbot: QtBot, mode: str
) -> None:
    for other in application.findChildren(FocusRing):
        # A test that dressed the same application before has left its ring.
        shiboken6.delete(other)
    ring = FocusRing(application)
    apply_theme(application, mode)
    form = QWidget()
    qtbot.addWidget(form)
    column = QVBoxLayout(form)
    tabs, combo, rows, label = QTabBar(form), QComboBox(form), QListWidget(form), QLabel("to be decided", form)
    tabs.addTab("One")
    tabs.addTab("Two")
    combo.addItems(["first", "second"])
    rows.addItems(["a row", "another"])
    rows.setCurrentRow(0)
    buttons = [QPushButton(name, form) for name in ("primary", "danger", "compact")]
    for button in buttons:
        button.setObjectName(button.text())
    for widget in (*buttons, QLineEdit("typed", form), QCheckBox("tick", form), tabs, combo, rows, label):
        column.addWidget(widget)
    # One that fills its place has no room for a ring around it.
    tight = QWidget(form)
    filling = QComboBox(tight)
    filling.addItem("filling")
    hbox(filling, parent=tight)
    column.addWidget(tight)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    for tone in ("hint", "danger", "success", "warning", ""):
        set_tone(label, tone)
        assert faint(form) == [], tone
    assert unmarked_stops(form) == []
    buttons[0].setFocus()
    QTest.keyClick(buttons[0], Qt.Key.Key_Tab)
    (frame,) = (one for one in form.findChildren(QFocusFrame) if one.widget() is buttons[1])
    QTest.mouseClick(buttons[2], Qt.MouseButton.LeftButton)
    assert not frame.isVisible()
    ring.deleteLater()


def test_a_label_takes_its_tone_along_when_the_theme_changes(application: QApplication, qtbot: QtBot) -> None:
    label = QLabel("the code is gone")
    qtbot.addWidget(label)
    set_tone(label, "danger")
    label.show()
    for mode in ("light", "dark"):
        apply_theme(application, mode)
        assert faint(label.window()) == []
        assert label.palette().color(label.foregroundRole()) == (LIGHT if mode == "light" else DARK).danger
