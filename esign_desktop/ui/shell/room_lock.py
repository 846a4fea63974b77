"""Lock the rooms that show people and contracts, until a teller signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from esign_desktop.ui.counter.lock_controller import LockController
from esign_desktop.ui.counter.lock_pane import LockPane
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.idle import IdleTimer

if TYPE_CHECKING:
    from esign_desktop.ui.shell.workspace import Workspace

LOCKED_ROOMS: Final = frozenset({RoomName.TRACK, RoomName.BULK, RoomName.CONTACTS, RoomName.SETTINGS})


class RoomLock(QObject):
    """Shows a page that asks for a teller's PIN in place of these rooms, if there are tellers and none is signed in.

    The teller is signed out by ``lock``, and when the policy's time without input has elapsed.
    """

    changed = Signal()
    """Emitted when the rooms were locked or unlocked."""

    def __init__(self, workspace: Workspace, stack: QStackedWidget) -> None:
        super().__init__(stack)
        self._workspace = workspace
        self._tellers = workspace.services.tellers
        self._window = stack.window()
        controller = LockController(workspace.services.pin, self._tellers, workspace.tasks, self)
        self.page = LockPane(controller, stack, is_large=False)
        stack.addWidget(self.page)
        self.idle = IdleTimer(workspace.services.preferences.policy.lock_after_minutes, self)
        self.idle.elapsed.connect(self.lock)
        self.page.changed.connect(self._on_page_changed)

    @property
    def is_wanted(self) -> bool:
        """Whether there are tellers, so that the rooms can be locked."""
        return self._tellers.are_wanted

    def covers(self, name: RoomName) -> bool:
        """Return whether the page must be shown in place of a room."""
        return name in LOCKED_ROOMS and self.is_wanted and not self._tellers.current

    def lock(self) -> None:
        """Sign the teller out, and close the dialogs and windows of the rooms.

        Do nothing if there are no tellers, or while the counter is open, which has its own lock.
        """
        if self._workspace.is_counter_open or not self.is_wanted:
            return
        self._tellers.sign_out()
        for window in self._window.findChildren(QWidget):
            if window.isWindow() and window.isVisible():
                window.reject() if isinstance(window, QDialog) else window.close()
        self.changed.emit()

    def _on_page_changed(self) -> None:
        if not self.page.is_locked:
            self.changed.emit()
