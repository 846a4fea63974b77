"""Estimate how many contracts are left in the contract plan bought from the platform.

The estimate is the number that the clerk read on the platform, minus the number of contracts that this computer has
sent since then.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.environment import FreezeAt
from esign_desktop.domain.flow import FlowStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.environment import EnvironmentKind
    from esign_desktop.store.tables.flows import Flows, FlowTally
    from esign_desktop.store.tables.settings import Settings

LOW_SHARES: Final = (0.25, 0.10)
LAST_DAYS: Final = (30, 15)
"""The remaining shares and days at which, inclusively, the platform warns (platform documentation 2.3)."""


class QuotaWarning(StrEnum):
    """A reason to warn about the contract plan.

    For the number of contracts left, only the most severe warning is given. The same applies to the number of days
    left.
    """

    QUARTER_LEFT = "quarter_left"
    TENTH_LEFT = "tenth_left"
    THIRTY_DAYS_LEFT = "thirty_days_left"
    FIFTEEN_DAYS_LEFT = "fifteen_days_left"
    USED_UP = "used_up"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class QuotaEntry:
    """The figures about the contract plan that the clerk entered.

    They are the size of the contract plan, the number of contracts left when the clerk entered the figures, and the end
    of the contract plan's validity. Times are in epoch milliseconds.
    """

    total_count: int
    remaining_count: int
    counted_at_ms: int
    valid_until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ContractAccount:
    """The number of contracts sent from this computer, by billing state, and the estimated number left in the plan.

    ``remaining_count`` is None until the clerk enters the figures of the contract plan. Contracts paid for by a signer
    do not use this plan and are not counted. Contracts sent from other computers are not known.
    """

    frozen_count: int
    charged_count: int
    released_count: int
    entry: QuotaEntry | None
    remaining_count: int | None
    days_left: int | None
    warnings: tuple[QuotaWarning, ...] = ()

    def lacks_for(self, contract_count: int) -> bool:
        """Return whether the contract plan probably has fewer than ``contract_count`` contracts left.

        See section 2.3 (3) of the platform's documentation. The result is also True if the contract plan has expired.
        """
        too_few = self.remaining_count is not None and self.remaining_count < contract_count
        return too_few or QuotaWarning.OVER in self.warnings


class QuotaService:
    """The service that counts contracts and stores the figures entered by the clerk. Calls block on the store."""

    def __init__(
        self,
        flows: Flows,
        settings: Settings,
        *,
        clock_ms: Callable[[], int],
        freeze_at: Callable[[EnvironmentKind], FreezeAt] = lambda _kind: FreezeAt.START,
    ) -> None:
        self._flows = flows
        self._freeze_at = freeze_at
        self._settings = settings
        self._clock_ms = clock_ms

    def account(self, kind: EnvironmentKind) -> ContractAccount:
        """Return the current counts for an environment. Raises StoreError."""
        entry, freeze_at = self.entry(kind), self._freeze_at(kind)
        frozen, charged, released = _by_fate(self._flows.tally(kind), freeze_at)
        used_since = 0
        if entry is not None:
            frozen_since, charged_since, _ = _by_fate(self._flows.tally(kind, since_ms=entry.counted_at_ms), freeze_at)
            used_since = frozen_since + charged_since
        return _account((frozen, charged, released), entry, used_since, self._clock_ms())

    def warned(self, kind: EnvironmentKind) -> ContractAccount | None:
        """Return the current counts if they include a warning, or None otherwise. Raises StoreError.

        The call is fast if the clerk has not entered any figures.
        """
        if self.entry(kind) is None:
            return None
        account = self.account(kind)
        return account if account.warnings else None

    def entry(self, kind: EnvironmentKind) -> QuotaEntry | None:
        """Return the figures that the clerk entered, or None if there are none or they are unreadable."""
        try:
            found = QuotaEntry(**json.loads(self._settings.get(_key(kind)) or "null"))
        except (ValueError, TypeError):
            return None
        numbers = (found.total_count, found.remaining_count, found.counted_at_ms)
        return found if all(type(number) is int and number >= 0 for number in numbers) else None

    def enter(
        self, kind: EnvironmentKind, *, total_count: int, remaining_count: int, valid_until_ms: int | None
    ) -> None:
        """Store the figures that the clerk has just read on the platform's website.

        ``valid_until_ms`` is in epoch milliseconds.
        """
        entry = QuotaEntry(total_count, remaining_count, self._clock_ms(), valid_until_ms)
        self._settings.set(_key(kind), json.dumps(asdict(entry)))

    def forget(self, kind: EnvironmentKind) -> None:
        """Delete the figures that the clerk entered."""
        self._settings.delete(_key(kind))


def _key(kind: EnvironmentKind) -> str:
    return f"quota.{kind.value}"


def _by_fate(tallies: tuple[FlowTally, ...], freeze_at: FreezeAt) -> tuple[int, int, int]:
    """Return the numbers of contracts that are frozen, charged and released.

    A contract that has not been shown to its signers may have none of these states.
    """
    unfrozen = {FlowStatus.DRAFT} if freeze_at is FreezeAt.EXECUTE else set()
    charged = sum(tally.contract_count for tally in tallies if tally.status is FlowStatus.COMPLETED)
    released = sum(tally.contract_count for tally in tallies if tally.status.is_final) - charged
    frozen = sum(
        tally.contract_count for tally in tallies if not tally.status.is_final and tally.status not in unfrozen
    )
    return frozen, charged, released


def _account(counts: tuple[int, int, int], entry: QuotaEntry | None, used_since: int, now_ms: int) -> ContractAccount:
    if entry is None:
        return ContractAccount(*counts, None, None, None)
    remaining = max(0, entry.remaining_count - used_since)
    until_ms = entry.valid_until_ms
    days = None if until_ms is None else (until_ms - now_ms) // DAY_MS
    return ContractAccount(*counts, entry, remaining, days, tuple(_warnings(remaining, entry.total_count, days)))


def _warnings(remaining: int, total: int, days: int | None) -> list[QuotaWarning]:
    found: list[QuotaWarning] = []
    if remaining == 0:
        found.append(QuotaWarning.USED_UP)
    elif remaining <= total * LOW_SHARES[1]:
        found.append(QuotaWarning.TENTH_LEFT)
    elif remaining <= total * LOW_SHARES[0]:
        found.append(QuotaWarning.QUARTER_LEFT)
    if days is not None:
        if days < 0:
            found.append(QuotaWarning.OVER)
        elif days <= LAST_DAYS[1]:
            found.append(QuotaWarning.FIFTEEN_DAYS_LEFT)
        elif days <= LAST_DAYS[0]:
            found.append(QuotaWarning.THIRTY_DAYS_LEFT)
    return found
