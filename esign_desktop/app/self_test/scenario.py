"""The context in which a self-test scenario runs, and the report entries for the contracts that it sends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.driver import SelfTestFailed
from esign_desktop.app.self_test.fixture import Fixture, PayloadWitness
from esign_desktop.app.self_test.report import Report
from esign_desktop.domain.account import folded_name, masked_name

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.ui.shell.window import MainWindow
    from esign_desktop.ui.shell.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ScenarioContext:
    """The program on which a scenario runs, and the scenario's input.

    ``folder`` is for temporary files. ``pdf`` is the contract. ``keyword`` is the keyword from the command line, or
    None if no keyword was given.
    """

    fixture: Fixture
    witness: PayloadWitness
    report: Report
    folder: Path
    pdf: Path
    keyword: str | None = None

    @property
    def window(self) -> MainWindow:
        return self.fixture.window

    @property
    def workspace(self) -> Workspace:
        """The content of the window. Raises SelfTestFailed if the content has not been loaded."""
        workspace = self.fixture.window.workspace
        if workspace is None:
            raise SelfTestFailed("the window is not populated")
        return workspace


def tell_what_was_sent(context: ScenarioContext) -> tuple[FlowRecord, ...]:
    """Query the platform about all contracts, add them and their accounts to the report, and return the contracts."""
    services = context.workspace.services
    rows = driver.elsewhere(services.flows.rows).rows
    flows = driver.elsewhere(lambda: tuple(services.flows.refresh(row.flow_id) for row in rows))
    context.report.values["sent"] = [_flow_entry(flow) for flow in flows]
    context.report.values["accounts"] = _accounts_entry(context, flows)
    context.report.values["starts"] = len(context.witness.bodies)
    return flows


def _flow_entry(flow: FlowRecord) -> dict[str, Any]:
    signers = [{"name": masked_name(signer.name), "account": signer.account_id} for signer in flow.signers]
    return {"flow_id": flow.flow_id, "title": flow.title, "status": int(flow.status), "signers": signers}


def _accounts_entry(context: ScenarioContext, flows: tuple[FlowRecord, ...]) -> dict[str, Any]:
    """Return the report entry with the number of identities and the number of accounts.

    ``are_their_own`` is True if each account belongs to only one identity and has the name of this identity.
    """
    services = context.workspace.services
    environment = driver.elsewhere(services.environments.current)
    known = {account.account_id: account for account in driver.elsewhere(lambda: services.accounts.known(environment))}
    people = {
        (folded_name(signer.name), signer.account_id) for flow in flows for signer in flow.signers if signer.account_id
    }
    names, accounts = {name for name, _ in people}, {account for _, account in people}
    are_their_own = len(people) == len(accounts) and all(
        account in known and folded_name(known[account].name) == name for name, account in people
    )
    return {"identities": len(names), "accounts": len(accounts), "are_their_own": are_their_own}
