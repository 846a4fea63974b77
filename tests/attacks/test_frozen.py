"""The frozen program's children are locked in as those of the checkout are; after ``make frozen``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.isolated.run import run_isolated
from esign_desktop.pdf.limits import Limits
from tests.attacks.run import KINDS, MODES, WORD, attack, count, frozen_children
from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM: Final = Path(__file__).resolve().parents[2] / "build" / "frozen" / "esign-desktop" / "esign-desktop"
FILTERED: Final = "2"
LIMIT_S: Final = 20.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROGRAM.exists(), reason="there is no frozen program: make frozen"),
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are children locked in"),
]


def status_of(process_id: int) -> dict[str, str]:
    lines = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def children_of(process_id: int) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = status_of(int(folder.name))["PPid"]
        except (OSError, KeyError):
            continue
        if int(parent) == process_id:
            yield int(folder.name)


def wait_until_locked_in(process_id: int) -> dict[str, str]:
    end_s = time.monotonic() + LIMIT_S
    while (status := status_of(process_id))["Seccomp"] != FILTERED and time.monotonic() < end_s:
        time.sleep(0.01)
    return status


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"pdf", "page", WORD, "recognition"}])
def test_nothing_gets_out_of_a_frozen_child(kind: str, mode: str) -> None:
    verdict = attack(kind, mode, PROGRAM)
    if verdict.skipped:
        pytest.skip(verdict.skipped)
    assert "seccomp" in verdict.walls
    assert not verdict.holes
    assert len(verdict.outcomes) >= count()


def test_frozen_child_that_draws_is_locked_in(tmp_path: Path) -> None:
    document = tmp_path / "document.pdf"
    document.write_bytes(build(Page()))
    before = {*children_of(os.getpid())}
    with frozen_children(PROGRAM):
        engine = ProcessEngine(limits=Limits())
        try:
            opened = engine.open(document)
            assert engine.render(RenderRequest(opened.handle, 1, 1.0)).width_px > 0
            started = {*children_of(os.getpid())} - before
            assert started
            for process_id in started:
                assert Path(f"/proc/{process_id}/cmdline").read_bytes().startswith(os.fsencode(PROGRAM))
                status = wait_until_locked_in(process_id)
                assert (status["Seccomp"], status["NoNewPrivs"]) == (FILTERED, "1")
        finally:
            engine.stop()


def test_frozen_child_loads_neither_qt_nor_what_it_does_not_use() -> None:
    with frozen_children(PROGRAM):
        (loaded,) = run_isolated("modules", eval, "[*__import__('sys').modules]", limit_s=LIMIT_S, most_bytes=1 << 20)
    assert "esign_desktop.pdf.isolated.run" in loaded
    assert not {"PySide6", "cattrs", "multiprocessing", "pymupdf"} & set(loaded)


def test_frozen_child_for_the_first_page_is_locked_in_when_it_draws(tmp_path: Path) -> None:
    document = tmp_path / "document.pdf"
    document.write_bytes(build(Page()))
    with subprocess.Popen(
        [PROGRAM, "--draw-first-page"], env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"1000\n" + os.fsencode(document))
        process.stdin.close()
        # A page of so many bytes does not fit into the pipe: it waits.
        status = wait_until_locked_in(process.pid)
        assert (status["Seccomp"], status["NoNewPrivs"]) == (FILTERED, "1")
        head, _, pixels = process.stdout.read().partition(b"\n")
        width, height = map(int, head.split())
        assert width == 1000
        assert len(pixels) == width * height * 4
