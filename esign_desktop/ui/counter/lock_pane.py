"""Provide the pane that covers the teller's screen while the counter is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.services.counter.pin import MAX_DIGITS
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.forms import describe_choice
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.counter.tellers import Teller
    from esign_desktop.ui.counter.lock_controller import LockController

_PIN_PX: Final = 240
_SENTENCE_PX: Final = 640
_STEPS: Final[dict[int, int]] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class LockPane(QWidget):
    """Covers the teller's screen until the correct PIN is entered or, if no PIN is needed, Ctrl+L is pressed.

    A teller who must set a new PIN enters it twice in the same field, after the current PIN.
    """

    changed = Signal()
    """Emitted when the counter was locked or unlocked."""

    def __init__(self, controller: LockController, parent: QWidget | None = None, *, is_large: bool = True) -> None:
        """Create the pane. ``is_large`` chooses the large type of the counter."""
        super().__init__(parent)
        self._controller = controller
        self._is_locked = self._is_pin_known = self._wants_pin = self._is_without_tellers = False
        self._is_trying = False
        self._entered: tuple[str, ...] = ()
        """The current PIN and the new PIN, as far as they were entered, if the teller must set a new PIN."""
        self._heading = PlainLabel(self, is_live=True)
        self.who = QComboBox(self)
        self.who.setFixedWidth(sized(_PIN_PX))
        describe_choice(self.who, self.tr("Teller"))
        self.who.hide()
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._status.setFixedWidth(_SENTENCE_PX)
        self._status.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.pin = QLineEdit(self)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(MAX_DIGITS)
        self.pin.setFixedWidth(sized(_PIN_PX))
        self.pin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pin.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.pin.setAccessibleName(self.tr("PIN"))
        self.pin.setPlaceholderText(self.tr("PIN"))
        self._hint = PlainLabel(self, self.tr("↑ ↓ choose teller"), look="hint")
        self._hint.hide()
        column = QVBoxLayout(self)
        column.setSpacing(20)
        column.addStretch(1)
        rows = (self._heading, 36), (self.who, 26), (self.pin, 30), (self._hint, 16), (self._status, 20)
        for widget, pixels in rows:
            set_font_px(widget, pixels if is_large else pixels * 11 // 20, is_bold=widget is self._heading)
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.who.setFixedHeight(self.pin.sizeHint().height())
        column.addStretch(1)
        self.pin.returnPressed.connect(self._on_pin_return_pressed)
        controller.pin_known.connect(self._on_controller_pin_known)
        controller.tellers_known.connect(self._on_controller_tellers_known)
        self.who.activated.connect(self._on_who_activated)
        controller.tried.connect(self._on_controller_tried)
        controller.failed.connect(self._on_controller_failed)
        self._want_pin(wants_pin=False)

    @property
    def is_locked(self) -> bool:
        return self._is_locked

    @property
    def may_be_left(self) -> bool:
        """Whether the counter may be closed now: it is unlocked, is known to need no PIN, or has no tellers.

        Without tellers, the administrator must be able to add one, which is possible only while the program is closed.
        """
        return not self._is_locked or (self._is_pin_known and not self._wants_pin) or self._is_without_tellers

    @property
    def heading(self) -> str:
        return self._heading.text()

    @property
    def status(self) -> str:
        return self._status.text()

    @property
    def wants_pin(self) -> bool:
        return self._wants_pin

    def lock(self) -> None:
        """Lock the counter, and find out in the background whether a PIN is needed."""
        self._is_locked, self._is_pin_known, self._is_without_tellers = True, False, False
        self._want_pin(wants_pin=False)
        self.changed.emit()
        self._controller.ask()

    def press_lock_key(self) -> None:
        """Handle Ctrl+L while the counter is locked: unlock it if no PIN is needed, otherwise focus the PIN field.

        If it is not known whether a PIN is needed, find out again.
        """
        if not self._is_pin_known:
            self._controller.ask()
        elif self._wants_pin:
            self.take_keyboard()
        else:
            self._unlock()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step, count = _STEPS.get(event.key(), 0), self.who.count()
        if step and self._wants_pin and count > 1 and not self._is_trying:
            self.who.setCurrentIndex((self.who.currentIndex() + step) % count)
            self.begin_again()
        elif event.key() == Qt.Key.Key_Escape:
            self.begin_again()
        else:
            super().keyPressEvent(event)

    def take_keyboard(self) -> None:
        """Focus the PIN field if a PIN is needed, otherwise the pane."""
        (self.pin if self._wants_pin else self).setFocus()

    def begin_again(self) -> None:
        """Clear what was entered, and ask for the current PIN again.

        Do nothing if no PIN is needed, or while one is checked.
        """
        if self._wants_pin and not self._is_trying:
            self._ask_for()
            self.show_status("")
            self.take_keyboard()

    def _ask_for(self, *entered: str) -> None:
        """Ask for the current PIN or, after ``entered``, for the new PIN or for its repetition."""
        self._entered = entered
        texts = (
            self.tr("Locked. Enter the PIN, then press Enter."),
            self.tr("Choose a new PIN, then press Enter."),
            self.tr("Enter the new PIN again, then press Enter."),
        )
        self._set_heading(texts[len(entered)] if self._wants_pin else self.tr("Locked. Press Ctrl+L to unlock."))

    def _set_heading(self, text: str) -> None:
        self._heading.setText(text)
        self.setAccessibleName(text)

    def show_status(self, text: str) -> None:
        self.pin.clear()
        self._status.setText(text)
        # Because of its alignment, the layout would give the label only the height of one line.
        self._status.setMinimumHeight(max(0, self._status.heightForWidth(_SENTENCE_PX)))
        set_tone(self._status, "danger")

    def _want_pin(self, *, wants_pin: bool) -> None:
        self._wants_pin = wants_pin
        # The pane takes no focus, so that Tab moves directly between the PIN and the tellers.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if wants_pin else Qt.FocusPolicy.StrongFocus)
        self.show_status("")
        self.pin.setVisible(wants_pin)
        if not wants_pin:
            self.who.hide()
            self._hint.hide()
        self._ask_for()

    def _unlock(self) -> None:
        self._is_locked = False
        self._want_pin(wants_pin=False)
        self.changed.emit()

    def _on_pin_return_pressed(self) -> None:
        text = self.pin.text()
        # A second press while the PIN is checked would count as another attempt.
        if not text or self._is_trying:
            return
        current, *new = (*self._entered, text)
        if len(new) == 1:
            self._ask_for(current, text)
            self.show_status("")
        elif new and new[0] != new[1]:
            self._ask_for(current)
            self.show_status(self.tr("The PINs don't match. Enter the new PIN twice."))
        else:
            self._set_trying(is_trying=True)
            self._entered = (current, *new[:1])
            self._controller.try_pin(current, self.who.currentData() or "", new[0] if new else "")

    def _set_trying(self, *, is_trying: bool) -> None:
        self._is_trying = is_trying
        self.who.setEnabled(not is_trying)

    def _on_who_activated(self, _index: int) -> None:
        self.begin_again()

    def _on_controller_tellers_known(self, tellers: tuple[Teller, ...], current: str) -> None:
        self.who.clear()
        for teller in tellers:
            self.who.addItem(one_line(teller.name), teller.id)
        self.who.setCurrentIndex(max(0, self.who.findText(one_line(current))))
        self.who.setVisible(bool(tellers))
        self._hint.setVisible(len(tellers) > 1)

    def _on_controller_pin_known(self, wants_pin: bool) -> None:
        self._is_pin_known = True
        if self._is_locked:
            self._want_pin(wants_pin=wants_pin)
            self.take_keyboard()

    def _on_controller_tried(self, opens: bool) -> None:
        self._set_trying(is_trying=False)
        if self._is_locked and opens:
            self._unlock()
        elif self._is_locked:
            self._ask_for()
            self.show_status(self.tr("Incorrect PIN."))

    def _on_controller_failed(self, error: AppError) -> None:
        self._set_trying(is_trying=False)
        self._is_without_tellers = error.code == "teller.none"
        if not self._is_pin_known:
            # The counter stays locked until it is known who can unlock it.
            self._set_heading(self.tr("Locked."))
        elif error.code == "teller.new_pin" or len(self._entered) > 1:
            # A new PIN is required, or the one that was entered was refused.
            self._ask_for(*self._entered[:1])
        else:
            self._ask_for()
        self.show_status(error_sentence(error).text)
