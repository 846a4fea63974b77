"""A small look at one page of a preset's document, with the seals on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.override import override
from esign_desktop.ui.theme import signer_colour, theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.geometry import PageFrame, PageRect

_MARGIN_PX: Final = 8
_FACE_ALPHA: Final = 40
_SIZE: Final = QSize(260, 340)


class PageLook(QWidget):
    """Shows what it is told; a page that is not drawn yet is an empty sheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: PageFrame | None = None
        self._image: QImage | None = None
        self._marks: tuple[tuple[PageRect, int, bool], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def marks(self) -> tuple[tuple[PageRect, int, bool], ...]:
        """What is marked: where, by which role (its number from 1), and whether it is the chosen one."""
        return self._marks

    @property
    def has_image(self) -> bool:
        """Whether the page is drawn."""
        return self._image is not None

    def show_page(self, frame: PageFrame | None, image: QImage | None) -> None:
        """Show a page, or none."""
        self._frame, self._image = frame, image
        self.update()

    def show_marks(self, marks: Sequence[tuple[PageRect, int, bool]]) -> None:
        """Show seals: where, by which role (its number from 1), and whether it is the chosen one."""
        self._marks = tuple(marks)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return _SIZE

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        frame = self._frame
        if frame is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        scale = min(room.width() / frame.display_width_pt, room.height() / frame.display_height_pt)
        sheet = QRectF(0, 0, frame.display_width_pt * scale, frame.display_height_pt * scale)
        sheet.moveCenter(room.center())
        sheet.moveTop(room.top())
        painter.fillRect(sheet, QColor(Qt.GlobalColor.white))
        if self._image is not None:
            painter.drawImage(sheet, self._image)
        painter.setPen(QPen(theme().line, 1))
        painter.drawRect(sheet)
        for rect, number, is_chosen in self._marks:
            self._paint_mark(painter, sheet, scale, frame, rect, number, is_chosen=is_chosen)

    def _paint_mark(
        self,
        painter: QPainter,
        sheet: QRectF,
        scale: float,
        frame: PageFrame,
        rect: PageRect,
        number: int,
        *,
        is_chosen: bool,
    ) -> None:
        shown = frame.rect_to_display(rect)
        area = QRectF(
            sheet.left() + shown.left_pt * scale,
            sheet.top() + shown.top_pt * scale,
            shown.width_pt * scale,
            shown.height_pt * scale,
        )
        colour = signer_colour(number)
        face = QColor(colour)
        face.setAlpha(_FACE_ALPHA)
        painter.setPen(QPen(colour, 2.5 if is_chosen else 1.0))
        painter.setBrush(face)
        painter.drawRect(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
