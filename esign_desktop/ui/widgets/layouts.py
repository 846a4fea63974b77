"""Layouts written as what stands in them, in order."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Item: TypeAlias = QWidget | QLayout | int | tuple[QWidget | QLayout, int | Qt.AlignmentFlag]
"""What stands there, with its stretch or its alignment if need be; a number alone is a stretch of nothing."""
Margins: TypeAlias = tuple[int, int, int, int]


def hbox(*items: Item, spacing: int = 8, margins: Margins = (0, 0, 0, 0), parent: QWidget | None = None) -> QHBoxLayout:
    """Return a layout from left to right, of ``parent`` if there is one; lengths are in pixels."""
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    _fill(layout, items, spacing, margins)
    return layout


def vbox(*items: Item, spacing: int = 8, margins: Margins = (0, 0, 0, 0), parent: QWidget | None = None) -> QVBoxLayout:
    """Return a layout from above to below, of ``parent`` if there is one; lengths are in pixels."""
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    _fill(layout, items, spacing, margins)
    return layout


def _fill(layout: QBoxLayout, items: tuple[Item, ...], spacing: int, margins: Margins) -> None:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        match item:
            case int(stretch):
                layout.addStretch(stretch)
            case (QWidget() as widget, Qt.AlignmentFlag() as alignment):
                layout.addWidget(widget, 0, alignment)
            case (QWidget() as widget, int(stretch)):
                layout.addWidget(widget, stretch)
            case (QLayout() as inner, int(stretch)):
                layout.addLayout(inner, stretch)
            case QWidget() as widget:
                layout.addWidget(widget)
            case QLayout() as inner:
                layout.addLayout(inner)
            case _:
                raise TypeError(item)
