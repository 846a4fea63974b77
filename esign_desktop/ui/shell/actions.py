"""What the menus and their keys can do, by name."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from esign_desktop.ui.shell.rail import ROOM_KEYS, RoomName, room_title
from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class ActionName(StrEnum):
    """An action of the main window."""

    OPEN = "open"
    NEW = "new"
    DRAFTS = "drafts"
    DISCARD = "discard"
    QUIT = "quit"
    UNDO = "undo"
    REDO = "redo"
    HISTORY = "history"
    CUT = "cut"
    COPY = "copy"
    PASTE = "paste"
    SELECT_ALL = "select_all"
    DELETE = "delete"
    SEND = "send"
    SAVE_PRESET = "save_preset"
    PRESETS = "presets"
    COUNTER = "counter"
    ADD_PERSON = "add_person"
    ADD_ORGANIZATION = "add_organization"
    NEXT_PROBLEM = "next_problem"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ACTUAL_SIZE = "actual_size"
    FIT_WIDTH = "fit_width"
    FIT_PAGE = "fit_page"
    COMMANDS = "commands"
    KEYS = "keys"
    LOG_FOLDER = "log_folder"
    ABOUT = "about"


KEYS: Final = {
    ActionName.OPEN: "Ctrl+O",
    ActionName.NEW: "Ctrl+N",
    ActionName.DRAFTS: "Ctrl+Shift+O",
    ActionName.QUIT: "Ctrl+Q",
    ActionName.UNDO: "Ctrl+Z",
    ActionName.REDO: "Ctrl+Shift+Z",
    ActionName.HISTORY: "Ctrl+H",
    ActionName.ZOOM_IN: "Ctrl++",
    ActionName.ZOOM_OUT: "Ctrl+-",
    ActionName.ACTUAL_SIZE: "Ctrl+0",
    ActionName.FIT_WIDTH: "Ctrl+9",
    ActionName.FIT_PAGE: "Ctrl+8",
    ActionName.COUNTER: "F11",
    ActionName.COMMANDS: "Ctrl+K",
    ActionName.KEYS: "F1",
}
WIDGET_KEYS: Final = {
    ActionName.CUT: "Ctrl+X",
    ActionName.COPY: "Ctrl+C",
    ActionName.PASTE: "Ctrl+V",
    ActionName.SELECT_ALL: "Ctrl+A",
    ActionName.DELETE: "Del",
    ActionName.SEND: "Ctrl+Return",
    ActionName.NEXT_PROBLEM: "F8",
}
"""Keys that the focused widget or the room takes itself; the menu only shows them."""

_ICONS: Final = {
    ActionName.OPEN: "open",
    ActionName.NEW: "add",
    ActionName.DISCARD: "delete",
    ActionName.UNDO: "undo",
    ActionName.REDO: "redo",
    ActionName.SEND: "send",
    ActionName.SAVE_PRESET: "save",
    ActionName.ADD_PERSON: "person",
    ActionName.ADD_ORGANIZATION: "organization",
    ActionName.PRESETS: "templates",
    ActionName.COUNTER: "qr",
    ActionName.ZOOM_IN: "zoom-in",
    ActionName.ZOOM_OUT: "zoom-out",
    ActionName.FIT_WIDTH: "fit-width",
    ActionName.FIT_PAGE: "fit-page",
}
THEME_MODES: Final = ("system", "light", "dark")
LANGUAGE_NAMES: Final = {"zh_CN": "简体中文", "en": "English"}


class Actions(QObject):
    """All actions of the main window; ``retranslate`` words them in its language."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._by_name = {name: self._action(name) for name in ActionName}
        self.rooms = {name: QAction(icon(name.value), "", self) for name in RoomName}
        for room, action in self.rooms.items():
            action.setShortcuts(key_sequences(ROOM_KEYS[room]))
            action.setData(room)
        self.themes = self._choices(THEME_MODES)
        self.languages = self._choices(("", *LANGUAGE_NAMES))
        self[ActionName.ZOOM_IN].setShortcuts(key_sequences("Ctrl++", "Ctrl+="))
        self[ActionName.REDO].setShortcuts(key_sequences("Ctrl+Shift+Z", "Ctrl+Y"))
        self[ActionName.QUIT].setMenuRole(QAction.MenuRole.QuitRole)
        self[ActionName.ABOUT].setMenuRole(QAction.MenuRole.AboutRole)
        self.rooms[RoomName.SETTINGS].setMenuRole(QAction.MenuRole.PreferencesRole)
        window.addActions([*self._by_name.values(), *self.rooms.values()])
        self.retranslate()

    def __getitem__(self, name: ActionName) -> QAction:
        return self._by_name[name]

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        for name, text in self.texts().items():
            shown = WIDGET_KEYS.get(name)
            keys = QKeySequence.fromString(shown).toString(QKeySequence.SequenceFormat.NativeText) if shown else ""
            self[name].setText(f"{text}\t{keys}" if keys else text)
        for room, action in self.rooms.items():
            action.setText(room_title(room))
        for mode, text in zip(
            THEME_MODES, (self.tr("Like the desktop"), self.tr("Light"), self.tr("Dark")), strict=True
        ):
            self.themes[mode].setText(text)
        self.languages[""].setText(self.tr("Like the desktop"))
        for language, text in LANGUAGE_NAMES.items():
            self.languages[language].setText(text)

    def texts(self) -> dict[ActionName, str]:
        """Word the actions that always mean the same; undo and redo are worded by what they take back."""
        return {
            ActionName.OPEN: self.tr("&Open PDF…"),
            ActionName.NEW: self.tr("&New contract"),
            ActionName.DRAFTS: self.tr("All d&rafts…"),
            ActionName.HISTORY: self.tr("&History…"),
            ActionName.COMMANDS: self.tr("&Find a command…"),
            ActionName.DISCARD: self.tr("&Discard this contract"),
            ActionName.QUIT: self.tr("&Quit"),
            ActionName.CUT: self.tr("Cu&t"),
            ActionName.COPY: self.tr("&Copy"),
            ActionName.PASTE: self.tr("&Paste"),
            ActionName.SELECT_ALL: self.tr("Select &all"),
            ActionName.DELETE: self.tr("&Delete"),
            ActionName.SEND: self.tr("Review and &send"),
            ActionName.SAVE_PRESET: self.tr("Save as &preset…"),
            ActionName.PRESETS: self.tr("P&resets…"),
            ActionName.COUNTER: self.tr("&Counter"),
            ActionName.ADD_PERSON: self.tr("Add a p&erson who signs"),
            ActionName.ADD_ORGANIZATION: self.tr("Add an &organization that signs"),
            ActionName.NEXT_PROBLEM: self.tr("Next &problem"),
            ActionName.ZOOM_IN: self.tr("Zoom &in"),
            ActionName.ZOOM_OUT: self.tr("Zoom &out"),
            ActionName.ACTUAL_SIZE: self.tr("&Actual size"),
            ActionName.FIT_WIDTH: self.tr("Fit &width"),
            ActionName.FIT_PAGE: self.tr("Fit &page"),
            ActionName.KEYS: self.tr("&Keyboard shortcuts"),
            ActionName.LOG_FOLDER: self.tr("Open &log folder"),
            ActionName.ABOUT: self.tr("&About"),
        }

    def _action(self, name: ActionName) -> QAction:
        action = QAction(self)
        action.setObjectName(name.value)
        if name in _ICONS:
            action.setIcon(icon(_ICONS[name]))
        if name in KEYS:
            action.setShortcuts(key_sequences(KEYS[name]))
        return action

    def _choices(self, values: tuple[str, ...]) -> dict[str, QAction]:
        group = QActionGroup(self)
        actions = {value: QAction(group) for value in values}
        for value, action in actions.items():
            action.setCheckable(True)
            action.setData(value)
        return actions


def key_sequences(*keys: str) -> list[QKeySequence]:
    """Read key chords."""
    return [QKeySequence.fromString(one) for one in keys]
