"""Run the program: show the window, load its content, and stop all parts in reverse order."""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from esign_desktop.app.saved_window_state import (
    SavedWindowState,
    read_window_state,
    window_state_path,
    write_window_state,
)
from esign_desktop.override import override
from esign_desktop.ui.deferred_imports import PAGES, DeferredImports
from esign_desktop.ui.shell.application import Appearance, FileOpeningApplication, Looks, complete_application
from esign_desktop.ui.shell.crash_reports import CrashReports
from esign_desktop.ui.shell.desktop_settings import DesktopSettings
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.shell.window import MainWindow
from esign_desktop.ui.text.i18n import resolve_language
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.app.backend import Backend
    from esign_desktop.app.first_page import DrawnPage, FirstPage
    from esign_desktop.app.ipc import HandedOver, InstanceServer
    from esign_desktop.app.sandbox_process import EmbeddedSandbox
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.backup.rebuilding import CopyOffer
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.shell.first_sheet import FirstSheet
    from esign_desktop.ui.shell.start_problem import StartProblem
    from esign_desktop.ui.shell.workspace import Workspace
    from esign_desktop.ui.tasks import TaskRunner


LONGEST_BARE_MS: Final = 400
"""Milliseconds after which the window is populated even if it has not been painted. This occurs if the window starts
minimized or the first page cannot be drawn.
"""


STATE_REST_MS: Final = 1000
_STATE_EVENTS: Final = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange})


class Program(QObject):
    """The running program, from the first window to the end of the process.

    ``populated`` is emitted when the window can be used, and ``sandbox_ready`` when the rehearsal platform responds.
    """

    populated = Signal()
    sandbox_ready = Signal()
    _first_page_drawn = Signal(object)

    def __init__(
        self,
        application: QApplication,
        backend: Backend,
        arguments: Arguments,
        sandbox: EmbeddedSandbox | None = None,
        first_page: FirstPage | None = None,
    ) -> None:
        super().__init__(application)
        self._application = application
        self._backend = backend
        self._arguments = arguments
        self._sandbox = sandbox
        self._server: InstanceServer | None = None
        self._problem: StartProblem | None = None
        self.other_data_dir: Path | None = None
        """The data folder to use after a restart, if the user has chosen another one because this one is unusable."""
        self._state_path = window_state_path(backend.paths.cache_dir)
        self._saved_state = read_window_state(self._state_path)
        self._is_stopped = False
        self._made: tuple[Services, str, Looks] | None = None
        self._modules = DeferredImports(PAGES, self)
        self._modules.done.connect(self._populate_when_ready)
        self._state_timer = QTimer(self, singleShot=True, interval=STATE_REST_MS)
        self._state_timer.timeout.connect(self._on_state_timer_timeout)
        self.crashes = CrashReports(backend.paths.log_dir, self)
        self.appearance = Appearance(application)
        self._tasks: TaskRunner | None = None
        self._log: logging.Handler | None = None
        self._is_populating = self._is_counter_first = False
        self.early_customers: list[HandedOver] = []
        """Customers handed over before the counter exists: at the start, or on macOS by a link that was opened."""
        self._language_choice = self._saved_state.language
        self.appearance.use_language(self._language_choice)
        saved = self._saved_state
        looks = Looks(saved.theme, saved.text_percent, saved.motion == "none")
        self.appearance.use(looks, DesktopSettings.read(saved.desktop))
        self.first_sheet = self._make_first_sheet(first_page)
        self.window = self._make_window(self.first_sheet)
        # Populating uses the window's thread, which the first page needs.
        first_paint = self.first_sheet.painted if self.first_sheet is not None else self.window.painted
        first_paint.connect(self._begin_populating)

    @property
    def workspace(self) -> Workspace | None:
        """The content of the window, or None until ``populated`` is emitted."""
        return self.window.workspace

    @property
    def has_rehearsal(self) -> bool:
        """Whether the rehearsal platform has been started."""
        return self._sandbox is not None

    @property
    def problem(self) -> StartProblem | None:
        """The window shown instead of the main window if the data cannot be opened, otherwise None."""
        return self._problem

    @property
    def tasks(self) -> TaskRunner:
        """The runner of background tasks, which is created when it is first used."""
        if self._tasks is None:
            from esign_desktop.ui.tasks import TaskRunner

            self._tasks = TaskRunner(self)
        return self._tasks

    def start(self) -> None:
        """Show the window immediately, and schedule all other work in the event loop."""
        self.crashes.install()
        self.window.take_geometry(self._saved_state.geometry_bytes)
        if isinstance(self._application, FileOpeningApplication):
            self._application.file_open_requested.connect(self._on_application_file_open_requested)
            self._application.link_open_requested.connect(self._on_application_link_open_requested)
        self.window.open_files(list(self._arguments.files))
        self.window.show_bulk(is_shown=bool(self._saved_state.bulk))
        if self._saved_state.room in set(RoomName):
            self.window.show_room(self._saved_state.room)
        # The main window must not appear before a counter, because it might be on the customer's screen.
        handed = bool(self.early_customers)
        self._is_counter_first = self._arguments.counter or handed or self._backend.is_counter_only
        if not self._is_counter_first:
            self.window.show()
        QTimer.singleShot(0 if self._is_counter_first else LONGEST_BARE_MS, self._begin_populating)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _STATE_EVENTS and not self._state_timer.isActive() and not self._is_stopped:
            self._state_timer.start()
        return super().eventFilter(watched, event)

    def stop(self) -> None:
        """Stop all parts of the program, in the reverse of the order in which they were started."""
        if self._is_stopped:
            return
        self._is_stopped = True
        self._modules.stop()
        self._state_timer.stop()
        room = self.window.room if self.window.is_restarting else ""
        write_window_state(self._state_path, self._current_state(room))
        self.window.hide()
        if self.workspace is not None:
            self.workspace.take_down()
        if self._problem is not None:
            self._problem.hide()
        if self._server is not None:
            self._server.close()
        self._backend.interrupt()
        self.tasks.stop()
        self.crashes.uninstall()
        self.appearance.retire()
        self.window.deleteLater()
        if self._sandbox is not None:
            self._sandbox.stop()
        self._backend.close()
        if self._log is not None:
            from esign_desktop.app.log import close_log

            close_log(self._log)

    def _make_window(self, first_sheet: FirstSheet | None = None) -> MainWindow:
        window = MainWindow(self._backend.paths.log_dir, first_sheet)
        window.theme_chosen.connect(self._on_theme_chosen)
        window.text_size_chosen.connect(self._on_text_size_chosen)
        window.motion_chosen.connect(self._on_motion_chosen)
        window.language_chosen.connect(self._on_language_chosen)
        window.closed.connect(self._on_window_closed)
        window.menus.show_theme(self.appearance.looks.theme)
        window.menus.show_language(self._language_choice)
        return window

    def _make_first_sheet(self, first_page: FirstPage | None) -> FirstSheet | None:
        place = first_page.place if first_page is not None else None
        if first_page is None or place is None:
            return None
        from PySide6.QtCore import QRect

        from esign_desktop.ui.shell.first_sheet import FirstSheet

        sheet = FirstSheet(QRect(place.left, place.top, place.width, place.height))
        self._first_page_drawn.connect(sheet.show_image)
        first_page.deliver(self._take_first_page)
        return sheet

    def _take_first_page(self, page: DrawnPage) -> None:
        """Copy the picture of the first page. This method may be called on any thread."""
        from PySide6.QtGui import QImage

        image = QImage(page.data, page.width_px, page.height_px, page.stride_bytes, QImage.Format.Format_RGB32)
        self._first_page_drawn.emit(image.copy())

    def _begin_populating(self) -> None:
        if self._is_populating:
            return
        self._is_populating = True
        complete_application(self._application)
        self.appearance.follow_desktop()
        self._open_services()

    def _log_missing_texts(self) -> None:
        path = self.appearance.missing_texts_path
        if path is None:
            return
        import logging

        what = "is missing or cannot be read, so the program uses English"
        logging.getLogger(__name__).warning("%s %s", path.name, what)
        remedy = "In a checkout, create it with: python packaging/strings.py --compile"
        sys.stderr.write(f"esign-desktop: {path} {what}. {remedy}\n")

    def _open_services(self) -> None:
        self._modules.begin()
        self.tasks.start(
            self._make_services, owner=self, on_done=self._on_services_made, on_error=self._on_start_failed
        )

    def _make_services(self) -> tuple[Services, str, Looks]:
        if self._log is None:
            from esign_desktop.app.log import log_start, open_log

            self._log = open_log(self._backend.paths.log_dir, self._arguments.log_level)
            log_start()
            self._log_missing_texts()
        services = self._backend.open_services()
        if services.preferences.policy.log_level:
            from esign_desktop.app.log import set_log_level

            set_log_level(services.preferences.policy.log_level)
        self._backend.start_engine()
        chosen = services.preferences
        return services, chosen.language, Looks(chosen.theme.value, chosen.text_percent, chosen.is_still)

    def _on_services_made(self, made: tuple[Services, str, Looks]) -> None:
        self._made = made
        self._populate_when_ready()

    def _populate_when_ready(self) -> None:
        if self._made is None or not self._modules.are_read or self._is_stopped:
            return
        (services, language, looks), self._made = self._made, None
        is_as_large = looks.text_percent == self.appearance.looks.text_percent
        if looks != self.appearance.looks:
            self.appearance.use(looks)
            self.window.menus.show_theme(looks.theme)
        if language != self._language_choice or not is_as_large:
            self._language_choice = language
            self._replace_window()
        self._populate_window(services)
        self._tell_of_copy()
        self._tell_of_unlinked_accounts(services)
        if self.appearance.missing_texts_path is not None:
            self.window.tell_of_missing_texts()
        QTimer.singleShot(0, self._listen)
        QTimer.singleShot(0, self._watch_own_file)
        self.window.installEventFilter(self)
        # The existing objects stay, so garbage collections can skip them.
        gc.freeze()
        gc.enable()
        self.populated.emit()

    def _replace_window(self) -> None:
        """Create the window again in the stored language and text size.

        This is needed if the small file with the last state of the window was missing or outdated.
        """
        former = self.window
        self.appearance.use_language(self._language_choice)
        self.window = self._make_window()
        self.window.restoreGeometry(former.saveGeometry())
        self.window.open_files(former.take_waiting_files())
        self.window.show_room(former.room)
        if not self._is_counter_first:
            self.window.show()
        former.hide()
        former.deleteLater()

    def _tell_of_copy(self) -> None:
        from esign_desktop.domain.errors import StoreError

        if self._backend.was_restored:
            self.window.messages.show_message(StoreError("store.restored"), MessageLevel.WARNING)
        elif self._backend.went_back:
            self.window.messages.show_message(StoreError("store.went_back"), MessageLevel.WARNING)

    def _tell_of_unlinked_accounts(self, services: Services) -> None:
        repair, count = services.account_repair, self._backend.unlinked_accounts
        if not count:
            return
        from esign_desktop.domain.errors import StoreError
        from esign_desktop.ui.tasks import Lane

        self.window.messages.show_message(StoreError("account.unlinked", count=count), MessageLevel.WARNING)
        self.tasks.start(repair.note_reported, owner=self, on_done=lambda _nothing: None, lane=Lane.STORE)

    def _populate_window(self, services: Services) -> None:
        from esign_desktop.domain.contract.draft import ContractDraft
        from esign_desktop.domain.environment import EnvironmentKind
        from esign_desktop.services.editing.session import ContractSession
        from esign_desktop.store.clock import system_clock_ms
        from esign_desktop.ui.shell.workspace import Workspace

        session = ContractSession(ContractDraft.new(), clock_ms=system_clock_ms)
        window = self.window
        workspace = Workspace(services, self.tasks, session, window.messages, window, place=window.place)
        has_files = self.window.has_waiting_files
        if self._arguments.counter or self.early_customers or services.preferences.policy.is_counter_only:
            workspace.open_counter()
        if self._is_counter_first and not workspace.is_counter_open:
            # The policy leaves the counter out.
            self.window.show()
        while self.early_customers:
            self._lay_out_customer(workspace, self.early_customers.pop(0))
        self.window.populate(workspace)
        is_started = self._sandbox is not None
        if not is_started and services.preferences.policy.environment is EnvironmentKind.SANDBOX:
            self._sandbox = self._make_sandbox()
        self.crashes.attend(self.window, workspace.draft_controller.autosave.flush)
        workspace.begin(recover=not has_files, read_environment=self._sandbox is None)
        workspace.background.reception_changed.connect(self._on_reception_changed)
        workspace.background.receive_notices(self._arguments.listen_port, is_rehearsal=self._sandbox is not None)
        workspace.rehearsal_requested.connect(self._on_workspace_rehearsal_requested)
        if self._sandbox is not None:
            self._await_sandbox(self._sandbox, services, is_started=is_started)

    def _make_sandbox(self) -> EmbeddedSandbox:
        from esign_desktop.app.sandbox_process import EmbeddedSandbox

        return EmbeddedSandbox(self._backend.paths.sandbox_dir)

    def _on_workspace_rehearsal_requested(self) -> None:
        workspace = self.workspace
        if self._sandbox is not None or workspace is None:
            return
        self._sandbox = self._make_sandbox()
        self._await_sandbox(self._sandbox, workspace.services, is_started=False)

    def _lay_out_customer(self, workspace: Workspace, handed: HandedOver) -> None:
        if handed.customer is not None:
            from esign_desktop.app.handover import hand_to_counter

            refuse = self._tell_of_customer
            hand_to_counter(handed.customer, workspace, self, on_refused=refuse, answer=handed.answer)

    def _tell_of_customer(self, error: AppError) -> None:
        """Show in the current window why a customer could not be handed over."""
        if self.workspace is not None and self.workspace.is_counter_open:
            from esign_desktop.ui.text.errors.sentences import error_sentence

            self.workspace.counter.tell(error_sentence(error).text)
        else:
            self.window.messages.show_message(error)
            self.window.come_forward()

    def _await_sandbox(self, sandbox: EmbeddedSandbox, services: Services, *, is_started: bool = True) -> None:
        from esign_desktop.domain.disk_errors import disk_errors
        from esign_desktop.ui.tasks import Lane

        def wait() -> Environment:
            if not is_started:
                with disk_errors():
                    sandbox.start()
            environment = sandbox.wait_ready()
            services.environments.use_for_session(environment, sandbox.secret)
            services.environments.choose(environment.kind)
            return environment

        self.tasks.start(
            wait, owner=self, on_done=self._on_sandbox_ready, on_error=self._on_sandbox_failed, lane=Lane.NETWORK
        )

    def _listen(self) -> None:
        if self._is_stopped:
            return
        from esign_desktop.app.ipc import InstanceServer

        self._server = InstanceServer(self._backend.paths.data_dir, self)
        self._server.received.connect(self._on_server_received)

    def _watch_own_file(self) -> None:
        own_file = frozen_file()
        if own_file is None or self._is_stopped:
            return
        from esign_desktop.ui.shell.replaced_program import ReplacedProgram

        ReplacedProgram(own_file, self.tasks, self.window.messages, self)

    def _current_state(self, room: str = "") -> SavedWindowState:
        geometry = bytes(self.window.saveGeometry().data()).hex()
        looks = self.appearance.looks
        return SavedWindowState(
            *(self._language_choice, looks.theme, geometry, self._pages_in_words(), room),
            text_size=f"{looks.text_percent}",
            motion="none" if looks.is_still else "",
            desktop=self.appearance.desktop_settings.in_words(),
            bulk="shown" if self.window.is_bulk_shown else "",
        )

    def _on_state_timer_timeout(self) -> None:
        from esign_desktop.ui.tasks import Lane

        # The state is stored regularly, because a program that is killed cannot store it at its end.
        keep = partial(write_window_state, self._state_path, self._current_state())
        self.tasks.start(keep, owner=self, lane=Lane.STORE)

    def _pages_in_words(self) -> str:
        rect = self.window.pages_rect
        if rect is None:
            return self._saved_state.pages
        return f"{rect.x()} {rect.y()} {rect.width()} {rect.height()} {self.window.devicePixelRatioF()}"

    def _on_sandbox_ready(self, _environment: Environment) -> None:
        workspace = self.workspace
        if workspace is not None:
            workspace.environment.reload()
            if not self._arguments.with_sandbox:
                workspace.background.receive_notices(self._arguments.listen_port, is_rehearsal=True)
        if self._sandbox is not None:
            self.window.menus.show_rehearsal(self._sandbox.console_url)
        self.sandbox_ready.emit()

    def _on_reception_changed(self, port: int | None) -> None:
        sandbox = self._sandbox
        if sandbox is not None:
            # The rehearsal platform reads the address before each notice.
            self.tasks.start(lambda: sandbox.send_notices_to(port), owner=self)

    def _on_sandbox_failed(self, error: AppError) -> None:
        self.window.messages.show_message(error)
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            self.tasks.start(sandbox.stop, owner=self)
        workspace = self.workspace
        if workspace is not None:
            workspace.environment.tell_again()
            workspace.environment.reload()

    def _on_server_received(self, handed: HandedOver) -> None:
        if handed.problem is not None:
            self._tell_of_customer(handed.problem)
            return
        workspace = self.workspace
        if workspace is None and handed.customer is not None:
            self.early_customers.append(handed)
            return
        if workspace is not None and (handed.wants_counter or workspace.is_counter_open):
            workspace.open_counter()
            self._lay_out_customer(workspace, handed)
        # Nothing may appear beside a locked counter or on the customer's screen: the files wait in the main window.
        if workspace is None or not workspace.is_counter_open:
            self.window.come_forward()
        self.window.open_files(list(handed.files))

    def _on_application_file_open_requested(self, path: Path) -> None:
        from esign_desktop.app.ipc import HandedOver

        self._on_server_received(HandedOver((path,)))

    def _on_application_link_open_requested(self, link: str) -> None:
        from esign_desktop.app.ipc import HandedOver
        from esign_desktop.store.files.customer_file import handover_folder, take_linked

        self.tasks.start(
            lambda: HandedOver((), wants_counter=True, customer=take_linked(link, handover_folder())),
            owner=self,
            on_done=self._on_server_received,
            on_error=self._tell_of_customer,
        )

    def _on_theme_chosen(self, mode: str) -> None:
        from esign_desktop.services.preferences import ThemeChoice

        self.appearance.use_theme(mode)
        self.window.menus.show_theme(mode)
        self._keep(lambda services: services.preferences.set_theme(ThemeChoice(mode)))

    def _on_text_size_chosen(self, percent: int) -> None:
        self.appearance.choose_text_size(percent)
        self._keep(lambda services: services.preferences.set_text_percent(percent), then=self._offer_restart)

    def _on_motion_chosen(self, is_still: bool) -> None:  # noqa: FBT001  the signal's signature
        self.appearance.use_stillness(is_still=is_still)
        self._keep(lambda services: services.preferences.set_still(is_wanted=is_still))

    def _on_language_chosen(self, choice: str) -> None:
        self._language_choice = choice
        self.window.menus.show_language(choice)
        self._keep(lambda services: services.preferences.set_language(choice), then=self._offer_restart)

    def _offer_restart(self) -> None:
        is_language = resolve_language(self._language_choice) == self.appearance.language
        if is_language and self.appearance.is_size_in_force:
            self.window.withdraw_restart()
        else:
            self.window.offer_restart(is_for_size=is_language)

    def _keep(self, work: Callable[[Services], None], then: Callable[[], None] | None = None) -> None:
        workspace = self.workspace
        if workspace is None:
            return
        services = workspace.services

        def kept(_nothing: None) -> None:
            workspace.choices_kept()
            if then is not None:
                then()

        self.tasks.start(lambda: work(services), owner=self, on_done=kept)

    def _on_start_failed(self, error: AppError) -> None:
        if error.code != "store.newer_version":
            self._show_problem(error, None)
            return
        self.tasks.start(
            self._backend.copy_to_go_back_to,
            owner=self,
            on_done=partial(self._show_problem, error),
            on_error=lambda _error: self._show_problem(error, None),
        )

    def _show_problem(self, error: AppError, offer: CopyOffer | None) -> None:
        from esign_desktop.ui.shell.start_problem import StartProblem

        self.window.hide()
        if self._problem is not None:
            self._problem.deleteLater()
        self._problem = StartProblem(error, self._backend.paths.data_dir, offer)
        self._problem.go_back_requested.connect(self._on_problem_go_back_requested)
        self._problem.retry_requested.connect(self._start_again)
        self._problem.start_empty_requested.connect(self._on_problem_start_empty_requested)
        self._problem.folder_chosen.connect(self._on_problem_folder_chosen)
        self._problem.rejected.connect(partial(self._application.exit, 1))
        self._problem.show()

    def _on_problem_start_empty_requested(self) -> None:
        self.tasks.start(
            self._backend.replace_damaged_database,
            owner=self,
            on_done=lambda _nothing: self._start_again(),
            on_error=self._on_start_failed,
        )

    def _on_problem_go_back_requested(self, offer: CopyOffer) -> None:
        self.tasks.start(
            partial(self._backend.go_back_to, offer),
            owner=self,
            on_done=lambda _nothing: self._start_again(),
            on_error=self._on_start_failed,
        )

    def _start_again(self) -> None:
        if self._problem is not None:
            self._problem.hide()
            self._problem.deleteLater()
            self._problem = None
        self.window.show()
        self._open_services()

    def _on_problem_folder_chosen(self, folder: Path) -> None:
        self.other_data_dir = folder
        self._application.exit(0)

    def _on_window_closed(self) -> None:
        self._application.quit()


def frozen_file() -> Path | None:
    """Return the path of the packaged program's executable, or None if the program runs in a Python installation."""
    return Path(sys.executable) if getattr(sys, "frozen", False) else None
