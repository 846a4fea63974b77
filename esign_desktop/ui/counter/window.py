"""The teller's window: full screen, big type, and everything by the keyboard."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from esign_desktop.domain.preset.preset import FUNCTION_KEYS
from esign_desktop.override import override
from esign_desktop.services.counter.service import CounterNews, CounterState, CounterView
from esign_desktop.services.sending.held import HeldChoice
from esign_desktop.ui.counter.customer_screen import CustomerDisplay, CustomerScreen, CustomerView, customer_view
from esign_desktop.ui.counter.keys import PRESETS_PX, KeyBar, PresetKeys
from esign_desktop.ui.counter.lock_pane import LockPane
from esign_desktop.ui.counter.state import standing_keys, state_keys
from esign_desktop.ui.counter.work_page import AT_THE_LINE, WorkPage, is_through, takes_next
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import FreshKeys, Standing
from esign_desktop.ui.widgets.fitting import CurrentPageStack
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from esign_desktop.ui.widgets.theme import environment_colours, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esign_desktop.domain.environment import Environment, EnvironmentKind
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.counter.service import CustomerLook
    from esign_desktop.ui.counter.controller import CounterController

_TWICE_MS: Final = 1500
"""Esc counts as pressed twice within this time."""
SIGNED_FOR_MS: Final = 8_000
ENDED_FOR_MS: Final = 60_000
TYPED_FOR_MS: Final = 180_000
"""How long what is signed, what has ended, and what was only typed stays on the screens."""

_ROOMY_PX: Final = QSize(1200, 700)

_WORK, _LOCKED = range(2)
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_MAY_BE_RENEWED: Final = frozenset(
    {CounterState.SHOWING, CounterState.EXPIRED, CounterState.REVOKED, CounterState.REFUSED, CounterState.BROKEN_OFF}
)
_MAY_BE_TAKEN_BACK: Final = frozenset(
    {CounterState.SENDING, CounterState.SHOWING, CounterState.PAUSED, CounterState.FAILED, CounterState.HELD}
)
_HELD_KEYS: Final = {
    Qt.Key.Key_1: HeldChoice.LOOK_AGAIN,
    Qt.Key.Key_2: HeldChoice.START_AGAIN,
    Qt.Key.Key_3: HeldChoice.GIVE_UP,
}


class CounterWindow(QWidget):
    """Owns the customer's display. ``closed`` when the teller leaves; ``sheet_requested`` asks for the shift sheet.

    ``locked`` when both screens are covered, and whatever stands before this window is to go.
    """

    closed = Signal()
    locked = Signal()
    sheet_requested = Signal()
    screen_chosen = Signal(str)

    def __init__(self, desk: CounterController, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._desk = desk
        self._view = desk.view
        self._is_blanked = False
        self._is_locked = False
        self._is_pin_known = False
        self._is_small = False
        self._is_next_begun = False
        self._is_going_back = False
        self._kind: EnvironmentKind | None = None
        self._key_presses = FreshKeys()
        self._escape = QElapsedTimer()
        self.display = CustomerDisplay()
        self.placing = CustomerScreen(self.display, self, self)
        self._preset = ElidedLabel(self)
        self._screen_state = PlainLabel(self)
        self._environment = PlainLabel(self)
        self.preset_keys = PresetKeys(self)
        self._work = WorkPage(self)
        self.line, self.pane = self._work.line, self._work.pane
        self._shown = Standing(self._work)
        self.lock_pane = LockPane(self)
        self._stack = CurrentPageStack(self)
        self._message = PlainLabel(self)
        self._keys = KeyBar(self)
        self._standing = KeyBar(self)
        self._keyboard_place: QWidget | None = None
        self._tidy = QTimer(self)
        self._tidy.setSingleShot(True)
        self._lay_out()
        self._connect()
        self.retranslate()

    @property
    def message(self) -> str:
        """What is said at the foot, about the last thing that was tried."""
        return self._message.text()

    @property
    def is_locked(self) -> bool:
        """Whether both screens are covered."""
        return self._is_locked

    def open_on(self, screen: QScreen, customer_identity: str) -> None:
        """Fill a screen, and show the customer's display on the one that was chosen for it, or on the only other."""
        self.setScreen(screen)
        self.fit(screen.geometry().size())
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.placing.use(customer_identity)
        self.placing.open()
        self._desk.open()
        self.line.setFocus()

    def show_environment(self, environment: Environment) -> None:
        """Say where contracts go."""
        self._kind = environment.kind
        ground, ink = environment_colours(environment.kind)
        self._environment.setText(environment_name(environment.kind))
        self._environment.setStyleSheet(
            f"background: {ground.name()}; color: {ink.name()}; padding: 4px 16px; border-radius: 4px;"
        )

    def tell(self, text: str, *, is_grave: bool = False) -> None:
        """Say something at the foot, in the place of what was said before."""
        self._message.setText(text)
        self._message.setStyleSheet(f"color: {(theme().danger if is_grave else theme().text).name()};")

    def lock(self) -> None:
        """Cover both screens until somebody opens them again; what was only typed is forgotten."""
        if self._is_locked:
            return
        self._is_locked = True
        self._is_pin_known = False
        self.line.clear()
        self.tell("")
        self.lock_pane.want_pin(wants_pin=False)
        self._show()
        self.locked.emit()
        self._desk.ask_for_pin()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        state = self._view.state
        key = Qt.Key(event.key())
        if not self._is_locked and self._view.wants_look and key in _ENTER:
            # The Enter that gave the last answer may still be held down; and what lies below the edge is shown first.
            # The Enter that gave the PIN was not meant for it either.
            is_fresh = self._key_presses.is_fresh(event)
            is_meant = is_fresh and self._work.sum.is_seen and self._shown.is_long_enough
            if is_meant and not self._work.sum.turn_page():
                self._desk.send()
            return
        if self._is_locked or state in AT_THE_LINE or self.line.text:
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        act = self._act_of(key)
        if act is not None:
            if self._may_act(event):
                act()
        elif key in _ENTER and takes_next(self._view):
            # What was sent goes on: only a key that is held down must not do that.
            if self._key_presses.is_fresh(event):
                self._desk.clear()
        else:
            super().keyPressEvent(event)

    def _act_of(self, key: Qt.Key) -> Callable[[], None] | None:
        """Return what a key sends of the contract that is shown, or decides about it."""
        state = self._view.state
        if key in _ENTER:
            if state is CounterState.WAITING:
                return self._desk.show_waiting
            if state in {CounterState.PAUSED, CounterState.FAILED}:
                return self._desk.retry
        if state is CounterState.HELD and key in _HELD_KEYS:
            return partial(self._desk.decide, _HELD_KEYS[key])
        return None

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._key_presses.note_release(event)
        super().keyReleaseEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_locked and (self.lock_pane.wants_pin or not self._is_pin_known):
            event.ignore()
            return
        if self._desk.is_busy:
            event.ignore()
            self.tell(self.tr("A contract is being sent: wait for it, or call it off with Esc Esc."), is_grave=True)
            return
        if self._view.state is CounterState.SHOWING and not is_through(self._view):
            event.ignore()
            self.tell(self.tr("A code is on the screen: wait for it, or revoke it with Esc Esc."), is_grave=True)
            return
        self.take_down()
        event.accept()
        self.closed.emit()

    def take_down(self) -> None:
        """Cover both screens and stop listening; what was sent goes on."""
        self._tidy.stop()
        self.line.clear()
        self.placing.close()
        self.display.show_view(CustomerView())
        self._desk.close()
        self.hide()

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self.setWindowTitle(self.tr("Counter"))
        if self._kind is not None:
            self._environment.setText(environment_name(self._kind))
        self.lock_pane.retranslate()
        self._standing.show_keys(standing_keys())
        self._show()

    def _lay_out(self) -> None:
        for label, pixels, is_bold in (
            (self._preset, 26, True),
            (self._screen_state, 16, False),
            (self._environment, 16, True),
            (self._message, 20, False),
        ):
            _set_font(label, pixels, is_bold=is_bold)
        self._message.setWordWrap(True)
        self._message.setMinimumSize(1, 56)
        top = QHBoxLayout()
        top.setSpacing(24)
        top.addWidget(self._preset, 1)
        top.addWidget(self._screen_state)
        top.addWidget(self._environment)
        for page in (self._work, self.lock_pane):
            self._stack.addWidget(page)
        middle = QHBoxLayout()
        middle.setSpacing(48)
        middle.addWidget(self.preset_keys)
        middle.addWidget(self._stack, 1)
        foot = QVBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._keys)
        foot.addWidget(self._standing)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(40, 28, 40, 24)
        whole.setSpacing(20)
        whole.addLayout(top)
        whole.addLayout(middle, 1)
        whole.addWidget(self._message)
        whole.addLayout(foot)

    def fit(self, size: QSize) -> None:
        """Leave out what is only a help where the screen is small, or much is magnified."""
        self._is_small = is_small = size.width() < _ROOMY_PX.width() or size.height() < _ROOMY_PX.height()
        self._standing.setVisible(not is_small)
        for bar in (self._keys, self._standing):
            bar.make_room(is_small=is_small)
        self._work.make_room(size, is_small=is_small)
        margin = 16 if is_small else 36
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(margin, margin // 2, margin, margin // 2)
            layout.setSpacing(8 if is_small else 20)
        self.preset_keys.setFixedWidth(200 if is_small else PRESETS_PX)

    def _connect(self) -> None:
        self._desk.changed.connect(self._on_desk_changed)
        self._desk.looked.connect(self._on_desk_looked)
        self._desk.refused.connect(self._on_desk_refused)
        self._desk.put_back.connect(self._on_desk_put_back)
        self._desk.failed.connect(self._on_desk_failed)
        self._desk.saved.connect(self._on_desk_saved)
        self._desk.presets_changed.connect(self._on_desk_presets_changed)
        self._desk.pin_known.connect(self._on_desk_pin_known)
        self._desk.lock_tried.connect(self._on_desk_lock_tried)
        self._desk.lock_failed.connect(self._on_desk_lock_failed)
        self.lock_pane.pin_entered.connect(self._desk.try_lock)
        self.line.typed.connect(self._on_line_typed)
        self.line.submitted.connect(self._on_line_submitted)
        self.placing.chosen.connect(self.screen_chosen)
        self.placing.changed.connect(self._on_placing_changed)
        self.placing.operator_displaced.connect(self.lock)
        self._tidy.timeout.connect(self._on_tidy_timeout)
        for number in FUNCTION_KEYS:
            self._shortcut(f"F{number}", self._on_preset_key_activated).setObjectName(str(number))
        for keys, slot in (
            ("Esc", self._on_escape_activated),
            ("F9", self._on_blank_activated),
            ("F10", self._on_screen_activated),
            ("F11", self.close),
            ("F12", self._on_renew_activated),
            ("Ctrl+I", self._on_document_activated),
            ("Up", self._on_back_activated),
            ("Shift+Tab", self._on_back_activated),
            ("Ctrl+M", self._on_sms_activated),
            ("Ctrl+L", self._on_lock_activated),
            ("Ctrl+T", self._on_sheet_activated),
        ):
            self._shortcut(keys, slot)

    def _shortcut(self, keys: str, slot: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(slot)
        return shortcut

    def _show(self) -> None:
        """Paint both screens from the view, the codes first: somebody waits for them."""
        view = self._view
        self._work.show_view(view)
        seen = CustomerView() if self._is_blanked or self._is_locked else customer_view(view)
        self.display.show_view(seen, drawn=self.pane.code)
        self._preset.setText(one_line(view.preset_name) or self.tr("Counter"))
        self.preset_keys.choose(view.preset_id)
        self._stack.setCurrentIndex(_LOCKED if self._is_locked else _WORK)
        self.preset_keys.setVisible(not self._is_locked)
        place = self.lock_pane if self._is_locked else self._work.keyboard_place
        if place is not self._keyboard_place:
            self._keyboard_place = place
            place.setFocus()
        self._keys.show_keys(() if self._is_locked else state_keys(view))
        self._standing.setVisible(not (self._is_locked or self._is_small))
        self._show_screen_state()

    def _show_screen_state(self) -> None:
        if self.placing.screen is None:
            words, colour = self.tr("The customer's screen is not there"), theme().danger
        elif self._is_blanked:
            words, colour = self.tr("The customer's screen is blanked"), theme().danger
        else:
            words, colour = self.tr("The customer's screen is on"), theme().hint
        self._screen_state.setText(words)
        self._screen_state.setStyleSheet(f"color: {colour.name()};")

    def _tidy_later(self) -> None:
        state = self._view.state
        if state is CounterState.SIGNED:
            self._tidy.start(SIGNED_FOR_MS)
        elif state.is_ended:
            self._tidy.start(ENDED_FOR_MS)
        elif state.is_under_way or state is CounterState.SHOWING:
            self._tidy.stop()
        else:
            self._tidy.start(TYPED_FOR_MS)

    def _may_act(self, event: QKeyEvent) -> bool:
        """Whether a key was pressed for what stands here now; one that is held down keeps it waiting."""
        if self._key_presses.is_fresh(event):
            return self._has_stood()
        self._shown.begin()
        return False

    def _has_stood(self) -> bool:
        """Whether what is shown could be read before a key was pressed for it; say so if not."""
        if self._shown.is_long_enough:
            return True
        self._shown.begin()
        self.tell(self.tr("That press came too soon, and nothing was done. If you mean it, press again."))
        return False

    def _on_desk_changed(self, news: CounterNews, view: CounterView) -> None:
        before, self._view = self._view, view
        if view.state is not before.state:
            self._tidy_later()
            self._shown.begin()
        if news is CounterNews.CLEARED:
            if not self._is_next_begun:
                self.line.clear()
            self._is_next_begun = False
            self.tell("")
        if news is CounterNews.ENDED or (news is CounterNews.CHANGED and view.state is not before.state):
            self.tell("")
        if news in {CounterNews.ENDED, CounterNews.NEXT_CUSTOMER}:
            QApplication.beep()
        # The line is in the service's hands from here on.
        if _taken(view) > _taken(before):
            self.line.clear()
        self._show()

    def _on_desk_presets_changed(self, presets: Mapping[int, Preset]) -> None:
        self.preset_keys.show_presets(presets)

    def _on_desk_looked(self, look: CustomerLook) -> None:
        if self.line.text and self._view.next_question is None:
            self.line.show_look(look)

    def _on_desk_refused(self, look: CustomerLook) -> None:
        self.line.show_look(look, is_grave=True)

    def _on_desk_put_back(self, text: str) -> None:
        self._is_going_back = False
        if not self._is_locked:
            self.line.put_back(text)

    def _on_desk_failed(self, error: AppError) -> None:
        self._is_next_begun = self._is_going_back = False
        sentence = error_sentence(error)
        self.tell(f"{one_line(sentence.title)} {sentence.remedy}", is_grave=True)

    def _on_desk_saved(self, count: int) -> None:
        if count:
            self.tell(self.tr("%n signed file(s) saved.", "", count))

    def _on_line_typed(self, text: str) -> None:
        self._tidy_later()
        if text and takes_next(self._view) and not self._is_next_begun:
            # The first key belongs to the next customer already.
            self._is_next_begun = True
            self._desk.clear()
        if text and self._view.next_question is None:
            self._desk.look(text)

    def _on_line_submitted(self, text: str) -> None:
        if self._view.state is CounterState.IDLE:
            self.tell(self.tr("Choose a contract first: F2 to F8."), is_grave=True)
            return
        self.tell("")
        self._desk.enter(text)

    def _on_preset_key_activated(self) -> None:
        if not self._is_locked:
            self.tell("")
            self._desk.choose(int(self.sender().objectName()))

    def _on_escape_activated(self) -> None:
        if self._is_locked:
            self.lock_pane.pin.clear()
            return
        if self._key_presses.is_held(Qt.Key.Key_Escape):
            self._escape.invalidate()
            return
        is_second = self._escape.isValid() and self._escape.elapsed() < _TWICE_MS
        self._escape.invalidate()
        if not is_second:
            self._escape.start()
            if self._view.state in _MAY_BE_TAKEN_BACK:
                self.tell(self.tr("Esc once more revokes and clears."))
            return
        self.tell("")
        if self._view.state in _MAY_BE_TAKEN_BACK:
            self._desk.revoke_and_clear()
        elif self._view.state is not CounterState.REVOKING:
            self.line.clear()
            self._desk.clear()

    def _on_blank_activated(self) -> None:
        self._is_blanked = not self._is_blanked
        self._show()

    def _on_screen_activated(self) -> None:
        if not self._is_locked:
            self.placing.choose_next()
            self._show_screen_state()

    def _on_renew_activated(self) -> None:
        earlier = self._view.earlier
        may_be_renewed = self._view.state in _MAY_BE_RENEWED or (earlier is not None and earlier.is_entered_anew)
        if may_be_renewed and not self._is_locked and self._has_stood():
            self._desk.renew()

    def _on_back_activated(self) -> None:
        may_go = self._view.state is CounterState.READY and _taken(self._view) and not self._is_going_back
        if may_go and not self._is_locked:
            self._is_going_back = True
            self.tell("")
            text = self.line.text
            self.line.clear()
            self._desk.step_back(text)

    def _on_document_activated(self) -> None:
        if not self._is_locked and self._view.next_question is None:
            self.line.say_next_document()

    def _on_sms_activated(self) -> None:
        if not self._is_locked and self._view.state in _MAY_BE_RENEWED and self._has_stood():
            self._desk.renew(by_sms=True)

    def _on_sheet_activated(self) -> None:
        if not self._is_locked:
            self.sheet_requested.emit()

    def _on_lock_activated(self) -> None:
        if not self._is_locked:
            self.lock()
        elif not self._is_pin_known:
            self._desk.ask_for_pin()
        elif self.lock_pane.wants_pin:
            self.lock_pane.take_keyboard()
        else:
            self._unlock()

    def _unlock(self) -> None:
        self._is_locked = False
        self.lock_pane.want_pin(wants_pin=False)
        self._show()

    def _on_desk_pin_known(self, wants_pin: bool) -> None:
        self._is_pin_known = True
        if self._is_locked:
            self.lock_pane.want_pin(wants_pin=wants_pin)
            self.lock_pane.take_keyboard()

    def _on_desk_lock_tried(self, opens: bool) -> None:
        if self._is_locked and opens:
            self._unlock()
        elif self._is_locked:
            self.lock_pane.tell(self.tr("This is not the PIN."))

    def _on_desk_lock_failed(self, error: AppError) -> None:
        sentence = error_sentence(error)
        self.lock_pane.tell(f"{one_line(sentence.title)} {sentence.remedy}")

    def _on_placing_changed(self, _is_there: bool) -> None:
        self._show_screen_state()
        self.activateWindow()

    def _on_tidy_timeout(self) -> None:
        state = self._view.state
        if self._is_next_begun:
            return
        if state.is_ended or state in AT_THE_LINE:
            self.line.clear()
            self._desk.clear()
        else:
            # What is paused or held needs a decision: it is covered, and stays.
            self.lock()


def _taken(view: CounterView) -> int:
    """Return how much of what is wanted was taken in."""
    return sum(bool(one.name) for one in view.customers) + sum(one.value is not None for one in view.asked)


def _set_font(label: QLabel, pixels: int, *, is_bold: bool) -> None:
    font = label.font()
    font.setPixelSize(pixels)
    font.setBold(is_bold)
    label.setFont(font)
