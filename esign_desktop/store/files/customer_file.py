"""Reads a customer whom another program hands over: from a pipe, a file, or a file that a link names once."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys
import threading
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.store.files.checked_json import JsonProblem, read_json

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 64 * 1024
PATIENCE_S: Final = 10.0
"""How long a pipe may take to tell all of a customer."""
_LINK: Final = re.compile(r"esign-desktop:(?://)?customer/([A-Za-z0-9_-]{8,64})/?")


def read_customer(data: bytes, schema_path: Path) -> HandedCustomer:
    """Return the customer in a text. Raises InputError ``handover.…``, which tells nothing of what stands there."""
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
    """Return a customer's text, which was read already, with the preset of another function key."""
    return json.dumps({**json.loads(data.decode("utf-8-sig")), "preset": key}).encode("ascii")


def read_named(name: str, *, patience_s: float = PATIENCE_S) -> bytes:
    """Return what a file holds, or the standard input for ``-``.

    Raises InputError ``handover.no_file``, ``handover.no_access``, and ``handover.silent`` for a pipe whose end does
    not come in time.
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

    # Nothing else can break off what waits for somebody to write.
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
    """Return where files lie that links name: the user's own runtime folder."""
    from platformdirs import user_runtime_path

    return user_runtime_path("esign-desktop", appauthor=False)


def take_linked(link: str, folder: Path) -> bytes:
    """Return what lies in the file that a link names, and delete the file: a link works once.

    Raises InputError ``handover.bad_link``, ``handover.link_used`` for a file that is gone, and
    ``handover.not_private`` for one that somebody else can write or that is no plain file, ``handover.no_access``;
    StoreError where it can't be deleted.
    """
    match = _LINK.fullmatch(link)
    if match is None:
        raise InputError("handover.bad_link")
    path = folder / f"{match[1]}.json"
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
            # Before it is used: two that were started by one link must not both have it.
            path.unlink()
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError("handover.link_used") from None
    except OSError as error:
        raise disk_error(error) from error


def _is_private(status: os.stat_result) -> bool:
    if not stat.S_ISREG(status.st_mode):
        return False
    # On Windows the folder's own rights keep others out.
    return sys.platform == "win32" or (status.st_uid == os.getuid() and not status.st_mode & 0o077)
