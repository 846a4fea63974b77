from __future__ import annotations

from dataclasses import replace

from esign_desktop.domain.contract import edits
from esign_desktop.domain.placing.marks import MarkCache
from tests.domain.contract.test_checks import hit
from tests.drafts import make_cross_page, make_draft, make_keyword, make_person, make_person_signer, make_seal


def test_the_marks_are_those_that_are_drawn_from_nothing() -> None:
    draft = make_draft(placements=(make_seal(), make_keyword(), make_cross_page()))
    document = draft.documents[0]
    found = {(document.id, "乙方"): (hit(), hit(2))}
    drawn = MarkCache()
    for _ in range(2):
        assert drawn.of(draft, found) == MarkCache().of(draft, found)


def test_only_what_changed_is_drawn_anew() -> None:
    draft = make_draft(placements=(make_seal(), make_seal(name="other")))
    drawn = MarkCache()
    first, second = drawn.of(draft, {})
    moved = edits.move_placements(draft, {draft.placements[1].id}, 5.0, 0.0)
    again, shifted = drawn.of(moved, {})
    assert again is first
    assert shifted.rect.left_pt == second.rect.left_pt + 5.0


def test_a_mark_follows_its_signer_document_and_hits() -> None:
    draft = make_draft(placements=(make_keyword(), make_seal()))
    document = draft.documents[0]
    drawn = MarkCache()
    assert len(drawn.of(draft, {})) == 1
    assert len(drawn.of(draft, {(document.id, "乙方"): (hit(), hit(2))})) == 3
    shorter = replace(draft, documents=(replace(document, pages=()),))
    assert drawn.of(shorter, {}) == ()
    assert drawn.of(replace(draft, signers=()), {}) == ()


def test_a_signers_new_name_draws_nothing_anew() -> None:
    draft = make_draft(placements=(make_seal(),))
    drawn = MarkCache()
    (mark,) = drawn.of(draft, {})
    signer = replace(make_person_signer(), person=make_person(name="李四"))
    renamed = edits.update_signer(draft, signer)
    assert renamed != draft
    assert drawn.of(renamed, {})[0] is mark
