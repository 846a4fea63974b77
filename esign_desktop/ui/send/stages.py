"""The stages of a send that the user sees, and the texts for a send that has stopped."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from esign_desktop.domain.submission import SubmissionState
from esign_desktop.override import override
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, separator
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.sending.values import SubmissionProgress


class Stage(IntEnum):
    """The stages of a send, in their order. DONE means that the last stage has been completed."""

    UPLOAD = 0
    CREATE = 1
    SEND = 2
    DONE = 3


_NEXT = {
    SubmissionState.QUEUED: Stage.UPLOAD,
    SubmissionState.SNAPSHOT: Stage.UPLOAD,
    SubmissionState.ACCOUNTS: Stage.UPLOAD,
    SubmissionState.UPLOAD_URL: Stage.UPLOAD,
    SubmissionState.MADE: Stage.CREATE,
    SubmissionState.START_INTENT: Stage.CREATE,
    SubmissionState.HELD: Stage.CREATE,
    SubmissionState.STARTED: Stage.SEND,
    SubmissionState.EXECUTE_INTENT: Stage.SEND,
    SubmissionState.RUNNING: Stage.SEND,
    SubmissionState.DONE: Stage.DONE,
    SubmissionState.PREPARED: Stage.SEND,
}
_TOO_LATE = frozenset({SubmissionState.EXECUTE_INTENT, SubmissionState.RUNNING})


def stage_of(progress: SubmissionProgress) -> Stage | None:
    """Return the stage that is in progress after a step of a send. None for a state without a stage, such as FAILED."""
    match progress.state:
        case SubmissionState.UPLOADED | SubmissionState.CONTRACT:
            is_last = progress.document_number in {None, progress.document_count}
            return Stage.CREATE if is_last else Stage.UPLOAD
        case state:
            return _NEXT.get(state)


def can_be_cancelled(state: SubmissionState) -> bool:
    """Return whether a send in the given state can be cancelled, because no signer can have seen the contract."""
    return state not in _TOO_LATE and not state.is_final


def stage_word(stage: Stage) -> str:
    """Return the translated name of a stage."""
    match stage:
        case Stage.UPLOAD:
            return QCoreApplication.translate("SendingStages", "Upload")
        case Stage.CREATE:
            return QCoreApplication.translate("SendingStages", "Create")
        case Stage.SEND:
            return QCoreApplication.translate("SendingStages", "Send to signers")
        case Stage.DONE:
            return QCoreApplication.translate("SendingStages", "Sent")


_SHOWN: Final = tuple(stage for stage in Stage if stage is not Stage.DONE)
_ICON_PX: Final = 16
_BAR_STEPS: Final = 1000


class _StageState(Enum):
    TO_COME = "to_come"
    UNDER_WAY = "under_way"
    DONE = "done"
    STOPPED = "stopped"


class StageList(QWidget):
    """Shows the stages in a row, marked as done, in progress, stopped or pending, and the progress of an upload.

    A stage stays done until ``begin`` is called.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = Stage.UPLOAD
        self._is_stopped = False
        self._marks: dict[Stage, QLabel] = {}
        self._words: dict[Stage, PlainLabel] = {}
        self._detail = PlainLabel(self, look="hint")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        row = hbox()
        for stage in _SHOWN:
            mark, word = QLabel(self), PlainLabel(self)
            mark.setFixedSize(_ICON_PX, _ICON_PX)
            self._marks[stage], self._words[stage] = mark, word
            if stage is not _SHOWN[0]:
                row.addWidget(separator(self), 1)
            row.addWidget(mark)
            row.addWidget(word)
        vbox(row, self._bar, self._detail, parent=self)
        for part in (self._bar, self._detail):
            part.hide()
        self._show()

    @property
    def stage(self) -> Stage:
        """The stage that is in progress or has stopped."""
        return self._stage

    @override
    def changeEvent(self, event: QEvent) -> None:
        match event.type():
            case QEvent.Type.PaletteChange:
                self._show()
            case QEvent.Type.StyleChange:
                # A new style sheet resets the fonts, so they are set again afterwards.
                QTimer.singleShot(0, self, self._show)
            case _:
                pass
        super().changeEvent(event)

    def begin(self) -> None:
        """Show the first stage as in progress and all others as pending."""
        self._stage, self._is_stopped = Stage.UPLOAD, False
        self._hide_bytes()
        self._show()

    def reach(self, stage: Stage) -> None:
        """Show a stage as in progress and all earlier stages as done. Do not return to an earlier stage."""
        self._stage, self._is_stopped = max(self._stage, stage), False
        if self._stage is not Stage.UPLOAD:
            self._hide_bytes()
        self._show()

    def stop(self) -> None:
        """Show that the stage in progress has stopped, and hide the progress of the upload."""
        self._is_stopped = True
        self._hide_bytes()
        self._show()

    def show_bytes(self, document_number: int, document_count: int, done_bytes: int, total_bytes: int) -> None:
        """Show the progress of a document's upload, unless the upload stage is over.

        ``document_number`` counts from 1.
        """
        for part in (self._bar, self._detail):
            part.setVisible(self._stage is Stage.UPLOAD)
        self._bar.setValue(round(_BAR_STEPS * done_bytes / total_bytes) if total_bytes else 0)
        self._bar.setAccessibleName(stage_word(Stage.UPLOAD))
        self._detail.setText(
            self.tr("{number} of {count} · {done} of {total} MB").format(
                number=document_number,
                count=document_count,
                done=f"{done_bytes / 1e6:.1f}",
                total=f"{total_bytes / 1e6:.1f}",
            )
        )

    def _hide_bytes(self) -> None:
        for part in (self._bar, self._detail):
            part.hide()

    def _state_of(self, stage: Stage) -> _StageState:
        if stage < self._stage:
            return _StageState.DONE
        if stage > self._stage:
            return _StageState.TO_COME
        return _StageState.STOPPED if self._is_stopped else _StageState.UNDER_WAY

    def _show(self) -> None:
        colours = theme()
        pictures: dict[_StageState, tuple[str, QColor]] = {
            _StageState.DONE: ("check", colours.success),
            _StageState.UNDER_WAY: ("chevron-right", colours.accent),
            _StageState.STOPPED: ("error", colours.warning_ink),
        }
        for stage in _SHOWN:
            state, word = self._state_of(stage), self._words[stage]
            word.setText(stage_word(stage))
            word.setEnabled(state is not _StageState.TO_COME)
            font = word.font()
            font.setBold(state in {_StageState.UNDER_WAY, _StageState.STOPPED})
            word.setFont(font)
            if state in pictures:
                name, colour = pictures[state]
                self._marks[stage].setPixmap(icon(name, colour).pixmap(_ICON_PX, _ICON_PX))
            else:
                self._marks[stage].clear()
            word.setAccessibleName(f"{stage_word(stage)}: {self._state_word(state)}")

    def _state_word(self, state: _StageState) -> str:
        return {
            _StageState.TO_COME: self.tr("pending"),
            _StageState.UNDER_WAY: self.tr("in progress"),
            _StageState.DONE: self.tr("done"),
            _StageState.STOPPED: self.tr("stopped"),
        }[state]


class TroubleCard(QFrame):
    """Shows why a send or a rehearsal has stopped, and what the user can do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel(self, look="sectionTitle", is_wrapped=True, is_live=True)
        self._remedy = PlainLabel(self, is_wrapped=True, is_live=True)
        for label in (self._title, self._remedy):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        vbox(self._title, self._remedy, parent=self)

    def show_error(self, error: AppError) -> None:
        """Show the reason and the remedy of an error."""
        sentence = error_sentence(error)
        self.show_texts(sentence.title, sentence.remedy)

    def show_texts(self, title: str, remedy: str) -> None:
        """Show a reason and its remedy. An empty remedy is hidden."""
        self._title.setText(title)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self.setAccessibleName(title)
        self.setAccessibleDescription(remedy)
        self.show()


def held_texts(*, may_be_visible: bool, is_restored: bool = False) -> tuple[str, str]:
    """Return the translated title and text that explain a held send.

    ``may_be_visible`` means that signers can see the contract if the platform has created it. ``is_restored`` means
    that the send was restored from the backup of another computer.
    """
    if is_restored:
        return (
            QCoreApplication.translate("HeldSend", "This contract was restored from another computer's backup"),
            QCoreApplication.translate(
                "HeldSend",
                "Sending may have continued there, so signers may see the contract: ask them before you send it again.",
            ),
        )
    lost = QCoreApplication.translate("HeldSend", "The platform didn't confirm that the contract was created")
    if may_be_visible:
        text = QCoreApplication.translate(
            "HeldSend", "If it was created, its signers can see it: ask them before you send it again."
        )
        return lost, text
    return lost, QCoreApplication.translate("HeldSend", "No one can see the contract yet, so it's safe to send again.")
