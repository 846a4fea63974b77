"""The list of a party's actions in the review, each with a picture of a page part and a sentence below it.

Seals have their true size in the pictures, unless they are too high. Only visible pictures are painted.
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

    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.ui.send.plan import PlanRow
    from esign_desktop.ui.viewer.page_parts import PageParts

_POINTS_PER_INCH: Final = 72.0
_CROP_PX: Final = 160
_AROUND_PX: Final = 24
_ABREAST: Final = 2
_PAD_PX: Final = 6

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
    """Shows a party's actions in two columns: for each, a picture of a page part and a sentence below it.

    A sentence without a page part takes the whole width. The list is as high as its content and does not scroll.
    """

    row_reached = Signal(QWidget, QRect)
    """Carries this widget and the rectangle of the current row in its viewport, when the row gets the focus."""

    def __init__(self, rows: tuple[PlanRow, ...], paper: PageParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper = paper
        self._height = 0
        self.setModel(_RowsModel(rows, self))
        self.setItemDelegate(_RowDelegate(rows, paper, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
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
        """The scale in logical pixels per point that shows paper in its true size.

        It is correct only if the screen reports its size correctly.
        """
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
        height, line, left = 0, 0, 0
        for row in range(model.rowCount()):
            size = delegate.sizeHint(option, model.index(row, 0))
            if left + size.width() > self.viewport().width():
                height, line, left = height + line, 0, 0
            line, left = max(line, size.height()), left + size.width()
        if height + line != self._height:
            self._height = height + line
            self.setFixedHeight(self._height)
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
    """Paints a row: the page part, and the sentence below it.

    Both are highlighted under the mouse or with the focus.
    """

    def __init__(self, rows: tuple[PlanRow, ...], paper: PageParts, view: PlanRows) -> None:
        super().__init__(view)
        self._rows = rows
        self._paper = paper
        self._view = view

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        row, whole = self._rows[index.row()], self._view.viewport().width()
        width = whole // _ABREAST if row.marks else whole
        inner = QRect(0, 0, width - 2 * _PAD_PX, 1 << 14)
        text = option.fontMetrics.boundingRect(inner, Qt.TextFlag.TextWordWrap, row.text).height()
        return QSize(width, text + 2 * _PAD_PX + (sized(_CROP_PX) + _PAD_PX if row.marks else 0))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row, colours = self._rows[index.row()], theme()
        area = option.rect.adjusted(0, 0, -_PAD_PX, -_PAD_PX)
        is_marked = bool(option.state & QStyle.StateFlag.State_MouseOver) or (
            self._view.hasFocus() and index.row() == self._view.currentIndex().row()
        )
        painter.save()
        if is_marked:
            painter.fillRect(area, colours.accent_ground)
        text = area.adjusted(_PAD_PX, _PAD_PX, -_PAD_PX, 0)
        if row.marks:
            place = QRect(text.topLeft(), QSize(text.width(), sized(_CROP_PX)))
            paper = self._paper.paint(painter, place, row.marks[0], self._scale_of(row.marks[0]))
            if is_marked:
                painter.setPen(QPen(colours.accent, 2))
                painter.drawRect(paper)
            if len(row.marks) > 1:
                self._paint_more(painter, paper, len(row.marks) - 1)
            text.setTop(place.bottom() + _PAD_PX)
        painter.setPen(colours.text)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, row.text)
        painter.restore()

    def _scale_of(self, mark: SealMark) -> float:
        """Return the scale at which a seal has its true size, or a smaller one if the seal would be too high."""
        frame = self._paper.draft.document(mark.document_id).frame(mark.page_number)
        return min(self._view.scale, (sized(_CROP_PX) - _AROUND_PX) / frame.rect_to_display(mark.rect).height_pt)

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
