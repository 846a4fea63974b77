"""Sends that have not come to an end: those that pause, and those that wait for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.override import override
from esign_desktop.services.submission import SubmissionState
from esign_desktop.ui.deliberate.button import DeliberateButton
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.send_button import dress_acting_button
from esign_desktop.ui.theme import theme
from esign_desktop.ui.words.environment_words import act_there
from esign_desktop.ui.words.moments import china_time
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment
    from esign_desktop.services.submission import SubmissionSummary
    from esign_desktop.ui.environment_watch import EnvironmentWatch


class UnfinishedRow(QFrame):
    """One send and the way on."""

    resume_requested = Signal(object)
    show_requested = Signal(object)

    def __init__(self, summary: SubmissionSummary, here: Environment | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentCard")
        self._summary = summary
        is_held = summary.state is SubmissionState.HELD
        mark = QLabel(self)
        mark.setPixmap(icon("warning" if is_held else "clock", theme().warning_ink).pixmap(18, 18))
        text = PlainLabel(self)
        text.setWordWrap(True)
        if summary.is_under_way:
            sentence = self.tr("“{title}” is being sent now.")
        elif is_held:
            sentence = self.tr("“{title}” is held since {moment}: the answer to the start call was lost.")
        else:
            sentence = self.tr("“{title}” was taken on at {moment} and is not sent yet.")
        text.setText(sentence.format(title=one_line(summary.title), moment=china_time(summary.queued_at_ms)))
        act = self.tr("Decide…") if is_held else self.tr("Go on")
        if summary.is_under_way:
            # What is on its way can't be gone on with.
            act = self.tr("Show")
        is_foreign = is_elsewhere(summary.home, here)
        button = DeliberateButton(self, act_there(act, summary.home) if is_foreign else act)
        dress_acting_button(button, summary.home if is_foreign else None)
        button.setAccessibleName(f"{button.text()} {one_line(summary.title)}")
        button.meant.connect(self._on_button_meant)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(mark)
        row.addWidget(text, 1)
        row.addWidget(button)

    def _on_button_meant(self) -> None:
        wish = self.show_requested if self._summary.is_under_way else self.resume_requested
        wish.emit(self._summary)


class UnfinishedList(QWidget):
    """Vanishes when everything has ended."""

    resume_requested = Signal(object)
    """The ``SubmissionSummary`` of the send to go on with."""
    show_requested = Signal(object)
    """The same of one that is on its way."""

    def __init__(self, parent: QWidget | None = None, *, watch: EnvironmentWatch | None = None) -> None:
        super().__init__(parent)
        self._watch = watch
        self._summaries: tuple[SubmissionSummary, ...] = ()
        self._rows: list[UnfinishedRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()
        if watch is not None:
            watch.changed.connect(self._on_watch_changed)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}:
            self._rebuild()
        super().changeEvent(event)

    def show_summaries(self, summaries: tuple[SubmissionSummary, ...]) -> None:
        """Show these."""
        if summaries != self._summaries:
            self._summaries = summaries
            self._rebuild()
        self.setVisible(bool(summaries))

    def _on_watch_changed(self, _state: object) -> None:
        self._rebuild()

    def _rebuild(self) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        watch = self._watch
        self._rows = [
            UnfinishedRow(summary, watch.environment if watch is not None else summary.home, self)
            for summary in self._summaries
        ]
        for row in self._rows:
            row.resume_requested.connect(self.resume_requested)
            row.show_requested.connect(self.show_requested)
            self._column.addWidget(row)
