"""The program as a process of its own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.arguments import parse
from esign_desktop.app.startup import restart_words
from esign_desktop.store.files.paths import AppPaths
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., subprocess.Popen[str]]

LIMIT_S = 30.0


@pytest.fixture
def run(tmp_path: Path, no_secret_service: None) -> Iterator[Run]:
    """Starts the program on one data folder."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "installation"), *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(claim: Callable[[], bool]) -> None:
    ends_at_s = time.monotonic() + LIMIT_S
    while not claim():
        assert time.monotonic() < ends_at_s
        time.sleep(0.05)


def drafts(root: Path) -> list[str]:
    path = AppPaths.at(root / "installation").database_path
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        try:
            return [row[0] for row in connection.execute("SELECT title FROM drafts")]
        except sqlite3.OperationalError:
            return []


@pytest.mark.slow
def test_second_start_hands_over_its_file_says_so_and_ends(run: Run, tmp_path: Path) -> None:
    pdf = write_text_pdf(tmp_path / "合同.pdf", [["Contract"]])
    first = run()
    wait_for(AppPaths.at(tmp_path / "installation").database_path.exists)
    second = run(str(pdf))
    output, _ = second.communicate(timeout=LIMIT_S)
    assert second.returncode == 0
    assert output.strip() == "程序已在运行。请使用已打开的窗口。"
    wait_for(lambda: drafts(tmp_path) == ["合同"])
    assert first.poll() is None


@pytest.mark.slow
def test_killed_program_gives_its_folder_free_and_keeps_the_contract(run: Run, tmp_path: Path) -> None:
    pdf = write_text_pdf(tmp_path / "合同.pdf", [["Contract"]])
    first = run("--sandbox", str(pdf))
    wait_for(lambda: drafts(tmp_path) == ["合同"])
    first.kill()
    first.wait(LIMIT_S)
    second = run()
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(2.0)
    assert drafts(tmp_path) == ["合同"]


def test_restart_keeps_how_the_program_was_started_but_not_the_files(tmp_path: Path) -> None:
    words = ["--sandbox", "--data-dir", str(tmp_path), "--listen", "8123"]
    assert restart_words(parse([*words, str(tmp_path / "合同.pdf")])) == words
    assert restart_words(parse([])) == []


def test_start_without_qt_where_none_is_needed() -> None:
    code = (
        "import sys, esign_desktop.app.startup, esign_desktop.app.arguments; "
        "sys.exit(any(m.startswith(('PySide6', 'pymupdf', 'requests', 'keyring', 'sqlite3')) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=LIMIT_S, check=False).returncode == 0


def test_window_is_built_without_anything_heavy() -> None:
    code = (
        "import sys, esign_desktop.app.main; "
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('pymupdf', 'requests', 'keyring', 'sqlite3', 'segno', 'cattrs', 'stdnum', 'openpyxl')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT_S, check=True)
    assert done.stdout.strip() == "[]"
