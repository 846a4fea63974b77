"""The real program on an installation of its own, with the rehearsal platform in the same process."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt

from esign_desktop.app.arguments import Arguments
from esign_desktop.app.backend import Backend
from esign_desktop.app.main import Program
from esign_desktop.app.sandbox_process import PROJECT_ID, EmbeddedSandbox
from esign_desktop.app.saved_window_state import SavedWindowState, window_state_path, write_window_state
from esign_desktop.app.self_test import driver
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.override import override
from esign_desktop.sandbox.options import SandboxOptions
from esign_desktop.sandbox.server import SandboxServer
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.ui.text import i18n
from esign_desktop.ui.widgets.layouts import fit_on_screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.shell.window import MainWindow
    from esign_desktop.ui.shell.workspace import Workspace
    from tests.pictures.studio import Studio

PORT: Final = int(os.environ.get("PICTURES_PORT", "0"))
"""The same in every run: it stands in the codes."""
WINDOW_PX: Final = (1280, 800)


class ResidentSandbox(EmbeddedSandbox):
    """Lives in this process, so that its clock stands still too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.faults_file = folder / "faults.json"
        folder.mkdir(parents=True, exist_ok=True)
        self.faults_file.write_text("[]", encoding="utf-8")
        options = SandboxOptions(PROJECT_ID, self.secret, folder / "platform", port=PORT, faults_file=self.faults_file)
        self.server = SandboxServer(options)

    @override
    def start(self) -> None:
        self.server.start()

    @override
    def wait_ready(self) -> Environment:
        return Environment(EnvironmentKind.SANDBOX, self.server.base_url, PROJECT_ID)

    @override
    def stop(self) -> None:
        self.server.stop()


@dataclass(frozen=True)
class Office:
    """The program, populated and connected."""

    program: Program
    sandbox: ResidentSandbox
    backend: Backend
    folder: Path

    @property
    def window(self) -> MainWindow:
        """The main window."""
        return self.program.window

    @property
    def workspace(self) -> Workspace:
        """What stands in it."""
        workspace = self.program.workspace
        assert workspace is not None
        return workspace

    @property
    def services(self) -> Services:
        """What it asks."""
        return self.workspace.services

    def set_faults(self, *rules: dict[str, object]) -> None:
        """Let the platform misbehave from now on."""
        # The length tells one set of rules from the next where the clock stands still.
        length = self.sandbox.faults_file.stat().st_size % 97 + 1
        self.sandbox.faults_file.write_text(json.dumps(rules) + " " * length, encoding="utf-8")

    def pages_are_drawn(self) -> None:
        """Wait until the visible pages are sharp and all is quiet."""
        view = self.workspace.prepare.canvas.view
        driver.wait_until("the pages are drawn", lambda: not view.is_settling and view.source.is_idle)
        driver.wait_until("the contract is saved", lambda: self.workspace.draft_controller.autosave.is_clean)
        driver.rest(150)


@contextmanager
def office(
    studio: Studio,
    name: str,
    *,
    size: tuple[int, int] = WINDOW_PX,
    before: Callable[[Database], None] | None = None,
    with_sandbox: bool = True,
) -> Iterator[Office]:
    """Start everything below a folder, and take it down again; ``before`` fills the database."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    folder = studio.scratch / name
    backend = Backend(AppPaths.at(folder))
    if before is not None:
        _fill(backend.paths, before)
    backend.lock()
    sandbox = ResidentSandbox(backend.paths.data_dir / "sandbox")
    if with_sandbox:
        sandbox.start()
    i18n.system_language = lambda: studio.language
    if studio.text_percent != 100:
        state = SavedWindowState(desktop=str(studio.text_percent))
        write_window_state(window_state_path(backend.paths.cache_dir), state)
    program = Program(studio.application, backend, Arguments(), sandbox if with_sandbox else None)
    ready: set[str] = set()
    program.populated.connect(lambda: ready.add("populated"))
    program.sandbox_ready.connect(lambda: ready.add("platform"))
    program.start()
    try:
        # A failure has to end the run instead of being told in a window.
        program.crashes.uninstall()
        fit_on_screen(program.window, *size)
        driver.wait_until("the window is populated and its platform answers", lambda: len(ready) == 1 + with_sandbox)
        program.appearance.use_theme("light")
        driver.rest(100)
        yield Office(program, sandbox, backend, folder)
    finally:
        program.stop()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _fill(paths: AppPaths, before: Callable[[Database], None]) -> None:
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    before(database)
    database.close()
