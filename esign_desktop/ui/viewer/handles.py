"""Paint the frame around a selected mark on a page, and compute the handles by which the user resizes the mark."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

HANDLE_REACH_PX: Final = 3.0
"""The distance from a handle at which a press still counts as a press on the handle, in logical pixels."""
SMALLEST_WITH_SIDES_PX: Final = 26.0
"""The width and height, in logical pixels, from which a mark has handles on its sides, not only at its corners."""
_HANDLE_PX: Final = 8.0


def paint_frame(painter: QPainter, area: QRectF, accent: QColor, *, has_sides: bool = False) -> None:
    """Paint the frame of a selected mark, with a handle at each of its four corners.

    With ``has_sides``, a mark that is large enough has handles on its sides, too.
    """
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(accent, 1.5))
    painter.drawRect(area)
    painter.setBrush(Qt.GlobalColor.white)
    has_sides = has_sides and min(area.width(), area.height()) >= SMALLEST_WITH_SIDES_PX
    for handle in (*handles(area), *(side_handles(area) if has_sides else ())):
        painter.drawRect(handle)
    painter.restore()


def paint_rubber(painter: QPainter, area: QRectF, accent: QColor) -> None:
    """Paint the rectangle that the user is drawing, for example to select what it touches."""
    fill = QColor(accent)
    fill.setAlpha(30)
    painter.setPen(QPen(accent, 1))
    painter.setBrush(fill)
    painter.drawRect(area)


def paint_outline(painter: QPainter, area: QRectF, accent: QColor) -> None:
    """Paint the frame that shows which item has the focus, at a distance of 4 pixels around the item's ``area``."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(accent, 2.0))
    painter.drawRoundedRect(area.adjusted(-4, -4, 4, 4), 3, 3)
    painter.restore()


def handles(area: QRectF) -> tuple[QRectF, ...]:
    """Return the squares of the corner handles of ``area``: upper left, upper right, lower right, lower left."""
    size = QSizeF(_HANDLE_PX, _HANDLE_PX)
    half = QPointF(_HANDLE_PX / 2, _HANDLE_PX / 2)
    corners = (area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft())
    return tuple(QRectF(corner - half, size) for corner in corners)


def side_handles(area: QRectF) -> tuple[QRectF, ...]:
    """Return the squares of the handles in the middle of the sides of ``area``: upper, right, lower, left."""
    size, half = QSizeF(_HANDLE_PX, _HANDLE_PX), QPointF(_HANDLE_PX / 2, _HANDLE_PX / 2)
    middle = area.center()
    points = (
        QPointF(middle.x(), area.top()),
        QPointF(area.right(), middle.y()),
        QPointF(middle.x(), area.bottom()),
        QPointF(area.left(), middle.y()),
    )
    return tuple(QRectF(point - half, size) for point in points)
