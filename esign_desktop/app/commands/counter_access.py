"""The commands ``--add-teller``, ``--remove-teller`` and ``--remove-counter-pin``.

With these commands, the system's administrator can give users access to a locked counter. Once tellers or a PIN have
been set up, the commands require administrator rights. They then run as the user who owns the data, because files in
this user's folder must not be owned by root. Every change is recorded in the audit log.
"""

from __future__ import annotations

import getpass
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.app.commands.console import locked_database, print_error, print_start_error, use_language
from esign_desktop.domain.errors import AppError, InputError, StoreError
from esign_desktop.services.audit import noting, user_and_computer
from esign_desktop.services.counter.pin import MAX_DIGITS, CounterPin
from esign_desktop.services.counter.tellers import Tellers
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.files.paths import AppPaths, system_policy_path
from esign_desktop.store.files.policy_file import read_policy
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments

USER_MAP: Final = Path("/proc/self/uid_map")
XDG_FOLDERS: Final = ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")


def run(arguments: Arguments) -> int:
    """Run the command, print the result, and return the exit status: 0 if the command succeeded, otherwise 1.

    The command fails while the program is running.
    """
    from PySide6.QtCore import QCoreApplication

    use_language()
    is_administrator = _is_administrator()
    who = f"{user_and_computer()}, administrator" if is_administrator else user_and_computer()
    try:
        policy = read_policy(system_policy_path(), resource_path("policy.schema.json"))
        paths = _paths_as_their_owner(arguments)
    except AppError as error:
        print_error(error)
        return 1
    try:
        with locked_database(paths) as database:
            audit = Audit(database, who=who)
            settings = Settings(database, on_change=audit.note_setting)
            tellers = Tellers(
                settings, clock_ms=system_clock_ms, note=noting(audit), policy=policy, mark=paths.tellers_mark
            )
            is_free = not tellers.are_wanted and not tellers.is_first_by_administrator
            if arguments.remove_counter_pin:
                _require(is_administrator)
                CounterPin(settings, clock_ms=system_clock_ms).forget()
                said = QCoreApplication.translate("CounterAccess", "The counter no longer needs a PIN.")
            elif arguments.remove_teller is not None:
                _require(is_administrator)
                tellers.take_off(arguments.remove_teller)
                said = QCoreApplication.translate("CounterAccess", "The teller has been removed.")
            else:
                _require(is_administrator or is_free)
                # The first teller becomes a supervisor. Otherwise, no teller could add others.
                is_supervisor = arguments.supervisor or (is_free and not policy.are_tellers_by_administrator)
                tellers.provide(arguments.add_teller or "", _pin(), is_supervisor=is_supervisor)
                said = QCoreApplication.translate(
                    "CounterAccess", "The teller can sign in with this PIN, and must then choose a new one."
                )
    except StoreError as error:
        print_start_error(error, paths)
        return 1
    except InputError as error:
        print_error(error)
        return 1
    sys.stdout.write(said + "\n")
    return 0


def _require(is_allowed: bool) -> None:  # noqa: FBT001  the only parameter
    if not is_allowed:
        raise InputError("administrator.needed")


def _pin() -> str:
    """Read the PIN from a pipe or the terminal. It is not an argument, because every user can see command lines."""
    from PySide6.QtCore import QCoreApplication

    if sys.stdin.isatty():
        return getpass.getpass(QCoreApplication.translate("CounterAccess", "PIN: ")).strip()
    return sys.stdin.readline(MAX_DIGITS + 8).strip()


def _is_administrator() -> bool:
    if sys.platform == "win32":
        from ctypes import windll

        is_administrator = bool(windll.shell32.IsUserAnAdmin())
    else:
        # A user who is root in a user namespace does not own the system's files there, unless the root folder is
        # one of their own.
        is_administrator = os.geteuid() == 0 == Path("/").stat().st_uid and _has_all_users()
    return is_administrator


def _has_all_users() -> bool:
    """Return whether all users of the system also exist for this process.

    In a user namespace created by a regular user, at least one user is missing (user_namespaces(7)). Only Linux has
    user namespaces.
    """
    has_all = True
    if sys.platform == "linux":
        try:
            has_all = USER_MAP.read_text("ascii").split() == ["0", "0", str(2**32 - 1)]
        except OSError:
            has_all = False
    return has_all


def _paths_as_their_owner(arguments: Arguments) -> AppPaths:
    """Switch to the user who owns the data, and return the paths of that user's installation.

    Raises InputError ``administrator.no_user``, ``administrator.needed`` or ``policy.data_folder``.
    """
    if sys.platform != "win32" and _is_administrator():
        _become_owner(arguments)
    elif arguments.user is not None:
        raise InputError("administrator.needed")
    return AppPaths.chosen(arguments.data_dir)


if sys.platform != "win32":
    import pwd

    def _become_owner(arguments: Arguments) -> None:
        name = arguments.user or (os.environ.get("SUDO_USER") if arguments.data_dir is None else None)
        if name is not None:
            try:
                owner = pwd.getpwnam(name)
            except KeyError:
                owner = None
            if owner is None:
                raise InputError("administrator.no_user")
            user_id, group_id = owner.pw_uid, owner.pw_gid
            os.environ["HOME"] = owner.pw_dir
            for variable in XDG_FOLDERS:
                os.environ.pop(variable, None)
        elif arguments.data_dir is not None and arguments.data_dir.exists():
            found = arguments.data_dir.stat()
            user_id, group_id = found.st_uid, found.st_gid
        else:
            user_id, group_id = 0, os.getegid()
        if user_id:
            # Imported before the switch: the user may have no access to the administrator's Python.
            for module in ("sqlite3", "concurrent.futures.thread", "esign_desktop.ui.text.errors.sentences"):
                import_module(module)
            os.setgroups([])
            os.setgid(group_id)
            os.setuid(user_id)
