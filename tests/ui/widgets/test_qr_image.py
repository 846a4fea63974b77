from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from esign_desktop.ui.widgets.qr import QUIET_MODULES, file_image, is_web_link, module_image
from tests.ui.qr_reading import decoded

LINK = "https://sign.example.com/s/3fa85f6457174562b3fc2c963f66afa6?appId=1111563657&lang=zh&token=0123456789abcdef"


def test_a_code_says_the_link_and_nothing_else() -> None:
    assert decoded(file_image(LINK)) == [LINK]


def test_the_quiet_zone_is_four_modules_of_white() -> None:
    image = module_image(LINK)
    side = image.width()
    border = [(x, y) for x in range(side) for y in range(side) if min(x, y, side - 1 - x, side - 1 - y) < QUIET_MODULES]
    assert all(image.pixelColor(x, y) == QColor("white") for x, y in border)
    assert image.pixelColor(QUIET_MODULES, QUIET_MODULES) == QColor("black")


def test_a_saved_code_has_whole_pixels_for_each_module() -> None:
    modules, saved = module_image(LINK), file_image(LINK)
    assert saved.width() % modules.width() == 0
    assert saved.width() >= 800
    colours = {saved.pixelColor(x, x).name() for x in range(saved.width())}
    assert colours == {"#000000", "#ffffff"}


@pytest.mark.parametrize("link", ["https://sign.example.com/s/1", "http://127.0.0.1:8000/s/1?a=b#c"])
def test_web_links_are_drawn(link: str) -> None:
    assert is_web_link(link)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "file:///etc/hostname",
        "javascript:alert(1)",
        "https://",
        "https://sign.example.com\\@evil.example.com/",
        "https://sign.example.com@evil.example.com/",
        "https://sign.example.com/ with spaces",
        "alipays://platformapi",
    ],
)
def test_anything_else_is_not(link: str) -> None:
    assert not is_web_link(link)
