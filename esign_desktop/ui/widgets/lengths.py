"""Provide a field for a length in millimeters or points, and conversions between the two units."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from esign_desktop.domain.geometry import mm_to_pt, pt_to_mm
from esign_desktop.override import override
from esign_desktop.ui.widgets.forms import Field


class LengthUnit(StrEnum):
    """The unit in which lengths are displayed and typed. They are always stored in points."""

    MM = "mm"
    PT = "pt"


def in_unit(length_pt: float, unit: LengthUnit) -> float:
    """Convert a length from points to ``unit``, and return it."""
    return pt_to_mm(length_pt) if unit is LengthUnit.MM else length_pt


def from_unit(length: float, unit: LengthUnit) -> float:
    """Convert a length from ``unit`` to points, and return it."""
    return mm_to_pt(length) if unit is LengthUnit.MM else length


_TYPED: Final = re.compile(r"([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*(mm|pt)?")
_BEGUN: Final = re.compile(r"[+-]?\d*[.,]?\d*\s*(?:mm?|pt?)?")


def length_pt_of(text: str) -> float:
    """Return a typed length in points. A number without a unit is in millimeters.

    Raise ValueError if the text is not a length.
    """
    found = _TYPED.fullmatch(_plain(text))
    if found is None:
        raise ValueError("no length")
    number, named = found.groups()
    return from_unit(float(number.replace(",", ".")), LengthUnit(named or LengthUnit.MM))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


class LengthBox(Field, QDoubleSpinBox):
    """A field that displays a length in millimeters. The user may type ``pt`` after a number in points.

    Its value in a form is in points, and so is the payload of ``length_edited``.
    """

    length_edited = Signal(float)
    """Carries the length in points. Emitted for the user's edits only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown_pt = 0.0
        self.setDecimals(1)
        self.setRange(-9999.0, 9999.0)
        self.setSingleStep(1.0)
        self.setKeyboardTracking(False)
        self.setSuffix(f" {LengthUnit.MM}")
        self.valueChanged.connect(self._on_value_changed)
        self.editingFinished.connect(self.forget_half_typed)
        self.setToolTip(self.tr("In mm or pt. To use the other unit, enter it after the number."))

    @property
    def length_pt(self) -> float:
        """The length in points, not rounded for display."""
        return self._shown_pt

    @override
    def read_value(self) -> float:
        return self._shown_pt

    @override
    def show_value(self, value: float) -> None:
        self.show_length(value)

    @property
    @override
    def is_half_typed(self) -> bool:
        return self.lineEdit().isModified()

    def show_length(self, length_pt: float) -> None:
        """Show a length without emitting a signal. Do nothing while the user is typing a number."""
        if self.is_half_typed:
            return
        self._shown_pt = length_pt
        self.blockSignals(True)
        self.setValue(pt_to_mm(length_pt))
        self.blockSignals(False)

    @override
    def forget_half_typed(self) -> None:
        self.lineEdit().setModified(False)

    @override
    def validate(self, input: str, pos: int) -> tuple[QValidator.State, str, int]:
        typed = self._typed(input)
        if _TYPED.fullmatch(typed):
            return QValidator.State.Acceptable, input, pos
        state = QValidator.State.Intermediate if _BEGUN.fullmatch(typed) else QValidator.State.Invalid
        return state, input, pos

    @override
    def valueFromText(self, text: str) -> float:
        # Qt calls this function only for text that ``validate`` accepts.
        value = pt_to_mm(length_pt_of(self._typed(text)))
        return min(self.maximum(), max(self.minimum(), value))

    def _typed(self, text: str) -> str:
        """Return the text without the unit that is always displayed after the number."""
        return _plain(text).removesuffix(LengthUnit.MM).rstrip()

    def _on_value_changed(self, value: float) -> None:
        self.forget_half_typed()
        self._shown_pt = mm_to_pt(value)
        self.length_edited.emit(self._shown_pt)
        self.edited.emit()
