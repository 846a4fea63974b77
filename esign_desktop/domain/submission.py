"""Submissions: attempts to send a contract, each with an id and a state."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NewType
from uuid import uuid4

SubmissionId = NewType("SubmissionId", str)


def new_submission_id() -> SubmissionId:
    """Return a new, unique submission id."""
    return SubmissionId(uuid4().hex)


class SubmissionState(StrEnum):
    """The state of a submission, in chronological order. In DONE and all later states, processing has stopped.

    The values are stored in the database. PREPARED is final for a submission that was only to be prepared; the user may
    execute its flow later.
    """

    QUEUED = "queued"
    SNAPSHOT = "snapshot"
    ACCOUNTS = "accounts"
    UPLOAD_URL = "upload_url"
    UPLOADED = "uploaded"
    CONTRACT = "contract"
    MADE = "made"
    """The documents made from templates are waiting for the user's review."""
    START_INTENT = "start_intent"
    STARTED = "started"
    EXECUTE_INTENT = "execute_intent"
    RUNNING = "running"
    DONE = "done"
    PREPARED = "prepared"
    HELD = "held"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in _FINAL

    @property
    def waits_for_person(self) -> bool:
        """Whether the submission can continue only after a decision by the user."""
        return self in {SubmissionState.HELD, SubmissionState.MADE}


_FINAL: Final = frozenset(
    {SubmissionState.DONE, SubmissionState.PREPARED, SubmissionState.CANCELLED, SubmissionState.FAILED}
)
