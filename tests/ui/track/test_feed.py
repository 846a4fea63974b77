"""The list of flows is read completely, and with the newest rows, although a reading fails."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
import shiboken6
from PySide6.QtCore import QObject

from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flows.rows import flow_row
from esign_desktop.services.flows.service import FlowRows
from esign_desktop.ui.track.feed import FlowFeed
from tests.drafts import NOW_MS
from tests.ui.flow_samples import make_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.ui.tasks import TaskRunner


class PagedFlows:
    """Flows, the first changed last, of which each reading gives one; it fails for the pages before ``broken``."""

    def __init__(self, *records: FlowRecord) -> None:
        self.records = list(records)
        self.broken: set[int | None] = set()
        self.gate = threading.Event()
        self.gate.set()

    def rows(self, *, since: int = 0, before: int | None = None, limit: int = 500) -> FlowRows:
        assert limit
        assert self.gate.wait(10)
        if before in self.broken:
            raise StoreError("store.io")
        count = len(self.records)
        revisions = [count - at for at in range(count)]
        left = [one for one in revisions if since < one < (before or count + 1)]
        if not left:
            return FlowRows((), since, since, is_complete=True)
        return FlowRows((flow_row(self.records[count - left[0]]),), left[0], left[0], is_complete=len(left) == 1)


@pytest.fixture
def flows() -> PagedFlows:
    return PagedFlows(make_flow(name="loan"), make_flow(name="lease"), make_flow(name="old"))


@pytest.fixture
def feed(flows: PagedFlows, tasks: TaskRunner) -> Iterator[FlowFeed]:
    parent = QObject()
    yield FlowFeed(cast("Any", flows), tasks, clock_ms=lambda: NOW_MS, parent=parent)
    flows.gate.set()
    tasks.wait_idle()
    shiboken6.delete(parent)


def test_after_a_failed_reading_a_later_one_brings_the_newest_row(
    feed: FlowFeed, flows: PagedFlows, qtbot: QtBot
) -> None:
    flows.broken = {None}
    flows.gate.clear()
    feed.reload()
    feed.take(flows.records[0])
    with qtbot.waitSignal(feed.failed):
        flows.gate.set()
    flows.broken.clear()
    flows.records[0] = replace(flows.records[0], status=FlowStatus.COMPLETED)
    with qtbot.waitSignal(feed.loaded):
        feed.reload()
    with qtbot.waitSignal(feed.arranged) as arranged:
        feed.take(flows.records[1])
        feed.set_query(replace(feed.query, text="loan"))
    (row,) = arranged.args[0].rows
    assert row.status is FlowStatus.COMPLETED


def test_after_a_failed_page_a_later_reading_brings_the_rest_of_the_list(
    feed: FlowFeed, flows: PagedFlows, qtbot: QtBot
) -> None:
    flows.broken = {3}
    with qtbot.waitSignal(feed.failed):
        feed.reload()
    assert feed.count == 1
    flows.broken.clear()
    with qtbot.waitSignal(feed.loaded):
        feed.reload()
    assert feed.count == 3
