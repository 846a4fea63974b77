from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QImageIOHandler, QImageWriter

from esign_desktop.ui.counter.customer_screen import CustomerDisplay, CustomerView, Face
from esign_desktop.ui.widgets.brand_band import CRAMPED_HEIGHT_PX, HEIGHT_PX, BrandBand, read_picture

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
        band.set_height(most_px)
        shown = band.picture.shown_size
        assert shown.width() / shown.height() == pytest.approx(width / height)
        assert shown.height() <= most_px


def test_a_large_picture_is_read_no_larger_than_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    picture(3200, 800).save(str(path))
    image = read_picture(path)
    assert (image.width(), image.height()) == (1600, 400)


def test_a_picture_is_read_by_another_process_as_qt_reads_it(tmp_path: Path) -> None:
    made = QImage(40, 20, QImage.Format.Format_ARGB32)
    made.fill(QColor(0, 0, 0, 0))
    for x in range(20):
        made.setPixelColor(x, 3, RED)
    made.save(str(tmp_path / "logo.png"))
    image = read_picture(tmp_path / "logo.png")
    assert (image.width(), image.height()) == (40, 20)
    assert image.pixelColor(5, 3) == RED
    # It stands on white, always.
    assert image.pixelColor(30, 3) == QColor("white")


def test_a_photograph_that_lies_on_its_side_is_set_upright(tmp_path: Path) -> None:
    made = picture(80, 40)
    for x in range(40):
        for y in range(40):
            made.setPixelColor(x, y, QColor("white"))
    writer = QImageWriter(str(tmp_path / "logo.jpg"), b"jpeg")
    writer.setTransformation(QImageIOHandler.Transformation.TransformationRotate90)
    assert writer.write(made)
    image = read_picture(tmp_path / "logo.jpg")
    assert (image.width(), image.height()) == (40, 80)
    assert image.pixelColor(20, 5).green() > 200
    assert image.pixelColor(20, 75).green() < 100


def test_a_picture_of_a_gigabyte_is_none(tmp_path: Path) -> None:
    head = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0"
    bomb = zlib.compress(bytes(1_000_000))

    def chunk(content: bytes) -> bytes:
        return (len(content) - 4).to_bytes(4, "big") + content + zlib.crc32(content).to_bytes(4, "big")

    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(head) + chunk(b"IDAT" + bomb) + chunk(b"IEND"))
    assert read_picture(tmp_path / "logo.png").isNull()


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", b"GIF89a"])
def test_nothing_but_png_and_jpeg_is_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    assert read_picture(path).isNull()
    assert read_picture(tmp_path / "none.png").isNull()


def test_the_mark_stands_above_a_code_alone_between_customers_and_not_on_a_covered_screen(qtbot: QtBot) -> None:
    display = CustomerDisplay()
    qtbot.addWidget(display)
    display.resize(1280, 800)
    display.show()
    display.show_brand("示例银行", picture(300, 60))
    assert _is_red_anywhere(display)
    assert abs(display.brand.geometry().center().y() - display.height() // 2) < 24
    display.show_view(CustomerView(Face.CODE, "借款合同", "张*", "https://platform.example/s/1"))
    assert _is_red_anywhere(display)
    assert display.brand.text == "示例银行"
    assert display.brand.geometry().bottom() < display.code.mapTo(display, QPoint(0, 0)).y()
    display.show_view(CustomerView(is_covered=True))
    assert not _is_red_anywhere(display)


def _is_red_anywhere(display: CustomerDisplay) -> bool:
    image = display.grab().toImage()
    return any(image.pixelColor(x, y) == RED for y in range(0, image.height(), 8) for x in range(0, image.width(), 8))
