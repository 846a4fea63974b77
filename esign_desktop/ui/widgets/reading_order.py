"""Move the focus with Tab in reading order: from top to bottom, and from left to right within a row.

Qt's own order is the order in which widgets were created, and it breaks in a room that passes the focus to a field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

WALKS_ITSELF: Final = "walksItself"
"""The property of a widget that handles Tab itself first, and calls ``go_on`` if it has no use for the key."""
_OVERLAP_PX: Final = 2
_VIEWPORT: Final = "qt_scrollarea_viewport"
"""Qt's object name of the viewport of a scroll area."""
_WITH_OTHER_MEANING: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class ReadingOrder(QObject):
    """Moves the focus with Tab in all windows of an application, and scrolls to the focused widget.

    It is an event filter.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        application.focusChanged.connect(self._on_application_focus_changed)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(watched, QWidget):
            return False
        press = cast("QKeyEvent", event)
        if press.key() not in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab} or press.modifiers() & _WITH_OTHER_MEANING:
            return False
        is_forward = press.key() == Qt.Key.Key_Tab and not press.modifiers() & Qt.KeyboardModifier.ShiftModifier
        return not _has_use_for_tab(watched, forward=is_forward) and go_on(watched, forward=is_forward)

    def _on_application_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None:
            before.removeEventFilter(self)
        if now is None:
            return
        now.installEventFilter(self)
        if now.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            _scroll_to(now)


def go_on(widget: QWidget, *, forward: bool) -> bool:
    """Focus the next or previous widget of the window in reading order, cyclically, and return True.

    Return False if there is no other widget, or if the desktop's settings exclude some widgets from Tab.
    """
    hints = QGuiApplication.styleHints()
    stops = _stops(widget.window())
    others = [stop for stop in stops if stop is not widget]
    if not others or hints.tabFocusBehavior() != Qt.TabFocusBehavior.TabFocusAllControls:
        return False
    index = stops.index(widget) if widget in stops else (-1 if forward else 0)
    step, reason = (1, Qt.FocusReason.TabFocusReason) if forward else (-1, Qt.FocusReason.BacktabFocusReason)
    stops[(index + step) % len(stops)].setFocus(reason)
    return True


def enter(place: QWidget) -> None:
    """Focus a part of a window. If its focus proxy is not visible, focus the first widget in it in reading order."""
    place.setFocus()
    stops = _stops(place)
    focused = QApplication.focusWidget()
    if stops and focused is not None and not focused.isVisible():
        stops[0].setFocus()


def _has_use_for_tab(widget: QWidget, *, forward: bool) -> bool:
    viewport = widget.parentWidget()
    if viewport is not None and isinstance(viewport.parentWidget(), QAbstractItemView):
        # The editor of a cell: Tab goes to the next cell.
        return True
    match widget:
        case QTextEdit() | QPlainTextEdit():
            return not widget.tabChangesFocus()
        case QAbstractItemView():
            return widget.tabKeyNavigation()
        case QDateTimeEdit():
            last = widget.sectionCount() - 1 if forward else 0
            return widget.currentSectionIndex() != last
        case _:
            return bool(widget.property(WALKS_ITSELF))


def _stops(parent: QWidget) -> list[QWidget]:
    """Return the visible widgets in ``parent`` that can have the focus, in reading order."""
    parts: list[tuple[QRect, list[QWidget]]] = []
    if isinstance(parent, (QAbstractItemView, QAbstractSpinBox, QComboBox)):
        # Each of these widgets is one stop, regardless of its child widgets.
        return []
    for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isWindow() or not child.isVisible():
            continue
        stops = _stops(child)
        # Moving through the fields of a scroll area scrolls it. An area without fields must have the focus to be
        # scrolled.
        is_scrolled = not isinstance(child, QScrollArea) or (not stops and child.verticalScrollBar().maximum() > 0)
        if is_scrolled and _is_stop(child):
            stops.insert(0, child)
        if stops:
            parts.append((child.geometry(), stops))
    return [stop for _, stops in _as_read(parts) for stop in stops]


def _is_stop(widget: QWidget) -> bool:
    # A widget with a focus proxy has no focus policy of its own, except a tab widget, whose tab bar takes the focus.
    # ``focusProxy()`` must not be called: in PySide 6.11, the Python object of the widget becomes the owner of the
    # result and deletes it.
    if not widget.isEnabled() or isinstance(widget, QTabWidget):
        return False
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    chosen = group.checkedButton() if group is not None and group.exclusive() else None
    if chosen is not None and chosen.isEnabled() and chosen.isVisible():
        # The arrow keys move to the other buttons of the group. Qt would choose the button that had the focus last.
        return widget is chosen
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _as_read(parts: list[tuple[QRect, list[QWidget]]]) -> list[tuple[QRect, list[QWidget]]]:
    """Return the parts in reading order.

    They are cut into rows where a line fits between them, otherwise into columns, and each piece is cut in the same
    way.
    """
    if len(parts) < 2:
        return parts
    for start, end in ((QRect.top, QRect.bottom), (QRect.left, QRect.right)):
        pieces: list[list[tuple[QRect, list[QWidget]]]] = []
        reach = 0
        for part in sorted(parts, key=lambda part: start(part[0])):
            if not pieces or start(part[0]) > reach - _OVERLAP_PX:
                pieces.append([])
                reach = end(part[0])
            pieces[-1].append(part)
            reach = max(reach, end(part[0]))
        if len(pieces) > 1:
            return [part for piece in pieces for part in _as_read(piece)]
    return sorted(parts, key=lambda part: (part[0].top(), part[0].left()))


def _scroll_to(widget: QWidget) -> None:
    inner = [widget]
    while (outer := inner[-1].parentWidget()) is not None:
        # A scroll bar is a child of the area, not of the viewport.
        if isinstance(outer, QScrollArea) and inner[-1].objectName() == _VIEWPORT:
            outer.ensureWidgetVisible(widget)
            # In a text field, Qt only makes the cursor visible.
            content, room = inner[-2:]
            middle = widget.mapTo(content, widget.rect().center())
            halves = (min(sides) // 2 for sides in ((widget.width(), room.width()), (widget.height(), room.height())))
            outer.ensureVisible(middle.x(), middle.y(), *(half + 1 for half in halves))
        inner.append(outer)
