from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.store.flows import Flows
from tests.store.samples import DETAIL, FLOW, SANDBOX

if TYPE_CHECKING:
    from esign_desktop.store.database import Database


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
    signers = tuple(replace(signer, urls=("https://example.com/late",)) for signer in FLOW.signers)
    flows.add(FLOW)
    flows.set_signers(FLOW.flow_id, signers)
    flows.set_downloaded(FLOW.flow_id, [Path("/a/合同.pdf")])
    flow = flows.get(FLOW.flow_id)
    assert (flow.signers, flow.downloaded_to) == (signers, ("/a/合同.pdf",))


def test_signing_links_stay_out_of_the_repr() -> None:
    assert "example.com" not in repr(FLOW)


def test_a_flow_that_is_not_known_is_told(flows: Flows) -> None:
    with pytest.raises(StoreError) as caught:
        flows.get(FlowId("nowhere"))
    assert caught.value.code == "store.no_such_flow"


def test_a_flow_that_can_not_be_read_is_told(flows: Flows, database: Database) -> None:
    flows.add(FLOW)
    database.run(lambda connection: connection.execute("UPDATE flows SET signers = '[{}]'").rowcount)
    with pytest.raises(StoreError) as caught:
        flows.list()
    assert caught.value.code == "store.bad_flow"
