from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.steps import shifted, steps_of
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.options import FlowOptions, SignerParty
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import MAX_SEAL_PT, MIN_SEAL_PT, PlacementId, seal_width_pt
from esign_desktop.domain.signer import SignerId
from tests.drafts import (
    make_cross_page,
    make_document,
    make_draft,
    make_keyword,
    make_organization_signer,
    make_person_signer,
    make_seal,
)

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft

A, B, C = (make_person_signer(name, step=step) for step, name in enumerate("甲乙丙", 1))
NOBODY, NOTHING, NOWHERE = SignerId("nobody"), PlacementId("nothing"), DocumentId("nowhere")


def full_draft() -> ContractDraft:
    return make_draft(
        documents=(make_document("一"), make_document("二")),
        signers=(A, B, C),
        placements=(
            make_seal("一", "甲", name="p1"),
            make_keyword("一", "乙", name="p2"),
            make_cross_page("二", "甲", name="p3"),
        ),
    )


def names(draft: ContractDraft) -> list[str]:
    return [signer.id.removeprefix("id of ") for signer in draft.signers]


def steps(draft: ContractDraft) -> list[int]:
    return [signer.terms.step for signer in draft.signers]


def test_documents_are_added_moved_renamed_and_replaced() -> None:
    draft = edits.add_documents(full_draft(), [make_document("三")])
    assert [d.name for d in draft.documents] == ["一", "二", "三"]
    assert [d.name for d in edits.move_document(draft, make_document("三").id, 0).documents] == ["三", "一", "二"]
    assert [d.name for d in edits.move_document(draft, make_document("一").id, 9).documents] == ["二", "三", "一"]
    renamed = edits.rename_document(draft, make_document("一").id, "首")
    assert renamed.documents[0].name == "首"
    assert renamed.documents[0].path == make_document("一").path


def test_a_document_takes_its_places_with_it() -> None:
    draft = edits.remove_document(full_draft(), make_document("一").id)
    assert [d.name for d in draft.documents] == ["二"]
    assert [p.id for p in draft.placements] == ["p3"]


def test_a_new_signer_comes_last() -> None:
    draft = edits.add_signer(full_draft(), make_person_signer("丁"))
    assert (names(draft), steps(draft)) == (["甲", "乙", "丙", "丁"], [1, 2, 3, 4])
    assert steps(edits.add_signer(make_draft(signers=()), C)) == [1]


def test_a_signer_is_changed_in_their_place() -> None:
    renamed = replace(B, person=replace(B.person, name="乙乙"))
    assert edits.update_signer(full_draft(), renamed).signers == (A, renamed, C)


def test_a_signer_takes_their_places_and_parts_with_them() -> None:
    options = FlowOptions(initiator=SignerParty(A.id), payer=SignerParty(B.id))
    draft = edits.remove_signer(replace(full_draft(), options=options), A.id)
    assert (names(draft), steps(draft)) == (["乙", "丙"], [1, 2])
    assert [p.id for p in draft.placements] == ["p2"]
    assert (draft.options.initiator, draft.options.payer) == (None, SignerParty(B.id))


def test_signers_are_ordered_into_steps() -> None:
    draft = edits.arrange_signers(full_draft(), [[C.id], [], [A.id, B.id]])
    assert (names(draft), steps(draft)) == (["丙", "甲", "乙"], [1, 2, 2])


def test_a_signer_without_an_order_comes_last_and_is_in_no_step() -> None:
    draft = edits.set_anytime(full_draft(), A.id, is_anytime=True)
    assert (names(draft), steps(draft)) == (["乙", "丙", "甲"], [1, 2, 0])
    assert [[signer.id for signer in step] for step in draft.steps] == [[B.id], [C.id]]
    assert [signer.id for signer in draft.anytime_signers] == [A.id]
    assert steps(edits.arrange_signers(draft, [[C.id], [B.id]])) == [1, 2, 0]
    assert steps(edits.remove_signer(draft, B.id)) == [1, 0]
    assert steps(edits.add_signer(draft, make_person_signer("丁"))) == [1, 2, 0, 3]
    later = edits.arrange_signers(draft, shifted(steps_of(draft), A.id, 1))
    assert (names(later), steps(later)) == (["乙", "丙", "甲"], [1, 2, 3])
    assert steps(edits.set_anytime(draft, A.id, is_anytime=False)) == [1, 2, 3]


def test_signers_that_no_step_names_come_behind() -> None:
    draft = edits.arrange_signers(full_draft(), [[C.id, NOBODY, C.id]])
    assert (names(draft), steps(draft)) == (["丙", "甲", "乙"], [1, 2, 3])


def test_order_and_options_are_set() -> None:
    assert not edits.set_ordered(full_draft(), is_ordered=False).is_ordered
    options = FlowOptions("另一个")
    assert edits.set_options(full_draft(), options).options is options


def test_places_are_added_on_top_changed_and_taken_out() -> None:
    seal = make_seal("二", "丙", name="p4")
    draft = edits.place(full_draft(), seal)
    assert draft.placements[-1] is seal
    moved = replace(seal, center=PagePoint(1, 2))
    assert edits.update_placement(draft, moved).placements[-1] is moved
    kept = edits.remove_placements(draft, {PlacementId("p1"), PlacementId("p4")})
    assert [p.id for p in kept.placements] == ["p2", "p3"]


def test_places_are_given_to_another_signer_but_not_to_a_stranger() -> None:
    ids = {PlacementId("p1"), PlacementId("p2")}
    draft = edits.assign_signer(full_draft(), ids, C.id)
    assert [p.signer_id for p in draft.placements] == [C.id, C.id, A.id]
    assert edits.assign_signer(draft, ids, NOBODY) == draft


def test_each_kind_of_place_moves_in_its_own_way() -> None:
    every = {PlacementId(f"p{number}") for number in (1, 2, 3)}
    draft = edits.move_placements(full_draft(), every, 10, -20)
    seal, keyword, cross_page = draft.placements
    assert seal == make_seal("一", "甲", name="p1", center=PagePoint(310, 380))
    assert keyword == make_keyword("一", "乙", name="p2", offset_x_pt=10, offset_y_pt=-20)
    assert cross_page == make_cross_page("二", "甲", name="p3", center_y_pt=401)


@given(st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_the_whole_of_a_moved_seal_stays_on_its_page(dx: float, dy: float) -> None:
    every = {PlacementId("p1"), PlacementId("p3")}
    seal, _keyword, cross_page = edits.move_placements(full_draft(), every, dx, dy).placements
    center = seal.center  # type: ignore[union-attr]  # the first is a coordinate seal
    half = seal_width_pt(seal, A, PlatformBehaviour()) / 2
    assert half <= center.x_pt <= 595 - half
    assert half <= center.y_pt <= 842 - half
    half = seal_width_pt(cross_page, A, PlatformBehaviour()) / 2
    assert half <= cross_page.center_y_pt <= 842 - half  # type: ignore[union-attr]  # the last is a cross-page seal


def test_a_seal_on_pages_that_are_gone_can_still_be_moved() -> None:
    draft = make_draft(
        documents=(make_document(pages=2),), placements=(make_seal(pages="2,5"), make_cross_page(pages="7-9"))
    )
    seal, cross_page = edits.move_placements(draft, {p.id for p in draft.placements}, 9000, 9000).placements
    half = seal_width_pt(seal, A, PlatformBehaviour()) / 2
    assert seal.center == PagePoint(595 - half, 842 - half)  # type: ignore[union-attr]  # the first is a coordinate seal
    assert cross_page.center_y_pt == 9421  # type: ignore[union-attr]  # the last is a cross-page seal


@pytest.mark.parametrize(
    ("wanted", "given_width"), [(100.0, 100.0), (1.0, MIN_SEAL_PT), (1e6, MAX_SEAL_PT), (None, None)]
)
def test_a_seal_is_no_smaller_and_no_larger_than_makes_sense(wanted: float | None, given_width: float | None) -> None:
    draft = edits.resize_placements(full_draft(), {PlacementId("p1"), PlacementId("p3")}, wanted)
    assert [p.width_pt for p in draft.placements] == [given_width, None, given_width]


def test_a_seal_grows_from_the_width_it_is_drawn_at() -> None:
    company = make_organization_signer()
    seals = (make_seal(signer=company.organization.name, name="own"), make_seal(name="chosen", width_pt=50.0))
    draft = make_draft(signers=(company, make_person_signer()), placements=seals)
    grown = edits.grow_placements(draft, {p.id for p in seals}, 5)
    assert [p.width_pt for p in grown.placements] == [164, 55]
    shrunk = edits.grow_placements(draft, {p.id for p in seals}, -1000)
    assert [p.width_pt for p in shrunk.placements] == [MIN_SEAL_PT, MIN_SEAL_PT]


def test_a_seal_whose_signer_is_gone_does_not_grow() -> None:
    draft = make_draft(signers=())
    assert edits.grow_placements(draft, {draft.placements[0].id}, 5) == draft


def test_pages_are_set_where_there_are_any() -> None:
    every = {PlacementId(f"p{number}") for number in (1, 2, 3)}
    draft = edits.set_pages(full_draft(), every, PageRanges.parse("2-3"))
    assert [str(getattr(p, "pages", "-")) for p in draft.placements] == ["2-3", "-", "2-3"]


def test_hits_are_confirmed_where_there_is_a_keyword() -> None:
    draft = edits.confirm_hits(full_draft(), {PlacementId("p1"): 3, PlacementId("p2"): 4})
    assert draft.placements[1] == make_keyword("一", "乙", name="p2", confirmed_hits=4)
    assert draft.placements[0] == full_draft().placements[0]


def test_ids_that_are_not_there_change_nothing() -> None:
    draft, nothing = full_draft(), {NOTHING}
    stranger = make_person_signer("无名")
    for after in (
        edits.remove_document(draft, NOWHERE),
        edits.rename_document(draft, NOWHERE, "x"),
        edits.move_document(draft, NOWHERE, 0),
        edits.update_signer(draft, stranger),
        edits.remove_signer(draft, NOBODY),
        edits.update_placement(draft, make_seal(name="无")),
        edits.remove_placements(draft, nothing),
        edits.assign_signer(draft, nothing, A.id),
        edits.move_placements(draft, nothing, 1, 1),
        edits.resize_placements(draft, nothing, 50),
        edits.grow_placements(draft, nothing, 50),
        edits.set_pages(draft, nothing, PageRanges.single(1)),
        edits.confirm_hits(draft, {NOTHING: 1}),
    ):
        assert after == draft


signer_ids = st.sampled_from([A.id, B.id, C.id, NOBODY])
placement_ids = st.sets(st.sampled_from([PlacementId(f"p{number}") for number in (1, 2, 3)] + [NOTHING]))
document_ids = st.sampled_from([make_document("一").id, make_document("二").id, NOWHERE])
anything = st.one_of(
    st.builds(lambda i: lambda d: edits.remove_signer(d, i), signer_ids),
    st.builds(lambda i: lambda d: edits.remove_document(d, i), document_ids),
    st.builds(
        lambda ids: lambda d: edits.arrange_signers(d, ids), st.lists(st.lists(signer_ids, max_size=3), max_size=3)
    ),
    st.builds(lambda p, i: lambda d: edits.assign_signer(d, p, i), placement_ids, signer_ids),
    st.builds(lambda p, x: lambda d: edits.move_placements(d, p, x, -x), placement_ids, st.floats(-900, 900)),
    st.builds(lambda p, x: lambda d: edits.grow_placements(d, p, x), placement_ids, st.floats(-900, 900)),
    st.builds(lambda p: lambda d: edits.remove_placements(d, p), placement_ids),
)


@given(st.lists(anything, max_size=8))
def test_no_sequence_of_edits_leaves_anything_without_its_owner(changes: list[Any]) -> None:
    draft = full_draft()
    for change in changes:
        draft = change(draft)
    signers, documents = {s.id for s in draft.signers}, {d.id for d in draft.documents}
    assert all(p.signer_id in signers and p.document_id in documents for p in draft.placements)
    assert len(signers) == len(draft.signers)
    assert sorted(set(steps(draft))) == list(range(1, len(set(steps(draft))) + 1))
    assert all(p.width_pt is None or MIN_SEAL_PT <= p.width_pt <= MAX_SEAL_PT for p in draft.placements)
