"""Draw a large sign of a state on a disc. Each state has its own sign and color."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.override import override
from esign_desktop.ui.widgets.theme import theme


def status_ink(status: FlowStatus) -> QColor | None:
    """Return the color of the text of a flow's status, or None for the default color."""
    match status:
        case FlowStatus.COMPLETED:
            return theme().success
        case FlowStatus.TERMINATED | FlowStatus.EXPIRED:
            return theme().danger
        case FlowStatus.UNKNOWN | FlowStatus.DRAFT:
            return theme().warning_ink
        case FlowStatus.REVOKED:
            return theme().hint
        case FlowStatus.SIGNING:
            return None


class Mark(Enum):
    """The sign of a state. The value is the color of its disc, and its strokes in a square with sides of 1."""

    DONE = ("#15803d", (((0.30, 0.52), (0.44, 0.66), (0.71, 0.36)),))
    STOPPED = ("#b91c1c", (((0.36, 0.36), (0.64, 0.64)), ((0.64, 0.36), (0.36, 0.64))))
    PAUSED = ("#475569", (((0.42, 0.36), (0.42, 0.64)), ((0.58, 0.36), (0.58, 0.64))))
    FAILED = ("#b45309", (((0.5, 0.28), (0.5, 0.56)), ((0.5, 0.71), (0.5, 0.711))))
    UNCERTAIN = (
        "#7c3aed",
        (
            (
                *((0.38, 0.40), (0.40, 0.33), (0.46, 0.29), (0.54, 0.29), (0.60, 0.33)),
                *((0.62, 0.40), (0.58, 0.47), (0.51, 0.53), (0.50, 0.60)),
            ),
            ((0.5, 0.73), (0.5, 0.731)),
        ),
    )
    WAITING = ("#4f46e5", (((0.5, 0.30), (0.5, 0.52), (0.64, 0.62)),))
    OVER = ("#64748b", (((0.32, 0.5), (0.68, 0.5)),))


class StateMark(QWidget):
    """Shows a sign as large as its space allows, up to a maximum height. At first, it is DONE."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = Mark.DONE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(220)

    @property
    def mark(self) -> Mark:
        """The displayed sign."""
        return self._mark

    def show_mark(self, mark: Mark) -> None:
        """Show another sign."""
        self._mark = mark
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, 160)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        side = float(min(self.width(), self.height()))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_mark(painter, self._mark, QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side))


def draw_mark(painter: QPainter, mark: Mark, area: QRectF) -> None:
    """Draw a sign on its disc. ``area`` must be a square."""
    colour, strokes = mark.value
    left, top, side = area.left(), area.top(), area.width()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(area)
    pen = QPen(QColor("white"), side * 0.07)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in strokes:
        painter.drawPolyline([QPointF(left + x * side, top + y * side) for x, y in stroke])
