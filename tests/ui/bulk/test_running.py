"""The run as it is seen: confirmed once, paused and gone on with, and nobody sent to twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, InputError
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.services.bulk.results import ResultChoice
from esign_desktop.services.bulk.values import BulkStop, InterruptedRun, RowState
from esign_desktop.ui.bulk.work import BulkStage
from tests.bulk_samples import make_sheet
from tests.drafts import NOW_MS
from tests.ui.bulk.fake_bulk import good_rows, wrong_number

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.bulk.conftest import Desk

REFUSED = ApiError("api.refused", "errCode 7", err_code=7, msg="手机号已注册")


def all_sent_once(desk: Desk, count: int) -> bool:
    return len(desk.bulk.sent) == count and set(desk.bulk.sent.values()) == {1}


def test_the_sheet_that_confirms_says_whom_it_goes_to_and_what_is_left_out(desk: Desk) -> None:
    rows = good_rows(12)
    rows[3] = wrong_number(rows[3])
    desk.lay_out(rows)
    desk.button("Send 11 contracts").click()
    for claim in (
        "From “名单.csv”, one contract per row.",
        "and 3 more.",
        "Reserves 11 contracts",
        "1 row to correct: you can send it later from the same sheet.",
        "After sending, contracts can't be changed, only revoked one by one.",
    ):
        assert claim in desk.texts
    assert desk.bulk.sent == {}
    desk.button("Send 11 contracts").click()
    desk.wait_stopped()
    assert all_sent_once(desk, 11)


def test_where_it_binds_the_button_says_so_in_red(desk: Desk) -> None:
    desk.bulk.environment = Environment(EnvironmentKind.PRODUCTION, "https://example.com", "project")
    desk.lay_out(good_rows(2))
    desk.button("Send 2").click()
    send = desk.button("Send 2 contracts — with legal effect")
    assert "background" in send.styleSheet()


def test_escape_leads_back_to_the_rows_with_nothing_sent(desk: Desk) -> None:
    desk.lay_out(good_rows(2))
    desk.button("Send 2").click()
    QTest.keyClick(desk.room.confirm, Qt.Key.Key_Escape)
    assert desk.table.isVisible()
    assert desk.bulk.sent == {}


def test_a_key_that_is_held_down_does_not_confirm(desk: Desk) -> None:
    desk.lay_out(good_rows(2))
    desk.button("Send 2").click()
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, "", autorep=True, count=1
    )
    QApplication.sendEvent(desk.room.confirm, held)
    assert desk.room.confirm.isVisible()
    QTest.keyClick(desk.room.confirm, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_stopped()
    assert all_sent_once(desk, 2)


def test_another_environment_takes_the_confirming_sheet_away(desk: Desk) -> None:
    desk.lay_out(good_rows(2))
    desk.button("Send 2").click()
    desk.bulk.environment = Environment(EnvironmentKind.TEST, "https://example.com", "project")
    desk.room.environment_changed()
    assert desk.table.isVisible()


def test_a_run_is_paused_between_rows_and_goes_on_with_what_is_left(desk: Desk, qtbot: QtBot) -> None:
    desk.bulk.gate = threading.Semaphore(3)
    desk.lay_out(good_rows(8))
    desk.send()
    qtbot.waitUntil(lambda: "3 of 8 sent, 5 left" in desk.texts)
    qtbot.waitUntil(lambda: desk.states()[:5] == ["Sent"] * 3 + ["Sending", "Ready"])
    desk.button("Pause").click()
    assert "Pausing… Contracts that are already being sent will be completed first." in desk.texts
    assert not desk.button("Pause").isEnabled()
    desk.bulk.gate.release(100)
    desk.wait_stopped()
    assert "Paused: 4 of 8 sent, 4 left" in desk.texts
    desk.button("Continue").click()
    qtbot.waitUntil(lambda: "All 8 contracts sent." in desk.texts)
    assert all_sent_once(desk, 8)


def test_nothing_can_be_changed_while_it_runs(desk: Desk, qtbot: QtBot) -> None:
    desk.bulk.gate = threading.Semaphore(1)
    desk.lay_out(good_rows(4))
    desk.send()
    qtbot.waitUntil(lambda: desk.room.work.done_count == 1)
    assert not desk.model.flags(desk.cell(3, 0)) & Qt.ItemFlag.ItemIsEditable
    assert not any(choice.isEnabled() for choice in desk.room.rows.strip.choices)
    desk.room.take_sheet(desk.write(good_rows(1), name="another.csv"))
    assert desk.room.work.sheet is not None
    assert desk.room.work.sheet.name == "名单.csv"
    desk.bulk.gate.release(100)
    desk.wait_stopped()
    assert all_sent_once(desk, 4)


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        (BulkStop.NETWORK, "Can't reach the platform: 2 of 5 sent, 3 left"),
        (BulkStop.REFUSED, "Stopped by an error that isn't caused by the rows. 2 of 5 sent, 3 left"),
        (BulkStop.STORE, "Stopped: records can't be saved on this computer. 2 of 5 sent, 3 left"),
        (BulkStop.HELD, "Stopped: one row couldn't be confirmed. 2 of 5 sent, 3 left"),
    ],
)
def test_what_stops_a_run_is_said_and_it_goes_on_from_there(
    desk: Desk, qtbot: QtBot, stop: BulkStop, said: str
) -> None:
    desk.bulk.stops_after = (2, stop, ApiError("api.no_connection", retryable=True))
    desk.lay_out(good_rows(5))
    desk.send()
    desk.wait_stopped()
    assert said in desk.texts
    desk.bulk.stops_after = None
    desk.button("Continue").click()
    qtbot.waitUntil(lambda: "All 5 contracts sent." in desk.texts)
    assert all_sent_once(desk, 5)


def test_a_later_run_of_a_sheet_tells_its_own_number_and_the_total(desk: Desk) -> None:
    desk.lay_out(good_rows(2))
    desk.send()
    desk.wait_stopped()
    assert "All 2 contracts sent." in desk.texts
    desk.lay_out(good_rows(5))
    desk.send()
    desk.wait_stopped()
    assert "3 contracts sent in this run, 5 in total." in desk.texts


def test_going_on_elsewhere_than_was_agreed_only_shows_it(desk: Desk) -> None:
    desk.bulk.stops_after = (1, BulkStop.NETWORK, None)
    desk.lay_out(good_rows(3))
    desk.send()
    desk.wait_stopped()
    desk.bulk.stops_after = None
    desk.bulk.environment = Environment(EnvironmentKind.PRODUCTION, "https://example.com", "project")
    desk.button("Continue").click()
    desk.wait_planned()
    assert desk.room.work.stage is BulkStage.PLANNED
    assert len(desk.bulk.sent) == 1
    assert desk.button("Send 2 contracts").isVisible()


def test_a_run_that_can_not_begin_is_told_and_the_rows_stay(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise InputError("bulk.preset_changed")

    monkeypatch.setattr(desk.bulk, "run", refuse)
    desk.lay_out(good_rows(2))
    with qtbot.waitSignal(desk.room.work.failed) as failed:
        desk.send()
    assert failed.args is not None
    assert failed.args[0].code == "bulk.preset_changed"
    desk.wait_planned()
    assert desk.button("Send 2 contracts").isEnabled()


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        (None, "All 3 contracts sent."),
        ((1, BulkStop.NETWORK, None), "Can't reach the platform: 1 of 3 sent, 2 left"),
    ],
)
def test_who_is_in_another_room_is_told_how_it_ended(desk: Desk, qtbot: QtBot, stop: Any, told: str) -> None:
    desk.bulk.stops_after = stop
    desk.bulk.gate = threading.Semaphore(1)
    desk.lay_out(good_rows(3))
    desk.send()
    qtbot.waitUntil(lambda: desk.room.is_running)
    desk.room.hide()
    desk.bulk.gate.release(100)
    desk.wait_stopped()
    assert [row.title for row in desk.messages.rows] == [told]
    desk.room.show()
    desk.room.activated()
    assert desk.messages.rows == ()


def test_a_row_that_is_refused_says_why_and_can_be_tried_again(desk: Desk, qtbot: QtBot) -> None:
    desk.bulk.ends = {1: (RowState.FAILED, REFUSED)}
    desk.lay_out(good_rows(3))
    desk.send()
    desk.wait_stopped()
    assert desk.states() == ["Sent", "Not sent", "Sent"]
    assert "手机号已注册" in desk.model.index(1, 2).data()
    assert "2 contracts sent, 1 row not sent." in desk.texts
    assert {"Show in Track", "Try again", "Save the result…"} <= set(desk.buttons)
    desk.bulk.ends = {}
    desk.button("Try again").click()
    qtbot.waitUntil(lambda: "All 3 contracts sent." in desk.texts)
    assert all_sent_once(desk, 3)


def test_a_held_row_leads_to_track(desk: Desk, qtbot: QtBot) -> None:
    desk.bulk.ends = {0: (RowState.HELD, REFUSED)}
    desk.lay_out(good_rows(2))
    desk.send()
    desk.wait_stopped()
    desk.table.setCurrentIndex(desk.model.index(0, 0))
    with qtbot.waitSignal(desk.room.track_requested) as asked:
        desk.button("Decide in Track").click()
    assert asked.args == [None]
    assert not desk.model.flags(desk.cell(0, 0)) & Qt.ItemFlag.ItemIsEditable


def test_a_sheet_that_is_run_again_sends_only_what_is_missing(desk: Desk) -> None:
    desk.lay_out(good_rows(3))
    desk.send()
    desk.wait_stopped()
    desk.room.take_sheet(desk.write(good_rows(5)))
    desk.wait_planned()
    assert "2 ready, 3 already sent, skipped" in desk.texts
    desk.send()
    desk.wait_stopped()
    assert all_sent_once(desk, 5)


def test_a_row_is_sent_once_more_only_on_a_persons_word_and_only_once(desk: Desk) -> None:
    desk.lay_out(good_rows(3))
    desk.send()
    desk.wait_stopped()
    desk.table.setCurrentIndex(desk.model.index(1, 0))
    desk.button("Send again").click()
    desk.wait_planned()
    assert desk.states() == ["Sent", "Ready", "Sent"]
    desk.button("Don't send again").click()
    desk.wait_planned()
    assert not desk.room.work.may_send
    desk.button("Send again").click()
    desk.wait_planned()
    desk.button("Send 1 contract").click()
    assert "1 of them was sent before: the recipient will get the contract again." in desk.texts
    desk.button("Send 1 contract").click()
    desk.wait_stopped()
    assert sorted(desk.bulk.sent.values()) == [1, 1, 2]
    desk.room.work.replan()
    desk.wait_planned()
    assert desk.states() == ["Sent"] * 3


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_result_is_written_without_anybodys_number(
    desk: Desk, qtbot: QtBot, language: str, speak: pytest.MonkeyPatch
) -> None:
    rows = good_rows(3)
    rows[1] = wrong_number(rows[1])
    desk.lay_out(rows)
    desk.send()
    desk.wait_stopped()
    speak(language)  # type: ignore[operator]
    target = desk.folder / "result.csv"
    desk.room.save_result_to(target, ResultChoice())
    qtbot.waitUntil(target.exists)
    lines = target.read_text("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "flow 0" in lines[1]
    assert {"en": "To correct", "zh_CN": "待改正"}[language] in lines[2]
    written = "\n".join(lines)
    assert not [cell for row in rows for cell in row if cell in written]


def test_a_run_that_was_broken_off_is_offered_and_laid_out_again(desk: Desk, qtbot: QtBot) -> None:
    path = desk.write(good_rows(4))
    sheet_columns = desk.bulk.columns_for(desk.presets.presets[0], make_sheet())
    desk.bulk.interrupted_run = InterruptedRun("run", PresetId("preset"), str(path), "", sheet_columns, NOW_MS, 4, 1)
    desk.bulk.sent = {good_rows(1)[0][1]: 1}
    desk.enter()
    qtbot.waitUntil(lambda: "“名单.csv” was not completely sent on 2027-01-15 16:00: 1 of 4 sent." in desk.texts)
    desk.button("Continue sending").click()
    desk.wait_planned()
    assert desk.states() == ["Sent", "Ready", "Ready", "Ready"]
    desk.send()
    desk.wait_stopped()
    assert all_sent_once(desk, 4)


def test_a_run_that_was_broken_off_does_not_replace_the_one_in_progress(desk: Desk, qtbot: QtBot) -> None:
    path = desk.write(good_rows(4), name="left.csv")
    interrupted = InterruptedRun("run", PresetId("preset"), str(path), "", (), NOW_MS, 4, 1)
    desk.lay_out(good_rows(2))
    desk.bulk.gate = threading.Semaphore(0)
    desk.send()
    desk.room.work.resume(interrupted)
    assert desk.room.is_running
    desk.bulk.gate.release(100)
    desk.wait_stopped()
    qtbot.wait(50)
    assert desk.room.work.report is not None
    assert desk.states() == ["Sent", "Sent"]


def test_a_run_that_was_broken_off_can_be_left(desk: Desk, qtbot: QtBot) -> None:
    desk.bulk.interrupted_run = InterruptedRun("run", PresetId("preset"), "gone.csv", "", (), NOW_MS, 4, 1)
    desk.enter()
    qtbot.waitUntil(lambda: "“gone.csv”" in desk.texts)
    desk.button("Don't continue").click()
    qtbot.waitUntil(lambda: desk.bulk.dismissed == ["run"])
    assert "gone.csv" not in desk.texts


def test_a_broken_off_run_whose_preset_or_sheet_is_gone_is_told(desk: Desk, qtbot: QtBot) -> None:
    desk.bulk.interrupted_run = InterruptedRun("run", PresetId("preset"), "/no/such/gone.csv", "", (), NOW_MS, 4, 1)
    desk.enter()
    qtbot.waitUntil(lambda: "“gone.csv”" in desk.texts)
    for preset_id, code in ((PresetId("preset"), "sheet.vanished"), (PresetId("gone"), "store.no_such_preset")):
        desk.room.work.offers.interrupted = replace(desk.bulk.interrupted_run, preset_id=preset_id)
        with qtbot.waitSignal(desk.room.work.failed) as failed:
            desk.button("Continue sending").click()
        assert failed.args is not None
        assert failed.args[0].code == code
