"""Keeps the list of flows: reads it piece by piece, and has it filtered and sorted, off the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.services.flows.rows import Arrangement, FlowQuery, arrange, flow_row
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.services.flows.rows import FlowRow
    from esign_desktop.services.flows.service import FlowRows, FlowService
    from esign_desktop.ui.tasks import Task, TaskRunner

_PAGE_ROWS: Final = 500
_PAINTING_MS: Final = 20
"""In so long what was arranged is painted, while nobody else wants Python's lock."""
_CALM_MS: Final = 150
"""Changes that follow one another so quickly are arranged together."""


class FlowFeed(QObject):
    """``arranged`` carries an ``Arrangement``, ``row_changed`` a ``FlowRow``; ``loaded`` tells that all were read."""

    arranged = Signal(object)
    row_changed = Signal(object)
    loaded = Signal()
    failed = Signal(object)

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
        """Since and before which revision is read on, once what was read so far has been shown."""
        self._is_read_again = False
        self._taken: set[FlowId] = set()
        """Flows that were told while a page was read, which may be older than what was told."""
        self._arranging: Task | None = None
        self._arranged_count = 0
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM_MS)
        self._calm.timeout.connect(self._arrange)

    @property
    def count(self) -> int:
        """How many flows there are, whether they are shown or not."""
        return len(self._rows)

    @property
    def query(self) -> FlowQuery:
        """What is looked for."""
        return self._query

    def knows(self, flow_id: FlowId) -> bool:
        """Whether a flow is in the list, shown or not."""
        return flow_id in self._rows

    def set_query(self, query: FlowQuery) -> None:
        """Look for something else."""
        if query != self._query:
            self._query = query
            self._arrange()

    def reload(self) -> None:
        """Read what changed since the last time."""
        if self._reading is not None or self._next is not None:
            self._is_read_again = True
            return
        self._read(self._newest, None)

    def take(self, record: FlowRecord) -> None:
        """Show how one flow stands now."""
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

        self._reading = self._tasks.start(read, owner=self, on_done=self._on_read, on_error=self._on_reading_failed)

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
            # The first screen is there at once; from then on the list doubles before it is arranged anew.
            if len(self._rows) >= 2 * self._arranged_count:
                # Painting what was arranged would wait for Python's lock if more were read meanwhile.
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

    def _on_reading_failed(self, error: object) -> None:
        self._reading = None
        self._is_read_again = False
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
