"""Where a keyword's seal goes when the keyword is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QPushButton, QSpinBox, QWidget

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.prepare.lengths import LengthBox

if TYPE_CHECKING:
    from esign_desktop.domain.preset import PresetSeal

Points = tuple[tuple[int, PagePoint], ...]
_USUAL: Final = PagePoint(300.0, 200.0)


class FallbackFields(QWidget):
    """``changed`` carries all points: page numbers and places."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Points = ()
        self._page_count = 1
        self.point = QComboBox(self)
        self.point.setAccessibleName(self.tr("Point to fall back to"))
        self.add, self.remove = QPushButton(self.tr("Add point"), self), QPushButton(self.tr("Remove point"), self)
        self.page = QSpinBox(self)
        self.page.setKeyboardTracking(False)
        self.page.setPrefix(self.tr("page "))
        self.page.setAccessibleName(self.tr("Page to fall back to"))
        self.left, self.below = LengthBox(self), LengthBox(self)
        self._labels = (PlainLabel(self, self.tr("from the left")), PlainLabel(self, self.tr("from below")))
        for label, box in zip(self._labels, (self.left, self.below), strict=True):
            label.setBuddy(box)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        for row, widgets in enumerate(
            (
                (self.point, self.page),
                (self._labels[0], self.left),
                (self._labels[1], self.below),
                (self.add, self.remove),
            )
        ):
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
        self.add.clicked.connect(self._on_add_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.point.activated.connect(self._show)
        self.page.valueChanged.connect(self._on_values_changed)
        self.left.length_edited.connect(self._on_values_changed)
        self.below.length_edited.connect(self._on_values_changed)

    @property
    def page_number(self) -> int | None:
        """The page of the chosen point."""
        return (
            self._points[self.point.currentIndex()][0] if 0 <= self.point.currentIndex() < len(self._points) else None
        )

    def show_seal(self, seal: PresetSeal, page_count: int) -> None:
        """Show the points of a seal."""
        self._points = tuple((place.pages.first, place.center) for place in seal.fallbacks)
        self._page_count = page_count
        row = min(max(self.point.currentIndex(), 0), len(self._points) - 1)
        with QSignalBlocker(self.point):
            self.point.clear()
            count = len(self._points)
            self.point.addItems(
                [self.tr("Point {number} of {count}").format(number=n, count=count) for n in range(1, count + 1)]
            )
            self.point.setCurrentIndex(row)
        self._show()

    def _show(self) -> None:
        row = self.point.currentIndex()
        has_point = 0 <= row < len(self._points)
        for widget in (self.point, self.remove, self.page, self.left, self.below, *self._labels):
            widget.setVisible(has_point)
        if has_point:
            page_number, point = self._points[row]
            with QSignalBlocker(self.page):
                self.page.setRange(1, max(self._page_count, page_number))
                self.page.setValue(page_number)
            self.left.show_length(point.x_pt)
            self.below.show_length(point.y_pt)

    def _tell(self, points: Points) -> None:
        self._points = points
        self.changed.emit(points)

    def _on_add_clicked(self) -> None:
        page, point = self._points[-1] if self._points else (self._page_count, _USUAL)
        self._tell((*self._points, (page, point)))
        self.point.setCurrentIndex(len(self._points) - 1)
        self._show()
        self.page.setFocus()

    def _on_remove_clicked(self) -> None:
        row = self.point.currentIndex()
        self._tell(self._points[:row] + self._points[row + 1 :])

    def _on_values_changed(self) -> None:
        row = self.point.currentIndex()
        if 0 <= row < len(self._points):
            one = (self.page.value(), PagePoint(self.left.length_pt, self.below.length_pt))
            self._tell((*self._points[:row], one, *self._points[row + 1 :]))
