"""Above each column of the grid a small choice: what the column is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from esign_desktop.domain.bulk_columns import offers_of
from esign_desktop.override import override
from esign_desktop.ui.bulk.row_table_model import FIRST_CELL
from esign_desktop.ui.bulk.words import TargetNames, heading_words
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.prepare.narrow_choice import NarrowChoice

if TYPE_CHECKING:
    from esign_desktop.domain.bulk_columns import TargetOffer
    from esign_desktop.ui.bulk.row_table import RowTable
    from esign_desktop.ui.bulk.work import BulkWork

_HEIGHT_PX: Final = 40
_FIELD_PX: Final = 28
_GAP_PX: Final = 4


class ColumnStrip(QFrame):
    """Moves with the columns of its grid."""

    target_chosen = Signal(int, object)
    """Index of the column in the sheet, and its ``ColumnTarget`` or None."""

    rebuilt = Signal()
    """There are other choices than before."""

    def __init__(self, work: BulkWork, table: RowTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._work = work
        self._table = table
        self._title = PlainLabel(self)
        self._title.setObjectName("hint")
        self._title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._choices: list[NarrowChoice] = []
        self._offers: tuple[TargetOffer, ...] = ()
        self.setFixedHeight(_HEIGHT_PX)
        header = table.horizontalHeader()
        header.sectionResized.connect(self._place)
        header.geometriesChanged.connect(self._place)
        table.horizontalScrollBar().valueChanged.connect(self._place)
        table.resized.connect(self._place)
        self.retranslate()

    @property
    def choices(self) -> list[NarrowChoice]:
        """One a column, from the left."""
        return self._choices

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._title.setText(self.tr("Taken as"))
        self._rebuild()

    def refresh(self) -> None:
        """Show what the columns are now."""
        preset, sheet = self._work.preset, self._work.sheet
        offers = offers_of(preset) if preset is not None else ()
        if sheet is None or len(self._choices) != len(sheet.headings) or offers != self._offers:
            self._rebuild()
            return
        for choice, target, heading in zip(self._choices, self._work.columns, heading_words(sheet), strict=False):
            with QSignalBlocker(choice):
                choice.setCurrentIndex(self._entry_of(target))
            choice.setEnabled(not self._work.is_running)
            shown = choice.currentText()
            choice.setAccessibleName(self.tr("“{heading}” is").format(heading=heading))
            choice.setToolTip(PlainLabel.plain_tip(f"{heading} → {shown}"))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, NarrowChoice):
            self._show_column(self._choices.index(watched))
        elif event.type() == QEvent.Type.Wheel:
            # The wheel goes through the columns; it does not change what they are.
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _entry_of(self, target: object) -> int:
        return next((1 + place for place, offer in enumerate(self._offers) if offer.target == target), 0)

    def _rebuild(self) -> None:
        for choice in self._choices:
            choice.hide()
            choice.deleteLater()
        self._choices = []
        preset, sheet = self._work.preset, self._work.sheet
        self._offers = offers_of(preset) if preset is not None else ()
        if preset is None or sheet is None:
            return
        names = TargetNames(preset)
        entries = [self.tr("Leave out"), *(names[offer.target] for offer in self._offers)]
        for column, _heading in enumerate(sheet.headings):
            choice = NarrowChoice(self)
            choice.addItems(entries)
            choice.setProperty("column", column)
            choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            choice.installEventFilter(self)
            choice.activated.connect(self._on_choice_activated)
            choice.show()
            self._choices.append(choice)
        self.refresh()
        self._place()
        self.rebuilt.emit()

    def _place(self) -> None:
        header = self._table.horizontalHeader()
        top = (_HEIGHT_PX - _FIELD_PX) // 2
        for column, choice in enumerate(self._choices):
            section = FIRST_CELL + column
            if section < header.count():
                left = header.sectionViewportPosition(section)
                choice.setGeometry(left + _GAP_PX // 2, top, max(0, header.sectionSize(section) - _GAP_PX), _FIELD_PX)
        if header.count():
            left = header.sectionViewportPosition(0)
            width = sum(header.sectionSize(section) for section in range(min(FIRST_CELL, header.count())))
            self._title.setGeometry(left, top, max(0, width - 2 * _GAP_PX), _FIELD_PX)

    def _show_column(self, column: int) -> None:
        header, bar = self._table.horizontalHeader(), self._table.horizontalScrollBar()
        left = header.sectionPosition(FIRST_CELL + column)
        width = header.sectionSize(FIRST_CELL + column)
        if left < bar.value():
            bar.setValue(left)
        elif left + width > bar.value() + self._table.viewport().width():
            bar.setValue(left + width - self._table.viewport().width())

    def _on_choice_activated(self, entry: int) -> None:
        choice = self.sender()
        if isinstance(choice, NarrowChoice):
            target = self._offers[entry - 1].target if entry else None
            self.target_chosen.emit(int(choice.property("column")), target)
