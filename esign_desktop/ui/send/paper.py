"""The list of a party's actions in the review: a sentence and an image of the page part for each row.

Each seal is drawn in its true size at its position. Only visible rows are painted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from esign_desktop.override import override
from esign_desktop.ui.viewer.scroll_area import true_pixels_per_inch
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QResizeEvent, QWheelEvent

    from esign_desktop.ui.send.plan import PlanRow
    from esign_desktop.ui.viewer.page_parts import PageParts

_POINTS_PER_INCH: Final = 72.0
_WIDEST_PX: Final = 640
_SENTENCE_PX: Final = 340
_SENTENCE_SHARE: Final = 0.4
"""The maximum share of a row's width for the sentence. The rest is for the page part."""
_GAP_PX: Final = 16
_PAD_PX: Final = 6
_BAR_PX: Final = 3

_Index = QModelIndex | QPersistentModelIndex


class _RowsModel(QAbstractListModel):
    def __init__(self, rows: tuple[PlanRow, ...], parent: QObject) -> None:
        super().__init__(parent)
        self.rows = rows

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # as Qt declares it
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole} or not index.isValid():
            return None
        return self.rows[index.row()].text


class PlanRows(QListView):
    """A party's actions, with a sentence and a page part in each row. The list is as high as its rows."""

    row_reached = Signal(QWidget, QRect)
    """This widget, and the rectangle of the new current row in its viewport."""

    def __init__(self, rows: tuple[PlanRow, ...], paper: PageParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper = paper
        self._height = 0
        self.setModel(_RowsModel(rows, self))
        self.setItemDelegate(_RowDelegate(rows, paper, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        paper.changed.connect(self.viewport().update)

    @property
    def scale(self) -> float:
        """Logical pixels per point that show paper in its true size, if the screen reports its size correctly."""
        return true_pixels_per_inch(self.screen(), float(self.logicalDpiX())) / _POINTS_PER_INCH

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, self._height)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(240, self._height)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        model, delegate = self.model(), self.itemDelegate()
        height = sum(delegate.sizeHint(option, model.index(row, 0)).height() for row in range(model.rowCount()))
        if height != self._height:
            self._height = height
            self.setFixedHeight(height)
            self.scheduleDelayedItemsLayout()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        # The enclosing review sheet scrolls instead.
        event.ignore()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell(self.currentIndex())

    @override
    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if self.hasFocus():
            self._tell(current)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.scheduleDelayedItemsLayout()
        super().changeEvent(event)

    def _tell(self, index: _Index) -> None:
        if index.isValid():
            self.row_reached.emit(self, self.visualRect(index))


class _RowDelegate(QStyledItemDelegate):
    """Paints the sentence on the left and the page part on the right. Hovering highlights both."""

    def __init__(self, rows: tuple[PlanRow, ...], paper: PageParts, view: PlanRows) -> None:
        super().__init__(view)
        self._rows = rows
        self._paper = paper
        self._view = view

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        row, width = self._rows[index.row()], self._view.viewport().width()
        text = self._text_area(QRect(0, 0, width, 1 << 14), is_alone=not row.marks)
        needed = option.fontMetrics.boundingRect(text, Qt.TextFlag.TextWordWrap, row.text).height()
        paper = self._paper.height_px(row.marks[0], self._view.scale) if row.marks else 0
        return QSize(width, max(needed, paper) + 2 * _PAD_PX + _PAD_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row, colours = self._rows[index.row()], theme()
        area = option.rect.adjusted(0, 0, 0, -_PAD_PX)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        is_current = self._view.hasFocus() and index.row() == self._view.currentIndex().row()
        painter.save()
        if is_hovered or is_current:
            painter.fillRect(area, colours.accent_ground)
            painter.fillRect(QRect(area.topLeft(), QSize(_BAR_PX, area.height())), colours.accent)
        painter.setPen(colours.text)
        text = self._text_area(area, is_alone=not row.marks)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, row.text)
        if row.marks:
            paper = self._paper.paint(painter, self._paper_area(area), row.marks[0], self._view.scale)
            if is_hovered or is_current:
                painter.setPen(QPen(colours.accent, 2))
                painter.drawRect(paper)
            if len(row.marks) > 1:
                self._paint_more(painter, paper, len(row.marks) - 1)
        painter.restore()

    def _paper_area(self, area: QRect) -> QRect:
        left = area.left() + min(sized(_SENTENCE_PX), round(area.width() * _SENTENCE_SHARE))
        width = min(_WIDEST_PX, area.right() - left - _PAD_PX)
        return QRect(left, area.top() + _PAD_PX, width, area.height() - 2 * _PAD_PX)

    def _text_area(self, area: QRect, *, is_alone: bool) -> QRect:
        inner = area.adjusted(_BAR_PX + 8, _PAD_PX, -_PAD_PX, -_PAD_PX)
        if not is_alone:
            inner.setRight(self._paper_area(area).left() - _GAP_PX)
        return inner

    def _paint_more(self, painter: QPainter, paper: QRect, count: int) -> None:
        colours, text = theme(), f"+{count}"
        metrics = painter.fontMetrics()
        chip = QRect(0, 0, metrics.horizontalAdvance(text) + 14, metrics.height() + 4)
        chip.moveBottomRight(paper.bottomRight() - QPoint(6, 6))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent)
        painter.drawRoundedRect(chip, 8, 8)
        painter.setPen(colours.on_accent)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
