"""Engines and files for the tests of the PDF room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.pdf.client.engine import ProcessEngine
from tests.pdf.local_engine import LocalEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.pdf.engine import PdfEngine


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes bytes into a file of its own."""
    count = iter(range(1000))

    def written(data: bytes) -> Path:
        path = tmp_path / f"合同 {next(count)}.pdf"
        path.write_bytes(data)
        return path

    return written


@pytest.fixture
def local() -> Iterator[LocalEngine]:
    """The engine within this process."""
    engine = LocalEngine()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def shared_child() -> Iterator[ProcessEngine]:
    """One child for all tests that do it no harm."""
    engine = ProcessEngine()
    yield engine
    engine.stop()


@pytest.fixture(params=["local", "process"])
def engine(request: pytest.FixtureRequest, local: LocalEngine, shared_child: ProcessEngine) -> PdfEngine:
    """Both implementations, to hold to the same contract."""
    found: dict[str, PdfEngine] = {"local": local, "process": shared_child}
    return found[request.param]
