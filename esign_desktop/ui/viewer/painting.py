"""Paint pages: shadow, white paper, the sharpest available pictures, captions, failures, and a frame after a jump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from esign_desktop.ui.viewer.tiles import TileCache, TileKey, TileSource, rounded_sharpness, sharp_keys
from esign_desktop.ui.widgets.motion import is_still
from esign_desktop.ui.widgets.theme import mixed, paper_accent

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.geometry import DisplayRect, PageRect
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.layout import PageLayout, PageSlot
    from esign_desktop.ui.viewer.tiles import PageRenderer
    from esign_desktop.ui.viewer.tool import PaintedPage
    from esign_desktop.ui.widgets.theme import Theme


NO_PDF: Final = "template.no_pdf"
"""The code of the failure of a page whose PDF the user must add elsewhere. Another attempt would fail, too."""
_PAPER: Final = QColor(255, 255, 255)
_ON_PAPER: Final = QColor(90, 96, 110)
_SHADOW_STEPS: Final = 5
_SHADOW_DROP_PX: Final = 2


@dataclass(frozen=True, slots=True)
class Ground:
    """The colors around the pages in one theme. The pages themselves are white in every theme."""

    ground: QColor
    caption: QColor
    edge: QColor
    shadows: tuple[QColor, ...]
    """The colors of the shadow around a page, innermost first."""

    @classmethod
    def of(cls, colours: Theme) -> Ground:
        """Return the colors around the pages for a theme."""
        layer = colours.shadow.alphaF() / _SHADOW_STEPS
        shares = (1 - (1 - layer) ** count for count in range(_SHADOW_STEPS, 0, -1))
        shadows = tuple(mixed(colours.ground, colours.shadow, share) for share in shares)
        return cls(colours.ground, colours.hint, colours.shadow, shadows)


class SheetPainter:
    """Paints single pages from the pictures that are in the caches. It never waits for a picture."""

    def __init__(self, source: TileSource, far: FarPages) -> None:
        self._source = source
        self._far = far

    def paint(
        self, painter: QPainter, page: PaintedPage, part: DisplayRect, ground: Ground, device_ratio: float
    ) -> None:
        """Paint a page.

        ``part`` is its visible part, in displayed points, and ``device_ratio`` the device pixels per logical pixel.

        Where a sharp picture is missing, a coarser one is painted instead, or white paper. A page that could not be
        rendered shows a message.
        """
        area = aligned(page.area, device_ratio)
        _paint_shadow(painter, area, ground)
        painter.fillRect(area, _PAPER)
        slot = page.slot
        failure = self._source.failure(slot.document_id, slot.page_number)
        if failure is not None:
            _paint_failure(painter, area, failure)
            return
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        self._paint_pictures(painter, page, part, area, device_ratio)
        painter.restore()

    def _paint_pictures(
        self, painter: QPainter, page: PaintedPage, part: DisplayRect, area: QRectF, device_ratio: float
    ) -> None:
        slot, cache = page.slot, self._source.cache
        keys = tuple(sharp_keys(slot, device_ratio, part))
        if any(key not in cache for key in keys):
            coarse = cache.whole_page(slot.document_id, slot.page_number, rounded_sharpness(slot.scale * device_ratio))
            # A small picture is blurred anyway when enlarged so much, and is seen only briefly, so it must be fast to
            # paint.
            is_far = coarse is None
            coarse = self._far.picture(slot) if coarse is None else coarse
            if coarse is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_far)
                painter.drawImage(area, coarse)
        for key in keys:
            image = cache.get(key)
            if image is None:
                continue
            left, top = area.left(), area.top()
            if key.clip is not None:
                left += key.clip.left_pt * slot.scale
                top += key.clip.top_pt * slot.scale
            # One pixel of the picture is one device pixel. Scaling by a fraction of a pixel would blur the picture.
            corner = aligned(QRectF(left, top, 1, 1), device_ratio).topLeft()
            size = image.size().toSizeF() / device_ratio
            painter.drawImage(QRectF(corner, size), image)


def aligned(rect: QRectF, device_ratio: float) -> QRectF:
    """Return a rectangle moved to whole device pixels, with the same size. ``rect`` is in logical pixels."""
    left = round(rect.left() * device_ratio) / device_ratio
    top = round(rect.top() * device_ratio) / device_ratio
    return QRectF(left, top, rect.width(), rect.height())


def paint_caption(painter: QPainter, area: QRectF, name: str, pages: str, ground: Ground) -> None:
    """Paint a document's name on the left and its number of pages on the right, at the bottom of ``area``.

    A name that is too long is elided in the middle. ``pages`` is the translated number of pages.
    """
    painter.setPen(ground.caption)
    font = painter.font()
    metrics = painter.fontMetrics()
    pages_width = metrics.horizontalAdvance(pages)
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setFont(bold)
    room = max(40, int(area.width() - pages_width - 16))
    elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
    bottom_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
    painter.drawText(area, bottom_left | Qt.TextFlag.TextSingleLine, elided)
    painter.setFont(font)
    bottom_right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
    painter.drawText(area, bottom_right | Qt.TextFlag.TextSingleLine, pages)


def _paint_shadow(painter: QPainter, area: QRectF, ground: Ground) -> None:
    # The shadow consists of opaque frames. With transparency or round corners, it would take longer to paint than the
    # picture of the page.
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for step in range(_SHADOW_STEPS, 0, -1):
        painter.setPen(QPen(ground.shadows[step - 1], 1))
        reach = step - 0.5
        painter.drawRect(area.adjusted(-reach, _SHADOW_DROP_PX - reach, reach, _SHADOW_DROP_PX + reach))
    painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), _SHADOW_DROP_PX), ground.shadows[0])
    painter.setPen(QPen(ground.edge, 1))
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))


def failure_words(failure: AppError) -> str:
    """Return the text of a page that could not be rendered: what is wrong, and what the user can do."""
    if failure.code == NO_PDF:
        # Imported with the first error, because the module contains the texts of about a hundred errors.
        from esign_desktop.ui.text.errors.sentences import error_sentence

        sentence = error_sentence(failure)
        return f"{sentence.title}\n{sentence.remedy}"
    title = QCoreApplication.translate("PagesView", "Couldn't display this page")
    remedy = QCoreApplication.translate("PagesView", "Click to try again")
    return f"{title}\n{remedy}"


def _paint_failure(painter: QPainter, area: QRectF, failure: AppError) -> None:
    painter.save()
    painter.setPen(_ON_PAPER)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(area.adjusted(12, 12, -12, -12), flags, failure_words(failure))
    painter.restore()


REST_MS: Final = 400
"""How long the view must rest before the surrounding pages are rendered, in milliseconds."""
MOST_PAGES: Final = 200
FAR_PIXELS_PER_POINT: Final = 0.25
"""The resolution of small pictures, which is 18 dpi.

Titles and paragraphs can be distinguished, and an A4 page takes an eighth of a megabyte.
"""
LARGEST_PX: Final = 40_000
"""The most pixels of a small picture. An A4 page has 31,000. ``MOST_PAGES`` pictures fit into ``LIMIT_BYTES``."""
LIMIT_BYTES: Final = 32 * 1024 * 1024


class FarPages(QObject):
    """Keeps small pictures of the surrounding pages, so that pages are not empty while the user scrolls fast.

    The pictures are rendered in the background while the view rests, the nearest first, for at most ``MOST_PAGES``
    pages.
    """

    def __init__(self, renderer: PageRenderer, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._source = TileSource(renderer, tasks, TileCache(LIMIT_BYTES), self)
        self._layout: PageLayout | None = None
        self._y_px = 0.0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._on_rest_timeout)

    @property
    def is_idle(self) -> bool:
        """Whether no small picture is requested or being rendered, and the view has rested."""
        return self._source.is_idle and not self._rest.isActive()

    def move_to(self, layout: PageLayout, y_px: float) -> None:
        """Set the layout and the middle of the view, and render the pages around ``y_px`` when the view has rested.

        Until then, no further picture is rendered, so that the visible pages come first.
        """
        self._source.want(())
        self._layout, self._y_px = layout, y_px
        self._rest.start()

    def picture(self, slot: PageSlot) -> QImage | None:
        """Return the small picture of a page, or None if it is not rendered yet."""
        return self._source.cache.get(_key(slot))

    def forget(self, document_id: DocumentId) -> None:
        """Drop the pictures of a document. Call this when the document was removed or its file was opened again."""
        self._source.forget(document_id)

    def _on_rest_timeout(self) -> None:
        if self._layout is not None:
            keys = [_key(slot) for slot in _nearest(self._layout, self._y_px)]
            # New pictures replace the least recently used ones, which must not be those of pages that are still near.
            for key in reversed(keys):
                self._source.cache.get(key)
            self._source.want(keys)


def _nearest(layout: PageLayout, y_px: float) -> tuple[PageSlot, ...]:
    """Return at most ``MOST_PAGES`` pages around ``y_px``, from the nearest to the farthest."""
    middle = layout.nearest_page(y_px)
    if middle is None:
        return ()
    index = next(index for index, slot in enumerate(layout.slots) if slot is middle)
    around = range(max(0, index - MOST_PAGES), min(len(layout.slots), index + MOST_PAGES))
    return tuple(layout.slots[i] for i in sorted(around, key=lambda i: abs(i - index))[:MOST_PAGES])


def _key(slot: PageSlot) -> TileKey:
    area_pt = slot.frame.display_width_pt * slot.frame.display_height_pt
    sharpness = min(FAR_PIXELS_PER_POINT, (LARGEST_PX / area_pt) ** 0.5)
    return TileKey(slot.document_id, slot.page_number, rounded_sharpness(sharpness))


_STEP_MS: Final = 50
_STEPS: Final = 24
_GROWTH_PX: Final = 14.0


class Spotlight(QObject):
    """Paints a frame that closes in on a part of a page and then fades."""

    changed = Signal()
    """Emitted when the frame must be painted again."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._target: tuple[DocumentId, int, PageRect] | None = None
        self._left_steps = 0
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_lit(self) -> bool:
        """Whether the frame is visible."""
        return self._target is not None

    def point_at(self, document_id: DocumentId, page_number: int, rect: PageRect) -> None:
        """Show the frame around a part of a page, and remove it after about a second. ``rect`` is in page space."""
        self._target = (document_id, page_number, rect)
        self._left_steps = _STEPS
        # If animations are switched off, the frame has its final size from the start and disappears without fading.
        self._timer.start(_STEPS * _STEP_MS if is_still() else _STEP_MS)
        self.changed.emit()

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the frame if it surrounds a part of this page."""
        if self._target is None or self._target[:2] != (page.slot.document_id, page.slot.page_number):
            return
        left = 0.5 if is_still() else self._left_steps / _STEPS
        color = paper_accent()
        color.setAlphaF(min(1.0, 2 * left))
        grown = 4.0 + _GROWTH_PX * max(0.0, left - 0.6)
        painter.save()
        painter.setPen(QPen(color, 2.5))
        painter.drawRoundedRect(page.rect(self._target[2]).adjusted(-grown, -grown, grown, grown), 4, 4)
        painter.restore()

    def _on_timer_timeout(self) -> None:
        self._left_steps -= _STEPS if is_still() else 1
        if self._left_steps <= 0:
            self._target = None
            self._timer.stop()
        self.changed.emit()
