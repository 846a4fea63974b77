"""Draw a sealed calibration page with the actual positions of its seals and the positions that settings would cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from esign_desktop.domain.calibration.sheet import PAGE_HEIGHT_PT, PAGE_WIDTH_PT
from esign_desktop.ui.text.environment import behaviour_value

if TYPE_CHECKING:
    from esign_desktop.domain.geometry import PageRect
    from esign_desktop.services.calibration.service import CalibrationReport

_SEEN: Final = QColor("#12805c")
_EXPECTED: Final = QColor("#4f46e5")
_OTHER: Final = QColor("#868d9b")
_UNEXPLAINED: Final = QColor("#c24e00")
_TEXT_PX: Final = 10


def paint_page(painter: QPainter, report: CalibrationReport, page_number: int, target: QRectF) -> None:
    """Paint a page of a calibration report into the rectangle ``target``. ``page_number`` counts from 1.

    Frames show the seals that were found. Dashed frames show where each setting would put a seal, and dotted frames
    show marks that belong to no seal.
    """
    picture = report.pictures[page_number - 1]
    image = QImage(picture.data, picture.width_px, picture.height_px, picture.stride_bytes, QImage.Format.Format_RGB32)
    painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
    painter.drawImage(target, image)
    scale_x, scale_y = target.width() / PAGE_WIDTH_PT, target.height() / PAGE_HEIGHT_PT

    def place(box: PageRect) -> QRectF:
        return QRectF(
            target.left() + box.left_pt * scale_x,
            target.top() + (PAGE_HEIGHT_PT - box.top_pt) * scale_y,
            box.width_pt * scale_x,
            box.height_pt * scale_y,
        )

    font = QFont(painter.font())
    font.setPixelSize(_TEXT_PX)
    painter.setFont(font)
    found = {answer.question: answer.seen for answer in report.answers}
    taken: list[QRectF] = []
    for expected in report.expected:
        if expected.page_number != page_number:
            continue
        is_found = found.get(expected.question) == expected.value
        colour = _EXPECTED if is_found else _OTHER
        painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DashLine))
        box = place(expected.box)
        painter.drawRect(box)
        _label(painter, box, behaviour_value(expected.question.value, expected.value), colour, target, taken)
    for sighting in report.sightings.seen:
        if sighting.page_number == page_number and sighting.box is not None:
            painter.setPen(QPen(_SEEN, 1.5))
            painter.drawRect(place(sighting.box))
    painter.setPen(QPen(_UNEXPLAINED, 1.5, Qt.PenStyle.DotLine))
    for number, unexplained in report.sightings.unexplained:
        if number == page_number:
            painter.drawRect(place(unexplained))


def _label(painter: QPainter, box: QRectF, text: str, colour: QColor, page: QRectF, taken: list[QRectF]) -> None:
    """Draw a label above its box, or higher if it would overlap a label in ``taken``, and add it to ``taken``."""
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 6, metrics.height() + 2
    left = max(page.left(), min(box.left(), page.right() - width))
    rect = QRectF(left, box.top() - height - 1, width, height)
    while any(rect.intersects(other) for other in taken):
        rect.translate(0, -height - 1)
    taken.append(rect)
    painter.fillRect(rect, QColor(255, 255, 255, 225))
    painter.setPen(colour)
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
