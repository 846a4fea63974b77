"""The states of rows: which are shown together, which can still be corrected, and how each is marked."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap

from esign_desktop.services.bulk import RowState
from esign_desktop.ui.icons import icon
from esign_desktop.ui.theme import theme

_ICON_PX: Final = 16


class RowFilter(IntEnum):
    """Which rows are shown."""

    ALL = 0
    ATTENTION = 1
    READY = 2
    SENT = 3


FILTER_STATES: Final = {
    RowFilter.ALL: frozenset(RowState),
    RowFilter.ATTENTION: frozenset({RowState.FAULTY, RowState.FAILED, RowState.HELD}),
    RowFilter.READY: frozenset({RowState.READY, RowState.UNFINISHED, RowState.SENDING}),
    RowFilter.SENT: frozenset({RowState.SENT}),
}
EDITABLE_STATES: Final = frozenset({RowState.READY, RowState.FAULTY, RowState.FAILED})
"""Whatever else was sent already, at least in part."""


def state_icon(state: RowState) -> QIcon:
    """Return the mark of a state; what is ready has none, but the room for it."""
    if state is RowState.READY:
        nothing = QPixmap(_ICON_PX, _ICON_PX)
        nothing.fill(Qt.GlobalColor.transparent)
        return QIcon(nothing)
    names = {
        RowState.FAULTY: "warning",
        RowState.SENT: "check",
        RowState.UNFINISHED: "clock",
        RowState.HELD: "lock",
        RowState.SENDING: "send",
        RowState.FAILED: "error",
    }
    return icon(names[state], state_colour(state) or theme().hint)


def state_colour(state: RowState) -> QColor | None:
    """Return the ink of a state; None is the ordinary one."""
    match state:
        case RowState.FAULTY | RowState.FAILED:
            return theme().danger
        case RowState.HELD | RowState.UNFINISHED:
            return theme().warning_ink
        case RowState.SENT:
            return theme().success
        case RowState.SENDING:
            return theme().accent
        case RowState.READY:
            return None
