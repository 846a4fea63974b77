"""The flows as a table, and the filter over it."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from typing_extensions import override

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.signer_progress import signer_states
from esign_desktop.ui.words.environment_words import environment_name
from esign_desktop.ui.words.flow_words import flow_signer_name, flow_status_word, progress_marks, signer_status_word
from esign_desktop.ui.words.moments import china_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.signer_progress import FlowRecord

_Index = QModelIndex | QPersistentModelIndex
SORT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
FILTER_ROLE: Final = Qt.ItemDataRole.UserRole + 2
_DAY_MS: Final = 86_400_000


class FlowColumn(IntEnum):
    """The columns."""

    TITLE = 0
    STATE = 1
    SIGNERS = 2
    SENT = 3
    DEADLINE = 4
    ENVIRONMENT = 5


class FlowFilter(StrEnum):
    """Which flows are shown."""

    ALL = "all"
    OPEN = "open"
    DUE_SOON = "due_soon"
    ENDED = "ended"


class FlowTableModel(QAbstractTableModel):
    """One row a flow, in the order that it was given; rows change in place, so that a selection stays."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: list[FlowRecord] = []

    @property
    def records(self) -> tuple[FlowRecord, ...]:
        """The flows, in the order of the rows."""
        return tuple(self._records)

    def show_records(self, records: tuple[FlowRecord, ...]) -> None:
        """Show these. Those that are there already keep their row if nothing else changed."""
        if [one.flow_id for one in records] == [one.flow_id for one in self._records]:
            for row, record in enumerate(records):
                self._replace(row, record)
            return
        self.beginResetModel()
        self._records = list(records)
        self.endResetModel()

    def update_record(self, record: FlowRecord) -> None:
        """Show how one flow stands now; a new one is put first."""
        row = self.row_of(record.flow_id)
        if row is not None:
            self._replace(row, record)
            return
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._records.insert(0, record)
        self.endInsertRows()

    def record_at(self, row: int) -> FlowRecord:
        """Return the flow of a row."""
        return self._records[row]

    def row_of(self, flow_id: FlowId) -> int | None:
        """Return the row of a flow, or None."""
        return next((row for row, one in enumerate(self._records) if one.flow_id == flow_id), None)

    def retranslate(self) -> None:
        """Have all texts read again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(FlowColumn) - 1)
        if self._records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._records) - 1, len(FlowColumn) - 1))

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._records)

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
        if not index.isValid():
            return None
        record, column = self._records[index.row()], FlowColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(record, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                is_marks = column is FlowColumn.SIGNERS
                return self._signers_in_words(record) if is_marks else self._text(record, column)
            case _ if role == SORT_ROLE:
                return self._sort_key(record, column)
            case _ if role == FILTER_ROLE:
                names = (flow_signer_name(signer) for signer in record.signers)
                return "\n".join((*(self._text(record, one) for one in FlowColumn), *names, record.flow_id))
            case _:
                return None

    def _replace(self, row: int, record: FlowRecord) -> None:
        if self._records[row] != record:
            self._records[row] = record
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(FlowColumn) - 1))

    @staticmethod
    def _text(record: FlowRecord, column: FlowColumn) -> str:
        match column:
            case FlowColumn.TITLE:
                return record.title
            case FlowColumn.STATE:
                return flow_status_word(record)
            case FlowColumn.SIGNERS:
                return progress_marks(signer_states(record))
            case FlowColumn.SENT:
                return china_time(record.sent_at_ms)
            case FlowColumn.DEADLINE:
                return china_time(record.deadline_ms) if record.deadline_ms is not None else "–"
            case FlowColumn.ENVIRONMENT:
                return environment_name(record.environment)

    @staticmethod
    def _signers_in_words(record: FlowRecord) -> str:
        return ", ".join(
            f"{state.signer.number} {flow_signer_name(state.signer)} {signer_status_word(state)}"
            for state in signer_states(record)
        )

    def _sort_key(self, record: FlowRecord, column: FlowColumn) -> str | int:
        match column:
            case FlowColumn.SENT:
                return record.sent_at_ms
            case FlowColumn.DEADLINE:
                return record.deadline_ms if record.deadline_ms is not None else 2**62
            case FlowColumn.SIGNERS:
                return sum(state.has_signed for state in signer_states(record))
            case _:
                return self._text(record, column)


class FlowProxy(QSortFilterProxyModel):
    """Sorts, and shows the flows that match every word of a text and a kind."""

    def __init__(self, model: FlowTableModel, *, clock_ms: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock_ms = clock_ms
        self._words: tuple[str, ...] = ()
        self._kind = FlowFilter.ALL
        self.setSourceModel(model)
        self.setSortRole(SORT_ROLE)
        self.setSortLocaleAware(True)
        self._model = model

    def set_text(self, text: str) -> None:
        """Show the flows in which all these words occur."""
        self._words = tuple(text.casefold().split())
        self.invalidate()

    def set_kind(self, kind: FlowFilter) -> None:
        """Show flows of this kind."""
        self._kind = kind
        self.invalidate()

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: _Index) -> bool:
        record = self._model.record_at(source_row)
        if not self._is_of_kind(record):
            return False
        text = str(self._model.index(source_row, 0).data(FILTER_ROLE)).casefold()
        return all(word in text for word in self._words)

    def _is_of_kind(self, record: FlowRecord) -> bool:
        match self._kind:
            case FlowFilter.ALL:
                return True
            case FlowFilter.OPEN:
                return not record.status.is_final
            case FlowFilter.ENDED:
                return record.status.is_final
            case FlowFilter.DUE_SOON:
                is_open = record.status in {FlowStatus.SIGNING, FlowStatus.UNKNOWN}
                return is_open and record.deadline_ms is not None and record.deadline_ms - self._clock_ms() < _DAY_MS
