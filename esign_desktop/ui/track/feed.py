"""Read the rows of the list of flows in pages, and filter and sort them in the background."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.services.flows.rows import Arrangement, FlowQuery, arrange, flow_row
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.services.flows.rows import FlowRow
    from esign_desktop.services.flows.service import FlowRows, FlowService
    from esign_desktop.ui.tasks import Task, TaskRunner

_PAGE_ROWS: Final = 500
_PAINTING_MS: Final = 20
"""The pause after an arrangement before reading continues, in milliseconds.

During the pause, the rows are painted without waiting for Python's global lock.
"""
_CALM_MS: Final = 150
"""The time, in milliseconds, within which changes are collected and arranged together."""


class FlowFeed(QObject):
    """Reads the rows of all flows in the background, and filters and sorts them according to a ``FlowQuery``."""

    arranged = Signal(object)
    """Carries an ``Arrangement``. While the first reading is running, it contains only the rows read so far."""
    row_changed = Signal(object)
    """Carries the ``FlowRow`` of a flow that ``take`` updated."""
    loaded = Signal()
    """Emitted whenever a reading is complete, including readings of changed flows only."""
    failed = Signal(object)
    """Carries the ``AppError`` of a failed reading. Call ``reload`` to try again."""

    def __init__(
        self, flows: FlowService, tasks: TaskRunner, *, clock_ms: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._flows = flows
        self._tasks = tasks
        self._clock_ms = clock_ms
        self._rows: dict[FlowId, FlowRow] = {}
        self._query = FlowQuery()
        self._newest = 0
        self._reading: Task | None = None
        self._next: tuple[int, int] | None = None
        """The revisions between which reading continues when the rows that have been read are displayed, or None."""
        self._is_read_again = False
        self._taken: set[FlowId] = set()
        """The flows that ``take`` updated while a page was being read.

        The rows of the page may be older, so they are ignored.
        """
        self._arranging: Task | None = None
        self._arranged_count = 0
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM_MS)
        self._calm.timeout.connect(self._arrange)

    @property
    def count(self) -> int:
        """The number of flows read so far, including those that the filter hides."""
        return len(self._rows)

    @property
    def query(self) -> FlowQuery:
        """The current filter, search text and order. By default, all flows."""
        return self._query

    def knows(self, flow_id: FlowId) -> bool:
        """Return whether a flow has been read, even if the filter hides it."""
        return flow_id in self._rows

    def set_query(self, query: FlowQuery) -> None:
        """Set the filter, search text and order, and arrange the rows again.

        Do nothing if the query is equal to the current one.
        """
        if query != self._query:
            self._query = query
            self._arrange()

    def reload(self) -> None:
        """Read the flows that have changed since the last reading.

        During a reading, another one is scheduled to follow it.
        """
        if self._reading is not None or self._next is not None:
            self._is_read_again = True
            return
        self._read(self._newest, None)

    def take(self, record: FlowRecord) -> None:
        """Update or add the row of one flow, and arrange the rows again a moment later.

        Emit ``row_changed`` if the row differs.
        """
        row = flow_row(record)
        known = self._rows.get(row.flow_id)
        self._rows[row.flow_id] = row
        if self._reading is not None:
            self._taken.add(row.flow_id)
        if row != known:
            self.row_changed.emit(row)
            self._calm.start()

    def _read(self, since: int, before: int | None) -> None:
        flows = self._flows

        def read() -> tuple[int, int | None, FlowRows]:
            return since, before, flows.rows(since=since, before=before, limit=_PAGE_ROWS)

        self._reading = self._tasks.start(
            read, owner=self, on_done=self._on_read, on_error=partial(self._on_reading_failed, since)
        )

    def _on_read(self, answer: tuple[int, int | None, FlowRows]) -> None:
        since, before, page = answer
        self._reading = None
        for row in page.rows:
            if row.flow_id not in self._taken:
                self._rows[row.flow_id] = row
        self._taken.clear()
        if before is None:
            self._newest = max(self._newest, page.last_revision)
        if not page.is_complete:
            # The first page is arranged at once. After that, the list must double before it is arranged again.
            if len(self._rows) >= 2 * self._arranged_count:
                # Reading at the same time would delay the painting of these rows, because both need Python's global
                # lock.
                self._next = since, page.first_revision
                self._arrange()
            else:
                self._read(since, page.first_revision)
            return
        if page.rows or before is not None or not self._arranged_count:
            self._arrange()
        self.loaded.emit()
        if self._is_read_again:
            self._is_read_again = False
            self.reload()

    def _on_reading_failed(self, since: int, error: AppError) -> None:
        self._reading = None
        self._is_read_again = False
        self._taken.clear()
        # The next reading includes the pages that could not be read.
        self._newest = since
        self.failed.emit(error)

    def _arrange(self) -> None:
        self._calm.stop()
        if self._arranging is not None:
            self._arranging.cancel()
        rows, query, now_ms = tuple(self._rows.values()), self._query, self._clock_ms()
        self._arranged_count = len(rows)
        self._arranging = self._tasks.start(
            lambda: arrange(rows, query, now_ms), owner=self, on_done=self._on_arranged, lane=Lane.PDF
        )

    def _on_arranged(self, arrangement: Arrangement) -> None:
        self._arranging = None
        self.arranged.emit(arrangement)
        if self._next is not None:
            QTimer.singleShot(_PAINTING_MS, self, self._read_on)

    def _read_on(self) -> None:
        if self._next is not None:
            (since, before), self._next = self._next, None
            self._read(since, before)
