"""Provide a card in a column, which the user can choose, move and remove by mouse, menu and keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from esign_desktop.override import override
from esign_desktop.ui.widgets.more_button import MoreButton
from esign_desktop.ui.widgets.theme import repolish, sized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class MenuCard(QFrame):
    """The base of cards with a menu button and keys: Alt+Up and Alt+Down move, Delete removes, F2 edits.

    A subclass lays out the card and fills the menu. Every signal carries the id of the object that the card shows.
    """

    chosen = Signal(object)
    """Carries the id of the object whose card the user chose."""
    removal_requested = Signal(object)
    """Carries the id of the object that the user wants to remove."""
    move_requested = Signal(object, int)
    """Carries the id of the object, and -1 to move it up or earlier, or +1 to move it down or later."""

    def __init__(self, subject_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject_id = subject_id
        self._can_move = True, True
        self._entries: dict[Callable[[], None], QAction] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription(self.tr("F2 edits, Delete removes, the Menu key shows more actions"))
        self._menu = QMenu(self)
        self._menu_button = MoreButton(self._menu, self)
        self._menu_button.setIconSize(QSize(sized(16), sized(16)))
        self._menu_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_chosen(self, *, is_chosen: bool) -> None:
        """Set whether the card looks like the chosen one."""
        if bool(self.property("chosen")) != is_chosen:
            self.setProperty("chosen", is_chosen)
            repolish(self)

    def edit(self) -> None:
        """Let the user edit the object that the card shows.

        Subclasses override this; the default implementation does nothing.
        """

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._menu.popup(event.globalPos())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        match event.key():
            case Qt.Key.Key_F2:
                self.edit()
            case Qt.Key.Key_Delete:
                self._request_removal()
            case Qt.Key.Key_Up if with_alt:
                self._move_up()
            case Qt.Key.Key_Down if with_alt:
                self._move_down()
            case Qt.Key.Key_Menu:
                self._menu.popup(self.mapToGlobal(self.rect().center()))
            case _:
                super().keyPressEvent(event)

    def _fill_menu(self, entries: Iterable[tuple[str, Callable[[], None]]]) -> None:
        self._menu.clear()
        for text, slot in entries:
            action = QAction(text, self._menu)
            action.triggered.connect(slot)
            self._menu.addAction(action)
            self._entries[slot] = action
        self._show_moves()

    def set_moves(self, *, can_move_up: bool, can_move_down: bool) -> None:
        """Set which of the menu's entries that move the card are enabled. The keys are not affected."""
        self._can_move = can_move_up, can_move_down
        self._show_moves()

    def _show_moves(self) -> None:
        for slot, can_move in zip((self._move_up, self._move_down), self._can_move, strict=True):
            if slot in self._entries:
                self._entries[slot].setEnabled(can_move)

    def _move_up(self) -> None:
        self.move_requested.emit(self._subject_id, -1)

    def _move_down(self) -> None:
        self.move_requested.emit(self._subject_id, +1)

    def _request_removal(self) -> None:
        self.removal_requested.emit(self._subject_id)
