"""The environments to which contracts are sent: sandbox, test, production or a custom URL.

``PlatformBehaviour`` holds facts about the platform that its documentation does not specify. The default values come
from docs/platform-answers.md. A calibration or the user may change these values.
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
    """The point of a seal to which ``posX`` and ``posY`` refer. For a cross-page seal, only ``posY`` is used."""

    CENTRE = "centre"
    LOWER_LEFT = "lower_left"


class KeywordOrigin(StrEnum):
    """The point from which a keyword's offset is measured. The point is on the first line of the keyword match."""

    LEFT_BOTTOM = "left_bottom"
    CENTRE = "centre"
    RIGHT_BOTTOM = "right_bottom"


class CrossPageSplit(StrEnum):
    """The slice of a cross-page seal that appears on the first page. All slices have the same width."""

    LEFT_FIRST = "left_first"
    RIGHT_FIRST = "right_first"


class LinksAtStart(StrEnum):
    """Whether the platform returns signing links when a flow is started, before the flow is executed.

    If the value is UNKNOWN, the program determines the actual value when it sends the first contract.
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class FreezeAt(StrEnum):
    """The step at which the platform freezes the price of a contract in the payer's balance.

    No API call reports the balance, so the user must choose this value.
    """

    START = "start"
    EXECUTE = "execute"


class SecondAccount(StrEnum):
    """The platform's response to a request for a second account with the same identity."""

    NEW = "new"
    SAME = "same"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ChunkTypeName(StrEnum):
    """The field name under which the type of appended pages is sent when a template is filled in.

    The platform documentation (4.8.2) uses ``contentType`` in a table and ``mimeType`` in a sample.
    """

    CONTENT_TYPE = "contentType"
    MIME_TYPE = "mimeType"


@dataclass(frozen=True, slots=True)
class PlatformBehaviour:
    """The behavior of the platform in one environment.

    ``organization_seal_width_pt`` and ``person_seal_width_pt`` are the widths, in points, of seals that are sent
    without a width. The platform does not report these widths.
    """

    seal_anchor: SealAnchor = SealAnchor.CENTRE
    keyword_origin: KeywordOrigin = KeywordOrigin.LEFT_BOTTOM
    cross_page_split: CrossPageSplit = CrossPageSplit.LEFT_FIRST
    links_at_start: LinksAtStart = LinksAtStart.UNKNOWN
    freeze_at: FreezeAt = FreezeAt.START
    second_account: SecondAccount = SecondAccount.UNKNOWN
    chunk_type_name: ChunkTypeName = ChunkTypeName.CONTENT_TYPE
    organization_seal_width_pt: float = 159.0
    person_seal_width_pt: float = 95.0

    @property
    def keeps_addresses(self) -> bool:
        """Whether an existing account always keeps the mobile number and email address with which it was created."""
        return self.second_account in {SecondAccount.SAME, SecondAccount.REFUSED}

    def placing_as(self, other: PlatformBehaviour) -> PlatformBehaviour:
        """Return a copy of this behavior that uses the seal placement settings of another behavior."""
        return replace(
            other,
            links_at_start=self.links_at_start,
            freeze_at=self.freeze_at,
            second_account=self.second_account,
            chunk_type_name=self.chunk_type_name,
        )

    def as_values(self) -> dict[str, str | float]:
        """Return the settings as a dictionary that can be passed to ``from_values``."""
        return {name: str(v) if isinstance(v, StrEnum) else v for name, v in asdict(self).items()}

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> PlatformBehaviour:
        """Return the behavior with these stored settings. Missing and invalid settings get their default values."""
        default = cls()
        known: dict[str, object] = {}
        for setting in fields(cls):
            otherwise, value = getattr(default, setting.name), values.get(setting.name)
            if isinstance(otherwise, StrEnum):
                choices = {str(choice): choice for choice in type(otherwise)}
                known[setting.name] = choices.get(value, otherwise) if isinstance(value, str) else otherwise
            else:
                known[setting.name] = _own_seal_width_pt(value) or otherwise
        return cls(**known)  # type: ignore[arg-type]  # each has its default's type


def _own_seal_width_pt(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if MIN_OWN_SEAL_PT <= value <= MAX_OWN_SEAL_PT else None


class EnvironmentKind(StrEnum):
    """The kind of an environment. The values are stored in the database and in the settings file."""

    SANDBOX = "sandbox"
    TEST = "test"
    PRODUCTION = "production"
    OWN = "own"


TEST_URL: Final = "https://smlgateway.tsign.cn/opentreaty/rest/v3.0"
PRODUCTION_URL: Final = "https://openapi.tsign.cn/opentreaty/rest/v3.0"


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment: the platform's URL, the user's project, and the behavior of the platform.

    The project's secret is stored separately, in the keyring, under the environment's kind. An empty ``proxy_url``
    means a direct connection. The proxy password is not part of the stored URL but is kept in the keyring.
    ``has_near_files`` means that the platform may return file URLs that point to this computer's own network.
    """

    kind: EnvironmentKind
    base_url: str
    project_id: str = ""
    proxy_url: str = field(default="", repr=False)
    has_near_files: bool = False
    behaviour: PlatformBehaviour = field(default_factory=PlatformBehaviour)

    @property
    def is_binding(self) -> bool:
        """Whether contracts in this environment are legally binding. To be safe, a custom URL counts as binding."""
        return self.kind in {EnvironmentKind.PRODUCTION, EnvironmentKind.OWN}

    def is_reached_as(self, other: Environment) -> bool:
        """Return whether two environments use the same project over the same connection.

        All settings are compared except the platform's behavior.
        """
        return replace(self, behaviour=other.behaviour) == other

    @property
    def host(self) -> str:
        """The host name of the base URL, or an empty string if the URL is invalid."""
        return host_of(self.base_url)


def host_of(address: str) -> str:
    """Return the host name of a URL, or an empty string if the URL is invalid."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def without_password(address: str) -> tuple[str, str]:
    """Return a URL without its password, and the password. The password is empty if the URL contains none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address, ""
    user, at, host = parts.netloc.rpartition("@")
    name, _colon, password = user.partition(":")
    return (parts._replace(netloc=f"{name}{at}{host}").geturl(), password) if password else (address, "")


def with_password(address: str, password: str) -> str:
    """Return a URL with the password added after the user name.

    A URL that has no user name or already contains a password is returned unchanged.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    user, at, host = parts.netloc.rpartition("@")
    if not (user and password) or ":" in user:
        return address
    return parts._replace(netloc=f"{user}:{password}{at}{host}").geturl()


def is_elsewhere(theirs: Environment, here: Environment | None) -> bool:
    """Return whether an action in ``theirs`` needs explicit confirmation from a user who is working in ``here``.

    Both are environments. ``here`` is None if the user's environment is unknown. An empty project id or URL of
    ``theirs`` is not compared. The sandbox never needs confirmation.
    """
    if theirs.kind is EnvironmentKind.SANDBOX:
        return False
    if here is None or here.kind is not theirs.kind:
        return True
    is_another_project = bool(theirs.project_id) and theirs.project_id != here.project_id
    return is_another_project or (bool(theirs.base_url) and theirs.base_url != here.base_url)


@dataclass(frozen=True, slots=True)
class KeyringStatus:
    """The availability of the keyring. ``backend_name`` is the name of the keyring's implementation.

    If the keyring is unavailable, ``code`` is the code of the StoreError that is raised when the keyring is accessed.
    """

    available: bool
    backend_name: str = ""
    code: str = ""
