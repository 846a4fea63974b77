"""What a signer does with a document: seals at given places, seals where they like, or nothing at all.

Who has neither a place nor a document to place freely on signs every document and places freely on all (4.9.1,
docPosList).
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.signer import Signer, SignerId, SigningTerms


class Participation(StrEnum):
    """What one signer does with one document."""

    GIVEN = "given"
    """Places seals where placements are."""
    FREE = "free"
    """Places it themselves."""
    NONE = "none"
    """Does not sign this one."""


def participation(draft: ContractDraft, signer: Signer, document_id: DocumentId) -> Participation:
    """Say what a signer of the draft does with one of its documents."""
    placed = {place.document_id for place in draft.placements if place.signer_id == signer.id}
    if document_id in placed:
        return Participation.GIVEN
    is_free = document_id in signer.terms.free_documents or not (placed or signer.terms.free_documents)
    return Participation.FREE if is_free else Participation.NONE


def free_documents(draft: ContractDraft, signer: Signer) -> tuple[DocumentId, ...]:
    """Return the documents that are named for a signer to place freely on; none where they do so on all."""
    if not signer.terms.free_documents:
        return ()
    return tuple(one.id for one in draft.documents if participation(draft, signer, one.id) is Participation.FREE)


def signed_documents(draft: ContractDraft) -> set[str]:
    """Return the documents that anybody signs."""
    signed: set[str] = set()
    placed: dict[SignerId, set[str]] = {}
    for place in draft.placements:
        placed.setdefault(place.signer_id, set()).add(place.document_id)
    for signer in draft.signers:
        own = placed.get(signer.id, set()) | set(signer.terms.free_documents)
        signed |= own or {one.id for one in draft.documents}
    return signed


def signs_nothing(draft: ContractDraft, signer: Signer) -> bool:
    """Whether the documents are gone that a signer was to sign."""
    if not signer.terms.free_documents or not draft.documents:
        return False
    return all(participation(draft, signer, one.id) is Participation.NONE for one in draft.documents)


def can_take_part(draft: ContractDraft, signer: Signer, document_id: DocumentId, wanted: Participation) -> bool:
    """Whether ``with_participation`` can be asked for it: who signs nothing is no signer, and seals need places."""
    if participation(draft, signer, document_id) is wanted:
        return True
    match wanted:
        case Participation.GIVEN:
            return False
        case Participation.FREE:
            return not signer.terms.is_silent
        case Participation.NONE:
            others = (one.id for one in draft.documents if one.id != document_id)
            return any(participation(draft, signer, one) is not Participation.NONE for one in others)


def with_participation(
    draft: ContractDraft, signer_id: SignerId, document_id: DocumentId, wanted: Participation
) -> ContractDraft:
    """Let a signer place freely on a document, or not sign it: seals of theirs that are on it go.

    What can't be asked for leaves the draft as it is.
    """
    signer = next((one for one in draft.signers if one.id == signer_id), None)
    if signer is None or not can_take_part(draft, signer, document_id, wanted):
        return draft
    if participation(draft, signer, document_id) is wanted:
        return draft
    free = {one.id for one in draft.documents if participation(draft, signer, one.id) is Participation.FREE}
    free = free | {document_id} if wanted is Participation.FREE else free - {document_id}
    terms = replace(signer.terms, free_documents=tuple(one.id for one in draft.documents if one.id in free))
    return replace(
        draft,
        signers=tuple(replace(one, terms=terms) if one.id == signer_id else one for one in draft.signers),
        placements=tuple(
            one for one in draft.placements if (one.signer_id, one.document_id) != (signer_id, document_id)
        ),
    )


def with_documents(terms: SigningTerms, ids: Mapping[DocumentId, DocumentId]) -> SigningTerms:
    """Return terms that speak of the same documents by other ids; those without another one go."""
    known: dict[str, str] = {str(one): other for one, other in ids.items()}
    return replace(terms, free_documents=tuple(known[one] for one in terms.free_documents if one in known))
