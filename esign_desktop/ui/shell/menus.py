"""Provide the menu bar, with submenus of recent files, drafts, themes and languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from esign_desktop.ui.text.i18n import LANGUAGE_NAMES
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, Scope, make_action
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.opening import open_link

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from esign_desktop.domain.contract.draft import DraftSummary
    from esign_desktop.ui.prepare.seals.actions import SealActions

_LONGEST_TITLE: Final = 48


class MenuBar(QMenuBar):
    """The menu bar of the main window. ``actions_by_name`` contains all its actions, which other objects connect."""

    recent_chosen = Signal(str)
    """Carries the path of the recent file to be opened."""
    draft_chosen = Signal(str)
    """Carries the id of the draft to be opened."""
    theme_chosen = Signal(str)
    """Carries the name of the chosen theme, or ``system``."""
    language_chosen = Signal(str)
    """Carries the code of the chosen language, or an empty text for the desktop's language."""
    failure_reported = Signal(str)
    """Carries a sentence about a command that could not be executed."""

    def __init__(self, parent: QWidget) -> None:
        """Create the menus and their actions. The keys of the actions work in the whole window ``parent``."""
        super().__init__(parent)
        scopes = {Scope.WINDOW, Scope.PAGES}
        self.actions_by_name: Mapping[ActionName, QAction] = {
            name: make_action(name, parent) for name, row in ACTIONS.items() if row.scope in scopes
        }
        parent.addActions(list(self.actions_by_name.values()))
        for name, role in (
            (ActionName.QUIT, QAction.MenuRole.QuitRole),
            (ActionName.ABOUT, QAction.MenuRole.AboutRole),
            (ActionName.SETTINGS, QAction.MenuRole.PreferencesRole),
        ):
            self.actions_by_name[name].setMenuRole(role)
        self._file, self._edit = self.addMenu(self.tr("&File")), self.addMenu(self.tr("&Edit"))
        self._view, self._help = self.addMenu(self.tr("&View")), self.addMenu(self.tr("&Help"))
        self._recents, self._drafts = QMenu(self.tr("Open &recent"), self), QMenu(self.tr("&Drafts"), self)
        self._themes, self._languages = QMenu(self.tr("&Theme"), self), QMenu(self.tr("&Language"), self)
        self._arrange = QMenu(self.tr("Arran&ge"), self)
        self._arrange.menuAction().setVisible(False)
        self._recents.setIcon(icon("clock"))
        self._drafts.setIcon(icon("document"))
        self._languages.setIcon(icon("globe"))
        as_desktop = self.tr("Use system setting")
        themes = {"system": as_desktop, "light": self.tr("Light"), "dark": self.tr("Dark")}
        themes["contrast"] = self.tr("High contrast (black)")
        themes["contrast_light"] = self.tr("High contrast (white)")
        self._theme_choices = _fill_with_choices(self._themes, themes)
        self._language_choices = _fill_with_choices(self._languages, {"": as_desktop, **LANGUAGE_NAMES})
        self._fill()
        self._connect()
        self.show_recents(())
        self.show_drafts(())
        self.show_rehearsal("")
        self.show_lock(is_shown=False)

    def show_recents(self, paths: tuple[Path, ...]) -> None:
        """Replace the entries of the menu of recent files with ``paths``. The menu is disabled if there are none."""
        _refill(
            self._recents,
            [(one_line(path.name), str(path), one_line(str(path), most_characters=1000), False) for path in paths],
        )

    def show_drafts(self, drafts: tuple[DraftSummary, ...]) -> None:
        """Replace the entries of the menu of drafts.

        The open contract is marked. The menu is disabled if there are none.
        """
        untitled = self.tr("Untitled")
        _refill(
            self._drafts,
            [
                (
                    f"{one_line(one.title, most_characters=_LONGEST_TITLE) or untitled}\t{_saved_at(one)}",
                    str(one.id),
                    "",
                    one.is_open,
                )
                for one in drafts
            ],
        )

    def show_seal_actions(self, actions: SealActions) -> None:
        """Add the actions of seals to the Edit menu. Call this once, after Prepare has been created."""
        from esign_desktop.ui.prepare.seals.actions import WIDTH_ACTIONS, fill_with_arranging

        before = self.actions_by_name[ActionName.DELETE]
        for name in (ActionName.DUPLICATE, ActionName.COPY_TO_PAGES):
            self._edit.insertAction(before, actions[name])
        fill_with_arranging(self._arrange, actions)
        self._arrange.addSeparator()
        self._arrange.addActions([actions[name] for name in WIDTH_ACTIONS])
        self._arrange.menuAction().setVisible(True)

    def show_rehearsal(self, console_url: str) -> None:
        """Show the entry that opens the console of the rehearsal platform, or hide it if ``console_url`` is empty."""
        action = self.actions_by_name[ActionName.REHEARSAL]
        action.setData(console_url)
        action.setVisible(bool(console_url))
        action.setEnabled(bool(console_url))

    def show_lock(self, *, is_shown: bool) -> None:
        """Show or hide the entry that signs the teller out."""
        action = self.actions_by_name[ActionName.LOCK]
        action.setVisible(is_shown)
        action.setEnabled(is_shown)

    def show_theme(self, mode: str) -> None:
        """Mark the entry of the current theme. Raise KeyError if there is no such theme."""
        self._theme_choices[mode].setChecked(True)

    def fix_language(self) -> None:
        """Disable the choice of the language. Call this if a policy sets the language."""
        self._languages.setEnabled(False)

    def show_language(self, choice: str) -> None:
        """Mark the entry of the chosen language. An empty choice means the desktop's language."""
        self._language_choices[choice].setChecked(True)

    def _fill(self) -> None:
        rooms = (
            *(ActionName.PREPARE, ActionName.TRACK, ActionName.BULK, ActionName.CONTACTS, ActionName.PRESETS),
            ActionName.SETTINGS,
        )
        for menu, entries in (
            (self._file, (ActionName.NEW, ActionName.OPEN, ActionName.FROM_TEMPLATE, self._recents, None)),
            (self._file, (self._drafts, ActionName.DRAFTS, ActionName.DISCARD, None)),
            (self._file, (ActionName.SAVE_PRESET, None, ActionName.SEND, None, ActionName.LOCK, ActionName.QUIT)),
            (self._edit, (ActionName.UNDO, ActionName.REDO, ActionName.HISTORY, None)),
            (self._edit, (ActionName.CUT, ActionName.COPY, ActionName.PASTE)),
            (self._edit, (ActionName.DELETE, None, ActionName.SELECT_ALL, None, self._arrange, None)),
            (self._edit, (ActionName.ADD_OURS, ActionName.ADD_PERSON, ActionName.ADD_ORGANIZATION, None)),
            (self._edit, (ActionName.SIGN_EARLIER, ActionName.SIGN_LATER, ActionName.SIGN_TOGETHER, None)),
            (self._edit, (ActionName.FIND, ActionName.NEXT_PROBLEM)),
            (self._view, (*rooms, None, ActionName.COUNTER, None)),
            (self._view, (ActionName.GO_TO_PAGE, ActionName.ZOOM_IN, ActionName.ZOOM_OUT, ActionName.ACTUAL_SIZE)),
            (
                self._view,
                (
                    ActionName.FIT_WIDTH,
                    ActionName.FIT_PAGE,
                    ActionName.FINISHED_LOOK,
                    None,
                    self._themes,
                    self._languages,
                ),
            ),
            (self._help, (ActionName.MANUAL, ActionName.COMMANDS, ActionName.KEYS, ActionName.FIRST_STEPS)),
            (self._help, (ActionName.LOG_FOLDER, ActionName.REHEARSAL)),
            (self._help, (None, ActionName.ABOUT)),
        ):
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                elif isinstance(entry, QMenu):
                    menu.addMenu(entry)
                else:
                    menu.addAction(self.actions_by_name[entry])

    def _connect(self) -> None:
        self._recents.triggered.connect(self._on_recents_triggered)
        self._drafts.triggered.connect(self._on_drafts_triggered)
        self._themes.triggered.connect(self._on_themes_triggered)
        self._languages.triggered.connect(self._on_languages_triggered)
        self.actions_by_name[ActionName.REHEARSAL].triggered.connect(self._on_rehearsal_triggered)

    def _on_recents_triggered(self, action: QAction) -> None:
        self.recent_chosen.emit(action.data())

    def _on_drafts_triggered(self, action: QAction) -> None:
        self.draft_chosen.emit(action.data())

    def _on_themes_triggered(self, action: QAction) -> None:
        self.theme_chosen.emit(action.data())

    def _on_rehearsal_triggered(self) -> None:
        address = self.actions_by_name[ActionName.REHEARSAL].data()
        open_link(address, self.failure_reported.emit)

    def _on_languages_triggered(self, action: QAction) -> None:
        self.language_chosen.emit(action.data())


def _fill_with_choices(menu: QMenu, texts: Mapping[str, str]) -> dict[str, QAction]:
    """Fill a menu with actions of which one is checked, and return them, keyed by value.

    The data of an action is its value.
    """
    group = QActionGroup(menu)
    choices: dict[str, QAction] = {}
    for value, text in texts.items():
        action = group.addAction(text)
        action.setCheckable(True)
        action.setData(value)
        menu.addAction(action)
        choices[value] = action
    return choices


def _saved_at(draft: DraftSummary) -> str:
    from esign_desktop.ui.text.moments import china_time

    return china_time(draft.saved_at_ms)


def _refill(menu: QMenu, entries: list[tuple[str, str, str, bool]]) -> None:
    """Replace the entries of a menu. An entry consists of text, value, status tip, and whether it is marked."""
    menu.clear()
    menu.setEnabled(bool(entries))
    for text, value, tip, is_marked in entries:
        action = menu.addAction(text.replace("&", "&&"))
        action.setData(value)
        action.setStatusTip(tip)
        action.setCheckable(is_marked)
        action.setChecked(is_marked)
