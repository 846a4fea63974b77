"""The small sheet where a width is typed that is not on the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.placement import MAX_SEAL_PT, MIN_SEAL_PT
from esign_desktop.override import override
from esign_desktop.ui.focused_button import press_focused_button
from esign_desktop.ui.prepare.lengths import LengthUnit, from_unit, in_unit

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.ui.prepare.seal_sizes import SealSizes

_WIDTH_PX: Final = 248


class OtherSize(QFrame):
    """``width_chosen`` carries points. A click beside the sheet, or Esc, closes it."""

    width_chosen = Signal(float)

    def __init__(self, sizes: SealSizes, width_pt: float, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("card")
        self.setWindowTitle(self.tr("Another size"))
        self.setFixedWidth(_WIDTH_PX)
        self._sizes = sizes
        self._length = QDoubleSpinBox(self)
        self._length.setDecimals(1)
        self._unit = QComboBox(self)
        for unit in LengthUnit:
            self._unit.addItem(unit.value, unit)
        self._keep = QCheckBox(self.tr("Keep it on the &list"), self)
        self._use = QPushButton(self.tr("Use"), self)
        self._use.setObjectName("primary")
        label = QLabel(self.tr("&Width of the seal"), self)
        label.setBuddy(self._length)
        self._unit.setAccessibleName(self.tr("Unit"))
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.addWidget(label, 0, 0, 1, 2)
        grid.addWidget(self._length, 1, 0)
        grid.addWidget(self._unit, 1, 1)
        grid.addWidget(self._keep, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(grid)
        layout.addWidget(self._use, 0, Qt.AlignmentFlag.AlignRight)
        self._take_unit(LengthUnit.MM, width_pt)
        self._unit.activated.connect(self._on_unit_activated)
        self._use.clicked.connect(self._on_use_clicked)

    def open_at(self, position: QPoint) -> None:
        """Show the sheet, wholly on the screen."""
        self.adjustSize()
        area = self.screen().availableGeometry()
        x, y = min(position.x(), area.right() - self.width()), min(position.y(), area.bottom() - self.height())
        self.move(max(area.left(), x), max(area.top(), y))
        self.show()
        self._length.setFocus(Qt.FocusReason.PopupFocusReason)
        self._length.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif press_focused_button(event):
            return
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_use_clicked()
        else:
            super().keyPressEvent(event)

    def _take_unit(self, unit: LengthUnit, width_pt: float) -> None:
        self._shown_unit = unit
        self._length.setRange(in_unit(MIN_SEAL_PT, unit), in_unit(MAX_SEAL_PT, unit))
        self._length.setValue(in_unit(width_pt, unit))

    def _on_unit_activated(self) -> None:
        self._take_unit(LengthUnit(self._unit.currentData()), from_unit(self._length.value(), self._shown_unit))

    def _on_use_clicked(self) -> None:
        self._length.interpretText()
        length = round(self._length.value(), 1)
        if self._keep.isChecked():
            self._sizes.add(length, self._shown_unit.value)
        width_pt = from_unit(length, self._shown_unit)
        self.close()
        self.width_chosen.emit(width_pt)
