"""What the teller works with: how the desk stands, and the line for whoever is next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from esign_desktop.services.counter import CounterState, CounterView
from esign_desktop.ui.counter.smart_line import SmartLine
from esign_desktop.ui.counter.state_pane import StatePane
from esign_desktop.ui.counter.sum_pane import SumPane
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QSize

AT_THE_LINE: Final = frozenset({CounterState.IDLE, CounterState.READY})
_ENTERED_PX: Final = 22
_CRAMPED_PX: Final = 16


def is_through(view: CounterView) -> bool:
    """Whether the customers have signed, and others of the contract have not: nobody is needed here for that."""
    return view.state is CounterState.SHOWING and view.customers_have_signed


def takes_next(view: CounterView) -> bool:
    """Whether the desk still shows how a contract ended, and the next customer may begin."""
    return view.state.is_ended or is_through(view)


class WorkPage(QWidget):
    """``line`` stands alone while a customer is wanted, and below ``pane`` where the next one may begin.

    ``sum`` stands before a contract with answers is sent.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_small = False
        self.pane = StatePane(self)
        self._entered = PlainLabel(self)
        self._entered.setWordWrap(True)
        self.line = SmartLine(self)
        self.sum = SumPane(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        for widget in (self.pane, self._entered, self.line, self.sum):
            self._column.addWidget(widget)
        self._column.addStretch(2)
        self.sum.hide()
        self.make_room(self.size(), is_small=False)

    def make_room(self, size: QSize, *, is_small: bool) -> None:
        """Make do with a part of a window of this size."""
        self._is_small = is_small
        font = self._entered.font()
        font.setPixelSize(_CRAMPED_PX if is_small else _ENTERED_PX)
        self._entered.setFont(font)
        self.line.make_room(is_small=is_small)
        self.sum.make_room(is_small=is_small)
        self.pane.make_room(size.height())

    def show_view(self, view: CounterView) -> None:
        """Show how the desk stands."""
        self.pane.show_view(view)
        is_at_the_line, is_followed, is_summed = view.state in AT_THE_LINE, takes_next(view), view.wants_look
        # What goes goes first: both at their full size would stretch a small window.
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
        """Which part the keyboard belongs to."""
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
            self.line.ask_for(title, sends=view.sends_next)


def _entered(view: CounterView) -> Iterator[str]:
    for one in view.customers:
        if one.name:
            yield f"{one_line(one.name)}  {one.masked_number}".strip()
    for asked in view.asked:
        if asked.value is not None:
            yield f"{one_line(asked.question.label)}  {one_line(asked.value)}".strip()
