"""Reserve, charge and release the contract quota that flows use up for their payers (spec 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from esign_desktop.sandbox.options import Trouble
    from esign_desktop.sandbox.state import Flow, State


@dataclass(frozen=True, slots=True)
class Balance:
    """The quota of a payer, with its reserved and charged parts. All values are numbers of contracts."""

    quota: int
    frozen: int
    charged: int

    @property
    def available(self) -> int:
        """The number of contracts for which quota can still be reserved."""
        return self.quota - self.frozen - self.charged


class Billing:
    """The quotas of the payers. All quotas have the same size. The payer None is the application itself."""

    def __init__(self, state: State, quota_contracts: int, trouble: Trouble) -> None:
        self._state = state
        self._trouble = trouble
        self._quota_contracts = quota_contracts

    def balance(self, payer_account_id: str | None = None) -> Balance:
        """Return a payer's quota, with the numbers of contracts that are reserved and charged."""
        frozen = charged = 0
        for flow in self._state.flows:
            if flow.payer_account_id == payer_account_id:
                frozen += len(flow.documents) if flow.billing == "frozen" else 0
                charged += len(flow.documents) if flow.billing == "charged" else 0
        return Balance(self._quota_contracts, frozen, charged)

    def freeze(self, flow: Flow) -> None:
        """Reserve quota for a flow's contracts, unless quota has already been reserved.

        Raises Refusal if the payer's quota is used up or the payer's plan has expired.
        """
        if flow.billing != "none":
            return
        package = self._trouble.package if flow.payer_account_id is None else "usual"
        if package == "ended":
            raise Refusal(ErrCode.QUOTA, "套餐已到期，无法发起 / the package has ended")
        if package == "used_up" or self.balance(flow.payer_account_id).available < len(flow.documents):
            raise Refusal(ErrCode.QUOTA, "套餐余额不足 / not enough contracts left in the package")
        flow.billing = "frozen"

    def charge(self, flow: Flow) -> None:
        """Charge the payer for a flow's contracts. This happens when all signers have signed."""
        flow.billing = "charged"

    def release(self, flow: Flow) -> None:
        """Release the quota that is reserved for a flow. This happens when a flow ends without success."""
        if flow.billing == "frozen":
            flow.billing = "released"
