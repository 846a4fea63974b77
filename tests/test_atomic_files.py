from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from esign_desktop.atomic_files import (
    PATIENCE_S,
    append_lines,
    atomic_target,
    create_private,
    delete_file,
    replace_file,
)
from tests.open_files import keep_open_files

if TYPE_CHECKING:
    from pathlib import Path


class Watched:
    """A file that somebody else has open for the first tries, as Windows tells of it."""

    def __init__(self, path: Path, tries: int) -> None:
        self._path = path
        self._tries = tries

    def replace(self, target: Path) -> None:
        self._tries -= 1
        if self._tries >= 0:
            # ERROR_SHARING_VIOLATION is EACCES to Python.
            raise PermissionError(13, "used by another process")
        self._path.replace(target)


def test_a_file_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("new", "ascii")
    (tmp_path / "old").write_text("old", "ascii")
    replace_file(tmp_path / "new", tmp_path / "old")
    assert [(path.name, path.read_text("ascii")) for path in tmp_path.iterdir()] == [("old", "new")]


def test_who_looks_into_the_file_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("new", "ascii")
    replace_file(Watched(tmp_path / "new", tries=3), tmp_path / "old", patience_s=10.0)  # type: ignore[arg-type]
    assert (tmp_path / "old").read_text("ascii") == "new"


def test_who_looks_into_a_file_that_is_deleted_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old"
    path.touch()
    keep_open_files(monkeypatch)
    with path.open("rb") as file:
        with pytest.raises(PermissionError):
            delete_file(path, patience_s=0.1)
        threading.Timer(0.2, file.close).start()
        delete_file(path, patience_s=10.0)
    assert not path.exists()


def test_who_keeps_it_open_is_an_error_in_the_end(tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    with pytest.raises(PermissionError):
        replace_file(Watched(tmp_path / "new", tries=1000), tmp_path / "old", patience_s=0.1)  # type: ignore[arg-type]
    assert (tmp_path / "new").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="waits there")
def test_elsewhere_a_forbidden_folder_is_told_at_once(tmp_path: Path) -> None:
    assert PATIENCE_S == 0
    file = Watched(tmp_path / "new", tries=1)
    with pytest.raises(PermissionError):
        replace_file(file, tmp_path / "old")  # type: ignore[arg-type]


def test_target_stays_as_it_was_when_its_replacement_is_not_finished(tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.write_text("old")

    def write_half() -> None:
        with atomic_target(target) as scratch:
            scratch.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("kept", "old")]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_finished_file_comes_in_its_place_and_stays_private(tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.write_text("old")
    with atomic_target(target, tmp_path / "left by a crash") as scratch, create_private(scratch) as file:
        file.write(b"new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("kept", "new")]
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="pipes as POSIX has them")
def test_lines_are_not_appended_to_a_pipe_that_nobody_reads(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    errors: list[OSError] = []

    def append() -> None:
        try:
            append_lines(pipe, b"x" * 100_000)
        except OSError as error:
            errors.append(error)

    writer = threading.Thread(target=append, daemon=True)
    writer.start()
    writer.join(10)
    assert len(errors) == 1
