"""Persons and organizations that the platform knows: those met before, and those found by the caller's own id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.signer import OrganizationSigner, PersonSigner
from esign_desktop.services.account_book import Reach
from esign_desktop.store.accounts import AccountKind, AccountRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.draft import ContractDraft
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.account_book import AccountBook
    from esign_desktop.store.accounts import Accounts
    from esign_desktop.store.flows import FlowRecord

__all__ = ["AccountKind", "AccountRecord", "AccountService", "Reach"]


class AccountService:
    """Accounts of one environment's project at a time. Calls block for store and network."""

    def __init__(
        self,
        accounts: Accounts,
        *,
        client_for: Callable[[Environment], PlatformClient],
        clock_ms: Callable[[], int],
        book: AccountBook | None = None,
    ) -> None:
        self._accounts = accounts
        self._book = book
        self._client_for = client_for
        self._clock_ms = clock_ms

    def known(self, environment: Environment) -> tuple[AccountRecord, ...]:
        """Return who was met before, the latest first: of an identity's accounts the current one."""
        records = self._accounts.list(environment.kind, environment.project_id)
        current = [record for record in records if record.is_current]
        return tuple(current if self._book is None else map(self._book.shown, current))

    def reaches(self, environment: Environment, draft: ContractDraft) -> dict[SignerId, Reach]:
        """Return where the platform reaches those signers who have an account already. Raises StoreError."""
        found: dict[SignerId, Reach] = {}
        for signer in draft.signers:
            match signer:
                case PersonSigner(person=person) | OrganizationSigner(agent=person):
                    reach = self._book.reach(environment, person) if self._book is not None else None
                    if reach is not None:
                        found[signer.id] = reach
                case _:
                    pass
        return found

    def reached(self, flow: FlowRecord) -> dict[int, Reach]:
        """Return where the platform reaches a flow's signers by their accounts, as far as that is known here.

        Keys are the signers' numbers. Raises StoreError.
        """
        found: dict[int, Reach] = {}
        for signer in flow.signers:
            record = self._accounts.get(flow.environment, flow.project_id, signer.account_id)
            if record is not None and self._book is not None:
                shown = self._book.shown(record)
                if shown.masked_mobile or shown.masked_email:
                    found[signer.number] = Reach(shown.masked_mobile, shown.masked_email)
        return found

    def find_by_third_id(
        self, environment: Environment, third_id: str, kind: AccountKind = AccountKind.PERSON
    ) -> AccountRecord | None:
        """Return the account with the caller's own id: as it was met before, else as the platform tells.

        The platform tells the account id alone: such a record has no name, and is of the ``kind`` that was asked for.
        Raises ApiError when the platform can't be asked.
        """
        known = self._accounts.find_by_third_id(environment.kind, environment.project_id, third_id)
        if known is not None:
            return known
        account_id = self._client_for(environment).find_account(third_id)
        if account_id is None:
            return None
        return AccountRecord(
            environment=environment.kind,
            project_id=environment.project_id,
            account_id=account_id,
            kind=kind,
            name="",
            third_id=third_id,
            last_used_ms=self._clock_ms(),
        )

    def remember(self, record: AccountRecord) -> None:
        """Keep an account for the next contract."""
        self._accounts.remember(replace(record, last_used_ms=self._clock_ms()))

    def forget(self, record: AccountRecord) -> None:
        """Forget an account here; the platform keeps it."""
        self._accounts.forget(record.account_id)
