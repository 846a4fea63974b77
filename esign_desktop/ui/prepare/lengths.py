"""Lengths as people type and read them: millimetres or points."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from esign_desktop.domain.geometry import mm_to_pt, pt_to_mm


class LengthUnit(StrEnum):
    """In what lengths are shown; points are what is kept."""

    MM = "mm"
    PT = "pt"


def in_unit(length_pt: float, unit: LengthUnit) -> float:
    """Convert points to the unit."""
    return pt_to_mm(length_pt) if unit is LengthUnit.MM else length_pt


def from_unit(length: float, unit: LengthUnit) -> float:
    """Convert the unit to points."""
    return mm_to_pt(length) if unit is LengthUnit.MM else length


class LengthBox(QDoubleSpinBox):
    """A number field that shows a length in a unit and speaks points.

    ``length_edited`` tells of a person's change only, in points.
    """

    length_edited = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit = LengthUnit.MM
        self._shown_pt = 0.0
        self.setDecimals(1)
        self.setRange(-9999.0, 9999.0)
        self.setSingleStep(1.0)
        self.setKeyboardTracking(False)
        self.setSuffix(f" {self._unit}")
        self.valueChanged.connect(self._on_value_changed)

    def set_unit(self, unit: LengthUnit) -> None:
        """Show lengths in another unit."""
        self._unit = unit
        self.setSuffix(f" {unit}")
        self.show_length(self._shown_pt)

    @property
    def length_pt(self) -> float:
        """The length that is shown, before it was rounded for that."""
        return self._shown_pt

    def show_length(self, length_pt: float) -> None:
        """Show a length without telling of it."""
        self._shown_pt = length_pt
        self.blockSignals(True)
        self.setValue(in_unit(length_pt, self._unit))
        self.blockSignals(False)

    def _on_value_changed(self, value: float) -> None:
        self._shown_pt = from_unit(value, self._unit)
        self.length_edited.emit(self._shown_pt)
