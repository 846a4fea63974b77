"""Show the area below the table: the plan with the *Send* button, the progress of a run, or the result of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.services.bulk.values import RowState
from esign_desktop.ui.bulk.words import RunWords
from esign_desktop.ui.bulk.work import BulkStage, is_over
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel, NoticeBar
from esign_desktop.ui.widgets.theme import repolish, sized, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from esign_desktop.ui.bulk.work import BulkWork


_BAR_PX: Final = 4
_BUTTON_PX: Final = 40


class BulkFoot(QFrame):
    """Shows what the plan would send, the progress of a run or its result, with the buttons that apply to this state.

    *Pause* and *Continue* call methods of ``work``. Other buttons emit signals.
    """

    send_requested = Signal()
    """Emitted when the user wants to send the sheet, which must be confirmed first."""
    export_requested = Signal()
    """Emitted when the user wants to save the results."""
    faulty_requested = Signal()
    """Emitted when the user wants to save the rows to be corrected as a sheet."""
    track_requested = Signal()
    """Emitted when the user wants to see the sent contracts in the Track room."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problemsBar")
        self._work = work
        self._words = RunWords(self)
        self._told_tenth = 0
        self._plan_words = self._told_plan = ""
        self._title, self._second = PlainLabel(self), PlainLabel(self)
        self._title.setObjectName("sectionTitle")
        for label in (self._title, self._second):
            label.setWordWrap(True)
        self._bar = QProgressBar(self)
        self._bar.setObjectName("thinBar")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_PX)
        self._bar.setAccessibleName(self.tr("Contracts sent"))
        self._faulty = QPushButton(self.tr("Save rows to correct…"), self)
        self._faulty.setToolTip(
            self.tr("Save these rows as a separate sheet. Correct the rows there, then drop that sheet here.")
        )
        self._export = QPushButton(self.tr("Save the result…"), self)
        self._track = QPushButton(self.tr("Show in Track"), self)
        self._pause = QPushButton(self.tr("Pause"), self)
        self._go_on = DeliberateButton(self)
        self.send_button = QPushButton(self)
        self._lay_out()
        self.send_button.clicked.connect(self.send_requested)
        self._pause.clicked.connect(work.pause)
        self._faulty.clicked.connect(self.faulty_requested)
        self._track.clicked.connect(self.track_requested)
        self._export.clicked.connect(self.export_requested)
        self._go_on.meant.connect(work.go_on)
        self.refresh()

    @property
    def title(self) -> str:
        return self._title.text()

    def refresh(self) -> None:
        work = self._work
        if work.plan is None:
            return
        is_running, report = work.is_running, work.report if work.stage is BulkStage.STOPPED else None
        if is_running:
            self._show_running()
        elif report is not None:
            self._told_tenth = 0
            title, second = self._words.outcome(report, done=work.done_count, total=work.total_count)
            faulty = work.count(RowState.FAULTY)
            if faulty and is_over(report):
                still = self.tr("%n row(s) left to correct.", "", faulty)
                second = f"{still} {second}"
            if title != self.title:
                announce(self, f"{title} {second}", is_urgent=True)
            self._say(title, second)
        else:
            self._show_plan()
        self._bar.setVisible(is_running or (report is not None and not is_over(report)))
        is_cut_short = report is not None and not is_over(report)
        can_go_on = is_cut_short or (report is not None and work.count(RowState.FAILED) > 0)
        self._go_on.setText(self.tr("Continue") if is_cut_short else self.tr("Try again"))
        has_results = work.count(RowState.SENT) > 0
        for button, is_shown in (
            (self._faulty, not is_running and work.count(RowState.FAULTY, RowState.FAILED) > 0),
            (self._export, not is_running and has_results),
            (self._track, not is_running and has_results),
            (self._pause, is_running),
            (self._go_on, can_go_on),
            (self.send_button, not is_running and report is None),
        ):
            button.setVisible(is_shown)
        self._show_buttons()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell_plan()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_buttons()
        super().changeEvent(event)

    def _show_running(self) -> None:
        work = self._work
        self._bar.setRange(0, max(1, work.total_count))
        self._bar.setValue(work.done_count)
        second = self.tr("You can keep working in other parts of the program. Closing the program pauses sending.")
        if work.is_pausing:
            second = self.tr("Pausing… Contracts that are already being sent will be completed first.")
        failed = work.count(RowState.FAILED, RowState.HELD, RowState.DIFFERS)
        if failed:
            unsent = self.tr("%n row(s) couldn't be sent.", "", failed)
            second = f"{unsent} {second}"
        progress = self._words.progress(work.done_count, work.total_count)
        tenth = 10 * work.done_count // max(1, work.total_count)
        if tenth > self._told_tenth:
            self._told_tenth = tenth
            announce(self, progress)
        self._say(progress, second)

    def _show_plan(self) -> None:
        work = self._work
        plan = work.plan
        if plan is None:
            return
        title, obstacles = self._words.counts(work), self._words.obstacles(plan)
        is_short = plan.cost.left_after is not None and plan.cost.left_after < 0
        second = "\n".join(obstacles) or self._words.cost(plan)
        if work.is_planning:
            self._plan_words = self._told_plan = ""
            self._say(title, self.tr("Checking rows…"))
            return
        self._say(title, second, is_alarm=bool(obstacles) or is_short)
        self._plan_words = f"{title} {second}"
        self._tell_plan()

    def _tell_plan(self) -> None:
        if self._plan_words != self._told_plan and self.isVisible():
            self._told_plan = self._plan_words
            announce(self, self._plan_words)

    def _say(self, title: str, second: str, *, is_alarm: bool = False) -> None:
        self._title.setText(title)
        self._second.setText(second)
        self._second.setVisible(bool(second))
        name = "alarm" if is_alarm else "hint"
        if self._second.objectName() != name:
            self._second.setObjectName(name)
            repolish(self._second)
        self.setAccessibleName(title)
        self.setAccessibleDescription(second)

    def _show_buttons(self) -> None:
        work, send = self._work, self.send_button
        send.setText(self._words.send_label(work.send_count))
        send.setEnabled(work.may_send)
        send.setIcon(icon("send", theme().on_accent if send.isEnabled() else theme().hint))
        self._pause.setEnabled(not work.is_pausing)
        self._go_on.setEnabled(not work.is_planning)

    def _lay_out(self) -> None:
        for button in (self.send_button, self._go_on):
            button.setObjectName("primary")
        buttons = (self._pause, self._faulty, self._export, self._track, self._go_on, self.send_button)
        for button in buttons:
            button.setMinimumHeight(sized(_BUTTON_PX))
        pause, *others = ((button, Qt.AlignmentFlag.AlignVCenter) for button in buttons)
        texts = vbox(1, self._title, self._second, 1, spacing=2)
        # *Pause* is on the left, because the button that continues the run appears on the right.
        line = hbox(pause, (texts, 1), *others, margins=(16, 8, 16, 8))
        vbox(self._bar, line, spacing=0, parent=self)


class InterruptedRunBar(NoticeBar):
    """Offers to continue an interrupted run. It is visible only while such a run exists and no sheet is open."""

    def __init__(self, work: BulkWork, parent: QWidget | None = None) -> None:
        super().__init__(parent, level=MessageLevel.WARNING, icon_name="clock", side_px=16)
        self._work = work
        dismiss = self.add_button(self.tr("Don't continue"), work.offers.dismiss)
        dismiss.setToolTip(self.tr("Don't ask again; you can still drop the sheet here later"))
        self.add_button(self.tr("Continue sending"), self._resume, is_primary=True)
        work.offers.changed.connect(self.refresh)
        work.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the interrupted run that ``work`` offers, or hide the bar if it offers none or a sheet is open."""
        run = self._work.offers.interrupted
        self.setVisible(run is not None and self._work.stage is BulkStage.CHOOSING)
        if run is not None:
            text = self.tr("“{sheet}” was not completely sent on {moment}: {sent} of {total} sent.")
            self.show_text(
                text.format(
                    sheet=one_line(Path(run.sheet_path).name),
                    moment=china_time(run.begun_at_ms),
                    sent=f"{run.sent_count:,}",
                    total=f"{run.row_count:,}",
                )
            )

    def _resume(self) -> None:
        if self._work.offers.interrupted is not None:
            self._work.resume(self._work.offers.interrupted)
