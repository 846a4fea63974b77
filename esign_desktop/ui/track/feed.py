"""The rows of the list of flows, read in pages and filtered and sorted in the background."""

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
"""The pause after an arrangement before reading continues, so that painting need not wait for Python's global lock."""
_CALM_MS: Final = 150
"""Changes within this time are arranged together."""


class FlowFeed(QObject):
    """Reads the rows and arranges them for a query.

    ``arranged`` carries an ``Arrangement``, ``row_changed`` a ``FlowRow``, and ``failed`` an ``AppError``. ``loaded``
    means that all rows have been read.
    """

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
        """The revisions after and before which reading will continue once the rows read so far are displayed."""
        self._is_read_again = False
        self._taken: set[FlowId] = set()
        """Flows updated by ``take`` while a page was being read. The page's rows for these flows may be older."""
        self._arranging: Task | None = None
        self._arranged_count = 0
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM_MS)
        self._calm.timeout.connect(self._arrange)

    @property
    def count(self) -> int:
        """The number of flows, including those that the filter hides."""
        return len(self._rows)

    @property
    def query(self) -> FlowQuery:
        """The current filter, search text and order."""
        return self._query

    def knows(self, flow_id: FlowId) -> bool:
        """Return whether a flow is in the list, including flows that the filter hides."""
        return flow_id in self._rows

    def set_query(self, query: FlowQuery) -> None:
        """Change the filter, search text and order, and arrange the rows again."""
        if query != self._query:
            self._query = query
            self._arrange()

    def reload(self) -> None:
        """Read the flows that changed since the last reading."""
        if self._reading is not None or self._next is not None:
            self._is_read_again = True
            return
        self._read(self._newest, None)

    def take(self, record: FlowRecord) -> None:
        """Update the row of one flow."""
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
