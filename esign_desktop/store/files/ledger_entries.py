"""Convert flows to ledger lines and back.

A line contains no names, but enough data to restore the flow without the database.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowDocument, FlowId, FlowRecord, FlowSigner
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.store.codec import from_json, to_json

if TYPE_CHECKING:
    from esign_desktop.store.files.ledger import LedgerEntry

FLOW: Final = "flow"
_CODE: Final = "store.bad_ledger"
_LARGEST: Final = 2**53


def flow_values(record: FlowRecord) -> dict[str, str | int]:
    """Return the values of the ledger line for a flow.

    The values include the signing links, which the platform returns only once. They include no names or titles.
    """
    values: dict[str, str | int] = {
        "submission_id": record.submission_id,
        "environment": record.environment.value,
        "project_id": record.project_id,
        "flow_id": record.flow_id,
        "sent_at_ms": record.sent_at_ms,
        "contract_count": record.contract_count,
        "documents": to_json(
            tuple(replace(document, name="") for document in record.documents), tuple[FlowDocument, ...]
        ),
        "signers": to_json(tuple(replace(signer, name="") for signer in record.signers), tuple[FlowSigner, ...]),
    }
    if record.payer_account_id:
        values["payer_account_id"] = record.payer_account_id
    return values if record.deadline_ms is None else {**values, "deadline_ms": record.deadline_ms}


def flow_of(entry: LedgerEntry) -> FlowRecord | None:
    """Return the flow that a ledger line records, or None if the line is of another kind or cannot be parsed.

    Lines of the first version contain little more than the flow's id.
    """
    values = entry.values
    if entry.kind != FLOW:
        return None
    try:
        deadline_ms = values.get("deadline_ms")
        flow = FlowRecord(
            flow_id=FlowId(str(values["flow_id"])),
            environment=EnvironmentKind(str(values["environment"])),
            project_id=str(values["project_id"]),
            submission_id=str(values["submission_id"]),
            title="",
            sent_at_ms=int(values.get("sent_at_ms", entry.at_ms)),
            deadline_ms=None if deadline_ms is None else int(deadline_ms),
            contract_count=int(values.get("contract_count", 1)),
            documents=from_json(str(values.get("documents", "[]")), tuple[FlowDocument, ...], code=_CODE),
            signers=from_json(str(values.get("signers", "[]")), tuple[FlowSigner, ...], code=_CODE),
            payer_account_id=str(values.get("payer_account_id", "")),
        )
        return flow if _fits_database(flow) else None
    except (KeyError, ValueError, TypeError, OverflowError, RecursionError, StoreError):
        return None


def _fits_database(flow: FlowRecord) -> bool:
    """Return whether the database can store the flow. Another program may have written the line."""
    numbers = (flow.sent_at_ms, flow.deadline_ms or 0, flow.contract_count)
    text = json.dumps(asdict(flow), ensure_ascii=False, default=str)
    return all(abs(number) <= _LARGEST for number in numbers) and text == replace_surrogates(text)
