"""Paints the contract's seals on the pages, always from the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QPainter, QPalette, QRegion

from esign_desktop.ui.prepare.seal_painter import paint_frame, paint_size

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF

    from esign_desktop.domain.placement import SealMark
    from esign_desktop.ui.prepare.board import Board
    from esign_desktop.ui.viewer.tool import PaintedPage

_WORDS_PX: Final = 140.0
_AROUND_PX: Final = 26.0
"""Badge, handles and the words below lie around a mark."""


class SealOverlay:
    """Every mark of a page; frames with handles around the selected ones, the size below the one under the mouse."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._hovered: SealMark | None = None

    def show_hovered(self, mark: SealMark | None) -> None:
        """Say how large this mark is."""
        if mark != self._hovered:
            self._hovered = mark
            self._board.repaint()

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the marks of one page, then what is said about them."""
        board, slot = self._board, page.slot
        seen = painter.clipRegion() if painter.hasClipping() else QRegion(page.area.toAlignedRect())
        marks = tuple(
            mark
            for mark in board.marks.on_page(slot.document_id, slot.page_number)
            if seen.intersects(painted_area(page, mark).toAlignedRect())
        )
        for mark in marks:
            board.seals.paint_mark(painter, page, mark, board.session.draft)
        accent = board.view.palette().color(QPalette.ColorRole.Highlight)
        for mark in marks:
            is_selected = mark.placement_id in board.selection
            if is_selected:
                paint_frame(painter, page.rect(mark.rect), accent)
            if mark == self._hovered or (is_selected and len(board.selection) == 1):
                paint_size(painter, page, mark)


def painted_area(page: PaintedPage, mark: SealMark) -> QRectF:
    """Return all that a mark may paint on, in the view; the words below may be wider than a small seal."""
    area = page.rect(mark.rect)
    room = max(0.0, _WORDS_PX - area.width()) / 2
    return area.adjusted(-_AROUND_PX - room, -_AROUND_PX, _AROUND_PX + room, _AROUND_PX)
