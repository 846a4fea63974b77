"""Show the review and the send of the open contract on top of the Prepare room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.doubts.doubt import with_papers_name
from esign_desktop.services.editing.session import EditName
from esign_desktop.services.sending.readiness import ReadinessService
from esign_desktop.services.sending.review import ReviewService
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.rehearsal import RehearsalPanel
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.widgets.teller_pins import SecondPerson

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.submission import SubmissionId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.services.sending.review import ContractReview
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.tasks import TaskRunner


class OverlayHost(Protocol):
    """A widget that can show overlays on top of its content, such as ``PrepareRoom``."""

    def show_overlay(self, widget: QWidget, *, may_leave: Callable[[], bool] | None = None) -> None:
        """Show a widget on top of the content, and take ownership of it.

        ``may_leave`` returns whether ``uncover`` may remove the widget. Without it, the widget may always be removed.
        """

    def close_overlay(self, widget: QWidget) -> None:
        """Delete the widget, and show the overlay below it or, if there is none, the content."""

    def uncover(self) -> bool:
        """Close the overlays that may be removed, and return whether the content is visible again."""


class SendController(QObject):
    """Shows the review of the open contract and, after the user has confirmed it, the progress of the send.

    ``problem_activated`` carries the ``Problem`` whose location the user wants to see, and ``failed`` the ``AppError``
    of a review.
    """

    confirmed = Signal(object)
    """Carries the ``ContractReview`` whose send has begun. The documents of the contract are still open."""
    track_requested = Signal(object)
    """Emitted to show the Track room. Carries a ``FlowId``, or None for a send that is paused or held."""
    handed_over = Signal(str)
    """Carries the id of a draft that is no longer needed, because its contract has been created on the platform."""
    rested = Signal()
    """Emitted when the send is no longer running, whatever its result."""
    sent = Signal(object)
    """Carries the ``FlowRecord`` of a contract that is now available to its signers or prepared on the platform."""
    left = Signal(str)
    """Carries the id of a draft whose paused or held send the user can continue in the Track room."""
    next_requested = Signal()
    """Emitted when the user wants to prepare the next contract on the same form as the contract that was sent."""
    problem_activated = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        host: OverlayHost,
        session: ContractSession,
        services: Services,
        tasks: TaskRunner,
        poller: FlowPoller,
        parent: QObject | None = None,
        *,
        watch: EnvironmentWatch | None = None,
    ) -> None:
        super().__init__(parent)
        self._watch = watch
        self._host = host
        self._session = session
        self._services = services
        self._tasks = tasks
        self._poller = poller
        self._reviews = ReviewService(
            *(services.environments, services.preferences, services.submission, services.flows, services.accounts),
            quota=services.quota,
            doubts=services.doubts,
        )
        self._readiness = ReadinessService(services.accounts, services.documents, services.quota)
        self._kept: dict[DraftId, frozenset[str]] = {}
        """The keys of the doubts that the user has confirmed since the program was started, keyed by draft."""
        self._second = SecondPerson(services.tellers, services.preferences.policy, tasks, self)
        self._sheet: ReviewSheet | None = None
        self._panel: SendingPanel | None = None
        self._rehearsal: RehearsalPanel | None = None

    @property
    def is_sending(self) -> bool:
        """Whether the send that is shown is running."""
        return self._panel is not None and self._panel.is_busy

    @property
    def unended_draft_id(self) -> DraftId | None:
        """The id of the draft whose running, paused or held send is shown, or None. This draft cannot be edited."""
        panel = self._panel
        return panel.draft_id if panel is not None and panel.is_unended else None

    def begin(self) -> None:
        """Show the review of the open contract, and start its checks in the background.

        Do nothing if a send is running, or if an overlay that may not be closed covers the contract.
        """
        if self.is_sending:
            return
        self._close()
        if not self._host.uncover():
            return
        sheet = self._sheet = ReviewSheet(
            *(self._reviews, self._services.documents, self._tasks),
            watch=self._watch,
            second=self._second,
            readiness=self._readiness,
            kept=self._kept.get(self._session.draft.id, ()),
        )
        sheet.paper_taken.connect(self._on_sheet_paper_taken)
        sheet.contract_requested.connect(self._on_sheet_contract_requested)
        sheet.send_confirmed.connect(self._on_sheet_send_confirmed)
        sheet.rehearsal_requested.connect(self._on_sheet_rehearsal_requested)
        sheet.dismissed.connect(self._close)
        sheet.problem_activated.connect(self._on_problem_activated)
        sheet.failed.connect(self.failed)
        # The host deletes the review when another command, such as opening a file, needs the content.
        sheet.destroyed.connect(self._on_sheet_destroyed)
        self._host.show_overlay(sheet)
        session = self._session
        sheet.show_draft(session.draft, session.problems, session.hits)

    def settle(self, submission_id: SubmissionId) -> None:
        """Close the panel of a send that the user resumed in the Track room.

        Do nothing if another send is shown, or if this one is running in the panel.
        """
        if self._panel is not None and self._panel.submission_id == submission_id and not self._panel.is_busy:
            self._close()

    def _close(self) -> None:
        if self._sheet is not None:
            self._sheet.destroyed.disconnect(self._on_sheet_destroyed)
            self._keep_answers(self._sheet)
            self._sheet.stop_asking()
        shown = (self._rehearsal, self._sheet, self._panel)
        self._rehearsal = self._sheet = self._panel = None
        for one in shown:
            if one is not None:
                self._host.close_overlay(one)

    def _keep_answers(self, sheet: ReviewSheet) -> None:
        """Keep the doubts that the user has confirmed in a review, so that later reviews do not ask again."""
        if sheet.draft is not None and sheet.kept_doubts:
            self._kept[sheet.draft.id] = sheet.kept_doubts

    def _on_sheet_destroyed(self) -> None:
        if self._sheet is not None:
            self._keep_answers(self._sheet)
            self._sheet = None

    def _on_problem_activated(self, problem: object) -> None:
        self._close()
        self.problem_activated.emit(problem)

    def _on_sheet_paper_taken(self, doubt: Doubt) -> None:
        """Replace the signer by the party that the document names, and review the contract again.

        The data of the new party may be incomplete, and is then reported as a problem.
        """
        self._session.apply(EditName.CHANGE_SIGNER, lambda draft: with_papers_name(draft, doubt), origin=self)
        self.begin()

    def _on_sheet_contract_requested(self, flow_id: object) -> None:
        self._close()
        self.track_requested.emit(flow_id)

    def _on_sheet_rehearsal_requested(self, review: ContractReview) -> None:
        services, sheet = self._services, self._sheet
        panel = self._rehearsal = RehearsalPanel(
            *(services.rehearsal, services.documents, self._tasks), watch=self._watch
        )
        panel.review_requested.connect(self._on_rehearsal_review_requested)
        panel.contract_requested.connect(self._close)
        if sheet is not None:
            panel.ended.connect(sheet.note_rehearsal)
        self._host.show_overlay(panel)
        panel.rehearse(review, self._session.hits)

    def _on_rehearsal_review_requested(self) -> None:
        panel, self._rehearsal = self._rehearsal, None
        if panel is not None:
            self._host.close_overlay(panel)
        if self._sheet is not None:
            self._sheet.take_focus()

    def _on_sheet_send_confirmed(self, review: ContractReview) -> None:
        self._close()
        panel = self._panel = SendingPanel(self._services, self._tasks, self._poller, watch=self._watch)
        panel.handed_over.connect(self.handed_over)
        panel.rested.connect(self.rested)
        panel.sent.connect(self.sent)
        panel.back_requested.connect(self._close)
        panel.problem_activated.connect(self._on_problem_activated)
        panel.new_contract_requested.connect(self._close)
        panel.next_requested.connect(self._on_panel_next_requested)
        panel.track_requested.connect(self._on_panel_track_requested)
        self._host.show_overlay(panel, may_leave=lambda: not panel.is_busy)
        panel.send(review)
        self.confirmed.emit(review)

    def offer_next(self) -> None:
        """Show the button that begins the next contract on the same form. Do nothing if no send is shown."""
        if self._panel is not None:
            self._panel.offer_next()

    def _on_panel_next_requested(self) -> None:
        self._close()
        self.next_requested.emit()

    def _on_panel_track_requested(self, flow_id: object) -> None:
        unended = self.unended_draft_id
        self._close()
        if unended is not None:
            self.left.emit(unended)
        self.track_requested.emit(flow_id)
