"""The tool for the finished look of pages, in which nothing can be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt

from esign_desktop.override import override
from esign_desktop.ui.viewer.tool import ARROWS, Tool

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.ui.prepare.tools.context import ToolContext

_LOOKING: Final = frozenset(
    {
        *ARROWS,
        *(
            Qt.Key.Key_Space,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_Plus,
            Qt.Key.Key_Equal,
            Qt.Key.Key_Minus,
            Qt.Key.Key_Tab,
            Qt.Key.Key_Backtab,
        ),
    }
)
"""Keys that scroll, zoom or move the focus, which is possible in the finished look."""


class FinishedTool(Tool):
    """The tool that accepts all keys for editing without effect, except that Esc ends the finished look."""

    def __init__(self, context: ToolContext) -> None:
        self._context = context

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        is_letter = bool(event.text()) and event.text().isprintable() and not with_control
        edits = {Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}
        return event.key() not in _LOOKING and (is_letter or event.key() in edits)

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self._context.state.set_finished(is_finished=False)
        return self.wants_key(event)
