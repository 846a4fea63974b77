"""Exchanging a document moves no seal: where it is shown on the copy is where it was shown before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.checks import obstacles
from esign_desktop.domain.contract.document_replacement import take_upright_copy, take_version
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.geometry import PageFrame, PagePoint, PageRect, Rotation
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.anchors import FoundWords, WordAnchor
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordHit,
    KeywordPlacement,
    Placement,
    SealMark,
    marks_of,
)
from tests.drafts import (
    make_cross_page,
    make_document,
    make_draft,
    make_keyword,
    make_person_signer,
    make_seal,
)

SIGNER = make_person_signer()
frames = st.builds(
    PageFrame,
    st.just(300.0),
    st.just(400.0),
    st.sampled_from(list(Rotation)),
    st.sampled_from([1.0, 0.5, 2.0]),
    st.sampled_from([0.0, 20.0]),
    st.sampled_from([0.0, -7.0]),
)


def upright(document: Document) -> Document:
    """What the PDF room makes of it."""
    pages = tuple(PageFrame(frame.display_width_pt, frame.display_height_pt) for frame in document.pages)
    return replace(document, id=DocumentId("copy"), path="/copies/1.pdf", name="1", pages=pages)


def seen(document: Document, marks: tuple[SealMark, ...]) -> list[tuple[float, ...]]:
    """Page, and centre and width as shown."""
    rows = []
    for mark in marks:
        shown = document.frame(mark.page_number).rect_to_display(mark.rect)
        rows.append((mark.page_number, shown.center.x_pt, shown.center.y_pt, shown.width_pt))
    return sorted(rows)


def all_seen(document: Document, placements: tuple[Placement, ...], hits: tuple[KeywordHit, ...] = ()) -> list[float]:
    marks = tuple(
        mark for placement in placements for mark in marks_of(placement, SIGNER, document, PlatformBehaviour(), hits)
    )
    return [number for row in seen(document, marks) for number in row]


@given(st.lists(frames, min_size=1, max_size=4))
def test_fixed_seals_stay_where_they_were_seen(pages: list[PageFrame]) -> None:
    document = make_document(pages=0)
    document = replace(document, pages=tuple(pages))
    seal = make_seal(pages=f"1-{len(pages)}", center=PagePoint(70.0, 260.0), width_pt=60.0)
    draft = make_draft(documents=(document,), placements=(seal,))
    copy = upright(document)

    exchange = take_upright_copy(draft, document.id, copy, {})

    assert all_seen(copy, exchange.draft.placements) == pytest.approx(all_seen(document, (seal,)))
    assert exchange.draft.placements[0].id == seal.id
    assert len({placement.id for placement in exchange.draft.placements}) == len(exchange.draft.placements)


@given(frames, st.lists(st.tuples(st.integers(1, 3), st.floats(20, 200), st.floats(20, 300)), min_size=1, max_size=4))
def test_a_keywords_seals_stay_where_they_were_seen(frame: PageFrame, places: list[tuple[int, float, float]]) -> None:
    document = make_document(pages=3, frame=frame)
    hits = tuple(KeywordHit(page, (PageRect(x, y, x + 40, y + 12),), "乙方") for page, x, y in sorted(places))
    keyword = make_keyword(offset_x_pt=33.0, offset_y_pt=-5.0, width_pt=60.0, confirmed_hits=len(hits))
    draft = make_draft(documents=(document,), placements=(keyword,))
    copy = upright(document)

    exchange = take_upright_copy(draft, document.id, copy, {(document.id, "乙方"): hits})

    (moved,) = exchange.draft.placements
    assert isinstance(moved, KeywordPlacement)
    assert (moved.keyword, moved.confirmed_hits) == ("乙方", len(hits))
    hits_there = tuple(
        replace(hit, rects=(copy.frame(1).rect_to_page(frame.rect_to_display(hit.rects[0])),)) for hit in hits
    )
    before, after = all_seen(document, (keyword,), hits), all_seen(copy, (moved,), hits_there)
    assert after == pytest.approx(before)


def test_keyword_seals_that_no_one_offset_keeps_become_fixed_ones() -> None:
    turned, plain = PageFrame(300, 400, Rotation.RIGHT), PageFrame(300, 400)
    document = replace(make_document(), pages=(turned, plain))
    hits = tuple(KeywordHit(page, (PageRect(50, 60, 90, 72),), "乙方") for page in (1, 2))
    keyword = make_keyword(offset_x_pt=80.0, width_pt=60.0, confirmed_hits=2)
    draft = make_draft(documents=(document,), placements=(keyword,))
    copy = upright(document)

    exchange = take_upright_copy(draft, document.id, copy, {(document.id, "乙方"): hits})

    assert exchange.divided == (keyword.id,)
    assert all(isinstance(placement, CoordinatePlacement) for placement in exchange.draft.placements)
    assert all_seen(copy, exchange.draft.placements) == pytest.approx(all_seen(document, (keyword,), hits))


def test_a_keyword_that_was_not_found_keeps_its_offset_as_seen() -> None:
    document = make_document(frame=PageFrame(300, 400, Rotation.RIGHT))
    draft = make_draft(documents=(document,), placements=(make_keyword(offset_x_pt=10.0, offset_y_pt=4.0),))
    (moved,) = take_upright_copy(draft, document.id, upright(document), {}).draft.placements
    assert isinstance(moved, KeywordPlacement)
    # What pointed up the page, shown lying on its side, points to the right of the screen.
    assert (moved.offset_x_pt, moved.offset_y_pt) == pytest.approx((4.0, -10.0))


def test_a_cross_page_seal_keeps_its_height_on_pages_that_only_differ_in_unit_or_origin() -> None:
    document = make_document(frame=PageFrame(300, 400, Rotation.NONE, 2.0, 20.0, 30.0))
    seal = make_cross_page(center_y_pt=150.0, width_pt=60.0)
    copy = upright(document)
    exchange = take_upright_copy(make_draft(documents=(document,), placements=(seal,)), document.id, copy, {})
    assert exchange.moved == ()
    assert all_seen(copy, exchange.draft.placements) == pytest.approx(all_seen(document, (seal,)))


def test_a_cross_page_seal_of_turned_pages_is_told_of() -> None:
    document = make_document(frame=PageFrame(300, 400, Rotation.RIGHT))
    seal = make_cross_page(center_y_pt=100.0)
    exchange = take_upright_copy(
        make_draft(documents=(document,), placements=(seal,)), document.id, upright(document), {}
    )
    (moved,) = exchange.draft.placements
    assert exchange.moved == (seal.id,)
    assert isinstance(moved, CrossPagePlacement)
    assert moved.center_y_pt == pytest.approx(75.0)


def test_pages_beyond_the_end_stay_a_problem() -> None:
    document = make_document(pages=1)
    for pages in ("1-9", "7"):
        draft = make_draft(documents=(document,), placements=(make_seal(pages=pages),))
        (seal,) = take_upright_copy(draft, document.id, upright(document), {}).draft.placements
        assert isinstance(seal, CoordinatePlacement)
        assert seal.pages.last == int(pages[-1])


def test_the_newcomer_keeps_name_and_place_and_other_documents_are_left_alone() -> None:
    document, other = make_document("合同", frame=PageFrame(300, 400, Rotation.HALF)), make_document("附件")
    draft = make_draft(documents=(document, other), placements=(make_seal(), make_seal("附件", name="2")))
    for after in (
        take_upright_copy(draft, document.id, upright(document), {}).draft,
        take_version(draft, document.id, upright(document), {}),
    ):
        assert [one.name for one in after.documents] == ["合同", "附件"]
        assert [one.document_id for one in after.placements] == ["copy", other.id]
        assert after.placements[1] is draft.placements[1]


def test_a_new_version_takes_the_placements_as_they_are() -> None:
    draft = make_draft(placements=(make_seal(), make_keyword(), make_cross_page()))
    version = replace(make_document(), id=DocumentId("next"))
    after = take_version(draft, draft.documents[0].id, version, {})
    assert after.placements == tuple(replace(one, document_id=version.id) for one in draft.placements)


def anchored(seal: Placement, rect: PageRect) -> CoordinatePlacement:
    assert isinstance(seal, CoordinatePlacement)
    anchor = WordAnchor(seal.document_id, seal.pages.first, seal.center, rect, "甲方（公章）", 0, 1)
    return replace(seal, anchor=anchor)


def test_a_seal_follows_its_words_to_another_page_of_a_new_version() -> None:
    seal = anchored(make_seal(), PageRect(100.0, 500.0, 160.0, 512.0))
    draft = make_draft(documents=(make_document(pages=2),), placements=(seal,))
    version = replace(make_document(pages=3), id=DocumentId("next"))
    words = FoundWords(3, PageRect(110.0, 300.0, 170.0, 312.0))
    (moved,) = take_version(draft, draft.documents[0].id, version, {seal.id: words}).placements
    assert isinstance(moved, CoordinatePlacement)
    assert moved.pages == PageRanges.single(3)
    assert moved.center == seal.center.moved(10.0, -200.0)
    assert not moved.is_unverified
    assert moved.needs_anchor


def test_a_seal_whose_words_are_gone_blocks_until_it_is_moved_or_confirmed() -> None:
    seal = anchored(make_seal(), PageRect(100.0, 500.0, 160.0, 512.0))
    draft = make_draft(placements=(seal,))
    version = replace(make_document(), id=DocumentId("next"))
    after = take_version(draft, draft.documents[0].id, version, {seal.id: None})
    (left,) = after.placements
    assert isinstance(left, CoordinatePlacement)
    assert left.center == seal.center
    assert "placement.unverified" in {problem.code for problem in obstacles(after)}
    moved = edits.move_placements(after, {left.id}, 30.0, 0.0)
    confirmed = edits.verify_positions(after, {left.id})
    for settled in (moved, confirmed):
        assert "placement.unverified" not in {problem.code for problem in obstacles(settled)}


def test_a_cross_page_seal_on_all_pages_covers_all_pages_of_a_new_version() -> None:
    draft = make_draft(documents=(make_document(pages=2),), placements=(make_cross_page(pages="1-2"),))
    version = replace(make_document(pages=5), id=DocumentId("next"))
    (seal,) = take_version(draft, draft.documents[0].id, version, {}).placements
    assert isinstance(seal, CrossPagePlacement)
    assert seal.pages == version.all_pages


def test_who_places_freely_on_a_document_does_so_on_its_new_version() -> None:
    kept, replaced = make_document("一"), make_document("二")
    signer = replace(SIGNER, terms=replace(SIGNER.terms, free_documents=(kept.id, replaced.id)))
    draft = make_draft(documents=(kept, replaced), signers=(signer,), placements=())
    version = make_document("新", id=DocumentId("version"))
    (changed,) = take_version(draft, replaced.id, version, {}).signers
    assert changed.terms.free_documents == (kept.id, "version")
