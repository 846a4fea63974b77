"""Tables whose rows are told by Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTableView

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class PromptTable(QTableView):
    """Is painted as quickly while other threads work as when none does."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # Python's lock is held from here on. Painted by Qt alone, each of a thousand questions about cells would wait
        # for it, half a millisecond at a time: the window stood still for a sixth of a second.
        super().paintEvent(event)
