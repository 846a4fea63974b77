"""A row of chips that wraps, each explained when the pointer rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from esign_desktop.ui.theme import theme

if TYPE_CHECKING:
    from esign_desktop.ui.prepare.preflight_chips import Chip

_HEIGHT_PX: Final = 18
_PADDING_PX: Final = 6
_GAP_PX: Final = 4


class ChipRow(QWidget):
    """Small rounded words; warnings are amber, the rest grey."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: tuple[Chip, ...] = ()
        self._places: tuple[QRect, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show these chips; the row vanishes when there are none."""
        self._chips = chips
        self.setVisible(bool(chips))
        self.setAccessibleName(", ".join(chip.text for chip in chips))
        self.setAccessibleDescription(" ".join(chip.explanation for chip in chips))
        self._lay_out()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        places = self._placed(width)
        return places[-1].bottom() + 1 if places else 0

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(120, self.width())))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            help_event = cast("QHelpEvent", event)
            for chip, place in zip(self._chips, self._places, strict=True):
                if place.contains(help_event.pos()):
                    QToolTip.showText(help_event.globalPos(), chip.explanation, self, place)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._chip_font())
        for chip, place in zip(self._chips, self._places, strict=True):
            ground = theme().warning_ground if chip.is_warning else theme().chip_ground
            ink = theme().warning_ink if chip.is_warning else self.palette().color(QPalette.ColorRole.WindowText)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(place, _HEIGHT_PX / 2, _HEIGHT_PX / 2)
            painter.setPen(ink)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, chip.text)

    def _lay_out(self) -> None:
        self._places = self._placed(self.width())
        self.setFixedHeight(self._places[-1].bottom() + 1 if self._places else 0)
        self.update()

    def _placed(self, width: int) -> tuple[QRect, ...]:
        metrics = self.fontMetrics()
        places: list[QRect] = []
        left, top = 0, 0
        for chip in self._chips:
            chip_width = metrics.horizontalAdvance(chip.text) + 2 * _PADDING_PX
            if left and left + chip_width > width:
                left, top = 0, top + _HEIGHT_PX + _GAP_PX
            places.append(QRect(left, top, chip_width, _HEIGHT_PX))
            left += chip_width + _GAP_PX
        return tuple(places)

    def _chip_font(self) -> QFont:
        font = self.font()
        font.setPixelSize(11)
        return font
