"""Check PINs in the background for the pane that covers a locked window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from esign_desktop.services.counter.pin import CounterPin
    from esign_desktop.services.counter.tellers import Teller, Tellers
    from esign_desktop.ui.tasks import TaskRunner


class LockController(QObject):
    """Finds out who can unlock a window, and checks their PINs."""

    pin_known = Signal(bool)
    """Carries whether a PIN is needed to unlock the window."""
    tellers_known = Signal(object, str)
    """Carries the tellers who can unlock the window, and the name of the signed-in teller, or an empty text."""
    tried = Signal(bool)
    """Carries whether the PIN that was passed to ``try_pin`` is correct."""
    failed = Signal(object)
    """Carries the ``AppError`` that prevented the PIN, or the question whether one is needed, from being checked."""

    def __init__(
        self, pin: CounterPin | None, tellers: Tellers | None, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pin = pin
        self._tellers = tellers
        self._tasks = tasks

    @property
    def teller(self) -> str:
        """The name of the teller who is signed in, or an empty text."""
        return self._tellers.current if self._tellers is not None else ""

    def sign_out(self) -> None:
        """Sign the teller out."""
        if self._tellers is not None:
            self._tellers.sign_out()

    def ask(self) -> None:
        """Find out in the background whether a PIN is needed and which tellers can unlock the window.

        Emit ``pin_known`` and, if there is a PIN service, ``tellers_known``, or emit ``failed``.
        """
        pin, tellers = self._pin, self._tellers
        if pin is None:
            self.pin_known.emit(False)
            return

        def look() -> tuple[bool, tuple[Teller, ...]]:
            return pin.is_set, tellers.list() if tellers is not None else ()

        self._tasks.start(look, owner=self, on_done=self._on_looked, on_error=self.failed.emit)

    def try_pin(self, text: str, teller_id: str = "", new_pin: str = "") -> None:
        """Check a PIN, and emit ``tried`` or ``failed``. Do nothing if there is no PIN.

        The PIN is that of the teller with ``teller_id``, who is signed in if it is correct, or the counter's if the id
        is empty. With ``new_pin``, the teller's PIN is replaced.
        """
        opens = self._pin.opens if self._pin is not None else None
        if self._tellers is not None and teller_id:
            opens = partial(self._tellers.sign_in, teller_id, new_pin=new_pin)
        if opens is not None:
            self._tasks.start(partial(opens, text), owner=self, on_done=self._on_tried, on_error=self.failed.emit)

    def _on_looked(self, found: tuple[bool, tuple[Teller, ...]]) -> None:
        is_set, tellers = found
        self.pin_known.emit(is_set or bool(tellers))
        self.tellers_known.emit(tellers, self.teller)

    def _on_tried(self, opens: bool) -> None:
        self.tried.emit(opens)
