"""A rehearsal platform for each test that asks for one."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.sandbox.options import SandboxOptions
from esign_desktop.sandbox.server import SandboxServer
from tests.sandbox.client import PROJECT_ID, SECRET, Client, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def start_server(tmp_path: Path, clock: FakeClock) -> Iterator[Callable[..., SandboxServer]]:
    """Starts servers with the options given; all are stopped at the end."""
    with ExitStack() as stack:

        def start(**options: Any) -> SandboxServer:
            values: dict[str, Any] = {
                "project_id": PROJECT_ID,
                "secret": SECRET,
                "data_dir": tmp_path / "data",
                "clock_ms": clock,
                "expiry_check_s": 0.02,
            } | options
            return stack.enter_context(SandboxServer(SandboxOptions(**values)))

        yield start


@pytest.fixture
def server(start_server: Callable[..., SandboxServer]) -> SandboxServer:
    return start_server()


@pytest.fixture
def client(server: SandboxServer) -> Client:
    return Client(server.base_url)
