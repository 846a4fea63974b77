"""The day files that each counter writes, and their overview."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest

from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowDetail, FlowId, FlowStatus
from esign_desktop.services.counter.brand import BrandService
from esign_desktop.services.counter.days import DayFiles
from esign_desktop.services.counter.overview import Numbers, read_overview
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.resources import resource_path
from tests.services.counter.test_shift import HOUR_MS, MORNING_MS, add, shift

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.counter_desk import CounterDesk

SCHEMA = resource_path("day.schema.json")


class Counter:
    """One counter's writer, with a clock that the test sets."""

    def __init__(self, desk: CounterDesk, folder: Path, *, now_ms: int = MORNING_MS) -> None:
        self.now_ms = now_ms
        self.behind_since_ms: int | None = None
        self.folder = folder
        self.brand = BrandService(Settings(desk.database), folder.parent / "brand")
        flows = shift(desk, now_ms)
        flows._clock_ms = lambda: self.now_ms  # noqa: SLF001
        self.files = DayFiles(
            *(folder, flows, self.brand),
            behind_since_ms=lambda: self.behind_since_ms,
            data_dir=folder.parent,
            environment=lambda: desk.environment,
            clock_ms=lambda: self.now_ms,
        )

    def found(self) -> dict[str, dict[str, Any]]:
        """Return the files, without their counters' names, keyed by day."""
        validate = fastjsonschema.compile(json.loads(SCHEMA.read_bytes()))
        assert all(path.name.endswith(f"-{self.files.counter}.json") for path in self.folder.iterdir())
        return {path.name[:10]: validate(json.loads(path.read_bytes())) for path in self.folder.iterdir()}


@pytest.fixture
def counter(desk: CounterDesk, tmp_path: Path) -> Counter:
    folder = tmp_path / "days"
    folder.mkdir()
    return Counter(desk, folder)


def test_day_file_counts_contracts_and_names_nobody(counter: Counter, desk: CounterDesk) -> None:
    counter.brand.set_text("示例银行 一支行")
    counter.behind_since_ms = MORNING_MS - 26 * HOUR_MS
    for number, status in enumerate(
        (FlowStatus.COMPLETED, FlowStatus.COMPLETED, FlowStatus.SIGNING, FlowStatus.TERMINATED, FlowStatus.REVOKED)
    ):
        add(desk, f"f-{number}", status)
    add(desk, "late", FlowStatus.SIGNING, deadline_ms=MORNING_MS - 1)
    assert counter.files.write() == 1
    (day, values), = counter.found().items()  # fmt: skip
    assert day == values["day"] == "2026-03-07"
    assert [values[name] for name in ("sent", *Numbers.__slots__[1:])] == [6, 2, 1, 1, 1, 1]
    assert (values["branch"], values["copies_late_hours"]) == ("示例银行 一支行", 26)
    assert (values["environment"], values["project"]) == (desk.environment.kind.value, desk.environment.project_id)
    path = next(counter.folder.iterdir())
    assert stat.S_IMODE(path.stat().st_mode) & 0o044
    text = path.read_text("utf-8")
    assert not any(name in text for name in ("张三丰", "借款", "f-1"))
    assert json.dumps("张三丰")[1:-1] not in text


def test_a_file_is_written_again_when_its_numbers_change_and_today_every_hour(
    counter: Counter, desk: CounterDesk
) -> None:
    add(desk, "yesterday", FlowStatus.SIGNING, at_ms=MORNING_MS - DAY_MS, deadline_ms=MORNING_MS + DAY_MS)
    add(desk, "long ago", FlowStatus.SIGNING, at_ms=MORNING_MS - 9 * DAY_MS)
    assert counter.files.write() == 2
    assert counter.files.write() == 0
    # A contract of yesterday is signed today.
    detail = FlowDetail(FlowId("yesterday"), FlowStatus.COMPLETED, 2)
    desk.stores.flows.update_detail(detail.flow_id, detail, MORNING_MS)
    assert counter.files.write() == 1
    assert [counter.found()["2026-03-06"][name] for name in ("sent", "signed", "waiting")] == [1, 1, 0]
    counter.now_ms += HOUR_MS
    assert counter.files.write() == 1
    assert counter.found()["2026-03-07"]["written_at"] == "2026-03-07T09:00:00+08:00"


def test_days_are_written_when_the_share_is_back(counter: Counter, desk: CounterDesk) -> None:
    add(desk, "f", FlowStatus.COMPLETED)
    counter.folder.rmdir()
    for _ in range(2):
        with pytest.raises(StoreError) as caught:
            counter.files.write()
        assert caught.value.code == "store.unwritable"
    counter.folder.mkdir()
    assert counter.files.write() == 1
    assert counter.found()["2026-03-07"]["sent"] == 1


def test_nothing_is_left_half_written_and_no_link_is_followed(
    counter: Counter, desk: CounterDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(desk, "f", FlowStatus.COMPLETED)
    victim = tmp_path / "victim"
    victim.write_text("untouched", "utf-8")
    (counter.folder / f".{counter.files.counter}.part").symlink_to(victim)
    target = counter.folder / f"2026-03-07-{counter.files.counter}.json"
    target.write_text("before", "utf-8")

    def fail(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("esign_desktop.atomic_files.sync_file", fail)
        with pytest.raises(StoreError, match=r"store\.disk_full"):
            counter.files.write()
    assert [path.read_text("utf-8") for path in counter.folder.iterdir()] == ["before"]
    assert counter.files.write() == 1
    assert counter.found()["2026-03-07"]["sent"] == 1
    assert victim.read_text("utf-8") == "untouched"


def test_without_a_folder_nothing_is_written(desk: CounterDesk, tmp_path: Path) -> None:
    files = DayFiles(
        *(None, shift(desk, MORNING_MS), BrandService(Settings(desk.database), tmp_path)),
        behind_since_ms=lambda: None,
        data_dir=tmp_path,
        environment=lambda: desk.environment,
        clock_ms=lambda: MORNING_MS,
    )
    assert not files.is_wanted
    assert files.write() == 0


def day(folder: Path, name: str, **changes: object) -> dict[str, object]:
    """Write the day file of a counter."""
    values: dict[str, object] = {
        "version": 1,
        "day": "2026-03-07",
        "counter": name,
        "branch": "示例银行",
        "program": "0.1.1",
        "environment": "production",
        "project": "p",
        "sent": 5,
        "signed": 1,
        "waiting": 1,
        "failed": 1,
        "expired": 1,
        "revoked": 1,
        "copies_late_hours": 0,
        "written_at": "2026-03-07T17:00:00+08:00",
        **changes,
    }
    (folder / f"{values['day']}-{values['counter']}.json").write_text(json.dumps(values), "utf-8")
    return values


def test_overview_sums_up_each_counter_and_all_of_them(tmp_path: Path) -> None:
    day(tmp_path, "b")
    day(tmp_path, "a", day="2026-03-06", copies_late_hours=30, program="0.1.0")
    day(tmp_path, "a", sent=2, waiting=0, failed=0, expired=0)
    day(tmp_path, "a", day="2026-03-05", environment="sandbox")
    (tmp_path / ".b.part").write_text("{", "utf-8")
    (tmp_path / "notes.txt").write_text("", "utf-8")
    found = read_overview(tmp_path, SCHEMA)
    assert found.unread == ()
    seen = [(one.counter, one.environment, one.day_count, one.numbers.sent, one.program) for one in found.counters]
    assert seen == [
        ("a", "production", 2, 7, "0.1.1"),
        ("a", "sandbox", 1, 5, "0.1.1"),
        ("b", "production", 1, 5, "0.1.1"),
    ]
    assert (found.counters[0].copies_late_hours, found.counters[0].last_day) == (0, "2026-03-07")
    assert found.total == Numbers(17, 4, 3, 3, 3, 4)
    later = read_overview(tmp_path, SCHEMA, since="2026-03-07")
    assert [(one.counter, one.day_count) for one in later.counters] == [("a", 1), ("b", 1)]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("2026-03-07-c.json", "{", "not_json"),
        ("2026-03-07-c.json", '{"version": 2}', "missing"),
        ("2026-03-07-c.json", "[" * 30_000, "too_large"),
        ("2026-03-07-c.json", None, "store.unwritable"),
    ],
)
def test_a_file_that_is_not_right_is_named_and_the_others_count(
    tmp_path: Path, name: str, content: str | None, reason: str
) -> None:
    day(tmp_path, "b")
    (tmp_path / name).mkdir() if content is None else (tmp_path / name).write_text(content, "utf-8")
    found = read_overview(tmp_path, SCHEMA)
    assert found.unread == ((name, reason),)
    assert [one.counter for one in found.counters] == ["b"]


@pytest.mark.parametrize("changes", [{"sent": -1}, {"branch": "a\x1b[2J"}, {"more": 1}, {"written_at": "soon"}])
def test_a_file_with_other_values_is_not_counted(tmp_path: Path, changes: dict[str, object]) -> None:
    day(tmp_path, "b", **changes)
    assert len(read_overview(tmp_path, SCHEMA).unread) == 1


def test_a_file_that_claims_to_be_another_counters_is_not_counted(tmp_path: Path) -> None:
    day(tmp_path, "b")
    (tmp_path / "2026-03-07-b.json").rename(tmp_path / "2026-03-07-a.json")
    assert read_overview(tmp_path, SCHEMA).unread == (("2026-03-07-a.json", "malformed"),)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"store\.unwritable"):
        read_overview(tmp_path / "gone", SCHEMA)
