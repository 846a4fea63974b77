"""Paint the fields of a template on its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from esign_desktop.domain.templates import TICK, ValueKind
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.theme import LIGHT

if TYPE_CHECKING:
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.ui.viewer.tool import PaintedPage

_SMALLEST_LETTER_PX: Final = 7
_LARGEST_PT: Final = 12.0
_SHARE: Final = 0.62
_INSET_PX: Final = 4.0


def paint_field(
    painter: QPainter, page: PaintedPage, one: TemplateField, *, is_fixed: bool = False, is_faulty: bool = False
) -> None:
    """Paint a field with its example or, if it has none, its label or name. Do nothing if it has no position.

    The colors are the same in both themes, because pages are always white. The frame of an optional field is dashed.
    """
    if one.rect is None:
        return
    area = page.rect(one.rect)
    edge = LIGHT.danger if is_faulty else LIGHT.hint if is_fixed else LIGHT.accent
    ground = QColor(edge)
    ground.setAlpha(28)
    painter.save()
    painter.fillRect(area, ground)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(edge, 1.0, Qt.PenStyle.SolidLine if one.is_required else Qt.PenStyle.DashLine))
    painter.drawRect(area)
    _paint_text(painter, page, one, area)
    painter.restore()


def _paint_text(painter: QPainter, page: PaintedPage, one: TemplateField, area: QRectF) -> None:
    letter_px = min(area.height() * _SHARE, _LARGEST_PT * page.slot.scale)
    if letter_px < _SMALLEST_LETTER_PX:
        return
    is_check = one.kind is ValueKind.CHECK
    font = QFont(painter.font())
    font.setPixelSize(round(letter_px))
    painter.setFont(font)
    painter.setPen(LIGHT.text if one.example or is_check else LIGHT.hint)
    text = TICK if is_check else one_line(one.example or one.label or one.name)
    inside = area if is_check else area.adjusted(_INSET_PX, 0, -_INSET_PX, 0)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(inside.width())))
    side = Qt.AlignmentFlag.AlignHCenter if is_check else Qt.AlignmentFlag.AlignLeft
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.drawText(inside, int(side | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine), shown)
