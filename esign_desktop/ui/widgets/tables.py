"""What tables have in common, and those whose rows are told by Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

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


def set_up_table(table: QTableView, *, row_px: int | None = None) -> None:
    """Let a table be read and chosen by rows, of one height if that is told, and left by Tab."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.hide()
    if row_px is not None:
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_px)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
