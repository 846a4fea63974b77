from __future__ import annotations

import hashlib
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf import files as file_bytes
from esign_desktop.pdf.files import (
    ByteSum,
    FileState,
    SourceFile,
    open_source,
    open_source_within,
    read_source,
)
from tests.raised import raises_code

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [0, 10, 300_000, 3_000_000]


@pytest.fixture(autouse=True)
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_bytes, "IN_MEMORY_BYTES", 1_000_000)


def written(path: Path, size_bytes: int, mark: bytes = b"x") -> str:
    data = (b"%PDF-1.7" + mark * size_bytes)[:size_bytes]
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("size_bytes", SIZES)
def test_bytes_are_summed_however_many_there_are(size_bytes: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    sha256 = written(path, size_bytes)
    data, state, has_header = read_source(open_source(path))
    assert isinstance(data, bytes) == (size_bytes <= 1_000_000)
    assert (state.size_bytes, has_header) == (size_bytes, size_bytes >= 8)
    assert ByteSum(data).wait() == sha256


def test_bytes_are_summed_from_when_they_are_asked_for_few_of_them_at_once(tmp_path: Path) -> None:
    few = ByteSum(b"few")
    assert few.known() == ""
    few.start()
    assert few.known() == hashlib.sha256(b"few").hexdigest()
    many = ByteSum(bytes(900_000))
    assert many.known() == ""
    assert many.wait() == hashlib.sha256(bytes(900_000)).hexdigest() == many.known()


@pytest.mark.parametrize("size_bytes", SIZES[1:])
def test_a_file_that_changed_is_seen_and_one_that_was_only_touched_is_the_same(size_bytes: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    sha256 = written(path, size_bytes)
    data, now, _ = read_source(open_source(path))
    before = FileState(now.size_bytes, now.modified_ns, sha256)
    assert before.is_same(now, ByteSum(data))
    os.utime(path, ns=(1, now.modified_ns + 5_000_000_000))
    data, touched, _ = read_source(open_source(path))
    assert before.is_same(touched, ByteSum(data))
    written(path, size_bytes, b"y")
    os.utime(path, ns=(1, now.modified_ns + 5_000_000_000))
    data, changed, _ = read_source(open_source(path))
    assert not before.is_same(changed, ByteSum(data))
    written(path, size_bytes + 1)
    data, longer, _ = read_source(open_source(path))
    assert not before.is_same(longer, ByteSum(data))


def test_while_the_sum_is_unknown_the_time_decides(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    written(path, 10)
    data, now, _ = read_source(open_source(path))
    assert now.is_same(now, ByteSum(data))
    assert not FileState(10, now.modified_ns - 1).is_same(now, ByteSum(data))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names there")
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    for path, code in ((tmp_path, "unreadable"), (tmp_path / "pipe.pdf", "unreadable"), (tmp_path / "no", "missing")):
        with raises_code(PdfError, f"pdf.{code}"):
            open_source(path)


def test_a_disk_that_does_not_answer_is_waited_for_so_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    written(path, 10)
    source = open_source(path)
    answers = threading.Event()

    def slow(_path: object) -> SourceFile:
        answers.wait(10)
        return source

    monkeypatch.setattr(file_bytes, "open_source", slow)
    with raises_code(PdfError, "pdf.too_slow"):
        open_source_within(path, 0.1)
    answers.set()
    ends_at_s = time.monotonic() + 10
    while time.monotonic() < ends_at_s:
        try:
            os.fstat(source.descriptor)
        except OSError:
            return
    pytest.fail("what came too late is closed")
