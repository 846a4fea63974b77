from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import (
    DocumentProgress,
    FlowDetail,
    FlowId,
    FlowRecord,
    FlowSigner,
    FlowStatus,
    SignerProgress,
    SignStatus,
)
from esign_desktop.services.counter.shift import ShiftService, write_shift_csv
from esign_desktop.store.tables.notices import NoticeInbox, ReceivedNotice
from tests.services.counter_desk import LI, WANG, ZHANG, CounterDesk
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform

MORNING_MS = 1_772_841_600_000
"""2026-03-07 08:00 in China."""
HOUR_MS = 3_600_000
HEADINGS = ("sent", "contract", "customers", "state", "signed", "flow")


def shift(desk: CounterDesk, now_ms: int) -> ShiftService:
    return ShiftService(desk.stores.flows, desk.flows, environment=lambda: desk.environment, clock_ms=lambda: now_ms)


def add(desk: CounterDesk, name: str, status: FlowStatus, *, at_ms: int = MORNING_MS, **changes: object) -> None:
    environment = desk.environment
    record = FlowRecord(
        FlowId(name), environment.kind, environment.project_id, "s", f"借款 {name}", at_ms, at_ms + HOUR_MS, 1, status
    )
    signers = (FlowSigner("a", "张三丰", 1, 1), FlowSigner("b", "示例银行", 2, 2, organization_account_id="o"))
    desk.stores.flows.add(replace(record, **{"signers": signers, **changes}))  # type: ignore[arg-type]


def test_sheet_holds_the_day_as_it_is_in_china_with_masked_names(desk: CounterDesk) -> None:
    midnight_ms = MORNING_MS - 8 * HOUR_MS
    for name, at_ms in (("last", midnight_ms + 24 * HOUR_MS - 1), ("first", midnight_ms)):
        add(desk, name, FlowStatus.SIGNING, at_ms=at_ms)
    add(desk, "day before", FlowStatus.SIGNING, at_ms=midnight_ms - 1)
    add(desk, "day after", FlowStatus.SIGNING, at_ms=midnight_ms + 24 * HOUR_MS)
    add(desk, "of another project", FlowStatus.SIGNING, project_id="other")

    sheet = shift(desk, MORNING_MS).sheet()

    assert (sheet.day, [line.flow_id for line in sheet.lines]) == (date(2026, 3, 7), ["first", "last"])
    assert sheet.lines[0].masked_names == ("张**",)
    assert [line.flow_id for line in shift(desk, MORNING_MS).sheet(date(2026, 3, 6)).lines] == ["day before"]


def test_sheet_counts_how_things_stand(desk: CounterDesk) -> None:
    for name, status in (
        ("a", FlowStatus.COMPLETED),
        ("b", FlowStatus.SIGNING),
        ("c", FlowStatus.REVOKED),
        ("d", FlowStatus.TERMINATED),
        ("e", FlowStatus.EXPIRED),
    ):
        add(desk, name, status)
    add(desk, "f", FlowStatus.SIGNING, deadline_ms=MORNING_MS - 1)
    sheet = shift(desk, MORNING_MS).sheet()
    signed, revoked = sheet.count(FlowStatus.COMPLETED), sheet.count(FlowStatus.REVOKED)
    counts = (signed, sheet.waiting_count, revoked, sheet.expired_count)
    assert counts == (1, 1, 1, 2)
    assert sheet.count(FlowStatus.TERMINATED) == 1


def test_spreadsheet_shows_chinese_and_computes_nothing(desk: CounterDesk, tmp_path: Path) -> None:
    add(desk, "a", FlowStatus.COMPLETED, title="=HYPERLINK(1)")
    detail = FlowDetail(FlowId("a"), FlowStatus.COMPLETED, 2)
    desk.stores.flows.update_detail(FlowId("a"), detail, MORNING_MS)
    add(desk, "b", FlowStatus.SIGNING, at_ms=MORNING_MS + 1)
    target = tmp_path / "shift.csv"

    write_shift_csv(shift(desk, MORNING_MS).sheet(), target, headings=HEADINGS, words={FlowId("a"): "已完成"})

    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(target.read_text("utf-8-sig").splitlines()))
    assert rows[0] == list(HEADINGS)
    assert rows[1] == ["2026-03-07 08:00:00", "'=HYPERLINK(1)", "张**", "已完成", "", "a"]
    assert rows[2][3] == ""


def test_a_line_tells_what_a_contract_ended_of_and_why(desk: CounterDesk) -> None:
    for name, code, remark in (("refused", 4, "利率不对"), ("failed", 3, "")):
        signers = (FlowSigner(f"account of {name}", "张三丰", 1, 1),)
        add(desk, name, FlowStatus.TERMINATED, signers=signers)
        step = SignerProgress(signers[0].account_id, SignStatus.of(code), code, remark=remark)
        detail = FlowDetail(FlowId(name), FlowStatus.TERMINATED, 4, (DocumentProgress("doc", "合同", (step,)),))
        desk.stores.flows.update_detail(FlowId(name), detail, MORNING_MS)
    notice = ReceivedNotice("digest", FlowId("failed"), desk.environment.kind, 1, "account of failed", "证书已过期")
    NoticeInbox(desk.database).keep((notice,))
    lines = {line.flow_id: line for line in shift(desk, MORNING_MS).sheet().lines}
    refused, failed = lines[FlowId("refused")], lines[FlowId("failed")]
    assert (refused.stopped, refused.reason) == (SignStatus.REFUSED, "利率不对")
    assert (failed.stopped, failed.reason) == (SignStatus.FAILED, "证书已过期")
    assert "利率" not in repr(refused)


def test_signer_without_a_name_leaves_no_gap(desk: CounterDesk, tmp_path: Path) -> None:
    signers = (FlowSigner("own", "", 1, 1), FlowSigner("a", "张三丰", 2, 2))
    add(desk, "with own seal", FlowStatus.SIGNING, signers=signers)
    target = tmp_path / "shift.csv"
    write_shift_csv(shift(desk, MORNING_MS).sheet(), target, headings=HEADINGS, words={})
    assert [row[2] for row in csv.reader(target.read_text("utf-8-sig").splitlines())] == ["customers", "张**"]


def test_folder_that_is_not_there_is_told(desk: CounterDesk, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        write_shift_csv(shift(desk, MORNING_MS).sheet(), tmp_path / "no" / "x.csv", headings=HEADINGS, words={})
    assert caught.value.code == "store.unwritable"


def test_what_expired_is_revoked_and_what_has_time_left_is_not(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path)
    desk.counter.choose(preset.id)
    flow_ids = []
    for customer in (ZHANG, LI, WANG):
        desk.counter.enter(customer)
        view = desk.counter.send()
        assert view.flow_id is not None
        flow_ids.append(view.flow_id)
        if len(flow_ids) == 1:
            platform.sign(view.link)
        desk.counter.clear()
    add(desk, "unknown to the platform", FlowStatus.SIGNING)
    month_ms = 40 * 24 * HOUR_MS

    assert shift(desk, clock_ms()).revoke_expired().revoked == ()
    result = shift(desk, clock_ms() + month_ms).revoke_expired()

    assert set(result.revoked) == set(flow_ids[1:])
    assert result.ended == (flow_ids[0],)
    assert [(flow_id, error.code) for flow_id, error in result.failed.items()] == [
        ("unknown to the platform", "api.refused")
    ]
    assert sorted(flow.status for flow in platform.flows(preset.title)) == [2, 3, 3]
