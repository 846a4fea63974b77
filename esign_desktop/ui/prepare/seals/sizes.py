"""The choice of seal widths: the default, the usual widths, and those that the user added."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from esign_desktop.domain.placing.placement import MAX_SEAL_PT, MIN_SEAL_PT
from esign_desktop.override import override
from esign_desktop.services.preferences import SealSize
from esign_desktop.ui.prepare.tools.state import SEAL_WIDTHS_MM, SEAL_WIDTHS_PT
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.widgets.forms import describe_choice
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.lengths import LengthUnit, from_unit, in_unit
from esign_desktop.ui.widgets.popup import Popup
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.tasks import TaskRunner

_SAME_WIDTH_PT: Final = 0.01


class SealSizes(QObject):
    """The sizes offered to the user. ``changed`` is emitted when the personal sizes have been read or changed.

    Personal sizes are read from and stored in the preferences in the background. ``failed`` carries an ``AppError`` if
    that is not possible. The sizes are then available until the program ends.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, preferences: Preferences, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._tasks = tasks
        self._personal: tuple[SealSize, ...] = ()
        tasks.start(
            lambda: preferences.seal_sizes,
            owner=self,
            on_done=self._on_sizes_read,
            on_error=self.failed.emit,
            lane=Lane.STORE,
        )

    @property
    def personal(self) -> tuple[SealSize, ...]:
        """The sizes that the user added, from small to large."""
        return tuple(sorted(self._personal, key=lambda size: size.width_pt))

    def choices(self) -> tuple[tuple[str, float | None], ...]:
        """Return the text and the width in points of each size. A width of None means the default size."""
        own = QCoreApplication.translate("SealSizes", "Default size")
        usual = (
            (f"{width_mm:g} mm", width_pt) for width_mm, width_pt in zip(SEAL_WIDTHS_MM, SEAL_WIDTHS_PT, strict=True)
        )
        personal = ((f"{size.length:g} {size.unit}", size.width_pt) for size in self.personal)
        return ((own, None), *usual, *personal)

    def choice_of(self, width_pt: float | None) -> int | None:
        """Return the index of a width in points among ``choices``, or None if it is not offered."""
        for index, (_text, choice_pt) in enumerate(self.choices()):
            if choice_pt is None or width_pt is None:
                if choice_pt is width_pt:
                    return index
            elif abs(choice_pt - width_pt) < _SAME_WIDTH_PT:
                return index
        return None

    def is_personal(self, width_pt: float | None) -> bool:
        """Return whether a width in points is among those that the user added."""
        return width_pt is not None and any(_is_same(size, width_pt) for size in self._personal)

    def add(self, length: float, unit: str) -> SealSize | None:
        """Add a width to the personal sizes, unless it is already offered, and return it. ``unit`` is ``mm`` or ``pt``.

        Return None, and add nothing, if the width is less than 10 pt or more than 600 pt.
        """
        size = SealSize(length, unit)
        if not MIN_SEAL_PT <= size.width_pt <= MAX_SEAL_PT:
            return None
        if self.choice_of(size.width_pt) is None:
            self._become((*self._personal, size))
        return size

    def drop(self, width_pt: float) -> None:
        """Remove a width in points from the personal sizes. Existing seals keep it."""
        self._become(tuple(size for size in self._personal if not _is_same(size, width_pt)))

    def _become(self, sizes: tuple[SealSize, ...]) -> None:
        if sizes == self._personal:
            return
        self._personal = sizes
        self._tasks.start(
            partial(self._preferences.set_seal_sizes, sizes), owner=self, on_error=self.failed.emit, lane=Lane.STORE
        )
        self.changed.emit()

    def _on_sizes_read(self, sizes: tuple[SealSize, ...]) -> None:
        # Sizes that were added during reading are kept.
        added = tuple(size for size in self._personal if size not in sizes)
        self._personal = (*sizes, *added)
        self.changed.emit()


def _is_same(size: SealSize, width_pt: float) -> bool:
    return abs(size.width_pt - width_pt) < _SAME_WIDTH_PT


_WIDTH_PX: Final = 248


class OtherSize(Popup):
    """A popup in which the user enters any width, and can add it to the personal sizes.

    ``width_chosen`` carries the width in points when the user accepts it.
    """

    manual_page = "seals#by-click"

    width_chosen = Signal(float)

    def __init__(self, sizes: SealSizes, width_pt: float, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("OtherSize", "Another size"), parent)
        self.setFixedWidth(sized(_WIDTH_PX))
        self._sizes = sizes
        self._length = QDoubleSpinBox(self)
        self._length.setDecimals(1)
        self._unit = QComboBox(self)
        for unit in LengthUnit:
            self._unit.addItem(unit.value, unit)
        self._keep = QCheckBox(self.tr("Keep in &list"), self)
        self._use = QPushButton(self.tr("Use"), self)
        self._use.setObjectName("primary")
        label = QLabel(self.tr("Seal &width"), self)
        label.setBuddy(self._length)
        describe_choice(self._unit, self.tr("Unit"))
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.addWidget(label, 0, 0, 1, 2)
        grid.addWidget(self._length, 1, 0)
        grid.addWidget(self._unit, 1, 1)
        grid.addWidget(self._keep, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        vbox(grid, (self._use, Qt.AlignmentFlag.AlignRight), margins=(16, 12, 16, 12), parent=self)
        self.setFocusProxy(self._length)
        self._take_unit(LengthUnit.MM, width_pt)
        self._unit.activated.connect(self._on_unit_activated)
        self._use.clicked.connect(self.accept)

    @override
    def open_at(self, position: QPoint) -> None:
        """Open the popup at a screen position with the width selected, so that typing replaces it."""
        super().open_at(position)
        self._length.selectAll()

    @override
    def accept(self) -> None:
        self._length.interpretText()
        length = round(self._length.value(), 1)
        if self._keep.isChecked():
            self._sizes.add(length, self._shown_unit.value)
        width_pt = from_unit(length, self._shown_unit)
        self.close()
        self.width_chosen.emit(width_pt)

    def _take_unit(self, unit: LengthUnit, width_pt: float) -> None:
        self._shown_unit = unit
        self._length.setRange(in_unit(MIN_SEAL_PT, unit), in_unit(MAX_SEAL_PT, unit))
        self._length.setValue(in_unit(width_pt, unit))

    def _on_unit_activated(self) -> None:
        self._take_unit(LengthUnit(self._unit.currentData()), from_unit(self._length.value(), self._shown_unit))
