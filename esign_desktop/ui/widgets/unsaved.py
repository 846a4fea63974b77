"""Describe work that exists only in a window, and ask before it is discarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.ui.widgets.notice_bar import Messages

KEY: Final = "unsaved"


@dataclass(frozen=True, slots=True)
class UnsavedWork:
    """Describes work of a room or an editor that is not saved. ``name`` names it, and ``show`` shows it to the user."""

    name: str
    show: Callable[[], object]


def ask_before_discarding(
    messages: Messages,
    unsaved: Callable[[], Sequence[UnsavedWork]],
    action_text: str,
    action: Callable[[], object],
) -> None:
    """Call ``action``, which discards unsaved work: at once if there is none, otherwise when the user has confirmed it.

    The window shows the first unsaved work beside the question. If other work is unsaved when the user confirms, the
    question is asked again.
    """
    found = unsaved()
    messages.clear(KEY)
    if not found:
        action()
        return
    names = [work.name for work in found]

    def confirm() -> None:
        if any(work.name not in names for work in unsaved()):
            ask_before_discarding(messages, unsaved, action_text, action)
        else:
            action()

    found[0].show()
    messages.show_message(
        QCoreApplication.translate("UnsavedWork", "Not saved: {what}").format(what=listed(names)),
        MessageLevel.WARNING,
        remedy=QCoreApplication.translate("UnsavedWork", "Save your changes first, or discard them and continue."),
        key=KEY,
        everywhere=True,
        action=(action_text, confirm),
    )
