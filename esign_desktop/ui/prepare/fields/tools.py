"""The tools of the canvas for the fields of a template: one selects, moves and resizes fields, the other draws them."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeySequence, QPainter

from esign_desktop.domain import field_edits
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.templates import ValueKind
from esign_desktop.override import override
from esign_desktop.ui.viewer.handles import HANDLE_REACH_PX, SMALLEST_WITH_SIDES_PX, handles, paint_rubber, side_handles
from esign_desktop.ui.viewer.tool import ARROWS, Tool, is_plain_enter
from esign_desktop.ui.widgets.theme import paper_accent

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.geometry import DisplayPoint, PageRect
    from esign_desktop.ui.prepare.fields.controller import FieldController
    from esign_desktop.ui.viewer.layout import PageSlot
    from esign_desktop.ui.viewer.tool import PaintedPage, Pointer

_DRAG_DISTANCE_PX: Final = 4.0
_STEP_PT: Final = 1.0
_LONG_STEP_PT: Final = 10.0
DEFAULT_PT: Final = (140.0, 20.0)
CHECK_PT: Final = 14.0

# The sides that each handle moves: the corners clockwise from the upper left, then the sides clockwise from the top.
_SIDES: Final = ("lt", "rt", "rb", "lb", "t", "r", "b", "l")
_CURSORS: Final = {
    "lt": Qt.CursorShape.SizeFDiagCursor,
    "rb": Qt.CursorShape.SizeFDiagCursor,
    "rt": Qt.CursorShape.SizeBDiagCursor,
    "lb": Qt.CursorShape.SizeBDiagCursor,
    "t": Qt.CursorShape.SizeVerCursor,
    "b": Qt.CursorShape.SizeVerCursor,
    "l": Qt.CursorShape.SizeHorCursor,
    "r": Qt.CursorShape.SizeHorCursor,
}
_numbers: Final = count(1)


class SelectFields(Tool):
    """The tool that selects, moves and resizes fields.

    A click selects a field; with Shift or Ctrl, it adds a field to the selection. Dragging moves the selected fields,
    dragging a handle resizes a field, and dragging on an empty part of the page selects the fields that the rectangle
    touches. Arrow keys move the selected fields by 1 pt, or by 10 pt with Shift; with Alt, they resize the fields. Tab
    selects the next field.
    """

    scrolls_at_edges = True

    def __init__(self, controller: FieldController) -> None:
        self._controller = controller
        self._pressed: Pointer | None = None
        self._index: int | None = None
        self._was_chosen = False
        self._sides = ""
        self._before: field_edits.Fields = ()
        self._merge_key = ""
        self._is_dragging = False
        self._frame: QRectF | None = None
        self._frame_base: frozenset[int] = frozenset()

    @override
    def end(self) -> None:
        self._cancel()

    @override
    def press(self, pointer: Pointer) -> None:
        controller = self._controller
        self._pressed, self._is_dragging, self._sides = pointer, False, ""
        self._before, self._merge_key = controller.fields, f"drag-{next(_numbers)}"
        handle = self._handle_at(pointer)
        self._index = handle[0] if handle is not None else controller.field_at(pointer)
        if handle is not None:
            self._sides = handle[1]
        elif self._index is None:
            self._frame_base = controller.chosen if pointer.adds else frozenset()
            controller.choose(self._frame_base)
            self._frame = QRectF(pointer.x_px, pointer.y_px, 0, 0)
        else:
            self._was_chosen = self._index in controller.chosen
            if pointer.adds:
                controller.choose(controller.chosen | {self._index})
            elif not self._was_chosen:
                controller.choose({self._index})
            controller.take_hold(controller.movable)

    @override
    def double_press(self, pointer: Pointer) -> None:
        self.press(pointer)
        if self._index is not None:
            self._controller.naming_wanted.emit()

    @override
    def drag(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        start, end = QPointF(self._pressed.x_px, self._pressed.y_px), QPointF(pointer.x_px, pointer.y_px)
        if self._frame is not None:
            self._draw_frame(QRectF(start, end).normalized())
        elif self._index is not None and (self._is_dragging or (end - start).manhattanLength() >= _DRAG_DISTANCE_PX):
            self._is_dragging = True
            if self._sides:
                self._resize(pointer)
            else:
                self._move(end - start, pointer)

    @override
    def release(self, pointer: Pointer) -> None:
        controller = self._controller
        if not self._is_dragging and self._index is not None and self._was_chosen and not self._sides:
            # A click on one of several selected fields selects only this field. With Ctrl or Shift, it deselects it.
            controller.choose(controller.chosen ^ {self._index} if pointer.adds else {self._index})
        controller.let_go()
        self._reset()

    @override
    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        handle = self._handle_at(pointer)
        if handle is not None:
            return _CURSORS[handle[1]]
        index = self._controller.field_at(pointer)
        is_movable = index is not None and not self._controller.is_fixed(index)
        return Qt.CursorShape.SizeAllCursor if is_movable else Qt.CursorShape.ArrowCursor

    # Keyboard

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return event.key() in {Qt.Key.Key_A, Qt.Key.Key_D}
        keys = {*ARROWS, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.key() == Qt.Key.Key_Escape:
            return bool(self._controller.chosen) or self._pressed is not None
        return event.key() in keys and bool(self._controller.chosen)

    @override
    def key(self, event: QKeyEvent) -> bool:
        controller = self._controller
        if event.matches(QKeySequence.StandardKey.SelectAll):
            controller.choose(range(len(controller.fields)))
            return True
        if not self.wants_key(event):
            return False
        key = Qt.Key(event.key())
        match key:
            case Qt.Key.Key_D:
                controller.duplicate()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                controller.remove_chosen()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                controller.naming_wanted.emit()
            case Qt.Key.Key_Escape if self._pressed is not None:
                self._cancel()
            case Qt.Key.Key_Escape:
                controller.choose(())
            case _:
                self._nudge(key, event.modifiers())
        return True

    @override
    def walk(self, *, forward: bool) -> bool:
        """Select the next or previous field in reading order, and scroll to it.

        Return False at the end, so that the focus moves to the next widget.
        """
        controller = self._controller
        order = controller.reading_order
        places = [place for place, index in enumerate(order) if index in controller.chosen]
        place = max(places, default=-1) + 1 if forward else min(places, default=len(order)) - 1
        if not 0 <= place < len(order):
            controller.choose(())
            return False
        controller.choose({order[place]})
        controller.reveal(order[place])
        return True

    def _nudge(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        across, down = ARROWS[key]
        step = _LONG_STEP_PT if modifiers & Qt.KeyboardModifier.ShiftModifier else _STEP_PT
        controller = self._controller
        is_growing = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        edit = field_edits.grow if is_growing else field_edits.move
        movable = controller.movable
        controller.apply(
            partial(edit, indexes=movable, right_pt=across * step, down_pt=down * step, pages=controller.pages),
            f"{'grow' if is_growing else 'nudge'}-{sorted(movable)}",
        )

    # Parts

    def _move(self, moved_px: QPointF, pointer: Pointer) -> None:
        controller, index = self._controller, self._index
        slot = self._pressed.slot if self._pressed is not None else None
        if slot is None or index is None or controller.is_fixed(index):
            return
        right_pt, down_pt = moved_px.x() / slot.scale, moved_px.y() / slot.scale
        moved = field_edits.move(self._before, controller.movable, right_pt, down_pt, controller.pages)
        rect = moved[index].rect
        if pointer.snaps and rect is not None:
            snapped = controller.snapped(slot, rect)
            at = slot.frame.rect_to_display(rect)
            to = slot.frame.rect_to_display(snapped)
            shift = to.left_pt - at.left_pt, to.top_pt - at.top_pt
            moved = field_edits.move(moved, controller.movable, *shift, controller.pages)
        else:
            controller.clear_guides()
        controller.become(moved, self._merge_key)

    def _resize(self, pointer: Pointer) -> None:
        controller, index = self._controller, self._index
        if index is None:
            return
        one = self._before[index]
        slot = controller.slot_of(one)
        if slot is None or one.rect is None:
            return
        at, to = slot.frame.rect_to_display(one.rect), slot.to_display(pointer.x_px, pointer.y_px)
        left, top, right, bottom = at.left_pt, at.top_pt, at.left_pt + at.width_pt, at.top_pt + at.height_pt
        width, height = slot.frame.display_width_pt, slot.frame.display_height_pt
        x, y = min(max(to.x_pt, 0.0), width), min(max(to.y_pt, 0.0), height)
        left, right = (x if "l" in self._sides else left), (x if "r" in self._sides else right)
        top, bottom = (y if "t" in self._sides else top), (y if "b" in self._sides else bottom)
        shown = DisplayRect(min(left, right), min(top, bottom), abs(right - left), abs(bottom - top))
        controller.become(
            field_edits.resize(self._before, index, slot.frame.rect_to_page(shown), controller.pages), self._merge_key
        )

    def _handle_at(self, pointer: Pointer) -> tuple[int, str] | None:
        """Return the index of the field whose handle is under the mouse, and the letters of the sides that it moves.

        Return None if there is no handle. Only a single selected field that can be moved has handles.
        """
        controller, reach = self._controller, HANDLE_REACH_PX
        if len(controller.movable) != 1:
            return None
        (index,) = controller.movable
        one = controller.fields[index]
        slot = controller.slot_of(one)
        if slot is None or one.rect is None:
            return None
        area, point = QRectF(*slot.rect_px(one.rect)), QPointF(pointer.x_px, pointer.y_px)
        found = handles(area)
        if min(area.width(), area.height()) >= SMALLEST_WITH_SIDES_PX:
            found = (*found, *side_handles(area))
        for sides, handle in zip(_SIDES, found, strict=False):
            if handle.adjusted(-reach, -reach, reach, reach).contains(point):
                return index, sides
        return None

    def _draw_frame(self, frame: QRectF) -> None:
        self._frame = frame
        touched = {
            index
            for index, one in enumerate(self._controller.fields)
            if (slot := self._controller.slot_of(one)) is not None
            and one.rect is not None
            and QRectF(*slot.rect_px(one.rect)).intersects(frame)
        }
        self._controller.choose(self._frame_base | touched)

    def _cancel(self) -> None:
        if self._is_dragging:
            # The step of the drag disappears, because its end is like its start.
            self._controller.become(self._before, self._merge_key)
        self._controller.let_go()
        self._reset()

    def _reset(self) -> None:
        self._pressed = self._index = self._frame = None
        self._is_dragging = self._was_chosen = False
        self._sides = ""
        self._controller.repaint()

    @override
    def paint_over(self, painter: QPainter, origin: QPointF) -> None:
        if self._frame is not None and not self._frame.isEmpty():
            paint_rubber(painter, self._frame.translated(origin), paper_accent())


class DrawField(Tool):
    """The tool that draws fields of the chosen kind. Esc returns to the selection tool.

    Dragging sets two opposite corners. A click adds a field of the default size there, and Enter one in the middle of
    the visible part of the page.
    """

    scrolls_at_edges = True

    def __init__(self, controller: FieldController) -> None:
        self._controller = controller
        self._start: Pointer | None = None
        self._slot: PageSlot | None = None
        self._rect: PageRect | None = None

    @override
    def end(self) -> None:
        self._cancel()

    @override
    def press(self, pointer: Pointer) -> None:
        self._start, self._slot, self._rect = pointer, pointer.slot, None

    @override
    def drag(self, pointer: Pointer) -> None:
        start, slot = self._start, self._slot
        if start is None or slot is None:
            return
        across, down = pointer.x_px - start.x_px, pointer.y_px - start.y_px
        if self._rect is None and abs(across) + abs(down) < _DRAG_DISTANCE_PX:
            return
        one, other = slot.to_display(start.x_px, start.y_px), slot.to_display(pointer.x_px, pointer.y_px)
        x = min(max(other.x_pt, 0.0), slot.frame.display_width_pt)
        y = min(max(other.y_pt, 0.0), slot.frame.display_height_pt)
        shown = DisplayRect(min(one.x_pt, x), min(one.y_pt, y), abs(x - one.x_pt), abs(y - one.y_pt))
        self._rect = slot.frame.rect_to_page(shown)
        self._controller.repaint()

    @override
    def release(self, pointer: Pointer) -> None:
        slot, rect, start = self._slot, self._rect, self._start
        self._cancel()
        if slot is None or start is None:
            return
        at = slot.to_display(start.x_px, start.y_px)
        self._controller.add(self._controller.kind, slot, rect or self._usual(slot, at, snaps=pointer.snaps))

    @override
    def wants_key(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape or is_plain_enter(event)

    @override
    def key(self, event: QKeyEvent) -> bool:
        if not self.wants_key(event):
            return False
        if self._start is not None:
            self._cancel()
        elif event.key() == Qt.Key.Key_Escape:
            self._controller.leave_tool()
        elif (middle := self._controller.middle_of_view) is not None:
            self._controller.add(self._controller.kind, middle[0], self._usual(*middle, snaps=True))
        return True

    @override
    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor if pointer.slot is not None else Qt.CursorShape.ArrowCursor

    @override
    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        slot = self._slot
        if slot is None or self._rect is None or page.slot.page_number != slot.page_number:
            return
        paint_rubber(painter, page.rect(self._rect), paper_accent())

    def _usual(self, slot: PageSlot, at: DisplayPoint, *, snaps: bool) -> PageRect:
        """Return the rectangle, in page space, of a field of default size. ``at`` is the middle of its left edge."""
        width, height = (CHECK_PT, CHECK_PT) if self._controller.kind is ValueKind.CHECK else DEFAULT_PT
        rect = slot.frame.rect_to_page(DisplayRect(at.x_pt, at.y_pt - height / 2, width, height))
        rect = field_edits.on_page(rect, slot.frame)
        if not snaps:
            return rect
        self._controller.take_hold(frozenset())
        snapped = self._controller.snapped(slot, rect)
        self._controller.let_go()
        return field_edits.on_page(snapped, slot.frame)

    def _cancel(self) -> None:
        self._start = self._slot = self._rect = None
        self._controller.repaint()
