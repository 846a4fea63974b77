"""The ways in which a signer signs a document: at given positions, at positions of the signer's choice, or not at all.

A signer without placements and without free documents signs every document at positions of their own choice (platform
documentation 4.9.1, ``docPosList``).
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.contract.contract import Contract
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.signer import Signer, SignerId, SigningTerms


class Participation(StrEnum):
    """The way in which a signer signs a document."""

    GIVEN = "given"
    """The draft gives the positions of the signer's seals."""
    FREE = "free"
    """The signer chooses the positions when signing."""
    NONE = "none"
    """The signer does not sign this document."""


def participation(contract: Contract, signer: Signer, document_id: DocumentId) -> Participation:
    """Return how a signer signs one of the contract's documents."""
    placed = {place.document_id for place in contract.placements if place.signer_id == signer.id}
    if document_id in placed:
        return Participation.GIVEN
    is_free = document_id in signer.terms.free_documents or not (placed or signer.terms.free_documents)
    return Participation.FREE if is_free else Participation.NONE


def free_documents(contract: Contract, signer: Signer) -> tuple[DocumentId, ...]:
    """Return the documents in which the signer has explicitly been allowed to choose the positions.

    The result is empty if the signer may choose the positions in all documents.
    """
    if not signer.terms.free_documents:
        return ()
    return tuple(
        document.id
        for document in contract.documents
        if participation(contract, signer, document.id) is Participation.FREE
    )


def signed_documents(contract: Contract) -> set[str]:
    """Return the ids of the documents that at least one signer signs."""
    signed: set[str] = set()
    placed: dict[SignerId, set[str]] = {}
    for place in contract.placements:
        placed.setdefault(place.signer_id, set()).add(place.document_id)
    for signer in contract.signers:
        own = placed.get(signer.id, set()) | set(signer.terms.free_documents)
        signed |= own or {document.id for document in contract.documents}
    return signed


def signs_nothing(contract: Contract, signer: Signer) -> bool:
    """Return whether all documents that the signer was supposed to sign have been removed from the contract."""
    if not signer.terms.free_documents or not contract.documents:
        return False
    return all(participation(contract, signer, document.id) is Participation.NONE for document in contract.documents)


def can_take_part(draft: ContractDraft, signer: Signer, document_id: DocumentId, wanted: Participation) -> bool:
    """Return whether ``with_participation`` can change the signer's participation in the document to ``wanted``.

    Every signer must sign at least one document, and automatic signing requires given positions. Participation can
    change to GIVEN only when a placement is added.
    """
    if participation(draft, signer, document_id) is wanted:
        return True
    match wanted:
        case Participation.GIVEN:
            return False
        case Participation.FREE:
            return not signer.terms.is_silent
        case Participation.NONE:
            others = (document.id for document in draft.documents if document.id != document_id)
            return any(participation(draft, signer, other_id) is not Participation.NONE for other_id in others)


def with_participation(
    draft: ContractDraft, signer_id: SignerId, document_id: DocumentId, wanted: Participation
) -> ContractDraft:
    """Set whether a signer chooses the positions in a document or does not sign the document.

    The signer's placements in the document are removed. If ``can_take_part`` returns False, the draft is unchanged.
    """
    signer = next((candidate for candidate in draft.signers if candidate.id == signer_id), None)
    if signer is None or not can_take_part(draft, signer, document_id, wanted):
        return draft
    if participation(draft, signer, document_id) is wanted:
        return draft
    free = {
        document.id for document in draft.documents if participation(draft, signer, document.id) is Participation.FREE
    }
    free = free | {document_id} if wanted is Participation.FREE else free - {document_id}
    terms = replace(
        signer.terms, free_documents=tuple(document.id for document in draft.documents if document.id in free)
    )
    return replace(
        draft,
        signers=tuple(
            replace(candidate, terms=terms) if candidate.id == signer_id else candidate for candidate in draft.signers
        ),
        placements=tuple(
            placement
            for placement in draft.placements
            if (placement.signer_id, placement.document_id) != (signer_id, document_id)
        ),
    )


def with_documents(terms: SigningTerms, ids: Mapping[DocumentId, DocumentId]) -> SigningTerms:
    """Return the terms with document ids replaced according to ``ids``. Ids that are not in this map are dropped."""
    known: dict[str, str] = {str(old): new for old, new in ids.items()}
    return replace(
        terms, free_documents=tuple(known[document_id] for document_id in terms.free_documents if document_id in known)
    )
