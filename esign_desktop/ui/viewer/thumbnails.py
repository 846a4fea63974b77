"""Provide a list of small pictures of a document's pages, with which the user navigates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import (
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.viewer.painting import NO_PDF
from esign_desktop.ui.viewer.tiles import PageRenderer, TileCache, TileKey, TileSource, rounded_sharpness
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QColor, QKeyEvent, QPaintEvent, QResizeEvent

    from esign_desktop.domain.document import Document
    from esign_desktop.ui.tasks import TaskRunner

_CELL_PX: Final = QSize(96, 132)
_PICTURE_WIDTH_PX: Final = 80.0
_PICTURE_HEIGHT_PX: Final = 104.0
_PICTURE_TOP_PX: Final = 6.0
_NUMBER_PX: Final = 18
_CACHE_BYTES: Final = 16 * 1024 * 1024
_UNMARKED: Final = frozenset({"document.not_open", NO_PDF})
"""The codes of errors that have no mark on each page, because the window tells which document is not here."""

_DOT_PX: Final = 7.0


class Dot(NamedTuple):
    """A mark on a thumbnail at the position of a seal. ``is_open`` means that the seal is only proposed.

    ``x`` and ``y`` are shares of the displayed page's width and height, from the upper left corner.
    """

    x: float
    y: float
    colour: QColor
    is_open: bool = False
    name: str = ""
    """The name of the signer, for screen readers."""


class _PageModel(QStringListModel):
    """A model of the page numbers. For screen readers, the text of a page also contains what its dots show."""

    def __init__(self, thumbnails: ThumbnailList) -> None:
        super().__init__(thumbnails)
        self._thumbnails = thumbnails

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.AccessibleTextRole and index.isValid():
            return self._thumbnails.words(index.row() + 1)
        return super().data(index, role)


class ThumbnailList(QListView):
    """A list of a document's pages that is as high as they need, to be put into a scroll area.

    Only visible pages are rendered.
    """

    page_chosen = Signal(str, int)
    """Carries the document id and the page number that the user or a screen reader chose."""

    def __init__(
        self, document: Document, renderer: PageRenderer, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._current: int | None = None
        self._dots: Mapping[int, Sequence[Dot]] = {}
        self._source = TileSource(renderer, tasks, TileCache(_CACHE_BYTES), self)
        self._numbers = _PageModel(self)
        self.setModel(self._numbers)
        self.setItemDelegate(_ThumbnailDelegate(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(_CELL_PX)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setAutoScroll(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._source.arrived.connect(self._on_source_page_changed)
        self._source.failed.connect(self._on_source_page_changed)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.clicked.connect(self._on_clicked)
        self.set_document(document)

    @property
    def document(self) -> Document:
        """The document whose pages are listed."""
        return self._document

    @property
    def source(self) -> TileSource:
        """The source that renders and caches the small pictures."""
        return self._source

    @property
    def current_page(self) -> int | None:
        """The number of the marked page, or None if no page is marked."""
        return self._current

    def set_document(self, document: Document) -> None:
        """Show a new version of the document, and render its visible pages again.

        The marked page stays marked if it still exists.
        """
        self._document = document
        self.setAccessibleName(self.tr("Pages of {name}").format(name=document.name))
        self._numbers.setStringList([str(number) for number in range(1, document.page_count + 1)])
        self._mark(self._current)
        self.refresh()
        self.updateGeometry()

    def refresh(self) -> None:
        """Drop all pictures, and render the visible pages again."""
        self._source.forget(self._document.id)
        self.viewport().update()

    def show_dots(self, dots: Mapping[int, Sequence[Dot]]) -> None:
        """Replace the dots on all pages. ``dots`` is keyed by page number."""
        if dots != self._dots:
            self._dots = dots
            self.viewport().update()

    def dots(self, page_number: int) -> Sequence[Dot]:
        """Return the dots on a page. Empty if it has none."""
        return self._dots.get(page_number, ())

    def words(self, page_number: int) -> str:
        """Return a text about a page for screen readers: its number, and the signers with (proposed) seals on it."""
        dots = self.dots(page_number)
        words = [self.tr("Page {page} of {count}").format(page=page_number, count=self._document.page_count)]
        for text, is_open in ((self.tr("seals: {names}"), False), (self.tr("proposed seals: {names}"), True)):
            names = dict.fromkeys(dot.name for dot in dots if dot.is_open is is_open)
            if names:
                words.append(text.format(names=listed(names)))
        return listed(words)

    def set_current_page(self, page_number: int | None) -> None:
        """Mark a page, or remove the mark if ``page_number`` is None. ``page_chosen`` is not emitted."""
        if page_number != self._current:
            self._mark(page_number)

    def cell(self, page_number: int) -> QRect:
        """Return the rectangle of a page's thumbnail, in the coordinates of this list."""
        return self.visualRect(self._numbers.index(page_number - 1)).translated(self.viewport().pos())

    def key(self, number: int) -> TileKey:
        """Return the key of the picture that is shown for the page with this number."""
        sharpness = rounded_sharpness(self.scale(number) * self.devicePixelRatioF())
        return TileKey(self._document.id, number, max(sharpness, 0.01))

    def scale(self, number: int) -> float:
        """Return the number of logical pixels per displayed point at which a page is shown."""
        frame = self._document.frame(number)
        return min(_PICTURE_WIDTH_PX / frame.display_width_pt, _PICTURE_HEIGHT_PX / frame.display_height_pt)

    # Size

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width_px: int) -> int:
        return -(-self._document.page_count // _column_count(width_px)) * _CELL_PX.height()

    @override
    def sizeHint(self) -> QSize:
        return QSize(_CELL_PX.width(), self.heightForWidth(max(self.width(), _CELL_PX.width())))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        columns = _column_count(self.width())
        left_px = max(0, (self.width() - columns * _CELL_PX.width()) // 2)
        if left_px != self.viewportMargins().left():
            self.setViewportMargins(left_px, 0, 0, 0)
        self.updateGeometry()
        super().resizeEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        area, columns = self.viewport().visibleRegion().boundingRect(), _column_count(self.width())
        first = max(0, area.top() // _CELL_PX.height()) * columns + 1
        last = min((area.bottom() // _CELL_PX.height() + 1) * columns, self._document.page_count)
        self._source.want([self.key(number) for number in range(first, last + 1)] if not area.isEmpty() else [])

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a page with the arrow keys, Home, End, Enter or Space, in reading order.

        Other keys are left to the parent.
        """
        current, columns = self._current or 1, _column_count(self.width())
        targets: dict[int, int] = {
            Qt.Key.Key_Left: current - 1,
            Qt.Key.Key_Right: current + 1,
            Qt.Key.Key_Up: current - columns,
            Qt.Key.Key_Down: current + columns,
            Qt.Key.Key_Home: 1,
            Qt.Key.Key_End: self._document.page_count,
            **dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space), current),
        }
        if event.key() in targets:
            self._choose(min(self._document.page_count, max(1, targets[event.key()])))
        else:
            event.ignore()

    def _mark(self, page_number: int | None) -> None:
        self._current = page_number
        index = self._numbers.index(page_number - 1) if page_number else QModelIndex()
        self.setCurrentIndex(index)
        if not index.isValid():
            self.clearSelection()

    def _choose(self, page_number: int) -> None:
        self._mark(page_number)
        self.page_chosen.emit(self._document.id, page_number)

    def _on_current_changed(self, current: QModelIndex) -> None:
        """Choose the page that has become current, unless it is chosen already.

        A screen reader can make a page current.
        """
        if current.isValid() and current.row() + 1 != self._current:
            self._choose(current.row() + 1)

    def _on_selection_changed(self, selected: QItemSelection) -> None:
        """Choose the selected page, because an accessible action selects an item without making it current."""
        for index in selected.indexes():
            self._on_current_changed(index)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._choose(index.row() + 1)

    def _on_source_page_changed(self, _document_id: str, page_number: int) -> None:
        self.update(self._numbers.index(page_number - 1))


class _ThumbnailDelegate(QStyledItemDelegate):
    """Paints the picture of a page with its dots and its number, and a frame around the marked page."""

    def __init__(self, thumbnails: ThumbnailList) -> None:
        super().__init__(thumbnails)
        self._thumbnails = thumbnails

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return _CELL_PX

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        thumbnails, colours, number, cell = self._thumbnails, theme(), index.row() + 1, option.rect
        source, is_current = thumbnails.source, number == thumbnails.current_page
        picture = self._picture_area(number, cell)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_current:
            painter.setPen(QPen(colours.accent, 2 if thumbnails.hasFocus() else 1))
            painter.setBrush(colours.accent_ground)
            painter.drawRoundedRect(QRectF(cell).adjusted(2, 1, -2, -1), 6, 6)
        painter.fillRect(picture, Qt.GlobalColor.white)
        image = source.cache.get(thumbnails.key(number))
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(picture, image)
        elif (failure := source.failure(thumbnails.document.id, number)) and failure.code not in _UNMARKED:
            painter.setPen(colours.danger)
            painter.drawText(picture, Qt.AlignmentFlag.AlignCenter, "!")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.line, 1))
        painter.drawRect(picture.adjusted(-0.5, -0.5, 0.5, 0.5))
        for dot in thumbnails.dots(number):
            place = QRectF(0, 0, _DOT_PX, _DOT_PX)
            place.moveCenter(picture.topLeft() + QPointF(dot.x * picture.width(), dot.y * picture.height()))
            painter.setPen(QPen(dot.colour, 1.5) if dot.is_open else QPen(Qt.GlobalColor.white, 1))
            painter.setBrush(Qt.GlobalColor.white if dot.is_open else dot.colour)
            painter.drawEllipse(place)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        font = QFont(thumbnails.font())
        font.setPixelSize(sized(11))
        font.setBold(is_current)
        painter.setFont(font)
        painter.setPen(thumbnails.palette().color(QPalette.ColorRole.WindowText) if is_current else colours.hint)
        line = QRect(cell.left(), cell.bottom() - _NUMBER_PX - 2, cell.width(), _NUMBER_PX)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, str(number))
        painter.restore()

    def _picture_area(self, number: int, cell: QRect) -> QRectF:
        frame, scale = self._thumbnails.document.frame(number), self._thumbnails.scale(number)
        width, height = frame.display_width_pt * scale, frame.display_height_pt * scale
        left = cell.left() + (cell.width() - width) / 2
        top = cell.top() + _PICTURE_TOP_PX + (_PICTURE_HEIGHT_PX - height) / 2
        return QRectF(round(left), round(top), round(width), round(height))


def _column_count(width_px: int) -> int:
    return max(1, width_px // _CELL_PX.width())
