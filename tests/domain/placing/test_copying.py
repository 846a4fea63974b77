from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.contract.checks import check
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import PageFrame, PagePoint, Rotation
from esign_desktop.domain.page_ranges import PageChoice, PageRanges, PageSelection
from esign_desktop.domain.placing.copying import (
    COPY_OFFSET_PT,
    LeftOut,
    LeftOutReason,
    copy_to_pages,
    duplicate,
)
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId, marks_of
from tests.drafts import A4, NOW_MS, make_cross_page, make_document, make_draft, make_keyword, make_seal

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import Placement

PAPER = DocumentId("id of 合同")
SEAL = PlacementId("seal")
NARROW = PageFrame(300.0, 842.0)

choices = st.one_of(st.sampled_from(PageSelection), st.builds(PageRanges.of, st.sets(st.integers(1, 12), min_size=1)))
frames = st.builds(PageFrame, st.floats(120, 700), st.floats(120, 900), st.sampled_from(Rotation))


def ids(draft: ContractDraft) -> set[PlacementId]:
    return {p.id for p in draft.placements}


def drawn(
    *names: str, pages: int = 6, seal_pages: str = "1", frames: dict[int, PageFrame] | None = None
) -> ContractDraft:
    document = make_document(pages=pages)
    own = frames or {}
    document = replace(document, pages=tuple(own.get(n, A4) for n in range(1, pages + 1)))
    return make_draft(
        documents=(document,),
        placements=tuple(make_seal(name=name, pages=seal_pages, width_pt=100.0) for name in names or ("seal",)),
    )


def coordinate(draft: ContractDraft, placement_id: PlacementId) -> CoordinatePlacement:
    placement = draft.placement(placement_id)
    assert isinstance(placement, CoordinatePlacement)
    return placement


def pages_of(draft: ContractDraft) -> list[str]:
    return [str(p.pages) for p in draft.placements if isinstance(p, CoordinatePlacement)]


def covered_pages(draft: ContractDraft) -> list[int]:
    """Every page on which a seal stands, as often as one does."""
    return sorted(n for p in draft.placements if isinstance(p, CoordinatePlacement) for n in p.pages)


def is_on_its_pages(placement: Placement, draft: ContractDraft) -> bool:
    document = draft.document(placement.document_id)
    marks = marks_of(placement, draft.signer(placement.signer_id), document, draft.behaviour)
    return all(document.frame(mark.page_number).bounds.contains(mark.rect) for mark in marks)


# Copying to pages


@pytest.mark.parametrize(
    ("choice", "pages"),
    [
        (PageSelection.ALL, "1-6"),
        (PageRanges.parse("1,3,5"), "1,3,5"),
        (PageSelection.FIRST, "1"),
        (PageSelection.LAST, "1,6"),
        (PageRanges.parse("3-4"), "1,3-4"),
    ],
)
def test_chosen_pages_join_those_that_the_seal_has(choice: PageChoice, pages: str) -> None:
    draft = drawn()
    copies = copy_to_pages(draft, {SEAL}, choice)
    assert pages_of(copies.draft) == [pages]
    assert copies.placement_ids == (SEAL,)
    assert copies.left_out == ()
    assert replace(coordinate(copies.draft, SEAL), pages=PageRanges.single(1)) == draft.placements[0]


def test_the_cover_gets_no_copy_when_it_is_left_out() -> None:
    draft = drawn(seal_pages="3")
    assert pages_of(copy_to_pages(draft, {SEAL}, PageSelection.ALL, skips_cover=True).draft) == ["2-6"]


def test_pages_that_the_seal_would_leave_are_left_out_and_named() -> None:
    draft = drawn(frames={2: NARROW, 3: NARROW, 5: NARROW})
    copies = copy_to_pages(draft, {SEAL}, PageSelection.ALL)
    assert covered_pages(copies.draft) == [1, 4, 6]
    assert copies.left_out == (LeftOut(SEAL, PAPER, LeftOutReason.LEAVES_THE_PAGE, PageRanges.parse("2-3,5")),)


def test_a_page_that_the_seal_stands_on_already_is_not_named_even_if_it_is_tight() -> None:
    draft = drawn(seal_pages="2", frames={2: NARROW})
    copies = copy_to_pages(draft, {SEAL}, PageSelection.ALL)
    assert pages_of(copies.draft) == ["1-6"]
    assert copies.left_out == ()


def test_numbers_behind_the_end_are_named() -> None:
    copies = copy_to_pages(drawn(pages=3), {SEAL}, PageRanges.parse("2-9"))
    assert pages_of(copies.draft) == ["1-3"]
    assert copies.left_out == (LeftOut(SEAL, PAPER, LeftOutReason.NO_SUCH_PAGE, PageRanges.parse("4-9")),)


@given(choices, st.lists(frames, min_size=1, max_size=8), st.booleans())
def test_copies_never_leave_a_page_and_pages_are_either_covered_or_named(
    choice: PageChoice, pages: list[PageFrame], skips_cover: bool
) -> None:
    document = replace(make_document(), pages=tuple(pages))
    draft = make_draft(documents=(document,), placements=(make_seal(center=PagePoint(60.0, 60.0), width_pt=100.0),))
    copies = copy_to_pages(draft, {SEAL}, choice, skips_cover=skips_cover)
    assert all(is_on_its_pages(p, copies.draft) for p in copies.draft.placements)
    covered = covered_pages(copies.draft)
    assert len(covered) == len(set(covered))
    named = {number for left_out in copies.left_out if left_out.pages for number in left_out.pages}
    assert not named & set(covered)


@given(choices)
def test_copying_to_the_same_pages_again_adds_nothing(choice: PageChoice) -> None:
    draft = drawn(pages=8)
    once = copy_to_pages(draft, {SEAL}, choice).draft
    twice = copy_to_pages(once, ids(once), choice).draft
    assert covered_pages(twice) == covered_pages(once)


def test_of_equal_seals_on_different_pages_only_one_is_copied() -> None:
    draft = make_draft(
        documents=(make_document(pages=5),),
        placements=(make_seal(name="a", pages="1"), make_seal(name="b", pages="2")),
    )
    assert covered_pages(copy_to_pages(draft, ids(draft), PageSelection.ALL).draft) == [1, 2, 3, 4, 5]


def test_another_signers_seal_at_the_same_point_is_no_reason_to_leave_a_page_out() -> None:
    draft = drawn("seal", "other")
    moved = replace(coordinate(draft, PlacementId("other")), pages=PageRanges.single(2), width_pt=80.0)
    draft = replace(draft, placements=(draft.placements[0], moved))
    assert pages_of(copy_to_pages(draft, {SEAL}, PageSelection.ALL).draft) == ["1-6", "2"]


def test_only_coordinate_seals_with_document_and_signer_are_copied() -> None:
    others = (
        make_keyword(),
        make_cross_page(),
        make_seal(name="nobody's", signer="nobody"),
        make_seal("nowhere", name="in no document"),
    )
    draft = make_draft(placements=others)
    copies = copy_to_pages(draft, ids(draft), PageSelection.ALL)
    assert copies.draft == draft
    assert copies.placement_ids == ()


def test_seals_that_were_not_chosen_stay() -> None:
    draft = drawn("seal", "other")
    draft = replace(
        draft,
        placements=(draft.placements[0], replace(coordinate(draft, PlacementId("other")), center=PagePoint(100, 100))),
    )
    assert pages_of(copy_to_pages(draft, {SEAL}, PageSelection.ALL).draft) == ["1-6", "1"]


# Duplicating


def test_a_duplicate_lies_to_the_right_and_below_and_is_to_be_selected() -> None:
    copies = duplicate(drawn(), {SEAL})
    (copy_id,) = copies.placement_ids
    assert copy_id != SEAL
    assert copies.draft.placements[-1].id == copy_id
    assert coordinate(copies.draft, copy_id).center == PagePoint(300.0 + COPY_OFFSET_PT, 400.0 - COPY_OFFSET_PT)
    assert coordinate(copies.draft, SEAL).center == PagePoint(300.0, 400.0)


@pytest.mark.parametrize("rotation", list(Rotation))
def test_to_the_right_and_below_is_meant_as_the_page_is_shown(rotation: Rotation) -> None:
    frame = replace(A4, rotation=rotation)
    draft = drawn(frames={1: frame})
    copies = duplicate(draft, {SEAL})
    before = frame.to_display(coordinate(draft, SEAL).center)
    after = frame.to_display(coordinate(copies.draft, copies.placement_ids[0]).center)
    assert (after.x_pt - before.x_pt, after.y_pt - before.y_pt) == pytest.approx((COPY_OFFSET_PT, COPY_OFFSET_PT))


def test_in_the_lower_right_corner_a_duplicate_lies_above_and_to_the_left() -> None:
    draft = drawn()
    corner = PagePoint(595.0 - 50.0, 50.0)
    draft = replace(draft, placements=(replace(coordinate(draft, SEAL), center=corner),))
    copies = duplicate(draft, {SEAL})
    assert coordinate(copies.draft, copies.placement_ids[0]).center == corner.moved(-COPY_OFFSET_PT, COPY_OFFSET_PT)


@given(st.floats(50, 545), st.floats(50, 792), st.integers(1, 6))
def test_duplicates_never_cover_one_another_nor_leave_the_page(x_pt: float, y_pt: float, times: int) -> None:
    draft = drawn()
    draft = replace(draft, placements=(replace(coordinate(draft, SEAL), center=PagePoint(x_pt, y_pt)),))
    for _ in range(times):
        draft = duplicate(draft, {SEAL}).draft
    centers = {
        (round(p.center.x_pt, 1), round(p.center.y_pt, 1))
        for p in draft.placements
        if isinstance(p, CoordinatePlacement)
    }
    assert len(centers) == times + 1
    assert all(is_on_its_pages(p, draft) for p in draft.placements)


def test_duplicates_of_a_row_do_not_cover_the_row() -> None:
    offset = COPY_OFFSET_PT
    draft = make_draft(
        placements=tuple(
            make_seal(name=f"s{n}", center=PagePoint(300.0 + n * offset, 400.0 - n * offset)) for n in range(3)
        )
    )
    copies = duplicate(draft, ids(draft))
    centers = {p.center for p in copies.draft.placements if isinstance(p, CoordinatePlacement)}
    assert len(centers) == 6


def test_a_seal_as_large_as_its_page_is_duplicated_all_the_same() -> None:
    draft = drawn(frames={1: PageFrame(90.0, 90.0)})
    draft = replace(draft, placements=(replace(coordinate(draft, SEAL), center=PagePoint(45.0, 45.0)),))
    copies = duplicate(draft, {SEAL})
    assert len(copies.draft.placements) == 2


def test_the_duplicate_of_a_keyword_has_to_be_confirmed_anew_and_moves_its_offset() -> None:
    draft = make_draft(placements=(make_keyword(confirmed_hits=3, offset_x_pt=5.0, offset_y_pt=5.0),))
    copy = duplicate(draft, ids(draft)).draft.placements[-1]
    assert copy == make_keyword(
        name=copy.id, offset_x_pt=5.0 + COPY_OFFSET_PT, offset_y_pt=5.0 - COPY_OFFSET_PT, confirmed_hits=None
    )


def test_the_duplicate_of_a_cross_page_seal_lies_below() -> None:
    draft = make_draft(placements=(make_cross_page(),))
    copy = duplicate(draft, ids(draft)).draft.placements[-1]
    assert copy == make_cross_page(name=copy.id, center_y_pt=421.0 - COPY_OFFSET_PT)


def test_duplicates_of_seals_beyond_the_end_are_made_and_still_complained_of() -> None:
    draft = drawn(seal_pages="9")
    copies = duplicate(draft, {SEAL})
    assert len(copies.placement_ids) == 1
    found = [p for p in check(copies.draft, {}, now_ms=NOW_MS) if p.code == "placement.beyond_the_end"]
    assert len(found) == 2


def test_seals_without_document_or_signer_are_not_duplicated() -> None:
    draft = make_draft(placements=(make_seal(signer="nobody"), make_keyword("nowhere")))
    copies = duplicate(draft, ids(draft))
    assert copies.draft == draft
    assert copies.placement_ids == ()
    assert duplicate(draft, {PlacementId("nothing")}).draft == draft


def test_a_thousand_seals_are_duplicated_and_copied_without_losing_one() -> None:
    document: Document = make_document(pages=3)
    draft = make_draft(
        documents=(document,),
        placements=tuple(
            make_seal(name=f"s{n}", center=PagePoint(60.0 + n % 40 * 10, 60.0 + n // 40 * 20)) for n in range(1000)
        ),
    )
    copies = duplicate(draft, ids(draft))
    assert len(copies.placement_ids) == 1000
    assert len(set(copies.placement_ids) | ids(draft)) == 2000
    assert len(covered_pages(copy_to_pages(draft, ids(draft), PageSelection.ALL).draft)) == 3000
