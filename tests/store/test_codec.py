from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.added_pages import FRAME, AddedBlock, AddedPdf, AddedTable
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.document import Document, TemplateFilling
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.geometry import PageFrame, PagePoint
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, KeywordPlacement
from esign_desktop.store.codec import DRAFT_FORMAT, draft_from_json, draft_to_json
from tests.raised import raises_code
from tests.store.samples import DOCUMENT, DRAFT, ID_NUMBER

FINITE = st.floats(allow_nan=False, allow_infinity=False)
WIDTH = st.none() | FINITE
FRAMES = st.builds(
    PageFrame, width_pt=FINITE, height_pt=FINITE, user_unit=FINITE, origin_x_pt=FINITE, origin_y_pt=FINITE
)
POINTS = st.builds(PagePoint, FINITE, FINITE)
PLACEMENTS = (
    st.builds(CoordinatePlacement, center=POINTS, width_pt=WIDTH)
    | st.builds(KeywordPlacement, offset_x_pt=FINITE, offset_y_pt=FINITE, width_pt=WIDTH)
    | st.builds(CrossPagePlacement, center_y_pt=FINITE, width_pt=WIDTH)
)
DRAFTS = st.builds(
    ContractDraft,
    documents=st.lists(st.builds(Document, pages=st.lists(FRAMES, max_size=3).map(tuple)), max_size=3).map(tuple),
    placements=st.lists(PLACEMENTS, max_size=5).map(tuple),
)


def test_every_field_comes_back_as_it_was() -> None:
    assert draft_from_json(draft_to_json(DRAFT)) == DRAFT


@given(DRAFTS)
def test_any_draft_comes_back_as_it_was(draft: ContractDraft) -> None:
    assert draft_from_json(draft_to_json(draft)) == draft


def _with_blocks(*blocks: AddedBlock) -> ContractDraft:
    return replace(DRAFT, documents=(replace(DOCUMENT, template=TemplateFilling("form", blocks=blocks)),))


def test_only_pages_of_a_file_need_the_newer_format() -> None:
    table, pdf = AddedTable((("x",),), "t"), AddedPdf("terms.pdf", "a" * 64, 9, (FRAME,), "/copies/terms.pdf", 1)
    plain = json.loads(draft_to_json(_with_blocks(table)))
    assert plain["format"] == 1
    assert plain["draft"]["documents"][0]["template"]["tables"] == [
        {"rows": [["x"]], "title": "t", "has_header": True, "after_page": None}
    ]
    draft = _with_blocks(table, pdf, AddedTable())
    text = draft_to_json(draft)
    assert json.loads(text)["format"] == 2
    assert draft_from_json(text) == draft


def test_a_block_of_an_unknown_kind_is_refused() -> None:
    text = draft_to_json(_with_blocks(AddedPdf("terms.pdf", "a" * 64, 9, (FRAME,))))
    with raises_code(StoreError, "store.bad_draft"):
        draft_from_json(text.replace("AddedPdf", "AddedVideo"))


def test_a_file_name_that_is_no_utf8_comes_back_as_it_was() -> None:
    odd = b"/contracts/\xff.pdf".decode("utf-8", "surrogateescape")
    draft = replace(DRAFT, documents=(replace(DOCUMENT, path=odd),))
    assert draft_from_json(draft_to_json(draft)) == draft


def test_a_missing_field_takes_its_default_and_an_unknown_one_is_ignored() -> None:
    plain = json.loads(draft_to_json(DRAFT))
    del plain["draft"]["is_ordered"]
    plain["draft"]["colour_of_the_future"] = "blue"
    assert draft_from_json(json.dumps(plain)) == replace(DRAFT, is_ordered=True)


def _broken(*keys: str | int, value: object) -> str:
    plain = json.loads(draft_to_json(DRAFT))
    place: Any = plain
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return json.dumps(plain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format":1}',
        _broken("format", value=DRAFT_FORMAT + 1),
        _broken("draft", "id", value=None),
        _broken("draft", "documents", value="none"),
        _broken("draft", "documents", 0, "size_bytes", value="12"),
        _broken("draft", "documents", 0, "size_bytes", value=True),
        _broken("draft", "documents", 0, "pages", 1, "rotation", value=45),
        _broken("draft", "signers", 0, "type", value="Robot"),
        _broken("draft", "placements", 0, "center", "x_pt", value=float("nan")),
        _broken("draft", "placements", 0, "center", "x_pt", value=None),
        _broken("draft", "is_ordered", value=1),
    ],
)
def test_what_is_no_draft_is_refused(text: str) -> None:
    with pytest.raises(StoreError) as caught:
        draft_from_json(text)
    assert caught.value.code == "store.bad_draft"


def test_a_refusal_shows_nothing_of_the_content() -> None:
    text = _broken("draft", "signers", 0, "person", "id_type", value=ID_NUMBER)
    with pytest.raises(StoreError) as caught:
        draft_from_json(text)
    assert ID_NUMBER not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_empty_draft_is_short() -> None:
    assert len(draft_to_json(ContractDraft(DraftId("d")))) < 600
