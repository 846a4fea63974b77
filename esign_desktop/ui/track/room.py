"""The Track room: the list of flows, the only one there is, and what can be done with each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.icons import icon
from esign_desktop.ui.messages import Tone
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.qr.window import QrWindow
from esign_desktop.ui.sending.panel import SendingPanel
from esign_desktop.ui.track.details_pane import DetailsPane
from esign_desktop.ui.track.flow_actions import FlowActions
from esign_desktop.ui.track.flow_table_model import FlowColumn, FlowFilter, FlowProxy, FlowTableModel
from esign_desktop.ui.track.unfinished_list import UnfinishedList
from esign_desktop.ui.words.moments import now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows import FlowRecord
    from esign_desktop.services.submission import SubmissionSummary
    from esign_desktop.ui.messages import Messages
    from esign_desktop.ui.tasks import TaskRunner


class TrackRoom(QWidget):
    """Polls while it is visible. One poller may be shared with other rooms, so that each hears what another learned."""

    prepare_requested = Signal()
    """A new contract is wanted."""

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
        self._flow_actions = FlowActions(services, tasks, self)
        self._model = FlowTableModel(self)
        self._proxy = FlowProxy(self._model, clock_ms=clock_ms, parent=self)
        self._filter = QLineEdit(self)
        self._filter.setClearButtonEnabled(True)
        self._kind_label = PlainLabel(self)
        self._kind = QComboBox(self)
        self._kind_label.setBuddy(self._kind)
        self._reload = QToolButton(self)
        self._reload.setAutoRaise(True)
        self._trouble = PlainLabel(self)
        self._trouble.setObjectName("hint")
        self._trouble.hide()
        self._unfinished = UnfinishedList(self)
        self._table = QTableView(self)
        self._details = DetailsPane(self)
        self._details.hide()
        self._empty_title = PlainLabel(self)
        self._empty_text = PlainLabel(self)
        self._empty_button = QPushButton(self)
        self._list_or_empty = QStackedWidget(self)
        self._stack = QStackedWidget(self)
        self._sending: SendingPanel | None = None
        self._set_up_table()
        self._lay_out()
        self.setFocusProxy(self._table)
        self._connect()
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
        """Read flows and unfinished sends from the store."""
        flows, submission = self._services.flows, self._services.submission
        self._tasks.start(
            lambda: (flows.list(), submission.unfinished()),
            owner=self,
            on_done=self._on_list_read,
            on_error=self._on_failed,
        )

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
            case _:
                pass
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._filter.setPlaceholderText(self.tr("Filter by title, name or state"))
        self._filter.setAccessibleName(self.tr("Filter"))
        self._kind_label.setText(self.tr("Show"))
        chosen = max(0, self._kind.currentIndex())
        with QSignalBlocker(self._kind):
            self._kind.clear()
            for kind, text in (
                (FlowFilter.ALL, self.tr("all")),
                (FlowFilter.OPEN, self.tr("open ones")),
                (FlowFilter.DUE_SOON, self.tr("due within a day")),
                (FlowFilter.ENDED, self.tr("ended ones")),
            ):
                self._kind.addItem(text, kind)
            self._kind.setCurrentIndex(chosen)
        self._reload.setIcon(icon("refresh"))
        self._reload.setToolTip(self.tr("Ask about the chosen contract (F5)"))
        self._reload.setAccessibleName(self.tr("Refresh"))
        self._table.setAccessibleName(self.tr("Contracts that were sent"))
        self._empty_title.setText(self.tr("Nothing has been sent yet"))
        self._empty_text.setText(
            self.tr("Contracts that you send stand here, with who has signed and what is still open.")
        )
        self._empty_button.setText(self.tr("Prepare a contract"))
        self._show_trouble(self._poller.trouble)
        self._model.retranslate()

    def _set_up_table(self) -> None:
        self._table.setModel(self._proxy)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setShowGrid(False)
        self._table.setFrameShape(QFrame.Shape.NoFrame)
        self._table.setAlternatingRowColors(True)
        self._table.setWordWrap(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(32)
        header = self._table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(FlowColumn.TITLE, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(80)
        self._table.setSortingEnabled(True)
        self._table.sortByColumn(FlowColumn.SENT, Qt.SortOrder.DescendingOrder)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(8)
        bar.addWidget(self._filter, 1)
        bar.addWidget(self._kind_label)
        bar.addWidget(self._kind)
        bar.addWidget(self._reload)
        empty = QWidget(self)
        font = self._empty_title.font()
        font.setPixelSize(16)
        font.setBold(True)
        self._empty_title.setFont(font)
        column = QVBoxLayout(empty)
        column.addStretch(1)
        for widget in (self._empty_title, self._empty_text, self._empty_button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._list_or_empty.addWidget(self._table)
        self._list_or_empty.addWidget(empty)
        left = QWidget(self)
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.setSpacing(0)
        left_column.addLayout(bar)
        hints = QVBoxLayout()
        hints.setContentsMargins(12, 0, 12, 8)
        hints.addWidget(self._trouble)
        hints.addWidget(self._unfinished)
        left_column.addLayout(hints)
        left_column.addWidget(self._list_or_empty, 1)
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.addWidget(left)
        halves.addWidget(self._details)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        halves.setSizes([720, 380])
        halves.setChildrenCollapsible(False)
        self._details.setMinimumWidth(320)
        self._stack.addWidget(halves)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _connect(self) -> None:
        self._filter.textChanged.connect(self._proxy.set_text)
        self._kind.currentIndexChanged.connect(self._on_kind_changed)
        self._reload.clicked.connect(self._on_refresh_requested)
        self._table.selectionModel().currentRowChanged.connect(self._on_table_current_changed)
        self._table.activated.connect(self._on_table_activated)
        self._unfinished.resume_requested.connect(self._on_resume_requested)
        self._details.qr_requested.connect(self._on_qr_requested)
        self._details.refresh_requested.connect(self._on_refresh_requested)
        self._details.revoke_requested.connect(self._on_revoke_requested)
        self._details.download_requested.connect(self._on_download_requested)
        self._details.download_to_requested.connect(self._on_download_to_requested)
        self._details.stop_requested.connect(self._flow_actions.stop)
        self._flow_actions.busy_changed.connect(self._details.show_busy)
        self._flow_actions.refreshed.connect(self._poller.announce)
        self._flow_actions.revoked.connect(self._on_revoked)
        self._flow_actions.downloaded.connect(self._on_downloaded)
        self._flow_actions.failed.connect(self._on_failed)
        self._empty_button.clicked.connect(self.prepare_requested)
        self._poller.flow_changed.connect(self._on_poller_flow_changed)
        self._poller.trouble_changed.connect(self._show_trouble)
        for key, slot in (
            (QKeySequence(Qt.Key.Key_F5), self._on_refresh_requested),
            (QKeySequence(QKeySequence.StandardKey.Find), self._filter.setFocus),
        ):
            shortcut = QShortcut(key, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    @property
    def _chosen(self) -> FlowRecord | None:
        index = self._table.currentIndex()
        return self._model.record_at(self._proxy.mapToSource(index).row()) if index.isValid() else None

    def _choose(self, flow_id: FlowId) -> None:
        row = self._model.row_of(flow_id)
        if row is None:
            return
        index = self._proxy.mapFromSource(self._model.index(row, 0))
        if not index.isValid():
            # The filter hides what is to be shown.
            self._filter.clear()
            self._kind.setCurrentIndex(0)
            index = self._proxy.mapFromSource(self._model.index(row, 0))
        self._table.setCurrentIndex(index)
        self._table.scrollTo(index)

    def _show_chosen(self) -> None:
        record = self._chosen
        self._details.setVisible(record is not None)
        if record is not None:
            self._details.show_record(record)

    def _show_trouble(self, error: AppError | None) -> None:
        self._trouble.setText(self.tr("The platform can't be reached at the moment: what is shown may have changed."))
        self._trouble.setVisible(error is not None)

    def _on_list_read(self, found: tuple[tuple[FlowRecord, ...], tuple[SubmissionSummary, ...]]) -> None:
        records, unfinished = found
        wanted = self._wanted or (self._chosen.flow_id if self._chosen is not None else None)
        self._model.show_records(records)
        self._list_or_empty.setCurrentIndex(0 if records else 1)
        self._unfinished.show_summaries(unfinished)
        self._wanted = None
        if wanted is not None:
            self._choose(wanted)
        if not self._table.currentIndex().isValid() and self._proxy.rowCount():
            self._table.setCurrentIndex(self._proxy.index(0, 0))
        self._show_chosen()

    def _on_poller_flow_changed(self, record: FlowRecord) -> None:
        self._model.update_record(record)
        self._list_or_empty.setCurrentIndex(0)
        self._show_chosen()

    def _on_kind_changed(self) -> None:
        self._proxy.set_kind(self._kind.currentData())

    def _on_table_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self._show_chosen()

    def _on_table_activated(self, _index: QModelIndex) -> None:
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

    def _on_refresh_requested(self) -> None:
        record = self._chosen
        if record is None:
            self.reload()
        else:
            self._flow_actions.refresh(record)

    def _on_revoke_requested(self) -> None:
        if self._chosen is not None:
            self._flow_actions.revoke(self._chosen)

    def _on_revoked(self, record: FlowRecord) -> None:
        self._poller.announce(record)
        self._messages.tell(self.tr("“{title}” is revoked.").format(title=record.title), Tone.SUCCESS)

    def _on_failed(self, error: AppError) -> None:
        self._messages.tell(error)

    def _on_download_requested(self) -> None:
        if self._chosen is not None:
            self._flow_actions.download(self._chosen)

    def _on_download_to_requested(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder for the signed files"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_folder_selected)
        dialog.open()

    def _on_folder_selected(self, folder: str) -> None:
        if self._chosen is not None:
            self._flow_actions.download(self._chosen, Path(folder))

    def _on_downloaded(self, record: FlowRecord) -> None:
        self._poller.announce(record)
        self._messages.tell(self.tr("%n file(s) downloaded.", "", len(record.downloaded_to)), Tone.SUCCESS)

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
