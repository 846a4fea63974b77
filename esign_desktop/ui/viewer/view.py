"""Pages that answer the mouse and the keyboard: by themselves for looking around, through a tool for all else.

Zooming through pages: by steps, at a point, and so that a page fits.

Where on the pages one looks, to come back to it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QNativeGestureEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import POINTS_PER_INCH
from esign_desktop.override import override
from esign_desktop.ui.viewer.layout import MAX_ZOOM, MIN_ZOOM, fit_page_scale, fit_width_scale
from esign_desktop.ui.viewer.rulers import RULER_PX
from esign_desktop.ui.viewer.screen_size import true_pixels_per_inch
from esign_desktop.ui.viewer.scroll_area import PageScrollArea
from esign_desktop.ui.viewer.tool import PaintedPage, Pointer, Tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent

    from esign_desktop.domain.document import Document
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tiles import PageRenderer


class Fit(StrEnum):
    """What the zoom follows when the view changes its size."""

    NOTHING = "nothing"
    WIDTH = "width"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class ViewPlace:
    """The upper left corner of the view, in points of a page as shown, and the zoom."""

    document_id: DocumentId
    page_number: int
    left_pt: float
    top_pt: float
    zoom: float
    fit: Fit

    @property
    def in_words(self) -> str:
        """The place as it is kept."""
        return json.dumps(asdict(self))


def read_view_place(words: str) -> ViewPlace | None:
    """Return a place as it was kept; None for what makes no sense."""
    try:
        values = json.loads(words)
        place = ViewPlace(
            DocumentId(str(values["document_id"])),
            int(values["page_number"]),
            float(values["left_pt"]),
            float(values["top_pt"]),
            float(values["zoom"]),
            Fit(values["fit"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
    return place if all(map(isfinite, (place.left_pt, place.top_pt, place.zoom))) else None


ZOOM_STEP: Final = 1.2


class ZoomedPages(PageScrollArea):
    """Pages with a zoom that a person chooses, or that follows the size of the view."""

    # Of the class, since Qt may send a size while the widget is being made.
    _fit = Fit.WIDTH

    @property
    def fit(self) -> Fit:
        """What the zoom follows."""
        return self._fit

    @property
    def place(self) -> ViewPlace | None:
        """Where one looks now; None where there is no page."""
        view = self.visible_content
        slot = self._page_layout.nearest_page(view.top())
        if slot is None:
            return None
        corner = slot.to_display(view.left(), view.top())
        return ViewPlace(slot.document_id, slot.page_number, corner.x_pt, corner.y_pt, self._zoom, self._fit)

    def restore_place(self, place: ViewPlace) -> None:
        """Look where one looked before; a page that is not there moves nothing."""
        if self._page_layout.slot(place.document_id, place.page_number) is None:
            return
        if place.fit is Fit.NOTHING:
            self.set_zoom(place.zoom)
        else:
            self._fit = place.fit
            self._follow_size()
        slot = self._page_layout.slot(place.document_id, place.page_number)
        if slot is not None:
            self.horizontalScrollBar().setValue(round(slot.left_px + place.left_pt * slot.scale))
            self.verticalScrollBar().setValue(round(slot.top_px + place.top_pt * slot.scale))

    @override
    def set_documents(self, documents: Sequence[Document]) -> None:
        """Show these documents; the first ones are shown so that they fit."""
        had_none = not self.documents
        super().set_documents(documents)
        if had_none:
            self._follow_size()
            self.verticalScrollBar().setValue(0)

    def set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom so that what is at ``anchor`` (viewport pixels; the middle by default) stays there."""
        self._fit = Fit.NOTHING
        zoom = min(MAX_ZOOM, max(min(MIN_ZOOM, self._fitting_zoom(Fit.PAGE)), zoom))
        self._zoom_to(zoom, anchor or self.viewport().rect().center())

    def zoom_in(self) -> None:
        """Zoom one step nearer."""
        self.set_zoom(self._zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """Zoom one step away."""
        self.set_zoom(self._zoom / ZOOM_STEP)

    def actual_size(self) -> None:
        """Show a page as large as it is on paper, by what the screen tells of its own size."""
        self.set_zoom(true_pixels_per_inch(self.screen(), self.logicalDpiY()) / self.logicalDpiY())

    def fit_width(self) -> None:
        """Let the current page fill the width, now and when the view changes its size."""
        self._fit_to(Fit.WIDTH)

    def fit_page(self) -> None:
        """Show the current page whole, now and when the view changes its size."""
        self._fit_to(Fit.PAGE)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the fit."""
        super().resizeEvent(event)
        self._follow_size()

    def _follow_size(self) -> None:
        if self._fit is not Fit.NOTHING and self.documents:
            self._zoom_to(self._fitting_zoom(self._fit), QPoint(self.viewport().width() // 2, 0))

    def _fit_to(self, fit: Fit) -> None:
        self._fit = fit
        self._zoom_to(self._fitting_zoom(self._fit), self.viewport().rect().center())
        if fit is Fit.PAGE and self._current is not None:
            self.go_to(*self._current)

    def _fitting_zoom(self, fit: Fit) -> float:
        """Return the zoom at which the current page fits: for one that is metres wide, less than can be chosen."""
        page = self._current and self._page_layout.slot(*self._current)
        frame = page.frame if page else next((f for d in self._documents for f in d.pages), None)
        if frame is None:
            return self._zoom
        # The scroll bar's width is counted always: else it would come and go with the zoom it causes.
        width = self.width() - RULER_PX - self.verticalScrollBar().sizeHint().width()
        height = self.height() - RULER_PX
        scale = fit_width_scale(frame, width) if fit is Fit.WIDTH else fit_page_scale(frame, width, height)
        return min(MAX_ZOOM, scale * POINTS_PER_INCH / self.logicalDpiY())


_WHEEL_NOTCH: Final = 120.0
_EDGE_PX: Final = 16.0
_EDGE_STEP_MS: Final = 30
_FASTEST_STEP_PX: Final = 40.0


class PagesView(ZoomedPages):
    """A view of pages with one tool at a time.

    Looking around works with every tool: the wheel scrolls, with Ctrl it zooms at the pointer, the middle button or
    Space drag the content, fingers pinch, Home and End lead to the first and last page.
    """

    menu_requested = Signal(object, object)
    """A Pointer, and the point of the screen where the menu is to open; by key, the Pointer is None."""

    def __init__(self, renderer: PageRenderer, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(renderer, tasks, parent)
        self._tool = Tool()
        self._tool_is_pressed = False
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
        """What answers the mouse."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Let another tool answer mouse and keyboard."""
        if tool is not self._tool:
            self._end_press()
            self._tool.end()
            self._tool = tool
            tool.begin()
            self.show_cursor(tool.cursor(self.pointer_now()))
            self.viewport().update()

    def pointer_now(self) -> Pointer:
        """Return what the mouse is over at this moment."""
        return self.mapped_pointer(self.viewport().mapFromGlobal(self.cursor().pos()))

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Let the mouse look like this over the pages, unless it is about to drag them."""
        if self._pan_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space_is_down:
            shape = Qt.CursorShape.OpenHandCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    @override
    def paint_front(self, painter: QPainter, pages: Sequence[PaintedPage]) -> None:
        """Paint the tool."""
        for page in pages:
            self._tool.paint_page(painter, page)
        self._tool.paint_over(painter, self.origin)

    # Mouse

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Drag the content, try a failed page again, or leave it to the tool."""
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
        """Pass a double click to the tool."""
        if event.button() is Qt.MouseButton.LeftButton and not self._space_is_down:
            self._tool_is_pressed = True
            self._tool.double_press(self._pointer(event))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the content, or let the tool drag or hover."""
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
        """End a drag of the content or of the tool."""
        pointer = self._pointer(event)
        if self._pan_from is not None and event.button() in {Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton}:
            self._pan_from = None
        elif self._tool_is_pressed and event.button() is Qt.MouseButton.LeftButton:
            self._end_press()
            self._tool.release(pointer)
        self.show_cursor(self._tool.cursor(pointer))

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu, unless the mouse is busy."""
        if self._tool_is_pressed or self._pan_from is not None:
            return
        is_by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        pointer = None if is_by_key else self.mapped_pointer(event.pos(), event.modifiers())
        self.menu_requested.emit(pointer, event.globalPos())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer with Ctrl; scroll by exact pixels where the device tells them."""
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
        """Pinch with fingers on a screen or a pad; notice when the mouse leaves."""
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
        """Claim the keys that the tool uses before a shortcut of the window takes them."""
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
        """Let the tool answer first, then look around."""
        if self._tool.key(event):
            return
        if not self._look_around(event):
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End dragging with Space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_is_down = False
            self.show_cursor(self._tool.cursor(self.pointer_now()))
        else:
            super().keyReleaseEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget a Space whose release goes elsewhere."""
        self._space_is_down = False
        super().focusOutEvent(event)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        """Let Tab walk through what is on the pages before it leaves."""
        return self._tool.walk(forward=next) or super().focusNextPrevChild(next)

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
    """Return how far a point is past the inner edges of the view, as a step to scroll."""
    inner = view.adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
    x = min(0.0, position.x() - inner.left()) + max(0.0, position.x() - inner.right())
    y = min(0.0, position.y() - inner.top()) + max(0.0, position.y() - inner.bottom())
    limit = _FASTEST_STEP_PX
    return QPointF(min(limit, max(-limit, x)), min(limit, max(-limit, y)))
