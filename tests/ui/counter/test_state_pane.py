from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from esign_desktop.services.counter import CounterState, CounterView
from esign_desktop.ui.counter.state_pane import StatePane
from esign_desktop.ui.theme import apply_theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def pane(qtbot: QtBot, qapp: QApplication) -> StatePane:
    apply_theme(qapp, "light")
    pane = StatePane()
    qtbot.addWidget(pane)
    pane.resize(1100, 500)
    pane.show_view(CounterView(CounterState.SIGNED, title="个人借款合同"))
    pane.show()
    return pane


def letters_px(pane: StatePane) -> list[int]:
    return [label.fontInfo().pixelSize() for label in pane.findChildren(QLabel) if label.isVisible()]


def test_letters_keep_their_size_when_the_theme_changes(pane: StatePane, qapp: QApplication) -> None:
    before = letters_px(pane)
    assert max(before) >= 40
    apply_theme(qapp, "dark")
    after = letters_px(pane)
    apply_theme(qapp, "light")
    assert after == before
