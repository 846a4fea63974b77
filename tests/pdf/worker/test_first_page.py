"""The process for one page, run as a process."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.document import Pixels
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf.engine import PdfEngine, RenderRequest
from tests.pdf.builder import Page, build
from tests.pdf.ink import ink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT_S = 30.0
WIDTH_PX = 1190


def run(request: bytes) -> tuple[int, bytes]:
    command = [sys.executable, "-P", "-m", "esign_desktop.pdf.worker.first_page"]
    done = subprocess.run(command, input=request, capture_output=True, timeout=LIMIT_S, check=False)
    assert done.stderr == b""
    return done.returncode, done.stdout


def ask(path: Path, width_px: float = WIDTH_PX) -> tuple[int, bytes]:
    return run(f"{width_px}\n{path}".encode())


@pytest.mark.parametrize(
    "page",
    [
        Page(),
        Page(rotate="90"),
        Page(rotate="-90", crop_box="[20 30 577.3 801.7]"),
        Page(user_unit="1.5", media_box="[0 0 595.276 841.89]"),
    ],
)
def test_page_is_what_the_engine_draws(page: Page, write: Callable[[bytes], Path], engine: PdfEngine) -> None:
    path = write(build(page.write("甲方", 100, 700), Page()))
    status, answer = ask(path)
    head, _, data = answer.partition(b"\n")
    assert status == 0
    width_px, height_px = map(int, head.split())
    assert width_px == WIDTH_PX
    opened = engine.open_quickly(path)
    scale = WIDTH_PX / opened.pages[0].display_width_pt
    pixels = engine.render(RenderRequest(opened.handle, 1, scale))
    engine.close(opened.handle)
    assert (width_px, height_px) == (pixels.width_px, pixels.height_px)
    assert data == bytes(pixels.data)
    found = ink(Pixels(pixels.width_px, pixels.height_px, pixels.stride_bytes, data), scale)
    assert isinstance(found, DisplayRect)


def test_what_can_not_be_drawn_is_nothing(write: Callable[[bytes], Path], tmp_path: Path) -> None:
    for path in (write(b""), tmp_path / "missing.pdf"):
        assert ask(path) == (1, b"")


@pytest.mark.parametrize("page", [Page(rotate="45"), Page(user_unit="0"), Page(user_unit="-2")])
def test_page_that_the_engine_sets_right_first_is_left_to_it(page: Page, write: Callable[[bytes], Path]) -> None:
    assert ask(write(build(page))) == (1, b"")


def test_damaged_file_is_nothing(write: Callable[[bytes], Path]) -> None:
    status, answer = ask(write(b"no pdf"))
    assert status != 0
    assert answer == b""


def test_package_is_not_imported_since_it_takes_long() -> None:
    command = "import sys; from esign_desktop.pdf.worker import first_page as p; p._load_library(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, check=True, text=True)
    assert "_mupdf" in done.stdout.split()
    assert "pymupdf" not in done.stdout.split()


def test_page_that_would_take_too_much_is_nothing(write: Callable[[bytes], Path]) -> None:
    assert ask(write(build(Page())), 100_000) == (1, b"")


def test_without_a_request_it_ends() -> None:
    assert run(b"") == (1, b"")
