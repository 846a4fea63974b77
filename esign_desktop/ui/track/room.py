"""The Track room: the list of flows, the only one there is, and what can be done with each."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from esign_desktop.services.flow_rows import FlowFilter, FlowQuery
from esign_desktop.services.link_gate import links_of
from esign_desktop.services.signer_progress import current_signers
from esign_desktop.ui.error_sentences import error_sentence
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.icons import icon
from esign_desktop.ui.messages import Tone
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.qr.qr_image import is_web_link
from esign_desktop.ui.qr.window import QrWindow
from esign_desktop.ui.sending.panel import SendingPanel
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.track.audit_dialog import AuditDialog
from esign_desktop.ui.track.details_pane import DetailsPane
from esign_desktop.ui.track.filter_bar import FilterBar
from esign_desktop.ui.track.flow_actions import DownloadReport, FlowActions
from esign_desktop.ui.track.flow_feed import FlowFeed
from esign_desktop.ui.track.flow_table import FlowTable
from esign_desktop.ui.track.quota_dialog import QuotaDialog
from esign_desktop.ui.track.unfinished_list import UnfinishedList
from esign_desktop.ui.words.flow_words import flow_signer_name
from esign_desktop.ui.words.moments import now_ms
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.corrections import Correction
    from esign_desktop.services.flow_rows import Arrangement
    from esign_desktop.services.flows import FlowRecord
    from esign_desktop.services.submission import SubmissionSummary
    from esign_desktop.ui.messages import Messages
    from esign_desktop.ui.tasks import Task, TaskRunner

_TYPING_MS: Final = 120
"""Whoever types on is not done yet."""
_LIST, _EMPTY, _NO_MATCH = range(3)


class TrackRoom(QWidget):
    """Polls while it is visible. One poller may be shared with other rooms, so that each hears what another learned."""

    prepare_requested = Signal()
    """A new contract is wanted."""
    correction_made = Signal(object)
    """A ``Correction`` that is to be put on the desk."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        messages: Messages,
        parent: QWidget | None = None,
        *,
        poller: FlowPoller | None = None,
        clock_ms: Callable[[], int] = now_ms,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._poller = poller or FlowPoller(services.flows, services.environments, tasks, self)
        self._wanted: FlowId | None = None
        self._record: FlowRecord | None = None
        self._reading: Task | None = None
        self._are_columns_read = False
        self._flow_actions = FlowActions(services, tasks, self)
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
        self._trouble.hide()
        self._unfinished = UnfinishedList(self)
        self._table = FlowTable(self)
        self._details = DetailsPane(self)
        self._details.hide()
        self._empty_title = PlainLabel(self)
        self._empty_text = PlainLabel(self)
        self._empty_button = QPushButton(self)
        self._no_match = PlainLabel(self)
        self._show_all = QPushButton(self)
        self._pages = QStackedWidget(self)
        self._halves = QSplitter(Qt.Orientation.Horizontal, self)
        self._stack = QStackedWidget(self)
        self._sending: SendingPanel | None = None
        self._lay_out()
        self.setFocusProxy(self._table)
        self._connect()
        self._feed.set_query(self._query())
        self.retranslate()

    @property
    def widget(self) -> QWidget:
        """The room itself."""
        return self

    @property
    def title(self) -> str:
        """What the rail calls it."""
        return self.tr("Track")

    def activated(self) -> None:
        """Read the list anew: the room was entered."""
        self.reload()

    def show_flow(self, flow_id: FlowId | None) -> None:
        """Go to a flow; None goes to the list."""
        self._wanted = flow_id
        self._stack.setCurrentIndex(0)
        self.reload()

    def reload(self) -> None:
        """Read from the store what changed among flows and unfinished sends."""
        submission = self._services.submission
        self._tasks.start(
            submission.unfinished,
            owner=self,
            on_done=self._unfinished.show_summaries,
            on_error=self._on_failed,
        )
        if not self._are_columns_read:
            self._are_columns_read = True
            preferences = self._services.preferences
            self._tasks.start(lambda: preferences.track_columns, owner=self, on_done=self._table.take_columns)
        self._feed.reload()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._poller.follow(self)
        self.reload()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._poller.leave(self)

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
        self._show_trouble(self._poller.trouble)

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
        left = QWidget(self)
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.setSpacing(0)
        left_column.addLayout(top)
        hints = QVBoxLayout()
        hints.setContentsMargins(12, 0, 12, 8)
        hints.addWidget(self._trouble)
        hints.addWidget(self._unfinished)
        left_column.addLayout(hints)
        left_column.addWidget(self._pages, 1)
        self._halves.addWidget(left)
        self._halves.addWidget(self._details)
        self._halves.setStretchFactor(0, 3)
        self._halves.setStretchFactor(1, 2)
        self._halves.setSizes([720, 380])
        self._halves.setChildrenCollapsible(False)
        self._details.setMinimumWidth(320)
        self._stack.addWidget(self._halves)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _connect(self) -> None:
        self._filter.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self._on_query_changed)
        self._kinds.chosen.connect(self._on_query_changed)
        self._table.order_changed.connect(self._on_query_changed)
        self._table.columns_changed.connect(self._on_table_columns_changed)
        self._show_all.clicked.connect(self._on_show_all_clicked)
        self._reload.clicked.connect(self._on_refresh_requested)
        self._show_quota.triggered.connect(self._on_show_quota_triggered)
        self._show_log.triggered.connect(self._on_show_log_triggered)
        self._feed.arranged.connect(self._on_feed_arranged)
        self._feed.row_changed.connect(self._table.flows.update_row)
        self._feed.loaded.connect(self._on_feed_loaded)
        self._feed.failed.connect(self._on_failed)
        self._table.selectionModel().currentRowChanged.connect(self._on_table_current_changed)
        self._table.activated.connect(self._on_table_activated)
        self._unfinished.resume_requested.connect(self._on_resume_requested)
        self._details.qr_requested.connect(self._on_qr_requested)
        self._details.refresh_requested.connect(self._on_refresh_requested)
        self._details.revoke_requested.connect(self._on_revoke_requested)
        self._details.revoke_and_correct_requested.connect(self._on_correct_requested)
        self._details.correct_requested.connect(self._on_correct_requested)
        self._details.download_requested.connect(self._on_download_requested)
        self._details.download_to_requested.connect(self._on_download_to_requested)
        self._details.stop_requested.connect(self._flow_actions.stop)
        self._details.check_requested.connect(self._on_check_requested)
        self._flow_actions.busy_changed.connect(self._details.show_busy)
        self._flow_actions.refreshed.connect(self._poller.announce)
        self._flow_actions.revoked.connect(self._on_revoked)
        self._flow_actions.corrected.connect(self._on_corrected)
        self._flow_actions.downloaded.connect(self._on_downloaded)
        self._flow_actions.failed.connect(self._on_failed)
        self._empty_button.clicked.connect(self.prepare_requested)
        self._poller.flow_changed.connect(self._on_poller_flow_changed)
        self._poller.trouble_changed.connect(self._show_trouble)
        for key, slot in (
            ("F5", self._on_refresh_requested),
            ("Ctrl+F", self._filter.setFocus),
            ("R", self._on_revoke_key),
            ("Ctrl+R", self._on_revoke_and_correct_key),
            ("L", self._on_link_key),
            ("Q", self._on_qr_key),
            ("D", self._on_download_requested),
        ):
            shortcut = QShortcut(QKeySequence(key), self._halves)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(slot)

    # The list.

    @property
    def _chosen(self) -> FlowRecord | None:
        """The flow whose row is chosen, once it is read."""
        record = self._record
        return record if record is not None and record.flow_id == self._table.current_id else None

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
        if self._wanted is not None:
            self._look_for(self._wanted)
        self._table.choose_first_if_none()
        self._show_chosen()

    def _on_feed_loaded(self) -> None:
        if self._wanted is not None:
            self._look_for(self._wanted)
        self._show_chosen()

    def _look_for(self, flow_id: FlowId) -> None:
        if self._table.choose(flow_id):
            self._wanted = None
        elif self._feed.knows(flow_id) and (self._filter.text() or self._kinds.kind is not FlowFilter.ALL):
            # The filter hides what is to be shown.
            self._on_show_all_clicked()

    def _show_chosen(self) -> None:
        flow_id = self._table.current_id
        if flow_id is None:
            self._record = None
            self._details.hide()
            return
        if self._reading is not None:
            self._reading.cancel()
        flows = self._services.flows
        self._reading = self._tasks.start(
            lambda: flows.get(flow_id), owner=self, on_done=self._on_chosen_read, on_error=self._on_failed
        )

    def _on_chosen_read(self, record: FlowRecord) -> None:
        self._reading = None
        if record.flow_id == self._table.current_id:
            self._record = record
            self._details.show_record(record)
            self._details.show()

    def _on_table_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._table.is_renewing:
            self._show_chosen()

    def _on_table_columns_changed(self, state: bytes) -> None:
        preferences = self._services.preferences
        self._tasks.start(lambda: preferences.set_track_columns(state), owner=self, on_done=_ignore)

    def _on_poller_flow_changed(self, record: FlowRecord) -> None:
        self._feed.take(record)
        if record.flow_id == self._table.current_id:
            if self._reading is not None:
                self._reading.cancel()
            self._on_chosen_read(record)

    def _show_trouble(self, error: AppError | None) -> None:
        self._trouble.setText(self.tr("The platform can't be reached at the moment: what is shown may have changed."))
        self._trouble.setVisible(error is not None)

    # What is done with a flow.

    def _on_table_activated(self, _index: QModelIndex) -> None:
        self._on_qr_key()

    def _on_qr_key(self) -> None:
        record = self._chosen
        if record is not None and not record.status.is_final and any(signer.urls for signer in record.signers):
            self._on_qr_requested(0)

    def _on_qr_requested(self, number: int) -> None:
        record = self._chosen
        if record is None:
            return
        window = QrWindow(self._poller, self)
        window.show_flow(record)
        if number:
            window.card.choose(number)
        window.show()

    def _on_link_key(self) -> None:
        record = self._chosen
        if record is None:
            return
        for signer in current_signers(record):
            link = next((url for url in links_of(record, signer) if is_web_link(url)), "")
            if link:
                QGuiApplication.clipboard().setText(link)
                name = flow_signer_name(signer)
                self._messages.tell(
                    self.tr("The link of {name} is copied.").format(name=name), Tone.SUCCESS, key="track.link"
                )
                return
        self._messages.tell(self.tr("There is no link: nobody's turn, or none was told."), key="track.link")

    def _on_refresh_requested(self) -> None:
        record = self._chosen
        if record is None:
            self.reload()
        else:
            self._flow_actions.refresh(record)

    def _on_revoke_key(self) -> None:
        if self._is_one_chosen():
            self._details.press_revoke()

    def _on_revoke_and_correct_key(self) -> None:
        if self._is_one_chosen():
            self._details.press_revoke_and_correct()

    def _is_one_chosen(self) -> bool:
        """Whether it is certain which flow is meant; what can't be undone is done with one at a time."""
        if len(self._table.selected_rows) > 1:
            self._messages.tell(self.tr("Choose one contract: they are revoked one by one."), key="track.one")
            return False
        return self._chosen is not None

    def _on_revoke_requested(self) -> None:
        if self._chosen is not None:
            self._flow_actions.revoke(self._chosen)

    def _on_correct_requested(self) -> None:
        if self._chosen is not None:
            self._flow_actions.revoke_and_correct(self._chosen)

    def _on_revoked(self, record: FlowRecord) -> None:
        self._poller.announce(record)
        self._messages.tell(self.tr("“{title}” is revoked.").format(title=one_line(record.title)), Tone.SUCCESS)

    def _on_corrected(self, correction: Correction) -> None:
        self.correction_made.emit(correction)

    def _on_failed(self, error: AppError) -> None:
        self._messages.tell(error)

    def _on_download_requested(self) -> None:
        self._download(None)

    def _on_download_to_requested(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder for the signed files"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_folder_selected)
        dialog.open()

    def _on_folder_selected(self, folder: str) -> None:
        self._download(Path(folder))

    def _download(self, folder: Path | None) -> None:
        if self._flow_actions.is_busy:
            return
        flow_ids = [row.flow_id for row in self._table.selected_rows if row.can_download]
        if flow_ids:
            self._flow_actions.download(flow_ids, folder)
        else:
            self._messages.tell(self.tr("There is nothing to download yet: nobody has signed."), key="track.download")

    def _on_downloaded(self, report: DownloadReport) -> None:
        for record in report.records:
            self._poller.announce(record)
        if report.file_count:
            self._messages.tell(self.tr("%n file(s) downloaded.", "", report.file_count), Tone.SUCCESS)
        for title, error in report.failures[:1]:
            if len(report.failures) == 1:
                self._messages.tell(error, about=title if report.records else "")
            else:
                text = self.tr("%n contract(s) could not be downloaded.", "", len(report.failures))
                self._messages.tell(text, Tone.ERROR, remedy=f"{title}: {error_sentence(error).title}")

    def _on_show_quota_triggered(self) -> None:
        QuotaDialog(self._services, self._tasks, self._messages, self).show()

    def _on_show_log_triggered(self) -> None:
        AuditDialog(self._services, self._tasks, self._messages, self).show()

    def _on_check_requested(self, path: Path) -> None:
        signatures = self._services.signatures
        if signatures is None:
            return
        files = self._details.files
        self._tasks.start(
            lambda: signatures.check(path),
            owner=self,
            on_done=partial(files.show_signatures, path),
            on_error=partial(files.show_failure, path),
            lane=Lane.NETWORK,
        )

    # Sends that have not ended.

    def _on_resume_requested(self, summary: SubmissionSummary) -> None:
        panel = SendingPanel(self._services, self._tasks, self._poller, self)
        panel.back_requested.connect(self._on_sending_ended)
        panel.new_contract_requested.connect(self.prepare_requested)
        panel.track_requested.connect(self.show_flow)
        panel.sent.connect(self._on_sending_sent)
        self._drop_sending()
        self._sending = panel
        self._stack.addWidget(panel)
        self._stack.setCurrentWidget(panel)
        panel.resume(summary)

    def _on_sending_sent(self, _record: FlowRecord) -> None:
        self.reload()

    def _on_sending_ended(self) -> None:
        self.show_flow(None)

    def _drop_sending(self) -> None:
        if self._sending is not None:
            self._stack.removeWidget(self._sending)
            self._sending.hide()
            self._sending.deleteLater()
            self._sending = None


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
