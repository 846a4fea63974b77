"""Provide the main window: rail, rooms, messages, menus and status bar.

It is shown before the services are available.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea, QStackedWidget, QWidget

from esign_desktop.domain.file_kinds import PRESET_SUFFIX, SHEET_SUFFIXES, FileUse, use_of
from esign_desktop.override import override
from esign_desktop.ui.prepare.welcome import WelcomePage
from esign_desktop.ui.shell.menus import MenuBar
from esign_desktop.ui.shell.rail import Rail, RoomName, room_title
from esign_desktop.ui.shell.status import StatusLine
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.layouts import ScrolledContent, fit_on_screen, hbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel, Messages
from esign_desktop.ui.widgets.theme import are_letters_large

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent, QShowEvent

    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.domain.policy import Policy
    from esign_desktop.ui.environment_watch import EnvironmentState
    from esign_desktop.ui.shell.commands import Commands
    from esign_desktop.ui.shell.first_steps import FirstSteps
    from esign_desktop.ui.shell.manual_keys import ManualKeys
    from esign_desktop.ui.shell.room_lock import RoomLock
    from esign_desktop.ui.shell.workspace import Workspace

FIRST_SIZE_PX: Final = (1360, 860)
SMALLEST_SIZE_PX: Final = (880, 420)


class MainWindow(QMainWindow):
    """The main window. It is shown empty first, so that it appears at once, and then filled by ``populate``.

    Files that are opened before ``populate`` wait. Until then, ``first_sheet`` or the welcome page is shown in place of
    the rooms.
    """

    theme_chosen = Signal(str)
    """Carries the name of the chosen theme, or ``system``."""
    text_size_chosen = Signal(int)
    """Carries the chosen text size in percent, or 0 for the desktop's."""
    motion_chosen = Signal(bool)
    """Carries whether the user wants animations to be switched off."""
    language_chosen = Signal(str)
    """Carries the code of the chosen language, or an empty text for the desktop's language."""
    room_changed = Signal(str)
    """Carries the name of the room that is shown now."""
    closed = Signal()
    """Emitted when the user has closed the window and nothing is left to be saved."""
    painted = Signal()
    """Emitted once, when the window is visible on the screen."""

    def __init__(self, log_dir: Path, first_sheet: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self._workspace: Workspace | None = None
        self._commands: Commands | None = None
        self.first_steps: FirstSteps | None = None
        self.manual_keys: ManualKeys | None = None
        self.room_lock: RoomLock | None = None
        self._waiting_files: list[Path] = []
        """The names of the user's own organizations, which are not customers."""
        self._is_closing = False
        self._is_painted = False
        self._may_close = False
        self._is_restarting = False
        self._room = RoomName.PREPARE
        self._left_out: frozenset[str] = frozenset()
        self._frames: dict[QWidget, QWidget] = {}
        """The widget that is in the window for each room: the room itself or, at a large text size, its scroll area."""
        self.menus = MenuBar(self)
        self.actions_by_name = self.menus.actions_by_name
        self.setMenuBar(self.menus)
        self.rail = Rail(self)
        self.messages = Messages(self)
        self.status_line = StatusLine(self)
        self.setStatusBar(self.status_line)
        self._stack = QStackedWidget(self)
        self._waiting_room = first_sheet or self._welcome_page()
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST_SIZE_PX)
        fit_on_screen(self, *FIRST_SIZE_PX)
        self.rail.show_room(RoomName.PREPARE)
        self.status_line.set_high(is_high=True)
        self._show_title()

    @property
    def room(self) -> RoomName:
        """The current room. Before ``populate``, the room that will be shown first."""
        return self._room

    @property
    def manual_page(self) -> str:
        """The name of the manual's page about the current room."""
        return self._room.value

    @property
    def workspace(self) -> Workspace | None:
        """The rooms and their shared objects, or None before ``populate``."""
        return self._workspace

    @property
    def place(self) -> QWidget:
        """The widget that contains the rooms, which a workspace uses as their parent."""
        return self._stack

    @property
    def has_waiting_files(self) -> bool:
        """Whether files are waiting for ``populate``."""
        return bool(self._waiting_files)

    def take_waiting_files(self) -> list[Path]:
        """Return the files that wait for ``populate``, and remove them, so that ``populate`` does not open them."""
        files, self._waiting_files = self._waiting_files, []
        return files

    @property
    def is_restarting(self) -> bool:
        """Whether the window closes in order to be opened again in another language or text size."""
        return self._is_restarting

    def offer_restart(self, *, is_for_size: bool = False) -> None:
        """Show a message which states that the chosen language takes effect at the next start, and offers a restart.

        With ``is_for_size``, the message is about the text size.
        """
        self.messages.show_message(
            self.tr("The text size changes when you restart the program.")
            if is_for_size
            else self.tr("The language changes when you restart the program."),
            MessageLevel.INFO,
            remedy=self.tr("The contract is saved. After the restart, you will return to where you are now."),
            key="restart",
            everywhere=True,
            action=(self.tr("Restart now"), self._restart),
            decline=self.tr("Later"),
        )

    def tell_of_missing_texts(self) -> None:
        """Show a message that the window is in English because the translations are missing."""
        self.messages.show_message(
            self.tr("The translations for your language are missing, so the program is shown in English."),
            MessageLevel.WARNING,
            remedy=self.tr("Reinstall the program. In a source checkout, run packaging/strings.py --compile."),
            key="texts",
            everywhere=True,
        )

    def withdraw_restart(self) -> None:
        """Remove the offer of a restart. Call this if the user has chosen the current language again."""
        self.messages.clear("restart")

    @property
    def is_bulk_shown(self) -> bool:
        """Whether the rail and the menus contain Bulk."""
        return not self.rail.button(RoomName.BULK).isHidden()

    def show_bulk(self, *, is_shown: bool) -> None:
        """Show or hide Bulk in the rail and the menus. After ``populate``, the workspace decides about it."""
        action = self.actions_by_name[ActionName.BULK]
        action.setVisible(is_shown)
        action.setEnabled(is_shown)
        self.rail.leave_out(self._left_out if is_shown else self._left_out | {RoomName.BULK})

    def populate(self, workspace: Workspace) -> None:
        """Put the rooms into the window, and open the files that wait.

        Call this once, when the services are available.
        """
        from esign_desktop.ui.shell.commands import Commands
        from esign_desktop.ui.shell.first_steps import FirstSteps
        from esign_desktop.ui.shell.manual_keys import ManualKeys
        from esign_desktop.ui.shell.room_lock import RoomLock

        keys = self.manual_keys = ManualKeys(self)
        self.actions_by_name[ActionName.MANUAL].triggered.connect(keys.open)
        self._workspace = workspace
        self._leave_out_rooms(workspace.services.preferences.policy)
        self.room_lock = RoomLock(workspace, self._stack)
        self.room_lock.changed.connect(self._show_room_again)
        self.actions_by_name[ActionName.LOCK].triggered.connect(self.room_lock.lock)
        steps = self.first_steps = FirstSteps(workspace, self.rail, self.messages, self.centralWidget() or self)
        self.room_changed.connect(steps.enter)
        steps.settings_requested.connect(self._on_first_steps_settings_requested)
        self.status_line.rehearsal_requested.connect(steps.start_rehearsal)
        self.actions_by_name[ActionName.FIRST_STEPS].triggered.connect(self._on_first_steps_triggered)
        self._commands = Commands(self.menus, workspace, self._log_dir, self)
        self._commands.room_requested.connect(self.show_room)
        self._commands.failure_reported.connect(self._show_failure)
        workspace.room_requested.connect(self.show_room)
        workspace.bulk_changed.connect(self._on_bulk_changed)
        workspace.forward_requested.connect(self.come_forward)
        workspace.theme_chosen.connect(self.theme_chosen)
        workspace.text_size_chosen.connect(self.text_size_chosen)
        workspace.motion_chosen.connect(self.motion_chosen)
        workspace.language_chosen.connect(self.language_chosen)
        workspace.environment.changed.connect(self._on_environment_changed)
        workspace.environment.shown_changed.connect(self._on_environment_shown)
        workspace.background.news_reported.connect(self.status_line.show_news)
        workspace.background.copies_reported.connect(self.status_line.show_copies)
        workspace.poller.trouble_changed.connect(self.status_line.show_trouble)
        workspace.quota.changed.connect(self.status_line.show_quota)
        self.status_line.quota_clicked.connect(workspace.show_quota)
        workspace.tasks.failed.connect(self.messages.show_message)
        workspace.draft_controller.autosave.saved.connect(self._on_autosave_saved)
        workspace.draft_controller.autosave.failed.connect(self._on_session_changed)
        workspace.session.subscribe(self._on_session_changed)
        # The name and the key of a preset are not part of the contract in which it is edited.
        workspace.prepare.state.preset_edited.connect(self._on_preset_edited)
        workspace.prepare.state.preset_changed.connect(self._on_session_changed)
        self._put_in(workspace.prepare, RoomName.PREPARE)
        self.status_line.show_bar(workspace.prepare.problems_bar)
        self.show_room(self._room)
        self._stack.removeWidget(self._waiting_room)
        self._waiting_room.deleteLater()
        if self._waiting_files:
            workspace.open_files(self._waiting_files)
            self._waiting_files = []

    def _leave_out_rooms(self, policy: Policy) -> None:
        self._left_out = frozenset(name for name in (*RoomName, ActionName.COUNTER) if not policy.has_room(name))
        for name in self._left_out:
            action = self.actions_by_name[ActionName(name)]
            action.setVisible(False)
            action.setEnabled(False)
        self.rail.leave_out(self._left_out)
        if policy.language:
            self.menus.fix_language()

    def _on_bulk_changed(self) -> None:
        if self._workspace is not None and RoomName.BULK not in self._left_out:
            self.show_bulk(is_shown=self._workspace.is_bulk_useful or self._room is RoomName.BULK)

    def show_room(self, name: str) -> None:
        """Show the room with this name, or Prepare if the policy excludes the room.

        Before ``populate``, the room is only noted.
        """
        self._room = RoomName(name) if name not in self._left_out else RoomName.PREPARE
        self.rail.show_room(self._room)
        self.status_line.set_high(is_high=self._room is RoomName.PREPARE)
        self.messages.enter(self._room)
        if self._workspace is None or self.room_lock is None:
            return
        self._on_bulk_changed()
        self.menus.show_lock(is_shown=self.room_lock.is_wanted)
        if self.room_lock.covers(self._room):
            self._stack.setCurrentWidget(self.room_lock.page)
            self.room_lock.page.lock()
        else:
            self._enter(self._workspace.room(self._room))
        if self._commands is not None:
            self._commands.show_room(self._room)
        if self._room is RoomName.PREPARE:
            self._workspace.contract.read_naming()
        self._show_title()
        self.room_changed.emit(self._room)

    def _show_room_again(self) -> None:
        self.show_room(self._room)

    def _enter(self, room: QWidget) -> None:
        self._stack.setCurrentWidget(self._put_in(room, self._room))
        # Imported here, because the import loads all of Qt's constants, which takes a sixth of the whole start.
        from esign_desktop.ui.widgets.reading_order import enter

        enter(room)
        activated = getattr(room, "activated", None)
        if callable(activated):
            activated()

    def _put_in(self, room: QWidget, name: RoomName) -> QWidget:
        """Return the widget that is in the window for a room. On the first call, put it into the window."""
        if room not in self._frames:
            is_scrolled = are_letters_large() and not isinstance(room, QScrollArea)
            self._frames[room] = ScrolledContent(room, self._stack) if is_scrolled else room
            self._stack.addWidget(self._frames[room])
            room.setAccessibleName(room_title(name))
        return self._frames[room]

    def open_files(self, paths: list[Path]) -> None:
        """Open files where they belong. Before ``populate``, only store the paths."""
        if not paths:
            return
        if self._workspace is None:
            self._waiting_files.extend(paths)
        else:
            self._workspace.open_files(paths)

    @property
    def pages_rect(self) -> QRect | None:
        """The area in which pages are shown, in logical pixels of ``place``, or None while no document is open."""
        workspace = self._workspace
        if workspace is None or not workspace.session.draft.documents:
            return None
        viewport = workspace.prepare.canvas.view.viewport()
        return QRect(viewport.mapTo(self._stack, QPoint()), viewport.size())

    def come_forward(self) -> None:
        """Show the window in front of other windows, even if it was minimized or hidden."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def take_geometry(self, geometry: bytes | None) -> None:
        """Restore the position and size of the window from the last run.

        Do nothing if ``geometry`` is None or empty.
        """
        if geometry:
            self.restoreGeometry(geometry)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Imported here, because only a key press needs it, and the window should appear sooner.
        from esign_desktop.ui.widgets.deliberate import press_focused_button

        if not press_focused_button(event):
            super().keyPressEvent(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The teller may have been signed out while the counter was shown in place of this window.
        if self.room_lock is not None and not event.spontaneous() and self.room_lock.covers(self._room):
            self._show_room_again()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if contract_paths(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        paths = contract_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.open_files(paths)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        workspace = self._workspace
        focused = QApplication.focusWidget()
        if focused is not None:
            # Text that the user is typing is accepted, as when the user leaves the field.
            focused.clearFocus()
        is_sheet = workspace is not None and workspace.is_sending_sheet
        is_sending = is_sheet or (workspace is not None and workspace.is_sending)
        if (
            self._may_close
            or workspace is None
            or (workspace.draft_controller.autosave.is_clean and not is_sending and not workspace.unsaved())
        ):
            event.accept()
            self.closed.emit()
            return
        event.ignore()
        if is_sending and not self._is_closing:
            self.messages.show_message(
                self.tr("A sheet is being sent.") if is_sheet else self.tr("A contract is being sent."),
                MessageLevel.WARNING,
                remedy=self.tr("If you close now, you can continue in Bulk next time.")
                if is_sheet
                else self.tr("If you close now, you can continue in Track next time."),
                key="closing",
                everywhere=True,
                action=(self.tr("Close anyway"), self._close_unless_unsaved),
            )
        elif not self._is_closing:
            self._close_unless_unsaved()

    def _welcome_page(self) -> WelcomePage:
        page = WelcomePage(self)
        page.open_requested.connect(self._on_waiting_room_open_requested)
        return page

    def _lay_out(self) -> None:
        self._stack.addWidget(self._waiting_room)
        centre = QWidget(self)
        hbox(self.rail, (self._stack, 1), spacing=0, parent=centre)
        self.messages.setParent(centre)
        self.messages.float_over(self._stack)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        self.rail.room_chosen.connect(self.show_room)
        self.status_line.environment_clicked.connect(self._on_status_line_environment_clicked)
        self.status_line.copies_clicked.connect(self._on_status_line_copies_clicked)
        self.status_line.news_clicked.connect(self._on_status_line_news_clicked)
        self.menus.theme_chosen.connect(self.theme_chosen)
        self.menus.failure_reported.connect(self._show_failure)
        self.menus.language_chosen.connect(self.language_chosen)
        for room in RoomName:
            self.actions_by_name[ActionName(room)].triggered.connect(self._on_room_action_triggered)
        self.actions_by_name[ActionName.QUIT].triggered.connect(self.close)
        self.actions_by_name[ActionName.ABOUT].triggered.connect(self._on_about_triggered)
        self.actions_by_name[ActionName.KEYS].triggered.connect(self._on_keys_triggered)

    def _show_title(self) -> None:
        title = ""
        if self._workspace is not None and self._room is RoomName.PREPARE:
            # Imported here, because the start shows the window before it needs contracts.
            from esign_desktop.domain.customers import customer_of_draft
            from esign_desktop.ui.text.flow import contract_name

            draft = self._workspace.session.draft
            title = contract_name(draft.title, customer_of_draft(draft.signers, draft.naming.ours))
        name = self.tr("esign-desktop")
        self.setWindowTitle(f"{title or room_title(self._room)} — {name}")

    def _on_room_action_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.show_room(action.objectName())

    def _on_status_line_environment_clicked(self) -> None:
        self.show_room(RoomName.SETTINGS)
        if self._workspace is not None:
            self._workspace.settings.show_part(self._workspace.settings.form)

    def _on_status_line_copies_clicked(self) -> None:
        self.show_room(RoomName.SETTINGS)
        if self._workspace is not None:
            self._workspace.settings.show_part(self._workspace.settings.copies)

    def _on_first_steps_settings_requested(self, kind: EnvironmentKind) -> None:
        self.show_room(RoomName.SETTINGS)
        if self._workspace is not None:
            self._workspace.settings.show_kind(kind)

    def _on_first_steps_triggered(self) -> None:
        self.show_room(RoomName.PREPARE)
        if self.first_steps is not None:
            self.first_steps.begin()

    def _on_status_line_news_clicked(self, flow_id: FlowId) -> None:
        if self._workspace is not None:
            self.show_room(RoomName.TRACK)
            self._workspace.track.show_flow(flow_id)

    def _on_waiting_room_open_requested(self) -> None:
        from esign_desktop.ui.widgets.file_dialogs import CONTRACT_TYPES, FileKind, choose_files

        choose_files(self, self.tr("Choose PDFs or images"), FileKind.CONTRACT, CONTRACT_TYPES, self.open_files)

    def _on_environment_shown(self, state: EnvironmentState) -> None:
        self.rail.show_environment(state.environment)
        self.status_line.show_environment(state)

    def _on_environment_changed(self, state: EnvironmentState) -> None:
        if state.missing == "environment.no_secret":
            self.messages.show_message(
                self.tr("Enter the project secret before you send a contract."),
                MessageLevel.WARNING,
                key="environment.no_secret",
                everywhere=True,
                action=(self.tr("Enter secret"), self._on_status_line_environment_clicked),
            )
        else:
            self.messages.clear("environment.no_secret")

    def _on_session_changed(self, _change: object) -> None:
        self._show_title()
        if self._workspace is not None:
            preset = self._workspace.prepare.state.edited_preset
            if preset is not None:
                self.status_line.show_saved(is_saved=not preset.unsaved(), is_preset=True)
                return
            is_empty = self._workspace.session.draft.is_empty
            autosave = self._workspace.draft_controller.autosave
            self.status_line.show_saved(
                is_saved=None if is_empty else autosave.is_clean, has_failed=not is_empty and autosave.has_failed
            )

    def _on_preset_edited(self) -> None:
        self._on_session_changed(None)

    def _on_autosave_saved(self) -> None:
        self._on_session_changed(None)

    def _show_failure(self, text: str) -> None:
        self.messages.show_message(text, MessageLevel.ERROR, key="opening", everywhere=True)

    def _on_about_triggered(self) -> None:
        from esign_desktop.ui.shell.help_dialogs import AboutDialog

        AboutDialog(self._log_dir, self).show()

    def _on_keys_triggered(self) -> None:
        from esign_desktop.ui.shell.help_dialogs import KeyListDialog

        KeyListDialog(self, [name for name, action in self.actions_by_name.items() if not action.isVisible()]).show()

    def _restart(self) -> None:
        workspace = self._workspace
        if workspace is None or self._is_closing:
            return
        if workspace.is_busy:
            self.messages.show_message(
                self.tr("The program can't restart while something is being sent or the counter is open."),
                MessageLevel.WARNING,
                remedy=self.tr("Restart when this is finished. Until then, the language doesn't change."),
                key="restart",
                everywhere=True,
                action=(self.tr("Restart now"), self._restart),
                decline=self.tr("Later"),
            )
            return
        self._ask_before_discarding(self.tr("Discard and restart"), self._save_and_restart)

    def _save_and_restart(self) -> None:
        self._is_restarting = True
        self._save_and_close()

    def _close_unless_unsaved(self) -> None:
        self._ask_before_discarding(self.tr("Discard and close"), self._save_and_close)

    def _ask_before_discarding(self, action_text: str, action: Callable[[], object]) -> None:
        # Imported here, because only closing needs it, and the window should appear sooner.
        from esign_desktop.ui.widgets.unsaved import ask_before_discarding

        if self._workspace is not None:
            ask_before_discarding(self.messages, self._workspace.unsaved, action_text, action)

    def _on_flushed_for_closing(self, error: AppError | None) -> None:
        self._is_closing = False
        if error is not None:
            self._is_restarting = False
            self.messages.show_message(
                error,
                key="closing",
                everywhere=True,
                action=(self.tr("Close without saving"), self._finish_closing),
            )
            return
        self._finish_closing()

    def _save_and_close(self) -> None:
        if self._workspace is None or self._is_closing:
            return
        self._is_closing = True
        if self._workspace.draft_controller.autosave.is_clean:
            self._finish_closing()
        else:
            self._workspace.draft_controller.autosave.flush(self._on_flushed_for_closing)

    def _finish_closing(self) -> None:
        self._may_close = True
        self.close()


def contract_paths(data: QMimeData) -> list[Path]:
    """Return the dragged files if at least one is a preset, a sheet, or a file that can become part of a contract.

    Otherwise, return an empty list. Only the names are checked, because access to a slow share would block the window.
    Opening a folder or a damaged file fails with a message, which also explains how to convert a document of another
    type to PDF.
    """
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    opened = {".pdf", PRESET_SUFFIX, *SHEET_SUFFIXES}
    is_wanted = any(path.suffix.lower() in opened or use_of(path) is not FileUse.DOCUMENT for path in paths)
    return paths if is_wanted else []
