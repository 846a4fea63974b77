"""Accounts that may have come to bear somebody else's name, taken from everybody once.

In earlier versions a signer who was picked and retyped as somebody else kept the account, and gave it the other's name.
Whose such an account is can't be told any more: it is found again when its person's number is next filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import folded_name
from esign_desktop.domain.erasure import FORGOTTEN_NAME, is_forgotten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.store.tables.accounts import Accounts
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.settings import Settings

_SETTING: Final = "accounts.unlinked"
"""How many were taken from everybody, until that was told; 0 from then on."""


class AccountRepair:
    """Blocks for the store; all of it may raise StoreError."""

    def __init__(self, accounts: Accounts, flows: Flows, settings: Settings) -> None:
        self._accounts = accounts
        self._flows = flows
        self._settings = settings

    def run(self) -> int:
        """Look through what earlier versions left, the first time, and return how many accounts are to be told of.

        Those of one project that share name and number were found as the database was brought up to date.
        """
        kept = self._settings.get(_SETTING)
        if kept is None:
            self._accounts.doubt(_with_two_names(self._flows.list()))
            kept = str(sum(record.is_doubtful for record in self._accounts.all()))
            self._settings.set(_SETTING, kept)
        return int(kept) if kept.isdecimal() else 0

    def note_told(self) -> None:
        """Remember that a person has read of it."""
        self._settings.set(_SETTING, "0")


def _with_two_names(flows: Iterable[FlowRecord]) -> set[str]:
    """Return the accounts of persons that contracts were sent to under more than one name."""
    names: dict[str, set[str]] = {}
    for flow in flows:
        for signer in flow.signers:
            # Under an organization's name stands its agent's account.
            is_person = signer.account_id and not signer.organization_account_id and signer.name
            if is_person and signer.name != FORGOTTEN_NAME and not is_forgotten(signer.account_id):
                names.setdefault(signer.account_id, set()).add(folded_name(signer.name))
    return {account_id for account_id, told in names.items() if len(told) > 1}
