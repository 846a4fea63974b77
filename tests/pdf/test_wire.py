"""Answers of a child that was taken over by a file are refused, whatever they are."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.forms import FieldKind, PdfFormField
from esign_desktop.domain.geometry import PageFrame, PageRect, Rotation
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.domain.signature import Integrity, SignatureFact, SignaturePlace
from esign_desktop.pdf import wire
from esign_desktop.pdf.files import FileState
from esign_desktop.pdf.text.index import UNKNOWN_TEXT, PageText, Reading
from esign_desktop.pdf.worker.preflight import StructureFacts

STATE = FileState(1234, 1_700_000_000_000_000_001, "a" * 64)
HIT = KeywordHit(2, (PageRect(1, 2, 3, 4), PageRect(0, 0, 1, 1)), "甲⽅", "与甲⽅ ", is_literal=False)
PLACE = SignaturePlace(3, PageRect(1, 2, 3, 4))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FRAME = PageFrame(100.5, 200, Rotation.LEFT, 2.0, -3, 4)


def sent(message: wire.Message) -> wire.Message:
    return wire.decode(wire.encode(message))


def arrived(value: object, kind: Any) -> object:
    return wire.read(sent({"value": wire.write(value)})["value"], kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (wire.OpenedFile.of(STATE, [FRAME, FRAME, PageFrame(1, 1)]), wire.OpenedFile),
        (StructureFacts(is_signed=True, form_field_count=7), StructureFacts),
        (((HIT,), 2), tuple[tuple[KeywordHit, ...], int]),
        ((PageRect(1, 2, 3, 4),), tuple[PageRect, ...]),
        ((PageText(Reading.CAREFUL, True, "甲方\n\ud800"), UNKNOWN_TEXT), tuple[PageText, ...]),
        ((PdfFormField("甲", FieldKind.CHECK, None, "hint", is_filled=True),), tuple[PdfFormField, ...]),
        ((SignatureFact("甲", "CA", None, Integrity.CHANGED, True, PLACE),), tuple[SignatureFact, ...]),
        ((True, False), tuple[bool, bool]),
        (b"\0pixels", bytes),
        ("", str),
        (None, type(None)),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_is_sent_arrives(value: object, kind: Any) -> None:
    assert arrived(value, kind) == value


def test_pages_arrive_one_by_one() -> None:
    pages = (FRAME, FRAME, PageFrame(1, 1))
    opened = wire.OpenedFile.of(STATE, pages)
    assert len(opened.pages) == 2
    assert opened.frames() == pages


def test_odd_file_names_survive() -> None:
    assert sent({"path": "\udcff 合同.pdf"}) == {"path": "\udcff 合同.pdf"}


@pytest.mark.parametrize(
    "frame",
    [
        [1, 2, 3],
        [0, 1, 0, 1, 0, 0],
        [-5, 1, 0, 1, 0, 0],
        [1, 1, 45, 1, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1e9, 1, 0, 1000, 0, 0],
        [float("nan"), 1, 0, 1, 0, 0],
        [float("inf"), 1, 0, 1, 0, 0],
        [10**400, 1, 0, 1, 0, 0],
        ["1", 1, 0, 1, 0, 0],
        [True, 1, 0, 1, 0, 0],
        None,
    ],
    ids=lambda frame: repr(frame)[:50],
)
def test_impossible_pages_are_refused(frame: object) -> None:
    with pytest.raises(wire.BadAnswer):
        wire.read(frame, PageFrame)


@pytest.mark.parametrize("counts", [[], [0], [200_001], [100_001, 100_001], [1] * 200_001])
def test_impossible_numbers_of_pages_are_refused(counts: list[int]) -> None:
    with pytest.raises(wire.BadAnswer):
        wire.OpenedFile(STATE, tuple(wire.PageRun(count, FRAME) for count in counts)).frames()


@pytest.mark.parametrize(
    "state", [[1, 1, "x"], [1, 1, None], [-1, 1, ""], [1.5, 1, ""], [1, 1 << 90, ""], [1, 1], None]
)
def test_impossible_states_of_files_are_refused(state: object) -> None:
    with pytest.raises(wire.BadAnswer):
        wire.read(state, FileState)


@pytest.mark.parametrize(
    "changes",
    [
        {"page_number": -1},
        {"page_number": 1.5},
        {"page_number": True},
        {"rects": [[3, 2, 1, 4]]},
        {"rects": [[1, 2, 3]]},
        {"rects": [[1, 2, 3, float("nan")]]},
        {"rects": {"1": [1, 2, 3, 4]}},
        {"rects": "rects"},
        {"text": "a" * 5000},
        {"text": None},
        {"is_literal": 1},
        {"more": 1},
    ],
    ids=repr,
)
def test_impossible_hits_are_refused(changes: dict[str, Any]) -> None:
    hit = {"page_number": 1, "rects": [[1, 2, 3, 4]], "text": "a", "context": "a", "is_literal": True}
    assert wire.read(hit, KeywordHit).is_literal
    with pytest.raises(wire.BadAnswer):
        wire.read({**hit, **changes}, KeywordHit)


@pytest.mark.parametrize(
    "text", [None, [], [4, True, ""], [-1, True, ""], [0, 1, ""], [0, True, None], [0, True], [0, True, "甲" * 500_001]]
)
def test_impossible_texts_of_pages_are_refused(text: object) -> None:
    with pytest.raises(wire.BadAnswer):
        wire.read(text, PageText)


@pytest.mark.parametrize("facts", [None, [], {"is_signed": 1}, {"form_field_count": -1}])
def test_impossible_facts_are_refused(facts: object) -> None:
    with pytest.raises(wire.BadAnswer):
        wire.read(facts, StructureFacts)


def test_text_that_cannot_be_stored_is_replaced() -> None:
    assert wire.read("\ud800", str) == "?"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(wire.BadAnswer):
        wire.decode(data)


MEASURED = """
import re, sys, time
from pathlib import Path
from esign_desktop.pdf import wire
from esign_desktop.pdf.limits import MAX_ANSWER_BYTES, MAX_ANSWER_VALUES, MAX_WIDE_BYTES

data = eval(sys.argv[1])
assert len(data) <= MAX_ANSWER_BYTES

def kib(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

Path("/proc/self/clear_refs").write_text("5")
before, began = kib("VmRSS"), time.process_time()
try:
    wire.decode(data)
except wire.BadAnswer:
    pass
print(time.process_time() - began, (kib("VmHWM") - before) / 1024)
"""
HOSTILE = (
    """b'{"a": [' + b"[]," * 5_000_000 + b"0]}" """,
    """b'{"a": [' + b'{"a":0},' * (MAX_ANSWER_VALUES // 2 - 2) + b"0]}" """,
    """b'{"a": [' + b'"ab",' * (MAX_ANSWER_VALUES - 4) + b"0]}" """,
    """b'{"a": "' + b"x" * (MAX_ANSWER_BYTES - 10) + b'"}' """,
    """b'{"a": "' + b"x" * (MAX_WIDE_BYTES - 100) + chr(0x1F600).encode() + b'"}' """,
    """b'{"a": "' + b"x" * (MAX_ANSWER_BYTES - 100) + chr(0x1F600).encode() + b'"}' """,
)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
@pytest.mark.parametrize("data", HOSTILE)
def test_an_answer_takes_little_memory_and_time(data: str) -> None:
    done = subprocess.run([sys.executable, "-c", MEASURED, data.strip()], capture_output=True, text=True, check=True)
    took_s, grown_mib = map(float, done.stdout.split())
    assert took_s < 2.0
    assert grown_mib < 64.0


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
    with pytest.raises(wire.BadAnswer):
        wire.raise_error({"error": code})


@given(JSON)
def test_no_answer_raises_anything_else(answer: object) -> None:
    kinds: list[Any] = [
        wire.OpenedFile,
        StructureFacts,
        tuple[tuple[KeywordHit, ...], int],
        tuple[PdfFormField, ...],
        tuple[SignatureFact, ...],
        tuple[PageText, ...],
        type(None),
        bytes,
    ]
    for kind in kinds:
        try:
            wire.read(answer, kind)
        except wire.BadAnswer:
            continue


@given(st.dictionaries(st.sampled_from(["error", "detail", "params"]), JSON))
def test_no_failure_raises_anything_else(message: wire.Message) -> None:
    try:
        wire.raise_error(message)
    except (wire.BadAnswer, PdfError):
        return
