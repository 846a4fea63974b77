from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.store.tables.flows import Flows
from tests.store.samples import DETAIL, FLOW, SANDBOX

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database


@pytest.fixture
def flows(database: Database) -> Flows:
    return Flows(database)


def test_a_flow_comes_back_as_it_was(flows: Flows) -> None:
    full = replace(FLOW, status=FlowStatus.SIGNING, detail=DETAIL, seen_at_ms=5, downloaded_to=("/a/合同.pdf",))
    flows.add(full)
    assert flows.get(FLOW.flow_id) == full


def test_the_flow_sent_last_comes_first(flows: Flows) -> None:
    later = replace(FLOW, flow_id=FlowId("flow-2"), sent_at_ms=2_000, environment=EnvironmentKind.TEST)
    flows.add(FLOW)
    flows.add(later)
    assert flows.list() == (later, FLOW)
    assert flows.list(SANDBOX) == (FLOW,)
    assert flows.list(EnvironmentKind.PRODUCTION) == ()


def test_the_last_flow_of_a_title_is_found_whoever_its_customer_is(flows: Flows) -> None:
    titles = ("借款 – 张三", "借款 – 李四", "借款", "100%_借款", "100 借款")
    for number, title in enumerate(titles):
        flows.add(replace(FLOW, flow_id=FlowId(f"flow-{number}"), title=title, sent_at_ms=number))
    wanted = {"借款 – {客户}", "借款", "100%_借款", "{客户}的借款", "租赁"}
    assert flows.last_sent(wanted) == {"借款 – {客户}": 1, "借款": 2, "100%_借款": 3}


def test_a_flow_that_is_added_again_keeps_what_was_learned_since(flows: Flows) -> None:
    flows.add(FLOW)
    flows.update_detail(FLOW.flow_id, DETAIL, 5_000)
    flows.add(FLOW)
    assert flows.get(FLOW.flow_id).detail == DETAIL


def test_detail_brings_status_and_deadline(flows: Flows) -> None:
    flows.add(FLOW)
    flows.update_detail(FLOW.flow_id, DETAIL, 5_000)
    flow = flows.get(FLOW.flow_id)
    assert (flow.status, flow.detail, flow.seen_at_ms, flow.deadline_ms) == (FlowStatus.SIGNING, DETAIL, 5_000, 8_000)


def test_an_answer_that_was_overtaken_is_ignored(flows: Flows) -> None:
    done = replace(DETAIL, status=FlowStatus.COMPLETED, code=2, deadline_ms=None)
    flows.add(FLOW)
    flows.update_detail(FLOW.flow_id, done, 6_000)
    flows.update_detail(FLOW.flow_id, DETAIL, 5_000)
    flow = flows.get(FLOW.flow_id)
    assert (flow.status, flow.seen_at_ms, flow.deadline_ms) == (FlowStatus.COMPLETED, 6_000, 9_000)


def test_links_and_files_are_kept(flows: Flows) -> None:
    signers = tuple(replace(signer, urls=("https://example.com/link",)) for signer in FLOW.signers)
    flows.add(replace(FLOW, signers=signers))
    flows.set_downloaded(FLOW.flow_id, [Path("/a/合同.pdf")])
    flow = flows.get(FLOW.flow_id)
    assert (flow.signers, flow.downloaded_to) == (signers, ("/a/合同.pdf",))


def test_signing_links_stay_out_of_the_repr() -> None:
    assert "example.com" not in repr(FLOW)


def test_a_flow_that_is_not_known_is_told(flows: Flows) -> None:
    with pytest.raises(StoreError) as caught:
        flows.get(FlowId("nowhere"))
    assert caught.value.code == "store.no_such_flow"


def test_a_flow_that_can_not_be_read_is_told_and_hides_no_other(flows: Flows, database: Database) -> None:
    other = replace(FLOW, flow_id=FlowId("other"))
    flows.add(FLOW)
    flows.add(other)
    database.run(
        lambda connection: (
            connection.execute("UPDATE flows SET signers = '[{}]' WHERE flow_id = ?", (FLOW.flow_id,)).rowcount
        )
    )
    with pytest.raises(StoreError) as caught:
        flows.get(FLOW.flow_id)
    assert caught.value.code == "store.bad_flow"
    assert [flow.flow_id for flow in flows.list()] == ["other"]
    assert [flow.flow_id for flow in flows.changed().records] == ["other"]


def _add_many(flows: Flows, count: int) -> None:
    for number in range(count):
        flows.add(replace(FLOW, flow_id=FlowId(f"flow-{number}"), sent_at_ms=number))


def test_pages_together_hold_every_flow_once(flows: Flows) -> None:
    _add_many(flows, 7)
    page = flows.changed(limit=3)
    newest, seen = page.last_revision, list(page.records)
    assert [one.flow_id for one in seen] == ["flow-6", "flow-5", "flow-4"]
    while not page.is_complete:
        page = flows.changed(before=page.first_revision, limit=3)
        seen += page.records
    assert sorted(one.flow_id for one in seen) == [f"flow-{number}" for number in range(7)]
    assert flows.changed(since=newest).records == ()


def test_only_what_changed_is_read_again(flows: Flows) -> None:
    _add_many(flows, 3)
    newest = flows.changed().last_revision
    flows.update_detail(FlowId("flow-1"), replace(DETAIL, flow_id=FlowId("flow-1")), 5_000)
    flows.set_downloaded(FlowId("flow-0"), [Path("/a.pdf")], ["ab"])
    page = flows.changed(since=newest)
    assert [one.flow_id for one in page.records] == ["flow-0", "flow-1"]
    assert page.records[0].downloaded_sha256 == ("ab",)
    assert flows.changed(since=page.last_revision).records == ()


def test_open_flows_are_those_whose_signers_may_still_sign(flows: Flows) -> None:
    for number, status in enumerate(FlowStatus):
        flows.add(replace(FLOW, flow_id=FlowId(status.name), sent_at_ms=number, status=status))
    assert flows.open_ids(SANDBOX, "project") == ("SIGNING", "UNKNOWN")
    assert flows.open_ids(SANDBOX, "another") == ()
    assert flows.open_ids(EnvironmentKind.PRODUCTION, "project") == ()


def test_flows_that_wait_for_signatures_are_found_by_a_signers_name(flows: Flows) -> None:
    name, now_ms = FLOW.signers[0].name, FLOW.sent_at_ms + 1
    waiting = replace(FLOW, flow_id=FlowId("waiting"), status=FlowStatus.SIGNING, deadline_ms=None)
    ended = replace(waiting, flow_id=FlowId("ended"), status=FlowStatus.COMPLETED)
    late = replace(waiting, flow_id=FlowId("late"), deadline_ms=now_ms)
    for flow in (waiting, ended, late):
        flows.add(flow)
    home = FLOW.environment, FLOW.project_id
    assert [flow.flow_id for flow in flows.unsigned_by_name(*home, name, now_ms)] == ["waiting"]
    assert flows.unsigned_by_name(*home, name[:1], now_ms) == ()
    assert flows.unsigned_by_name(FLOW.environment, "another project", name, now_ms) == ()


def test_completed_flows_are_missing_files_until_they_are_downloaded(flows: Flows) -> None:
    flows.add(replace(FLOW, status=FlowStatus.COMPLETED, sent_at_ms=5))
    assert flows.without_files(SANDBOX, "project", 5) == (FLOW.flow_id,)
    assert flows.without_files(SANDBOX, "project", 6) == ()
    flows.set_downloaded(FLOW.flow_id, [Path("/a.pdf")])
    assert flows.without_files(SANDBOX, "project", 5) == ()


def test_contracts_are_counted_by_state(flows: Flows) -> None:
    for number, status in enumerate((FlowStatus.SIGNING, FlowStatus.SIGNING, FlowStatus.COMPLETED)):
        flows.add(
            replace(FLOW, flow_id=FlowId(f"f{number}"), status=status, sent_at_ms=number, contract_count=number + 1)
        )
    found = [(one.status, one.flow_count, one.contract_count) for one in flows.tally(SANDBOX)]
    assert found == [(FlowStatus.SIGNING, 2, 3), (FlowStatus.COMPLETED, 1, 3)]
    assert [one.contract_count for one in flows.tally(SANDBOX, since_ms=1)] == [2, 3]
