"""Points something out for a moment, after a jump to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPainter, QPalette, QPen

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.ui.viewer.tool import PaintedPage

_STEP_MS: Final = 50
_STEPS: Final = 24
_GROWTH_PX: Final = 14.0


class Spotlight(QObject):
    """A frame that closes in on a part of a page and fades; ``changed`` asks for a repaint."""

    changed = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._target: tuple[DocumentId, int, PageRect] | None = None
        self._left_steps = 0
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_lit(self) -> bool:
        """Whether something is being pointed out."""
        return self._target is not None

    def point_at(self, document_id: DocumentId, page_number: int, rect: PageRect) -> None:
        """Begin to point at a part of a page."""
        self._target = (document_id, page_number, rect)
        self._left_steps = _STEPS
        self._timer.start()
        self.changed.emit()

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the frame if it is on this page."""
        if self._target is None or self._target[:2] != (page.slot.document_id, page.slot.page_number):
            return
        left = self._left_steps / _STEPS
        color = self._widget.palette().color(QPalette.ColorRole.Highlight)
        color.setAlphaF(min(1.0, 2 * left))
        grown = 4.0 + _GROWTH_PX * max(0.0, left - 0.6)
        painter.save()
        painter.setPen(QPen(color, 2.5))
        painter.drawRoundedRect(page.rect(self._target[2]).adjusted(-grown, -grown, grown, grown), 4, 4)
        painter.restore()

    def _on_timer_timeout(self) -> None:
        self._left_steps -= 1
        if self._left_steps <= 0:
            self._target = None
            self._timer.stop()
        self.changed.emit()
