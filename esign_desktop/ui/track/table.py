"""Provide the table of flows. It keeps the selection when rows are reordered, and restores the user's column layout."""

from __future__ import annotations

import re
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
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QStyle, QStyleOptionViewItem, QWidget

from esign_desktop.domain.flow import SignStatus
from esign_desktop.override import override
from esign_desktop.services.flows.progress import stopped_by
from esign_desktop.services.flows.rows import Arrangement, FlowFilter, FlowOrder, FlowRow, end_of_day_ms, is_of
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.flow import (
    flow_news,
    flow_state_word,
    progress_text,
    signers_in_words,
    with_forgotten,
)
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import near_china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.state_mark import status_ink
from esign_desktop.ui.widgets.tables import CELL_MARGIN_PX, PromptTable, RowDelegate, set_up_table
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QResizeEvent, QShowEvent

    from esign_desktop.domain.flow import FlowId


_Index = QModelIndex | QPersistentModelIndex

FlowColumn = FlowOrder
"""The columns of the table, which are the orders in which the list can be sorted."""
_WIDTHS_PX: Final = {
    FlowColumn.TITLE: 160,
    FlowColumn.CUSTOMER: 150,
    FlowColumn.PROGRESS: 250,
    FlowColumn.SENT: 96,
    FlowColumn.DEADLINE: 96,
    FlowColumn.ENVIRONMENT: 92,
}
_NARROW_WIDTHS_PX: Final = {FlowColumn.CUSTOMER: 104, FlowColumn.PROGRESS: 168, FlowColumn.DEADLINE: 84}
"""The widths of columns in a list that is too narrow for the usual ones, so that titles are readable."""
_NARROW_PX: Final = 656
_ANSWERED: Final = frozenset(
    map(int, (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ForegroundRole))
)


class FlowTableModel(QAbstractTableModel):
    """A model with the rows of an ``Arrangement``. Single rows can be updated until the next arrangement."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        translate = QCoreApplication.translate
        self.headings = {
            FlowColumn.TITLE: translate("FlowTableModel", "Contract"),
            FlowColumn.CUSTOMER: translate("FlowTableModel", "Customer"),
            FlowColumn.PROGRESS: translate("FlowTableModel", "Progress"),
            FlowColumn.SENT: translate("FlowTableModel", "Sent"),
            FlowColumn.DEADLINE: translate("FlowTableModel", "Due"),
            FlowColumn.ENVIRONMENT: translate("FlowTableModel", "Environment"),
        }
        self._now_ms = 0
        self._ours: frozenset[str] = frozenset()
        self._rows: list[FlowRow] = []
        self._positions: dict[FlowId, int] = {}
        self._texts: dict[int, tuple[str, ...]] = {}
        """The cell texts of rows that have been painted, keyed by row position."""

    @property
    def ours(self) -> frozenset[str]:
        """The names of the user's own organizations, which are not customers."""
        return self._ours

    @property
    def rows(self) -> tuple[FlowRow, ...]:
        """The displayed rows, in order."""
        return tuple(self._rows)

    def show_arrangement(self, arrangement: Arrangement) -> bool:
        """Show the rows of an arrangement. Return True if the model was reset, so that the selection must be restored.

        If the order and the day are unchanged, only rows that differ are updated, and the result is False.
        """
        is_same_day = end_of_day_ms(arrangement.at_ms) == end_of_day_ms(self._now_ms)
        is_same = is_same_day and arrangement.ours == self._ours and arrangement.positions == self._positions
        self._now_ms, self._ours = arrangement.at_ms, arrangement.ours
        if is_same:
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
        """Update the row of one flow, and return a sentence for screen readers about the new status.

        Return an empty text if the status of the flow and its signers is unchanged. Do nothing if the flow is not
        displayed.
        """
        position = self._positions.get(row.flow_id)
        if position is None:
            return ""
        before = self._rows[position]
        self._replace(position, row)
        states = _states_in_words(row)
        return flow_news(row.title, *states) if states != _states_in_words(before) else ""

    def row_at(self, position: int) -> FlowRow:
        """Return the row at a position, counted from 0. Raise IndexError if there is no such row."""
        return self._rows[position]

    def texts_at(self, position: int) -> tuple[str, ...]:
        """Return the texts of a row's cells, in column order. The result is cached until the row changes."""
        texts = self._texts.get(position)
        if texts is None:
            row = self._rows[position]
            texts = self._texts[position] = tuple(self._text(row, column) for column in FlowColumn)
        return texts

    def ink_at(self, position: int, column: int) -> QColor | None:
        """Return the color of a cell's text, or None for the default color. Column and position are counted from 0."""
        row = self._rows[position]
        if column == FlowColumn.PROGRESS:
            return status_ink(row.status)
        is_urgent = column == FlowColumn.DEADLINE and is_of(FlowFilter.DUE_TODAY, row, end_of_day_ms(self._now_ms))
        return theme().warning_ink if is_urgent else None

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
        return self.headings[FlowColumn(section)]

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Qt calls this method a thousand times per painting, mostly with roles that have no value here.
        if role not in _ANSWERED or not index.isValid():
            return None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self.ink_at(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == FlowColumn.PROGRESS:
            return "; ".join(_states_in_words(self._rows[index.row()]))
        return self.texts_at(index.row())[index.column()]

    def _text(self, row: FlowRow, column: FlowColumn) -> str:
        match column:
            case FlowColumn.TITLE:
                return one_line(row.title)
            case FlowColumn.CUSTOMER:
                return with_forgotten(listed(map(one_line, row.customers(self._ours))))
            case FlowColumn.PROGRESS:
                return progress_text(row)
            case FlowColumn.SENT:
                return near_china_time(row.sent_at_ms, self._now_ms)
            case FlowColumn.DEADLINE:
                at_ms = None if row.status.is_final else row.deadline_ms
                return "–" if at_ms is None else near_china_time(at_ms, self._now_ms)
            case FlowColumn.ENVIRONMENT:
                return environment_name(row.environment)

    def _replace(self, position: int, row: FlowRow) -> None:
        if self._rows[position] != row:
            self._rows[position] = row
            self._texts.pop(position, None)
            self.dataChanged.emit(self.index(position, 0), self.index(position, len(FlowColumn) - 1))


def _states_in_words(row: FlowRow) -> tuple[str, str]:
    return flow_state_word(row.status, row.code, stopped_by(row.states)), signers_in_words(row.states)


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
        area = area.adjusted(CELL_MARGIN_PX, 0, -CELL_MARGIN_PX // 2, 0)
        text, metrics = self._flows.texts_at(position)[column], option.fontMetrics
        if column == FlowColumn.PROGRESS:
            left_px = area.left()
            area.setLeft(_paint_dots(painter, area, self._flows.row_at(position)))
            text = fitted_progress(text, metrics, area.width(), has_dots=area.left() > left_px)
        else:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setPen(self._flows.ink_at(position, column) or colours.text)
        painter.drawText(area, _CELL_FLAGS, text)


def fitted_progress(text: str, metrics: QFontMetrics, width_px: int, *, has_dots: bool) -> str:
    """Return the text of a contract's progress, shortened to a width in pixels so that its beginning stays.

    The number of signers who have signed, at the end, is kept only without dots, which show it, too.
    """
    count = _COUNT.search(text)
    if count is None or metrics.horizontalAdvance(text) <= width_px:
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width_px)
    end = "" if has_dots else count.group()
    head_px = width_px - metrics.horizontalAdvance(end)
    return metrics.elidedText(text[: count.start()], Qt.TextElideMode.ElideRight, head_px) + end


def _paint_dots(painter: QPainter, area: QRect, row: FlowRow) -> int:
    """Paint a dot for each signer, which is full if the signer is done. Return where the text begins, in pixels."""
    if len(row.signers) > _MOST_DOTS:
        return area.left()
    colours, side, step = theme(), sized(_DOT_PX), sized(_DOT_PX + 4)
    inks = {SignStatus.SIGNED: colours.success, SignStatus.REFUSED: colours.danger, SignStatus.FAILED: colours.danger}
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left, top = area.left(), area.center().y() - side / 2 + 1
    for _, _, status, *_ in row.signers:
        ink = None if status is None else inks.get(SignStatus(status))
        painter.setPen(QPen(ink or colours.hint, 1.5))
        painter.setBrush(ink or Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(left, top, side, side))
        left += step
    painter.restore()
    return left + step // 2


_CELL_FLAGS: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_COUNT: Final = re.compile(r" · \d+/\d+$")
_ROW_PX: Final = 32
_DOT_PX: Final = 8
_MOST_DOTS: Final = 6
"""The greatest number of signers for whom dots are painted. If a contract has more, its signers are only counted."""
_KEEP_MS: Final = 800
_MAX_RESELECTED: Final = 500
"""The greatest number of rows for which a selection is restored, because each row is looked up separately."""


class FlowTable(PromptTable):
    """The table view of the flows. The user can sort, move, resize and hide columns.

    While the list is narrow, some columns are narrower, and changes of columns are not remembered.
    """

    order_changed = Signal()
    """Emitted when the sort column or direction changed, so that the rows must be arranged again."""
    columns_changed = Signal(bytes)
    """Carries the column layout as bytes for ``take_columns``, a moment after the user changed it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flows = FlowTableModel(self)
        self._is_renewing = False
        self._is_taking = False
        self._wide_px: dict[FlowColumn, int] | None = None
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_MS)
        self.setModel(self.flows)
        self._set_up()
        self._connect()

    @property
    def is_renewing(self) -> bool:
        """Whether the program, not the user, is changing the rows or the current row."""
        return self._is_renewing

    @property
    def order(self) -> tuple[FlowColumn, bool]:
        """The sort column, and whether the order is descending.

        Without a sort indicator, the column is ``SENT`` in descending order.
        """
        header = self.horizontalHeader()
        section = header.sortIndicatorSection()
        if not 0 <= section < len(FlowColumn):
            return FlowColumn.SENT, True
        return FlowColumn(section), header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder

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
        """Show the rows of an arrangement, and keep the current row and a selection of up to 500 rows.

        The column with the environment is visible only if the flows belong to several environments.
        """
        current = self.current_id
        ranges = self.selectionModel().selection()
        few = sum(ranges.at(number).height() for number in range(ranges.size())) <= _MAX_RESELECTED
        selected = [row.flow_id for row in self.selected_rows] if few else []
        self._is_renewing = True
        try:
            if self.flows.show_arrangement(arrangement):
                self._select_again(current, selected)
            self.setColumnHidden(FlowColumn.ENVIRONMENT, not arrangement.is_mixed)
        finally:
            self._is_renewing = False

    def choose(self, flow_id: FlowId) -> bool:
        """Select only the row of this flow, and scroll to it.

        Return False, and do nothing, if the flow is not displayed.
        """
        position = self.flows.position_of(flow_id)
        if position is None:
            return False
        self._make_current(position)
        return True

    def choose_first_if_none(self) -> None:
        """Make the first row the current row. Do nothing if there is a current row or the table is empty."""
        if not self.currentIndex().isValid() and self.flows.rowCount():
            self._make_current(0)

    def _make_current(self, position: int) -> None:
        index = self.flows.index(position, 0)
        self._is_renewing = True
        try:
            self.setCurrentIndex(index)
        finally:
            self._is_renewing = False
        self.scrollTo(index)

    def take_columns(self, state: bytes | None) -> None:
        """Restore the widths, positions, visibility and sorting of the columns from the bytes of ``columns_changed``.

        Do nothing if ``state`` is None or empty. Keep the current layout if the bytes are invalid.
        """
        if not state:
            return
        header = self.horizontalHeader()
        self._is_taking = True
        try:
            before = header.saveState()
            if not header.restoreState(QByteArray(state)) or header.count() != len(FlowColumn):
                header.restoreState(before)
            header.setSectionHidden(FlowColumn.TITLE, False)
        finally:
            self._is_taking = False
        self._wide_px = None
        self._fit()
        self.order_changed.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Make columns narrower while the list is narrow, and as wide as before when it is wide again."""
        is_narrow = self.viewport().width() < sized(_NARROW_PX)
        if not self.isVisible() or is_narrow == (self._wide_px is not None):
            return
        shown = [column for column in _NARROW_WIDTHS_PX if not self.isColumnHidden(column)]
        widths, self._wide_px = self._wide_px, None
        if widths is None:
            self._wide_px = {column: self.columnWidth(column) for column in shown}
            widths = {column: sized(_NARROW_WIDTHS_PX[column]) for column in shown}
        self._is_taking = True
        try:
            for column, width in widths.items():
                if not self.isColumnHidden(column):
                    self.setColumnWidth(column, width)
        finally:
            self._is_taking = False

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
        # A third click on a heading returns to the default order, newest first.
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for column, width_px in _WIDTHS_PX.items():
            self.setColumnWidth(column, sized(width_px))
        self.setColumnHidden(FlowColumn.SENT, True)
        self.setColumnHidden(FlowColumn.ENVIRONMENT, True)
        header.setSectionResizeMode(FlowColumn.TITLE, QHeaderView.ResizeMode.Stretch)

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
            if column in {FlowColumn.TITLE, FlowColumn.ENVIRONMENT}:
                continue
            action = QAction(self.flows.headings[column], menu)
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
        if self._wide_px is None:
            self.columns_changed.emit(bytes(self.horizontalHeader().saveState().data()))
