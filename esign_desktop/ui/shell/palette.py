"""Provide the list of all actions in the menus, in which the user searches by typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QFrame, QHeaderView, QLineEdit, QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from esign_desktop.override import override
from esign_desktop.ui.widgets.actions import plain_text
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import room_for, vbox
from esign_desktop.ui.widgets.popup import Popup
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QMenuBar

_WIDTH_PX: Final = 560
_HEIGHT_PX: Final = 400
_TOP_PX: Final = 72
_ICON_PX: Final = 16
_ACTION_ROLE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Command:
    """An action that is enabled, with its path in the menus and its displayed keys."""

    action: QAction
    path: tuple[str, ...]
    keys: str

    @property
    def text(self) -> str:
        """The path in the menus as one text, as displayed in the list."""
        return " › ".join(self.path)


def commands_of(menu_bar: QMenuBar) -> tuple[Command, ...]:
    """Return all enabled actions in the menus of a menu bar, in menu order. Actions in disabled menus are left out."""
    return tuple(_commands(menu_bar.actions(), ()))


def _commands(actions: list[QAction], path: tuple[str, ...]) -> Iterator[Command]:
    for action in actions:
        if action.isSeparator() or not action.isVisible() or not action.isEnabled():
            continue
        text, _tab, shown_keys = action.text().partition("\t")
        place = (*path, plain_text(text))
        menu = action.menu()
        if isinstance(menu, QMenu):
            yield from _commands(menu.actions(), place)
        else:
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) or shown_keys
            yield Command(action, place, keys)


def _blank() -> QIcon:
    """Return a transparent icon, which aligns the texts of actions without an icon."""
    nothing = QPixmap(_ICON_PX, _ICON_PX)
    nothing.fill(Qt.GlobalColor.transparent)
    return QIcon(nothing)


class CommandPalette(Popup):
    """A popup with the list of commands. Enter executes the marked command. Esc or a click outside closes the popup."""

    manual_page = "shortcuts"

    def __init__(self, menu_bar: QMenuBar, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("CommandPalette", "Commands"), parent)
        self.setFixedSize(QSize(sized(_WIDTH_PX), sized(_HEIGHT_PX)).boundedTo(room_for(self)))
        self._commands = commands_of(menu_bar)
        self._edit = QLineEdit(self)
        self._edit.setPlaceholderText(self.tr("What would you like to do?"))
        self._edit.setAccessibleName(self.tr("Find command"))
        self._list = QTreeWidget(self)
        self._list.setAccessibleName(self.tr("Commands"))
        self._list.setColumnCount(2)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setIndentation(0)
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._none = PlainLabel(self, self.tr("No matching commands."), look="hint")
        vbox(self._edit, self._none, (self._list, 1), margins=(12, 12, 12, 12), parent=self)
        self._edit.textChanged.connect(self._show)
        self._list.itemClicked.connect(self._run)
        self._show("")

    def open(self) -> None:
        """Show the popup in the upper middle of its parent, and focus the search field."""
        window = self.parentWidget()
        if window is not None:
            self.move(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, _TOP_PX)))
        self.show()
        self._edit.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def shown(self) -> tuple[str, ...]:
        """The texts of the commands that match the typed text, in the order of the list."""
        items = (self._list.topLevelItem(row) for row in range(self._list.topLevelItemCount()))
        return tuple(item.text(0) for item in items if item is not None)

    @override
    def accept(self) -> None:
        self._run(self._list.currentItem())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self._step(+1)
            case Qt.Key.Key_Up:
                self._step(-1)
            case _:
                super().keyPressEvent(event)

    def _show(self, typed: str) -> None:
        words = typed.casefold().split()
        fitting = [c for c in self._commands if all(word in c.text.casefold() for word in words)]
        # Names that begin with the text precede names that only contain it.
        if words:
            fitting.sort(key=lambda command: not command.path[-1].casefold().startswith(words[0]))
        self._list.clear()
        blank = _blank()
        for command in fitting:
            item = QTreeWidgetItem([command.text, command.keys])
            symbol = command.action.icon()
            item.setIcon(0, blank if symbol.isNull() else symbol)
            item.setData(0, _ACTION_ROLE, command.action)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._list.addTopLevelItem(item)
        self._none.setVisible(not fitting)
        if not fitting and self.isVisible():
            announce(self._edit, self._none.text())
        self._mark(0)

    def _step(self, by: int) -> None:
        count = self._list.topLevelItemCount()
        if count:
            self._mark((self._list.currentIndex().row() + by) % count)

    def _mark(self, row: int) -> None:
        item = self._list.topLevelItem(row)
        if item is not None:
            self._list.setCurrentItem(item)
            if self.isVisible():
                # The focus stays in the search field, so a screen reader would not notice the marked command.
                announce(self._edit, f"{item.text(0)} {item.text(1)}".strip())

    def _run(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        action = item.data(0, _ACTION_ROLE)
        self.close()
        # Deferred until the previous widget has the focus again, because some commands act on the focused widget.
        QTimer.singleShot(0, action, action.trigger)
