"""A contract that corrects another one: the old flow ends when the new one is ready, and before that one is started.

So nothing is taken from anybody for a correction that can't be sent, and never can both be signed. Whatever stops the
send in between leaves it to be gone on with, or its draft on the desk.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.submission import SubmissionId, SubmissionState

if TYPE_CHECKING:
    from esign_desktop.services.sending.send import SendContext


def end_replaced(send: SendContext) -> None:
    """Make sure that the flow which this contract replaces can't be signed any more; repeatable.

    Raises InputError ``correction.completed`` when everybody has signed it meanwhile, and ApiError.
    """
    flow_id, end = send.facts.draft.replaces, send.platforms.end_replaced
    if flow_id is None or send.facts.is_replaced_ended:
        return
    send.cancel.raise_if_cancelled()
    if end is None:
        raise InputError("correction.not_here")
    send.record(SubmissionState.CONTRACT, ends_replaced=True)
    end(flow_id)
    send.record(SubmissionState.CONTRACT, is_replaced_ended=True)


def drop_replaced_values(send: SendContext) -> None:
    """Delete what the replaced contract's forms were filled with: its correction has its own."""
    flow_id = send.facts.draft.replaces
    if flow_id is not None:
        with suppress(StoreError):
            send.stores.values.drop(SubmissionId(send.stores.flows.get(flow_id).submission_id))
