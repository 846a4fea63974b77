"""A send: its id, and how far it has come."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NewType
from uuid import uuid4

SubmissionId = NewType("SubmissionId", str)


def new_submission_id() -> SubmissionId:
    """Return an id that no other submission has."""
    return SubmissionId(uuid4().hex)


class SubmissionState(StrEnum):
    """How far a send has come, in this order; the last five are where it may end. Kept in the database.

    A send that was to be PREPARED only has ended, too: a person may have its flow executed later on.
    """

    QUEUED = "queued"
    SNAPSHOT = "snapshot"
    ACCOUNTS = "accounts"
    UPLOAD_URL = "upload_url"
    UPLOADED = "uploaded"
    CONTRACT = "contract"
    MADE = "made"
    """What the platform made of templates waits for a person to look at it."""
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
        """Whether it goes on only at a person's word."""
        return self in {SubmissionState.HELD, SubmissionState.MADE}


_FINAL: Final = frozenset(
    {SubmissionState.DONE, SubmissionState.PREPARED, SubmissionState.CANCELLED, SubmissionState.FAILED}
)
