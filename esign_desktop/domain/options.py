"""The options of a flow: all fields of ``/sign/start`` except the documents, signers and seal positions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from urllib.parse import urlsplit

from esign_desktop.domain.signer import SignerId

MS_PER_DAY: Final = 86_400_000
DEFAULT_SIGNING_DAYS: Final = 30


class SignPlatform(IntEnum):
    """A platform on which a signer may sign. If none is chosen, all platforms are allowed."""

    H5 = 1
    ALIPAY = 2
    WECHAT = 3


class NoticeChannel(IntEnum):
    """A channel by which the platform notifies signers. If none is chosen, signers are not notified."""

    SMS = 1
    EMAIL = 2
    ALIPAY = 3


@dataclass(frozen=True, slots=True)
class SignWithin:
    """A deadline relative to the time of sending."""

    duration_ms: int


@dataclass(frozen=True, slots=True)
class SignUntil:
    """A deadline at a fixed time, in epoch milliseconds."""

    at_ms: int


SigningDeadline = SignWithin | SignUntil


@dataclass(frozen=True, slots=True)
class SignerParty:
    """One of the contract's own signers, as its initiator or payer."""

    signer_id: SignerId


@dataclass(frozen=True, slots=True)
class AccountParty:
    """A party identified by its account id. It need not be a signer."""

    account_id: str
    name: str = ""


Party = SignerParty | AccountParty


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """The options of a flow. None for ``initiator`` or ``payer`` means the integrating application itself.

    If ``deadline`` is None, ``signValidity`` is not sent. ``archive_until_ms`` is ``contractValidity`` in epoch
    milliseconds.
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
        """Return the deadline in epoch milliseconds for a contract sent at this time, or None if there is none."""
        match self.deadline:
            case None:
                return None
            case SignWithin(duration_ms=duration):
                return sent_at_ms + duration
            case SignUntil(at_ms=at):
                return at


def is_web_address(text: str) -> bool:
    """Return whether a return URL is a complete http or https URL."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.strip() == text
