"""The cost of a contract (platform documentation 2.1 and 2.2).

The platform counts each entry of ``docList`` as one contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft


@dataclass(frozen=True, slots=True)
class Tier:
    """An annual plan of the platform: the price, and the number of contracts that the price includes."""

    price_yuan: int
    contract_count: int

    @property
    def price_per_contract_yuan(self) -> Decimal:
        """The plan's price divided by the number of contracts."""
        return Decimal(self.price_yuan) / Decimal(self.contract_count)


TIERS: Final = (
    Tier(10_000, 2_000),
    Tier(22_500, 5_000),
    Tier(60_000, 15_000),
    Tier(175_000, 50_000),
    Tier(300_000, 100_000),
)
OWN_TIER_INDEX: Final = len(TIERS)
"""The index of the last row of the platform's price list, whose price is negotiated (面议) and entered by the user."""
MOST_YUAN: Final = 100_000_000
MOST_CONTRACTS: Final = 100_000_000


def own_tier(price_yuan: int, contract_count: int) -> Tier | None:
    """Return a plan with negotiated terms, or None if the price or the number of contracts is out of range."""
    is_one = 0 < price_yuan <= MOST_YUAN and 0 < contract_count <= MOST_CONTRACTS
    return Tier(price_yuan, contract_count) if is_one else None


@dataclass(frozen=True, slots=True)
class Cost:
    """The number of contracts that are charged for a draft, and the total price.

    The platform freezes the amount when the flow starts and charges it when all signers have signed.
    """

    contract_count: int
    amount_yuan: Decimal


def cost_of(draft: ContractDraft, tier: Tier) -> Cost:
    """Return the cost of sending the draft, estimated from the plan's price.

    The API does not report the actual balance.
    """
    count = len(draft.documents)
    return Cost(count, (tier.price_per_contract_yuan * count).quantize(Decimal("0.01")))
