"""The command ``--support-bundle FILE``, which writes an archive for support without personal or secret data.

The archive contains the versions, the logs, the number of rows in each table, the states of sends and flows, and the
names of changed settings without their values. The logs are redacted again in case an older version wrote them.
"""

from __future__ import annotations

import json
import os
import platform
import stat
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from esign_desktop import __version__
from esign_desktop.app.commands.console import locked_database, print_error, use_language
from esign_desktop.app.log import LOG_NAME, redacted
from esign_desktop.atomic_files import atomic_target, create_private
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.store.files.paths import AppPaths, system_policy_path
from esign_desktop.store.files.policy_file import read_policy
from esign_desktop.store.tables.audit import check_chain
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.store.database.handle import Connection

_LIBRARIES: Final = (
    *("PySide6-Essentials", "pymupdf", "requests", "urllib3", "keyring", "cryptography", "pyHanko", "openpyxl"),
)
_MOST_LOG_BYTES: Final = 4 * 1024 * 1024


def run(arguments: Arguments) -> int:
    """Write the archive, print its path, and return the exit status: 0 if the archive was written, otherwise 1.

    The program may be running at the same time.
    """
    from PySide6.QtCore import QCoreApplication

    use_language()
    target = arguments.support_bundle
    if target is None:
        return 2
    try:
        write_bundle(target, AppPaths.chosen(arguments.data_dir))
    except AppError as error:
        print_error(error)
        return 1
    done = QCoreApplication.translate("Managing", "{path} has been written. It contains no personal data or secrets.")
    sys.stdout.write(done.format(path=target) + "\n")
    return 0


def write_bundle(target: Path, paths: AppPaths) -> None:
    """Write the archive to ``target``, replacing any existing file. Raises StoreError if the archive cannot be written.

    Only the user of this process can read the archive. If root runs the command, the log folder may belong to another
    user. Symbolic links in this folder are therefore skipped.
    """
    facts = {"versions": _versions(), "policy": _policy(), "data": _data(paths)}
    with (
        disk_errors(),
        atomic_target(target) as scratch,
        create_private(scratch) as archive,
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle,
    ):
        bundle.writestr("facts.json", json.dumps(facts, indent=2))
        for log in sorted(paths.log_dir.glob(f"{LOG_NAME.removesuffix('.log')}*.log*")):
            if not stat.S_ISREG(log.lstat().st_mode):
                continue
            with open(log, encoding="utf-8", errors="replace", opener=_open_without_links) as file:
                bundle.writestr(f"logs/{log.name}", redacted(file.read(_MOST_LOG_BYTES)))


def _open_without_links(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _versions() -> dict[str, str]:
    known = {"esign-desktop": __version__, "Python": platform.python_version(), "system": platform.platform()}
    for name in _LIBRARIES:
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            # A frozen program contains libraries without their metadata.
            known[name] = "?"
    return known


def _policy() -> dict[str, Any]:
    try:
        policy = read_policy(system_policy_path(), resource_path("policy.schema.json"))
    except AppError as error:
        return {"error": error.code}
    return {"sets": [name for name, value in policy._asdict().items() if value not in {None, "", False}]}


def _data(paths: AppPaths) -> dict[str, Any]:
    """Return facts about the database. If the database is in use, return only its size and an error code."""
    if not paths.database_path.exists():
        return {"database": "none"}
    size = {"database_bytes": paths.database_path.stat().st_size}
    try:
        with locked_database(paths) as database:
            return {**size, **database.run(_counts)}
    except StoreError as error:
        return {**size, "error": error.code}


def _counts(connection: Connection) -> dict[str, Any]:
    tables = [str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    audit = check_chain(connection)
    return {
        "schema": connection.execute("PRAGMA user_version").fetchone()[0],
        "rows": {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  names of our schema
            for name in sorted(tables)
        },
        "sends": dict(connection.execute("SELECT state, count(*) FROM submissions GROUP BY state").fetchall()),
        "flows": dict(connection.execute("SELECT status, count(*) FROM flows GROUP BY status").fetchall()),
        # The part after the first dot may contain a project's name.
        "settings": sorted({str(key).partition(".")[0] for (key,) in connection.execute("SELECT key FROM settings")}),
        "audit": {"lines": audit.lines, "broken_at": audit.broken_at},
    }
