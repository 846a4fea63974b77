"""Stands in for the Prepare room: a sheet over a desk."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget


class Overlay(QStackedWidget):
    def __init__(self) -> None:
        super().__init__()
        self.addWidget(QWidget())

    def show_overlay(self, widget: QWidget) -> None:
        self.addWidget(widget)
        self.setCurrentWidget(widget)

    def close_overlay(self) -> None:
        while (widget := self.widget(1)) is not None:
            self.removeWidget(widget)
            widget.deleteLater()
