from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.geometry import DisplayRect, PageFrame, PagePoint, Rotation
from esign_desktop.domain.placing.arranging import (
    Alignment,
    Direction,
    align,
    arrangeable,
    distribute,
)
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId, marks_of
from esign_desktop.domain.signer import SignerId
from tests.drafts import make_cross_page, make_document, make_draft, make_keyword, make_seal

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft

PAPER = DocumentId("id of 合同")
NEARLY = 1e-6

frames = st.builds(
    PageFrame,
    st.floats(400, 900),
    st.floats(400, 900),
    st.sampled_from(Rotation),
    st.sampled_from((0.5, 1.0, 2.0)),
)


@st.composite
def pages_with_seals(draw: st.DrawFn, *, at_least: int = 2, inset_pt: float = 0.0) -> ContractDraft:
    """A page with seals that are wholly on it, their centres at least so far from its edges."""
    frame = draw(frames)
    seals = []
    for number in range(draw(st.integers(at_least, 5))):
        width = draw(st.floats(20, 160))
        edge_pt = max(inset_pt, width / 2)
        x = draw(st.floats(edge_pt, frame.width_pt - edge_pt))
        y = draw(st.floats(edge_pt, frame.height_pt - edge_pt))
        seals.append(make_seal(name=f"s{number}", center=PagePoint(x, y), width_pt=width))
    return make_draft(documents=(make_document(frame=frame),), placements=tuple(seals))


def row(*centers: tuple[float, float], width_pt: float = 100.0) -> ContractDraft:
    return make_draft(
        placements=tuple(
            make_seal(name=f"s{n}", center=PagePoint(*center), width_pt=width_pt) for n, center in enumerate(centers)
        )
    )


def ids(draft: ContractDraft) -> set[PlacementId]:
    return {p.id for p in draft.placements}


def center(draft: ContractDraft, name: str) -> PagePoint:
    placement = draft.placement(PlacementId(name))
    assert isinstance(placement, CoordinatePlacement)
    return placement.center


def shown(draft: ContractDraft) -> list[DisplayRect]:
    document = draft.documents[0]
    return [
        document.frame(mark.page_number).rect_to_display(mark.rect)
        for placement in draft.placements
        for mark in marks_of(placement, draft.signer(placement.signer_id), document, draft.behaviour)
    ]


def edge(rect: DisplayRect, alignment: Alignment) -> float:
    match alignment:
        case Alignment.LEFT:
            return rect.left_pt
        case Alignment.CENTER:
            return rect.center.x_pt
        case Alignment.RIGHT:
            return rect.left_pt + rect.width_pt
        case Alignment.TOP:
            return rect.top_pt
        case Alignment.MIDDLE:
            return rect.center.y_pt
        case Alignment.BOTTOM:
            return rect.top_pt + rect.height_pt


# Aligning


@given(pages_with_seals(), st.sampled_from(Alignment))
def test_aligned_seals_share_the_edge_that_is_seen_on_any_page(draft: ContractDraft, alignment: Alignment) -> None:
    edges = [edge(rect, alignment) for rect in shown(align(draft, ids(draft), alignment))]
    assert max(edges) - min(edges) < NEARLY


@given(pages_with_seals(), st.sampled_from(Alignment))
def test_the_outermost_seal_says_where_the_others_go(draft: ContractDraft, alignment: Alignment) -> None:
    before = [edge(rect, alignment) for rect in shown(draft)]
    after = edge(shown(align(draft, ids(draft), alignment))[0], alignment)
    match alignment:
        case Alignment.LEFT | Alignment.TOP:
            assert after == pytest.approx(min(before))
        case Alignment.RIGHT | Alignment.BOTTOM:
            assert after == pytest.approx(max(before))
        case Alignment.CENTER | Alignment.MIDDLE:
            assert min(before) - NEARLY <= after <= max(before) + NEARLY


@given(pages_with_seals(), st.sampled_from(Alignment))
def test_aligning_moves_along_one_axis_only_and_leaves_no_seal_off_the_page(
    draft: ContractDraft, alignment: Alignment
) -> None:
    aligned = align(draft, ids(draft), alignment)
    is_sideways = alignment in {Alignment.LEFT, Alignment.CENTER, Alignment.RIGHT}
    frame = draft.documents[0].frame(1)
    for before, after in zip(shown(draft), shown(aligned), strict=True):
        if is_sideways:
            assert after.center.y_pt == pytest.approx(before.center.y_pt)
        else:
            assert after.center.x_pt == pytest.approx(before.center.x_pt)
        assert frame.bounds.contains(frame.rect_to_page(after))


@given(pages_with_seals(), st.sampled_from(Alignment))
def test_what_is_aligned_is_left_as_it_is(draft: ContractDraft, alignment: Alignment) -> None:
    aligned = align(draft, ids(draft), alignment)
    assert align(aligned, ids(draft), alignment) == aligned


def test_left_is_the_left_that_is_seen_on_a_turned_page() -> None:
    # Turned to the right, y of the page runs to the right as it is shown.
    frame = replace(make_document().frame(1), rotation=Rotation.RIGHT)
    draft = replace(row((100.0, 200.0), (300.0, 500.0)), documents=(make_document(frame=frame),))
    aligned = align(draft, ids(draft), Alignment.LEFT)
    assert [center(aligned, "s0"), center(aligned, "s1")] == [PagePoint(100.0, 200.0), PagePoint(300.0, 200.0)]


def test_a_seal_of_assumed_size_is_aligned_by_that_size() -> None:
    draft = make_draft(
        placements=(
            make_seal(name="s0", center=PagePoint(200.0, 100.0), width_pt=40.0),
            make_seal(name="s1", center=PagePoint(300.0, 300.0)),
        )
    )
    aligned = align(draft, ids(draft), Alignment.LEFT)
    assert center(aligned, "s1").x_pt == pytest.approx(180.0 + PlatformBehaviour().person_seal_width_pt / 2)


def test_a_seal_on_several_pages_goes_no_further_than_the_narrowest_of_them_has_room_for() -> None:
    narrow = PageFrame(300.0, 842.0)
    document = make_document(pages=2)
    document = replace(document, pages=(document.pages[0], narrow))
    draft = make_draft(
        documents=(document,),
        placements=(
            make_seal(name="s0", pages="1-2", center=PagePoint(100.0, 100.0), width_pt=100.0),
            make_seal(name="s1", center=PagePoint(500.0, 300.0), width_pt=100.0),
        ),
    )
    aligned = align(draft, ids(draft), Alignment.RIGHT)
    assert center(aligned, "s0") == PagePoint(250.0, 100.0)
    assert center(aligned, "s1") == PagePoint(500.0, 300.0)


@pytest.mark.parametrize("alignment", list(Alignment))
def test_a_single_seal_has_nothing_to_be_aligned_with(alignment: Alignment) -> None:
    draft = row((100.0, 100.0), (300.0, 300.0))
    assert align(draft, {PlacementId("s0")}, alignment) is draft
    assert align(draft, set(), alignment) is draft


def test_only_coordinate_seals_of_the_same_page_are_moved() -> None:
    others = (
        make_keyword(),
        make_cross_page(),
        make_seal(name="elsewhere", pages="2", center=PagePoint(50.0, 50.0)),
        make_seal(name="unselected", center=PagePoint(60.0, 60.0)),
        make_seal(name="nobody's", signer="nobody", center=PagePoint(70.0, 70.0)),
        make_seal("nowhere", name="in no document", center=PagePoint(80.0, 80.0)),
    )
    draft = row((100.0, 100.0), (300.0, 300.0))
    draft = replace(draft, placements=(*draft.placements, *others))
    aligned = align(draft, ids(draft) - {PlacementId("unselected")}, Alignment.BOTTOM)
    assert aligned.placements[2:] == others
    assert [center(aligned, "s0").y_pt, center(aligned, "s1").y_pt] == [100.0, 100.0]


# On which page


def test_the_page_with_most_of_the_seals_is_meant_and_the_first_of_equals() -> None:
    seals = (
        make_seal(name="a", pages="2-3"),
        make_seal(name="b", pages="3"),
        make_seal(name="c", pages="1-2"),
        make_seal(name="d", pages="3,9"),
    )
    draft = make_draft(placements=seals)
    assert arrangeable(draft, ids(draft)) == ("a", "b", "d")
    assert arrangeable(draft, {PlacementId("a"), PlacementId("b"), PlacementId("c")}) == ("a", "c")
    assert arrangeable(draft, {PlacementId("b"), PlacementId("c")}) == ()
    assert arrangeable(draft, {PlacementId("d")}) == ()


def test_pages_behind_the_end_are_no_place_to_meet() -> None:
    draft = make_draft(placements=(make_seal(name="a", pages="9"), make_seal(name="b", pages="9")))
    assert arrangeable(draft, ids(draft)) == ()
    assert align(draft, ids(draft), Alignment.LEFT) is draft


# Distributing


def gaps(rects: list[DisplayRect], direction: Direction) -> list[float]:
    if direction is Direction.HORIZONTAL:
        spans = sorted((r.center.x_pt, r.left_pt, r.left_pt + r.width_pt) for r in rects)
    else:
        spans = sorted((r.center.y_pt, r.top_pt, r.top_pt + r.height_pt) for r in rects)
    return [b[1] - a[2] for a, b in pairwise(spans)]


@given(pages_with_seals(at_least=3, inset_pt=80.0), st.sampled_from(Direction))
def test_distributed_seals_lie_evenly_between_the_outermost_two(draft: ContractDraft, direction: Direction) -> None:
    def along(draft: ContractDraft) -> list[float]:
        return [r.center.x_pt if direction is Direction.HORIZONTAL else r.center.y_pt for r in shown(draft)]

    def across(draft: ContractDraft) -> list[float]:
        return [r.center.y_pt if direction is Direction.HORIZONTAL else r.center.x_pt for r in shown(draft)]

    distributed = distribute(draft, ids(draft), direction)
    assert across(distributed) == pytest.approx(across(draft))
    assert [min(along(distributed)), max(along(distributed))] == pytest.approx([min(along(draft)), max(along(draft))])
    found = gaps(shown(distributed), direction)
    distances = [b - a for a, b in pairwise(sorted(along(distributed)))]
    even = found if min(found) > NEARLY else distances
    assert even == pytest.approx([even[0]] * len(even), abs=NEARLY)


@pytest.mark.parametrize("rotation", list(Rotation))
@pytest.mark.parametrize("direction", list(Direction))
def test_gaps_are_equal_between_seals_of_different_sizes(rotation: Rotation, direction: Direction) -> None:
    frame = replace(make_document().frame(1), rotation=rotation)
    sizes_and_places = [(40.0, 100.0), (80.0, 180.0), (60.0, 200.0), (100.0, 480.0)]
    draft = make_draft(
        documents=(make_document(frame=frame),),
        placements=tuple(
            make_seal(name=f"s{n}", center=PagePoint(place, place), width_pt=size)
            for n, (size, place) in enumerate(sizes_and_places)
        ),
    )
    found = gaps(shown(distribute(draft, ids(draft), direction)), direction)
    assert found == pytest.approx([(480.0 - 50.0 - 120.0 - 140.0) / 3] * 3)


def test_seals_too_large_for_their_span_get_equal_distances_of_their_centres() -> None:
    draft = make_draft(
        placements=tuple(
            make_seal(name=f"s{n}", center=PagePoint(x, 100.0), width_pt=size)
            for n, (x, size) in enumerate([(200.0, 40.0), (210.0, 40.0), (220.0, 160.0)])
        )
    )
    for start in (draft, replace(draft, placements=draft.placements[::-1])):
        distributed = distribute(start, ids(draft), Direction.HORIZONTAL)
        assert [center(distributed, f"s{n}").x_pt for n in range(3)] == [200.0, 210.0, 220.0]


@given(pages_with_seals(at_least=3), st.sampled_from(Direction))
def test_distributing_leaves_no_seal_off_the_page(draft: ContractDraft, direction: Direction) -> None:
    frame = draft.documents[0].frame(1)
    for rect in shown(distribute(draft, ids(draft), direction)):
        assert frame.bounds.contains(frame.rect_to_page(rect))


def test_what_is_distributed_is_left_as_it_is() -> None:
    draft = row((60.0, 100.0), (111.1, 200.0), (333.3, 300.0), (500.0, 300.0))
    for direction in Direction:
        distributed = distribute(draft, ids(draft), direction)
        assert distribute(distributed, ids(draft), direction) == distributed


def test_two_seals_are_not_distributed() -> None:
    draft = row((100.0, 100.0), (300.0, 300.0))
    assert distribute(draft, ids(draft), Direction.VERTICAL) is draft
    assert distribute(draft, {PlacementId("nothing")}, Direction.VERTICAL) is draft


def test_a_seal_without_a_signer_is_not_distributed() -> None:
    draft = row((100.0, 100.0), (110.0, 300.0), (400.0, 300.0))
    orphan = replace(draft.placements[1], signer_id=SignerId("nobody"))
    draft = replace(draft, placements=(draft.placements[0], orphan, draft.placements[2]))
    assert distribute(draft, ids(draft), Direction.HORIZONTAL) is draft
