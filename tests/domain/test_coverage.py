from __future__ import annotations

from dataclasses import replace

from esign_desktop.domain.contract.coverage import Cover, CoverKind, coverage
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.marks import MarkCache
from esign_desktop.domain.placing.placement import CrossPagePlacement, KeywordPlacement, new_placement_id
from tests.drafts import make_document, make_draft, make_organization_signer, make_person_signer


def test_each_party_has_a_cell_in_each_document() -> None:
    first, second = make_document("a", pages=3), make_document("b")
    company, person = make_organization_signer("company"), make_person_signer("person")
    free = replace(person, terms=replace(person.terms, free_documents=(second.id,)))
    across = CrossPagePlacement(new_placement_id(), company.id, first.id, PageRanges.all_of(3), 300.0)
    keyword = KeywordPlacement(new_placement_id(), person.id, first.id, "乙方")
    draft = make_draft(documents=(first, second), signers=(company, free), placements=(across, keyword))
    one, missing = Cover(CoverKind.SEALS, 1), Cover(CoverKind.MISSING)
    for hits, found in (({}, one), ({(first.id, "乙方"): ()}, missing)):
        marks = MarkCache().of(draft, hits)
        assert coverage(draft, marks, hits) == ((one, found), (missing, Cover(CoverKind.FREE)))
