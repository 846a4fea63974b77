"""Run the calls of the counter's service in the background, and report the results by signals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import WATCH_INTERVAL_S, CounterNews, CounterView
from esign_desktop.ui.counter.lock_controller import LockController
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.handover import HandedCustomer
    from esign_desktop.domain.preset.preset import Preset, PresetId
    from esign_desktop.services.counter.pin import CounterPin
    from esign_desktop.services.counter.service import CounterService
    from esign_desktop.services.counter.tellers import Tellers
    from esign_desktop.services.people.customers import CustomerLook
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.services.sending.held import HeldChoice
    from esign_desktop.ui.tasks import Task, TaskRunner

WATCH_MS: Final = int(WATCH_INTERVAL_S * 1000)


class CounterController(QObject):
    """Calls the counter's service for the teller's window. It stores no data of the customer beyond the current view.

    Methods return at once. The service's new state is reported by ``changed``, and an error by ``failed``.
    """

    changed = Signal(object, object)
    """Carries the ``CounterNews`` and the new ``CounterView``."""
    looked = Signal(object)
    """Carries the ``CustomerLook`` for the line that was last passed to ``look``."""
    refused = Signal(object)
    """Carries the ``CustomerLook`` of a line that the service did not accept."""
    put_back = Signal(str)
    """Carries the text that the teller typed earlier into the line that is current now. It may be empty."""
    presets_changed = Signal(object, object)
    """Carries the presets, keyed by the number of their function key, and the ids of presets changed by head office."""
    failed = Signal(object)
    """Carries the ``AppError`` of an operation that failed."""
    still_held = Signal()
    saved = Signal(int)
    """Carries the number of signed files that were saved for a contract that has just been signed."""
    _news_heard = Signal(object, object)

    def __init__(
        self,
        counter: CounterService,
        presets: PresetService,
        preferences: Preferences,
        tasks: TaskRunner,
        parent: QObject | None = None,
        *,
        pin: CounterPin | None = None,
        tellers: Tellers | None = None,
    ) -> None:
        super().__init__(parent)
        self.lock = LockController(pin, tellers, tasks, self)
        self._counter = counter
        self._presets = presets
        self._preferences = preferences
        self._tasks = tasks
        self._view = CounterView()
        self._look: Task | None = None
        self._is_asking = False
        self._is_open = self._has_resumed = False
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._on_watch_timeout)
        self._news_heard.connect(self._on_news_heard, Qt.ConnectionType.QueuedConnection)

    @property
    def view(self) -> CounterView:
        """The state of the counter as last reported by the service."""
        return self._view

    @property
    def is_busy(self) -> bool:
        """Whether requests to the platform are running that the teller has to wait for."""
        return self._view.state.is_under_way

    def open(self) -> None:
        """Listen to the service, and in the background read presets and resume a contract of the program's last run."""
        self._is_open = True
        self._counter.listen(self._news_heard.emit)
        self._view = self._counter.view
        self.read_presets()
        self.changed.emit(CounterNews.CHANGED, self._view)
        self.resume()

    def resume(self) -> None:
        """If the counter is empty, show a contract whose send was interrupted, or one that waits for its customer."""
        self._start(self._counter.resume, self._on_resumed, self._on_resume_failed, Lane.NETWORK)

    @property
    def is_open(self) -> bool:
        """Whether ``open`` was called, and ``close`` was not called since."""
        return self._is_open

    @property
    def has_resumed(self) -> bool:
        """Whether the first search for a contract to be resumed has finished, even if it failed."""
        return self._has_resumed

    def close(self) -> None:
        """Stop listening to the service, clear the counter unless requests are running, and sign the teller out."""
        self._is_open = False
        self._watch.stop()
        self._counter.listen(None)
        self._start(self._counter.clear, on_error=_ignore)
        self.lock.sign_out()

    def read_presets(self) -> None:
        def read() -> tuple[tuple[Preset, ...], frozenset[PresetId]]:
            return self._presets.list(), self._presets.changed_by_office()

        self._start(read, self._on_presets_read)

    def choose(self, key: int) -> None:
        """Choose the preset on a function key. Do nothing if the key has no preset."""
        seen = self._view

        def take() -> bool:
            preset = self._presets.on_key(key)
            if preset is None:
                return False
            is_changed = preset.id in self._presets.changed_by_office()
            self._counter.choose(preset.id, seen=seen)
            return is_changed

        self._start(take, self._on_taken)

    def lay_out(
        self, customer: HandedCustomer, on_done: Callable[[str], None], on_error: Callable[[AppError], None]
    ) -> None:
        """Begin the visit of a handed-over customer.

        ``on_done`` receives the text of the customer's line, ``on_error`` an error.

        The teller must still confirm the line with Enter.
        """
        self._start(partial(self._counter.lay_out, customer), on_done, on_error)

    def set_aside(self, on_done: Callable[[HandedCustomer | None], None]) -> None:
        """Undo the last ``lay_out``.

        ``on_done`` receives the customer, or None if the teller has already entered the customer.
        """
        self._start(self._counter.set_aside, on_done)

    def drop(self, customers: Sequence[HandedCustomer]) -> None:
        """Report to the service that no contract was sent for these handed-over customers."""
        self._start(partial(self._counter.drop, customers))

    def look(self, text: str) -> None:
        """Interpret a line while it is typed, and emit ``looked``.

        Results of earlier calls that are still running are dropped.
        """
        if self._look is not None:
            self._look.cancel()
        self._look = self._start(partial(self._counter.look, text), self.looked.emit)

    def enter(self, text: str) -> None:
        """Enter a customer's line or, if a question is asked, its answer.

        A contract that is complete then is sent, unless the teller must check a summary of the answers first. A line
        that is not accepted is reported by ``refused``.
        """

        def take() -> tuple[CustomerLook | None, bool, str]:
            counter = self._counter
            if counter.view.next_question is not None:
                counter.answer(text)
                return None, False, counter.typed_before
            look = counter.enter(text)
            view = counter.view
            return look, look.is_ready and view.is_complete and not view.wants_look, counter.typed_before

        self._start(take, self._on_entered)

    def step_back(self, text: str) -> None:
        """Go back to the previous line, and emit ``put_back`` with the text that was typed there before.

        ``text`` is the unfinished input of the current line. It is kept until the teller returns to this line.
        """

        def back() -> str:
            self._counter.step_back(text)
            return self._counter.typed_before

        self._start(back, self.put_back.emit)

    def send(self) -> None:
        self._call(self._counter.send)

    def retry(self) -> None:
        """Continue a paused send, or send a failed contract again."""
        self._call(self._counter.retry)

    def show_waiting(self) -> None:
        """Show the QR code of the contract that waits for its customer."""
        self._call(self._counter.show_waiting)

    def renew(self, *, by_sms: bool = False) -> None:
        """Revoke the displayed contract if it has not ended, and send a new one to the same customers.

        With ``by_sms``, the platform is asked to send the link by text message.
        """
        self._call(partial(self._counter.renew, by_sms=by_sms))

    def decide(self, choice: HeldChoice) -> None:
        """Carry out a decision about a held send. Emit ``still_held`` if the platform's answer is still unknown."""
        self._start(partial(self._counter.decide, choice), self._on_decided, lane=Lane.NETWORK)

    def revoke_and_clear(self) -> None:
        """Revoke the displayed contract or cancel its send, and clear the counter."""
        self._call(partial(self._counter.revoke_and_clear, seen=self._view))

    def clear(self) -> None:
        """Clear the counter. A contract that was sent is not revoked."""
        self._start(partial(self._counter.clear, seen=self._view))

    def _call(self, work: Callable[[], object]) -> None:
        self._start(work, lane=Lane.NETWORK)

    def _start(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[AppError], None] | None = None,
        lane: Lane = Lane.STORE,
    ) -> Task:
        """Start work in the background. Without ``on_done``, its result is reported only by ``changed``."""
        on_error = on_error or self.failed.emit
        return self._tasks.start(work, owner=self, on_done=on_done, on_error=on_error, lane=lane)

    def _on_entered(self, entered: tuple[CustomerLook | None, bool, str]) -> None:
        look, sends, typed_before = entered
        if look is not None and not look.is_ready:
            self.refused.emit(look)
        elif sends:
            self._call(self._counter.send)
        else:
            self.put_back.emit(typed_before)

    def _on_news_heard(self, news: CounterNews, view: CounterView) -> None:
        if view.state is CounterState.WAITING and view.flow_id != self._view.flow_id:
            # The stored state may be outdated, because the program may have been killed.
            self._start(self._counter.refresh, on_error=_ignore, lane=Lane.NETWORK)
        self._view = view
        if view.state is CounterState.SHOWING:
            if not self._watch.isActive():
                self._watch.start()
        else:
            self._watch.stop()
        if news is CounterNews.ENDED and view.state is CounterState.SIGNED:
            self._save_files()
        self.changed.emit(news, view)

    def _on_resumed(self, _view: CounterView) -> None:
        if not self._has_resumed:
            self._has_resumed = True
            self.changed.emit(CounterNews.CHANGED, self._view)

    def _on_resume_failed(self, error: AppError) -> None:
        if error.code != "counter.busy":
            self.failed.emit(error)
        self._on_resumed(self._view)

    def _on_watch_timeout(self) -> None:
        if not self._is_asking:
            self._is_asking = True
            self._start(self._counter.refresh, self._on_asked, self._on_asked, Lane.NETWORK)

    def _on_decided(self, view: CounterView) -> None:
        if view.state is CounterState.HELD:
            self.still_held.emit()

    def _on_asked(self, _answer: object) -> None:
        self._is_asking = False

    def _save_files(self) -> None:
        def save() -> int:
            folder = self._preferences.download_folder
            if folder is None or self._preferences.downloads_by_itself:
                return 0
            return len(self._counter.save_files(folder))

        self._start(save, self.saved.emit, lane=Lane.NETWORK)

    def _on_taken(self, was_changed: bool) -> None:
        if was_changed:
            # The preset's card must no longer be marked as changed.
            self.read_presets()

    def _on_presets_read(self, read: tuple[tuple[Preset, ...], frozenset[PresetId]]) -> None:
        presets, changed = read
        by_key = {preset.function_key: preset for preset in presets if preset.function_key is not None}
        self.presets_changed.emit(dict(sorted(by_key.items())), changed)


def _ignore(_result: object) -> None:
    """Do nothing with the result or error of background work."""
