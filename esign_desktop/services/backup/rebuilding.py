"""Rebuild the list of flows from the ledger if the database is lost or outdated.

The database is outdated, for example, if an older version of the program has restored the backup that was made before
an upgrade.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.store.database.backup import UpgradeCopy
from esign_desktop.store.files.ledger_entries import FLOW, flow_of

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.store.tables.flows import Flows


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The result of a rebuild: the numbers of flows and signing links added, and the number of flows already known.

    ``lost_count`` is the number of ledger lines that cannot be read. Each may have contained a flow.
    """

    flow_count: int
    link_count: int
    known_count: int
    lost_count: int = 0


@dataclass(frozen=True, slots=True)
class CopyOffer:
    """A backup of the database made before an upgrade, and the number of contracts sent since the backup.

    The number is taken from the ledger.
    """

    copy: UpgradeCopy
    sent_since_count: int

    @property
    def made_at_ms(self) -> int:
        """The time at which the backup was made, in epoch milliseconds."""
        return self.copy.made_at_ms


def copy_to_go_back_to(database: Database, ledger: Ledger) -> CopyOffer | None:
    """Return the latest pre-upgrade backup that this version of the program can open, or None if there is none.

    Raises StoreError.
    """
    copy = database.copy_before_upgrade()
    if copy is None:
        return None
    entries = (entry for entry in ledger.read() if entry.at_ms >= copy.made_at_ms)
    return CopyOffer(copy, len({flow.flow_id for entry in entries if (flow := flow_of(entry)) is not None}))


def rebuild_flows(ledger: Ledger, flows: Flows) -> Rebuilt:
    """Add each flow that is in the ledger but not in the database, and return the counts. Raises StoreError.

    The ledger does not contain the signers' names. The status, title, documents and deadline must be queried from the
    platform afterwards.
    """
    found: dict[FlowId, FlowRecord] = {}
    lost_count = ledger.unreadable_count()
    for entry in ledger.read():
        flow = flow_of(entry)
        lost_count += entry.kind == FLOW and flow is None
        # Ledger lines of older versions contain no signers.
        if flow is not None and (flow.signers or flow.flow_id not in found):
            found[flow.flow_id] = replace(flow, status=FlowStatus.UNKNOWN)
    known = {flow.flow_id for flow in flows.list()}
    missing = [flow for flow in found.values() if flow.flow_id not in known]
    for flow in missing:
        flows.add(flow)
    links = sum(len(signer.urls) for flow in missing for signer in flow.signers)
    return Rebuilt(len(missing), links, len(found) - len(missing), lost_count)
