"""With rest asked for nothing moves by itself, and what would is at once as it would be in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractAnimation, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from esign_desktop.ui.widgets.motion import BusyBar, is_still, set_still

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

STEPS = 12
STEP_MS = 50


@pytest.fixture
def moving(qapp: QApplication) -> Iterator[None]:
    usual_ms = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(100)
    qapp.setEffectEnabled(Qt.UIEffect.UI_General, True)
    yield
    set_still(is_wanted=False)
    qapp.setEffectEnabled(Qt.UIEffect.UI_General, False)
    qapp.setCursorFlashTime(usual_ms)


def pictures(window: QWidget, qtbot: QtBot) -> list[QImage]:
    taken = []
    for _ in range(STEPS):
        qtbot.wait(STEP_MS)
        taken.append(window.grab().toImage())
    return taken


@pytest.mark.usefixtures("moving")
def test_bars_and_cursors_move_until_rest_is_asked_for(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar, line = BusyBar(window), QLineEdit("typed", window)
    column = QVBoxLayout(window)
    column.addWidget(bar)
    column.addWidget(line)
    window.show()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    moving = pictures(window, qtbot)
    assert any(one != moving[0] for one in moving)
    set_still(is_wanted=True)
    assert is_still()
    assert not QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
    window.hide()
    window.show()
    qtbot.wait(STEP_MS)
    resting = pictures(window, qtbot)
    assert all(one == resting[0] for one in resting)
    assert bar.value() not in {bar.minimum(), bar.maximum()}, "neither begun nor done"
    animations = QApplication.instance().findChildren(QAbstractAnimation)  # type: ignore[union-attr]
    assert not [one for one in animations if one.state() is QAbstractAnimation.State.Running]
    set_still(is_wanted=False)
    assert QApplication.cursorFlashTime() == 100
    assert QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
