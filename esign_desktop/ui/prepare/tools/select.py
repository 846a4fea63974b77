"""The tool that chooses, moves, resizes and removes seals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPalette, QPen

from esign_desktop.domain.contract import edits
from esign_desktop.domain.placing.clamping import shift_on_page
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.seals.drag import SealDrag, SealResize
from esign_desktop.ui.prepare.seals.painting import handles
from esign_desktop.ui.viewer.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import PlacementId, SealMark
    from esign_desktop.ui.prepare.tool_context import ToolContext
    from esign_desktop.ui.viewer.tool import Pointer

_DRAG_DISTANCE_PX: Final = 4.0
_HANDLE_REACH_PX: Final = 3.0
_STEP_PT: Final = 1.0
_LONG_STEP_PT: Final = 10.0

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
"""As seen, so y is down."""


class SelectTool(Tool):
    """Click chooses, Shift and Ctrl add, dragging moves; on bare paper it draws a frame that chooses."""

    scrolls_at_edges = True

    def __init__(self, context: ToolContext, show_hovered: Callable[[SealMark | None], None]) -> None:
        self._context = context
        self._show_hovered = show_hovered
        self._pressed: Pointer | None = None
        self._pressed_mark: SealMark | None = None
        self._was_selected = False
        self._drag: SealDrag | SealResize | None = None
        self._frame: QRectF | None = None
        self._frame_base: frozenset[PlacementId] = frozenset()

    @override
    def end(self) -> None:
        """Put back what is half moved."""
        self._give_up()
        self._show_hovered(None)

    @override
    def leave(self) -> None:
        """Say no more about the seal under the mouse."""
        self._show_hovered(None)

    # Mouse

    @override
    def press(self, pointer: Pointer) -> None:
        """Take hold of a handle, of a seal, or of nothing."""
        self._pressed = pointer
        self._drag = None
        self._pressed_mark = mark = self._mark_at(pointer)
        handle_mark = self._handle_at(pointer)
        selection = self._context.selection
        if handle_mark is not None:
            self._drag = SealResize(self._context, handle_mark, pointer)
            self._pressed_mark = handle_mark
        elif mark is None:
            self._frame_base = selection.ids if pointer.adds else frozenset()
            selection.set(self._frame_base)
            self._frame = QRectF(pointer.x_px, pointer.y_px, 0, 0)
        else:
            self._was_selected = mark.placement_id in selection
            if pointer.adds:
                selection.add([mark.placement_id])
            elif not self._was_selected:
                selection.set([mark.placement_id])

    @override
    def drag(self, pointer: Pointer) -> None:
        """Move, resize, or draw the frame."""
        if self._pressed is None:
            return
        if self._frame is not None:
            self._draw_frame(pointer)
            return
        if self._drag is None and self._pressed_mark is not None and self._is_far(pointer):
            self._drag = SealDrag(self._context, self._pressed_mark, self._pressed)
        if self._drag is not None:
            self._drag.move_to(pointer)

    @override
    def release(self, pointer: Pointer) -> None:
        """Let go; a click without a drag on one of several chosen seals chooses it alone, with Ctrl not at all."""
        if self._drag is not None:
            self._drag.finish()
        elif self._pressed_mark is not None and self._was_selected:
            if pointer.adds:
                self._context.selection.toggle(self._pressed_mark.placement_id)
            else:
                self._context.selection.set([self._pressed_mark.placement_id])
        self._forget()

    @override
    def hover(self, pointer: Pointer) -> None:
        """Say how large the seal under the mouse is."""
        self._show_hovered(self._mark_at(pointer))

    @override
    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        """Tell by the mouse what a press would do."""
        if isinstance(self._drag, SealDrag):
            return Qt.CursorShape.SizeAllCursor
        corner = self._handle_index(pointer)
        if corner is not None:
            return Qt.CursorShape.SizeFDiagCursor if corner % 2 == 0 else Qt.CursorShape.SizeBDiagCursor
        return Qt.CursorShape.ArrowCursor if self._mark_at(pointer) is None else Qt.CursorShape.SizeAllCursor

    # Keyboard

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        """Arrows, Delete, Esc, Ctrl+A and the signers' numbers are used here."""
        has_selection = len(self._context.selection) > 0
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return key == Qt.Key.Key_A
        if key in _ARROWS or key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape}:
            return has_selection or self._drag is not None
        return False

    @override
    def key(self, event: QKeyEvent) -> bool:
        """Move, resize, remove, choose all or nothing."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self._context.selection.set(p.id for p in self._context.session.draft.placements)
            return True
        if not self.wants_key(event):
            return False
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            if self._drag is not None or self._frame is not None:
                self._give_up()
            else:
                self._context.selection.clear()
        elif key in _ARROWS:
            self._nudge(key, event.modifiers())
        else:
            self.remove_selected()
        return True

    @override
    def walk(self, *, forward: bool) -> bool:
        """Choose the next seal in reading order and show it; past the last one the focus goes on."""
        order = self._context.marks.walking_order()
        chosen = [index for index, placement_id in enumerate(order) if placement_id in self._context.selection]
        index = max(chosen, default=-1) + 1 if forward else min(chosen, default=len(order)) - 1
        if not 0 <= index < len(order):
            self._context.selection.clear()
            return False
        self._context.selection.set([order[index]])
        mark = self._context.marks.of_placement(order[index])[0]
        slot = self._context.view.page_layout.slot(mark.document_id, mark.page_number)
        if slot is not None:
            self._context.view.reveal(slot, mark.rect)
        return True

    def remove_selected(self) -> None:
        """Take the chosen seals off the contract."""
        ids = self._context.selection.ids
        self._context.session.apply(EditName.REMOVE_SEALS, partial(edits.remove_placements, placement_ids=ids))

    def _nudge(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        across, down = _ARROWS[key]
        step = _LONG_STEP_PT if modifiers & Qt.KeyboardModifier.ShiftModifier else _STEP_PT
        ids, session = self._context.selection.ids, self._context.session
        if modifiers & Qt.KeyboardModifier.AltModifier:
            by_pt = step * (across - down)
            session.apply(
                EditName.RESIZE_SEALS,
                partial(edits.grow_placements, placement_ids=ids, by_pt=by_pt),
                merge_key=f"grow-{sorted(ids)}",
            )
            return
        right_pt, down_pt = across * step, down * step
        shifts = {placement_id: self._shift(placement_id, right_pt, down_pt) for placement_id in ids}
        session.apply(EditName.MOVE_SEALS, partial(_shifted, shifts=shifts), merge_key=f"nudge-{sorted(ids)}")

    def _shift(self, placement_id: PlacementId, right_pt: float, down_pt: float) -> tuple[float, float]:
        """Turn a shift as seen into one of page space, by the first page that shows the placement."""
        marks = self._context.marks.of_placement(placement_id)
        if not marks:
            return right_pt, -down_pt
        frame = self._context.session.draft.document(marks[0].document_id).frame(marks[0].page_number)
        return shift_on_page(frame, right_pt, down_pt)

    # Painting

    @override
    def paint_over(self, painter: QPainter, origin: QPointF) -> None:
        """Paint the frame that is being drawn."""
        if self._frame is None or self._frame.isEmpty():
            return
        accent = self._context.view.palette().color(QPalette.ColorRole.Highlight)
        fill = QColor(accent)
        fill.setAlpha(30)
        painter.setPen(QPen(accent, 1))
        painter.setBrush(fill)
        painter.drawRect(self._frame.translated(origin))

    # Parts

    def _mark_at(self, pointer: Pointer) -> SealMark | None:
        return None if pointer.slot is None else self._context.marks.at(pointer.slot, pointer.x_px, pointer.y_px)

    def _handle_at(self, pointer: Pointer) -> SealMark | None:
        found = self._handle(pointer)
        return found[0] if found else None

    def _handle_index(self, pointer: Pointer) -> int | None:
        found = self._handle(pointer)
        return found[1] if found else None

    def _handle(self, pointer: Pointer) -> tuple[SealMark, int] | None:
        selection, reach = self._context.selection, _HANDLE_REACH_PX
        slot = pointer.slot
        if slot is None or not selection.ids:
            return None
        point = QPointF(pointer.x_px, pointer.y_px)
        for mark in self._context.marks.on_page(slot.document_id, slot.page_number):
            if mark.placement_id in selection:
                for index, handle in enumerate(handles(QRectF(*slot.rect_px(mark.rect)))):
                    if handle.adjusted(-reach, -reach, reach, reach).contains(point):
                        return mark, index
        return None

    def _is_far(self, pointer: Pointer) -> bool:
        if self._pressed is None:
            return False
        moved = QPointF(pointer.x_px - self._pressed.x_px, pointer.y_px - self._pressed.y_px)
        return moved.manhattanLength() >= _DRAG_DISTANCE_PX

    def _draw_frame(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        start, end = QPointF(self._pressed.x_px, self._pressed.y_px), QPointF(pointer.x_px, pointer.y_px)
        self._frame = frame = QRectF(start, end).normalized()
        touched = {
            mark.placement_id
            for slot in self._context.view.page_layout.between(frame.top(), frame.bottom())
            for mark in self._context.marks.on_page(slot.document_id, slot.page_number)
            if QRectF(*slot.rect_px(mark.rect)).intersects(frame)
        }
        self._context.selection.set(self._frame_base | touched)
        self._context.repaint()

    def _give_up(self) -> None:
        if self._drag is not None:
            self._drag.cancel()
        self._forget()

    def _forget(self) -> None:
        had_frame = self._frame is not None
        self._pressed = self._pressed_mark = self._drag = self._frame = None
        self._was_selected = False
        if had_frame:
            self._context.repaint()


def _shifted(draft: ContractDraft, shifts: Mapping[PlacementId, tuple[float, float]]) -> ContractDraft:
    for placement_id, (dx_pt, dy_pt) in shifts.items():
        draft = edits.move_placements(draft, {placement_id}, dx_pt, dy_pt)
    return draft
