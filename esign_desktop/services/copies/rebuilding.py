"""Gives the list of flows back from the ledger, when the database is lost or older than what was sent.

Or makes it older: a program that meets the database of a newer version can go on with the copy from before the upgrade.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.store.database.upgrade_copies import UpgradeCopy
from esign_desktop.store.files.ledger_entries import flow_of

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.store.tables.flows import Flows


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """``flow_count`` flows were missing and are back, with ``link_count`` signing links; ``known_count`` were there."""

    flow_count: int
    link_count: int
    known_count: int


@dataclass(frozen=True, slots=True)
class CopyOffer:
    """A copy from before an upgrade, and how many contracts the ledger knows that were sent since."""

    copy: UpgradeCopy
    sent_since_count: int

    @property
    def made_at_ms(self) -> int:
        """When the copy was made, in epoch milliseconds."""
        return self.copy.made_at_ms


def copy_to_go_back_to(database: Database, ledger: Ledger) -> CopyOffer | None:
    """Return what a program can go on with that met the database of a newer version; None if there is no copy.

    Raises StoreError.
    """
    copy = database.copy_before_upgrade()
    if copy is None:
        return None
    entries = (entry for entry in ledger.read() if entry.at_ms >= copy.made_at_ms)
    return CopyOffer(copy, len({flow.flow_id for entry in entries if (flow := flow_of(entry)) is not None}))


def rebuild_flows(ledger: Ledger, flows: Flows) -> Rebuilt:
    """Add every flow of the ledger that the database lacks; what the database has stays as it is.

    How each stands is unknown until the platform is asked, which tells titles, documents and deadlines too. Names of
    signers are not in the ledger. Raises StoreError.
    """
    told: dict[FlowId, FlowRecord] = {}
    for entry in ledger.read():
        flow = flow_of(entry)
        # An older line of the same flow may tell less.
        if flow is not None and (flow.signers or flow.flow_id not in told):
            told[flow.flow_id] = replace(flow, status=FlowStatus.UNKNOWN)
    known = {flow.flow_id for flow in flows.list()}
    missing = [flow for flow in told.values() if flow.flow_id not in known]
    for flow in missing:
        flows.add(flow)
    links = sum(len(signer.urls) for flow in missing for signer in flow.signers)
    return Rebuilt(len(missing), links, len(told) - len(missing))
