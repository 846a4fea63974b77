"""Reminders for the signers of open contracts, which the user sends by other means than the platform.

The platform notifies a signer when the contract is started, and has no call that reminds the signer later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.china_time import china_text
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.services.flows.progress import links_of, signer_states, states_in_turn
from esign_desktop.services.sheets.writing import save_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.services.flows.service import FlowService

_KIND: Final = "reminders"
"""The kind of export in the audit log."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder for a signer whose signature is due. Anyone who has the link can sign.

    ``title`` is that of the contract. ``deadline_ms`` is its deadline in epoch milliseconds, or None if it has none.
    """

    name: str = field(repr=False)
    title: str = field(repr=False)
    link: str = field(repr=False)
    deadline_ms: int | None


@dataclass(frozen=True, slots=True)
class Reminders:
    """The reminders for several contracts, and the number of contracts for which there is none."""

    reminders: tuple[Reminder, ...]
    left_out: int


def reminders_of(record: FlowRecord) -> Iterator[Reminder]:
    """Yield a reminder for each signer who can sign a contract now with a link that is known on this computer.

    The platform's own account and automatic signers are left out.
    """
    if record.status is not FlowStatus.SIGNING:
        return
    for state in states_in_turn(signer_states(record)):
        signer = state.signer
        is_asked = state.status in {None, SignStatus.WAITING, SignStatus.SIGNING} and not signer.is_silent
        links = links_of(record, signer)
        if is_asked and signer.account_id and signer.name not in {"", FORGOTTEN_NAME} and links:
            yield Reminder(signer.name, record.title, links[0], record.deadline_ms)


def read_reminders(flow_ids: Sequence[FlowId], flows: FlowService) -> Reminders:
    """Return the reminders for flows, in the given order. Flows that no longer exist count as left out.

    The call blocks on the store. Raises StoreError.
    """
    found: list[Reminder] = []
    left_out = 0
    for flow_id in flow_ids:
        try:
            reminders = tuple(reminders_of(flows.get(flow_id)))
        except StoreError as error:
            if error.code != "store.no_such_flow":
                raise
            reminders = ()
        found += reminders
        left_out += not reminders
    return Reminders(tuple(found), left_out)


def copy_reminders(flow_ids: Sequence[FlowId], flows: FlowService) -> Reminders:
    """Return the reminders for flows as ``read_reminders`` does, and record the export, if any, in the audit log."""
    found = read_reminders(flow_ids, flows)
    if found.reminders:
        flows.note_export(_KIND)
    return found


def export_reminders(
    flow_ids: Sequence[FlowId],
    flows: FlowService,
    target: Path,
    headings: Sequence[str],
    text_of: Callable[[Reminder], str],
) -> Reminders:
    """Write the reminders for flows to a table, record this in the audit log, and return the reminders.

    If there are none, nothing is written. ``headings`` contains the headings of the columns for the name, contract,
    deadline, link and text. ``text_of`` returns the text of a reminder. Raises StoreError. The call blocks on the store
    and the disk.
    """
    found = read_reminders(flow_ids, flows)
    if not found.reminders:
        return found
    rows = (
        (
            one.name,
            one.title,
            china_text(one.deadline_ms) if one.deadline_ms is not None else "",
            one.link,
            text_of(one),
        )
        for one in found.reminders
    )
    save_table([tuple(headings), *rows], target)
    flows.note_export(_KIND)
    return found
