"""Export the list of flows as a table (.xlsx or .csv), or as JSON for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.china_time import china_text
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowRecord
from esign_desktop.services.flows.progress import SignerState, signer_states
from esign_desktop.services.sheets.csv_file import save_whole
from esign_desktop.services.sheets.writing import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.flows.results import ResultFile
    from esign_desktop.services.flows.service import FlowService

JSON_SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True)
class FlowTableWords:
    """The translated texts for a file with exported flows.

    ``headings`` contains the column headings for the contract, customer, state, signers, sending time, deadline,
    environment, flow id and reference, in this order. ``environments`` contains the names of the environments.
    ``state`` and ``signer`` return the state of a flow or a signer as text.
    """

    headings: tuple[str, ...]
    environments: Mapping[EnvironmentKind, str]
    state: Callable[[FlowRecord], str]
    signer: Callable[[SignerState], str]


def export_flows(
    flow_ids: Sequence[FlowId], flows: FlowService, results: ResultFile, words: FlowTableWords, target: Path
) -> int:
    """Write flows to a file in the given order, and return the number of flows written. Raises StoreError.

    The suffix of ``target`` selects the format. Flows that no longer exist are left out. The export is recorded in the
    audit log. The call blocks on the store and the disk.
    """
    records = []
    for flow_id in flow_ids:
        try:
            records.append(flows.get(flow_id))
        except StoreError as error:
            if error.code != "store.no_such_flow":
                raise
    if target.suffix.lower() == JSON_SUFFIX:
        told = [_as_json(record, flows.customer_of(record), results, words) for record in records]
        save_whole(json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8"), target)
    else:
        rows = (_cells(record, flows.customer_of(record), results, words) for record in records)
        save_table([words.headings, *rows], target)
    flows.note_export("contracts")
    return len(records)


def _as_json(record: FlowRecord, customer: str, results: ResultFile, words: FlowTableWords) -> dict[str, object]:
    signers = [
        {"number": state.signer.number, "name": state.signer.name, "state": words.signer(state)}
        for state in signer_states(record)
    ]
    return {"title": record.title, "customer": customer, **results.line(record), "signers": signers}


def _cells(record: FlowRecord, customer: str, results: ResultFile, words: FlowTableWords) -> tuple[str, ...]:
    line = results.line(record)
    return (
        record.title,
        customer,
        words.state(record),
        "; ".join(
            f"{state.signer.number} {state.signer.name}: {words.signer(state)}" for state in signer_states(record)
        ),
        china_text(record.sent_at_ms),
        china_text(record.deadline_ms) if record.deadline_ms is not None else "",
        words.environments[record.environment],
        record.flow_id,
        str(line["reference"]),
    )
