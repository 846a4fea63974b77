from __future__ import annotations

from dataclasses import replace

import pytest

from esign_desktop.domain.added_pages import FRAME, AddedBlock, AddedPdf, AddedTable
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.document import Document, TemplateFilling, by_id, new_document_id
from esign_desktop.domain.geometry import PageFrame, Rotation
from tests.drafts import A4, make_document, make_draft

LANDSCAPE = PageFrame(842, 595)


def test_pages_are_counted_from_one() -> None:
    first, second = PageFrame(1, 1), PageFrame(2, 2)
    document = replace(make_document(), pages=(first, second))
    assert document.frame(1) is first
    assert document.frame(2) is second
    for number in (0, 3, -1):
        with pytest.raises(IndexError):
            document.frame(number)


def test_all_pages_are_its_pages() -> None:
    assert list(make_document(pages=3).all_pages) == [1, 2, 3]


def test_turned_and_cropped_pages_are_named() -> None:
    pages = (
        A4,
        PageFrame(595, 842, Rotation.RIGHT),
        PageFrame(500, 800, origin_y_pt=20.0),
        PageFrame(1, 1, user_unit=2),
    )
    document = replace(make_document(), pages=pages)
    assert document.rotated_pages == (2,)
    assert document.cropped_pages == (3, 4)


@pytest.mark.parametrize(
    ("pages", "is_mixed"),
    [
        ((A4, A4), False),
        ((A4, PageFrame(595.9, 842)), False),
        ((A4, LANDSCAPE), True),
        ((A4, PageFrame(842, 595, Rotation.RIGHT)), False),
        ((A4, PageFrame(297.5, 421, user_unit=2.0)), False),
        ((PageFrame(100, 100), PageFrame(101, 100), PageFrame(102, 100)), True),
        ((PageFrame(102, 100), PageFrame(101, 100), PageFrame(100, 100)), True),
        ((), False),
    ],
)
def test_sizes_are_mixed_when_two_displayed_pages_differ_by_more_than_a_point(
    pages: tuple[PageFrame, ...], is_mixed: bool
) -> None:
    document = replace(make_document(), pages=pages)
    assert document.has_mixed_sizes is is_mixed


def test_documents_are_found_by_their_id() -> None:
    first, second = make_document("一"), make_document("二")
    assert by_id((first, second)) == {first.id: first, second.id: second}


def test_ids_are_never_given_twice() -> None:
    assert new_document_id() != new_document_id()


def test_a_document_whose_appended_pages_come_from_elsewhere_looks_different() -> None:
    table = AddedTable((("第一期", "九月"),), has_header=False)
    first, second = (AddedPdf(f"{letter}.pdf", letter * 64, 9, (FRAME,)) for letter in "ab")
    draft = make_draft(documents=(make_document(template=TemplateFilling("t", (), ())),))
    (form,) = draft.documents

    def followed(*blocks: AddedBlock) -> Document:
        return set_blocks(draft, form.id, blocks).documents[0]

    assert followed(table, first).added_sources == (None, (first, 1))
    assert followed(table).added_sources == (None,)
    assert followed(first, second).may_be(followed(first, second))
    assert followed(replace(table, title="x"), first).may_be(followed(table, first))
    assert not followed(first, second).may_be(followed(second, first))
    assert not followed(first, table).may_be(followed(first))
    assert not form.may_be(followed(first))
