"""Where contracts are sent: sandbox, test, production or an own address, with what differs between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit


class EnvironmentKind(StrEnum):
    """Which platform; the names are kept in the database and the settings."""

    SANDBOX = "sandbox"
    TEST = "test"
    PRODUCTION = "production"
    OWN = "own"


class SealAnchor(StrEnum):
    """What posX/posY name (spec/decisions.md, "Places of seals")."""

    CENTRE = "centre"
    LOWER_LEFT = "lower_left"


TEST_URL: Final = "https://smlgateway.tsign.cn/opentreaty/rest/v3.0"
PRODUCTION_URL: Final = "https://openapi.tsign.cn/opentreaty/rest/v3.0"


@dataclass(frozen=True, slots=True)
class Environment:
    """One platform account. The secret is not here: it stays in the keyring, under the environment's kind.

    ``proxy_url`` empty means a direct connection. ``has_near_files`` lets the platform name addresses in this
    computer's own network for files to be sent and fetched.
    """

    kind: EnvironmentKind
    base_url: str
    project_id: str = ""
    proxy_url: str = ""
    seal_anchor: SealAnchor = SealAnchor.CENTRE
    has_near_files: bool = False

    @property
    def is_binding(self) -> bool:
        """Whether contracts sent here have legal effect; an own address counts, to be safe."""
        return self.kind in {EnvironmentKind.PRODUCTION, EnvironmentKind.OWN}

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
