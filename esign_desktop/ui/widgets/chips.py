"""A row of chips that wraps: buttons, each explained when the pointer rests on it, and in full when it is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from esign_desktop.override import override
from esign_desktop.ui.widgets.labels import plain_tip
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from esign_desktop.ui.prepare.preflight import Chip, ChipKind

_HEIGHT_PX: Final = 18
_FONT_PX: Final = 11
_PADDING_PX: Final = 6
_GAP_PX: Final = 4


class ChipButton(QAbstractButton):
    """A small rounded word; warnings are amber, the rest grey. While its explanation is open it is framed."""

    def __init__(self, chip: Chip, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        font = self.font()
        font.setPixelSize(_FONT_PX)
        self._font: QFont = font
        self._chip = chip
        self.show_chip(chip)

    @property
    def kind(self) -> ChipKind:
        """What it is about."""
        return self._chip.kind

    def show_chip(self, chip: Chip) -> None:
        """Show the chip in the language of the window."""
        self._chip = chip
        self.setText(chip.text)
        self.setToolTip(plain_tip(chip.explanation))
        self.setAccessibleName(chip.text)
        self.setAccessibleDescription(chip.explanation)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2 * _PADDING_PX, _HEIGHT_PX)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        ground = theme().warning_ground if self._chip.is_warning else theme().chip_ground
        ink = theme().warning_ink if self._chip.is_warning else self.palette().color(QPalette.ColorRole.WindowText)
        is_framed = self.hasFocus() or self.isChecked() or self.underMouse()
        painter.setPen(QPen(theme().accent if self.hasFocus() else ink, 1) if is_framed else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        area = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class ChipRow(QWidget):
    """``chip_pressed`` carries a ``ChipKind``, or None when the chip whose explanation is open was pressed again."""

    chip_pressed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[ChipKind, ChipButton] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show these chips; the row vanishes when there are none."""
        kinds = {chip.kind for chip in chips}
        for kind in set(self._buttons) - kinds:
            button = self._buttons.pop(kind)
            button.hide()
            button.deleteLater()
        before = self._buttons
        self._buttons = {}
        previous: QWidget | None = None
        for chip in chips:
            button = before.get(chip.kind) or self._new_button(chip)
            button.show_chip(chip)
            if previous is not None:
                QWidget.setTabOrder(previous, button)
            self._buttons[chip.kind] = previous = button
        self.setVisible(bool(chips))
        self.setAccessibleName(", ".join(chip.text for chip in chips))
        self.setAccessibleDescription(" ".join(chip.explanation for chip in chips))
        self._lay_out()

    def button(self, kind: ChipKind) -> ChipButton | None:
        """Return the chip of a kind, if it is there."""
        return self._buttons.get(kind)

    def mark_open(self, kind: ChipKind | None) -> None:
        """Frame the chip whose explanation is open."""
        for its_kind, button in self._buttons.items():
            button.setChecked(its_kind == kind)

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

    def _new_button(self, chip: Chip) -> ChipButton:
        button = ChipButton(chip, self)
        button.clicked.connect(self._on_button_clicked)
        button.show()
        return button

    def _lay_out(self) -> None:
        places = self._placed(self.width())
        for button, place in zip(self._buttons.values(), places, strict=True):
            button.setGeometry(place)
        self.setFixedHeight(places[-1].bottom() + 1 if places else 0)

    def _placed(self, width: int) -> tuple[QRect, ...]:
        places: list[QRect] = []
        left, top = 0, 0
        for button in self._buttons.values():
            size = button.sizeHint()
            if left and left + size.width() > width:
                left, top = 0, top + _HEIGHT_PX + _GAP_PX
            places.append(QRect(left, top, size.width(), _HEIGHT_PX))
            left += size.width() + _GAP_PX
        return tuple(places)

    def _on_button_clicked(self, is_open: bool) -> None:
        button = self.sender()
        if isinstance(button, ChipButton):
            self.mark_open(button.kind if is_open else None)
            self.chip_pressed.emit(button.kind if is_open else None)
