"""Paints sheets of paper: shadow, white page, the sharpest picture there is, captions, and failures in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from esign_desktop.ui.theme import mixed
from esign_desktop.ui.viewer.tiles import rounded_sharpness, sharp_keys

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import DisplayRect
    from esign_desktop.ui.theme import Theme
    from esign_desktop.ui.viewer.far_pages import FarPages
    from esign_desktop.ui.viewer.tile_source import TileSource
    from esign_desktop.ui.viewer.tool import PaintedPage

_PAPER: Final = QColor(255, 255, 255)
_ON_PAPER: Final = QColor(90, 96, 110)
_SHADOW_STEPS: Final = 5
_SHADOW_DROP_PX: Final = 2


@dataclass(frozen=True, slots=True)
class Ground:
    """The colours around the pages, which themselves are white in light and in dark."""

    ground: QColor
    caption: QColor
    edge: QColor
    shadows: tuple[QColor, ...]
    """Of the shadow around a page, the innermost first."""

    @classmethod
    def of(cls, colours: Theme) -> Ground:
        """Return the colours that go with a theme."""
        layer = colours.shadow.alphaF() / _SHADOW_STEPS
        shares = (1 - (1 - layer) ** count for count in range(_SHADOW_STEPS, 0, -1))
        shadows = tuple(mixed(colours.ground, colours.shadow, share) for share in shares)
        return cls(colours.ground, colours.hint, colours.shadow, shadows)


class SheetPainter:
    """Paints single pages from what a TileSource has; never waits for a picture."""

    def __init__(self, source: TileSource, far: FarPages) -> None:
        self._source = source
        self._far = far

    def paint(
        self, painter: QPainter, page: PaintedPage, part: DisplayRect, ground: Ground, device_ratio: float
    ) -> None:
        """Paint a page of which ``part`` is visible."""
        area = aligned(page.area, device_ratio)
        _paint_shadow(painter, area, ground)
        painter.fillRect(area, _PAPER)
        slot = page.slot
        if self._source.failure(slot.document_id, slot.page_number) is not None:
            _paint_failure(painter, area)
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
            # One made so large is a blur either way, and is only seen in passing: what counts is that it costs little.
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
            # One pixel of the picture a pixel of the screen: scaling by a fraction of a pixel would blur it.
            corner = aligned(QRectF(left, top, 1, 1), device_ratio).topLeft()
            size = image.size().toSizeF() / device_ratio
            painter.drawImage(QRectF(corner, size), image)


def aligned(rect: QRectF, device_ratio: float) -> QRectF:
    """Shift a rectangle to whole device pixels; its size stays."""
    left = round(rect.left() * device_ratio) / device_ratio
    top = round(rect.top() * device_ratio) / device_ratio
    return QRectF(left, top, rect.width(), rect.height())


def paint_caption(painter: QPainter, area: QRectF, name: str, pages: str, ground: Ground) -> None:
    """Paint a document's name, elided in the middle, and its number of pages above its first page."""
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
    # In opaque frames around the sheet: translucent, or with round corners, it would cost more than the page's picture.
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for step in range(_SHADOW_STEPS, 0, -1):
        painter.setPen(QPen(ground.shadows[step - 1], 1))
        reach = step - 0.5
        painter.drawRect(area.adjusted(-reach, _SHADOW_DROP_PX - reach, reach, _SHADOW_DROP_PX + reach))
    painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), _SHADOW_DROP_PX), ground.shadows[0])
    painter.setPen(QPen(ground.edge, 1))
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))


def _paint_failure(painter: QPainter, area: QRectF) -> None:
    title = QCoreApplication.translate("PagesView", "This page could not be drawn")
    remedy = QCoreApplication.translate("PagesView", "Click to try again")
    painter.save()
    painter.setPen(_ON_PAPER)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(area.adjusted(12, 12, -12, -12), flags, f"{title}\n{remedy}")
    painter.restore()
