"""Entry point of the program: ``esign-desktop`` or ``python -m esign_desktop``."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments


def main() -> int:
    """Run the command given on the command line and return the exit status."""
    # Otherwise the garbage collector would scan every module repeatedly during the imports.
    gc.disable()
    from esign_desktop.pdf.isolated.process_limits import disable_core_dumps

    # Memory holds the project secret and personal data, which must not end up in a core dump.
    disable_core_dumps()
    words = sys.argv[1:]
    has_console = _give_streams(words)
    if words[:1] == ["--draw-first-page"]:
        from esign_desktop.pdf.worker.first_page import main as draw

        return draw()
    if words[:1] == ["--child"]:
        from esign_desktop.pdf.isolated.start import run_child

        run_child()
        return 0
    if words[:1] == ["--serve-sandbox"]:
        from esign_desktop.sandbox.__main__ import main as serve

        return serve(words[1:])
    first_page = None
    if words and all(word.lower().endswith(".pdf") for word in words):
        # Started first, because the process that draws the page takes almost as long to start as the window.
        from esign_desktop.app.first_page import FirstPage

        # If this fails, the window draws the page itself, a little later.
        with suppress(OSError):
            first_page = FirstPage()
    from esign_desktop.app.arguments import parse

    arguments = parse(words)
    status = _do_errand(arguments)
    if status is not None:
        return status
    if has_console:
        _leave_console()
    from esign_desktop.app.startup import run

    return run(arguments, first_page)


def _give_streams(words: list[str]) -> bool:
    """Make stdout and stderr usable on Windows. Return whether the program uses the console that started it.

    There, a program without a console has no streams, or streams that cannot encode Chinese. A command prints in the
    console in which it was entered.
    """
    has_console = sys.platform == "win32" and sys.stdout is None and any(map(_is_option, words)) and _find_console()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            place = "CONOUT$" if has_console else os.devnull
            setattr(sys, name, open(place, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  until the program ends
        elif sys.platform == "win32" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return has_console


def _is_option(word: str) -> bool:
    return word.startswith("-") and word not in {"--child", "--draw-first-page", "--serve-sandbox"}


def _find_console() -> bool:
    from esign_desktop.app.windows import attach_console
    from esign_desktop.pdf.walls.windows import Windows

    return attach_console(Windows())


def _leave_console() -> None:
    """Leave the console before the window opens, because closing the console would end the program."""
    from esign_desktop.app.windows import leave_console
    from esign_desktop.pdf.walls.windows import Windows

    for name in ("stdout", "stderr"):
        getattr(sys, name).close()
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  until the program ends
    leave_console(Windows())


def _do_errand(arguments: Arguments) -> int | None:
    """Run a command that needs no window and return the exit status; return None to open the window."""
    if arguments.install_desktop_entry:
        from esign_desktop.app.desktop_entry import install_desktop_entry

        print(install_desktop_entry())
        return 0
    if arguments.check_sheet is not None:
        from esign_desktop.app.commands.sheet_check import run as run_check

        return run_check(arguments)
    if arguments.calibrate:
        from esign_desktop.app.commands.calibrate import run as run_calibration

        return run_calibration(arguments)
    if arguments.self_test:
        from esign_desktop.app.self_test import run as run_self_test

        return run_self_test(arguments)
    return _manage(arguments)


def _manage(arguments: Arguments) -> int | None:
    """Run an administrator's command and return the exit status; return None if none was given."""
    if arguments.check_policy is not None or arguments.set_secret:
        from esign_desktop.app.commands.managing import run_policy_check, run_secret

        return run_secret(arguments) if arguments.set_secret else run_policy_check(arguments)
    if arguments.overview is not None:
        from esign_desktop.app.commands.overview import run as run_overview

        return run_overview(arguments)
    if arguments.support_bundle is not None:
        from esign_desktop.app.commands.support_bundle import run as run_bundle

        return run_bundle(arguments)
    if arguments.verify_audit:
        from esign_desktop.app.commands.audit_check import run as run_audit_check

        return run_audit_check(arguments)
    if arguments.add_teller is not None or arguments.remove_teller is not None or arguments.remove_counter_pin:
        from esign_desktop.app.commands.counter_access import run as run_access

        return run_access(arguments)
    return _mend(arguments)


def _mend(arguments: Arguments) -> int | None:
    """Run a command that restores stored data and return the exit status; return None if none was given."""
    if arguments.rebuild_from_ledger:
        from esign_desktop.app.commands.recovery import run_rebuilding

        return run_rebuilding(arguments)
    if arguments.use_copy_before_upgrade:
        from esign_desktop.app.commands.recovery import run_from_copy

        return run_from_copy(arguments)
    if arguments.restore_from is not None:
        from esign_desktop.app.commands.recovery import run_restoring

        return run_restoring(arguments)
    return None


if __name__ == "__main__":
    sys.exit(main())
