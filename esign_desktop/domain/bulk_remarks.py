"""What is odd about a preset that is sent to many: it may have been made for a counter, where the customer stands."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.options import MS_PER_DAY, SignWithin

if TYPE_CHECKING:
    from esign_desktop.domain.preset import Preset

LITTLE_TIME_MS: Final = MS_PER_DAY
"""Who gets a message does not always read it on the same day."""


class BulkRemark(StrEnum):
    """Keeps nothing from being sent."""

    NOBODY_IS_TOLD = "nobody_is_told"
    """The platform sends no message: links have to be handed out from the result."""
    LITTLE_TIME = "little_time"
    """Signing ends within a day of sending."""


def remarks_of(preset: Preset) -> tuple[BulkRemark, ...]:
    """Return what has to be known before a preset is sent to many."""
    found = []
    if not preset.options.notices and any(not role.terms.is_silent for role in preset.roles):
        found.append(BulkRemark.NOBODY_IS_TOLD)
    deadline = preset.options.deadline
    if isinstance(deadline, SignWithin) and deadline.duration_ms < LITTLE_TIME_MS:
        found.append(BulkRemark.LITTLE_TIME)
    return tuple(found)
