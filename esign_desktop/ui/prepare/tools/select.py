"""The tool that selects, moves, resizes and removes seals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeySequence, QPainter

from esign_desktop.domain.contract import edits
from esign_desktop.domain.placing.clamping import shift_on_page
from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.seals.drag import FallbackDrag, SealDrag, SealResize
from esign_desktop.ui.viewer.handles import HANDLE_REACH_PX, handles, paint_rubber
from esign_desktop.ui.viewer.tool import ARROWS, Tool, is_plain_enter
from esign_desktop.ui.widgets.theme import paper_accent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import PlacementId, SealMark
    from esign_desktop.domain.placing.proposed_seals import Ghost
    from esign_desktop.ui.prepare.tools.context import ToolContext
    from esign_desktop.ui.viewer.tool import Pointer

_DRAG_DISTANCE_PX: Final = 4.0
_STEP_PT: Final = 1.0
_LONG_STEP_PT: Final = 10.0
_REMOVING: Final = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})


class SelectTool(Tool):
    """The tool that selects a seal by a click, adds it to the selection with Shift or Ctrl, and moves it by dragging.

    On empty paper, dragging draws a frame that selects seals. Dragging a handle resizes the selected seals. Dragging a
    fallback point of the selected seal moves the point.

    The arrow keys move the selected seals (1 pt, with Shift 10 pt), and resize them with Alt. Tab goes from seal to
    seal and from proposal to proposal. Enter accepts the current proposal and Delete dismisses it. A click accepts a
    proposal, and Enter without a current proposal accepts all.
    """

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
        self._cancel()
        self._show_hovered(None)

    @override
    def leave(self) -> None:
        self._show_hovered(None)
        self._context.ghosts.show_hovered(None)

    # Mouse

    @override
    def press(self, pointer: Pointer) -> None:
        if self._drag is not None:
            # The tool has not received the release of an earlier press.
            self._drag.finish()
        self._pressed = pointer
        self._drag = None
        self._context.ghosts.set_current(None)
        fallback = self._context.fallback_at(pointer)
        if fallback is not None:
            self._drag = FallbackDrag(self._context, *fallback, pointer)
            return
        ghost = self._ghost_at(pointer)
        selection = self._context.selection
        if ghost is not None:
            # The accepted proposal is now a seal, which can be dragged at once.
            selection.clear()
            self._context.ghosts.chosen.emit(ghost.placement.id)
        self._pressed_mark = mark = self._context.mark_at(pointer)
        handle = self.handle_at(pointer)
        if handle is not None:
            self._pressed_mark, _ = handle
            self._drag = SealResize(self._context, self._pressed_mark, pointer)
        elif mark is None:
            self._frame_base = selection.ids if pointer.adds else frozenset()
            selection.set(self._frame_base)
            self._frame = QRectF(pointer.x_px, pointer.y_px, 0, 0)
        else:
            self._was_selected = mark.placement_id in selection
            if pointer.adds:
                selection.add([mark.placement_id])
            elif not self._was_selected or selection.are_just_placed:
                selection.set([mark.placement_id])

    @override
    def drag(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        start, end = QPointF(self._pressed.x_px, self._pressed.y_px), QPointF(pointer.x_px, pointer.y_px)
        if self._frame is not None:
            self._draw_frame(QRectF(start, end).normalized())
            return
        is_far = (end - start).manhattanLength() >= _DRAG_DISTANCE_PX
        if self._drag is None and self._pressed_mark is not None and is_far and self._is_there(self._pressed_mark):
            self._drag = SealDrag(self._context, self._pressed_mark, self._pressed)
        if self._drag is None:
            return
        if self._drag.is_over:
            self._drag.finish()
            self._reset()
        else:
            self._drag.move_to(pointer)

    def _is_there(self, mark: SealMark) -> bool:
        """Return whether a seal exists. It may have been removed, for example by an undo, since it was pressed."""
        return any(one.id == mark.placement_id for one in self._context.session.draft.placements)

    @override
    def release(self, pointer: Pointer) -> None:
        if self._drag is not None:
            self._drag.finish()
        elif self._pressed_mark is not None and self._was_selected and self._is_there(self._pressed_mark):
            # A click on one of several selected seals selects only that seal. With Shift or Ctrl, it removes the seal
            # from the selection.
            if pointer.adds:
                self._context.selection.toggle(self._pressed_mark.placement_id)
            else:
                self._context.selection.set([self._pressed_mark.placement_id])
        self._reset()

    @override
    def hover(self, pointer: Pointer) -> None:
        self._show_hovered(self._context.mark_at(pointer))
        self._context.ghosts.show_hovered(self._ghost_at(pointer))

    @override
    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        if isinstance(self._drag, SealDrag):
            return Qt.CursorShape.SizeAllCursor
        handle = self.handle_at(pointer)
        if handle is not None:
            return Qt.CursorShape.SizeFDiagCursor if handle[1] % 2 == 0 else Qt.CursorShape.SizeBDiagCursor
        if self._ghost_at(pointer) is not None:
            return Qt.CursorShape.PointingHandCursor
        is_movable = self._context.mark_at(pointer) is not None or self._context.fallback_at(pointer) is not None
        return Qt.CursorShape.SizeAllCursor if is_movable else Qt.CursorShape.ArrowCursor

    # Keyboard

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return key == Qt.Key.Key_A
        if self._context.ghosts and (key == Qt.Key.Key_Escape or is_plain_enter(event)):
            return True
        if key in {*_REMOVING, Qt.Key.Key_Escape} and self._context.ghosts.current is not None:
            return True
        if key in ARROWS or key in {*_REMOVING, Qt.Key.Key_Escape}:
            return len(self._context.selection) > 0 or self._drag is not None
        return False

    @override
    def key(self, event: QKeyEvent) -> bool:
        session, selection = self._context.session, self._context.selection
        if event.matches(QKeySequence.StandardKey.SelectAll):
            selection.set(p.id for p in session.draft.placements)
            return True
        if not self.wants_key(event):
            return False
        key = Qt.Key(event.key())
        current = self._context.ghosts.current
        if current is not None and (key in {*_REMOVING, Qt.Key.Key_Escape} or is_plain_enter(event)):
            self._answer(current, key, is_repeated=event.isAutoRepeat())
        elif is_plain_enter(event):
            if not event.isAutoRepeat():
                self._context.ghosts.all_chosen.emit()
        elif key in ARROWS:
            self._nudge(key, event.modifiers())
        elif key is not Qt.Key.Key_Escape:
            session.apply(EditName.REMOVE_SEALS, partial(edits.remove_placements, placement_ids=selection.ids))
        elif self._drag is not None or self._frame is not None:
            self._cancel()
        elif selection.ids:
            selection.clear()
        else:
            self._context.ghosts.left.emit()
        return True

    @override
    def walk(self, *, forward: bool) -> bool:
        """Go to the next seal or proposal in reading order or, if ``forward`` is False, to the previous one.

        Beyond the last or first one, clear the selection and return False, so that the focus leaves the view.
        """
        context, ghosts = self._context, self._context.ghosts
        order = self._order()
        at = {*context.selection.ids, *((ghosts.current.placement.id,) if ghosts.current is not None else ())}
        chosen = [index for index, placement_id in enumerate(order) if placement_id in at]
        index = max(chosen, default=-1) + 1 if forward else min(chosen, default=len(order)) - 1
        if not 0 <= index < len(order):
            context.selection.clear()
            ghosts.set_current(None)
            return False
        self._go_to(order[index])
        return True

    def _order(self) -> tuple[PlacementId, ...]:
        return self._context.marks.in_reading_order((*self._context.session.marks, *self._context.ghosts.marks))

    def _go_to(self, placement_id: PlacementId) -> None:
        """Select a seal, or make a proposal the current one, and scroll to it."""
        context = self._context
        is_proposed = self._is_proposed(placement_id)
        marks = context.ghosts.marks if is_proposed else context.marks.of_placement(placement_id)
        mark = next(one for one in marks if one.placement_id == placement_id)
        slot = context.view.page_layout.slot(mark.document_id, mark.page_number)
        if slot is not None:
            context.view.reveal(slot, mark.rect)
        context.selection.set([] if is_proposed else [placement_id])
        context.ghosts.set_current(placement_id if is_proposed else None)

    def _answer(self, ghost: Ghost, key: Qt.Key, *, is_repeated: bool) -> None:
        """Accept a proposal, dismiss it with Delete or Backspace, or leave it undecided with Esc.

        A key that is held down neither accepts nor dismisses.
        """
        if key is Qt.Key.Key_Escape:
            self._context.ghosts.set_current(None)
        elif is_repeated:
            return
        elif key in _REMOVING:
            self._dismiss(ghost)
        else:
            self._context.ghosts.chosen.emit(ghost.placement.id)

    def _dismiss(self, ghost: Ghost) -> None:
        """Dismiss a proposal, and go to the next one or, if there is none, to the previous one."""
        proposed = {mark.placement_id for mark in self._context.ghosts.marks}
        order = [one for one in self._order() if one in proposed]
        index = order.index(ghost.placement.id)
        self._context.ghosts.dismissed.emit(ghost.placement.id)
        left = [one for one in (*order[index + 1 :], *reversed(order[:index])) if self._is_proposed(one)]
        if left:
            self._go_to(left[0])

    def _is_proposed(self, placement_id: PlacementId) -> bool:
        return any(mark.placement_id == placement_id for mark in self._context.ghosts.marks)

    def _nudge(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        across, down = ARROWS[key]
        step = _LONG_STEP_PT if modifiers & Qt.KeyboardModifier.ShiftModifier else _STEP_PT
        ids, session = self._context.selection.ids, self._context.session
        if modifiers & Qt.KeyboardModifier.AltModifier:
            edit = partial(edits.grow_placements, placement_ids=ids, by_pt=step * (across - down))
            session.apply(EditName.RESIZE_SEALS, edit, merge_key=f"grow-{sorted(ids)}")
            return
        shifts = {placement_id: self._shift(placement_id, across * step, down * step) for placement_id in ids}
        session.apply(EditName.MOVE_SEALS, partial(_shifted, shifts=shifts), merge_key=f"nudge-{sorted(ids)}")

    def _shift(self, placement_id: PlacementId, right_pt: float, down_pt: float) -> tuple[float, float]:
        """Convert a shift on the displayed page to page space, with the rotation of the placement's first page."""
        marks = self._context.marks.of_placement(placement_id)
        if not marks:
            return right_pt, -down_pt
        frame = self._context.session.draft.document(marks[0].document_id).frame(marks[0].page_number)
        return shift_on_page(frame, right_pt, down_pt)

    # Painting and hit testing

    @override
    def paint_over(self, painter: QPainter, origin: QPointF) -> None:
        if self._frame is not None and not self._frame.isEmpty():
            paint_rubber(painter, self._frame.translated(origin), paper_accent())

    def _ghost_at(self, pointer: Pointer) -> Ghost | None:
        """Return the proposal under the mouse, or None if there is none or a seal covers it."""
        return self._context.ghosts.at(pointer) if self._context.mark_at(pointer) is None else None

    def handle_at(self, pointer: Pointer) -> tuple[SealMark, int] | None:
        """Return the mark of a selected seal whose handle is under the mouse, and the index of the handle, or None."""
        selection, reach = self._context.selection, HANDLE_REACH_PX
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

    def _draw_frame(self, frame: QRectF) -> None:
        self._frame = frame
        touched = {
            mark.placement_id
            for slot in self._context.view.page_layout.between(frame.top(), frame.bottom())
            for mark in self._context.marks.on_page(slot.document_id, slot.page_number)
            if QRectF(*slot.rect_px(mark.rect)).intersects(frame)
        }
        # The previously selected seals may have been removed by an undo.
        kept = self._frame_base & {one.id for one in self._context.session.draft.placements}
        self._context.selection.set(kept | touched)
        self._context.repaint()

    def _cancel(self) -> None:
        if self._drag is not None:
            self._drag.cancel()
        self._reset()

    def _reset(self) -> None:
        had_frame = self._frame is not None
        self._pressed = self._pressed_mark = self._drag = self._frame = None
        self._was_selected = False
        if had_frame:
            self._context.repaint()


def _shifted(draft: ContractDraft, shifts: Mapping[PlacementId, tuple[float, float]]) -> ContractDraft:
    for placement_id, (dx_pt, dy_pt) in shifts.items():
        draft = edits.move_placements(draft, {placement_id}, dx_pt, dy_pt)
    return draft
