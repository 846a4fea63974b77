"""The options of a rehearsal platform, the failures that users can simulate while it runs, and a time format."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, Literal

CHINA: Final = timezone(timedelta(hours=8), "CST")

SealAnchor = Literal["centre", "lower_left"]
KeywordMatching = Literal["literal", "normalised"]
KeywordOrigin = Literal["left_bottom", "centre", "right_bottom"]
CrossPageSplit = Literal["left_first", "right_first"]
FreezeAt = Literal["start", "execute"]
SecondAccount = Literal["new", "same", "refused"]
ChunkTypeName = Literal["either", "contentType", "mimeType"]
Package = Literal["usual", "used_up", "ended"]
NextSignature = Literal["usual", "fails", "waits"]


def system_clock_ms() -> int:
    """Return the current epoch time in milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """The options of a rehearsal platform.

    ``public_url`` is the scheme, host and port at which other computers reach the platform. The URLs in responses begin
    with ``public_url``. Notices are sent to ``notify_url``, or to the URL in the file ``notify_file``, which may change
    while the platform runs. ``clock_ms`` returns the epoch time in milliseconds. If ``signs_by_itself`` is True, all
    signers sign automatically when it is their turn, and each document can be downloaded in the version after each
    signature.

    The options after ``faults_file`` select the platform's behavior in cases that its documentation leaves open
    (docs/platform-answers.md). Clients can thus be tested with each possible behavior.
    """

    project_id: str
    secret: str
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    public_url: str | None = None
    notify_url: str | None = None
    notify_file: Path | None = None
    faults_file: Path | None = None
    sign_urls_before_execute: bool = True
    second_account: SecondAccount = "new"
    chunk_type_name: ChunkTypeName = "either"
    freeze_at: FreezeAt = "start"
    seal_anchor: SealAnchor = "centre"
    keyword_origin: KeywordOrigin = "left_bottom"
    cross_page_split: CrossPageSplit = "left_first"
    keyword_matching: KeywordMatching = "normalised"
    organization_seal_width_pt: float = 159.0
    person_seal_width_pt: float = 95.0
    quota_contracts: int = 100_000
    package: Package = "usual"
    next_signature: NextSignature = "usual"
    signs_by_itself: bool = False
    notice_interval_s: float = 1800.0
    notice_timeout_s: float = 2.0
    notice_tries: int = 6
    expiry_check_s: float = 1.0
    max_upload_bytes: int = 1 << 30
    clock_ms: Callable[[], int] = system_clock_ms


USUAL_REASON: Final = "签署失败，请重新发起"


@dataclass(slots=True)
class Trouble:
    """The simulated failures. Users can change them while the platform runs.

    ``package`` and ``reason`` apply until they are changed. ``next_signature`` applies to the next signature of any
    signer, and is then reset.
    """

    package: Package = "usual"
    next_signature: NextSignature = "usual"
    reason: str = USUAL_REASON

    def take_signature(self) -> tuple[NextSignature, str]:
        """Return the outcome of the current signature, and the reason to give if it fails.

        Later signatures succeed again.
        """
        taken, self.next_signature = self.next_signature, "usual"
        return taken, self.reason or USUAL_REASON


def china_time(at_ms: int | None) -> str:
    """Format an epoch time in milliseconds as ``yyyy-MM-dd HH:mm:ss`` in China Standard Time.

    The result is an empty string if ``at_ms`` is None.
    """
    return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, CHINA).strftime("%Y-%m-%d %H:%M:%S")
