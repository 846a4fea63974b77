"""Answers of a child that was taken over by a file are refused, whatever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.document import PreflightFacts
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageFrame, PageRect, Rotation
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.pdf import wire
from esign_desktop.pdf.engine import OpenedPdf, PdfHandle
from esign_desktop.pdf.files import FileState
from esign_desktop.pdf.text.index import UNKNOWN_TEXT, PageText, Reading
from esign_desktop.pdf.untrusted import BadAnswer, decode
from esign_desktop.pdf.worker.preflight import StructureFacts

if TYPE_CHECKING:
    from collections.abc import Callable

HANDLE = PdfHandle("h")
STATE = FileState(1234, 1_700_000_000_000_000_001, "a" * 64)
HIT = KeywordHit(2, (PageRect(1, 2, 3, 4), PageRect(0, 0, 1, 1)), "甲⽅", "与甲⽅ ", is_literal=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def opened_message(**changes: Any) -> wire.Message:
    pages = (PageFrame(100.5, 200, Rotation.LEFT, 2.0, -3, 4), PageFrame(1, 1))
    opened = OpenedPdf(HANDLE, pages, PreflightFacts(), 1234, "a" * 64)
    return {**sent(wire.opened_message(opened, STATE)), **changes}


def sent(message: wire.Message) -> wire.Message:
    return decode(wire.encode(message))


def test_what_is_sent_arrives() -> None:
    opened, state = wire.read_opened(opened_message(), HANDLE)
    assert state == STATE
    assert opened.pages == (PageFrame(100.5, 200, Rotation.LEFT, 2.0, -3, 4), PageFrame(1, 1))
    assert (opened.size_bytes, opened.sha256) == (1234, "a" * 64)
    structure = StructureFacts(is_signed=True, form_field_count=7)
    assert wire.read_structure(sent(wire.structure_message(structure))) == structure
    assert wire.read_hits(sent(wire.hits_message((HIT,), 2)), [7, 2, 9]) == ((HIT,), 2)
    assert wire.read_rects(sent(wire.rects_message((PageRect(1, 2, 3, 4),)))) == (PageRect(1, 2, 3, 4),)
    texts = (PageText(Reading.CAREFUL, True, "甲方\n\ud800"), UNKNOWN_TEXT)
    assert wire.read_texts(sent(wire.texts_message(texts)), 2) == texts
    assert wire.read_sum({"sha256": ""}) == ""
    assert wire.read_memory_bytes({}) == 0


def test_odd_file_names_survive() -> None:
    assert sent({"path": "\udcff 合同.pdf"}) == {"path": "\udcff 合同.pdf"}


@pytest.mark.parametrize(
    "changes",
    [
        {"pages": []},
        {"pages": None},
        {"pages": [[1, 1, 2, 3]]},
        {"pages": [[1, 0, 1, 0, 1, 0, 0]]},
        {"pages": [[1, -5, 1, 0, 1, 0, 0]]},
        {"pages": [[1, 1, 1, 45, 1, 0, 0]]},
        {"pages": [[1, 1, 1, 0, 0, 0, 0]]},
        {"pages": [[1, 1e9, 1, 0, 1000, 0, 0]]},
        {"pages": [[1, float("nan"), 1, 0, 1, 0, 0]]},
        {"pages": [[1, float("inf"), 1, 0, 1, 0, 0]]},
        {"pages": [[1, 10**400, 1, 0, 1, 0, 0]]},
        {"pages": [[1, "1", 1, 0, 1, 0, 0]]},
        {"pages": [[1, True, 1, 0, 1, 0, 0]]},
        {"pages": [[0, 1, 1, 0, 1, 0, 0]]},
        {"pages": [[-1, 1, 1, 0, 1, 0, 0]]},
        {"pages": [[1.5, 1, 1, 0, 1, 0, 0]]},
        {"pages": [[200_001, 1, 1, 0, 1, 0, 0]]},
        {"pages": [[100_001, 1, 1, 0, 1, 0, 0]] * 2},
        {"pages": [[1, 1, 1, 0, 1, 0, 0]] * 200_001},
        {"state": [1, 1, "x"]},
        {"state": [1, 1, None]},
        {"state": [-1, 1, ""]},
        {"state": [1.5, 1, ""]},
        {"state": [1, 1 << 90, ""]},
        {"state": [1, 1]},
    ],
    ids=lambda changes: repr(changes)[:50],
)
def test_impossible_documents_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        wire.read_opened(opened_message(**changes), HANDLE)


@pytest.mark.parametrize(
    "hit",
    [
        [0, [[1, 2, 3, 4]], "a", "a", True],
        [4, [[1, 2, 3, 4]], "a", "a", True],
        [1, [], "a", "a", True],
        [1, [[3, 2, 1, 4]], "a", "a", True],
        [1, [[1, 2, 3]], "a", "a", True],
        [1, [[1, 2, 3, float("nan")]], "a", "a", True],
        [1, [[1, 2, 3, 4]], "a" * 5000, "a", True],
        [1, [[1, 2, 3, 4]], None, "a", True],
        [1, [[1, 2, 3, 4]], "a", "a", 1],
        "hit",
    ],
    ids=lambda hit: repr(hit)[:50],
)
def test_impossible_hits_are_refused(hit: Any) -> None:
    with pytest.raises(BadAnswer):
        wire.read_hits({"hits": [hit], "done": 1}, [1, 3])


@pytest.mark.parametrize("done", [0, 3, -1, None, True])
def test_a_search_that_does_not_get_on_is_refused(done: Any) -> None:
    with pytest.raises(BadAnswer):
        wire.read_hits({"hits": [], "done": done}, [1, 3])


@pytest.mark.parametrize(
    "texts",
    [None, [], [[0, True, ""]] * 4, [[4, True, ""]], [[-1, True, ""]], [[0, 1, ""]], [[0, True, None]], [[0, True]]],
)
def test_impossible_texts_are_refused(texts: Any) -> None:
    with pytest.raises(BadAnswer):
        wire.read_texts({"texts": texts}, 3)


def test_more_text_than_a_page_has_is_refused() -> None:
    with pytest.raises(BadAnswer):
        wire.read_texts({"texts": [[0, True, "甲" * 500_001]]}, 3)


@pytest.mark.parametrize("facts", [None, {}, {"is_signed": 1}])
def test_impossible_facts_are_refused(facts: Any) -> None:
    with pytest.raises(BadAnswer):
        wire.read_structure({"facts": facts})


def test_text_that_cannot_be_stored_is_replaced() -> None:
    answer = {"hits": [[1, [[1, 2, 3, 4]], "\ud800", "", True]], "done": 1}
    ((hit,), _) = wire.read_hits(answer, [1])
    assert hit.text == "?"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BadAnswer):
        decode(data)


def test_errors_arrive_with_their_code_and_page() -> None:
    with pytest.raises(PdfError) as caught:
        wire.raise_error(sent(wire.error_message(PdfError("pdf.page_failed", "FzErrorFormat", page_number=7))))
    assert (caught.value.code, caught.value.detail) == ("pdf.page_failed", "FzErrorFormat")
    assert caught.value.params == {"page_number": 7}


def test_an_error_says_nothing_but_a_class_name() -> None:
    with pytest.raises(PdfError) as caught:
        wire.raise_error({"error": "pdf.damaged", "detail": "<img src=x> 110101199003070011", "params": {"path": "x"}})
    assert caught.value.detail == ""
    assert caught.value.params == {}


@pytest.mark.parametrize("code", ["api.unsent", "pdf.<b>", 7, "", "pdf."])
def test_unknown_kinds_of_errors_are_refused(code: Any) -> None:
    with pytest.raises(BadAnswer):
        wire.raise_error({"error": code})


@given(
    st.dictionaries(
        st.sampled_from(["pages", "facts", "state", "sha256", "hits", "rects", "done", "texts", "error"]), JSON
    )
)
def test_no_answer_raises_anything_else(message: wire.Message) -> None:
    readers: list[Callable[[], object]] = [
        lambda: wire.read_opened(message, HANDLE),
        lambda: wire.read_hits(message, [1, 2, 3]),
        lambda: wire.read_rects(message),
        lambda: wire.read_texts(message, 3),
        lambda: wire.read_sum(message),
        lambda: wire.read_structure(message),
        lambda: wire.read_memory_bytes(message),
        lambda: wire.raise_error(message),
    ]
    for read in readers:
        try:
            read()
        except (BadAnswer, PdfError):
            continue
