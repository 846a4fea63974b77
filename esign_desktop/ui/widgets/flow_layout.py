"""Provide a layout that continues in the next row when a row is full, and a bar of buttons of which one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6 import QtCore
from PySide6.QtCore import QPoint, QRect, QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QLayout, QToolButton, QWidget

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QLayoutItem


class FlowLayout(QLayout):
    """A layout that places widgets side by side and continues in the next row when a row is full.

    Each widget has the size of its hint, and is in the middle of the height of its row. The minimum width of the
    layout is that of its widest widget.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        # Not imported with the module, because the first access to Qt's constants is slow.
        return QtCore.Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), moves=False)

    @override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, moves=True)

    @override
    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = max(0, len(sizes) - 1) * self.spacing()
        return QSize(sum(size.width() for size in sizes) + gaps, max((size.height() for size in sizes), default=0))

    @override
    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.sizeHint())
        return size

    def _arrange(self, rect: QRect, *, moves: bool) -> int:
        """Place the items from left to right and from top to bottom, and return the total height.

        Without ``moves``, the items are only measured.
        """
        top, left = rect.top(), rect.left()
        rows: list[list[tuple[QLayoutItem, int]]] = [[]]
        for item in self._items:
            if item.isEmpty():
                continue
            width = item.sizeHint().width()
            if rows[-1] and left + width > rect.right() + 1:
                left = rect.left()
                rows.append([])
            rows[-1].append((item, left))
            left += width + self.spacing()
        for row in rows:
            height = max((item.sizeHint().height() for item, _ in row), default=0)
            for item, x in row if moves else ():
                size = item.sizeHint()
                item.setGeometry(QRect(QPoint(x, top + (height - size.height()) // 2), size))
            top += height + self.spacing()
        return top - self.spacing() - rect.top()


def wrapping_row(parent: QWidget, *widgets: QWidget) -> QWidget:
    """Return a widget with a row of widgets that continues in the next row if there is too little space."""
    row = QWidget(parent)
    layout = FlowLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget)
    return row


Kind = TypeVar("Kind")


class ChoiceBar(QWidget, Generic[Kind]):
    """A bar with one button for each kind, of which exactly one is chosen, at first the first one.

    The Left and Right keys choose the previous and the next kind, cyclically.
    """

    chosen = Signal(object)
    """Carries the kind that was chosen by the user or with ``choose``. It may be the same as before."""

    def __init__(self, kinds: Iterable[Kind], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons = {kind: QToolButton(self) for kind in kinds}
        self._kinds = tuple(self._buttons)
        row = FlowLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in self._buttons.values():
            button.setObjectName("choice")
            button.setCheckable(True)
            button.setFocusPolicy(QtCore.Qt.FocusPolicy.TabFocus)
            self._group.addButton(button)
            row.addWidget(button)
        self._buttons[self._kinds[0]].setChecked(True)
        self._group.buttonClicked.connect(self._on_group_clicked)

    @property
    def kind(self) -> Kind:
        """The kind that is chosen now."""
        checked = self._group.checkedButton()
        return next((kind for kind, button in self._buttons.items() if button is checked), self._kinds[0])

    def button(self, kind: Kind) -> QToolButton:
        """Return the button of a kind. Raise KeyError if there is no such kind."""
        return self._buttons[kind]

    def choose(self, kind: Kind) -> None:
        """Choose a kind and emit ``chosen``, even if the kind is chosen already, as its contents may have changed."""
        self._buttons[kind].setChecked(True)
        self.chosen.emit(kind)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = QtCore.Qt.Key
        step = {keys.Key_Right: 1, keys.Key_Left: -1}.get(keys(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        kind = self._kinds[(self._kinds.index(self.kind) + step) % len(self._kinds)]
        self.choose(kind)
        self._buttons[kind].setFocus()

    def _on_group_clicked(self) -> None:
        self.chosen.emit(self.kind)
