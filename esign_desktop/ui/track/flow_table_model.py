"""The flows as a table: rows as they were arranged elsewhere, worded only when they are painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.override import override
from esign_desktop.services.flow_rows import Arrangement, FlowOrder
from esign_desktop.services.signer_progress import stopped_by
from esign_desktop.ui.theme import theme
from esign_desktop.ui.words.environment_words import environment_name
from esign_desktop.ui.words.flow_words import flow_signer_name, flow_state_word, named_marks, signer_status_word
from esign_desktop.ui.words.moments import china_time
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.flow_rows import FlowRow

_Index = QModelIndex | QPersistentModelIndex

FlowColumn = FlowOrder
"""Every column can be sorted by."""
_COLUMNS: Final = tuple(FlowColumn)
_ANSWERED: Final = frozenset(
    map(int, (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ForegroundRole))
)


class FlowTableModel(QAbstractTableModel):
    """Holds what ``arrange`` made; single rows change in place until the next arrangement."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FlowRow] = []
        self._positions: dict[FlowId, int] = {}

    @property
    def rows(self) -> tuple[FlowRow, ...]:
        """What is shown, in order."""
        return tuple(self._rows)

    def show_arrangement(self, arrangement: Arrangement) -> bool:
        """Show these rows; return whether another flow stands in any place, so that a selection has to be renewed."""
        if arrangement.positions == self._positions:
            for index, row in enumerate(arrangement.rows):
                if row is not self._rows[index]:
                    self._replace(index, row)
            return False
        self.beginResetModel()
        self._rows = arrangement.rows
        self._positions = arrangement.positions
        self.endResetModel()
        return True

    def update_row(self, row: FlowRow) -> None:
        """Show how one flow stands now, if it is shown at all."""
        position = self._positions.get(row.flow_id)
        if position is not None:
            self._replace(position, row)

    def row_at(self, position: int) -> FlowRow:
        """Return a row."""
        return self._rows[position]

    def position_of(self, flow_id: FlowId) -> int | None:
        """Return where a flow stands, or None."""
        return self._positions.get(flow_id)

    def retranslate(self) -> None:
        """Have all texts read again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(FlowColumn) - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(FlowColumn) - 1))

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(FlowColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            FlowColumn.TITLE: self.tr("Contract"),
            FlowColumn.STATE: self.tr("State"),
            FlowColumn.SIGNERS: self.tr("Signers"),
            FlowColumn.SENT: self.tr("Sent"),
            FlowColumn.DEADLINE: self.tr("Sign until"),
            FlowColumn.ENVIRONMENT: self.tr("Environment"),
        }[FlowColumn(section)]

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Asked a thousand times for one painting, mostly about what there is nothing to say of.
        if role not in _ANSWERED or not index.isValid():
            return None
        row, column = self._rows[index.row()], _COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._signers_in_words(row) if column is FlowColumn.SIGNERS else self._text(row, column)
            case Qt.ItemDataRole.ForegroundRole if column is FlowColumn.STATE:
                return _state_colour(row.status)
            case _:
                return None

    def _replace(self, position: int, row: FlowRow) -> None:
        if self._rows[position] != row:
            self._rows[position] = row
            self.dataChanged.emit(self.index(position, 0), self.index(position, len(FlowColumn) - 1))

    @staticmethod
    def _text(row: FlowRow, column: FlowColumn) -> str:
        match column:
            case FlowColumn.TITLE:
                return one_line(row.title)
            case FlowColumn.STATE:
                return flow_state_word(row.status, row.code, stopped_by(row.states))
            case FlowColumn.SIGNERS:
                return named_marks(row.states)
            case FlowColumn.SENT:
                return china_time(row.sent_at_ms)
            case FlowColumn.DEADLINE:
                return china_time(row.deadline_ms) if row.deadline_ms is not None else "–"
            case FlowColumn.ENVIRONMENT:
                return environment_name(row.environment)

    @staticmethod
    def _signers_in_words(row: FlowRow) -> str:
        return ", ".join(
            f"{state.signer.number} {flow_signer_name(state.signer)} {signer_status_word(state)}"
            for state in row.states
        )


def _state_colour(status: FlowStatus) -> QColor | None:
    match status:
        case FlowStatus.COMPLETED:
            return theme().success
        case FlowStatus.TERMINATED | FlowStatus.EXPIRED:
            return theme().danger
        case FlowStatus.UNKNOWN | FlowStatus.DRAFT:
            return theme().warning_ink
        case FlowStatus.REVOKED:
            return theme().hint
        case FlowStatus.SIGNING:
            return None
