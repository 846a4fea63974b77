from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QAbstractItemModelTester

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.services.flows.rows import FlowQuery, arrange, flow_row
from esign_desktop.ui.track.table import FlowColumn, FlowTable, FlowTableModel, fitted_progress
from esign_desktop.ui.widgets.theme import theme
from tests.drafts import NOW_MS
from tests.ui.flow_samples import make_flow, make_signer, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowRecord

LOAN = make_flow(name="loan", title="借款合同", sent_at_ms=NOW_MS, steps=(progress(1, 2), progress(2, 0)))
LEASE = make_flow(name="lease", title="租赁合同", sent_at_ms=NOW_MS + 1000, signers=(make_signer(1, "王五"),))
OLD = make_flow(name="old", title="旧合同", sent_at_ms=NOW_MS - 1000, status=FlowStatus.COMPLETED, deadline_ms=None)


def arranged(*records: FlowRecord, **query: Any) -> Any:
    return arrange([flow_row(one) for one in records], FlowQuery(**query), NOW_MS)


@pytest.fixture
def model(qtbot: QtBot, speak: Callable[[str], None]) -> FlowTableModel:
    speak("en")
    model = FlowTableModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_arrangement(arranged(LOAN, LEASE, OLD))
    return model


def _row(model: FlowTableModel, row: int) -> list[str]:
    return [str(model.index(row, column).data()) for column in FlowColumn]


def test_a_row_tells_title_customer_progress_and_when_it_is_due(model: FlowTableModel) -> None:
    assert _row(model, 1) == [
        "借款合同",
        "张三, 李四",
        "waiting for 李四 · 1/2",
        "today 16:00",
        "02-14 16:00",
        "Test",
    ]
    assert _row(model, 2)[4] == "–"


def test_what_is_due_today_is_said_in_another_colour(model: FlowTableModel) -> None:
    due = FlowColumn.DEADLINE
    ended = make_flow(name="ended", status=FlowStatus.EXPIRED, deadline_ms=NOW_MS + 60_000)
    model.show_arrangement(arranged(replace(LOAN, deadline_ms=NOW_MS + 60_000), LEASE, ended))
    shown = [(model.index(row, due).data(), model.ink_at(row, due)) for row in range(3)]
    assert ("today 16:01", theme().warning_ink) in shown
    assert ("02-14 16:00", None) in shown
    assert ("–", None) in shown
    tomorrow = arranged(replace(LOAN, deadline_ms=NOW_MS + 60_000), LEASE, ended)
    model.show_arrangement(replace(tomorrow, at_ms=NOW_MS + 86_400_000))
    assert "01-15 16:01" in [model.index(row, due).data() for row in range(3)]


def test_the_users_own_organizations_are_no_customers(model: FlowTableModel) -> None:
    model.show_arrangement(arranged(LOAN, ours=frozenset({"张三"})))
    assert _row(model, 0)[1] == "李四"


def test_the_environment_is_shown_only_in_a_mixed_list(qtbot: QtBot) -> None:
    table = FlowTable()
    qtbot.addWidget(table)
    table.show_arrangement(arranged(LOAN, LEASE))
    assert table.isColumnHidden(FlowColumn.ENVIRONMENT)
    table.show_arrangement(arranged(LOAN, replace(LEASE, environment=EnvironmentKind.OWN)))
    assert not table.isColumnHidden(FlowColumn.ENVIRONMENT)


def test_a_third_click_on_a_heading_returns_to_the_order_of_sending(qtbot: QtBot) -> None:
    table = FlowTable()
    qtbot.addWidget(table)
    table.show()
    header = table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(FlowColumn.DEADLINE) + 10, header.height() // 2)
    orders = []
    for _ in range(3):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        orders.append(table.order)
    assert orders == [(FlowColumn.DEADLINE, False), (FlowColumn.DEADLINE, True), (FlowColumn.SENT, True)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"signers": (make_signer(1, "甲"), make_signer(2, "乙", step=1))}, "waiting for 甲, 乙 · 0/2"),
        ({"steps": (progress(1, 2), progress(2, 4))}, "declined: 李四"),
        ({"steps": (progress(1, 3),), "status": FlowStatus.TERMINATED}, "signing failed: 张三"),
        ({"steps": (progress(1, 2), progress(2, 5))}, "unconfirmed: 李四"),
        ({"status": FlowStatus.COMPLETED}, "completed, not downloaded yet"),
        ({"status": FlowStatus.COMPLETED, "downloaded_to": ("/a.pdf",)}, "completed"),
        ({"status": FlowStatus.REVOKED, "steps": (progress(1, 2),)}, "revoked · 1/2"),
        ({"status": FlowStatus.DRAFT}, "not shown to signers yet"),
        ({"status": FlowStatus.UNKNOWN, "code": 77}, "unknown (77) · 0/2"),
        ({"signers": ()}, "awaiting signatures"),
    ],
)
def test_what_is_awaited_and_what_became_of_it_is_said(
    model: FlowTableModel, changes: dict[str, Any], expected: str
) -> None:
    model.show_arrangement(arranged(make_flow(name="one", **changes)))
    assert model.index(0, FlowColumn.PROGRESS).data() == expected


def test_signers_are_painted_as_dots_that_are_full_once_they_are_done(qtbot: QtBot) -> None:
    def colours(*records: FlowRecord) -> set[str]:
        table = FlowTable()
        qtbot.addWidget(table)
        table.resize(900, 200)
        table.show()
        table.show_arrangement(arranged(*records))
        left = table.columnViewportPosition(FlowColumn.PROGRESS)
        picture = table.viewport().grab(QRect(left, 0, 60, table.rowHeight(0))).toImage()
        return {picture.pixelColor(x, y).name() for x in range(8, 36) for y in range(picture.height())}

    signed, refused = theme().success.name(), theme().danger.name()
    assert signed in colours(LOAN)
    assert refused not in colours(LOAN)
    assert {signed, refused} <= colours(replace(LOAN, **_steps(progress(1, 2), progress(2, 4))))
    crowd = tuple(make_signer(number, str(number)) for number in range(1, 8))
    assert signed not in colours(make_flow(signers=crowd, steps=(progress(1, 2),)))


def _steps(*steps: Any) -> dict[str, Any]:
    return {"detail": make_flow(steps=steps).detail}


@pytest.mark.parametrize(
    ("room_for", "has_dots", "expected"),
    [
        ("waiting for 林小满 · 1/2", True, "waiting for 林小满 · 1/2"),
        ("waiting for 林小满 ·", True, "waiting for 林小满"),
        ("waiting for 林…", True, "waiting for 林…"),
        ("waiting for 林… · 1/2", False, "waiting for 林… · 1/2"),
    ],
)
def test_a_narrow_column_keeps_what_is_awaited(
    qapp: QApplication, room_for: str, has_dots: bool, expected: str
) -> None:
    metrics = QFontMetrics(qapp.font())
    width_px = metrics.horizontalAdvance(room_for) + 1
    assert fitted_progress("waiting for 林小满 · 1/2", metrics, width_px, has_dots=has_dots) == expected


def test_marks_are_read_out_in_words(model: FlowTableModel) -> None:
    text = model.index(1, FlowColumn.PROGRESS).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "awaiting signatures; 1 张三 has signed, 2 李四 has not signed yet"


def test_a_flow_that_changed_stays_in_its_row(model: FlowTableModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.dataChanged):
        model.update_row(flow_row(replace(LOAN, status=FlowStatus.REVOKED)))
    assert _row(model, 1)[2] == "revoked · 1/2"
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
