"""The stages of a send as displayed to the user, and the texts for a send that has stopped."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QWidget

from esign_desktop.domain.submission import SubmissionState
from esign_desktop.override import override
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.sending.values import SubmissionProgress


class Stage(IntEnum):
    """The stage of a send that is in progress. DONE follows the last stage."""

    FILES = 0
    SIGNERS = 1
    UPLOAD = 2
    CONTRACT = 3
    START = 4
    EXECUTE = 5
    CONFIRM = 6
    DONE = 7


_NEXT = {
    SubmissionState.QUEUED: Stage.FILES,
    SubmissionState.SNAPSHOT: Stage.SIGNERS,
    SubmissionState.ACCOUNTS: Stage.UPLOAD,
    SubmissionState.UPLOAD_URL: Stage.UPLOAD,
    SubmissionState.MADE: Stage.CONTRACT,
    SubmissionState.START_INTENT: Stage.START,
    SubmissionState.HELD: Stage.START,
    SubmissionState.STARTED: Stage.EXECUTE,
    SubmissionState.EXECUTE_INTENT: Stage.EXECUTE,
    SubmissionState.RUNNING: Stage.CONFIRM,
    SubmissionState.DONE: Stage.DONE,
    SubmissionState.PREPARED: Stage.EXECUTE,
}
_TOO_LATE = frozenset({SubmissionState.EXECUTE_INTENT, SubmissionState.RUNNING})


def stage_of(progress: SubmissionProgress) -> Stage | None:
    """Return the stage that begins after this progress, or None for a state outside the stages, such as FAILED."""
    is_last = progress.document_number in {None, progress.document_count}
    match progress.state:
        case SubmissionState.UPLOADED:
            return Stage.CONTRACT if is_last else Stage.UPLOAD
        case SubmissionState.CONTRACT:
            return Stage.START if is_last else Stage.UPLOAD
        case state:
            return _NEXT.get(state)


def can_be_cancelled(state: SubmissionState) -> bool:
    """Return whether a send in this state can be cancelled, because no signer can have seen the contract."""
    return state not in _TOO_LATE and not state.is_final


def stage_word(stage: Stage) -> str:
    """Return the name of a stage."""
    match stage:
        case Stage.FILES:
            return QCoreApplication.translate("SendingStages", "Save current file versions")
        case Stage.SIGNERS:
            return QCoreApplication.translate("SendingStages", "Register signers")
        case Stage.UPLOAD:
            return QCoreApplication.translate("SendingStages", "Upload documents")
        case Stage.CONTRACT:
            return QCoreApplication.translate("SendingStages", "Create documents")
        case Stage.START:
            return QCoreApplication.translate("SendingStages", "Create contract")
        case Stage.EXECUTE:
            return QCoreApplication.translate("SendingStages", "Send to signers")
        case Stage.CONFIRM:
            return QCoreApplication.translate("SendingStages", "Get confirmation from platform")
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
    """The list of stages, marked as done, in progress or pending. A stage stays done until a new send begins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = Stage.FILES
        self._is_stopped = False
        self._marks: dict[Stage, QLabel] = {}
        self._words: dict[Stage, PlainLabel] = {}
        self._detail = PlainLabel(self, look="hint")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for stage in _SHOWN:
            mark, word = QLabel(self), PlainLabel(self)
            mark.setFixedSize(_ICON_PX, _ICON_PX)
            self._marks[stage], self._words[stage] = mark, word
            row = 2 * stage
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(word, row, 1)
        upload_row = 2 * Stage.UPLOAD
        grid.addWidget(self._detail, upload_row, 2)
        grid.addWidget(self._bar, upload_row + 1, 1, 1, 2)
        self._bar.hide()
        self._show()

    @property
    def stage(self) -> Stage:
        """The stage in progress."""
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
        """Reset the list for a new send."""
        self._stage, self._is_stopped = Stage.FILES, False
        self._detail.clear()
        self._bar.hide()
        self._show()

    def reach(self, stage: Stage) -> None:
        """Show a stage as in progress and all earlier stages as done. Never goes back to an earlier stage."""
        self._stage, self._is_stopped = max(self._stage, stage), False
        if self._stage is not Stage.UPLOAD:
            self._bar.hide()
            self._detail.clear()
        self._show()

    def stop(self) -> None:
        """Show that the stage in progress has stopped."""
        self._is_stopped = True
        self._bar.hide()
        self._show()

    def show_bytes(self, document_number: int, document_count: int, done_bytes: int, total_bytes: int) -> None:
        """Show the upload progress of a document. Documents are numbered from 1."""
        self._bar.setVisible(self._stage is Stage.UPLOAD)
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
    """A card with up to four texts, the most important first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentCard")
        self._title = PlainLabel(self, look="sectionTitle", is_wrapped=True, is_live=True)
        self._second = PlainLabel(self, is_wrapped=True, is_live=True)
        self._third = PlainLabel(self, is_wrapped=True, is_live=True)
        self._small = PlainLabel(self, look="hint", is_wrapped=True)
        column = vbox(margins=(16, 12, 16, 12), parent=self)
        for label in (self._title, self._second, self._third, self._small):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)

    def show_error(self, error: AppError) -> None:
        """Show the sentences of an error."""
        sentence = error_sentence(error)
        self.show_texts(sentence.title, sentence.remedy, small=sentence.detail)

    def show_texts(self, title: str, second: str, third: str = "", *, small: str = "") -> None:
        """Show these texts. Empty texts are hidden."""
        texts = {self._title: title, self._second: second, self._third: third, self._small: small}
        for label, text in texts.items():
            label.setText(text)
            label.setVisible(bool(text))
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{second} {third}".strip())
        self.show()


def held_texts(*, may_be_visible: bool, is_restored: bool = False) -> tuple[str, str, str]:
    """Return the texts that explain a held send: what happened, what it means, and what the user can do."""
    lost = QCoreApplication.translate("HeldSend", "The platform didn't confirm that the contract was created")
    ask_first = QCoreApplication.translate(
        "HeldSend",
        "Before you send again, ask the signers or give the evidence to the platform's "
        "support. If you cancel, the draft stays unchanged.",
    )
    if is_restored:
        return (
            QCoreApplication.translate("HeldSend", "This contract was restored from another computer's backup"),
            QCoreApplication.translate(
                "HeldSend",
                "Sending may have continued there after the backup: the contract may be on the "
                "platform and visible to its signers. It was not sent from this computer, so "
                "that no one receives it twice.",
            ),
            ask_first,
        )
    if may_be_visible:
        return (
            lost,
            QCoreApplication.translate(
                "HeldSend",
                "The contract may or may not be on the platform. If it is, its signers can see "
                "it. It was not sent again, so that no one receives it twice.",
            ),
            ask_first,
        )
    return (
        lost,
        QCoreApplication.translate(
            "HeldSend",
            "The contract may or may not be on the platform. No one can see it and no one "
            "was notified, because signing wasn't started. It was not sent again, so that no "
            "one receives it twice.",
        ),
        QCoreApplication.translate(
            "HeldSend",
            "No one can see the contract yet, so it's safe to send again. If you cancel "
            "instead, the draft stays unchanged. The platform's support can investigate with "
            "the evidence.",
        ),
    )
