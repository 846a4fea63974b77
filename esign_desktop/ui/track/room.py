"""Provide the Track room, with the list of flows and the details of the chosen flow."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from esign_desktop.domain.errors import InputError
from esign_desktop.override import override
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.text.moments import now_ms
from esign_desktop.ui.track.audit_dialog import AuditDialog
from esign_desktop.ui.track.commands import FlowCommands
from esign_desktop.ui.track.details import DetailsPane
from esign_desktop.ui.track.list import FlowList
from esign_desktop.ui.track.menu import FlowMenu
from esign_desktop.ui.widgets.actions import ActionName, make_action
from esign_desktop.ui.widgets.layouts import vbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.domain.submission import SubmissionId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.sending.values import SubmissionSummary
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.tasks import Task, TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


class TrackRoom(QWidget):
    """The room that shows the sent contracts, the details of the chosen one, and sends that were resumed here.

    It polls the platform while it is visible. ``poller`` may be shared with other rooms, so that an answer is shown in
    all of them; by default, the room creates one.
    """

    prepare_requested = Signal()
    """Emitted when the user wants to prepare a new contract."""
    correction_made = Signal(object)
    """Carries a ``Correction`` whose draft is to be opened in the Prepare room."""

    handed_over = Signal(str)
    """Carries the id of a draft that is no longer needed, because its contract has been created on the platform."""
    rested = Signal(object)
    """Carries the ``SubmissionId`` of a send that is no longer running, whatever its result."""
    resumed = Signal(str)
    """Carries the id of a draft whose send is shown in this room from now on."""
    contract_requested = Signal(str)
    """Carries the id of the draft to be opened again, because its send was cancelled here."""
    sending_requested = Signal()
    """Emitted when the user wants to see a send that is running in another room."""

    forget_requested = Signal(object)
    """Carries the ``KnownPerson`` whose data the user wants to delete."""
    quota_requested = Signal()
    """Emitted when the user wants to see the contract quota."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        messages: Messages,
        parent: QWidget | None = None,
        *,
        poller: FlowPoller | None = None,
        watch: EnvironmentWatch | None = None,
        clock_ms: Callable[[], int] = now_ms,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._poller = poller or FlowPoller(services.flows, services.environments, tasks, self)
        self._watch = watch
        self._reading: Task | None = None
        self._list = FlowList(services, tasks, self, clock_ms=clock_ms, watch=watch)
        self._table = self._list.table
        self._halves = QSplitter(Qt.Orientation.Horizontal, self)
        self._commands = FlowCommands(services, tasks, messages, self._poller, self._table, self._halves, watch=watch)
        self._menu = FlowMenu(self._commands, self)
        self._details = DetailsPane(self._commands, self._menu, self, watch=watch, clock_ms=clock_ms)
        self._details.hide()
        self._stack = QStackedWidget(self)
        self._sending: SendingPanel | None = None
        self._lay_out()
        self.setFocusProxy(self._table)
        self._connect()
        self._list.show_trouble(self._poller.trouble)

    @property
    def widget(self) -> QWidget:
        """The room's widget, which is the room itself."""
        return self

    @property
    def title(self) -> str:
        """The room's name on the rail."""
        return self.tr("Track")

    @property
    def is_sending(self) -> bool:
        """Whether a send that was resumed in this room is running."""
        return self._sending is not None and self._sending.is_busy

    def is_sending_draft(self, draft_id: DraftId) -> bool:
        """Return whether a send of this draft is running in this room."""
        return self._sending is not None and self._sending.is_busy and self._sending.draft_id == draft_id

    def activated(self) -> None:
        """Reload the list. The main window calls this when the user enters the room."""
        self.reload()

    def show_flow(self, flow_id: FlowId | None) -> None:
        """Show the list, and choose the flow when it has been read. With None, only show the list."""
        self._list.show_flow(flow_id)
        self._stack.setCurrentIndex(0)
        self.reload()

    def show_only(self, flow_ids: tuple[FlowId, ...], name: str) -> None:
        """Show the list with only the flows with these ids, which are those of the contact ``name``."""
        self._stack.setCurrentIndex(0)
        self._list.show_only(flow_ids, name)

    def reload(self) -> None:
        """Read changed flows and unfinished sends from the store in the background."""
        self._list.reload()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._poller.follow(self)
        self.reload()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._poller.leave(self)

    def _lay_out(self) -> None:
        self._halves.addWidget(self._list)
        self._halves.addWidget(self._details)
        self._halves.setStretchFactor(0, 3)
        self._halves.setStretchFactor(1, 2)
        self._halves.setSizes([760, 400])
        self._halves.setChildrenCollapsible(False)
        self._details.setMinimumWidth(320)
        self._stack.addWidget(self._halves)
        vbox(self._stack, parent=self)

    def _connect(self) -> None:
        flows, commands = self._list, self._commands
        flows.chosen_changed.connect(self._show_chosen)
        flows.activated.connect(commands.activate)
        flows.menu_requested.connect(self._on_list_menu_requested)
        flows.prepare_requested.connect(self.prepare_requested)
        flows.quota_requested.connect(self.quota_requested)
        flows.log_requested.connect(self._on_list_log_requested)
        flows.export_requested.connect(self._on_list_export_requested)
        flows.resume_requested.connect(self._on_list_resume_requested)
        flows.show_requested.connect(self._on_list_show_requested)
        flows.failed.connect(self._on_failed)
        search = make_action(ActionName.SEARCH, self)
        search.triggered.connect(flows.search)
        self._halves.addAction(search)
        commands.correction_made.connect(self.correction_made)
        commands.reload_requested.connect(self.reload)
        self._table.selectionModel().selectionChanged.connect(self._on_table_selection_changed)
        self._menu.forget_requested.connect(self.forget_requested)
        self._poller.flow_changed.connect(self._on_poller_flow_changed)
        self._poller.trouble_changed.connect(flows.show_trouble)

    def _on_table_selection_changed(self) -> None:
        self._details.show_count(len(self._table.chosen_rows))

    # The chosen flow

    def _show_chosen(self) -> None:
        flow_id = self._table.current_id
        if flow_id is None:
            self._commands.take(None)
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
            self._commands.take(record)
            self._details.show_record(record)
            self._details.show()
            self._poller.tell_payer(record, self._details, self._details.show_payer)

    def _on_poller_flow_changed(self, record: FlowRecord) -> None:
        self._list.take(record)
        if record.flow_id == self._table.current_id:
            if self._reading is not None:
                self._reading.cancel()
            self._on_chosen_read(record)

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error)

    def _on_list_menu_requested(self, at: QPoint) -> None:
        self._menu.popup(at)

    def _on_list_log_requested(self) -> None:
        AuditDialog(self._services, self._tasks, self._messages, self).show()

    def _on_list_export_requested(self, flow_ids: list[FlowId]) -> None:
        from esign_desktop.ui.track.exporting import FlowExport

        FlowExport(self._services, self._tasks, self._messages, self).ask(flow_ids)

    # Unfinished sends

    def _on_list_show_requested(self, summary: SubmissionSummary) -> None:
        panel = self._sending
        if panel is not None and panel.submission_id == summary.id:
            self._stack.setCurrentWidget(panel)
        else:
            self.sending_requested.emit()

    def _on_list_resume_requested(self, summary: SubmissionSummary) -> None:
        if self._sending is not None and self._sending.is_busy:
            self._messages.show_message(InputError("submission.busy", retryable=True), key="sending")
            self._stack.setCurrentWidget(self._sending)
            return
        panel = SendingPanel(self._services, self._tasks, self._poller, self, watch=self._watch)
        panel.back_requested.connect(self._on_sending_ended)
        panel.new_contract_requested.connect(self.prepare_requested)
        panel.track_requested.connect(self.show_flow)
        panel.sent.connect(self._on_sending_sent)
        panel.handed_over.connect(self.handed_over)
        panel.rested.connect(partial(self._on_sending_rested, summary.id))
        self._drop_sending()
        self._sending = panel
        self._stack.addWidget(panel)
        self._stack.setCurrentWidget(panel)
        self.resumed.emit(summary.draft_id)
        panel.resume(summary)

    def _on_sending_rested(self, submission_id: SubmissionId) -> None:
        self.reload()
        self.rested.emit(submission_id)

    def _on_sending_sent(self, _record: FlowRecord) -> None:
        self.reload()

    def _on_sending_ended(self) -> None:
        panel = self._sending
        self.show_flow(None)
        if panel is not None and panel.draft_id is not None and not panel.is_unended:
            self.contract_requested.emit(panel.draft_id)

    def _drop_sending(self) -> None:
        if self._sending is not None:
            self._stack.removeWidget(self._sending)
            self._sending.hide()
            self._sending.deleteLater()
            self._sending = None
