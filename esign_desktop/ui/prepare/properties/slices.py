"""A preview of the slices of a cross-page seal, assembled as on fanned pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.domain.geometry import Rotation, pt_to_mm
from esign_desktop.domain.placing.placement import is_thin_slice
from esign_desktop.override import override
from esign_desktop.ui.viewer.seals import draw_seal, style_of
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import SealMark

_SIDE_PX: Final = 120.0
_GAP_PX: Final = 3.0
_GAP_SHARE: Final = 0.3
_NUMBERS_PX: Final = 18.0
_NUMBER_ROOM_PX: Final = 18.0


class SlicesPreview(QWidget):
    """Shows the slices of a cross-page seal side by side, with page numbers below, and states their width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[SealMark, ...] = ()
        self._draft: ContractDraft | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_slices(self, marks: tuple[SealMark, ...], draft: ContractDraft) -> None:
        """Show the slices of one placement, from the left part of the seal to the right."""
        self._marks, self._draft = tuple(sorted(marks, key=lambda mark: mark.slice_index)), draft
        numbers = ", ".join(str(mark.page_number) for mark in self._marks)
        self.setAccessibleName(self.tr("Assembled seal"))
        described = self.tr("Parts on pages {pages}; {width}").format(pages=numbers, width=self.words)
        self.setAccessibleDescription(described)
        self.update()

    @property
    def words(self) -> str:
        """The text that states the number of slices and their width in millimeters, empty without slices."""
        if not self._marks:
            return ""
        width_mm = pt_to_mm(self._marks[0].rect.width_pt)
        return self.tr("%n part(s) of {width} mm", "", len(self._marks)).format(width=f"{width_mm:.1f}")

    @property
    def labelled_pages(self) -> tuple[int, ...]:
        """The page numbers that are displayed: all or, if there is not enough space, every nth and the last."""
        if not self._marks:
            return ()
        step = -(-len(self._marks) * _NUMBER_ROOM_PX // self._slice_areas_width)
        numbers = [mark.page_number for mark in self._marks]
        step = max(1, int(step))
        kept = numbers[::step]
        if kept[-1] != numbers[-1]:
            # The last number is always shown. The number before it is left out if necessary.
            kept = [*(kept[:-1] if len(kept) > 1 and (len(numbers) - 1) % step < step / 2 else kept), numbers[-1]]
        return tuple(kept)

    @override
    def sizeHint(self) -> QSize:
        return QSize(round(_SIDE_PX * (1 + _GAP_SHARE)), round(_SIDE_PX + 2 * _NUMBERS_PX + 4))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._marks or self._draft is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(painter.font())
        font.setPixelSize(sized(11))
        painter.setFont(font)
        style = style_of(self._marks[0], self._draft, Rotation.NONE)
        slice_px = _SIDE_PX / len(self._marks)
        labelled = set(self.labelled_pages)
        for index, mark in enumerate(self._marks):
            area = QRectF(index * (slice_px + self._gap_px), 1, slice_px, _SIDE_PX)
            painter.save()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(Qt.GlobalColor.white)
            painter.drawRect(area)
            painter.setClipRect(area)
            draw_seal(painter, QRectF(area.left() - index * slice_px, area.top(), _SIDE_PX, _SIDE_PX), style)
            painter.restore()
            if self._gap_px and index + 1 < len(self._marks):
                painter.setPen(QPen(theme().line, 1, Qt.PenStyle.DashLine))
                painter.drawLine(area.topRight() + QPointF(0.5, 0), area.bottomRight() + QPointF(0.5, 0))
            if mark.page_number in labelled:
                painter.setPen(theme().hint)
                room = QRectF(area.center().x() - _NUMBER_ROOM_PX, _SIDE_PX + 2, 2 * _NUMBER_ROOM_PX, _NUMBERS_PX)
                room.moveLeft(max(0.0, room.left()))
                side = (
                    Qt.AlignmentFlag.AlignLeft if room.left() == 0.0 and index == 0 else Qt.AlignmentFlag.AlignHCenter
                )
                painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, str(mark.page_number))
        is_thin = is_thin_slice(self._marks[0].rect.width_pt)
        painter.setPen(theme().danger if is_thin else theme().hint)
        words = QRectF(0, _SIDE_PX + _NUMBERS_PX + 2, self.width(), _NUMBERS_PX)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.words)

    @property
    def _gap_px(self) -> float:
        gaps = len(self._marks) - 1
        return min(_GAP_PX, _GAP_SHARE * _SIDE_PX / len(self._marks)) if gaps else 0.0

    @property
    def _slice_areas_width(self) -> float:
        return _SIDE_PX + self._gap_px * (len(self._marks) - 1)
