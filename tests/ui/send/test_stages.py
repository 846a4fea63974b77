from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.sending.values import SubmissionProgress
from esign_desktop.ui.send.stages import Stage, StageList, can_be_cancelled, stage_of, stage_word
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.theme import apply_theme, theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


def _progress(state: SubmissionState, number: int | None = None) -> SubmissionProgress:
    return SubmissionProgress(SubmissionId("1"), state, number, 2)


@pytest.mark.parametrize(
    ("state", "number", "stage"),
    [
        (SubmissionState.QUEUED, None, Stage.UPLOAD),
        (SubmissionState.SNAPSHOT, None, Stage.UPLOAD),
        (SubmissionState.ACCOUNTS, None, Stage.UPLOAD),
        (SubmissionState.UPLOAD_URL, 1, Stage.UPLOAD),
        (SubmissionState.UPLOADED, 1, Stage.UPLOAD),
        (SubmissionState.CONTRACT, 1, Stage.UPLOAD),
        (SubmissionState.UPLOADED, 2, Stage.CREATE),
        (SubmissionState.CONTRACT, 2, Stage.CREATE),
        (SubmissionState.CONTRACT, None, Stage.CREATE),
        (SubmissionState.START_INTENT, None, Stage.CREATE),
        (SubmissionState.HELD, None, Stage.CREATE),
        (SubmissionState.STARTED, None, Stage.SEND),
        (SubmissionState.EXECUTE_INTENT, None, Stage.SEND),
        (SubmissionState.RUNNING, None, Stage.SEND),
        (SubmissionState.DONE, None, Stage.DONE),
        (SubmissionState.FAILED, None, None),
        (SubmissionState.CANCELLED, None, None),
    ],
)
def test_what_the_journal_records_is_a_stage_for_the_person(
    state: SubmissionState, number: int | None, stage: Stage | None
) -> None:
    assert stage_of(_progress(state, number)) is stage


def test_it_can_be_stopped_until_it_is_handed_to_the_signers() -> None:
    assert can_be_cancelled(SubmissionState.STARTED)
    assert can_be_cancelled(SubmissionState.HELD)
    for state in (SubmissionState.EXECUTE_INTENT, SubmissionState.RUNNING, SubmissionState.DONE):
        assert not can_be_cancelled(state)


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_words_in_both_languages(speak: Callable[[str], None], stage: Stage) -> None:
    speak("en")
    english = stage_word(stage)
    speak("zh_CN")
    assert stage_word(stage) not in {"", english}


def test_the_stage_under_way_stays_bold_in_another_theme(qtbot: QtBot, qapp: QApplication) -> None:
    stages = StageList()
    qtbot.addWidget(stages)
    with qtbot.waitExposed(stages):
        stages.show()
    stages.reach(Stage.CREATE)
    words = [label for label in stages.findChildren(PlainLabel) if label.text() == stage_word(Stage.CREATE)]
    before = theme()
    apply_theme(qapp, "light")
    try:
        for mode in ("dark", "light"):
            apply_theme(qapp, mode)
            qtbot.waitUntil(lambda: [word.font().bold() for word in words] == [True])
    finally:
        apply_theme(qapp, "dark" if before.is_dark else "light")
        qapp.setStyleSheet("")
