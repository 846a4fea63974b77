from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.ui.track.flow_table_model import FlowColumn, FlowFilter, FlowProxy, FlowTableModel
from tests.drafts import NOW_MS
from tests.ui.flow_samples import DAY_MS, make_flow, make_signer, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.store.flows import FlowRecord

LOAN = make_flow(name="loan", title="借款合同", sent_at_ms=NOW_MS, steps=(progress(1, 2), progress(2, 0)))
LEASE = make_flow(
    name="lease",
    title="租赁合同",
    sent_at_ms=NOW_MS + 1000,
    deadline_ms=NOW_MS + DAY_MS // 2,
    signers=(make_signer(1, "王五"),),
)
OLD = make_flow(name="old", title="旧合同", sent_at_ms=NOW_MS - 1000, status=FlowStatus.COMPLETED, deadline_ms=None)


@pytest.fixture
def model(qtbot: QtBot, speak: Callable[[str], None]) -> FlowTableModel:
    speak("en")
    model = FlowTableModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_records((LOAN, LEASE, OLD))
    return model


def _row(model: FlowTableModel, row: int) -> list[str]:
    return [str(model.index(row, column).data()) for column in FlowColumn]


def _titles(proxy: FlowProxy) -> list[str]:
    return [str(proxy.index(row, 0).data()) for row in range(proxy.rowCount())]


def test_a_row_tells_title_state_signers_times_and_environment(model: FlowTableModel) -> None:
    assert _row(model, 0) == ["借款合同", "being signed", "①✓ ②…", "2027-01-15 16:00", "2027-02-14 16:00", "Test"]
    assert _row(model, 2)[4] == "–"


def test_a_screen_reader_gets_the_signers_in_words(model: FlowTableModel) -> None:
    index = model.index(0, FlowColumn.SIGNERS)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "1 张三 has signed, 2 李四 has not signed yet"


def test_a_flow_changes_in_its_row(model: FlowTableModel, qtbot: QtBot) -> None:
    revoked = replace(LOAN, status=FlowStatus.REVOKED)
    with qtbot.waitSignal(model.dataChanged):
        model.update_record(revoked)
    assert _row(model, 0)[1] == "revoked"
    assert model.rowCount() == 3


def test_a_new_flow_comes_first(model: FlowTableModel) -> None:
    model.update_record(make_flow(name="new", title="新合同"))
    assert _row(model, 0)[0] == "新合同"


def test_rows_stay_when_only_their_state_changed(model: FlowTableModel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(model.modelReset):
        model.show_records((replace(LOAN, status=FlowStatus.EXPIRED), LEASE, OLD))
    assert _row(model, 0)[1] == "expired"


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", ["借款合同", "租赁合同", "旧合同"]),
        ("租赁", ["租赁合同"]),
        ("王五", ["租赁合同"]),
        ("SIGNED by everybody", ["旧合同"]),
        ("合同 李四", ["借款合同", "旧合同"]),
        ("nobody of this name", []),
    ],
)
def test_a_filter_wants_every_word(model: FlowTableModel, text: str, titles: list[str]) -> None:
    proxy = FlowProxy(model, clock_ms=lambda: NOW_MS)
    proxy.set_text(text)
    assert _titles(proxy) == titles


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        (FlowFilter.ALL, ["借款合同", "租赁合同", "旧合同"]),
        (FlowFilter.OPEN, ["借款合同", "租赁合同"]),
        (FlowFilter.DUE_SOON, ["租赁合同"]),
        (FlowFilter.ENDED, ["旧合同"]),
    ],
)
def test_kinds_of_flows_can_be_shown_alone(model: FlowTableModel, kind: FlowFilter, titles: list[str]) -> None:
    proxy = FlowProxy(model, clock_ms=lambda: NOW_MS)
    proxy.set_kind(kind)
    assert _titles(proxy) == titles


@pytest.mark.parametrize("column", FlowColumn)
def test_every_column_sorts(model: FlowTableModel, column: FlowColumn) -> None:
    proxy = FlowProxy(model, clock_ms=lambda: NOW_MS)
    proxy.sort(column, Qt.SortOrder.AscendingOrder)
    up = _titles(proxy)
    proxy.sort(column, Qt.SortOrder.DescendingOrder)
    assert sorted(up) == sorted(_titles(proxy))


def test_times_sort_as_times(model: FlowTableModel) -> None:
    proxy = FlowProxy(model, clock_ms=lambda: NOW_MS)
    proxy.sort(FlowColumn.SENT, Qt.SortOrder.DescendingOrder)
    assert _titles(proxy) == ["租赁合同", "借款合同", "旧合同"]
    proxy.sort(FlowColumn.DEADLINE, Qt.SortOrder.AscendingOrder)
    assert _titles(proxy) == ["租赁合同", "借款合同", "旧合同"]


def test_headers_and_states_speak_chinese(model: FlowTableModel, speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    model.retranslate()
    headers = [model.headerData(column, Qt.Orientation.Horizontal) for column in FlowColumn]
    assert headers == ["合同", "状态", "签署人", "发起时间", "签署截止", "环境"]
    records: tuple[FlowRecord, ...] = (replace(LOAN, environment=EnvironmentKind.PRODUCTION),)
    model.show_records(records)
    assert _row(model, 0)[-1] == "正式环境"
