"""Paint parts of a draft's pages: the surroundings of a seal, the words that a doubt is about, or a whole page.

Pages are rendered in the background when a part of them is painted. The size of the cached pictures is limited.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.placing.placement import KeywordPlacement, marks_of
from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.filled_form import FormOverlay
from esign_desktop.ui.viewer.layout import PageSlot
from esign_desktop.ui.viewer.seals import SealPainter
from esign_desktop.ui.viewer.tiles import TileCache, TileKey, TileSource, rounded_sharpness
from esign_desktop.ui.viewer.tool import PaintedPage
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QPaintEvent

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.placing.placement import KeywordHits, SealMark
    from esign_desktop.domain.proposal import PaperPlace
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer

LIMIT_BYTES: Final = 16 * 1024 * 1024
_MOST_REQUESTS: Final = 24
_NOT_OPEN_YET_MS: Final = 500
_TRIES: Final = 20
_BESIDE_PT: Final = 18.0
_PAPER: Final = QColor(255, 255, 255)
_ON_PAPER: Final = QColor(90, 96, 110)
_MARKED: Final = QColor(255, 232, 140)
_EDGE: Final = QColor(160, 166, 178)


class PageParts(QObject):
    """Paints parts of a draft's pages, including form values and seals. Pages are rendered in the background."""

    changed = Signal()
    """Emitted when a picture has arrived or failed, so that the parts must be painted again."""

    def __init__(self, renderer: PageRenderer, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._draft = ContractDraft.new()
        self._marks: dict[tuple[DocumentId, int], list[SealMark]] = {}
        self._source = TileSource(renderer, tasks, TileCache(LIMIT_BYTES), self)
        self._seals = SealPainter()
        self._forms = FormOverlay(lambda: self._draft)
        self._requests: OrderedDict[TileKey, None] = OrderedDict()
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
        """The draft whose pages are painted. Empty until ``show_draft`` is called."""
        return self._draft

    @property
    def used_bytes(self) -> int:
        """The size of the cached pictures in bytes."""
        return self._source.cache.used_bytes

    @property
    def is_idle(self) -> bool:
        """Whether no picture is requested or being rendered.

        Pictures that failed do not count, even if they will be tried again.
        """
        return self._source.is_idle and not self._soon.isActive()

    def show_draft(self, draft: ContractDraft, hits: KeywordHits) -> None:
        """Set the draft whose pages are painted. ``hits`` are the positions of the matches of its keywords."""
        self._draft, self._marks, self._tries = draft, {}, 0
        for one in draft.placements:
            found = hits.get((one.document_id, one.keyword)) if isinstance(one, KeywordPlacement) else None
            document, signer = draft.document(one.document_id), draft.signer(one.signer_id)
            for mark in marks_of(one, signer, document, draft.behaviour, found or ()):
                self._marks.setdefault((mark.document_id, mark.page_number), []).append(mark)

    def paint(self, painter: QPainter, area: QRect, mark: SealMark, scale: float) -> QRect:
        """Paint the part of the page around a mark, and return the part of ``area`` that it covers.

        The mark is near the right edge, so that the words before it can be read. Other seals are paler.

        ``scale`` is in logical pixels per displayed point. The page may be smaller than ``area``. A page that is not
        rendered yet is white.
        """
        frame = self._draft.document(mark.document_id).frame(mark.page_number)
        shown = frame.rect_to_display(mark.rect)
        # A range that is as wide as the area and ends beside the mark.
        wide = area.width() / scale
        line = DisplayRect(shown.left_pt + shown.width_pt + _BESIDE_PT - wide, shown.top_pt, wide, shown.height_pt)
        with self._part(painter, area, mark.document_id, mark.page_number, line, scale) as (page, seen):
            for other in self._marks.get((mark.document_id, mark.page_number), ()):
                if other != mark and page.rect(other.rect).intersects(seen):
                    self._seals.paint_mark(painter, page, other, self._draft, is_ghost=True)
            self._seals.paint_mark(painter, page, mark, self._draft)
        return seen.toRect()

    def paint_words(
        self, painter: QPainter, area: QRect, document_id: DocumentId, place: PaperPlace, scale: float
    ) -> QRect:
        """Paint the part of a page around some words, highlight them, and return the covered part of ``area``.

        ``scale`` is in logical pixels per displayed point.
        """
        with self._part(painter, area, document_id, place.page_number, place.rect, scale) as (page, seen):
            words = place.rect
            left_top = page.origin + QPointF(words.left_pt, words.top_pt) * scale
            marked = QRectF(left_top, QSizeF(words.width_pt, words.height_pt) * scale).adjusted(-3, -2, 3, 2)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
            painter.fillRect(marked, _MARKED)
        return seen.toRect()

    def paint_page(self, painter: QPainter, area: QRect, document_id: DocumentId, page_number: int) -> None:
        """Paint a whole page, scaled to the width of ``area``."""
        frame = self._draft.document(document_id).frame(page_number)
        whole = DisplayRect(0.0, 0.0, frame.display_width_pt, frame.display_height_pt)
        with self._part(painter, area, document_id, page_number, whole, area.width() / frame.display_width_pt):
            pass

    @contextmanager
    def _part(
        self,
        painter: QPainter,
        area: QRect,
        document_id: DocumentId,
        page_number: int,
        shown: DisplayRect,
        scale: float,
    ) -> Iterator[tuple[PaintedPage, QRectF]]:
        """Paint a part of a page, yield to the caller, who paints on it, and then paint a frame around the part."""
        frame = self._draft.document(document_id).frame(page_number)
        clip = _clip_around(shown, frame.display_width_pt, frame.display_height_pt, area, scale)
        seen = QRectF(QPointF(area.topLeft()), QSize(round(clip.width_pt * scale), round(clip.height_pt * scale)))
        origin = seen.topLeft() - QPointF(clip.left_pt * scale, clip.top_pt * scale)
        page = PaintedPage(PageSlot(document_id, page_number, frame, 0.0, 0.0, scale), origin)
        sharpness = rounded_sharpness(scale * painter.device().devicePixelRatio())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(seen, Qt.ClipOperation.IntersectClip)
        painter.fillRect(seen, _PAPER)
        self._paint_page(painter, seen, TileKey(document_id, page_number, sharpness, clip))
        self._forms.paint_page(painter, page)
        yield page, seen
        painter.restore()
        painter.setPen(QPen(_EDGE, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(seen.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_page(self, painter: QPainter, seen: QRectF, key: TileKey) -> None:
        image = self._source.cache.get(key)
        if image is not None:
            painter.drawImage(
                QRectF(seen.topLeft(), image.size().toSizeF() / painter.device().devicePixelRatio()), image
            )
            return
        if self._source.failure(key.document_id, key.page_number) is not None:
            painter.setPen(_ON_PAPER)
            text = self.tr("Couldn't display this page")
            painter.drawText(seen.adjusted(8, 8, -8, -8), Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, text)
            return
        # The part that was painted last is rendered first, because it is most likely to be visible.
        self._requests[key] = None
        self._requests.move_to_end(key, last=False)
        while len(self._requests) > _MOST_REQUESTS:
            self._requests.popitem()
        self._soon.start()

    def _on_soon_timeout(self) -> None:
        self._source.want(tuple(self._requests))

    def _on_source_arrived(self) -> None:
        for key in [one for one in self._requests if one in self._source.cache]:
            del self._requests[key]
        self.changed.emit()

    def _on_source_failed(self, document_id: DocumentId, page_number: int) -> None:
        failure = self._source.failure(document_id, page_number)
        if failure is not None and failure.code == "document.not_open" and self._tries < _TRIES:
            # The documents of an earlier session are opened one after the other, so this one may be open later.
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
    """Return the part of a page that fills ``area`` with ``shown`` in the middle, on whole pixels if possible."""
    wide, high = min(width_pt, area.width() / scale), min(height_pt, area.height() / scale)
    left = min(max(0.0, shown.center.x_pt - wide / 2), width_pt - wide)
    top = min(max(0.0, shown.center.y_pt - high / 2), height_pt - high)
    return DisplayRect(math.floor(left * scale) / scale, math.floor(top * scale) / scale, wide, high)


_PICTURE_PX: Final = 170


class PagePicture(QWidget):
    """Shows a small picture of the first page of a document."""

    def __init__(self, parts: PageParts, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts = parts
        self._document = document
        frame = document.frame(1)
        width = sized(_PICTURE_PX)
        self.setFixedSize(width, round(width * frame.display_height_pt / frame.display_width_pt) + 1)
        self.setAccessibleName(one_line(document.name))
        parts.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            area = QRect(0, 0, self.width() - 1, self.height() - 1)
            self._parts.paint_page(painter, area, self._document.id, 1)
