"""Edits that only presets have, beside those of ``domain.contract.edits``. Ids of other presets are ignored."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.contract.edits import add_signer
from esign_desktop.domain.placing.participation import with_documents
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    Signer,
    SignerId,
)

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.preset.preset import Preset


class RoleKind(StrEnum):
    """The kind of signer that a role represents."""

    CUSTOMER = "customer"
    CUSTOMER_ORGANIZATION = "customer_organization"
    STAFF = "staff"
    BRANCH = "branch"
    PLATFORM = "platform"


def role_kind(role: Signer) -> RoleKind:
    """Return the kind of signer that a role represents."""
    match role:
        case OpenSigner(kind=AccountKind.PERSON):
            return RoleKind.CUSTOMER
        case OpenSigner():
            return RoleKind.CUSTOMER_ORGANIZATION
        case PersonSigner():
            return RoleKind.STAFF
        case OrganizationSigner():
            return RoleKind.BRANCH
        case ApplicationSigner():
            return RoleKind.PLATFORM


def add_role(preset: Preset, kind: RoleKind) -> Preset:
    """Add a role that has no signer yet. The new role signs after all other roles."""
    taken = {str(role.id) for role in preset.signers}
    number = len(taken) + 1
    while f"role {number}" in taken:
        number += 1
    return add_signer(preset, _role(SignerId(f"role {number}"), kind))


def with_other_document(draft: ContractDraft, document_id: DocumentId, document: Document) -> ContractDraft:
    """Replace a document with one that has another id. The seals move to the new document."""
    ids = {one.id: one.id for one in draft.documents} | {document_id: document.id}
    return replace(
        draft,
        documents=tuple(document if one.id == document_id else one for one in draft.documents),
        placements=tuple(replace(place, document_id=ids[place.document_id]) for place in draft.placements),
        signers=tuple(replace(signer, terms=with_documents(signer.terms, ids)) for signer in draft.signers),
    )


def _role(role_id: SignerId, kind: RoleKind) -> Signer:
    match kind:
        case RoleKind.CUSTOMER:
            return OpenSigner(role_id)
        case RoleKind.CUSTOMER_ORGANIZATION:
            return OpenSigner(role_id, kind=AccountKind.ORGANIZATION)
        case RoleKind.STAFF:
            return PersonSigner(role_id, Person(""))
        case RoleKind.BRANCH:
            return OrganizationSigner(role_id, Organization(""), Person(""))
        case RoleKind.PLATFORM:
            return ApplicationSigner(role_id)
