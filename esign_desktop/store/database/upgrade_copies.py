"""Copies of the database from before it was brought to a newer version, for a program that goes back to an older one.

They lie beside the database as ``esign.db.before-upgrade-VERSION-MILLISECONDS``: the schema's version in the copy, and
when it was made. Each holds what the database held, so that whatever is deleted there is deleted here too.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from esign_desktop.atomic_files import PRIVATE_FILE_MODE, atomic_target
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.store.database.backup import backup_path, journal_path

MOST_COPIES: Final = 2
LONGEST_KEPT_MS: Final = 30 * 24 * 3600 * 1000

_NAME: Final = re.compile(r"\.before-upgrade-(\d{1,9})-(\d{1,15})")
_UNFINISHED: Final = ".before-upgrade-new"


@dataclass(frozen=True, slots=True)
class UpgradeCopy:
    """``version`` is the schema's, as the name has it; ``made_at_ms`` is epoch time."""

    path: Path
    version: int
    made_at_ms: int

    def delete(self) -> None:
        """Delete the copy, and what a kill may have left of a change in it. Raises OSError."""
        for path in (journal_path(self.path), self.path):
            path.unlink(missing_ok=True)


def upgrade_copies(database_path: Path) -> list[UpgradeCopy]:
    """Return the copies beside a database, the newest first."""
    found = []
    for path in database_path.parent.glob(f"{database_path.name}.before-upgrade-*"):
        match = _NAME.fullmatch(path.name.removeprefix(database_path.name))
        if match is not None:
            found.append(UpgradeCopy(path, int(match[1]), int(match[2])))
    return sorted(found, key=lambda copy: (copy.made_at_ms, copy.version), reverse=True)


def keep_backup_as_copy(database_path: Path, version: int, now_ms: int) -> None:
    """Copy the backup, which was just written by a program of this version. Raises StoreError."""
    copy = database_path.with_name(f"{database_path.name}.before-upgrade-{version}-{now_ms}")
    before = [one for one in upgrade_copies(database_path) if one.version == version]
    with disk_errors():
        with atomic_target(copy, database_path.with_name(database_path.name + _UNFINISHED)) as unfinished:
            shutil.copyfile(backup_path(database_path), unfinished)
            unfinished.chmod(PRIVATE_FILE_MODE)
        for one in before:
            # An upgrade that was broken off, or made a second time after going back.
            one.delete()


def sweep_copies(database_path: Path, now_ms: int) -> None:
    """Delete copies that are older than ``LONGEST_KEPT_MS`` or not among the newest. Raises OSError."""
    database_path.with_name(database_path.name + _UNFINISHED).unlink(missing_ok=True)
    for number, copy in enumerate(upgrade_copies(database_path), 1):
        if number > MOST_COPIES or now_ms - copy.made_at_ms > LONGEST_KEPT_MS:
            copy.delete()
