"""Staff and branches whose accounts are known here: no call has to be made for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.preset import BranchRole, StaffRole

if TYPE_CHECKING:
    from esign_desktop.domain.account import Person
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset import Preset, Role
    from esign_desktop.store.accounts import Accounts


def with_known_accounts(preset: Preset, environment: Environment, accounts: Accounts) -> Preset:
    """Return the preset with the account ids that this environment's project has for our own ids. Raises StoreError."""

    def account_id(third_id: str) -> str:
        record = accounts.find_by_third_id(environment.kind, environment.project_id, third_id)
        return "" if record is None else record.account_id

    def known(person: Person) -> Person:
        return person if person.account_id else replace(person, account_id=account_id(person.third_id))

    def filled(role: Role) -> Role:
        match role:
            case StaffRole(person=person):
                return replace(role, person=known(person))
            case BranchRole(organization=organization, agent=agent):
                own = organization.account_id or account_id(organization.third_id)
                return replace(role, organization=replace(organization, account_id=own), agent=known(agent))
            case _:
                return role

    return replace(preset, roles=tuple(map(filled, preset.roles)))
