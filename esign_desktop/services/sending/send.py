"""One send under way, and the register of sends under way that services sending side by side share."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from esign_desktop.api import wire
from esign_desktop.domain.errors import ApiError, Cancelled, InputError
from esign_desktop.services.sending.facts import signing_links
from esign_desktop.services.sending.values import SubmissionProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.api.exchange import RawAnswer
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.submission import SubmissionId, SubmissionState
    from esign_desktop.services.sending.facts import SubmissionFacts
    from esign_desktop.services.sending.values import RetryPolicy, SubmissionPlatforms, SubmissionStores
    from esign_desktop.store.tables.journal import StepValue


T = TypeVar("T")


class SendContext:
    """A call is cancellable until start is on its way; from then on the token is only looked at.

    Used by one thread, save that accounts and documents may be prepared by several: steps are recorded, and progress is
    told, by one at a time.
    """

    def __init__(
        self,
        facts: SubmissionFacts,
        stores: SubmissionStores,
        platforms: SubmissionPlatforms,
        *,
        retry: RetryPolicy,
        on_progress: Callable[[SubmissionProgress], None],
        cancel: CancelToken,
        clock_ms: Callable[[], int],
    ) -> None:
        self.facts = facts
        self.stores = stores
        self.retry = retry
        self.cancel = cancel
        self.clock_ms = clock_ms
        self.platforms = platforms
        self.made_urls: dict[int, str] = {}
        """Where a document that the platform made can be fetched for an hour, by its index; not written down."""
        self.environment = _environment(facts, platforms)
        self._on_progress = on_progress
        self._client: PlatformClient | None = None
        self._is_heard = False
        self._one_at_a_time = threading.RLock()

    @property
    def id(self) -> SubmissionId:
        return self.facts.record.id

    @property
    def client(self) -> PlatformClient:
        """The way to the platform. Raises InputError ``environment.*`` when it is not configured."""
        if self._client is None:
            self._client = self.platforms.client_for(self.environment)
        return self._client

    @property
    def are_links_told(self) -> bool | None:
        """Whether start tells links in this environment before the flow is executed; None when that is not known."""
        ask = self.platforms.are_links_told
        return None if ask is None else ask(self.environment.kind)

    def alone(self) -> AbstractContextManager[object]:
        """Look and record in one go, while the other threads of this send wait."""
        return self._one_at_a_time

    def record(
        self,
        state: SubmissionState,
        *,
        document_index: int | None = None,
        raw: bytes | None = None,
        **data: StepValue,
    ) -> None:
        """Commit a step; it counts only once it is on the disk. Raises StoreError."""
        with self._one_at_a_time:
            self.stores.journal.record(self.id, state, document_index=document_index, raw=raw, **data)
            self.facts.add(state, document_index, data, raw)
            self.tell_progress(document_index)

    def tell_progress(
        self,
        document_index: int | None = None,
        done_bytes: int = 0,
        total_bytes: int = 0,
        *,
        is_execute_answered: bool = False,
    ) -> None:
        """Say where the send stands."""
        facts = self.facts
        number = None if document_index is None else document_index + 1
        count = len(facts.draft.documents)
        with self._one_at_a_time:
            self._on_progress(
                SubmissionProgress(
                    *(self.id, facts.state, number, count, done_bytes, total_bytes),
                    flow_id=facts.flow_id,
                    links=signing_links(facts),
                    is_execute_answered=is_execute_answered,
                )
            )

    def note_in_ledger(self, kind: str, **values: str | int) -> None:
        """Keep what is told once in the ledger too."""
        place = {"submission_id": self.id, "environment": self.environment.kind.value}
        self.stores.ledger.append(kind, {**place, "project_id": self.environment.project_id, **values})

    def call(self, path: str, body: bytes, parse: Callable[[RawAnswer], T]) -> T:
        """Make a call that may be repeated and cancelled. Raises ApiError and Cancelled."""
        return self.repeat(lambda: parse(self.post(path, body)))

    def post(self, path: str, body: bytes, *, is_cancellable: bool = True) -> RawAnswer:
        """Make a call once. Raises NotSent, OutcomeUnknown, and Cancelled if it may be."""
        answer = self.client.post(path, body, cancel=self.cancel if is_cancellable else None)
        self._is_heard = True
        return answer

    def repeat(self, work: Callable[[], T], *, is_cancellable: bool = True) -> T:
        """Do idempotent work until it succeeds, as often as retry goes; raises what the last try raised."""
        for pause_s in self.retry.call_s:
            if is_cancellable:
                self.cancel.raise_if_cancelled()
            try:
                return work()
            except ApiError as error:
                if is_cancellable and self.cancel.is_cancelled:
                    raise Cancelled from error
                if not error.retryable:
                    raise
            self.pause(pause_s, is_cancellable=is_cancellable)
        return work()

    def pause(self, pause_s: float, *, is_cancellable: bool = True) -> None:
        """Wait; a cancel ends it at once."""
        cancelled = threading.Event()
        if is_cancellable:
            self.cancel.listen(cancelled.set)
        try:
            cancelled.wait(pause_s)
        finally:
            self.cancel.forget(cancelled.set)
        if is_cancellable:
            self.cancel.raise_if_cancelled()

    def verify_connection(self) -> None:
        """Make a harmless call, unless an answer was verified already.

        Start's outcome is unknown after any answer that can't be verified, a wrong secret's among them, so that has to
        be found out before.
        """
        if not self._is_heard:
            body = wire.build_find_account(uuid4().hex)
            self.call(wire.FIND_ACCOUNT_PATH, body, wire.parse_found_account)


def _environment(facts: SubmissionFacts, platforms: SubmissionPlatforms) -> Environment:
    """Return the environment as it was when the contract was queued, whatever has been configured since."""
    environment = replace(platforms.environment_of(facts.record.environment), project_id=facts.record.project_id)
    if facts.behaviour is None:
        return environment
    behaviour = environment.behaviour.placing_as(facts.behaviour)
    return replace(environment, base_url=facts.base_url, behaviour=behaviour)


class ActiveSends:
    """Shared by the submission services of one installation. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[SubmissionId] = set()
        self.intake_lock = threading.Lock()
        """Held while a send is taken on, and while what no send needs is swept away: never both at once."""

    def is_held(self, submission_id: SubmissionId) -> bool:
        """Whether somebody has the send in hand."""
        with self._lock:
            return submission_id in self._held

    @contextmanager
    def hold(self, submission_id: SubmissionId) -> Iterator[None]:
        """Have a send to oneself. Raises InputError ``submission.busy`` when somebody else has it."""
        with self._lock:
            if submission_id in self._held:
                raise InputError("submission.busy", retryable=True)
            self._held.add(submission_id)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(submission_id)
