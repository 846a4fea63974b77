"""The customer's screen, with all that can stand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from esign_desktop.ui.counter.customer_screen import CustomerDisplay, CustomerView, Face
from tests.pictures.fixed_world import NOW_MS

if TYPE_CHECKING:
    from tests.pictures.studio import Studio

SIZE_PX = (1024, 700)
_LINK = "https://sign.example.com/s/7Kd2pQ9vXw"
_VALID_FOR_MS = (28 * 60 + 40) * 1000


def play(studio: Studio) -> None:
    """It is black on white, whatever the theme."""
    display = CustomerDisplay()
    display.show_brand("示例银行", QImage())
    display.resize(*SIZE_PX)
    display.show()
    views = {
        "blank": CustomerView(),
        "wait": CustomerView(Face.WAIT, "个人借款合同", "张*"),
        "code": CustomerView(Face.CODE, "个人借款合同", "张*", _LINK, NOW_MS + _VALID_FOR_MS),
        "signed": CustomerView(Face.SIGNED, "个人借款合同"),
        "ask": CustomerView(Face.ASK),
    }
    for name, view in views.items():
        display.show_view(view)
        studio.take(f"customer-{name}", display, theme_free=True)
    display.close()
    display.deleteLater()
