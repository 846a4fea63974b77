from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QImage

from esign_desktop.ui.counter.brand_band import CRAMPED_HEIGHT_PX, HEIGHT_PX, BrandBand, read_picture
from esign_desktop.ui.counter.customer_display import CustomerDisplay
from esign_desktop.ui.counter.customer_view import CustomerView, Face

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

RED = QColor("#b3122f")


def picture(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(RED)
    return image


@pytest.mark.parametrize(("width", "height"), [(300, 60), (60, 300), (2000, 100), (20, 20)])
def test_a_picture_keeps_its_shape_in_the_height_there_is(qtbot: QtBot, width: int, height: int) -> None:
    band = BrandBand()
    qtbot.addWidget(band)
    band.show_brand("", picture(width, height))
    for most_px in (HEIGHT_PX, CRAMPED_HEIGHT_PX):
        band.set_cramped(is_cramped=most_px == CRAMPED_HEIGHT_PX)
        shown = band.picture.shown_size
        assert shown.width() / shown.height() == pytest.approx(width / height)
        assert shown.height() <= most_px


def test_a_large_picture_is_read_no_larger_than_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    picture(3200, 800).save(str(path))
    image = read_picture(path)
    assert (image.width(), image.height()) == (1600, 400)


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", b"GIF89a"])
def test_nothing_but_png_and_jpeg_is_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    assert read_picture(path).isNull()
    assert read_picture(tmp_path / "none.png").isNull()


def test_the_mark_stands_above_a_code_and_not_on_a_blank_screen(qtbot: QtBot) -> None:
    display = CustomerDisplay()
    qtbot.addWidget(display)
    display.resize(1280, 800)
    display.show()
    display.show_brand("示例银行", picture(300, 60))
    assert not _is_red_anywhere(display)
    display.show_view(CustomerView(Face.CODE, "借款合同", "张*", "https://platform.example/s/1"))
    assert _is_red_anywhere(display)
    assert display.brand.text == "示例银行"
    assert display.brand.geometry().bottom() < display.code.geometry().top()
    display.show_view(CustomerView())
    assert not _is_red_anywhere(display)


def _is_red_anywhere(display: CustomerDisplay) -> bool:
    image = display.grab().toImage()
    return any(image.pixelColor(x, y) == RED for y in range(0, image.height(), 8) for x in range(0, image.width(), 8))
