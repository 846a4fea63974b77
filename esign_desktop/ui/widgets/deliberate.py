"""Provide buttons for irreversible actions. A press counts only if the user could see what would be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QToolTip, QWidget

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.override import override
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.theme import environment_colours, repolish, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from esign_desktop.domain.environment import Environment


_LEAST_MOMENT_MS: Final = 700
"""The shortest time after which a press counts, in milliseconds.

It is longer than the delay of 660 ms after which X11 repeats a held key, because some repeats look like new presses.
"""

_STILL_PX: Final = 3
"""The distance, in pixels, below which a pointer that moved still counts as resting."""

_SHIFTS: Final = frozenset({QEvent.Type.Move, QEvent.Type.Resize})
_POINTINGS: Final = frozenset({QEvent.Type.HoverMove, QEvent.Type.MouseMove, QEvent.Type.Leave})
_ARRIVALS: Final = frozenset(
    {QEvent.Type.Show, QEvent.Type.EnabledChange, QEvent.Type.WindowActivate, QEvent.Type.WindowUnblocked}
)


def moment_ms() -> int:
    """Return how many milliseconds a widget must have been in its place before a press counts.

    This is longer than a double click takes on this desktop.
    """
    return max(_LEAST_MOMENT_MS, QGuiApplication.styleHints().mouseDoubleClickInterval())


class PressGuard(QObject):
    """Measures how long a widget has been visible, enabled and in the same place.

    A press that was meant for something else can thereby be rejected. Any change restarts the clock.
    """

    begun = Signal()
    """Emitted when the clock was restarted, so that a press in progress was meant for something else."""

    _is_whole = False
    """Whether the instance still has its attributes.

    If a window is not closed, Python's garbage collector deletes them before Qt sends the last events.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._clock = QElapsedTimer()
        self._place = QRect()
        self._rested: QPoint | None = None
        self._watched: list[QWidget] = []
        self._is_whole = True
        widget.installEventFilter(self)

    @property
    def is_long_enough(self) -> bool:
        """Whether a press counts now, that is, whether the widget is enabled and has not changed for a moment."""
        return self._clock.isValid() and self._widget.isEnabled() and self._clock.elapsed() >= moment_ms()

    def takes(self, event: QMouseEvent) -> bool:
        """Return whether a mouse press counts. A press that does not count restarts the clock.

        If the widget appeared under a resting pointer, a press counts only after the pointer has moved, or after a
        press that did not count.
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
        """Restart the clock, so that a press counts only after another moment, and emit ``begun``."""
        self._clock.start()
        self.begun.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._is_whole:
            return False
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
        """Remember the position of the pointer if the widget moved under it.

        A pointer that was already over the widget is where the user wants it.
        """
        before, self._place = self._place, self._place_now()
        pointer = QCursor.pos()
        at = self._widget.window().mapFromGlobal(pointer)
        if not self._place.contains(at):
            self._rested = None
        elif not before.contains(at):
            self._rested = pointer

    def _place_now(self) -> QRect:
        return QRect(self._widget.mapTo(self._widget.window(), QPoint()), self._widget.size())


_GAP_MS: Final = 30
"""The time, in milliseconds, within which a user can't release and press a key again."""


class FreshKeys:
    """Distinguishes key presses from the repeats of a held key.

    Each release of a key must be passed to ``note_release``. On X11, a repeat may arrive as a release and a press that
    is not marked as a repeat.
    """

    def __init__(self) -> None:
        self._released: dict[int, QElapsedTimer] = {}

    def note_release(self, event: QKeyEvent) -> None:
        """Record the release of a key, which may be part of a repeat."""
        self._released.setdefault(event.key(), QElapsedTimer()).start()

    def is_fresh(self, event: QKeyEvent) -> bool:
        """Return whether a key event is a new press by the user, not a repeat."""
        return not (event.isAutoRepeat() or self.is_held(event.key()))

    def is_held(self, key: int) -> bool:
        """Return whether a press of this key at this moment would be an unmarked repeat."""
        released = self._released.get(key)
        return released is not None and released.elapsed() < min(_GAP_MS, moment_ms())


_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_PRESSES: Final = _ENTER | {Qt.Key.Key_Space, Qt.Key.Key_Select}


class DeliberateButton(QPushButton):
    """A button that emits ``meant`` only for a press that was intended for this button. Use it in place of ``clicked``.

    The button must have been visible, enabled and in its place for a moment, whether it is pressed by mouse, key,
    mnemonic or screen reader. The second press of a double click and the repeats of a key do not count. A press that
    comes too soon shows a tool tip. Enter elsewhere in a dialog never presses the button.
    """

    meant = Signal()
    """Emitted for a press that was intended for this button."""

    def __init__(self, parent: QWidget | None = None, text: str = "") -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.press_guard = PressGuard(self)
        self._keys = FreshKeys()
        # Qt's own mnemonic would repeat while its keys are held down.
        self._mnemonic = QShortcut(self)
        self._mnemonic.setAutoRepeat(False)
        self._mnemonic.activated.connect(self.click)
        self.press_guard.begun.connect(self._on_press_guard_begun)
        self.clicked.connect(self._on_clicked)
        if text:
            self.setText(text)

    @override
    def setText(self, text: str) -> None:
        is_other = text != self.text()
        super().setText(text)
        self.setShortcut(QKeySequence())
        self._mnemonic.setKey(QKeySequence.mnemonic(text))
        if is_other and self.isVisible():
            # The button now does something else or describes it differently.
            self.press_guard.begin()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.press_guard.takes(event):
            super().mousePressEvent(event)
        else:
            self._refuse()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.press_guard.takes(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() not in _PRESSES or not is_plain:
            super().keyPressEvent(event)
        elif not self._keys.is_fresh(event):
            self.press_guard.begin()
        elif event.key() in _ENTER:
            self.click()
        elif self.press_guard.is_long_enough:
            super().keyPressEvent(event)
        else:
            self._refuse()

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._keys.note_release(event)
        super().keyReleaseEvent(event)

    def _refuse(self) -> None:
        self.press_guard.begin()
        QToolTip.showText(
            self.mapToGlobal(QPoint(0, self.height())),
            self.tr("You pressed too soon, so nothing was done. To confirm, press again."),
            self,
        )

    def _on_press_guard_begun(self) -> None:
        self.setDown(False)

    def _on_clicked(self) -> None:
        if self.press_guard.is_long_enough:
            self.press_guard.begin()
            self.meant.emit()
        else:
            self._refuse()


_ASKS_MS: Final = 20_000


class ConfirmButton(DeliberateButton):
    """A button that asks a question at the first press, and emits ``confirmed`` at the second.

    The question disappears after 20 seconds unless the pointer or the focus is on the button. Esc, the loss of the
    focus, and enabling or disabling the button end it immediately.
    """

    confirmed = Signal()
    """Emitted for the press that answers the question."""
    disarmed = Signal()
    """Emitted when the question was answered or removed, and also if no question was shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._question = ""
        self._asks = QTimer(self)
        self._asks.setSingleShot(True)
        self._asks.setInterval(_ASKS_MS)
        self._asks.timeout.connect(self._on_asks_timeout)
        self.meant.connect(self._on_meant)

    @property
    def is_armed(self) -> bool:
        """Whether the question is shown, so that the next press confirms the action."""
        return self._asks.isActive()

    def set_texts(self, text: str, question: str) -> None:
        """Set the text of the button without a question, and the text of the question."""
        self._text, self._question = text, question
        self._show()

    def ask(self) -> None:
        """Show the question, for example after the user pressed a shortcut key. The call alone confirms nothing."""
        self._asks.start()
        self._show()
        self.press_guard.begin()

    def disarm(self) -> None:
        """Remove the question, and emit ``disarmed``."""
        self._asks.stop()
        self._show()
        self.disarmed.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.disarm()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_armed:
            self.disarm()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange:
            self.disarm()
        super().changeEvent(event)

    def _on_meant(self) -> None:
        if self.is_armed:
            self.disarm()
            self.confirmed.emit()
        else:
            self.ask()

    def _on_asks_timeout(self) -> None:
        if self.underMouse() or self.hasFocus():
            self._asks.start()
        else:
            self.disarm()

    def _show(self) -> None:
        name = "danger" if self.is_armed else ""
        self.setText(self._question if self.is_armed else self._text)
        if self.is_armed:
            # The user may have pressed a key elsewhere, so a screen reader must read the question.
            announce(self, self._question, is_urgent=True)
        if self.objectName() != name:
            self.setObjectName(name)
            repolish(self)


def press_focused_button(event: QKeyEvent) -> bool:
    """Press the focused button if the key is Enter, and return whether the key is Enter and a button has the focus.

    Qt does this in dialogs only. The repeat of a key presses nothing, and it must not reach a widget behind the button.
    """
    if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
        return False
    focus = QApplication.focusWidget()
    if not isinstance(focus, QPushButton | QToolButton):
        return False
    if event.isAutoRepeat() or not focus.isEnabled():
        return True
    if isinstance(focus, QToolButton) and focus.menu() is not None:
        focus.showMenu()
    else:
        focus.click()
    return True


def style_send_button(button: QPushButton, *, is_binding: bool) -> None:
    """Set the icon and color of a primary button that sends. The button is red if the contract is binding.

    Call this again after the button is enabled or disabled, or after the theme changes.
    """
    colours = theme()
    red, ink = environment_colours(EnvironmentKind.PRODUCTION)
    ink_here = ink if is_binding else colours.on_accent
    button.setIcon(icon("send", ink_here if button.isEnabled() else colours.hint))
    rule = f"#primary:enabled {{ background: {red.name()}; border-color: {red.name()}; color: {ink.name()}; }}"
    button.setStyleSheet(rule if is_binding else "")


def style_acting_button(button: QPushButton, environment: Environment | None) -> None:
    """Set the color of a button to that of the environment in which it acts, or to the default for None.

    Pass None if the button acts in the chosen environment.
    """
    if environment is None:
        button.setStyleSheet("")
        return
    ground, ink = environment_colours(environment.kind)
    button.setStyleSheet(
        f"QPushButton:enabled {{ background: {ground.name()}; border-color: {ground.name()}; color: {ink.name()}; }}"
    )
