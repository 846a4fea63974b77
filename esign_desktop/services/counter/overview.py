"""Sum up the day files of all counters of an organization (see ``services.counter.days``)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.services.counter.days import file_name
from esign_desktop.store.files.checked_json import JsonProblem, read_json

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of contracts, as in a day file."""

    sent: int = 0
    signed: int = 0
    waiting: int = 0
    failed: int = 0
    expired: int = 0
    revoked: int = 0

    def plus(self, other: Numbers) -> Numbers:
        """Return the sums of these and other numbers."""
        return Numbers(*(one + another for one, another in zip(_values(self), _values(other), strict=True)))


@dataclass(frozen=True, slots=True)
class CounterDays:
    """The days of one counter in one project: their sums, and the state on the last of the days."""

    counter: str
    branch: str
    environment: str
    project: str
    day_count: int
    numbers: Numbers
    last_day: str
    written_at: str
    program: str
    copies_late_hours: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The counters, ordered by name, and the files that could not be read, with the reason."""

    counters: tuple[CounterDays, ...]
    unread: tuple[tuple[str, str], ...]

    @property
    def total(self) -> Numbers:
        """The sums of all counters."""
        total = Numbers()
        for counter in self.counters:
            total = total.plus(counter.numbers)
        return total

    def as_json(self) -> dict[str, Any]:
        """Return the overview as values for a JSON file."""
        counters = []
        for counter in self.counters:
            values = asdict(counter)
            counters.append({**values, **values.pop("numbers")})
        unread = [{"file": name, "reason": reason} for name, reason in self.unread]
        return {"version": 1, "counters": counters, "total": asdict(self.total), "unread": unread}


def read_overview(folder: Path, schema_path: Path, *, since: str = "") -> Overview:
    """Return the overview of the day files in a folder.

    ``since`` is the first day, as YYYY-MM-DD; without it, all days count. Other files are ignored. Raises StoreError if
    the folder cannot be read.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise disk_error(error) from error
    found: dict[tuple[str, str, str], CounterDays] = {}
    unread = []
    for name in names:
        if name.startswith(".") or not name.endswith(".json") or name < since:
            continue
        try:
            values = read_json(_content(folder / name), schema_path, max_bytes=MAX_BYTES)
            if name != file_name(values):
                raise JsonProblem("malformed", "counter")
        except JsonProblem as problem:
            unread.append((name, problem.reason))
        except OSError as error:
            unread.append((name, disk_error(error).code))
        else:
            day = _counter_days(values)
            key = day.counter, day.environment, day.project
            found[key] = _with_day(found.get(key), day)
    return Overview(tuple(found[key] for key in sorted(found)), tuple(unread))


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _counter_days(values: dict[str, Any]) -> CounterDays:
    return CounterDays(
        values["counter"],
        values["branch"],
        values["environment"],
        values["project"],
        1,
        Numbers(*(values[name] for name in Numbers.__slots__)),
        values["day"],
        values["written_at"],
        values["program"],
        values["copies_late_hours"],
    )


def _with_day(counter: CounterDays | None, day: CounterDays) -> CounterDays:
    """Add a later day to a counter's days."""
    if counter is None:
        return day
    return replace(day, day_count=counter.day_count + 1, numbers=counter.numbers.plus(day.numbers))


def _values(numbers: Numbers) -> tuple[int, ...]:
    return tuple(getattr(numbers, name) for name in Numbers.__slots__)
