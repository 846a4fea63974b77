from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf import file_bytes
from esign_desktop.pdf.file_bytes import ByteSum, FileState, read_file
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
    data, state, has_header = read_file(path)
    assert (data is None) == (size_bytes > 1_000_000)
    assert (state.size_bytes, has_header) == (size_bytes, size_bytes >= 8)
    assert ByteSum(path, data).wait() == sha256


def test_bytes_are_summed_from_when_they_are_asked_for_few_of_them_at_once(tmp_path: Path) -> None:
    few = ByteSum(tmp_path, b"few")
    assert few.known() == ""
    few.start()
    assert few.known() == hashlib.sha256(b"few").hexdigest()
    many = ByteSum(tmp_path, bytes(900_000))
    assert many.known() == ""
    assert many.wait() == hashlib.sha256(bytes(900_000)).hexdigest() == many.known()


@pytest.mark.parametrize("size_bytes", SIZES[1:])
def test_a_file_that_changed_is_seen_and_one_that_was_only_touched_is_the_same(size_bytes: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    sha256 = written(path, size_bytes)
    data, now, _ = read_file(path)
    before = FileState(now.size_bytes, now.modified_ns, sha256)
    assert before.is_same(now, ByteSum(path, data))
    os.utime(path, ns=(1, now.modified_ns + 5_000_000_000))
    data, touched, _ = read_file(path)
    assert before.is_same(touched, ByteSum(path, data))
    written(path, size_bytes, b"y")
    os.utime(path, ns=(1, now.modified_ns + 5_000_000_000))
    data, changed, _ = read_file(path)
    assert not before.is_same(changed, ByteSum(path, data))
    written(path, size_bytes + 1)
    data, longer, _ = read_file(path)
    assert not before.is_same(longer, ByteSum(path, data))


def test_while_the_sum_is_unknown_the_time_decides(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    written(path, 10)
    data, now, _ = read_file(path)
    assert now.is_same(now, ByteSum(path, data))
    assert not FileState(10, now.modified_ns - 1).is_same(now, ByteSum(path, data))


def test_a_file_that_vanishes_while_it_is_summed_is_told(tmp_path: Path) -> None:
    vanished = ByteSum(tmp_path / "none.pdf", None)
    with raises_code(PdfError, "pdf.unreadable"):
        vanished.wait()
    with raises_code(PdfError, "pdf.unreadable"):
        vanished.known()
