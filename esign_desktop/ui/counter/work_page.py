"""Provide the teller's work page: the counter's state, the line for a customer, and the summary before a send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from esign_desktop.domain.account import AccountKind
from esign_desktop.override import override
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter.line import SmartLine
from esign_desktop.ui.counter.state import StatePane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import set_tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.services.counter.values import CounterView


FIRST_MOMENT_MS: Final = 600
"""The time after a page appeared, in milliseconds, within which a key was meant for the previous page.

The teller cannot have read the new page within this time.
"""
_HEADING_PX: Final = 22
_ROW_PX: Final = 24
_COLUMN_PX: Final = 32
_SCROLLS: Final = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class SumPane(QWidget):
    """Shows a summary of all entered data, which the teller checks with the customer. The window handles Enter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stands_since = QElapsedTimer()
        self._row_px = _ROW_PX
        self._rows: tuple[tuple[str, str, str], ...] = ()
        self._labels: list[tuple[PlainLabel, PlainLabel]] = []
        self._heading = PlainLabel(
            self, self.tr("Check the details with the customer, then press Enter to send."), is_wrapped=True
        )
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
        vbox(self._heading, (self._area, 1), spacing=12, parent=self)
        set_font_px(self._heading, _HEADING_PX)
        self._fill()

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """The displayed rows, each with a label, the entered value, and a masked number or the answer in words."""
        return self._rows

    @property
    def is_seen(self) -> bool:
        """Whether the summary has been visible for at least 600 ms, so that it can have been read."""
        return self.isVisible() and self._stands_since.isValid() and self._stands_since.elapsed() >= FIRST_MOMENT_MS

    def turn_page(self) -> bool:
        """Scroll down by one page. Return False, and do nothing, if the end is already visible."""
        bar = self._area.verticalScrollBar()
        if bar.value() >= bar.maximum():
            return False
        bar.setValue(bar.value() + bar.pageStep())
        return True

    def make_room(self, *, is_small: bool) -> None:
        self._row_px = _CRAMPED_PX if is_small else _ROW_PX
        set_font_px(self._heading, _CRAMPED_PX if is_small else _HEADING_PX)
        self._fill()

    def show_sum(self, view: CounterView) -> None:
        """Show the summary of a complete contract, and restart the time that ``is_seen`` measures."""
        customers = [(one.title, one.name, one.masked_number) for one in view.customers]
        answers = [(one.question.label, one.value or "", one.check) for one in view.asked]
        self._rows = tuple((one_line(a), one_line(b), one_line(c)) for a, b, c in (*customers, *answers))
        self._stands_since.start()
        self._fill()

    def clear(self) -> None:
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
                set_font_px(label, self._row_px)
        self._grid.setRowStretch(len(self._labels), 1)
        self.setAccessibleName(" ".join([self._heading.text(), *(" ".join(row) for row in self._rows)]))

    def _add_row(self) -> None:
        row = len(self._labels)
        self._grid.setRowStretch(row, 0)
        name, value = PlainLabel(self._page), PlainLabel(self._page)
        set_tone(name, "hint")
        value.setWordWrap(True)
        for column, label in enumerate((name, value)):
            self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        self._labels.append((name, value))


AT_THE_LINE: Final = frozenset({CounterState.IDLE, CounterState.READY})
_ENTERED_PX: Final = 22
_CRAMPED_PX: Final = 16


def is_through(view: CounterView) -> bool:
    """Return whether all customers have signed and only other signers have not."""
    return view.state is CounterState.SHOWING and view.customers_have_signed


def takes_next(view: CounterView) -> bool:
    """Return whether the result of a contract is shown, so that the next customer may be entered."""
    return view.state.is_ended or is_through(view)


class WorkPage(QWidget):
    """The page on which the teller works: the state of a contract, the line for a customer, or a summary.

    ``line`` is shown alone while a customer is entered, and below ``pane`` after a result. ``sum`` is shown before a
    contract with answers is sent.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_small = False
        self.pane = StatePane(self)
        self._entered = PlainLabel(self, is_wrapped=True)
        self.line = SmartLine(self)
        self.sum = SumPane(self)
        self._column = vbox(1, self.pane, self._entered, self.line, self.sum, 2, parent=self)
        self.sum.hide()
        self.make_room(self.size(), is_small=False)

    def make_room(self, size: QSize, *, is_small: bool) -> None:
        self._is_small = is_small
        set_font_px(self._entered, _CRAMPED_PX if is_small else _ENTERED_PX)
        self.line.make_room(is_small=is_small)
        self.sum.make_room(is_small=is_small)
        self.pane.make_room(size.height())

    def show_view(self, view: CounterView) -> None:
        self.pane.show_view(view)
        is_at_the_line, is_followed, is_summed = view.state in AT_THE_LINE, takes_next(view), view.wants_look
        # Widgets are hidden before others are shown, because showing both would enlarge a small window.
        if is_at_the_line:
            self.pane.hide()
        if is_summed or not (is_at_the_line or is_followed):
            self.line.hide()
        self._show_sum(view)
        self._ask(view)
        self._entered.setText(("   " if self._is_small else "\n").join(f"✓ {text}" for text in _entered(view)))
        self._entered.setVisible(is_at_the_line and not is_summed and bool(self._entered.text()))
        self.line.setVisible((is_at_the_line and not is_summed) or is_followed)
        self.pane.setVisible(not is_at_the_line)
        is_filled = is_summed or not is_at_the_line
        for index, stretch in ((0, not is_filled), (1, not is_at_the_line), (4, is_summed), (5, 2 * (not is_filled))):
            self._column.setStretch(index, stretch)

    def _show_sum(self, view: CounterView) -> None:
        if view.wants_look and self.sum.isHidden():
            self.sum.show_sum(view)
        elif not view.wants_look:
            self.sum.clear()
        self.sum.setVisible(view.wants_look)

    @property
    def keyboard_place(self) -> QWidget:
        if not self.sum.isHidden():
            return self.sum
        return self.pane if self.line.isHidden() else self.line

    def _ask(self, view: CounterView) -> None:
        wanted = view.next_role
        if takes_next(view):
            self.line.ask_for_next()
        elif view.next_question is not None:
            self.line.ask_question(view.next_question)
        else:
            title = wanted.title if wanted is not None and len(view.customers) > 1 else ""
            kind = wanted.kind if wanted is not None else AccountKind.PERSON
            self.line.ask_for(title, sends=view.sends_next, kind=kind)


def _entered(view: CounterView) -> Iterator[str]:
    for one in view.customers:
        if one.name:
            yield f"{one_line(one.name)}  {one.masked_number}".strip()
    for asked in view.asked:
        if asked.value is not None:
            yield f"{one_line(asked.question.label)}  {one_line(asked.value)}".strip()
