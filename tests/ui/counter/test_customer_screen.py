from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QLabel

from esign_desktop.ui.counter.customer_screen import CustomerDisplay, CustomerView, Face

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

SIZE_PX = (1024, 700)
TITLE = "个人借款合同"


def words(display: CustomerDisplay) -> QRect:
    """Return where sentence and title stand together."""
    area = QRect()
    for label in display.findChildren(QLabel):
        if label.isVisible() and label.text() in {"One moment, please", TITLE}:
            area |= QRect(label.mapTo(display, QPoint(0, 0)), label.size())
    return area


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_words_without_a_mark_stand_in_the_middle(qtbot: QtBot, speak: Callable[[str], None]) -> None:
    display = CustomerDisplay()
    qtbot.addWidget(display)
    display.resize(*SIZE_PX)
    display.show_view(CustomerView(Face.SIGNED, TITLE))
    display.show()
    display.show_view(CustomerView(Face.WAIT, TITLE, "张*"))
    qtbot.waitUntil(lambda: abs(words(display).center().y() - SIZE_PX[1] // 2) < 24)


@pytest.mark.parametrize(
    ("language", "left_s", "told"),
    [
        ("zh_CN", 30 * 86_400 - 1, "29 天 23 小时"),
        ("zh_CN", 30 * 86_400, "30 天"),
        ("zh_CN", 2 * 3600 + 5 * 60, "2 小时 5 分钟"),
        ("zh_CN", 3599, "59:59"),
        ("en", 30 * 86_400, "30 days"),
        ("en", 65, "1:05"),
    ],
)
def test_the_time_that_is_left_is_told_as_people_say_it(
    qtbot: QtBot, speak: Callable[[str], None], language: str, left_s: int, told: str
) -> None:
    speak(language)
    display = CustomerDisplay(clock_ms=lambda: 0)
    qtbot.addWidget(display)
    display.show_view(CustomerView(Face.CODE, TITLE, "张*", "https://example.com/s", left_s * 1000))
    texts = [label.text() for label in display.findChildren(QLabel)]
    assert any(text.endswith(f" {told}") for text in texts)
