"""Show the list of flows with search and filters, the unfinished sends above it, and a text while it is empty."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.customers import customer_of_draft
from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.override import override
from esign_desktop.services.flows.rows import FlowFilter, FlowQuery, SentSpan
from esign_desktop.ui.text.environment import act_there
from esign_desktop.ui.text.flow import contract_name
from esign_desktop.ui.text.moments import china_time, now_ms
from esign_desktop.ui.track.feed import FlowFeed
from esign_desktop.ui.track.table import FlowTable
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.deliberate import DeliberateButton, style_acting_button
from esign_desktop.ui.widgets.flow_layout import ChoiceBar
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, set_font_px, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.more_button import MoreButton
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.rows import Arrangement, FlowRow
    from esign_desktop.services.sending.values import SubmissionSummary
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.tasks import TaskRunner


class FilterBar(ChoiceBar[FlowFilter]):
    """Buttons that select a ``FlowFilter``. The button for flows that need an action shows their number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._names = {
            FlowFilter.WAITING_FOR_ME: self.tr("Action needed"),
            FlowFilter.OPEN: self.tr("In progress"),
            FlowFilter.FINISHED: self.tr("Finished"),
            FlowFilter.ALL: self.tr("All"),
        }
        super().__init__(self._names, parent)
        self._counts: dict[FlowFilter, int] | None = None
        self._buttons[FlowFilter.ALL].setChecked(True)
        show_tip(
            self._buttons[FlowFilter.WAITING_FOR_ME],
            self.tr("Contracts that you need to start, seal or download"),
        )
        self.show_counts({})

    def show_counts(self, counts: dict[FlowFilter, int]) -> None:
        """Set the number of flows of each filter, for the button texts and screen readers.

        A missing filter has none.
        """
        if counts == self._counts:
            return
        self._counts = counts
        for kind, button in self._buttons.items():
            count, name = counts.get(kind, 0), self._names[kind]
            is_loud = kind is FlowFilter.WAITING_FOR_ME and count
            button.setText(self.tr("{name} {count}").format(name=name, count=count) if is_loud else name)
            button.setAccessibleName(name)
            button.setAccessibleDescription(self.tr("%n contract(s)", "", count))


class UnfinishedRow(QFrame):
    """A row that shows one unfinished send, with a button that resumes the send or, while it is running, shows it."""

    resume_requested = Signal(object)
    """Carries the ``SubmissionSummary`` of the send to be resumed."""
    show_requested = Signal(object)
    """Carries the ``SubmissionSummary`` of the running send to be shown."""

    def __init__(
        self,
        summary: SubmissionSummary,
        here: Environment | None,
        ours: frozenset[str] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        """Show a send. ``ours`` are the names of the user's own organizations, which are not customers."""
        super().__init__(parent)
        self.setObjectName("documentCard")
        self._summary = summary
        is_held = summary.state is SubmissionState.HELD
        mark = QLabel(self)
        picture = "warning" if summary.state.waits_for_person else "clock"
        mark.setPixmap(icon(picture, theme().warning_ink).pixmap(18, 18))
        text = PlainLabel(self, is_wrapped=True)
        if summary.is_under_way:
            sentence = self.tr("“{title}” is being sent.")
        elif summary.state is SubmissionState.MADE:
            sentence = self.tr("“{title}”: check the document created by the platform.")
        elif is_held:
            sentence = self.tr(
                "“{title}” has needed your decision since {moment}: the platform didn't confirm "
                "that the contract was created."
            )
        else:
            sentence = self.tr("“{title}” was submitted at {moment} and hasn't been sent yet.")
        title = contract_name(summary.title, customer_of_draft(summary.signers, ours))
        text.setText(sentence.format(title=title, moment=china_time(summary.queued_at_ms)))
        act = self.tr("Decide…") if is_held else self.tr("Continue")
        if summary.state is SubmissionState.MADE:
            act = self.tr("Check…")
        if summary.is_under_way:
            # A running send cannot be resumed, only shown.
            act = self.tr("Show")
        is_foreign = is_elsewhere(summary.home, here)
        button = DeliberateButton(self, act_there(act, summary.home) if is_foreign else act)
        style_acting_button(button, summary.home if is_foreign else None)
        button.setAccessibleName(f"{button.text()} {title}")
        button.meant.connect(self._on_button_meant)
        hbox(mark, (text, 1), button, margins=(12, 8, 8, 8), parent=self)

    def _on_button_meant(self) -> None:
        signal = self.show_requested if self._summary.is_under_way else self.resume_requested
        signal.emit(self._summary)


class UnfinishedList(QWidget):
    """A list of unfinished sends. It is hidden while empty."""

    resume_requested = Signal(object)
    """Carries the ``SubmissionSummary`` of the send to be resumed."""
    show_requested = Signal(object)
    """Carries the ``SubmissionSummary`` of the running send to be shown."""

    def __init__(self, parent: QWidget | None = None, *, watch: EnvironmentWatch | None = None) -> None:
        super().__init__(parent)
        self._watch = watch
        self._summaries: tuple[SubmissionSummary, ...] = ()
        self._ours: frozenset[str] = frozenset()
        self._rows: list[UnfinishedRow] = []
        self._column = vbox(spacing=4, parent=self)
        self.hide()
        if watch is not None:
            watch.changed.connect(self._on_watch_changed)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._rebuild()
        super().changeEvent(event)

    def show_summaries(self, summaries: tuple[SubmissionSummary, ...]) -> None:
        """Replace the displayed sends, and hide the list if there are none."""
        if summaries != self._summaries:
            self._summaries = summaries
            self._rebuild()
        self.setVisible(bool(summaries))

    def show_ours(self, ours: frozenset[str]) -> None:
        """Set the names of the user's own organizations, which are not customers."""
        if ours != self._ours:
            self._ours = ours
            self._rebuild()

    def _on_watch_changed(self, _state: object) -> None:
        self._rebuild()

    def _rebuild(self) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        watch = self._watch
        self._rows = [
            UnfinishedRow(summary, watch.environment if watch is not None else summary.home, self._ours, self)
            for summary in self._summaries
        ]
        for row in self._rows:
            row.resume_requested.connect(self.resume_requested)
            row.show_requested.connect(self.show_requested)
            self._column.addWidget(row)


_TYPING_MS: Final = 120
"""The delay after the last keystroke before the search starts, in milliseconds."""
_LIST, _EMPTY, _NO_MATCH = range(3)


class FlowList(QWidget):
    """The list of flows with its search field, filters and unfinished sends. Flows are read in the background."""

    chosen_changed = Signal()
    """Emitted when another flow was chosen, or when the record of the chosen flow may have changed."""
    activated = Signal()
    """Emitted when the user activated the chosen flow with Enter or a double click."""
    menu_requested = Signal(object)
    """Carries the ``QPoint`` at which to show the context menu, in screen coordinates."""
    prepare_requested = Signal()
    """Emitted when the user wants to prepare a contract, which the empty list offers."""
    quota_requested = Signal()
    """Emitted when the user wants to see the contract quota."""
    log_requested = Signal()
    """Emitted when the user wants to see the audit log."""
    export_requested = Signal(object)
    """Carries the list of ids of the selected flows if there are several, otherwise of all listed flows."""
    resume_requested = Signal(object)
    """Carries the ``SubmissionSummary`` of an unfinished send to be resumed."""
    show_requested = Signal(object)
    """Carries the ``SubmissionSummary`` of a running send to be shown."""
    failed = Signal(object)
    """Carries the ``AppError`` of a failed reading."""

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
        self._ours: frozenset[str] = frozenset()
        self._told: tuple[FlowQuery, int] | None = None
        self._feed = FlowFeed(services.flows, tasks, clock_ms=clock_ms, parent=self)
        self._filter = QLineEdit(self)
        self._filter.setClearButtonEnabled(True)
        self._filter.setPlaceholderText(self.tr("Search party, date or file"))
        self._filter.setAccessibleName(self.tr("Search"))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._kinds = FilterBar(self)
        menu = QMenu(self)
        self._more = MoreButton(menu, self)
        self._phrases: dict[str, SentSpan | FlowFilter] = {
            self.tr("Due today"): FlowFilter.DUE_TODAY,
            self.tr("Not signed for 3 days"): FlowFilter.UNSIGNED_LONG,
            self.tr("Unknown status"): FlowFilter.UNKNOWN_OUTCOME,
            self.tr("Sent today"): SentSpan.TODAY,
            self.tr("In the last 7 days"): SentSpan.WEEK,
            self.tr("In the last 30 days"): SentSpan.MONTH,
            self.tr("In the last 365 days"): SentSpan.YEAR,
        }
        """Phrases that the search field understands as filters. All other words are searched for in the contracts."""
        for phrase in self._phrases:
            menu.addAction(phrase, partial(self._search_for, phrase))
        menu.addSeparator()
        self._show_quota = menu.addAction(self.tr("Contracts used and &left…"))
        self._show_log = menu.addAction(self.tr("&Audit log of this computer…"))
        self._export = menu.addAction(self.tr("&Export these contracts…"))
        self._trouble = PlainLabel(
            self,
            self.tr("Can't reach the platform at the moment. The status shown may be out of date."),
            look="hint",
            is_wrapped=True,
            is_live=True,
        )
        self._trouble.hide()
        self._only: frozenset[FlowId] | None = None
        self._only_label = ElidedLabel(self)
        self._only_all = QPushButton(self.tr("Show all contracts"), self)
        self._only_all.setObjectName("compact")
        self._only_bar = QFrame(self)
        self._only_bar.setObjectName("documentCard")
        hbox((self._only_label, 1), self._only_all, margins=(12, 4, 4, 4), parent=self._only_bar)
        self._only_bar.hide()
        self._unfinished = UnfinishedList(self, watch=watch)
        self._table = FlowTable(self)
        self._table.setAccessibleName(self.tr("Sent contracts"))
        self._empty_title, self._empty_text = PlainLabel(self), PlainLabel(self)
        self._empty_button = QPushButton(self.tr("Prepare contract"), self)
        self._show_all = QPushButton(self.tr("Show all contracts"), self)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.setFocusProxy(self._table)
        self._connect()
        self._feed.set_query(self._query())

    @property
    def table(self) -> FlowTable:
        """The table view of the flows."""
        return self._table

    def show_flow(self, flow_id: FlowId | None) -> None:
        """Choose a flow when it has been read, and clear filters that hide it. With None, cancel an earlier request.

        The request is also cancelled when the user chooses another flow or changes the search.
        """
        self._wanted = flow_id

    def show_only(self, flow_ids: Iterable[FlowId], name: str) -> None:
        """Show only the flows with these ids, which are those of the contact ``name``.

        The list is limited until the user asks for all contracts. The search text and the other filters are cleared.
        """
        self._only = frozenset(flow_ids)
        self._only_label.setText(self.tr("Contracts with {name}").format(name=name))
        self._only_bar.show()
        self._show_any()

    def reload(self) -> None:
        """Read changed flows, unfinished sends and the user's own organizations from the store in the background."""
        submission, preferences = self._services.submission, self._services.preferences
        self._tasks.start(
            submission.unfinished,
            owner=self,
            on_done=self._on_unfinished_read,
            on_error=self.failed.emit,
        )
        if not self._are_columns_read:
            self._are_columns_read = True
            self._tasks.start(lambda: preferences.track_columns, owner=self, on_done=self._table.take_columns)
        self._tasks.start(self._services.flows.our_names, owner=self, on_done=self._on_ours_read)
        self._feed.reload()

    def take(self, record: FlowRecord) -> None:
        """Update or add the row of one flow."""
        self._feed.take(record)

    def search(self) -> None:
        """Focus the search field."""
        self._filter.setFocus()

    def show_trouble(self, error: AppError | None) -> None:
        """Show a warning that the displayed states may be out of date. If ``error`` is None, hide the warning."""
        self._trouble.setVisible(error is not None)

    def _lay_out(self) -> None:
        top = vbox(
            hbox((self._filter, 1), self._more),
            self._kinds,
            margins=(12, 8, 12, 8),
        )
        set_font_px(self._empty_title, 16, is_bold=True)
        self._on_unfinished_read(())
        no_match = PlainLabel(self, self.tr("No matching contracts"))
        self._pages.addWidget(self._table)
        self._pages.addWidget(_centred(self._empty_title, self._empty_text, self._empty_button))
        self._pages.addWidget(_centred(no_match, self._show_all))
        vbox(
            top,
            vbox(self._only_bar, self._trouble, self._unfinished, spacing=6, margins=(12, 0, 12, 8)),
            (self._pages, 1),
            spacing=0,
            parent=self,
        )

    def _connect(self) -> None:
        self._filter.textChanged.connect(self._typing.start)
        self._filter.textEdited.connect(self._forget_wanted)
        self._typing.timeout.connect(self._on_query_changed)
        self._kinds.chosen.connect(self._on_kinds_chosen)
        self._table.order_changed.connect(self._on_query_changed)
        self._table.columns_changed.connect(self._on_table_columns_changed)
        self._table.selectionModel().currentRowChanged.connect(self._on_table_current_changed)
        self._table.activated.connect(self._on_table_activated)
        self._table.customContextMenuRequested.connect(self._on_table_menu_requested)
        for button in (self._show_all, self._only_all):
            button.clicked.connect(self._on_show_all_clicked)
        self._empty_button.clicked.connect(self.prepare_requested)
        self._show_quota.triggered.connect(self._on_show_quota_triggered)
        self._show_log.triggered.connect(self._on_show_log_triggered)
        self._export.triggered.connect(self._on_export_triggered)
        self._unfinished.resume_requested.connect(self.resume_requested)
        self._unfinished.show_requested.connect(self.show_requested)
        self._feed.arranged.connect(self._on_feed_arranged)
        self._feed.row_changed.connect(self._on_feed_row_changed)
        self._feed.loaded.connect(self._on_feed_loaded)
        self._feed.failed.connect(self.failed)

    def _on_ours_read(self, ours: frozenset[str]) -> None:
        self._ours = ours
        self._unfinished.show_ours(ours)
        self._feed.set_query(self._query())

    def _on_unfinished_read(self, summaries: tuple[SubmissionSummary, ...]) -> None:
        self._unfinished.show_summaries(summaries)
        if summaries:
            self._empty_title.setText(self.tr("No contracts have reached their signers yet"))
            self._empty_text.setText(
                self.tr("Some contracts above aren't completely sent. Decide what to do, or continue there.")
            )
        else:
            self._empty_title.setText(self.tr("No contracts sent yet"))
            self._empty_text.setText(self.tr("Contracts you send appear here, with their signing progress."))

    def _query(self) -> FlowQuery:
        order, is_descending = self._table.order
        text, also, span = self._filter.text(), FlowFilter.ALL, SentSpan.ANY
        for phrase, meaning in self._phrases.items():
            before, found, after = text.casefold().partition(phrase.casefold())
            if found:
                text = f"{before} {after}"
                also, span = (meaning, span) if isinstance(meaning, FlowFilter) else (also, meaning)
        kind, only = self._kinds.kind, self._only
        return FlowQuery(kind, text.strip(), order, is_descending, only, also, span, self._ours)

    def _search_for(self, phrase: str) -> None:
        self._forget_wanted()
        self._filter.setText(phrase)
        self._on_query_changed()

    def _show_any(self) -> None:
        self._filter.clear()
        self._kinds.choose(FlowFilter.ALL)
        self._on_query_changed()

    def _forget_wanted(self) -> None:
        """Cancel the request of ``show_flow``. Called when the user chooses another flow or changes the search."""
        self._wanted = None

    def _on_kinds_chosen(self) -> None:
        self._forget_wanted()
        self._on_query_changed()

    def _on_query_changed(self) -> None:
        self._typing.stop()
        self._feed.set_query(self._query())

    def _on_show_all_clicked(self) -> None:
        self._only = None
        self._only_bar.hide()
        self._show_any()

    def _on_feed_arranged(self, arrangement: Arrangement) -> None:
        self._kinds.show_counts(arrangement.counts)
        self._table.show_arrangement(arrangement)
        page = _LIST if arrangement.rows else _NO_MATCH if self._feed.count else _EMPTY
        self._pages.setCurrentIndex(page)
        told = (self._feed.query, len(arrangement.rows))
        if self._filter.hasFocus() and told != self._told:
            announce(self._filter, self.tr("%n contract(s) found", "", len(arrangement.rows)))
        self._told = told
        self._look_for_wanted()
        self._table.choose_first_if_none()
        self.chosen_changed.emit()

    def _on_feed_row_changed(self, row: FlowRow) -> None:
        spoken = self._table.flows.update_row(row)
        if spoken:
            announce(self._table, spoken, is_urgent=True)

    def _on_feed_loaded(self) -> None:
        self._look_for_wanted()
        self.chosen_changed.emit()

    def _look_for_wanted(self) -> None:
        flow_id = self._wanted
        if flow_id is None:
            return
        if self._table.choose(flow_id):
            self._wanted = None
        elif self._feed.knows(flow_id) and self._query() != FlowQuery(
            order=self._table.order[0], is_descending=self._table.order[1], ours=self._ours
        ):
            # The current filter hides the flow.
            self._on_show_all_clicked()
            self._wanted = flow_id

    def _on_table_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._table.is_renewing:
            self._forget_wanted()
            self.chosen_changed.emit()

    def _on_table_activated(self, _index: QModelIndex) -> None:
        self.activated.emit()

    def _on_table_menu_requested(self, at: QPoint) -> None:
        self.menu_requested.emit(self._table.viewport().mapToGlobal(at))

    def _on_table_columns_changed(self, state: bytes) -> None:
        preferences = self._services.preferences
        self._tasks.start(lambda: preferences.set_track_columns(state), owner=self)

    def _on_show_quota_triggered(self) -> None:
        self.quota_requested.emit()

    def _on_export_triggered(self) -> None:
        selected = self._table.selected_rows
        rows = selected if len(selected) > 1 else self._table.flows.rows
        self.export_requested.emit([row.flow_id for row in rows])

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
