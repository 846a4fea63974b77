"""The commands and the state of a send, without widgets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.errors import AppError, Cancelled, CancelToken
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.held import RESTORED, HeldChoice
from esign_desktop.services.sending.readiness import field_problem, helps_to_retry
from esign_desktop.ui.send.plan import notified_sentence
from esign_desktop.ui.send.stages import can_be_cancelled
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.contract.problems import Problem
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.submission import SubmissionId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.sending.held import HeldSend
    from esign_desktop.services.sending.made import MadeDocument
    from esign_desktop.services.sending.review import ContractReview
    from esign_desktop.services.sending.submission import SubmissionService
    from esign_desktop.services.sending.values import SubmissionOutcome, SubmissionProgress, SubmissionSummary
    from esign_desktop.ui.tasks import TaskRunner


class Sending(QObject):
    """Runs the commands of a send in the background, and keeps its state. It does not depend on visible widgets."""

    begun = Signal()
    """Emitted when a command was started, such as the send itself, a repeated query or a cancellation."""
    progressed = Signal(object)
    """Carries the ``SubmissionProgress`` of the running send."""
    handed_over = Signal(str)
    """Carries the id of a draft that is no longer needed, because its contract has been created on the platform."""
    sent = Signal(object)
    """Carries the ``FlowRecord`` of a contract that is now available to its signers or prepared on the platform."""
    rested = Signal()
    """Emitted when the command is no longer running, whatever its result."""
    stopped = Signal()
    """Emitted when the send has stopped before its end. ``state`` and ``error`` give the reason."""
    changed = Signal()
    """Emitted when data about the state was read, or when a stop was requested."""
    called_off = Signal()
    """Emitted when the send was cancelled, so that its draft can be edited."""

    def __init__(self, services: Services, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._review: ContractReview | None = None
        self._cancel = CancelToken()
        self.environment: Environment | None = None
        self.title = ""
        self.draft_id: DraftId | None = None
        self.submission_id: SubmissionId | None = None
        self.state = SubmissionState.QUEUED
        self.is_busy = False
        self.error: AppError | None = None
        self.held: HeldSend | None = None
        self.record: FlowRecord | None = None
        self.made: tuple[MadeDocument, ...] | None = None
        """The documents that the platform created from templates, once the user can review them. None before."""

    def take_review(self, review: ContractReview) -> None:
        """Set the reviewed contract as the one that ``run`` sends."""
        self._take(review.environment, review.draft.title, review.draft.id, review)

    def take_summary(self, summary: SubmissionSummary) -> None:
        """Set a paused or held send as the one that ``run`` resumes."""
        self._take(summary.home, summary.title, summary.draft_id, None)
        self.submission_id, self.state = summary.id, summary.state

    def run(self) -> None:
        """Start the send, or resume it from its last completed step, in the background.

        A reviewed contract whose send has failed permanently or was cancelled is queued again. Do nothing without a
        send.
        """
        self._cancel = CancelToken()
        submission = self._services.submission
        if self.submission_id is not None and not self.is_void:
            work = partial(submission.run, self.submission_id, on_progress=self._report(), cancel=self._cancel)
            self._start(work)
        elif self._review is not None:
            self.take_review(self._review)
            on_queued = self._tasks.reporter(self._on_queued, owner=self)
            self._start(partial(_queue_and_run, submission, self._review, self._cancel, on_queued, self._report()))

    def look_again(self) -> None:
        """Query the platform again for the outcome of a held send. Do nothing before the send is queued."""
        if self.submission_id is not None:
            self._start(partial(self._services.submission.look_again, self.submission_id))

    def start_anew(self) -> None:
        """Repeat the start request of a held send, and resume the send. Do nothing before the send is queued."""
        if self.submission_id is not None:
            self._cancel = CancelToken()
            self.state = SubmissionState.CONTRACT
            submission = self._services.submission
            self._start(partial(_start_again_and_run, submission, self.submission_id, self._cancel, self._report()))

    def accept_made(self) -> None:
        """Accept the documents that the platform created, and resume the send. Do nothing before the send is queued."""
        if self.submission_id is not None:
            self._cancel = CancelToken()
            self.state, self.made = SubmissionState.CONTRACT, None
            submission = self._services.submission
            self._start(partial(_accept_and_run, submission, self.submission_id, self._cancel, self._report()))

    def call_off(self) -> None:
        """Cancel a send that is not running, in the background. ``called_off`` is emitted if this succeeds.

        If nothing has been queued, or if the send has already failed permanently or was cancelled, the signal is
        emitted at once.
        """
        if self.submission_id is None or self.is_void:
            self.called_off.emit()
        else:
            self._start(partial(self._services.submission.cancel_before_execute, self.submission_id))

    def stop(self) -> None:
        """Request in the background that the running send stops.

        This has no effect once signers can see the contract.
        """
        # Aborting a connection may block, so it runs outside the window's thread.
        self._tasks.start(self._cancel.cancel, owner=self, on_done=self._on_cancelled, lane=Lane.NETWORK)

    @property
    def is_done(self) -> bool:
        """Whether the contract is available to its signers or prepared, and its record has been read."""
        return self.record is not None

    @property
    def is_unread(self) -> bool:
        """Whether the contract is available to its signers or prepared, but its record could not be read."""
        return (
            self.state in {SubmissionState.DONE, SubmissionState.PREPARED}
            and self.error is not None
            and self.record is None
            and not self.is_busy
        )

    @property
    def is_prepared(self) -> bool:
        """Whether the contract is prepared on the platform, where it waits until the user starts its signing."""
        return self.state is SubmissionState.PREPARED

    @property
    def notified(self) -> str:
        """A sentence about the signers whom the platform notifies first, or an empty text if they are not known."""
        review = self._review
        return "" if review is None else notified_sentence(review.draft, review.reaches)

    @property
    def is_stopping(self) -> bool:
        """Whether the user has requested that the send stops."""
        return self._cancel.is_cancelled

    @property
    def can_stop(self) -> bool:
        """Whether the send can still be stopped, because no signer can have seen the contract."""
        return can_be_cancelled(self.state)

    @property
    def is_held(self) -> bool:
        """Whether the send is held, because the outcome of the start request is unknown and the user must decide."""
        return self.state is SubmissionState.HELD and not self.is_busy

    @property
    def is_made(self) -> bool:
        """Whether the send waits until the user has reviewed the documents that the platform created."""
        return self.state is SubmissionState.MADE and not self.is_busy

    @property
    def is_restored(self) -> bool:
        """Whether the send was restored from another computer's backup."""
        return self.held is not None and self.held.reason == RESTORED

    @property
    def may_be_visible(self) -> bool:
        """Whether signers would see the contract if the start request with the unknown outcome has succeeded."""
        return self.held is not None and self.held.may_be_visible

    @property
    def is_void(self) -> bool:
        """Whether the send has failed permanently or was cancelled."""
        return self.state in {SubmissionState.FAILED, SubmissionState.CANCELLED}

    @property
    def is_unsent(self) -> bool:
        """Whether the contract was not sent: the send was not queued, has failed permanently or was cancelled."""
        return self.submission_id is None or self.is_void

    @property
    def is_unended(self) -> bool:
        """Whether the send is running, paused or held, so that its draft cannot be edited."""
        return not self.is_unsent and not self.state.is_final

    @property
    def can_start_anew(self) -> bool:
        """Whether the user may repeat the start request of a held send."""
        return self.is_held and self.held is not None and HeldChoice.START_AGAIN in self.held.choices

    @property
    def field(self) -> Problem | None:
        """The problem of the field that prevented the send, or None if no field did or the send can be resumed."""
        if self._review is None or self.error is None or not self.is_unsent:
            return None
        return field_problem(self.error, self._review.draft)

    @property
    def can_retry(self) -> bool:
        """Whether the user may try again, because the unchanged contract may then succeed."""
        if self.field is not None and self.error is not None and not helps_to_retry(self.error):
            return False
        return not self.is_held and not self.is_made and (self._review is not None or self.submission_id is not None)

    def _take(
        self, environment: Environment, title: str, draft_id: DraftId | None, review: ContractReview | None
    ) -> None:
        self.environment, self.title, self.draft_id, self._review = environment, title, draft_id, review
        self.submission_id = self.error = self.held = self.record = self.made = None
        self.state = SubmissionState.QUEUED

    def _report(self) -> Callable[[SubmissionProgress], None]:
        return self._tasks.reporter(self._on_progressed, owner=self)

    def _start(self, work: Callable[[], SubmissionOutcome]) -> None:
        """Run a command in the background, in the lane of sends. If it is cancelled, its result is None."""
        self.is_busy = True
        self.error = None
        self.begun.emit()
        self._tasks.start(
            partial(_none_if_cancelled, work),
            owner=self,
            on_done=self._on_work_done,
            on_error=self._on_work_failed,
            lane=Lane.SUBMISSION,
        )

    def _on_queued(self, submission_id: SubmissionId) -> None:
        self.submission_id = submission_id

    def _on_progressed(self, progress: SubmissionProgress) -> None:
        self.state = progress.state
        self.progressed.emit(progress)

    def _on_work_done(self, outcome: SubmissionOutcome | None) -> None:
        self.is_busy = False
        self.rested.emit()
        if outcome is None:
            self.called_off.emit()
            return
        self.submission_id, self.state, self.error = outcome.submission_id, outcome.state, outcome.error
        if outcome.state is SubmissionState.CANCELLED and outcome.error is None:
            self.called_off.emit()
            return
        if outcome.state in {SubmissionState.DONE, SubmissionState.PREPARED} and outcome.flow_id is not None:
            # The draft must be closed before the user can do anything else, even if the record cannot be read.
            self.handed_over.emit(self.draft_id)
            self._read(partial(self._services.flows.get, outcome.flow_id), self._on_flow_read)
            return
        if outcome.state is SubmissionState.HELD:
            self._read(partial(self._services.submission.held, outcome.submission_id), self._on_held_read)
        if outcome.state is SubmissionState.MADE:
            self._read(partial(self._services.submission.made, outcome.submission_id), self._on_made_read, Lane.NETWORK)
        self.stopped.emit()

    def _on_work_failed(self, error: AppError) -> None:
        self.is_busy = False
        self.rested.emit()
        self.error = error
        self.stopped.emit()

    def _read(self, work: Callable[[], object], on_done: Callable[..., None], lane: Lane = Lane.STORE) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self._on_work_failed, lane=lane)

    def _on_held_read(self, held: HeldSend) -> None:
        self.held = held
        self.changed.emit()

    def _on_made_read(self, made: tuple[MadeDocument, ...]) -> None:
        self.made = made
        self.changed.emit()

    def _on_flow_read(self, record: FlowRecord) -> None:
        self.record = record
        self.sent.emit(record)

    def _on_cancelled(self, _nothing: None) -> None:
        if self.is_busy:
            self.changed.emit()


def _queue_and_run(
    submission: SubmissionService,
    review: ContractReview,
    cancel: CancelToken,
    on_queued: Callable[[SubmissionId], None],
    on_progress: Callable[[SubmissionProgress], None],
) -> SubmissionOutcome:
    submission_id = submission.queue(
        review.draft,
        review.environment,
        cancel=cancel,
        is_for_later=review.is_for_later,
        shows_made=True,
    )
    on_queued(submission_id)
    return submission.run(submission_id, on_progress=on_progress, cancel=cancel)


def _start_again_and_run(
    submission: SubmissionService,
    submission_id: SubmissionId,
    cancel: CancelToken,
    on_progress: Callable[[SubmissionProgress], None],
) -> SubmissionOutcome:
    return submission.run(submission.start_again(submission_id), on_progress=on_progress, cancel=cancel)


def _accept_and_run(
    submission: SubmissionService,
    submission_id: SubmissionId,
    cancel: CancelToken,
    on_progress: Callable[[SubmissionProgress], None],
) -> SubmissionOutcome:
    return submission.run(submission.accept_made(submission_id), on_progress=on_progress, cancel=cancel)


def _none_if_cancelled(work: Callable[[], SubmissionOutcome]) -> SubmissionOutcome | None:
    try:
        return work()
    except Cancelled:
        return None
