"""Start the real program for a self-test, with its own data folder, rehearsal platform and windows.

The body of each ``/sign/start`` request is recorded as it is signed and sent.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler

from esign_desktop.api.client import PlatformClient
from esign_desktop.app.arguments import Arguments
from esign_desktop.app.backend import Backend
from esign_desktop.app.main import Program
from esign_desktop.app.sandbox_process import EmbeddedSandbox
from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.driver import SelfTestFailed
from esign_desktop.override import override
from esign_desktop.pdf.engine import PdfEngine
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.ui.shell.application import create_application
from esign_desktop.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.api.client import RawAnswer, Secret
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import CancelToken


_WINDOW_PX = (1360, 860)


@dataclass(frozen=True, slots=True)
class Fixture:
    """The program under test: the main window and the PDF engine, connected to a rehearsal platform of their own."""

    window: MainWindow
    engine: PdfEngine
    complaints: list[str]
    """The warnings that Qt has issued so far."""


def choose_platform() -> None:
    """If there is no screen, select the Qt platform that draws into memory."""
    has_screen = sys.platform in {"win32", "darwin"} or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not has_screen:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect Qt's warnings, except those about functions that are unavailable when Qt draws into memory."""
    found: list[str] = []

    def keep(_kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
        if text and not text.startswith("This plugin does not support"):
            found.append(text)

    before = qInstallMessageHandler(keep)
    try:
        yield found
    finally:
        qInstallMessageHandler(before)


@contextmanager
def fixture(folder: Path, witness: PayloadWitness) -> Iterator[Fixture]:
    """Start the program with its data in ``folder``, and stop it at the end of the context.

    ``witness`` records the start requests. Raises AppError or SelfTestFailed if the program cannot be started.
    """
    with _complaints() as complaints:
        yield from _fixture(folder, witness, complaints)


def _fixture(folder: Path, witness: PayloadWitness, complaints: list[str]) -> Iterator[Fixture]:
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    application = create_application(sys.argv[:1])
    # The program is tested as it is without a policy, which may leave rooms out or name another environment.
    backend = Backend(AppPaths.at(folder), connect=witness.connect, policy_path=folder / "no-policy.json")
    backend.lock()
    sandbox = EmbeddedSandbox(backend.paths.sandbox_dir)
    sandbox.start()
    program = Program(application, backend, Arguments(), sandbox)
    ready: list[str] = []
    program.populated.connect(lambda: ready.append("populated"))
    program.sandbox_ready.connect(lambda: ready.append("platform"))
    program.start()
    try:
        program.window.resize(*_WINDOW_PX)
        driver.wait_until("the window is populated and its platform answers", lambda: len(set(ready)) == 2)
        workspace = program.workspace
        if workspace is None:
            raise SelfTestFailed("the window is not populated")
        preferences = workspace.services.preferences
        driver.elsewhere(lambda: preferences.set_download_folder(folder / "downloads"))
        yield Fixture(program.window, backend.engine, complaints)
    finally:
        program.stop()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


_START_PATH = "/sign/start"


class PayloadWitness:
    """A recorder of start requests. Its method ``connect`` is used in place of the client class to create clients."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def connect(self, environment: Environment, secret: Secret) -> PlatformClient:
        """Return a real client that also records the start requests that it sends."""
        return _WatchedClient(environment, secret, self.bodies)


class _WatchedClient(PlatformClient):
    def __init__(self, environment: Environment, secret: Secret, bodies: list[bytes]) -> None:
        super().__init__(environment, secret)
        self._bodies = bodies

    @override
    def post(self, path: str, body: bytes, *, cancel: CancelToken | None = None) -> RawAnswer:
        if path.endswith(_START_PATH):
            self._bodies.append(body)
        return super().post(path, body, cancel=cancel)
