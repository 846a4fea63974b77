"""How a platform behaves where its documentation leaves it open, as far as that is known of one environment.

The defaults are what the specification's open questions are answered with (spec/decisions.md); a calibration or a
person sets something else.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

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
    """Return a width that a seal can have, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if MIN_OWN_SEAL_PT <= value <= MAX_OWN_SEAL_PT else None
