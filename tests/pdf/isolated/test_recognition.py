"""Scans are read by a process that is locked in, as well as is promised; nothing is fetched, and nothing read twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import Cancelled, CancelToken, PdfError
from esign_desktop.pdf.isolated import recognition
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.recognised import RecognisedPages
from esign_desktop.ui.resources import resource_path
from tests.pdf.scans import SLOPE, require_reader, write_scan

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.pdf.client.engine import ProcessEngine

EVERY_FORM = 7
MOST_MISSED = 0.01
# It computes with all cores, and so waits long for those that others have.
pytestmark = pytest.mark.timeout(400)
SAMPLE = resource_path("samples", "service-contract.pdf")
NEAR_PT = 4.0
SIGNING_TOP_PT, SIGNING_HEIGHT_PT = 420.0, 140.0


@pytest.fixture
def documents(shared_child: ProcessEngine) -> DocumentService:
    require_reader()
    return DocumentService(shared_child)


def write_signing_part(path: Path) -> Path:
    """Write the sample, of whose second page only the part with the labels of the signatures is left."""
    with pymupdf.open(SAMPLE) as pdf:
        page: Any = pdf[1]
        page.set_cropbox(pymupdf.Rect(0, SIGNING_TOP_PT, page.rect.width, SIGNING_TOP_PT + SIGNING_HEIGHT_PT))
        pdf.save(path)
    return path


def test_a_page_is_read_where_its_words_stand(
    documents: DocumentService, shared_child: ProcessEngine, tmp_path: Path
) -> None:
    source = write_signing_part(tmp_path / "paper.pdf")
    paper = documents.open(source)
    (wanted,) = (hit for hit in documents.find(paper.id, "甲方（盖章）") if hit.page_number == 2)
    scan = documents.open(write_scan(source, tmp_path / "scan.pdf", [1, 2]))
    assert documents.unread_pages(scan) == (1, 2)
    assert documents.find_everywhere(scan.id, "甲方（盖章）") == ()

    counts: list[int] = []
    documents.recognise(scan.id, [2], counts.append, lambda: None)
    assert counts == [1]
    assert documents.unread_pages(scan) == (1,)
    (hit,) = documents.find_everywhere(scan.id, "甲方（盖章）")
    assert hit.is_recognised
    assert documents.find(scan.id, "甲方（盖章）") == ()
    assert documents.count(scan.id, "甲方（盖章）") == (0, 1)
    lowered = wanted.rects[0].left_pt * SLOPE
    for side in ("left_pt", "right_pt", "bottom_pt", "top_pt"):
        moved = lowered if side in {"bottom_pt", "top_pt"} else 0.0
        assert getattr(hit.rects[0], side) == pytest.approx(getattr(wanted.rects[0], side) + moved, abs=NEAR_PT)
    roles = [(one.role, {mark.page_number for mark in one.marks}) for one in documents.propose(scan.id).parties]
    assert roles == [("甲方", {2}), ("乙方", {2})]

    # The same bytes once more are known already.
    again = documents.open(tmp_path / "scan.pdf")
    assert documents.unread_pages(again) == (1,)
    for one in (paper, scan, again):
        documents.close(one.id)


@pytest.mark.nightly
def test_a_protected_scan_is_read_and_reading_cancelled_between_two_pages(
    documents: DocumentService, tmp_path: Path
) -> None:
    scan = documents.open(write_scan(SAMPLE, tmp_path / "scan.pdf", [1, 2], password="打开"), "打开")
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        documents.recognise(scan.id, [2, 1], lambda _count: cancel.cancel(), cancel.raise_if_cancelled)
    assert documents.unread_pages(scan) == (1,)
    documents.close(scan.id)


@pytest.mark.nightly
def test_a_file_that_became_another_is_not_read(documents: DocumentService, tmp_path: Path) -> None:
    scan = documents.open(write_scan(SAMPLE, tmp_path / "scan.pdf", [1]))
    write_scan(SAMPLE, tmp_path / "scan.pdf", [2])
    with pytest.raises(PdfError, match=r"pdf\.changed"):
        documents.recognise(scan.id, [1], lambda _count: None, lambda: None)
    documents.close(scan.id)


def test_without_the_reader_it_says_so(
    shared_child: ProcessEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "can_recognise", lambda: False)
    opened = shared_child.open(SAMPLE)
    with pytest.raises(PdfError, match=r"pdf\.no_recogniser"):
        next(shared_child.recognise(opened.handle, [1]))
    shared_child.close(opened.handle)


@pytest.mark.parametrize(
    "answer",
    [
        {"page_number": 2, "words": []},
        {"page_number": 3, "words": [["甲方", 10, 10, 40]]},
        {"page_number": 3, "words": [["甲方", 10, 10, 40, float("nan")]]},
        {"page_number": 3, "words": [["", 0, 0, 1, 1]] * 20_001},
        {"page_number": 3, "words": [], "more": 1},
        [3, []],
    ],
)
def test_an_answer_that_no_sound_child_gives_ends_it(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    monkeypatch.setattr(recognition, "can_recognise", lambda: True)
    monkeypatch.setattr(recognition, "run_isolated", lambda *_values, **_limits: iter([answer]))
    with pytest.raises(PdfError, match=r"pdf\.worker_died"):
        list(recognition.recognise_pages(SAMPLE, [3]))


NO_WAY_OUT = """
import socket, sys
from pathlib import Path
def refused(*_):
    raise SystemExit("it wants to the network")
socket.socket.connect = socket.getaddrinfo = refused
opened = []
sys.addaudithook(lambda event, values: opened.append(values) if event == "open" and values[2] & 0o3 else None)
from esign_desktop.pdf.isolated.recognition import load
load()
sys.exit(str(opened) if opened else 0)
"""


@pytest.mark.nightly
def test_nothing_is_fetched_or_written_to_make_it_ready() -> None:
    require_reader()
    command = [sys.executable, "-B", "-c", NO_WAY_OUT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.nightly
@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_labels_are_found_on_noisy_scans(shared_child: ProcessEngine, shared_dir: Path, tmp_path: Path) -> None:
    require_reader()
    folder = shared_dir / "data" / "contracts"
    forms = [one for one in json.loads((folder / "labels.json").read_text("utf-8")) if one["usable"]]
    missed: list[str] = []
    total = 0
    for form in forms[:: int(os.environ.get("EVERY_FORM", EVERY_FORM))]:
        labels: dict[int, list[str]] = {}
        for anchor in (anchor for party in form["parties"] for anchor in party["anchors"]):
            # A line to write on is no text.
            labels.setdefault(anchor["page"], []).append(anchor["text"].strip("_＿"))
        numbers = sorted(labels)
        opened = shared_child.open(write_scan(folder / form["file"], tmp_path / form["file"], numbers))
        read = RecognisedPages()
        for page in shared_child.recognise(opened.handle, range(1, len(numbers) + 1)):
            read.add("", page)
        for index, number in enumerate(numbers, 1):
            for label in labels[number]:
                total += 1
                if not any(hit.page_number == index for hit in read.find("", opened.pages, label)):
                    missed.append(f"{form['file']} {number} {label}")
        shared_child.close(opened.handle)
    assert total >= 30
    assert len(missed) <= MOST_MISSED * total, missed
