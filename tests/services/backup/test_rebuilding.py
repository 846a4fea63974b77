"""The ledger alone gives back every flow and every signing link."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.backup.rebuilding import Rebuilt, rebuild_flows
from esign_desktop.store.files.ledger import Ledger
from tests.services.desk import Desk, make_contract, organization_signer, person_signer
from tests.services.sending.test_submission import AGENT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform


def send(desk: Desk, platform: SandboxPlatform, folder: Path) -> None:
    signers = (person_signer("张示例"), organization_signer("示例公司", AGENT, step=2))
    draft = make_contract(folder, documents=2, signers=signers)
    desk.submission.run(desk.submission.queue(draft, platform.environment))


def test_a_lost_database_gets_its_flows_and_links_back_and_they_still_work(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    for number in range(3):
        send(desk, platform, tmp_path / f"files {number}")
    before = {flow.flow_id: flow for flow in desk.flows.list()}
    fresh = Desk(tmp_path / "fresh", platform.environment)
    shutil.copyfile(desk.paths.ledger_path, fresh.paths.ledger_path)

    rebuilt = rebuild_flows(Ledger(fresh.paths.ledger_path), fresh.stores.flows)

    assert rebuilt == Rebuilt(flow_count=3, link_count=6, known_count=0)
    after = {flow.flow_id: flow for flow in fresh.flows.list()}
    assert set(after) == set(before)
    for flow_id, flow in after.items():
        assert [signer.urls for signer in flow.signers] == [signer.urls for signer in before[flow_id].signers]
        assert [one.doc_id for one in flow.documents] == [one.doc_id for one in before[flow_id].documents]
        assert (flow.sent_at_ms, flow.deadline_ms) == (before[flow_id].sent_at_ms, before[flow_id].deadline_ms)
        assert flow.status is FlowStatus.UNKNOWN
        refreshed = fresh.flows.refresh(flow_id)
        assert (refreshed.title, refreshed.status) == (before[flow_id].title, FlowStatus.SIGNING)
    fresh.close()


def test_what_is_in_the_database_stays_as_it_is(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    send(desk, platform, tmp_path / "files")
    before = desk.flows.list()

    assert rebuild_flows(desk.stores.ledger, desk.stores.flows) == Rebuilt(0, 0, known_count=1)
    assert desk.flows.list() == before


def test_the_ledger_holds_nobodys_name_and_no_title(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> None:
    send(desk, platform, tmp_path / "files")

    text = desk.paths.ledger_path.read_text("ascii").encode("ascii").decode("unicode_escape")

    assert "sign" in text
    assert not [word for word in ("示例", AGENT.name, "contract ", "文件") if word in text]


def test_a_line_of_the_first_version_still_gives_the_flow_back(desk: Desk) -> None:
    line = {"submission_id": "s", "environment": "test", "project_id": "p", "flow_id": "f"}
    desk.stores.ledger.append("flow", line)

    assert rebuild_flows(desk.stores.ledger, desk.stores.flows) == Rebuilt(1, 0, 0)
    (flow,) = desk.flows.list()
    assert (flow.flow_id, flow.project_id, flow.contract_count, flow.signers) == ("f", "p", 1, ())


@pytest.mark.parametrize(
    "odd",
    [
        {"sent_at_ms": float("inf")},
        {"sent_at_ms": 1 << 63},
        {"contract_count": -(1 << 64)},
        {"project_id": "\ud800"},
        {"signers": "[" * 100_000},
        {"signers": '[{"account_id":"\\ud800","name":"","number":1,"step":1,"urls":[]}]'},
    ],
    ids=lambda odd: repr(odd)[:40],
)
def test_a_flow_that_the_database_can_not_store_is_left_out_and_counted(desk: Desk, odd: dict[str, Any]) -> None:
    line = {"submission_id": "s", "environment": "test", "project_id": "p", "flow_id": "f"}
    desk.stores.ledger.append("flow", line | odd)
    desk.stores.ledger.append("flow", line | {"flow_id": "sound"})

    assert rebuild_flows(desk.stores.ledger, desk.stores.flows) == Rebuilt(1, 0, 0, lost_count=1)


def test_a_line_that_is_no_flow_is_left_out_and_counted(desk: Desk) -> None:
    desk.stores.ledger.append("flow", {"flow_id": "f", "environment": "elsewhere"})
    desk.stores.ledger.append("flow", {"environment": "test"})
    desk.stores.ledger.append("document", {"doc_id": "d"})

    assert rebuild_flows(desk.stores.ledger, desk.stores.flows) == Rebuilt(0, 0, 0, lost_count=2)
