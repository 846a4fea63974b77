"""Where contracts are sent: sandbox, test, production or an own address, and how the platform there behaves.

``PlatformBehaviour`` answers what the platform's documentation leaves open. Its defaults are those of
spec/decisions.md; a calibration or a person sets something else.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


MIN_OWN_SEAL_PT: Final = 10.0
MAX_OWN_SEAL_PT: Final = 600.0


class SealAnchor(StrEnum):
    """What posX and posY name: of coordinate and keyword seals both ways, of cross-page seals upwards."""

    CENTRE = "centre"
    LOWER_LEFT = "lower_left"


class KeywordOrigin(StrEnum):
    """What a keyword's offset is measured from, on the first line of each match."""

    LEFT_BOTTOM = "left_bottom"
    CENTRE = "centre"
    RIGHT_BOTTOM = "right_bottom"


class CrossPageSplit(StrEnum):
    """Which part of a cross-page seal the first of its pages gets; all parts are equally wide."""

    LEFT_FIRST = "left_first"
    RIGHT_FIRST = "right_first"


class LinksAtStart(StrEnum):
    """Whether start tells signing links of a flow that is not executed yet; learned with the first send if unknown."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class FreezeAt(StrEnum):
    """When a contract's price is frozen in the package. No call tells balances, so that a person has to say."""

    START = "start"
    EXECUTE = "execute"


class SecondAccount(StrEnum):
    """What whoever creates a second account for one identity gets."""

    NEW = "new"
    SAME = "same"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PlatformBehaviour:
    """What one environment's platform does.

    The two widths are those that seals of organizations and persons have where no width is sent, in points; the
    platform does not tell them.
    """

    seal_anchor: SealAnchor = SealAnchor.CENTRE
    keyword_origin: KeywordOrigin = KeywordOrigin.LEFT_BOTTOM
    cross_page_split: CrossPageSplit = CrossPageSplit.LEFT_FIRST
    links_at_start: LinksAtStart = LinksAtStart.UNKNOWN
    freeze_at: FreezeAt = FreezeAt.START
    second_account: SecondAccount = SecondAccount.UNKNOWN
    organization_seal_width_pt: float = 159.0
    person_seal_width_pt: float = 95.0

    @property
    def keeps_addresses(self) -> bool:
        """Whether an account keeps the mobile and e-mail that it was made with, whatever is sent later."""
        return self.second_account in {SecondAccount.SAME, SecondAccount.REFUSED}

    def placing_as(self, other: PlatformBehaviour) -> PlatformBehaviour:
        """Return this one, with seals placed as the other one has it."""
        return replace(
            other,
            links_at_start=self.links_at_start,
            freeze_at=self.freeze_at,
            second_account=self.second_account,
        )

    def as_values(self) -> dict[str, str | float]:
        """Return what ``from_values`` reads."""
        return {name: str(v) if isinstance(v, StrEnum) else v for name, v in asdict(self).items()}

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> PlatformBehaviour:
        """Return the behaviour that was kept; the default for whatever is missing or can't be used."""
        default = cls()
        known: dict[str, object] = {}
        for one in fields(cls):
            otherwise, value = getattr(default, one.name), values.get(one.name)
            if isinstance(otherwise, StrEnum):
                choices = {str(choice): choice for choice in type(otherwise)}
                known[one.name] = choices.get(value, otherwise) if isinstance(value, str) else otherwise
            else:
                known[one.name] = _own_seal_width_pt(value) or otherwise
        return cls(**known)  # type: ignore[arg-type]  # each is of its default's type


def _own_seal_width_pt(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if MIN_OWN_SEAL_PT <= value <= MAX_OWN_SEAL_PT else None


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


@dataclass(frozen=True, slots=True)
class KeyringStatus:
    """Whether secrets can be kept. ``code`` is that of the StoreError that a call would meet, else empty."""

    available: bool
    backend_name: str = ""
    code: str = ""
