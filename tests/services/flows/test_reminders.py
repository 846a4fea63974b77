from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowId, FlowRecord, FlowStatus
from esign_desktop.override import override
from esign_desktop.services.flows.reminders import copy_reminders, export_reminders, reminders_of
from tests.ui.flow_samples import FakeFlows, make_flow, make_signer, progress

if TYPE_CHECKING:
    from pathlib import Path

LINK = "https://sign.example.com/s/{}"
OURS = make_signer(1, "", account_id="")


@pytest.mark.parametrize(
    ("record", "names"),
    [
        (make_flow(), ["张三"]),
        (make_flow(steps=(progress(1, 2), progress(2, 1))), ["李四"]),
        (make_flow(signers=(make_signer(1, step=1), make_signer(2, "李四", step=1))), ["张三", "李四"]),
        (make_flow(steps=(progress(1, 5),)), []),
        (make_flow(steps=(progress(1, 4),)), []),
        (make_flow(signers=(OURS, make_signer(2))), []),
        (make_flow(signers=(make_signer(1, is_silent=True),)), []),
        (make_flow(signers=(make_signer(1, urls=()),)), []),
        (make_flow(signers=(make_signer(1, urls=("http://127.0.0.1/s/1",)),), environment=EnvironmentKind.TEST), []),
        (make_flow(status=FlowStatus.DRAFT), []),
        (make_flow(status=FlowStatus.EXPIRED), []),
    ],
)
def test_only_who_can_sign_now_by_a_link_is_reminded(record: FlowRecord, names: list[str]) -> None:
    assert [one.name for one in reminders_of(record)] == names


def test_what_is_read_is_noted_and_contracts_without_a_reminder_are_counted() -> None:
    flows = FakeFlows(make_flow(name="a"), make_flow(name="done", status=FlowStatus.COMPLETED))
    found = copy_reminders([FlowId("a"), FlowId("done")], cast("Any", flows))
    assert ([one.link for one in found.reminders], found.left_out) == ([LINK.format(1)], 1)
    assert flows.calls == ["exported reminders"]
    assert "sign.example.com" not in repr(found)
    assert "张三" not in repr(found)


def test_without_a_reminder_nothing_is_noted_or_written(tmp_path: Path) -> None:
    flows = FakeFlows(make_flow(name="done", status=FlowStatus.COMPLETED))
    assert copy_reminders([FlowId("done")], cast("Any", flows)).reminders == ()
    target = tmp_path / "reminders.csv"
    assert export_reminders([FlowId("done")], cast("Any", flows), target, (), lambda one: one.name).left_out == 1
    assert flows.calls == []
    assert not target.exists()


@pytest.mark.parametrize("code", ["store.no_such_flow", "store.failed"])
def test_a_contract_that_was_deleted_meanwhile_is_left_out_and_other_errors_are_told(code: str) -> None:
    class Broken(FakeFlows):
        @override
        def get(self, flow_id: FlowId) -> FlowRecord:
            if flow_id == "gone":
                raise StoreError(code)
            return super().get(flow_id)

    flows = Broken(make_flow(name="a"))
    if code == "store.failed":
        with pytest.raises(StoreError):
            copy_reminders([FlowId("gone"), FlowId("a")], cast("Any", flows))
        assert flows.calls == []
    else:
        found = copy_reminders([FlowId("gone"), FlowId("a")], cast("Any", flows))
        assert (len(found.reminders), found.left_out) == (1, 1)


def test_a_table_of_reminders_has_a_row_each(tmp_path: Path) -> None:
    target = tmp_path / "reminders.csv"
    flows = FakeFlows(make_flow(name="a", title="借款合同", deadline_ms=None))
    headings = ("Name", "Contract", "Due", "Link", "Text")
    export_reminders([FlowId("a")], cast("Any", flows), target, headings, lambda one: f"Dear {one.name}")
    assert flows.calls == ["exported reminders"]
    assert target.read_text("utf-8-sig").splitlines() == [
        "Name,Contract,Due,Link,Text",
        f"张三,借款合同,,{LINK.format(1)},Dear 张三",
    ]
