"""The parts of pages that the sentences of the review speak of: each seal at its true size where it will be stamped.

Rows are painted, and pages asked for, only where they are seen; the pictures that are kept are bounded in bytes.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
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

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.placing.placement import KeywordPlacement, marks_of
from esign_desktop.override import override
from esign_desktop.ui.viewer.filled_form import FormOverlay
from esign_desktop.ui.viewer.layout import PageSlot
from esign_desktop.ui.viewer.scroll_area import true_pixels_per_inch
from esign_desktop.ui.viewer.seals import SealPainter
from esign_desktop.ui.viewer.tiles import TileCache, TileKey, TileSource, rounded_sharpness
from esign_desktop.ui.viewer.tool import PaintedPage
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QResizeEvent, QWheelEvent

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import KeywordHits, SealMark
    from esign_desktop.ui.send.plan import PlanRow
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer

LIMIT_BYTES: Final = 16 * 1024 * 1024
_MOST_WISHES: Final = 24
_NOT_OPEN_YET_MS: Final = 500
_TRIES: Final = 20
_POINTS_PER_INCH: Final = 72.0
_AROUND_PX: Final = 56
"""Of the page around a seal, so that one sees what it stands on."""
_LOWEST_PX: Final = 112
_HIGHEST_PX: Final = 260
_WIDEST_PX: Final = 640
_SENTENCE_PX: Final = 340
_SENTENCE_SHARE: Final = 0.4
"""The most of a row's width that is for the sentence; the page has the rest."""
_GAP_PX: Final = 16
_PAD_PX: Final = 6
_BAR_PX: Final = 3
_PAPER: Final = QColor(255, 255, 255)
_ON_PAPER: Final = QColor(90, 96, 110)
_EDGE: Final = QColor(160, 166, 178)

_Index = QModelIndex | QPersistentModelIndex


class Paper(QObject):
    """Paints parts of a draft's pages with the seals on them; ``changed`` asks for another look."""

    changed = Signal()

    def __init__(self, renderer: PageRenderer, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._draft = ContractDraft.new()
        self._marks: dict[tuple[DocumentId, int], list[SealMark]] = {}
        self._source = TileSource(renderer, tasks, TileCache(LIMIT_BYTES), self)
        self._seals = SealPainter()
        self._forms = FormOverlay(lambda: self._draft)
        self._wishes: OrderedDict[TileKey, None] = OrderedDict()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._on_soon_timeout)
        self._later = QTimer(self, singleShot=True, interval=_NOT_OPEN_YET_MS)
        self._later.timeout.connect(self._on_later_timeout)
        self._not_open: set[tuple[DocumentId, int]] = set()
        self._tries = 0
        self._source.arrived.connect(self._on_source_arrived)
        self._source.failed.connect(self._on_source_failed)

    @property
    def draft(self) -> ContractDraft:
        """What is painted."""
        return self._draft

    @property
    def used_bytes(self) -> int:
        """How much the pictures take."""
        return self._source.cache.used_bytes

    @property
    def is_idle(self) -> bool:
        """Whether all that was seen is drawn."""
        return self._source.is_idle and not self._soon.isActive()

    def show_draft(self, draft: ContractDraft, hits: KeywordHits) -> None:
        """Paint this draft from now on."""
        self._draft, self._marks, self._tries = draft, {}, 0
        for one in draft.placements:
            found = hits.get((one.document_id, one.keyword)) if isinstance(one, KeywordPlacement) else None
            document, signer = draft.document(one.document_id), draft.signer(one.signer_id)
            for mark in marks_of(one, signer, document, draft.behaviour, found or ()):
                self._marks.setdefault((mark.document_id, mark.page_number), []).append(mark)

    def height_px(self, mark: SealMark, scale: float) -> int:
        """Return how high a crop is to be, at so many logical pixels a displayed point."""
        shown = self._draft.document(mark.document_id).frame(mark.page_number).rect_to_display(mark.rect)
        return min(_HIGHEST_PX, max(_LOWEST_PX, math.ceil(shown.height_pt * scale) + _AROUND_PX))

    def paint(self, painter: QPainter, area: QRect, mark: SealMark, scale: float) -> QRect:
        """Paint the part of the page around a mark, at so many logical pixels a displayed point.

        Return the part of ``area`` that it takes: a page may be smaller.
        """
        ratio = painter.device().devicePixelRatio()
        frame = self._draft.document(mark.document_id).frame(mark.page_number)
        clip = _clip_around(
            frame.rect_to_display(mark.rect), frame.display_width_pt, frame.display_height_pt, area, scale
        )
        seen = QRectF(QPointF(area.topLeft()), QSize(round(clip.width_pt * scale), round(clip.height_pt * scale)))
        page = PaintedPage(
            PageSlot(mark.document_id, mark.page_number, frame, 0.0, 0.0, scale),
            seen.topLeft() - QPointF(clip.left_pt * scale, clip.top_pt * scale),
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(seen, Qt.ClipOperation.IntersectClip)
        painter.fillRect(seen, _PAPER)
        self._paint_page(
            painter, seen, TileKey(mark.document_id, mark.page_number, rounded_sharpness(scale * ratio), clip)
        )
        self._forms.paint_page(painter, page)
        for other in self._marks.get((mark.document_id, mark.page_number), ()):
            if other != mark and page.rect(other.rect).intersects(seen):
                self._seals.paint_mark(painter, page, other, self._draft, is_ghost=True)
        self._seals.paint_mark(painter, page, mark, self._draft)
        painter.restore()
        painter.setPen(QPen(_EDGE, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(seen.adjusted(0.5, 0.5, -0.5, -0.5))
        return seen.toRect()

    def _paint_page(self, painter: QPainter, seen: QRectF, key: TileKey) -> None:
        image = self._source.cache.get(key)
        if image is not None:
            painter.drawImage(
                QRectF(seen.topLeft(), image.size().toSizeF() / painter.device().devicePixelRatio()), image
            )
            return
        if self._source.failure(key.document_id, key.page_number) is not None:
            painter.setPen(_ON_PAPER)
            text = self.tr("This page could not be drawn")
            painter.drawText(seen.adjusted(8, 8, -8, -8), Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, text)
            return
        # What was seen last comes first.
        self._wishes[key] = None
        self._wishes.move_to_end(key, last=False)
        while len(self._wishes) > _MOST_WISHES:
            self._wishes.popitem()
        self._soon.start()

    def _on_soon_timeout(self) -> None:
        self._source.want(tuple(self._wishes))

    def _on_source_arrived(self) -> None:
        for key in [one for one in self._wishes if one in self._source.cache]:
            del self._wishes[key]
        self.changed.emit()

    def _on_source_failed(self, document_id: DocumentId, page_number: int) -> None:
        failure = self._source.failure(document_id, page_number)
        if failure is not None and failure.code == "document.not_open" and self._tries < _TRIES:
            # Drafts of an earlier session are opened one after the other.
            self._not_open.add((document_id, page_number))
            self._later.start()
        self.changed.emit()

    def _on_later_timeout(self) -> None:
        self._tries += 1
        for page in self._not_open:
            self._source.retry(*page)
        self._not_open.clear()
        self.changed.emit()


def _clip_around(shown: DisplayRect, width_pt: float, height_pt: float, area: QRect, scale: float) -> DisplayRect:
    """Return the part of a page that fills an area with a mark in its middle, on whole pixels where it can be."""
    wide, high = min(width_pt, area.width() / scale), min(height_pt, area.height() / scale)
    left = min(max(0.0, shown.center.x_pt - wide / 2), width_pt - wide)
    top = min(max(0.0, shown.center.y_pt - high / 2), height_pt - high)
    return DisplayRect(math.floor(left * scale) / scale, math.floor(top * scale) / scale, wide, high)


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
    """What one party does, a sentence a row and beside it the paper; as high as its rows."""

    row_reached = Signal(QWidget, QRect)
    """This widget, and where the row is in it that the keyboard went to."""

    def __init__(self, rows: tuple[PlanRow, ...], paper: Paper, parent: QWidget | None = None) -> None:
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
        """Logical pixels a displayed point: as large as on paper, where the screen tells its size."""
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
        # What scrolls is the sheet around.
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
    """The sentence on the left, the paper on the right; one frame for both, whichever of them is pointed at."""

    def __init__(self, rows: tuple[PlanRow, ...], paper: Paper, view: PlanRows) -> None:
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
