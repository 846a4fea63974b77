"""Provide the view of pages that handles mouse and keyboard: scrolling and zooming itself, the rest through a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QNativeGestureEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from esign_desktop.override import override
from esign_desktop.ui.viewer.scroll_area import ZOOM_STEP, PageScrollArea
from esign_desktop.ui.viewer.tool import PaintedPage, Pointer, Tool
from esign_desktop.ui.widgets.reading_order import WALKS_ITSELF, go_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QWheelEvent

    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer

_WHEEL_NOTCH: Final = 120.0
_EDGE_PX: Final = 16.0
_EDGE_STEP_MS: Final = 30
_FASTEST_STEP_PX: Final = 40.0


class PagesView(PageScrollArea):
    """A view of pages with one tool at a time.

    With every tool, the wheel scrolls, Ctrl and the wheel or Ctrl and plus or minus zoom, a pinch gesture zooms, the
    middle button or Space and the left button drag the content, and Home and End scroll to the first and the last page.
    A click on a page that could not be rendered tries again.
    """

    menu_requested = Signal(object, object)
    """Carries a ``Pointer`` and the position of the menu on the screen, a ``QPoint``.

    If the user pressed the menu key, None takes the place of the ``Pointer``.
    """

    def __init__(self, renderer: PageRenderer, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(renderer, tasks, parent)
        self._tool = Tool()
        self._tool_is_pressed = False
        self.setProperty(WALKS_ITSELF, True)
        self._pan_from: QPointF | None = None
        self._space_is_down = False
        self._pinch_zoom = 1.0
        self._dragged_to = QPointF()
        self._edge_timer = QTimer(self, interval=_EDGE_STEP_MS)
        self._edge_timer.timeout.connect(self._on_edge_timer_timeout)
        self.viewport().setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    @property
    def tool(self) -> Tool:
        """The active tool. At first, it is a ``Tool`` that does nothing."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Activate a tool, and end the tool that was active. Do nothing if ``tool`` is already active."""
        if tool is not self._tool:
            self._end_press()
            self._tool.end()
            self._tool = tool
            tool.begin()
            self.show_cursor(tool.cursor(self.pointer_now()))
            self.viewport().update()

    def pointer_now(self) -> Pointer:
        """Return the current position of the mouse, without modifier keys. It may be outside the view."""
        return self.mapped_pointer(self.viewport().mapFromGlobal(self.cursor().pos()))

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Set the shape of the mouse cursor over the pages.

        While the user can drag or drags the content, it is a hand.
        """
        if self._pan_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space_is_down:
            shape = Qt.CursorShape.OpenHandCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    @override
    def paint_front(self, painter: QPainter, pages: Sequence[PaintedPage]) -> None:
        for page in pages:
            self._tool.paint_page(painter, page)
        self._tool.paint_over(painter, self.origin)

    # Mouse

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        if button is Qt.MouseButton.MiddleButton or (button is Qt.MouseButton.LeftButton and self._space_is_down):
            self._pan_from = event.position()
            self.show_cursor(Qt.CursorShape.ClosedHandCursor)
            return
        if button is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        pointer = self._pointer(event)
        if not self._retry(pointer):
            self._tool_is_pressed = True
            self._tool.press(pointer)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self._space_is_down:
            self._tool_is_pressed = True
            self._tool.double_press(self._pointer(event))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            moved = event.position() - self._pan_from
            self._pan_from = event.position()
            self._scroll_by(-moved.x(), -moved.y())
            return
        pointer = self._pointer(event)
        self.mark_on_rulers(event.position())
        if self._tool_is_pressed:
            self._dragged_to = event.position()
            self._scroll_at_edges()
            self._tool.drag(pointer)
        else:
            self._tool.hover(pointer)
        self.show_cursor(self._tool.cursor(pointer))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        if self._pan_from is not None and event.button() in {Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton}:
            self._pan_from = None
        elif self._tool_is_pressed and event.button() is Qt.MouseButton.LeftButton:
            self._end_press()
            self._tool.release(pointer)
        self.show_cursor(self._tool.cursor(pointer))

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._tool_is_pressed or self._pan_from is not None:
            return
        is_by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        pointer = None if is_by_key else self.mapped_pointer(event.pos(), event.modifiers())
        self.menu_requested.emit(pointer, event.globalPos())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / _WHEEL_NOTCH
            self.set_zoom(self.zoom * ZOOM_STEP**notches, event.position().toPoint())
            event.accept()
        elif not event.pixelDelta().isNull():
            self._scroll_by(-event.pixelDelta().x(), -event.pixelDelta().y())
            event.accept()
        else:
            super().wheelEvent(event)

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.set_zoom(self.zoom * (1.0 + event.value()), event.position().toPoint())
                return True
        elif event.type() is QEvent.Type.Gesture:
            return self._pinch(cast("QGestureEvent", event))
        elif event.type() is QEvent.Type.Leave:
            self.mark_on_rulers(None)
            self._tool.leave()
        return super().viewportEvent(event)

    def _pinch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        if pinch.state() is Qt.GestureState.GestureStarted:
            self._pinch_zoom = self.zoom
        middle = self.viewport().mapFromGlobal(pinch.centerPoint().toPoint())
        self.set_zoom(self._pinch_zoom * pinch.totalScaleFactor(), middle)
        event.accept(pinch)
        return True

    def _pointer(self, event: QMouseEvent) -> Pointer:
        return self.mapped_pointer(event.position(), event.modifiers())

    def _retry(self, pointer: Pointer) -> bool:
        slot = pointer.slot
        if slot is None or self.source.failure(slot.document_id, slot.page_number) is None:
            return False
        self.retry_page(slot.document_id, slot.page_number)
        return True

    def _scroll_by(self, dx_px: float, dy_px: float) -> None:
        for bar, delta_px in ((self.horizontalScrollBar(), dx_px), (self.verticalScrollBar(), dy_px)):
            bar.setValue(bar.value() + round(delta_px))

    def _end_press(self) -> None:
        self._tool_is_pressed = False
        self._edge_timer.stop()

    def _scroll_at_edges(self) -> None:
        over = _beyond(self._dragged_to, QRectF(self.viewport().rect()))
        if self._tool.scrolls_at_edges and not over.isNull():
            if not self._edge_timer.isActive():
                self._edge_timer.start()
        else:
            self._edge_timer.stop()

    def _on_edge_timer_timeout(self) -> None:
        over = _beyond(self._dragged_to, QRectF(self.viewport().rect()))
        self._scroll_by(over.x(), over.y())
        self._tool.drag(self.mapped_pointer(self._dragged_to))

    # Keyboard

    @override
    def event(self, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._tool.wants_key(event)
        ):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._tool.key(event):
            return
        if not self._look_around(event):
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_is_down = False
            self.show_cursor(self._tool.cursor(self.pointer_now()))
        else:
            super().keyReleaseEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.tell_item()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        # Another widget will receive the release of Space.
        self._space_is_down = False
        super().focusOutEvent(event)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        return self._tool.walk(forward=next) or go_on(self, forward=next) or super().focusNextPrevChild(next)

    def _look_around(self, event: QKeyEvent) -> bool:
        slots = self.page_layout.slots
        match event.key():
            case Qt.Key.Key_Space:
                if not event.isAutoRepeat():
                    self._space_is_down = True
                    self.show_cursor(Qt.CursorShape.OpenHandCursor)
            case Qt.Key.Key_Home if slots:
                self.verticalScrollBar().setValue(0)
            case Qt.Key.Key_End if slots:
                self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.zoom_in()
            case Qt.Key.Key_Minus if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.zoom_out()
            case _:
                return False
        return True


def _beyond(position: QPointF, view: QRectF) -> QPointF:
    """Return the step to scroll, in logical pixels, for a point outside the view's inner rectangle.

    The step is the distance from the inner rectangle, up to a maximum.
    """
    inner = view.adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
    x = min(0.0, position.x() - inner.left()) + max(0.0, position.x() - inner.right())
    y = min(0.0, position.y() - inner.top()) + max(0.0, position.y() - inner.bottom())
    limit = _FASTEST_STEP_PX
    return QPointF(min(limit, max(-limit, x)), min(limit, max(-limit, y)))
