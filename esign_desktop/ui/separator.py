"""A thin line between two parts of a window."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget


def separator(parent: QWidget, *, is_upright: bool = False) -> QFrame:
    """Return the line, in the theme's colour."""
    line = QFrame(parent)
    line.setObjectName("separator")
    line.setFrameShape(QFrame.Shape.VLine if is_upright else QFrame.Shape.HLine)
    return line
