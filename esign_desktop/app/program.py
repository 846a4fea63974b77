"""The running program: shows the window first, then furnishes it, and takes everything down in reverse."""

from __future__ import annotations

import importlib
import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.app.backstage import FirstLook
from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.ui.application import Appearance
from esign_desktop.ui.crash_reports import CrashReports
from esign_desktop.ui.main_window import MainWindow
from esign_desktop.ui.messages import Tone
from esign_desktop.ui.tasks import Lane, TaskRunner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.app.backstage import Backstage
    from esign_desktop.app.embedded_sandbox import EmbeddedSandbox
    from esign_desktop.app.single_instance import InstanceServer
    from esign_desktop.domain.environment import Environment
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.furniture import Furniture
    from esign_desktop.ui.start_problem import StartProblem

FIRST_LOOK_S: Final = 0.4
"""How long the first paint may wait for the database; a slow disk must not keep the window away."""

_log = logging.getLogger(__name__)


class Program(QObject):
    """``furnished`` tells that the window can do its work, ``sandbox_ready`` that the rehearsal platform answers."""

    furnished = Signal()
    sandbox_ready = Signal()

    def __init__(
        self,
        application: QApplication,
        backstage: Backstage,
        arguments: Arguments,
        opening: Future[FirstLook],
        sandbox: EmbeddedSandbox | None = None,
    ) -> None:
        super().__init__(application)
        self._application = application
        self._backstage = backstage
        self._arguments = arguments
        self._opening = opening
        self._sandbox = sandbox
        self._server: InstanceServer | None = None
        self._problem: StartProblem | None = None
        self._look: FirstLook | None = self._look_if_quick()
        self._is_stopped = False
        self.crashes = CrashReports(backstage.paths.log_dir, self)
        self.appearance = Appearance(application)
        self.tasks = TaskRunner(self)
        look = self._look or FirstLook()
        self.appearance.use_language(look.language)
        self.appearance.use_theme(look.theme)
        self.window = MainWindow(backstage.paths.log_dir)
        self.window.theme_chosen.connect(self._on_theme_chosen)
        self.window.language_chosen.connect(self._on_language_chosen)
        self.window.closed.connect(self._on_window_closed)

    @property
    def furniture(self) -> Furniture | None:
        """What stands in the window; None until ``furnished``."""
        return self.window.furniture

    def start(self) -> None:
        """Show the window at once; the rest follows from the event loop."""
        self.crashes.install()
        if self._look is not None:
            self.window.take_geometry(self._look.geometry)
        self._show_choices()
        self.window.open_files(list(self._arguments.files))
        self.window.show()
        # After the first paint, which the window system asks for.
        QTimer.singleShot(0, self._furnish)

    def stop(self) -> None:
        """End everything, the latest first."""
        if self._is_stopped:
            return
        self._is_stopped = True
        self.window.hide()
        if self._server is not None:
            self._server.close()
        self._backstage.interrupt()
        self.tasks.stop()
        self.crashes.uninstall()
        self.window.deleteLater()
        if self._sandbox is not None:
            self._sandbox.stop()
        self._backstage.close()

    def _look_if_quick(self) -> FirstLook | None:
        try:
            return self._opening.result(FIRST_LOOK_S)
        except (TimeoutError, AppError):
            # It is asked for again where there is somebody to tell.
            return None

    def _furnish(self) -> None:
        self.tasks.start(
            self._make_services, owner=self, on_done=self._on_services_made, on_error=self._on_start_failed
        )

    def _make_services(self) -> tuple[FirstLook, Services]:
        look = self._opening.result()
        services = self._backstage.services
        # The rooms' modules are read here too, so that the window does not stand still for it.
        importlib.import_module("esign_desktop.ui.furniture")
        importlib.import_module("esign_desktop.ui.commands")
        self._backstage.start_engine()
        return look, services

    def _on_services_made(self, made: tuple[FirstLook, Services]) -> None:
        look, services = made
        if self._look is None:
            self._look = look
            self.appearance.use_language(look.language)
            self.appearance.use_theme(look.theme)
            self._show_choices()
        self._put_furniture_in(services)
        if look.was_restored:
            self.window.messages.tell(StoreError("store.restored"), Tone.WARNING)
        self._listen()
        self.furnished.emit()

    def _put_furniture_in(self, services: Services) -> None:
        from esign_desktop.domain.draft import ContractDraft
        from esign_desktop.services.session import ContractSession
        from esign_desktop.store.clock import system_clock_ms
        from esign_desktop.ui.furniture import Furniture

        session = ContractSession(ContractDraft.new(), clock_ms=system_clock_ms)
        furniture = Furniture(services, self.tasks, session, self.window.messages, self.window)
        has_files = self.window.has_waiting_files
        self.window.furnish(furniture)
        self.crashes.attend(self.window, furniture.desk.autosave.flush)
        furniture.begin(recover=not has_files, read_environment=self._sandbox is None)
        if self._sandbox is not None:
            self._await_sandbox(self._sandbox, services)

    def _await_sandbox(self, sandbox: EmbeddedSandbox, services: Services) -> None:
        def wait() -> Environment:
            environment = sandbox.wait_ready()
            services.environments.use_for_session(environment, sandbox.secret)
            services.environments.choose(environment.kind)
            return environment

        self.tasks.start(
            wait, owner=self, on_done=self._on_sandbox_ready, on_error=self._on_sandbox_failed, lane=Lane.NETWORK
        )

    def _listen(self) -> None:
        from esign_desktop.app.single_instance import InstanceServer

        self._server = InstanceServer(self._backstage.paths.data_dir, self)
        self._server.files_received.connect(self._on_server_files_received)

    def _show_choices(self) -> None:
        self.window.menus.show_theme(self.appearance.theme)
        self.window.menus.show_language(self.appearance.language_choice)

    def _on_sandbox_ready(self, _environment: Environment) -> None:
        furniture = self.furniture
        if furniture is not None:
            furniture.environment.reload()
        self.sandbox_ready.emit()

    def _on_sandbox_failed(self, error: AppError) -> None:
        self.window.messages.tell(error)
        furniture = self.furniture
        if furniture is not None:
            furniture.environment.reload()

    def _on_server_files_received(self, paths: list[Path]) -> None:
        self.window.come_forward()
        self.window.open_files(paths)

    def _on_theme_chosen(self, mode: str) -> None:
        from esign_desktop.services.preferences import ThemeChoice

        self.appearance.use_theme(mode)
        self._show_choices()
        self._keep(lambda services: services.preferences.set_theme(ThemeChoice(mode)))

    def _on_language_chosen(self, choice: str) -> None:
        self.appearance.use_language(choice)
        self._show_choices()
        self._keep(lambda services: services.preferences.set_language(choice))

    def _keep(self, work: Callable[[Services], None]) -> None:
        furniture = self.furniture
        if furniture is not None:
            services = furniture.services
            self.tasks.start(lambda: work(services), owner=self, on_done=furniture.choices_kept)

    def _on_start_failed(self, error: AppError) -> None:
        from esign_desktop.ui.start_problem import StartProblem

        _log.error("can't start: %s", error.code)
        self.window.hide()
        self._problem = StartProblem(error, self._backstage.paths.data_dir)
        self._problem.retry_requested.connect(self._on_problem_retry_requested)
        self._problem.start_empty_requested.connect(self._on_problem_start_empty_requested)
        self._problem.rejected.connect(self._on_problem_rejected)
        self._problem.show()

    def _on_problem_retry_requested(self) -> None:
        self._start_again()

    def _on_problem_start_empty_requested(self) -> None:
        self._backstage.replace_damaged_database()
        self._start_again()

    def _start_again(self) -> None:
        if self._problem is not None:
            self._problem.hide()
            self._problem.deleteLater()
            self._problem = None
        self._opening = Future()
        opening, backstage = self._opening, self._backstage

        def open_database() -> None:
            try:
                opening.set_result(backstage.open_database())
            except AppError as error:
                opening.set_exception(error)

        self.window.show()
        self.tasks.start(open_database, owner=self, on_done=lambda _nothing: self._furnish())

    def _on_problem_rejected(self) -> None:
        self._application.exit(1)

    def _on_window_closed(self) -> None:
        self._application.quit()
