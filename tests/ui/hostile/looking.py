"""Looks at a window through and through, whether a hostile text did anything but stand there."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAccessible, QAction, QImage, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from tests.ui.hostile.texts import unsafe_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ui.hostile.file_watch import FileWatch

SCREEN_PX: Final = (1366, 768)
"""The smallest screen that a window has to fit."""
MARK: Final = 0xFFFF00FF
"""Colour of the picture that no window may load."""
_MOST_ROWS: Final = 50
_PRESSED_OR_TYPED_IN: Final = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
_CONTROLS: Final = (*_PRESSED_OR_TYPED_IN, QAbstractItemView, QAbstractSlider, QTextEdit)
_TOUCHING_PX: Final = 2
"""Neighbours whose frames lie on each other share so much."""


def look(window: QWidget, watch: FileWatch) -> None:
    """Find nothing loaded, nothing read as markup, nothing that turns its neighbours round, nothing too large.

    Find no control without a name for screen readers, and nothing that covers its neighbours.
    """
    QApplication.processEvents()
    _look_at_markup(window)
    _look_at_controls(window)
    for what, text in shown_texts(window):
        assert not unsafe_part(text), f"{what}: {unsafe_part(text)}"
    for tip in _tips(window):
        if "<" in tip:
            # As the tool tip's own label would lay it out.
            document = QTextDocument()
            document.setHtml(tip)
            document.size()
    least = window.minimumSizeHint()
    fits = least.width() <= SCREEN_PX[0] and least.height() <= SCREEN_PX[1]
    assert fits, f"{type(window).__name__} needs {least.width()} by {least.height()}: {_widest(window)}"
    assert not is_marked(window)
    assert not watch.was_opened(), "a picture was loaded"


def _widest(window: QWidget) -> str:
    """Return which widgets ask for so much room."""
    asking = [one for one in window.findChildren(QWidget) if not one.isHidden()]
    too_large = [
        one
        for one in asking
        if one.minimumSizeHint().width() > SCREEN_PX[0] or one.minimumSizeHint().height() > SCREEN_PX[1]
    ]
    return ", ".join(f"{type(one).__name__} {one.objectName()}".strip() for one in too_large[-3:])


def is_marked(window: QWidget) -> bool:
    """Whether the picture is seen anywhere."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return any(image.pixel(x, y) == MARK for x in range(0, image.width(), 8) for y in range(0, image.height(), 8))


def shown_texts(window: QWidget) -> Iterator[tuple[str, str]]:
    """Yield what stands somewhere, and where; not what a person is typing."""
    for widget in [window, *window.findChildren(QWidget)]:
        name = f"{type(widget).__name__} {widget.objectName()}".strip()
        yield f"title of {name}", widget.windowTitle()
        if isinstance(widget, QLabel | QAbstractButton):
            yield name, widget.text()
        elif isinstance(widget, QGroupBox | QMenu):
            yield name, widget.title()
        elif isinstance(widget, QTabBar):
            yield from ((name, widget.tabText(index)) for index in range(widget.count()))
        elif isinstance(widget, QComboBox):
            yield from ((name, widget.itemText(index)) for index in range(widget.count()))
        elif isinstance(widget, QAbstractItemView):
            yield from ((name, text) for text in _cells(widget, Qt.ItemDataRole.DisplayRole))
        yield f"tip of {name}", widget.toolTip()
    for action in window.findChildren(QAction):
        yield "action", action.text()


def _look_at_markup(window: QWidget) -> None:
    for label in window.findChildren(QLabel):
        if "<" in label.text():
            assert label.textFormat() is Qt.TextFormat.PlainText, label.text()[:80]


def _look_at_controls(window: QWidget) -> None:
    """Find what a screen reader would call nothing, and what lies outside the layout of its neighbours."""
    for widget in [window, *window.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        kind = f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"
        if isinstance(widget, _CONTROLS) and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            spoken = QAccessible.queryAccessibleInterface(widget)
            is_part = isinstance(widget.parentWidget(), QAbstractSpinBox)
            assert is_part or spoken.text(QAccessible.Text.Name).strip(), f"{kind} has no name"
        assert widget.windowTitle() or not isinstance(widget, QDialog), f"{kind} has no title"
        if widget.layout() is not None:
            _look_at_neighbours(widget)


def _look_at_neighbours(parent: QWidget) -> None:
    beside = [
        one
        for one in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if one.isVisible() and not one.isWindow()
    ]
    # Lists and texts are squeezed where a hostile text leaves no room: controls have to stay in reach.
    for one, other in combinations(beside, 2):
        if not (isinstance(one, _PRESSED_OR_TYPED_IN) or isinstance(other, _PRESSED_OR_TYPED_IN)):
            continue
        shared = one.geometry().intersected(other.geometry())
        covers = shared.width() > _TOUCHING_PX and shared.height() > _TOUCHING_PX
        assert not covers, f"in {type(parent).__name__}, {_named(one)} and {_named(other)} cover each other"


def _named(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}".strip()


def _tips(window: QWidget) -> Iterator[str]:
    for widget in [window, *window.findChildren(QWidget)]:
        yield widget.toolTip()
        if isinstance(widget, QAbstractItemView):
            yield from _cells(widget, Qt.ItemDataRole.ToolTipRole)
    for action in window.findChildren(QAction):
        yield action.toolTip()


def _cells(view: QAbstractItemView, role: Qt.ItemDataRole) -> Iterator[str]:
    model = view.model()
    # A list's model keeps its number of columns to itself: there is one.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    for row in range(min(model.rowCount(QModelIndex()), _MOST_ROWS)):
        for column in range(columns):
            yield str(model.data(model.index(row, column), role) or "")
