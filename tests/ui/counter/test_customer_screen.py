from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from esign_desktop.ui.counter.customer_screen import LEAST_OF_THE_HEIGHT, CustomerDisplay, CustomerView, Face

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


@pytest.mark.parametrize("size", [(1024, 700), (1366, 768), (1920, 1080)])
def test_a_code_fills_most_of_the_screen_and_leaves_room_for_words(qtbot: QtBot, size: tuple[int, int]) -> None:
    display = CustomerDisplay()
    qtbot.addWidget(display)
    display.show_brand("示例银行", QImage())
    display.resize(*size)
    display.show()
    display.show_view(CustomerView(Face.CODE, TITLE, "张*", "https://sign.example.com/s/7Kd2pQ9vXw", None))
    qtbot.waitUntil(lambda: display.code.height() >= display.code.minimumHeight() > 0)
    assert display.size().toTuple() == size
    image = display.grab().toImage()
    black = [y for y in range(image.height()) if _has_dark(image, y, display.code.mapTo(display, QPoint(0, 0)).x())]
    assert max(black) - min(black) >= LEAST_OF_THE_HEIGHT * size[1]
    title = next(label for label in display.findChildren(QLabel) if label.isVisible() and label.text() == TITLE)
    assert title.width() >= size[0] // 5


def test_the_brand_is_larger_while_nobody_is_served(qtbot: QtBot) -> None:
    display = CustomerDisplay()
    qtbot.addWidget(display)
    logo = QImage(600, 200, QImage.Format.Format_RGB32)
    logo.fill(0)
    display.show_brand("示例银行", logo)
    display.resize(1920, 1080)
    display.show()
    heights_px = {}
    for face in (Face.BLANK, Face.CODE, Face.BLANK):
        display.show_view(CustomerView(face, TITLE, "张*", "https://example.com/s" if face is Face.CODE else "", None))
        heights_px[face] = display.brand.picture.shown_size.height()
    assert heights_px[Face.CODE] < heights_px[Face.BLANK]


def _has_dark(image: QImage, y: int, left: int) -> bool:
    return any(image.pixelColor(x, y).lightness() < 60 for x in range(left, image.width(), 3))
