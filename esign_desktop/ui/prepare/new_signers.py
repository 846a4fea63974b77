"""Signers of each kind that nothing is known of yet."""

from __future__ import annotations

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, new_signer_id


def new_person_signer() -> PersonSigner:
    """Return an empty person to fill in."""
    return PersonSigner(new_signer_id(), Person(""))


def new_organization_signer() -> OrganizationSigner:
    """Return an empty organization to fill in."""
    return OrganizationSigner(new_signer_id(), Organization(""), Person(""))


def new_application_signer() -> ApplicationSigner:
    """Return the platform account itself, which signs automatically."""
    return ApplicationSigner(new_signer_id())
