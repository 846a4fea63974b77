"""Fill in the stored account ids of the staff and branches in a preset, to save requests to the platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.signer import OrganizationSigner, PersonSigner

if TYPE_CHECKING:
    from esign_desktop.domain.account import Organization, Person
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer
    from esign_desktop.store.tables.accounts import Accounts


def with_known_accounts(preset: Preset, environment: Environment, accounts: Accounts) -> Preset:
    """Return the preset with the account ids that its staff and branches have in the environment's project.

    Raises StoreError.
    """
    home = environment.kind, environment.project_id

    def account_id(subject: Person | Organization) -> str:
        """Return the account id for a ``thirdId``, which is a digest of the identity or the clerk's own reference."""
        found = accounts.of_identity(*home, subject.third_id) or (accounts.find_by_third_id(*home, subject.third_id),)
        record = found[0]
        return record.account_id if record is not None and record.is_called(subject.name) else ""

    def known(person: Person) -> Person:
        # A person identified by a number is looked up when the contract is sent.
        return person if person.account_id or person.id_number else replace(person, account_id=account_id(person))

    def filled(role: Signer) -> Signer:
        match role:
            case PersonSigner(person=person):
                return replace(role, person=known(person))
            case OrganizationSigner(organization=organization, agent=agent):
                if not organization.account_id and not organization.code:
                    organization = replace(organization, account_id=account_id(organization))
                return replace(role, organization=organization, agent=known(agent))
            case _:
                return role

    return replace(preset, signers=tuple(map(filled, preset.signers)))
