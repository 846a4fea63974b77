"""The dialog that sends a calibration sheet, measures its seals, and applies the settings that the user selects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.calibration.sheet import PAGE_COUNT, Sealer
from esign_desktop.domain.errors import ApiError, Cancelled, CancelToken, InputError
from esign_desktop.override import override
from esign_desktop.services.calibration.service import CalibrationReport, CalibrationStage
from esign_desktop.ui.settings.calibration_picture import CalibrationPicture
from esign_desktop.ui.tasks import Lane, Task
from esign_desktop.ui.text.calibration import (
    calibration_title,
    now_words,
    question_words,
    seen_words,
    stage_words,
)
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.flow_layout import ChoiceBar
from esign_desktop.ui.widgets.labels import PlainLabel, separator
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, vbox
from esign_desktop.ui.widgets.motion import BusyBar

if TYPE_CHECKING:
    from esign_desktop.domain.calibration.answers import Answer, Question
    from esign_desktop.domain.environment import Environment, EnvironmentKind
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.calibration.service import CalibrationService
    from esign_desktop.ui.tasks import TaskRunner

_NARROW_PX: Final = (560, 320)
_WIDE_PX: Final = (1100, 680)
_COLUMN_PX: Final = 190
_MOST_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class _Asked:
    is_waiting: bool
    sealers: tuple[Sealer, ...]


class CalibrationDialog(FittingDialog):
    """The dialog that calibrates an environment in the background. ``taken`` is emitted after settings were changed.

    If the dialog is closed during a run, a sheet that was already sent can be measured later.
    """

    manual_page = "settings#environment"

    taken = Signal()

    def __init__(
        self, service: CalibrationService, kind: EnvironmentKind, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Calibrate"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._service, self._kind, self._tasks = service, kind, tasks
        self._cancel: CancelToken | None = None
        self._is_stopping = False
        self._is_waiting: bool | None = None
        """Whether a sheet that was sent earlier has not been measured yet. None while this is unknown."""
        self._error: AppError | None = None
        self._report: CalibrationReport | None = None
        self._stage: CalibrationStage | None = None
        self._task: Task | None = None
        self._title = PlainLabel(self, look="sectionTitle", is_wrapped=True)
        self._text, self._remedy = PlainLabel(self, is_wrapped=True), PlainLabel(self, is_wrapped=True)
        self._sealer_label, self._sealer = PlainLabel(self, self.tr("Sealed &by")), QComboBox(self)
        self._sealer_label.setBuddy(self._sealer)
        self._sealers: tuple[Sealer, ...] = ()
        self._person = QCheckBox(self.tr("Include a fictitious &person"), self)
        self._person.setChecked(True)
        hint = self.tr(
            "This creates two accounts for a fictitious person, and sends a second contract "
            "that is revoked before anyone sees it."
        )
        self._person_hint = PlainLabel(self, hint, look="hint", is_wrapped=True)
        self._bar = BusyBar(self)
        self._result = CalibrationResult(self)
        self._start = DeliberateButton(self)
        self._take = DeliberateButton(self, self.tr("&Apply selected"))
        self._revoke = DeliberateButton(self, self.tr("Cancel th&is sheet"))
        self._close = QPushButton(self)
        self._lay_out()
        self._connect()
        self._show_sealers(())
        self._show()
        self._ask()

    @override
    def reject(self) -> None:
        if self._cancel is not None:
            self._cancel.cancel()
        super().reject()

    @property
    def is_running(self) -> bool:
        """Whether a calibration is running."""
        return self._cancel is not None

    @property
    def text(self) -> str:
        """The text that is shown, with a line for each visible label."""
        return "\n".join(part.text() for part in (self._title, self._text, self._remedy) if not part.isHidden())

    def _lay_out(self) -> None:
        self._start.setObjectName("primary")
        self._take.setObjectName("primary")
        vbox(
            *(self._title, self._text, self._remedy),
            hbox(self._sealer_label, (self._sealer, 1)),
            *(self._person, self._person_hint, self._bar),
            (self._result, 1),
            0,
            hbox(self._revoke, 1, self._close, self._start, self._take),
            spacing=12,
            margins=(20, 20, 20, 16),
            parent=self,
        )
        fit_on_screen(self, *_NARROW_PX)

    def _connect(self) -> None:
        self._start.meant.connect(self._on_start_meant)
        self._take.meant.connect(self._on_take_meant)
        self._revoke.meant.connect(self._on_revoke_meant)
        self._close.clicked.connect(self._on_close_clicked)
        self._result.chosen.connect(self._on_result_chosen)

    def _ask(self) -> None:
        service, kind = self._service, self._kind

        def ask() -> _Asked:
            service.require(kind)
            return _Asked(service.is_waiting(kind), service.sealers(kind))

        self._tasks.start(ask, owner=self, on_done=self._on_asked, on_error=self._on_failed, lane=Lane.NETWORK)

    def _on_asked(self, asked: _Asked) -> None:
        self._show_sealers(asked.sealers)
        self._on_looked(asked.is_waiting)

    def _on_looked(self, is_waiting: bool) -> None:
        self._is_waiting = is_waiting
        self._show()

    def _show_sealers(self, sealers: tuple[Sealer, ...]) -> None:
        chosen = max(0, self._sealer.currentIndex())
        self._sealers = sealers
        self._sealer.clear()
        self._sealer.addItem(self.tr("Our organization"))
        for sealer in sealers:
            self._sealer.addItem(one_line(sealer.organization.name, most_characters=_MOST_CHARACTERS))
        self._sealer.setCurrentIndex(min(chosen, len(sealers)))

    def _show(self) -> None:
        report, is_running = self._report, self._cancel is not None
        self._bar.setVisible(is_running)
        self._result.setVisible(report is not None)
        self._remedy.setVisible(self._error is not None or (report is None and not is_running))
        is_asking = report is None and self._error is None and not is_running
        for widget in (self._sealer_label, self._sealer, self._person, self._person_hint):
            widget.setVisible(is_asking and not self._is_waiting)
        self._start.setVisible(report is None and not is_running and self._can_go_on)
        self._take.setVisible(report is not None and bool(report.changes))
        self._take.setEnabled(bool(self._result.chosen_questions))
        self._revoke.setVisible(bool(self._is_waiting) and not is_running and report is None)
        if report is not None:
            self._show_result(report)
        elif is_running:
            stage = stage_words(self._stage or CalibrationStage.SENDING)
            self._title.setText(self.tr("Stopping…") if self._is_stopping else stage)
            self._text.setText(self.tr("You can close this window and continue later. No second sheet will be sent."))
        elif self._error is not None:
            sentence = error_sentence(self._error)
            self._title.setText(sentence.title)
            self._text.setText("")
            self._remedy.setText(sentence.remedy)
        else:
            self._show_question()
        self._text.setVisible(bool(self._text.text()))
        self._start.setText(self._start_text)
        self._close.setText(self._close_text)

    def _show_question(self) -> None:
        self._title.setText(self.tr("Measure how this platform places seals"))
        name = environment_name(self._kind)
        if self._is_waiting:
            text = self.tr(
                "A calibration sheet that was sent to {environment} earlier hasn't been measured "
                "yet. No other sheet will be sent."
            )
        else:
            text = self.tr(
                "A three-page calibration sheet is sent to {environment}, sealed automatically, "
                "downloaded and measured. It uses one contract from your plan."
            )
        self._text.setText(text.format(environment=name))
        self._remedy.setText(
            self.tr(
                "The sealing party must be allowed to sign automatically. No one is notified, "
                "the calibration sheet has no legal effect, and no settings change unless you "
                "apply them."
            )
        )

    def _show_result(self, report: CalibrationReport) -> None:
        name = environment_name(self._kind)
        if report.changes:
            title = self.tr("%n setting(s) of {environment} should be changed", "", len(report.changes))
        else:
            title = self.tr("The settings match the behavior of {environment}")
        self._title.setText(title.format(environment=name))
        unexplained = len(report.sightings.unexplained)
        self._text.setText(
            self.tr("%n other mark(s) on the pages belong to no seal. They have a dotted outline.", "", unexplained)
            if unexplained
            else ""
        )

    @property
    def _can_go_on(self) -> bool:
        if self._is_waiting is None:
            return False
        return self._error is None or self._is_waiting or self._error.retryable or isinstance(self._error, ApiError)

    @property
    def _start_text(self) -> str:
        if self._is_waiting:
            return self.tr("C&ontinue")
        return self.tr("&Try again") if self._error is not None else self.tr("&Send calibration sheet")

    @property
    def _close_text(self) -> str:
        if self._cancel is not None:
            return self.tr("S&top")
        if self._report is not None and self._report.changes:
            return self.tr("&Leave unchanged")
        return self.tr("&Close")

    # The run

    def _on_start_meant(self) -> None:
        service, kind, title = self._service, self._kind, calibration_title()
        self._cancel = cancel = CancelToken()
        self._error, self._stage, self._is_stopping = None, None, False
        with_person, index = self._person.isChecked(), self._sealer.currentIndex() - 1
        sealer = self._sealers[index] if 0 <= index < len(self._sealers) else None
        report = self._tasks.reporter(self._on_stage_reached, owner=self)

        def run() -> CalibrationReport | None:
            try:
                return service.run(kind, title, with_person=with_person, sealer=sealer, on_stage=report, cancel=cancel)
            except Cancelled:
                return None

        self._task = self._tasks.start(
            run, owner=self, on_done=self._on_done, on_error=self._on_failed, lane=Lane.NETWORK
        )
        self._show()

    def _on_stage_reached(self, stage: CalibrationStage) -> None:
        self._stage = stage
        self._show()

    def _on_done(self, report: CalibrationReport | None) -> None:
        self._cancel = None
        if report is None:
            self._ask()
            return
        self._report, self._is_waiting = report, False
        self._result.show_report(report)
        fit_on_screen(self, *_WIDE_PX)
        self._show()

    def _on_failed(self, error: AppError) -> None:
        self._cancel = None
        self._error = error
        if isinstance(error, InputError) and error.code == "calibration.binding":
            self._show()
            return
        service, kind = self._service, self._kind
        self._tasks.start(lambda: service.is_waiting(kind), owner=self, on_done=self._on_looked)

    def _on_close_clicked(self) -> None:
        if self._cancel is None:
            self.close()
            return
        self._is_stopping = True
        self._cancel.cancel()
        self._show()

    def _on_revoke_meant(self) -> None:
        service, kind = self._service, self._kind
        self._error = None
        self._tasks.start(
            lambda: service.give_up(kind),
            owner=self,
            on_done=lambda _nothing: self._ask(),
            on_error=self._on_failed,
            lane=Lane.NETWORK,
        )

    # The result

    def _on_result_chosen(self) -> None:
        self._take.setEnabled(bool(self._result.chosen_questions))

    def _on_take_meant(self) -> None:
        service, report, questions = self._service, self._report, self._result.chosen_questions
        if report is None:
            return
        self._tasks.start(
            lambda: service.take(report, questions), owner=self, on_done=self._on_taken, on_error=self._on_failed
        )

    def _on_taken(self, _environment: Environment) -> None:
        self.taken.emit()
        self.close()


class CalibrationResult(QWidget):
    """Shows the result of a calibration: a page with the seals found on it, and the current and measured settings.

    ``chosen`` is emitted when the user selects or deselects a measured setting.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._report: CalibrationReport | None = None
        self._boxes: dict[Answer, QCheckBox] = {}
        self._picture = CalibrationPicture(self)
        self._pages: ChoiceBar[int] = ChoiceBar(range(1, PAGE_COUNT + 1), self)
        for number in range(1, PAGE_COUNT + 1):
            self._pages.button(number).setText(self.tr("Page {number}").format(number=number))
        legend = self.tr(
            "Green: the actual seal. Dashed: where each setting would put the seal. The matching setting is violet."
        )
        self._legend = PlainLabel(self, legend, look="hint", is_wrapped=True)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._pages)
        left.addWidget(self._picture, 1)
        left.addWidget(self._legend)
        self._table = QWidget(self)
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        for column, share in ((1, 2), (2, 3)):
            self._grid.setColumnStretch(column, share)
        self._grid.setColumnMinimumWidth(2, _COLUMN_PX)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._table)
        hbox(left, (scroll, 1), spacing=20, parent=self)
        self._pages.chosen.connect(self._on_pages_chosen)

    @property
    def chosen_questions(self) -> frozenset[Question]:
        """The questions whose measured answers the user wants to apply.

        Initially, all answers that differ from the settings.
        """
        return frozenset(answer.question for answer, box in self._boxes.items() if box.isChecked())

    def show_report(self, report: CalibrationReport) -> None:
        """Show a report and its first page. Call this only once."""
        self._report = report
        for column, text in enumerate((self.tr("Setting"), self.tr("Current"), self.tr("Measured"))):
            self._grid.addWidget(PlainLabel(self._table, text, look="hint"), 0, column)
        for row, answer in enumerate(report.answers, 1):
            self._grid.addWidget(separator(self._table), 2 * row - 1, 0, 1, 3)
            self._grid.addWidget(self._name(answer), 2 * row, 0)
            for column, text in ((1, now_words(answer)), (2, seen_words(answer))):
                look = "hint" if answer.seen is None and column == 2 else ""
                self._grid.addWidget(PlainLabel(self._table, text, look=look, is_wrapped=True), 2 * row, column)
        self._grid.setRowStretch(2 * len(report.answers) + 1, 1)
        self._pages.choose(1)

    def _name(self, answer: Answer) -> QWidget:
        words = question_words(answer)
        if not answer.is_change:
            return PlainLabel(self._table, words)
        box = QCheckBox(words, self._table)
        box.setChecked(True)
        box.toggled.connect(self.chosen)
        self._boxes[answer] = box
        return box

    def _on_pages_chosen(self, number: int) -> None:
        if self._report is not None:
            self._picture.show_page(self._report, number)
