"""What a scenario has sent and to whom, as the program and its platform tell it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esign_desktop.app.self_test import driver
from esign_desktop.domain.account import folded_name, masked_name

if TYPE_CHECKING:
    from esign_desktop.app.self_test.stage import Stage
    from esign_desktop.domain.flow import FlowRecord


def tell_what_was_sent(stage: Stage) -> tuple[FlowRecord, ...]:
    """Ask the platform how every contract stands; put them, and whose accounts they went to, into the report."""
    services = stage.workspace.services
    rows = driver.elsewhere(services.flows.rows).rows
    flows = driver.elsewhere(lambda: tuple(services.flows.refresh(row.flow_id) for row in rows))
    stage.report.values["sent"] = [_flow_entry(one) for one in flows]
    stage.report.values["accounts"] = _accounts_entry(stage, flows)
    stage.report.values["starts"] = len(stage.witness.bodies)
    return flows


def _flow_entry(flow: FlowRecord) -> dict[str, Any]:
    signers = [{"name": masked_name(one.name), "account": one.account_id} for one in flow.signers]
    return {"flow_id": flow.flow_id, "title": flow.title, "status": int(flow.status), "signers": signers}


def _accounts_entry(stage: Stage, flows: tuple[FlowRecord, ...]) -> dict[str, Any]:
    """Count identities and their accounts. ``are_their_own``: no account stands for two, or under another name."""
    services = stage.workspace.services
    environment = driver.elsewhere(services.environments.current)
    known = {one.account_id: one for one in driver.elsewhere(lambda: services.accounts.known(environment))}
    people = {(folded_name(one.name), one.account_id) for flow in flows for one in flow.signers if one.account_id}
    names, accounts = {name for name, _ in people}, {account for _, account in people}
    are_their_own = len(people) == len(accounts) and all(
        account in known and folded_name(known[account].name) == name for name, account in people
    )
    return {"identities": len(names), "accounts": len(accounts), "are_their_own": are_their_own}
