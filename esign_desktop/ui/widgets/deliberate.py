"""Buttons for what can't be taken back: a press counts only if it was made for the button that is there."""

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
"""Longer than keys are held before they repeat, which takes 660 ms with X: some repeats can't be told from presses."""

_STILL_PX: Final = 3
"""A pointer that moved by less has rested."""

_SHIFTS: Final = frozenset({QEvent.Type.Move, QEvent.Type.Resize})
_POINTINGS: Final = frozenset({QEvent.Type.HoverMove, QEvent.Type.MouseMove, QEvent.Type.Leave})
_ARRIVALS: Final = frozenset(
    {QEvent.Type.Show, QEvent.Type.EnabledChange, QEvent.Type.WindowActivate, QEvent.Type.WindowUnblocked}
)


def moment_ms() -> int:
    """Return how long a widget must have been in its place before a press counts: longer than a double click takes."""
    return max(_LEAST_MOMENT_MS, QGuiApplication.styleHints().mouseDoubleClickInterval())


class Standing(QObject):
    """Measures how long a widget has been visible, enabled and in its place; whatever changes that starts anew."""

    begun = Signal()
    """The time starts anew: a press that is under way was meant for something else."""

    _is_whole = False
    """Of a window that nobody closed Python's collector takes the attributes first; then Qt sends its last events."""

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
        """Whether a press counts by now."""
        return self._clock.isValid() and self._widget.isEnabled() and self._clock.elapsed() >= moment_ms()

    def takes(self, event: QMouseEvent) -> bool:
        """Whether a press of the mouse counts; one that doesn't starts the time anew.

        On a widget that came under a resting pointer it counts only after the pointer has moved, or was pressed once
        in vain.
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
        """Start the time anew."""
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


_GAP_MS: Final = 30
"""Nobody lets go of a key and presses it again within this time."""


class FreshKeys:
    """Tells a press of a key from the repeats of one that is held down.

    It has to hear of every release too: over X, repeats may come as releases and presses, not marked as repeats.
    """

    def __init__(self) -> None:
        self._released: dict[int, QElapsedTimer] = {}

    def note_release(self, event: QKeyEvent) -> None:
        """Remember that a key was let go of, or seems to have been."""
        self._released.setdefault(event.key(), QElapsedTimer()).start()

    def is_fresh(self, event: QKeyEvent) -> bool:
        """Whether somebody pressed the key now."""
        return not (event.isAutoRepeat() or self.is_held(event.key()))

    def is_held(self, key: int) -> bool:
        """Whether a press of this key that comes now is a repeat, though it is not marked as one."""
        released = self._released.get(key)
        return released is not None and released.elapsed() < min(_GAP_MS, moment_ms())


_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_PRESSES: Final = _ENTER | {Qt.Key.Key_Space, Qt.Key.Key_Select}


class DeliberateButton(QPushButton):
    """``meant`` stands for ``clicked``, and comes only of a press that was made for this very button.

    The button must have been visible, enabled and in its place for a moment, whether it is pressed by mouse, key,
    mnemonic or a screen reader; the second press of a double click does not count, nor does a key that repeats. Enter
    elsewhere in a dialog never presses it.
    """

    meant = Signal()

    def __init__(self, parent: QWidget | None = None, text: str = "") -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.standing = Standing(self)
        self._keys = FreshKeys()
        # A mnemonic of Qt's own would repeat while its keys are held.
        self._mnemonic = QShortcut(self)
        self._mnemonic.setAutoRepeat(False)
        self._mnemonic.activated.connect(self.click)
        self.standing.begun.connect(self._on_standing_begun)
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
            # It does something else now, or says it otherwise.
            self.standing.begin()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.standing.takes(event):
            super().mousePressEvent(event)
        else:
            self._refuse()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.standing.takes(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() not in _PRESSES or not is_plain:
            super().keyPressEvent(event)
        elif not self._keys.is_fresh(event):
            self.standing.begin()
        elif event.key() in _ENTER:
            self.click()
        elif self.standing.is_long_enough:
            super().keyPressEvent(event)
        else:
            self._refuse()

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._keys.note_release(event)
        super().keyReleaseEvent(event)

    def _refuse(self) -> None:
        self.standing.begin()
        QToolTip.showText(
            self.mapToGlobal(QPoint(0, self.height())),
            self.tr("You pressed too soon, so nothing was done. To confirm, press again."),
            self,
        )

    def _on_standing_begun(self) -> None:
        self.setDown(False)

    def _on_clicked(self) -> None:
        if self.standing.is_long_enough:
            self.standing.begin()
            self.meant.emit()
        else:
            self._refuse()


_ASKS_MS: Final = 20_000


class ConfirmButton(DeliberateButton):
    """Asks in place at the first press, and does it at the second.

    It asks for as long as the pointer or the keyboard is on it, and for a while otherwise; Esc ends it.
    """

    confirmed = Signal()

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
        """Whether the next press does it."""
        return self._asks.isActive()

    def set_texts(self, text: str, question: str) -> None:
        """Set what the button says at rest and when it asks."""
        self._text, self._question = text, question
        self._show()

    def ask(self) -> None:
        """Ask, for somebody who pressed a key elsewhere: that alone does nothing yet."""
        self._asks.start()
        self._show()
        self.standing.begin()

    def disarm(self) -> None:
        """Ask no more."""
        self._asks.stop()
        self._show()

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
            # Its key may have been pressed from elsewhere.
            announce(self, self._question, is_urgent=True)
        if self.objectName() != name:
            self.setObjectName(name)
            repolish(self)


def press_focused_button(event: QKeyEvent) -> bool:
    """Press the button that has the keyboard if the key is Enter; return whether there is one.

    Qt does so in dialogs only. A key that repeats presses nothing, but nothing behind the button may take it either.
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


def dress_send_button(button: QPushButton, *, is_binding: bool) -> None:
    """Give a primary button its icon and colour; again after it was enabled, disabled, or the theme changed."""
    colours = theme()
    red, ink = environment_colours(EnvironmentKind.PRODUCTION)
    ink_here = ink if is_binding else colours.on_accent
    button.setIcon(icon("send", ink_here if button.isEnabled() else colours.hint))
    rule = f"#primary:enabled {{ background: {red.name()}; border-color: {red.name()}; color: {ink.name()}; }}"
    button.setStyleSheet(rule if is_binding else "")


def dress_acting_button(button: QPushButton, environment: Environment | None) -> None:
    """Give a button the colour of the environment in which it acts, where that is not the chosen one (None: it is)."""
    if environment is None:
        button.setStyleSheet("")
        return
    ground, ink = environment_colours(environment.kind)
    button.setStyleSheet(
        f"QPushButton:enabled {{ background: {ground.name()}; border-color: {ground.name()}; color: {ink.name()}; }}"
    )
