"""Prepare the copies, accounts and contracts of a send before its start, one after the other or in parallel.

When a correction is sent, the flow that it replaces is revoked after the preparation and before the start. If the
preparation fails, the old flow is therefore intact. The two flows can never both be signed.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import AppError, Cancelled, InputError, StoreError
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.sending.accounts import (
    account_chains,
    finish_accounts,
    scrub_journal,
    settle_accounts,
    settle_chain,
)
from esign_desktop.services.sending.documents import make_contract, make_contracts, take_snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from esign_desktop.services.sending.send import SendContext

MOST_AT_ONCE: Final = 6
"""The maximum number of simultaneous requests."""


def prepare_in_turn(send: SendContext) -> None:
    """Prepare a send with one request at a time, to keep the load of many sends low. Raises AppError or Cancelled."""
    _prepare_in_turn(send, nullcontext())


def in_turn_among_others() -> Callable[[SendContext], None]:
    """Return a variant of ``prepare_in_turn`` for sends that run in parallel.

    Only one of the sends settles accounts at a time, because a response does not identify its request. A response that
    reaches the wrong send can be detected only if the account in the response has already been stored.
    """
    lock = threading.Lock()
    return lambda send: _prepare_in_turn(send, lock)


def _prepare_in_turn(send: SendContext, accounts: AbstractContextManager[object]) -> None:
    if not send.facts.has_snapshots:
        take_snapshots(send)
    send.cancel.raise_if_cancelled()
    if not send.facts.has_accounts:
        with accounts:
            settle_accounts(send)
    scrub_journal(send)
    make_contracts(send)


def prepare_side_by_side(send: SendContext) -> None:
    """Prepare a send with all independent requests in parallel, because a customer is waiting at the counter.

    Each chain of accounts and each document is prepared on its own thread. All threads have ended when the function
    returns or raises an exception. Results are recorded even if another thread fails. ID numbers are deleted from the
    journal when the send ends or pauses. Raises AppError or Cancelled.
    """
    if not send.facts.has_snapshots:
        take_snapshots(send)
    send.cancel.raise_if_cancelled()
    # Create the client now, so that two threads do not create one each.
    _ = send.client
    indexes = range(len(send.facts.draft.documents))
    work = [partial(make_contract, send, index) for index in indexes if index not in send.facts.doc_ids]
    if not send.facts.has_accounts:
        work.extend(partial(settle_chain, send, chain) for chain in account_chains(send.facts))
    _run_side_by_side(work)
    if not send.facts.has_accounts:
        finish_accounts(send)


def _run_side_by_side(work: Sequence[Callable[[], None]]) -> None:
    if not work:
        return
    with ThreadPoolExecutor(min(len(work), MOST_AT_ONCE), thread_name_prefix="side-by-side") as pool:
        futures: list[Future[None]] = [pool.submit(job) for job in work]
    failures = [failure for future in futures if (failure := future.exception()) is not None]
    if failures:
        raise min(failures, key=_weight)


def _weight(failure: BaseException) -> int:
    """Return the rank of a failure, with 0 as the most important.

    The order is: programming error, cancellation, permanent error, error that pauses the send.
    """
    match failure:
        case AppError(retryable=True):
            return 3
        case AppError():
            return 2
        case Cancelled():
            return 1
        case _:
            return 0


def end_replaced(send: SendContext) -> None:
    """Ensure that the flow replaced by this contract can no longer be signed. The call can be repeated.

    Raises ApiError, and InputError ``correction.completed`` if all signers have already signed that flow.
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
    """Delete the form values kept for the contract that was replaced, because the correction has its own values."""
    flow_id = send.facts.draft.replaces
    if flow_id is not None:
        with suppress(StoreError):
            send.stores.values.drop(SubmissionId(send.stores.flows.get(flow_id).submission_id))
