"""The pages of a document, small, to find one's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.override import override
from esign_desktop.ui.viewer.tiles import PageRenderer, TileCache, TileKey, TileSource, rounded_sharpness
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from esign_desktop.domain.document import Document
    from esign_desktop.ui.tasks import TaskRunner

_CELL_WIDTH_PX: Final = 96
_CELL_HEIGHT_PX: Final = 132
_PICTURE_WIDTH_PX: Final = 80.0
_PICTURE_HEIGHT_PX: Final = 104.0
_PICTURE_TOP_PX: Final = 6.0
_NUMBER_PX: Final = 18
_CACHE_BYTES: Final = 16 * 1024 * 1024

_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ThumbnailList(QWidget):
    """As high as its pages need, to be put into a scroll area; only what is in sight is drawn.

    ``page_chosen`` carries the document's id and a page number.
    """

    page_chosen = Signal(str, int)

    def __init__(
        self, document: Document, renderer: PageRenderer, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._current: int | None = None
        self._source = TileSource(renderer, tasks, TileCache(_CACHE_BYTES), self)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._source.arrived.connect(self._on_source_page_changed)
        self._source.failed.connect(self._on_source_page_changed)
        self.retranslate()

    @property
    def source(self) -> TileSource:
        """Where the pictures come from."""
        return self._source

    @property
    def current_page(self) -> int | None:
        """The marked page."""
        return self._current

    def retranslate(self) -> None:
        """Word everything in the present language."""
        self.setAccessibleName(self.tr("Pages of {name}").format(name=self._document.name))

    def set_document(self, document: Document) -> None:
        """Show another version of the document."""
        self._document = document
        self.retranslate()
        self.refresh()
        self.updateGeometry()

    def refresh(self) -> None:
        """Draw all pages anew."""
        self._source.forget(self._document.id)
        self.update()

    def set_current_page(self, page_number: int | None) -> None:
        """Mark a page, or none."""
        if page_number != self._current:
            self._current = page_number
            self.update()

    def page_at(self, position: QPoint) -> int | None:
        """Return the number of the page under a point."""
        columns = self._column_count(self.width())
        column, row = (position.x() - self._left_px()) // _CELL_WIDTH_PX, position.y() // _CELL_HEIGHT_PX
        number = row * columns + column + 1
        return number if 0 <= column < columns and row >= 0 and number <= self._document.page_count else None

    def cell(self, page_number: int) -> QRect:
        """Return where a page is."""
        row, column = divmod(page_number - 1, self._column_count(self.width()))
        return QRect(self._left_px() + column * _CELL_WIDTH_PX, row * _CELL_HEIGHT_PX, _CELL_WIDTH_PX, _CELL_HEIGHT_PX)

    # Size

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width_px: int) -> int:
        """Return how high all rows are."""
        return -(-self._document.page_count // self._column_count(width_px)) * _CELL_HEIGHT_PX

    @override
    def sizeHint(self) -> QSize:
        width = max(self.width(), _CELL_WIDTH_PX)
        return QSize(_CELL_WIDTH_PX, self.heightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height when the number of columns changed."""
        if self._column_count(event.size().width()) != self._column_count(event.oldSize().width()):
            self.updateGeometry()
        super().resizeEvent(event)

    # Painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pages in sight, and have those drawn that are not there yet."""
        painter = QPainter(self)
        for number in self._pages_in(event.rect()):
            self._paint_page(painter, number)
        wanted = [self._key(number) for number in self._pages_in(self.visibleRegion().boundingRect())]
        self._source.want(wanted)

    def _paint_page(self, painter: QPainter, number: int) -> None:
        colours, cell, picture = theme(), self.cell(number), self._picture_area(number)
        is_current = number == self._current
        if is_current:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours.accent, 2 if self.hasFocus() else 1))
            painter.setBrush(colours.accent_ground)
            painter.drawRoundedRect(QRectF(cell).adjusted(2, 1, -2, -1), 6, 6)
        painter.fillRect(picture, Qt.GlobalColor.white)
        key = self._key(number)
        image = self._source.cache.get(key)
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(picture, image)
        elif self._source.failure(self._document.id, number) is not None:
            painter.setPen(colours.danger)
            painter.drawText(picture, Qt.AlignmentFlag.AlignCenter, "!")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.line, 1))
        painter.drawRect(picture.adjusted(-0.5, -0.5, 0.5, 0.5))
        font = QFont(self.font())
        font.setPixelSize(11)
        font.setBold(is_current)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText) if is_current else colours.hint)
        line = QRect(cell.left(), cell.bottom() - _NUMBER_PX - 2, cell.width(), _NUMBER_PX)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, str(number))

    def _picture_area(self, number: int) -> QRectF:
        frame, cell = self._document.frame(number), self.cell(number)
        scale = self._scale(number)
        width, height = frame.display_width_pt * scale, frame.display_height_pt * scale
        left = cell.left() + (cell.width() - width) / 2
        top = cell.top() + _PICTURE_TOP_PX + (_PICTURE_HEIGHT_PX - height) / 2
        return QRectF(round(left), round(top), round(width), round(height))

    def _scale(self, number: int) -> float:
        frame = self._document.frame(number)
        return min(_PICTURE_WIDTH_PX / frame.display_width_pt, _PICTURE_HEIGHT_PX / frame.display_height_pt)

    def _key(self, number: int) -> TileKey:
        sharpness = rounded_sharpness(self._scale(number) * self.devicePixelRatioF())
        return TileKey(self._document.id, number, max(sharpness, 0.01))

    def _pages_in(self, area: QRect) -> range:
        columns, count = self._column_count(self.width()), self._document.page_count
        if area.isEmpty():
            return range(0)
        first = max(0, area.top() // _CELL_HEIGHT_PX) * columns + 1
        last = (area.bottom() // _CELL_HEIGHT_PX + 1) * columns
        return range(first, min(last, count) + 1)

    @staticmethod
    def _column_count(width_px: int) -> int:
        return max(1, width_px // _CELL_WIDTH_PX)

    def _left_px(self) -> int:
        return max(0, (self.width() - self._column_count(self.width()) * _CELL_WIDTH_PX) // 2)

    def _on_source_page_changed(self, _document_id: str, page_number: int) -> None:
        if page_number <= self._document.page_count:
            self.update(self.cell(page_number))

    # Choosing

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the page under the mouse."""
        number = self.page_at(event.position().toPoint())
        if number is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(number)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the end of the click, too."""
        event.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose pages by arrows, Home and End."""
        key, count = Qt.Key(event.key()), self._document.page_count
        current = self._current or 1
        columns = self._column_count(self.width())
        steps = {**_STEPS, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        if key in steps:
            self._choose(min(count, max(1, current + steps[key])))
        elif key is Qt.Key.Key_Home:
            self._choose(1)
        elif key is Qt.Key.Key_End:
            self._choose(count)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._choose(current)
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus on the marked page."""
        self.update()
        super().focusInEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _choose(self, page_number: int) -> None:
        self.set_current_page(page_number)
        self.page_chosen.emit(self._document.id, page_number)
