"""Functions that return an edited copy of a draft or, where the type of the contract is not stated, of a preset.

Ids that the contract does not contain are ignored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from esign_desktop.domain.options import FlowOptions, Party, SignerParty
from esign_desktop.domain.placing.clamping import clamped_to_page
from esign_desktop.domain.placing.placement import (
    MAX_SEAL_PT,
    MIN_SEAL_PT,
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    PlacementId,
    seal_width_pt,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Set

    from esign_desktop.domain.contract.contract import Contract
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.page_ranges import PageRanges
    from esign_desktop.domain.signer import Signer, SignerId

AnyContract = TypeVar("AnyContract", bound="Contract")


def add_documents(draft: ContractDraft, documents: Sequence[Document]) -> ContractDraft:
    """Append documents to the draft."""
    return replace(draft, documents=(*draft.documents, *documents))


def update_document(contract: AnyContract, document: Document) -> AnyContract:
    """Replace the document that has the same id. The placements are unchanged."""
    return replace(contract, documents=tuple(document if d.id == document.id else d for d in contract.documents))


def remove_document(draft: ContractDraft, document_id: DocumentId) -> ContractDraft:
    """Remove a document, together with its placements."""
    return replace(
        draft,
        documents=tuple(d for d in draft.documents if d.id != document_id),
        placements=tuple(p for p in draft.placements if p.document_id != document_id),
    )


def rename_document(draft: ContractDraft, document_id: DocumentId, name: str) -> ContractDraft:
    """Rename a document in the contract. The file on disk keeps its name."""
    return replace(draft, documents=tuple(replace(d, name=name) if d.id == document_id else d for d in draft.documents))


def move_document(draft: ContractDraft, document_id: DocumentId, to_index: int) -> ContractDraft:
    """Move a document to another index in the list of documents."""
    moved = [d for d in draft.documents if d.id == document_id]
    rest = [d for d in draft.documents if d.id != document_id]
    rest[to_index:to_index] = moved
    return replace(draft, documents=tuple(rest))


def add_signer(contract: AnyContract, signer: Signer) -> AnyContract:
    """Append a signer in a new last step."""
    last_step = max((s.terms.step for s in contract.signers), default=0)
    return replace(contract, signers=(*contract.signers, _with_step(signer, last_step + 1)))


def update_signer(contract: AnyContract, signer: Signer) -> AnyContract:
    """Replace the signer who has the same id. The new signer's step is used."""
    return replace(contract, signers=tuple(signer if s.id == signer.id else s for s in contract.signers))


def remove_signer(contract: AnyContract, signer_id: SignerId) -> AnyContract:
    """Remove a signer, together with their placements and their role as initiator or payer. Later steps move up."""
    options = contract.options
    gone: Callable[[Party | None], bool] = lambda party: party == SignerParty(signer_id)  # noqa: E731
    return _closed_up(
        replace(
            contract,
            signers=tuple(s for s in contract.signers if s.id != signer_id),
            placements=tuple(p for p in contract.placements if p.signer_id != signer_id),
            options=replace(
                options,
                initiator=None if gone(options.initiator) else options.initiator,
                payer=None if gone(options.payer) else options.payer,
            ),
        )
    )


def arrange_signers(draft: ContractDraft, steps: Sequence[Sequence[SignerId]]) -> ContractDraft:
    """Arrange the signers in these steps.

    Signers who are not listed follow in steps of their own, in their previous order. Unlisted signers who may sign at
    any time come last, and may still sign at any time.
    """
    known = {s.id: s for s in draft.signers}
    named: list[Signer] = []
    seen: set[SignerId] = set()
    step_number = 0
    for step in steps:
        members = [known[i] for i in dict.fromkeys(step) if i in known and i not in seen]
        if members:
            step_number += 1
            named.extend(_with_step(s, step_number) for s in members)
            seen.update(s.id for s in members)
    for signer in draft.signers:
        if signer.id not in seen and signer.terms.step:
            step_number += 1
            named.append(_with_step(signer, step_number))
    named.extend(signer for signer in draft.anytime_signers if signer.id not in seen)
    return replace(draft, signers=tuple(named))


def set_anytime(draft: ContractDraft, signer_id: SignerId, *, is_anytime: bool) -> ContractDraft:
    """Let a signer sign at any time or, if ``is_anytime`` is False, in a new last step."""
    step = 0 if is_anytime else len(draft.steps) + 1
    signers = tuple(_with_step(s, step) if s.id == signer_id else s for s in draft.signers)
    changed = replace(draft, signers=signers)
    return arrange_signers(changed, [[s.id for s in members] for members in changed.steps])


def set_ordered(draft: ContractDraft, *, is_ordered: bool) -> ContractDraft:
    """Set whether signers sign step by step or in any order."""
    return replace(draft, is_ordered=is_ordered)


def set_options(draft: ContractDraft, options: FlowOptions) -> ContractDraft:
    """Replace the options of the signing flow."""
    return replace(draft, options=options)


def place(contract: AnyContract, placement: Placement) -> AnyContract:
    """Add a placement. Its seal is drawn on top of the other seals."""
    return replace(contract, placements=(*contract.placements, placement))


def update_placement(contract: AnyContract, placement: Placement) -> AnyContract:
    """Replace the placement that has the same id."""
    return replace(contract, placements=tuple(placement if p.id == placement.id else p for p in contract.placements))


def remove_placements(contract: AnyContract, placement_ids: Set[PlacementId]) -> AnyContract:
    """Remove the placements with these ids."""
    return replace(contract, placements=tuple(p for p in contract.placements if p.id not in placement_ids))


def assign_signer(draft: ContractDraft, placement_ids: Set[PlacementId], signer_id: SignerId) -> ContractDraft:
    """Assign the placements to another signer. If there is no such signer, the draft is unchanged."""
    if all(signer.id != signer_id for signer in draft.signers):
        return draft
    return _changed(draft, placement_ids, lambda p: replace(p, signer_id=signer_id))


def move_placements(draft: ContractDraft, placement_ids: Set[PlacementId], dx_pt: float, dy_pt: float) -> ContractDraft:
    """Move placements to the right and upwards by a distance in page space.

    A fixed seal stays entirely within its pages, and a cross-page seal moves only vertically. A keyword's offset is not
    limited, because the keyword may occur anywhere on a page.
    """
    return _changed(draft, placement_ids, lambda p: _moved(draft, p, dx_pt, dy_pt))


def resize_placements(draft: ContractDraft, placement_ids: Set[PlacementId], width_pt: float | None) -> ContractDraft:
    """Set the displayed width of seals, clamped to the allowed range. A width of None restores a seal's own size."""
    width = None if width_pt is None else min(MAX_SEAL_PT, max(MIN_SEAL_PT, width_pt))
    return _changed(draft, placement_ids, lambda p: replace(p, width_pt=width))


def grow_placements(draft: ContractDraft, placement_ids: Set[PlacementId], by_pt: float) -> ContractDraft:
    """Increase the displayed width of seals by ``by_pt``, clamped to the allowed range.

    Seals whose signer is not in the draft are unchanged.
    """
    signers = {signer.id: signer for signer in draft.signers}

    def grown(placement: Placement) -> Placement:
        signer = signers.get(placement.signer_id)
        if signer is None:
            return placement
        width = seal_width_pt(placement, signer, draft.behaviour) + by_pt
        return replace(placement, width_pt=min(MAX_SEAL_PT, max(MIN_SEAL_PT, width)))

    return _changed(draft, placement_ids, grown)


def set_pages(draft: ContractDraft, placement_ids: Set[PlacementId], pages: PageRanges) -> ContractDraft:
    """Set the pages of fixed and cross-page seals. Keyword placements are unchanged."""
    return _changed(draft, placement_ids, lambda p: p if isinstance(p, KeywordPlacement) else replace(p, pages=pages))


def confirm_hits(draft: ContractDraft, counts: Mapping[PlacementId, int]) -> ContractDraft:
    """Record, for each keyword placement, the number of matches that the user confirmed."""
    return _changed(
        draft,
        set(counts),
        lambda p: replace(p, confirmed_hits=counts[p.id]) if isinstance(p, KeywordPlacement) else p,
    )


def verify_positions(draft: ContractDraft, placement_ids: Set[PlacementId]) -> ContractDraft:
    """Record that the user has checked the positions of these seals in a new version of their document."""
    return _changed(
        draft,
        placement_ids,
        lambda p: replace(p, unverified_at=None) if isinstance(p, CoordinatePlacement) and p.is_unverified else p,
    )


def _changed(
    draft: ContractDraft, placement_ids: Set[PlacementId], change: Callable[[Placement], Placement]
) -> ContractDraft:
    return replace(draft, placements=tuple(change(p) if p.id in placement_ids else p for p in draft.placements))


def _moved(draft: ContractDraft, placement: Placement, dx_pt: float, dy_pt: float) -> Placement:
    moved: Placement
    match placement:
        case KeywordPlacement(offset_x_pt=x, offset_y_pt=y):
            return replace(placement, offset_x_pt=x + dx_pt, offset_y_pt=y + dy_pt)
        case CoordinatePlacement(center=center):
            moved = replace(placement, center=center.moved(dx_pt, dy_pt))
        case CrossPagePlacement(center_y_pt=y):
            moved = replace(placement, center_y_pt=y + dy_pt)
    document = next((d for d in draft.documents if d.id == placement.document_id), None)
    signer = next((s for s in draft.signers if s.id == placement.signer_id), None)
    if document is None or signer is None:
        return moved
    return clamped_to_page(moved, document, seal_width_pt(moved, signer, draft.behaviour))


def _with_step(signer: Signer, step: int) -> Signer:
    return replace(signer, terms=replace(signer.terms, step=step))


def _closed_up(contract: AnyContract) -> AnyContract:
    numbers = {step: n for n, step in enumerate(sorted({s.terms.step for s in contract.signers} | {0}))}
    return replace(contract, signers=tuple(_with_step(s, numbers[s.terms.step]) for s in contract.signers))
