"""Which rows are shown: one button a kind, each with how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.bulk.row_states import FILTER_STATES, RowFilter
from esign_desktop.ui.plain_label import PlainLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.ui.bulk.work import BulkWork


class RowFilterBar(QWidget):
    """The arrow keys go from one to the next."""

    chosen = Signal(object)
    """A ``RowFilter``."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._group = QButtonGroup(self)
        self._buttons = {kind: QToolButton(self) for kind in RowFilter}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in self._buttons.values():
            button.setObjectName("choice")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button)
            row.addWidget(button)
        self._buttons[RowFilter.ALL].setChecked(True)
        self._group.buttonClicked.connect(self._on_group_clicked)
        self.retranslate()

    @property
    def kind(self) -> RowFilter:
        """What is chosen."""
        checked = self._group.checkedButton()
        return next((kind for kind, button in self._buttons.items() if button is checked), RowFilter.ALL)

    def button(self, kind: RowFilter) -> QToolButton:
        """Return the button of a kind."""
        return self._buttons[kind]

    def choose(self, kind: RowFilter) -> None:
        """Show a kind."""
        self._buttons[kind].setChecked(True)
        self.chosen.emit(kind)

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
        kinds = list(RowFilter)
        kind = kinds[(kinds.index(self.kind) + step) % len(kinds)]
        self.choose(kind)
        self._buttons[kind].setFocus()

    def _on_group_clicked(self) -> None:
        self.chosen.emit(self.kind)
