"""The panel of a send, with its stages, the *Stop* button, errors and, at the end, the signing QR code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QWidget,
)

from esign_desktop.domain.contract.problems import SignerSubject
from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.override import override
from esign_desktop.ui.environment_watch import EnvironmentWatch, ShownEnvironment
from esign_desktop.ui.send.made import MadePane
from esign_desktop.ui.send.qr_card import QrCard
from esign_desktop.ui.send.sending import Sending
from esign_desktop.ui.send.stages import Stage, StageList, TroubleCard, held_texts, stage_of
from esign_desktop.ui.text.environment import act_there
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.moments import SILENCE_S
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton, style_acting_button
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner, ask_if_elsewhere
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import YieldingScrollArea, hbox, vbox
from esign_desktop.ui.widgets.more_button import MoreButton
from esign_desktop.ui.widgets.theme import repolish, sized, theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.submission import SubmissionId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.sending.review import ContractReview
    from esign_desktop.services.sending.values import SubmissionProgress, SubmissionSummary
    from esign_desktop.ui.flow_poller import FlowPoller
    from esign_desktop.ui.tasks import TaskRunner

_COLUMN_PX = 680
_TICK_PX: Final = 20
_TICK_MS: Final = 1000
_WIDEST_PX: Final = 16_777_215
"""``QWIDGETSIZE_MAX``: no maximum width."""
_ACTING: Final = frozenset({"retry", "again", "look", "accept"})
"""The buttons that start a request to the platform and may make the contract available to its signers."""


class SendingPanel(QWidget):
    """Shows a send on top of its contract, or a send that is continued in the Track room.

    The send continues if the panel is hidden.
    """

    manual_page = "send#interrupted-or-undecided"

    handed_over = Signal(str)
    """Carries the id of a draft that is no longer needed, because its contract has been created on the platform."""
    rested = Signal()
    """Emitted when the send is no longer running, whatever its result."""
    sent = Signal(object)
    """Carries the ``FlowRecord`` of a contract that is now available to its signers or prepared on the platform."""
    back_requested = Signal()
    """Emitted when the user wants to return to the contract, which was not sent and can be edited."""
    problem_activated = Signal(object)
    """Carries the ``Problem`` that prevented the send, when the user wants to edit the field concerned."""
    new_contract_requested = Signal()
    next_requested = Signal()
    """Emitted when the user wants to prepare the next contract on the same form."""
    track_requested = Signal(object)
    """Emitted to show the Track room. Carries the ``FlowId``, or None for a send that is paused or held."""

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
        self._shown_environment = ShownEnvironment(watch, self)
        self._sending = Sending(services, tasks, self)
        self._safe: QWidget | None = None
        self._has_next = False
        self._banner = EnvironmentBanner(self)
        self._title = PlainLabel(self, look="panelTitle", is_wrapped=True, is_live=True)
        self._tick = QLabel(self)
        self._note = PlainLabel(self, look="hint", is_wrapped=True, is_live=True)
        self._stages = StageList(self)
        self._silence_note = PlainLabel(self, is_wrapped=True)
        self._silence_note.hide()
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._escape.setEnabled(False)
        self._silence = QElapsedTimer()
        self._ticks = QTimer(self, interval=_TICK_MS)
        self._ticks.timeout.connect(self._show_silence)
        self._trouble = TroubleCard(self)
        self._trouble.hide()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._card = QrCard(poller, self)
        self._card.hide()
        self._services, self._tasks = services, tasks
        self._made: MadePane | None = None
        self._texts: dict[str, str] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._menu = QMenu(self)
        self._more = MoreButton(self._menu, self)
        self._lay_out(self._make_buttons())
        self._escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._escape.setAutoRepeat(False)
        self._escape.activated.connect(self._on_escape_activated)
        if watch is not None:
            watch.changed.connect(self._on_watch_changed)
        self._connect()
        self._show()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_tick()
        super().changeEvent(event)

    @property
    def is_busy(self) -> bool:
        """Whether a command of the send is running, such as the send itself or its cancellation."""
        return self._sending.is_busy

    @property
    def submission_id(self) -> SubmissionId | None:
        """The id of the send, or None before it is queued."""
        return self._sending.submission_id

    @property
    def draft_id(self) -> DraftId | None:
        """The id of the draft that is sent, or None if there is none."""
        return self._sending.draft_id

    @property
    def is_unended(self) -> bool:
        """Whether the send is running, paused or held, so that its draft cannot be edited."""
        return self._sending.is_unended

    def send(self, review: ContractReview) -> None:
        """Start sending the reviewed contract in the background."""
        self._sending.take_review(review)
        self._show_environment()
        self._sending.run()

    def resume(self, summary: SubmissionSummary) -> None:
        """Resume a paused send in the background, or show a send that waits for the user's decision.

        If the send belongs to another environment than the current one, the user is asked before it is resumed.
        """
        self._sending.take_summary(summary)
        self._stages.begin()
        self._show_environment()
        if summary.state.waits_for_person:
            # The send waits for the user's decision, so ``run`` transmits nothing yet.
            self._sending.run()
        else:
            self._ask(self.tr("Continue"), self._sending.run, otherwise=self.back_requested.emit)

    @property
    def _here(self) -> Environment | None:
        return self._watch.environment if self._watch is not None else self._sending.environment

    @property
    def _elsewhere(self) -> Environment | None:
        """The contract's environment if it is not the current environment, else None."""
        environment = self._sending.environment
        return environment if environment is not None and is_elsewhere(environment, self._here) else None

    def _show_environment(self) -> None:
        """Show the contract's environment in the banner and in the colors of the window."""
        environment = self._sending.environment
        if environment is not None:
            self._banner.show_if_other(environment, self._here)
            self._shown_environment.show(environment)
            self._show()

    def _ask(self, act: str, then: Callable[[], None], otherwise: Callable[[], None] | None = None) -> None:
        """Call ``then``, which contacts the platform.

        If the contract's environment is not the current one, ask the user first. ``otherwise`` is called if the user
        declines. ``act`` is the name of the action in the question.
        """
        environment, title = self._sending.environment, self._sending.title
        if environment is not None:
            ask_if_elsewhere(self, environment, self._here, title=title, act=act, then=then, otherwise=otherwise)

    def _make_buttons(self) -> QHBoxLayout:
        row = hbox()
        for name, text, slot in (
            # The *Stop* button is on the left, because after a stop the buttons that send again appear on the right.
            ("cancel", self.tr("Stop"), self._on_cancel_meant),
            ("later", self.tr("Decide later"), self._on_later_clicked),
            ("back", self.tr("Back to contract"), self._sending.call_off),
            ("again", self.tr("Send again"), self._on_again_meant),
            ("look", self.tr("Check again"), self._on_look_meant),
            ("accept", self.tr("Continue"), self._on_accept_meant),
            ("retry", self.tr("Try again"), self._on_retry_meant),
            ("field", "", self._on_field_clicked),
            ("next", self.tr("Next customer, same form"), self.next_requested.emit),
            ("track", self.tr("Show in Track"), self._on_track_clicked),
            ("new", self.tr("New contract"), self.new_contract_requested.emit),
        ):
            self._texts[name] = text
            # Buttons that send, or stop or cancel a send, need a deliberate press.
            if name in _ACTING | {"cancel", "back"}:
                deliberate = DeliberateButton(self, text)
                deliberate.meant.connect(slot)
                self._buttons[name] = deliberate
            else:
                self._buttons[name] = QPushButton(text, self)
                self._buttons[name].clicked.connect(slot)
            row.addWidget(self._buttons[name])
        for name in ("retry", "new", "look", "field"):
            self._buttons[name].setObjectName("primary")
        row.insertStretch(1, 1)
        row.insertWidget(2, self._more)
        return row

    def _lay_out(self, buttons: QHBoxLayout) -> None:
        middle = self._middle = QFrame(self)
        self._tick.hide()
        reading = QWidget(middle)
        vbox(self._stages, self._silence_note, self._trouble, spacing=16, parent=reading)
        self._reading = YieldingScrollArea(reading, middle)
        # If there is little space, the card scrolls, because a smaller QR code could not be read by cameras.
        self._code_area = QScrollArea(middle)
        self._code_area.setFrameShape(QFrame.Shape.NoFrame)
        self._code_area.setWidgetResizable(True)
        self._code_area.setWidget(self._card)
        for part in (self._reading.viewport(), reading, self._code_area.viewport(), self._card):
            part.setAutoFillBackground(False)
        head = hbox((self._tick, Qt.AlignmentFlag.AlignTop), (self._title, 1))
        parts = (head, self._note, self._reading, (self._code_area, 1), buttons)
        self._column = vbox(*parts, spacing=12, margins=(24, 20, 24, 20), parent=middle)
        self._around = QWidget(self), QWidget(self)
        above, below = self._around
        vbox(
            vbox(self._banner, margins=(24, 8, 24, 0)),
            (above, 1),
            hbox(1, (middle, 100), 1, margins=(24, 12, 24, 24)),
            (below, 2),
            spacing=0,
            parent=self,
        )

    def _connect(self) -> None:
        self._sending.begun.connect(self._on_sending_begun)
        self._sending.progressed.connect(self._on_sending_progressed)
        self._sending.changed.connect(self._show)
        self._sending.rested.connect(self._show_silence)
        self._sending.rested.connect(self.rested)
        self._sending.stopped.connect(self._on_sending_stopped)
        self._sending.called_off.connect(self.back_requested)
        self._sending.handed_over.connect(self.handed_over)
        self._sending.sent.connect(self._on_sending_sent)

    def _show(self) -> None:
        sending = self._sending
        is_done = sending.is_done
        has_code = is_done and not sending.is_prepared
        # The label announces its text to screen readers, so it stays empty until the title is known.
        self._title.setText(self._headline() if sending.title else "")
        self.setAccessibleName(self._title.text())
        self._note.setText(self._small_print())
        self._note.setVisible(bool(self._note.text()))
        self._stages.setVisible(not is_done)
        is_made = sending.is_made and sending.error is None
        self._show_made(is_shown=is_made)
        self._reading.setVisible(not is_done and not is_made)
        self._card.setVisible(has_code)
        self._code_area.setVisible(has_code)
        self._show_tick()
        for around in self._around:
            around.setVisible(not has_code and not is_made)
        if sending.is_held:
            self._trouble.show_texts(
                *held_texts(may_be_visible=sending.may_be_visible, is_restored=sending.is_restored)
            )
        elif sending.error is not None:
            self._trouble.show_error(sending.error)
        self._trouble.setVisible((sending.error is not None or sending.is_held) and not sending.is_busy)
        if self._trouble.isVisible():
            # The position of the card is known only after the layout.
            QTimer.singleShot(0, self, self._show_trouble)
        self._show_buttons()

    def _show_tick(self) -> None:
        self._tick.setPixmap(icon("check", theme().success).pixmap(_TICK_PX, _TICK_PX))
        self._tick.setVisible(self._sending.is_done or self._sending.is_unread)

    def _show_made(self, *, is_shown: bool) -> None:
        """Show or hide the comparison of the documents that the platform created, over the whole width of the panel."""
        self._middle.setMaximumWidth(_WIDEST_PX if is_shown else sized(_COLUMN_PX))
        self._middle.setObjectName("" if is_shown else "card")
        repolish(self._middle)
        if self._made is None:
            if not is_shown:
                return
            # Created on first use, because few sends need it.
            self._made = MadePane(self._services.documents, self._tasks, self)
            self._column.insertWidget(self._column.indexOf(self._reading) + 1, self._made, 2)
        self._made.show_documents(self._sending.made if is_shown else None)
        self._made.setVisible(is_shown)

    def offer_next(self) -> None:
        """Offer the next contract on the same form after the contract has been sent."""
        self._has_next = True
        self._show_buttons()

    def _show_trouble(self) -> None:
        self._reading.ensureWidgetVisible(self._trouble)

    def _show_buttons(self) -> None:
        sending = self._sending
        is_done, is_held = sending.is_done, sending.is_held
        is_over = is_done or sending.is_unread
        is_stopped = not sending.is_busy and not is_over
        shown = {
            "cancel": sending.is_busy,
            "look": is_held,
            "again": sending.can_start_anew,
            "accept": sending.is_made and sending.made is not None,
            "field": is_stopped and sending.field is not None,
            "next": is_done and self._has_next,
            "retry": is_stopped and sending.can_retry,
            "back": is_stopped and (sending.is_unsent or sending.can_stop),
            "later": is_stopped and not sending.is_unsent,
            "track": is_over,
            "new": is_over,
        }
        wanted = [name for name, is_shown in shown.items() if is_shown]
        # Buttons that the user needs less often are in the menu. The second button of a held send depends on its
        # details.
        is_unknown = is_held and sending.held is None and sending.error is None
        on_buttons = wanted if sending.is_unsent or is_over else wanted[: 1 if is_unknown else 2]
        for name, button in self._buttons.items():
            button.setVisible(name in on_buttons)
        self._buttons["field"].setText(self._field_text())
        self._escape.setEnabled(sending.is_busy)
        elsewhere = self._elsewhere
        for name in _ACTING:
            text = self._texts[name]
            self._buttons[name].setText(text if elsewhere is None else act_there(text, elsewhere))
            style_acting_button(self._buttons[name], elsewhere)
        self._buttons["cancel"].setEnabled(sending.can_stop and not sending.is_stopping)
        is_decided = is_held or sending.is_made
        self._buttons["back"].setText(self.tr("Cancel and return to draft") if is_decided else self._texts["back"])
        # If a document differs from what the user entered, going back is the primary action.
        is_different = any(not one.finding.is_equal for one in sending.made or ())
        for name, is_primary in (("back", is_different), ("accept", not is_different)):
            self._buttons[name].setObjectName("primary" if is_primary else "")
            repolish(self._buttons[name])
        self._fill_menu([name for name in wanted if name not in on_buttons])
        self._focus_safely()

    def _fill_menu(self, names: list[str]) -> None:
        self._menu.clear()
        slots = {"later": self._on_later_clicked, "back": self._sending.call_off, "again": self._on_again_meant}
        for name in names:
            self._menu.addAction(self._buttons[name].text(), slots[name])
        if self._sending.held is not None and self._sending.is_held:
            self._menu.addAction(self.tr("Copy evidence"), self._on_evidence_triggered)
        if self._sending.error is not None and not self._sending.is_busy:
            self._menu.addAction(self.tr("Copy technical details"), self._on_details_triggered)
        self._more.setVisible(not self._menu.isEmpty())

    def _field_text(self) -> str:
        field = self._sending.field
        if field is not None and isinstance(field.subject, SignerSubject):
            return self.tr("Edit signer {number}").format(number=field.params.get("number", ""))
        return self.tr("Show document")

    def _focus_safely(self) -> None:
        """Move the keyboard focus to a button that causes no loss if it is pressed by mistake."""
        buttons = (*(self._buttons[name] for name in ("new", "field", "retry")), self._more)
        safe = next((button for button in buttons if not button.isHidden()), self)
        if safe is self._safe:
            return
        self._safe = safe
        focused = QApplication.focusWidget()
        if focused is None or focused is self or self.isAncestorOf(focused):
            safe.setFocus()

    def _headline(self) -> str:
        sending = self._sending
        if (sending.is_done or sending.is_unread) and sending.is_prepared:
            text = self.tr("“{title}” has been created on the platform")
        elif sending.is_done or sending.is_unread:
            text = self.tr("Sent to signers")
        elif sending.is_held:
            text = self.tr("Needs your decision: “{title}”")
        elif sending.is_made and sending.error is None:
            text = self.tr("“{title}” as created by the platform")
        elif sending.error is not None:
            text = self.tr("“{title}” was not sent") if sending.is_unsent else self.tr("Sending paused: “{title}”")
        elif sending.is_stopping:
            text = self.tr("Stopping “{title}”")
        else:
            text = self.tr("Sending “{title}”")
        return text.format(title=one_line(sending.title))

    def _small_print(self) -> str:
        sending = self._sending
        if sending.is_done and sending.is_prepared:
            return self.tr(
                "No one has been notified, and no one can see the contract. To start signing, "
                "click “Start signing” in Track. You can also revoke the contract there."
            )
        if sending.is_unread:
            return self.tr(
                "The contract is on the platform, and nothing needs to be sent again. Only its record on this "
                "computer couldn't be read."
            )
        if sending.is_done:
            return sending.notified
        if sending.is_busy and not sending.can_stop:
            return self.tr("Making the contract available to signers. From now on, you can only revoke it.")
        return ""

    def _show_silence(self) -> None:
        """Show what the send is waiting for and what the user can do, if there was no progress for a while."""
        sending = self._sending
        if not sending.is_busy:
            self._ticks.stop()
        seconds = self._silence.elapsed() // 1000
        self._silence_note.setVisible(sending.is_busy and seconds >= SILENCE_S)
        if self._silence_note.isHidden():
            return
        host = one_line(sending.environment.host) if sending.environment is not None else ""
        waiting = self.tr("The platform ({host}) hasn't responded for {seconds} seconds.").format(
            host=host, seconds=seconds
        )
        if sending.is_stopping:
            text = self.tr("Canceling… You can keep working.")
        elif sending.can_stop:
            text = self.tr("You can wait, or press Esc to stop. No one has seen the contract yet.")
        else:
            text = self.tr("Making the contract available to signers. This can't be stopped. You can keep working.")
        self._silence_note.setText(f"{waiting} {text}")

    def _on_escape_activated(self) -> None:
        button = self._buttons["cancel"]
        if button.isVisible() and button.isEnabled():
            button.click()

    def _on_watch_changed(self, _state: object) -> None:
        if self._sending.environment is not None:
            self._banner.show_if_other(self._sending.environment, self._here)
            self._show()

    def _on_sending_begun(self) -> None:
        self._silence.start()
        self._ticks.start()
        if self._sending.submission_id is None:
            self._stages.begin()
        self._stages.reach(self._stages.stage)
        self._show()

    def _on_sending_progressed(self, progress: SubmissionProgress) -> None:
        self._silence.restart()
        self._silence_note.hide()
        stage = stage_of(progress)
        if stage is not None:
            self._stages.reach(stage)
        if progress.total_bytes and progress.document_number is not None:
            self._stages.show_bytes(
                progress.document_number, progress.document_count, progress.done_bytes, progress.total_bytes
            )
        else:
            self._show()

    def _on_sending_stopped(self) -> None:
        if self._sending.is_unread:
            self._stages.reach(Stage.DONE)
        else:
            self._stages.stop()
        self._show()

    def _on_sending_sent(self, record: FlowRecord) -> None:
        if not self._sending.is_prepared:
            self._card.show_flow(record)
        self._show()
        self.sent.emit(record)

    def _on_cancel_meant(self) -> None:
        self._sending.stop()
        self._focus_safely()
        self._buttons["cancel"].setEnabled(False)

    def _on_retry_meant(self) -> None:
        self._ask(self._texts["retry"], self._sending.run)

    def _on_field_clicked(self) -> None:
        if self._sending.field is not None:
            self.problem_activated.emit(self._sending.field)

    def _on_look_meant(self) -> None:
        self._ask(self._texts["look"], self._sending.look_again)

    def _on_again_meant(self) -> None:
        self._ask(self._texts["again"], self._sending.start_anew)

    def _on_accept_meant(self) -> None:
        self._ask(self._texts["accept"], self._sending.accept_made)

    def _on_later_clicked(self) -> None:
        self.track_requested.emit(None)

    def _on_evidence_triggered(self) -> None:
        if self._sending.held is not None:
            QGuiApplication.clipboard().setText(self._sending.held.evidence)

    def _on_details_triggered(self) -> None:
        if self._sending.error is not None:
            QGuiApplication.clipboard().setText(error_sentence(self._sending.error).detail)

    def _on_track_clicked(self) -> None:
        record = self._sending.record
        self.track_requested.emit(record.flow_id if record is not None else None)
