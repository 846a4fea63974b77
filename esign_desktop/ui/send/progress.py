"""A send under way: its stages, a way to stop it, what went wrong, and in the end the signing code."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from esign_desktop.domain.cancel import CancelToken
from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.domain.errors import AppError, Cancelled
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.sending.held import RESTORED, HeldChoice
from esign_desktop.ui.environment_watch import EnvironmentWatch, LentColour
from esign_desktop.ui.send.elsewhere import ask_if_elsewhere
from esign_desktop.ui.send.qr_card import QrCard
from esign_desktop.ui.send.stages import StageList, TroubleCard, can_be_cancelled, held_texts, stage_of
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.environment import act_there
from esign_desktop.ui.text.moments import SILENCE_S
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton, dress_acting_button
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.fitting import YieldingScrollArea
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.submission import SubmissionId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.sending.held import HeldSend
    from esign_desktop.services.sending.review import ContractReview
    from esign_desktop.services.sending.submission import SubmissionService
    from esign_desktop.services.sending.values import SubmissionOutcome, SubmissionProgress, SubmissionSummary
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.tasks import TaskRunner

_COLUMN_PX = 680
_TICK_MS: Final = 1000
_ACTING: Final = frozenset({"retry", "again", "look"})
"""Buttons that reach the platform and may show the contract to its signers."""


class SendingPanel(QWidget):
    """Lies where the contract was. Nothing here waits: leaving it does not stop a send."""

    handed_over = Signal(str)
    """The platform has the contract of this draft id, and its signers: it is no draft any more."""
    rested = Signal()
    """Nothing is on its way any more, however it ended."""
    sent = Signal(object)
    """The ``FlowRecord`` of a contract that is at the signers now."""
    back_requested = Signal()
    """Back to the contract, which was not sent and can be changed."""
    new_contract_requested = Signal()
    track_requested = Signal(object)
    """To the Track room; carries the ``FlowId``, or None for a send that waits there."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        poller: FlowPoller,
        parent: QWidget | None = None,
        *,
        watch: EnvironmentWatch | None = None,
    ) -> None:
        super().__init__(parent)
        self._watch = watch
        self._lent = LentColour(watch, self)
        self._environment: Environment | None = None
        self._draft_id: DraftId | None = None
        self._services = services
        self._tasks = tasks
        self._review: ContractReview | None = None
        self._title_text = ""
        self._submission_id: SubmissionId | None = None
        self._cancel = CancelToken()
        self._state = SubmissionState.QUEUED
        self._is_busy = False
        self._error: AppError | None = None
        self._held: HeldSend | None = None
        self._record: FlowRecord | None = None
        self._safe: str | None = None
        self._banner = EnvironmentBanner(self)
        self._title = PlainLabel(self)
        self._title.setObjectName("panelTitle")
        self._title.setWordWrap(True)
        self._note = PlainLabel(self)
        self._note.setObjectName("hint")
        self._note.setWordWrap(True)
        self._stages = StageList(self)
        self._silence_note = PlainLabel(self)
        self._silence_note.setWordWrap(True)
        self._silence_note.hide()
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._escape.setEnabled(False)
        self._silence = QElapsedTimer()
        self._ticks = QTimer(self, interval=_TICK_MS)
        self._ticks.timeout.connect(self._show_silence)
        self._trouble = TroubleCard(self)
        self._trouble.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._card = QrCard(poller, self)
        self._card.hide()
        self._texts: dict[str, str] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._lay_out(self._make_rows_of_buttons())
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.setAutoRepeat(False)
        self._escape.activated.connect(self._on_escape_activated)
        if watch is not None:
            watch.changed.connect(self._on_watch_changed)
        self._show()

    @property
    def is_busy(self) -> bool:
        """Whether a contract is on its way at this moment."""
        return self._is_busy

    @property
    def submission_id(self) -> SubmissionId | None:
        """The send that is shown, once it was taken on."""
        return self._submission_id

    @property
    def draft_id(self) -> DraftId | None:
        """The contract that is shown."""
        return self._draft_id

    @property
    def is_unended(self) -> bool:
        """Whether the send that is shown pauses, is held or goes on: its contract can't be changed."""
        is_over = self._is_void or self._state is SubmissionState.DONE
        return self._submission_id is not None and not is_over

    def send(self, review: ContractReview) -> None:
        """Send what was reviewed."""
        self._review = review
        self._title_text, self._draft_id = review.draft.title, review.draft.id
        self._submission_id = None
        self._stand_in(review.environment)
        self._begin()
        self._start(
            partial(
                _queue_and_run,
                self._services.submission,
                review,
                self._cancel,
                self._tasks.reporter(self._on_queued, owner=self),
                self._reporter(),
            )
        )

    def resume(self, summary: SubmissionSummary) -> None:
        """Go on with a send that pauses, or show one that is held; ask first where another environment is chosen."""
        self._review = None
        self._title_text, self._draft_id = summary.title, summary.draft_id
        self._submission_id = summary.id
        self._stand_in(summary.home)
        self._begin()
        self._state = summary.state
        if summary.state is SubmissionState.HELD:
            # Nothing is sent by looking at it.
            self._run(summary.id)
            return
        self._show()
        self._ask(self.tr("Go on"), lambda: self._run(summary.id), otherwise=self.back_requested.emit)

    @property
    def _here(self) -> Environment | None:
        return self._watch.environment if self._watch is not None else self._environment

    @property
    def _is_elsewhere(self) -> bool:
        return self._environment is not None and is_elsewhere(self._environment, self._here)

    def _stand_in(self, environment: Environment) -> None:
        """Take the colour and the words of the contract's own environment."""
        self._environment = environment
        self._banner.show_contract(environment, self._here)
        self._lent.show(environment)
        self._show()

    def _on_watch_changed(self, _state: object) -> None:
        if self._environment is not None:
            self._banner.show_contract(self._environment, self._here)
            self._show()

    def _ask(self, act: str, then: Callable[[], None], otherwise: Callable[[], None] | None = None) -> None:
        """Do what reaches the platform; where the window stands in another environment, only on a person's word."""
        if self._environment is None:
            return
        ask_if_elsewhere(
            self, self._environment, self._here, title=self._title_text, act=act, then=then, otherwise=otherwise
        )

    def _make_rows_of_buttons(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(8)
        # Named with their environment they are too wide for one row.
        for is_first, buttons in (
            (
                True,
                (
                    ("cancel", self.tr("Stop"), self._on_cancel_meant),
                    ("back", self.tr("Back to the contract"), self._on_back_meant),
                    ("evidence", self.tr("Copy evidence"), self._on_evidence_clicked),
                ),
            ),
            (
                False,
                (
                    ("look", self.tr("Look again"), self._on_look_meant),
                    ("again", self.tr("Start anew"), self._on_again_meant),
                    ("later", self.tr("Decide later"), self._on_later_clicked),
                    ("retry", self.tr("Try again"), self._on_retry_meant),
                    ("track", self.tr("Show in Track"), self._on_track_clicked),
                    ("new", self.tr("New contract"), self.new_contract_requested.emit),
                ),
            ),
        ):
            row = QHBoxLayout()
            row.setSpacing(8)
            for name, text, slot in buttons:
                self._texts[name] = text
                # Deliberate is what sends, or gives a send up.
                if name in _ACTING | {"cancel", "back"}:
                    deliberate = DeliberateButton(self, text)
                    deliberate.meant.connect(slot)
                    self._buttons[name] = deliberate
                else:
                    self._buttons[name] = QPushButton(text, self)
                    self._buttons[name].clicked.connect(slot)
                row.addWidget(self._buttons[name])
            # Stopping is on the left: what sends again appears on the right as soon as it has stopped.
            row.insertStretch(1 if is_first else 0, 1)
            rows.addLayout(row)
        for name in ("retry", "new"):
            self._buttons[name].setObjectName("primary")
        return rows

    def _lay_out(self, rows: QVBoxLayout) -> None:
        middle = QWidget(self)
        middle.setMaximumWidth(_COLUMN_PX)
        column = QVBoxLayout(middle)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._banner)
        column.addWidget(self._title)
        reading = QWidget(middle)
        parts = QVBoxLayout(reading)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(12)
        for widget in (self._note, self._stages, self._silence_note, self._trouble):
            parts.addWidget(widget)
        self._reading = YieldingScrollArea(reading, middle)
        column.addWidget(self._reading)
        # Rather scrolled to than too small for a camera.
        self._code_area = QScrollArea(middle)
        self._code_area.setFrameShape(QFrame.Shape.NoFrame)
        self._code_area.setWidgetResizable(True)
        self._code_area.setWidget(self._card)
        column.addWidget(self._code_area, 1)
        column.addSpacing(8)
        column.addLayout(rows)
        self._rest = QWidget(middle)
        column.addWidget(self._rest, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addStretch(1)
        whole.addWidget(middle, 100)
        whole.addStretch(1)

    def _begin(self) -> None:
        self._cancel = CancelToken()
        self._state = SubmissionState.QUEUED
        self._error = self._held = self._record = None
        self._stages.begin()

    def _start(self, work: Callable[[], SubmissionOutcome]) -> None:
        """Do work in the submission lane. A stop comes back as an outcome too, since the panel has to know."""
        self._is_busy = True
        self._silence.start()
        self._ticks.start()
        self._error = None
        self._stages.reach(self._stages.stage)
        self._show()
        self._tasks.start(
            partial(_none_if_cancelled, work),
            owner=self,
            on_done=self._on_work_done,
            on_error=self._on_work_failed,
            lane=Lane.SUBMISSION,
        )

    def _reporter(self) -> Callable[[SubmissionProgress], None]:
        return self._tasks.reporter(self._on_progressed, owner=self)

    def _run(self, submission_id: SubmissionId) -> None:
        run, cancel = self._services.submission.run, self._cancel
        self._start(partial(run, submission_id, on_progress=self._reporter(), cancel=cancel))

    def _show(self) -> None:
        is_done = self._record is not None
        is_held = self._state is SubmissionState.HELD and not self._is_busy
        has_trouble = self._error is not None or is_held
        self._title.setText(self._headline(is_done=is_done, is_held=is_held))
        self._note.setText(self._small_print(is_done=is_done))
        self._note.setVisible(bool(self._note.text()))
        self._stages.setVisible(not is_done)
        self._reading.setVisible(not is_done)
        self._card.setVisible(is_done)
        self._code_area.setVisible(is_done)
        self._rest.setVisible(not is_done)
        if is_held:
            self._trouble.show_texts(*held_texts(may_be_visible=self._may_be_visible, is_restored=self._is_restored))
        elif self._error is not None:
            self._trouble.show_error(self._error)
        self._trouble.setVisible(has_trouble and not self._is_busy)
        if self._trouble.isVisible():
            # Once it is laid out.
            QTimer.singleShot(0, self, self._show_trouble)
        self._show_buttons(is_done=is_done, is_held=is_held)

    def _show_trouble(self) -> None:
        self._reading.ensureWidgetVisible(self._trouble)

    def _show_buttons(self, *, is_done: bool, is_held: bool) -> None:
        is_stopped = not self._is_busy and not is_done
        can_retry = is_stopped and not is_held and (self._review is not None or self._submission_id is not None)
        can_go_back = is_stopped and (self._submission_id is None or can_be_cancelled(self._state) or self._is_void)
        shown = {
            "cancel": self._is_busy,
            "back": can_go_back,
            "evidence": is_held and self._held is not None,
            "look": is_held,
            "again": is_held and self._held is not None and HeldChoice.START_AGAIN in self._held.choices,
            "later": is_stopped and self._submission_id is not None and not self._is_void,
            "retry": can_retry,
            "track": is_done,
            "new": is_done,
        }
        for name, is_shown in shown.items():
            self._buttons[name].setVisible(is_shown)
        self._escape.setEnabled(self._is_busy)
        elsewhere = self._environment if self._is_elsewhere else None
        for name in _ACTING:
            text = self._texts[name]
            self._buttons[name].setText(text if elsewhere is None else act_there(text, elsewhere))
            dress_acting_button(self._buttons[name], elsewhere)
        self._focus_safely()
        self._buttons["cancel"].setEnabled(can_be_cancelled(self._state) and not self._cancel.is_cancelled)
        self._buttons["back"].setText(self.tr("Give up, back to the contract") if is_held else self._texts["back"])

    def _focus_safely(self) -> None:
        """Keep the keyboard off whatever gives something up: a press too many must do no harm."""
        safe = next((name for name in ("new", "retry", "later") if not self._buttons[name].isHidden()), "")
        if safe == self._safe:
            return
        self._safe = safe
        focused = QApplication.focusWidget()
        if focused is None or focused is self or self.isAncestorOf(focused):
            (self._buttons[safe] if safe else self).setFocus()

    @property
    def _is_restored(self) -> bool:
        return self._held is not None and self._held.reason == RESTORED

    @property
    def _may_be_visible(self) -> bool:
        return self._held is not None and self._held.may_be_visible

    @property
    def _is_void(self) -> bool:
        return self._state in {SubmissionState.FAILED, SubmissionState.CANCELLED}

    def _headline(self, *, is_done: bool, is_held: bool) -> str:
        if is_done:
            text = self.tr("Sent to the signers")
        elif is_held:
            text = self.tr("“{title}” is held")
        elif self._error is not None:
            text = self.tr("“{title}” was not sent") if self._is_unsent else self.tr("“{title}” pauses")
        elif self._cancel.is_cancelled:
            text = self.tr("Stopping “{title}”")
        else:
            text = self.tr("Sending “{title}”")
        return text.format(title=one_line(self._title_text))

    @property
    def _is_unsent(self) -> bool:
        return self._submission_id is None or self._is_void

    def _small_print(self, *, is_done: bool) -> str:
        if is_done:
            return ""
        if self._error is not None and not self._is_unsent:
            return self.tr("Everything done so far is kept. It also waits in Track, and goes on where it stopped.")
        if self._is_busy and not can_be_cancelled(self._state):
            return self.tr("It is being handed to the signers; from here on it can only be revoked.")
        return ""

    def _on_queued(self, submission_id: SubmissionId) -> None:
        self._submission_id = submission_id

    def _show_silence(self) -> None:
        """Where nothing was heard for a while, say what is waited for and what can be done."""
        if not self._is_busy:
            self._ticks.stop()
        seconds = self._silence.elapsed() // 1000
        self._silence_note.setVisible(self._is_busy and seconds >= SILENCE_S)
        if self._silence_note.isHidden():
            return
        host = one_line(self._environment.host) if self._environment is not None else ""
        waiting = self.tr("Nothing has been heard from the platform ({host}) for {seconds} seconds.").format(
            host=host, seconds=seconds
        )
        if self._cancel.is_cancelled:
            text = self.tr("It is being called off; you may go on working meanwhile.")
        elif can_be_cancelled(self._state):
            text = self.tr("You may wait, or press Esc to stop: nobody has been shown the contract yet.")
        else:
            text = self.tr("It is being handed to the signers and can't be stopped; you may go on working meanwhile.")
        self._silence_note.setText(f"{waiting} {text}")

    def _on_escape_activated(self) -> None:
        button = self._buttons["cancel"]
        if button.isVisible() and button.isEnabled():
            button.click()

    def _on_progressed(self, progress: SubmissionProgress) -> None:
        self._silence.restart()
        self._silence_note.hide()
        self._state = progress.state
        stage = stage_of(progress)
        if stage is not None:
            self._stages.reach(stage)
        if progress.total_bytes and progress.document_number is not None:
            self._stages.show_bytes(
                progress.document_number, progress.document_count, progress.done_bytes, progress.total_bytes
            )
        else:
            self._show()

    def _on_work_done(self, outcome: SubmissionOutcome | None) -> None:
        self._is_busy = False
        self._show_silence()
        self.rested.emit()
        if outcome is None:
            self.back_requested.emit()
            return
        self._submission_id, self._state, self._error = outcome.submission_id, outcome.state, outcome.error
        if outcome.state is SubmissionState.CANCELLED and outcome.error is None:
            self.back_requested.emit()
            return
        if outcome.state is SubmissionState.DONE and outcome.flow_id is not None:
            # Before anything else can be done, and also if the record can't be read.
            self.handed_over.emit(self._draft_id)
            self._tasks.start(
                partial(self._services.flows.get, outcome.flow_id),
                owner=self,
                on_done=self._on_flow_read,
                on_error=self._on_work_failed,
            )
            return
        self._stages.stop()
        if outcome.state is SubmissionState.HELD:
            self._tasks.start(
                partial(self._services.submission.held, outcome.submission_id),
                owner=self,
                on_done=self._on_held_read,
                on_error=self._on_work_failed,
            )
        self._show()

    def _on_work_failed(self, error: AppError) -> None:
        self._is_busy = False
        self._show_silence()
        self.rested.emit()
        self._error = error
        self._stages.stop()
        self._show()

    def _on_held_read(self, held: HeldSend) -> None:
        self._held = held
        self._show()

    def _on_flow_read(self, record: FlowRecord) -> None:
        self._record = record
        self._card.show_flow(record)
        self._show()
        self.sent.emit(record)

    def _on_cancel_meant(self) -> None:
        # Breaking a connection off may take a moment: not on the window's thread.
        self._tasks.start(self._cancel.cancel, owner=self, on_done=self._on_cancel_told, lane=Lane.NETWORK)
        self._focus_safely()
        self._buttons["cancel"].setEnabled(False)

    def _on_cancel_told(self, _nothing: None) -> None:
        if self._is_busy:
            self._show()

    def _on_back_meant(self) -> None:
        submission_id = self._submission_id
        if submission_id is None or self._is_void:
            self.back_requested.emit()
            return
        self._start(partial(self._services.submission.cancel_before_execute, submission_id))

    def _on_retry_meant(self) -> None:
        self._ask(self._texts["retry"], self._retry)

    def _retry(self) -> None:
        self._cancel = CancelToken()
        if self._submission_id is not None and not self._is_void:
            self._run(self._submission_id)
        elif self._review is not None:
            self.send(self._review)

    def _on_look_meant(self) -> None:
        if (submission_id := self._submission_id) is not None:
            look = partial(self._services.submission.look_again, submission_id)
            self._ask(self._texts["look"], lambda: self._start(look))

    def _on_again_meant(self) -> None:
        self._ask(self._texts["again"], self._start_anew)

    def _start_anew(self) -> None:
        if self._submission_id is None:
            return
        self._cancel = CancelToken()
        self._state = SubmissionState.CONTRACT
        submission, reporter = self._services.submission, self._reporter()
        self._start(partial(_start_again_and_run, submission, self._submission_id, self._cancel, reporter))

    def _on_later_clicked(self) -> None:
        self.track_requested.emit(None)

    def _on_evidence_clicked(self) -> None:
        if self._held is not None:
            QGuiApplication.clipboard().setText(self._held.evidence)

    def _on_track_clicked(self) -> None:
        self.track_requested.emit(self._record.flow_id if self._record is not None else None)


def _queue_and_run(
    submission: SubmissionService,
    review: ContractReview,
    cancel: CancelToken,
    on_queued: Callable[[SubmissionId], None],
    on_progress: Callable[[SubmissionProgress], None],
) -> SubmissionOutcome:
    submission_id = submission.queue(review.draft, review.environment, cancel=cancel)
    on_queued(submission_id)
    return submission.run(submission_id, on_progress=on_progress, cancel=cancel)


def _start_again_and_run(
    submission: SubmissionService,
    submission_id: SubmissionId,
    cancel: CancelToken,
    on_progress: Callable[[SubmissionProgress], None],
) -> SubmissionOutcome:
    return submission.run(submission.start_again(submission_id), on_progress=on_progress, cancel=cancel)


def _none_if_cancelled(work: Callable[[], SubmissionOutcome]) -> SubmissionOutcome | None:
    try:
        return work()
    except Cancelled:
        return None
