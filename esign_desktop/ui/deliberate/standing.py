"""How long something has stood where it stands: what has only just come is not what somebody meant to press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QRect, Signal
from PySide6.QtGui import QCursor, QGuiApplication

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QWidget

_LEAST_MOMENT_MS: Final = 700
"""Longer than keys are held before they repeat, which takes 660 ms with X: some repeats can't be told from presses."""

_STILL_PX: Final = 3
"""A pointer that moved by less has rested."""

_SHIFTS: Final = frozenset({QEvent.Type.Move, QEvent.Type.Resize})
_POINTINGS: Final = frozenset({QEvent.Type.HoverMove, QEvent.Type.MouseMove, QEvent.Type.Leave})
_ARRIVALS: Final = frozenset(
    {QEvent.Type.Show, QEvent.Type.EnabledChange, QEvent.Type.WindowActivate, QEvent.Type.WindowUnblocked}
)


def moment_ms() -> int:
    """How long something has to have stood to be meant: longer than a double click takes, or a key to repeat."""
    return max(_LEAST_MOMENT_MS, QGuiApplication.styleHints().mouseDoubleClickInterval())


class Standing(QObject):
    """Watches a widget and all that it lies in: whatever shows, enables, uncovers or shifts it lets it begin anew."""

    begun = Signal()
    """It stands from now on only: a press that is under way was meant for something else."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._clock = QElapsedTimer()
        self._place = QRect()
        self._rested: QPoint | None = None
        self._watched: list[QWidget] = []
        widget.installEventFilter(self)

    @property
    def is_long_enough(self) -> bool:
        """Whether it can be meant by now."""
        return self._clock.isValid() and self._widget.isEnabled() and self._clock.elapsed() >= moment_ms()

    def takes(self, event: QMouseEvent) -> bool:
        """Whether a press of the mouse can be meant for the widget; one that can't lets it begin anew.

        What came under a resting pointer is meant only after the pointer has moved, or was pressed once in vain.
        """
        at = event.globalPosition().toPoint()
        has_rested = self._rested is not None and (at - self._rested).manhattanLength() < _STILL_PX
        is_second = event.type() is QEvent.Type.MouseButtonDblClick
        is_meant = self.is_long_enough and not has_rested and not is_second
        self._rested = None
        if not is_meant:
            self.begin()
        return is_meant

    def begin(self) -> None:
        """Let the moment begin anew."""
        self._clock.start()
        self.begun.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _SHIFTS:
            self._notice_shift()
        elif kind is QEvent.Type.ParentChange:
            self._watch_ancestors()
        elif watched is self._widget:
            if kind in _POINTINGS and self._rested is not None:
                if kind is QEvent.Type.Leave or (QCursor.pos() - self._rested).manhattanLength() >= _STILL_PX:
                    self._rested = None
            elif kind is QEvent.Type.Hide:
                self._place = QRect()
                self._clock.invalidate()
            elif kind in _ARRIVALS and self._widget.isVisible():
                self._watch_ancestors()
                self._notice_pointer()
                self.begin()
        return super().eventFilter(watched, event)

    def _watch_ancestors(self) -> None:
        ancestors: list[QWidget] = []
        above = self._widget.parentWidget()
        while above is not None:
            ancestors.append(above)
            above = None if above.isWindow() else above.parentWidget()
        if ancestors != self._watched:
            for one in self._watched:
                one.removeEventFilter(self)
            for one in ancestors:
                one.installEventFilter(self)
            self._watched = ancestors

    def _notice_shift(self) -> None:
        if self._widget.isVisible() and self._place_now() != self._place:
            self._notice_pointer()
            self.begin()

    def _notice_pointer(self) -> None:
        """Remember the pointer if the widget came under it; one that was on it already is where it is wanted."""
        before, self._place = self._place, self._place_now()
        pointer = QCursor.pos()
        at = self._widget.window().mapFromGlobal(pointer)
        if not self._place.contains(at):
            self._rested = None
        elif not before.contains(at):
            self._rested = pointer

    def _place_now(self) -> QRect:
        return QRect(self._widget.mapTo(self._widget.window(), QPoint()), self._widget.size())
