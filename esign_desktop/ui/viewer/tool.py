"""What a view of pages lets others do: paint on pages, and answer the mouse and the keyboard."""

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
    """Where the mouse is, in the content area of the layout, and over which page, if any."""

    x_px: float
    y_px: float
    slot: PageSlot | None
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def point(self) -> PagePoint | None:
        """The point in page space, or None off all pages."""
        return self.slot.to_page(self.x_px, self.y_px) if self.slot is not None else None

    @property
    def adds(self) -> bool:
        """Whether Shift or Ctrl is held: the click adds to what is chosen."""
        return bool(self.modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))

    @property
    def snaps(self) -> bool:
        """Whether what is in hand may jump to lines nearby; Alt keeps it where the mouse is."""
        return not self.modifiers & Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True, slots=True)
class PaintedPage:
    """A page being painted: its slot, and where the content area's origin lies in the view."""

    slot: PageSlot
    origin: QPointF

    @property
    def area(self) -> QRectF:
        """The page in the view."""
        left, top = self.slot.left_px, self.slot.top_px
        return QRectF(left, top, self.slot.width_px, self.slot.height_px).translated(self.origin)

    def point(self, point: PagePoint) -> QPointF:
        """Return where a point of page space is in the view."""
        return QPointF(*self.slot.point_px(point)) + self.origin

    def rect(self, rect: PageRect) -> QRectF:
        """Return where a rectangle of page space is in the view."""
        return QRectF(*self.slot.rect_px(rect)).translated(self.origin)


class Overlay(Protocol):
    """Something painted on every visible page, over its picture. The painter's units are logical pixels."""

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint on one page."""


class Tool:
    """One mode of the mouse and the keyboard; does nothing by itself.

    A view has one tool at a time. ``press``, ``drag`` and ``release`` belong to the left button; ``hover`` comes while
    no button is held. A tool that wants to be painted anew asks the view to update.
    """

    scrolls_at_edges = False
    """Whether dragging beyond the edge of the view scrolls it."""

    def begin(self) -> None:
        """The tool was taken."""

    def end(self) -> None:
        """Another tool was taken; what is half done is given up."""

    def press(self, pointer: Pointer) -> None:
        """The left button went down."""

    def double_press(self, pointer: Pointer) -> None:
        """The left button went down for the second time in a row."""
        self.press(pointer)

    def drag(self, pointer: Pointer) -> None:
        """The mouse moved with the left button down."""

    def release(self, pointer: Pointer) -> None:
        """The left button went up."""

    def hover(self, pointer: Pointer) -> None:
        """The mouse moved with no button down."""

    def leave(self) -> None:
        """The mouse left the view."""

    def wants_key(self, event: QKeyEvent) -> bool:
        """Whether the tool will use this key, so that no shortcut of the window takes it first."""
        del event
        return False

    def key(self, event: QKeyEvent) -> bool:
        """Use a key that was pressed in the view; return whether it was of use."""
        del event
        return False

    def walk(self, *, forward: bool) -> bool:
        """Tab was pressed: go to the next thing on the pages; return False to let the focus leave the view."""
        del forward
        return False

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        """Return what the mouse looks like there."""
        del pointer
        return Qt.CursorShape.ArrowCursor

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint on one page, above all overlays."""

    def paint_over(self, painter: QPainter, origin: QPointF) -> None:
        """Paint over the whole view; ``origin`` is where the content area's origin lies in it."""


ARROWS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
"""Where each arrow key points as seen: right and down."""


def is_plain_enter(event: QKeyEvent) -> bool:
    """Whether this is Enter alone, on either side of the keyboard; with Ctrl it means the whole contract."""
    is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
    return is_enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
