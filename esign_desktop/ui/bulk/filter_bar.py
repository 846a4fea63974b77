"""Which rows are shown: one button a kind, each with how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.override import override
from esign_desktop.ui.bulk.row_states import FILTER_STATES, RowFilter
from esign_desktop.ui.choice_bar import ChoiceBar
from esign_desktop.ui.plain_label import PlainLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from esign_desktop.ui.bulk.work import BulkWork


class RowFilterBar(ChoiceBar[RowFilter]):
    """Tells with every kind how many rows there are."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(RowFilter, parent)
        self._work = work
        self.retranslate()

    @override
    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        names = {
            RowFilter.ALL: self.tr("All"),
            RowFilter.ATTENTION: self.tr("To correct"),
            RowFilter.READY: self.tr("Ready"),
            RowFilter.SENT: self.tr("Sent"),
        }
        tips = {
            RowFilter.ATTENTION: self.tr("Faulty rows, rows that were not sent, and rows whose outcome is not known"),
            RowFilter.READY: self.tr("Rows that are sent next, and rows that are under way"),
        }
        for kind, button in self._buttons.items():
            count = self._work.count(*FILTER_STATES[kind])
            button.setText(self.tr("{name} {count}").format(name=names[kind], count=f"{count:,}"))
            button.setAccessibleName(names[kind])
            button.setAccessibleDescription(self.tr("%n row(s)", "", count))
            button.setToolTip(PlainLabel.plain_tip(tips[kind]) if kind in tips else "")
