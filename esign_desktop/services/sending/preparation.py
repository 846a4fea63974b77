"""What has to be there before start: copies, accounts and contracts, one after the other or side by side.

A contract that corrects another one ends the old flow when it is ready itself, and before it is started. So nothing is
taken from anybody for a correction that can't be sent, and never can both be signed.
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
"""Calls at the same time; what is more waits for its turn."""


def prepare_in_turn(send: SendContext) -> None:
    """Prepare with one call at a time, so that many sends are no burden. Raises ApiError, AppError and Cancelled."""
    _prepare_in_turn(send, nullcontext())


def in_turn_among_others() -> Callable[[SendContext], None]:
    """Return ``prepare_in_turn`` for sends that go on side by side: one of them at a time asks for accounts.

    An answer does not say to which call it belongs. One that came to the wrong send is known for what it is only when
    the account is remembered by then.
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
    """Prepare with all calls at once that do not need each other's answers: somebody waits at the counter.

    Each account and each document has its own thread. All of them have ended when this returns or raises; what others
    achieved is recorded even if one failed. ID numbers leave the journal when the send is over, or pauses.
    """
    if not send.facts.has_snapshots:
        take_snapshots(send)
    send.cancel.raise_if_cancelled()
    # Made here, lest two threads make one each.
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
        futures: list[Future[None]] = [pool.submit(one) for one in work]
    failures = [failure for future in futures if (failure := future.exception()) is not None]
    if failures:
        raise min(failures, key=_weight)


def _weight(failure: BaseException) -> int:
    """Order failures by what they mean for the send: a mistake of ours, a cancel, the end, a pause."""
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
