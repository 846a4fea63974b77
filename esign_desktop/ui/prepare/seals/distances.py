"""The distances of a dragged seal from the edges of its page, in millimeters on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from esign_desktop.domain.geometry import Rotation, pt_to_mm
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.ui.viewer.tool import PaintedPage

_LABEL_PX: Final = 16.0
_REACH_PX: Final = 34.0
"""The space for a label on each side of a vertical line. No label is wider than twice this value."""
_TICK_PX: Final = 4.0


class Distance(NamedTuple):
    """The distance of a seal from an edge of its page. ``line`` leads from the edge to the seal in view coordinates."""

    line: QLineF
    length_mm: float


def distances(page: PaintedPage, mark: SealMark) -> tuple[Distance, ...]:
    """Return the distances of a mark from the edges of the displayed page, except those below one pixel.

    For a slice of a cross-page seal, only the distances along the page's edge are returned.
    """
    seal, sheet = page.rect(mark.rect), page.area
    middle = seal.center()
    across = (
        QLineF(sheet.left(), middle.y(), seal.left(), middle.y()),
        QLineF(sheet.right(), middle.y(), seal.right(), middle.y()),
    )
    along = (
        QLineF(middle.x(), sheet.top(), middle.x(), seal.top()),
        QLineF(middle.x(), sheet.bottom(), middle.x(), seal.bottom()),
    )
    lines: tuple[QLineF, ...] = (*across, *along)
    if mark.slice_count > 1:
        lines = across if page.slot.frame.rotation in {Rotation.RIGHT, Rotation.LEFT} else along
    mm_per_px = pt_to_mm(page.slot.frame.user_unit) / page.slot.scale
    return tuple(Distance(line, line.length() * mm_per_px) for line in lines if line.length() >= 1)


def distance_areas(page: PaintedPage, mark: SealMark) -> tuple[QRectF, QRectF]:
    """Return the two areas in which the horizontal and the vertical distances are painted, in view coordinates."""
    seal, sheet = page.rect(mark.rect), page.area
    across = QRectF(sheet.left(), seal.center().y() - _LABEL_PX, sheet.width(), 2 * _LABEL_PX)
    along = QRectF(seal.center().x() - _REACH_PX, sheet.top(), 2 * _REACH_PX, sheet.height())
    return across, along


def paint_distances(painter: QPainter, page: PaintedPage, mark: SealMark, accent: QColor) -> None:
    """Paint a line from a mark to each edge of its page, with the length if there is space for it."""
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(sized(11))
    painter.setFont(font)
    for line, length_mm in distances(page, mark):
        painter.setPen(QPen(accent, 1))
        painter.drawLine(line)
        tick = QPointF(0, _TICK_PX) if line.dy() == 0 else QPointF(_TICK_PX, 0)
        for end in (line.p1(), line.p2()):
            painter.drawLine(end - tick, end + tick)
        text = f"{length_mm:.1f} mm"
        width = painter.fontMetrics().horizontalAdvance(text) + 10
        label = QRectF(0, 0, width, _LABEL_PX)
        label.moveCenter(line.center())
        if line.length() < (width if line.dy() == 0 else _LABEL_PX) + 2 * _TICK_PX:
            continue
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawRoundedRect(label, 3, 3)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
