from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.services.flows.rows import FlowQuery, arrange, flow_row
from esign_desktop.ui.track.table import FlowColumn, FlowTable, FlowTableModel
from tests.drafts import NOW_MS
from tests.ui.flow_samples import make_flow, make_signer, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowRecord

LOAN = make_flow(name="loan", title="借款合同", sent_at_ms=NOW_MS, steps=(progress(1, 2), progress(2, 0)))
LEASE = make_flow(name="lease", title="租赁合同", sent_at_ms=NOW_MS + 1000, signers=(make_signer(1, "王五"),))
OLD = make_flow(name="old", title="旧合同", sent_at_ms=NOW_MS - 1000, status=FlowStatus.COMPLETED, deadline_ms=None)


def arranged(*records: FlowRecord, **query: Any) -> Any:
    return arrange([flow_row(one) for one in records], FlowQuery(**query), NOW_MS)


@pytest.fixture
def model(qtbot: QtBot, speak: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> FlowTableModel:
    speak("en")
    monkeypatch.setattr("esign_desktop.ui.track.table.now_ms", lambda: NOW_MS)
    model = FlowTableModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_arrangement(arranged(LOAN, LEASE, OLD))
    return model


def test_states_are_read_whole_after_the_columns_stood_in_another_language(
    qtbot: QtBot, speak: Callable[[str], None]
) -> None:
    tables = []
    for language in ("zh_CN", "en"):
        speak(language)
        tables.append(FlowTable())
        qtbot.addWidget(tables[-1])
    chinese, table = tables
    usual = table.columnWidth(FlowColumn.STATE)
    assert usual > chinese.columnWidth(FlowColumn.STATE)
    table.take_columns(bytes(chinese.horizontalHeader().saveState().data()))
    assert table.columnWidth(FlowColumn.STATE) == usual


def _row(model: FlowTableModel, row: int) -> list[str]:
    return [str(model.index(row, column).data()) for column in FlowColumn]


def test_a_row_tells_title_state_signers_and_times(model: FlowTableModel) -> None:
    assert _row(model, 1) == [
        "借款合同",
        "awaiting signatures",
        "waiting for 李四 · 1/2",
        "01-15 16:00",
        "02-14 16:00",
        "Test",
    ]
    assert _row(model, 2)[4] == "–"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"signers": (make_signer(1, "甲"), make_signer(2, "乙", step=1))}, "waiting for 甲, 乙 · 0/2"),
        ({"steps": (progress(1, 2), progress(2, 4))}, "李四 has declined · 1/2"),
        ({"status": FlowStatus.COMPLETED}, "张三, 李四 · 2/2"),
        ({"status": FlowStatus.REVOKED, "steps": (progress(1, 2),)}, "张三, 李四 · 1/2"),
    ],
)
def test_who_must_act_is_said(model: FlowTableModel, changes: dict[str, Any], expected: str) -> None:
    model.show_arrangement(arranged(make_flow(name="one", **changes)))
    assert model.index(0, FlowColumn.SIGNERS).data() == expected


def test_marks_are_read_out_in_words(model: FlowTableModel) -> None:
    text = model.index(1, FlowColumn.SIGNERS).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "1 张三 has signed, 2 李四 has not signed yet"


def test_a_flow_that_changed_stays_in_its_row(model: FlowTableModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.dataChanged):
        model.update_row(flow_row(replace(LOAN, status=FlowStatus.REVOKED)))
    assert _row(model, 1)[1] == "revoked"
    model.update_row(flow_row(make_flow(name="not shown")))
    assert model.rowCount() == 3


def test_the_same_order_moves_no_row(model: FlowTableModel, qtbot: QtBot) -> None:
    changed = replace(OLD, title="更旧")
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        assert not model.show_arrangement(arranged(LOAN, LEASE, changed))
    assert _row(model, 2)[0] == "更旧"


def test_another_order_is_told(model: FlowTableModel) -> None:
    assert model.show_arrangement(arranged(LOAN, LEASE, OLD, is_descending=False))
    assert [row.flow_id for row in model.rows] == ["old", "loan", "lease"]
    assert model.position_of(FlowId("lease")) == 2
    assert model.position_of(FlowId("nobody's")) is None


def test_a_title_cannot_break_its_row(model: FlowTableModel) -> None:
    model.show_arrangement(arranged(replace(LOAN, title="a\n\u202eb\x1b[31m")))
    assert _row(model, 0)[0] == "a b [31m"
