"""Provide the rulers in millimeters along the upper and the left edge of a view of pages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from esign_desktop.domain.geometry import mm_to_pt, pt_to_mm
from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPaintEvent

RULER_PX: Final = 20
_STEPS_MM: Final = tuple(one * 10**zeros for zeros in range(9) for one in (1, 2, 5))
_MIN_TICK_PX: Final = 5.0
_MIN_LABEL_PX: Final = 44.0


class Ruler(QWidget):
    """A ruler in millimeters of the displayed page, measured from the page's left or upper edge.

    It has no ticks without a page.
    """

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_horizontal = orientation is Qt.Orientation.Horizontal
        self._zero_px = 0.0
        self._length_px = 0.0
        self._px_per_pt = 1.0
        self._mark_px: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_page(self, zero_px: float, length_px: float, px_per_pt: float) -> None:
        """Measure a page that begins at ``zero_px`` of this ruler and is ``length_px`` long.

        With a length of 0, show no page.

        ``px_per_pt`` is the number of logical pixels per displayed point.
        """
        if (zero_px, length_px, px_per_pt) != (self._zero_px, self._length_px, self._px_per_pt):
            self._zero_px, self._length_px, self._px_per_pt = zero_px, length_px, px_per_pt
            self.update()

    def show_mark(self, mark_px: float | None) -> None:
        """Mark a position, in logical pixels of the ruler. If ``mark_px`` is None, remove the mark."""
        if mark_px == self._mark_px:
            return
        # Only the mark is repainted, because the ruler does not change while the mouse moves.
        for at_px in (self._mark_px, mark_px):
            if at_px is not None:
                self.update(self._along(at_px - 1, 2.0).toAlignedRect())
        self._mark_px = mark_px

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ticks and numbers, and a different background along the page."""
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Window))
        if self._length_px > 0:
            painter.fillRect(self._along(self._zero_px, self._length_px), palette.color(QPalette.ColorRole.Base))
            self._paint_ticks(painter, event.rect())
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        if self._is_horizontal:
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        else:
            painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        if self._mark_px is not None:
            painter.fillRect(self._along(self._mark_px - 0.5, 1.0), palette.color(QPalette.ColorRole.Highlight))

    def _along(self, start_px: float, length_px: float) -> QRectF:
        if self._is_horizontal:
            return QRectF(start_px, 0, length_px, self.height())
        return QRectF(0, start_px, self.width(), length_px)

    def _paint_ticks(self, painter: QPainter, area: QRect) -> None:
        begin_px, end_px = (area.left(), area.right()) if self._is_horizontal else (area.top(), area.bottom())
        px_per_mm = mm_to_pt(1.0) * self._px_per_pt
        tick_mm = next((s for s in _STEPS_MM if s * px_per_mm >= _MIN_TICK_PX), _STEPS_MM[-1])
        label_mm = next((s for s in _STEPS_MM if s * px_per_mm >= _MIN_LABEL_PX and s % tick_mm == 0), _STEPS_MM[-1])
        # The number of an earlier tick may extend into the area to repaint.
        first = max(0, math.floor((begin_px - _MIN_LABEL_PX - self._zero_px) / px_per_mm / tick_mm))
        end_mm = min(pt_to_mm(self._length_px / self._px_per_pt), (end_px + 1 - self._zero_px) / px_per_mm)
        color = self.palette().color(QPalette.ColorRole.WindowText)
        color.setAlpha(150)
        painter.setPen(color)
        font = QFont(self.font())
        font.setPixelSize(9)
        painter.setFont(font)
        for index in range(first, math.floor(end_mm / tick_mm) + 1):
            position_mm = index * tick_mm
            at_px = round(self._zero_px + position_mm * px_per_mm)
            is_labelled = position_mm % label_mm == 0
            self._paint_tick(painter, at_px, 8 if is_labelled else 4)
            if is_labelled:
                self._paint_label(painter, at_px, str(position_mm))

    def _paint_tick(self, painter: QPainter, at_px: int, length_px: int) -> None:
        if self._is_horizontal:
            painter.drawLine(at_px, self.height() - length_px, at_px, self.height() - 1)
        else:
            painter.drawLine(self.width() - length_px, at_px, self.width() - 1, at_px)

    def _paint_label(self, painter: QPainter, at_px: int, text: str) -> None:
        if self._is_horizontal:
            painter.drawText(at_px + 3, 10, text)
            return
        painter.save()
        painter.translate(4, at_px + 3)
        painter.rotate(90)
        # The numbers are read from top to bottom.
        painter.drawText(0, 0, text)
        painter.restore()
