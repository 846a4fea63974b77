"""Which flows are shown: one button a kind, each with how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.override import override
from esign_desktop.services.flow_rows import FlowFilter
from esign_desktop.ui.choice_bar import ChoiceBar
from esign_desktop.ui.plain_label import PlainLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_LOUD: Final = frozenset({FlowFilter.WAITING_FOR_ME, FlowFilter.DUE_TODAY, FlowFilter.UNKNOWN_OUTCOME})
"""Their numbers matter; nobody needs to be told how many have ended."""


class FilterBar(ChoiceBar[FlowFilter]):
    """Tells the numbers that matter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(FlowFilter, parent)
        self._counts: dict[FlowFilter, int] = {}
        self.retranslate()

    def show_counts(self, counts: dict[FlowFilter, int]) -> None:
        """Say how many there are of each kind."""
        if counts != self._counts:
            self._counts = counts
            self.retranslate()

    @override
    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        tips = {
            FlowFilter.WAITING_FOR_ME: self.tr(
                "Not shown to anybody yet, to be confirmed, or signed and not downloaded: it is your turn"
            ),
            FlowFilter.DUE_TODAY: self.tr("To be signed before midnight, China time, or overdue"),
            FlowFilter.UNKNOWN_OUTCOME: self.tr("The platform has not said how it stands, or in words not known here"),
        }
        names = {
            FlowFilter.ALL: self.tr("All"),
            FlowFilter.WAITING_FOR_ME: self.tr("Waiting for me"),
            FlowFilter.DUE_TODAY: self.tr("Due today"),
            FlowFilter.UNKNOWN_OUTCOME: self.tr("Unknown outcome"),
            FlowFilter.OPEN: self.tr("Open"),
            FlowFilter.FINISHED: self.tr("Finished"),
        }
        for kind, button in self._buttons.items():
            count = self._counts.get(kind, 0)
            shown = self.tr("{name} {count}").format(name=names[kind], count=count)
            button.setText(shown if kind in _LOUD and count else names[kind])
            button.setAccessibleName(names[kind])
            button.setAccessibleDescription(self.tr("%n contract(s)", "", count))
            button.setToolTip(PlainLabel.plain_tip(tips[kind]) if kind in tips else "")
