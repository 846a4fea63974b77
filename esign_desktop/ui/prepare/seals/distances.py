"""How far the seal in hand is from the edges of its page, in millimetres on paper."""

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
"""To each side of a line: no number is wider than twice this."""
_TICK_PX: Final = 4.0


class Distance(NamedTuple):
    """``line`` leads from the page's edge to the seal's, in the view."""

    line: QLineF
    length_mm: float


def distances(page: PaintedPage, mark: SealMark) -> tuple[Distance, ...]:
    """Return the ways to the left, right, upper and lower edge of the page as it is shown; none of no length.

    A slice lies at its edge: only up and down are of interest.
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
    """Return where these are painted, in the view."""
    seal, sheet = page.rect(mark.rect), page.area
    across = QRectF(sheet.left(), seal.center().y() - _LABEL_PX, sheet.width(), 2 * _LABEL_PX)
    along = QRectF(seal.center().x() - _REACH_PX, sheet.top(), 2 * _REACH_PX, sheet.height())
    return across, along


def paint_distances(painter: QPainter, page: PaintedPage, mark: SealMark, accent: QColor) -> None:
    """Paint a line to each edge with its length; where there is no room for a number the line stands alone."""
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
