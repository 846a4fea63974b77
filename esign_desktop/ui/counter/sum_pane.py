"""Everything that was typed in for a contract, to be looked at with the customer before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.theme import theme
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.services.counter import CounterView

FIRST_MOMENT_MS: Final = 600
"""So long nobody can have looked: a key that is pressed by then was meant for what stood here before."""
_HEADING_PX: Final = 22
_ROW_PX: Final = 24
_CRAMPED_PX: Final = 16
_COLUMN_PX: Final = 32
_SCROLLS: Final = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class SumPane(QWidget):
    """Has the keyboard while it stands; the window says what Enter does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stands_since = QElapsedTimer()
        self._row_px = _ROW_PX
        self._rows: tuple[tuple[str, str, str], ...] = ()
        self._labels: list[tuple[PlainLabel, PlainLabel]] = []
        self._heading = PlainLabel(self)
        self._heading.setWordWrap(True)
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidgetResizable(True)
        self._page = QWidget(self)
        self._grid = QGridLayout(self._page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(_COLUMN_PX)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._area.setWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._heading)
        column.addWidget(self._area, 1)
        self._set_pixels(self._heading, _HEADING_PX)
        self.retranslate()

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """What each thing is called, what was typed in, and the same in other words."""
        return self._rows

    @property
    def is_seen(self) -> bool:
        """Whether it has stood long enough to be looked at."""
        return self.isVisible() and self._stands_since.isValid() and self._stands_since.elapsed() >= FIRST_MOMENT_MS

    def turn_page(self) -> bool:
        """Show more of it; False if its end is seen already."""
        bar = self._area.verticalScrollBar()
        if bar.value() >= bar.maximum():
            return False
        bar.setValue(bar.value() + bar.pageStep())
        return True

    def make_room(self, *, is_small: bool) -> None:
        """Make do with a small window."""
        self._row_px = _CRAMPED_PX if is_small else _ROW_PX
        self._set_pixels(self._heading, _CRAMPED_PX if is_small else _HEADING_PX)
        self._fill()

    def show_sum(self, view: CounterView) -> None:
        """Show what is complete, and count the moment from now."""
        customers = [(one.title, one.name, one.masked_number) for one in view.customers]
        answers = [(one.question.label, one.value or "", one.check) for one in view.asked]
        self._rows = tuple((one_line(a), one_line(b), one_line(c)) for a, b, c in (*customers, *answers))
        self._stands_since.start()
        self._fill()

    def clear(self) -> None:
        """Forget what was shown."""
        self._stands_since.invalidate()
        if self._rows:
            self._rows = ()
            self._fill()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        turn = _SCROLLS.get(Qt.Key(event.key()))
        if turn is None:
            super().keyPressEvent(event)
            return
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + turn * bar.pageStep())

    @override
    def changeEvent(self, event: QEvent) -> None:
        match event.type():
            case QEvent.Type.LanguageChange:
                self.retranslate()
            case QEvent.Type.PaletteChange:
                self._colour()
            case _:
                pass
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._heading.setText(self.tr("Look through it with the customer. Enter sends it."))
        self._fill()

    def _fill(self) -> None:
        while len(self._labels) < len(self._rows):
            self._add_row()
        for index, (name, value) in enumerate(self._labels):
            is_used = index < len(self._rows)
            row = self._rows[index] if is_used else ("", "", "")
            name.setText((row[0] or self.tr("Customer")) if is_used else "")
            value.setText(f"{row[1] or '—'}   {row[2]}".rstrip() if is_used else "")
            for label in (name, value):
                label.setVisible(is_used)
                self._set_pixels(label, self._row_px)
        self._grid.setRowStretch(len(self._labels), 1)
        self.setAccessibleName(" ".join([self._heading.text(), *(" ".join(row) for row in self._rows)]))

    def _add_row(self) -> None:
        row = len(self._labels)
        self._grid.setRowStretch(row, 0)
        name, value = PlainLabel(self._page), PlainLabel(self._page)
        name.setStyleSheet(f"color: {theme().hint.name()};")
        value.setWordWrap(True)
        for column, label in enumerate((name, value)):
            self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        self._labels.append((name, value))

    def _colour(self) -> None:
        for name, _ in self._labels:
            name.setStyleSheet(f"color: {theme().hint.name()};")

    @staticmethod
    def _set_pixels(label: PlainLabel, pixels: int) -> None:
        font = label.font()
        font.setPixelSize(pixels)
        label.setFont(font)
