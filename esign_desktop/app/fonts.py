"""Reads the system's fonts aside, for which the first text that is laid out would else wait."""

from __future__ import annotations

from threading import Thread

from PySide6.QtGui import QImage

from esign_desktop.ui.resources import resource_path


def read_fonts() -> None:
    """Have another thread read them, while modules are imported here; after the application was made.

    PySide lets other threads go on while a picture is loaded, and for the text in this one the fonts are read.
    """
    path = str(resource_path("icons", "first-text.svg"))
    Thread(target=lambda: QImage(path), name="fonts").start()
