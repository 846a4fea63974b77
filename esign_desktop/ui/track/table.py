"""The table of flows. It keeps the selection when the rows are reordered, and restores the user's column layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QByteArray,
    QCoreApplication,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QStyle, QStyleOptionViewItem, QWidget

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.override import override
from esign_desktop.services.flows.progress import stopped_by
from esign_desktop.services.flows.rows import Arrangement, FlowOrder, FlowRow
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.flow import flow_news, flow_state_word, signers_in_words, turn_sentence
from esign_desktop.ui.text.moments import now_ms, short_china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.state_mark import status_ink
from esign_desktop.ui.widgets.tables import CELL_MARGIN_PX, PromptTable, RowDelegate, set_up_table
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPainter

    from esign_desktop.domain.flow import FlowId


_Index = QModelIndex | QPersistentModelIndex

FlowColumn = FlowOrder
"""The columns of the table. The list can be sorted by each of them."""
_TITLE_PX, _STATE_PX, _SIGNERS_PX, _TIME_PX, _ENVIRONMENT_PX = 160, 88, 220, 92, 92
_ANSWERED: Final = frozenset(
    map(int, (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ForegroundRole))
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its initial width in pixels, and a function that returns the text of a cell."""

    heading: str
    width_px: int
    text: Callable[[FlowRow], str]
    spoken: Callable[[FlowRow], str] | None = None
    """Returns the text for screen readers, if the displayed text contains symbols that they would misread."""


def _columns() -> dict[FlowColumn, Column]:
    translate = QCoreApplication.translate
    now = now_ms()
    return {
        FlowColumn.TITLE: Column(translate("FlowTableModel", "Contract"), _TITLE_PX, lambda row: one_line(row.title)),
        FlowColumn.STATE: Column(translate("FlowTableModel", "Status"), _STATE_PX, _state_text),
        FlowColumn.SIGNERS: Column(
            translate("FlowTableModel", "Signers"),
            _SIGNERS_PX,
            lambda row: turn_sentence(row.status, row.states),
            lambda row: signers_in_words(row.states),
        ),
        FlowColumn.SENT: Column(
            translate("FlowTableModel", "Sent"), _TIME_PX, lambda row: short_china_time(row.sent_at_ms, now)
        ),
        FlowColumn.DEADLINE: Column(
            translate("FlowTableModel", "Due"),
            _TIME_PX,
            lambda row: short_china_time(row.deadline_ms, now) if row.deadline_ms is not None else "–",
        ),
        FlowColumn.ENVIRONMENT: Column(
            translate("FlowTableModel", "Environment"), _ENVIRONMENT_PX, lambda row: environment_name(row.environment)
        ),
    }


def _state_text(row: FlowRow) -> str:
    return flow_state_word(row.status, row.code, stopped_by(row.states))


class FlowTableModel(QAbstractTableModel):
    """The rows of an ``Arrangement``. Single rows can be updated until the next arrangement."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        columns = _columns()
        self.columns = tuple(columns[column] for column in FlowColumn)
        self._rows: list[FlowRow] = []
        self._positions: dict[FlowId, int] = {}
        self._texts: dict[int, tuple[str, ...]] = {}
        """The cell texts of rows that have been painted, by row position."""

    @property
    def rows(self) -> tuple[FlowRow, ...]:
        """The displayed rows, in order."""
        return tuple(self._rows)

    def show_arrangement(self, arrangement: Arrangement) -> bool:
        """Show these rows. Return True if the order changed, so that the selection must be restored."""
        if arrangement.positions == self._positions:
            for index, row in enumerate(arrangement.rows):
                if row is not self._rows[index]:
                    self._replace(index, row)
            return False
        self.beginResetModel()
        self._rows = arrangement.rows
        self._positions = arrangement.positions
        self._texts.clear()
        self.endResetModel()
        return True

    def update_row(self, row: FlowRow) -> str:
        """Update the row of one flow if it is displayed.

        Return a sentence for screen readers, or an empty string if the status of the flow and its signers is unchanged.
        """
        position = self._positions.get(row.flow_id)
        if position is None:
            return ""
        before = self._rows[position]
        self._replace(position, row)
        states = (_state_text(row), signers_in_words(row.states))
        if states == (_state_text(before), signers_in_words(before.states)):
            return ""
        return flow_news(row.title, *states)

    def row_at(self, position: int) -> FlowRow:
        """Return the row at a position, counted from 0."""
        return self._rows[position]

    def texts_at(self, position: int) -> tuple[str, ...]:
        """Return the texts of a row's cells, in column order."""
        texts = self._texts.get(position)
        if texts is None:
            row = self._rows[position]
            texts = self._texts[position] = tuple(column.text(row) for column in self.columns)
        return texts

    def position_of(self, flow_id: FlowId) -> int | None:
        """Return the position of a flow's row, or None if the flow is not displayed."""
        return self._positions.get(flow_id)

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
        return self.columns[section].heading

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Qt calls this method a thousand times per painting, mostly with roles that have no value here.
        if role not in _ANSWERED or not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.texts_at(index.row())[index.column()]
            case Qt.ItemDataRole.AccessibleTextRole:
                return (column.spoken or column.text)(row)
            case Qt.ItemDataRole.ForegroundRole if index.column() == FlowColumn.STATE:
                return status_ink(row.status)
            case _:
                return None

    def _replace(self, position: int, row: FlowRow) -> None:
        if self._rows[position] != row:
            self._rows[position] = row
            self._texts.pop(position, None)
            self.dataChanged.emit(self.index(position, 0), self.index(position, len(FlowColumn) - 1))


class _FlowDelegate(RowDelegate):
    """Paints cached texts directly, because Qt would call ``data`` eight times for each cell."""

    def __init__(self, flows: FlowTableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._flows = flows

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        position, column = index.row(), index.column()
        area, state, colours = option.rect, option.state, theme()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, colours.accent_ground)
            self.paint_bar(painter, option, index)
        elif state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(colours.accent)
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        colour = status_ink(self._flows.row_at(position).status) if column == FlowColumn.STATE else None
        # The number of signers who have signed is at the end, and must stay visible.
        elide = Qt.TextElideMode.ElideMiddle if column == FlowColumn.SIGNERS else Qt.TextElideMode.ElideRight
        area = area.adjusted(CELL_MARGIN_PX, 0, -CELL_MARGIN_PX // 2, 0)
        text = option.fontMetrics.elidedText(self._flows.texts_at(position)[column], elide, area.width())
        painter.setPen(colour or colours.text)
        painter.drawText(area, _CELL_FLAGS, text)


_CELL_FLAGS: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_ROW_PX: Final = 32
_KEEP_MS: Final = 800
_MAX_RESELECTED: Final = 500
"""The selection is not restored if more rows are selected, because each row is looked up separately."""


class FlowTable(PromptTable):
    """The table view. ``columns_changed`` carries the column layout as bytes for ``take_columns``.

    ``order_changed`` means that the list must be sorted again.
    """

    order_changed = Signal()
    columns_changed = Signal(bytes)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flows = FlowTableModel(self)
        self._is_renewing = False
        self._is_taking = False
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_MS)
        self.setModel(self.flows)
        self._set_up()
        self._connect()

    @property
    def is_renewing(self) -> bool:
        """Whether the rows are being replaced, so that changes of the current row must be ignored."""
        return self._is_renewing

    @property
    def order(self) -> tuple[FlowColumn, bool]:
        """The sort column, and whether the order is descending."""
        header = self.horizontalHeader()
        section = header.sortIndicatorSection()
        column = FlowColumn(section) if 0 <= section < len(FlowColumn) else FlowColumn.SENT
        return column, header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder

    @property
    def current_id(self) -> FlowId | None:
        """The id of the flow in the current row, or None if there is no current row."""
        index = self.currentIndex()
        return self.flows.row_at(index.row()).flow_id if index.isValid() else None

    @property
    def selected_rows(self) -> list[FlowRow]:
        """The selected rows, from top to bottom."""
        positions = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.flows.row_at(position) for position in positions]

    @property
    def chosen_rows(self) -> list[FlowRow]:
        """The rows that commands apply to: the selected rows, or the current row if no row is selected."""
        index = self.currentIndex()
        return self.selected_rows or ([self.flows.row_at(index.row())] if index.isValid() else [])

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A click below the last row must not clear the selection.
        if self.indexAt(event.position().toPoint()).isValid():
            super().mousePressEvent(event)
        else:
            event.accept()

    def show_arrangement(self, arrangement: Arrangement) -> None:
        """Show these rows, and keep the current row and a selection of up to 500 rows."""
        current = self.current_id
        ranges = self.selectionModel().selection()
        few = sum(ranges.at(number).height() for number in range(ranges.size())) <= _MAX_RESELECTED
        selected = [row.flow_id for row in self.selected_rows] if few else []
        self._is_renewing = True
        try:
            if self.flows.show_arrangement(arrangement):
                self._select_again(current, selected)
        finally:
            self._is_renewing = False

    def choose(self, flow_id: FlowId) -> bool:
        """Select only this flow and scroll to it. Return whether the flow is displayed."""
        position = self.flows.position_of(flow_id)
        if position is None:
            return False
        index = self.flows.index(position, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        return True

    def choose_first_if_none(self) -> None:
        """Make the first row the current one if there is no current row."""
        if not self.currentIndex().isValid() and self.flows.rowCount():
            self.setCurrentIndex(self.flows.index(0, 0))

    def take_columns(self, state: bytes | None) -> None:
        """Restore saved column widths, order and sorting. Does nothing if ``state`` is None or empty."""
        if not state:
            return
        header = self.horizontalHeader()
        self._is_taking = True
        try:
            before = header.saveState()
            if not header.restoreState(QByteArray(state)) or header.count() != len(FlowColumn):
                header.restoreState(before)
            header.setSectionHidden(FlowColumn.TITLE, False)
            if self.columnWidth(FlowColumn.STATE) == sized(_STATE_PX):
                # The saved width is the default, which may be too narrow for the current language.
                self.setColumnWidth(FlowColumn.STATE, self._state_px())
        finally:
            self._is_taking = False
        self.order_changed.emit()

    def _set_up(self) -> None:
        set_up_table(self, row_px=_ROW_PX)
        self.setItemDelegate(_FlowDelegate(self.flows, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlternatingRowColors(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(sized(60))
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(FlowColumn.SENT, Qt.SortOrder.DescendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for section, column in enumerate(self.flows.columns):
            self.setColumnWidth(section, sized(column.width_px))
        self.setColumnWidth(FlowColumn.STATE, self._state_px())
        header.setSectionResizeMode(FlowColumn.TITLE, QHeaderView.ResizeMode.Stretch)

    def _state_px(self) -> int:
        # Status texts are longer in some languages. The width fits the most frequent status.
        usual = flow_state_word(FlowStatus.SIGNING, None)
        return max(sized(_STATE_PX), self.fontMetrics().horizontalAdvance(usual) + 2 * CELL_MARGIN_PX)

    def _connect(self) -> None:
        header = self.horizontalHeader()
        header.sortIndicatorChanged.connect(self._on_header_sort_changed)
        header.sectionResized.connect(self._on_header_changed)
        header.sectionMoved.connect(self._on_header_changed)
        header.customContextMenuRequested.connect(self._on_header_menu_requested)
        self._keep.timeout.connect(self._on_keep_timeout)

    def _select_again(self, current: FlowId | None, selected: list[FlowId]) -> None:
        position = self.flows.position_of(current) if current is not None else None
        if position is None:
            return
        last = len(FlowColumn) - 1
        found = QItemSelection()
        for flow_id in selected:
            at = self.flows.position_of(flow_id)
            if at is not None:
                found.select(self.flows.index(at, 0), self.flows.index(at, last))
        model = self.selectionModel()
        index = self.flows.index(position, 0)
        model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(found, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def _on_header_sort_changed(self) -> None:
        if not self._is_taking:
            self.order_changed.emit()
            self._keep.start()

    def _on_header_changed(self) -> None:
        # Resizing the window also changes the first column's width, even before the table is first shown.
        if not self._is_taking and self.isVisible():
            self._keep.start()

    def _on_header_menu_requested(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in FlowColumn:
            if column is FlowColumn.TITLE:
                continue
            action = QAction(self.flows.columns[column].heading, menu)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setData(int(column))
            action.toggled.connect(self._on_column_toggled)
            menu.addAction(action)
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def _on_column_toggled(self, is_shown: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.setColumnHidden(action.data(), not is_shown)
            self._keep.start()

    def _on_keep_timeout(self) -> None:
        self.columns_changed.emit(bytes(self.horizontalHeader().saveState().data()))
