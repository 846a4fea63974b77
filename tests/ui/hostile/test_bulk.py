"""The Bulk room: presets, sheets, headings, cells and answers whose every word is one text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget
from esign_desktop.domain.bulk.sheet import Sheet, SheetRow, Worksheets
from esign_desktop.domain.errors import ApiError, InputError
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.domain.signer import OpenSigner
from esign_desktop.override import override
from esign_desktop.services.bulk.values import BulkPlan, BulkStop, InterruptedRun, RowState
from esign_desktop.ui.bulk.room import BulkRoom
from esign_desktop.ui.bulk.work import BulkStage
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.bulk_samples import BORROWER, make_preset
from tests.drafts import NOW_MS
from tests.ui.bulk.fake_bulk import FakeBulk, FakePresets

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.hostile.conftest import Look

SIZE_PX = (1200, 740)


def hostile_preset(text: str) -> Preset:
    preset = make_preset(customers=2, questions=(text or "x",), bank=True)
    roles = tuple(replace(role, role=text) if isinstance(role, OpenSigner) else role for role in preset.signers)
    return replace(preset, name=text, signers=roles)


def hostile_sheet(text: str) -> Sheet:
    rows = tuple(SheetRow(number, (text,) * 4, original=(text, "x", text, text)) for number in range(2, 9))
    return Sheet(text, f"/folder/{text[:80]}", (text, f"{text} 2", text, ""), rows, text, (text, f"{text} 2"))


class HostileBulk(FakeBulk):
    """A row in each state."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    @override
    def columns_for(self, preset: Preset, sheet: Sheet) -> Any:
        question = ColumnTarget(ColumnKind.QUESTION, question=preset.questions[0])
        return (ColumnTarget(ColumnKind.NAME, BORROWER), ColumnTarget(ColumnKind.ID_NUMBER, BORROWER), question, None)

    @override
    def plan(self, preset: Preset, sheet: Sheet, columns: Any, **more: Any) -> BulkPlan:
        plan = super().plan(preset, sheet, columns, **more)
        text = self._text
        error = ApiError("api.refused", text, err_code=1, msg=text)
        rows = tuple(
            replace(row, state=state, title=text, masked_names=(text, text), reference=text, error=error)
            for row, state in zip(plan.rows, RowState, strict=False)
        )
        return replace(plan, rows=rows)


@pytest.fixture
def room(text: str, tasks: TaskRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> BulkRoom:
    def read(_path: Path, **_more: Any) -> Sheet:
        return hostile_sheet(text)

    monkeypatch.setattr("esign_desktop.ui.bulk.work.open_sheet", read)
    messages = Messages()
    qtbot.addWidget(messages)
    one = BulkRoom(cast("Any", HostileBulk(text)), cast("Any", FakePresets(hostile_preset(text))), tasks, messages)
    qtbot.addWidget(one)
    one.resize(*SIZE_PX)
    one.show()
    one.activated()
    qtbot.waitUntil(lambda: one.work.offers.presets is not None and tasks.wait_idle())
    return one


def test_choosing(text: str, room: BulkRoom, look_in_both_languages: Look) -> None:
    room.work.obstacle = InputError("preset.other_environment", text, name=text)
    room.work.offers.interrupted = InterruptedRun(
        "run", PresetId("preset"), f"/folder/{text[:80]}", "", (), NOW_MS, 9, 1
    )
    room.work.offers.changed.emit()
    look_in_both_languages(room)
    assert (room.width(), room.height()) == SIZE_PX


def test_choosing_a_worksheet(
    text: str,
    tmp_path: Path,
    room: BulkRoom,
    look_in_both_languages: Look,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = Worksheets(text, str(tmp_path), (text, f"{text} 2"))
    monkeypatch.setattr("esign_desktop.ui.bulk.work.open_sheet", lambda *_path, **_more: found)
    room.take_sheet(tmp_path / "list.xlsx")
    qtbot.waitUntil(lambda: room.work.stage is BulkStage.ASKING)
    look_in_both_languages(room)
    assert (room.width(), room.height()) == SIZE_PX


def test_rows_and_what_is_confirmed(
    text: str, tmp_path: Path, room: BulkRoom, look_in_both_languages: Look, qtbot: QtBot
) -> None:
    room.take_sheet(tmp_path / "list.csv")
    qtbot.waitUntil(lambda: room.work.stage is BulkStage.PLANNED)
    room.rows.table.setCurrentIndex(room.rows.table.rows.index(list(RowState).index(RowState.FAILED), 1))
    look_in_both_languages(room)
    plan = room.work.plan
    assert plan is not None
    room.confirm.show_plan(plan)
    look_in_both_languages(room.confirm)
    bulk = cast("FakeBulk", room.work._bulk)  # noqa: SLF001  whose answer is wanted
    bulk.stops_after = (0, BulkStop.REFUSED, ApiError("api.refused", text, err_code=1, msg=text))
    room.work.run()
    qtbot.waitUntil(lambda: room.work.stage is BulkStage.STOPPED)
    look_in_both_languages(room)
    assert (room.width(), room.height()) == SIZE_PX
