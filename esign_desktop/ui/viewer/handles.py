"""The frame around what is selected on a page, and the handles by which it is resized."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

HANDLE_REACH_PX: Final = 3.0
"""So far beside a handle it is taken all the same."""
SMALLEST_WITH_SIDES_PX: Final = 26.0
"""What is lower or narrower has room for handles at its corners alone."""
_HANDLE_PX: Final = 8.0


def paint_frame(painter: QPainter, area: QRectF, accent: QColor) -> None:
    """Paint the frame of a selected mark with its four handles."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(accent, 1.5))
    painter.drawRect(area)
    painter.setBrush(Qt.GlobalColor.white)
    for handle in handles(area):
        painter.drawRect(handle)
    painter.restore()


def paint_outline(painter: QPainter, area: QRectF, accent: QColor) -> None:
    """Paint a frame, clear of what is in it, around what the keyboard is at."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(accent, 2.0))
    painter.drawRoundedRect(area.adjusted(-4, -4, 4, 4), 3, 3)
    painter.restore()


def handles(area: QRectF) -> tuple[QRectF, ...]:
    """Return the squares by which a mark is resized: upper left, upper right, lower right, lower left corner."""
    size = QSizeF(_HANDLE_PX, _HANDLE_PX)
    half = QPointF(_HANDLE_PX / 2, _HANDLE_PX / 2)
    corners = (area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft())
    return tuple(QRectF(corner - half, size) for corner in corners)


def side_handles(area: QRectF) -> tuple[QRectF, ...]:
    """Return the squares in the middle of the sides: upper, right, lower, left."""
    size, half = QSizeF(_HANDLE_PX, _HANDLE_PX), QPointF(_HANDLE_PX / 2, _HANDLE_PX / 2)
    middle = area.center()
    points = (
        QPointF(middle.x(), area.top()),
        QPointF(area.right(), middle.y()),
        QPointF(middle.x(), area.bottom()),
        QPointF(area.left(), middle.y()),
    )
    return tuple(QRectF(point - half, size) for point in points)
