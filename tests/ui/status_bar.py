"""The status bar below a Prepare room that a test shows without the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.ui.shell.status import StatusLine

if TYPE_CHECKING:
    from esign_desktop.ui.prepare.room import PrepareRoom


def add_status_bar(room: PrepareRoom) -> StatusLine:
    """Add the window's status bar to the room, in which the room shows its problems and its button."""
    line = StatusLine(room)
    line.set_high(is_high=True)
    line.show_bar(room.problems_bar)
    layout = room.layout()
    assert layout is not None
    layout.addWidget(line)
    return line
