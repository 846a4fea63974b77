from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.domain.placing.placement import KeywordHit, marks_of, new_placement_id, seal_width_pt
from tests.drafts import (
    make_application_signer,
    make_cross_page,
    make_document,
    make_keyword,
    make_organization_signer,
    make_person_signer,
    make_seal,
)

PERSON, COMPANY = make_person_signer(), make_organization_signer()
DOCUMENT = make_document(pages=4)
PLAIN = PlatformBehaviour()


def hit(page_number: int, left: float = 100, bottom: float = 200) -> KeywordHit:
    return KeywordHit(page_number, (PageRect(left, bottom, left + 40, bottom + 12),), "乙方")


def test_a_seal_without_a_width_is_drawn_at_its_signers_assumed_one() -> None:
    assert seal_width_pt(make_seal(), PERSON, PLAIN) == 95
    assert seal_width_pt(make_seal(), COMPANY, PLAIN) == 159
    assert seal_width_pt(make_seal(), make_application_signer(), PLAIN) == 159
    assert seal_width_pt(make_seal(width_pt=113.4), COMPANY, PLAIN) == 113.4


def test_a_coordinate_seal_stands_about_its_centre_on_each_of_its_pages() -> None:
    marks = marks_of(make_seal(pages="1-2,4", center=PagePoint(100, 200), width_pt=40), PERSON, DOCUMENT, PLAIN)
    assert [mark.page_number for mark in marks] == [1, 2, 4]
    assert {mark.rect for mark in marks} == {PageRect(80, 180, 120, 220)}
    assert not any(mark.size_is_assumed for mark in marks)


def test_an_assumed_size_is_marked_as_such() -> None:
    assert all(mark.size_is_assumed for mark in marks_of(make_seal(), PERSON, DOCUMENT, PLAIN))


def test_pages_that_are_not_there_make_no_mark() -> None:
    assert [mark.page_number for mark in marks_of(make_seal(pages="3-9"), PERSON, DOCUMENT, PLAIN)] == [3, 4]
    assert len(marks_of(make_cross_page(pages="3-9"), PERSON, DOCUMENT, PLAIN)) == 2
    assert marks_of(make_keyword(), PERSON, DOCUMENT, PLAIN, (hit(5), hit(0))) == ()


def test_a_keyword_makes_a_mark_at_every_hit_from_its_lower_left() -> None:
    placement = make_keyword(offset_x_pt=10, offset_y_pt=-5, width_pt=20)
    marks = marks_of(placement, PERSON, DOCUMENT, PLAIN, (hit(1), hit(3, left=50)))
    assert [(mark.page_number, mark.rect.center) for mark in marks] == [
        (1, PagePoint(110, 195)),
        (3, PagePoint(60, 195)),
    ]


def test_a_hit_without_a_rectangle_makes_no_mark() -> None:
    assert marks_of(make_keyword(), PERSON, DOCUMENT, PLAIN, (KeywordHit(1, (), "乙方"),)) == ()


@given(st.sets(st.integers(1, 4), min_size=1), st.floats(10, 600))
def test_the_slices_of_a_cross_page_seal_make_up_the_seal(numbers: set[int], width: float) -> None:
    placement = make_cross_page(pages=",".join(map(str, sorted(numbers))), width_pt=width)
    marks = marks_of(placement, PERSON, DOCUMENT, PLAIN)
    assert [mark.page_number for mark in marks] == sorted(numbers)
    assert [mark.slice_index for mark in marks] == list(range(len(numbers)))
    assert sum(mark.rect.width_pt for mark in marks) == pytest.approx(width)
    for mark in marks:
        assert mark.slice_count == len(numbers)
        assert mark.rect.right_pt == DOCUMENT.frame(mark.page_number).width_pt
        assert mark.rect.height_pt == pytest.approx(width)
        assert mark.rect.center.y_pt == pytest.approx(placement.center_y_pt)


def test_a_document_without_these_pages_has_no_slice() -> None:
    assert marks_of(make_cross_page(pages="7-9"), PERSON, DOCUMENT, PLAIN) == ()


def test_ids_are_never_given_twice() -> None:
    assert new_placement_id() != new_placement_id()
