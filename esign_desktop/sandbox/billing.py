"""Contracts are frozen when a flow starts, charged when everyone has signed, released otherwise (spec 2.2).

A flow's own record holds what it costs, so money and flows can't disagree after a crash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from esign_desktop.sandbox.records import Flow
    from esign_desktop.sandbox.state import State


@dataclass(frozen=True, slots=True)
class Balance:
    """One payer's contracts."""

    quota: int
    frozen: int
    charged: int

    @property
    def available(self) -> int:
        """What a new flow may freeze."""
        return self.quota - self.frozen - self.charged


class Billing:
    """Keeps the quota. A payer of None is the application itself; every other payer has a quota of the same size."""

    def __init__(self, state: State, quota_contracts: int) -> None:
        self._state = state
        self._quota_contracts = quota_contracts

    def balance(self, payer_account_id: str | None = None) -> Balance:
        """What is frozen and charged to one payer."""
        frozen = charged = 0
        for flow in self._state.flows:
            if flow.payer_account_id == payer_account_id:
                frozen += len(flow.documents) if flow.billing == "frozen" else 0
                charged += len(flow.documents) if flow.billing == "charged" else 0
        return Balance(self._quota_contracts, frozen, charged)

    def freeze(self, flow: Flow) -> None:
        """Freeze the flow's contracts; refuses when the payer has too few left. Twice is once."""
        if flow.billing != "none":
            return
        if self.balance(flow.payer_account_id).available < len(flow.documents):
            raise Refusal(ErrCode.QUOTA, "套餐余额不足 / not enough contracts left in the package")
        flow.billing = "frozen"

    def charge(self, flow: Flow) -> None:
        """Everyone has signed."""
        flow.billing = "charged"

    def release(self, flow: Flow) -> None:
        """Revoked, refused or expired: nothing is charged."""
        if flow.billing == "frozen":
            flow.billing = "released"
