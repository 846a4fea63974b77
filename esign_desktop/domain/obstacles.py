"""What keeps a contract from being sent wherever it comes from, and shows without a look into its files.

``checks`` tells of all of it, and of more, to whoever prepares a contract. Presets at the counter, rows of a sheet and
contracts that are taken up again meet these here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.form_checks import form_problems
from esign_desktop.domain.placement import KeywordPlacement
from esign_desktop.domain.placement_checks import orphan_problem
from esign_desktop.domain.problems import DocumentSubject, PlacementSubject, Problem, Severity, SignerSubject

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.draft import ContractDraft
    from esign_desktop.domain.signer import Signer, SignerId


def obstacles(draft: ContractDraft) -> tuple[Problem, ...]:
    """Return what forbids a send."""
    placing = {placement.signer_id for placement in draft.placements}
    marked = {placement.document_id for placement in draft.placements}
    found = [
        *(
            problem
            for document in draft.documents
            for problem in form_problems(document, is_correction=draft.replaces is not None)
        ),
        *unsigned_documents(draft, placing, marked),
        *(
            silent_without_place(signer, number)
            for number, signer in enumerate(draft.signers, 1)
            if signer.terms.is_silent and signer.id not in placing
        ),
        *_placements(draft),
    ]
    return tuple(problem for problem in found if problem.severity is Severity.BLOCKING)


def unsigned_documents(draft: ContractDraft, placing: Set[SignerId], marked: Set[DocumentId]) -> Iterator[Problem]:
    """Yield documents that nobody would sign; ``placing`` are signers, and ``marked`` documents, with a placement."""
    # A signer without any place signs every document.
    if all(signer.id in placing for signer in draft.signers) and draft.signers:
        for document in draft.documents:
            if document.id not in marked:
                yield Problem(
                    "document.nobody_signs", Severity.BLOCKING, DocumentSubject(document.id), {"name": document.name}
                )


def silent_without_place(signer: Signer, number: int) -> Problem:
    """Return the problem of who signs without being asked, and nobody said where."""
    return Problem("signer.silent_without_place", Severity.BLOCKING, SignerSubject(signer.id), {"number": number})


def _placements(draft: ContractDraft) -> Iterator[Problem]:
    names = {document.id: document.name for document in draft.documents}
    signer_ids = {signer.id for signer in draft.signers}
    for place in draft.placements:
        if place.document_id not in names or place.signer_id not in signer_ids:
            yield orphan_problem(place)
        elif isinstance(place, KeywordPlacement):
            subject = PlacementSubject(place.id)
            if not place.keyword.strip():
                yield Problem("keyword.empty", Severity.BLOCKING, subject)
            elif place.confirmed_hits == 0:
                params: dict[str, str | float] = {"keyword": place.keyword, "name": names[place.document_id]}
                yield Problem("keyword.not_found", Severity.BLOCKING, subject, params)
