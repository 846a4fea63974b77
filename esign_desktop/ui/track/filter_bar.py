"""Which flows are shown: one button a kind, each with how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from esign_desktop.override import override
from esign_desktop.services.flow_rows import FlowFilter
from esign_desktop.ui.plain_label import PlainLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_LOUD: Final = frozenset({FlowFilter.WAITING_FOR_ME, FlowFilter.DUE_TODAY, FlowFilter.UNKNOWN_OUTCOME})
"""Their numbers matter; nobody needs to be told how many have ended."""


class FilterBar(QWidget):
    """The arrow keys go from one to the next."""

    chosen = Signal(object)
    """A ``FlowFilter``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[FlowFilter, int] = {}
        self._group = QButtonGroup(self)
        self._buttons = {kind: QToolButton(self) for kind in FlowFilter}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for kind, button in self._buttons.items():
            button.setObjectName("choice")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button)
            row.addWidget(button)
            if kind is FlowFilter.ALL:
                button.setChecked(True)
        row.addStretch(1)
        self._group.buttonClicked.connect(self._on_group_clicked)
        self.retranslate()

    @property
    def kind(self) -> FlowFilter:
        """What is chosen."""
        checked = self._group.checkedButton()
        return next((kind for kind, button in self._buttons.items() if button is checked), FlowFilter.ALL)

    def button(self, kind: FlowFilter) -> QToolButton:
        """Return the button of a kind."""
        return self._buttons[kind]

    def choose(self, kind: FlowFilter) -> None:
        """Show a kind."""
        if kind is not self.kind:
            self._buttons[kind].setChecked(True)
            self.chosen.emit(kind)

    def show_counts(self, counts: dict[FlowFilter, int]) -> None:
        """Say how many there are of each kind."""
        if counts != self._counts:
            self._counts = counts
            self.retranslate()

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

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        kinds = list(FlowFilter)
        kind = kinds[(kinds.index(self.kind) + step) % len(kinds)]
        self.choose(kind)
        self._buttons[kind].setFocus()

    def _on_group_clicked(self) -> None:
        self.chosen.emit(self.kind)
