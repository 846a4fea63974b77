"""Show a ring around the focused widget while the user navigates by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QFocusFrame, QFrame
from shiboken6 import isValid

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

_TALL_PX: Final = 200
_ROOM_PX: Final = 2


class FocusRing(QObject):
    """Shows the focus ring in all windows of an application. The style sheet of the theme defines its look.

    The ring surrounds buttons and fields. It is drawn inside scroll areas, tall widgets and widgets that fill their
    parent.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._around: QFocusFrame | None = None
        self._within: _RingWithin | None = None
        application.focusChanged.connect(self._on_application_focus_changed)

    def _on_application_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        # The rings belong to the window that had the focus last, and may have been deleted with it.
        if self._within is not None and isValid(self._within):
            self._within.hide()
            self._within.deleteLater()
        self._within = None
        around = self._around if self._around is not None and isValid(self._around) else None
        # Qt clears this attribute when the user clicks.
        if now is None or not now.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            _take_away(around)
        elif isinstance(now, QAbstractScrollArea) or now.height() > _TALL_PX or _has_no_room_around(now):
            _take_away(around)
            self._within = _RingWithin(now)
        else:
            self._around = around or QFocusFrame()
            self._around.setWidget(now)


def _has_no_room_around(widget: QWidget) -> bool:
    """Return whether the widget's parent would cut off a frame around the widget."""
    parent = widget.parentWidget()
    return parent is not None and not parent.rect().contains(
        widget.geometry().adjusted(-_ROOM_PX, -_ROOM_PX, _ROOM_PX, _ROOM_PX)
    )


def _take_away(frame: QFocusFrame | None) -> None:
    if frame is not None:
        frame.setWidget(None)  # type: ignore[arg-type]  # None is allowed


class _RingWithin(QFrame):
    def __init__(self, marked: QWidget) -> None:
        # Otherwise, the ring is a sibling, because a style sheet draws no frame for a child of a combo box, for
        # example.
        is_room = isinstance(marked, QAbstractScrollArea) or marked.isWindow()
        super().__init__(marked if is_room else marked.parentWidget())
        self._marked = marked
        self.setObjectName("ringWithin")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._follow()
        marked.installEventFilter(self)
        self.show()
        self.raise_()

    def _follow(self) -> None:
        is_beside = self.parentWidget() is not self._marked
        self.setGeometry(self._marked.geometry() if is_beside else self._marked.rect())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move}:
            self._follow()
        return False
