"""How a flow is to run: every field of ``/sign/start`` that is not about documents, signers or places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from urllib.parse import urlsplit

from esign_desktop.domain.signer import SignerId

MS_PER_DAY: Final = 86_400_000
DEFAULT_SIGNING_DAYS: Final = 30


class SignPlatform(IntEnum):
    """Where a person may sign; none chosen means anywhere."""

    H5 = 1
    ALIPAY = 2
    WECHAT = 3


class NoticeChannel(IntEnum):
    """How the platform tells a person that there is something to sign; none chosen means not at all."""

    SMS = 1
    EMAIL = 2
    ALIPAY = 3


@dataclass(frozen=True, slots=True)
class SignWithin:
    """A deadline that counts from the moment of sending."""

    duration_ms: int


@dataclass(frozen=True, slots=True)
class SignUntil:
    """A deadline at a fixed moment, epoch milliseconds."""

    at_ms: int


SigningDeadline = SignWithin | SignUntil


@dataclass(frozen=True, slots=True)
class SignerParty:
    """One of the contract's own signers, in another part (initiator, payer)."""

    signer_id: SignerId


@dataclass(frozen=True, slots=True)
class AccountParty:
    """Somebody known by their account, who need not sign."""

    account_id: str
    name: str = ""


Party = SignerParty | AccountParty


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """Options of a flow. None for ``initiator`` and ``payer`` means the integrating application itself.

    ``deadline`` None leaves signValidity out; ``archive_until_ms`` is contractValidity, epoch milliseconds.
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
        """Return the deadline as epoch milliseconds, were the contract sent now."""
        match self.deadline:
            case None:
                return None
            case SignWithin(duration_ms=duration):
                return sent_at_ms + duration
            case SignUntil(at_ms=at):
                return at


def is_web_address(text: str) -> bool:
    """Whether a return address is a complete http or https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.strip() == text
