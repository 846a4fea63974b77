"""Connect the actions of the menus to the parts of the window that execute them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QMetaObject, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.ui.prepare.history import edit_sentence
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName, Scope
from esign_desktop.ui.widgets.opening import open_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.editing.session import Change
    from esign_desktop.ui.shell.menus import MenuBar
    from esign_desktop.ui.shell.workspace import Workspace

_TEXT_SLOTS: Final = {
    ActionName.CUT: "cut",
    ActionName.COPY: "copy",
    ActionName.PASTE: "paste",
    ActionName.SELECT_ALL: "selectAll",
}


_IN_PREPARE: Final = (
    ActionName.OPEN,
    ActionName.FROM_TEMPLATE,
    ActionName.NEW,
    ActionName.SEND,
    ActionName.SAVE_PRESET,
    ActionName.ADD_PERSON,
    ActionName.ADD_ORGANIZATION,
    ActionName.ADD_OURS,
)


_OF_SIGNERS: Final = (
    ActionName.ADD_PERSON,
    ActionName.ADD_ORGANIZATION,
    ActionName.ADD_OURS,
    ActionName.SIGN_EARLIER,
    ActionName.SIGN_LATER,
    ActionName.SIGN_TOGETHER,
)
_EDITING: Final = (
    *(ActionName.HISTORY, ActionName.CUT, ActionName.PASTE, ActionName.SELECT_ALL, ActionName.DELETE),
    *_OF_SIGNERS,
)
_NOT_OF_TEMPLATES: Final = (ActionName.SAVE_PRESET, ActionName.FINISHED_LOOK, *_OF_SIGNERS)


class Commands(QObject):
    """Connects the actions of the menus to their slots, and enables those that apply."""

    room_requested = Signal(str)
    """Carries the name of the room in which the effect of an action is seen."""
    failure_reported = Signal(str)
    """Carries a sentence about a command that could not be executed."""

    def __init__(self, menus: MenuBar, workspace: Workspace, log_dir: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = menus.actions_by_name
        self._menus = menus
        self._workspace = workspace
        self._log_dir = log_dir
        self._room = RoomName.PREPARE
        seals = workspace.prepare.canvas.commands
        self._seal_commands = {
            ActionName.CUT: seals.cut,
            ActionName.COPY: seals.copy,
            ActionName.PASTE: seals.paste,
            ActionName.SELECT_ALL: workspace.prepare.canvas.select_all,
        }
        menus.show_seal_actions(workspace.prepare.canvas.actions_by_name)
        self._connect()
        self.show_history()

    def show_history(self) -> None:
        """Update the texts and the state of *Undo* and *Redo*. Both are disabled outside Prepare."""
        session = self._workspace.session
        undo, redo = session.undo_name, session.redo_name
        for name, edit, text in (
            (ActionName.UNDO, undo, self.tr("&Undo: {edit}") if undo else self.tr("&Undo")),
            (ActionName.REDO, redo, self.tr("&Redo: {edit}") if redo else self.tr("&Redo")),
        ):
            # Other rooms use these keys for a history of their own, or have none.
            is_here = self._room is RoomName.PREPARE and not self._workspace.prepare.state.is_finished
            self._actions[name].setEnabled(edit is not None and is_here)
            self._actions[name].setText(text.format(edit=edit_sentence(edit)) if edit else text)

    def show_room(self, name: RoomName) -> None:
        """Enable the actions that apply in a room, which is now the current one."""
        self._room = name
        self._show_enabled()

    def _show_enabled(self) -> None:
        """Enable the actions that apply to the current room and to what Prepare shows.

        The actions that edit a contract are disabled in the final look, and most of them for a template.
        """
        state = self._workspace.prepare.state
        left_out = {*(_EDITING if state.is_finished else ()), *(_NOT_OF_TEMPLATES if state.shows_template else ())}
        for name, row in ACTIONS.items():
            if row.scope is Scope.PAGES or name in {*_EDITING, *_NOT_OF_TEMPLATES}:
                is_here = row.scope is not Scope.PAGES or self._room is RoomName.PREPARE
                self._actions[name].setEnabled(is_here and name not in left_out)
        self._actions[ActionName.FINISHED_LOOK].setChecked(state.is_finished)
        self.show_history()

    def _connect(self) -> None:
        workspace, prepare = self._workspace, self._workspace.prepare
        contract, view, session = workspace.contract, prepare.canvas.view, workspace.session
        slots: dict[ActionName, Callable[[], object]] = {
            ActionName.OPEN: contract.choose_files,
            ActionName.FROM_TEMPLATE: contract.choose_template,
            ActionName.NEW: contract.new_contract,
            ActionName.DISCARD: contract.discard_contract,
            ActionName.DRAFTS: contract.show_drafts,
            ActionName.HISTORY: prepare.open_history,
            ActionName.COMMANDS: self._on_commands_triggered,
            ActionName.UNDO: session.undo,
            ActionName.REDO: session.redo,
            ActionName.SEND: prepare.problems_bar.press_send,
            ActionName.SAVE_PRESET: workspace.save_preset,
            ActionName.COUNTER: workspace.open_counter,
            ActionName.ADD_PERSON: contract.add_person,
            ActionName.ADD_ORGANIZATION: contract.add_organization,
            ActionName.ADD_OURS: contract.add_ours,
            ActionName.SIGN_EARLIER: lambda: prepare.signers.shift_active(-1),
            ActionName.SIGN_LATER: lambda: prepare.signers.shift_active(+1),
            ActionName.SIGN_TOGETHER: prepare.signers.sign_together,
            ActionName.NEXT_PROBLEM: prepare.go_to_next_problem,
            ActionName.FIND: prepare.canvas.find_bar.start_typing,
            ActionName.GO_TO_PAGE: prepare.canvas.find_bar.start_numbering,
            ActionName.ZOOM_IN: view.zoom_in,
            ActionName.ZOOM_OUT: view.zoom_out,
            ActionName.ACTUAL_SIZE: view.actual_size,
            ActionName.FIT_WIDTH: view.fit_width,
            ActionName.FIT_PAGE: view.fit_page,
            ActionName.FINISHED_LOOK: prepare.toggle_finished,
            ActionName.DELETE: self._on_delete_triggered,
            ActionName.LOG_FOLDER: self._on_log_folder_triggered,
            **dict.fromkeys(_TEXT_SLOTS, self._on_text_action_triggered),
        }
        for name in _IN_PREPARE:
            # Connected first, because the result of the action is seen in Prepare.
            self._actions[name].triggered.connect(self._on_prepare_wanted)
        for name, slot in slots.items():
            self._actions[name].triggered.connect(slot)
        self._actions[ActionName.FINISHED_LOOK].setCheckable(True)
        prepare.state.finished_changed.connect(self._show_enabled)
        prepare.state.preset_changed.connect(self._show_enabled)
        self._menus.recent_chosen.connect(self._on_menus_recent_chosen)
        self._menus.draft_chosen.connect(self._on_menus_draft_chosen)
        workspace.draft_controller.recents_changed.connect(self._menus.show_recents)
        workspace.draft_controller.drafts_changed.connect(self._menus.show_drafts)
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    def _on_session_changed(self, _change: Change) -> None:
        self.show_history()

    def _on_prepare_wanted(self) -> None:
        self.room_requested.emit(RoomName.PREPARE)

    def _on_commands_triggered(self) -> None:
        from esign_desktop.ui.shell.palette import CommandPalette

        CommandPalette(self._menus, self._menus.window()).open()

    def _on_menus_recent_chosen(self, path: str) -> None:
        self._workspace.open_files([Path(path)])

    def _on_menus_draft_chosen(self, draft_id: str) -> None:
        self.room_requested.emit(RoomName.PREPARE)
        self._workspace.contract.open_draft(DraftId(draft_id))

    def _on_text_action_triggered(self) -> None:
        focus: QWidget | None = QApplication.focusWidget()
        if focus is None:
            return
        name = ActionName(self.sender().objectName())
        slot = _TEXT_SLOTS[name]
        if focus.metaObject().indexOfSlot(f"{slot}()") >= 0:
            QMetaObject.invokeMethod(focus, slot)
        else:
            self._seal_commands[name]()

    def _on_delete_triggered(self) -> None:
        # The focused widget knows what to delete.
        focus: QWidget | None = QApplication.focusWidget()
        if focus is not None:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                press = QKeyEvent(kind, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
                QApplication.sendEvent(focus, press)

    def _on_log_folder_triggered(self) -> None:
        open_path(self._log_dir, self.failure_reported.emit)
