"""The process for one page, run as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf.engine import PdfEngine, Pixels, RenderRequest
from tests.pdf.builder import Page, build
from tests.pdf.ink import ink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT_S = 30.0
WIDTH_PX = 1190


def run(line: bytes) -> tuple[int, bytes]:
    command = [sys.executable, "-P", "-m", "esign_desktop.pdf.page_once"]
    done = subprocess.run(command, input=line, capture_output=True, timeout=LIMIT_S, check=False)
    assert done.stderr == b""
    return done.returncode, done.stdout


def ask(path: Path, width_px: float = WIDTH_PX) -> tuple[int, bytes]:
    return run(json.dumps({"path": str(path), "width_px": width_px}).encode() + b"\n")


@pytest.mark.parametrize("rotation", ["0", "90"])
def test_page_is_what_the_engine_draws(rotation: str, write: Callable[[bytes], Path], engine: PdfEngine) -> None:
    path = write(build(Page(rotate=rotation).write("甲方", 100, 700), Page()))
    status, answer = ask(path)
    head, _, data = answer.partition(b"\n")
    assert status == 0
    told = json.loads(head)
    assert told["width_px"] == WIDTH_PX
    opened = engine.open_quickly(path)
    scale = WIDTH_PX / opened.pages[0].display_width_pt
    pixels = engine.render(RenderRequest(opened.handle, 1, scale))
    engine.close(opened.handle)
    assert (told["width_px"], told["height_px"]) == (pixels.width_px, pixels.height_px)
    assert data == bytes(pixels.data)
    found = ink(Pixels(pixels.width_px, pixels.height_px, pixels.stride_bytes, data), scale)
    assert isinstance(found, DisplayRect)


def test_what_can_not_be_drawn_is_nothing(write: Callable[[bytes], Path], tmp_path: Path) -> None:
    for path in (write(b""), write(b"no pdf"), tmp_path / "missing.pdf"):
        assert ask(path) == (1, b"")


def test_page_that_would_take_too_much_is_nothing(write: Callable[[bytes], Path]) -> None:
    assert ask(write(build(Page())), 100_000) == (1, b"")


def test_without_a_request_it_ends() -> None:
    assert run(b"") == (1, b"")
