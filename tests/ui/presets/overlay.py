"""Stands in for the Prepare room: a sheet over a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from esign_desktop.ui.prepare.overlays import OverlayStack

if TYPE_CHECKING:
    from collections.abc import Callable


class Overlay(OverlayStack):
    def __init__(self) -> None:
        super().__init__(QWidget())

    def show_overlay(self, widget: QWidget, *, may_leave: Callable[[], bool] | None = None) -> None:
        self.push(widget, may_leave or (lambda: True))

    def close_overlay(self, widget: QWidget) -> None:
        self.remove(widget)

    def uncover(self) -> bool:
        return self.clear()
