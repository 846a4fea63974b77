"""Keeps the customer's window on the customer's screen, and on no other: hidden while that screen is unplugged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from esign_desktop.ui.counter.screens import customer_screen, next_screen, screen_identity

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QWidget

    from esign_desktop.ui.counter.customer_display import CustomerDisplay


class DisplayPlacing(QObject):
    """``chosen`` carries the identity of a screen that a person chose; ``changed`` whether there is a display now."""

    chosen = Signal(str)
    changed = Signal(bool)
    operator_displaced = Signal()
    """The operator's own screen went, and Qt moves the window to whichever is left: the customer's, perhaps."""

    def __init__(self, display: CustomerDisplay, operator: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._display = display
        self._operator = operator
        self._identity = ""
        self._screen: QScreen | None = None
        self._operators_screen: QScreen | None = None
        self._is_open = False
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._on_screen_added)
            application.screenRemoved.connect(self._on_screen_removed)

    @property
    def screen(self) -> QScreen | None:
        """Where the display stands; None while it is hidden."""
        return self._screen

    def use(self, identity: str) -> None:
        """Take the screen that was chosen the last time."""
        self._identity = identity
        self.place()

    def open(self) -> None:
        """Show the display, if its screen is there."""
        self._is_open = True
        self.place()

    def close(self) -> None:
        """Take the display away."""
        self._is_open = False
        self._take(None)

    def choose_next(self) -> None:
        """Go to the next of the other screens, and remember it."""
        screen = next_screen(self._operator.screen(), self._screen)
        if screen is not None:
            self._identity = screen_identity(screen)
            self._take(screen)
            self.chosen.emit(self._identity)

    def place(self) -> None:
        """Stand where the display belongs now."""
        if self._is_open:
            self._operators_screen = self._operator.screen()
            self._take(customer_screen(self._operator.screen(), self._identity))

    def _take(self, screen: QScreen | None) -> None:
        self._screen = screen
        if screen is None:
            self._display.hide()
        else:
            if screen is not self._display.screen() or not self._display.isVisible():
                # A window that is full screen already does not move.
                self._display.hide()
            self._display.stand_on(screen)
        self.changed.emit(screen is not None)

    def _on_screen_added(self, _screen: QScreen) -> None:
        # Its place is not known yet while it is being added.
        QTimer.singleShot(0, self, self.place)

    def _on_screen_removed(self, screen: QScreen) -> None:
        if self._is_open and screen is self._operators_screen:
            self.operator_displaced.emit()
        # Qt moves the window to the operator's screen, still visible.
        if screen is self._screen or len(QGuiApplication.screens()) <= 1:
            self._take(None)
        QTimer.singleShot(0, self, self.place)
