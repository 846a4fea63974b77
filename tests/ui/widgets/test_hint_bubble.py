"""A hint beside what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from esign_desktop.ui.widgets import theme as theme_module
from esign_desktop.ui.widgets.hint_bubble import HintBubble

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_a_hint_is_as_high_as_its_text_at_every_text_size(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, percent: int
) -> None:
    monkeypatch.setattr(theme_module, "_text_percent", [percent])
    room = QWidget()
    qtbot.addWidget(room)
    room.resize(1400, 900)
    target = QWidget(room)
    target.setGeometry(700, 500, 100, 30)
    room.show()
    bubble = HintBubble(room)
    bubble.point_at(target, "A sentence that takes several lines of the bubble. " * 4, count="1 of 3")
    qtbot.waitUntil(bubble.isVisible)
    label = next(one for one in bubble.findChildren(QLabel) if one.text().startswith("A sentence"))
    assert label.height() == label.heightForWidth(label.width())
