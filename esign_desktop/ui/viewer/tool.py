"""Define the interfaces through which other code paints on the pages of a view, and handles its mouse and keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt

from esign_desktop.ui.viewer.layout import PageSlot

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPainter

    from esign_desktop.domain.geometry import PagePoint, PageRect


@dataclass(frozen=True, slots=True)
class Pointer:
    """The position of the mouse in the content area, in logical pixels, with the page there and the modifier keys."""

    x_px: float
    y_px: float
    slot: PageSlot | None
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def point(self) -> PagePoint | None:
        """The position in page space, or None if the mouse is outside all pages."""
        return self.slot.to_page(self.x_px, self.y_px) if self.slot is not None else None

    @property
    def adds(self) -> bool:
        """Whether Shift or Ctrl is held, so that a click adds to the selection."""
        return bool(self.modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))

    @property
    def snaps(self) -> bool:
        """Whether an object that is being moved may snap to nearby lines. False while Alt is held."""
        return not self.modifiers & Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True, slots=True)
class PaintedPage:
    """A page that is being painted, with the position of the content area's origin in the view, in logical pixels."""

    slot: PageSlot
    origin: QPointF

    @property
    def area(self) -> QRectF:
        """The rectangle of the page in the coordinates of the view."""
        left, top = self.slot.left_px, self.slot.top_px
        return QRectF(left, top, self.slot.width_px, self.slot.height_px).translated(self.origin)

    def point(self, point: PagePoint) -> QPointF:
        """Map a point of page space to the coordinates of the view."""
        return QPointF(*self.slot.point_px(point)) + self.origin

    def rect(self, rect: PageRect) -> QRectF:
        """Map a rectangle of page space to the coordinates of the view."""
        return QRectF(*self.slot.rect_px(rect)).translated(self.origin)


class Overlay(Protocol):
    """Paints on every visible page, above the picture of the page. The painter's unit is the logical pixel."""

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint on a page. The view calls this whenever it repaints a visible page."""


class Tool:
    """Handles the mouse and the keyboard of a view in one mode, such as selecting seals. This base class does nothing.

    A view has one tool at a time. ``press``, ``drag`` and ``release`` are called for the left button, and ``hover``
    while no button is pressed. A tool that needs a repaint calls the view's ``update``.
    """

    scrolls_at_edges = False
    """Whether the view scrolls while the mouse is dragged to or beyond its edge. The default is False."""

    def begin(self) -> None:
        """Called when the tool is activated. The default implementation does nothing."""

    def end(self) -> None:
        """Called when another tool is activated. An unfinished action must be abandoned."""

    def press(self, pointer: Pointer) -> None:
        """Called when the left button is pressed."""

    def double_press(self, pointer: Pointer) -> None:
        """Called for the second press of a double click. The default implementation calls ``press``."""
        self.press(pointer)

    def drag(self, pointer: Pointer) -> None:
        """Called when the mouse moves, or the view scrolls at its edge, while the left button is pressed."""

    def release(self, pointer: Pointer) -> None:
        """Called when the left button is released."""

    def hover(self, pointer: Pointer) -> None:
        """Called when the mouse moves while no button is pressed."""

    def leave(self) -> None:
        """Called when the mouse leaves the view."""

    def wants_key(self, event: QKeyEvent) -> bool:
        """Return whether the tool uses this key, so that no shortcut of the window handles the key first.

        The default is False.
        """
        del event
        return False

    def key(self, event: QKeyEvent) -> bool:
        """Handle a key that was pressed in the view, and return whether the tool used the key. The default is False."""
        del event
        return False

    def walk(self, *, forward: bool) -> bool:
        """Focus the next or previous item on the pages after Tab or Shift+Tab, and return True.

        Return False, as by default, if the focus should leave the view.
        """
        del forward
        return False

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        """Return the shape of the mouse cursor at a position. The default is an arrow."""
        del pointer
        return Qt.CursorShape.ArrowCursor

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint on one page, above all overlays. Called whenever the view repaints a visible page."""

    def paint_over(self, painter: QPainter, origin: QPointF) -> None:
        """Paint above the whole view.

        ``origin`` is the position of the content area's origin in the view, in logical pixels.
        """


ARROWS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
"""The direction of each arrow key in the view, as x to the right and y down."""


def is_plain_enter(event: QKeyEvent) -> bool:
    """Return whether a key event is Enter, on the main keys or the keypad, without modifiers.

    Ctrl+Enter does not count, because it acts on the contract.
    """
    is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
    return is_enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
