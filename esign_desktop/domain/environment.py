"""Where contracts are sent: sandbox, test, production or an own address, with what differs between them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from esign_desktop.domain.platform_behaviour import PlatformBehaviour


class EnvironmentKind(StrEnum):
    """Which platform; the names are kept in the database and the settings."""

    SANDBOX = "sandbox"
    TEST = "test"
    PRODUCTION = "production"
    OWN = "own"


TEST_URL: Final = "https://smlgateway.tsign.cn/opentreaty/rest/v3.0"
PRODUCTION_URL: Final = "https://openapi.tsign.cn/opentreaty/rest/v3.0"


@dataclass(frozen=True, slots=True)
class Environment:
    """One platform account. The secret is not here: it stays in the keyring, under the environment's kind.

    ``proxy_url`` empty means a direct connection; as it is kept, the password in it is missing, which lies in the
    keyring as well. ``has_near_files`` lets the platform name addresses in this
    computer's own network for files to be sent and fetched.
    """

    kind: EnvironmentKind
    base_url: str
    project_id: str = ""
    proxy_url: str = field(default="", repr=False)
    has_near_files: bool = False
    behaviour: PlatformBehaviour = field(default_factory=PlatformBehaviour)

    @property
    def is_binding(self) -> bool:
        """Whether contracts sent here have legal effect; an own address counts, to be safe."""
        return self.kind in {EnvironmentKind.PRODUCTION, EnvironmentKind.OWN}

    def is_reached_as(self, other: Environment) -> bool:
        """Whether both lead to the same account in the same way, whatever is known of how the platform behaves."""
        return replace(self, behaviour=other.behaviour) == other

    @property
    def host(self) -> str:
        """Return whom the address leads to; empty for one that can't be read."""
        return host_of(self.base_url)


def host_of(address: str) -> str:
    """Return the host named in an address; empty for one that can't be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def without_password(address: str) -> tuple[str, str]:
    """Return an address without the password in it, and the password; empty where there is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address, ""
    user, at, host = parts.netloc.rpartition("@")
    name, _colon, password = user.partition(":")
    return (parts._replace(netloc=f"{name}{at}{host}").geturl(), password) if password else (address, "")


def with_password(address: str, password: str) -> str:
    """Return an address with the password of the user that it names; as it is if it names none or has one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    user, at, host = parts.netloc.rpartition("@")
    if not (user and password) or ":" in user:
        return address
    return parts._replace(netloc=f"{user}:{password}{at}{host}").geturl()


def is_elsewhere(theirs: Environment, here: Environment | None) -> bool:
    """Whether acting in theirs has to be asked for in words by somebody who stands here (None: not known where).

    What is not known of theirs is left out of the comparison. A rehearsal does no harm from anywhere.
    """
    if theirs.kind is EnvironmentKind.SANDBOX:
        return False
    if here is None or here.kind is not theirs.kind:
        return True
    is_another_project = bool(theirs.project_id) and theirs.project_id != here.project_id
    return is_another_project or (bool(theirs.base_url) and theirs.base_url != here.base_url)
