"""Track with 50,000 flows: the longest time for which the window's event loop stands still.

``python -m tests.benchmarks.many_flows`` prints it; ``measure`` gives the row of build/bench.json. The peer is the same
table as Qt's own sorting proxy over a standard model makes it, in the window's thread.
"""

from __future__ import annotations

import os
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QEventLoop, QSortFilterProxyModel, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QTableView

from esign_desktop.services.flows.rows import FlowFilter, FlowOrder, FlowQuery
from esign_desktop.services.flows.service import FlowService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.flows import Flows
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.track.feed import FlowFeed
from esign_desktop.ui.track.table import FlowTable
from tests.benchmarks.row import Row
from tests.drafts import NOW_MS
from tests.ui.flow_samples import FakeEnvironments, make_flow, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.store.database.handle import Connection

FLOW_COUNT: Final = 50_000
LIMIT_MS: Final = 25
_LIMIT_S: Final = 60.0


class GapMeter:
    """Notes the longest time between two turns of the event loop, while it runs."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._last_s = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_tick)

    def run_until(self, is_done: Callable[[], bool]) -> float:
        """Run the loop until something is so; return how long that took, in milliseconds."""
        loop = QEventLoop()
        began_s = self._last_s = time.perf_counter()
        check = QTimer()
        check.timeout.connect(lambda: loop.quit() if is_done() or time.perf_counter() - began_s > _LIMIT_S else None)
        check.start(1)
        self._timer.start(1)
        loop.exec()
        self._timer.stop()
        check.stop()
        return (time.perf_counter() - began_s) * 1000

    def _on_tick(self) -> None:
        now_s = time.perf_counter()
        self.longest_ms = max(self.longest_ms, (now_s - self._last_s) * 1000)
        self._last_s = now_s


def fill(database: Database, count: int) -> None:
    """Put so many flows in, copied from one."""
    steps = (progress(1, 2, received_at_ms=NOW_MS, signed_at_ms=NOW_MS), progress(2, 0))
    Flows(database).add(make_flow(name="first", title="借款合同", steps=steps))

    def work(connection: Connection) -> None:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(flows)")]
        names = ", ".join(column for column in columns if column not in {"flow_id", "title", "sent_at_ms", "revision"})
        connection.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"  # noqa: S608
            f" INSERT INTO flows (flow_id, title, sent_at_ms, revision, {names})"
            f" SELECT 'flow-' || i, '合同 ' || (i * 7919 % ?), sent_at_ms - i * 60000, i, {names} FROM n, flows"
            " WHERE flow_id = 'first'",
            (count - 1, count),
        )

    # Numbering 50,000 rows one by one is not what is measured.
    database.run(lambda connection: connection.execute("DROP TRIGGER flows_added").rowcount)
    database.run(work)
    database.run(lambda connection: connection.execute("UPDATE flows SET revision = rowid").rowcount)


def ours(folder: Path) -> dict[str, float]:
    """Load, filter, search, sort and scroll; return the longest gap of each in milliseconds."""
    database = Database(folder / "esign.db")
    database.open()
    fill(database, FLOW_COUNT)
    flows = FlowService(
        Flows(database),
        environment_of=lambda _kind: FakeEnvironments().current(),
        client_for=cast("Any", None),
        clock_ms=lambda: NOW_MS,
    )
    tasks = TaskRunner()
    table, feed = FlowTable(), FlowFeed(flows, tasks, clock_ms=lambda: NOW_MS)
    shown: list[int] = []

    def show(arrangement: Any) -> None:
        table.show_arrangement(arrangement)
        shown.append(len(arrangement.rows))

    feed.arranged.connect(show)
    table.resize(900, 700)
    table.show()
    gaps: dict[str, float] = {}

    def take(name: str, do: Callable[[], object], is_done: Callable[[], bool]) -> None:
        meter = GapMeter()
        QTimer.singleShot(0, do)
        taken_ms = meter.run_until(is_done)
        gaps[name] = meter.longest_ms
        gaps[f"{name} (all)"] = taken_ms

    take("load", feed.reload, lambda: bool(shown) and shown[-1] == FLOW_COUNT)
    shown.clear()
    take("search", lambda: feed.set_query(FlowQuery(text="合同 123")), lambda: bool(shown))
    shown.clear()
    take("filter", lambda: feed.set_query(FlowQuery(FlowFilter.OPEN)), lambda: bool(shown))
    shown.clear()
    take("sort", lambda: feed.set_query(FlowQuery(order=FlowOrder.TITLE)), lambda: bool(shown))
    bar = table.verticalScrollBar()
    take("scroll", lambda: _scroll(table), lambda: bar.value() == bar.maximum())
    table.close()
    tasks.stop()
    database.close()
    return gaps


def _scroll(table: QTableView) -> None:
    """Go to the end in a hundred steps, each painted."""
    bar = table.verticalScrollBar()
    timer = QTimer(table)

    def step() -> None:
        bar.setValue(min(bar.maximum(), bar.value() + bar.maximum() // 100 + 1))
        if bar.value() == bar.maximum():
            timer.stop()

    timer.timeout.connect(step)
    timer.start(1)


def peer() -> float:
    """Search and sort the same number of rows with Qt's standard parts; return the longest gap in milliseconds."""
    model = QStandardItemModel(FLOW_COUNT, 2)
    for index in range(FLOW_COUNT):
        model.setItem(index, 0, QStandardItem(f"合同 {index * 7919 % FLOW_COUNT}"))
        model.setItem(index, 1, QStandardItem(f"{index:08}"))
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    table = QTableView()
    table.setModel(proxy)
    table.resize(900, 700)
    table.show()
    meter = GapMeter()
    jobs: tuple[Callable[[], object], ...] = (
        partial(proxy.setFilterFixedString, "合同 123"),
        partial(proxy.setFilterFixedString, ""),
        partial(proxy.sort, 0),
    )
    for job in jobs:
        done: list[object] = []
        QTimer.singleShot(0, partial(_do, job, done))
        meter.run_until(partial(bool, done))
    table.close()
    return meter.longest_ms


def _do(job: Callable[[], object], done: list[object]) -> None:
    job()
    done.append(True)


def measure() -> list[dict[str, str | float]]:
    """Return the rows of the benchmark's table."""
    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        gaps = ours(Path(folder))
    longest = max(gap for name, gap in gaps.items() if "(all)" not in name)
    theirs = peer()
    del application
    name = "50,000 flows: longest gap of the event loop"
    return [
        Row(f"{name}, ms", longest, "QSortFilterProxyModel", theirs, 0.1).as_dict(),
        Row(f"{name} over {LIMIT_MS} ms, ms", longest, f"{LIMIT_MS} ms", LIMIT_MS, 1.0).as_dict(),
    ]


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _application = QApplication([])
    with tempfile.TemporaryDirectory() as _folder:
        for _name, _gap_ms in ours(Path(_folder)).items():
            print(f"{_name:16} {_gap_ms:8.1f} ms")
    print(f"{'peer':16} {peer():8.1f} ms")
