"""The order of a start: what takes long begins first, the window comes at once, and Qt is imported only when needed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments
    from esign_desktop.app.backend import Backend
    from esign_desktop.app.first_page import FirstPage
    from esign_desktop.app.sandbox_process import EmbeddedSandbox
    from esign_desktop.domain.errors import StoreError
    from esign_desktop.store.files.paths import AppPaths


def run(arguments: Arguments, first_page: FirstPage | None = None) -> int:
    """Run the program until its window is closed; return the exit status."""
    first_page = first_page or _begin_first_page(arguments)
    try:
        return _run(arguments, first_page)
    finally:
        if first_page is not None:
            first_page.close()


def _begin_first_page(arguments: Arguments) -> FirstPage | None:
    """Start the process that draws the first file's first page, before anything else is imported."""
    if not any(path.suffix.lower() == ".pdf" for path in arguments.files[:1]):
        return None
    from esign_desktop.app.first_page import FirstPage

    return FirstPage()


def _run(arguments: Arguments, first_page: FirstPage | None) -> int:
    from esign_desktop.app.backend import Backend
    from esign_desktop.domain.errors import StoreError
    from esign_desktop.store.files.paths import AppPaths

    paths = AppPaths.chosen(arguments.data_dir)
    backend = Backend(paths)
    try:
        backend.lock()
    except StoreError as error:
        if error.code == "store.second_instance":
            return _hand_over(arguments, paths, error)
        return _tell(error, paths)
    if sys.platform == "win32":
        from esign_desktop.app.windows import hold_names
        from esign_desktop.pdf.walls.win32 import Windows

        hold_names(Windows())
    if first_page is not None:
        from esign_desktop.app.saved_window_state import read_window_state, window_state_path

        first_page.draw(arguments.files[0], read_window_state(window_state_path(paths.cache_dir)).pages_place)
    sandbox = _start_sandbox(arguments, paths)
    return _show(arguments, backend, sandbox, first_page)


def _show(arguments: Arguments, backend: Backend, sandbox: EmbeddedSandbox | None, first_page: FirstPage | None) -> int:
    from esign_desktop.ui.shell.application import create_application

    application = create_application(sys.argv[:1])
    from esign_desktop.app.main import Program

    program = Program(application, backend, arguments, sandbox, first_page)
    program.start()
    try:
        return application.exec()
    finally:
        program.stop()


def _start_sandbox(arguments: Arguments, paths: AppPaths) -> EmbeddedSandbox | None:
    if not arguments.with_sandbox:
        return None
    from esign_desktop.app.sandbox_process import EmbeddedSandbox

    sandbox = EmbeddedSandbox(paths.sandbox_dir)
    sandbox.start()
    return sandbox


def _hand_over(arguments: Arguments, paths: AppPaths, error: StoreError) -> int:
    from esign_desktop.app.ipc import hand_over

    if not hand_over(paths.data_dir, arguments.files, wants_counter=arguments.counter):
        return _tell(error, paths)
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.ui.text.errors.sentences import error_sentence
    from esign_desktop.ui.text.i18n import Languages

    application = QCoreApplication(sys.argv[:1])
    Languages(application).use("")
    sentence = error_sentence(error)
    sys.stdout.write(f"{sentence.title} {sentence.remedy}\n")
    return 0


def _tell(error: StoreError, paths: AppPaths) -> int:
    """Say in a window why the program can't start."""
    from esign_desktop.ui.shell.application import Appearance, create_application, give_icon
    from esign_desktop.ui.shell.start_problem import StartProblem

    application = create_application(sys.argv[:1])
    give_icon(application)
    appearance = Appearance(application)
    appearance.use_language("")
    appearance.use_theme("system")
    problem = StartProblem(error, paths.data_dir)
    problem.show()
    application.exec()
    return 1
