"""Provide the teller's window, which is full screen, in large type, and controlled by the keyboard."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from esign_desktop.domain.preset.preset import FUNCTION_KEYS
from esign_desktop.override import override
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import CounterNews, CounterView
from esign_desktop.services.sending.held import HeldChoice
from esign_desktop.ui.counter.customer_screen import CustomerDisplay, CustomerScreen, CustomerView, customer_view
from esign_desktop.ui.counter.frame import PRESETS_PX, HeadLine, KeyBar, PresetKeys
from esign_desktop.ui.counter.lock_pane import LockPane
from esign_desktop.ui.counter.queue import CustomerQueue
from esign_desktop.ui.counter.state import common_keys, state_keys
from esign_desktop.ui.counter.work_page import AT_THE_LINE, WorkPage, is_through, takes_next
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.quota import quota_sentences
from esign_desktop.ui.widgets.deliberate import FreshKeys, PressGuard
from esign_desktop.ui.widgets.idle import IdleTimer
from esign_desktop.ui.widgets.labels import PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import CurrentPageStack, hbox, vbox
from esign_desktop.ui.widgets.theme import repolish, set_tone, sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.flows.quota import ContractAccount
    from esign_desktop.services.people.customers import CustomerLook
    from esign_desktop.ui.counter.controller import CounterController

_TWICE_MS: Final = 1500
"""The time, in milliseconds, within which a second press of Esc confirms the first."""
_LOOK_AGAIN_MS: Final = 10_000
SIGNED_FOR_MS: Final = 8_000
ENDED_FOR_MS: Final = 60_000
TYPED_FOR_MS: Final = 180_000
"""How long a signed contract, another result, and entered data stay on the screens, in milliseconds."""

_ROOMY_PX: Final = QSize(1200, 700)

_WORK, _LOCKED = range(2)
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_HELD_KEYS: Final = {
    Qt.Key.Key_1: HeldChoice.LOOK_AGAIN,
    Qt.Key.Key_2: HeldChoice.START_AGAIN,
    Qt.Key.Key_3: HeldChoice.GIVE_UP,
}


class CounterWindow(QWidget):
    """The teller's window, which enters customers and sends contracts. It owns the display for the customer."""

    manual_page = "counter"

    closed = Signal()
    """Emitted when the teller has left the counter."""
    locked = Signal()
    """Emitted when the counter was locked, so that windows in front of this one must be closed."""
    sheet_requested = Signal()
    """Emitted when the teller wants to see the shift sheet."""
    print_requested = Signal(object)
    """Carries the ``FlowId`` of the contract that was last signed here, to be printed."""
    screen_chosen = Signal(str)
    """Carries the identity of the screen that the teller chose for the customer."""

    def __init__(
        self, controller: CounterController, parent: QWidget | None = None, *, lock_after_minutes: int | None = None
    ) -> None:
        """Create the window. The counter locks itself after ``lock_after_minutes`` without input. None means never."""
        super().__init__(parent, Qt.WindowType.Window)
        self._controller = controller
        self._view = controller.view
        self._is_blanked = self._is_small = self._is_next_begun = self._is_going_back = False
        self._is_filled = self._is_thanked = False
        self._key_presses = FreshKeys()
        self._escape = QElapsedTimer()
        self.display = CustomerDisplay()
        self.placing = CustomerScreen(self.display, self, self)
        self.head = HeadLine(self)
        self.preset_keys = PresetKeys(self)
        self._work = WorkPage(self)
        self.line, self.pane = self._work.line, self._work.pane
        self._shown = PressGuard(self._work)
        self._line_guard = PressGuard(self.line)
        self.queue = CustomerQueue(controller, self, is_free=lambda: self._is_free, line_text=lambda: self.line.text)
        self.lock_pane = LockPane(controller.lock, self)
        self._stack = CurrentPageStack(self)
        self._package = PlainLabel(self, is_wrapped=True, is_live=True)
        self._trouble = PlainLabel(self, is_wrapped=True, is_live=True)
        self._message = PlainLabel(self, is_wrapped=True, is_live=True)
        self._keys = KeyBar(self)
        self._standing = KeyBar(self)
        self._keyboard_place: QWidget | None = None
        self._signed: FlowId | None = None
        self._environment: Environment | None = None
        self._tidy = QTimer(self)
        self._tidy.setSingleShot(True)
        self.idle = IdleTimer(lock_after_minutes, self)
        self.idle.elapsed.connect(self._on_idle_elapsed)
        self._lay_out()
        self._connect()
        self.setWindowTitle(self.tr("Counter"))
        self._standing.show_keys(common_keys())
        self._show()

    @property
    def message(self) -> str:
        return self._message.text()

    @property
    def is_locked(self) -> bool:
        return self.lock_pane.is_locked

    def open_on(self, screen: QScreen, customer_identity: str) -> None:
        """Open the window full screen on ``screen``, and the display on the customer's screen with this identity.

        Without an identity, the display is shown on the only other screen. Without such a screen, it stays hidden.
        """
        self.setScreen(screen)
        self.fit(screen.geometry().size())
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.placing.use(customer_identity)
        self.placing.open()
        self._controller.open()
        self.line.setFocus()

    def show_environment(self, environment: Environment) -> None:
        before, self._environment = self._environment, environment
        self.head.show_environment(environment)
        if before != environment and self._controller.is_open:
            # A contract to be resumed was only searched for in the previous environment.
            self._controller.resume()

    def show_quota(self, account: ContractAccount | None) -> None:
        """Show a warning if the contract plan is running out. If ``account`` is None, hide the warning."""
        self._package.setText(quota_sentences(account).replace("\n", "  ") if account is not None else "")
        self._package.setVisible(account is not None)
        self._package.setObjectName("alarm" if account is not None and account.lacks_for(1) else "caution")
        repolish(self._package)

    def show_trouble(self, text: str) -> None:
        """Show a persistent problem above the page. With an empty text, hide it."""
        self._trouble.setText(text)
        self._trouble.setVisible(bool(text))

    def show_status(self, text: str, *, is_error: bool = False) -> None:
        """Show a message at the bottom, in place of the previous one. With an empty text, remove it."""
        self._message.setText(text)
        set_tone(self._message, "danger" if is_error else "")

    @property
    def _is_free(self) -> bool:
        """Whether the line is empty and no customer is being served, so that a queued customer may fill it."""
        is_at_the_line = self._view.state in AT_THE_LINE and not _taken(self._view)
        return is_at_the_line and not self.is_locked and not self.line.text

    def read_presets(self) -> None:
        """Read the presets again in the background."""
        self._controller.read_presets()

    def lock(self) -> None:
        """Lock the counter, clear the line and cover both screens. Do nothing if the counter is locked."""
        if not self.is_locked:
            self.line.clear()
            self.show_status("")
            self.lock_pane.lock()
            self.queue.set_aside()
            self.locked.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        state = self._view.state
        key = Qt.Key(event.key())
        if not self.is_locked and self._view.wants_look and key in _ENTER:
            # An Enter held down since the last answer, or pressed for the PIN, must not send. A summary that does not
            # fit on the screen is scrolled to its end first.
            is_fresh = self._key_presses.is_fresh(event)
            is_meant = is_fresh and self._work.sum.is_seen and self._shown.is_long_enough
            if is_meant and not self._work.sum.turn_page():
                self._controller.send()
            return
        if self.is_locked or state in AT_THE_LINE or self.line.text:
            super().keyPressEvent(event)
            return
        act = self._act_of(key)
        if act is not None:
            if self._may_act(event):
                act()
        elif key in _ENTER and takes_next(self._view):
            # This revokes nothing, but an Enter pressed just before the page appeared would clear it unread.
            if self._may_act(event):
                self._controller.clear()
        else:
            super().keyPressEvent(event)

    def _on_idle_elapsed(self) -> None:
        if self._controller.is_busy or self._view.state is CounterState.SHOWING:
            # The counter is not locked while a customer is being served.
            self.idle.ask_again(_LOOK_AGAIN_MS)
        else:
            self.lock()

    def _act_of(self, key: Qt.Key) -> Callable[[], None] | None:
        """Return the action of a key for the displayed contract, or None if the key has none."""
        state = self._view.state
        if key in _ENTER:
            if state is CounterState.WAITING:
                return self._controller.show_waiting
            if state in {CounterState.PAUSED, CounterState.FAILED}:
                return self._controller.retry
        if state is CounterState.HELD and key in _HELD_KEYS:
            return partial(self._controller.decide, _HELD_KEYS[key])
        return None

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._key_presses.note_release(event)
        super().keyReleaseEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        obstacle = ""
        if self._controller.is_busy:
            obstacle = self.tr("The contract is being sent. Wait, or press Esc twice to cancel.")
        elif self._view.state is CounterState.SHOWING and not is_through(self._view):
            obstacle = self.tr(
                "A QR code is on the screen. Wait for the signature, or press Esc twice to revoke the contract."
            )
        if obstacle or not self.lock_pane.may_be_left:
            event.ignore()
            if self.lock_pane.may_be_left:
                self.show_status(obstacle, is_error=True)
            return
        self.take_down()
        event.accept()
        self.closed.emit()

    def take_down(self) -> None:
        """Hide both windows, clear the customers' data, and stop listening to the service.

        A contract that was sent is not revoked.
        """
        self._tidy.stop()
        self.idle.stop()
        self.queue.drop()
        self.line.clear()
        self.placing.close()
        self.display.show_view(CustomerView(is_covered=True))
        self._controller.close()
        self.hide()

    def _lay_out(self) -> None:
        set_font_px(self._message, 20)
        set_font_px(self._package, 16)
        set_font_px(self._trouble, 16)
        self._trouble.setObjectName("caution")
        self._package.hide()
        self._trouble.hide()
        self._message.setMinimumSize(1, 56)
        for page in (self._work, self.lock_pane):
            self._stack.addWidget(page)
        middle = hbox(self.preset_keys, (self._stack, 1), spacing=48)
        foot = vbox(self._keys, self._standing)
        vbox(
            self.head,
            self._package,
            self._trouble,
            (middle, 1),
            self._message,
            foot,
            spacing=20,
            margins=(40, 28, 40, 24),
            parent=self,
        )

    def fit(self, size: QSize) -> None:
        """Adapt the layout to a size of the window. Help texts are hidden if there is little space."""
        self._is_small = is_small = size.width() < sized(_ROOMY_PX.width()) or size.height() < sized(_ROOMY_PX.height())
        self._standing.setVisible(not is_small)
        for bar in (self._keys, self._standing):
            bar.make_room(is_small=is_small)
        self._work.make_room(size, is_small=is_small)
        margin = 16 if is_small else 36
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(margin, margin // 2, margin, margin // 2)
            layout.setSpacing(8 if is_small else 20)
        self.preset_keys.setFixedWidth(max(200, size.width() // 4) if is_small else PRESETS_PX)

    def _connect(self) -> None:
        self._controller.changed.connect(self._on_controller_changed)
        self._controller.looked.connect(self._on_controller_looked)
        self._controller.refused.connect(self._on_controller_refused)
        self._controller.put_back.connect(self._on_controller_put_back)
        self._controller.failed.connect(self._on_controller_failed)
        self._controller.still_held.connect(self._on_controller_still_held)
        self._controller.saved.connect(self._on_controller_saved)
        self._controller.presets_changed.connect(self.preset_keys.show_presets)
        self.lock_pane.changed.connect(self._show)
        self.lock_pane.changed.connect(self._on_lock_pane_changed)
        self.queue.changed.connect(self._on_queue_changed)
        self.queue.filled.connect(self._fill)
        self.line.typed.connect(self._on_line_typed)
        self.line.submitted.connect(self._on_line_submitted)
        self.placing.chosen.connect(self.screen_chosen)
        self.placing.changed.connect(self._on_placing_changed)
        self.placing.operator_displaced.connect(self.lock)
        self._tidy.timeout.connect(self._on_tidy_timeout)
        unlocked: tuple[tuple[str, Callable[[], object]], ...] = (
            ("F10", self._choose_next_screen),
            ("F12", self._renew),
            ("Ctrl+I", self._choose_next_document),
            ("Ctrl+M", self._send_by_sms),
            ("Ctrl+T", self.sheet_requested.emit),
            ("Ctrl+P", self._print_signed),
            *((f"F{number}", partial(self._choose_preset, number)) for number in FUNCTION_KEYS),
        )
        for keys, act in unlocked:
            self._shortcut(keys, partial(self._if_unlocked, act))
        for keys, act in (
            ("Esc", self._on_escape_activated),
            ("F9", self._on_blank_activated),
            ("F11", self.close),
            ("Ctrl+L", self._on_lock_activated),
        ):
            self._shortcut(keys, act)
        # While the counter is locked, these keys select a teller.
        self._back_keys = [self._shortcut(keys, self._step_back) for keys in ("Up", "Shift+Tab")]

    def _shortcut(self, keys: str, act: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(act)
        return shortcut

    def _if_unlocked(self, act: Callable[[], object]) -> None:
        # The shortcut consumes the key in any case, so that it does not reach the PIN field.
        if not self.is_locked:
            act()

    def _print_signed(self) -> None:
        if self._signed is not None:
            self.print_requested.emit(self._signed)
        else:
            self.show_status(self.tr("There is no newly signed contract here."))

    def _show(self) -> None:
        """Update both screens from the view. The QR codes come first, because the customer waits for them."""
        view = self._view
        self._work.show_view(view)
        is_covered = self._is_blanked or self.is_locked
        seen = CustomerView(is_covered=True) if is_covered else customer_view(view)
        if self._is_thanked and not is_covered:
            seen = customer_view(CounterView())
        self.display.show_view(seen, drawn=self.pane.code)
        self.head.show_preset(view.preset_name)
        self.head.show_teller("" if self.is_locked else self._controller.lock.teller)
        self.preset_keys.choose(view.preset_id)
        self._stack.setCurrentIndex(_LOCKED if self.is_locked else _WORK)
        self.preset_keys.setVisible(not self.is_locked)
        place = self.lock_pane if self.is_locked else self._work.keyboard_place
        if place is not self._keyboard_place:
            self._keyboard_place = place
            place.setFocus()
        self._keys.show_keys(() if self.is_locked else state_keys(view))
        self._standing.setVisible(not (self.is_locked or self._is_small))
        for shortcut in self._back_keys:
            shortcut.setEnabled(not self.is_locked)
        self._show_screen_state()

    def _show_screen_state(self) -> None:
        self.head.show_screen(is_there=self.placing.screen is not None, is_blanked=self._is_blanked)

    def _tidy_later(self) -> None:
        state = self._view.state
        if state.is_under_way or state is CounterState.SHOWING:
            self._tidy.stop()
        elif state is CounterState.SIGNED:
            self._tidy.start(SIGNED_FOR_MS)
        else:
            self._tidy.start(ENDED_FOR_MS if state.is_ended else TYPED_FOR_MS)

    def _may_act(self, event: QKeyEvent) -> bool:
        """Return whether a key press was meant for the displayed page. Repeats of a held key restart the wait."""
        if self._key_presses.is_fresh(event):
            return self._has_stood()
        self._shown.begin()
        return False

    def _has_stood(self) -> bool:
        """Return whether the page has been visible long enough to be read. If it has not, show a message."""
        if self._shown.is_long_enough:
            return True
        self._refuse_press(self._shown)
        return False

    def _refuse_press(self, guard: PressGuard) -> None:
        guard.begin()
        self.show_status(self.tr("You pressed too soon, so nothing was done. To confirm, press again."))

    def _on_controller_changed(self, news: CounterNews, view: CounterView) -> None:
        before, self._view = self._view, view
        if view.state is CounterState.SIGNED:
            self._signed = view.flow_id
        elif view.state is CounterState.SENDING:
            # Ctrl+P must not print the previous customer's contract.
            self._signed = None
        if view.state is not before.state:
            self._is_thanked = False
            self._tidy_later()
            self._shown.begin()
        if news is CounterNews.CLEARED:
            if not self._is_next_begun:
                self.line.clear()
            self._is_next_begun = False
        is_other = news is CounterNews.CHANGED and view.state is not before.state
        if is_other or news in {CounterNews.CLEARED, CounterNews.ENDED}:
            self.show_status("")
        if news in {CounterNews.ENDED, CounterNews.NEXT_CUSTOMER}:
            QApplication.beep()
        # The service has accepted the line.
        if _taken(view) > _taken(before):
            self.line.clear()
        self._show()
        self.queue.lay_out_next()

    def _on_controller_looked(self, look: CustomerLook) -> None:
        if self.line.text and self._view.next_question is None:
            self.line.show_look(look)

    def _on_controller_refused(self, look: CustomerLook) -> None:
        self.line.show_look(look, is_error=True)

    def _on_controller_put_back(self, text: str) -> None:
        self._is_going_back = False
        if not self.is_locked:
            self._fill(text)

    def _fill(self, text: str) -> None:
        """Put a text into an empty line. Enter is refused until the teller could have read the text."""
        if text and not self.line.text:
            self.line.put_back(text)
            self._is_filled = True
            self._line_guard.begin()

    def _on_queue_changed(self) -> None:
        self.head.show_waiting(0 if self.is_locked else self.queue.count)

    def _on_lock_pane_changed(self) -> None:
        self._on_queue_changed()
        self.queue.lay_out_next()

    def _on_controller_failed(self, error: AppError) -> None:
        self._is_next_begun = self._is_going_back = False
        self.show_status(error_sentence(error).text, is_error=True)

    def _on_controller_still_held(self) -> None:
        self.show_status(self.tr("Still no answer from the platform."))

    def _on_controller_saved(self, count: int) -> None:
        if count:
            self.show_status(self.tr("%n signed file(s) saved.", "", count))

    def _on_line_typed(self, text: str) -> None:
        self._is_filled = False
        self._tidy_later()
        if text and takes_next(self._view) and not self._is_next_begun:
            # The first character typed already belongs to the next customer.
            self._is_next_begun = True
            self._controller.clear()
        if text and self._view.next_question is None:
            self._controller.look(text)

    def _on_line_submitted(self, text: str) -> None:
        if self._view.state is CounterState.IDLE:
            self.show_status(self.tr("First choose a contract with F2 to F8."), is_error=True)
            return
        # An Enter meant for the previous page must not enter a customer whose line was filled automatically.
        if self.queue.is_laying_out or (self._is_filled and not self._line_guard.is_long_enough):
            self._refuse_press(self._line_guard)
            return
        self.show_status("")
        self._controller.enter(text)

    def _choose_preset(self, key: int) -> None:
        self.show_status("")
        self._controller.choose(key)

    def _on_escape_activated(self) -> None:
        if self.is_locked:
            self.lock_pane.begin_again()
            return
        if self._key_presses.is_held(Qt.Key.Key_Escape):
            self._escape.invalidate()
            return
        is_second = self._escape.isValid() and self._escape.elapsed() < _TWICE_MS
        self._escape.invalidate()
        if not is_second:
            self._escape.start()
            if self._view.state.may_be_revoked:
                self.show_status(self.tr("Press Esc again to revoke the contract and clear the screen."))
            return
        self.show_status("")
        if self._view.state.may_be_revoked:
            self._controller.revoke_and_clear()
        elif self._view.state is not CounterState.REVOKING:
            self.line.clear()
            self._controller.clear()
            self.queue.lay_out_next()

    def _on_blank_activated(self) -> None:
        self._is_blanked = not self._is_blanked
        self._show()

    def _choose_next_screen(self) -> None:
        self.placing.choose_next()
        self._show_screen_state()

    def _renew(self) -> None:
        earlier = self._view.earlier
        may_be_renewed = self._view.state.may_be_renewed or (earlier is not None and earlier.is_entered_anew)
        if may_be_renewed and self._has_stood():
            self._controller.renew()

    def _step_back(self) -> None:
        if self._view.state is CounterState.READY and _taken(self._view) and not self._is_going_back:
            self._is_going_back = True
            self.show_status("")
            text = self.line.text
            self.line.clear()
            self._controller.step_back(text)

    def _choose_next_document(self) -> None:
        if self._view.next_question is None:
            self.line.say_next_document()

    def _send_by_sms(self) -> None:
        if self._view.state.may_be_renewed and self._has_stood():
            self._controller.renew(by_sms=True)

    def _on_lock_activated(self) -> None:
        if self.is_locked:
            self.lock_pane.press_lock_key()
        else:
            self.lock()

    def _on_placing_changed(self, _is_there: bool) -> None:
        self._show_screen_state()
        self.activateWindow()

    def _on_tidy_timeout(self) -> None:
        state = self._view.state
        if self._is_next_begun:
            return
        if state is CounterState.SIGNED and not self._is_thanked:
            # Only the customer's screen is cleared; the teller's page stays.
            self._is_thanked = True
            self._show()
            self._tidy.start(TYPED_FOR_MS)
        elif state is not CounterState.SIGNED and (state.is_ended or state in AT_THE_LINE):
            if state in AT_THE_LINE and not self.is_locked:
                # The counter is unattended, so the queued customers must not be shown one after the other.
                self.queue.drop()
            self.line.clear()
            self._controller.clear()
        else:
            # A paused or held contract needs a decision, so it is kept behind the lock.
            self.lock()


def _taken(view: CounterView) -> int:
    """Return the number of customers and answers entered so far."""
    return sum(bool(one.name) for one in view.customers) + sum(one.value is not None for one in view.asked)
