"""Write the numbers of each day to a folder, in which an organization collects the days of all its counters.

``resources/day.schema.json`` describes the files. They contain no personal data.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from datetime import date, timedelta
from typing import IO, TYPE_CHECKING, Any, Final

from esign_desktop import __version__
from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.china_time import china_datetime
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.audit import user_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.environment import Environment
    from esign_desktop.services.counter.brand import BrandService
    from esign_desktop.services.counter.shift import ShiftService

VERSION: Final = 1
DAYS_BACK: Final = 7
"""How many days before today are kept up to date, because a contract may be signed on a later day."""
_HOUR_MS: Final = 3_600_000
_FILE_MODE: Final = 0o644
_MOST_CHARACTERS: Final = 40
_NOT_IN_NAMES: Final = re.compile(r"[^\w.-]")


class DayFiles:
    """The writer of the day files. Calls block on the store and the disk.

    ``data_dir`` distinguishes several installations on one computer. ``behind_since_ms`` returns the time since which
    the backups have been out of date, or None if they are up to date or there is no backup folder.
    """

    def __init__(
        self,
        folder: Path | None,
        shift: ShiftService,
        brand: BrandService,
        *,
        behind_since_ms: Callable[[], int | None],
        data_dir: Path,
        environment: Callable[[], Environment],
        clock_ms: Callable[[], int],
    ) -> None:
        self._folder = folder
        self._shift = shift
        self._brand = brand
        self._behind_since_ms = behind_since_ms
        self._environment = environment
        self._clock_ms = clock_ms
        self.counter = counter_name(data_dir)
        self._written: dict[date, dict[str, Any]] = {}

    @property
    def is_wanted(self) -> bool:
        """Whether the policy names a folder for day files."""
        return self._folder is not None

    def write(self) -> int:
        """Write the files of all days whose numbers have changed since the last call, and return how many there are.

        Earlier days without contracts are left out. Today's file is also written once an hour, so that readers can see
        whether the counter is running. Raises StoreError; the next call then writes the missing files.
        """
        if self._folder is None:
            return 0
        now_ms, count = self._clock_ms(), 0
        today = china_datetime(now_ms).date()
        for day in (today - timedelta(days=back) for back in range(DAYS_BACK, -1, -1)):
            numbers = self._numbers(day, now_ms)
            hour = now_ms // _HOUR_MS if day == today else 0
            content = {**numbers, "hour": hour}
            if self._written.get(day) != content and (numbers["sent"] or day == today):
                written_at = china_datetime(now_ms).isoformat(timespec="seconds")
                self._save(self._folder / file_name(numbers), {**numbers, "written_at": written_at})
                self._written[day] = content
                count += 1
        return count

    def _numbers(self, day: date, now_ms: int) -> dict[str, Any]:
        sheet, environment = self._shift.sheet(day), self._environment()
        behind_since_ms = self._behind_since_ms()
        late_hours = 0 if behind_since_ms is None else max(0, (now_ms - behind_since_ms) // _HOUR_MS)
        return {
            "version": VERSION,
            "day": day.isoformat(),
            "counter": self.counter,
            "branch": self._brand.brand().text,
            "program": __version__,
            "environment": environment.kind.value,
            "project": environment.project_id,
            "sent": len(sheet.lines),
            "signed": sheet.count(FlowStatus.COMPLETED),
            "waiting": sheet.waiting_count,
            "failed": sheet.count(FlowStatus.TERMINATED),
            "expired": sheet.expired_count,
            "revoked": sheet.count(FlowStatus.REVOKED),
            "copies_late_hours": late_hours,
        }

    def _save(self, target: Path, values: dict[str, Any]) -> None:
        # The scratch file of a program that was killed is replaced by the next one.
        scratch = target.with_name(f".{self.counter}.part")
        content = (json.dumps(values, indent=1) + "\n").encode("ascii")
        with disk_errors(), atomic_target(target, scratch), _created(scratch) as file:
            file.write(content)


def _created(path: Path) -> IO[bytes]:
    # O_EXCL follows no link that another user of the folder may have laid.
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE), "wb")


def file_name(numbers: dict[str, Any]) -> str:
    """Return the name of the day file with these contents."""
    return f"{numbers['day']}-{numbers['counter']}.json"


def counter_name(data_dir: Path) -> str:
    """Return the computer's name, followed by eight digits for the user account and the data folder."""
    computer = _NOT_IN_NAMES.sub("_", platform.node())[:_MOST_CHARACTERS] or "counter"
    whose = f"{user_name()}@{platform.node()}:{data_dir}"
    return f"{computer}-{hashlib.sha256(whose.encode()).hexdigest()[:8]}"
