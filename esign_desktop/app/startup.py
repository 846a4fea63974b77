"""Start the program: start slow processes first, then show the window, and import Qt only when it is needed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.app.backend import Backend
    from esign_desktop.app.first_page import FirstPage
    from esign_desktop.app.sandbox_process import EmbeddedSandbox
    from esign_desktop.domain.errors import AppError, StoreError
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.shell.start_problem import StartProblem


RESTART_STATUS: Final = 4
"""The internal exit status that requests a restart."""
RESTART_REHEARSAL_STATUS: Final = 5
"""The internal exit status that requests a restart with the rehearsal platform, because it is running."""


def run(arguments: Arguments, first_page: FirstPage | None = None) -> int:
    """Run the program until its window is closed, and return the exit status.

    ``first_page`` is the process that draws the first page, or None if the process has not been started yet.
    """
    first_page = first_page or _begin_first_page(arguments)
    other_folders: list[Path] = []
    try:
        status = _run(arguments, first_page, other_folders.append)
    finally:
        if first_page is not None:
            first_page.close()
    if status not in {RESTART_STATUS, RESTART_REHEARSAL_STATUS}:
        return status
    data_dir = other_folders[-1] if other_folders else arguments.data_dir
    _restart(arguments._replace(with_sandbox=status == RESTART_REHEARSAL_STATUS, data_dir=data_dir))
    return 0


def restart_words(arguments: Arguments) -> list[str]:
    """Return the command-line arguments for a restart. Files are omitted, because the draft already contains them."""
    words = ["--sandbox"] if arguments.with_sandbox else []
    if arguments.data_dir is not None:
        words += ["--data-dir", str(arguments.data_dir)]
    if arguments.result_file is not None:
        words += ["--result-file", str(arguments.result_file)]
    if arguments.log_level:
        words += ["--log-level", arguments.log_level]
    if arguments.listen_port is not None:
        words += ["--listen", str(arguments.listen_port)]
    return words


def _restart(arguments: Arguments) -> None:
    """Restart the program. If the operating system allows it, the process stays the same."""
    import subprocess

    # The interpreter, its options and what it runs precede the program's own arguments.
    before = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1]
    if getattr(sys, "frozen", False):
        before = []
        # Otherwise the new program would consider itself a child of this one.
        os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    command = [sys.executable, *before, *restart_words(arguments)]
    if sys.platform == "win32":
        subprocess.Popen(command)
    else:
        os.execv(sys.executable, command)  # noqa: S606  the program's own command


def _begin_first_page(arguments: Arguments) -> FirstPage | None:
    """Start the process that draws the first page of the first file, before more modules are imported.

    Return None if the first file is not a PDF.
    """
    if not any(path.suffix.lower() == ".pdf" for path in arguments.files[:1]):
        return None
    from esign_desktop.app.first_page import FirstPage

    return FirstPage()


def _run(arguments: Arguments, first_page: FirstPage | None, use_folder: Callable[[Path], object]) -> int:
    from esign_desktop.app.backend import Backend
    from esign_desktop.domain.errors import AppError, StoreError
    from esign_desktop.store.files.paths import AppPaths

    try:
        paths = AppPaths.chosen(arguments.data_dir)
    except AppError as error:
        return _tell(error, AppPaths.chosen(None), arguments, use_folder)
    backend = Backend(paths, result_file=arguments.result_file)
    try:
        customer = _read_customer(arguments)
    except AppError as error:
        return _refuse_customer(error, arguments, paths)
    try:
        backend.lock()
    except StoreError as error:
        if error.code == "store.second_instance":
            return _hand_over(arguments, paths, error, customer, use_folder)
        return _tell(error, paths, arguments, use_folder)
    if sys.platform == "win32":
        from esign_desktop.app.windows import hold_names, name_taskbar_group
        from esign_desktop.pdf.walls.windows import Windows

        hold_names(Windows())
        name_taskbar_group(Windows())
    if first_page is not None:
        from esign_desktop.app.saved_window_state import read_window_state, window_state_path

        first_page.draw(arguments.files[0], read_window_state(window_state_path(paths.cache_dir)).pages_place)
    sandbox = _start_sandbox(arguments, paths)
    return _show(arguments, backend, sandbox, first_page, customer, use_folder)


def _read_customer(arguments: Arguments) -> bytes | None:
    """Read and validate the data of a customer to be handed over. Return None if there is no customer.

    Raises InputError ``handover.*`` and StoreError.
    """
    if arguments.customer_file is None and arguments.link is None:
        return None
    from esign_desktop.store.files import customer_file
    from esign_desktop.ui.resources import resource_path

    if arguments.link is not None:
        data = customer_file.take_linked(arguments.link, customer_file.handover_folder())
    else:
        data = customer_file.read_named(arguments.customer_file or "-")
    customer_file.read_customer(data, resource_path("customer.schema.json"))
    return data if arguments.preset_key is None else customer_file.with_preset(data, arguments.preset_key)


def _refuse_customer(error: AppError, arguments: Arguments, paths: AppPaths) -> int:
    """Report why the customer was not handed over, and return the exit status.

    The message is printed to standard error. If the user clicked a link, the message is also shown in a window.
    """
    from esign_desktop.app.commands.console import print_error
    from esign_desktop.app.handover import STATUSES, answer_line, print_line, refusal
    from esign_desktop.app.ipc import hand_over

    shown = None
    if arguments.link is not None and not hand_over(paths.data_dir, (), problem=error):
        shown = _show_problem(error, paths)
    print_error(error)
    answer = refusal(error)
    print_line(answer_line(answer))
    if shown is not None:
        shown[0].exec()
    return STATUSES[answer.state]


def _show(
    arguments: Arguments,
    backend: Backend,
    sandbox: EmbeddedSandbox | None,
    first_page: FirstPage | None,
    customer: bytes | None,
    use_folder: Callable[[Path], object],
) -> int:
    from esign_desktop.ui.shell.application import create_application

    application = create_application(sys.argv[:1])
    from esign_desktop.app.main import Program

    program = Program(application, backend, arguments, sandbox, first_page)
    if customer is not None:
        from esign_desktop.app.handover import print_line
        from esign_desktop.app.ipc import HandedOver

        program.early_customers.append(HandedOver(customer=customer, answer=print_line))
    program.start()
    status = 1
    try:
        status = application.exec()
        if program.other_data_dir is not None:
            use_folder(program.other_data_dir)
        if program.other_data_dir is not None or program.window.is_restarting:
            status = RESTART_REHEARSAL_STATUS if program.has_rehearsal else RESTART_STATUS
        return status
    finally:
        program.stop()
        if status not in {RESTART_STATUS, RESTART_REHEARSAL_STATUS} and not program.tasks.wait_idle(0):
            # An unreachable share could block this process forever, and keep the program from being started again.
            os._exit(status)


def _start_sandbox(arguments: Arguments, paths: AppPaths) -> EmbeddedSandbox | None:
    if not arguments.with_sandbox:
        return None
    from esign_desktop.app.sandbox_process import EmbeddedSandbox

    sandbox = EmbeddedSandbox(paths.sandbox_dir)
    sandbox.start()
    return sandbox


def _hand_over(
    arguments: Arguments,
    paths: AppPaths,
    error: StoreError,
    customer: bytes | None,
    use_folder: Callable[[Path], object],
) -> int:
    from esign_desktop.app.ipc import hand_over

    if customer is not None:
        return _hand_over_customer(customer, arguments, paths, error)
    if not hand_over(paths.data_dir, arguments.files, wants_counter=arguments.counter):
        return _tell(error, paths, arguments, use_folder)
    from PySide6.QtCore import QCoreApplication

    from esign_desktop.ui.text.errors.sentences import error_sentence
    from esign_desktop.ui.text.i18n import Languages

    application = QCoreApplication(sys.argv[:1])
    Languages(application).use("")
    sys.stdout.write(f"{error_sentence(error).text}\n")
    return 0


def _hand_over_customer(customer: bytes, arguments: Arguments, paths: AppPaths, error: StoreError) -> int:
    """Hand a customer over to the running instance, print the instance's answer, and return the exit status."""
    from esign_desktop.app.commands.console import use_language
    from esign_desktop.app.handover import answer_line, no_answer, print_line, reference_in, refusal, status_of
    from esign_desktop.app.ipc import hand_over_customer

    line = hand_over_customer(paths.data_dir, customer, arguments.files)
    if line:
        print_line(line)
        return status_of(line)
    failure = no_answer() if line is not None else error
    if arguments.link is not None:
        return _refuse_customer(failure, arguments, paths)
    use_language()
    line = answer_line(refusal(failure), reference_in(customer))
    print_line(line)
    return status_of(line)


def _tell(error: AppError, paths: AppPaths, arguments: Arguments, use_folder: Callable[[Path], object]) -> int:
    application, problem = _show_problem(error, paths)
    again = RESTART_REHEARSAL_STATUS if arguments.with_sandbox else RESTART_STATUS
    problem.folder_chosen.connect(use_folder)
    problem.folder_chosen.connect(lambda _folder: application.exit(again))
    return application.exec() or 1


def _show_problem(error: AppError, paths: AppPaths) -> tuple[QApplication, StartProblem]:
    from esign_desktop.ui.shell.application import Appearance, Looks, complete_application, create_application
    from esign_desktop.ui.shell.start_problem import StartProblem

    application = create_application(sys.argv[:1])
    complete_application(application)
    appearance = Appearance(application)
    appearance.use_language("")
    appearance.use(Looks())
    problem = StartProblem(error, paths.data_dir)
    problem.show()
    return application, problem
