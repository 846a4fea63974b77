"""The child's dispatcher, without a child: what it answers, also when something goes wrong."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.pdf.client.segments import SegmentPool
from esign_desktop.pdf.engine import PdfHandle
from esign_desktop.pdf.worker.document import failures
from esign_desktop.pdf.worker.jobs import Jobs
from esign_desktop.pdf.worker.main import RequestDispatcher
from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def jobs(write: Callable[[bytes], Path]) -> Jobs:
    """A document of two pages is open."""
    jobs = Jobs()
    jobs.open(PdfHandle("h"), write(build(Page().write("甲方", 9, 9), Page())))
    return jobs


@pytest.fixture
def ask(jobs: Jobs) -> Ask:
    dispatcher = RequestDispatcher(jobs)
    return lambda job, files=(), **arguments: dispatcher.answer(
        {"job": job, "arguments": {"handle": "h", **arguments}}, files
    )


def test_each_job_has_its_answer(ask: Ask) -> None:
    texts = ask("read_pages", page_indices=[0, 1], carefully=False, budget_s=1.0)
    assert texts == {"value": [[0, True, "甲方"], [0, False, ""]]}
    hits, done = ask("find", keyword="甲", page_numbers=[1, 2], budget_s=1.0)["value"]
    assert (len(hits), done) == (1, 2)
    assert ask("text_lines", page_number=1) == {"value": [[9.0, 9.0, 33.0, 21.0]]}
    assert ask("links_and_fields", page_number=1) == {"value": [0, 0]}
    assert ask("known_sum") == {"value": hashlib.sha256(build(Page().write("甲方", 9, 9), Page())).hexdigest()}
    assert ask("close") == {"value": None}
    assert ask("text_lines", page_number=1)["error"] == "pdf.closed"


def test_pixels_are_drawn_into_the_segment_of_that_number(ask: Ask) -> None:
    pool = SegmentPool()
    segment = pool.take(16, 1)
    where = {"rect": [0, 0, 2, 2], "segment": [segment.number, segment.size_bytes], "dropped": []}
    for files in ([os.dup(segment.descriptor)], []):
        assert ask("draw", files, page_number=2, pixels_per_point=1.0, **where) == {"value": None}
    assert bytes(pool.view(segment, 16)) == b"\xff" * 16
    pool.close()


def test_a_document_of_other_bytes_is_not_opened(ask: Ask, write: Callable[[bytes], Path]) -> None:
    path = str(write(build(Page())))
    assert ask("open", source=[path], password=None, expected=[1, 1, "0" * 64])["error"] == "pdf.changed"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "pdf.memory"),
        (RuntimeError("malloc (4000000000 bytes) failed: /home/li/秘密.pdf"), "pdf.memory"),
        (ValueError("page not in document"), "pdf.page_failed"),
    ],
)
def test_the_library_is_quoted_by_the_class_of_its_failure_only(
    error: Exception, code: str, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        with failures("pdf.page_failed"):
            raise error

    monkeypatch.setattr(jobs, "close", fail)
    answer = RequestDispatcher(jobs).answer({"job": "close", "arguments": {"handle": "h"}})
    assert answer == {"error": code, "detail": type(error).__name__, "params": {}}
