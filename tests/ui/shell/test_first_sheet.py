from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from esign_desktop.ui.shell.first_sheet import FirstSheet
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PLACE = QRect(250, 50, 600, 500)
INK = QColor(200, 30, 30)


def page() -> QImage:
    image = QImage(500, 700, QImage.Format.Format_RGB32)
    image.fill(INK)
    return image


def test_page_stands_in_the_middle_of_its_place_and_is_told_once(qtbot: QtBot) -> None:
    sheet = FirstSheet(PLACE)
    qtbot.addWidget(sheet)
    told: list[bool] = []
    sheet.painted.connect(lambda: told.append(True))
    sheet.resize(1000, 600)
    sheet.show()
    qtbot.waitExposed(sheet)
    bare = sheet.grab().toImage()
    assert bare.pixelColor(550, 300) == QColor(theme().ground)
    assert not told
    sheet.show_image(page())
    qtbot.waitUntil(lambda: bool(told))
    full = sheet.grab().toImage()
    assert full.pixelColor(300 + 1, 300) == INK
    assert full.pixelColor(300 - 2, 300) == QColor(theme().ground)
    assert full.pixelColor(800 - 2, 300) == INK
    assert full.pixelColor(800 + 2, 300) == QColor(theme().ground)
    # What is below the place belongs to the status line.
    assert full.pixelColor(550, 570) == QColor(theme().panel)
    assert told == [True]
