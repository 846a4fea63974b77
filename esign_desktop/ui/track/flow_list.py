"""The list of flows, with its search, its kinds, and what stands there while there is nothing to list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.override import override
from esign_desktop.services.flow_rows import FlowFilter, FlowQuery
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.track.filter_bar import FilterBar
from esign_desktop.ui.track.flow_feed import FlowFeed
from esign_desktop.ui.track.flow_table import FlowTable
from esign_desktop.ui.track.unfinished_list import UnfinishedList
from esign_desktop.ui.words.moments import now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flow_rows import Arrangement
    from esign_desktop.services.flows import FlowRecord
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.tasks import TaskRunner

_TYPING_MS: Final = 120
"""Whoever types on is not done yet."""
_LIST, _EMPTY, _NO_MATCH = range(3)


class FlowList(QWidget):
    """``chosen_changed`` tells that another flow is chosen, or that the chosen one may stand differently."""

    chosen_changed = Signal()
    activated = Signal()
    menu_requested = Signal(object)
    """A QPoint of the screen."""
    prepare_requested = Signal()
    refresh_requested = Signal()
    quota_requested = Signal()
    log_requested = Signal()
    resume_requested = Signal(object)
    """A ``SubmissionSummary`` of a send that has not ended."""
    show_requested = Signal(object)
    """The same of one that is on its way."""
    failed = Signal(object)

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        parent: QWidget | None = None,
        *,
        clock_ms: Callable[[], int] = now_ms,
        watch: EnvironmentWatch | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._wanted: FlowId | None = None
        self._are_columns_read = False
        self._feed = FlowFeed(services.flows, tasks, clock_ms=clock_ms, parent=self)
        self._filter = QLineEdit(self)
        self._filter.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._kinds = FilterBar(self)
        self._reload = QToolButton(self)
        self._reload.setAutoRaise(True)
        self._more = QToolButton(self)
        self._more.setAutoRaise(True)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._more)
        self._show_quota, self._show_log = menu.addAction(""), menu.addAction("")
        self._more.setMenu(menu)
        self._trouble = PlainLabel(self)
        self._trouble.setObjectName("hint")
        self._trouble.setWordWrap(True)
        self._trouble.hide()
        self._unfinished = UnfinishedList(self, watch=watch)
        self._table = FlowTable(self)
        self._empty_title = PlainLabel(self)
        self._empty_text = PlainLabel(self)
        self._empty_button = QPushButton(self)
        self._no_match = PlainLabel(self)
        self._show_all = QPushButton(self)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.setFocusProxy(self._table)
        self._connect()
        self._feed.set_query(self._query())
        self.retranslate()

    @property
    def table(self) -> FlowTable:
        """The rows."""
        return self._table

    def show_flow(self, flow_id: FlowId | None) -> None:
        """Choose a flow as soon as it is read, whatever the filter hides; None wants none any more."""
        self._wanted = flow_id

    def reload(self) -> None:
        """Read from the store what changed among flows and unfinished sends."""
        submission, preferences = self._services.submission, self._services.preferences
        self._tasks.start(
            submission.unfinished,
            owner=self,
            on_done=self._unfinished.show_summaries,
            on_error=self.failed.emit,
        )
        if not self._are_columns_read:
            self._are_columns_read = True
            self._tasks.start(lambda: preferences.track_columns, owner=self, on_done=self._table.take_columns)
        self._feed.reload()

    def take(self, record: FlowRecord) -> None:
        """Show a flow as it stands now."""
        self._feed.take(record)

    def search(self) -> None:
        """Let a search be typed."""
        self._filter.setFocus()

    def show_trouble(self, error: AppError | None) -> None:
        """Say that what is shown may have changed, if the platform can't be asked."""
        self._trouble.setVisible(error is not None)

    @override
    def changeEvent(self, event: QEvent) -> None:
        match event.type():
            case QEvent.Type.LanguageChange:
                self.retranslate()
            case QEvent.Type.PaletteChange:
                self._reload.setIcon(icon("refresh"))
                self._more.setIcon(icon("more"))
            case _:
                pass
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._filter.setPlaceholderText(self.tr("Search title, name, document, day or flow number"))
        self._filter.setAccessibleName(self.tr("Search"))
        self._reload.setIcon(icon("refresh"))
        self._reload.setToolTip(self.tr("Ask about the chosen contract (F5)"))
        self._reload.setAccessibleName(self.tr("Refresh"))
        self._more.setIcon(icon("more"))
        self._more.setAccessibleName(self.tr("More"))
        self._show_quota.setText(self.tr("Contracts used and &left…"))
        self._show_log.setText(self.tr("What was &done at this desk…"))
        self._table.setAccessibleName(self.tr("Contracts that were sent"))
        self._empty_title.setText(self.tr("Nothing has been sent yet"))
        self._empty_text.setText(
            self.tr("Contracts that you send stand here, with who has signed and what is still open.")
        )
        self._empty_button.setText(self.tr("Prepare a contract"))
        self._no_match.setText(self.tr("No contract is like that"))
        self._show_all.setText(self.tr("Show all contracts"))
        self._trouble.setText(self.tr("The platform can't be reached at the moment: what is shown may have changed."))

    def _lay_out(self) -> None:
        search = QHBoxLayout()
        search.setSpacing(8)
        search.addWidget(self._filter, 1)
        search.addWidget(self._reload)
        search.addWidget(self._more)
        top = QVBoxLayout()
        top.setContentsMargins(12, 8, 12, 8)
        top.setSpacing(8)
        top.addLayout(search)
        top.addWidget(self._kinds)
        font = self._empty_title.font()
        font.setPixelSize(16)
        font.setBold(True)
        self._empty_title.setFont(font)
        self._pages.addWidget(self._table)
        self._pages.addWidget(_centred(self._empty_title, self._empty_text, self._empty_button))
        self._pages.addWidget(_centred(self._no_match, self._show_all))
        hints = QVBoxLayout()
        hints.setContentsMargins(12, 0, 12, 8)
        hints.addWidget(self._trouble)
        hints.addWidget(self._unfinished)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(hints)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self._filter.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self._on_query_changed)
        self._kinds.chosen.connect(self._on_query_changed)
        self._table.order_changed.connect(self._on_query_changed)
        self._table.columns_changed.connect(self._on_table_columns_changed)
        self._table.selectionModel().currentRowChanged.connect(self._on_table_current_changed)
        self._table.activated.connect(self._on_table_activated)
        self._table.customContextMenuRequested.connect(self._on_table_menu_requested)
        self._show_all.clicked.connect(self._on_show_all_clicked)
        self._reload.clicked.connect(self.refresh_requested)
        self._empty_button.clicked.connect(self.prepare_requested)
        self._show_quota.triggered.connect(self._on_show_quota_triggered)
        self._show_log.triggered.connect(self._on_show_log_triggered)
        self._unfinished.resume_requested.connect(self.resume_requested)
        self._unfinished.show_requested.connect(self.show_requested)
        self._feed.arranged.connect(self._on_feed_arranged)
        self._feed.row_changed.connect(self._table.flows.update_row)
        self._feed.loaded.connect(self._on_feed_loaded)
        self._feed.failed.connect(self.failed)

    def _query(self) -> FlowQuery:
        order, is_descending = self._table.order
        return FlowQuery(self._kinds.kind, self._filter.text().strip(), order, is_descending)

    def _on_query_changed(self) -> None:
        self._typing.stop()
        self._feed.set_query(self._query())

    def _on_show_all_clicked(self) -> None:
        self._filter.clear()
        self._kinds.choose(FlowFilter.ALL)
        self._on_query_changed()

    def _on_feed_arranged(self, arrangement: Arrangement) -> None:
        self._kinds.show_counts(arrangement.counts)
        self._table.show_arrangement(arrangement)
        page = _LIST if arrangement.rows else _NO_MATCH if self._feed.count else _EMPTY
        self._pages.setCurrentIndex(page)
        self._look_for_wanted()
        self._table.choose_first_if_none()
        self.chosen_changed.emit()

    def _on_feed_loaded(self) -> None:
        self._look_for_wanted()
        self.chosen_changed.emit()

    def _look_for_wanted(self) -> None:
        flow_id = self._wanted
        if flow_id is None:
            return
        if self._table.choose(flow_id):
            self._wanted = None
        elif self._feed.knows(flow_id) and (self._filter.text() or self._kinds.kind is not FlowFilter.ALL):
            # The filter hides what is to be shown.
            self._on_show_all_clicked()

    def _on_table_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._table.is_renewing:
            self.chosen_changed.emit()

    def _on_table_activated(self, _index: QModelIndex) -> None:
        self.activated.emit()

    def _on_table_menu_requested(self, at: QPoint) -> None:
        self.menu_requested.emit(self._table.viewport().mapToGlobal(at))

    def _on_table_columns_changed(self, state: bytes) -> None:
        preferences = self._services.preferences
        self._tasks.start(lambda: preferences.set_track_columns(state), owner=self, on_done=_ignore)

    def _on_show_quota_triggered(self) -> None:
        self.quota_requested.emit()

    def _on_show_log_triggered(self) -> None:
        self.log_requested.emit()


def _centred(*widgets: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.addStretch(1)
    for widget in widgets:
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(2)
    return page


def _ignore(_nothing: None) -> None:
    """Nobody waits for this."""
