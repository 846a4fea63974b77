from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from esign_desktop.domain.contract.checks import check
from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.arranging import page_groups, split_cross_page
from esign_desktop.domain.placing.placement import (
    MAX_SEAL_PT,
    MIN_SEAL_PT,
    MIN_SLICE_PT,
    CrossPagePlacement,
    PlacementId,
    is_thin_slice,
)
from tests.drafts import NOW_MS, make_cross_page, make_document, make_draft, make_keyword, make_seal

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft

SEAL = PlacementId("cross page")
page_sets = st.builds(PageRanges.of, st.sets(st.integers(1, 300), min_size=2, max_size=120))
widths = st.floats(MIN_SEAL_PT, MAX_SEAL_PT)


def long_draft(pages: str = "1-50", **changes: Any) -> ContractDraft:
    return make_draft(
        documents=(make_document(pages=50),),
        placements=(make_seal(), make_cross_page(pages=pages, **changes), make_keyword()),
    )


def pages_of(draft: ContractDraft) -> list[str]:
    return [str(p.pages) for p in draft.placements if isinstance(p, CrossPagePlacement)]


def codes(draft: ContractDraft) -> set[str]:
    return {problem.code for problem in check(draft, {}, now_ms=NOW_MS)}


@given(page_sets, widths)
def test_every_slice_of_every_group_is_wide_enough(pages: PageRanges, width_pt: float) -> None:
    groups = page_groups(pages, width_pt)
    assert all(len(group) >= 2 and not is_thin_slice(width_pt / len(group)) for group in groups)


@given(page_sets, widths)
def test_groups_hold_all_the_pages_in_order(pages: PageRanges, width_pt: float) -> None:
    groups = page_groups(pages, width_pt)
    assume(groups)
    assert [number for group in groups for number in group] == list(pages)


@given(page_sets, widths)
def test_groups_are_as_few_and_as_equal_as_can_be(pages: PageRanges, width_pt: float) -> None:
    groups = page_groups(pages, width_pt)
    assume(groups)
    sizes = [len(group) for group in groups]
    assert max(sizes) - min(sizes) <= 1
    if len(groups) > 1:
        # One group less would have a slice that is too thin.
        assert is_thin_slice(width_pt / -(-len(pages) // (len(groups) - 1)))


@given(page_sets, st.floats(3 * MIN_SLICE_PT + 0.001, MAX_SEAL_PT))
def test_a_seal_of_three_slices_or_more_can_always_be_divided(pages: PageRanges, width_pt: float) -> None:
    assert page_groups(pages, width_pt)


@pytest.mark.parametrize(("width_mm", "pages", "groups"), [(40, "1-20", 1), (40, "1-21", 2), (42, "1-21", 1)])
def test_a_slice_of_just_two_millimetres_is_wide_enough(width_mm: float, pages: str, groups: int) -> None:
    assert len(page_groups(PageRanges.parse(pages), mm_to_pt(width_mm))) == groups


@pytest.mark.parametrize("count", range(2, 106))
def test_slices_of_two_millimetres_are_neither_warned_of_nor_divided(count: int) -> None:
    draft = make_draft(
        documents=(make_document(pages=count),),
        placements=(make_cross_page(pages=f"1-{count}", width_pt=mm_to_pt(2.0 * count)),),
    )
    assert "cross_page.thin_slices" not in codes(draft)
    assert len(page_groups(PageRanges.all_of(count), mm_to_pt(2.0 * count))) == 1


@pytest.mark.parametrize(
    ("pages", "width_pt"),
    [("4", 120.0), ("1-4", MIN_SEAL_PT), ("1-3", 2 * MIN_SLICE_PT + 0.1), ("1-2", MIN_SLICE_PT)],
)
def test_where_no_groups_can_be_there_are_none(pages: str, width_pt: float) -> None:
    assert page_groups(PageRanges.parse(pages), width_pt) == ()


def test_a_long_document_gets_several_seals_and_no_warning() -> None:
    draft = long_draft(width_pt=mm_to_pt(40.0))
    assert "cross_page.thin_slices" in codes(draft)
    split = split_cross_page(draft, SEAL)
    assert pages_of(split.draft) == ["1-17", "18-34", "35-50"]
    assert "cross_page.thin_slices" not in codes(split.draft)


def test_the_parts_differ_in_nothing_but_their_pages_and_stand_where_the_seal_was() -> None:
    draft = long_draft(width_pt=mm_to_pt(40.0))
    split = split_cross_page(draft, SEAL)
    whole = draft.placement(SEAL)
    assert isinstance(whole, CrossPagePlacement)
    assert split.placement_ids[0] == SEAL
    assert len(set(split.placement_ids)) == 3
    assert tuple(p.id for p in split.draft.placements) == ("seal", *split.placement_ids, "keyword")
    for placement_id in split.placement_ids:
        part = split.draft.placement(placement_id)
        assert isinstance(part, CrossPagePlacement)
        assert replace(part, id=whole.id, pages=whole.pages) == whole


def test_the_fronts_of_sheets_without_the_cover_are_divided_as_any_pages() -> None:
    draft = long_draft(str(PageRanges.of(range(3, 51, 2))), width_pt=mm_to_pt(40.0))
    assert pages_of(split_cross_page(draft, SEAL).draft) == [
        "3,5,7,9,11,13,15,17,19,21,23,25",
        "27,29,31,33,35,37,39,41,43,45,47,49",
    ]


def test_pages_behind_the_end_are_given_up() -> None:
    draft = long_draft("41-90", width_pt=mm_to_pt(10.0))
    assert pages_of(split_cross_page(draft, SEAL).draft) == ["41-45", "46-50"]


@pytest.mark.parametrize("pages", ["1-20", "60-90", "1", "1,60"])
def test_a_seal_that_need_not_or_cannot_be_divided_stays(pages: str) -> None:
    draft = long_draft(pages, width_pt=mm_to_pt(40.0))
    split = split_cross_page(draft, SEAL)
    assert split.draft is draft
    assert split.placement_ids == ()


def test_only_cross_page_seals_are_divided() -> None:
    draft = long_draft()
    for name in ("seal", "keyword", "nothing"):
        assert split_cross_page(draft, PlacementId(name)).draft is draft
    for changes in ({"document": "nowhere"}, {"signer": "nobody"}):
        orphan = make_draft(placements=(make_cross_page(pages="1-90", **changes),))
        assert split_cross_page(orphan, SEAL).draft is orphan
