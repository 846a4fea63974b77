"""The stages of a send as a person sees them, from what the journal records."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.services.submission import SubmissionState

if TYPE_CHECKING:
    from esign_desktop.services.submission import SubmissionProgress


class Stage(IntEnum):
    """What is being done; DONE is after the last."""

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
    SubmissionState.START_INTENT: Stage.START,
    SubmissionState.HELD: Stage.START,
    SubmissionState.STARTED: Stage.EXECUTE,
    SubmissionState.EXECUTE_INTENT: Stage.EXECUTE,
    SubmissionState.RUNNING: Stage.CONFIRM,
    SubmissionState.DONE: Stage.DONE,
}
_TOO_LATE = frozenset({SubmissionState.EXECUTE_INTENT, SubmissionState.RUNNING, SubmissionState.DONE})


def stage_of(progress: SubmissionProgress) -> Stage | None:
    """Return the stage that is under way once this was recorded; None for an end that is no stage."""
    is_last = progress.document_number in {None, progress.document_count}
    match progress.state:
        case SubmissionState.UPLOADED:
            return Stage.CONTRACT if is_last else Stage.UPLOAD
        case SubmissionState.CONTRACT:
            return Stage.START if is_last else Stage.UPLOAD
        case state:
            return _NEXT.get(state)


def can_be_cancelled(state: SubmissionState) -> bool:
    """Whether nobody has been shown anything yet."""
    return state not in _TOO_LATE and not state.is_final


def stage_word(stage: Stage) -> str:
    """Say what is done in a stage."""
    match stage:
        case Stage.FILES:
            return QCoreApplication.translate("SendingStages", "Copy the files as they are now")
        case Stage.SIGNERS:
            return QCoreApplication.translate("SendingStages", "Make the signers known to the platform")
        case Stage.UPLOAD:
            return QCoreApplication.translate("SendingStages", "Upload the documents")
        case Stage.CONTRACT:
            return QCoreApplication.translate("SendingStages", "Make contracts of them")
        case Stage.START:
            return QCoreApplication.translate("SendingStages", "Start the contract, seen by nobody yet")
        case Stage.EXECUTE:
            return QCoreApplication.translate("SendingStages", "Hand it to the signers")
        case Stage.CONFIRM:
            return QCoreApplication.translate("SendingStages", "Have it confirmed by the platform")
        case Stage.DONE:
            return QCoreApplication.translate("SendingStages", "Sent")
