"""Paint guides on a page. A guide is a line with which the object being moved is aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.placing.snapping import Guide, Margins, Orientation, SnapReason
from esign_desktop.ui.widgets.theme import paper_accent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.ui.viewer.tool import PaintedPage

REACH_PX: Final = 6.0
"""The distance within which an object snaps to a guide, in logical pixels."""
PAGE_MARGINS: Final = Margins(left_mm=31.8, top_mm=25.4, right_mm=31.8, bottom_mm=25.4)
"""The margins of a new document in common word processors, to which objects snap on every page."""


def paint_guides(painter: QPainter, page: PaintedPage, guides: Iterable[Guide]) -> None:
    """Paint guides on a page. Guides that belong to the page, such as its center or margins, are dashed."""
    painter.save()
    painter.setClipRect(page.area, Qt.ClipOperation.IntersectClip)
    for guide in guides:
        is_of_page = guide.reason in {SnapReason.PAGE_CENTER, SnapReason.MARGIN, SnapReason.PAGE_EDGE}
        style = Qt.PenStyle.DashLine if is_of_page else Qt.PenStyle.SolidLine
        painter.setPen(QPen(paper_accent(), 1.0, style))
        painter.drawLine(*_ends(page, guide))
    painter.restore()


def guide_areas(page: PaintedPage, guides: Iterable[Guide]) -> tuple[QRectF, ...]:
    """Return the rectangles to repaint when guides on a page appear or disappear, in the coordinates of the view."""
    return tuple(QRectF(*_ends(page, guide)).normalized().adjusted(-2, -2, 2, 2) for guide in guides)


def _ends(page: PaintedPage, guide: Guide) -> tuple[QPointF, QPointF]:
    ends = (
        (PagePoint(guide.at_pt, at) for at in (guide.from_pt, guide.to_pt))
        if guide.orientation is Orientation.VERTICAL
        else (PagePoint(at, guide.at_pt) for at in (guide.from_pt, guide.to_pt))
    )
    start, end = (_on_pixel(page.point(point)) for point in ends)
    return start, end


def _on_pixel(point: QPointF) -> QPointF:
    return QPointF(round(point.x() - 0.5) + 0.5, round(point.y() - 0.5) + 0.5)
