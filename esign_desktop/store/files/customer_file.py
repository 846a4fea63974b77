"""Read customer data handed over by another program through a pipe, in a file, or in a file that a link names.

A link can be used only once.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from esign_desktop.atomic_files import delete_file
from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.store.files.checked_json import JsonProblem, read_json

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 64 * 1024
PATIENCE_S: Final = 10.0
"""The time, in seconds, within which a pipe must deliver all data and be closed."""
LEAST_NAME, MOST_NAME = 8, 64
"""The minimum and maximum length of the name in a link. A shorter name could be guessed."""
_LINK: Final = re.compile(r"esign-desktop:(?://)?customer/([A-Za-z0-9_-]{1,200})/?")


def read_customer(data: bytes, schema_path: Path) -> HandedCustomer:
    """Return the customer described by JSON text.

    Raises InputError ``handover.…``. The error contains no personal data.
    """
    try:
        found = read_json(data, schema_path, max_bytes=MAX_BYTES)
    except JsonProblem as problem:
        failure = problem.as_error("handover")
    else:
        document = found.get("document")
        return HandedCustomer(
            found["name"],
            found["number"],
            PersonIdType[document.upper()] if document is not None else None,
            found.get("mobile", ""),
            found.get("preset"),
            found.get("reference", ""),
            found.get("answers", {}),
        )
    raise failure


def with_preset(data: bytes, key: int) -> bytes:
    """Return a customer's JSON text with the preset's function key set to ``key``. The given text must be valid."""
    return json.dumps({**json.loads(data.decode("utf-8-sig")), "preset": key}).encode("ascii")


def read_named(name: str, *, patience_s: float = PATIENCE_S) -> bytes:
    """Return the content of a file, or of standard input if the name is ``-``.

    Raises InputError ``handover.no_file``, ``handover.no_access``, or ``handover.silent`` if a pipe is not closed
    within ``patience_s`` seconds.
    """
    found: list[bytes | OSError] = []

    def read() -> None:
        try:
            with open(0 if name == "-" else name, "rb", buffering=0, closefd=name != "-") as file:
                data = b""
                while len(data) <= MAX_BYTES and (more := file.read(MAX_BYTES + 1 - len(data))):
                    data += more
                found.append(data)
        except OSError as error:
            found.append(error)

    # A blocking read cannot be interrupted, so it runs on its own thread.
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(patience_s)
    match found:
        case [bytes(data)]:
            return data
        case [FileNotFoundError()]:
            raise InputError("handover.no_file")
        case [OSError() as error]:
            raise _no_access(error)
    raise InputError("handover.silent", seconds=int(patience_s))


def _no_access(error: OSError) -> InputError:
    return InputError("handover.no_access", errno.errorcode.get(error.errno or 0, type(error).__name__))


def handover_folder() -> Path:
    """Return the user's own runtime folder, which contains the files that links can name."""
    from platformdirs import user_runtime_path

    return user_runtime_path("esign-desktop", appauthor=False)


def take_linked(link: str, folder: Path) -> bytes:
    """Return the content of the file that a link names, and delete the file, so that the link works only once.

    A rejected file is also deleted, because it contains personal data. Raises InputError ``handover.bad_link``,
    ``handover.bad_name`` if the name does not have ``least`` to ``most`` characters, ``handover.link_used`` if the file
    does not exist, ``handover.not_private`` if other users can access the file or if it is not a regular file, and
    ``handover.no_access``. Raises StoreError if the file cannot be deleted.
    """
    match = _LINK.fullmatch(link)
    if match is None:
        raise InputError("handover.bad_link", least=LEAST_NAME, most=MOST_NAME)
    path = folder / f"{match[1]}.json"
    try:
        if not all(_is_own_folder(place) for place in (folder, folder.parent)):
            raise InputError("handover.not_private")
        if not LEAST_NAME <= len(match[1]) <= MOST_NAME:
            raise InputError("handover.bad_name", least=LEAST_NAME, most=MOST_NAME)
        return _take(path)
    except InputError:
        with suppress(OSError):
            delete_file(path)
        raise


def _take(path: Path) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise InputError("handover.link_used") from None
    except OSError as error:
        if path.is_symlink():
            raise InputError("handover.not_private") from None
        raise _no_access(error) from None
    try:
        with os.fdopen(descriptor, "rb") as file:
            if not _is_private(os.fstat(file.fileno())):
                raise InputError("handover.not_private")
            data = file.read(MAX_BYTES + 1)
        # Of two processes started by one link, only the one that deletes the file may use it. The file is closed first,
        # because Windows does not delete an open file.
        delete_file(path)
        return data
    except FileNotFoundError:
        raise InputError("handover.link_used") from None
    except OSError as error:
        raise disk_error(error) from error


def _is_own_folder(folder: Path) -> bool:
    """Return whether a folder belongs to the user of this process, or does not exist.

    Without a session, the runtime folder is in the shared folder for temporary files, where any user may create it.
    """
    try:
        return sys.platform == "win32" or folder.stat().st_uid == os.getuid()
    except OSError:
        return True


def _is_private(status: os.stat_result) -> bool:
    if not stat.S_ISREG(status.st_mode):
        return False
    # On Windows, the permissions of the folder exclude other users.
    return sys.platform == "win32" or (status.st_uid == os.getuid() and not status.st_mode & 0o077)
