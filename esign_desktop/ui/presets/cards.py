"""The list of presets as cards with the first page, the function key, the roles, the page count and the last use."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import role_names
from esign_desktop.ui.viewer.tiles import image_of
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.presets.pdfs import PresetPdfs
    from esign_desktop.ui.tasks import TaskRunner

_PRESET_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_CARD_PX: Final = 96
_SHEET_PX: Final = QSize(56, 76)
_PIXELS_PER_POINT: Final = 0.25
"""The resolution of first pages. It is sufficient for screens with a device pixel ratio of 2."""
_BADGE_PX: Final = QSize(32, 22)


class PresetCards(QListWidget):
    """The list of presets. Each item's text, which screen readers read, contains all texts of its card.

    First pages are rendered in the background, and are shown once they are available. Without ``pdfs`` or
    ``documents``, no pages are rendered.
    """

    def __init__(
        self, pdfs: PresetPdfs | None, documents: DocumentService | None, tasks: TaskRunner, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._pdfs, self._documents, self._tasks = pdfs, documents, tasks
        self._sheets: dict[str, QImage | None] = {}
        """First pages, keyed by the SHA-256 of the file. A page that is being or cannot be rendered is None."""
        self._sent: Mapping[str, int] = {}
        self.setItemDelegate(_CardDelegate(self))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_presets(self, presets: Iterable[Preset]) -> None:
        """Show these presets instead of the current ones."""
        self.clear()
        for preset in presets:
            item = QListWidgetItem()
            item.setData(_PRESET_ROLE, preset)
            self.addItem(item)
            self._draw_sheet(preset)
        self._show_texts()

    def show_sent(self, sent: Mapping[str, int]) -> None:
        """Show when contracts were last sent. ``sent`` maps contract titles to times in epoch milliseconds."""
        self._sent = sent
        self._show_texts()

    def sheet_of(self, preset: Preset) -> QImage | None:
        """Return the image of a preset's first page, or None if it has not been rendered."""
        return self._sheets.get(preset.documents[0].sha256) if preset.documents else None

    def lines_of(self, preset: Preset) -> tuple[str, str, str]:
        """Return the three texts of a card: the name, the roles, and the page count with the last use."""
        sent_at_ms = self._sent.get(preset.title)
        page_count = sum(document.page_count for document in preset.documents)
        pages = self.tr("%n page(s)", "", page_count)
        last = (
            self.tr("never sent")
            if sent_at_ms is None
            else self.tr("last sent {day}").format(day=china_time(sent_at_ms).split()[0])
        )
        return one_line(preset.name), listed(role_names(preset).values()), f"{pages} · {last}"

    def _show_texts(self) -> None:
        for row in range(self.count()):
            item = self.item(row)
            preset: Preset = item.data(_PRESET_ROLE)
            key = (f"F{preset.function_key}",) if preset.function_key is not None else ()
            item.setText(" · ".join((*key, *self.lines_of(preset))))

    def _draw_sheet(self, preset: Preset) -> None:
        kept = preset.documents[0] if preset.documents else None
        pdfs, documents = self._pdfs, self._documents
        if kept is None or kept.template is not None or kept.sha256 in self._sheets:
            return
        if pdfs is None or documents is None:
            return
        self._sheets[kept.sha256] = None

        def draw() -> QImage:
            document = pdfs.open(kept)
            try:
                return image_of(documents.render(document.id, 1, _PIXELS_PER_POINT))
            finally:
                documents.close(document.id)

        # A file that can't be rendered has no image. The editor shows the error.
        self._tasks.start(
            draw,
            owner=self,
            on_done=partial(self._on_sheet_drawn, kept.sha256),
            on_error=lambda _error: None,
            lane=Lane.PDF,
        )

    def _on_sheet_drawn(self, sha256: str, sheet: QImage) -> None:
        self._sheets[sha256] = sheet
        self.viewport().update()


class _CardDelegate(QStyledItemDelegate):
    def __init__(self, cards: PresetCards) -> None:
        super().__init__(cards)
        self._cards = cards

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, sized(_CARD_PX))

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        preset: Preset = index.data(_PRESET_ROLE)
        colours, state = theme(), option.state
        area: QRect = option.rect
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, colours.accent_ground)
            bar = colours.accent if self._cards.hasFocus() else colours.scroll
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), bar)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, colours.hover)
        painter.setPen(colours.line)
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        sheet = QRect(area.left() + 14, area.top() + 10, _SHEET_PX.width(), _SHEET_PX.height())
        self._paint_sheet(painter, sheet, preset)
        texts = area.adjusted(_SHEET_PX.width() + 28, 14, -14, -12)
        if preset.function_key is not None:
            self._paint_badge(painter, texts, f"F{preset.function_key}")
        self._paint_texts(painter, texts, preset, QFont(option.font))
        painter.restore()

    def _paint_sheet(self, painter: QPainter, place: QRect, preset: Preset) -> None:
        page = self._cards.sheet_of(preset)
        if page is None:
            painter.fillRect(place, theme().chip_ground)
            icon("document", theme().hint).paint(painter, place.adjusted(18, 18, -18, -18))
            return
        size = page.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        inner = QRect(place.topLeft(), size)
        inner.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(inner, page)
        painter.setPen(theme().line)
        painter.drawRect(inner.adjusted(0, 0, -1, -1))

    def _paint_badge(self, painter: QPainter, area: QRect, text: str) -> None:
        colours = theme()
        place = QRectF(area.right() - _BADGE_PX.width(), area.top(), _BADGE_PX.width(), _BADGE_PX.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.frame, 1))
        painter.setBrush(colours.base)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(colours.text)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_texts(self, painter: QPainter, area: QRect, preset: Preset, font: QFont) -> None:
        name, *hints = self._cards.lines_of(preset)
        bold = QFont(font)
        bold.setPixelSize(sized(14))
        bold.setBold(True)
        small = QFont(font)
        small.setPixelSize(sized(12))
        top = area.top()
        room_px = area.width() - _BADGE_PX.width() - 8
        for text, face, colour, width_px in (
            (name, bold, theme().text, room_px),
            *((hint, small, theme().hint, area.width()) for hint in hints),
        ):
            metrics = QFontMetrics(face)
            painter.setFont(face)
            painter.setPen(colour)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width_px)
            painter.drawText(area.left(), top + metrics.ascent(), shown)
            top += metrics.height() + 4
