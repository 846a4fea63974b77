"""Reads a customer whom another program hands over: from a pipe, a file, or a file that a link names once."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from pathlib import Path
from typing import Final

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.store.files.checked_json import JsonProblem, read_json

MAX_BYTES: Final = 64 * 1024
SCHEME: Final = "esign-desktop:"
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


def read_named(name: str) -> bytes:
    """Return what a file holds, or the standard input for ``-``. Raises InputError ``handover.missing``, StoreError."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError("handover.missing") from None
    except OSError as error:
        raise disk_error(error) from error


def handover_folder() -> Path:
    """Return where files lie that links name: the user's own runtime folder."""
    from platformdirs import user_runtime_path

    return user_runtime_path("esign-desktop", appauthor=False)


def take_linked(link: str, folder: Path) -> bytes:
    """Return what lies in the file that a link names, and delete the file: a link works once.

    Raises InputError ``handover.bad_link``, ``handover.link_used`` for a file that is gone, and
    ``handover.not_private`` for one that somebody else can write or that is no plain file; StoreError.
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
        raise disk_error(error) from error
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
