"""Bulk: a hundred people in a sheet, three of them to be corrected."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from esign_desktop.app.self_test import driver
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.services.bulk.values import RowState
from esign_desktop.ui.bulk.work import BulkStage
from esign_desktop.ui.shell.rail import RoomName
from tests.bulk_samples import id_number
from tests.pictures.counter_presets import keep_presets
from tests.pictures.office import Office, office

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.ui.bulk.room import BulkRoom
    from tests.pictures.studio import Studio

_HANG_S: Final = 600
_HEADINGS: Final = ("姓名", "身份证号码", "手机号", "部门", "入职日期")
_FAMILY: Final = "赵钱孙李周吴郑王冯陈"
_GIVEN: Final = ("安然", "晓峰", "雨桐", "子涵", "思远", "佳宁", "明哲", "若溪", "浩然", "静怡")
_SECTIONS: Final = ("市场部", "客户服务部", "研发中心", "行政部")
_LEFT: Final = 1_337


def play(studio: Studio) -> None:
    """Send a sheet, with all that can come between."""
    # One after the other, so that it is the same one each time.
    with patch("esign_desktop.app.composition.BULK_SENDERS", 1):
        with office(studio, "bulk") as here:
            _lay_out(studio, here)
        with office(studio, "bulk-offline") as here:
            _break_off(studio, here)
        with office(studio, "bulk-paused") as here:
            _pause(studio, here)


def _lay_out(studio: Studio, here: Office) -> None:
    room = _enter(here)
    studio.take("bulk-no-presets", here.window)
    keep_presets(here)
    room.activated()
    driver.rest(400)
    studio.take("bulk-choose", here.window)
    room.start.presets.setCurrentRow(0)
    driver.rest(300)
    studio.take("bulk-preset", here.window)
    _take(here, room)
    room.rows.table.go_to_fault(+1)
    driver.rest(200)
    studio.take("bulk-rows", here.window)
    number = room.work.columns[1]
    room.work.choose_target(1, None)
    driver.wait_until("the rows are looked through", lambda: not room.work.is_planning)
    driver.rest(200)
    studio.take("bulk-column-missing", here.window)
    room.work.choose_target(1, number)
    driver.wait_until("the rows are looked through", lambda: room.work.may_send)
    driver.press(room.rows.foot.send_button)
    driver.rest(200)
    studio.take("bulk-confirm", here.window)
    here.set_faults({"path": "/sign/start", "fault": "hang", "seconds": _HANG_S, "skip": 9})
    driver.press(room.confirm.send_button)
    driver.wait_until("nine are sent", lambda: room.work.done_count == 9)
    driver.rest(500)
    studio.take("bulk-running", here.window)


def _break_off(studio: Studio, here: Office) -> None:
    room = _begin(here, {"path": "/sign/start", "fault": "drop_reply", "skip": 9, "times": 1})
    driver.wait_until("the run stops", lambda: room.work.stage is BulkStage.STOPPED)
    room.rows.table.setCurrentIndex(room.rows.table.rows.index(12, 0))
    driver.rest(300)
    studio.take("bulk-held", here.window)
    here.set_faults({"path": "/account/create/person/private", "fault": "reset", "skip": 20, "times": 500})
    room.work.go_on()
    driver.wait_until("it goes on", lambda: room.work.is_running)
    driver.wait_until("the run stops", lambda: room.work.stage is BulkStage.STOPPED)
    driver.rest(300)
    studio.take("bulk-offline", here.window)


def _pause(studio: Studio, here: Office) -> None:
    refusal = {"path": "/account/create/person/private", "fault": "err_code", "err_code": 53000000, "times": 1}
    slow = {"path": "/sign/start", "fault": "slow", "seconds": 2, "skip": 40, "times": 2}
    room = _begin(here, {**refusal, "msg": "该证件号已被其他账号使用", "skip": 3}, slow)
    driver.wait_until("forty are sent", lambda: room.work.done_count == 40)
    room.work.pause()
    driver.wait_until("the run pauses", lambda: room.work.stage is BulkStage.STOPPED)
    driver.rest(300)
    studio.take("bulk-paused", here.window)
    room.work.reset()
    driver.rest(400)
    studio.take("bulk-left", here.window)
    driver.press(driver.button(room, "InterruptedRunBar", "Continue sending"))
    driver.wait_until("it is laid out again", lambda: room.work.may_send)
    driver.rest(300)
    studio.take("bulk-again", here.window)
    room.work.run()
    driver.wait_until("all are sent", lambda: room.work.stage is BulkStage.STOPPED)
    driver.rest(300)
    studio.take("bulk-done", here.window)
    assert room.work.count(RowState.SENT) == 97


def _enter(here: Office) -> BulkRoom:
    quota = here.services.quota
    assert quota is not None
    driver.elsewhere(
        lambda: quota.enter(EnvironmentKind.SANDBOX, total_count=5_000, remaining_count=_LEFT, valid_until_ms=None)
    )
    here.window.show_room(RoomName.BULK)
    room = here.workspace.bulk
    driver.wait_until("the presets are read", lambda: room.work.offers.presets is not None)
    driver.rest(200)
    return room


def _begin(here: Office, *faults: dict[str, object]) -> BulkRoom:
    keep_presets(here)
    room = _enter(here)
    room.start.presets.setCurrentRow(0)
    _take(here, room)
    here.set_faults(*faults)
    driver.press(room.rows.foot.send_button)
    driver.press(room.confirm.send_button)
    return room


def _take(here: Office, room: BulkRoom) -> None:
    room.take_sheet(_sheet(here.folder / "2027 年新员工.csv"))
    driver.wait_until("the rows are looked through", lambda: room.work.may_send)
    driver.rest(300)


def _sheet(path: Path) -> Path:
    rows = []
    for number in range(100):
        name = f"{_FAMILY[number % 10]}{_GIVEN[(number // 10 + number) % 10]}"
        day = f"2027-01-{4 + number % 5:02}"
        rows.append([name, id_number(number + 1), f"138000{number:05}", _SECTIONS[number % 4], day])
    rows[3][1] = f"{rows[3][1][:-2]}00"
    rows[7][2] = "1380000"
    rows[11][1] = "3.30102E+17"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_HEADINGS, *rows])
    return path
