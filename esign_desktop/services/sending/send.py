"""The context of a running send, and a register of running sends for services that run in parallel."""

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
    """The context of a running send: its state, its stores, and its access to the platform.

    Requests can be cancelled until the start request is sent. From then on, the cancel token is checked only between
    steps. Accounts and documents may be prepared by several threads, but steps and progress are serialized.
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
        """Download URLs of created documents, by document index. They are valid for an hour and are not stored."""
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
        """The client of the platform. Raises InputError ``environment.*`` if the environment is not configured."""
        if self._client is None:
            self._client = self.platforms.client_for(self.environment)
        return self._client

    @property
    def reports_links(self) -> bool | None:
        """Whether ``start`` returns links before the flow is executed, or None if this is not known yet."""
        ask = self.platforms.reports_links
        return None if ask is None else ask(self.environment.kind)

    def alone(self) -> AbstractContextManager[object]:
        """Return a lock under which the threads of this send can check a state and record a step atomically."""
        return self._one_at_a_time

    def record(
        self,
        state: SubmissionState,
        *,
        document_index: int | None = None,
        raw: bytes | None = None,
        **data: StepValue,
    ) -> None:
        """Write a step to the journal, and then update the facts and report the progress. Raises StoreError.

        ``document_index`` is the document that the step concerns. ``raw`` is a response as received, and ``data`` are
        other values to be stored with the step.
        """
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
        """Report the progress of the send to the caller."""
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
        """Store values in the ledger as well, because the ledger survives the loss of the database. Raises StoreError.

        ``kind`` is the kind of the ledger entry.
        """
        place = {"submission_id": self.id, "environment": self.environment.kind.value}
        self.stores.ledger.append(kind, {**place, "project_id": self.environment.project_id, **values})

    def call(self, path: str, body: bytes, parse: Callable[[RawAnswer], T]) -> T:
        """Send a request that may be repeated and cancelled, and return its parsed response.

        Raises ApiError or Cancelled.
        """
        return self.repeat(lambda: parse(self.post(path, body)))

    def post(self, path: str, body: bytes, *, is_cancellable: bool = True) -> RawAnswer:
        """Send a request once, and return the response.

        Raises NotSent, OutcomeUnknown and, if ``is_cancellable`` is True, Cancelled.
        """
        answer = self.client.post(path, body, cancel=self.cancel if is_cancellable else None)
        self._is_heard = True
        return answer

    def repeat(self, work: Callable[[], T], *, is_cancellable: bool = True) -> T:
        """Call ``work``, which must be idempotent, until it succeeds or no retries are left, and return its result.

        Raises the last ApiError of ``work``. Raises Cancelled if ``is_cancellable`` is True and the send is cancelled.
        """
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
        """Wait for ``pause_s`` seconds. Raises Cancelled if the send is cancelled and ``is_cancellable`` is True."""
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
        """Send a harmless request, unless a verified response has already been received. Raises ApiError or Cancelled.

        A response to ``start`` that fails verification, for example because of a wrong secret, would leave the outcome
        unknown. Such a failure must therefore be detected before the start.
        """
        if not self._is_heard:
            body = wire.build_find_account(uuid4().hex)
            self.call(wire.FIND_ACCOUNT_PATH, body, wire.parse_found_account)


def _environment(facts: SubmissionFacts, platforms: SubmissionPlatforms) -> Environment:
    """Return the environment as it was when the contract was queued, regardless of later settings."""
    environment = replace(platforms.environment_of(facts.record.environment), project_id=facts.record.project_id)
    if facts.behaviour is None:
        return environment
    behaviour = environment.behaviour.placing_as(facts.behaviour)
    return replace(environment, base_url=facts.base_url, behaviour=behaviour)


class ActiveSends:
    """A thread-safe register of running sends. All submission services of an installation share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[SubmissionId] = set()
        self.intake_lock = threading.Lock()
        """Held while a send is queued and while unused copies are deleted, so that these exclude each other."""

    def is_held(self, submission_id: SubmissionId) -> bool:
        """Return whether a worker is currently processing a send."""
        with self._lock:
            return submission_id in self._held

    @contextmanager
    def hold(self, submission_id: SubmissionId) -> Iterator[None]:
        """Reserve a send for one worker within the context.

        Raises InputError ``submission.busy`` if another worker has reserved it.
        """
        with self._lock:
            if submission_id in self._held:
                raise InputError("submission.busy", retryable=True)
            self._held.add(submission_id)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(submission_id)
