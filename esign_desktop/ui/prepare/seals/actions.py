"""The commands on seals as actions, for menus, buttons and keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from esign_desktop.domain.placing.arranging import Alignment, Direction
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.prepare.seals.commands import MIN_ALIGNED, MIN_DISTRIBUTED, SealCommands
from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu, QWidget

    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.tools.state import Selection


class SealAction(StrEnum):
    """What can be done with the selected seals."""

    CUT = "cut"
    COPY = "copy"
    PASTE = "paste"
    DUPLICATE = "duplicate"
    COPY_TO_PAGES = "copy_to_pages"
    DELETE = "delete"
    ALIGN_LEFT = "align_left"
    ALIGN_CENTER = "align_center"
    ALIGN_RIGHT = "align_right"
    ALIGN_TOP = "align_top"
    ALIGN_MIDDLE = "align_middle"
    ALIGN_BOTTOM = "align_bottom"
    DISTRIBUTE_HORIZONTAL = "distribute_horizontal"
    DISTRIBUTE_VERTICAL = "distribute_vertical"
    CONFIRM = "confirm"
    TO_COORDINATES = "to_coordinates"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class _Entry:
    """``shown_keys`` are keys that whoever has the keyboard takes itself, since in a text field they mean text.

    Without an ``icon`` it is that of the action's name.
    """

    text: object
    keys: str = ""
    icon: str = ""
    shown_keys: str = ""


_ENTRIES: Final = {
    SealAction.CUT: _Entry(QT_TRANSLATE_NOOP("SealActions", "Cut"), shown_keys="Ctrl+X"),
    SealAction.COPY: _Entry(QT_TRANSLATE_NOOP("SealActions", "Copy"), shown_keys="Ctrl+C"),
    SealAction.PASTE: _Entry(QT_TRANSLATE_NOOP("SealActions", "Paste"), shown_keys="Ctrl+V"),
    SealAction.DUPLICATE: _Entry(QT_TRANSLATE_NOOP("SealActions", "Duplicate"), "Ctrl+D", icon="copy"),
    SealAction.COPY_TO_PAGES: _Entry(QT_TRANSLATE_NOOP("SealActions", "Copy to pages…"), "Ctrl+Shift+D", icon="pages"),
    SealAction.DELETE: _Entry(QT_TRANSLATE_NOOP("SealActions", "Remove"), shown_keys="Del"),
    SealAction.ALIGN_LEFT: _Entry(QT_TRANSLATE_NOOP("SealActions", "Align left edges"), "Ctrl+Shift+Left"),
    SealAction.ALIGN_CENTER: _Entry(QT_TRANSLATE_NOOP("SealActions", "Align centres, side to side"), "Ctrl+Shift+C"),
    SealAction.ALIGN_RIGHT: _Entry(QT_TRANSLATE_NOOP("SealActions", "Align right edges"), "Ctrl+Shift+Right"),
    SealAction.ALIGN_TOP: _Entry(QT_TRANSLATE_NOOP("SealActions", "Align upper edges"), "Ctrl+Shift+Up"),
    SealAction.ALIGN_MIDDLE: _Entry(QT_TRANSLATE_NOOP("SealActions", "Align centres, up and down"), "Ctrl+Shift+M"),
    SealAction.ALIGN_BOTTOM: _Entry(QT_TRANSLATE_NOOP("SealActions", "Align lower edges"), "Ctrl+Shift+Down"),
    SealAction.DISTRIBUTE_HORIZONTAL: _Entry(
        QT_TRANSLATE_NOOP("SealActions", "Equal gaps from left to right"), "Ctrl+Shift+H"
    ),
    SealAction.DISTRIBUTE_VERTICAL: _Entry(
        QT_TRANSLATE_NOOP("SealActions", "Equal gaps from top to bottom"), "Ctrl+Shift+V"
    ),
    SealAction.CONFIRM: _Entry(
        QT_TRANSLATE_NOOP("SealActions", "Agree to a seal at every match"), "Ctrl+Shift+Y", icon="check"
    ),
    SealAction.TO_COORDINATES: _Entry(
        QT_TRANSLATE_NOOP("SealActions", "Make coordinates"), "Ctrl+Shift+K", icon="seal"
    ),
    SealAction.SPLIT: _Entry(QT_TRANSLATE_NOOP("SealActions", "Divide into groups of pages"), icon="cross-page"),
}
ALIGN_ACTIONS: Final = {SealAction(f"align_{alignment}"): alignment for alignment in Alignment}
DISTRIBUTE_ACTIONS: Final = {SealAction(f"distribute_{direction}"): direction for direction in Direction}
SEAL_KEYS: Final = {name: entry.keys for name, entry in _ENTRIES.items() if entry.keys}


def action_texts() -> dict[SealAction, str]:
    """Return what each action is called."""
    return {name: QCoreApplication.translate("SealActions", str(entry.text)) for name, entry in _ENTRIES.items()}


class SealActions(QObject):
    """All actions; each is enabled while it can do something. Their keys work inside ``room``."""

    copy_to_pages_requested = Signal()

    def __init__(self, commands: SealCommands, session: ContractSession, selection: Selection, room: QWidget) -> None:
        super().__init__(room)
        self._commands = commands
        texts = action_texts()
        self._by_name = {name: self._action(name, texts[name], room) for name in SealAction}
        self._connect(session, selection)
        self.refresh()

    def __getitem__(self, name: SealAction) -> QAction:
        return self._by_name[name]

    @property
    def all(self) -> tuple[QAction, ...]:
        """Every action."""
        return tuple(self._by_name.values())

    def refresh(self) -> None:
        """Enable what can be done now."""
        commands = self._commands
        has_selection = bool(commands.selected)
        count = commands.arrangeable_count
        enabled = {
            SealAction.PASTE: commands.can_paste,
            SealAction.COPY_TO_PAGES: commands.can_copy_to_pages,
            SealAction.CONFIRM: commands.can_confirm,
            SealAction.TO_COORDINATES: commands.can_become_coordinates,
            SealAction.SPLIT: commands.can_split,
            **dict.fromkeys(ALIGN_ACTIONS, count >= MIN_ALIGNED),
            **dict.fromkeys(DISTRIBUTE_ACTIONS, count >= MIN_DISTRIBUTED),
        }
        for name, action in self._by_name.items():
            action.setEnabled(enabled.get(name, has_selection))

    def _action(self, name: SealAction, text: str, room: QWidget) -> QAction:
        entry = _ENTRIES[name]
        keys = QKeySequence(entry.keys or entry.shown_keys).toString(QKeySequence.SequenceFormat.NativeText)
        symbol = entry.icon or name.replace("_", "-")
        action = QAction(icon(symbol), f"{text}\t{keys}" if entry.shown_keys else text, self)
        action.setToolTip(f"{text} ({keys})" if entry.keys else text)
        action.setData(ALIGN_ACTIONS.get(name) or DISTRIBUTE_ACTIONS.get(name))
        if entry.keys:
            action.setShortcut(QKeySequence(entry.keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        room.addAction(action)
        return action

    def _connect(self, session: ContractSession, selection: Selection) -> None:
        commands = self._commands
        slots: dict[SealAction, Callable[[], object]] = {
            SealAction.CUT: commands.cut,
            SealAction.COPY: commands.copy,
            SealAction.PASTE: commands.paste,
            SealAction.DUPLICATE: commands.duplicate,
            SealAction.COPY_TO_PAGES: self.copy_to_pages_requested.emit,
            SealAction.DELETE: commands.remove,
            SealAction.CONFIRM: commands.confirm,
            SealAction.TO_COORDINATES: commands.turn_into_coordinates,
            SealAction.SPLIT: commands.split,
            **dict.fromkeys(ALIGN_ACTIONS, self._on_align_triggered),
            **dict.fromkeys(DISTRIBUTE_ACTIONS, self._on_distribute_triggered),
        }
        for name, slot in slots.items():
            self._by_name[name].triggered.connect(slot)
        selection.changed.connect(self.refresh)
        commands.clipboard_changed.connect(self.refresh)
        self._at_rest = DebouncedChanges(session, self)
        self._at_rest.changed.connect(self._on_changed)

    def _on_align_triggered(self) -> None:
        self._commands.align(Alignment(self._sender_data()))

    def _on_distribute_triggered(self) -> None:
        self._commands.distribute(Direction(self._sender_data()))

    def _sender_data(self) -> str:
        action = self.sender()
        return str(action.data()) if isinstance(action, QAction) else ""

    def _on_changed(self, _change: Change) -> None:
        self.refresh()


def fill_with_arranging(menu: QMenu, actions: SealActions) -> None:
    """Offer aligning and distributing."""
    menu.addActions([actions[name] for name in ALIGN_ACTIONS])
    menu.addSeparator()
    menu.addActions([actions[name] for name in DISTRIBUTE_ACTIONS])
