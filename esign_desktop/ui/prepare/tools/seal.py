"""The tools that place a seal with a click, at a point of a page or across all pages of a document."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt

from esign_desktop.domain.document import by_id
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.placing.clamping import shift_on_page
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, marks_of
from esign_desktop.override import override
from esign_desktop.ui.prepare.seals.drag import SealDrag
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.text.placement import where_words
from esign_desktop.ui.viewer.tool import ARROWS, Tool, is_plain_enter

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPainter

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.ui.prepare.tools.context import ToolContext
    from esign_desktop.ui.prepare.tools.select import SelectTool
    from esign_desktop.ui.viewer.layout import PageSlot
    from esign_desktop.ui.viewer.tool import PaintedPage, Pointer

_STEP_PT: Final = 10.0
_LONG_STEP_PT: Final = 50.0
_FINE_STEP_PT: Final = 1.0

Ghost = TypeVar("Ghost", CoordinatePlacement, CrossPagePlacement)


class GhostTool(Tool, Generic[Ghost]):
    """A tool that previews the active signer's seal where a click would place it.

    If there is no active signer, ``SealPlacing.signer_wanted`` is emitted when the tool begins.
    """

    def __init__(self, context: ToolContext) -> None:
        self._context = context
        self._ghost: Ghost | None = None

    @override
    def begin(self) -> None:
        self._ghost = None
        if self._context.placing.active_signer is None:
            self._context.placing.signer_wanted.emit()

    @override
    def end(self) -> None:
        self._ghost = None
        self._context.guides.clear()

    @override
    def leave(self) -> None:
        # Guides may be shown even if there is no ghost.
        self._context.guides.clear()
        if self._ghost is not None:
            self._ghost = None
            self._context.repaint()

    @override
    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        draft = self._context.session.draft
        for mark in self._ghost_marks():
            if (mark.document_id, mark.page_number) == (page.slot.document_id, page.slot.page_number):
                self._context.seals.paint_mark(painter, page, mark, draft, is_ghost=True)

    def _ghost_marks(self) -> tuple[SealMark, ...]:
        ghost, signer, draft = self._ghost, self._context.placing.active_signer, self._context.session.draft
        document = by_id(draft.documents).get(ghost.document_id) if ghost is not None else None
        if ghost is None or signer is None or document is None:
            return ()
        return marks_of(ghost, signer, document, draft.behaviour)

    def _shift_to_guides(self, pointer: Pointer, slot: PageSlot, *, only_up_and_down: bool = False) -> PagePoint:
        """Return the shift in page space that aligns the ghost with a guide, or no shift if none is near.

        If ``pointer.snaps`` is False, hide the guides and return no shift.
        """
        rect = next((mark.rect for mark in self._ghost_marks() if mark.page_number == slot.page_number), None)
        if rect is None or not pointer.snaps:
            self._context.guides.clear()
            return PagePoint(0.0, 0.0)
        return self._context.guides.snapped(slot, rect, only_up_and_down=only_up_and_down)


class SealTool(GhostTool[CoordinatePlacement]):
    """Places a seal at each click until Esc is pressed. Dragging moves the new seal.

    Pressing near the center of one of the signer's own seals, or on a handle, moves or resizes that seal instead,
    because a new seal would hide it. The arrow keys move the ghost (10 pt, with Shift 50 pt, with Ctrl 1 pt), and Enter
    places a seal.
    """

    scrolls_at_edges = True

    def __init__(self, context: ToolContext, select: SelectTool) -> None:
        """Create the tool. ``select`` is the tool that moves and resizes existing seals for it."""
        super().__init__(context)
        self._select = select
        self._is_holding = False

    @override
    def end(self) -> None:
        super().end()
        self._let_go()

    @override
    def press(self, pointer: Pointer) -> None:
        if pointer.slot is None:
            return
        is_there = self._is_at_seal(pointer)
        if not is_there:
            self._follow(pointer, pointer.slot)
            self._place()
        if is_there or self._is_at_seal(pointer):
            self.leave()
            self._is_holding = True
            self._select.press(pointer)

    @override
    def hover(self, pointer: Pointer) -> None:
        if pointer.slot is None or self._is_at_seal(pointer):
            self.leave()
        else:
            self._follow(pointer, pointer.slot)

    @override
    def drag(self, pointer: Pointer) -> None:
        if self._is_holding:
            self._select.drag(pointer)

    @override
    def release(self, pointer: Pointer) -> None:
        if self._is_holding:
            self._is_holding = False
            self._select.release(pointer)

    @override
    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        if self._is_holding or self._is_at_seal(pointer):
            return self._select.cursor(pointer)
        return Qt.CursorShape.CrossCursor if pointer.slot is not None else Qt.CursorShape.ArrowCursor

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        return event.key() in ARROWS or event.key() == Qt.Key.Key_Escape or is_plain_enter(event)

    @override
    def key(self, event: QKeyEvent) -> bool:
        if not self.wants_key(event):
            return False
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            if self._is_holding:
                self._let_go()
            else:
                self._context.state.set_tool(ToolName.SELECT)
            return True
        self._show_ghost()
        if key in ARROWS:
            self._step(key, event.modifiers())
        else:
            self._place()
        return True

    def _follow(self, pointer: Pointer, slot: PageSlot) -> None:
        """Move the ghost to the mouse, and snap it to nearby guides."""
        self._carry_to(slot, slot.to_page(pointer.x_px, pointer.y_px))
        shift = self._shift_to_guides(pointer, slot)
        if self._ghost is not None and (shift.x_pt or shift.y_pt):
            self._carry_to(slot, self._ghost.center.moved(shift.x_pt, shift.y_pt))

    def _carry_to(self, slot: PageSlot, point: PagePoint) -> None:
        placing = self._context.placing
        signer = placing.active_signer
        self._ghost = None if signer is None else placing.seal_at(slot.document_id, slot.page_number, point, signer)
        self._context.repaint()

    def _place(self) -> None:
        if self._ghost is None:
            self._context.placing.signer_wanted.emit()
        else:
            self._context.placing.place_seal(self._ghost.document_id, self._ghost.pages.first, self._ghost.center)

    def _is_at_seal(self, pointer: Pointer) -> bool:
        """Return whether the mouse is at a handle, or near the center of one of the active signer's seals."""
        if self._select.handle_at(pointer) is not None:
            return True
        mark, slot, signer = self._context.mark_at(pointer), pointer.slot, self._context.placing.active_signer
        if mark is None or slot is None or signer is None or mark.signer_id != signer.id or mark.slice_count > 1:
            return False
        around = QRectF(*slot.rect_px(mark.rect))
        away = QPointF(pointer.x_px, pointer.y_px) - around.center()
        return hypot(away.x(), away.y()) <= around.width() / 4

    def _let_go(self) -> None:
        if self._is_holding:
            self._is_holding = False
            self._select.end()

    def _show_ghost(self) -> None:
        """Show the ghost in the middle of the visible part of the current page, unless there is a ghost already."""
        view = self._context.view
        if self._ghost is None and view.current_page is not None:
            slot = view.page_layout.slot(*view.current_page)
            part = view.visible_part_of(slot) if slot is not None else None
            if slot is not None and part is not None:
                self._carry_to(slot, slot.frame.to_page(part.center))

    def _step(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        ghost, view = self._ghost, self._context.view
        if ghost is None:
            self._context.placing.signer_wanted.emit()
            return
        slot = view.page_layout.slot(ghost.document_id, ghost.pages.first)
        if slot is None:
            return
        step = _STEP_PT
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            step = _LONG_STEP_PT
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            step = _FINE_STEP_PT
        across, down = ARROWS[key]
        self._context.guides.clear()
        self._carry_to(slot, ghost.center.moved(*shift_on_page(slot.frame, across * step, down * step)))
        for mark in self._ghost_marks():
            view.reveal(slot, mark.rect)
            view.say(where_words(slot.frame, mark))


class CrossPageTool(GhostTool[CrossPagePlacement]):
    """Previews a cross-page seal on all pages of the document under the mouse. A click or Enter places it.

    Dragging an existing cross-page seal moves it up and down instead. After a seal has been placed, the select tool
    becomes active, because a second cross-page seal is rare and the next click may have another purpose.
    """

    scrolls_at_edges = True

    def __init__(self, context: ToolContext) -> None:
        super().__init__(context)
        self._drag: SealDrag | None = None
        self._has_placed = False

    @override
    def end(self) -> None:
        super().end()
        self._has_placed = False
        self._cancel_drag()

    @override
    def press(self, pointer: Pointer) -> None:
        # End an earlier press whose release the tool has not received.
        self.release(pointer)
        if pointer.slot is None:
            return
        mark = self._cross_page_mark_at(pointer)
        if mark is not None:
            self._context.selection.set([mark.placement_id])
            self._drag = SealDrag(self._context, mark, pointer)
            return
        self._carry_to(pointer)
        self._has_placed = self._place(pointer.slot.document_id)

    @override
    def drag(self, pointer: Pointer) -> None:
        if self._drag is not None and self._drag.is_over:
            self.release(pointer)
        elif self._drag is not None:
            self._drag.move_to(pointer)

    @override
    def release(self, pointer: Pointer) -> None:
        if self._drag is not None:
            self._drag.finish()
            self._drag = None
        if self._has_placed:
            self._context.state.set_tool(ToolName.SELECT)

    @override
    def hover(self, pointer: Pointer) -> None:
        if pointer.slot is None or self._cross_page_mark_at(pointer) is not None:
            self.leave()
        else:
            self._carry_to(pointer)

    @override
    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.SplitVCursor if pointer.slot is not None else Qt.CursorShape.ArrowCursor

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape or is_plain_enter(event)

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            if self._drag is not None:
                self._cancel_drag()
            else:
                self._context.state.set_tool(ToolName.SELECT)
            return True
        if not self.wants_key(event):
            return False
        current = self._context.view.current_page
        if current is not None:
            document_id, page_number = current
            # Without a ghost, the seal is placed at half the height of the current page.
            if self._ghost is None:
                frame = self._context.session.draft.document(document_id).frame(page_number)
                self._show_ghost(document_id, frame.height_pt / 2)
            if self._place(document_id):
                self._context.state.set_tool(ToolName.SELECT)
        return True

    def _carry_to(self, pointer: Pointer) -> None:
        point, slot = pointer.point, pointer.slot
        if point is not None and slot is not None:
            self._show_ghost(slot.document_id, point.y_pt)
            shift = self._shift_to_guides(pointer, slot, only_up_and_down=True)
            if self._ghost is not None and shift.y_pt:
                self._show_ghost(slot.document_id, self._ghost.center_y_pt + shift.y_pt)
            self._context.repaint()

    def _show_ghost(self, document_id: DocumentId, center_y_pt: float) -> None:
        placing = self._context.placing
        signer = placing.active_signer
        self._ghost = None if signer is None else placing.cross_page_at(document_id, center_y_pt, signer)

    def _place(self, document_id: DocumentId) -> bool:
        center_y_pt = self._ghost.center_y_pt if self._ghost is not None else 0.0
        self.leave()
        return self._context.placing.place_cross_page(document_id, center_y_pt)

    def _cross_page_mark_at(self, pointer: Pointer) -> SealMark | None:
        mark = self._context.mark_at(pointer)
        return mark if mark is not None and mark.slice_count > 1 else None

    def _cancel_drag(self) -> None:
        if self._drag is not None:
            self._drag.cancel()
            self._drag = None
