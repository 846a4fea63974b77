"""Lines looked up in the library's memory are the lines that it prints, or they are not believed."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.pdf.worker import outlines
from esign_desktop.pdf.worker.document import MupdfDocument
from tests.pdf.builder import Page, Text, build

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.pdf.text.lines import Outline


@pytest.fixture(autouse=True)
def _no_trust_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "_trust", outlines._Trust())  # noqa: SLF001


def opened(folder: Path, *texts: Text) -> MupdfDocument:
    file = folder / "page.pdf"
    file.write_bytes(build(Page(list(texts)), Page()))
    return MupdfDocument(file)


def ways(document: MupdfDocument, page_index: int) -> tuple[tuple[Outline, ...] | None, tuple[Outline, ...] | None]:
    """Return a page's lines as they are seen and as they are printed."""
    text = document._text(page_index)  # noqa: SLF001
    return outlines._seen(text), outlines._printed(text)  # noqa: SLF001


def agree(seen: Any, printed: Any) -> bool:
    return outlines._agree(seen, printed)  # noqa: SLF001


TEXTS = (
    Text("甲方（盖章）：", 60, 700),
    Text('Seal & sign \\ "here" <b>', 60, 670, 10.5),
    Text("甲乙丙丁", 300, 600, 17.3, is_vertical=True),
    Text("斜着写的", 200, 300, 12, matrix=(0.8, 0.6, -0.6, 0.8)),
    Text("字\U00020000\u200b距", 60, 500, 12, spacing=30),
)


def test_both_ways_tell_the_same_lines(tmp_path: Path) -> None:
    document = opened(tmp_path, *TEXTS)
    seen, printed = ways(document, 0)
    assert seen is not None
    assert printed is not None
    assert len(seen) >= len(TEXTS)
    assert agree(seen, printed)
    assert "甲方（盖章）：" in [line.text for line in seen]
    assert any(line.is_vertical for line in seen)


def test_an_empty_page_has_no_lines_either_way(tmp_path: Path) -> None:
    assert ways(opened(tmp_path, *TEXTS), 1) == ((), ())


@pytest.mark.corpus
@pytest.mark.slow
def test_both_ways_tell_the_same_lines_of_the_corpus(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "corpus"
    entries = [json.loads(line) for line in (folder / "MANIFEST.jsonl").read_text(encoding="utf-8").splitlines()]
    pages = 0
    for entry in entries:
        if entry["class"] != "ok":
            continue
        document = MupdfDocument(folder / entry["file"])
        for page_index in range(min(document.page_count, 2)):
            seen, printed = ways(document, page_index)
            assert seen is not None, entry["file"]
            assert agree(seen, printed), entry["file"]
            pages += 1
    assert pages > 100


def test_the_printed_lines_prove_the_others_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = opened(tmp_path, *TEXTS)
    # Nothing is proven by a page without lines.
    document.outlines(1)
    document.outlines(0)
    monkeypatch.setattr(outlines, "_printed", lambda _text: pytest.fail("printed once more"))
    again = document.outlines(0)
    assert again is not None
    assert len(again) >= len(TEXTS)


def test_records_that_lie_elsewhere_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The far side of a line's box is looked for where its near side is.
    monkeypatch.setattr(outlines, "_LINE", struct.Struct("=B3x4f12xQ16xQ"))
    document = opened(tmp_path, *TEXTS)
    printed = ways(document, 0)[1]
    assert document.outlines(0) == printed
    monkeypatch.setattr(outlines, "_seen", lambda _text: pytest.fail("looked up once more"))
    assert document.outlines(0) == printed


@pytest.mark.parametrize("written", [b"one\nline\ntoo many\n\n", b"\xc0\x80\n\n", b""])
def test_a_text_of_other_lines_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bytes) -> None:
    document = opened(tmp_path, Text("甲方", 60, 700))
    proven = document.outlines(0)
    monkeypatch.setattr(outlines, "_plain_text", lambda _text: written)
    assert document.outlines(0) == proven != ()
