"""The keys of the Prepare room that act on the whole contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from esign_desktop.ui.prepare.problems import ProblemsBar


class RoomKeys(QObject):
    """Makes the keys of the room work in the room and in its bar, which is in the window's status bar.

    ``use_key`` is the room's handler of key presses, which accepts the event if it uses the key.
    """

    def __init__(
        self,
        room: QWidget,
        bar: ProblemsBar,
        *,
        use_key: Callable[[QKeyEvent], None],
        next_problem: Callable[[], None],
        previous_problem: Callable[[], None],
        send: Callable[[], None],
    ) -> None:
        super().__init__(room)
        self._use_key = use_key
        for part in (bar, bar.buttons):
            part.installEventFilter(self)
        for place in (room, bar, bar.buttons):
            for keys, slot in (
                ("F8", next_problem),
                ("Shift+F8", previous_problem),
                ("Ctrl+Return", send),
                ("Ctrl+Enter", send),
            ):
                shortcut = QShortcut(QKeySequence(keys), place)
                # A held key must not open the review repeatedly, but may step through the problems.
                shortcut.setAutoRepeat(slot != send)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(slot)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            self._use_key(cast("QKeyEvent", event))
            return event.isAccepted()
        return False
