"""The options of a flow: all parameters of ``/sign/start`` except documents, signers and seal positions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from urllib.parse import urlsplit

from esign_desktop.domain.signer import SignerId

MS_PER_DAY: Final = 86_400_000
DEFAULT_SIGNING_DAYS: Final = 30


class SignPlatform(IntEnum):
    """A platform on which signers may sign. If no platform is selected, signers may use any platform."""

    H5 = 1
    ALIPAY = 2
    WECHAT = 3


class NoticeChannel(IntEnum):
    """A channel through which the platform notifies signers. If no channel is selected, signers are not notified."""

    SMS = 1
    EMAIL = 2
    ALIPAY = 3


@dataclass(frozen=True, slots=True)
class SignWithin:
    """A deadline as a duration from the time of sending, in milliseconds."""

    duration_ms: int


@dataclass(frozen=True, slots=True)
class SignUntil:
    """A deadline at a fixed time, in milliseconds since the epoch."""

    at_ms: int


SigningDeadline = SignWithin | SignUntil


@dataclass(frozen=True, slots=True)
class SignerParty:
    """A signer who is also the initiator or the payer of the contract."""

    signer_id: SignerId


@dataclass(frozen=True, slots=True)
class AccountParty:
    """An initiator or payer who is identified by an account id and who need not be a signer."""

    account_id: str
    name: str = ""


Party = SignerParty | AccountParty


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """The options of a flow.

    If ``initiator`` or ``payer`` is None, the integrating application itself is the initiator or payer. If ``deadline``
    is None, ``signValidity`` is not sent. ``archive_until_ms`` is the value of ``contractValidity``, in milliseconds
    since the epoch.
    """

    business_scene: str = ""
    initiator: Party | None = None
    payer: Party | None = None
    deadline: SigningDeadline | None = SignWithin(DEFAULT_SIGNING_DAYS * MS_PER_DAY)
    archive_until_ms: int | None = None
    platforms: frozenset[SignPlatform] = frozenset()
    notices: frozenset[NoticeChannel] = frozenset({NoticeChannel.SMS})
    redirect_url: str = ""

    def deadline_ms(self, sent_at_ms: int) -> int | None:
        """Return the deadline for a contract that is sent at this time, or None if there is no deadline.

        Both times are in milliseconds since the epoch.
        """
        match self.deadline:
            case None:
                return None
            case SignWithin(duration_ms=duration):
                return sent_at_ms + duration
            case SignUntil(at_ms=at):
                return at


def is_web_address(text: str) -> bool:
    """Return whether the text is a complete http or https URL."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.strip() == text
