"""The commands on seals as actions, for menus, buttons and keys."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from esign_desktop.domain.placing.arranging import Alignment, Direction
from esign_desktop.override import override
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.prepare.seals.commands import MIN_ALIGNED, MIN_DISTRIBUTED, SealCommands
from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu, QWidget

    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.tool_context import Selection


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


ALIGN_ACTIONS: Final = {
    SealAction.ALIGN_LEFT: Alignment.LEFT,
    SealAction.ALIGN_CENTER: Alignment.CENTER,
    SealAction.ALIGN_RIGHT: Alignment.RIGHT,
    SealAction.ALIGN_TOP: Alignment.TOP,
    SealAction.ALIGN_MIDDLE: Alignment.MIDDLE,
    SealAction.ALIGN_BOTTOM: Alignment.BOTTOM,
}
DISTRIBUTE_ACTIONS: Final = {
    SealAction.DISTRIBUTE_HORIZONTAL: Direction.HORIZONTAL,
    SealAction.DISTRIBUTE_VERTICAL: Direction.VERTICAL,
}
SEAL_KEYS: Final = {
    SealAction.DUPLICATE: "Ctrl+D",
    SealAction.COPY_TO_PAGES: "Ctrl+Shift+D",
    SealAction.ALIGN_LEFT: "Ctrl+Shift+Left",
    SealAction.ALIGN_RIGHT: "Ctrl+Shift+Right",
    SealAction.ALIGN_TOP: "Ctrl+Shift+Up",
    SealAction.ALIGN_BOTTOM: "Ctrl+Shift+Down",
    SealAction.ALIGN_CENTER: "Ctrl+Shift+C",
    SealAction.ALIGN_MIDDLE: "Ctrl+Shift+M",
    SealAction.DISTRIBUTE_HORIZONTAL: "Ctrl+Shift+H",
    SealAction.DISTRIBUTE_VERTICAL: "Ctrl+Shift+V",
    SealAction.CONFIRM: "Ctrl+Shift+Y",
    SealAction.TO_COORDINATES: "Ctrl+Shift+K",
}
_SHOWN_KEYS: Final = {
    SealAction.CUT: "Ctrl+X",
    SealAction.COPY: "Ctrl+C",
    SealAction.PASTE: "Ctrl+V",
    SealAction.DELETE: "Del",
}
"""Keys that whoever has the keyboard takes itself, since in a text field they mean text."""

_NAME_PREFIX: Final = "seal_"
_ICONS: Final = {
    SealAction.CUT: "cut",
    SealAction.COPY: "copy",
    SealAction.PASTE: "paste",
    SealAction.DUPLICATE: "copy",
    SealAction.COPY_TO_PAGES: "pages",
    SealAction.DELETE: "delete",
    SealAction.CONFIRM: "check",
    SealAction.TO_COORDINATES: "seal",
    SealAction.SPLIT: "cross-page",
    **{name: name.value.replace("_", "-") for name in (*ALIGN_ACTIONS, *DISTRIBUTE_ACTIONS)},
}


class SealActions(QObject):
    """All actions; each is enabled while it can do something. Their keys work inside ``room``."""

    copy_to_pages_requested = Signal()

    def __init__(self, commands: SealCommands, session: ContractSession, selection: Selection, room: QWidget) -> None:
        super().__init__(room)
        self._commands = commands
        self._by_name = {name: self._action(name, room) for name in SealAction}
        self._connect(session, selection)
        room.installEventFilter(self)
        self.retranslate()
        self.refresh()

    def __getitem__(self, name: SealAction) -> QAction:
        return self._by_name[name]

    @property
    def all(self) -> tuple[QAction, ...]:
        """Every action."""
        return tuple(self._by_name.values())

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        for name, text in action_texts().items():
            action = self._by_name[name]
            shown = _SHOWN_KEYS.get(name)
            keys = QKeySequence(shown).toString(QKeySequence.SequenceFormat.NativeText) if shown else ""
            action.setText(f"{text}\t{keys}" if keys else text)
            native = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text} ({native})" if native else text)

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

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        return super().eventFilter(watched, event)

    def _action(self, name: SealAction, room: QWidget) -> QAction:
        action = QAction(icon(_ICONS[name]), "", self)
        action.setObjectName(f"{_NAME_PREFIX}{name.value}")
        if name in SEAL_KEYS:
            action.setShortcut(QKeySequence(SEAL_KEYS[name]))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        room.addAction(action)
        return action

    def _connect(self, session: ContractSession, selection: Selection) -> None:
        commands = self._commands
        slots: dict[SealAction, Callable[[], None]] = {
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
        self._commands.align(ALIGN_ACTIONS[self._sent_by()])

    def _on_distribute_triggered(self) -> None:
        self._commands.distribute(DISTRIBUTE_ACTIONS[self._sent_by()])

    def _sent_by(self) -> SealAction:
        return SealAction(self.sender().objectName().removeprefix(_NAME_PREFIX))

    def _on_changed(self, _change: Change) -> None:
        self.refresh()


def fill_with_arranging(menu: QMenu, actions: SealActions) -> None:
    """Offer aligning and distributing."""
    for name in ALIGN_ACTIONS:
        menu.addAction(actions[name])
    menu.addSeparator()
    for name in DISTRIBUTE_ACTIONS:
        menu.addAction(actions[name])


def action_texts() -> dict[SealAction, str]:
    """Word the actions in the language of the window."""
    translate = QCoreApplication.translate
    return {
        SealAction.CUT: translate("SealActions", "Cut"),
        SealAction.COPY: translate("SealActions", "Copy"),
        SealAction.PASTE: translate("SealActions", "Paste"),
        SealAction.DUPLICATE: translate("SealActions", "Duplicate"),
        SealAction.COPY_TO_PAGES: translate("SealActions", "Copy to pages…"),
        SealAction.DELETE: translate("SealActions", "Remove"),
        SealAction.ALIGN_LEFT: translate("SealActions", "Align left edges"),
        SealAction.ALIGN_CENTER: translate("SealActions", "Align centres, side to side"),
        SealAction.ALIGN_RIGHT: translate("SealActions", "Align right edges"),
        SealAction.ALIGN_TOP: translate("SealActions", "Align upper edges"),
        SealAction.ALIGN_MIDDLE: translate("SealActions", "Align centres, up and down"),
        SealAction.ALIGN_BOTTOM: translate("SealActions", "Align lower edges"),
        SealAction.DISTRIBUTE_HORIZONTAL: translate("SealActions", "Equal gaps from left to right"),
        SealAction.DISTRIBUTE_VERTICAL: translate("SealActions", "Equal gaps from top to bottom"),
        SealAction.CONFIRM: translate("SealActions", "Agree to a seal at every match"),
        SealAction.TO_COORDINATES: translate("SealActions", "Make coordinates"),
        SealAction.SPLIT: translate("SealActions", "Divide into groups of pages"),
    }
