from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.contract.edits import remove_document, remove_placements
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.geometry import PageFrame, PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.copying import (
    COPY_OFFSET_PT,
    Copies,
    LeftOut,
    LeftOutReason,
    PasteTarget,
    SealClipboard,
    paste,
)
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    PlacementId,
    marks_of,
)
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
    from esign_desktop.domain.placing.placement import Placement

ONE, OTHER = DocumentId("id of 一"), DocumentId("id of 二")
SEAL = PlacementId("seal")
INTO_OTHER = PasteTarget(OTHER)


def two_documents(*placements: Placement, pages: int = 5, other_pages: int = 5) -> ContractDraft:
    return make_draft(
        documents=(make_document("一", pages=pages), make_document("二", pages=other_pages)), placements=placements
    )


def everything(draft: ContractDraft) -> SealClipboard:
    return SealClipboard.of(draft, {p.id for p in draft.placements})


def pasted(copies: Copies) -> list[Placement]:
    return [copies.draft.placement(placement_id) for placement_id in copies.placement_ids]


def the_one(copies: Copies) -> CoordinatePlacement:
    (placement,) = pasted(copies)
    assert isinstance(placement, CoordinatePlacement)
    return placement


# The same place


@given(st.floats(60, 535), st.floats(60, 782), st.sets(st.integers(1, 5), min_size=1))
def test_a_seal_comes_to_the_same_place_of_another_document(x_pt: float, y_pt: float, pages: set[int]) -> None:
    seal = make_seal("一", center=PagePoint(x_pt, y_pt), pages=str(PageRanges.of(pages)), width_pt=100.0)
    draft = two_documents(seal)
    copies = paste(draft, everything(draft), INTO_OTHER)
    copy = the_one(copies)
    assert copy == replace(seal, id=copy.id, document_id=OTHER)
    assert copy.id != seal.id
    assert copies.left_out == ()
    assert copies.draft.placements == (seal, copy)


def test_what_was_cut_comes_back_to_the_very_place() -> None:
    seal = make_seal("一", pages="2-3", width_pt=80.0)
    draft = two_documents(seal)
    clipboard = everything(draft)
    back = the_one(paste(remove_placements(draft, {SEAL}), clipboard))
    assert replace(back, id=SEAL) == seal


def test_a_seal_that_would_cover_its_equal_is_put_beside_it_as_often_as_it_is_pasted() -> None:
    draft = two_documents(make_seal("一"))
    clipboard = everything(draft)
    for times in (1, 2, 3):
        copies = paste(draft, clipboard)
        assert the_one(copies).center == PagePoint(300.0, 400.0).moved(times * COPY_OFFSET_PT, -times * COPY_OFFSET_PT)
        draft = copies.draft


def test_an_equal_seal_on_another_page_is_not_in_the_way() -> None:
    draft = two_documents(make_seal("一", pages="1"))
    copy = the_one(paste(draft, everything(draft), PasteTarget(page_number=2)))
    assert (str(copy.pages), copy.center) == ("2", PagePoint(300.0, 400.0))


@given(st.floats(100, 900), st.floats(100, 900), st.floats(-50, 700), st.floats(-50, 900))
def test_a_seal_is_kept_on_a_page_of_another_size(width_pt: float, height_pt: float, x_pt: float, y_pt: float) -> None:
    seal = make_seal("一", center=PagePoint(x_pt, y_pt), width_pt=100.0)
    small = make_document("二", frame=PageFrame(width_pt, height_pt))
    draft = make_draft(documents=(make_document("一"), small), placements=(seal,))
    copies = paste(draft, everything(draft), INTO_OTHER)
    (mark,) = marks_of(the_one(copies), draft.signers[0], small, draft.behaviour)
    assert small.frame(1).bounds.contains(mark.rect)


def test_a_seal_that_fits_stays_at_its_distance_from_the_lower_left_corner() -> None:
    draft = make_draft(
        documents=(make_document("一"), make_document("二", frame=PageFrame(842.0, 595.0))),
        placements=(make_seal("一"),),
    )
    assert the_one(paste(draft, everything(draft), INTO_OTHER)).center == PagePoint(300.0, 400.0)


# Pages


def test_seals_keep_their_distance_in_pages_from_the_first() -> None:
    draft = two_documents(make_seal("一", name="a", pages="2"), make_seal("一", name="b", pages="3-4"))
    copies = paste(draft, everything(draft), PasteTarget(OTHER, page_number=1))
    assert [str(p.pages) for p in pasted(copies) if isinstance(p, CoordinatePlacement)] == ["1", "2-3"]


def test_pages_behind_the_end_are_left_out_and_named() -> None:
    draft = two_documents(make_seal("一", name="a", pages="1-5"), make_seal("一", name="b", pages="4"), other_pages=3)
    copies = paste(draft, everything(draft), INTO_OTHER)
    assert str(the_one(copies).pages) == "1-3"
    assert copies.left_out == (
        LeftOut(PlacementId("a"), OTHER, LeftOutReason.NO_SUCH_PAGE, PageRanges.parse("4-5")),
        LeftOut(PlacementId("b"), OTHER, LeftOutReason.NO_SUCH_PAGE),
    )


def test_a_page_to_paste_on_does_not_move_cross_page_seals() -> None:
    draft = two_documents(make_cross_page("一", pages="2-4"))
    clipboard = everything(draft)
    (copy,) = pasted(paste(draft, clipboard, PasteTarget(OTHER, page_number=5)))
    assert isinstance(copy, CrossPagePlacement)
    assert str(copy.pages) == "2-4"


# Cross-page and keyword seals


@pytest.mark.parametrize(("pages", "expected"), [("1-5", "1-8"), ("1-4", "1-4"), ("1,3,5", "1,3,5"), ("1-9", "1-8")])
def test_a_cross_page_seal_over_a_whole_document_gets_the_whole_of_another(pages: str, expected: str) -> None:
    draft = two_documents(make_cross_page("一", pages=pages), other_pages=8)
    (copy,) = pasted(paste(draft, everything(draft), INTO_OTHER))
    assert isinstance(copy, CrossPagePlacement)
    assert (str(copy.pages), copy.center_y_pt) == (expected, 421.0)


def test_a_cross_page_seal_gets_the_pages_that_a_shorter_document_has() -> None:
    draft = two_documents(make_cross_page("一", pages="1-4"), other_pages=3)
    copies = paste(draft, everything(draft), INTO_OTHER)
    (copy,) = pasted(copies)
    assert isinstance(copy, CrossPagePlacement)
    assert str(copy.pages) == "1-3"
    assert copies.left_out == (
        LeftOut(PlacementId("cross page"), OTHER, LeftOutReason.NO_SUCH_PAGE, PageRanges.single(4)),
    )


@pytest.mark.parametrize("pages", ["1-5", "1-4"])
def test_one_page_can_not_have_a_cross_page_seal(pages: str) -> None:
    draft = two_documents(make_cross_page("一", pages=pages), other_pages=1)
    copies = paste(draft, everything(draft), INTO_OTHER)
    assert copies.draft == draft
    assert [left_out.reason for left_out in copies.left_out] == [LeftOutReason.ONE_PAGE]


def test_a_pasted_cross_page_seal_is_put_below_its_equal() -> None:
    draft = two_documents(make_cross_page("一"))
    (copy,) = pasted(paste(draft, everything(draft)))
    assert copy == make_cross_page("一", name=copy.id, center_y_pt=421.0 - COPY_OFFSET_PT)


def test_a_keyword_is_looked_for_in_the_other_document_and_has_to_be_confirmed_anew() -> None:
    draft = two_documents(make_keyword("一", confirmed_hits=4, offset_x_pt=7.0))
    (copy,) = pasted(paste(draft, everything(draft), INTO_OTHER))
    assert copy == make_keyword("二", name=copy.id, offset_x_pt=7.0)


def test_a_keyword_pasted_where_it_is_gets_another_offset() -> None:
    draft = two_documents(make_keyword("一"))
    (copy,) = pasted(paste(draft, everything(draft)))
    assert copy == make_keyword("一", name=copy.id, offset_x_pt=COPY_OFFSET_PT, offset_y_pt=-COPY_OFFSET_PT)


# What is gone


def test_a_clipboard_outlives_document_and_contract() -> None:
    draft = two_documents(make_seal("一"))
    clipboard = everything(draft)
    gone = remove_document(draft, ONE)
    assert paste(gone, clipboard) == Copies(gone, (), (LeftOut(SEAL, ONE, LeftOutReason.NO_SUCH_DOCUMENT),))
    assert the_one(paste(gone, clipboard, INTO_OTHER)).document_id == OTHER


def test_seals_of_a_signer_that_the_contract_does_not_have_go_to_the_one_who_was_named() -> None:
    clipboard = everything(two_documents(make_seal("一", name="a"), make_seal("一", signer="李四", name="b")))
    company = make_organization_signer("公司")
    other = make_draft(documents=(make_document("二"),), signers=(make_person_signer("李四"), company), placements=())
    copies = paste(other, clipboard, PasteTarget(OTHER, signer_id=company.id))
    assert [p.signer_id for p in pasted(copies)] == [company.id, SignerId("id of 李四")]
    for target in (INTO_OTHER, PasteTarget(OTHER, signer_id=SignerId("nobody"))):
        copies = paste(other, clipboard, target)
        assert [p.signer_id for p in pasted(copies)] == ["id of 李四"]
        assert copies.left_out == (LeftOut(PlacementId("a"), OTHER, LeftOutReason.NO_SUCH_SIGNER),)


def test_a_seal_of_its_own_size_is_kept_on_the_page_by_the_size_of_whom_it_goes_to() -> None:
    clipboard = everything(two_documents(make_seal("一", center=PagePoint(10.0, 10.0))))
    company = make_organization_signer("公司")
    other = make_draft(documents=(make_document("二"),), signers=(company,), placements=())
    copy = the_one(paste(other, clipboard, PasteTarget(OTHER, signer_id=company.id)))
    (mark,) = marks_of(copy, company, other.documents[0], other.behaviour)
    assert other.documents[0].frame(1).bounds.contains(mark.rect)


def test_an_empty_clipboard_pastes_nothing() -> None:
    draft = two_documents(make_seal("一"))
    nothing = SealClipboard.of(draft, {PlacementId("nothing")})
    assert nothing == SealClipboard()
    assert nothing.is_empty
    assert paste(draft, nothing, PasteTarget(OTHER, 3)) == Copies(draft)
    assert not everything(draft).is_empty


def test_a_clipboard_takes_orphans_along_and_leaves_them_out_where_they_have_no_place() -> None:
    draft = make_draft(placements=(make_cross_page("nowhere"),))
    copies = paste(draft, everything(draft))
    assert [left_out.reason for left_out in copies.left_out] == [LeftOutReason.NO_SUCH_DOCUMENT]
    empty = ContractDraft(DraftId("empty"))
    assert paste(empty, everything(draft)).draft == empty
