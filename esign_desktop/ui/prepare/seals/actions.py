"""The commands for seals as actions for menus, buttons and shortcut keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.placing.arranging import Alignment, Direction
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.prepare.seals.commands import MIN_ALIGNED, MIN_DISTRIBUTED, SealCommands
from esign_desktop.ui.prepare.tools.state import SEAL_WIDTHS_PT
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, Scope, make_action

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu, QWidget

    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.tools.state import Selection


SEAL_ACTIONS: Final = tuple(name for name, row in ACTIONS.items() if row.scope is Scope.SEALS)
ALIGN_ACTIONS: Final = {ActionName(f"align_{alignment}"): alignment for alignment in Alignment}
WIDTH_ACTIONS: Final = dict(
    zip((ActionName.WIDTH_40, ActionName.WIDTH_42, ActionName.WIDTH_45), SEAL_WIDTHS_PT, strict=True)
)
DISTRIBUTE_ACTIONS: Final = {ActionName(f"distribute_{direction}"): direction for direction in Direction}


class SealActions(QObject):
    """Provides an action for each seal command, and enables the actions that apply to the selection.

    The shortcut keys of the actions work inside ``room``.
    """

    copy_to_pages_requested = Signal()
    details_requested = Signal()

    def __init__(self, commands: SealCommands, session: ContractSession, selection: Selection, room: QWidget) -> None:
        super().__init__(room)
        self._commands = commands
        self._by_name = {name: self._action(name, room) for name in SEAL_ACTIONS}
        self._connect(session, selection)
        self.refresh()

    def __getitem__(self, name: ActionName) -> QAction:
        return self._by_name[name]

    @property
    def all(self) -> tuple[QAction, ...]:
        """The actions of all seal commands."""
        return tuple(self._by_name.values())

    def refresh(self) -> None:
        """Enable the actions that currently apply, and check the width of the selected or, if none, of new seals."""
        commands = self._commands
        has_selection = bool(commands.selected)
        count = commands.arrangeable_count
        enabled = {
            ActionName.PASTE_SEALS: commands.can_paste,
            ActionName.COPY_TO_PAGES: commands.can_copy_to_pages,
            ActionName.CONFIRM: commands.can_confirm,
            ActionName.TO_COORDINATES: commands.can_become_coordinates,
            ActionName.SPLIT: commands.can_split,
            **dict.fromkeys(ALIGN_ACTIONS, count >= MIN_ALIGNED),
            **dict.fromkeys(DISTRIBUTE_ACTIONS, count >= MIN_DISTRIBUTED),
            # Without a selection, the actions for widths set the width of new seals.
            **dict.fromkeys(WIDTH_ACTIONS, True),
        }
        for name, action in self._by_name.items():
            action.setEnabled(enabled.get(name, has_selection))
        widths = {placement.width_pt for placement in commands.selected}
        for name, width_pt in WIDTH_ACTIONS.items():
            self._by_name[name].setChecked((widths or {commands.new_width_pt}) == {width_pt})

    def _action(self, name: ActionName, room: QWidget) -> QAction:
        action = make_action(name, self)
        action.setData(ALIGN_ACTIONS.get(name) or DISTRIBUTE_ACTIONS.get(name) or WIDTH_ACTIONS.get(name))
        if name in WIDTH_ACTIONS:
            action.setCheckable(True)
            action.setIconText(f"{pt_to_mm(WIDTH_ACTIONS[name]):.0f}")
        room.addAction(action)
        return action

    def _connect(self, session: ContractSession, selection: Selection) -> None:
        commands = self._commands
        slots: dict[ActionName, Callable[[], object]] = {
            ActionName.CUT_SEALS: commands.cut,
            ActionName.COPY_SEALS: commands.copy,
            ActionName.PASTE_SEALS: commands.paste,
            ActionName.DUPLICATE: commands.duplicate,
            ActionName.COPY_TO_PAGES: self.copy_to_pages_requested.emit,
            ActionName.DETAILS: self.details_requested.emit,
            ActionName.REMOVE_SEALS: commands.remove,
            ActionName.CONFIRM: commands.confirm,
            ActionName.TO_COORDINATES: commands.turn_into_coordinates,
            ActionName.SPLIT: commands.split,
            **dict.fromkeys(ALIGN_ACTIONS, self._on_align_triggered),
            **dict.fromkeys(DISTRIBUTE_ACTIONS, self._on_distribute_triggered),
            **dict.fromkeys(WIDTH_ACTIONS, self._on_width_triggered),
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

    def _on_width_triggered(self) -> None:
        self._commands.set_width(float(self._sender_data()))
        self.refresh()

    def _sender_data(self) -> str:
        action = self.sender()
        return str(action.data()) if isinstance(action, QAction) else ""

    def _on_changed(self, _change: Change) -> None:
        self.refresh()


def fill_with_arranging(menu: QMenu, actions: SealActions) -> None:
    """Add the actions for aligning and distributing to a menu."""
    menu.addActions([actions[name] for name in ALIGN_ACTIONS])
    menu.addSeparator()
    menu.addActions([actions[name] for name in DISTRIBUTE_ACTIONS])
