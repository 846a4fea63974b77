from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPainter

from esign_desktop.ui.widgets.qr import QrCode, module_image
from esign_desktop.ui.widgets.theme import apply_theme
from tests.ui.qr_reading import decoded, seen_on
from tests.ui.widgets.test_qr_image import LINK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def code(qtbot: QtBot) -> QrCode:
    widget = QrCode()
    qtbot.addWidget(widget)
    widget.show_text(LINK)
    widget.show()
    return widget


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[None]:
    style, palette, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "light")
    qapp.setStyleSheet(style)
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.mark.parametrize(("width", "height"), [(300, 300), (421, 377), (640, 900), (205, 800)])
def test_it_can_be_read_at_any_size(code: QrCode, width: int, height: int) -> None:
    code.resize(width, height)
    assert seen_on(code) == [LINK]


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_modules_are_whole_pixels_of_the_screen(code: QrCode, ratio: float) -> None:
    code.resize(400, 400)
    image = QImage(round(400 * ratio), round(400 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("magenta"))
    painter = QPainter(image)
    code.render(painter, QPoint(0, 0))
    painter.end()
    image.setDevicePixelRatio(1.0)
    assert decoded(image) == [LINK]


def test_nothing_but_black_and_white_is_drawn(code: QrCode) -> None:
    code.resize(333, 333)
    image = code.grab().toImage()
    side = module_image(LINK).width() * (333 // module_image(LINK).width())
    start = (333 - side) // 2
    colours = {image.pixelColor(start + x, start + x // 2).name() for x in range(side)}
    assert colours == {"#000000", "#ffffff"}


def test_it_is_black_on_white_in_the_dark_theme_too(dark: None, code: QrCode) -> None:
    code.resize(400, 400)
    assert seen_on(code) == [LINK]


def test_it_never_gets_too_small_to_read(code: QrCode) -> None:
    assert code.minimumSizeHint().width() >= 3 * module_image(LINK).width()


def test_it_can_be_cleared(code: QrCode) -> None:
    code.show_text("")
    assert seen_on(code) == []
    assert code.text == ""


def test_a_code_drawn_elsewhere_is_taken_only_if_it_says_the_same(code: QrCode, qtbot: QtBot) -> None:
    other = QrCode()
    qtbot.addWidget(other)
    other.show_text(LINK, drawn=code)
    assert other.modules == code.modules
    other.show_text(f"{LINK}-another", drawn=code)
    other.resize(600, 600)
    assert decoded(other.grab().toImage()) == [f"{LINK}-another"]
    other.show_text("", drawn=code)
    assert other.modules.isNull()
